"""Questionnaires expected and received by visit (R-1206)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crf2csr.derive.rules.worsening import Course
from crf2csr.instruments import Instrument, series
from crf2csr.study_keys import Visit


@dataclass(frozen=True, slots=True)
class Treated:
    """First and last dose of a treated subject, whether treatment has ended by the cutoff, and day of death."""

    start: dt.date
    end: dt.date
    ended: bool
    death: dt.date | None


@dataclass(frozen=True, slots=True)
class Due:
    """A form of one subject at one visit: is it expected, and how many of its scales or items have their answers."""

    visit: str | None
    number: float | None
    expected: bool
    answered: int
    codes: tuple[str, ...]


def forms_due(
    instrument: Instrument, schedule: Sequence[Visit], person: Treated, courses: dict[str, Course], cutoff: dt.date
) -> Iterator[Due]:
    """Yield each visit at which the form of an instrument is expected, or was received, in one subject.

    Expected at a visit with a planned day (first dose + day - 1): alive and on treatment on it, which lasts to the last
    dose, of an ongoing subject to the cutoff. Expected at a visit without (end of treatment): treatment ended, and no
    death up to the last dose. `codes` are the parameters with the answers that they need; one is enough for a form that
    was received. R-1206 (house).
    """
    answered: dict[str | None, list[str]] = {}
    numbers: dict[str | None, float | None] = {}
    for parameter in instrument.parameters:
        for visit in courses[parameter.paramcd].visits:
            numbers[visit.visit] = visit.number
            if visit.complete:
                answered.setdefault(visit.visit, []).append(parameter.paramcd)
    last = min(day for day in (person.end if person.ended else cutoff, person.death, cutoff) if day)
    died = person.death is not None and person.death <= person.end
    for name, number, day in series(schedule, instrument.visits):
        codes = tuple(answered.pop(name, ()))
        due = person.ended and not died if day is None else person.start + dt.timedelta(day - 1) <= last
        if due or codes:
            yield Due(name, number, due, len(codes), codes)
    for place, others in answered.items():
        yield Due(place, numbers[place], False, len(others), tuple(others))
