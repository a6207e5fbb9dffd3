"""Second program of the tables of adverse events by class and term, by action, of fatal and common events, and of
deaths (R-901 to R-912, R-914)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crf2csr.ard import path
from qc.events import DRUGS, Event
from qc.rates import COLUMNS, statistics
from qc.safety_counts import Cohort, Test, address, class_and_term, counts, is_severe, table, term
from qc.spelling import answer, span
from qc.treatment import Treatment

ACTIONS = {"INT": "DRUG INTERRUPTED", "RED": "DOSE REDUCED", "DIS": "DRUG WITHDRAWN"}
CAUSES = ("DISEASE PROGRESSION", "ADVERSE EVENT", "OTHER", "UNKNOWN")
#: Columns of C1: those of C3 without phase II.
DEATH_COLUMNS = tuple(column for column in COLUMNS if column != "ph2")
FATAL_GRADE, SMALL = 5, 20


def tables(cohort: Cohort, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield address and value of every number of Tables 14.3.1.2, .4, .5 to .8, .12 to .14 and 14.3.2.1."""
    tests: dict[str, Test] = {
        "teae": lambda e: True,
        "teae-serious": lambda e: e.record.says("SERIOUS"),
        "teae-related-severe": lambda e: bool(e.record.related) and is_severe(e),
        "teae-related-serious": lambda e: bool(e.record.related) and e.record.says("SERIOUS"),
    }
    for analysis, test in tests.items():
        yield from table(cohort, analysis, "AEBODSYS", _emergent(test), class_and_term)
    yield from table(cohort, "teae-severe", "AEBODSYS", _emergent(is_severe), class_and_term, values["ci.level"])
    for drugs in ({"ANY": set(DRUGS)} | {drug: {drug} for drug in DRUGS}).items():
        yield from _by_drug(cohort, *drugs)
    cutoff = values["data_cutoff"].toordinal()
    yield from table(cohort, "teae-fatal", "AEDECOD", _emergent(_is_fatal(cutoff)), term)
    yield from _common(cohort, values["ae.common_cut_pct"])
    yield from _deaths(cohort, values["death.window_days"], _is_fatal(cutoff))


def _emergent(test: Test) -> Test:
    return lambda e: e.emergent and test(e)


def _by_drug(cohort: Cohort, name: str, drugs: set[str]) -> Iterator[tuple[str, str]]:
    """Yield what is related to one of the drugs, and what was done with one of them."""
    related = _emergent(lambda e: bool(e.record.related & drugs))
    yield from table(cohort, "teae-related", f"REL-{name}", related, class_and_term)
    for short, action in ACTIONS.items():
        yield from table(cohort, "teae-action", f"{name}-{short}", _emergent(_acted(action, drugs)), term)


def _acted(action: str, drugs: set[str]) -> Test:
    return lambda e: bool(e.record.acted(action) & drugs)


def _is_fatal(cutoff: int) -> Test:
    """Return the test of a fatal event whose day of death, if given, is not after the cutoff."""

    def passes(event: Event) -> bool:
        row = event.record.row
        fatal = event.record.grade == FATAL_GRADE or answer("outcome", row["OUTCOME"]) == "FATAL"
        died = span(row["DTHDAT_RAW"])
        return fatal and not (died is not None and died.first > cutoff)

    return passes


def _common(cohort: Cohort, percent: int) -> Iterator[tuple[str, str]]:
    """Yield the rows of the common terms: of all terms, those that enough subjects have."""
    found = dict(table(cohort, "teae-common", "AEDECOD", _emergent(lambda e: True), term))
    needed = 2 if len(cohort) < SMALL else len(cohort) * percent / 100
    names = {names[1] for _, _, events in cohort for names in (e.record.names for e in events if e.emergent)}
    rare = {
        path(name) for name in names if int(found[address("teae-common", "all", "AEDECOD", path(name), "n")]) < needed
    }
    dropped = tuple(f"/AEDECOD/{name}/" for name in rare)
    yield from ((place, value) for place, value in found.items() if not any(one in place for one in dropped))


def _deaths(cohort: Cohort, days: int, fatal: Test) -> Iterator[tuple[str, str]]:
    for column in DEATH_COLUMNS:
        members = [(treated, events) for inside, treated, events in cohort if column in inside]
        yield address("deaths", column, "", "", "N", "c1-safety"), repr(len(members))
        for (variable, category), test in _rows_of_deaths(days).items():
            hits = sum(treated.died and test(treated) for treated, _ in members)
            for statistic, value in statistics(hits, len(members), False, 0):
                yield address("deaths", column, variable, path(category), statistic, "c1-safety"), value
        alive = [[] if treated.died else events for treated, events in members]
        yield address("deaths-unreported", column, "", "", "N", "c1-safety"), repr(len(members))
        yield from counts("deaths-unreported", column, "FATALFL", "Y", alive, fatal, None, "c1-safety")


def _rows_of_deaths(days: int) -> dict[tuple[str, str], Any]:
    """Return the rows of the table of deaths by variable and category: which of the dead they count."""
    rows: dict[tuple[str, str], Any] = {
        ("DTHFL", "Y"): lambda t: True,
        ("DTHWINFL", "Y"): lambda t: t.died_within(days),
        ("DTHWINFL", "N"): lambda t: t.death is not None and not t.died_within(days),
        ("NODAY", "Y"): lambda t: t.death is None,
        ("NOCAUSE", "Y"): lambda t: not t.cause,
    }
    return rows | {("DTHCAUS", cause): _died_of(cause) for cause in CAUSES}


def _died_of(cause: str) -> Any:
    def passes(treated: Treatment) -> bool:
        return treated.cause == cause

    return passes
