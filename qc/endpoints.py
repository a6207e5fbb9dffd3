"""The endpoints of one subject: on which day they end, and why (R-611, R-701 to R-707).

Written as a choice among all days on which the disease was judged, without following the visits one after the other.
Days are ordinals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from qc.alive import Fate
from qc.best import confirms, pairs, usable
from qc.visits import Assessed

#: Responses that say nothing about the disease (R-702).
SILENT = ("NE", "ND", "")
EVENTS = ("PD", "DEATH", "RESPONSE")
FAR = 10**9


@dataclass(frozen=True)
class End:
    """An endpoint of a subject: first and last day, and the code of how it ends."""

    start: int
    day: int
    code: str

    @property
    def days(self) -> int:
        """Both days counted (R-704)."""
        return self.day - self.start + 1

    @property
    def is_event(self) -> bool:
        """Whether it ends with an event."""
        return self.code in EVENTS


@dataclass(frozen=True)
class Disease:
    """What is known of the disease of one subject from the first dose on: days judged and not PD, the first PD."""

    start: int
    judged: tuple[int, ...]
    progression: int | None
    has_baseline: bool

    def last_judged(self, until: int = FAR) -> int:
        """Return the last day judged up to `until`, else the start."""
        return max((day for day in self.judged if day <= until), default=self.start)


def disease(found: list[Assessed], start: int, has_baseline: bool) -> Disease:
    """Return the disease of a subject; without baseline no visit counts."""
    used = usable(found, start, None) if has_baseline else []
    progression = min((record.day for record in used if record.response == "PD"), default=None)
    judged = tuple(record.day for record in used if record.response not in (*SILENT, "PD"))
    return Disease(start, judged, progression, has_baseline)


def progression_free(known: Disease, end: Fate, therapy: int | None, limit: int) -> End:
    """Return the end of progression-free survival; `limit`: most days between the last day judged and an event."""
    death = end.death if end.death is not None and end.death >= known.start else None
    event = min((day for day in (known.progression, death) if day is not None), default=None)
    if event is None and therapy is not None and known.judged:
        return End(known.start, known.last_judged(therapy), "NEW_THERAPY")
    if event is None:
        return End(known.start, known.last_judged(), _open(known, end))
    if therapy is not None and therapy < event:
        return End(known.start, known.last_judged(therapy), "NEW_THERAPY")
    if event - known.last_judged(event) > limit:
        return End(known.start, known.last_judged(event), "MISSED")
    return End(known.start, event, "PD" if event == known.progression else "DEATH")


def _open(known: Disease, end: Fate) -> str:
    """Return why nothing happened, the first that applies."""
    reasons = {
        "NO_BASELINE": not known.has_baseline,
        "NO_ASSESSMENT": not known.judged,
        "DEATH_UNDATED": end.died,
        "LEFT_STUDY": end.left,
        "DISCONTINUED": end.discontinued,
    }
    return next((code for code, applies in reasons.items() if applies), "ONGOING")


def survival(start: int, end: Fate) -> End:
    """Return the end of overall survival: death, else the last day known alive."""
    if end.death is not None and end.death >= start:
        return End(start, end.death, "DEATH")
    code = "DEATH_UNDATED" if end.died else "LEFT_STUDY" if end.left else "ALIVE"
    return End(start, max(start, end.alive or start), code)


def first_response(
    found: list[Assessed], start: int, therapy: int | None, values: Mapping[str, Any]
) -> tuple[int, str] | None:
    """Return day and visit of the first confirmed response, among all pairs of assessments (R-603 to R-606)."""
    used = usable(found, start, therapy)
    days = [used[a].day for a, b in pairs(used) if any(confirms(kind, used, a, b, values) for kind in ("CR", "PR"))]
    if not days:
        return None
    visits = [record.visit for record in found if record.day == min(days) and record.response in ("CR", "PR")]
    return min(days), visits[0]


def duration(free: End, response: int) -> End:
    """Return the duration of response: to the end of progression-free survival, or nothing if that came before."""
    if free.day >= response:
        return End(response, free.day, free.code)
    return End(response, response, "BEFORE_RESPONSE" if free.is_event else free.code)


def stable(known: Disease, free: End) -> End:
    """Return the duration of stable disease, which a death does not end (RECIST 1.1 section 4.6.3)."""
    return End(free.start, known.last_judged(free.day), "DEATH_NO_PD") if free.code == "DEATH" else free


def planned(visit: str) -> str:
    """Return the planned assessment of a visit in words."""
    words = {"TUM1": "First scheduled", "TUM2": "Second scheduled"}
    later = visit.startswith("TUM") and visit[3:].isdecimal()
    return f"{words.get(visit, 'Later scheduled' if later else 'Unscheduled or end-of-treatment')} assessment"


def codes(ends: Iterable[End]) -> set[tuple[bool, str]]:
    """Return how the endpoints end: whether with an event, and the code."""
    return {(end.is_event, end.code) for end in ends}
