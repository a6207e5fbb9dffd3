"""Job: the appendix as a Word document."""

from __future__ import annotations

from crf2csr.errors import InputError
from crf2csr.files import write_bytes
from crf2csr.jobs.report import FONTS, document, read_appendix, read_drawings
from crf2csr.report.docx import build_appendix_docx
from crf2csr.report.docx_reader import verify_docx


def write(study_name: str, cut: str) -> None:
    """Write `appendix.docx`, after reading it back. Raises InputError if a cell is not that of its model."""
    appendix, layout = read_appendix(study_name, cut)
    content = build_appendix_docx(appendix, read_drawings(appendix, layout, "png"), FONTS)
    differences = verify_docx(content, appendix.displays)
    if differences:
        raise InputError(f"appendix.docx does not read back, {len(differences)} differences; {differences[0]}")
    write_bytes(document(layout, "appendix.docx"), content)
