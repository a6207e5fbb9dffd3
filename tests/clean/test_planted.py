"""Both demonstration extracts, from raw files to queries: every planted defect is found, nothing else blocks the
lock, nothing is lost.

`tests/planted/<cut>.csv` is written with the extracts and read by tests only: what was planted where (rule, severity,
subject, form, file, row, field, value, note).
"""

import csv
import importlib
import inspect
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from crf2csr.clean import OWNERS
from crf2csr.clean.balance import balance
from crf2csr.clean.cross_checks import cross_checks
from crf2csr.clean.forms import Form, prepare_form
from crf2csr.contracts import load_contract, row_keys
from crf2csr.mapping import load_mapping
from crf2csr.readers.csv_forms import check_extract, read_form
from crf2csr.results import Cleaned
from crf2csr.study import Study, declared, load_study
from tests.builders import DOMAINS

PLANTED = Path(__file__).parent.parent / "planted"
CUTS = ("as_enrolled", "full")
#: Rules that need derived values: raised by the derive stage, as are a partial start of new therapy (R-210) and records
#: after the cutoff
#
DERIVED = {"Q-416", "Q-706", "Q-707", "Q-708", "Q-711", "Q-712", "Q-713", "Q-714", "Q-717", "Q-719"}
DERIVED_IN_PART = {("Q-1110", "act"), ("Q-1101", "I")}


@dataclass(frozen=True)
class Extract:
    raw: dict[str, pd.DataFrame]
    cleaned: dict[str, Cleaned]
    queries: pd.DataFrame
    removed: pd.DataFrame


@cache
def extract(cut: str) -> Extract:
    study = load_study("nct03709082", cut)
    mapping = load_mapping(study.mapping)
    raw = {name: read_form(study.extract / form.file, name, mapping) for name, form in mapping.forms.items()}
    forms = {name: prepare_form(frame, name, mapping, study.view(())) for name, frame in raw.items()}
    cleaned = {name: clean(name, forms, study) for name in DOMAINS}
    crossed = cross_checks(
        **{name: each.data for name, each in cleaned.items()}, study=study.view(declared(cross_checks))
    )
    outside = pd.DataFrame(check_extract(study.extract, mapping))
    queries = [outside, *(f.queries for f in forms.values()), *(c.queries for c in cleaned.values()), crossed]
    removed = [*(f.removed for f in forms.values()), *(c.removed for c in cleaned.values())]
    return Extract(raw, cleaned, pd.concat(queries, ignore_index=True), pd.concat(removed, ignore_index=True))


def clean(name: str, forms: dict[str, Form], study: Study) -> Cleaned:
    function = getattr(importlib.import_module(f"crf2csr.clean.{name}"), name)
    named = {form: forms[form] for form in inspect.signature(function).parameters if form != "study"}
    return function(**named, study=study.view(declared(function)))


def planted(cut: str) -> list[dict[str, str]]:
    with (PLANTED / f"{cut}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    in_part = [{(row["rule"], row["form"]), (row["rule"], row["severity"])} & DERIVED_IN_PART for row in rows]
    return [row for row, part in zip(rows, in_part, strict=True) if row["rule"] not in DERIVED and not part]


def place(row: dict[str, str], file: str = "file", number: str = "row") -> tuple[str, ...]:
    return row["rule"], row["severity"], row["subject"], row["form"], row[file], row[number]


@pytest.mark.parametrize("cut", CUTS)
def test_every_planted_defect_has_its_query(cut: str) -> None:
    found = {place(row, "RAWFILE", "RAWROW") for row in extract(cut).queries.to_dict("records")}
    assert planted(cut)
    assert [row for row in planted(cut) if place(row) not in found] == []


@pytest.mark.parametrize("cut", CUTS)
def test_nothing_else_blocks_the_lock(cut: str) -> None:
    wanted = {place(row) for row in planted(cut)}
    contradicting = {(row["subject"], row["form"], row["value"]) for row in planted(cut) if row["rule"] == "Q-103"}
    errors = [row for row in extract(cut).queries.to_dict("records") if row["severity"] == "E"]
    surplus = [row["message"] for row in errors if place(row, "RAWFILE", "RAWROW") not in wanted]
    # Records that contradict each other are all queried; the list names the one that was added.
    partners = [
        row["message"]
        for row in errors
        if row["rule"] == "Q-103" and (row["subject"], row["form"], row["value"]) in contradicting
    ]
    assert [message for message in surplus if message not in partners] == []


@pytest.mark.parametrize("cut", CUTS)
def test_every_record_is_in_a_domain_or_removed(cut: str) -> None:
    found = extract(cut)
    sheet = balance(found.raw, [each.data for each in found.cleaned.values()], found.removed)
    assert list(sheet["form"]) == list(found.raw)
    assert set(OWNERS) == set(found.raw)
    assert (sheet["raw"] == sheet["in_domains"] + sheet["removed"]).all()


@pytest.mark.parametrize("cut", CUTS)
def test_no_query_appears_twice(cut: str) -> None:
    queries = extract(cut).queries
    assert list(queries.loc[queries.duplicated(), "message"]) == []


@pytest.mark.parametrize("cut", CUTS)
def test_every_link_leads_from_a_domain_row_to_a_raw_cell(cut: str) -> None:
    found = extract(cut)
    records = pd.concat([frame[["RAWFILE", "RAWROW"]] for frame in found.raw.values()])
    addresses = set(zip(records["RAWFILE"], records["RAWROW"].astype("string"), strict=True))
    for name, each in found.cleaned.items():
        keys = set(row_keys(each.data, load_contract("clean", name)))
        assert set(each.links["row"]) == keys, name
        assert set(zip(each.links["source"], each.links["source_row"], strict=True)) <= addresses, name


@pytest.mark.parametrize("cut", CUTS)
def test_a_target_diameter_is_linked_to_the_cell_that_holds_it(cut: str) -> None:
    found = extract(cut)
    raw, links, tr = found.raw["tl"], found.cleaned["tr"].links, found.cleaned["tr"].data
    cells = links[links["variable"].eq("TRSTRESC") & links["source_field"].eq("DIAMETER")]
    values = tr.set_index(row_keys(tr, load_contract("clean", "tr")))["TRORRES"]
    recorded = raw.set_index(raw["RAWROW"].astype("string"))["DIAMETER"]
    assert len(cells) > 10
    assert list(values[cells["row"]].str.strip()) == list(recorded[cells["source_row"]].str.strip())
