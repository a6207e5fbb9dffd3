"""Summaries of a continuous value by column (R-107 to R-109), with the interval of the mean where the plan asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crf2csr.analyze.counting import rows_asked
from crf2csr.analyze.statistics.continuous import compute_mean_interval, compute_summary
from crf2csr.ard import Analysis as AnalysisResults
from crf2csr.ard import Member, Result
from crf2csr.plan import Analysis, VariableSpec
from crf2csr.select import select_rows, subjects_by_column, subjects_in_subset
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd

#: Why a statistic of `compute_summary` does not exist, and the code printed for it (R-108, R-113).
_ABSENT = {True: ("–", "no value"), False: ("NC", "needs at least two values")}
LIMITS = ("mean_lower", "mean_upper")


@uses("ci.level")
def summary(adsl: pd.DataFrame, data: pd.DataFrame, analysis: Analysis, study: View) -> AnalysisResults:
    """Summarize the values of each variable in each column: n, mean, sd, median, q1, q3, min, max, N of the column, and
    each value as `value<i>`.

    Values are those of the rows that the plan selects, one a subject. A variable with `intervals` also has `mean_lower`
    and `mean_upper`, the limits of its mean (Student t, `ci.level`). A statistic that does not exist has value None
    and its code. R-108, R-111.
    """
    columns = subjects_by_column(adsl, analysis)
    keyed = rows_asked(data, analysis)
    values = {variable.label: _values(keyed, variable) for variable in analysis.spec.variables}
    results: list[Result] = []
    members: list[Member] = []
    for level, subjects in columns.items():
        results.append(_result(analysis, level, "", "N", len(subjects)))
        for variable in analysis.spec.variables:
            people = subjects_in_subset(subjects, adsl, variable)
            own = [(value, row) for value, subject, row in values[variable.label] if subject in people]
            found = list(_results(analysis, level, variable, [value for value, _ in own], len(people), study))
            results += found
            members += [Member(found[0].id, analysis.spec.data, row) for _, row in own]
    return AnalysisResults(tuple(results), tuple(members))


def _values(keyed: pd.DataFrame, variable: VariableSpec) -> list[tuple[float, str, str]]:
    """Return value, subject and row address of the rows that the plan selects, from the smallest value."""
    rows = select_rows(keyed, variable.where)
    rows = rows.loc[rows[variable.name].notna()].sort_values([variable.name, "_row"])
    return [(float(v), s, k) for v, s, k in zip(rows[variable.name], rows["USUBJID"], rows["_row"], strict=True)]


def _results(
    analysis: Analysis, level: str, variable: VariableSpec, values: list[float], total: int, study: View
) -> Iterator[Result]:
    """Yield the results of one variable in one column, n first."""
    found = compute_summary(values)
    if variable.intervals:
        found |= dict(zip(LIMITS, compute_mean_interval(values, study["ci.level"]) or (None, None), strict=True))
    for name, value in found.items():
        code = ("", "") if value is not None else _ABSENT[not values]
        yield _result(analysis, level, variable.label, name, value, *code)
    yield _result(analysis, level, variable.label, "N", total)
    for i, value in enumerate(values, start=1):
        yield _result(analysis, level, variable.label, f"value{i}", value)


def _result(
    analysis: Analysis,
    level: str,
    variable: str,
    statistic: str,
    value: float | int | None,
    text: str = "",
    warning: str = "",
) -> Result:
    return Result(analysis.id, analysis.spec.columns, level, variable, "", statistic, value, text, "summary", warning)
