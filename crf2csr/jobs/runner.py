"""A guarded run: configuration and manifest checked first, one run at a time, recovery after a kill, progress in
plain lines.

Plain `snakemake --cores 2` gives the same bytes without the guard.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import os
import re
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from crf2csr.configuration import load_all
from crf2csr.contracts import ROOT
from crf2csr.errors import Busy
from crf2csr.lock.manifest import verify_manifest

Say = Callable[[str], None]
#: One run at a time in a folder, since Snakemake keeps its own state there (F-403).
LOCK = Path(".snakemake") / "crf2csr.lock"
#: Where Snakemake keeps its own locks; files lie there while it works, or after it was killed.
SNAKEMAKE_LOCKS = Path(".snakemake") / "locks"
_MESSAGE = re.compile(r"^Job \d+: (.*)$")
_STEPS = re.compile(r"^(\d+) of (\d+) steps \(\d+%\) done$")
_ERROR = re.compile(r"^error: .*")


def run(study: str, cut: str, cores: int, say: Say) -> int:
    """Run a cut to its appendix and return the exit code of the run (0 ok, 1 defect).

    Raises InputError for a defect of configuration or of the files before any job, Busy if another run is at work.
    """
    chosen, _, mapping = load_all({"study": study, "cut": cut})
    verify_manifest(chosen.extract)
    # The reader refuses a missing file or column here, before any job; the first job records the rest.
    importlib.import_module(f"crf2csr.readers.{mapping.reader}").check_extract(chosen.extract, mapping)
    with _lock():
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--cores", str(cores)]
        choice = ["--config", f"study={study}", f"cut={cut}"]
        if any(SNAKEMAKE_LOCKS.glob("*")):
            # Our lock is held, so a lock that Snakemake left behind belongs to a run that was killed (F-402).
            unlock = [*command, "--unlock", "--quiet", "all", *choice]
            subprocess.run(unlock, env=_environment(), check=False, capture_output=True)
        return _watch([*command, *choice], say)


@contextlib.contextmanager
def _lock() -> Iterator[None]:
    """Hold the lock of this folder; the kernel frees it when the process ends, however it ends."""
    LOCK.parent.mkdir(exist_ok=True)
    with LOCK.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            raise Busy(
                f"another run works in this folder (process {file.read() or '?'}); wait for it to end"
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def _watch(command: list[str], say: Say) -> int:
    """Run Snakemake, saying each finished step and each error once; return its exit code as 0 or 1.

    An interrupt is handed on, and Snakemake is waited for: nothing works in the folder once the lock is free.
    """
    process = subprocess.Popen(command, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    try:
        unspoken = _relay(process.stdout, say)
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        for _ in process.stdout:
            pass
        process.wait()
        raise
    failed = process.wait() != 0
    if failed:
        _say_all(unspoken, say)
    return int(failed)


def _say_all(lines: Iterable[str], say: Say) -> None:
    with contextlib.suppress(BrokenPipeError):
        for line in lines:
            say(line)


def _relay(lines: Iterable[str], say: Say) -> list[str]:
    """Say what is worth saying of each line, once; a reader who left does not stop the run (F-415).

    Returns the last lines as they came if no error was said: then they are all that explains a failure.
    """
    said: set[str] = set()
    last: deque[str] = deque(maxlen=20)
    heard = True
    for line in lines:
        last.append(line.rstrip())
        for spoken in _spoken(line.rstrip()):
            if heard and spoken not in said:
                said.add(spoken)
                try:
                    say(spoken)
                except BrokenPipeError:
                    heard = False
    return [] if any(_ERROR.match(spoken) for spoken in said) else list(last)


def _spoken(text: str) -> Iterator[str]:
    if found := _MESSAGE.match(text):
        yield f"  {found[1]}"
    elif found := _STEPS.match(text):
        yield f"  [{found[1]}/{found[2]}]"
    elif text.startswith("Nothing to be done"):
        yield "  nothing to be done: every result is up to date"
    elif _ERROR.match(text.strip()):
        yield text.strip()
