"""Second program of the adverse events: every number of Tables 14.3.1.1 to 14.3.1.8, 14.3.1.12 to 14.3.1.14 and
14.3.2.1, and the dates and flags behind them.

Written from the rules, without the code of the first program: the raw files are read here again, subject by subject.
R-204, R-301, R-801, R-901 to R-912.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from crf2csr.ard import path
from qc.events import DRUGS, Event, events_of, selections
from qc.extract import PEOPLE, read_extract, read_form, refuse_others
from qc.people import Person, columns, dosed
from qc.rates import COLUMNS, statistics
from qc.safety_counts import SEVERE, Cohort, Test, address, by_column, counts, is_severe, names_of
from qc.safety_tables import tables
from qc.treatment import Treatment, treatment

#: Keys of which this program knows one value only.
ONLY = {"ci.method": ("clopper_pearson",), "ae.missing_grade": ("missing",), "ae.missing_relation": ("not_related",)}
#: Rows of the overview that have an interval.
WITH_INTERVAL = ("FRST", "FRST3", "TEAE", "TEAE3")


def recompute(extract: Path, values: Mapping[str, Any]) -> dict[str, str]:
    """Return `<subject>/<event number>/<variable>` → value of ADAE, and the address of each result → value.

    extract: folder with the raw files; values: the study keys of `crf2csr.jobs.qc`. Numbers are rounded to 9 decimals.
    Raises InputError for a file that cannot be read, or a key value that this program does not know.
    """
    refuse_others(values, ONLY)
    cutoff = values["data_cutoff"].toordinal()
    forms = read_extract(extract, cutoff, PEOPLE)
    reports = {form: read_form(extract, form) for form in ("eos", "fu")}
    cohort: Cohort = []
    for person in dosed(forms, cutoff):
        treated = treatment(person, forms, reports, cutoff, values["teae.window_days"])
        events = events_of(forms["ae"].get(person.subject, []), treated)
        cohort.append((_columns(person, treated, values["rp2d.value"]), treated, events))
    found = {key: value for _, treated, events in cohort for key, value in _patient(treated, events)}
    for rows in (_overview, _grades):
        found |= dict(rows(cohort, values["ci.level"]))
    found |= dict(tables(cohort, values))
    return found | dict(_deaths(cohort, values["death.window_days"]))


def _columns(person: Person, treated: Treatment, recommended: int | None) -> set[str]:
    """Return the columns of C3 of safety: dose columns by the level taken, the others as assigned (R-305)."""
    assigned = {name for name in columns(person, recommended) if not name.startswith("d")}
    taken = f"d{treated.level}"
    return assigned | ({taken} if person.phase == "I" and taken in COLUMNS else set())


def _patient(treated: Treatment, events: Iterable[Event]) -> Iterator[tuple[str, str]]:
    for event in events:
        place = f"{treated.person.subject}/{event.record.number}"
        start = event.record.start
        if start is not None:
            yield f"{place}/ASTDT", date.fromordinal(start).isoformat()
        yield f"{place}/TRTEMFL", "Y" if event.emergent else "N"
        yield f"{place}/FRSTFL", "Y" if event.since_first_dose else "N"
        yield f"{place}/AEVNTNUM", str(event.event)


def _tests() -> dict[str, Test]:
    """Return the rows of the overview by name: which records count."""
    tests: dict[str, Test] = {
        "TEAE": lambda e: True,
        "TEAE3": is_severe,
        "NOGRADE": lambda e: e.record.grade is None,
        "GRADE5": lambda e: e.record.grade == 5,
        "RELANY": lambda e: bool(e.record.related),
        "NOREL": lambda e: not e.record.related and any(not e.record.row[f"REL{drug}"] for drug in DRUGS),
        "REL3": lambda e: bool(e.record.related) and is_severe(e),
        "SER": lambda e: e.record.says("SERIOUS"),
        "RELSER": lambda e: bool(e.record.related) and e.record.says("SERIOUS"),
        "DISSTUDY": lambda e: e.record.says("DISC"),
        "DLT": lambda e: e.record.says("DLT"),
    }
    tests |= {f"REL{drug}": _related_to(drug) for drug in DRUGS}
    for name, action in (("INT", "DRUG INTERRUPTED"), ("RED", "DOSE REDUCED"), ("DIS", "DRUG WITHDRAWN")):
        tests |= {f"{name}{drug}": _acted(action, {drug}) for drug in DRUGS}
        tests[f"{name}ANY"] = _acted(action, set(DRUGS))
    return tests | {name: _has_term(terms) for name, terms in selections().items()}


def _related_to(drug: str) -> Test:
    return lambda e: drug in e.record.related


def _acted(action: str, drugs: set[str]) -> Test:
    return lambda e: bool(e.record.acted(action) & drugs)


def _has_term(terms: frozenset[str]) -> Test:
    return lambda e: e.record.names[1] in terms


def _emergent(test: Test) -> Test:
    return lambda e: e.emergent and test(e)


def _overview(cohort: Cohort, level: float) -> Iterator[tuple[str, str]]:
    tests = {name: _emergent(test) for name, test in _tests().items()}
    tests |= {"FRST": lambda e: e.since_first_dose, "FRST3": lambda e: e.since_first_dose and is_severe(e)}
    for column, members in by_column(cohort):
        yield address("ae-overview", column, "", "", "N"), repr(len(members))
        for name, test in tests.items():
            yield from counts("ae-overview", column, name, "Y", members, test, level if name in WITH_INTERVAL else None)


def _grades(cohort: Cohort, level: float) -> Iterator[tuple[str, str]]:
    for column, members in by_column(cohort):
        yield address("teae-grades", column, "", "", "N"), repr(len(members))
        for names in names_of(cohort, lambda e: e.emergent):
            worst = [_worst(events, names) for events in members]
            found = {str(grade): worst.count(grade) for grade in range(1, 6)}
            found |= {"Missing": worst.count(0), "Any": len(worst) - worst.count(None)}
            found[">=3"] = sum(grade in SEVERE for grade in worst)
            for grade, n in found.items():
                for statistic, value in statistics(n, len(members), False, level):
                    yield address("teae-grades", column, "AEBODSYS", path(*names, grade), statistic), value


def _worst(events: Iterable[Event], names: tuple[str, ...]) -> int | None:
    """Return the highest grade of a subject among the treatment-emergent records of these names; 0 if none is known,
    None without a record."""
    grades = [e.record.grade or 0 for e in events if e.emergent and e.record.names[: len(names)] == names]
    return max(grades, default=None)


def _deaths(cohort: Cohort, days: int) -> Iterator[tuple[str, str]]:
    for column in COLUMNS:
        members = [treated for inside, treated, _ in cohort if column in inside]
        yield address("deaths-window", column, "", "", "N"), repr(len(members))
        for statistic, value in statistics(sum(t.died_within(days) for t in members), len(members), False, 0):
            yield address("deaths-window", column, "DTHWINFL", "Y", statistic), value
