"""Sheets of displays and tables of sections as native Word tables: repeated heads, no row split across pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crf2csr.report.blocks import COUNT_SPACE
from crf2csr.report.columns import CELL_SPACE, Payload
from crf2csr.report.docx_xml import Xml, link, paragraph, runs, twips, w
from crf2csr.report.inline import Run

#: The deepest level of a row label that has a style of its own.
DEEPEST = 5
#: Space above a row that starts a block, and around the sentence of an empty display; points.
_GAP, _EMPTY_GAP = 5.0, 16.0
#: What and which on the title page, points.
_FACT_WIDTHS = (160.0, 300.0)
_STYLES = {"left": "TableText", "center": "TableCenter", "right": "TableRight"}


def sheet_table(sheet: Payload, caption: str, size: float) -> Xml:
    """Return a sheet of a table or listing; `caption` names it to a screen reader, `size` is that of the type."""
    rows = [_body_row(row, sheet, size) for row in sheet["rows"]]
    empty = [_empty_row(sheet)] if sheet["empty"] else []
    return _table(sheet["widths"], [*_head_rows(sheet), *empty, *rows], caption)


def plain_table(block: Payload, caption: str) -> Xml:
    """Return a table of a section: one row of heads, cells as texts or links."""
    columns = list(zip(block["widths"], block["aligns"], strict=True))
    heads = [_plain_cell(_head, text, *column) for text, column in zip(block["heads"], columns, strict=True)]
    rows = [
        _row([_plain_cell(_linked, text, *c) for text, c in zip(row["cells"], columns, strict=True)], tall=row["tall"])
        for row in block["rows"]
    ]
    return _table(block["widths"], [_row(heads, head=True), *rows], caption)


def _plain_cell(content: Callable[[object, str], Xml], text: object, width: float, side: str) -> Xml:
    """Return a cell of a section; a count keeps away from what follows it."""
    head = content is _head
    after = COUNT_SPACE if side == "right" else 0.0
    return _cell(width, content(text, side), "bottom" if head else "top", line=head, after=after)


def fact_table(facts: Sequence[Sequence[Run]]) -> Xml:
    """Return the lines of the title page as a table in the middle of it: what, which."""
    rows = [
        _row([_cell(width, paragraph("CoverFact", runs(text))) for width, text in zip(_FACT_WIDTHS, pair, strict=True)])
        for pair in facts
    ]
    return _table(_FACT_WIDTHS, rows, "Study, data and status", center=True)


def linked_runs(pieces: object) -> Xml:
    """Return a line in pieces, texts and links (`to`, `text`), as runs."""
    if not isinstance(pieces, list) or not any(isinstance(p, dict) and "to" in p for p in pieces):
        return runs(pieces)  # type: ignore[arg-type]
    parts = [
        link(piece["to"], piece["text"]) if isinstance(piece, dict) and "to" in piece else runs(piece)
        for piece in pieces
    ]
    return Xml("".join(parts))


def _linked(text: object, side: str) -> Xml:
    return paragraph(_STYLES[side], linked_runs(text))


def _table(widths: Sequence[float], rows: Sequence[Xml], caption: str, center: bool = False) -> Xml:
    grid = w("tblGrid", *(w("gridCol", w=twips(width)) for width in widths))
    look = w("tblLook", val="0020", firstRow=1, lastRow=0, firstColumn=0, lastColumn=0, noHBand=1, noVBand=1)
    properties = w(
        "tblPr", w("tblStyle", val="DisplayTable"), w("tblW", w=twips(sum(widths)), type="dxa"),
        w("jc", val="center") if center else None, w("tblLayout", type="fixed"), look, w("tblCaption", val=caption),
    )  # fmt: skip
    return w("tbl", properties, grid, *rows)


def _row(cells: Sequence[Xml], head: bool = False, tall: bool = False) -> Xml:
    """Return a row: a head is repeated on every page; no row but a tall one is split across pages."""
    properties = ("" if tall else "<w:cantSplit/>") + ("<w:tblHeader/>" if head else "")
    return Xml(f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>")


def _cell(
    width: float, content: Xml, side: str = "top", span: int = 1, line: bool = False, above: float = 0,
    before: float = 0, after: float = 0,
) -> Xml:  # fmt: skip
    """Return a cell; `line` draws one below it, `above`, `before`, `after` add space to the margins of the style."""
    sides = {"top": 2.4 + above if above else 0, "left": CELL_SPACE + before if before else 0}
    sides["right"] = CELL_SPACE + after if after else 0
    margins = "".join([f'<w:{name} w:w="{twips(size)}" w:type="dxa"/>' for name, size in sides.items() if size])
    properties = "".join([
        f'<w:tcW w:w="{twips(width)}" w:type="dxa"/>',
        f'<w:gridSpan w:val="{span}"/>' if span > 1 else "",
        _LINE_BELOW if line else "",
        f"<w:tcMar>{margins}</w:tcMar>" if margins else "",
        '<w:vAlign w:val="bottom"/>' if side == "bottom" else "",
    ])  # fmt: skip
    return Xml(f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>")


_LINE_BELOW = w("tcBorders", w("bottom", val="single", sz=4, space=0, color="000000"))


# Heads


def _head(text: object, side: str) -> Xml:
    style = {"left": "TableHead", "center": "TableHeadCenter", "right": "TableHeadRight"}[side]
    return paragraph(style, runs(text), keep_next=True)  # type: ignore[arg-type]


def _head_rows(sheet: Payload) -> list[Xml]:
    widths, aligns = sheet["widths"], sheet["aligns"]
    heads = [
        _cell(width, _head(text, side), "bottom", line=True)
        for width, text, side in zip(widths, sheet["heads"], aligns, strict=True)
    ]
    return [*_spanner_row(sheet), _row(heads, head=True)]


def _spanner_row(sheet: Payload) -> list[Xml]:
    if not sheet["spanners"]:
        return []
    cells, start = [], 0
    for spanner in sheet["spanners"]:
        width = sum(sheet["widths"][start : start + spanner["span"]])
        content = _head(spanner["text"], "center")
        cells.append(_cell(width, content, "bottom", spanner["span"], line=bool(spanner["text"])))
        start += spanner["span"]
    return [_row(cells, head=True)]


# Bodies


def _empty_row(sheet: Payload) -> Xml:
    content = paragraph("TableCenter", runs(sheet["empty"]))
    return _row([_cell(sum(sheet["widths"]), content, span=len(sheet["widths"]), above=_EMPTY_GAP)])


def _body_row(row: Payload, sheet: Payload, size: float) -> Xml:
    above = _GAP if row["gap"] else 0.0
    widths, aligns, keep = list(sheet["widths"]), list(sheet["aligns"]), row.get("with_next", False)
    cells = []
    if "label" in row:
        stub = f"TableStub{min(row['indent'], DEEPEST)}"
        cells.append(_cell(widths.pop(0), paragraph(stub, runs(row["label"]), keep_next=keep), above=above))
        aligns.pop(0)
    for content, width, side in zip(row["cells"], widths, aligns, strict=True):
        cells.append(_number(content, width, above, size) if isinstance(content, dict) else _cell(
            width, paragraph(_STYLES[side], runs(content)), above=above))  # fmt: skip
    return _row(cells, tall=row["tall"])


def _number(content: Payload, width: float, above: float, size: float) -> Xml:
    """Return a cell whose number stands under those above it: all of a column begin at one place, after blank space."""
    line = content["aligned"]
    shown = line[:-1] if isinstance(line[-1], float | int) else line
    before = (width - 2 * CELL_SPACE - content["ems"] * size) / 2
    return _cell(width, paragraph("TableText", runs(shown)), above=above, before=max(before, 0.0))
