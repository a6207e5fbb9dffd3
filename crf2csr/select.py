"""Which rows count: conditions of the plan, the subjects of a population and of each column."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from crf2csr.plan import Analysis, Condition

if TYPE_CHECKING:
    import pandas as pd

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


def select_rows(frame: pd.DataFrame, conditions: Iterable[Condition]) -> pd.DataFrame:
    """Return the rows that meet all conditions; a missing value meets none but `missing`."""
    import pandas as pd

    kept = pd.Series(True, index=frame.index)
    for condition in conditions:
        kept &= _meets(frame[condition.variable], condition).fillna(False).astype(bool)
    return frame.loc[kept]


def _meets(column: pd.Series, condition: Condition) -> pd.Series:
    if condition.op == "missing":
        return column.isna()
    if condition.op == "present":
        return column.notna()
    if condition.op == "in":
        return column.isin([_typed(column, value) for value in condition.value])
    return _COMPARE[condition.op](column, _typed(column, str(condition.value)))


def _typed(column: pd.Series, text: str) -> Any:
    import pandas as pd

    kind = str(column.dtype)
    if kind == "Int64":
        return int(text)
    if kind == "Float64":
        return float(text)
    return pd.Timestamp(text) if kind.startswith("datetime") else text


def subjects_in_set(adsl: pd.DataFrame, flag: str) -> pd.DataFrame:
    """Return the rows of ADSL whose flag of an analysis set is Y; a missing flag is not."""
    return adsl.loc[adsl[flag].eq("Y").fillna(False).astype(bool)]


def subjects_by_column(adsl: pd.DataFrame, analysis: Analysis) -> dict[str, list[str]]:
    """Return the subjects of the analysis's population for each column, in order (BIGN comes from here: R-304, R-307).

    A subject may stand in several columns; "All" is counted from subjects, never summed over columns.
    """
    population = subjects_in_set(adsl, analysis.population.flag)
    return {group.id: list(select_rows(population, group.where)["USUBJID"]) for group in analysis.columns}
