"""Cells of a rate in person-time: person-years at risk, events per 100 person-years with limits (R-907)."""

from __future__ import annotations

from crf2csr.display import numbers
from crf2csr.display.model import Cell
from crf2csr.display.tables.cells.statistics import CellFunction, Statistics, Style, ids, value
from crf2csr.plan import RowSpec


def _person_years(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    return Cell(numbers.format_number(value(statistics, "person_years"), 2), "number", ids(statistics, "person_years"))


def _rate_interval(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    rate, lower, upper = (value(statistics, name) for name in ("rate", "lower", "upper"))
    text = numbers.format_estimate_interval(rate, lower, upper, 1)
    return Cell(text, "estimate_interval", ids(statistics, "rate", "lower", "upper"))


CELLS: dict[str, CellFunction] = {"person_years": _person_years, "rate_interval": _rate_interval}
