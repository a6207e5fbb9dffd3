"""Subjects with events, by category and nested category, and by maximum grade (R-901, R-902, R-904, R-905)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crf2csr.analyze.counting import (
    UNCODED,
    count_results,
    in_order,
    is_common,
    members_of,
    number,
    subjects_among,
    with_row_keys,
)
from crf2csr.analyze.proportions import limits_of
from crf2csr.ard import GRADES, Member, Result, path
from crf2csr.ard import Analysis as AnalysisResults
from crf2csr.plan import Analysis, VariableSpec
from crf2csr.select import select_rows, subjects_by_column
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd

#: From here on a grade counts as severe (the registered outcome: grade 3 or higher).
SEVERE = 3
#: The column that tells which rows are one event (R-904); a dataset without it has one event a row.
EVENT = "AEVNTNUM"


@dataclass(frozen=True)
class Occurrence:
    """A row that counts: subject, names from outer to inner, address, event, grade (None where it is missing)."""

    subject: str
    names: tuple[str, ...]
    row: str
    event: str
    grade: int | None


@uses("ci.method", "ci.level", "ae.common_cut_pct")
def incidence(adsl: pd.DataFrame, data: pd.DataFrame, analysis: Analysis, study: View) -> AnalysisResults:
    """Count the subjects of each column with at least one selected row: for each variable at all (the empty category),
    in each category and in each nested one; or in each planned category.

    A subject counts once per category. Statistics: `n`, `N`, `estimate`, `events` (rows of one event once: AEVNTNUM, if
    the dataset has it), `lower` and `upper` for what `intervals` lists. With `worst` each category has the maximum
    grade of the subject within it below it (`ard.GRADES`) and no events. Categories found stand in all columns in the
    order of R-905: falling count in the last column (all subjects), name without regard to case, Uncoded last; a
    missing name is Uncoded. N is that of the column, narrowed by `among`; N = 0: as `categories`, R-801.
    """
    keyed = with_row_keys(data, analysis)
    columns = subjects_by_column(adsl, analysis)
    results = [number(analysis, level, "", "", "N", len(subjects), "incidence") for level, subjects in columns.items()]
    members: list[Member] = []
    for variable in analysis.spec.variables:
        inside = {level: subjects_among(subjects, data, variable, adsl) for level, subjects in columns.items()}
        found = [o for o in _occurrences(keyed, variable) if any(o.subject in subjects for subjects in inside.values())]
        named = list(_categories(variable, found, list(inside.values())[-1], study["ae.common_cut_pct"]))
        for level, subjects in inside.items():
            for category, occurrences in named:
                counted = [o for o in occurrences if o.subject in subjects]
                for name, chosen in _graded(category, counted) if variable.worst else [(category, counted)]:
                    made = _results(analysis, level, variable, name, chosen, len(subjects), study)
                    results += made
                    members += members_of(made[0], analysis.spec.data, (o.row for o in chosen))
    return AnalysisResults(tuple(results), tuple(members))


def _occurrences(keyed: pd.DataFrame, variable: VariableSpec) -> list[Occurrence]:
    """Return the rows that the plan selects; a grade is there only with `worst`."""
    chosen = select_rows(keyed, variable.where)
    if variable.categories:
        chosen = chosen.loc[chosen[variable.name].notna()]
    names = [chosen[name].astype("string").fillna(UNCODED) for name in (variable.name, variable.within) if name]
    event = chosen[EVENT].astype("string") if EVENT in chosen else chosen["_row"]
    grade = chosen[variable.worst].fillna(0) if variable.worst else [0] * len(chosen)
    columns = (chosen["USUBJID"], zip(*names, strict=True), chosen["_row"], event, grade)
    return [
        Occurrence(subject, tuple(map(str, name)), row, str(number), int(value) or None)
        for subject, name, row, number, value in zip(*columns, strict=True)
    ]


def _categories(
    variable: VariableSpec, found: list[Occurrence], last: set[str], cut: int
) -> Iterator[tuple[str, list[Occurrence]]]:
    """Yield each category with its rows: planned ones with their composites; or all, found ones (with `common` those
    that reach the cut among the subjects `last`), nested ones below."""
    if variable.categories:
        united = {name: (name,) for name in variable.categories} | variable.composites
        yield from ((path(name), [o for o in found if o.names[0] in inside]) for name, inside in united.items())
        return
    yield "", found
    for outer, rows in _in_order(found, 0, last):
        if variable.common and not is_common(len({o.subject for o in rows} & last), len(last), cut):
            continue
        yield path(outer), rows
        if variable.within:
            yield from ((path(outer, inner), nested) for inner, nested in _in_order(rows, 1, last))


def _in_order(found: list[Occurrence], depth: int, last: set[str]) -> list[tuple[str, list[Occurrence]]]:
    """Return each name at a depth with its rows in the order of R-905."""
    grouped: dict[str, list[Occurrence]] = {}
    for occurrence in found:
        grouped.setdefault(occurrence.names[depth], []).append(occurrence)
    counts = {name: len({o.subject for o in rows if o.subject in last}) for name, rows in grouped.items()}
    return [(name, grouped[name]) for name in in_order(counts)]


def _graded(category: str, counted: list[Occurrence]) -> Iterator[tuple[str, list[Occurrence]]]:
    """Yield the category at each grade with the rows that show it: a subject stands at the maximum of its known grades,
    under Missing if none is known."""
    worst: dict[str, int] = {}
    for o in counted:
        if o.grade is not None:
            worst[o.subject] = max(o.grade, worst.get(o.subject, o.grade))
    highest = [o for o in counted if o.grade is not None and o.grade == worst[o.subject]]
    at = {name: [o for o in highest if str(o.grade) == name] for name in ("1", "2", "3", "4", "5")}
    at |= {"Any": counted, "Missing": [o for o in counted if o.subject not in worst]}
    at[">=3"] = [o for o in counted if o.grade is not None and o.grade >= SEVERE]
    prefix = f"{category}/" if category else ""
    yield from ((f"{prefix}{path(name)}", at[name]) for name in GRADES)


def _results(
    analysis: Analysis,
    level: str,
    variable: VariableSpec,
    category: str,
    chosen: Iterable[Occurrence],
    total: int,
    study: View,
) -> list[Result]:
    chosen = list(chosen)
    n = len({o.subject for o in chosen})
    found = list(count_results(analysis, level, variable.label, category, n, total, "incidence"))
    if not variable.worst:
        events = len({(o.subject, o.event) for o in chosen})
        found.append(number(analysis, level, variable.label, category, "events", events, "incidence"))
    if category in [path(name) if name else "" for name in variable.intervals]:
        found += limits_of(found[0], total, study)
    return found
