"""What the measurements of growth share: each size in a process of its own, one line of figures each."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Figures of one size by name.
Cost = dict[str, float]


def main(
    module: str,
    description: str | None,
    unit: str,
    sizes: tuple[int, ...],
    measure: Callable[[int], Cost],
    head: str,
    line: Callable[[int, Cost], str],
) -> None:
    """Print `head` and, for each size, the line of what `measure` gives in a process of its own.

    module: what is run, such as `benchmarks.nca_growth`; unit: what the sizes count. With `--one` the figures of one
    size are printed as JSON.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("sizes", nargs="*", type=int, default=sizes, help=unit)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        sys.stdout.write(json.dumps(measure(chosen.one)) + "\n")
        return
    for text in report(module, chosen.sizes, head, line):
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def report(module: str, sizes: tuple[int, ...], head: str, line: Callable[[int, Cost], str]) -> Iterator[str]:
    """Yield the table, one line a size."""
    yield head
    for size in sizes:
        command = [sys.executable, "-m", module, "--one", str(size)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
        yield line(size, json.loads(done.stdout))


def peak() -> float:
    """Return the peak memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
