"""The environment of every job, set once by the workflow and inherited by the shell commands."""

from __future__ import annotations

import os
import sys

from crf2csr.contracts import ROOT


def set_up() -> None:
    """Let the jobs run the code of this folder with this interpreter, wherever the tree was copied to.

    A script must not find its own folder first (`scripts/qc.py` is not the package `qc`), and linear algebra uses one
    thread, so that its sums do not depend on the machine.
    """
    os.environ["PYTHONPATH"] = str(ROOT)
    os.environ["PYTHONSAFEPATH"] = "1"
    os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
