"""Displays as the template receives them: title, sheets and footer lines as runs of text; nothing here knows typst."""

from __future__ import annotations

import re

from crf2csr.display.model import Display, Figure, Listing, Table, digest
from crf2csr.report.appendix import DEMONSTRATION, Stamp
from crf2csr.report.columns import Payload, Style, empty_sentence
from crf2csr.report.inline import Run
from crf2csr.report.listings import listing_sheet
from crf2csr.report.tables import table_sheets

#: Characters of the cell digest that are printed: 64 bits, enough to tell two documents apart, short enough for a line.
DIGEST_SHOWN = 16

_REFERENCE = re.compile(r"\b(Table|Figure|Listing) (\d+(?:\.\d+)+(?:-S\d+)?)\b")


def display_payload(display: Display, stamp: Stamp, style: Style) -> Payload:
    """Return a display with its sheets, title and footer lines; the references in `linked` lines are live."""
    lines = footer_lines(display)
    return {
        "id": display.id,
        "name": name(display),
        "title": style.wide(display.title),
        "plain": [style.wide(line) for line in lines],
        "linked": [_linked(line, style) for line in lines],
        "stamp": [style.wide(line) for line in stamp_lines(display, stamp)],
        "demonstration": DEMONSTRATION if stamp.demonstration else "",
        "sheets": _sheets(display, style),
    }


def name(display: Display) -> str:
    """Return what a display is called in a text: its kind and number."""
    return f"{display.kind.capitalize()} {display.number}"


def footer_lines(display: Display) -> list[str]:
    """Return the lines below a display: notes, abbreviations, legend, assumptions, source; blank ones are left out."""
    footer = display.footer
    source = _labeled("Source", footer.source)
    lines = (*footer.notes, footer.abbreviations, footer.legend, footer.assumptions, source)
    return [line for line in lines if line]


def stamp_lines(display: Display, stamp: Stamp) -> list[str]:
    """Return the last lines below a display: what made it and from what, then the digest of its cells."""
    items = (
        _labeled("Program", display.footer.program),
        f"Output: {display.id}",
        f"Data cutoff: {stamp.cutoff}",
        f"Snapshot: {stamp.snapshot}",
        f"Status: {stamp.status}",
    )
    return ["   ".join(item for item in items if item), f"Cells sha256: {digest(display)[:DIGEST_SHOWN]}"]


def _labeled(label: str, text: str) -> str:
    return text if not text or text.startswith(f"{label}:") else f"{label}: {text}"


def _linked(line: str, style: Style) -> list[Run | Payload]:
    """Return a footer line in pieces, with references to displays of this document as links."""
    pieces: list[Run | Payload] = []
    end = 0
    for match in _REFERENCE.finditer(line):
        if match[0] in style.ids:
            pieces += [style.wide(line[end : match.start()]), {"to": style.ids[match[0]], "text": match[0]}]
            end = match.end()
    return [*pieces, style.wide(line[end:])]


def _sheets(display: Display, style: Style) -> list[Payload]:
    if isinstance(display, Table):
        return table_sheets(display, style)
    if isinstance(display, Listing):
        return [listing_sheet(display, style)]
    return [_figure_sheet(display, style)]


def _figure_sheet(figure: Figure, style: Style) -> Payload:
    return {
        "kind": "figure",
        "lines": [style.wide(figure.population)] if figure.population else [],
        "alt": style.plain(figure.alt),
        "empty": style.wide(empty_sentence(figure.empty, ["drawing"])),
    }
