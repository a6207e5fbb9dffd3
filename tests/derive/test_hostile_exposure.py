"""Hostile dosing data from the raw record to exposure and escalation: a query or an error, never a silent count."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pandas as pd
import pytest

from crf2csr.clean import cross_checks_enrollment as enrollment
from crf2csr.clean import cross_checks_exposure as exposure
from crf2csr.clean import cross_checks_laboratory as laboratory
from crf2csr.clean.ae import ae
from crf2csr.clean.ds import ds
from crf2csr.clean.ec import ec
from crf2csr.clean.ex import ex
from crf2csr.clean.fa import fa
from crf2csr.clean.forms import Form
from crf2csr.derive.adae import adae
from crf2csr.derive.addose import addose
from crf2csr.derive.adesc import adesc
from crf2csr.derive.adex import adex
from crf2csr.derive.admod import admod
from crf2csr.results import Cleaned
from tests.builders import DOMAINS, empty_domain, rows, study_view
from tests.derive.cases import derive_all, domains
from tests.extracts import STUDY, prepared

CHECKS = (
    *(enrollment.dose_levels, enrollment.enrollment_pattern, enrollment.first_levels),
    *(exposure.incomplete_doses, exposure.given_answers),
    *(exposure.palbociclib_doses, exposure.modification_reasons, exposure.unanswered_dlt),
    *(laboratory.missing_weights, laboratory.doses_by_weight),
)
DATASETS = {function.__name__: function for function in (adae, adex, adesc, admod, addose)}
DRUGS = ("PALBOCICLIB", "T-DM1")
ORAL = ("FOLDER", "DRUG", "EXNO", "GIVEN", "STDAT_RAW", "ENDAT_RAW", "DOSE", "DOSU", "TAKEN")
#: One phase I subject at 75 mg, first dose 15 March 2019; 3.6 mg/kg at 64 kg are 230.4 mg.
RECORDS = {
    "enr": (("ENRNO", "ENRDAT_RAW", "PHASE", "LEVEL", "SLOT"), ("1 | 10-Mar-2019 | Phase 1 | 75 | 1",)),
    "ex_oral": (ORAL, ("Cycle 1 Day 1 | Palbociclib | 1 | Yes | 15-Mar-2019 | 04-Apr-2019 | 75 | mg | 21",)),
    "ex_tdm1": (
        ("FOLDER", "CYCLE", "GIVEN", "EXDAT_RAW", "STTM", "ENTM", "WEIGHT", "MGKG", "MG"),
        ("Cycle 1 Day 1 | 1 | Yes | 15-Mar-2019 | 10:00 | 11:30 | 64 | 3.6 | 230.4",),
    ),
    "dosemod": (("MODNO", "DRUG", "MODDAT_RAW", "ACTION", "RESDAT_RAW", "REASON", "AENO"), ()),
    "dlt": (("ASDAT_RAW", "EVALUABLE", "DLT"), ("08-Apr-2019 | Yes | No",)),
    "ae": (("AENO", "TERM", "DECOD", "BODSYS", "STDAT_RAW", "GRADE", "ACNPAL", "ACNLET", "ACNTDM"), ()),
}


@dataclass(frozen=True)
class Found:
    """Rule, form, field and severity of every query about dosing; the domains and ADSL."""

    queries: set[tuple[str, ...]]
    known: dict[str, pd.DataFrame]

    def data(self, name: str) -> pd.DataFrame:
        """Derive a dataset; nothing is declared as RP2D."""
        function = DATASETS[name]
        inputs = [one for one in inspect.signature(function).parameters if one != "study"]
        undeclared = {"rp2d_value": None} if "rp2d.value" in function.keys else {}
        known = {one: self.data(one) if one in DATASETS else self.known[one] for one in inputs}
        return function(**known, study=study_view(function, **undeclared)).data

    def value(self, drug: str, parameter: str) -> tuple[str, ...]:
        """Return value, text and reason of a parameter of exposure."""
        all_drugs = self.data("adex")
        own = all_drugs[all_drugs["EXTRT"].eq(drug) & all_drugs["PARAMCD"].eq(parameter)]
        return rows(own, "AVAL", "AVALC", "REASON")[0]


@cache
def form(name: str, lines: tuple[str, ...]) -> Form:
    columns, _ = RECORDS.get(name, ((), ()))
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return prepared(name, *(dict(zip(columns, line, strict=True)) for line in cells))


@cache
def cleaned(function: Callable[..., Cleaned], *lines: tuple[tuple[str, ...], ...]) -> Cleaned:
    names = [name for name in inspect.signature(function).parameters if name != "study"]
    forms = [form(name, own) for name, own in zip(names, lines, strict=True)]
    return function(*forms, study_view(function))


def judged(**changed: tuple[str, ...]) -> Found:
    """Return what becomes of raw records; `changed` replaces the records of a form."""
    lines = {name: plain for name, (_, plain) in RECORDS.items()} | {"eot": (), "eos": ()} | changed
    clean, asked = {}, [form(name, own).queries for name, own in lines.items()]
    for function in (ds, ex, ec, fa, ae):
        names = [name for name in inspect.signature(function).parameters if name != "study"]
        result = cleaned(function, *(lines[name] for name in names))
        clean[function.__name__] = result.data
        asked.append(result.queries)
    known = {name: empty_domain(name) for name in DOMAINS} | domains(**clean)
    checked = {**known, "domains": known, "study": STUDY.view(STUDY.settings)}
    asked += [check(**{name: checked[name] for name in inspect.signature(check).parameters}) for check in CHECKS]
    people = derive_all(known, last="adsl")["adsl"]
    queries = set(rows(pd.concat([*asked, people.queries]), "rule", "form", "field", "severity"))
    return Found(queries, {**known, "adsl": people.data})


def asked_of(found: Found, *forms: str) -> set[tuple[str, ...]]:
    return {query for query in found.queries if query[1] in forms}


def test_clean_dosing_raises_no_question():
    found = judged()
    assert asked_of(found, "ex_oral", "ex_tdm1", "dosemod", "dlt", "enr") == set()
    assert found.value("PALBOCICLIB", "CUMDOSE")[0] == "1575.0"  # 21 x 75
    assert float(found.value("T-DM1", "CUMDOSE")[0]) == pytest.approx(3.6)


def test_an_unknown_drug_of_a_modification_is_asked_for_and_changes_no_exposure():
    found = judged(dosemod=("1 | Tamoxifen | 29-Mar-2019 | Held | 01-Apr-2019 | Scheduling | ",))
    assert asked_of(found, "dosemod") == {("Q-107", "dosemod", "drug", "E")}
    assert [found.value(drug, "INTERR")[1] for drug in DRUGS] == ["N"] * 2
    assert rows(found.data("admod"), "ECTRT") == []  # without a drug there is no modification record


def test_an_unknown_drug_of_a_dosing_record_is_asked_for_and_is_no_dose():
    found = judged(ex_oral=("Cycle 1 Day 1 | Tamoxifen | 1 | Yes | 15-Mar-2019 | 04-Apr-2019 | 75 | mg | 21",))
    assert ("Q-107", "ex_oral", "drug", "E") in found.queries
    assert set(found.data("adex")["EXTRT"]) == {"T-DM1"}
    # the window is completed without a dose of palbociclib: not evaluable, the level waits for another subject
    assert rows(found.known["adsl"], "DLTFL", "DLTREAS") == [("N", "Too few palbociclib doses in the window")]
    assert rows(found.data("adesc"), "NEVAL", "NREPL", "DECISION")[0] == ("0", "1", "complete the cohort")


def test_an_unknown_action_on_an_event_is_asked_for_and_counts_as_none():
    event = "1 | low | Neutropenia | Blood | 28-Mar-2019 | 3 | {} | Dose not changed | Dose not changed"
    found = judged(ae=(event.format("Stopped everything"),))
    assert ("Q-107", "ae", "acnpal", "E") in found.queries
    (flags,) = rows(found.data("adae"), "PALINTFL", "PALREDFL", "PALDISFL", "ANYMODFL", "ACNTXT")
    assert ("Y" not in flags, flags[-1]) == (True, "?NN")


@pytest.mark.parametrize(
    ("dose", "rule", "field", "cumulative"),
    [
        ("75 |", ("Q-402", "E"), "dosu", "1575.0"),  # the unit is asked for, the dose of the drug has one unit only
        ("75 | tablets", ("Q-107", "E"), "dosu", "1575.0"),
        ("seventy | mg", ("Q-402", "E"), "dose", ""),
    ],
)
def test_a_dose_without_unit_or_number(dose, rule, field, cumulative):
    found = judged(ex_oral=(f"Cycle 1 Day 1 | Palbociclib | 1 | Yes | 15-Mar-2019 | 04-Apr-2019 | {dose} | 21",))
    assert (rule[0], "ex_oral", field, rule[1]) in found.queries
    assert found.value("PALBOCICLIB", "CUMDOSE")[0] == cumulative


@pytest.mark.parametrize(
    ("infusion", "cumulative", "milligrams", "listed"),
    [
        # without the weight used, the mg/kg of the form are what is known
        (" | 3.6 | 230.4", "3.6", "230.4", "3.6: ?/230.4"),
        (" | | 230.4", "", "230.4", "?: ?/230.4"),
    ],
)
def test_a_missing_weight_of_a_dose_by_weight(infusion, cumulative, milligrams, listed):
    found = judged(ex_tdm1=(f"Cycle 1 Day 1 | 1 | Yes | 15-Mar-2019 | 10:00 | 11:30 | {infusion}",))
    asked = {("Q-409", "ex_tdm1", "weight", "W"), ("Q-809", "ex_tdm1", "weight", "E")}
    assert asked <= found.queries, "the weight used (Q-409), and none among the vital signs either (Q-809)"
    assert [found.value("T-DM1", name)[0] for name in ("CUMDOSE", "CUMMG")] == [cumulative, milligrams]
    assert rows(found.data("addose"), "TDMDOSE") == [(listed,)]


def test_a_subject_at_two_dose_levels_counts_once_at_the_first_and_is_asked_for():
    first = RECORDS["enr"][1][0]
    found = judged(enr=(first, "2 | 20-Apr-2019 | Phase 1 | 100 | 1"))
    assert {query[:3] for query in asked_of(found, "enr")} == {("Q-207", "enr", "enrno")}
    assert rows(found.data("adesc"), "DOSELVL", "NENRL", "NEVAL") == [
        ("75", "1", "1"),
        ("100", "0", "0"),
        ("125", "0", "0"),
    ]


def test_a_subject_dosed_above_its_level_stays_at_it_in_the_escalation_and_is_asked_for():
    found = judged(ex_oral=("Cycle 1 Day 1 | Palbociclib | 1 | Yes | 15-Mar-2019 | 04-Apr-2019 | 100 | mg | 21",))
    assert asked_of(found, "ex_oral") == {("Q-407", "ex_oral", "dose", "E"), ("Q-213", "ex_oral", "dose", "E")}
    assert rows(found.known["adsl"], "TRT01P", "TRT01A") == [("75 mg", "100 mg")]  # safety counts as taken
    assert rows(found.data("adesc"), "DOSELVL", "NENRL", "NEVAL")[:2] == [("75", "1", "1"), ("100", "0", "0")]


def test_a_weight_that_does_not_fit_the_dose_is_asked_for_and_both_are_used():
    found = judged(ex_tdm1=("Cycle 1 Day 1 | 1 | Yes | 15-Mar-2019 | 10:00 | 11:30 | 46 | 3.6 | 230.4",))
    assert ("Q-409", "ex_tdm1", "mg", "W") in found.queries
    # what was given, 230.4 mg at 46 kg, is 5.0087 mg/kg, whatever the form says
    assert float(found.value("T-DM1", "CUMDOSE")[0]) == pytest.approx(5.0087, abs=1e-4)


def test_one_enrollment_with_two_levels_is_asked_for_and_enrolls_nobody():
    found = judged(enr=(RECORDS["enr"][1][0], "1 | 10-Mar-2019 | Phase 1 | 100 | 1"))
    assert {query[0] for query in asked_of(found, "enr")} == {"Q-103"}
    assert rows(found.data("adesc"), "NENRL") == [("0",)] * 3


def test_a_level_that_does_not_exist_is_asked_for_and_counts_at_none():
    found = judged(enr=("1 | 10-Mar-2019 | Phase 1 | 150 | 1",))
    assert ("Q-206", "enr", "level") in {query[:3] for query in found.queries}
    assert rows(found.data("adesc"), "NENRL") == [("0",)] * 3


def test_a_missing_answer_is_not_no_toxicity():
    found = judged(dlt=("08-Apr-2019 | Yes |",))
    assert ("Q-414", "dlt", "dlt") in {query[:3] for query in found.queries}
    assert rows(found.data("adesc"), "NEVAL", "NPEND", "MTD")[0] == ("0", "1", "not determined")
