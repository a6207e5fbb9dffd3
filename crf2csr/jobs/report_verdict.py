"""Job: hold the run to the result of its independent programs, after everything is written."""

from __future__ import annotations

from crf2csr.errors import InputError
from crf2csr.files import Layout, write_text
from crf2csr.jobs.report import document, read_rows
from crf2csr.plan_checks import load_plan


def write(study_name: str, cut: str) -> None:
    """Write `verdict.txt`. Raises InputError if an independent program differs: the last thing of a run."""
    layout, plan = Layout(study_name, cut), load_plan(study_name)
    rows = [row for program in plan.file.qc for row in read_rows(layout.beside("qc", program, "summary.csv"))]
    for row in rows:
        if int(row["differences"]):
            path = layout.beside("qc", row["program"], "csv")
            raise InputError(f"{path}: {row['differences']} of {row['compared']} values differ; everything is written")
    text = "".join(f"{row['program']}: {row['compared']} values compared, no difference\n" for row in rows)
    write_text(document(layout, "verdict.txt"), text or "no independent program is planned\n")
