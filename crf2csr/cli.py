"""The command line: `python -m crf2csr run | simulate | receive | why | map | check`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from crf2csr.configuration import load_choice
from crf2csr.contracts import ROOT
from crf2csr.errors import Busy, InputError

#: Exit codes: 0 ok, 1 defect in input, configuration or usage, 4 busy, 130 interrupted.
DEFECT, BUSY, INTERRUPTED = 1, 4, 130


class _Parser(argparse.ArgumentParser):
    """A parser whose usage errors are defects of usage: one line and exit code 1, not argparse's 2."""

    def error(self, message: str) -> None:  # type: ignore[override]
        self.exit(DEFECT, f"error: {message}; {self.prog} --help says more\n")


def main(arguments: list[str] | None = None) -> None:
    """Run one command; a defect ends with one line on standard error."""
    options = _parser().parse_args(arguments)
    try:
        _choose(options)
        sys.exit(options.command(options))
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(BUSY if isinstance(error, Busy) else DEFECT)
    except BrokenPipeError:
        # Whoever read our lines has seen enough; without this, Python complains once more when it closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        print("interrupted: nothing half-written; run the same command again to go on", file=sys.stderr)
        sys.exit(INTERRUPTED)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="crf2csr", description="From the raw CRF extract of a trial to the appendix of its CSR.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = _command(
        commands, "run", _run, "run a cut to its appendix, guarded: one run at a time, recovery after a kill"
    )
    _add_cut(run)
    run.add_argument("--cores", type=_cores, default=2, help="jobs at a time (default: %(default)s)")
    simulate = _command(commands, "simulate", _simulate, "make a synthetic extract")
    simulate.add_argument("--scenario", required=True, choices=["full", "as_enrolled"])
    simulate.add_argument("--seed", type=int, help="another seed than the committed one")
    simulate.add_argument(
        "--as",
        dest="system",
        default="",
        choices=["redcap", "odm", "sas", "excel"],
        help="as the export of another system (default: one CSV a form)",
    )
    simulate.add_argument("--out", type=Path, required=True, help="the folder of the extract; must be new or empty")
    simulate.add_argument("--planted", type=Path, help="also write the list of planted defects here")
    receive = _command(commands, "receive", _receive, "write the manifest of a new extract")
    _add_cut(receive)
    why = _command(commands, "why", _why, "show who and which CRF cells are behind a cell of a table")
    why.add_argument("display", help="the table, such as t-14-2-1")
    why.add_argument("row", help="its row: any part of 'Confirmed response > Objective response rate (CR + PR)'")
    why.add_argument("column", help="its column: id or label, such as rp2d or '75 mg'")
    why.add_argument("--part", default="", help="its part, such as measurable (the first if absent)")
    why.add_argument("--subject", default="", help="one participant only")
    _add_cut(why)
    propose = _command(commands, "map", _map, "propose a mapping for a new extract of CSV files, one a form")
    propose.add_argument("folder", type=Path, help="the folder of the extract; the proposal goes to standard output")
    _add_cut(_command(commands, "check", _check, "say what the mapping of a cut reads of its extract, and what not"))
    return parser


def _command(commands: argparse._SubParsersAction, name: str, function: object, text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(command=function)
    return parser


def _cores(text: str) -> int:
    """Return a number of jobs at a time; with none, a run would wait for ever."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of 1 or more")
    return int(text)


def _add_cut(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--study", help="the folder below config/ (default: that of config/config.yaml)")
    parser.add_argument("--cut", help="the file below config/<study>/cuts/ (default: that of config/config.yaml)")


def _choose(options: argparse.Namespace) -> None:
    """Fill in study and cut where a command takes them and none was given."""
    if hasattr(options, "cut") and not (options.study and options.cut):
        chosen = load_choice({name: value for name in ("study", "cut") if (value := getattr(options, name))})
        options.study, options.cut = chosen.study, chosen.cut


def _run(options: argparse.Namespace) -> int:
    from crf2csr.jobs.runner import run

    os.chdir(ROOT)
    return run(options.study, options.cut, options.cores, lambda line: print(line, flush=True))


def _simulate(options: argparse.Namespace) -> int:
    from crf2csr.jobs.extract import simulate_extract

    snapshot = simulate_extract(
        "nct03709082", options.scenario, options.seed, options.out, options.planted, options.system
    )
    print(f"simulate: scenario {options.scenario} in {options.out}, snapshot {snapshot[:12]}")
    return 0


def _receive(options: argparse.Namespace) -> int:
    from crf2csr.jobs.extract import receive
    from crf2csr.study import load_study

    study = load_study(options.study, options.cut)
    print(f"receive: {study.extract / 'manifest.json'}, snapshot {receive(study)[:12]}")
    return 0


def _why(options: argparse.Namespace) -> int:
    from crf2csr.lock.trace import explain

    os.chdir(ROOT)
    for line in explain(
        options.study, options.cut, options.display, options.row, options.column, options.part, options.subject
    ):
        print(line)
    return 0


def _map(options: argparse.Namespace) -> int:
    from crf2csr.jobs.mapping_proposal import propose_mapping

    print(propose_mapping(options.folder), end="")
    return 0


def _check(options: argparse.Namespace) -> int:
    from crf2csr.jobs.mapping_check import check_mapping
    from crf2csr.study import load_study

    lines, complete = check_mapping(load_study(options.study, options.cut))
    print("\n".join(lines))
    return 0 if complete else DEFECT
