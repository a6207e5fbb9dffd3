"""The tumor records of one subject arranged by visit, each lesion with its value (R-511 to R-516).

Diameters are exact fractions of millimeters, days are ordinals. A visit knows nothing of other visits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from qc.extract import Row, when
from qc.people import Forms
from qc.spelling import PER_MILLIMETER, YES, answer, number, span, visit_name

TUMOR_FORMS = ("tl", "ntl", "nl", "rs")
TOO_SMALL = Fraction(5)
PATHOLOGICAL_NODE = Fraction(10)
Value = Fraction | None


@dataclass(frozen=True)
class Visit:
    """One visit: rows by form, value and day of each target lesion, state and day of each non-target lesion."""

    name: str
    rows: dict[str, list[Row]] = field(repr=False)
    values: dict[str, Value] = field(default_factory=dict)
    days: dict[str, int] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    state_days: dict[str, int] = field(default_factory=dict)

    @property
    def last(self) -> int | None:
        """The last scan day; where no scan is dated, the day of the investigator's response (R-515)."""
        scans = [day for form in ("tl", "ntl", "nl") for row in self.rows[form] if (day := day_of(form, row))]
        return max(scans or [day for row in self.rows["rs"] if (day := day_of("rs", row))], default=None)


def day_of(form: str, row: Row) -> int | None:
    """Return the day of a record, if its date is complete."""
    days = when(form, row)
    return days.day if days else None


def visits_of(forms: Forms, subject: str) -> list[Visit]:
    """Return every visit of a subject that has a record on a tumor form, in order of the last scan day."""
    treated = list(_treated(forms, subject))
    rows = {form: forms[form].get(subject, []) for form in TUMOR_FORMS}
    names = sorted({visit_name(row["FOLDER"]) for each in rows.values() for row in each})
    found = [_visit(name, rows, treated) for name in names]
    return sorted((visit for visit in found if visit.last), key=lambda visit: (visit.last or 0, visit.name))


def _visit(name: str, rows: dict[str, list[Row]], treated: list[tuple[str, int]]) -> Visit:
    own = {form: [row for row in each if visit_name(row["FOLDER"]) == name] for form, each in rows.items()}
    parents = {row["LESION"]: row for row in own["tl"] if not _is_fragment(row)}
    return Visit(
        name=name,
        rows=own,
        values={lesion: _lesion_value(lesion, row, own["tl"], treated) for lesion, row in parents.items()},
        days={lesion: day for lesion, row in parents.items() if (day := day_of("tl", row))},
        states={row["LESION"]: answer("nontarget", row["STATE"]) for row in own["ntl"]},
        state_days={row["LESION"]: day for row in own["ntl"] if (day := day_of("ntl", row))},
    )


def _is_fragment(row: Row) -> bool:
    """A record with a parent is a fragment of it, unless it says that the lesion merged into the parent (R-513)."""
    return bool(row["PARENT"]) and answer("target", row["STATE"]) != "MERGED"


def _lesion_value(lesion: str, row: Row, rows: list[Row], treated: list[tuple[str, int]]) -> Value:
    """Return millimeters of a lesion with its fragments; None where a part or the whole is not evaluable (R-516)."""
    day = day_of("tl", row)
    if any(name == lesion and day is not None and day >= start for name, start in treated):
        return None
    fragments = [_measured(part) for part in rows if _is_fragment(part) and part["PARENT"] == lesion]
    own = [] if fragments and answer("target", row["STATE"]) == "SPLIT" else [_measured(row)]
    parts = [*own, *fragments]
    return sum((part for part in parts if part is not None), Fraction(0)) if None not in parts else None


def _measured(row: Row) -> Value:
    """Return what one record says: a diameter first, else the meaning of its status word (R-511)."""
    size, factor = number(row["DIAMETER"]), PER_MILLIMETER.get(row["UNIT"].casefold())
    if size is not None and factor is not None:
        return size * factor
    words: dict[str, Value] = {"ABSENT": Fraction(0), "MERGED": Fraction(0), "TOO SMALL TO MEASURE": TOO_SMALL}
    return words.get(answer("target", row["STATE"]))


def _treated(forms: Forms, subject: str) -> Iterator[tuple[str, int]]:
    """Yield each lesion treated locally and the first day of that treatment (R-516)."""
    for row in forms["act"].get(subject, []):
        days = span(row["STDAT_RAW"])
        if answer("therapy", row["KIND"]) in ("RADIOTHERAPY", "SURGERY") and days:
            yield from ((lesion, days.first) for lesion in re.split(r"[\s,;/+]+", row["LESIONS"]) if lesion)


def nodes_of(rows: Iterable[Row]) -> set[str]:
    """Return the lesions that are lymph nodes."""
    return {row["LESION"] for row in rows if answer("yes_no", row["NODAL"]) == YES}
