"""The appendix as one HTML page that stands alone: it loads nothing, and scripts only add search and drill-down.

The page is built from the same payload as the PDF. Text is escaped by `markup`, by the template engine or by
`script_json`, each once; what is data never is template text (F-602, F-606).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from crf2csr.display.model import Display, Figure
from crf2csr.errors import InputError
from crf2csr.report.appendix import Appendix, verify_appendix
from crf2csr.report.columns import Payload
from crf2csr.report.document import DOCUMENT, SECTIONS, TITLE, document_payload, open_style
from crf2csr.report.drill import DrillDown, Place, drill_data
from crf2csr.report.inline import pieces_of, printable

TEMPLATE, STYLESHEET, SCRIPT = "appendix.html.j2", "appendix.css", "appendix.js"
#: The widest blank space that aligns, in units; a wider one is printed as this one.
_MOST_UNITS = 60
_SPACES = [Markup(""), *(Markup(f'<i class="s{n}"></i>') for n in range(1, _MOST_UNITS + 1))]
#: Where a long word may break (`inline.parts_of_word`), and what stays on one line: dates and subjects.
_BREAK, _WHOLE = re.compile(r"(?<=[/_])(?=\w)"), re.compile(r"\d+(?:-\d+)+")
_DRAWINGS = {b"\x89PNG\r\n\x1a\n": "image/png", b"<?xml": "image/svg+xml", b"<svg": "image/svg+xml"}
#: What would end or change the script element that holds data, or end a line of it in old readers.
_IN_SCRIPT = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def build_appendix_html(
    appendix: Appendix, drawings: Mapping[str, bytes], drill: DrillDown, template_dir: Path, font_dir: Path
) -> bytes:
    """Return the bytes of the page; they depend on the arguments alone.

    `drawings` holds the drawing (SVG or PNG) of each figure by its id, `drill` what lies behind the cells of tables.
    Raises InputError as `verify_appendix` does, and for a drawing that is neither SVG nor PNG.
    """
    verify_appendix(appendix, drawings)
    payload = document_payload(appendix, open_style(appendix, font_dir))
    by_id = {display.id: display for display in appendix.displays}
    for display in payload["displays"]:
        _complete(display, by_id[display["id"]], drawings, drill.cells)
    return _render(payload, drill, template_dir).encode()


def _complete(display: Payload, model: Display, drawings: Mapping[str, bytes], cells: Mapping[Place, int]) -> None:
    """Add to a display, in place, what only a page on a screen shows: groups behind cells, drawing, plotted values."""
    for sheet in display["sheets"]:
        for number, row in enumerate(sheet.get("rows", ())):
            places = ((display["id"], sheet["part"], number, sheet["start"] + i) for i in range(len(row["cells"])))
            row["groups"] = [cells.get(place) for place in places] if "part" in sheet else [None] * len(row["cells"])
    if isinstance(model, Figure):
        display["drawing"] = "" if model.empty else _data_address(model.id, drawings[model.id])
        display["values"] = [[printable(text) for text in line] for line in (model.header, *model.rows)]


def _data_address(display: str, content: bytes) -> str:
    """Return a drawing as an address that holds it; inside `img` nothing in it runs and nothing is loaded."""
    kind = next((kind for start, kind in _DRAWINGS.items() if content.startswith(start)), None)
    if kind is None:
        raise InputError(f"appendix, figure {display}: the drawing is neither SVG nor PNG; write it again")
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _render(payload: Payload, drill: DrillDown, template_dir: Path) -> str:
    """Return the page: the template is read once, texts are given to it and never read as template."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(template_dir), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"line": markup, "shares": _shares}
    style, script = _stylesheet(template_dir), (template_dir / SCRIPT).read_text(encoding="utf-8")
    return environment.get_template(TEMPLATE).render(
        doc=payload, document=DOCUMENT, sections=SECTIONS, heading=TITLE, policy=_policy(style, script),
        style=Markup(style), script=Markup(script), data=script_json(drill_data(drill)),
    )  # fmt: skip


def _stylesheet(template_dir: Path) -> str:
    """Return the style sheet with the widths of blank space: a unit is half a digit (`inline.SPACE_UNIT`)."""
    spaces = "".join(f"i.s{n}{{padding-left:{n / 2:g}ch}}" for n in range(1, _MOST_UNITS + 1))
    return (template_dir / STYLESHEET).read_text(encoding="utf-8") + spaces


def _shares(widths: Sequence[float]) -> list[str]:
    """Return the widths of columns as shares of the table, so that the page breaks no word that the PDF keeps."""
    return [f"{100 * width / sum(widths):.2f}%" for width in widths]


def _policy(style: str, script: str) -> str:
    """Return the content security policy: only this style sheet, this script and drawings inside the page."""
    return (
        f"default-src 'none'; img-src data:; style-src '{_source(style)}'; script-src '{_source(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def markup(text: Any) -> Markup:
    """Return a run of the layout as HTML: text escaped, line feeds as breaks, links to displays, space without text."""
    if isinstance(text, dict):
        text = text["aligned"]
    if isinstance(text, list) and any(isinstance(piece, dict) and "to" in piece for piece in text):
        return Markup("").join(
            Markup('<a href="#{}">{}</a>').format(piece["to"], piece["text"])
            if isinstance(piece, dict) and "to" in piece
            else markup(piece)
            for piece in text
        )
    pieces = pieces_of(text if isinstance(text, list) else [text])
    return Markup("").join(_SPACES[min(p, _MOST_UNITS)] if isinstance(p, int) else _text(p) for p in pieces)


def _text(text: str) -> Markup:
    """Return text as HTML; the elements that are added to it are no text: the text of the page is the text itself."""
    broken = _BREAK.sub("<wbr>", str(escape(text)))
    return Markup(_WHOLE.sub(r'<span class="w">\g<0></span>', broken).replace("\n", "<br>"))


def script_json(data: Any) -> Markup:
    """Return data as JSON that may stand in a script element: no text in it can end the element."""
    return Markup(json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_IN_SCRIPT))
