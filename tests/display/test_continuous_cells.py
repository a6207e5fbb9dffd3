"""Cells of a continuous value: the interval of the mean with the decimals of the mean, small groups of R-108."""

import pytest

from crf2csr.ard import Result
from crf2csr.display.tables.cells import CELLS
from crf2csr.display.tables.cells.statistics import Style
from crf2csr.plan import RowSpec


def cell(n: int, lower: float | str, upper: float | str, decimals: int = 1):
    found = {"n": Result("a", "c", "l", "v", "", "n", n)}
    for name, given in (("mean_lower", lower), ("mean_upper", upper)):
        value, text = (None, given) if isinstance(given, str) else (given, "")
        found[name] = Result("a", "c", "l", "v", "", name, value, text)
    return CELLS["mean_interval"](found, RowSpec(show="mean_interval", decimals=decimals), Style("bare", 3))


@pytest.mark.parametrize(
    ("n", "lower", "upper", "decimals", "text"),
    [
        (3, -1.255, 0.994, 1, "(-1.26, 0.99)"),  # one decimal collected: two of the mean, half away from zero
        (3, -0.04, 7.0, 0, "(0.0, 7.0)"),  # no negative zero
        (3, 4.5, 4.5, 0, "(4.5, 4.5)"),
        (2, -50.0, 25.5, 0, "NC"),  # two values: neither SD nor interval
        (1, "NC", "NC", 0, "NC"),
        (0, "–", "–", 0, "–"),
    ],
)
def test_interval_of_the_mean(n, lower, upper, decimals, text):
    found = cell(n, lower, upper, decimals)
    assert (found.text, found.kind) == (text, "interval")
    assert found.ids == ("a/c/l/v//mean_lower", "a/c/l/v//mean_upper")


@pytest.mark.parametrize(
    ("median", "low", "high", "text"),
    [
        (4.5, 2.0, 8.0, "4.5 (2-8)"),  # days are collected whole: one decimal of the median, none of the range
        (73.0, 73.0, 73.0, "73.0 (73-73)"),
        ("–", "–", "–", "–"),
    ],
)
def test_median_and_range_in_one_cell(median, low, high, text):
    found = {
        name: Result("a", "c", "l", "v", "", name, *((None, given) if isinstance(given, str) else (given, "")))
        for name, given in (("median", median), ("min", low), ("max", high))
    }
    shown = CELLS["median_span"](found, RowSpec(show="median_span"), Style("bare", 3))
    assert (shown.text, shown.kind) == (text, "median_range")
    assert shown.ids == ("a/c/l/v//median", "a/c/l/v//min", "a/c/l/v//max")
