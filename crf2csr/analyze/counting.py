"""What counting methods share: denominators, the results of one count, its members (R-304, R-307, R-901)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from crf2csr.ard import Member, Result
from crf2csr.contracts import load_contract, row_keys
from crf2csr.plan import Analysis, VariableSpec
from crf2csr.select import rows_in_question, select_rows, subjects_in_subset

if TYPE_CHECKING:
    import pandas as pd

#: Below this number of subjects a percentage says little: a term is common if this many subjects have it.
SMALL, FEWEST = 20, 2
#: What a term or class without a code is called; it stands last (R-905).
UNCODED = "Uncoded"
NO_DENOMINATOR = {"text": "–", "warning": "no subject in the denominator (R-105, R-801)"}


def with_row_keys(data: pd.DataFrame, analysis: Analysis) -> pd.DataFrame:
    """Return the data of an analysis with `_row`, the address that members hold."""
    return data.assign(_row=row_keys(data, load_contract("derive", analysis.spec.data)))


def rows_asked(data: pd.DataFrame, analysis: Analysis, *more: str) -> pd.DataFrame:
    """Return the rows that the variables of an analysis may select, with `_row` and only the columns that they name,
    and `more` of those that the data has."""
    keyed = with_row_keys(rows_in_question(data, analysis.spec.variables), analysis)
    named = ["USUBJID", "_row", *(name for name in more if name in data)]
    for variable in analysis.spec.variables:
        conditions = (*variable.where, *variable.among)
        named += [variable.name, variable.within, variable.worst, *(c.variable for c in conditions)]
    return keyed[[name for name in dict.fromkeys(named) if name]]


def subjects_among(subjects: Iterable[str], data: pd.DataFrame, variable: VariableSpec, adsl: pd.DataFrame) -> set[str]:
    """Return the denominator of a variable: the subjects of a column that meet its `subset` of ADSL, and of whom
    `among`, if given, keeps those with a row that meets it. What a variable counts lies within it."""
    inside = subjects_in_subset(subjects, adsl, variable)
    return inside & set(select_rows(data, variable.among)["USUBJID"]) if variable.among else inside


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


def is_common(n: int, total: int, percent: int) -> bool:
    """Return whether `n` of `total` subjects are at least `percent` %; of fewer than 20 subjects, at least 2 subjects.
    R-914."""
    return n >= FEWEST if total < SMALL else 100 * n >= percent * total


def in_order(counts: Mapping[str, int]) -> list[str]:
    """Return names by falling number of subjects, then by name without regard to case, Uncoded last. R-905."""
    return sorted(counts, key=lambda name: (name == UNCODED, -counts[name], name.casefold(), name))


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
    ard = count.id
    return [Member(ard, dataset, row) for row in rows]
