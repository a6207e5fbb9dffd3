"""Counts and proportions of subjects by category (R-608)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crf2csr.ard import Analysis as AnalysisResults
from crf2csr.ard import Member, Result, path
from crf2csr.contracts import load_contract, row_keys
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

    Each subject counts once per category. Statistics: `n`, `N`, `estimate` (n/N). With N = 0 the proportion does not
    exist: value None, code `–` (R-105).

    Parameters
    ----------
    adsl, data : conforming frames; `data` has USUBJID and the variables of the plan.
    analysis : the specification at one population.
    study : view; no key is used.
    """
    columns = subjects_by_column(adsl, analysis)
    keyed = data.assign(_row=row_keys(data, load_contract("derive", analysis.spec.data)))
    counted_of = {v.label: list(_categories(v, *_rows(keyed, v))) for v in analysis.spec.variables}
    results: list[Result] = []
    members: list[Member] = []
    for level, subjects in columns.items():
        results.append(_result(analysis, level, "", "", "N", len(subjects)))
        inside = set(subjects)
        for variable in analysis.spec.variables:
            for category, rows in counted_of[variable.label]:
                counted = [row for row in rows if row[0] in inside]
                n = len({subject for subject, _, _ in counted})
                found = list(_statistics(analysis, level, variable, category, n, len(subjects)))
                results.extend(found)
                members.extend(Member(found[0].id, analysis.spec.data, row) for _, _, row in counted)
    return AnalysisResults(tuple(results), tuple(members))


def _rows(keyed: pd.DataFrame, variable: VariableSpec) -> tuple[Rows, Rows]:
    """Return (subject, category, row address) of the rows with a value, and with `within` of its nested address.

    The two are kept apart: a `/` in a plain category is not a nested one.
    """
    chosen = select_rows(keyed, variable.where)
    chosen = chosen.loc[chosen[variable.name].notna()]
    values = [str(value) for value in chosen[variable.name]]
    plain = list(zip(chosen["USUBJID"], values, chosen["_row"], strict=True))
    if not variable.within:
        return plain, []
    inner = chosen[variable.within].fillna("")
    return plain, [(s, path(v, str(w)), k) for (s, v, k), w in zip(plain, inner, strict=True) if w]


def _categories(variable: VariableSpec, plain: Rows, nested: Rows) -> Iterator[tuple[str, Rows]]:
    """Yield each category to report with its rows: planned or found ones, nested ones below, then composites."""
    for name in list(variable.categories) or sorted({category for _, category, _ in plain}):
        yield name, [row for row in plain if row[1] == name]
        for below in sorted({category for _, category, _ in nested if category.startswith(f"{path(name)}/")}):
            yield below, [row for row in nested if row[1] == below]
    for name, united in variable.composites.items():
        yield name, [row for row in plain if row[1] in united]


def _statistics(
    analysis: Analysis, level: str, variable: VariableSpec, category: str, n: int, total: int
) -> Iterator[Result]:
    yield _result(analysis, level, variable.label, category, "n", n)
    yield _result(analysis, level, variable.label, category, "N", total)
    code = {} if total else {"text": "–", "warning": "no subject in the column (R-105, R-801)"}
    yield _result(analysis, level, variable.label, category, "estimate", n / total if total else None, **code)


def _result(
    analysis: Analysis,
    level: str,
    variable: str,
    category: str,
    statistic: str,
    value: float | int | None,
    text: str = "",
    method: str = "categories",
    warning: str = "",
) -> Result:
    return Result(
        analysis.id, analysis.spec.columns, level, variable, category, statistic, value, text, method, warning
    )
