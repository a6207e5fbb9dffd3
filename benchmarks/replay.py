"""The jobs of a run, one after another in this one process: what the run would cost without starting jobs."""

from __future__ import annotations

import argparse
import importlib
import json
from collections.abc import Iterable

from crf2csr.jobs.in_process import in_order
from crf2csr.lineage import names

STAGES = ("clean", "derive", "check", "analyze", "display", "qc", "report")
#: Jobs that come before or after the others of their stage.
FIRST, LAST = ("extract",), ("verdict",)
#: Jobs that belong to a later stage than their own.
LATER = {"displays": "qc"}


def ordered(jobs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return jobs (stage, name) so that each comes after those whose results it reads."""
    datasets = in_order(names("derive"))

    def place(job: tuple[str, str]) -> tuple[int, int, int, str]:
        stage, name = job
        inside = datasets.index(name) if stage == "derive" else int(name in LAST)
        return (-1 if name in FIRST else STAGES.index(LATER.get(name, stage)), int(name in LAST), inside, name)

    return sorted(jobs, key=place)


def main() -> None:
    """Run the jobs that the command line names as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", required=True)
    parser.add_argument("--cut", required=True)
    parser.add_argument("jobs", help="a list of [stage, name] as JSON")
    chosen = parser.parse_args()
    for stage, name in ordered(tuple(job) for job in json.loads(chosen.jobs)):
        importlib.import_module(f"crf2csr.jobs.{stage}").run(name, chosen.study, chosen.cut)


if __name__ == "__main__":
    main()
