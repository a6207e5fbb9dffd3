"""Baseline, worst change and worsening of a patient-reported outcome (R-302, R-1202, R-1204, R-1205, R-1208)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crf2csr.derive.rules.scoring import best_score, tables
from crf2csr.derive.rules.worsening import Measured, any_worsened, change_from, follow
from crf2csr.instruments import load_instruments, load_parameters

FIRST_DOSE = dt.date(2019, 3, 15)
BY_CODE = {parameter.paramcd: parameter for parameter in load_parameters()}
TABLES = tables(load_instruments())
BEST = {parameter.paramcd: best_score(parameter, TABLES[parameter.instrument]) for parameter in load_parameters()}
BEFORE = ["SCREENING", "C1D1"]
FEW = settings(max_examples=30)
T_SCORES = st.integers(200, 820).map(lambda tenths: Decimal(tenths) / 10)


def at(visit: str | None, day: str, value: str) -> Measured:
    """Return a value at a visit: `day` is a date, two dates that it can lie between, or blank."""
    first, _, last = day.partition(" ")
    days = [dt.date.fromisoformat(text) if text else None for text in (first, last or first)]
    return Measured(visit, None, days[0], days[1], Decimal(value) if value else None)


def course(code: str, *visits: Measured):
    return follow(BY_CODE[code], visits, FIRST_DOSE, BEFORE, BEST[code])


def missing(code: str, *visits: Measured):
    """Return the course with the best possible value in place of a missing baseline."""
    return follow(BY_CODE[code], visits, FIRST_DOSE, BEFORE, BEST[code], BEST[code])


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
    found = follow(BY_CODE["FATIGUE"], visits, None, BEFORE, BEST["FATIGUE"])
    assert (found.baseline, found.change, found.reason) == (None, None, "No baseline")
    assert [visit.timing for visit in found.visits] == ["", ""]


def test_the_worst_change_is_the_largest_in_the_direction_of_the_scale():
    visits = [at("C1D1", "2019-03-15", "48.6"), at("C2D1", "2019-04-05", "53.1"), at("C3D1", "2019-04-26", "46")]
    fatigue, function = course("FATIGUE", *visits), course("PHYSFUN", *visits)
    # 53.1 - 48.6 = 4.5 worse by fatigue; 48.6 - 46.0 = 2.6 worse by physical function
    assert (fatigue.change.signed, fatigue.worst.visit) == (Decimal("4.5"), "C2D1")
    assert (function.change.signed, function.worst.visit) == (Decimal("2.6"), "C3D1")


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


@pytest.mark.parametrize(
    ("code", "best", "value", "change", "worsened"),
    [
        # Best T-scores of the scoring manuals: fatigue 33.7 (sum 4), physical function 57.0 (sum 20).
        ("FATIGUE", "33.7", "39.7", "6.0", "Y"),
        ("FATIGUE", "33.7", "33.7", "0.0", "N"),
        ("PHYSFUN", "57.0", "48.3", "8.7", "Y"),
        ("BCPT01", "0", "4", "4", "N"),
    ],
)
def test_the_best_possible_value_stands_for_a_missing_baseline(code, best, value, change, worsened):
    found = missing(code, at("C2D1", "2019-04-05", value))
    assert (found.baseline.value, found.baseline.assumed, found.reason) == (Decimal(best), True, "")
    assert found.change.signed == Decimal(change)
    assert any_worsened({code: found}, {code: Decimal(5)}, [code]) == worsened


def test_a_baseline_that_was_reported_is_never_replaced_and_a_later_value_never_assumed():
    kept = missing("FATIGUE", at("C1D1", "2019-03-15", "48.6"), at("C2D1", "2019-04-05", "51.0"))
    assert (kept.baseline.visit, kept.change.signed) == ("C1D1", Decimal("2.4"))
    assert missing("FATIGUE").reason == "No post-baseline value"


@pytest.mark.parametrize(
    ("code", "base", "value", "adjusted", "threshold", "by_change", "by_adjusted"),
    [
        # Items: the answer itself, 0 if it is no worse than baseline.
        ("BCPT01", "1", "2", "2", "1", "Y", "Y"),
        ("BCPT01", "1", "2", "2", "2", "N", "Y"),
        ("BCPT01", "2", "2", "0", "1", "N", "N"),
        ("BCPT01", "3", "2", "0", "1", "N", "N"),
        # T-scores: 51.0 - 33.7 = 17.3 and 57.0 - 43.5 = 13.5 from the best possible score.
        ("FATIGUE", "48.6", "51.0", "17.3", "5", "N", "Y"),
        ("PHYSFUN", "45.5", "43.5", "13.5", "5", "N", "Y"),
        ("PHYSFUN", "43.5", "45.5", "0", "5", "N", "N"),
    ],
)
def test_the_baseline_adjusted_maximum(code, base, value, adjusted, threshold, by_change, by_adjusted):
    found = course(code, at("C1D1", "2019-03-15", base), at("C2D1", "2019-04-05", value))
    limits = {code: Decimal(threshold)}
    assert found.change.adjusted == Decimal(adjusted)
    assert any_worsened({code: found}, limits, [code]) == by_change
    assert any_worsened({code: found}, limits, [code], "baseline_adjusted") == by_adjusted


def test_adjusted_by_5_points_counts_every_worsening_of_a_scale_and_by_1_point_those_of_the_items():
    # What the first note of Table 14.2.5-S3 says; smallest step from a best score 5.5 (sleep disturbance 32.0 to 37.5).
    for parameter in load_parameters():
        scores = TABLES[parameter.instrument].get((parameter.scale, parameter.version), {})
        values = sorted(scores.values()) or [Decimal(answer) for answer in range(5)]
        limit, best = Decimal(5 if scores else 1), BEST[parameter.paramcd]
        changes = [change_from(parameter, best, base, value) for base in values for value in values]
        assert all((change.adjusted >= limit) == (change.signed > 0) for change in changes)
        assert any(change.signed >= limit for change in changes)
        assert any(0 < change.signed < limit for change in changes) == bool(scores)


@FEW
@given(base=T_SCORES, value=T_SCORES, code=st.sampled_from(["FATIGUE", "PHYSFUN"]))
def test_the_other_direction_turns_the_sign_of_a_change(base, value, code):
    parameter = BY_CODE[code]
    other = parameter.model_copy(update={"better": "low" if parameter.high_is_better else "high"})
    own, turned = (change_from(one, base, base, value).signed for one in (parameter, other))
    assert own == -turned
