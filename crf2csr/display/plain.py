"""A display as aligned text: the golden form of the tests, in which a statistician can read what changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from crf2csr.display.model import Display, Figure, Footer, Listing, Part, Table

_FIGURE_SPACE = "\u2007"
_CODE_HASH = re.compile(r" \(code [0-9a-f]+\)")
_GAP = "  "

Grid = list[list[str]]


def plain_text(display: Display) -> str:
    """Return title block, rows and footer of a display as aligned text with a final line end.

    Stub labels are indented by two spaces a level; a figure space is a blank; a line break within a cell makes a second
    line. The code hash of the program is left out, so that the text changes when the page does and not when a comment
    in the code does.
    """
    head = [f"{display.kind.capitalize()} {display.number}", display.title, display.population]
    lines = [*head, "", *_body(display), *_footer(display.footer)]
    return "".join(f"{line.replace(_FIGURE_SPACE, ' ').rstrip()}\n" for line in lines)


def _body(display: Display) -> list[str]:
    if isinstance(display, Table):
        return [line for part in display.parts for line in _part(display, part)]
    if isinstance(display, Figure):
        drawing = [f"Alternative text: {display.alt}", ""]
        return [*drawing, *_block([list(display.header)], display.empty, [list(row) for row in display.rows])]
    return _listing(display)


def _listing(listing: Listing) -> list[str]:
    head = [[column.label for column in listing.columns]]
    return _block(head, listing.empty, [list(row) for row in listing.rows])


def _part(table: Table, part: Part) -> list[str]:
    spanners = ["", *(column.spanner for column in part.columns)]
    labels = [table.stub, *(column.label for column in part.columns)]
    counts = ["", *("" if column.n is None else f"(N={column.n})" for column in part.columns)]
    heads = [labels, *([counts] if any(counts) else [])]
    rows = [["  " * row.indent + row.label, *(cell.text for cell in row.cells)] for row in part.rows]
    title = [f"[{part.title}]"] if part.title and len(table.parts) > 1 else []
    return [*title, *_block(heads, part.empty, rows, _once(spanners))]


def _once(texts: Sequence[str]) -> list[str]:
    """Return the texts with a spanner over its first column only."""
    return [text if not k or text != texts[k - 1] else "" for k, text in enumerate(texts)]


def _block(heads: Grid, empty: str, rows: Grid, spanners: Sequence[str] = ()) -> list[str]:
    heads, rows = (_split_lines(grid) for grid in (heads, rows))
    # A spanner reaches over the columns to its right: it does not widen its own.
    widths = [max(len(text) for text in column) for column in zip(*heads, *rows, strict=True)]
    rule = "-" * len(_GAP.join("-" * width for width in widths))
    above = [list(spanners)] if any(spanners) else []
    body = [empty] if empty else [_line(row, widths) for row in rows]
    return [*(_line(head, widths) for head in [*above, *heads]), rule, *body, rule, ""]


def _line(texts: Sequence[str], widths: Sequence[int]) -> str:
    """Return one line; an empty cell leaves its room to the text before it."""
    line = ""
    for text, start in zip(texts, _starts(widths), strict=True):
        room = line.ljust(start) if len(line) < start or not line else line + _GAP
        line = room + text if text else line
    return line


def _starts(widths: Sequence[int]) -> list[int]:
    return [sum(widths[:k]) + len(_GAP) * k for k in range(len(widths))]


def _split_lines(grid: Grid) -> Grid:
    """Return the grid with each row that holds line breaks as several rows."""
    result: Grid = []
    for row in grid:
        pieces = [text.split("\n") for text in row]
        height = max(map(len, pieces), default=0)
        result += [[piece[k] if k < len(piece) else "" for piece in pieces] for k in range(height)]
    return result


def _footer(footer: Footer) -> Iterable[str]:
    lines = (*footer.notes, footer.abbreviations, footer.legend, footer.assumptions)
    yield from (line for line in lines if line)
    named = {"Source": footer.source, "Program": _CODE_HASH.sub("", footer.program)}
    yield from (f"{name}: {text}" for name, text in named.items() if text)
