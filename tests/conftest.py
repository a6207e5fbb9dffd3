import contextlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run and on every machine; time limits would depend on the machine.
settings.register_profile("deterministic", derandomize=True, deadline=None, database=None)
settings.load_profile("deterministic")


@pytest.fixture(scope="session")
def whole_study(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that runs every job of a cut of NCT03709082 in one process, once, and gives the folder in which
    `results/` lies. Tests that use it belong to the xdist group "whole study", or each worker would run it."""
    from crf2csr.jobs.in_process import run_all

    @cache
    def run(cut: str) -> Path:
        folder = tmp_path_factory.mktemp(cut)
        with contextlib.chdir(folder):
            run_all("nct03709082", cut)
        return folder

    return run
