"""How a cell of a table shows its results: one function for each word that a row of the plan may show."""

from crf2csr.display.tables.cells import continuous, counts, pk, proportionality, rates, survival, words
from crf2csr.display.tables.cells.statistics import CellFunction

FAMILIES = (counts, continuous, pk, proportionality, survival, rates, words)
CELLS: dict[str, CellFunction] = {show: function for family in FAMILIES for show, function in family.CELLS.items()}
