"""The tumor records of one subject arranged by visit, each lesion with its value (R-511 to R-516).

Diameters are exact fractions of millimeters, days are ordinals. A visit knows nothing of other visits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from qc.extract import Row, when
from qc.people import Forms
from qc.spelling import MILLIMETERS, YES, answer, number, span, visit_name

BASELINE = "SCREENING"
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
    def is_recorded(self) -> bool:
        """Whether the visit has any lesion record: a response alone is no assessment of lesions."""
        return any(self.rows[form] for form in ("tl", "ntl", "nl"))

    @property
    def investigator(self) -> str:
        """The overall response of the form; empty if it has none, or if label and code differ."""
        texts = [row.get(name, "") for row in self.rows["rs"] for name in ("OVERALL", "OVERALL_STD")]
        found = {answer("overall", text) for text in texts}
        return found.pop() if len(found) == 1 else ""

    @property
    def scan_days(self) -> list[int]:
        """Days of target and non-target scans; without one those of the new-lesion form, then of the response."""
        scans = [day for form in ("tl", "ntl") for row in self.rows[form] if (day := day_of(form, row))]
        other = [[day for row in self.rows[form] if (day := day_of(form, row))] for form in ("nl", "rs")]
        return sorted(scans or other[0] or other[1])

    @property
    def first(self) -> int | None:
        """The first scan day, by which visits are ordered (decision 0002, point 8)."""
        return min(self.scan_days, default=None)

    @property
    def last(self) -> int | None:
        """The last scan day, with the new-lesion form (R-515)."""
        new = [day for row in self.rows["nl"] if (day := day_of("nl", row))]
        return max([*self.scan_days, *new], default=None)


def day_of(form: str, row: Row) -> int | None:
    """Return the day of a record, if its date is complete."""
    days = when(form, row)
    return days.day if days else None


def visits_of(forms: Forms, subject: str) -> list[Visit]:
    """Return every visit of a subject that has a record on a tumor form, in order of the first scan day."""
    rows = {form: forms[form].get(subject, []) for form in TUMOR_FORMS}
    whole = {row["LESION"] for row in rows["tl"] if not row["PARENT"]}
    names = sorted({visit_name(row["FOLDER"]) for each in rows.values() for row in each})
    scanned = [row for form in ("tl", "ntl") for row in rows[form] if visit_name(row["FOLDER"]) == BASELINE]
    baseline = max((day for row in scanned if (day := day_of("tl", row))), default=None)
    treated = list(_treated(forms, subject, baseline))
    found = [_visit(name, rows, whole, treated) for name in names if not name.startswith("?")]
    return sorted(found, key=lambda visit: (visit.first or 0, visit.name))


def _visit(name: str, rows: dict[str, list[Row]], whole: set[str], treated: list[tuple[str, int]]) -> Visit:
    """`whole` are the lesions that are no fragments: a merged one names its partner, but was once without (R-513)."""
    own = {form: [row for row in each if visit_name(row["FOLDER"]) == name] for form, each in rows.items()}
    bare = Visit(name, own)
    lesions = {row["LESION"]: row for row in own["tl"] if row["LESION"] in whole}
    parts = [row for row in own["tl"] if row["LESION"] not in whole]
    for part in parts:  # fragments stand for a lesion of which the visit has no record of its own
        if part["PARENT"] in whole and part["PARENT"] not in lesions:
            lesions[part["PARENT"]] = part | {"LESION": part["PARENT"], "PARENT": "", "STATE": "SPLIT", "DIAMETER": ""}
    values = {lesion: _value(lesion, row, parts, lesions) for lesion, row in lesions.items()}
    return replace(
        bare,
        values={n: None if _is_treated(n, lesions[n], bare.last, treated) else value for n, value in values.items()},
        days={n: day for n, row in lesions.items() if (day := day_of("tl", row))},
        states={row["LESION"]: answer("nontarget", row["STATE"]) for row in own["ntl"]},
        state_days={row["LESION"]: day for row in own["ntl"] if (day := day_of("ntl", row))},
    )


def _is_treated(lesion: str, row: Row, visit_day: int | None, treated: list[tuple[str, int]]) -> bool:
    """Return whether a lesion was treated locally by the day of its scan; one without a date has that of the visit."""
    day = day_of("tl", row) or visit_day or 0
    return any(name == lesion and day >= start for name, start in treated)


def _value(lesion: str, row: Row, parts: list[Row], lesions: Mapping[str, Row]) -> Value:
    """Return millimeters of a lesion: its own, or those of its fragments together; None if one has none (R-513)."""
    word = answer("target", row["STATE"])
    if word == "MERGED":
        return Fraction(0) if _has_partner(lesion, row, lesions) else None
    own = [part for part in parts if part["PARENT"] == lesion]
    # A fragment that merged with another one counts in that one (decision 0002, point 19).
    fragments = [_measured(part) for part in own if not _is_merged(part)]
    if own and not fragments and word == "SPLIT":
        return None
    values = fragments if fragments and word == "SPLIT" else [_measured(row), *fragments]
    known = [value for value in values if value is not None]
    return sum(known, Fraction(0)) if len(known) == len(values) else None


def _has_partner(lesion: str, row: Row, lesions: Mapping[str, Row]) -> bool:
    """Return whether another lesion, the named one if one is named, speaks for the merged mass (R-513)."""
    partners = [other for name, other in lesions.items() if name != lesion and row["PARENT"] in ("", name)]
    return not number(row["DIAMETER"]) and any(_measured(other) is not None for other in partners)


def _is_merged(row: Row) -> bool:
    """Return whether a record says merged and nothing that contradicts it."""
    return answer("target", row["STATE"]) == "MERGED" and not number(row["DIAMETER"])


def _measured(row: Row) -> Value:
    """Return what one record says (R-511); a size beside a word that excludes it contradicts itself: None.

    `too small to measure` is 5 mm unless a size is given (decision 0002, points 4 and 5); a size that is negative or
    has no unit of length leaves the lesion not evaluated (point 18).
    """
    word, factor = answer("target", row["STATE"]), MILLIMETERS.get(row["UNIT"].casefold())
    written = number(row["DIAMETER"])
    size = written if written == 0 else None if written is None or factor is None else written * factor
    if word == "TOO SMALL TO MEASURE":
        unusable = bool(written and size is None) or row["DIAMETER"].strip().startswith("-")
        return None if unusable else size or TOO_SMALL
    if word == "ABSENT":
        return None if size else Fraction(0)
    return None if word else size


def _treated(forms: Forms, subject: str, baseline: int | None) -> Iterator[tuple[str, int]]:
    """Yield each lesion treated locally after the screening scans and the first day of that treatment (R-516).

    A partial date is the earliest possible day after those scans; without any, nothing is known to be after them.
    """
    for row in forms["act"].get(subject, []):
        days = span(row["STDAT_RAW"])
        local = answer("therapy", row["KIND"]) in ("RADIOTHERAPY", "SURGERY")
        if local and days and (baseline is None or days.last > baseline):
            start = max(days.first, (baseline or 0) + 1)
            yield from ((lesion, start) for lesion in re.split(r"[\s,;/+]+", row["LESIONS"]) if lesion)


def nodes_of(rows: Iterable[Row]) -> set[str]:
    """Return the lesions that are lymph nodes."""
    return {row["LESION"] for row in rows if answer("yes_no", row["NODAL"]) == YES}
