"""Who counts for the dose escalation, straight from the forms: the window, what was taken in it, what the form says.

R-405 to R-407. Days are ordinals; the window is a set of days from which days held for toxicity are taken out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qc import alive
from qc.extract import Row
from qc.people import Forms, Person
from qc.spelling import YES, answer, number, span
from qc.treatment import Period, periods, treatment

EVALUABLE, PENDING, REPLACED = "EVALUABLE", "PENDING", "REPLACED"
NOT_TREATED, NOT_ASSESSED = "No study drug taken", "Dose limiting toxicity not assessed"
OPEN = "Window for dose limiting toxicity not completed"


@dataclass(frozen=True)
class Enrolled:
    """A subject of demographics with its first enrollment; without a dose level nobody is enrolled."""

    subject: str
    phase: str
    level: int | None
    order: tuple[float, float, str]


@dataclass(frozen=True)
class Toxicity:
    """What R-405 says of a subject: why it is not evaluable (empty if it is), whether it had a toxicity in the window,
    the events named for it, its status in phase I, the last day of its window, and since when the outcome is known."""

    who: Enrolled
    treated: bool
    reason: str
    toxic: bool
    events: tuple[int, ...]
    status: str
    window_end: int | None
    known: int | None

    @property
    def evaluable(self) -> bool:
        """Whether the subject counts."""
        return not self.reason


def enrolled(forms: Forms, subject: str) -> Enrolled:
    """Return the first enrollment of a subject by number, of those with a dose level."""
    rows = [row for row in forms["enr"].get(subject, []) if number(row["LEVEL"]) is not None]
    if not rows:
        return Enrolled(subject, "", None, (0, 0, subject))
    row = min(rows, key=lambda one: number(one["ENRNO"]) or 0)
    level, day, slot = number(row["LEVEL"]), span(row["ENRDAT_RAW"]), number(row["SLOT"])
    last = float("inf")
    order = (day.day if day and day.day else last, last if slot is None else float(slot), subject)
    return Enrolled(subject, answer("phase", row["PHASE"]), None if level is None else int(level), order)


def toxicity(who: Enrolled, person: Person | None, forms: Forms, reports: Forms, values: Mapping[str, Any]) -> Toxicity:
    """Return what the rule says of a subject; `person` is None if it took no study drug."""
    cutoff, subject = values["data_cutoff"].toordinal(), who.subject
    form = next(iter(forms["dlt"].get(subject, [])), None)
    said = answer("yes_no", form["DLT"]) if form else ""
    fate = alive.fate(forms, reports, subject, cutoff)
    ends = forms["eos"].get(subject, [])
    left = [days.day for row in ends if (days := span(row["EOSDAT_RAW"])) and days.day]
    gone = fate.died or bool(left) or any(row["REASON"] for row in ends)
    if person is None:
        reason = "Not in phase I" if who.phase != "I" else NOT_TREATED
        return Toxicity(who, False, reason, False, (), _status(who, reason, gone, False), None, None)
    treated = treatment(person, forms, reports, cutoff, 0)
    end = treated.first + values["dlt.window_days"] - 1
    given = list(periods(forms, subject, treated.death, cutoff))
    named = _named(forms, subject, form)
    toxic = said == YES and (not named or any(not late(row, end) for row in named.values()))
    closed = end <= cutoff and not any(day < end for day in [*left, *([fate.death] if fate.death else [])])
    reason = _reason(who, toxic, closed, said, _too_few(treated.first, end, given, forms, subject, values))
    counted = toxic and not reason
    events = tuple(sorted(no for no, row in named.items() if not late(row, end))) if counted else ()
    status = _status(who, reason, gone, reason == OPEN and end > cutoff)
    return Toxicity(who, True, reason, counted, events, status, end, _known(form, counted, end))


def late(row: Row, end: int) -> bool:
    """Return whether an event certainly starts after the window."""
    start = span(row["STDAT_RAW"])
    return start is not None and start.first > end


def _named(forms: Forms, subject: str, form: Row | None) -> dict[int, Row]:
    """Return the adverse events that the form names, by number."""
    numbers = {int(text) for text in re.findall(r"\d+", form["AENOS"])} if form else set()
    own = {int(found): row for row in forms["ae"].get(subject, []) if (found := number(row["AENO"])) is not None}
    return {number_: own[number_] for number_ in numbers & set(own)}


def _reason(who: Enrolled, toxic: bool, closed: bool, said: str, too_few: str) -> str:
    if who.phase != "I":
        return "Not in phase I"
    if toxic:
        return ""
    if not closed:
        return OPEN
    return too_few if said else NOT_ASSESSED


def _too_few(first: int, end: int, given: list[Period], forms: Forms, subject: str, values: Mapping[str, Any]) -> str:
    """Return why the subject took too little, or nothing."""
    planned = set(range(first, end + 1)) - _held(first, end, forms, subject)
    taken = min(sum(_doses(p, end) for p in given if p.drug == "PALBOCICLIB"), end - first + 1)
    if not taken or 100 * taken < values["dlt.min_dose_pct"] * len(planned):
        return "Too few palbociclib doses in the window"
    infused = any(p.drug == "T-DM1" and p.number == 1 and p.start <= end for p in given)
    return "No T-DM1 infusion in cycle 1" if values["dlt.require_tdm1"] and not infused else ""


def _doses(period: Period, end: int) -> int:
    """Return the doses of a record in the window: its days there without the doses that the record lacks."""
    days = period.end - period.start + 1
    counts = (number(period.row[name]) for name in ("TAKEN", "DISPENSED", "RETURNED"))
    diary, dispensed, returned = (None if count is None else int(count) for count in counts)
    pills = None if dispensed is None or returned is None or returned > dispensed else dispensed - returned
    taken = next((count for count in (diary, pills) if count is not None), days)
    inside = max(0, min(period.end, end) - period.start + 1)
    return max(0, inside - max(0, days - taken))


def _held(first: int, end: int, forms: Forms, subject: str) -> set[int]:
    """Return the days of the window on which palbociclib was held for an adverse event."""
    found: set[int] = set()
    for row in forms["dosemod"].get(subject, []):
        start, resumed = span(row["MODDAT_RAW"]), span(row["RESDAT_RAW"])
        asked = (answer("drug", row["DRUG"]), answer("modification", row["ACTION"]))
        if asked == ("PALBOCICLIB", "HELD") and answer("modification_reason", row["REASON"]) and start:
            stop = resumed.first - 1 if resumed else end
            found |= set(range(max(start.first, first), min(stop, end) + 1))
    return found


def _status(who: Enrolled, reason: str, gone: bool, in_window: bool) -> str:
    if who.phase != "I":
        return ""
    if not reason:
        return EVALUABLE
    waits = reason == NOT_ASSESSED or (not gone and (in_window or reason == NOT_TREATED))
    return PENDING if waits else REPLACED


def _known(form: Row | None, toxic: bool, end: int) -> int | None:
    """Return the day on which an outcome is known: of a toxicity its form; of none not before the window ends."""
    days = span(form["ASDAT_RAW"]) if form else None
    if days is None:
        return end
    return days.first if toxic else max(days.first, end)
