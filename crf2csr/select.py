"""Which rows count: conditions of the plan, the subjects of a population and of each column."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from crf2csr.plan import Analysis, Condition, VariableSpec

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
    import numpy as np

    kept = np.arange(len(frame))
    # Each condition looks only at the rows that met those before it; the columns are copied once, at the end.
    for condition in conditions:
        met = _meets(frame[condition.variable].take(kept), condition)
        kept = kept[met.fillna(False).to_numpy(dtype=bool)]
    return frame.loc[:] if len(kept) == len(frame) else frame.take(kept)


def rows_in_question(frame: pd.DataFrame, variables: Iterable[VariableSpec]) -> pd.DataFrame:
    """Return the rows that can meet `where` or `among` of any of the variables: those whose values are named where all
    of these conditions name values of one column. What a method then selects is the same, from fewer rows."""
    named = [_named(conditions) for v in variables for conditions in (v.where, v.among or v.where)]
    common = set.intersection(*(set(one) for one in named)) if named else set()
    for name in sorted(common):
        column = frame[name]
        values = {_typed(column, text) for one in named for text in one[name]}
        frame = frame.loc[column.isin(list(values)).fillna(False).astype(bool)]
    return frame


def _named(conditions: Iterable[Condition]) -> dict[str, tuple[str, ...]]:
    """Return the values that each column must have one of, by conditions of equality."""
    found = {}
    for condition in conditions:
        if condition.op in ("eq", "in"):
            value = condition.value
            found[condition.variable] = (value,) if isinstance(value, str) else value
    return found


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
    flag = analysis.population.flag
    used = dict.fromkeys(["USUBJID", flag, *(one.variable for group in analysis.columns for one in group.where)])
    population = subjects_in_set(adsl[list(used)], flag)
    return {group.id: list(select_rows(population, group.where)["USUBJID"]) for group in analysis.columns}


def subjects_in_subset(subjects: Iterable[str], adsl: pd.DataFrame, variable: VariableSpec) -> set[str]:
    """Return those of the subjects whose row of ADSL meets the conditions of a variable (`subset`); without any, all.

    A missing value of ADSL meets no condition but `missing`: nobody is put into a subgroup by a guess.
    """
    return set(subjects) & set(select_rows(adsl, variable.subset)["USUBJID"]) if variable.subset else set(subjects)
