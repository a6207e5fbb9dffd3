"""Subjects with events, by category and nested category, and by maximum grade (R-901, R-902, R-904, R-905)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from crf2csr.analyze.counting import (
    UNCODED,
    count_results,
    in_order,
    is_common,
    members_of,
    number,
    rows_asked,
    subjects_among,
)
from crf2csr.analyze.proportions import limits_of
from crf2csr.ard import GRADES, Member, Result, path
from crf2csr.ard import Analysis as AnalysisResults
from crf2csr.plan import Analysis, VariableSpec
from crf2csr.select import select_rows, subjects_by_column
from crf2csr.study import View, uses

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd

#: From here on a grade counts as severe (the registered outcome: grade 3 or higher).
SEVERE = 3
#: The column that tells which rows are one event (R-904); a dataset without it has one event a row.
EVENT = "AEVNTNUM"


class Rows(NamedTuple):
    """Rows that count, one entry of each array a row: number of the subject, outer and inner name, address, number of
    the event (no two subjects share one), grade (0 where it is missing)."""

    subject: np.ndarray
    outer: np.ndarray
    inner: np.ndarray
    row: np.ndarray
    event: np.ndarray
    grade: np.ndarray


class Column(NamedTuple):
    """The denominator of a column: how many subjects, and whether it holds each subject with a row, by its number."""

    total: int
    holds: np.ndarray


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
    keyed = rows_asked(data, analysis, EVENT)
    columns = subjects_by_column(adsl, analysis)
    results = [number(analysis, level, "", "", "N", len(subjects), "incidence") for level, subjects in columns.items()]
    members: list[Member] = []
    for variable in analysis.spec.variables:
        among = {level: subjects_among(subjects, keyed, variable, adsl) for level, subjects in columns.items()}
        found, inside = _rows(keyed, variable, among)
        named = list(_categories(variable, found, list(inside.values())[-1], study["ae.common_cut_pct"]))
        for level, column in inside.items():
            for category, rows in named:
                counted = _within(rows, column)
                for name, chosen in _graded(category, counted) if variable.worst else [(category, counted)]:
                    made = _results(analysis, level, variable, name, chosen, column.total, study)
                    results += made
                    members += members_of(made[0], analysis.spec.data, chosen.row)
    return AnalysisResults(tuple(results), tuple(members))


def _rows(keyed: pd.DataFrame, variable: VariableSpec, among: Mapping[str, set[str]]) -> tuple[Rows, dict[str, Column]]:
    """Return the rows that the plan selects, of subjects of any column, and the columns; a grade is there only with
    `worst`."""
    import numpy as np
    import pandas as pd

    chosen = select_rows(keyed, variable.where)
    if variable.categories:
        chosen = chosen.loc[chosen[variable.name].notna()]
    subject, subjects = pd.factorize(chosen["USUBJID"])
    names = [
        chosen[name].astype("string").fillna(UNCODED) for name in (variable.name, variable.within or variable.name)
    ]
    event, events = pd.factorize(chosen[EVENT if EVENT in chosen else "_row"], use_na_sentinel=False)
    grade = chosen[variable.worst].fillna(0).to_numpy(dtype=int) if variable.worst else np.zeros(len(chosen), dtype=int)
    outer, inner, row = (column.to_numpy(dtype=object) for column in (*names, chosen["_row"]))
    rows = Rows(subject, outer, inner, row, subject * len(events) + event, grade)
    inside = {level: Column(len(one), subjects.isin(list(one))) for level, one in among.items()}
    anywhere = np.any([column.holds for column in inside.values()], axis=0)
    return _taken(rows, anywhere[subject]), inside


def _taken(rows: Rows, chosen: np.ndarray) -> Rows:
    """Return the chosen rows, by a mask or by their places."""
    return Rows(*(values[chosen] for values in rows))


def _within(rows: Rows, column: Column) -> Rows:
    """Return the rows of the subjects of a column."""
    return _taken(rows, column.holds[rows.subject])


def _distinct(numbers: np.ndarray) -> int:
    import numpy as np

    return len(np.unique(numbers))


def _categories(variable: VariableSpec, found: Rows, last: Column, cut: int) -> Iterator[tuple[str, Rows]]:
    """Yield each category with its rows: planned ones with their composites; or all, found ones (with `common` those
    that reach the cut in the last column), nested ones below."""
    import pandas as pd

    if variable.categories:
        united = {name: (name,) for name in variable.categories} | variable.composites
        names = pd.Index(found.outer)
        yield from ((path(name), _taken(found, names.isin(list(inside)))) for name, inside in united.items())
        return
    yield "", found
    for outer, rows in _in_order(found, found.outer, last):
        if variable.common and not is_common(_distinct(_within(rows, last).subject), last.total, cut):
            continue
        yield path(outer), rows
        if variable.within:
            yield from ((path(outer, inner), nested) for inner, nested in _in_order(rows, rows.inner, last))


def _in_order(rows: Rows, names: np.ndarray, last: Column) -> list[tuple[str, Rows]]:
    """Return each of the names (one a row) with its rows in the order of R-905."""
    import pandas as pd

    grouped = {name: _taken(rows, places) for name, places in pd.Series(names).groupby(names).indices.items()}
    counts = {str(name): _distinct(_within(own, last).subject) for name, own in grouped.items()}
    return [(name, grouped[name]) for name in in_order(counts)]


def _graded(category: str, counted: Rows) -> Iterator[tuple[str, Rows]]:
    """Yield the category at each grade with the rows that show it: a subject stands at the maximum of its known grades,
    under Missing if none is known."""
    import numpy as np

    subjects, place = np.unique(counted.subject, return_inverse=True)
    worst = np.zeros(len(subjects), dtype=int)
    np.maximum.at(worst, place, counted.grade)
    highest = np.where(counted.grade == worst[place], counted.grade, 0)
    at = {str(grade): highest == grade for grade in range(1, 6)}
    at |= {"Any": np.full(len(place), fill_value=True), "Missing": worst[place] == 0, ">=3": counted.grade >= SEVERE}
    prefix = f"{category}/" if category else ""
    yield from ((f"{prefix}{path(name)}", _taken(counted, at[name])) for name in GRADES)


def _results(
    analysis: Analysis, level: str, variable: VariableSpec, category: str, chosen: Rows, total: int, study: View
) -> list[Result]:
    n = _distinct(chosen.subject)
    found = list(count_results(analysis, level, variable.label, category, n, total, "incidence"))
    if not variable.worst:
        events = _distinct(chosen.event)
        found.append(number(analysis, level, variable.label, category, "events", events, "incidence"))
    if category in [path(name) if name else "" for name in variable.intervals]:
        found += limits_of(found[0], total, study)
    return found
