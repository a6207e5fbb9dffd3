"""What counting methods share: denominators, the results of one count, its members (R-304, R-307, R-901)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from crf2csr.ard import Member, Result
from crf2csr.contracts import load_contract, row_keys
from crf2csr.plan import Analysis, VariableSpec
from crf2csr.select import select_rows

if TYPE_CHECKING:
    import pandas as pd

NO_DENOMINATOR = {"text": "–", "warning": "no subject in the denominator (R-105, R-801)"}


def with_row_keys(data: pd.DataFrame, analysis: Analysis) -> pd.DataFrame:
    """Return the data of an analysis with `_row`, the address that members hold."""
    return data.assign(_row=row_keys(data, load_contract("derive", analysis.spec.data)))


def subjects_among(subjects: Iterable[str], data: pd.DataFrame, variable: VariableSpec) -> set[str]:
    """Return the denominator of a variable: the subjects of a column, of whom `among` keeps those with a row that meets
    it."""
    if not variable.among:
        return set(subjects)
    return set(subjects) & set(select_rows(data, variable.among)["USUBJID"])


def count_results(
    analysis: Analysis, level: str, variable: str, category: str, n: int, total: int, method: str
) -> Iterator[Result]:
    """Yield n, N and estimate (n/N) of one count; with N = 0 the proportion does not exist (R-105)."""
    yield number(analysis, level, variable, category, "n", n, method)
    yield number(analysis, level, variable, category, "N", total, method)
    if total:
        yield number(analysis, level, variable, category, "estimate", n / total, method)
    else:
        yield number(analysis, level, variable, category, "estimate", None, method, **NO_DENOMINATOR)


def number(
    analysis: Analysis,
    level: str,
    variable: str,
    category: str,
    statistic: str,
    value: float | int | None,
    method: str,
    text: str = "",
    warning: str = "",
) -> Result:
    """Return one result of an analysis."""
    place = (analysis.id, analysis.spec.columns, level, variable, category, statistic)
    return Result(*place, value, text, method, warning)


def members_of(count: Result, dataset: str, rows: Iterable[str]) -> list[Member]:
    """Return the rows that a count counts."""
    return [Member(count.id, dataset, row) for row in rows]
