"""Cells of dose proportionality: dose levels, slope with its limits, the limits it is held to (R-1314)."""

from __future__ import annotations

from crf2csr.display import numbers
from crf2csr.display.model import Cell
from crf2csr.display.tables.cells.statistics import CellFunction, Statistics, Style, ids, value
from crf2csr.plan import RowSpec


def _levels(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    return Cell(numbers.format_number(value(statistics, "levels"), 0), "number", ids(statistics, "levels"))


def _slope_interval(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    """The slope with its limits; nothing but the code where there is none, for nothing was estimated."""
    names = ("slope", "lower", "upper")
    slope, lower, upper = (value(statistics, name) for name in names)
    shown = (
        slope
        if isinstance(slope, str)
        else numbers.format_estimate_interval(slope, lower, upper, numbers.RATIO_DECIMALS)
    )
    return Cell(shown, "estimate_interval", ids(statistics, *names))


def _limits(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    names = ("limit_low", "limit_high")
    low, high = (value(statistics, name) for name in names)
    shown = low if isinstance(low, str) else numbers.format_interval(low, high, numbers.RATIO_DECIMALS)
    return Cell(shown, "interval", ids(statistics, *names))


CELLS: dict[str, CellFunction] = {"levels": _levels, "slope_interval": _slope_interval, "limits": _limits}
