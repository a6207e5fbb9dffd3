"""Read a Word appendix back: the texts of its displays, to be compared with the models that it was written from."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree

from crf2csr.display.model import NO_DATA, Display, Figure, Table, cell_texts, digest
from crf2csr.report.docx_xml import ALIGNMENT_STYLE, NAMESPACES
from crf2csr.report.inline import printable
from crf2csr.report.layout import DIGEST_SHOWN
from crf2csr.report.tables import MOST_COLUMNS

_W = f"{{{NAMESPACES['w']}}}"
Grid = list[list[str]]


@dataclass
class Shown:
    """What a document shows under the bookmark of a display: tables as heads and rows, lines of text beside them."""

    heads: list[list[str]] = field(default_factory=list)
    bodies: list[Grid] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)


def verify_docx(content: bytes, displays: Iterable[Display]) -> list[str]:
    """Return where a document differs from its models, cell by cell and digest by digest; empty if it does nowhere."""
    shown = read_docx(content)
    return [line for display in displays for line in differences(display, shown.get(display.id))]


def read_docx(content: bytes) -> dict[str, Shown]:
    """Return what stands below the bookmark of each display, by its id."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        body = ElementTree.fromstring(archive.read("word/document.xml"))[0]
    found: dict[str, Shown] = {}
    current = Shown()
    for block in body:
        style = block.find(f"{_W}pPr/{_W}pStyle")
        if style is not None and style.get(f"{_W}val", "").startswith("Heading"):
            current = Shown()
            found |= {mark.get(f"{_W}name", ""): current for mark in block.iter(f"{_W}bookmarkStart")}
        _add(block, current)
    return found


def _add(block: ElementTree.Element, shown: Shown) -> None:
    if block.tag == f"{_W}tbl":
        rows = list(block.iter(f"{_W}tr"))
        is_head = [row.find(f"{_W}trPr/{_W}tblHeader") is not None for row in rows]
        heads = [row for row, head in zip(rows, is_head, strict=True) if head]
        shown.heads.append(_cells(heads[-1]) if heads else [])
        shown.bodies.append([_cells(row) for row, head in zip(rows, is_head, strict=True) if not head])
    elif block.tag == f"{_W}p":
        shown.lines.append(text_of(block))
        shown.pictures += [about.get("descr", "") for about in block.iter(f"{{{NAMESPACES['wp']}}}docPr")]


def _cells(row: ElementTree.Element) -> list[str]:
    return [text_of(cell) for cell in row.iter(f"{_W}tc")]


def text_of(element: ElementTree.Element) -> str:
    """Return the text of a paragraph or cell: line breaks as line feeds, without blank space that only aligns."""
    return "".join(_run_text(run) for run in element.iter(f"{_W}r"))


def _run_text(run: ElementTree.Element) -> str:
    style = run.find(f"{_W}rPr/{_W}rStyle")
    if style is not None and style.get(f"{_W}val") == ALIGNMENT_STYLE:
        return ""
    return "".join("\n" if part.tag == f"{_W}br" else part.text or "" for part in run if part.tag in _TEXTS)


_TEXTS = (f"{_W}t", f"{_W}br")


# Comparison


def differences(display: Display, shown: Shown | None) -> Iterator[str]:
    """Yield where what a document shows of a display is not its model."""
    if shown is None:
        yield f"{display.id}: not in the document"
        return
    printed = re.search(r"Cells sha256: (\w+)", "\n".join(shown.lines))
    if not printed or printed[1] != digest(display)[:DIGEST_SHOWN]:
        yield f"{display.id}: the digest below it is {printed[1] if printed else 'missing'}, not that of its cells"
    if isinstance(display, Figure):
        if not display.empty and shown.pictures != [printable(display.alt)]:
            yield f"{display.id}: alternative text {shown.pictures}, not {display.alt!r}"
        return
    expected = [[printable(text) for text in line] for line in cell_texts(display)]
    for number, (have, want) in enumerate(_paired(read_texts(display, shown), expected)):
        if have != want and not (have and want and _is_sentence(have, want)):
            yield f"{display.id}, line {number}: the document has {have}, the model {want}"


def _is_sentence(have: list[str], want: list[str]) -> bool:
    """Return whether a line is the sentence of an empty display, which is printed before the criteria alone."""
    return len(have) == len(want) == 1 and have[0] == f"{NO_DATA} {want[0]}"


def _paired(have: Grid, want: Grid) -> Iterator[tuple[list[str] | None, list[str] | None]]:
    for i in range(max(len(have), len(want))):
        yield (have[i] if i < len(have) else None), (want[i] if i < len(want) else None)


def read_texts(display: Display, shown: Shown) -> Grid:
    """Return the texts of a table or listing as `cell_texts` has them, from what a document shows.

    A part is read from its first sheet and the columns of those that follow it; its title, a line above the table, is
    the model's where the document has that line.
    """
    if not isinstance(display, Table):
        return [shown.heads[0], *shown.bodies[0]]
    texts: Grid = []
    sheets = iter(zip(shown.heads, shown.bodies, strict=True))
    for part in display.parts:
        count = max(1, -(-len(part.columns) // MOST_COLUMNS))
        head, body = _joined([sheet for _, sheet in zip(range(count), sheets, strict=False)])
        title = printable(part.title)
        above = title if any(line == title or line.startswith(f"{title} (") for line in shown.lines) else ""
        texts += [[above, *head[1:]], *body]
    return texts


def _joined(sheets: Sequence[tuple[list[str], Grid]]) -> tuple[list[str], Grid]:
    """Return the sheets of one part side by side, the stub once; the sentence of an empty part once too."""
    head, body = list(sheets[0][0]), [list(row) for row in sheets[0][1]]
    for more_head, more_body in sheets[1:]:
        head += more_head[1:]
        for row, more in zip(body, more_body, strict=True):
            row += more[1:]
    return head, body
