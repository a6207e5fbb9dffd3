"""Elements of WordprocessingML (ISO/IEC 29500-1) as text: what is written becomes XML here and nowhere else.

`Xml` is text that is markup already; every other text is escaped once, by `run` or as an attribute. Texts instead of a
tree of nodes: a long listing has 100,000 elements, and this is eight times as fast.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from crf2csr.report.inline import Run, pieces_of

NAMESPACES: Mapping[str, str] = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
}

#: Blank space that only aligns: as wide as a digit, and as half a digit (`inline.SPACE_UNIT`). Its runs have a style of
#: their own, so that who reads the document back knows that it is no text.
FIGURE_SPACE, PUNCTUATION_SPACE = "\u2007", "\u2008"
ALIGNMENT_STYLE = "AlignmentSpace"
#: English Metric Units and twentieths of a point, a point.
EMU, TWIPS = 12700, 20


class Xml(str):
    """Text that is XML."""

    __slots__ = ()


def element(name: str, /, *children: Xml | None, **values: str | int) -> Xml:
    """Return an element by its full name (`wp:inline`) with plain attributes; children that are None are left out."""
    attributes = "".join(f" {key.replace('__', ':')}={quoteattr(str(value))}" for key, value in values.items())
    content = "".join([child for child in children if child is not None])
    return Xml(f"<{name}{attributes}>{content}</{name}>" if content else f"<{name}{attributes}/>")


def w(tag: str, /, *children: Xml | None, **values: str | int) -> Xml:
    """Return an element of the main namespace with its attributes in it too, but for those named `r__id` and so on."""
    return element(f"w:{tag}", *children, **{k if "__" in k else f"w__{k}": value for k, value in values.items()})


def root(tag: str, *children: Xml) -> bytes:
    """Return a part of the package: one element of the main namespace that declares all namespaces."""
    declared = {f"xmlns__{prefix}": address for prefix, address in NAMESPACES.items()}
    return part(w(tag, *children, **declared))


def part(content: Xml) -> bytes:
    """Return the bytes of a part of the package."""
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{content}'.encode()


def twips(points: float) -> int:
    """Return points as twentieths of a point."""
    return round(points * TWIPS)


# Text


def run(text: str, style: str = "") -> Xml:
    """Return a run; its line feeds are line breaks. The text is printable: no character that XML forbids."""
    lines = "<w:br/>".join([_text(line) for line in text.split("\n")])
    return Xml(f"<w:r>{_RUN_STYLES[style]}{lines}</w:r>")


def _text(text: str) -> str:
    return f'<w:t xml:space="preserve">{escape(text)}</w:t>' if text else ""


#: Properties of a run by the style it may have.
_RUN_STYLES = {"": ""} | {s: w("rPr", w("rStyle", val=s)) for s in ("Hyperlink", "Strong", ALIGNMENT_STYLE)}


def runs(text: Run, style: str = "") -> Xml:
    """Return a run of the layout as runs of the document."""
    return Xml("".join([_space(p) if isinstance(p, int) else run(p, style) for p in pieces_of(text) if p != ""]))


def _space(units: int) -> Xml:
    """Return blank space; less than none cannot be printed and is none."""
    digits, halves = divmod(max(units, 0), 2)
    return run(FIGURE_SPACE * digits + PUNCTUATION_SPACE * halves, ALIGNMENT_STYLE)


def paragraph(style: str, *content: Xml, keep_next: bool = False, page_break: bool | None = None) -> Xml:
    """Return a paragraph of a style; `page_break` says against the style whether it starts a page."""
    breaks = "" if page_break is None else w("pageBreakBefore", val="1" if page_break else "0")
    keep = "<w:keepNext/>" if keep_next else ""
    return Xml(f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{keep}{breaks}</w:pPr>{"".join(content)}</w:p>')


def bookmarked(name: str, *content: Xml) -> Xml:
    """Return content inside a bookmark; its number is made from its name, so that no bookmark counts the others."""
    number = zlib.crc32(name.encode()) >> 1
    return Xml("".join([w("bookmarkStart", id=number, name=name), *content, w("bookmarkEnd", id=number)]))


def link(target: str, text: str) -> Xml:
    """Return a link to a bookmark of this document."""
    return w("hyperlink", run(text, "Hyperlink"), anchor=target, history="1")


def field(instruction: str, shown: str) -> Xml:
    """Return a field such as PAGE, with what stands there until it is computed."""
    start, end = field_ends(instruction)
    return Xml(start + (run(shown) if shown else "") + end)


def field_ends(instruction: str, update: bool = False) -> tuple[Xml, Xml]:
    """Return what stands before and behind the result of a field; `update` asks Word to compute it when it opens."""
    dirty = {"dirty": "true"} if update else {}
    begin, middle, end = (
        w("r", w("fldChar", fldCharType=kind, **(dirty if kind == "begin" else {})))
        for kind in ("begin", "separate", "end")
    )
    code = Xml(f'<w:r><w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText></w:r>')
    return Xml(begin + code + middle), end


def picture(relationship: str, number: int, alt: str, size: tuple[float, float]) -> Xml:
    """Return a run with a drawing in the line; `alt` is the sentence that replaces it, `size` in points."""
    extent = {"cx": round(size[0] * EMU), "cy": round(size[1] * EMU)}
    fill = element(
        "pic:blipFill", element("a:blip", r__embed=relationship), element("a:stretch", element("a:fillRect"))
    )
    frame = element("a:xfrm", element("a:off", x=0, y=0), element("a:ext", **extent))
    shape = element("pic:spPr", frame, element("a:prstGeom", element("a:avLst"), prst="rect"))
    names: dict[str, str | int] = {"id": number, "name": f"Figure {number}", "descr": alt}
    about = element("pic:nvPicPr", element("pic:cNvPr", **names), element("pic:cNvPicPr"))
    data = element("a:graphicData", element("pic:pic", about, fill, shape), uri=NAMESPACES["pic"])
    inline = element(
        "wp:inline", element("wp:extent", **extent), element("wp:docPr", **names), element("wp:cNvGraphicFramePr"),
        element("a:graphic", data), distT=0, distB=0, distL=0, distR=0,
    )  # fmt: skip
    return w("r", w("drawing", inline))
