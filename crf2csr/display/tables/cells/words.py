"""Cells that show a text of a dataset: a decision, a verdict, a day."""

from __future__ import annotations

from crf2csr.display.model import Cell
from crf2csr.display.tables.cells.statistics import CellFunction, Statistics, Style, ids
from crf2csr.plan import RowSpec


def _word(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    return Cell(statistics["word"].text, "word", ids(statistics, "word"))


def _day(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    return Cell(statistics["word"].text, "day", ids(statistics, "word"))


CELLS: dict[str, CellFunction] = {"word": _word, "day": _day}
