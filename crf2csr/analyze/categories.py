"""Counts and proportions of subjects by category (R-608)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crf2csr.analyze.counting import count_results, members_of, number, subjects_among, with_row_keys
from crf2csr.ard import Analysis as AnalysisResults
from crf2csr.ard import Member, Result, path
from crf2csr.plan import Analysis, VariableSpec
from crf2csr.select import select_rows, subjects_by_column
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd

#: Rows of one variable: subject, category address, row address.
Rows = list[tuple[str, str, str]]


@uses()
def categories(adsl: pd.DataFrame, data: pd.DataFrame, analysis: Analysis, study: View) -> AnalysisResults:
    """Count the subjects of each column in each category of each variable.

    Each subject counts once per category. Statistics: `n`, `N`, `estimate` (n/N). N is the subjects of the column, or
    those of them with a row that meets `among`. With N = 0 the proportion does not exist: value None, code `–` (R-105).

    Parameters
    ----------
    adsl, data : conforming frames; `data` has USUBJID and the variables of the plan.
    analysis : the specification at one population.
    study : view; no key is used.
    """
    keyed = with_row_keys(data, analysis)
    counted_of = {v.label: list(_categories(v, *_rows(keyed, v))) for v in analysis.spec.variables}
    results: list[Result] = []
    members: list[Member] = []
    for level, subjects in subjects_by_column(adsl, analysis).items():
        results.append(number(analysis, level, "", "", "N", len(subjects), "categories"))
        for variable in analysis.spec.variables:
            inside = subjects_among(subjects, data, variable)
            for category, rows in counted_of[variable.label]:
                counted = [row for row in rows if row[0] in inside]
                n = len({subject for subject, _, _ in counted})
                found = list(count_results(analysis, level, variable.label, category, n, len(inside), "categories"))
                results.extend(found)
                members.extend(members_of(found[0], analysis.spec.data, (row for _, _, row in counted)))
    return AnalysisResults(tuple(results), tuple(members))


def _rows(keyed: pd.DataFrame, variable: VariableSpec) -> tuple[Rows, Rows]:
    """Return (subject, category address, row address) of the rows with a value, and with `within` of those nested."""
    chosen = select_rows(keyed, variable.where)
    chosen = chosen.loc[chosen[variable.name].notna()]
    values = [str(value) for value in chosen[variable.name]]
    plain = [(s, path(v), k) for s, v, k in zip(chosen["USUBJID"], values, chosen["_row"], strict=True)]
    if not variable.within:
        return plain, []
    inner = chosen[variable.within].fillna("")
    nested = zip(chosen["USUBJID"], values, inner, chosen["_row"], strict=True)
    return plain, [(s, path(v, str(w)), k) for s, v, w, k in nested if w]


def _categories(variable: VariableSpec, plain: Rows, nested: Rows) -> Iterator[tuple[str, Rows]]:
    """Yield each category to report with its rows: planned or found ones, nested ones below, then composites."""
    planned = [path(name) for name in variable.categories]
    for name in planned or sorted({category for _, category, _ in plain}):
        yield name, [row for row in plain if row[1] == name]
        for below in sorted({category for _, category, _ in nested if category.startswith(f"{name}/")}):
            yield below, [row for row in nested if row[1] == below]
    for name, united in variable.composites.items():
        inside = {path(one) for one in united}
        yield path(name), [row for row in plain if row[1] in inside]
