"""Summary of concentrations: R values, and what too many values below the limit forbid (R-1311)."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from crf2csr.analyze.statistics.concentrations import compute_concentration_summary

# R 4.2.2; see tests/reference/README.md
CASES = json.loads((Path(__file__).parents[2] / "reference/pk_summary.json").read_text(encoding="utf-8"))["cases"]
NAMES = {
    **{"n": "n", "mean": "mean", "sd": "sd", "cv_pct": "cv", "median": "median", "min": "min", "max": "max"},
    **{"n_geo": "n_geo", "geomean": "geo_mean", "geocv_pct": "geo_cv"},
}
#: Decided in docs/decisions/0003-number-display.md: the CV of almost equal values keeps its digits; with a negative
#: value there is no geometric summary.
DECIDED = {("large_offset", "geo_cv"), ("negative", "n_geo"), ("negative", "geo_mean"), ("negative", "geo_cv")}
ALL = Fraction(1)


def given(case: dict) -> tuple[list[float], int]:
    """Values with BLQ as 0 and missing left out, and how many are BLQ."""
    known = [value for value in case["values"] if value is not None]
    return [0.0 if value == "BLQ" else value for value in known], known.count("BLQ")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_equals_r(case: dict) -> None:
    values, below = given(case)
    assert below == case["expected"]["n_blq"]
    found = compute_concentration_summary(values, below, len(values), ALL)
    expected = {**case["expected"], **case["expected"]["geo_positive_only"]}
    for theirs, ours in NAMES.items():
        if (case["id"], ours) not in DECIDED:
            value = expected[theirs]
            assert found[ours][0] == (value if value is None else pytest.approx(value, rel=1e-12, abs=0)), ours


BLOCKS = {"blq_as_lloq_half": lambda lloq: lloq / 2, "blq_as_missing": lambda lloq: None}


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("case", [case for case in CASES if "BLQ" in case["values"]], ids=lambda case: case["id"])
def test_equals_r_where_a_rule_replaces_blq(case: dict, block: str) -> None:
    below = BLOCKS[block](case["lloq"])
    replaced = [below if value == "BLQ" else value for value in case["values"]]
    found = compute_concentration_summary([v for v in replaced if v is not None], 0, len(replaced), ALL)
    for theirs, ours in NAMES.items():
        value = case["expected"][block][theirs]
        assert found[ours][0] == (value if value is None else pytest.approx(value, rel=1e-12, abs=0)), ours


def test_the_reference_is_whole() -> None:
    assert len(CASES) == 15
    assert sum(block in case["expected"] for case in CASES for block in BLOCKS) == 6


def test_every_missing_statistic_has_a_code_and_a_reason() -> None:
    for case in CASES:
        values, below = given(case)
        for value, code, reason in compute_concentration_summary(values, below, len(values), ALL).values():
            assert (value is None) == bool(code) == bool(reason)


def codes(values: list[float], below: int, measured: int, before: bool = False) -> dict[str, str]:
    found = compute_concentration_summary(values, below, measured, Fraction(1, 3), before)
    return {name: code for name, (_, code, _) in found.items() if code}


def test_more_than_a_third_below_the_limit() -> None:
    # exactly a third of three is not more than a third; two of four are; two of five are, one of them missing by rule
    assert codes([0, 2, 4], 1, 3) == {}
    assert codes([0, 0, 2, 4], 2, 4) == dict.fromkeys(("mean", "sd", "cv", "min"), "NC")
    assert codes([0, 2, 4, 5], 2, 5) == dict.fromkeys(("mean", "sd", "cv", "min"), "NC")
    assert codes([0, 2, 4, 5], 1, 4) == {}


def test_before_the_first_dose() -> None:
    assert codes([0, 0, 0], 3, 3, before=True) == {
        **dict.fromkeys(("mean", "sd", "cv", "min"), "NC"),
        **dict.fromkeys(("geo_mean", "geo_cv"), "NE"),
    }
    assert codes([0, 0, 0], 3, 3)["geo_mean"] == "NC"


def test_small_groups() -> None:
    assert set(codes([], 0, 0).values()) == {"–"}
    assert codes([5.0], 0, 1) == {"sd": "NC", "cv": "NC", "geo_cv": "NC"}
    assert set(codes([], 2, 2).values()) == {"–"}  # all BLQ and made missing by the rule
