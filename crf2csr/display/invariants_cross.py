"""What must hold for a cross table: its margins (invariant 4 of docs/rules.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from crf2csr.ard import TOTAL, Result, path_parts

#: Counts of one variable in one column by row and column of the cross table; a margin has the name `TOTAL`.
Counts = Mapping[tuple[str, str], int]


def check_margins(results: Iterable[Result]) -> Iterator[str]:
    """Yield where the cells of a row or column of a cross table do not add to its margin, or the margins not to the
    total [4]: a subject stands twice, or in a category that is not planned."""
    for place, counts in _tables(results).items():
        rows = dict.fromkeys(row for row, _ in counts)
        columns = dict.fromkeys(column for _, column in counts)
        for row in rows:
            found = [n for (name, column), n in counts.items() if name == row and column != TOTAL]
            if sum(found) != counts[row, TOTAL]:
                yield f"{place}, row {row}: {' + '.join(map(str, found))} is not {counts[row, TOTAL]}"
        for column in columns:
            found = [n for (row, name), n in counts.items() if name == column and row != TOTAL]
            if sum(found) != counts[TOTAL, column]:
                yield f"{place}, column {column}: {' + '.join(map(str, found))} is not {counts[TOTAL, column]}"


def _tables(results: Iterable[Result]) -> dict[str, Counts]:
    """Return the counts of each variable that has a bottom line with columns."""
    found: dict[str, dict[tuple[str, ...], int]] = defaultdict(dict)
    for result in results:
        if result.statistic == "n" and result.variable:
            place = f"{result.analysis}, column {result.level}, {result.variable}"
            found[place][path_parts(result.category)] = int(result.value or 0)
    return {place: _crossed(counts) for place, counts in found.items() if any(map(_is_bottom, counts))}


def _is_bottom(names: tuple[str, ...]) -> bool:
    return len(names) == 2 and names[0] == TOTAL


def _crossed(counts: Mapping[tuple[str, ...], int]) -> Counts:
    """Return the counts by row and column; a category without columns (a composite) is no row of the table."""
    rows = {names[0] for names in counts if len(names) == 2}
    return {(names[0], names[1] if len(names) == 2 else TOTAL): n for names, n in counts.items() if names[0] in rows}
