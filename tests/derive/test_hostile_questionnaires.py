"""Hostile questionnaires from raw CSV to ADQS: each ends in a query row, and nothing is scored in silence."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pytest

from crf2csr.clean import cross_checks_questionnaires as checks
from crf2csr.clean.qs import qs
from crf2csr.contracts import load_contract
from crf2csr.derive.adqs import adqs
from tests.builders import conforming, domain, rows, study_view
from tests.extracts import prepared

FLAGS = {v.name: "N" for v in load_contract("derive", "adsl").variables if v.core == "req" and v.length == 1}
PEOPLE = "USUBJID|TRTSDT|TRTEDT|PALSTAT\n01-001|2019-03-15|2019-06-30|ONGOING"
DM = "USUBJID|SUBJID|SITEID|RFICDTC\n01-001|01-001|01|2019-03-01"
EX = "USUBJID|EXTRT|EXSEQ|EXCAT|EXOCCUR|EXSTDTC\n01-001|PALBOCICLIB|1|ORAL|Y|2019-03-15"
SV = "USUBJID|VISIT|SVSTDTC\n01-001|C1D1|2019-03-15\n01-001|C2D1|2019-04-05"
VISITS = {"Cycle 1 Day 1": "15-Mar-2019", "Cycle 2 Day 1": "05-Apr-2019", "Tumor assessment 1": "17-May-2019"}


@dataclass
class Outcome:
    """Queries of reading and checking as (rule, severity, form, field), and the values of ADQS by visit."""

    queries: set[tuple[str, ...]]
    values: dict[str, str]


def form(visit: str, answers: str | list[str], **changes: str) -> list[dict[str, str]]:
    """Return the records of a fatigue form at a visit: one answer a character or text."""
    common = {"FOLDER": visit, "INSTR": "Fatigue", "VERSION": "v1.0", "QSDAT_RAW": VISITS[visit], "NOTDONE": "No"}
    return [common | {"ITEM": str(n), "ANSWER": text} | changes for n, text in enumerate(answers, start=1)]


BASE = form("Cycle 1 Day 1", "2222")


def item(visit: str, answer: str, **changes: str) -> dict[str, str]:
    common = {"FOLDER": visit, "ITEM": "BCPT01", "QSDAT_RAW": VISITS[visit], "ANSWER": answer, "NOTDONE": "No"}
    return common | changes


def run(*promis: dict[str, str], bcpt: tuple[dict[str, str], ...] = ()) -> Outcome:
    """Return what becomes of raw records: form read, QS made, checks run, ADQS derived."""
    forms = [prepared("promis", *promis), prepared("bcpt", *bcpt)]
    cleaned = qs(*forms, study_view(qs))
    view, dm, ex, sv = study_view(["visit.schedule"]), domain("dm", DM), domain("ex", EX), domain("sv", SV)
    derived = adqs(conforming("derive", "adsl", PEOPLE, **FLAGS), cleaned.data, study_view(adqs))
    found = [
        *(one.queries for one in (*forms, cleaned, derived)),
        checks.two_dates(cleaned.data),
        checks.not_done(cleaned.data),
        checks.versions(cleaned.data),
        checks.questionnaire_dates(cleaned.data, sv, ex, view),
        checks.unexpected_forms(cleaned.data, dm, view),
    ]
    asked = {row for frame in found for row in rows(frame, "rule", "severity", "form", "field")}
    data = derived.data
    shown = data[data["PARAMCD"].isin(["FATIGUE", "BCPT01"]) & data["AVISIT"].ne("WORST").fillna(True)]
    return Outcome(asked, dict(rows(shown, "AVISIT", "AVAL")))


def test_clean_forms_raise_no_query():
    # fatigue 4a: 8 is 48.6, 10 is 53.1 (scoring manuals)
    found = run(*BASE, *form("Cycle 2 Day 1", "3322"))
    assert found == Outcome(set(), {"C1D1": "48.6", "C2D1": "53.1"})


@pytest.mark.parametrize(
    ("answers", "query"),
    [
        (["3", "3", "2", "6"], ("Q-903", "E", "promis", "answer")),
        (["3", "3", "2", "0"], ("Q-903", "E", "promis", "answer")),
        (["3", "3", "2", "-1"], ("Q-903", "E", "promis", "answer")),
        (["3", "3", "2", "2.5"], ("Q-903", "E", "promis", "answer")),
        (["3", "3", "2", "often"], ("Q-903", "E", "promis", "answer")),
        (["3", "3", "2", "=1+1"], ("Q-903", "E", "promis", "answer")),
    ],
)
def test_an_answer_that_the_scale_does_not_have(answers, query):
    found = run(*BASE, *form("Cycle 2 Day 1", answers))
    assert found == Outcome({query}, {"C1D1": "48.6", "C2D1": ""})


@pytest.mark.parametrize("answer", ["5", "-1", "1.5", "severe"])
def test_an_answer_that_an_item_does_not_have(answer):
    found = run(bcpt=(item("Cycle 1 Day 1", "1"), item("Cycle 2 Day 1", answer)))
    assert found == Outcome({("Q-903", "E", "bcpt", "answer")}, {"C1D1": "1.0", "C2D1": ""})


def test_an_answer_on_a_form_that_was_not_done():
    found = run(*BASE, *form("Cycle 2 Day 1", "3322", NOTDONE="Yes", REASND="refused"))
    assert found == Outcome({("Q-902", "E", "promis", "answer")}, {"C1D1": "48.6", "C2D1": ""})


def test_two_forms_at_one_visit_that_contradict_each_other():
    found = run(*BASE, *form("Cycle 2 Day 1", "3322"), *form("Cycle 2 Day 1", "4433"))
    assert {query[:2] for query in found.queries} == {("Q-103", "E")}
    assert found.values == {"C1D1": "48.6"}


def test_the_same_form_twice_at_one_visit_counts_once():
    found = run(*BASE, *form("Cycle 2 Day 1", "3322"), *form("Cycle 2 Day 1", "3322"))
    assert {query[0] for query in found.queries} == {"Q-104"}
    assert found.values == {"C1D1": "48.6", "C2D1": "53.1"}


def test_two_forms_on_one_day_at_two_visits():
    """Both dated on the day of the first dose: the visit places them, and the second date is asked about."""
    found = run(*BASE, *form("Cycle 2 Day 1", "3322", QSDAT_RAW="15-Mar-2019"))
    assert found.queries == {("Q-905", "W", "promis", "qsdtc")}
    assert found.values == {"C1D1": "48.6", "C2D1": "53.1"}


def test_items_of_one_form_on_two_days():
    later = [{**row, "QSDAT_RAW": "06-Apr-2019"} for row in form("Cycle 2 Day 1", "3322")[2:]]
    found = run(*BASE, *form("Cycle 2 Day 1", "3322")[:2], *later)
    assert found.queries == {("Q-901", "W", "promis", "qsdtc")}


def test_a_form_at_a_visit_where_none_is_planned():
    found = run(*BASE, *form("Tumor assessment 1", "3322"))
    assert found.queries == {("Q-905", "W", "promis", "visit")}
    assert found.values == {"C1D1": "48.6", "TUM1": "53.1"}


def test_a_form_filed_under_the_visit_before():
    """Dated at the second cycle and filed under the first: it is after the first dose, so no baseline."""
    found = run(*form("Cycle 1 Day 1", "2222", QSDAT_RAW="05-Apr-2019"))
    assert found.queries == {("Q-905", "W", "promis", "qsdtc")}
    assert found.values == {"C1D1": "48.6"}


def test_a_form_at_a_visit_that_nobody_knows():
    unknown = [{**row, "FOLDER": "Cycle 2 Day One"} for row in form("Cycle 2 Day 1", "3322")]
    found = run(*BASE, *unknown)
    assert {query[3] for query in found.queries} == {"visit"}
    assert "C2D1" not in found.values


def test_a_form_before_consent():
    found = run(*form("Cycle 1 Day 1", "2222", QSDAT_RAW="28-Feb-2019"))
    assert found.queries == {("Q-905", "W", "promis", "qsdtc")}


@pytest.mark.parametrize(
    ("version", "queries"),
    [
        ("", {("Q-907", "E", "promis", "version")}),
        ("v2.0", {("Q-904", "W", "promis", "version"), ("Q-907", "E", "promis", "version")}),
    ],
)
def test_a_version_that_is_missing_or_another_one(version, queries):
    found = run(*BASE, *form("Cycle 2 Day 1", "3322", VERSION=version))
    assert found == Outcome(queries, {"C1D1": "48.6", "C2D1": ""})


def test_an_item_that_the_form_does_not_have():
    found = run(*BASE, *form("Cycle 2 Day 1", "33221"))
    assert {query[3] for query in found.queries} == {"item"}
    assert found.values == {"C1D1": "48.6", "C2D1": "53.1"}  # the four items that exist


def test_an_item_that_no_checklist_has():
    found = run(bcpt=(item("Cycle 1 Day 1", "1"), item("Cycle 2 Day 1", "3", ITEM="BCPT19")))
    assert {query[3] for query in found.queries} == {"item"}
    assert found.values == {"C1D1": "1.0"}


def test_a_short_form_that_no_list_has():
    found = run(*BASE, *form("Cycle 2 Day 1", "3322", INSTR="Fatigue 7a"))
    assert {query[3] for query in found.queries} == {"instr"}
    assert found.values == {"C1D1": "48.6"}


def test_no_form_at_all():
    found = run()
    assert found == Outcome(set(), {})
    assert isinstance(qs(prepared("promis"), prepared("bcpt"), study_view(qs)).data, pd.DataFrame)


def test_two_forms_at_visits_that_nobody_knows():
    first, second = form("Cycle 2 Day 1", "3322"), form("Cycle 2 Day 1", "4444")
    found = run(
        *BASE, *[{**row, "FOLDER": "Somewhere"} for row in first], *[{**row, "FOLDER": "Elsewhere"} for row in second]
    )
    assert {query[3] for query in found.queries} == {"visit", "subject"}
    assert found.values == {"C1D1": "48.6"}
