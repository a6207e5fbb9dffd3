"""Columns of a page in points: how wide they are, and their heads and cells as runs that fit them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from crf2csr.display.model import NO_DATA, NO_ESTIMATE, Column, column_head
from crf2csr.report.alignment import align_column
from crf2csr.report.inline import Run, Type, lines_needed, parts_of_word, printable, run

#: Landscape US Letter less margins of half an inch; fits A4 too. Points.
BODY_WIDTH = 720.0
#: Blank space on each side of a cell, points; the template sets the same.
CELL_SPACE = 4.0
#: A row of more lines may break across pages, since it could be taller than a page.
MOST_LINES = 16
#: A word wider than this does not widen its column but is broken. Points.
_LONGEST_WORD = 95.0

Payload = dict[str, Any]


@dataclass(frozen=True)
class Style:
    """The type of cells, of column heads, and the ids of the displays by what they are called (`Listing 16.2.6.4`)."""

    cell: Type
    head: Type
    ids: Mapping[str, str]

    def plain(self, text: str) -> str:
        """Return a text for a place that has no column, such as a bookmark."""
        return printable(text, self.cell.known)

    def wide(self, text: str) -> Run:
        """Return a text as a run that fits the page."""
        return run(text, self.cell, BODY_WIDTH)


# Widths


def fitted_widths(shares: Sequence[float], least: Sequence[float], total: float = BODY_WIDTH) -> list[float]:
    """Return column widths in points that fill `total` by their shares, none below its least width.

    Where the least widths together do not fit, the shares alone decide and words are broken.
    """
    if sum(least) >= total:
        return [round(total * share / sum(shares), 2) for share in shares]
    held: set[int] = set()
    while True:
        free = [i for i in range(len(shares)) if i not in held]
        unit = (total - sum(least[i] for i in held)) / sum(shares[i] for i in free)
        short = {i for i in free if shares[i] * unit < least[i]}
        if not short:
            return [round(least[i] if i in held else share * unit, 2) for i, share in enumerate(shares)]
        held |= short


def least_width(head: str, texts: Iterable[str], style: Style) -> float:
    """Return the width in points at which no word of a column is broken, unless it is longer than words are."""
    parts = {part for text in texts for word in text.split() for part in parts_of_word(word)}
    words = max((style.cell.width(part) for part in parts), default=0.0)
    heads = max((style.head.width(word) for word in head.split()), default=0.0)
    return min(max(words, heads), _LONGEST_WORD) + 2 * CELL_SPACE + 1


def aligned_width(texts: Sequence[str], style: Style) -> float:
    """Return the width in points at which the numbers of a column stand under each other."""
    ems = [ems for line, ems in align_column(texts, style.cell.face) if isinstance(line, list)]
    return max(ems, default=0.0) * style.cell.size + 2 * CELL_SPACE + 1


def is_tall(texts: Sequence[str], widths: Sequence[float], style: Style) -> bool:
    """Return whether a row of these texts may need more than `MOST_LINES` lines."""
    pairs = zip(texts, widths, strict=True)
    return any(lines_needed(text, style.cell, width - 2 * CELL_SPACE) > MOST_LINES for text, width in pairs)


# Heads and cells


def cells(texts: Sequence[str], width: float, align: str, style: Style) -> list[Run | Payload]:
    """Return the cells of a column; numbers of a centered column stand under each other if it is wide enough."""
    room = width - 2 * CELL_SPACE
    broken = [run(text, style.cell, room) for text in texts]
    if align != "center" or aligned_width(texts, style) > width + 1:
        return list(broken)
    lines = align_column(texts, style.cell.face)
    return [
        {"aligned": line, "ems": ems} if isinstance(line, list) else broken[i] for i, (line, ems) in enumerate(lines)
    ]


def head(text: str, width: float, style: Style) -> Run:
    """Return the text above a column as a run."""
    return run(text, style.head, width - 2 * CELL_SPACE)


def heads(columns: Sequence[Column], widths: Sequence[float], style: Style) -> list[Run]:
    """Return the texts above columns, each with its `(N=n)`, as runs."""
    return [head(column_head(column), width, style) for column, width in zip(columns, widths, strict=True)]


def spanners(columns: Sequence[Column], widths: Sequence[float], style: Style) -> list[Payload]:
    """Return the row above the heads as cells with a text and the columns they span; empty if there is no spanner."""
    if not any(column.spanner for column in columns):
        return []
    groups = groupby(zip(columns, widths, strict=True), lambda pair: pair[0].spanner)
    members = [(text, [width for _, width in pairs]) for text, pairs in groups]
    return [{"text": head(text, sum(spanned), style), "span": len(spanned)} for text, spanned in members]


def empty_sentence(text: str, rows: Sequence[object]) -> str:
    """Return what stands in an empty sheet: the sentence of rule E0, then the criteria; blank if there are rows."""
    if text:
        return text if text.startswith((NO_DATA, NO_ESTIMATE)) else f"{NO_DATA} {text}"
    return "" if rows else NO_DATA
