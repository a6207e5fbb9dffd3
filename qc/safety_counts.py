"""What the tables of adverse events share: subjects by column, names of events, counts with their addresses (R-901,
R-904)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crf2csr.ard import Result, path
from qc.events import Event
from qc.rates import COLUMNS, statistics
from qc.treatment import Treatment

#: Subjects with their columns, treatment and events.
Cohort = list[tuple[set[str], Treatment, list[Event]]]
Test = Callable[[Event], bool]
#: The names below which an event stands: class and term, or the term alone.
Namer = Callable[[Event], tuple[str, ...]]
SEVERE = range(3, 6)


def is_severe(event: Event) -> bool:
    """Return whether the grade is 3 to 5."""
    return event.record.grade in SEVERE


def class_and_term(event: Event) -> tuple[str, ...]:
    """Return system organ class and preferred term."""
    return event.record.names


def term(event: Event) -> tuple[str, ...]:
    """Return the preferred term."""
    return event.record.names[1:]


def names_of(cohort: Cohort, test: Test, namer: Namer = class_and_term) -> list[tuple[str, ...]]:
    """Return every name that a record which passes has: none, the outer ones, those within."""
    found = {namer(e) for _, _, events in cohort for e in events if test(e)}
    return sorted({name[:depth] for name in found for depth in range(len(name) + 1)} | {()})


def by_column(cohort: Cohort) -> Iterator[tuple[str, list[list[Event]]]]:
    """Yield the events of the subjects of each column."""
    for column in COLUMNS:
        yield column, [events for inside, _, events in cohort if column in inside]


def counts(
    analysis: str,
    column: str,
    variable: str,
    category: str,
    members: list[list[Event]],
    test: Test,
    level: float | None,
    columns: str = "c3-safety",
) -> Iterator[tuple[str, str]]:
    """Yield the statistics of the subjects with a record that passes, and the number of their events."""
    kept = [[event for event in events if test(event)] for events in members]
    hits = sum(bool(events) for events in kept)
    for statistic, value in statistics(hits, len(members), level is not None, level or 0):
        yield address(analysis, column, variable, category, statistic, columns), value
    events = sum(len({event.event for event in own}) for own in kept)
    yield address(analysis, column, variable, category, "events", columns), repr(events)


def table(
    cohort: Cohort, analysis: str, variable: str, test: Test, namer: Namer, level: float | None = None
) -> Iterator[tuple[str, str]]:
    """Yield the counts of a table of classes and terms; `level` is that of the interval of its first row, if it has
    one."""
    for column, members in by_column(cohort):
        yield address(analysis, column, "", "", "N"), repr(len(members))
        for names in names_of(cohort, test, namer):
            chosen = _called(test, namer, names)
            yield from counts(analysis, column, variable, path(*names), members, chosen, None if names else level)


def _called(test: Test, namer: Namer, names: tuple[str, ...]) -> Test:
    return lambda e: test(e) and namer(e)[: len(names)] == names


def address(
    analysis: str, column: str, variable: str, category: str, statistic: str, columns: str = "c3-safety"
) -> str:
    """Return the address that the first program gives a result of the Safety set."""
    return Result(f"{analysis}-safety", columns, column, variable, category, statistic, None).id
