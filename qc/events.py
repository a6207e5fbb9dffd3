"""Adverse events as the forms tell them: start, emergence, which records are one event (R-204, R-903, R-904, R-908)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

from qc.extract import Row, content
from qc.spelling import YES, Span, answer, number, span
from qc.treatment import Treatment

DRUGS = ("PAL", "LET", "TDM")


@dataclass(frozen=True)
class Record:
    """One record of the form; `start` and `end` are days (`end` only if complete), `exact` a start that is complete."""

    row: Row
    number: int
    names: tuple[str, str]
    start: int | None
    exact: bool
    end: int | None
    grade: int | None
    said: tuple[tuple[str, str], ...]

    @property
    def term(self) -> str:
        """What records of one event share: the preferred term, or the reported one of an uncoded event."""
        return self.names[1] if self.names[1] != "Uncoded" else self.row["TERM"].casefold()

    @property
    def order(self) -> tuple[float, float, int]:
        """The place among the records of an event."""
        return (inf if self.start is None else self.start, inf if self.end is None else self.end, self.number)

    @property
    def related(self) -> set[str]:
        """The drugs that the event is related to."""
        return {drug for drug in DRUGS if answer("relation", self.row[f"REL{drug}"]) == "RELATED"}

    def acted(self, action: str) -> set[str]:
        """Return the drugs with which this was done."""
        return {drug for drug in DRUGS if answer("action", self.row[f"ACN{drug}"]) == action}

    def says(self, column: str) -> bool:
        """Return whether the answer in a column is yes."""
        return answer("yes_no", self.row[column]) == YES


@dataclass(frozen=True)
class Event:
    """A record with what follows from it: number of its event, treatment-emergent, from first dose to cutoff."""

    record: Record
    event: int
    emergent: bool
    since_first_dose: bool


def events_of(rows: list[Row], treated: Treatment) -> list[Event]:
    """Return the events of a dosed subject, records after the cutoff being gone already."""
    records = sorted((_record(row, treated.first) for row in rows), key=lambda record: record.order)
    found = []
    for group in _groups(records):
        before = [r for r in group if r.start is not None and r.start < treated.first]
        for record in group:
            after = record.start is not None and record.start >= treated.first and not _no_worse(record, before)
            emergent = after and (record.start or 0) <= treated.window_end
            found.append(Event(record, min(group, key=lambda r: r.order).number, emergent, after))
    return found


def _no_worse(record: Record, before: list[Record]) -> bool:
    """Return whether the event was there before the first dose at a grade that this record does not exceed."""
    earlier = max(before, key=lambda r: (r.start or 0, r.number)).grade if before else None
    return earlier is not None and record.grade is not None and record.grade <= earlier


def _groups(records: list[Record]) -> list[list[Record]]:
    """Return the records that are one event: neighbors and repetitions joined until nothing can be joined."""
    groups = [[record] for record in records]
    for record in records:
        touching = [group for group in groups if any(_one_event(record, other) for other in group)]
        joined = [member for group in touching for member in group]
        groups = [*(group for group in groups if group not in touching), joined]
    return groups


def _one_event(a: Record, b: Record) -> bool:
    if a is b or (a.said == b.said):
        return True
    meets = any(
        first.end is not None and second.exact and second.start is not None and second.start - first.end in (0, 1)
        for first, second in ((a, b), (b, a))
        if first.order <= second.order
    )
    return a.term == b.term and meets


def _record(row: Row, first_dose: int) -> Record:
    days, end, grade = span(row["STDAT_RAW"]), span(row["ENDAT_RAW"]), number(row["GRADE"])
    return Record(
        row=row,
        number=int(number(row["AENO"]) or 0),
        names=(row["BODSYS"] or "Uncoded", row["DECOD"] or "Uncoded"),
        start=_start(days, end, first_dose),
        exact=days is not None and days.day is not None,
        end=end.day if end else None,
        grade=int(grade) if grade is not None and 1 <= grade <= 5 else None,
        said=tuple(pair for pair in content(row) if pair[0] != "AENO"),
    )


def _start(days: Span | None, end: Span | None, first_dose: int) -> int | None:
    """Return the first possible day, but the first dose where that is possible and the event did not end before it."""
    if end is not None and end.last < first_dose:
        return days.first if days else None
    if days is None or days.first <= first_dose <= days.last:
        return first_dose
    return days.first


def selections() -> Mapping[str, frozenset[str]]:
    """Return the preferred terms of the groups of special interest (R-910), typed here a second time."""
    return {
        "AESINEU": frozenset({"Neutrophil count decreased", "Febrile neutropenia", "Neutropenia"}),
        "AESIHEP": frozenset(
            {"Alanine aminotransferase increased", "Aspartate aminotransferase increased", "Hepatic failure"}
            | {"Blood bilirubin increased", "Alkaline phosphatase increased", "Portal hypertension"}
        ),
        "AESIPLT": frozenset({"Platelet count decreased", "Thrombocytopenia"}),
        "AESIPNE": frozenset({"Pneumonitis", "Pulmonary fibrosis", "Interstitial lung disease"}),
        "AESILVE": frozenset({"Ejection fraction decreased", "Left ventricular systolic dysfunction", "Heart failure"}),
        "AESIQT": frozenset({"Electrocardiogram QT corrected interval prolonged"}),
        "AESIPN": frozenset({"Peripheral sensory neuropathy", "Peripheral motor neuropathy", "Paresthesia"}),
        "AESIHEM": frozenset(
            {f"{place} hemorrhage" for place in ("Upper gastrointestinal", "Lower gastrointestinal", "Rectal")}
            | {f"{place} hemorrhage" for place in ("Intracranial", "Bronchopulmonary", "Vaginal")}
            | {"Epistaxis", "Hematuria"}
        ),
        "AESIINF": frozenset({"Infusion related reaction", "Allergic reaction", "Anaphylaxis"}),
    }
