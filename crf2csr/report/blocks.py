"""Paragraphs, subheadings and plain tables of the sections around the displays, as the template receives them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from crf2csr.report.columns import BODY_WIDTH, CELL_SPACE, Payload, Style, fitted_widths, head, is_tall, least_width
from crf2csr.report.inline import run

#: Blank space to the right of a column of counts, beyond that of other cells; points.
COUNT_SPACE = 14.0

_COUNT = re.compile(r"[0-9][0-9,]*|–")


def section(identifier: str, title: str, blocks: Sequence[Payload]) -> Payload:
    """Return a section of the document: it starts on a page of its own and is in the contents."""
    return {"id": identifier, "title": title, "blocks": list(blocks)}


def paragraph(text: str, style: Style) -> Payload:
    """Return a paragraph."""
    return {"kind": "paragraph", "text": style.wide(text)}


def subheading(text: str, style: Style) -> Payload:
    """Return a heading inside a section; it stays with what follows."""
    return {"kind": "subheading", "text": style.wide(text)}


def plain_table(
    shares: Sequence[float], heads: Sequence[str], rows: Iterable[Sequence[str]], style: Style, part: float = 1.0
) -> Payload:
    r"""Return a table over `part` of the page width, columns by shares; a line feed in a cell is shown as `\x0A`."""
    texts = [[text.replace("\n", "\\x0A") for text in row] for row in rows]
    columns = [[row[i] for row in texts] for i in range(len(heads))]
    aligns = [_align(column) for column in columns]
    least = [least_width(title, column, style) for title, column in zip(heads, columns, strict=True)]
    least = [width + (COUNT_SPACE if align == "right" else 0) for width, align in zip(least, aligns, strict=True)]
    widths = fitted_widths(shares, least, BODY_WIDTH * part)
    return {
        "kind": "table",
        "widths": widths,
        "aligns": aligns,
        "heads": [head(title, width, style) for title, width in zip(heads, widths, strict=True)],
        "rows": [_row(row, widths, style) for row in texts],
    }


def _align(texts: Sequence[str]) -> str:
    """Return how a column stands: counts to the right, so that their digits stand under each other."""
    return "right" if texts and all(_COUNT.fullmatch(text) for text in texts) else "left"


def _row(row: Sequence[str], widths: Sequence[float], style: Style) -> Payload:
    runs = [run(text, style.cell, width - 2 * CELL_SPACE) for text, width in zip(row, widths, strict=True)]
    return {"cells": runs, "tall": is_tall(row, widths, style)}
