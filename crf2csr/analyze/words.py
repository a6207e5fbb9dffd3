"""Texts of a dataset by column: decisions and verdicts, printed as they stand (R-409)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crf2csr.analyze.counting import members_of, number, with_row_keys
from crf2csr.ard import Analysis as AnalysisResults
from crf2csr.ard import Member, Result
from crf2csr.plan import Analysis, ColumnGroup, Condition
from crf2csr.select import select_rows, subjects_by_column
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd

NO_SUBJECT = {"text": "–", "warning": "no subject in the column (R-105)"}
NO_TEXT = {"text": "NA", "warning": "the row of the dataset says nothing"}


@uses()
def words(adsl: pd.DataFrame, data: pd.DataFrame, analysis: Analysis, study: View) -> AnalysisResults:
    """Return the text of each variable in the row of `data` that belongs to each column: `word`, and `n`, its rows.

    A column has the row that meets its own conditions on the ADSL variables of `match`, read as the variable of `data`
    behind each. A column without subjects says `–`, one without row or value `NA`; a day is written yyyy-mm-dd. Raises
    ValueError for more than one row. R-409.
    """
    results: list[Result] = []
    members: list[Member] = []
    keyed = with_row_keys(data, analysis)
    subjects = subjects_by_column(adsl, analysis)
    for group in analysis.columns:
        results.append(number(analysis, group.id, "", "", "N", len(subjects[group.id]), "words"))
        for variable in analysis.spec.variables:
            rows = select_rows(select_rows(keyed, _conditions(analysis, group)), variable.where)
            if len(rows) > 1:
                raise ValueError(
                    f"{analysis.id}, column {group.id}: {len(rows)} rows of {analysis.spec.data}; one is due"
                )
            used = rows if subjects[group.id] else rows.head(0)
            text = _text(used[variable.name].iloc[0]) if len(used) else ""
            said = {"text": text} if text else NO_TEXT if subjects[group.id] else NO_SUBJECT
            count = number(analysis, group.id, variable.label, "", "n", len(used), "words")
            results += [count, number(analysis, group.id, variable.label, "", "word", None, "words", **said)]
            members += members_of(count, analysis.spec.data, used["_row"])
    return AnalysisResults(tuple(results), tuple(members))


def _conditions(analysis: Analysis, group: ColumnGroup) -> Iterator[Condition]:
    match = analysis.spec.match
    for condition in group.where:
        if condition.variable in match:
            yield condition.model_copy(update={"variable": match[condition.variable]})


def _text(value: object) -> str:
    import pandas as pd

    if pd.isna(value):
        return ""
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)
