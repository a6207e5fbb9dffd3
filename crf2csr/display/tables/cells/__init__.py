"""How a cell of a table shows its results: one function for each word that a row of the plan may show."""

from crf2csr.display.tables.cells import continuous, counts
from crf2csr.display.tables.cells.statistics import CellFunction

CELLS: dict[str, CellFunction] = {**counts.CELLS, **continuous.CELLS}
