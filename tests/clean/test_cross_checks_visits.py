"""Q-1104: visits against the schedule of the demonstration study (21-day cycles, scans every 63 days)."""

import pytest

from crf2csr.clean import cross_checks_visits as checks
from tests.builders import run_check, study_view

KEYS = ("visit.schedule", "visit.window_days", "tumor.window_days")
EX = "USUBJID|EXTRT|EXSEQ|EXCAT|EXOCCUR|EXSTDTC\n01-001|PALBOCICLIB|1|ORAL|Y|2019-01-01"


def held(*lines: str, ec: str = "USUBJID") -> list[tuple[str, str]]:
    sv = "\n".join(["USUBJID|VISIT|VISITNUM|SVSTDTC", *(f"01-001|{line}" for line in lines)])
    return [(rule, field) for rule, _, _, _, field in run_check(checks.visit_windows, KEYS, ex=EX, ec=ec, sv=sv)]


def test_planned_days() -> None:
    days = checks.planned_days(study_view(KEYS))
    # day 21 * (k - 1) + 1 of cycle k, 63 * n of scan n
    assert (days["C1D15"], days["C2D1"], days["C4D1"], days["TUM1"], days["TUM3"]) == (15, 22, 64, 63, 189)


@pytest.mark.parametrize(
    ("second", "asked"), [("2019-01-25", 0), ("2019-01-26", 1), ("2019-01-19", 0), ("2019-01-18", 1), ("2019-01", 0)]
)
def test_a_visit_of_a_cycle_is_held_against_the_one_before(second: str, asked: int) -> None:
    # planned seven days after 15 January: 22 January within 3 days
    lines = ["C1D1|1|2019-01-01", "C1D8|1.08|2019-01-08", "C1D15|1.15|2019-01-15", f"C2D1|2|{second}"]
    assert held(*lines) == [("Q-1104", "svdtc")] * asked


def test_a_modified_dose_explains_a_late_visit() -> None:
    lines = ["C1D15|1.15|2019-01-15", "C2D1|2|2019-02-05"]
    assert held(*lines) == [("Q-1104", "svdtc")]
    change = "USUBJID|ECSEQ|ECTRT|ECACTION|ECSTDTC|ECENDTC\n01-001|1|T-DM1|DELAYED|{}|{}"
    assert held(*lines, ec=change.format("2019-01-22", "2019-02-05")) == []
    assert held(*lines, ec=change.format("2019-01-02", "2019-01-10")) == [("Q-1104", "svdtc")]


@pytest.mark.parametrize(
    ("scan", "asked"), [("2019-03-04", 0), ("2019-03-11", 0), ("2019-03-12", 1), ("2019-02-24", 1)]
)
def test_scans_run_by_the_calendar(scan: str, asked: int) -> None:
    # day 63 of 1 January is 4 March
    assert held(f"TUM1|101|{scan}") == [("Q-1104", "svdtc")] * asked


def test_a_visit_without_record_between_two() -> None:
    assert held("C1D1|1|2019-01-01", "C1D8|1.08|", "C1D15|1.15|2019-01-15") == []
    assert held("C1D1|1|2019-01-01", "C1D15|1.15|2019-01-15") == [("Q-1104", "visit")]
