"""Questionnaires expected and received of one subject, straight from the forms (R-1206). Days are ordinals."""

from __future__ import annotations

from collections.abc import Iterator

from qc.alive import fate
from qc.people import Forms, Person
from qc.questionnaires import answered
from qc.spelling import span
from qc.treatment import treatment

#: Planned days from the first dose: day 1 of cycles of 21 days; the schedule ends with cycle 90.
CYCLES = {f"C{number}D1": 21 * (number - 1) for number in range(1, 91)}
#: Form to visit to (expected, received).
Due = dict[str, dict[str, tuple[bool, bool]]]


def due(person: Person, forms: Forms, reports: Forms, cutoff: int) -> Due:
    """Return the visits at which a form was expected, or came in, of a dosed subject.

    On treatment from first to last dose, or to the cutoff while a drug goes on; the form at the end of treatment is
    expected of those alive after the last dose. Only what lies before death and cutoff can be expected.
    """
    end = fate(forms, reports, person.subject, cutoff)
    last = treatment(person, forms, reports, cutoff, 0).last
    gone = any(span(row["EOSDAT_RAW"]) or row["REASON"] for row in forms["eos"].get(person.subject, []))
    over = end.discontinued or end.died or gone
    limit = min(day for day in (last if over else cutoff, cutoff, end.death) if day is not None)
    expected = {visit for visit, days in CYCLES.items() if person.start + days <= limit}
    if over and not (end.death is not None and end.death <= last):
        expected.add("EOT")
    return {
        form: {visit: (visit in expected, visit in received) for visit in expected | received}
        for form, received in answered(forms, person.subject).items()
    }


def flags(subject: str, forms: Due) -> Iterator[tuple[str, str]]:
    """Yield EXPFL and RECFL of each form and visit by the address of the first program."""
    for form, visits in forms.items():
        for visit, (expected, received) in visits.items():
            yield f"{subject}/{form}/{visit}/EXPFL", "Y" if expected else "N"
            yield f"{subject}/{form}/{visit}/RECFL", "Y" if received else "N"
