"""Run one job of the display stage: python scripts/display.py NAME --study STUDY --cut CUT."""

from crf2csr.jobs.command import main
from crf2csr.jobs.display import run

main(run, __doc__)
