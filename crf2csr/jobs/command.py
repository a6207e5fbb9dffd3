"""The command line that every script shares: `python scripts/<stage>.py NAME --study STUDY --cut CUT`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from crf2csr.errors import InputError

Run = Callable[[str, str, str], None]


def main(run: Run, description: str) -> None:
    """Run one job; a defect of input or configuration ends with one line on standard error and exit code 1."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("name", help="the domain, dataset, analysis, display or program")
    parser.add_argument("--study", required=True)
    parser.add_argument("--cut", required=True)
    arguments = parser.parse_args()
    try:
        run(arguments.name, arguments.study, arguments.cut)
    except InputError as error:
        sys.exit(f"error: {error}")
