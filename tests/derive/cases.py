"""A small study as text tables: what every case shares, and the three datasets derived from it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pandas as pd

from crf2csr.contracts import empty, load_contract
from crf2csr.derive.adrs import adrs
from crf2csr.derive.adsl import adsl
from crf2csr.derive.adtr import adtr
from crf2csr.results import Derived
from tests.builders import domain, study_view

DATASETS: dict[str, Callable[..., Derived]] = {"adsl": adsl, "adtr": adtr, "adrs": adrs}
DOMAINS = ("dm", "ds", "dd", "ex", "ec", "fa", "ae", "cm", "pr", "pc", "ss", "tr", "rs", "vs", "rsec", "qs", "famh")
#: One phase I subject at 75 mg: first dose of all drugs on 15 March 2019, three records of palbociclib of 21 days.
TABLES = {
    "dm": """
        USUBJID | SUBJID | SITEID | BRTHDTC    | SEX | RFICDTC
        01-001  | 01-001 | 01     | 1960-03-15 | F   | 2019-03-01T09:00
        """,
    "ds": """
        USUBJID | DSCAT              | DSSCAT     | DSSEQ | DSSTDTC    | DSDECOD  | ENRPHASE | DOSELVL | COHORT | ENRORD
        01-001  | PROTOCOL MILESTONE | ENROLLMENT | 1     | 2019-03-10 | ENROLLED | I        | 75      | 1      | 2
        """,
    "ex": """
        USUBJID | EXTRT       | EXSEQ | EXCAT    | EXOCCUR | EXSTDTC          | EXENDTC          | EXDOSE | DOSESTK
        01-001  | PALBOCICLIB | 1     | ORAL     | Y       | 2019-03-15       | 2019-04-04       | 75     | 21
        01-001  | PALBOCICLIB | 2     | ORAL     | Y       | 2019-04-05       | 2019-04-25       | 75     | 21
        01-001  | LETROZOLE   | 1     | ORAL     | Y       | 2019-03-15       | 2019-04-25       | 2.5    | 42
        01-001  | T-DM1       | 1     | INFUSION | Y       | 2019-03-15T10:00 | 2019-03-15T11:00 | 230    |
        """,
    "fa": """
        USUBJID | FAOBJ                  | FADTC      | DLTEVAL | DLTYN | DLTAENOS
        01-001  | DOSE LIMITING TOXICITY | 2019-04-08 | Y       | N     |
        """,
}


def domains(**tables: str | pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return every domain of the small study, `tables` in place of its own; a domain without a table is empty."""
    given = TABLES | tables
    return {name: _frame(name, given.get(name)) for name in DOMAINS}


def _frame(name: str, table: str | pd.DataFrame | None) -> pd.DataFrame:
    return table if isinstance(table, pd.DataFrame) else _parsed(name, table)


@cache
def _parsed(name: str, table: str | None) -> pd.DataFrame:
    return empty(load_contract("clean", name)) if table is None else domain(name, table)


def derive_all(
    frames: Mapping[str, pd.DataFrame],
    cut: str = "full",
    last: str = "adrs",
    done: Mapping[str, Derived] | None = None,
    **values: Any,
) -> dict[str, Derived]:
    """Return the datasets up to `last`, but for those `done`; `values` replace study keys that a function declares."""
    found = dict(done or {})
    for name, function in list(DATASETS.items())[: list(DATASETS).index(last) + 1]:
        if name not in found:
            known = {**frames, **{earlier: derived.data for earlier, derived in found.items()}}
            inputs = [parameter for parameter in inspect.signature(function).parameters if parameter != "study"]
            found[name] = function(**{one: known[one] for one in inputs}, study=_view(function, cut, values))
    return found


def derive_tumor(last: str, values: Mapping[str, Any] | None = None, **tables: str) -> Derived:
    """Return adtr or adrs of text tables, with the ADSL of the baseline scans: what they take from it is the same."""
    lines = tables.get("tr", "").splitlines()
    baseline = "\n".join([*lines[:1], *(line for line in lines[1:] if "|SCREENING|" in line)])
    others = {name: table for name, table in tables.items() if name not in ("tr", "rs")}
    known = _adsl(tuple(sorted(others.items())), baseline)
    return derive_all(domains(**tables), last=last, done={"adsl": known}, **(values or {}))[last]


@cache
def _adsl(tables: tuple[tuple[str, str], ...], scanned: str) -> Derived:
    return derive_all(domains(**dict(tables), **({"tr": scanned} if scanned else {})), last="adsl")["adsl"]


def _view(function: Callable[..., Any], cut: str, values: Mapping[str, Any]) -> Any:
    named = {key.replace(".", "_") for key in function.keys}  # type: ignore[attr-defined]
    return study_view(function, cut, **{name: value for name, value in values.items() if name in named})


def one(frame: pd.DataFrame, subject: str = "01-001") -> dict[str, str]:
    """Return the row of a subject as text; missing is blank, a date is its day."""
    row = frame[frame["SUBJID"].eq(subject)].iloc[0]
    return {name: "" if pd.isna(value) else _text(value) for name, value in row.items()}


def _text(value: Any) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


def scans(*lines: str) -> str:
    """Return a TR table of subject 01-001 from lines `visit number | date | group | lesion | result | more`.

    A number is a diameter in mm; a target `n:` before it is a node. `more` is the parent of a target, the certainty of
    a new lesion. Visit 0 is SCREENING, visit n TUMn.
    """
    head = "USUBJID|TRGRPID|VISIT|VISITNUM|TRLNKID|TRTESTCD|TRDTC|TRORRES|TRSTRESC|TRSTRESN|TRSTATE|TRNODAL|TRPARENT"
    return "\n".join([head, *(_scan(*(cell.strip() for cell in line.split("|"))) for line in lines)])


def _scan(number: str, day: str, group: str, lesion: str, result: str, more: str = "") -> str:
    visit = f"SCREENING|{number}" if number == "0" else f"TUM{number}|{100 + int(number)}"
    node = "Y" if result.startswith("n:") else "N"
    result = result.removeprefix("n:")
    if group == "NEW":
        return f"01-001|NEW|{visit}|{lesion}|NEWLES|{day}|{result}|{result}||{more}|{node}|"
    if group == "NON-TARGET":
        return f"01-001|NON-TARGET|{visit}|{lesion}|TUMSTATE|{day}|{result}|{result}|||{node}|"
    measured = result[:1].isdigit()
    value, state = (result, "MEASURED") if measured else ("", result)
    test = "LPERP" if node == "Y" else "LDIAM"
    return f"01-001|TARGET|{visit}|{lesion}|{test}|{day}|{result}|{value}|{value}|{state}|{node}|{more}"


def responses(*lines: str) -> str:
    """Return an RS table of subject 01-001 from lines `visit number | date | target | non-target | overall`."""
    head = "USUBJID|RSTESTCD|VISIT|VISITNUM|RSDTC|RSEVAL|RSORRES|RSSTRESC|RAWROW"
    return "\n".join([head, *(row for place, line in enumerate(lines, start=2) for row in _answers(place, line))])


def _answers(place: int, line: str) -> list[str]:
    number, day, *answers = (cell.strip() for cell in line.split("|"))
    named = zip(("TRGRESP", "NTRGRESP", "OVRLRESP"), answers, strict=True)
    start = f"TUM{number}|{100 + int(number)}|{day}|INVESTIGATOR"
    return [f"01-001|{test}|{start}|{answer}|{answer}|{place}" for test, answer in named if answer]
