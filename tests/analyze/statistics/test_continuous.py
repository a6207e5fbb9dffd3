"""Summary statistics: R 4.2 values, the standard library and numpy as other routes, and the rules R-108 to R-110."""

import json
import statistics
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crf2csr.analyze.statistics.continuous import (
    compute_geometric_summary,
    compute_mean_interval,
    compute_summary,
)

# R 4.2.2; see tests/reference/README.md
CASES = json.loads((Path(__file__).parents[2] / "reference/pk_summary.json").read_text(encoding="utf-8"))["cases"]
SUMMARY = {
    "n": "n",
    "mean": "mean",
    "sd": "sd",
    "median": "median",
    "min": "min",
    "max": "max",
    "q1_type2_sas": "q1",
    "q3_type2_sas": "q3",
}
GEOMETRIC = {"n_geo": "n_geo", "geomean": "geo_mean", "geocv_pct": "geo_cv"}
# How each block of a case treats BLQ; the base block takes 0, and zeros leave the geometric statistics.
BLQ = {"blq_as_lloq_half": lambda lloq: lloq / 2, "blq_as_missing": lambda lloq: None}
# Of pharmacokinetics: standard error, arithmetic CV, geometric SD, numbers of BLQ and missing samples.
# Of rules not taken: type-7 quantiles (R-109 takes type 2); zeros that forbid or enter geometric statistics.
OTHER = {"se", "cv_pct", "n_missing", "n_blq", "n_zero_or_blq", "q1_type7", "q3_type7"}
OTHER |= {"geo_any_zero_not_calculable", "pknca_geomean_all", "pknca_geocv_all"}
OTHER_GEOMETRIC = {"geosd", "geomean_ci95"}
# Differences decided in docs/decisions/0003-number-display.md; each has its own test below.
DECIDED = {("large_offset", "geo_cv"), ("negative", "n_geo"), ("negative", "geo_mean"), ("negative", "geo_cv")}

recorded = st.decimals(-10_000, 10_000, places=2).map(float)


def values_of(case: dict, blq: float | None = 0.0) -> list[float]:
    """The values of a case with BLQ replaced and missing left out."""
    replaced = [blq if value == "BLQ" else value for value in case["values"]]
    return [value for value in replaced if value is not None]


def blocks() -> list[tuple[str, list[float], dict, dict]]:
    """Every block of every case: name, values, expected arithmetic and expected geometric statistics."""
    found = []
    for case in CASES:
        expected = case["expected"]
        found.append((case["id"], values_of(case), expected, expected["geo_positive_only"]))
        for name in BLQ.keys() & expected.keys():
            values = values_of(case, BLQ[name](case["lloq"]))
            found.append((f"{case['id']} {name}", values, expected[name], expected[name]))
    return sorted(found, key=lambda block: block[0])


def test_every_reference_statistic_is_either_computed_or_named_as_not_computed() -> None:
    assert len(CASES) == 15
    assert len(blocks()) == 15 + 2 * 3  # three cases with BLQ have two more blocks each
    for name, _, arithmetic, geometric in blocks():
        assert set(SUMMARY) <= set(arithmetic), name
        assert set(geometric) >= set(GEOMETRIC), name
        known = {*SUMMARY, *GEOMETRIC, *OTHER, *OTHER_GEOMETRIC, *BLQ, "geo_positive_only", "mean_ci95"}
        assert set(arithmetic) | set(geometric) <= known, name


@pytest.mark.parametrize(("name", "values", "arithmetic", "geometric"), blocks(), ids=lambda item: str(item)[:40])
def test_equals_r(name: str, values: list[float], arithmetic: dict, geometric: dict) -> None:
    got = {**compute_summary(values), **compute_geometric_summary(values)}
    expected = {ours: arithmetic[theirs] for theirs, ours in SUMMARY.items()}
    expected |= {ours: geometric[theirs] for theirs, ours in GEOMETRIC.items()}
    for statistic, value in expected.items():
        if (name, statistic) not in DECIDED:
            assert got[statistic] == (value if value is None else pytest.approx(value, rel=1e-12, abs=0)), statistic


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_interval_of_the_mean_equals_r(case: dict) -> None:
    lower, upper = case["expected"]["mean_ci95"]
    expected = None if lower is None else (pytest.approx(lower, rel=1e-11), pytest.approx(upper, rel=1e-11))
    assert compute_mean_interval(values_of(case), 0.95) == expected


def test_interval_of_two_values_by_hand() -> None:
    # 1 degree of freedom: t at 1 - a/2 is tan(pi (1 - a) / 2). Level 0.5: tan(pi / 4) = 1.
    # Mean 2, sd sqrt(2), standard error sqrt(2)/sqrt(2) = 1: 2 - 1 and 2 + 1.
    assert compute_mean_interval([3.0, 1.0], 0.5) == (pytest.approx(1.0), pytest.approx(3.0))
    assert compute_mean_interval([4.5, 4.5], 0.95) == (4.5, 4.5)


@pytest.mark.parametrize("level", [0, 1, 95, float("nan")])
def test_a_level_that_is_no_level_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        compute_mean_interval([1.0, 2.0], level)


def test_geometric_cv_of_almost_equal_values_keeps_its_digits_where_r_gives_zero() -> None:
    case = next(case for case in CASES if case["id"] == "large_offset")
    assert case["expected"]["geo_positive_only"]["geocv_pct"] == 0  # exp(s^2) - 1 is lost in double precision
    got = compute_geometric_summary(values_of(case))["geo_cv"]
    # For a small spread the geometric and the arithmetic CV (R: 5.477e-07 %) agree in their leading digits.
    assert got == pytest.approx(case["expected"]["cv_pct"], rel=1e-6)


def test_a_negative_value_leaves_no_geometric_summary() -> None:
    case = next(case for case in CASES if case["id"] == "negative")
    assert case["expected"]["geo_positive_only"]["n_geo"] == 3  # of 4 values: the reference drops the negative one
    assert compute_geometric_summary(values_of(case)) == {"n_geo": 0, "geo_mean": None, "geo_cv": None}


def test_first_quartile_of_one_to_four_is_of_type_2() -> None:
    assert compute_summary([4, 1, 3, 2])["q1"] == 1.5  # R-109 states 1.5, and 1.75 for the default of numpy


def test_order_of_the_statistics_and_types() -> None:
    assert (
        list(compute_summary([1.0]))
        == ["n", "mean", "sd", "median", "q1", "q3", "min", "max"]
        == list(compute_summary([]))
    )
    assert (
        list(compute_geometric_summary([1.0])) == ["n_geo", "geo_mean", "geo_cv"] == list(compute_geometric_summary([]))
    )
    assert type(compute_summary(list(np.array([1.0, 2.0])))["mean"]) is float
    assert compute_summary([-0.0]) == {**dict.fromkeys(compute_summary([1.0]), 0.0), "n": 1, "sd": None}


def test_a_mean_on_the_half_is_not_lost_to_binary_sums() -> None:
    # 13.9 + 16.5 + 8.2 + 83.3 = 121.9; 121.9 / 4 = 30.475
    assert compute_summary([13.9, 16.5, 8.2, 83.3])["mean"] == 30.475
    # three times 0.1 is 0.3: mean 0.1, no deviation
    assert compute_summary([0.1, 0.1, 0.1])["mean"] == 0.1
    assert compute_summary([0.1, 0.1, 0.1])["sd"] == 0.0


def test_a_geometric_mean_that_is_a_recorded_value_is_that_value() -> None:
    # sqrt(2 * 8) = 4; one value is its own mean
    assert compute_geometric_summary([2.0, 0.0, 8.0])["geo_mean"] == 4.0
    assert compute_geometric_summary([45.7]) == {"n_geo": 1, "geo_mean": 45.7, "geo_cv": None}


def test_the_range_of_floats_neither_overflows_nor_stops() -> None:
    assert compute_summary([1e308, 1e308])["mean"] == 1e308
    assert compute_summary([1e308, 1e-308])["sd"] == pytest.approx(1e308 / 2**0.5, rel=1e-15)
    assert compute_geometric_summary([1e308, 1e-308]) == {"n_geo": 2, "geo_mean": 1.0, "geo_cv": None}


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), None, pd.NA, "12.5", np.float64("nan")])
@pytest.mark.parametrize("compute", [compute_summary, compute_geometric_summary])
def test_what_is_no_finite_number_is_refused_with_its_place(compute, bad) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="value 2 of 3 is "):
        compute([1.0, bad, 2.0])


@given(st.lists(recorded, min_size=1, max_size=40))
def test_equals_the_standard_library_on_exact_fractions_and_numpy_quantiles(values: list[float]) -> None:
    exact = [Fraction(str(value)) for value in values]
    got = compute_summary(values)
    assert got["mean"] == float(statistics.mean(exact))
    assert got["median"] == float(statistics.median(exact))
    if len(values) > 1:
        assert got["sd"] == pytest.approx(float(statistics.stdev(exact)), rel=1e-15, abs=0)
    numpy_quartiles = np.quantile(values, [0.25, 0.75], method="averaged_inverted_cdf")  # named by R-109
    assert [got["q1"], got["q3"]] == pytest.approx(list(numpy_quartiles), rel=1e-12, abs=1e-9)
    assert (got["min"], got["max"]) == (min(values), max(values))


@given(st.lists(st.decimals(0, 10_000, places=3).map(float), max_size=25))
def test_geometric_summary_equals_the_standard_library_on_logarithms(values: list[float]) -> None:
    positive = [value for value in values if value > 0]
    got = compute_geometric_summary(values)
    assert got["n_geo"] == len(positive)
    if positive:
        assert got["geo_mean"] == pytest.approx(statistics.geometric_mean(positive), rel=1e-12)
    if len(positive) > 1:
        variance = statistics.variance(np.log(positive).tolist())
        assert got["geo_cv"] == pytest.approx(100 * np.sqrt(np.expm1(variance)), rel=1e-9, abs=1e-9)


@given(st.lists(recorded, max_size=25), st.randoms(use_true_random=False))
def test_the_order_of_the_values_changes_nothing(values: list[float], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = random.sample(values, len(values))
    assert compute_summary(shuffled) == compute_summary(values)
    assert compute_geometric_summary(shuffled) == compute_geometric_summary(values)
