"""Exposure of one subject to one drug: duration, dose, intensity, interruptions, reductions (R-1101 to R-1106)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

#: Days of a cycle, and the doses planned by the registry: letrozole in mg a day, T-DM1 in mg/kg an infusion.
#: Groups of started cycles and of relative dose intensity in percent: first value that belongs to each.
CYCLE_GROUPS = ((12, ">=12"), (6, "6-11"), (3, "3-5"), (2, "2"), (1, "1"))
DIARY, PILL_COUNT = "DIARY", "PILL COUNT"
NOT_COUNTED = "Doses taken not recorded"


@dataclass(frozen=True, slots=True)
class Dosing:
    """One dosing record that says that a dose was given, with its days up to the cutoff.

    `doses` are those of diary or pill count (`counted`), None if neither is recorded; an infusion is one. `dose` is the
    prescribed one: mg a day, or mg/kg of an infusion. `amount` is mg an infusion, `per_kg` the mg/kg given.
    """

    start: dt.date
    end: dt.date
    dose: Fraction | None
    doses: int | None
    counted: str = DIARY
    amount: Fraction | None = None
    per_kg: Fraction | None = None
    visit: str | None = None
    source: str = ""

    @property
    def days(self) -> int:
        """The days of the record."""
        return (self.end - self.start).days + 1


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days with one prescribed dose (None: not recorded), and the records behind it."""

    start: dt.date
    end: dt.date
    dose: Fraction | None
    sources: tuple[str, ...]


def compute_periods(records: Sequence[Dosing]) -> list[Period]:
    """Return the periods of one dose in order: records that follow each other without a day between are one.

    A record that begins inside another one ends it: the later prescription holds. A hold parts two periods. R-1105.
    """
    found: list[Period] = []
    for record in sorted(records, key=lambda one: (one.start, one.source)):
        if found and found[-1].end >= record.start:
            cut = replace(found.pop(), end=record.start - dt.timedelta(days=1))
            found += [cut] if cut.end >= cut.start else []
        last = found[-1] if found else None
        if last and last.dose == record.dose and (record.start - last.end).days <= 1:
            found[-1] = replace(last, end=record.end, sources=(*last.sources, record.source))
        else:
            found.append(Period(record.start, record.end, record.dose, (record.source,)))
    return found


def compute_doses(taken: int | None, dispensed: int | None, returned: int | None) -> tuple[int | None, str]:
    """Return the daily doses of an oral record and how they were counted: diary, else dispensed - returned.

    One unit is one daily dose. More doses than days of the record are taken as recorded. None if neither is recorded,
    or more is returned than dispensed (Q-417). R-1102.
    """
    if taken is not None:
        return taken, DIARY
    if dispensed is not None and returned is not None and returned <= dispensed:
        return dispensed - returned, PILL_COUNT
    return None, ""


@dataclass(frozen=True)
class DosePlan:
    """What the study plans beyond the palbociclib level: `dose.letrozole_mg` a day, `dose.tdm1_mg_kg` a cycle of
    `cycle.days`."""

    letrozole_mg: Fraction
    tdm1_mg_kg: Fraction
    cycle_days: int


def compute_duration(records: Sequence[Dosing], infusion: bool, cycle_days: int) -> int:
    """Return the duration in days: last - first dose + 1; an infusion covers its cycle: last - first + cycle.

    R-1101.
    """
    first, last = min(r.start for r in records), max(r.start if infusion else r.end for r in records)
    return (last - first).days + (cycle_days if infusion else 1)


def compute_planned(drug: str, level: int | None, duration: int, plan: DosePlan) -> Fraction | None:
    """Return the planned dose of a duration: level or letrozole dose (mg) x days; T-DM1 (mg/kg) x cycles started.

    Holds stay in it. None for palbociclib without an assigned level. R-1103.
    """
    if drug == "T-DM1":
        return plan.tdm1_mg_kg * -(-duration // plan.cycle_days)
    daily = plan.letrozole_mg if drug == "LETROZOLE" else None if level is None else Fraction(level)
    return None if daily is None else daily * duration


def compute_cumulative(records: Sequence[Dosing]) -> Fraction | None:
    """Return the cumulative oral dose in mg: prescribed dose x doses taken; None if a record lacks one. R-1102."""
    parts = [None if r.dose is None or r.doses is None else r.dose * r.doses for r in records]
    return None if None in parts else sum((part for part in parts if part is not None), Fraction(0))


def compute_sum(amounts: Sequence[Fraction | None]) -> Fraction | None:
    """Return the sum of the amounts of infusions; None if one is not known. R-1102."""
    return None if None in amounts else sum((amount for amount in amounts if amount is not None), Fraction(0))


def compute_compliance(
    records: Sequence[Dosing], infusion: bool, omitted: int
) -> tuple[int, int | None, Fraction | None]:
    """Return doses prescribed, doses taken, and taken of prescribed in %; None where doses are not counted.

    Prescribed tablets: one for each day of the records, so that days between records, as those of a hold, are left out.
    Prescribed infusions: those given and the `omitted` ones. R-1106.
    """
    prescribed = len(records) + omitted if infusion else sum(r.days for r in records)
    counts = [r.doses for r in records if r.doses is not None]
    if len(counts) < len(records):
        return prescribed, None, None
    return prescribed, sum(counts), Fraction(100 * sum(counts), prescribed)


def intensity_group(percent: Fraction) -> str:
    """Return the group of a relative dose intensity in percent, compared exactly: <50, 50-<75, 75-<90, 90-110, >110.

    R-1104.
    """
    if percent > 110:
        return ">110"
    return next((group for low, group in ((90, "90-110"), (75, "75-<90"), (50, "50-<75")) if percent >= low), "<50")


def cycle_group(cycles: int) -> str:
    """Return the group of started cycles: 1, 2, 3-5, 6-11, >=12. R-1102."""
    return next(group for low, group in CYCLE_GROUPS if cycles >= low)


def count_cycles(records: Sequence[Dosing]) -> int:
    """Return the cycles started: the visits at which a dose was recorded; a record without visit is one. R-1102."""
    return len({r.visit for r in records if r.visit}) + sum(not r.visit for r in records)


def count_reductions(records: Sequence[Dosing]) -> int:
    """Return how often the prescribed dose fell from one record to the next in the order of dates. R-1105."""
    doses = [r.dose for r in sorted(records, key=lambda r: (r.start, r.source)) if r.dose is not None]
    return sum(later < before for before, later in pairwise(doses))


def has_missed_day(records: Sequence[Dosing]) -> bool:
    """Return whether a planned day from first to last dose had no dose: fewer doses than days, or a gap between
    records.

    A record without count says nothing. R-1105.
    """
    ordered = sorted(records, key=lambda r: (r.start, r.end))
    if any(r.doses is not None and r.doses < r.days for r in ordered):
        return True
    covered = ordered[0].end
    for record in ordered[1:]:
        if (record.start - covered).days > 1:
            return True
        covered = max(covered, record.end)
    return False
