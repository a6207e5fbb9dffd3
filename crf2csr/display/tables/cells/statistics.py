"""What every cell function reads: the results of one cell by statistic, and the style of the house."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from crf2csr.ard import Result
from crf2csr.display import numbers
from crf2csr.display.model import Cell
from crf2csr.plan import RowSpec

#: Results of one cell by statistic.
Statistics = Mapping[str, Result]


@dataclass(frozen=True)
class Style:
    """How zeros and small groups are shown (`display.zero_style`, `display.small_n`)."""

    zero: str
    small_n: int


CellFunction = Callable[[Statistics, RowSpec, Style], Cell]


def ids(statistics: Statistics, *names: str) -> tuple[str, ...]:
    """Return the addresses of the statistics that a cell shows."""
    return tuple(statistics[name].id for name in names if name in statistics)


def value(statistics: Statistics, name: str) -> numbers.Value:
    """Return the number of a statistic, or the code that stands for it."""
    result = statistics[name]
    return result.text if result.value is None else result.value
