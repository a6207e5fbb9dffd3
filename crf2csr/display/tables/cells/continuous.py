"""Cells of a continuous value: mean with SD or interval, median, quartiles, range, single values of small groups."""

from __future__ import annotations

from crf2csr.display import numbers
from crf2csr.display.model import Cell
from crf2csr.display.tables.cells.statistics import CellFunction, Statistics, Style, ids, value
from crf2csr.plan import RowSpec


def _mean_sd(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    n = int(statistics["n"].value or 0)
    text = numbers.format_mean_sd(n, value(statistics, "mean"), value(statistics, "sd"), row.decimals, style.small_n)
    return Cell(text, "mean_sd", ids(statistics, "mean", "sd"))


def _median(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    text = numbers.format_statistic(value(statistics, "median"), "median", row.decimals)
    return Cell(text, "number", ids(statistics, "median"))


def _min_max(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    text = numbers.format_min_max(value(statistics, "min"), value(statistics, "max"), row.decimals)
    return Cell(text, "range", ids(statistics, "min", "max"))


def _quartiles(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    text = numbers.format_quartiles(value(statistics, "q1"), value(statistics, "q3"), row.decimals)
    return Cell(text, "range", ids(statistics, "q1", "q3"))


def _individual(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    n = int(statistics["n"].value or 0)
    if n >= style.small_n:
        return Cell("NA", "individual", ids(statistics, "n"))
    names = [f"value{i}" for i in range(1, n + 1)]
    texts = [numbers.format_statistic(value(statistics, name), "min", row.decimals) for name in names]
    return Cell(numbers.format_individual(texts), "individual", ids(statistics, *names))


def _mean_interval(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    """The limits of the mean with the decimals of the mean; NC for a group whose SD is not shown either (R-108)."""
    few = 0 < int(statistics["n"].value or 0) < style.small_n
    names = ("mean_lower", "mean_upper")
    lower, upper = (value(statistics, name) for name in names)
    decimals = numbers.statistic_decimals("mean", row.decimals)
    return Cell("NC" if few else numbers.format_interval(lower, upper, decimals), "interval", ids(statistics, *names))


def _median_span(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    """Median and range in one cell, with the decimals of each (R-107)."""
    names = ("median", "min", "max")
    median, low, high = (value(statistics, name) for name in names)
    decimals, at_ends = (numbers.statistic_decimals(name, row.decimals) for name in ("median", "min"))
    text = numbers.format_median_range(median, low, high, decimals, end_decimals=at_ends)
    return Cell(text, "median_range", ids(statistics, *names))


CELLS: dict[str, CellFunction] = {
    "mean_sd": _mean_sd,
    "mean_interval": _mean_interval,
    "median": _median,
    "median_span": _median_span,
    "min_max": _min_max,
    "quartiles": _quartiles,
    "individual": _individual,
}
