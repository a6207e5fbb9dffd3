"""The whole document as every renderer receives it: cover, contents, sections and displays as runs of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from crf2csr.display.model import Display
from crf2csr.report.appendix import DEMONSTRATION, Appendix
from crf2csr.report.columns import Payload, Style
from crf2csr.report.fonts import load_faces
from crf2csr.report.inline import Type
from crf2csr.report.layout import display_payload, name
from crf2csr.report.sections import BACK_SECTIONS, assumptions_section, cover

TITLE = "Tables, figures and listings"
#: What stands above the title on the cover, and below it.
DOCUMENT, SECTIONS = "Clinical study report appendix", "ICH E3 sections 14 and 16.2"
#: Points; nothing on a page is smaller.
TEXT_SIZE = 9.0

#: The title of the first group where listings of section 14 stand among the tables.
TABLES_AND_LISTINGS = "Tables, and the listings of section 14"
_KINDS = (("Tables", "table"), ("Figures", "figure"), ("Listings", "listing"))


def document_payload(appendix: Appendix, style: Style) -> Payload:
    """Return all that a document prints but the drawings."""
    stamp = appendix.stamp
    front, back = [assumptions_section(appendix, style)], [section(appendix, style) for section in BACK_SECTIONS]
    return {
        "title": style.plain(f"{stamp.study_line}: {TITLE}"),
        "author": style.plain(stamp.sponsor) or "crf2csr",
        "study": style.plain(f"Study {stamp.study_line}"),
        "running": style.plain(f"Data cutoff: {stamp.cutoff}   Snapshot: {stamp.snapshot}   Status: {stamp.status}"),
        "demonstration": DEMONSTRATION if stamp.demonstration else "",
        "cover": cover(stamp, style),
        "contents": _contents(appendix, front, back, style),
        "front": front,
        "displays": [display_payload(d, stamp, style) | {"group": _heading(d)} for d in appendix.displays],
        "back": back,
    }


def document_style(appendix: Appendix, font_dir: Path) -> Style:
    """Return the type of a document that brings its font: characters that the font lacks are shown by their codes.

    Raises InputError when a font file is missing or another (F-410).
    """
    faces = load_faces(font_dir)
    known = faces["regular"].widths.keys() & faces["bold"].widths.keys()
    ids = {name(display): display.id for display in appendix.displays}
    return Style(Type(faces["regular"], TEXT_SIZE, known), Type(faces["bold"], TEXT_SIZE, known), ids)


def open_style(appendix: Appendix, font_dir: Path) -> Style:
    """Return the same type for a document whose reader has the fonts: every visible character stays as it is."""
    style = document_style(appendix, font_dir)
    return replace(style, cell=replace(style.cell, known=None), head=replace(style.head, known=None))


def _contents(appendix: Appendix, front: Sequence[Payload], back: Sequence[Payload], style: Style) -> list[Payload]:
    """Return the groups of the table of contents, which are the bookmarks too: displays by kind amid the sections."""
    groups: list[tuple[str, str, list[dict[str, Any]]]] = [("", "Front", [_of_section(s) for s in front])]
    for title, kind in _KINDS:
        of_kind = [display for display in appendix.displays if _group(display) == kind]
        entries = [_entry(d.id, name(d), style.plain(d.title), style.plain(d.population)) for d in of_kind]
        with_listings = kind == "table" and any(display.kind == "listing" for display in of_kind)
        groups.append((TABLES_AND_LISTINGS if with_listings else title, title, entries))
    groups.append(("Data and provenance", "Back", [_of_section(s) for s in back]))
    return [{"title": t, "supplement": s, "entries": entries} for t, s, entries in groups if entries]


def _group(display: Display) -> str:
    """Return the kind that a display stands among: listings of section 14 are among the tables, as the plan orders
    them (ICH E3 sections 14.3.2 to 14.3.4)."""
    return "table" if display.kind == "listing" and display.number.startswith("14.") else display.kind


def _heading(display: Display) -> str:
    """Return the group of the contents that a display is in."""
    return next(title for title, kind in _KINDS if kind == _group(display))


def _of_section(section: Payload) -> dict[str, str]:
    return _entry(section["id"], "", section["title"])


def _entry(target: str, number: str, title: str, population: str = "") -> dict[str, str]:
    return {"id": target, "number": number, "title": title, "population": population}
