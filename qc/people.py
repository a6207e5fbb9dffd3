"""Who counts where: first dose, new therapy, analysis sets and table columns of each subject, straight from the forms.

Sets: R-303; dates R-210, R-301; columns R-305, R-306. Days are ordinals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qc.extract import Row
from qc.spelling import YES, Span, answer, number, span

Forms = dict[str, dict[str, list[Row]]]


@dataclass(frozen=True)
class Person:
    """A dosed subject: first dose, new therapy, first enrollment, progression or death reported outside assessments."""

    subject: str
    start: int
    therapy: int | None
    phase: str
    level: int | None
    enrolled: bool
    ended_early: bool

    @property
    def in_full_analysis_set(self) -> bool:
        """Dosed, as everybody here, and enrolled."""
        return self.enrolled


def dosed(forms: Forms, cutoff: int) -> list[Person]:
    """Return the subjects known in demographics and dosed at least once, by subject."""
    found = [(subject, list(_doses(forms, subject, cutoff))) for subject in sorted(forms["dm"])]
    return [_person(forms, subject, doses) for subject, doses in found if doses]


def columns(person: Person, recommended: int | None) -> set[str]:
    """Return the columns of column set C3 in which a person stands (R-306: a person can stand in several)."""
    lead_in = person.phase == "I"
    member = {
        "all": True,
        "ph2": person.phase == "II",
        "rp2d": recommended is not None and (person.phase == "II" or person.level == recommended),
        **{f"d{level}": lead_in and person.level == level for level in (75, 100, 125)},
    }
    return {name for name, yes in member.items() if yes}


def safety_columns(forms: Forms, person: Person, recommended: int | None) -> set[str]:
    """Return the columns of column set C1 of safety displays: dose columns by the dose taken, RP2D as assigned (R-305).

    The dose taken is that of the first palbociclib record; without one it is the assigned level.
    """
    taken = [
        (days.day, number(row["EXNO"]) or 0, dose)
        for row in forms["ex_oral"].get(person.subject, [])
        if answer("yes_no", row["GIVEN"]) == YES and answer("drug", row["DRUG"]) == "PALBOCICLIB"
        if (days := span(row["STDAT_RAW"])) and days.day and (dose := number(row["DOSE"])) is not None
    ]
    first = min(taken)[2] if taken else person.level
    doses = {f"d{level}" for level in (75, 100, 125) if person.phase == "I" and first == level}
    return doses | (columns(person, recommended) & {"rp2d", "all"})


def _person(forms: Forms, subject: str, doses: list[tuple[int, int]]) -> Person:
    start, end = min(first for first, _ in doses), max(last for _, last in doses)
    enrollments = _assigned(forms["enr"].get(subject, []))
    level = number(enrollments[0]["LEVEL"]) if enrollments else None
    return Person(
        subject=subject,
        start=start,
        therapy=min((day for day in _therapies(forms, subject, end) if day >= start), default=None),
        phase=answer("phase", enrollments[0]["PHASE"]) if enrollments else "",
        level=None if level is None else int(level),
        enrolled=bool(enrollments),
        ended_early=any(_ends(forms, subject)),
    )


def _assigned(rows: list[Row]) -> list[Row]:
    """Return the enrollments with a dose level, by number: without one nobody is enrolled (decision 0002, point 22)."""
    return sorted((row for row in rows if number(row["LEVEL"]) is not None), key=lambda row: number(row["ENRNO"]) or 0)


def _doses(forms: Forms, subject: str, cutoff: int) -> Iterator[tuple[int, int]]:
    """Yield first and last day of each period in which a drug was given; an open period lasts until cutoff (R-301)."""
    stopped = {row["DRUG"]: span(row["LASTDAT_RAW"]) for row in forms["eot"].get(subject, [])}
    for row in forms["ex_oral"].get(subject, []):
        start, end = span(row["STDAT_RAW"]), span(row["ENDAT_RAW"]) or stopped.get(row["DRUG"])
        if answer("yes_no", row["GIVEN"]) == YES and start and start.day:
            yield start.day, max(start.day, min(end.last if end else cutoff, cutoff))
    for row in forms["ex_tdm1"].get(subject, []):
        given = span(row["EXDAT_RAW"])
        if answer("yes_no", row["GIVEN"]) == YES and given and given.day:
            yield given.day, given.day


def _therapies(forms: Forms, subject: str, last_dose: int) -> Iterator[int]:
    """Yield the start of each new systemic therapy; a partial date is the earliest possible day after the last dose."""
    for row in forms["act"].get(subject, []):
        days = span(row["STDAT_RAW"])
        if answer("therapy", row["KIND"]) == "SYSTEMIC" and days:
            yield days.first if days.day else _after(days, last_dose)


def _after(days: Span, last_dose: int) -> int:
    """Return the earliest of the days later than the last dose, else their last one (R-210)."""
    return days.last if days.last <= last_dose else max(days.first, last_dose + 1)


def _ends(forms: Forms, subject: str) -> Iterator[bool]:
    """Yield what proves death or progression without an assessment: end forms, follow-up, fatal event."""
    for row in forms["eot"].get(subject, []):
        yield bool(answer("eot_reason", row["REASON"]))
    for row in forms["eos"].get(subject, []):
        yield bool(answer("eos_reason", row["REASON"])) or bool(span(row["DTHDAT_RAW"]))
    for row in forms["fu"].get(subject, []):
        yield answer("survival", row["STATUS"]) == "DEAD" or answer("yes_no", row["PD"]) == YES
    for row in forms["ae"].get(subject, []):
        yield bool(span(row["DTHDAT_RAW"]))
