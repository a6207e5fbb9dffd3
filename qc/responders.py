"""Every number of Table 14.2.10, and the responders that Table 14.2.2 counts (R-606, R-611)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from crf2csr.ard import Result, path
from qc import endpoints
from qc.endpoints import End
from qc.times import MONTH, share

COLUMNS = ("d75", "d100", "d125", "rp2d", "all")
SCHEDULED = ("TUM1", "TUM2", "TUM3", "")


@dataclass(frozen=True)
class Subject:
    """A subject of the full analysis set: its columns, the end of each endpoint, the planned assessment of its
    response."""

    name: str
    inside: set[str]
    ends: dict[str, End]
    seen: str


def address(analysis: str, column: str, variable: str, category: str, statistic: str) -> str:
    """Return the address of a number of the first program."""
    return Result(f"{analysis}-fas", "c1", column, variable, category, statistic, None).id


def responders(subjects: list[Subject]) -> Iterator[tuple[str, str]]:
    """Yield the address and value of every number of the time to response and of who has one."""
    for column in COLUMNS:
        members = [subject for subject in subjects if column in subject.inside]
        own = [subject for subject in members if subject.seen]
        for name in ("responders", "response-time", "response-assessment"):
            yield address(name, column, "", "", "N"), repr(len(members))
        for category, statistic, value in share(path("Y"), len(own), len(members)):
            yield address("responders", column, "CRSP", category, statistic), value
        for statistic, value in _summary([Fraction(subject.ends["TTR"].days) / MONTH for subject in own]):
            yield address("response-time", column, "TTR", "", statistic), value
        yield address("response-time", column, "TTR", "", "N"), repr(len(members))
        for visit in SCHEDULED:
            n = sum(subject.seen == endpoints.planned(visit) for subject in own)
            category = path(endpoints.planned(visit))
            for _, statistic, value in [*share(category, n, len(own)), (category, "events", repr(n))]:
                yield address("response-assessment", column, "TTR", category, statistic), value


def _summary(months: list[Fraction]) -> Iterator[tuple[str, str]]:
    """Yield the statistics of the times to response (R-108, R-109: quantiles of type 2)."""
    n, ordered = len(months), sorted(months)
    yield "n", repr(n)
    names = ("mean", "sd", "median", "q1", "q3", "min", "max")
    if not n:
        yield from ((name, "–") for name in names)
        return
    mean = sum(months, Fraction(0)) / n
    spread = sqrt(sum(((month - mean) ** 2 for month in months), Fraction(0)) / (n - 1)) if n > 1 else None
    quarters = [_type_two(ordered, part) for part in (Fraction(1, 2), Fraction(1, 4), Fraction(3, 4))]
    for name, value in zip(names, (mean, spread, *quarters, ordered[0], ordered[-1]), strict=True):
        yield name, "NC" if value is None else repr(round(float(value), 9))
    for place, month in enumerate(ordered, start=1):
        yield f"value{place}", repr(round(float(month), 9))


def _type_two(ordered: list[Fraction], part: Fraction) -> Fraction:
    place = len(ordered) * part
    whole = int(place)
    return (ordered[whole - 1] + ordered[whole]) / 2 if place == whole else ordered[whole]
