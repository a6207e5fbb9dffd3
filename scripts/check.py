"""Run one job of the check stage: python scripts/check.py NAME --study STUDY --cut CUT."""

from crf2csr.jobs.check import run
from crf2csr.jobs.command import main

main(run, __doc__)
