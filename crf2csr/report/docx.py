"""The appendix as one Word document: native tables with repeated heads, headings, bookmarks, a contents field.

The document is built from the same payload as the PDF. Word breaks the pages, so that what depends on a page is left to
it: page numbers are fields, and notes stand once, below their display.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from crf2csr.errors import InputError
from crf2csr.report.appendix import Appendix, verify_appendix
from crf2csr.report.columns import BODY_WIDTH, Payload, Style
from crf2csr.report.document import TEXT_SIZE, document_payload, open_style
from crf2csr.report.docx_front import contents, cover, group_heading
from crf2csr.report.docx_package import displays_end, front_end, image_relation, package
from crf2csr.report.docx_tables import linked_runs, plain_table, sheet_table
from crf2csr.report.docx_xml import Xml, bookmarked, paragraph, picture, run, runs, w
from crf2csr.report.inline import Run, lines_needed, plain

_PNG = b"\x89PNG\r\n\x1a\n"
#: Height of a page between its margins, of the lines above a figure, and of a line of notes; points.
_PAGE_HEIGHT, _TITLE_HEIGHT, _LINE_HEIGHT = 504.0, 75.0, 12.5
_LEAST_FIGURE = 200.0


class _Image(NamedTuple):
    """A drawing: its number in the document, from 1, its content, and width by height in pixels."""

    number: int
    content: bytes
    pixels: tuple[int, int]


def build_appendix_docx(appendix: Appendix, drawings: Mapping[str, bytes], font_dir: Path) -> bytes:
    """Return the bytes of the appendix as a Word document; they depend on the arguments alone.

    `drawings` holds the drawing of each figure as PNG by its id. Raises InputError as `verify_appendix` does, when a
    drawing is no PNG, and when the font that gives the widths is missing.
    """
    verify_appendix(appendix, drawings)
    style = open_style(appendix, font_dir)
    payload = document_payload(appendix, style)
    shown = [display["id"] for display in payload["displays"] if display["id"] in drawings]
    images = {id_: _image(number, id_, drawings[id_]) for number, id_ in enumerate(shown, 1)}
    body = [
        *cover(payload["cover"]),
        *contents(payload["contents"]),
        *_sections(payload["front"]),
        front_end(),
        *_displays(payload, images, style),
        *([displays_end()] if payload["displays"] else []),
        *_sections(payload["back"]),
    ]
    return package(body, payload, appendix.stamp.cutoff, [image.content for image in images.values()])


def _image(number: int, display: str, content: bytes) -> _Image:
    """Return a drawing with its size, which stands in the first chunk of a PNG (ISO/IEC 15948, section 11.2.2)."""
    if not content.startswith(_PNG) or content[12:16] != b"IHDR":
        raise InputError(f"appendix, figure {display}: the drawing for Word is not a PNG; write it again")
    return _Image(number, content, (int.from_bytes(content[16:20]), int.from_bytes(content[20:24])))


# Displays


def _displays(payload: Payload, images: Mapping[str, _Image], style: Style) -> list[Xml]:
    """Return the displays in the order of the contents, each kind below its heading."""
    by_id = {display["id"]: display for display in payload["displays"]}
    blocks: list[Xml] = []
    for group in payload["contents"]:
        ids = [entry["id"] for entry in group["entries"] if entry["id"] in by_id]
        for place, id_ in enumerate(ids):
            blocks += [group_heading(group)] if place == 0 else []
            blocks += _display(by_id[id_], images.get(id_), style, first=place == 0)
    return blocks


def _display(display: Payload, image: _Image | None, style: Style, first: bool) -> list[Xml]:
    """Return heading, sheets and notes; the heading starts a page unless that of its kind stands above it."""
    title = run(f"{display['name']} {plain(display['title'])}")
    blocks = [paragraph("Heading2", bookmarked(display["id"], title), page_break=False if first else None)]
    for number, sheet in enumerate(display["sheets"]):
        blocks += _sheet(sheet, number, display, image, style)
    notes = [linked_runs(line) for line in (*display["linked"], *display["stamp"])]
    notes[-1] = Xml(notes[-1] + (run(f"   {display['demonstration']}", "Strong") if display["demonstration"] else ""))
    return [*blocks, *(paragraph("DisplayNote" if n else "DisplayNoteFirst", note) for n, note in enumerate(notes))]


def _sheet(sheet: Payload, number: int, display: Payload, image: _Image | None, style: Style) -> list[Xml]:
    """Return the lines above a sheet, then its table or drawing; a second sheet starts a page."""
    lines = sheet["lines"] or ([""] if number else [])
    above = [
        paragraph("DisplaySetNext" if number and place == 0 else "DisplaySet", runs(line))
        for place, line in enumerate(lines)
    ]
    if sheet["kind"] != "figure":
        caption = ", ".join([display["name"], *map(plain, sheet["lines"])])
        return [*above, sheet_table(sheet, caption, TEXT_SIZE)]
    if sheet["empty"] or image is None:
        return [*above, paragraph("DisplayFigure", runs(sheet["empty"]))]
    drawing = picture(image_relation(image.number), image.number, plain(sheet["alt"]), _size(image, display, style))
    return [*above, paragraph("DisplayFigure", drawing)]


def _size(image: _Image, display: Payload, style: Style) -> tuple[float, float]:
    """Return width and height in points at which a drawing fits its page above the notes."""
    notes = [_text(line) for line in (*display["linked"], *display["stamp"])]
    lines = sum(lines_needed(note, style.cell, BODY_WIDTH) for note in notes)
    height = max(_PAGE_HEIGHT - _TITLE_HEIGHT - lines * _LINE_HEIGHT, _LEAST_FIGURE)
    scale = min(BODY_WIDTH / image.pixels[0], height / image.pixels[1])
    return image.pixels[0] * scale, image.pixels[1] * scale


def _text(line: Run | list[Run | Payload]) -> str:
    """Return the text of a line, which may be in pieces with links."""
    if isinstance(line, str):
        return line
    return "".join(str(p["text"]) if isinstance(p, dict) and "to" in p else plain([p]) for p in line)  # type: ignore[list-item]


# Sections


def _sections(sections: Sequence[Payload]) -> list[Xml]:
    return [block for section in sections for block in _section(section)]


def _section(section: Payload) -> list[Xml]:
    blocks = [paragraph("Heading1", bookmarked(section["id"], run(section["title"])))]
    title = section["title"]
    for block in section["blocks"]:
        if block["kind"] == "table":
            blocks += [plain_table(block, title), w("p", w("pPr", w("pStyle", val="DisplayNote")))]
            continue
        title = plain(block["text"]) if block["kind"] == "subheading" else title
        style = "Heading3" if block["kind"] == "subheading" else "SectionText"
        blocks.append(paragraph(style, runs(block["text"])))
    return blocks
