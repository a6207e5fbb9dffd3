"""ADVS from literal vital signs: baseline, change, on treatment, extremes, queries, links."""

from __future__ import annotations

import pandas as pd

from crf2csr.contracts import load_contract
from crf2csr.derive.advs import advs
from tests.builders import conforming, domain, rows, study_view

FLAGS = {v.name: "N" for v in load_contract("derive", "adsl").variables if v.core == "req" and v.length == 1}
#: First dose 2019-03-15, on treatment to 2019-06-30; the second subject was never treated.
PEOPLE = """
    USUBJID | TRT01A | TRT01AN | TRTSDT     | ONTRTEDT
    01-001  | 75 mg  | 75      | 2019-03-15 | 2019-06-30
    01-002  |        |         |            |
    """
HEAD = "USUBJID|VSTESTCD|VISIT|VISITNUM|VSDTC|VSORRES|VSSTRESN|VSSTRESU\n"
NUMBERS = {"SCREENING": "0", "C1D1": "1", "C1D8": "1.08", "C2D1": "2", "C3D1": "3", "EOT": "900", "": ""}


def sign(visit, day, number, test="TEMP", subject="01-001", recorded=""):
    return f"{subject}|{test}|{visit}|{NUMBERS[visit]}|{day}|{recorded or number}|{number}|"


def derived(*records, people=PEOPLE, **keys):
    adsl = conforming("derive", "adsl", people, **FLAGS)
    return advs(adsl, domain("vs", HEAD + "\n".join(records)), study_view(advs, **keys))


def picked(data, visit, *columns, test="TEMP"):
    return rows(data[data["PARAMCD"].eq(test) & data["AVISIT"].eq(visit)], *columns)


COURSE = (
    sign("SCREENING", "2019-03-01", "36.9"),
    sign("C1D1", "2019-03-15", "36.6"),
    sign("C2D1", "2019-04-05", "36.9"),
    sign("C3D1", "2019-04-26", "37"),
    sign("EOT", "2019-07-01", "39"),
)


def test_baseline_is_that_of_the_visit_planned_before_the_first_dose_and_change_is_exact():
    data = derived(*COURSE).data
    # 36.9 - 36.6 = 0.3 (binary floats: 0.29999999999999716); the first dose is on the day of C1D1.
    assert rows(data, "AVISIT", "AVALC", "BASE", "CHG", "ABLFL", "ONTRTFL", "ADY") == [
        ("C1D1", "36.6", "36.6", "", "Y", "", "1"),
        ("C2D1", "36.9", "36.6", "0.3", "", "Y", "22"),
        ("C3D1", "37.0", "36.6", "0.4", "", "Y", "43"),
        ("EOT", "39.0", "36.6", "2.4", "", "", "109"),
        ("HIGHEST", "37.0", "36.6", "0.4", "", "Y", "43"),
        ("LOWEST", "36.9", "36.6", "0.3", "", "Y", "22"),
        ("SCREENING", "36.9", "36.6", "", "", "", "-14"),
    ]


def test_a_value_of_day_1_at_a_visit_not_planned_before_dosing_is_no_baseline():
    data = derived(sign("SCREENING", "2019-03-01", "36.9"), sign("C1D8", "2019-03-15", "38")).data
    assert picked(data, "SCREENING", "ABLFL") == [("Y",)]
    # 38 - 36.9 = 1.1 on the day of the first dose: a change, not on treatment (after the first dose).
    assert picked(data, "C1D8", "ABLFL", "CHG", "ONTRTFL") == [("", "1.1", "")]


def test_two_records_of_one_day_the_later_visit_is_the_baseline():
    data = derived(sign("SCREENING", "2019-03-10", "36.9"), sign("C1D1", "2019-03-10", "36.5")).data
    assert picked(data, "C1D1", "ABLFL") == [("Y",)]
    assert picked(data, "SCREENING", "ABLFL", "BASE") == [("", "36.5")]


def test_a_missing_number_is_neither_baseline_nor_extreme():
    data = derived(
        sign("SCREENING", "2019-03-01", "36.9"),
        sign("C1D1", "2019-03-15", "", recorded="98 F"),
        sign("C2D1", "2019-04-05", "", recorded="ND"),
    ).data
    assert picked(data, "SCREENING", "ABLFL") == [("Y",)]
    assert picked(data, "C2D1", "AVAL", "AVALC", "BASE", "CHG") == [("", "", "36.9", "")]
    assert picked(data, "HIGHEST", "AVAL") == []


def test_without_baseline_there_is_no_change():
    data = derived(*COURSE[2:4]).data
    assert picked(data, "C2D1", "BASE", "CHG") == [("", "")]
    assert picked(data, "HIGHEST", "AVAL", "CHG") == [("37.0", "")]


def test_partial_and_missing_dates_count_by_every_day_that_they_can_mean():
    data = derived(sign("SCREENING", "2019-02", "36.9"), sign("C2D1", "2019-04", "37.1"), sign("C3D1", "", "40")).data
    assert picked(data, "SCREENING", "ABLFL", "ADT", "VSDTC") == [("Y", "", "2019-02")]
    assert picked(data, "C2D1", "ONTRTFL", "CHG") == [("Y", "0.2")]
    assert picked(data, "C3D1", "ONTRTFL", "CHG") == [("", "")]


def test_a_month_that_ends_after_the_window_is_not_on_treatment():
    data = derived(sign("C3D1", "2019-06", "37"), people=PEOPLE.replace("2019-06-30", "2019-06-15")).data
    assert rows(data, "AVISIT", "ONTRTFL") == [("C3D1", "")]


def test_of_equal_values_the_earliest_is_the_extreme_and_links_say_so():
    found = derived(*COURSE[:3], sign("C3D1", "2019-04-26", "36.9"))
    name = "NCT03709082-01-001"
    own = found.links[found.links["row"].eq(f"{name}|TEMP|HIGHEST")]
    assert rows(own, "variable", "source", "source_row") == [
        ("AVAL", "advs", f"{name}|TEMP|C2D1"),
        ("BASE", "advs", f"{name}|TEMP|C1D1"),
    ]
    own = found.links[found.links["row"].eq(f"{name}|TEMP|C2D1")]
    assert rows(own, "variable", "source", "source_row") == [
        ("", "vs", f"{name}|C2D1|TEMP"),
        ("BASE", "advs", f"{name}|TEMP|C1D1"),
        ("ONTRTFL", "adsl", name),
    ]


def test_records_after_the_cutoff_are_left_out_with_a_query():
    found = derived(*COURSE, data_cutoff=pd.Timestamp("2019-06-30").date())
    assert rows(found.queries, "rule", "form", "field") == [("Q-1101", "vs", "vsdtc")]
    assert "EOT" not in set(found.data["AVISIT"])


def test_nobody_an_untreated_subject_a_stranger_and_a_record_without_visit():
    assert derived().data.empty
    data = derived(
        sign("SCREENING", "2019-03-01", "37", subject="01-002"),
        sign("SCREENING", "2019-03-01", "37", subject="09-009"),
        sign("", "2019-04-05", "38"),
    ).data
    assert rows(data, "SUBJID", "AVISIT", "ABLFL", "ONTRTFL") == [
        ("01-001", "HIGHEST", "", "Y"),
        ("01-001", "LOWEST", "", "Y"),
        ("01-001", "UNKNOWN", "", "Y"),
        ("01-002", "SCREENING", "", ""),
    ]


def test_the_order_of_records_changes_nothing():
    forth, back = derived(*COURSE), derived(*COURSE[::-1])
    pd.testing.assert_frame_equal(forth.data, back.data)
    pd.testing.assert_frame_equal(forth.links, back.links)
