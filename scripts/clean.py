"""Run one job of the clean stage: python scripts/clean.py NAME --study STUDY --cut CUT."""

from crf2csr.jobs.clean import run
from crf2csr.jobs.command import main

main(run, __doc__)
