"""ADQS from literal questionnaires: scores, baseline, worst change, the three counts of O7, queries, links."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from crf2csr.contracts import load_contract
from crf2csr.derive.adqs import adqs
from crf2csr.results import Derived
from tests.builders import conforming, domain, rows, study_view

FEW = settings(max_examples=6, deadline=None)
PEOPLE = """
    USUBJID | TRT01A | TRT01AN | TRTSDT     | SAFFL
    01-001  | 75 mg  | 75      | 2019-03-15 | Y
    01-002  | 75 mg  | 75      | 2019-03-15 | Y
    01-003  |        |         |            | N
    """
#: The flags of ADSL that are not looked at here.
FLAGS = {v.name: "N" for v in load_contract("derive", "adsl").variables if v.core == "req" and v.length == 1}
HEAD = "USUBJID|QSCAT|QSSCAT|VISIT|VISITNUM|QSTESTCD|QSDTC|QSORRES|QSSTRESN|QSSTAT|QSVERS"
NUMBERS = {"SCREENING": "0", "C1D1": "1", "C2D1": "2", "C3D1": "3", "EOT": "900"}
DAYS = {
    "SCREENING": "2019-03-01",
    "C1D1": "2019-03-15",
    "C2D1": "2019-04-05",
    "C3D1": "2019-04-26",
    "EOT": "2019-06-01",
}
CODES = {"FATIGUE": "FATIG", "PHYSICAL FUNCTION": "PHYSF"}


def form(subject: str, scale: str, visit: str, answers: str, day: str = "", version: str = "") -> list[str]:
    """Return the four records of a short form; `answers` are four characters, `-` for an item without answer."""
    known = version or {"PHYSICAL FUNCTION": "v2.0"}.get(scale, "v1.0")
    start = f"{subject}|PROMIS|{scale}|{visit}|{NUMBERS[visit]}"
    items = [(f"{CODES[scale]}{n}", answer.strip("-")) for n, answer in enumerate(answers, start=1)]
    return [f"{start}|{code}|{day or DAYS[visit]}|{answer}|{answer}||{known}" for code, answer in items]


def item(subject: str, code: str, visit: str, answer: str, status: str = "") -> list[str]:
    return [f"{subject}|BCPT|BCPT|{visit}|{NUMBERS[visit]}|{code}|{DAYS[visit]}|{answer}|{answer}|{status}|"]


def derive(*records: list[str], people: str = PEOPLE, cut: str = "full", **values: object) -> Derived:
    adsl = conforming("derive", "adsl", people, **FLAGS)
    qs = domain("qs", "\n".join([HEAD, *(line for lines in records for line in lines)]))
    return adqs(adsl, qs, study_view(adqs, cut, **values))


def chosen(derived: Derived, **where: str) -> pd.DataFrame:
    data = derived.data
    for name, value in where.items():
        data = data[data[name].eq(value).fillna(False).astype(bool)]
    return data


def test_scores_by_visit_with_baseline_and_signed_change():
    # Fatigue 4a: sum 8 is 48.6, 10 is 53.1; Physical Function 4a v2.0: sum 16 is 41.9, 14 is 39.2 (scoring manuals).
    found = derive(
        form("01-001", "FATIGUE", "C1D1", "2222"),
        form("01-001", "FATIGUE", "C2D1", "3322"),
        form("01-001", "PHYSICAL FUNCTION", "C1D1", "4444"),
        form("01-001", "PHYSICAL FUNCTION", "C2D1", "4433"),
    )
    columns = ("PARAMCD", "AVISIT", "ADY", "RAWSUM", "AVAL", "BASE", "CHG", "WORSCHG", "ABLFL", "POSTFL")
    visits = found.data[found.data["AVISIT"].ne("WORST")]
    assert rows(visits, *columns) == [
        ("FATIGUE", "C1D1", "1", "8", "48.6", "", "", "", "Y", ""),
        ("FATIGUE", "C2D1", "22", "10", "53.1", "48.6", "4.5", "4.5", "", "Y"),
        ("PHYSFUN", "C1D1", "1", "16", "41.9", "", "", "", "Y", ""),
        ("PHYSFUN", "C2D1", "22", "14", "39.2", "41.9", "-2.7", "2.7", "", "Y"),
    ]


def test_the_row_of_the_worst_change():
    found = derive(
        form("01-001", "FATIGUE", "C1D1", "2221"),  # 7: 46.0
        form("01-001", "FATIGUE", "C2D1", "3222"),  # 9: 51.0, 5.0 worse
        form("01-001", "FATIGUE", "C3D1", "1111"),  # 4: 33.7, better
        item("01-001", "BCPT01", "C1D1", "1"),
        item("01-001", "BCPT01", "C2D1", "3"),
    )
    worst = chosen(found, SUBJID="01-001", AVISIT="WORST", EVALFL="Y")
    columns = ("PARAMCD", "PARCAT1", "BASE", "AVAL", "WORSCHG", "BASISVIS", "WORSFL", "WORS2FL")
    assert rows(worst, *columns) == [
        ("BCPT01", "BCPT", "1.0", "3.0", "2.0", "C2D1", "Y", "Y"),
        ("BCPTANY", "O7", "", "", "", "", "Y", ""),
        ("FATIGUE", "PROMIS", "46.0", "51.0", "5.0", "C2D1", "Y", ""),
        ("PROANY", "O7", "", "", "", "", "Y", ""),
        ("PROMANY", "O7", "", "", "", "", "Y", ""),
    ]


def test_thresholds_come_from_the_study():
    records = [form("01-001", "FATIGUE", "C1D1", "2221"), form("01-001", "FATIGUE", "C2D1", "3222")]
    records += [item("01-001", "BCPT01", "C1D1", "1"), item("01-001", "BCPT01", "C2D1", "3")]
    found = derive(*records, pro_threshold_promis_t=Decimal("5.1"), pro_threshold_bcpt_item=3)
    assert set(chosen(found, SUBJID="01-001", EVALFL="Y")["WORSFL"]) == {"N"}


def test_every_treated_subject_has_one_worst_row_a_parameter_and_an_untreated_one_has_none():
    found = derive(form("01-003", "FATIGUE", "SCREENING", "2222"))
    worst = chosen(found, AVISIT="WORST")
    # 7 scales + 18 items + 3 counts of O7
    assert worst.groupby("SUBJID").size().to_dict() == {"01-001": 28, "01-002": 28}
    assert set(worst["EVALFL"]) == {"N"}
    assert set(worst["EVALREAS"]) == {"No baseline", "No scale or item evaluable"}
    assert rows(chosen(found, SUBJID="01-003"), "AVISIT", "AVAL", "ABLFL") == [("SCREENING", "48.6", "")]


def test_o7_needs_an_evaluable_parameter_and_one_that_worsened():
    found = derive(
        form("01-001", "FATIGUE", "C1D1", "2222"),
        form("01-001", "FATIGUE", "C2D1", "2222"),
        item("01-001", "BCPT01", "C1D1", "0"),
        item("01-001", "BCPT01", "C2D1", "1"),
        item("01-002", "BCPT01", "C2D1", "4"),
    )
    assert rows(chosen(found, PARCAT1="O7"), "SUBJID", "PARAMCD", "EVALFL", "WORSFL") == [
        ("01-001", "BCPTANY", "Y", "Y"),
        ("01-001", "PROANY", "Y", "Y"),
        ("01-001", "PROMANY", "Y", "N"),
        ("01-002", "BCPTANY", "N", ""),
        ("01-002", "PROANY", "N", ""),
        ("01-002", "PROMANY", "N", ""),
    ]


def test_missing_answers_and_answers_of_a_form_not_done_are_no_values():
    found = derive(
        form("01-001", "FATIGUE", "C1D1", "22-2"),
        item("01-001", "BCPT01", "C1D1", ""),
        item("01-001", "BCPT02", "C1D1", "2", "NOT DONE"),
        item("01-001", "BCPT03", "C1D1", "5"),
    )
    assert rows(chosen(found, AVISIT="C1D1"), "PARAMCD", "AVAL", "REASON", "ABLFL") == [
        ("BCPT01", "", "item not answered", ""),
        ("BCPT02", "", "item not answered", ""),
        ("BCPT03", "", "item not answered", ""),
        ("FATIGUE", "", "3 of 4 items answered", ""),
    ]
    assert found.queries.empty


def test_a_version_without_scores_is_a_query_and_no_value():
    found = derive(
        form("01-001", "PHYSICAL FUNCTION", "C1D1", "4444", version="v1.2"),
        form("01-001", "PHYSICAL FUNCTION", "C2D1", "444-", version="v1.2"),
    )
    assert chosen(found, AVISIT="C1D1")["AVAL"].isna().all()
    assert rows(found.queries, "rule", "severity", "subject", "form", "field", "value", "RAWROW") == [
        ("Q-907", "E", "01-001", "promis", "version", "v1.2", "2")
    ]


def test_records_after_the_cutoff_are_not_used():
    # cutoff of the full extract: 2023-06-30
    found = derive(
        form("01-001", "FATIGUE", "C1D1", "2222"),
        form("01-001", "FATIGUE", "C2D1", "5555", day="2023-07-01"),
    )
    assert rows(chosen(found, PARAMCD="FATIGUE", SUBJID="01-001"), "AVISIT", "EVALREAS") == [
        ("C1D1", ""),
        ("WORST", "No post-baseline value"),
    ]
    assert rows(found.queries, "rule", "severity") == [("Q-1101", "I")] * 4


def test_links_lead_from_the_outcome_to_the_records():
    found = derive(
        form("01-001", "FATIGUE", "C1D1", "2221"),
        form("01-001", "FATIGUE", "C2D1", "3222"),
        item("01-001", "BCPT01", "C1D1", "1"),
        item("01-001", "BCPT01", "C2D1", "1"),
    )
    start = "NCT03709082-01-001"
    links = {
        row: sorted(zip(part["variable"], part["source"], part["source_row"], strict=True))
        for row, part in found.links.groupby("row")
    }
    assert links[f"{start}|PROANY|WORST"] == [("WORSFL", "adqs", f"{start}|FATIGUE|WORST")]
    assert links[f"{start}|BCPTANY|WORST"] == [("WORSFL", "adqs", f"{start}|BCPT01|WORST")]
    assert links[f"{start}|FATIGUE|WORST"] == [("WORSCHG", "adqs", f"{start}|FATIGUE|C2D1")]
    items = [("AVAL", "qs", f"{start}|FATIGUE|C2D1|FATIG{n}") for n in (1, 2, 3, 4)]
    assert links[f"{start}|FATIGUE|C2D1"] == [*items, ("BASE", "adqs", f"{start}|FATIGUE|C1D1")]


def test_a_subject_that_is_not_evaluable_leads_to_the_form_that_gave_no_value():
    found = derive(form("01-001", "FATIGUE", "C1D1", "222-"), form("01-001", "FATIGUE", "C2D1", "2222"))
    start = "NCT03709082-01-001|FATIGUE"
    links = found.links[found.links["row"].eq(f"{start}|WORST")]
    assert rows(links, "variable", "source", "source_row") == [("EVALREAS", "adqs", f"{start}|C1D1")]


ANSWERS = st.fixed_dictionaries(
    {
        (subject, visit): st.tuples(st.text("12345-", min_size=4, max_size=4), st.sampled_from(["", *"01234"]))
        for subject in ("01-001", "01-002")
        for visit in ("C1D1", "C2D1", "C3D1")
    }
)


def records_of(answers: dict[tuple[str, str], tuple[str, str]]) -> list[list[str]]:
    scores = [form(subject, "FATIGUE", visit, four) for (subject, visit), (four, _) in answers.items()]
    return scores + [item(subject, "BCPT01", visit, one) for (subject, visit), (_, one) in answers.items()]


@FEW
@given(answers=ANSWERS, order=st.randoms(use_true_random=False))
def test_order_of_rows_means_nothing(answers, order):
    adsl = conforming("derive", "adsl", PEOPLE, **FLAGS)
    qs = domain("qs", "\n".join([HEAD, *(line for lines in records_of(answers) for line in lines)]))
    places = list(range(len(qs)))
    order.shuffle(places)
    first = adqs(adsl, qs, study_view(adqs))
    second = adqs(adsl.iloc[::-1].reset_index(drop=True), qs.iloc[places], study_view(adqs))
    for name in ("data", "links", "queries"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))


@FEW
@given(answers=ANSWERS)
def test_other_subjects_mean_nothing(answers):
    both = derive(*records_of(answers))
    alone = derive(*records_of({key: value for key, value in answers.items() if key[0] == "01-001"}))
    pd.testing.assert_frame_equal(chosen(both, SUBJID="01-001"), chosen(alone, SUBJID="01-001"))
