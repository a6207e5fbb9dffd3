"""Dose proportionality: values of R (lm), limits and verdicts by hand, and when there is no slope (R-1314)."""

import json
import math
from pathlib import Path

import pytest

from crf2csr.analyze.statistics.proportionality import (
    PowerModel,
    compute_limits,
    fit_power_model,
    geometric_means,
    judge,
    why_not_estimable,
)

# R 4.2; see tests/reference/README.md
FILE = Path(__file__).parents[2] / "reference/dose_proportionality.json"
CASES = json.loads(FILE.read_text(encoding="utf-8"))["cases"]


def test_the_reference_is_whole() -> None:
    assert [case["id"] for case in CASES] == ["exact_linear_9", "two_levels_6", "supra_12"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_equals_r(case: dict) -> None:
    found = fit_power_model(case["dose"], case["value"], case["level"])
    assert (found.intercept, found.slope, found.se) == pytest.approx(
        (case["intercept"], case["slope"], case["se"]), rel=1e-11
    )
    assert found.df == case["df"]
    assert found.limits == pytest.approx(case["slope_ci"], rel=1e-11)
    limits = compute_limits(case["dose"], 0.8, 1.25)
    assert limits == pytest.approx(case["bounds_80_125"], rel=1e-12)
    levels = len(set(case["dose"]))
    assert judge(found.limits, limits, levels).split(",")[0] == case["conclusion"]
    # the ratio of dose-normalized values between the ends, R: rdnm = r ** (slope - 1)
    ratio = max(case["dose"]) / min(case["dose"])
    assert [ratio ** (edge - 1) for edge in (found.slope, *found.limits)] == pytest.approx(
        [case["rdnm"], *case["rdnm_ci"]], rel=1e-11
    )


def test_a_line_by_hand() -> None:
    # ln 2 and ln 8 of dose; ln 3 twice, then ln 12: slope (ln 12 - ln 3) / (ln 8 - ln 2) = 1, residuals 0
    found = fit_power_model([2, 2, 8], [3, 3, 12], 0.9)
    assert (found.slope, found.intercept) == pytest.approx((1.0, math.log(1.5)))
    assert found.limits == pytest.approx((1.0, 1.0))


def test_limits_of_the_study() -> None:
    # docs/rules.md R-1314: 75 to 125 mg and 75 to 100 mg
    assert compute_limits([75, 100, 125], 0.8, 1.25) == pytest.approx((0.5632, 1.4368), abs=5e-5)
    assert compute_limits([75, 100], 0.8, 1.25) == pytest.approx((0.2243, 1.7757), abs=5e-5)
    assert compute_limits([75, 75], 0.8, 1.25) is None
    with pytest.raises(ValueError, match="both sides of 1"):
        compute_limits([75, 125], 1.1, 1.25)


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ((0.6, 1.4), "proportional"),
        ((0.5, 1.5), "proportional"),  # the limits themselves are inside
        ((0.4, 1.2), "inconclusive"),
        ((0.4, 1.6), "inconclusive"),
        ((1.5, 2.0), "inconclusive"),  # touches the limit: not wholly outside
        ((1.51, 2.0), "not proportional"),
        ((-0.5, 0.5), "inconclusive"),
        ((-0.5, 0.49), "not proportional"),
    ],
)
def test_verdicts(found: tuple[float, float], verdict: str) -> None:
    assert judge(found, (0.5, 1.5), 3) == verdict
    assert judge(found, (0.5, 1.5), 2) == f"{verdict}, 2 levels only"


@pytest.mark.parametrize(
    ("doses", "values", "reason"),
    [
        ([], [], "no value"),
        ([75], [10], "1 dose level"),
        ([75, 75, 75], [10, 11, 12], "1 dose level"),
        ([75, 100], [10, 11], "fewer than 3 values"),
        ([75, 100, 125], [0, 11, 12], "value of 0 or BLQ"),
        ([75, 100, 125], [10, 11, 12], ""),
    ],
)
def test_when_there_is_no_slope(doses: list[float], values: list[float], reason: str) -> None:
    assert why_not_estimable(doses, values) == reason
    if reason:
        with pytest.raises(ValueError, match=f"not estimable: {reason}"):
            fit_power_model(doses, values, 0.9)


def test_numbers_that_are_refused() -> None:
    for doses, values, level in (([0, 75, 100], [1, 2, 3], 0.9), ([75, 100, 125], [1, math.nan, 3], 0.9)):
        with pytest.raises(ValueError, match="power model needs"):
            fit_power_model(doses, values, level)
    with pytest.raises(ValueError, match="0 < level < 1"):
        fit_power_model([75, 100, 125], [1, 2, 3], 90)


def test_standard_error_from_its_parts() -> None:
    # residual SD 0.3, sum of squares 0.09: 0.3 / 0.3 = 1; limits 2 - 1.5 and 2 + 1.5
    found = PowerModel(intercept=0, slope=2, sigma=0.3, df=4, center=4.6, spread=0.09, quantile=1.5)
    assert (found.se, *found.limits) == pytest.approx((1, 0.5, 3.5))


def test_geometric_means_by_dose() -> None:
    # sqrt(2 * 8) = 4; zeros are left out
    assert geometric_means([100, 75, 75, 125], [5, 8, 2, 0]) == {75: pytest.approx(4), 100: pytest.approx(5), 125: None}
