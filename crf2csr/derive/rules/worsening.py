"""When a patient-reported outcome has worsened: baseline, worst change, threshold (R-302, R-1202 to R-1205, R-1208)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from crf2csr.instruments import Parameter

BEFORE, AFTER, UNKNOWN = "BEFORE", "AFTER", ""
NO_BASELINE, NO_LATER = "No baseline", "No post-baseline value"
#: Values of the study key `pro.worst`.
MAXIMUM_CHANGE, BASELINE_ADJUSTED = "maximum_change", "baseline_adjusted"


@dataclass(frozen=True, slots=True)
class Measured:
    """A parameter at one visit: value or None, first and last day that its record can mean, its place in the study.

    `timing` is BEFORE or AFTER the first dose, or UNKNOWN; `complete`: it has the answers that it needs; `assumed`: a
    value that nobody reported; `sources` are addresses of the records behind it.
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
    complete: bool = False
    assumed: bool = False
    sources: tuple[str, ...] = ()

    @property
    def day(self) -> dt.date | None:
        """The day itself, if the date is complete."""
        return self.first if self.first == self.last else None


@dataclass(frozen=True, slots=True)
class Change:
    """A later value held against baseline: signed change, and its baseline-adjusted worth (R-1204, R-1205)."""

    signed: Decimal
    adjusted: Decimal

    def extent(self, worst: str) -> Decimal:
        """Return what the threshold is held against, by the study key `pro.worst`."""
        return self.adjusted if worst == BASELINE_ADJUSTED else self.signed


@dataclass(frozen=True, slots=True)
class Course:
    """A parameter of one subject: all visits, the baseline, the change at each later visit, and the visit of the worst
    change with that change."""

    visits: tuple[Measured, ...]
    baseline: Measured | None
    changes: Mapping[str | None, Change]
    worst: Measured | None
    change: Change | None
    reason: str


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


def change_from(parameter: Parameter, best: Decimal, base: Decimal, value: Decimal) -> Change:
    """Return a value held against its baseline.

    Baseline-adjusted: the value as points from the best possible one (an item from 0 to 4: the answer itself), 0 if it
    is no worse than baseline. R-1205.
    """
    signed = signed_change(parameter, base, value)
    return Change(signed, signed_change(parameter, best, value) if signed > 0 else Decimal(0))


def follow(
    parameter: Parameter,
    visits: Iterable[Measured],
    start: dt.date | None,
    before_dosing: Collection[str],
    best: Decimal,
    assumed: Decimal | None = None,
) -> Course:
    """Return the course of a parameter in one subject.

    Baseline is the last value before the first dose; where there is none, `assumed`, if given. The worst change is the
    maximum signed change among all values after it up to the cutoff, of equal ones the first. Evaluable (`reason`
    blank) needs both. `best`: the best possible score. R-302, R-1204, R-1205.
    """
    timed = [replace(visit, timing=timing(visit, start, before_dosing)) for visit in visits]
    placed = tuple(sorted(timed, key=lambda visit: _order(visit, start)))
    valued = [visit for visit in placed if visit.value is not None]
    baseline = next((visit for visit in reversed(valued) if visit.timing == BEFORE), None)
    if baseline is None and assumed is not None:
        baseline = Measured(None, None, None, None, assumed, BEFORE, assumed=True)
    later = [visit for visit in valued if visit.timing == AFTER]
    if baseline is None or baseline.value is None or not later:
        return Course(placed, baseline, {}, None, None, NO_LATER if baseline else NO_BASELINE)
    base = baseline.value
    changes = {
        visit.visit: change_from(parameter, best, base, visit.value) for visit in later if visit.value is not None
    }
    worst = max(later, key=lambda visit: changes[visit.visit].signed)
    return Course(placed, baseline, changes, worst, changes[worst.visit], "")


def _order(visit: Measured, start: dt.date | None) -> tuple[dt.date, dt.date, float, str]:
    """Return what puts visits in order: the last day each can mean, before the first dose none later than that."""
    first, last = visit.first or dt.date.min, visit.last or dt.date.min
    if start is not None and visit.timing == BEFORE:
        last = min(last, start)
    return last, first, visit.number or 0, visit.visit or ""


def any_worsened(
    courses: Mapping[str, Course],
    thresholds: Mapping[str, Decimal],
    codes: Sequence[str],
    worst: str = MAXIMUM_CHANGE,
) -> str | None:
    """Return Y if the worst change reaches its threshold in one of the parameters, N if in none.

    None if no parameter is evaluable. `worst`: the study key. Exact comparison (R-101). R-1204, R-1205, R-1208.
    """
    changes = {code: change for code in codes if (change := courses[code].change) is not None}
    if not changes:
        return None
    return "Y" if any(change.extent(worst) >= thresholds[code] for code, change in changes.items()) else "N"
