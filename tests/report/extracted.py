"""The text of documents as their readers have it: PDF by pdfium, Word by its XML, HTML by the parser of the library."""

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pypdfium2

from crf2csr.report.docx import build_appendix_docx
from crf2csr.report.docx_reader import text_of
from crf2csr.report.html import build_appendix_html
from crf2csr.report.pdf import build_appendix_pdf
from tests.report import examples, hostile
from tests.report.pictures import png
from tests.report.test_html import Page

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES, FONTS = ROOT / "reports/templates", ROOT / "reports/fonts"


def pdf_text(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return text


def docx_text(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return text_of(ElementTree.fromstring(archive.read("word/document.xml")))


def printed_texts(texts: list[str]) -> dict[str, str]:
    """Return the text of an appendix that bears each of `texts` in every place, by format."""
    appendix = hostile.appendix(tuple(texts))
    drill = hostile.drill(tuple(texts))
    return {
        "pdf": pdf_text(build_appendix_pdf(appendix, {"f-9-1": examples.SVG}, TEMPLATES, FONTS)),
        "docx": docx_text(build_appendix_docx(appendix, {"f-9-1": png(20, 10)}, FONTS)),
        "html": Page(build_appendix_html(appendix, {"f-9-1": hostile.SVG}, drill, TEMPLATES, FONTS)).text,
    }
