"""The demonstration extracts, simulated once and read back as plain text."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from crf2csr.simulate.extract import Extract
from crf2csr.simulate.trial import simulate

ROOT = Path(__file__).parents[2]
Forms = dict[str, list[dict[str, str]]]


def read_forms(extract: Extract) -> Forms:
    """Return the records of each form; `#` holds the record number, the header being 1."""
    forms = {}
    for name, content in extract.files.items():
        text = content.decode(extract.encodings[name])
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if name == "pk.csv" else ",", strict=True)
        forms[name.removesuffix(".csv")] = [{**row, "#": str(number)} for number, row in enumerate(reader, start=2)]
    return forms


@pytest.fixture(scope="session")
def extracts() -> dict[str, Extract]:
    """Both demonstration extracts with their own seeds."""
    return {scenario: simulate(scenario) for scenario in ("full", "as_enrolled")}


@pytest.fixture(scope="session")
def full(extracts: dict[str, Extract]) -> Forms:
    """The records of `full`."""
    return read_forms(extracts["full"])


@pytest.fixture(scope="session")
def as_enrolled(extracts: dict[str, Extract]) -> Forms:
    """The records of `as_enrolled`."""
    return read_forms(extracts["as_enrolled"])


@pytest.fixture(scope="session")
def read() -> Callable[[Extract], Forms]:
    """The reader itself."""
    return read_forms


@pytest.fixture(scope="session")
def sound(extracts: dict[str, Extract]) -> Forms:
    """The records of `full` that no planted E query names, without deleted records and second copies, ids trimmed."""
    planted = extracts["full"].planted
    bad = {(line["form"], line["row"]) for line in planted if line["severity"] == "E" and line["rule"] not in RESPONSES}
    bad |= {(line["form"], line["row"]) for line in planted if line["rule"] in ("Q-104", "Q-112", "Q-1110", "Q-513")}
    bad -= {("ae", line["row"]) for line in planted if line["field"] == "record"}
    return {
        form: [row | {"SUBJECT": row["SUBJECT"].strip()} for row in rows if (form, row["#"]) not in bad]
        for form, rows in read_forms(extracts["full"]).items()
    }


RESPONSES = ("Q-706", "Q-707", "Q-708", "Q-711", "Q-714")
