"""Hostile laboratory results from raw CSV to ADLB: each ends in a query row, and nothing is graded in silence."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from crf2csr.clean import cross_checks_laboratory as limits
from crf2csr.clean import cross_checks_samples as samples
from crf2csr.clean.lb import lb
from crf2csr.contracts import load_contract
from crf2csr.derive.adlb import adlb
from tests.builders import conforming, domain, rows, study_view
from tests.extracts import prepared

FLAGS = {v.name: "N" for v in load_contract("derive", "adsl").variables if v.core == "req" and v.length == 1}
PEOPLE = "USUBJID|TRTSDT|ONTRTEDT\n01-001|2019-03-15|2019-06-30"
EX = "USUBJID|EXTRT|EXSEQ|EXCAT|EXOCCUR|EXSTDTC\n01-001|T-DM1|1|INFUSION|Y|2019-03-15T11:00"


class Outcome(NamedTuple):
    """Queries of reading and checking as (rule, severity, field), and the values and grades of ADLB by visit."""

    queries: set[tuple[str, ...]]
    values: dict[str, tuple[str, ...]]


def result(text: str, unit: str = "g/L", low: str = "120", high: str = "160", **changes: str) -> dict[str, str]:
    """Return a record of hemoglobin at cycle 2."""
    record = {"FOLDER": "Cycle 2 Day 1", "TESTCD": "HGB", "LBDAT_RAW": "05-Apr-2019", "LBTM": "07:30"}
    record |= {"RESULT": text, "UNIT": unit, "NRLO": low, "NRHI": high, "FASTING": "Yes", "LAB": "One"}
    return record | changes


def run(*records: dict[str, str]) -> Outcome:
    """Return what becomes of raw records: form read, LB made, checks run, ADLB derived."""
    form = prepared("lb", *records)
    cleaned = lb(form, study_view(lb))
    ex, view = domain("ex", EX), study_view(["visit.schedule"])
    derived = adlb(conforming("derive", "adsl", PEOPLE, **FLAGS), cleaned.data, ex, study_view(adlb))
    found = [
        *(one.queries for one in (form, cleaned, derived)),
        samples.signed_results(cleaned.data),
        limits.implausible_results(cleaned.data),
        limits.reversed_limits(cleaned.data),
        limits.calcium_without_albumin(cleaned.data),
        samples.sample_order(cleaned.data, ex, view),
        samples.samples_after_dose(cleaned.data, ex, view),
        samples.differentials(cleaned.data),
    ]
    asked = {row for frame in found for row in rows(frame, "rule", "severity", "field")}
    data = derived.data[~derived.data["AVISIT"].isin(["WORST LOW", "WORST HIGH", "PEAK"])]
    shown = rows(data, "PARAMCD", "AVISIT", "AVALC", "AVAL", "ANRIND", "ATOXGRL", "ATOXGRH")
    return Outcome(asked, {f"{code} {visit}": rest for code, visit, *rest in map(list, shown)})


def one(*values: str, name: str = "HGB C2D1") -> dict[str, list[str]]:
    return {name: list(values)}


def test_a_clean_result_raises_no_query():
    # Hemoglobin below 80 g/L is grade 3 (CTCAE v4.03); how far it is above baseline nobody can say without one.
    assert run(result("79")) == Outcome(set(), one("79", "79.0", "LOW", "3", ""))


@pytest.mark.parametrize(
    ("record", "queries", "values"),
    [
        (result("<70"), {("Q-801", "W", "lborres")}, one("<70", "", "LOW", "", "")),
        (result(">200"), {("Q-801", "W", "lborres")}, one(">200", "", "HIGH", "", "")),
        (result("7.9", unit="mmol/L"), {("Q-802", "E", "lborresu")}, one("", "", "", "", "")),
        (result("7.9", unit=""), {("Q-802", "W", "lborresu")}, one("", "", "", "", "")),
        # 7.9 g/dL is 79 g/L: a listed unit is converted with its limits.
        (result("7.9", unit="g/dL", low="12", high="16"), set(), one("79", "79.0", "LOW", "3", "")),
        # 7.9 under g/L is 15 times below the lower limit: graded as it stands, and asked about.
        (result("7.9"), {("Q-803", "W", "lborres")}, one("7.9", "7.9", "LOW", "3", "")),
        # Without limits an absolute threshold still holds, grades that need the limit do not.
        (result("79", low="", high=""), {("Q-802", "W", "lbnrlo")}, one("79", "79.0", "", "3", "")),
        (result("110", low="", high=""), {("Q-802", "W", "lbnrlo")}, one("110", "110.0", "", "", "")),
        (result("110", low="5-48", high=""), {("Q-108", "E", "lbnrlo"), ("Q-802", "W", "lbnrlo")}, None),
        (result("110", low="160", high="120"), {("Q-811", "W", "lbnrlo")}, one("110", "110.0", "", "", "")),
        (result("clotted"), {("Q-108", "E", "lborres")}, one("", "", "", "", "")),
        (result("1,120"), {("Q-108", "E", "lborres")}, one("", "", "", "", "")),
        (result("-79"), {("Q-108", "E", "lborres")}, one("", "", "", "", "")),
        (result("ND"), set(), one("", "", "", "", "")),
        (result("79", LBDAT_RAW="31-Feb-2019"), {("Q-1102", "E", "lbdtc")}, one("79", "79.0", "LOW", "3", "")),
        (result("79", FOLDER=""), {("Q-120", "W", "visit")}, one("79", "79.0", "LOW", "3", "", name="HGB UNKNOWN")),
        (result("79", TESTCD="XYZ"), {("Q-107", "E", "lbtestcd"), ("Q-802", "E", "lborresu")}, {}),
    ],
    ids=lambda value: value["RESULT"] + value["UNIT"] if isinstance(value, dict) and "RESULT" in value else "",
)
def test_a_hostile_result_is_asked_about_and_never_graded_in_silence(record, queries, values):
    found = run(record)
    assert found.queries == queries
    assert values is None or found.values == values


def test_calcium_without_albumin_is_not_graded():
    found = run(result("1.4", "mmol/L", "2.15", "2.55", TESTCD="CA"))
    assert found == Outcome({("Q-812", "W", "lborres")}, one("1.4", "1.4", "LOW", "", "", name="CA C2D1"))


def test_two_results_of_one_test_and_visit_are_both_withheld():
    found = run(result("79"), result("130"))
    assert found.values == {}
    assert {rule for rule, _, _ in found.queries} == {"Q-103"}


def test_a_sample_after_the_dose_is_no_baseline():
    first = {"FOLDER": "Cycle 1 Day 1", "LBDAT_RAW": "15-Mar-2019", "LBTM": "15:40"}
    assert run(result("130", **first)).queries == {("Q-806", "W", "lbdtc")}
    assert run(result("130", **{**first, "LBTM": ""})).queries == {("Q-805", "W", "lbdtc")}
    assert run(result("130", **{**first, "LBTM": "07:30"})).queries == set()
