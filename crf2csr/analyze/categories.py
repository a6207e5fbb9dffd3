"""Counts and proportions of subjects by category (R-608)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crf2csr.analyze.counting import count_results, members_of, number, rows_asked, subjects_among
from crf2csr.ard import MISSING, TOTAL, Member, Result, path
from crf2csr.ard import Analysis as AnalysisResults
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
    A planned category `Missing` counts the subjects without a value; its members are their rows of ADSL. With `across`
    (a cross table) each planned category is followed by each category of `across` within it, and `Total`
    stands for all planned categories together; a missing value is in the category `Missing`, if that is planned
    (R-1006).

    Parameters
    ----------
    adsl, data : conforming frames; `data` has USUBJID and the variables of the plan.
    analysis : the specification at one population.
    study : view; no key is used.
    """
    keyed = rows_asked(data, analysis)
    everybody = [str(subject) for subject in adsl["USUBJID"]]
    counted_of = {v.label: list(_categories(v, *_rows(keyed, v), everybody)) for v in analysis.spec.variables}
    among = {v.label: subjects_among(adsl["USUBJID"], keyed, v, adsl) for v in analysis.spec.variables}
    results: list[Result] = []
    members: list[Member] = []
    for level, subjects in subjects_by_column(adsl, analysis).items():
        results.append(number(analysis, level, "", "", "N", len(subjects), "categories"))
        for variable in analysis.spec.variables:
            inside = among[variable.label].intersection(subjects)
            for category, rows in counted_of[variable.label]:
                counted = [row for row in rows if row[0] in inside]
                n = len({subject for subject, _, _ in counted})
                found = list(count_results(analysis, level, variable.label, category, n, len(inside), "categories"))
                results.extend(found)
                dataset = analysis.spec.adsl if _is_absence(variable, category) else analysis.spec.data
                members.extend(members_of(found[0], dataset, (row for _, _, row in counted)))
    return AnalysisResults(tuple(results), tuple(members))


def _rows(keyed: pd.DataFrame, variable: VariableSpec) -> tuple[Rows, Rows]:
    """Return (subject, category address, row address) of the rows with a value, and with `within` of those nested."""
    chosen = select_rows(keyed, variable.where)
    values = _texts(chosen[variable.name], MISSING in variable.categories and bool(variable.across))
    inner = _texts(chosen[variable.within], MISSING in variable.across) if variable.within else [""] * len(values)
    known = [row for row in zip(chosen["USUBJID"], values, inner, chosen["_row"], strict=True) if row[1]]
    return [(s, path(v), k) for s, v, _, k in known], [(s, path(v, w), k) for s, v, w, k in known if w]


def _texts(values: pd.Series, named: bool) -> list[str]:
    """Return values as text, whole numbers without decimals; a missing one is blank, or `Missing` if `named`."""
    texts = [
        "" if absent else str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
        for value, absent in zip(values, values.isna(), strict=True)
    ]
    return [text or MISSING for text in texts] if named else texts


def _is_absence(variable: VariableSpec, category: str) -> bool:
    """Return whether a category counts who has no value; a cross table has a row of the dataset for those."""
    return category == path(MISSING) and MISSING in variable.categories and not variable.across


def _categories(variable: VariableSpec, plain: Rows, nested: Rows, everybody: list[str]) -> Iterator[tuple[str, Rows]]:
    """Yield each category to report with its rows: planned or found ones, nested ones below, then composites; of a
    cross table the total last."""
    planned = [path(name) for name in variable.categories]
    for name in planned or sorted({category for _, category, _ in plain}):
        if _is_absence(variable, name):
            known = {subject for subject, _, _ in plain}
            yield name, [(subject, name, subject) for subject in everybody if subject not in known]
            continue
        yield name, [row for row in plain if row[1] == name]
        found = sorted({category for _, category, _ in nested if category.startswith(f"{name}/")})
        across = [f"{name}/{path(inner)}" for inner in variable.across]
        for below in across or found:
            yield below, [row for row in nested if row[1] == below]
    for name, united in variable.composites.items():
        inside = {path(one) for one in united}
        yield path(name), [row for row in plain if row[1] in inside]
    if variable.across:
        yield from _totals(variable, plain, nested)


def _totals(variable: VariableSpec, plain: Rows, nested: Rows) -> Iterator[tuple[str, Rows]]:
    """Yield the bottom line of a cross table: all rows, also of what is not planned, which its margins then tell."""
    yield path(TOTAL), plain
    for inner in variable.across:
        yield path(TOTAL, inner), [row for row in nested if row[1].endswith(f"/{path(inner)}")]
