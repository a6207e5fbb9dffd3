"""ADLB from literal laboratory records: baseline, grades, worst grades, liver, queries, links."""

from __future__ import annotations

import pandas as pd
import pytest

from crf2csr.contracts import load_contract
from crf2csr.derive.adlb import adlb
from tests.builders import conforming, domain, rows, study_view

FLAGS = {v.name: "N" for v in load_contract("derive", "adsl").variables if v.core == "req" and v.length == 1}
#: First dose 2019-03-15, on treatment to 2019-06-30; the third subject was never treated.
PEOPLE = """
    USUBJID | TRT01A | TRT01AN | TRTSDT     | ONTRTEDT
    01-001  | 75 mg  | 75      | 2019-03-15 | 2019-06-30
    01-002  | 75 mg  | 75      | 2019-03-15 | 2019-06-30
    01-003  |        |         |            |
    """
HEAD = "USUBJID|LBTESTCD|VISIT|VISITNUM|LBDTC|LBSTRESC|LBSTRESN|LBSTRESU|LBSTNRLO|LBSTNRHI|LBFAST|LBNRIND\n"
UNITS = {"HGB": "g/L", "ALB": "g/L", "CA": "mmol/L", "ALT": "U/L", "AST": "U/L", "ALP": "U/L", "BILI": "umol/L"}
NUMBERS = {"SCREENING": "0", "C1D1": "1", "C1D15": "1.15", "C2D1": "2", "C3D1": "3", "EOT": "900"}


def value(test, visit, day, number, low="", high="", subject="01-001", fasting="", indicator=""):
    text = number if number.startswith("<") else f"{number}"
    exact = "" if number.startswith("<") else number
    unit = UNITS.get(test, "mmol/L")
    return f"{subject}|{test}|{visit}|{NUMBERS[visit]}|{day}|{text}|{exact}|{unit}|{low}|{high}|{fasting}|{indicator}"


def derived(*records, people=PEOPLE, doses="USUBJID", **keys):
    adsl = conforming("derive", "adsl", people, **FLAGS)
    return adlb(adsl, domain("lb", HEAD + "\n".join(records)), domain("ex", doses), study_view(adlb, **keys))


def hemoglobin(*values):
    return [value("HGB", visit, day, number, "120", "160") for visit, day, number in values]


COURSE = hemoglobin(
    ("SCREENING", "2019-03-01", "125"),
    ("C1D1", "2019-03-15", "118"),
    ("C1D15", "2019-03-29", "79"),
    ("C2D1", "2019-04-05", "95"),
    ("EOT", "2019-07-10", "60"),
)


def picked(data, parameter, visit, *columns):
    own = data[data["PARAMCD"].eq(parameter) & data["AVISIT"].eq(visit)]
    return rows(own, *columns)


def test_baseline_is_the_last_value_up_to_the_first_dose_and_change_begins_after_it():
    data = derived(*COURSE).data
    own = data[data["PARAMCD"].eq("HGB") & data["LBDTC"].notna() & ~data["AVISIT"].str.startswith("WORST")]
    assert rows(own, "AVISIT", "ABLFL", "BASE", "CHG", "ONTRTFL", "ATOXGRL") == [
        ("C1D1", "Y", "118.0", "", "", "1"),
        ("C1D15", "", "118.0", "-39.0", "Y", "3"),
        ("C2D1", "", "118.0", "-23.0", "Y", "2"),
        ("EOT", "", "118.0", "-58.0", "", "3"),
        ("SCREENING", "", "118.0", "", "", "0"),
    ]


def test_the_worst_grade_is_that_on_treatment_with_the_baseline_beside_it():
    data = derived(*COURSE).data
    shown = ("AVAL", "ADT", "EVALFL", "ATOXGR", "BTOXGR", "WORSFL", "WORS3FL")
    assert picked(data, "HGB", "WORST LOW", *shown) == [("79.0", "2019-03-29", "Y", "3", "1", "Y", "Y")]
    # 125 to 160 is not high; nothing above the limit or the baseline above it.
    assert picked(data, "HGB", "WORST HIGH", "ATOXGR", "BTOXGR", "WORSFL") == [("0", "0", "N")]


def test_without_a_value_on_treatment_nobody_is_evaluable():
    data = derived(*COURSE[:2], COURSE[-1]).data
    assert picked(data, "HGB", "WORST LOW", "EVALFL", "ATOXGR", "BTOXGR", "WORSFL") == [("N", "", "1", "")]


def test_a_missing_baseline_is_said_and_not_counted_as_grade_0():
    data = derived(*COURSE[2:4]).data
    assert picked(data, "HGB", "WORST LOW", "ATOXGR", "BTOXGR", "WORSFL", "WORS3FL") == [("3", "Missing", "", "")]


def test_a_value_of_the_day_of_the_first_dose_is_not_on_treatment_and_none_after_the_window():
    data = derived(
        *hemoglobin(
            ("C1D1", "2019-03-15", "118"),
            ("C2D1", "2019-03-16", "118"),
            ("C3D1", "2019-06-30", "118"),
            ("EOT", "2019-07-01", "118"),
        )
    ).data
    own = data[data["LBDTC"].notna() & ~data["AVISIT"].str.startswith("WORST")]
    assert rows(own, "AVISIT", "ONTRTFL") == [("C1D1", ""), ("C2D1", "Y"), ("C3D1", "Y"), ("EOT", "")]


def test_a_partial_date_is_on_treatment_only_if_every_day_that_it_can_mean_is():
    # April 2019 lies within; March 2019 may be before the first dose.
    data = derived(*hemoglobin(("C2D1", "2019-04", "79"), ("C3D1", "2019-03", "70"))).data
    own = data[~data["AVISIT"].str.startswith("WORST")]
    assert rows(own, "AVISIT", "ADT", "ONTRTFL") == [("C2D1", "", "Y"), ("C3D1", "", "")]


def test_a_text_result_has_no_number_and_no_grade():
    data = derived(value("ALT", "C2D1", "2019-04-05", "<5", "10", "40")).data
    assert picked(data, "ALT", "C2D1", "AVALC", "AVAL", "ATOXGRH") == [("<5", "", "")]
    assert picked(data, "ALT", "WORST HIGH", "EVALFL") == [("N",)]


def test_calcium_is_graded_as_corrected_by_albumin_of_the_same_visit_and_day():
    # 2.00 + 0.02 x (40 - 30) = 2.20 mmol/L: at LLN 2.20 grade 0; uncorrected 2.00 would be grade 1.
    data = derived(
        value("CA", "C2D1", "2019-04-05T08:00", "2.00", "2.20", "2.60"),
        value("ALB", "C2D1", "2019-04-05T08:10", "30", "35", "50"),
        value("CA", "C3D1", "2019-04-26", "1.70", "2.20", "2.60"),
        value("ALB", "C3D1", "2019-04-27", "30", "35", "50"),
    ).data
    assert picked(data, "CACORR", "C2D1", "AVAL", "ANRLO", "ATOXGRL") == [("2.2", "2.2", "0")]
    assert picked(data, "CA", "C2D1", "ATOXDSCL", "ATOXGRL") == [("", "")]
    assert picked(data, "CACORR", "C3D1", "AVAL") == []


DOSES = """
    USUBJID | EXTRT       | EXSEQ | EXCAT    | EXOCCUR | EXSTDTC
    01-001  | PALBOCICLIB | 1     | ORAL     | Y       | 2019-03-15
    01-001  | T-DM1       | 1     | INFUSION | Y       | 2019-03-15T11:00
    """


@pytest.mark.parametrize(
    ("time", "baseline"),
    [("2019-03-15T10:59", "C1D1"), ("2019-03-15T11:01", "SCREENING"), ("2019-03-15", "C1D1")],
)
def test_a_sample_after_the_infusion_of_the_first_day_is_no_baseline(time, baseline):
    values = hemoglobin(("SCREENING", "2019-03-01", "125"), ("C1D1", time, "118"))
    data = derived(*values, doses=DOSES).data
    assert list(data.loc[data["ABLFL"].eq("Y"), "AVISIT"]) == [baseline]
    # 118 - 125 = -7: a value after the dose has a change, one before it has none.
    change = "-7.0" if baseline == "SCREENING" else ""
    assert picked(data, "HGB", "C1D1", "CHG") == [(change,)]


def test_of_two_samples_of_the_first_day_the_later_time_is_the_baseline_and_neither_has_a_change():
    values = hemoglobin(("SCREENING", "2019-03-15T09:00", "125"), ("C1D1", "2019-03-15T07:00", "118"))
    data = derived(*values).data
    assert picked(data, "HGB", "SCREENING", "ABLFL", "CHG") == [("Y", "")]
    assert picked(data, "HGB", "C1D1", "ABLFL", "CHG") == [("", "")]
    # Without both times the order of the visits tells.
    values = hemoglobin(("SCREENING", "2019-03-15T09:00", "125"), ("C1D1", "2019-03-15", "118"))
    assert picked(derived(*values).data, "HGB", "C1D1", "ABLFL") == [("Y",)]


def test_before_the_baseline_creatinine_has_not_risen():
    # ULN 90 umol/L. 80 is above the later baseline of 60 but no rise; after it 80 is above baseline: grade 1 (CTCAE:
    # > 1 to 1.5 x baseline), 95 at screening is above ULN: grade 1.
    def creatinine(first):
        return [
            value("CREAT", visit, day, number, "45", "90")
            for visit, day, number in (
                ("SCREENING", "2019-03-01", first),
                ("C1D1", "2019-03-15", "60"),
                ("C2D1", "2019-04-05", "80"),
            )
        ]

    data = derived(*creatinine("80")).data
    grades = [picked(data, "CREAT", visit, "ATOXGRH")[0][0] for visit in ("SCREENING", "C1D1", "C2D1")]
    assert grades == ["0", "0", "1"]
    assert picked(derived(*creatinine("95")).data, "CREAT", "SCREENING", "ATOXGRH") == [("1",)]


def test_limits_that_contradict_each_other_are_shown_and_not_used():
    # Exchanged limits of 40 and 7: 20 is neither low, nor 2.9 times the upper limit, nor grade 1.
    data = derived(value("ALT", "C2D1", "2019-04-05", "20", "40", "7", indicator="LOW")).data
    shown = ("ANRLO", "ANRHI", "ANRIND", "R2ANRHI", "ATOXGRH")
    assert picked(data, "ALT", "C2D1", *shown) == [("40.0", "7.0", "", "", "")]


def test_without_the_upper_limit_a_value_below_the_lower_one_is_low_and_graded():
    data = derived(value("HGB", "C2D1", "2019-04-05", "110", "120", indicator="LOW")).data
    assert picked(data, "HGB", "C2D1", "ANRIND", "ATOXGRL", "ATOXGRH") == [("LOW", "1", "")]


def test_a_result_that_was_not_converted_has_no_indicator_of_its_own_units():
    line = "01-001|CREAT|C2D1|2|2019-04-05|||||||LOW"
    assert picked(derived(line).data, "CREAT", "C2D1", "AVALC", "ANRIND", "ATOXGRH") == [("", "", "")]


def test_a_record_without_a_visit_counts_for_the_worst_grade():
    line = value("HGB", "C2D1", "2019-04-05", "79", "120", "160").replace("|C2D1|2|", "|||")
    data = derived(line).data
    assert picked(data, "HGB", "UNKNOWN", "AVISITN", "ATOXGRL") == [("", "3")]
    assert picked(data, "HGB", "WORST LOW", "ATOXGR") == [("3",)]


def test_potential_hys_law_needs_both_tests_of_the_subject():
    data = derived(value("ALP", "C2D1", "2019-04-05", "100", "40", "120")).data
    assert not data["PARAMCD"].str.startswith("HYSLAW").any()


def test_fasting_glucose_has_its_own_scale():
    # CTCAE v4.03: fasting > 8.9 mmol/L is grade 2; not fasting only > 13.9 is graded (3).
    data = derived(
        value("GLUC", "C2D1", "2019-04-05", "9.5", "4", "6", fasting="Y"),
        value("GLUC", "C3D1", "2019-04-26", "9.5", "4", "6", fasting="N"),
    ).data
    assert picked(data, "GLUC", "C2D1", "ATOXDSCH", "ATOXGRH") == [("Hyperglycemia (Fasting)", "2")]
    assert picked(data, "GLUC", "C3D1", "ATOXDSCH", "ATOXGRH") == [("Hyperglycemia", "0")]


def liver(subject, alt_day, alt, bili_day, bili, alp_day="2019-04-05", alp="100"):
    return [
        value("ALT", "C2D1", alt_day, alt, "10", "40", subject),
        value("BILI", "C3D1", bili_day, bili, "5", "20", subject),
        value("ALP", "C2D1", alp_day, alp, "40", "120", subject),
    ]


@pytest.mark.parametrize(
    ("records", "first", "second"),
    [
        # ALT 121 > 3 x 40, bilirubin 41 > 2 x 20, 30 days later; ALP 100 < 2 x 120 on the day of ALT.
        (liver("01-001", "2019-04-05", "121", "2019-05-05", "41"), "Y", "Y"),
        (liver("01-001", "2019-04-05", "121", "2019-05-06", "41"), "N", "N"),  # 31 days later
        (liver("01-001", "2019-04-05", "121", "2019-04-04", "41"), "N", "N"),  # bilirubin before
        (liver("01-001", "2019-04-05", "120", "2019-05-05", "41"), "N", "N"),  # exactly 3 x ULN
        (liver("01-001", "2019-04-05", "121", "2019-05-05", "40"), "N", "N"),  # exactly 2 x ULN
        (liver("01-001", "2019-04-05", "121", "2019-05-05", "41", alp="240"), "Y", "N"),  # ALP exactly 2 x ULN
        (liver("01-001", "2019-04-05", "121", "2019-05-05", "41", alp_day="2019-04-06"), "Y", "N"),  # ALP another day
    ],
)
def test_potential_hys_law_needs_both_within_thirty_days(records, first, second):
    found = derived(*records)
    assert picked(found.data, "HYSLAW1", "PEAK", "AVALC") == [(first,)]
    assert picked(found.data, "HYSLAW2", "PEAK", "AVALC") == [(second,)]


def test_the_peak_is_the_highest_multiple_and_not_the_highest_value():
    # 90 of 30 is 3 x ULN; 100 of 40 is 2.5 x ULN.
    data = derived(
        value("ALT", "C2D1", "2019-04-05", "100", "10", "40"), value("ALT", "C3D1", "2019-04-26", "90", "10", "30")
    ).data
    assert picked(data, "ALT", "PEAK", "AVAL", "R2ANRHI") == [("90.0", "3.0")]


def test_the_multiple_of_a_limit_is_exact():
    # 3.3 / 1.1 = 3 exactly; the quotient of the binary floats is 2.9999999999999996.
    assert 3.3 / 1.1 < 3
    data = derived(value("ALT", "C2D1", "2019-04-05", "3.3", "1", "1.1")).data
    assert picked(data, "ALT", "PEAK", "R2ANRHI") == [("3.0",)]


def test_records_after_the_cutoff_are_left_out_with_a_query():
    found = derived(*COURSE, data_cutoff=pd.Timestamp("2019-06-30").date())
    assert rows(found.queries, "rule", "field") == [("Q-1101", "lbdtc")]
    assert "EOT" not in set(found.data["AVISIT"])


def test_links_lead_to_the_records_the_baseline_and_the_value_that_is_the_worst():
    links = derived(*COURSE).links
    own = links[links["row"].eq("NCT03709082-01-001|HGB|WORST LOW")]
    assert rows(own, "variable", "source", "source_row") == [
        ("ATOXGR", "adlb", "NCT03709082-01-001|HGB|C1D15"),
        ("BTOXGR", "adlb", "NCT03709082-01-001|HGB|C1D1"),
        ("EVALFL", "adsl", "NCT03709082-01-001"),
    ]
    own = links[links["row"].eq("NCT03709082-01-001|HGB|C1D15")]
    assert rows(own, "variable", "source", "source_row") == [
        ("", "lb", "NCT03709082-01-001|C1D15|HGB"),
        ("BASE", "adlb", "NCT03709082-01-001|HGB|C1D1"),
        ("ONTRTFL", "adsl", "NCT03709082-01-001"),
    ]


def test_nobody_and_a_subject_without_treatment():
    assert derived().data.empty
    data = derived(value("HGB", "SCREENING", "2019-03-01", "90", "120", "160", "01-003")).data
    assert picked(data, "HGB", "SCREENING", "ABLFL", "ONTRTFL", "ATOXGRL") == [("", "", "2")]
    assert picked(data, "HGB", "WORST LOW", "EVALFL") == [("N",)]


def test_the_order_of_records_changes_nothing():
    forth, back = derived(*COURSE), derived(*COURSE[::-1])
    pd.testing.assert_frame_equal(forth.data, back.data)
    pd.testing.assert_frame_equal(forth.links, back.links)


def test_subjects_in_groups_give_the_same_rows_in_the_same_order(monkeypatch):
    people = "USUBJID|TRTSDT|ONTRTEDT\n" + "\n".join(
        f"{name}|2019-03-15|2019-06-30" for name in ("01-1", "01-10", "01-2")
    )
    records = [
        value("HGB", visit, day, "79", "120", "160", subject)
        for subject in ("01-1", "01-10", "01-2")
        for visit, day in (("C1D1", "2019-03-15"), ("C2D1", "2019-04-05"))
    ]
    whole = derived(*records, people=people)
    monkeypatch.setattr("crf2csr.derive.adlb.SUBJECTS", 1)
    parts = derived(*records, people=people)
    pd.testing.assert_frame_equal(parts.data, whole.data)
    pd.testing.assert_frame_equal(parts.links, whole.links)
    assert list(dict.fromkeys(whole.data["SUBJID"])) == ["01-1", "01-10", "01-2"]


def test_values_of_the_listings_are_severe_two_grades_up_or_behind_hys_law():
    # Grades 0, 1, 2 and 3 of hemoglobin: 125, 118, 95, 79 g/L (CTCAE v4.03); 118 is the baseline of grade 1.
    data = derived(*COURSE).data
    assert [picked(data, "HGB", visit, "CRIT1FL")[0][0] for visit in ("C1D1", "C2D1")] == ["", ""]
    assert picked(data, "HGB", "C1D15", "CRIT1FL", "CRIT2FL") == [("Y", "Y")]
    # From grade 0 to 2 is two grades; without a baseline grade 2 is not known to be worse.
    assert picked(derived(COURSE[0], COURSE[3]).data, "HGB", "C2D1", "ATOXGRL", "CRIT1FL") == [("2", "Y")]
    assert picked(derived(COURSE[3]).data, "HGB", "C2D1", "ATOXGRL", "CRIT1FL") == [("2", "")]
    # ALT 121 of 40 and bilirubin 41 of 20 are grade 2 both, and meet potential Hy's law.
    data = derived(*liver("01-001", "2019-04-05", "121", "2019-05-05", "41")).data
    assert picked(data, "ALT", "C2D1", "ATOXGRH", "CRIT1FL", "CRIT2FL") == [("2", "", "Y")]
    assert picked(data, "BILI", "C3D1", "ATOXGRH", "CRIT1FL", "CRIT2FL") == [("2", "", "Y")]


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [("1.8", "7.5", "1.8 to 7.5"), ("120", "", "from 120"), ("", "40", "up to 40"), ("", "", "")],
)
def test_the_range_as_text(low, high, text):
    assert picked(derived(value("ALT", "C2D1", "2019-04-05", "9", low, high)).data, "ALT", "C2D1", "ANRTXT") == [
        (text,)
    ]


def test_the_change_is_that_of_the_decimals():
    # 2.3 - 2.1 = 0.2; the difference of the binary floats is 0.19999999999999973.
    assert 2.3 - 2.1 != 0.2
    data = derived(value("K", "C1D1", "2019-03-15", "2.1"), value("K", "C2D1", "2019-04-05", "2.3")).data
    assert picked(data, "K", "C2D1", "CHG") == [("0.2",)]
