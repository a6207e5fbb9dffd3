"""Job: the appendix as PDF."""

from __future__ import annotations

from crf2csr.files import write_bytes
from crf2csr.jobs.report import FONTS, TEMPLATES, document, read_appendix, read_drawings
from crf2csr.report.pdf import build_appendix_pdf


def write(study_name: str, cut: str) -> None:
    """Write `appendix.pdf`."""
    appendix, layout = read_appendix(study_name, cut)
    drawings = read_drawings(appendix, layout, "svg")
    write_bytes(document(layout, "appendix.pdf"), build_appendix_pdf(appendix, drawings, TEMPLATES, FONTS))
