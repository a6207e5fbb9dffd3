"""Exact intervals: R 4.2 values, statsmodels, the binomial tails they are defined by, and the rules R-801 to R-803."""

import json
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from math import comb
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crf2csr.analyze.statistics.proportions import compute_clopper_pearson, compute_mid_p, compute_wilson

Method = Callable[..., tuple[float, float] | None]

# R 4.2.2: binom.test, prop.test(correct = FALSE), uniroot on the mid-P tails; see tests/reference/README.md
REFERENCE = json.loads((Path(__file__).parents[2] / "reference/exact_intervals.json").read_text(encoding="utf-8"))
CASES = REFERENCE["binomial"]
COMPUTED: dict[str, tuple[Method, float]] = {
    "cp80": (compute_clopper_pearson, 0.80),
    "cp90": (compute_clopper_pearson, 0.90),
    "cp95": (compute_clopper_pearson, 0.95),
    "cp99": (compute_clopper_pearson, 0.99),
    "wilson95": (compute_wilson, 0.95),
    "midp90": (compute_mid_p, 0.90),
    "midp95": (compute_mid_p, 0.95),
}
# Jeffreys intervals are not offered, p-values and Fisher's test not planned; one-sided limits are those
# of a two-sided interval (test below).
NOT_COMPUTED = {"x", "n", "estimate", "jeffreys95", "p_values", "one_sided95_lower", "one_sided95_upper"}
METHODS = pytest.mark.parametrize("compute", [compute_clopper_pearson, compute_wilson, compute_mid_p])


SMALL = [(x, n) for n in range(1, 13) for x in range(n + 1)]


def limits(compute: Method, x: int, n: int, level: float = 0.95) -> tuple[float, float]:
    interval = compute(x, n, level)
    assert interval is not None
    return interval


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    n = draw(st.integers(1, 2000))
    return draw(st.integers(0, n)), n


def test_every_reference_value_is_either_computed_or_named_as_not_computed() -> None:
    assert {name: len(REFERENCE[name]) for name in ("binomial", "fisher")} == {"binomial": 122, "fisher": 8}
    assert all(set(case) == set(COMPUTED) | NOT_COMPUTED for case in CASES)


@pytest.mark.parametrize("name", COMPUTED)
def test_equals_r(name: str) -> None:
    compute, level = COMPUTED[name]
    for case in CASES:
        got = compute(case["x"], case["n"], level)
        assert got == pytest.approx(case[name], rel=1e-12, abs=1e-14), (name, case["x"], case["n"])


def test_one_sided_95_percent_limits_of_r_are_the_limits_of_the_two_sided_90_percent_interval() -> None:
    for case in CASES:  # each tail of the two-sided 90 % interval has 5 %
        lower, upper = limits(compute_clopper_pearson, case["x"], case["n"], 0.90)
        assert lower == pytest.approx(case["one_sided95_lower"], rel=1e-12, abs=1e-14)
        assert upper == pytest.approx(case["one_sided95_upper"], rel=1e-12, abs=1e-14)


def test_clopper_pearson_equals_statsmodels_for_all_counts_up_to_50() -> None:
    from statsmodels.stats.proportion import proportion_confint

    pairs = np.array([(x, n) for n in range(1, 51) for x in range(n + 1)])
    theirs = np.column_stack(proportion_confint(pairs[:, 0], pairs[:, 1], alpha=0.05, method="beta"))
    ours = np.array([compute_clopper_pearson(int(x), int(n)) for x, n in pairs])
    assert len(pairs) == sum(n + 1 for n in range(1, 51))
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)


def binomial_tail(n: int, p: float, taken: range) -> Fraction:
    """P(X in taken), exactly, for X binomial (n, p) with the very p of the float."""
    exact = Fraction(p)
    return sum((comb(n, k) * exact**k * (1 - exact) ** (n - k) for k in taken), Fraction())


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95, 0.99])
def test_clopper_pearson_limits_leave_half_of_alpha_in_each_tail(level: float) -> None:
    for x, n in SMALL:
        lower, upper = limits(compute_clopper_pearson, x, n, level)
        tails = (binomial_tail(n, lower, range(x, n + 1)), x > 0), (binomial_tail(n, upper, range(x + 1)), x < n)
        assert [float(tail) for tail, exists in tails if exists] == pytest.approx(
            [(1 - level) / 2] * ((x > 0) + (x < n)), rel=1e-12
        )


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95, 0.99])
def test_mid_p_limits_leave_half_of_alpha_counting_x_by_half(level: float) -> None:
    for x, n in SMALL:
        lower, upper = limits(compute_mid_p, x, n, level)
        below = binomial_tail(n, lower, range(x + 1, n + 1)) + binomial_tail(n, lower, range(x, x + 1)) / 2
        above = binomial_tail(n, upper, range(x)) + binomial_tail(n, upper, range(x, x + 1)) / 2
        assert x == 0 or float(below) == pytest.approx((1 - level) / 2, rel=1e-12)
        assert x == n or float(above) == pytest.approx((1 - level) / 2, rel=1e-12)


def test_zero_of_n_has_the_closed_form_of_r_802() -> None:
    upper = 1 - 0.025 ** (1 / 3)  # 0.708: two-sided, n = 3
    assert limits(compute_clopper_pearson, 0, 3) == pytest.approx((0, upper), rel=1e-14)
    assert limits(compute_clopper_pearson, 3, 3) == pytest.approx((1 - upper, 1), rel=1e-14)


@METHODS
def test_ends_are_exact_and_no_denominator_has_no_interval(compute: Method) -> None:
    for n in (1, 3, 6, 50, 10**6):
        assert limits(compute, 0, n)[0] == 0.0
        assert limits(compute, n, n)[1] == 1.0
    assert compute(0, 0) is None


@METHODS
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1, 3), "x = -1, n = 3"),
        ((4, 3), "x = 4, n = 3"),
        ((0, -1), "x = 0, n = -1"),
        ((1.5, 3), "x = 1.5, n = 3"),
        ((None, 3), "x = None, n = 3"),
        ((1, 3, 0.0), "between 0 and 1"),
        ((1, 3, 1.0), "between 0 and 1"),
        ((1, 3, 95), "got 95"),
        ((0, 0, float("nan")), "got nan"),
    ],
)
def test_impossible_arguments_are_refused(compute: Method, arguments: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compute(*arguments)


@METHODS
def test_numpy_counts_give_plain_floats(compute: Method) -> None:
    interval = limits(compute, np.int64(1), np.int64(3))  # type: ignore[arg-type]
    assert interval == compute(1, 3)
    assert [type(limit) for limit in interval] == [float, float]


@METHODS
@given(pair=counts(), level=st.floats(0.5, 0.9999))
def test_interval_lies_within_0_and_1_and_holds_the_estimate(
    compute: Method, pair: tuple[int, int], level: float
) -> None:
    lower, upper = limits(compute, *pair, level)
    assert 0 <= lower <= pair[0] / pair[1] <= upper <= 1
    assert lower < upper


@METHODS
@given(pair=counts())
def test_limits_rise_with_x_and_mirror_the_failures(compute: Method, pair: tuple[int, int]) -> None:
    x, n = pair
    lower, upper = limits(compute, x, n)
    if x < n:
        next_lower, next_upper = limits(compute, x + 1, n)
        assert lower < next_lower
        assert upper < next_upper
    assert limits(compute, n - x, n) == pytest.approx((1 - upper, 1 - lower), rel=1e-9, abs=1e-14)


@METHODS
@given(pair=counts())
def test_a_higher_level_is_never_narrower(compute: Method, pair: tuple[int, int]) -> None:
    narrow, wide = limits(compute, *pair, 0.90), limits(compute, *pair, 0.95)
    assert wide[0] <= narrow[0]
    assert narrow[1] <= wide[1]


@given(pair=counts())
def test_exact_interval_holds_the_mid_p_interval(pair: tuple[int, int]) -> None:
    exact, mid_p = limits(compute_clopper_pearson, *pair), limits(compute_mid_p, *pair)
    assert exact[0] <= mid_p[0] <= mid_p[1] <= exact[1]


def test_importing_the_module_loads_no_heavy_library() -> None:
    code = "import sys, crf2csr.analyze.statistics.proportions; print({'numpy', 'scipy', 'pandas'} & set(sys.modules))"
    root = Path(__file__).parents[3]
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True).stdout
        == "set()\n"
    )
