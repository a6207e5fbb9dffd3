"""The pages before the displays in Word: title page and contents."""

from __future__ import annotations

from collections.abc import Sequence

from crf2csr.report.columns import Payload
from crf2csr.report.document import DOCUMENT, SECTIONS, TITLE
from crf2csr.report.docx_tables import fact_table
from crf2csr.report.docx_xml import Xml, bookmarked, field_ends, link, paragraph, run, runs

#: Headings of the first two levels, as links, without page numbers in a web view.
_CONTENTS_FIELD = r'TOC \o "1-2" \h \z'


def cover(payload: Payload) -> list[Xml]:
    """Return the title page."""
    warning = payload["warning"]
    return [
        paragraph("CoverLine", runs(payload["sponsor"])),
        paragraph("CoverLine", run(DOCUMENT)),
        paragraph("Title", run(TITLE)),
        paragraph("CoverLine", run(SECTIONS)),
        paragraph("CoverLine", runs(payload["study"])),
        fact_table(payload["identity"]),
        *(
            [paragraph("WarningTitle", run(warning[0].upper())), paragraph("Warning", run(warning[1]))]
            if warning
            else []
        ),
    ]


def group_heading(group: Payload) -> Xml:
    """Return the heading above the first display of a kind."""
    return paragraph("Heading1", bookmarked(group_id(group), run(group["title"])))


def group_id(group: Payload) -> str:
    """Return the bookmark of a group of displays: `tables`, `figures`, `listings`."""
    return str(group["title"]).lower().replace(" ", "-")


def contents(groups: Sequence[Payload]) -> list[Xml]:
    """Return the contents: a field over the headings, filled with links, to which Word adds the pages when it updates.

    The lines inside are those that the field finds itself: headings of sections and kinds, then titles of displays.
    """
    start, end = field_ends(_CONTENTS_FIELD, update=True)
    lines = [line for group in groups for line in _lines(group)]
    last = len(lines) - 1
    entries = [
        paragraph(style, *([start] if place == 0 else []), link(target, text), *([end] if place == last else []))
        for place, (style, target, text) in enumerate(lines)
    ]
    return [paragraph("ContentsTitle", run("Contents")), *entries]


def _lines(group: Payload) -> list[tuple[str, str, str]]:
    """Return the lines of a group as style, bookmark and text."""
    displays = [entry for entry in group["entries"] if entry["number"]]
    if not displays:
        return [("TOC1", entry["id"], entry["title"]) for entry in group["entries"]]
    titles = [("TOC2", entry["id"], f"{entry['number']} {entry['title']}") for entry in displays]
    return [("TOC1", group_id(group), group["title"]), *titles]
