"""Run one job of the analyze stage: python scripts/analyze.py NAME --study STUDY --cut CUT."""

from crf2csr.jobs.analyze import run
from crf2csr.jobs.command import main

main(run, __doc__)
