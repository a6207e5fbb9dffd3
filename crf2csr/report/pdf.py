"""The appendix as one PDF: tagged (PDF/A-2a, PDF/UA-1), bookmarked, with the same bytes for the same content.

The template is static; all text reaches it as a JSON file beside it and is set as text, never compiled. The compiler
sees one temporary folder with the template, the JSON and the drawings; no package, no system font, no network.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from crf2csr.errors import InputError
from crf2csr.report.appendix import Appendix, verify_appendix
from crf2csr.report.document import TEXT_SIZE, document_payload, document_style
from crf2csr.report.fonts import FAMILY

TEMPLATE = "appendix.typ"
STANDARDS = ("a-2a", "ua-1")

#: The first family that a text of a drawing asks for.
_SVG_FONT = re.compile(rb"font-family\s*[:=]\s*[\"']*\s*([^,;\"'>]+)")
_PNG = b"\x89PNG\r\n\x1a\n"


def build_appendix_pdf(appendix: Appendix, figures: Mapping[str, bytes], template_dir: Path, font_dir: Path) -> bytes:
    """Return the bytes of the appendix after verifying that it is whole.

    `figures` holds the drawing (SVG or PNG) of each figure by its id. Raises InputError as `verify_appendix` and
    `render_pdf` do.
    """
    verify_appendix(appendix, figures)
    return render_pdf(appendix, figures, template_dir, font_dir)


def render_pdf(appendix: Appendix, figures: Mapping[str, bytes], template_dir: Path, font_dir: Path) -> bytes:
    """Return the appendix as PDF bytes that depend on the arguments alone.

    Raises InputError when the font is missing or a drawing asks for another (F-410), when a drawing is neither SVG nor
    PNG, and for each warning of the compiler, since a warning means a page other than the planned one.
    """
    drawings = {display_id: _suffix(display_id, figures[display_id]) for display_id in sorted(figures)}
    files = {display_id: f"drawing-{n}{suffix}" for n, (display_id, suffix) in enumerate(drawings.items())}
    payload = _payload(appendix, files, font_dir)
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / TEMPLATE).write_bytes((template_dir / TEMPLATE).read_bytes())
        (root / "appendix.json").write_text(json.dumps(payload, ensure_ascii=False), encoding="utf-8")
        for display_id, file in files.items():
            (root / file).write_bytes(figures[display_id])
        typeset = _compile(root, font_dir)
    return _finish(typeset, payload["contents"])


def _suffix(display_id: str, content: bytes) -> str:
    """Return the file name suffix of a drawing by its content."""
    if content.startswith(_PNG):
        return ".png"
    if b"<svg" in content[:4096]:
        _refuse_other_fonts(display_id, content)
        return ".svg"
    raise InputError(f"appendix, figure {display_id}: the drawing is neither SVG nor PNG; write it again")


def _refuse_other_fonts(display_id: str, svg: bytes) -> None:
    """Stop at a drawing whose text asks for a font that the document does not have, since another would replace it."""
    for family in _SVG_FONT.findall(svg):
        if family != FAMILY.encode():
            text = family.decode("utf-8", "backslashreplace")
            raise InputError(f"appendix, figure {display_id}, font {text!r}: must be {FAMILY}; draw the figure with it")


def _payload(appendix: Appendix, drawings: Mapping[str, str], font_dir: Path) -> dict[str, Any]:
    """Return all that the template prints, as JSON data."""
    payload = document_payload(appendix, document_style(appendix, font_dir))
    displays = [display | {"drawing": drawings.get(display["id"], "")} for display in payload["displays"]]
    day = date.fromisoformat(appendix.stamp.cutoff)
    when = {"year": day.year, "month": day.month, "day": day.day}
    return payload | {"font": FAMILY, "size": TEXT_SIZE, "date": when, "displays": displays}


def _compile(root: Path, font_dir: Path) -> bytes:
    """Return what typst makes of the template in `root`; one line of its complaint becomes the error."""
    import typst

    none = root / "no-packages"
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_dir)])
    try:
        content, warnings = typst.compile_with_warnings(  # type: ignore[call-overload]
            str(root / TEMPLATE), root=str(root), font_paths=fonts, ignore_system_fonts=True, format="pdf",
            pdf_standards=list(STANDARDS), package_path=str(none), package_cache_path=str(none),
        )  # fmt: skip
    except typst.TypstError as error:
        raise InputError(f"appendix, {TEMPLATE}: {_one_line(error.message)}") from None
    if warnings:
        raise InputError(f"appendix, {TEMPLATE}: {_one_line(warnings[0].message)}")
    return bytes(content)


def _one_line(message: str) -> str:
    return " ".join(message.split())


def _finish(content: bytes, contents: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the PDF opening with its bookmarks, which repeat the contents, and with an id made from its content."""
    import pikepdf

    finished = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.Root.PageMode = pikepdf.Name.UseOutlines
        places = _places(pdf.Root.Names.Dests)
        with pdf.open_outline() as outline:
            outline.root[:] = [item for group in contents for item in _bookmarks(group, places)]
        pdf.save(finished, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return finished.getvalue()


def _places(node: Any) -> dict[str, Any]:
    """Return the named destinations of a name tree: name to page and position."""
    names = list(node.get("/Names", []))
    places = {str(names[i]): names[i + 1] for i in range(0, len(names), 2)}
    for kid in node.get("/Kids", []):
        places |= _places(kid)
    return places


def _bookmarks(group: Mapping[str, Any], places: Mapping[str, Any]) -> list[Any]:
    """Return the bookmarks of a group under one that bears its title, or side by side where it has none."""
    from pikepdf import OutlineItem

    items = [OutlineItem(f"{e['number']} {e['title']}".strip(), places[e["id"]]) for e in group["entries"]]
    if not group["title"]:
        return items
    parent = OutlineItem(group["title"], places[group["entries"][0]["id"]])
    parent.children.extend(items)
    return [parent]
