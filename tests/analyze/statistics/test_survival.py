"""Kaplan-Meier against R survival 3.5 (tests/reference/kaplan_meier.json, kaplan_meier_tiny.json), lifelines, and hand.

Where the house differs from R on purpose, `expected_landmark` says how: no limits (NE) where R prints (1, 1) before the
first event (R-712), and nothing beyond the last observed time while S > 0, where R goes on with the curve (R-715).
"""

import json
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from crf2csr.analyze.statistics.survival import (
    Estimate,
    compute_curve,
    compute_follow_up,
    compute_landmark,
    compute_quantile,
    compute_range,
    count_at_risk,
)

FOLDER = Path(__file__).resolve().parents[2] / "reference"
LARGE = json.loads((FOLDER / "kaplan_meier.json").read_text())["cases"]
TINY = json.loads((FOLDER / "kaplan_meier_tiny.json").read_text())
LEVELS = {"log-log_95": 0.95, "log-log_90": 0.90}
BOTH = [pytest.param(case, name, id=f"{case['id']}-{name}") for case in LARGE for name in LEVELS]
ALL_TINY = [pytest.param(case, id=case["id"]) for case in TINY]


def close(value: float | None) -> Any:
    """Return the expected value of R; it prints 15 digits (13 in the tiny file)."""
    return None if value is None else pytest.approx(value, rel=1e-11, abs=1e-12)


def expected_landmark(time: float, found: tuple[float | None, ...], last: float) -> tuple[Any, ...]:
    """Return what the house gives where R gives `found` = (S, lower, upper)."""
    survival = found[0]
    if time > last and survival:
        return None, None, None  # R goes on with the curve; R-715
    if survival == 1:
        return 1, None, None  # R: (1, 1) before the first observed time; R-712
    return tuple(close(value) for value in found)


def values(estimate: Estimate) -> tuple[float | None, ...]:
    return estimate.value, estimate.lower, estimate.upper


@pytest.mark.parametrize(("case", "name"), BOTH)
def test_curve_is_that_of_r(case: dict[str, Any], name: str) -> None:
    curve, r = compute_curve(case["time"], case["event"], LEVELS[name]), case[name]
    assert [p.time for p in curve] == r["surv_time"]
    assert [p.at_risk for p in curve] == r["n_risk"]
    assert [p.events for p in curve] == r["n_event"]
    assert [p.censored for p in curve] == r["n_censor"]
    assert [p.survival for p in curve] == [close(v) for v in r["surv"]]
    assert [p.lower for p in curve] == [close(v) for v in r["lower"]]
    assert [p.upper for p in curve] == [close(v) for v in r["upper"]]


@pytest.mark.parametrize(("case", "name"), BOTH)
def test_quantiles_are_those_of_r(case: dict[str, Any], name: str) -> None:
    curve, r = compute_curve(case["time"], case["event"], LEVELS[name]), case[name]["quantiles"]
    assert r["p"] == [0.25, 0.5, 0.75]
    expected = list(zip(r["estimate"], r["lower"], r["upper"], strict=True))
    assert [values(compute_quantile(curve, p)) for p in r["p"]] == [tuple(map(close, e)) for e in expected]


@pytest.mark.parametrize(("case", "name"), BOTH)
def test_landmarks_are_those_of_r_but_for_the_house_rules(case: dict[str, Any], name: str) -> None:
    curve, r = compute_curve(case["time"], case["event"], LEVELS[name]), case[name]["landmarks"]
    assert [count_at_risk(case["time"], time) for time in r["time"]] == r["n_risk"]
    for time, *found in zip(r["time"], r["surv"], r["lower"], r["upper"], strict=True):
        assert values(compute_landmark(curve, time)) == expected_landmark(time, tuple(found), curve[-1].time)


@pytest.mark.parametrize("case", ALL_TINY)
def test_tiny_cases_of_r(case: dict[str, Any]) -> None:
    curve = compute_curve(case["time"], case["event"], 0.95)
    assert [(p.time, p.at_risk) for p in curve] == list(zip(case["times"], case["n_risk"], strict=True))
    assert [p.survival for p in curve] == [close(v) for v in case["surv"]]
    assert [p.lower for p in curve] == [close(v) for v in case["lower"]]
    assert [p.upper for p in curve] == [close(v) for v in case["upper"]]
    found = [values(compute_quantile(curve, p)) for p in (0.25, 0.5, 0.75)]
    median = (case["median"], case["median_lower"], case["median_upper"])
    assert found == [(case["q25"], *case["q25_ci"]), median, (case["q75"], *case["q75_ci"])]
    follow_up = compute_follow_up(case["time"], case["event"], 0.95)
    assert values(follow_up) == (case["revKM_median"], *case["revKM_ci"])
    marks = (case[f"landmark_{name}"] for name in ("times", "surv", "lower", "upper"))
    for time, *r in zip(*marks, strict=True):
        assert values(compute_landmark(curve, time)) == expected_landmark(time, tuple(r), curve[-1].time)


def test_the_house_differs_from_r_where_it_says_so() -> None:
    # tiny file, n1_cens: censored at 4. R: S(3) = 1 (1, 1); here 1 without limits.
    curve = compute_curve([4], [False], 0.95)
    assert values(compute_landmark(curve, 3)) == (1, None, None)
    # n3_no_event: censored at 5, 8, 12; nobody was seen beyond 12. R: S(13) = 1.
    curve = compute_curve([5, 8, 12], [False] * 3, 0.95)
    assert values(compute_landmark(curve, 12)) == (1, None, None)
    assert values(compute_landmark(curve, 13)) == (None, None, None)


def test_survival_zero_lasts() -> None:
    curve = compute_curve([2, 4], [True, True], 0.95)
    assert values(compute_landmark(curve, 100)) == (0, None, None)


def test_nobody() -> None:
    assert compute_curve([], [], 0.95) == ()
    assert values(compute_quantile((), 0.5)) == (None, None, None)
    assert values(compute_landmark((), 1)) == (None, None, None)
    assert values(compute_follow_up([], [], 0.95)) == (None, None, None)
    with pytest.raises(ValueError, match="no range"):
        compute_range([], [])


@pytest.mark.parametrize("time", [-1, float("nan"), float("inf")])
def test_a_time_is_a_number_from_zero(time: float) -> None:
    with pytest.raises(ValueError, match="survival time"):
        compute_curve([3, time], [True, True], 0.95)


def test_without_censoring_the_curve_is_the_empirical_one() -> None:
    times = [3, 1, 4, 1, 5, 9, 2, 6]
    for point in compute_curve(times, [True] * 8, 0.95):
        assert point.survival == sum(t > point.time for t in times) / 8


def test_a_height_between_two_printed_digits_is_exact() -> None:
    # 48 subjects, all with an event at another time: S after the third is 45/48 = 0.9375, 93.75 %, shown as 93.8.
    # Summed logarithms give 0.9374999999999997, which would be shown as 93.7.
    curve = compute_curve(range(1, 49), [True] * 48, 0.95)
    assert curve[2].survival == 0.9375
    assert Fraction(curve[2].survival) == Fraction(45, 48)


def test_largest_and_smallest_time_with_their_censoring() -> None:
    assert compute_range([5, 2, 9], [True, False, False]) == ((2, True), (9, True))
    # Ties: the event is the shorter, so the smallest is an event and the largest censored.
    assert compute_range([4, 4], [True, False]) == ((4, False), (4, True))
    assert compute_range([7], [True]) == ((7, False), (7, False))


def test_fit_agrees_with_lifelines() -> None:
    """Another program for the same fit: event table and S(t) of lifelines, whose quantiles and limits are not used."""
    from lifelines import KaplanMeierFitter

    draw = random.Random(711)
    for n in (1, 2, 5, 20, 60):
        times = [draw.randint(1, 30) for _ in range(n)]
        events = [draw.random() < 0.6 for _ in range(n)]
        fit = KaplanMeierFitter().fit(times, events)
        table = fit.event_table.iloc[1:]  # the first row is the entrance at time 0
        curve = compute_curve(times, events, 0.95)
        assert [(p.time, p.at_risk, p.events, p.censored) for p in curve] == list(
            zip(table.index, table["at_risk"], table["observed"], table["censored"], strict=True)
        )
        heights = fit.survival_function_at_times([p.time for p in curve])
        assert [p.survival for p in curve] == pytest.approx(list(heights), abs=1e-12)
