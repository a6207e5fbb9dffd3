import contextlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

# The same examples in every run and on every machine; time limits would depend on the machine.
settings.register_profile("deterministic", derandomize=True, deadline=None, database=None)
settings.load_profile("deterministic")

#: Modules whose tests share what is costly to make: all tests of a group run on one worker, one after the other.
GROUPS = {
    "tests/test_whole_study.py": "whole study",
    "tests/qc/test_both_programs.py": "whole study",
    "tests/jobs/test_check_displays.py": "whole study",
    "tests/test_workflow.py": "workflow",
    "tests/test_pilot.py": "pilot",
    "tests/simulate/test_consistency.py": "simulation",
    "tests/simulate/test_consistency_forms.py": "simulation",
    "tests/simulate/test_dirty_features.py": "simulation",
    "tests/readers/test_demonstration.py": "demonstration",
    "tests/readers/test_redcap_demonstration.py": "demonstration",
    "tests/readers/test_odm_demonstration.py": "demonstration",
    "tests/readers/test_sas_demonstration.py": "demonstration",
    "tests/readers/test_excel_demonstration.py": "demonstration",
    "tests/derive/test_hostile_adverse_events.py": "hostile events",
    "tests/documents/test_hostile_extract.py": "hostile extract",
    "tests/documents/test_page.py": "documents",
    "tests/documents/test_printed.py": "documents",
}


class Grouped(LoadScopeScheduling):
    """Tests one by one to whichever worker is free, those of a group to one worker.

    The marker `xdist_group` is not used: with pytest 9.2 and pytest-xdist 3.8 its groups are spread over all workers.
    """

    def _split_scope(self, nodeid: str) -> str:
        return GROUPS.get(nodeid.split("::")[0], nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Hand out tests by `GROUPS`."""
    return Grouped(config, log)


@pytest.fixture(scope="session")
def whole_study(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that runs the jobs of a cut of NCT03709082 in one process, once, and gives the folder in which
    `results/` lies. The modules that use it stand in `GROUPS`, or each worker would run it.

    Of `full` the documents are left out: they take a third of the time, and those of the small cut have every kind of
    display. `make test-long` makes them."""
    from crf2csr.jobs import report
    from crf2csr.jobs.in_process import run_results

    @cache
    def run(cut: str) -> Path:
        folder = tmp_path_factory.mktemp(cut)
        with contextlib.chdir(folder):
            run_results("nct03709082", cut)
            for name in report.JOBS:
                if cut != "full" or name in ("queries", "verdict"):
                    report.run(name, "nct03709082", cut)
        return folder

    return run
