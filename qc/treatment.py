"""First and last dose, on-treatment window, actual level and death of each dosed subject, straight from the forms.

R-210, R-301, R-305, R-909. Days are ordinals. A record without stop ends on the day before the next record of its drug,
with the last dose of the end-of-treatment form, death or cutoff, whichever comes first (house rule beside R-301).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qc.extract import Row, when
from qc.people import Forms, Person
from qc.spelling import YES, Span, answer, number, span


@dataclass(frozen=True)
class Treatment:
    """A dosed subject: last dose, end of the on-treatment window, first palbociclib level taken, death (its days, None
    if not reported or not dated), whether a death is reported, its cause (empty if none is given)."""

    person: Person
    first: int
    last: int
    window_end: int
    level: int | None
    death: Span | None
    died: bool = False
    cause: str = ""

    def died_within(self, days: int) -> bool:
        """Return whether death came up to `days` after the last dose; a partial date that could be either is no."""
        return self.death is not None and self.death.last - self.last <= days


@dataclass(frozen=True)
class Period:
    """Days on which a drug was given, by one record."""

    drug: str
    number: int
    start: int
    end: int
    dose: int | None
    row: Row


def treatment(person: Person, forms: Forms, reports: Forms, cutoff: int, window: int) -> Treatment:
    """Return the treatment of a dosed subject; `forms` hold what counts at the cutoff, `reports` the forms that tell of
    a death whatever their own date."""
    subject = person.subject
    died, death = death_report(reports, forms, subject, cutoff)
    given = list(periods(forms, subject, death, cutoff))
    last = max(period.end for period in given)
    palbociclib = sorted(
        (p for p in given if p.drug == "PALBOCICLIB" and p.dose is not None), key=lambda p: (p.start, p.number)
    )
    ended = {answer("drug", row["DRUG"]) for row in forms["eot"].get(subject, [])}
    left = any(span(row["EOSDAT_RAW"]) or row["REASON"] for row in forms["eos"].get(subject, []))
    ongoing = not died and not left and bool({period.drug for period in given} - ended)
    end = cutoff if ongoing else min(last + window, cutoff)
    level = palbociclib[0].dose if palbociclib else person.level
    first = min(period.start for period in given)
    return Treatment(person, first, last, end, level, death, died, _cause(reports, subject) if died else "")


def periods(forms: Forms, subject: str, death: Span | None, cutoff: int) -> Iterator[Period]:
    """Yield the records by which a drug was given, with their days up to the cutoff."""
    for row in forms["ex_tdm1"].get(subject, []):
        given = span(row["EXDAT_RAW"])
        if answer("yes_no", row["GIVEN"]) == YES and given and given.day and number(row["MG"].replace(",", ".")) != 0:
            yield Period("T-DM1", int(number(row["CYCLE"]) or 0), given.day, given.day, None, row)
    oral = [row for row in forms["ex_oral"].get(subject, []) if _is_taken(row)]
    for drug in ("PALBOCICLIB", "LETROZOLE"):
        own = [row for row in oral if answer("drug", row["DRUG"]) == drug]
        dated = sorted(
            (days.day, number(row["EXNO"]) or 0, row) for row in own if (days := span(row["STDAT_RAW"])) and days.day
        )
        for place, (start, order, row) in enumerate(dated):
            following = [dated[place + 1][0] - 1] if place + 1 < len(dated) else []
            end = _stop(row, forms, subject, [*following, *([death.day] if death and death.day else []), cutoff])
            dose = number(row["DOSE"])
            yield Period(
                drug, int(order), start, min(max(start, end), cutoff), None if dose is None else int(dose), row
            )


def _is_taken(row: Row) -> bool:
    return answer("yes_no", row["GIVEN"]) == YES and number(row["DOSE"]) != 0 and number(row["TAKEN"]) != 0


def _stop(row: Row, forms: Forms, subject: str, bounds: list[int]) -> int:
    """Return the last day of an oral record: its stop, else the first of what ends an open record."""
    if stop := span(row["ENDAT_RAW"]):
        return stop.first
    ends = [
        other for other in forms["eot"].get(subject, []) if answer("drug", other["DRUG"]) == answer("drug", row["DRUG"])
    ]
    days = [days.day for other in ends if (days := span(other["LASTDAT_RAW"])) and days.day]
    return min([*days, *bounds])


def death_report(reports: Forms, forms: Forms, subject: str, cutoff: int) -> tuple[bool, Span | None]:
    """Return whether a death is reported by the cutoff, and its days by the report that decides (R-209, R-210)."""
    found: list[tuple[int, int, Span | None]] = []
    for order, form in enumerate(("eos", "fu", "ae")):
        for row in (forms if form == "ae" else reports)[form].get(subject, []):
            days, own = span(row["DTHDAT_RAW"]), when(form, row)
            if not (days or _says_dead(form, row)) or (days and days.first > cutoff):
                continue
            if days is None and own is not None and own.first > cutoff:
                continue
            length = 2 if days is None else int(days.day is None)
            found.append((length, order, days))
    return bool(found), min(found, key=lambda report: report[:2])[2] if found else None


def _cause(reports: Forms, subject: str) -> str:
    """Return the cause of death on the end-of-study form."""
    causes = [answer("cause", row["CAUSE"]) for row in reports["eos"].get(subject, [])]
    return next(filter(None, causes), "")


def _says_dead(form: str, row: Row) -> bool:
    if form == "eos":
        return answer("eos_reason", row["REASON"]) == "DEATH" or bool(row["CAUSE"])
    return answer("survival", row["STATUS"]) == "DEAD" if form == "fu" else answer("outcome", row["OUTCOME"]) == "FATAL"
