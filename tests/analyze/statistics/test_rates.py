"""Exact Poisson limits against reference values (R-907)."""

import json
from pathlib import Path

import pytest

from crf2csr.analyze.statistics.rates import compute_poisson_limits

# tests/reference/poisson_rates.json: 40-digit arithmetic.
REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "poisson_rates.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", REFERENCE["poisson_ci_95"], ids=lambda case: str(case["events"]))
def test_limits_of_a_count_follow_the_reference(case):
    limits = compute_poisson_limits(case["events"], 1.0)
    assert limits == (pytest.approx(case["lower"], rel=1e-12), pytest.approx(case["upper"], rel=1e-12))


@pytest.mark.parametrize("case", REFERENCE["eair_per_100_py"], ids=lambda case: str(case["subjects_with_event"]))
def test_limits_of_a_rate_follow_the_reference(case):
    lower, upper = compute_poisson_limits(case["subjects_with_event"], case["person_years"])
    assert (100 * lower, 100 * upper) == (
        pytest.approx(case["lower"], rel=1e-12),
        pytest.approx(case["upper"], rel=1e-12),
    )


def test_no_time_has_no_limits_and_no_events_the_lower_limit_zero():
    assert compute_poisson_limits(0, 0.0) is None
    assert compute_poisson_limits(0, 2.0)[0] == 0.0


@pytest.mark.parametrize("arguments", [(-1, 1.0), (1.5, 1.0), (1, -1.0), (1, float("nan")), (1, 1.0, 1.0)])
def test_what_is_no_count_no_time_or_no_level_is_refused(arguments):
    with pytest.raises(ValueError):
        compute_poisson_limits(*arguments)
