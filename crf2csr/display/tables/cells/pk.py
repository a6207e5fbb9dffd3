"""Cells of concentrations and pharmacokinetic parameters: three significant digits, CV one decimal (R-115).

A group below `display.small_n` shows neither SD nor CV; a single value has no mean (R-108).
"""

from __future__ import annotations

from crf2csr.display import numbers
from crf2csr.display.model import Cell
from crf2csr.display.tables.cells.counts import CELLS as COUNTS
from crf2csr.display.tables.cells.statistics import CellFunction, Statistics, Style, ids, value
from crf2csr.plan import RowSpec

#: What a value is that the BLQ rule put in.
BELOW = "BLQ"


def _size(statistics: Statistics) -> int:
    return int(statistics["n"].value or 0)


def _number(statistics: Statistics, name: str, row: RowSpec) -> str:
    """Return a statistic with the planned decimals, else three significant digits."""
    found = value(statistics, name)
    return numbers.format_number(found, row.decimals) if row.decimals else numbers.format_significant(found)


def _from(smallest: int, name: str) -> CellFunction:
    """Return the cell of a statistic that needs so many values; fewer (but some) are NC. 0: `display.small_n`."""

    def cell(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
        few = 0 < _size(statistics) < (smallest or style.small_n)
        percent = name.endswith("cv")
        shown = (
            numbers.format_number(value(statistics, name), numbers.CV_DECIMALS)
            if percent
            else _number(statistics, name, row)
        )
        return Cell("NC" if few else shown, "concentration", ids(statistics, name))

    return cell


def _extreme(name: str) -> CellFunction:
    """Return the cell of an order statistic: BLQ where it is one of the values below the limit."""

    def cell(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
        shown = BELOW if _is_below(statistics, name) else _number(statistics, name, row)
        return Cell(shown, "concentration", ids(statistics, name))

    return cell


def _is_below(statistics: Statistics, name: str) -> bool:
    """Return whether every single value that equals the statistic is one below the limit, as the BLQ rule has it."""
    equal = [r for s, r in statistics.items() if s.startswith("value") and r.value == statistics[name].value]
    return bool(equal) and all(result.text == BELOW for result in equal)


def _individual(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    n = _size(statistics)
    if n >= style.small_n:
        return Cell("NA", "individual", ids(statistics, "n"))
    names = [f"value{i}" for i in range(1, n + 1)]
    texts = [BELOW if statistics[name].text == BELOW else _number(statistics, name, row) for name in names]
    return Cell(numbers.format_individual(texts), "individual", ids(statistics, *(names or ["n"])))


def _median_range(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    names = ("median", "min", "max")
    median, low, high = (value(statistics, name) for name in names)
    text = numbers.format_median_range(median, low, high, numbers.TMAX_DECIMALS)
    return Cell(text, "median_range", ids(statistics, *names))


CELLS: dict[str, CellFunction] = {
    "n_blq": COUNTS["n"],
    "pk_mean": _from(2, "mean"),
    "pk_sd": _from(0, "sd"),
    "pk_cv": _from(0, "cv"),
    "pk_geo_mean": _from(2, "geo_mean"),
    "pk_geo_cv": _from(0, "geo_cv"),
    "pk_median": _extreme("median"),
    "pk_min": _extreme("min"),
    "pk_max": _extreme("max"),
    "pk_individual": _individual,
    "median_range": _median_range,
}
