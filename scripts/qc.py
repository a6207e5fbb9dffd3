"""Run one job of the qc stage: python scripts/qc.py NAME --study STUDY --cut CUT."""

from crf2csr.jobs.command import main
from crf2csr.jobs.qc import run

main(run, __doc__)
