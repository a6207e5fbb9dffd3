"""A table as the template receives it: one sheet a part, with columns, heads, rows, and what stays together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from crf2csr.display.model import Part, Row, Table
from crf2csr.report.columns import (
    BODY_WIDTH,
    CELL_SPACE,
    Payload,
    Style,
    aligned_width,
    cells,
    empty_sentence,
    fitted_widths,
    head,
    heads,
    is_tall,
    least_width,
    spanners,
)
from crf2csr.report.inline import Run, run, widest_line

#: A landscape page shows so many columns beside the stub; more are split and the stub repeats (docs/rules.md, Pages).
MOST_COLUMNS = 8
#: Indentation of the stub for each level, points; the template sets the same.
INDENT = 9.0

_STUB_RANGE = (150.0, 330.0)
_WIDEST_COLUMN = 150.0
#: So many rows are kept on one page with the row that they belong to.
_MOST_KEPT = 6


def table_sheets(table: Table, style: Style) -> list[Payload]:
    """Return the sheets of a table: one a part, more where a part has more columns than a page.

    `part` and `start` say which part and which of its columns on a sheet shows.
    """
    return [
        _sheet(sheet, table, style) | {"part": number, "start": i * MOST_COLUMNS}
        for number, part in enumerate(table.parts)
        for i, sheet in enumerate(_split(part))
    ]


def _split(part: Part) -> list[Part]:
    """Return a part as parts of at most `MOST_COLUMNS` columns, each with the whole stub."""
    starts = range(0, len(part.columns), MOST_COLUMNS)
    if len(starts) <= 1:
        return [part]
    return [_columns_from(part, start, f"columns, set {i} of {len(starts)}") for i, start in enumerate(starts, 1)]


def _columns_from(part: Part, start: int, which: str) -> Part:
    shown = slice(start, start + MOST_COLUMNS)
    rows = tuple(replace(row, cells=row.cells[shown]) for row in part.rows)
    title = f"{part.title} ({which})" if part.title else which.capitalize()
    return replace(part, title=title, columns=part.columns[shown], rows=rows)


def _sheet(part: Part, table: Table, style: Style) -> Payload:
    widths = _widths(part, table.stub, style)
    above = spanners(part.columns, widths[1:], style)
    return {
        "kind": "table",
        "lines": [style.wide(line) for line in _set_lines(part, table) if line],
        "widths": widths,
        "aligns": ["left", *(column.align for column in part.columns)],
        "spanners": [{"text": "", "span": 1}, *above] if above else [],
        "heads": [head(table.stub, widths[0], style), *heads(part.columns, widths[1:], style)],
        "rows": [] if part.empty else _rows(part, widths, style),
        "empty": style.wide(empty_sentence(part.empty, part.rows)),
        "keeps": any(_kept_together(part.rows)) and not part.empty,
    }


def _set_lines(part: Part, table: Table) -> tuple[str, ...]:
    """Return the lines below the title: analysis set and part; only the part where the parts are analysis sets."""
    parts_are_sets = any(other.title == table.population for other in table.parts)
    return (part.title,) if parts_are_sets else (table.population, part.title)


def _widths(part: Part, stub: str, style: Style) -> list[float]:
    """Return the widths of stub and columns: the stub as wide as its labels, the columns by shares, none too wide."""
    labels = [widest_line([row.label], style.cell) + row.indent * INDENT for row in part.rows]
    wanted = max([*labels, widest_line([stub], style.head)]) + 2 * CELL_SPACE + INDENT
    room = BODY_WIDTH - min(max(wanted, _STUB_RANGE[0]), _STUB_RANGE[1])
    least = [_least(part, i, style) for i in range(len(part.columns))]
    shared = fitted_widths([column.width for column in part.columns], least, max(room, sum(least)))
    widest = max(_WIDEST_COLUMN, (BODY_WIDTH - _STUB_RANGE[1]) / max(len(part.columns), 1))
    most = [max(widest * column.width, width) for column, width in zip(part.columns, least, strict=True)]
    columns = [round(min(pair), 2) for pair in zip(shared, most, strict=True)]
    return [round(BODY_WIDTH - sum(columns), 2), *columns]


def _least(part: Part, index: int, style: Style) -> float:
    """Return the width at which a column has its numbers under each other and no word of its head broken."""
    numbers = aligned_width([row.cells[index].text for row in part.rows], style)
    return max(min(numbers, _WIDEST_COLUMN), least_width(part.columns[index].label, (), style))


def _rows(part: Part, widths: Sequence[float], style: Style) -> list[Payload]:
    texts = [[row.cells[i].text for row in part.rows] for i in range(len(part.columns))]
    columns = [cells(t, w, c.align, style) for t, w, c in zip(texts, widths[1:], part.columns, strict=True)]
    keeps = _kept_together(part.rows)
    return [
        {
            "label": _label(row, widths[0], style),
            "indent": row.indent,
            "cells": [column[i] for column in columns],
            "tall": is_tall([row.label, *(cell.text for cell in row.cells)], widths, style),
            "gap": _starts_block(part.rows, i),
            "keep": keeps[i],
            "with_next": row.heading or (keeps[i + 1 : i + 2] == [0] and any(keeps)),
            "heading": row.heading and i < len(part.rows) - 1,
            "repeat": row.heading and _ends_at_heading(part.rows[i + 1 :], row.indent),
        }
        for i, row in enumerate(part.rows)
    ]


def _label(row: Row, width: float, style: Style) -> Run:
    return run(row.label, style.cell, width - 2 * CELL_SPACE - (row.indent + 1) * INDENT)


def _starts_block(rows: Sequence[Row], index: int) -> bool:
    """Return whether a little space stands above a row: at top level, for a heading or after deeper rows."""
    row = rows[index]
    return index > 0 and row.indent == 0 and (row.heading or rows[index - 1].indent > 0)


def _kept_together(rows: Sequence[Row]) -> list[int]:
    """Return for each row how many rows from it on stay on one page, 0 for a row that an earlier one keeps.

    A row keeps the rows below it that are indented deeper, and the rows below a heading keep together, if they are
    few; of more, the first two and the last two stay together. A heading stays with its next row anyway. All 0 if no
    row keeps another.
    """
    keeps = [count for size in _groups(rows) for count in (size, *[0] * (size - 1))]
    return keeps if max(keeps, default=0) > 1 else [0] * len(rows)


def _groups(rows: Sequence[Row]) -> list[int]:
    """Return the sizes of the groups of rows that no page parts, in order."""
    sizes: list[int] = []
    while sum(sizes) < len(rows):
        first, *others = rows[sum(sizes) :]
        below = _groups(_below(others, first.indent))
        sizes += [1, *_joined(below)] if first.heading else _joined([1, *below])
    return sizes


def _joined(sizes: list[int]) -> list[int]:
    """Return one group if the groups are small together, else the first two and the last two joined."""
    if sum(sizes) <= _MOST_KEPT:
        return [sum(sizes)] if sizes else []
    if len(sizes) < 4 or max(sum(sizes[:2]), sum(sizes[-2:])) > _MOST_KEPT:
        return sizes
    return [sum(sizes[:2]), *sizes[2:-2], sum(sizes[-2:])]


def _below(rows: Sequence[Row], indent: int) -> list[Row]:
    return list(takewhile(lambda row: row.indent > indent and not row.heading, rows))


def _ends_at_heading(below: Sequence[Row], indent: int) -> bool:
    """Return whether all rows below a heading, up to the next heading of its level or the end, belong to it."""
    after = next((row for row in below if row.indent <= indent), None)
    return bool(below) and (after is None or after.heading)
