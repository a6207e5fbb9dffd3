"""The styles of the Word document: every paragraph, run and table has one, so that a house style can replace them."""

from __future__ import annotations

from typing import NamedTuple

from crf2csr.report.columns import BODY_WIDTH
from crf2csr.report.docx_tables import DEEPEST
from crf2csr.report.docx_xml import ALIGNMENT_STYLE, Xml, twips, w

FONT = "Arial"  # of the same widths as the font of the PDF
_LINK_COLOR = "0B3D91"
_RIGHT = twips(BODY_WIDTH)


class _Style(NamedTuple):
    """A paragraph style: sizes and spaces in points; `level` is that of a heading, from 0."""

    id: str
    name: str
    size: float = 9.0
    bold: bool = False
    align: str = "left"
    above: float = 0.0
    below: float = 0.0
    indent: float = 0.0
    hanging: float = 0.0
    keep_next: bool = False
    page_break: bool = False
    level: int = -1
    tabs: tuple[tuple[str, int], ...] = ()


_RUNNING_TABS = (("center", _RIGHT // 2), ("right", _RIGHT))
_LEADER = (("rightdot", _RIGHT),)
#: A label that goes on in a second line, and each level of labels, are indented by so much; points.
_INDENT = 9.0

_STYLES = (
    _Style("Heading1", "heading 1", 13, True, below=10, keep_next=True, page_break=True, level=0),
    _Style("Heading2", "heading 2", 10, True, "center", below=3, keep_next=True, page_break=True, level=1),
    _Style("Heading3", "heading 3", 10.5, True, above=12, below=6, keep_next=True, level=2),
    _Style("Title", "Title", 20, True, "center", above=10, below=10),
    _Style("CoverLine", "Cover line", 12, align="center", above=14, below=14),
    _Style("CoverFact", "Cover fact", 10.5, above=3, below=3),
    _Style("WarningTitle", "Cover warning title", 13, True, "center", above=16, below=4, keep_next=True),
    _Style("Warning", "Cover warning", 10, align="center", below=10),
    _Style("ContentsTitle", "Contents title", 13, True, below=8, keep_next=True, page_break=True),
    _Style("TOC1", "toc 1", 10, True, above=7, below=2, tabs=_LEADER),
    _Style("TOC2", "toc 2", 9, indent=24, hanging=12, below=1.5, tabs=_LEADER),
    _Style("Header", "header", tabs=_RUNNING_TABS),
    _Style("Footer", "footer", tabs=_RUNNING_TABS),
    _Style("SectionText", "Section text", 10, below=8, keep_next=True),
    _Style("DisplaySet", "Display set", 10, align="center", below=3, keep_next=True),
    _Style("DisplaySetNext", "Display set on a new page", 10, align="center", below=3, keep_next=True, page_break=True),
    _Style("DisplayFigure", "Display figure", align="center", above=4, below=4, keep_next=True),
    _Style("DisplayNote", "Display note", hanging=11, below=2),
    _Style("DisplayNoteFirst", "Display note, first", above=6, hanging=11, below=2),
    _Style("TableText", "Table text"),
    _Style("TableCenter", "Table text, centered", align="center"),
    _Style("TableRight", "Table text, right", align="right"),
    _Style("TableHead", "Table head", bold=True),
    _Style("TableHeadCenter", "Table head, centered", bold=True, align="center"),
    _Style("TableHeadRight", "Table head, right", bold=True, align="right"),
    *(
        _Style(f"TableStub{i}", f"Table stub {i}", indent=(i + 1) * _INDENT, hanging=_INDENT)
        for i in range(DEEPEST + 1)
    ),
)


def styles() -> list[Xml]:
    """Return the styles of the document."""
    fonts = w("rFonts", ascii=FONT, hAnsi=FONT, cs=FONT, eastAsia=FONT)
    text = w("rPr", fonts, w("sz", val=18), w("szCs", val=18), w("lang", val="en-US", eastAsia="en-US", bidi="ar-SA"))
    single = w("pPr", w("spacing", after=0, line=240, lineRule="auto"))
    defaults = w("docDefaults", w("rPrDefault", text), w("pPrDefault", single))
    normal = w("style", w("name", val="Normal"), w("qFormat"), type="paragraph", default=1, styleId="Normal")
    return [defaults, normal, *map(_paragraph, _STYLES), *_characters(), *_tables()]


def _paragraph(style: _Style) -> Xml:
    kinds = {"rightdot": {"val": "right", "leader": "dot"}}
    tabs = [w("tab", pos=position, **kinds.get(kind, {"val": kind})) for kind, position in style.tabs]
    properties = w(
        "pPr", w("keepNext") if style.keep_next else None, w("keepLines") if style.level >= 0 else None,
        w("pageBreakBefore") if style.page_break else None, w("tabs", *tabs) if tabs else None,
        w("spacing", before=twips(style.above), after=twips(style.below)),
        w("ind", left=twips(style.indent or style.hanging), hanging=twips(style.hanging)) if style.hanging else None,
        w("jc", val=style.align), w("outlineLvl", val=style.level) if style.level >= 0 else None,
    )  # fmt: skip
    size = round(style.size * 2)
    look = w("rPr", w("b") if style.bold else None, w("sz", val=size), w("szCs", val=size))
    return w(
        "style", w("name", val=style.name), w("basedOn", val="Normal"), w("qFormat"), properties, look,
        type="paragraph", styleId=style.id,
    )  # fmt: skip


def _characters() -> list[Xml]:
    looks = {
        ("Hyperlink", "Hyperlink"): [w("color", val=_LINK_COLOR)],
        ("Strong", "Strong"): [w("b")],
        (ALIGNMENT_STYLE, "Alignment space"): [w("noProof")],
    }
    return [
        w("style", w("name", val=name), w("rPr", *look), type="character", styleId=id_)
        for (id_, name), look in looks.items()
    ]


def _tables() -> list[Xml]:
    margins = w(
        "tblCellMar", w("top", w=twips(2.4), type="dxa"), w("left", w=twips(4), type="dxa"),
        w("bottom", w=twips(2.4), type="dxa"), w("right", w=twips(4), type="dxa"),
    )  # fmt: skip
    lines = [w(side, val="single", sz=6, space=0, color="000000") for side in ("top", "bottom")]
    ruled = w("tblPr", w("tblBorders", *lines), margins)
    return [
        w("style", w("name", val="Normal Table"), w("tblPr"), type="table", default=1, styleId="TableNormal"),
        w("style", w("name", val="Display table"), w("basedOn", val="TableNormal"), w("qFormat"), ruled,
          type="table", styleId="DisplayTable"),
    ]  # fmt: skip
