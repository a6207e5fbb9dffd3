"""Cells of counted subjects: counts, percentages, intervals of a proportion."""

from __future__ import annotations

from crf2csr.display import numbers
from crf2csr.display.model import Cell
from crf2csr.display.tables.cells.statistics import CellFunction, Statistics, Style, ids, value
from crf2csr.display.words import FEWEST, TOO_FEW
from crf2csr.plan import RowSpec


def _count(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    n, total = int(statistics["n"].value or 0), int(statistics["N"].value or 0)
    return Cell(numbers.format_count(n, total), "count", ids(statistics, "n", "N"))


def _subjects(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    """The number itself, of a row that counts outside the set of its column."""
    return Cell(numbers.format_number(value(statistics, "n"), 0), "number", ids(statistics, "n"))


def _count_percent(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    n, total = int(statistics["n"].value or 0), int(statistics["N"].value or 0)
    return Cell(
        numbers.format_count_percent(n, total, style.zero), "count_percent", ids(statistics, "n", "N", "estimate")
    )


def _count_percent_events(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    n, total, events = (int(statistics[name].value or 0) for name in ("n", "N", "events"))
    text = numbers.format_count_percent(n, total, style.zero, events=events)
    return Cell(text, "count_percent_events", ids(statistics, "n", "N", "estimate", "events"))


def _fraction(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    n, total = int(statistics["n"].value or 0), int(statistics["N"].value or 0)
    return Cell(numbers.format_fraction(n, total, style.zero), "fraction", ids(statistics, "n", "N", "estimate"))


def _count_of(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    """Those counted of the subjects of a subgroup, without a percentage."""
    n, total = int(statistics["n"].value or 0), int(statistics["N"].value or 0)
    return Cell(numbers.format_count_of(n, total), "fraction", ids(statistics, "n", "N"))


def _estimate_of(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    """The percentage of a subgroup with its limits; a word where it has too few subjects for either."""
    total = int(statistics["N"].value or 0)
    if total < FEWEST:
        return Cell(TOO_FEW if total else numbers.NO_DENOMINATOR, "word", ids(statistics, "N"))
    text = numbers.format_percent_estimate(*(value(statistics, name) for name in ("estimate", "lower", "upper")))
    return Cell(text, "estimate_interval", ids(statistics, "estimate", "lower", "upper"))


def _interval(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    text = numbers.format_percent_interval(value(statistics, "lower"), value(statistics, "upper"))
    return Cell(text, "interval", ids(statistics, "lower", "upper"))


CELLS: dict[str, CellFunction] = {
    "count": _count,
    "n": _count,
    "subjects": _subjects,
    "count_percent": _count_percent,
    "count_percent_events": _count_percent_events,
    "fraction": _fraction,
    "interval": _interval,
    "count_of": _count_of,
    "estimate_of": _estimate_of,
}
