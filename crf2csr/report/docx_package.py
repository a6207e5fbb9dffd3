"""The Word package around the text: styles, page, running lines, properties; the same parts give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from xml.sax.saxutils import escape

from crf2csr.report.columns import Payload
from crf2csr.report.docx_styles import styles
from crf2csr.report.docx_xml import NAMESPACES, Xml, element, field, paragraph, part, root, run, twips, w

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATIONS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_PROPERTY_NAMES = {
    "cp": f"{_PACKAGE}/metadata/core-properties",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}

#: The parts beside the document: file, and what their content type and their relation to the document are called.
_PARTS = {
    "word/styles.xml": "styles",
    "word/settings.xml": "settings",
    "word/header1.xml": "header",
    "word/header2.xml": "header",
    "word/footer1.xml": "footer",
}
#: The line above the pages of displays, which names the display, and that above all other pages.
_DISPLAY_HEADER, _PLAIN_HEADER = "header1", "header2"
#: The first date that a ZIP archive can bear; no entry has another.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def package(body: Sequence[Xml], payload: Payload, cutoff: str, images: Sequence[bytes]) -> bytes:
    """Return the file: body, styles, running lines, PNG images in their order (`image_relation` names them).

    Created and modified are the data cutoff: the file bears no clock.
    """
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _package_relations(),
        "docProps/core.xml": _core_properties(payload, cutoff),
        "word/document.xml": root("document", w("body", *body, _page(_PLAIN_HEADER))),
        "word/_rels/document.xml.rels": _document_relations(len(images)),
        "word/styles.xml": root("styles", *styles()),
        "word/settings.xml": root("settings", *_settings()),
        "word/header1.xml": root("hdr", _running_header(payload, field('STYLEREF "Heading 2"', ""))),
        "word/header2.xml": root("hdr", _running_header(payload, Xml(""))),
        "word/footer1.xml": root("ftr", _running_footer(payload)),
    }
    return _zipped(parts | {f"word/media/image{n}.png": image for n, image in enumerate(images, 1)})


def image_relation(number: int) -> str:
    """Return the relation of the document to its image, counted from 1."""
    return f"rIdImage{number}"


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


# What a package says about itself


def _content_types() -> bytes:
    core = "application/vnd.openxmlformats-package.core-properties+xml"
    suffixes = {"png": "image/png", "rels": _RELATIONS_TYPE, "xml": "application/xml"}
    typed = {"word/document.xml": f"{_OFFICE}.document.main+xml", "docProps/core.xml": core}
    typed |= {file: f"{_OFFICE}.{name}+xml" for file, name in _PARTS.items()}
    defaults = [element("Default", Extension=suffix, ContentType=kind) for suffix, kind in suffixes.items()]
    overrides = [element("Override", PartName=f"/{file}", ContentType=kind) for file, kind in typed.items()]
    return part(element("Types", *defaults, *overrides, xmlns=f"{_PACKAGE}/content-types"))


def _relations(targets: Mapping[str, tuple[str, str]]) -> bytes:
    items = [element("Relationship", Id=id_, Type=kind, Target=file) for id_, (kind, file) in targets.items()]
    return part(element("Relationships", *items, xmlns=f"{_PACKAGE}/relationships"))


def _package_relations() -> bytes:
    document = (f"{NAMESPACES['r']}/officeDocument", "word/document.xml")
    core = (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml")
    return _relations({"rId1": document, "rId2": core})


def _document_relations(images: int) -> bytes:
    parts = {f"rId_{PurePath(file).stem}": (name, file.removeprefix("word/")) for file, name in _PARTS.items()}
    parts |= {image_relation(n): ("image", f"media/image{n}.png") for n in range(1, images + 1)}
    return _relations({id_: (f"{NAMESPACES['r']}/{kind}", file) for id_, (kind, file) in parts.items()})


def _core_properties(payload: Payload, cutoff: str) -> bytes:
    texts = {
        "dc:title": payload["title"], "dc:creator": payload["author"], "cp:lastModifiedBy": payload["author"],
        "cp:revision": "1", "dc:language": "en-US",
    }  # fmt: skip
    items = [element(name, Xml(escape(text))) for name, text in texts.items()]
    time = Xml(f"{cutoff}T00:00:00Z")
    items += [element(f"dcterms:{name}", time, xsi__type="dcterms:W3CDTF") for name in ("created", "modified")]
    names = {f"xmlns__{prefix}": address for prefix, address in _PROPERTY_NAMES.items()}
    return part(element("cp:coreProperties", *items, **names))


# Page and settings


def front_end() -> Xml:
    """Return what ends the pages before the displays; the first of them, the cover, has no running lines."""
    return w("p", w("pPr", w("pStyle", val="DisplayNote"), _page(_PLAIN_HEADER, w("titlePg"))))


def displays_end() -> Xml:
    """Return what ends the pages of the displays: the line above them names the display of the page."""
    return w("p", w("pPr", w("pStyle", val="DisplayNote"), _page(_DISPLAY_HEADER)))


def _page(header: str, *cover: Xml) -> Xml:
    """Return a section with a line above its pages: landscape US Letter, margins of docs/rules.md (Pages)."""
    files = {"header": header, "footer": "footer1"}
    references = [w(f"{kind}Reference", type="default", r__id=f"rId_{file}") for kind, file in files.items()]
    edge, side, running = twips(54), twips(36), twips(32.4)
    margins = w(
        "pgMar", top=edge, right=side, bottom=edge, left=side, header=running, footer=running, gutter=0
    )  # fmt: skip
    return w("sectPr", *references, w("pgSz", w=15840, h=12240, orient="landscape"), margins, *cover)


def _settings() -> list[Xml]:
    office = "http://schemas.microsoft.com/office/word"
    compatible = w("compat", w("compatSetting", name="compatibilityMode", uri=office, val=15))
    return [
        w("zoom", percent=100), w("defaultTabStop", val=720),
        w("characterSpacingControl", val="doNotCompress"), compatible, w("themeFontLang", val="en-US"),
        w("decimalSymbol", val="."), w("listSeparator", val=","),
    ]  # fmt: skip


def _running_header(payload: Payload, display: Xml) -> Xml:
    """Return the line above each page: study, the display that the page belongs to, page of pages."""
    pages = [run("Page "), field("PAGE", "1"), run(" of "), field("NUMPAGES", "1")]
    return paragraph("Header", run(payload["study"]), w("r", w("tab")), display, w("r", w("tab")), *pages)


def _running_footer(payload: Payload) -> Xml:
    warning = [run(payload["demonstration"], "Strong")] if payload["demonstration"] else []
    return paragraph("Footer", run(payload["running"]), w("r", w("tab"), w("tab")), *warning)
