"""ADQS from literal questionnaires: scores, baseline, worst change, the three counts of O7, queries, links."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crf2csr.contracts import load_contract
from crf2csr.derive.adqs import adqs
from crf2csr.derive.rules.pro_sets import derive_pro_sets
from crf2csr.derive.rules.records import with_address
from crf2csr.results import Derived
from tests.builders import conforming, domain, rows, study_view

FEW = settings(max_examples=6, deadline=None)
PEOPLE = """
    USUBJID | TRT01A | TRT01AN | TRTSDT     | SAFFL
    01-001  | 75 mg  | 75      | 2019-03-15 | Y
    01-002  | 75 mg  | 75      | 2019-03-15 | Y
    01-003  |        |         |            | N
    """
SUBJECTS = [f"NCT03709082-01-00{number}" for number in (1, 2, 3)]
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


def scores(derived: Derived, **where: str) -> pd.DataFrame:
    """Return the rows of visits: without those that sum up and those of expected forms."""
    data = chosen(derived, **where)
    return data[data["PARCAT1"].isin(["PROMIS", "BCPT"]) & data["AVISIT"].ne("WORST")]


def test_scores_by_visit_with_baseline_and_signed_change():
    # Fatigue 4a: sum 8 is 48.6, 10 is 53.1; Physical Function 4a v2.0: sum 16 is 41.9, 14 is 39.2 (scoring manuals).
    found = derive(
        form("01-001", "FATIGUE", "C1D1", "2222"),
        form("01-001", "FATIGUE", "C2D1", "3322"),
        form("01-001", "PHYSICAL FUNCTION", "C1D1", "4444"),
        form("01-001", "PHYSICAL FUNCTION", "C2D1", "4433"),
    )
    columns = ("PARAMCD", "AVISIT", "ADY", "RAWSUM", "AVAL", "BASE", "CHG", "WORSCHG", "ABLFL", "POSTFL")
    visits = scores(found)
    assert rows(visits, *columns) == [
        ("FATIGUE", "C1D1", "1", "8", "48.6", "", "", "", "Y", ""),
        ("FATIGUE", "C2D1", "22", "10", "53.1", "48.6", "4.5", "4.5", "", "Y"),
        ("PHYSFUN", "C1D1", "1", "16", "41.9", "", "", "", "Y", ""),
        ("PHYSFUN", "C2D1", "22", "14", "39.2", "41.9", "-2.7", "2.7", "", "Y"),
    ]


def test_worsening_and_severity_at_each_visit():
    # Fatigue 4a: 7 is 46.0, 9 is 51.0, 13 is 58.8; worse by 5.0 and 12.8. Best is 33.7: 17.3 and 25.1 from it.
    found = derive(
        form("01-001", "FATIGUE", "C1D1", "2221"),
        form("01-001", "FATIGUE", "C2D1", "3222"),
        form("01-001", "FATIGUE", "C3D1", "4333"),
        form("01-001", "FATIGUE", "EOT", "2211"),
        item("01-001", "BCPT01", "C1D1", "1"),
        item("01-001", "BCPT01", "C2D1", "2"),
        item("01-001", "BCPT01", "C3D1", "3"),
    )
    columns = ("PARAMCD", "AVISIT", "BASECAT", "AVALCAT1", "WORSCHG", "ADJMAX", "WORSFL", "WORS2FL")
    normal = "Within normal limits"
    shown = chosen(found, SUBJID="01-001")
    assert rows(shown[shown["PARAMCD"].isin(["FATIGUE", "BCPT01"])], *columns) == [
        ("BCPT01", "C1D1", "", "1", "", "", "", ""),
        ("BCPT01", "C2D1", "1", "2", "1.0", "2.0", "Y", "N"),
        ("BCPT01", "C3D1", "1", "3", "2.0", "3.0", "Y", "Y"),
        ("BCPT01", "WORST", "1", "3", "2.0", "3.0", "Y", "Y"),
        ("FATIGUE", "C1D1", "", normal, "", "", "", ""),
        ("FATIGUE", "C2D1", normal, normal, "5.0", "17.3", "Y", ""),
        ("FATIGUE", "C3D1", normal, "Mild", "12.8", "25.1", "Y", ""),
        ("FATIGUE", "EOT", normal, normal, "-2.9", "0.0", "N", ""),  # 6 is 43.1
        ("FATIGUE", "WORST", normal, "Mild", "12.8", "25.1", "Y", ""),
    ]


def test_expected_and_received_forms():
    # 01-001 began on 15 March 2019 and stopped on 25 April: day 42, the day before C3D1. 01-002 goes on to the cutoff
    # of 12 March 2020, day 364: C18D1 is day 358.
    people = """
    USUBJID | TRTSDT     | TRTEDT     | PALSTAT      | LETSTAT      | DTHDT
    01-001  | 2019-03-15 | 2019-04-25 | DISCONTINUED | DISCONTINUED |
    01-002  | 2019-03-15 | 2020-03-12 | ONGOING      | DISCONTINUED |
    01-003  |            |            |              |              |
    """
    found = derive(
        form("01-001", "FATIGUE", "C1D1", "2221"),
        form("01-001", "FATIGUE", "C2D1", "322-"),
        form("01-001", "FATIGUE", "C3D1", "3222"),
        item("01-001", "BCPT01", "C1D1", "1"),
        item("01-001", "BCPT02", "C1D1", "1"),
        item("01-001", "BCPT02", "EOT", ""),
        item("01-003", "BCPT02", "C1D1", "1"),
        people=people,
        cut="as_enrolled",
    )
    due = chosen(found, PARCAT1="COMPLIANCE")
    assert rows(
        chosen(found, PARCAT1="COMPLIANCE", SUBJID="01-001"), "PARAMCD", "AVISIT", "EXPFL", "RECFL", "AVAL"
    ) == [
        ("BCPTCOMP", "C1D1", "Y", "Y", "2.0"),
        ("BCPTCOMP", "C2D1", "Y", "N", "0.0"),
        ("BCPTCOMP", "EOT", "Y", "N", "0.0"),
        ("PROMCOMP", "C1D1", "Y", "Y", "1.0"),
        ("PROMCOMP", "C2D1", "Y", "N", "0.0"),
        ("PROMCOMP", "C3D1", "N", "Y", "1.0"),
        ("PROMCOMP", "EOT", "Y", "N", "0.0"),
    ]
    other = due[due["SUBJID"].eq("01-002") & due["PARAMCD"].eq("PROMCOMP")]
    assert set(other["AVISIT"]) == {f"C{n}D1" for n in range(1, 19)}
    assert set(other["EXPFL"]) == {"Y"}
    assert set(other["RECFL"]) == {"N"}
    assert set(due["SUBJID"]) == {"01-001", "01-002"}


@pytest.mark.parametrize(
    ("last_dose", "expected"), [("2019-04-04", ["C1D1", "EOT"]), ("2019-04-05", ["C1D1", "C2D1", "EOT"])]
)
def test_a_form_is_expected_up_to_the_day_of_the_last_dose(last_dose, expected):
    # C2D1 is planned for day 22, 5 April 2019.
    found = derive(people=f"USUBJID|TRTSDT|TRTEDT|PALSTAT\n01-001|2019-03-15|{last_dose}|DISCONTINUED")
    assert list(chosen(found, PARAMCD="BCPTCOMP")["AVISIT"]) == expected


@pytest.mark.parametrize(
    ("death", "expected"),
    [("2019-04-25", ["C1D1", "C2D1"]), ("2019-04-26", ["C1D1", "C2D1", "EOT"]), ("2019-04-04", ["C1D1"])],
)
def test_nothing_is_expected_of_the_dead(death, expected):
    # C2D1 is planned for day 22, 5 April 2019; the last dose was on 25 April.
    people = "USUBJID|TRTSDT|TRTEDT|PALSTAT|DTHDT\n01-001|2019-03-15|2019-04-25|DISCONTINUED|" + death
    found = derive(people=people)
    assert list(chosen(found, PARAMCD="PROMCOMP")["AVISIT"]) == expected


def test_the_best_possible_baseline_makes_evaluable_who_has_later_values_only():
    # Fatigue: 7 is 46.0, best 33.7, 12.3 worse. Items: 1 against 0.
    records = [form("01-001", "FATIGUE", "C2D1", "2221"), item("01-001", "BCPT01", "C2D1", "1")]
    columns = ("PARAMCD", "AVISIT", "BASE", "BASECAT", "BASEASFL", "WORSCHG", "EVALFL", "WORSFL")
    found = derive(*records, pro_missing_baseline="best_possible")
    shown = chosen(found, SUBJID="01-001")
    assert rows(shown[shown["PARAMCD"].isin(["FATIGUE", "BCPT01"])], *columns) == [
        ("BCPT01", "C2D1", "0.0", "0", "Y", "1.0", "", "Y"),
        ("BCPT01", "WORST", "0.0", "0", "Y", "1.0", "Y", "Y"),
        ("FATIGUE", "C2D1", "33.7", "Within normal limits", "Y", "12.3", "", "Y"),
        ("FATIGUE", "WORST", "33.7", "Within normal limits", "Y", "12.3", "Y", "Y"),
    ]
    assert rows(chosen(found, PARAMCD="PROANY"), "SUBJID", "EVALFL", "WORSFL") == [
        ("01-001", "Y", "Y"),
        ("01-002", "N", ""),
    ]
    without = chosen(derive(*records), PARAMCD="PROANY")
    assert rows(without, "SUBJID", "EVALFL") == [("01-001", "N"), ("01-002", "N")]
    reasons = chosen(found, SUBJID="01-002", AVISIT="WORST")["EVALREAS"]
    assert set(reasons) == {"No post-baseline value", "No scale or item evaluable"}


def test_the_baseline_adjusted_maximum_counts_a_small_worsening_to_a_bad_score():
    # Fatigue 48.6 -> 51.0 is 2.4 worse and 17.3 from the best; BCPT01 stays at 3; BCPT02 1 -> 2 reaches two points.
    records = [form("01-001", "FATIGUE", "C1D1", "2222"), form("01-001", "FATIGUE", "C2D1", "3222")]
    records += [item("01-001", "BCPT01", "C1D1", "3"), item("01-001", "BCPT01", "C2D1", "3")]
    records += [item("01-001", "BCPT02", "C1D1", "1"), item("01-001", "BCPT02", "C2D1", "2")]
    flags = {}
    for worst in ("maximum_change", "baseline_adjusted"):
        judged = chosen(derive(*records, pro_worst=worst), SUBJID="01-001", AVISIT="WORST", EVALFL="Y")
        flags[worst] = rows(judged, "PARAMCD", "ADJMAX", "WORSFL", "WORS2FL")
    assert flags["maximum_change"] == [
        ("BCPT01", "0.0", "N", "N"),
        ("BCPT02", "2.0", "Y", "N"),
        ("BCPTANY", "", "Y", ""),
        ("FATIGUE", "17.3", "N", ""),
        ("PROANY", "", "Y", ""),
        ("PROMANY", "", "N", ""),
    ]
    assert flags["baseline_adjusted"] == [
        ("BCPT01", "0.0", "N", "N"),
        ("BCPT02", "2.0", "Y", "Y"),
        ("BCPTANY", "", "Y", ""),
        ("FATIGUE", "17.3", "Y", ""),
        ("PROANY", "", "Y", ""),
        ("PROMANY", "", "Y", ""),
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
    assert rows(scores(found, SUBJID="01-003"), "AVISIT", "AVAL", "ABLFL") == [("SCREENING", "48.6", "")]


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
    assert rows(scores(found, AVISIT="C1D1"), "PARAMCD", "AVAL", "REASON", "ABLFL") == [
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
    assert scores(found, AVISIT="C1D1")["AVAL"].isna().all()
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


@FEW
@given(answers=ANSWERS, missing=st.sampled_from(["excluded", "best_possible"]))
def test_evaluable_and_not_evaluable_are_the_treated(answers, missing):
    worst = chosen(derive(*records_of(answers), pro_missing_baseline=missing), AVISIT="WORST")
    assert worst.groupby("PARAMCD")["SUBJID"].agg(list).map(tuple).unique().tolist() == [("01-001", "01-002")]
    judged = worst.groupby(["PARAMCD", "EVALFL"])["WORSFL"].count()
    assert judged.xs("N", level="EVALFL").eq(0).all()
    for code, rows_of in worst.groupby("PARAMCD"):
        flags = rows_of["EVALFL"]
        assert flags.eq("Y").sum() + flags.eq("N").sum() == 2, code
        assert rows_of["WORSFL"].notna().sum() == flags.eq("Y").sum(), code


@FEW
@given(answers=ANSWERS)
def test_names_of_subjects_mean_nothing(answers):
    people = PEOPLE.replace("01-001", "01-901").replace("01-002", "01-902").replace("01-003", "01-903")
    renamed = {(f"01-9{subject[-2:]}", visit): given for (subject, visit), given in answers.items()}
    first, second = derive(*records_of(answers)).data, derive(*records_of(renamed), people=people).data
    named = ["USUBJID", "SUBJID"]
    pd.testing.assert_frame_equal(first.drop(columns=named), second.drop(columns=named))
    assert [name.replace("01-9", "01-0") for name in second["SUBJID"]] == list(first["SUBJID"])


def test_a_subject_is_evaluable_in_adqs_as_in_adsl():
    """ADQS and the sets of ADSL read the same courses: every reason that one of them has, the other has too."""
    frame = pd.DataFrame({"TRTSDT": pd.to_datetime(["2019-03-15", "2019-03-15", None])}, index=pd.Index(SUBJECTS))
    records = [
        *form("01-001", "FATIGUE", "C1D1", "2222"),
        *form("01-001", "FATIGUE", "C2D1", "222-"),
        *item("01-001", "BCPT01", "C1D1", "1"),
        *item("01-001", "BCPT01", "C2D1", "1"),
        *item("01-002", "BCPT01", "C2D1", "1"),
    ]
    qs = domain("qs", "\n".join([HEAD, *records]))
    sets = derive_pro_sets(frame, with_address(qs, "qs"), ["SCREENING", "C1D1"])
    assert rows(sets, "PROPFL", "PROPREAS", "PROBFL", "PROBREAS") == [
        ("N", "No post-baseline value", "Y", ""),
        ("N", "No baseline value", "N", "No baseline value"),
        ("N", "No study drug taken", "N", "No study drug taken"),
    ]
    shown = chosen(derive(records), PARCAT1="O7")
    flags = {(one.SUBJID, one.PARAMCD): one.EVALFL for one in shown.itertuples()}
    assert [flags[subject, "PROMANY"] for subject in ("01-001", "01-002")] == list(sets["PROPFL"])[:2]
    assert [flags[subject, "BCPTANY"] for subject in ("01-001", "01-002")] == list(sets["PROBFL"])[:2]
