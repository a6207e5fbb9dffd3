"""Exposure by hand arithmetic (R-1101 to R-1105)."""

import datetime as dt
from fractions import Fraction

import pytest

from crf2csr.derive.rules.exposure import (
    DosePlan,
    Dosing,
    compute_cumulative,
    compute_doses,
    compute_duration,
    compute_planned,
    count_cycles,
    count_reductions,
    cycle_group,
    has_missed_day,
    intensity_group,
)

DAY1 = dt.date(2019, 3, 15)
# As registered (NCT03709082): letrozole 2.5 mg daily, T-DM1 3.6 mg/kg on day 1 of each cycle of 21 days
PLAN = DosePlan(Fraction("2.5"), Fraction("3.6"), 21)


def record(first: int, last: int, dose: int | None = 75, doses: int | None = None, visit: str | None = None) -> Dosing:
    """Return a record from study day `first` to `last`, every planned dose taken unless `doses` says otherwise."""
    start, end = (DAY1 + dt.timedelta(days=day - 1) for day in (first, last))
    taken = last - first + 1 if doses is None else doses
    return Dosing(start, end, None if dose is None else Fraction(dose), taken, visit=visit)


def test_duration_of_tablets_and_of_infusions():
    # Days 1 to 42: 42 days. Infusions on days 1 and 22: 22 - 1 + 21 = 42 days, the last covered day is day 42.
    assert compute_duration([record(22, 42), record(1, 21)], infusion=False, cycle_days=21) == 42
    assert compute_duration([record(1, 1), record(22, 22)], infusion=True, cycle_days=21) == 42
    assert compute_duration([record(5, 5)], infusion=True, cycle_days=21) == 21


@pytest.mark.parametrize(
    ("drug", "level", "duration", "expected"),
    [
        ("PALBOCICLIB", 75, 42, 3150),  # 75 x 42
        ("PALBOCICLIB", None, 42, None),
        ("LETROZOLE", 75, 42, 105),  # 2.5 x 42
        ("T-DM1", 75, 42, Fraction("7.2")),  # two periods of 21 days: 2 x 3.6
        ("T-DM1", 75, 43, Fraction("10.8")),  # a third one has started
        ("T-DM1", 75, 21, Fraction("3.6")),
    ],
)
def test_planned_dose(drug, level, duration, expected):
    assert compute_planned(drug, level, duration, PLAN) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((20, 28, 8), (20, "DIARY")),
        ((None, 28, 8), (20, "PILL COUNT")),  # 28 - 8
        ((None, 28, 0), (28, "PILL COUNT")),  # as recorded (R-1102), like a diary
        ((16, 28, 14), (16, "DIARY")),
        ((None, 8, 28), (None, "")),  # more returned than dispensed is no count
        ((None, 28, None), (None, "")),
        ((0, 28, 8), (0, "DIARY")),
    ],
)
def test_doses_by_diary_or_pill_count(given, expected):
    assert compute_doses(*given) == expected


def test_cumulative_dose():
    # 20 x 75 + 21 x 50 = 1500 + 1050
    assert compute_cumulative([record(1, 21, 75, 20), record(22, 42, 50)]) == 2550
    assert compute_cumulative([record(1, 21), record(22, 42, None)]) is None


@pytest.mark.parametrize(
    ("percent", "group"),
    [
        (Fraction("49.9"), "<50"),
        (50, "50-<75"),
        (Fraction("74.9"), "50-<75"),
        (75, "75-<90"),
        (90, "90-110"),
        (110, "90-110"),
        (Fraction(331, 3), ">110"),  # 110.33...
    ],
)
def test_groups_of_relative_dose_intensity(percent, group):
    assert intensity_group(Fraction(percent)) == group


def test_groups_of_cycles():
    groups = [cycle_group(n) for n in (1, 2, 3, 5, 6, 11, 12, 39)]
    assert groups == ["1", "2", "3-5", "3-5", "6-11", "6-11", ">=12", ">=12"]


def test_cycles_are_visits():
    # A cycle split by a hold has two records; a record without visit is one of its own.
    split = [record(1, 10, visit="C1D1"), record(17, 21, visit="C1D1"), record(22, 42, visit="C2D1")]
    assert count_cycles(split) == 2
    assert count_cycles([*split, record(43, 63)]) == 3


def test_reductions_are_steps_down_of_the_prescribed_dose():
    assert count_reductions([record(22, 42, 100), record(1, 21, 125), record(43, 63, 75)]) == 2
    assert count_reductions([record(1, 21, 75), record(22, 42, 100), record(43, 63, 100)]) == 0


@pytest.mark.parametrize(
    ("records", "missed"),
    [
        ([record(1, 21)], False),
        ([record(1, 21, doses=20)], True),
        ([record(1, 21), record(22, 42)], False),
        ([record(1, 21), record(23, 42)], True),  # day 22
        ([record(1, 42), record(10, 12), record(43, 50)], False),
    ],
)
def test_missed_days(records, missed):
    assert has_missed_day(records) == missed
