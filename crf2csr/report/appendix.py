"""What the appendix is before it becomes a document: frozen text, in the order in which it is printed.

A renderer reads an `Appendix` and the drawings of its figures, and nothing else: no clock, no results folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from crf2csr.display.model import Display, Figure
from crf2csr.errors import InputError

#: Printed on every page of an appendix whose data were made by the simulator.
DEMONSTRATION = "Synthetic demonstration data"

#: Severity of a data query: letter, what it means to the reader.
SEVERITIES: Mapping[str, str] = {
    "E": "Errors: must be resolved or accepted before the data are locked",
    "W": "Warnings: to be looked at by data management",
    "I": "Information: recorded, no action expected",
}

STATUSES = ("DRAFT", "FINAL")

_DISPLAY_ID = re.compile(r"[tfl](-[0-9]+)+(-s[0-9]+)?")


@dataclass(frozen=True)
class Stamp:
    """What is true of every page: study, cut, status, data cutoff (ISO date), snapshot.

    `study_id` is the registry number, `sponsor_number` the sponsor's; `identifiers` are further lines of the title page
    as label and value; `demonstration` marks data made by the simulator.
    """

    study_id: str
    study_title: str
    cut: str
    status: str
    cutoff: str
    snapshot: str
    demonstration: bool
    sponsor: str = ""
    sponsor_number: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()

    @property
    def study_line(self) -> str:
        """Return the study as the page header names it: sponsor number first, registry number beside it."""
        return f"{self.sponsor_number} ({self.study_id})" if self.sponsor_number else self.study_id


@dataclass(frozen=True)
class Assumption:
    """One value that protocol and registry do not state, why it was chosen, and the ids of the displays that use it."""

    key: str
    value: str
    source: str
    note: str
    displays: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """One data check: the forms it reads, records tested and failed, why it was not run (else blank), what it finds."""

    rule: str
    forms: str
    records: int
    failures: int
    not_run: str = ""
    finds: str = ""


@dataclass(frozen=True)
class SourceFile:
    """One raw file of the snapshot, as its manifest has it; only CSV files have a number of rows there."""

    path: str
    rows: int | None
    sha256: str


@dataclass(frozen=True)
class QcProgram:
    """One independent second program: how many results it compared by key, and how many differed."""

    program: str
    compared: int
    differences: int


@dataclass(frozen=True)
class Appendix:
    """The whole document; `queries` have subject, form, RAWFILE, RAWROW, field, value, rule, severity and message."""

    stamp: Stamp
    displays: tuple[Display, ...]
    assumptions: tuple[Assumption, ...] = ()
    queries: tuple[Mapping[str, str], ...] = ()
    checks: tuple[Check, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=dict)
    manifest: tuple[SourceFile, ...] = ()
    qc: tuple[QcProgram, ...] = ()
    discrepancies: tuple[Mapping[str, str], ...] = ()
    queries_file: str = "queries.csv"


def verify_appendix(appendix: Appendix, figures: Mapping[str, bytes]) -> None:
    """Stop at the first defect that a reader would meet as a wrong or dead page.

    Display ids, numbers and titles are unique and ids are plain (F-307, F-308); the status is DRAFT or FINAL; the
    cutoff is an ISO date; every query has a known severity; every figure that has something to show has a drawing and a
    sentence that replaces it. Raises InputError. The order of the displays is the caller's and is kept.
    """
    for name in ("id", "number", "title"):
        _refuse_twice(name, (_identity(display, name) for display in appendix.displays))
    for display in appendix.displays:
        if not _DISPLAY_ID.fullmatch(display.id):
            raise InputError(f"appendix, display {display.id!r}: not a display id; write it like t-14-2-1")
        _verify_figure(display, figures)
    _verify_stamp(appendix.stamp)
    for query in appendix.queries:
        if query["severity"] not in SEVERITIES:
            raise InputError(f"appendix, query {query['rule']}: severity {query['severity']!r} is none of E, W, I")


def _identity(display: Display, name: str) -> str:
    """Return what must be unique; a figure and a table may share a number, since the kind stands before it."""
    return display.id if name == "id" else f"{display.kind} {getattr(display, name)}"


def _refuse_twice(name: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise InputError(
                f"appendix, display {name} {value!r}: used twice; give each display its own {name} in plan.yaml"
            )
        seen.add(value)


def _verify_figure(display: Display, figures: Mapping[str, bytes]) -> None:
    if not isinstance(display, Figure) or display.empty:
        return
    if display.id not in figures:
        raise InputError(f"appendix, figure {display.id}: no drawing (svg or png) was given")
    if not display.alt.strip():
        raise InputError(
            f"appendix, figure {display.id}: no alternative text; the figure cannot be read without seeing it"
        )


def _verify_stamp(stamp: Stamp) -> None:
    if stamp.status not in STATUSES:
        raise InputError(f"appendix, status {stamp.status!r}: must be one of {', '.join(STATUSES)}")
    try:
        date.fromisoformat(stamp.cutoff)
    except ValueError:
        raise InputError(f"appendix, data cutoff {stamp.cutoff!r}: not a date; write it as yyyy-mm-dd") from None
