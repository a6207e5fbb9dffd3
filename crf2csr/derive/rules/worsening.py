"""What a patient-reported outcome is measured by, and when it has worsened (R-302, R-1202 to R-1204, R-1208)."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from crf2csr.contracts import ROOT

BEFORE, AFTER, UNKNOWN = "BEFORE", "AFTER", ""
NO_BASELINE, NO_LATER = "No baseline", "No post-baseline value"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A PROMIS scale (no `item`) or a BCPT item: which end of it is better, and the answers that exist."""

    code: str
    label: str
    instrument: str
    scale: str
    item: str
    high_is_better: bool
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class Measured:
    """A parameter at one visit: value or None, first and last day that its record can mean, its place in the study.

    `timing` is BEFORE or AFTER the first dose, or UNKNOWN; `sources` are addresses of the records behind it.
    """

    visit: str | None
    number: float | None
    first: dt.date | None
    last: dt.date | None
    value: Decimal | None
    timing: str = UNKNOWN
    raw_sum: int | None = None
    version: str | None = None
    reason: str = ""
    sources: tuple[str, ...] = ()

    @property
    def day(self) -> dt.date | None:
        """The day itself, if the date is complete."""
        return self.first if self.first == self.last else None


@dataclass(frozen=True, slots=True)
class Course:
    """A parameter of one subject: all visits, the baseline, and the visit of the worst change with that change."""

    visits: tuple[Measured, ...]
    baseline: Measured | None
    worst: Measured | None
    change: Decimal | None
    reason: str


@cache
def load_parameters(root: Path = ROOT) -> tuple[Parameter, ...]:
    """Read `config/codelists/pro_parameters.csv`: the parameters in order, with the direction of each (R-1202)."""
    with (root / "config" / "codelists" / "pro_parameters.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_parameter(row) for row in csv.DictReader(file))


def _parameter(row: dict[str, str]) -> Parameter:
    return Parameter(
        code=row["paramcd"],
        label=row["param"],
        instrument=row["instrument"],
        scale=row["scale"],
        item=row["item"],
        high_is_better={"high": True, "low": False}[row["better"]],
        lowest=int(row["lowest"]),
        highest=int(row["highest"]),
    )


def timing(measured: Measured, start: dt.date | None, before_dosing: Collection[str]) -> str:
    """Return whether a record lies before or after the first dose `start`; UNKNOWN without dose.

    The days that its date can mean decide. If they do not (day of the first dose, partial or missing date), the visit
    does: BEFORE if it is planned before dosing, else AFTER; without a visit it is UNKNOWN. R-302.
    """
    if start is None:
        return UNKNOWN
    if measured.last is not None and measured.last < start:
        return BEFORE
    if measured.first is not None and measured.first > start:
        return AFTER
    if measured.visit is None:
        return UNKNOWN
    return BEFORE if measured.visit in before_dosing else AFTER


def signed_change(parameter: Parameter, base: Decimal, value: Decimal) -> Decimal:
    """Return the change from baseline with worsening positive. R-1202."""
    return base - value if parameter.high_is_better else value - base


def follow(
    parameter: Parameter, visits: Iterable[Measured], start: dt.date | None, before_dosing: Collection[str]
) -> Course:
    """Return the course of a parameter in one subject.

    Baseline is the last value before the first dose, never imputed; the worst change is the maximum signed change
    among all values after it up to the cutoff, of equal ones the first. Evaluable (`reason` blank) needs both. R-302,
    R-1204, R-1205.
    """
    timed = [replace(visit, timing=timing(visit, start, before_dosing)) for visit in visits]
    placed = tuple(sorted(timed, key=lambda visit: _order(visit, start)))
    valued = [visit for visit in placed if visit.value is not None]
    baseline = next((visit for visit in reversed(valued) if visit.timing == BEFORE), None)
    later = [visit for visit in valued if visit.timing == AFTER]
    if baseline is None or not later:
        return Course(placed, baseline, None, None, NO_LATER if baseline else NO_BASELINE)
    changes = [change_of(parameter, baseline, visit) for visit in later]
    change = max(changes)
    return Course(placed, baseline, later[changes.index(change)], change, "")


def change_of(parameter: Parameter, baseline: Measured, visit: Measured) -> Decimal:
    """Return the signed change at a visit that has a value."""
    assert baseline.value is not None
    assert visit.value is not None
    return signed_change(parameter, baseline.value, visit.value)


def _order(visit: Measured, start: dt.date | None) -> tuple[dt.date, dt.date, float, str]:
    """Return what puts visits in order: the last day each can mean, before the first dose none later than that."""
    first, last = visit.first or dt.date.min, visit.last or dt.date.min
    if start is not None and visit.timing == BEFORE:
        last = min(last, start)
    return last, first, visit.number or 0, visit.visit or ""


def any_worsened(courses: Mapping[str, Course], thresholds: Mapping[str, Decimal], codes: Sequence[str]) -> str | None:
    """Return Y if the worst change reaches its threshold in one of the parameters, N if in none.

    None if no parameter is evaluable. Exact comparison (R-101). R-1204, R-1208.
    """
    changes = {code: change for code in codes if (change := courses[code].change) is not None}
    if not changes:
        return None
    return "Y" if any(change >= thresholds[code] for code, change in changes.items()) else "N"
