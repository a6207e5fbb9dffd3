"""Hostile adverse events from the raw record to the tables: a query or an error, never a silent count.

Each case is a subject of one small study. What the tables count of it is read from the analyses of the plan behind
Tables 14.3.1.1 (overview), 14.3.1.3 (maximum grade), 14.3.1.5 (grade 3 or higher), 14.3.1.12 (fatal) and 14.3.2.1.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crf2csr.analyze.categories import categories
from crf2csr.analyze.incidence import incidence
from crf2csr.ard import Result
from crf2csr.clean.ae import ae
from crf2csr.clean.cross_checks import CROSS_CHECKS
from crf2csr.clean.dd import dd
from crf2csr.clean.ds import ds
from crf2csr.clean.fa import fa
from crf2csr.derive.adae import adae
from crf2csr.plan import ColumnGroup, Condition
from crf2csr.plan_checks import load_plan
from crf2csr.readers.csv_forms import check_extract
from tests.builders import DOMAINS, STUDY_ID, empty_domain, rows, study_view
from tests.derive.adverse_event_cases import CASES, EVENT, PLAIN
from tests.derive.cases import TABLES, derive_all, domains
from tests.extracts import MAPPING, STUDY, csv_text, extract, prepared

PLAN = load_plan("nct03709082")
CHECKS = [check for check in CROSS_CHECKS if {"ae", "domains"} & set(inspect.signature(check).parameters)]
GRADES = {name: f"grade {name}" for name in ("1", "2", "3", "4", "5", "Missing")}
#: Analysis to what its categories are called here; a row of the overview has the name of its variable in the plan.
ROWS = {
    "teae-grades-safety": GRADES,
    "teae-severe-safety": {"": "Table 14.3.1.5"},
    "teae-fatal-safety": {"": "fatal"},
    "deaths-window-safety": {"Y": "death up to day 30"},
    "deaths-unreported-safety": {"Y": "fatal without a report of death"},
}
ANALYSES = ("ae-overview-safety", *ROWS)
CLEANED: tuple[Callable[..., Any], ...] = (ae, ds, dd, fa)
METHODS = {"incidence": incidence, "categories": categories}

SUBJECTS = {f"01-{number}": case for number, case in enumerate(CASES, start=101)}


@dataclass(frozen=True)
class Found:
    """The queries, AE, ADSL and ADAE of the small study, and the rows (with [events]) that count each subject."""

    queries: pd.DataFrame
    clean_events: pd.DataFrame
    adsl: pd.DataFrame
    adae: pd.DataFrame
    counts: dict[str, dict[str, int]]

    def asked_of(self, subject: str) -> set[tuple[str, ...]]:
        own = self.queries[self.queries["subject"].eq(subject)]
        return set(rows(own, "rule", "severity", "form", "field"))


def of_all(form: str) -> Iterator[dict[str, str]]:
    """Yield the raw records of a form, of all subjects."""
    for subject, case in SUBJECTS.items():
        events = tuple(EVENT | changes for changes in case.records)
        records = {**PLAIN, "ae": events, **case.others}.get(form, ())
        yield from ({"SUBJECT": subject, **record} for record in records)


def copied(name: str) -> str:
    """Return a table of the small study with its one subject copied for each case."""
    header, *lines = TABLES[name].strip().splitlines()
    return "\n".join([header, *(line.replace("01-001", subject) for subject in SUBJECTS for line in lines)])


def called(function: Callable[..., Any], known: Mapping[str, Any]) -> Any:
    """Return what a function makes of what its parameters name."""
    return function(**{name: known[name] for name in inspect.signature(function).parameters})


@cache
def judged() -> Found:
    """Return what becomes of the raw records: forms prepared, domains made, checks run, ADSL and ADAE, tables."""
    forms = {name: prepared(name, *of_all(name)) for name in ("ae", "enr", "eot", "eos", "fu", "dlt")}
    made = {function.__name__: called(function, {**forms, "study": study_view(function)}) for function in CLEANED}
    tables = {"dm": copied("dm"), "ex": copied("ex"), **{name: cleaned.data for name, cleaned in made.items()}}
    known = {name: empty_domain(name) for name in DOMAINS} | domains(**tables)
    queries = [one.queries for one in (*forms.values(), *made.values())]
    checked = {**known, "domains": known, "study": STUDY.view(STUDY.settings)}
    queries += [called(check, checked) for check in CHECKS]
    people = derive_all(known, last="adsl")["adsl"]
    events = adae(people.data, known["ae"], study_view(adae))
    asked = pd.concat([*queries, people.queries, events.queries])
    return Found(asked, known["ae"], people.data, events.data, counted(people.data, events.data))


def counted(adsl: pd.DataFrame, adae: pd.DataFrame, names: Iterable[str] = ANALYSES) -> dict[str, dict[str, int]]:
    """Return the rows that count each subject with [events], or 0 where a row has none; each subject is a column."""
    counts: dict[str, dict[str, int]] = {subject: {} for subject in SUBJECTS}
    for result in [r for name in names for r in results(name, adsl, adae)]:
        row = ROWS.get(result.analysis, {"Y": result.variable}).get(result.category)
        if row is None or not result.variable or not result.value or result.statistic not in ("n", "events"):
            continue
        assert result.statistic == "events" or result.value == 1, "a subject counts once (R-901)"
        own = counts[result.level]
        own[row] = int(result.value) if result.statistic == "events" else own.get(row, 0)
    return counts


def results(name: str, adsl: pd.DataFrame, adae: pd.DataFrame) -> tuple[Result, ...]:
    """Return the results of an analysis of the plan, one column a subject."""
    analysis = PLAN.analyses[name]
    columns = tuple(
        ColumnGroup(id=s, label=s, where=(Condition(variable="USUBJID", op="eq", value=f"{STUDY_ID}-{s}"),))
        for s in SUBJECTS
    )
    method = METHODS[analysis.spec.method]
    data = {"adsl": adsl, "adae": adae}[analysis.spec.data]
    return method(adsl, data, replace(analysis, columns=columns), study_view(method)).results


@pytest.mark.parametrize("subject", SUBJECTS, ids=[case.name for case in CASES])
def test_what_is_asked_and_what_is_counted(subject: str) -> None:
    case, found = SUBJECTS[subject], judged()
    assert found.asked_of(subject) == case.queries
    assert set(found.counts[subject]) == case.rows
    assert found.counts[subject].get("FRST", 0) == case.events


def test_every_query_names_its_row() -> None:
    assert not judged().queries[["RAWFILE", "RAWROW", "message"]].eq("").any(axis=None)


def named(*names: str) -> set[str]:
    return {subject for subject, case in SUBJECTS.items() if case.name in names}


def counting(row: str, counts: dict[str, dict[str, int]]) -> set[str]:
    """Return the subjects that a row counts."""
    return {subject for subject, own in counts.items() if row in own}


def test_a_missing_grade_as_grade_3_adds_those_without_grade_and_nobody_else() -> None:
    """Table 14.3.1.5-S1, R-902."""
    found = judged()
    worst = adae(found.adsl, found.clean_events, study_view(adae, ae_missing_grade="3")).data
    counts = counted(found.adsl, worst, ["teae-severe-safety"])
    added = counting("Table 14.3.1.5", counts) ^ counting("Table 14.3.1.5", found.counts)
    assert added == counting("NOGRADE", found.counts) == {s for s, case in SUBJECTS.items() if "NOGRADE" in case.rows}


def test_a_missing_relation_as_related_adds_those_of_the_row_of_their_own() -> None:
    """Table 14.3.1.6-S1, R-906."""
    found = judged()
    worst = adae(found.adsl, found.clean_events, study_view(adae, ae_missing_relation="related")).data
    counts = counted(found.adsl, worst, ["ae-overview-safety"])
    added = counting("RELANY", counts) ^ counting("RELANY", found.counts)
    assert added == named("relation blank", "relation not in the list")
    assert counting("NOREL", counts) == set()


def test_the_dlt_form_decides_what_escalation_counts() -> None:
    """R-405: a flag on the event alone is none in the escalation, a grade never is."""
    counted = judged().adsl.query("DLTOCCFL == 'Y'")["SUBJID"]
    assert set(counted) == named("grade 1 flagged as DLT, the form agrees", "grade 3 flagged as DLT, the form agrees")


def test_what_is_after_the_cutoff_or_withheld_is_no_record_of_adae() -> None:
    """R-209, Q-103, Q-108: neither counted nor listed; every other event is listed."""
    withheld = named("starts after the cutoff", "starts after the extract", "no term", "one number, two grades")
    assert set(SUBJECTS) - set(judged().adae["SUBJID"]) == withheld


def test_what_was_imputed_says_so() -> None:
    """R-203, R-204, R-207: the flag beside the start; no duration of an event that ends before it starts."""
    data = judged().adae
    shown = {name: data[data["SUBJID"].isin(named(name))] for name in ("start UN-Mar-2019", "start UN-UNK-2019")}
    shown |= {name: data[data["SUBJID"].isin(named(name))] for name in ("start blank", "end before start")}
    assert {name: rows(own, "ASTDT", "ASTDTF", "ADURN") for name, own in shown.items()} == {
        "start UN-Mar-2019": [("2019-03-15", "D", "37")],  # 15 March to 20 April
        "start UN-UNK-2019": [("2019-03-15", "M", "37")],
        "start blank": [("2019-03-15", "Y", "37")],
        "end before start": [("2019-04-10", "", "")],
    }


def test_the_action_with_a_drug_that_the_study_does_not_have(tmp_path: Path) -> None:
    """A column of its own is named and not read; the word in the column of another drug is Q-107 above."""
    header, record = csv_text("ae", EVENT).splitlines()
    extract(tmp_path, ae=f"{header},ACNTAM\n{record},Drug withdrawn\n")
    found = [
        tuple(row[name] for name in ("rule", "severity", "form", "value")) for row in check_extract(tmp_path, MAPPING)
    ]
    assert found == [("Q-102", "I", "ae", "ACNTAM")]
