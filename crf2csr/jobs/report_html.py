"""Job: the appendix as one HTML page, with the CRF records behind each number."""

from __future__ import annotations

from crf2csr.files import write_bytes
from crf2csr.jobs.drilldown import drill_down
from crf2csr.jobs.report import FONTS, TEMPLATES, document, read_appendix, read_drawings
from crf2csr.lock.trace import Walker
from crf2csr.report.html import build_appendix_html
from crf2csr.study import load_study


def write(study_name: str, cut: str) -> None:
    """Write `appendix.html`."""
    appendix, layout = read_appendix(study_name, cut)
    behind = drill_down(Walker(load_study(study_name, cut), layout), appendix.displays)
    drawings = read_drawings(appendix, layout, "svg")
    write_bytes(document(layout, "appendix.html"), build_appendix_html(appendix, drawings, behind, TEMPLATES, FONTS))
