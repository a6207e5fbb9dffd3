"""Hostile tumor data from the raw record to the response: a query or an error, never a silent response."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cache

import pandas as pd
import pytest

from crf2csr.clean import cross_checks_assessments, cross_checks_targets, cross_checks_tumor
from crf2csr.clean.cross_checks import CROSS_CHECKS
from crf2csr.clean.rs import rs
from crf2csr.clean.tr import tr
from tests.builders import DOMAINS, empty_domain, rows, study_view
from tests.derive.cases import derive_all, domains
from tests.extracts import STUDY, prepared

TUMOR_CHECKS = {module.__name__ for module in (cross_checks_assessments, cross_checks_targets, cross_checks_tumor)}
#: Columns of the lines of a form, and what every record says besides.
COLUMNS = {
    "tl": (("FOLDER", "LESION", "DAT_RAW", "DIAMETER", "UNIT", "STATE"), {"ORGAN": "Liver", "METHOD": "CT SCAN"}),
    "ntl": (("FOLDER", "LESION", "DAT_RAW", "STATE"), {"ORGAN": "Lung", "METHOD": "CT SCAN"}),
    "nl": (("FOLDER", "DAT_RAW", "PRESENT"), {}),
    "rs": (("FOLDER", "RSDAT_YY", "RSDAT_MM", "RSDAT_DD", "TARGET", "NONTARGET", "OVERALL", "OVERALL_STD"), {}),
}
# First dose 15 March 2019 (tests/derive/cases.py). 21 of 30 mm is exactly 0.7: PR.
BASELINE = "Screening | T1 | 05-Mar-2019 | 30 | mm |"
FIRST = "Tumor assessment 1 | T1 | 15-May-2019 | 21 | mm |"
NO_NEW = "Tumor assessment 1 | 15-May-2019 | No"


@dataclass(frozen=True)
class Found:
    """Rule, form and raw row of every query about tumor data; overall response, rule and reason by visit; CBOR."""

    queries: set[tuple[str, str, str]]
    visits: dict[str, tuple[str, ...]]
    best: str


def raw(form: str, lines: tuple[str, ...]) -> list[dict[str, str]]:
    names, more = COLUMNS[form]
    fixed = {**more, "NODAL": "No"} if form in ("tl", "ntl") else more
    return [fixed | dict(zip(names, (cell.strip() for cell in line.split("|")), strict=True)) for line in lines]


@cache
def judged(
    tl: tuple[str, ...] = (BASELINE, FIRST),
    ntl: tuple[str, ...] = (),
    nl: tuple[str, ...] = (NO_NEW,),
    answers: tuple[str, ...] = (),
) -> Found:
    """Return what becomes of raw records: prepared forms, TR and RS, cross checks, ADTR and ADRS."""
    forms = {
        name: prepared(name, *raw(name, lines)) for name, lines in zip(COLUMNS, (tl, ntl, nl, answers), strict=True)
    }
    lesions = tr(forms["tl"], forms["ntl"], forms["nl"], study_view(tr))
    given = rs(forms["rs"], study_view(rs))
    clean = domains(tr=lesions.data, rs=given.data)
    known = {name: empty_domain(name) for name in DOMAINS} | clean
    known |= {"domains": known, "study": STUDY.view(STUDY.settings)}
    checks = [check for check in CROSS_CHECKS if check.__module__ in TUMOR_CHECKS]
    asked = [check(**{name: known[name] for name in inspect.signature(check).parameters}) for check in checks]
    derived = derive_all(clean)
    asked += [*(form.queries for form in forms.values()), lesions.queries, given.queries]
    queries = pd.concat([*asked, derived["adtr"].queries, derived["adrs"].queries])
    best = derived["adrs"].data
    overall = rows(best[best["PARAMCD"].eq("OVRLRESP")], "AVISIT", "AVALC", "RULE", "REASON", "INVRESP")
    return Found(
        set(rows(queries, "rule", "form", "RAWROW")),
        {visit: tuple(texts) for visit, *texts in overall},
        rows(best[best["PARAMCD"].eq("CBOR")], "AVALC")[0][0],
    )


def test_clean_data_raise_no_question_about_the_lesions():
    found = judged()
    assert {query for query in found.queries if query[0] != "Q-718"} == set()  # nothing after the first visit
    assert found.visits == {"TUM1": ("PR", "R-541", "", "")}


def test_two_baselines_that_contradict_each_other_are_none():
    found = judged(tl=(BASELINE, BASELINE.replace("30", "45"), FIRST))
    assert {("Q-103", "tl", "2"), ("Q-103", "tl", "3"), ("Q-722", "dm", "2")} <= found.queries
    assert found.visits["TUM1"] == ("NE", "R-541", "NO_LESION_AT_BASELINE", "")
    assert found.best == "NE"


def test_scan_before_the_first_dose_recorded_as_on_treatment_is_baseline_and_queried():
    # 33 mm on 12 March is the last assessment before the first dose; 21 of 33 mm is PR.
    early = FIRST.replace("15-May-2019 | 21", "12-Mar-2019 | 33")
    later = FIRST.replace("assessment 1", "assessment 2")
    found = judged(tl=(BASELINE, early, later), nl=(NO_NEW.replace("assessment 1", "assessment 2"),))
    assert ("Q-710", "tl", "3") in found.queries
    assert found.visits == {"TUM2": ("PR", "R-541", "", "")}


def test_lesion_id_used_twice_at_a_visit_is_not_evaluated():
    found = judged(tl=(BASELINE, FIRST, FIRST.replace("21", "40")))
    assert {("Q-103", "tl", "3"), ("Q-103", "tl", "4")} <= found.queries
    assert found.visits["TUM1"] == ("NE", "R-541", "NOTHING_MEASURED", "")


def test_lesion_id_of_a_target_and_a_non_target_lesion_is_queried():
    states = ("Screening | T1 | 05-Mar-2019 | Present", "Tumor assessment 1 | T1 | 15-May-2019 | Present")
    found = judged(ntl=states)
    assert ("Q-705", "ntl", "2") in found.queries
    assert found.visits["TUM1"][0] == "PR"  # each form keeps its own lesion


def test_dates_out_of_order_are_judged_by_date_and_queried():
    # By date: 40 mm on 15 May is +33 % and PD; 21 mm on 17 July comes after it and is not used.
    swapped = FIRST.replace("15-May", "17-Jul"), FIRST.replace("assessment 1", "assessment 2").replace("21 ", "40 ")
    found = judged(tl=(BASELINE, *swapped), nl=(NO_NEW, NO_NEW.replace("assessment 1", "assessment 2")))
    assert ("Q-704", "tl", "4") in found.queries
    assert {visit: texts[0] for visit, texts in found.visits.items()} == {"TUM1": "PR", "TUM2": "PD"}
    assert found.best == "PD"


@pytest.mark.parametrize(
    ("size", "rule", "response"),
    [
        ("2.1 | cm |", "Q-716", "PR"),  # 2.1 cm are exactly 21 mm
        ("21 | |", "Q-108", "NE"),
        ("21 | inch |", "Q-108", "NE"),
        ("-12 | mm |", "Q-108", "NE"),
        ("12 mm | mm |", "Q-108", "NE"),
        ("twelve | mm |", "Q-108", "NE"),
        ("12,5 | mm |", "Q-108", "NE"),
        ("| mm |", "Q-701", "NE"),
        ("21 | mm | Absent", "Q-701", "NE"),
        ("4 | | Too small to measure", "Q-108", "NE"),
        ("21 | mm | gone", "Q-107", "PR"),  # an unknown word beside a size: the size stands
    ],
)
def test_diameter_that_cannot_be_used(size: str, rule: str, response: str):
    found = judged(tl=(BASELINE, FIRST.replace("21 | mm |", size)))
    assert (rule, "tl", "3") in found.queries
    assert found.visits["TUM1"][0] == response


def test_unknown_response_code_is_no_response():
    found = judged(answers=("Tumor assessment 1 | 2019 | 05 | 15 | PR | NA | iPR | iPR",))
    assert ("Q-107", "rs", "2") in found.queries
    assert found.visits["TUM1"] == ("PR", "R-541", "", "")  # the derived one; no investigator's response


def test_subject_without_any_baseline_is_not_evaluable():
    found = judged(tl=(FIRST,), answers=("Tumor assessment 1 | 2019 | 05 | 15 | PR | NA | PR | PR",))
    assert {("Q-722", "rs", "2"), ("Q-719", "rs", "2"), ("Q-710", "tl", "2")} <= found.queries
    assert found.visits["TUM1"] == ("NE", "R-541", "NO_LESION_AT_BASELINE", "PR")
    assert found.best == "NE"


def test_screening_scan_after_the_first_dose_is_no_baseline():
    found = judged(tl=(BASELINE.replace("05-Mar", "20-Mar"), FIRST))
    assert {("Q-710", "tl", "2"), ("Q-722", "dm", "2")} <= found.queries
    assert {texts[0] for texts in found.visits.values()} == {"NE"}
