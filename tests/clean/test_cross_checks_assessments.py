"""Q-703, Q-704, Q-710, Q-718, Q-722, Q-723: tumor assessments as visits."""

import datetime

import pytest

from crf2csr.clean import cross_checks_assessments as checks
from tests.builders import run_check

TR = "USUBJID|TRGRPID|TRLNKID|TRTESTCD|VISIT|VISITNUM|TRDTC"
RS = "USUBJID|RSTESTCD|VISIT|VISITNUM|RSDTC|RSSTRESC"
EX = "USUBJID|EXTRT|EXSEQ|EXCAT|EXOCCUR|EXSTDTC\n01-001|PALBOCICLIB|1|ORAL|Y|2019-01-01"
WINDOW = {"keys": ["tumor.baseline_window_days"], "values": {"tumor_baseline_window_days": 28}}


def scans(*lines: str) -> str:
    """Return one target row of subject 01-001 for each `visit|number|date`."""
    return "\n".join([TR, *(f"01-001|TARGET|T1|LDIAM|{line}" for line in lines)])


def test_a_response_has_date_and_visit() -> None:
    rs = f"{RS}\n01-001|OVRLRESP|TUM1|101||PR\n01-001|OVRLRESP|||2019-03-01|PR\n01-001|TRGRESP|TUM1|101||PR"
    assert run_check(checks.undated_responses, rs=rs) == [
        ("Q-703", "E", "01-001", "rs", "dtc"),
        ("Q-703", "E", "01-001", "rs", "visit"),
    ]


def test_visits_follow_their_dates() -> None:
    found = run_check(
        checks.visit_order,
        ["visit.schedule"],
        tr=scans(
            "SCREENING|0|2019-01-01",
            "TUM1|101|2019-03-05",
            "TUM2|102|2019-03-05",
            "TUM3|103|2019-03-06",
            "||2019-04-01",
        ),
        rs=f"{RS}\n01-001|OVRLRESP|TUM1|101|2019-03-05|SD\n01-001|OVRLRESP|TUM2|102|2019-03-01|SD\n01-001|OVRLRESP|TUM3|103|2019-03|SD",
    )
    assert found == [
        ("Q-704", "W", "01-001", "tl", "visit"),
        ("Q-704", "W", "01-001", "tl", "dtc"),
        ("Q-704", "W", "01-001", "rs", "dtc"),
    ]


def test_an_unplanned_visit_may_lie_anywhere() -> None:
    tr = scans("TUM1|101|2019-03-05", "TUM2|102|2019-05-05", "UNSTUM|150|2019-04-01")
    assert run_check(checks.visit_order, ["visit.schedule"], tr=tr) == []


def test_the_baseline_scan_is_within_28_days_before_the_first_dose() -> None:
    wrong = [("Q-710", "W", "01-001", "tl", "dtc")]
    for date, expected in {"2018-12-04": [], "2018-12-03": wrong, "2019-01-01": [], "2019-01-02": wrong}.items():
        tr = scans(f"SCREENING|0|{date}", "TUM1|101|2019-03-05")
        assert run_check(checks.baseline_scans, **WINDOW, tr=tr, ex=EX) == expected, date


@pytest.mark.parametrize(
    ("visit", "date", "asked"),
    [  # first dose 2019-01-01
        ("TUM1|101", "2018-12-31", True),
        ("TUM1|101", "2019-01-01", False),
        ("TUM1|101", "2018-12", True),  # certainly before, though the day is unknown
        ("TUM1|101", "2019-01", False),
        ("UNSTUM|150", "2018-12-31", False),  # an unscheduled visit may come before the first dose
        ("SCREENING|0", "2018-12-31", False),
    ],
)
def test_a_scan_before_the_first_dose_is_of_no_visit_after_it(visit: str, date: str, asked: bool) -> None:
    tr = scans("SCREENING|0|2018-12-10", f"{visit}|{date}") if visit != "SCREENING|0" else scans(f"{visit}|{date}")
    found = run_check(checks.scans_before_treatment, ["visit.schedule"], tr=tr, ex=EX)
    assert found == [("Q-710", "W", "01-001", "tl", "dtc")] * asked


def missed(*visits: str, **tables: str) -> list[tuple[str, ...]]:
    keys = ["tumor.interval_days", "tumor.window_days", "data_cutoff"]
    # 63 + 2 * 7 = 77 days; the first dose is of 2019-01-01, so day 77 is 2019-03-19
    cutoff = {"data_cutoff": datetime.date(2019, 6, 30), "tumor_interval_days": 63, "tumor_window_days": 7}
    given = {"dm": "USUBJID\n01-001", "ex": EX, "tr": scans(*visits), **tables}
    return run_check(checks.missed_assessments, keys, cutoff, **given)


def test_gaps_between_assessments() -> None:
    late = [("Q-718", "W", "01-001", "tl", "dtc")]
    assert missed("SCREENING|0|2018-12-10", "TUM1|101|2019-03-19", "TUM2|102|2019-06-04") == []
    assert missed("SCREENING|0|2018-12-10", "TUM1|101|2019-03-20", "TUM2|102|2019-06-04") == late
    assert missed("SCREENING|0|2018-12-10", "TUM1|101|2019-03-05", "TUM2|102|2019-05-22") == late


def test_no_assessment_until_the_end_of_imaging() -> None:
    late = [("Q-718", "W", "01-001", "tl", "dtc")]
    visits = ["SCREENING|0|2018-12-10", "TUM1|101|2019-03-05"]
    assert missed(*visits) == late, "the cutoff is 117 days later"
    assert missed(visits[0]) == late
    assert missed(*visits, dd="USUBJID|DDORIG|DDSEQ|DTHDTC\n01-001|EOS|1|2019-05-21") == [], "77 days"
    assert missed(*visits, dd="USUBJID|DDORIG|DDSEQ|DTHDTC\n01-001|EOS|1|2019-05-22") == late
    therapy = "USUBJID|CMSEQ|CMSCAT|CMSTDTC|CMCAT\n01-001|1|SYSTEMIC|2019-05-01|"
    assert missed(*visits, cm=therapy + "ON-STUDY CANCER THERAPY") == []
    assert missed(*visits, cm=therapy + "PRIOR CANCER THERAPY") == late
    assert missed(*visits, ds="USUBJID|DSCAT|DSSCAT|DSSEQ|DSSTDTC\n01-001|D|STUDY|1|2019-05-01") == []
    assert missed(*visits, rs=f"{RS}\n01-001|OVRLRESP|TUM1|101|2019-03-05|PD") == [], "imaging ends with progression"
    assert missed(*visits, rs=f"{RS}\n01-001|OVRLRESP|TUM1|101|2019-03-05|SD") == [
        ("Q-718", "W", "01-001", "rs", "dtc")
    ]


def test_a_treated_subject_has_lesions_at_baseline() -> None:
    found = run_check(
        checks.without_lesions,
        dm="USUBJID\n01-001\n01-002\n01-003\n01-004",
        ex=EX + "".join(f"\n01-00{n}|PALBOCICLIB|1|ORAL|Y|2019-01-01" for n in (2, 3)),
        tr=f"{TR}\n01-001|NON-TARGET|N1|TUMSTATE|SCREENING|0|2019-01-01\n01-002|TARGET|T1|LDIAM|TUM1|101|2019-03-01",
        rs=f"{RS}\n01-002|TRGRESP|TUM2|102||NA\n01-002|TRGRESP|TUM1|101||NA\n01-002|OVRLRESP|TUM1|101||NE",
    )
    assert found == [("Q-722", "W", "01-002", "rs", "target"), ("Q-722", "W", "01-003", "dm", "subject")]


def test_new_lesion_answers() -> None:
    tr = f"""{TR}
    01-001|TARGET|T1|LDIAM|SCREENING|0|2019-01-01
    01-001|TARGET|T1|LDIAM|TUM1|101|2019-03-01
    01-001|NEW||NEWLES|TUM1|101|2019-03-01
    01-001|NON-TARGET|N1|TUMSTATE|TUM2|102|2019-05-01
    """
    absent, blank = ("Q-723", "W", "01-001", "ntl", "visit"), ("Q-723", "W", "01-001", "nl", "present")
    keys = ["tumor.new_lesion_blank"]
    assert run_check(checks.new_lesion_answers, keys, {"tumor_new_lesion_blank": "no_if_form_present"}, tr=tr) == [
        absent
    ]
    assert run_check(checks.new_lesion_answers, keys, {"tumor_new_lesion_blank": "unknown"}, tr=tr) == [absent, blank]
