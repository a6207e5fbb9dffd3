"""Run one job of the derive stage: python scripts/derive.py NAME --study STUDY --cut CUT."""

from crf2csr.jobs.command import main
from crf2csr.jobs.derive import run

main(run, __doc__)
