"""Summaries of a continuous value by column (R-107 to R-109)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.analyze.statistics.continuous import compute_summary
from crf2csr.ard import Analysis as AnalysisResults
from crf2csr.ard import Member, Result
from crf2csr.contracts import load_contract, row_keys
from crf2csr.plan import Analysis
from crf2csr.select import select_rows, subjects_by_column
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd

#: Why a statistic of `compute_summary` does not exist, and the code printed for it (R-108, R-113).
_ABSENT = {True: ("–", "no value"), False: ("NC", "needs at least two values")}


@uses()
def summary(adsl: pd.DataFrame, data: pd.DataFrame, analysis: Analysis, study: View) -> AnalysisResults:
    """Summarize the values of each variable in each column: n, mean, sd, median, q1, q3, min, max, N of the column, and
    each value as `value<i>`.

    Values are those of the rows that the plan selects, one a subject. A statistic that does not exist has value None
    and its code.
    """
    columns = subjects_by_column(adsl, analysis)
    keyed = data.assign(_row=row_keys(data, load_contract("derive", analysis.spec.data)))
    results: list[Result] = []
    members: list[Member] = []
    for level, subjects in columns.items():
        results.append(_result(analysis, level, "", "N", len(subjects)))
        for variable in analysis.spec.variables:
            rows = select_rows(keyed, variable.where)
            rows = rows.loc[rows["USUBJID"].isin(subjects) & rows[variable.name].notna()].sort_values(variable.name)
            values = [float(value) for value in rows[variable.name]]
            found = [
                _result(
                    analysis,
                    level,
                    variable.label,
                    name,
                    value,
                    *(("", "") if value is not None else _ABSENT[not values]),
                )
                for name, value in compute_summary(values).items()
            ]
            results += [*found, _result(analysis, level, variable.label, "N", len(subjects))]
            results += [_result(analysis, level, variable.label, f"value{i}", v) for i, v in enumerate(values, start=1)]
            members += [Member(found[0].id, analysis.spec.data, row) for row in rows["_row"]]
    return AnalysisResults(tuple(results), tuple(members))


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
