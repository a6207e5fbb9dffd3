"""`python -m crf2csr`."""

from crf2csr.cli import main

main()
