"""Baseline, worst change and worsening of a patient-reported outcome (R-302, R-1202, R-1204, R-1208)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crf2csr.derive.rules.worsening import Measured, any_worsened, follow, load_parameters

FIRST_DOSE = dt.date(2019, 3, 15)
BY_CODE = {parameter.code: parameter for parameter in load_parameters()}
BEFORE = ["SCREENING", "C1D1"]
FEW = settings(max_examples=30)
T_SCORES = st.integers(200, 820).map(lambda tenths: Decimal(tenths) / 10)


def at(visit: str | None, day: str, value: str) -> Measured:
    """Return a value at a visit: `day` is a date, two dates that it can lie between, or blank."""
    first, _, last = day.partition(" ")
    days = [dt.date.fromisoformat(text) if text else None for text in (first, last or first)]
    return Measured(visit, None, days[0], days[1], Decimal(value) if value else None)


def course(code: str, *visits: Measured):
    return follow(BY_CODE[code], visits, FIRST_DOSE, BEFORE)


@pytest.mark.parametrize(
    ("visits", "baseline"),
    [
        ([("SCREENING", "2019-03-01", "50"), ("C1D1", "2019-03-15", "48")], "C1D1"),
        ([("SCREENING", "2019-03-01", "50"), ("C1D1", "2019-03-15", "")], "SCREENING"),
        ([("C1D1", "2019-03-16", "50")], None),  # the day after the first dose
        ([("C1D8", "2019-03-15", "50")], None),  # the day of the dose, at a visit planned after it
        ([("C1D8", "2019-03-14", "50")], "C1D8"),  # the day before: the date decides
        ([("C1D1", "", "50")], "C1D1"),  # no date: the visit decides
        ([("C1D1", "2019-03-01 2019-03-31", "50")], "C1D1"),  # some day of March
        # Some day of March before dosing is not after 15 March.
        ([("SCREENING", "2019-03-01 2019-03-31", "50"), ("C1D1", "2019-03-15", "48")], "C1D1"),
        ([("C2D1", "2019-03-01 2019-03-31", "50")], None),
        ([(None, "2019-03-14", "50")], ""),
        ([(None, "", "50")], None),
    ],
)
def test_baseline(visits, baseline):
    found = course("FATIGUE", *(at(*visit) for visit in visits)).baseline
    assert (None if found is None else found.visit or "") == baseline


def test_nothing_is_before_or_after_a_dose_that_was_not_given():
    visits = [at("C1D1", "2019-03-15", "50"), at("C2D1", "2019-04-05", "60")]
    found = follow(BY_CODE["FATIGUE"], visits, None, BEFORE)
    assert (found.baseline, found.change, found.reason) == (None, None, "No baseline")
    assert [visit.timing for visit in found.visits] == ["", ""]


def test_the_worst_change_is_the_largest_in_the_direction_of_the_scale():
    visits = [at("C1D1", "2019-03-15", "48.6"), at("C2D1", "2019-04-05", "53.1"), at("C3D1", "2019-04-26", "46")]
    fatigue, function = course("FATIGUE", *visits), course("PHYSFUN", *visits)
    # 53.1 - 48.6 = 4.5 worse by fatigue; 48.6 - 46.0 = 2.6 worse by physical function
    assert (fatigue.change, fatigue.worst.visit) == (Decimal("4.5"), "C2D1")
    assert (function.change, function.worst.visit) == (Decimal("2.6"), "C3D1")


@pytest.mark.parametrize(
    ("value", "threshold", "expected"), [("53.6", "5", "Y"), ("53.5", "5", "N"), ("51.0", "2.4", "Y")]
)
def test_a_threshold_is_reached_exactly(value, threshold, expected):
    # 51.0 - 48.6 is 2.4, and below it in binary floats
    assert 51.0 - 48.6 < 2.4
    found = course("FATIGUE", at("C1D1", "2019-03-15", "48.6"), at("C2D1", "2019-04-05", value))
    assert any_worsened({"FATIGUE": found}, {"FATIGUE": Decimal(threshold)}, ["FATIGUE"]) == expected


@pytest.mark.parametrize(
    ("visits", "reason"),
    [
        ([], "No baseline"),
        ([("C2D1", "2019-04-05", "60")], "No baseline"),
        ([("C1D1", "2019-03-15", "50")], "No post-baseline value"),
        ([("C1D1", "2019-03-15", "50"), ("C2D1", "2019-04-05", "")], "No post-baseline value"),
        ([("C1D1", "2019-03-15", "50"), ("C2D1", "2019-04-05", "60")], ""),
    ],
)
def test_reason_not_evaluable(visits, reason):
    assert course("FATIGUE", *(at(*visit) for visit in visits)).reason == reason


def test_one_worsened_parameter_is_enough_and_none_evaluable_is_no_answer():
    base = at("C1D1", "2019-03-15", "2")
    courses = {
        "BCPT01": course("BCPT01", base, at("C2D1", "2019-04-05", "2")),
        "BCPT02": course("BCPT02", base, at("C2D1", "2019-04-05", "3")),
        "BCPT03": course("BCPT03", base),
    }
    limits = dict.fromkeys(courses, Decimal(1))
    assert any_worsened(courses, limits, ["BCPT01"]) == "N"
    assert any_worsened(courses, limits, ["BCPT01", "BCPT02", "BCPT03"]) == "Y"
    assert any_worsened(courses, limits, ["BCPT03"]) is None


@FEW
@given(values=st.lists(T_SCORES, min_size=2, max_size=6), code=st.sampled_from(["FATIGUE", "PHYSFUN"]))
def test_a_later_visit_cannot_undo_a_worsening(values, code):
    visits = [at("C1D1", "2019-03-15", str(values[0]))]
    visits += [at(f"C{n}D1", f"2019-{n + 3:02d}-05", str(value)) for n, value in enumerate(values[1:], start=2)]
    limits, answers = {code: Decimal(5)}, []
    for until in range(2, len(visits) + 1):
        answers.append(any_worsened({code: course(code, *visits[:until])}, limits, [code]))
    assert answers == sorted(answers)  # N before Y
