"""Job: the files of data queries and data checks that are delivered beside the documents."""

from __future__ import annotations

from crf2csr.files import Layout, read_text, write_text
from crf2csr.jobs.report import document, read_queries
from crf2csr.report.queries import queries_csv
from crf2csr.study import load_study


def write(study_name: str, cut: str) -> None:
    """Write `queries.csv` and `checks_summary.csv`."""
    study, layout = load_study(study_name, cut), Layout(study_name, cut)
    write_text(document(layout, "queries.csv"), queries_csv(read_queries(study, layout)))
    write_text(document(layout, "checks_summary.csv"), read_text(layout.beside("check", "summary", "csv")))
