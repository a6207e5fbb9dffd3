"""Run one job of the report stage: python scripts/report.py NAME --study STUDY --cut CUT."""

from crf2csr.jobs.command import main
from crf2csr.jobs.report import run

main(run, __doc__)
