"""Run one job of the qc stage: python scripts/qc.py NAME --study STUDY --cut CUT."""

from crf2csr.jobs.qc import run

from crf2csr.jobs.command import main

main(run, __doc__)
