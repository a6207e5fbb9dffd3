"""`make bench`: what a run costs, always beside the same jobs done one after another in one process.

Four cases on a copy of the tree: from nothing, one title changed, one adverse event record changed, nothing changed.
Machines differ and are shared, so seconds mean little by themselves: the ratio to the one process, measured in the same
invocation, is what can be compared.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ("benchmarks", "config", "crf2csr", "profiles", "qc", "reports", "scripts", "workflow")
FILES = ("Snakefile", "requirements.lock")
SHOWN = 5  # largest costs


@dataclass(frozen=True)
class Cost:
    """Wall and processor seconds of a command with all that it started."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Case:
    """One measured case: its name, the jobs that ran (stage, name), the run, and the same jobs in one process."""

    name: str
    jobs: tuple[tuple[str, str], ...]
    run: Cost
    alone: Cost


def main() -> None:
    """Measure the four cases and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", required=True)
    parser.add_argument("--cut", required=True)
    parser.add_argument("--cores", default="2")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tree = copy_tree(Path(folder) / "tree", chosen.study, chosen.cut)
        changes: dict[str, Callable[[Path, str, str], None]] = {
            "from nothing": change_nothing,
            "one title": change_title,
            "one adverse event": change_event,
            "nothing": change_nothing,
        }
        cases = [measure(tree, chosen, name, change) for name, change in changes.items()]
        sys.stdout.write("".join(f"{line}\n" for line in [*report(cases), "", *largest(tree, cases[0])]))


def copy_tree(tree: Path, study: str, cut: str) -> Path:
    """Return a copy of the program with one cut of one study."""
    for name in PROGRAM:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "*.tsv"))
    for name in FILES:
        shutil.copy(ROOT / name, tree / name)
    shutil.copytree(ROOT / "data" / study / cut, tree / "data" / study / cut)
    return tree


def change_nothing(tree: Path, study: str, cut: str) -> None:
    """Leave the tree as it is."""


def change_title(tree: Path, study: str, cut: str) -> None:
    """Change the title of the first table of the plan."""
    for path in sorted((tree / "config" / study).rglob("plan*/*.yaml")):
        text = path.read_text(encoding="utf-8")
        changed = re.sub(r"(?m)(^    layout: rows\n    number: .*\n    title: \"?)", r"\1Changed ", text, count=1)
        if changed != text:
            path.write_text(changed, encoding="utf-8")
            return
    raise SystemExit("no table with a title in the plan")


def change_event(tree: Path, study: str, cut: str) -> None:
    """Change the term of the first adverse event as reported, and receive the extract anew."""
    path = tree / "data" / study / cut / "ae.csv"
    lines = path.read_bytes().splitlines(keepends=True)
    column = lines[0].strip().split(b",").index(b"TERM")
    cells = lines[1].split(b",")
    cells[column] += b" changed"
    path.write_bytes(b"".join([lines[0], b",".join(cells), *lines[2:]]))
    (path.parent / "manifest.json").unlink()  # an extract is received once: this is another one
    command = ["-m", "crf2csr", "receive", "--study", study, "--cut", cut]
    subprocess.run([sys.executable, *command], cwd=tree, env=environment(tree), check=True, stdout=subprocess.DEVNULL)


def measure(tree: Path, chosen: argparse.Namespace, name: str, change: Callable[[Path, str, str], None]) -> Case:
    """Return the cost of the run after a change and of its jobs in one process."""
    change(tree, chosen.study, chosen.cut)
    times = tree / "benchmarks" / chosen.study / chosen.cut
    for path in times.rglob("*.tsv"):
        path.rename(path.with_suffix(".old"))
    choice = ["--study", chosen.study, "--cut", chosen.cut]
    run = timed(tree, ["-m", "crf2csr", "run", *choice, "--cores", chosen.cores])
    jobs = tuple((path.parent.name, path.stem) for path in sorted(times.rglob("*.tsv")))
    alone = timed(tree, ["-m", "benchmarks.replay", *choice, json.dumps(jobs)])
    return Case(name, jobs, run, alone)


def timed(tree: Path, arguments: list[str]) -> Cost:
    """Run Python with the arguments in the tree and return what it cost; a failure ends the measurement."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], cwd=tree, env=environment(tree), capture_output=True, text=True, check=False
    )
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments[:4])} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def environment(tree: Path) -> dict[str, str]:
    """Return the environment in which the copy runs its own code with one thread a process."""
    return {**os.environ, "PYTHONPATH": str(tree), "PYTHONNOUSERSITE": "1"}


def report(cases: list[Case]) -> Iterator[str]:
    """Yield the table of the cases."""
    yield f"{'case':<20}{'jobs':>6}{'wall s':>9}{'CPU s':>9}{'in one process s':>18}{'CPU s':>9}{'ratio of walls':>16}"
    for case in cases:
        ratio = f"{case.run.wall / case.alone.wall:.2f}" if case.jobs else "-"
        yield (
            f"{case.name:<20}{len(case.jobs):>6}{case.run.wall:>9.1f}{case.run.cpu:>9.1f}"
            f"{case.alone.wall:>18.1f}{case.alone.cpu:>9.1f}{ratio:>16}"
        )


def largest(tree: Path, cold: Case) -> Iterator[str]:
    """Yield the jobs of the first case that took most processor time, as their benchmark files say."""
    costs = []
    for path in (tree / "benchmarks").rglob("*.old"):
        head, line = (text.split("\t") for text in path.read_text(encoding="utf-8").splitlines()[:2])
        if (path.parent.name, path.stem) in cold.jobs:
            costs.append((float(dict(zip(head, line, strict=True))["cpu_time"]), f"{path.parent.name} {path.stem}"))
    yield f"largest costs of {len(costs)} jobs (CPU s of all jobs: {sum(cost for cost, _ in costs):.1f})"
    yield from (f"{cost:>9.1f}  {job}" for cost, job in sorted(costs, reverse=True)[:SHOWN])


if __name__ == "__main__":
    main()
