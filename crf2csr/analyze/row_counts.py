"""Counts of rows of a dataset, not of subjects: visits with two responses, and those of them that agree (R-543)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from crf2csr.analyze.counting import count_results, members_of, number, with_row_keys
from crf2csr.ard import Analysis as AnalysisResults
from crf2csr.ard import Member, Result, path
from crf2csr.plan import Analysis, VariableSpec
from crf2csr.select import select_rows, subjects_by_column, subjects_in_subset
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd


@uses()
def row_counts(adsl: pd.DataFrame, data: pd.DataFrame, analysis: Analysis, study: View) -> AnalysisResults:
    """Count the rows of the subjects of each column in each category of each variable, and in those of `within`.

    Statistics: `n`, `N`, `estimate`. N is the rows that meet `among` (else `where`); of a nested category those of them
    with the same value of `within`: agreeing visits TUM1 of all visits TUM1. Nested categories found stand in natural
    order (TUM2 before TUM10). The column itself has its subjects as N. With N = 0 there is no estimate (R-105).
    """
    keyed = with_row_keys(data, analysis)
    results: list[Result] = []
    members: list[Member] = []
    for level, subjects in subjects_by_column(adsl, analysis).items():
        results.append(number(analysis, level, "", "", "N", len(subjects), "row_counts"))
        for variable in analysis.spec.variables:
            inside = keyed.loc[keyed["USUBJID"].isin(subjects_in_subset(subjects, adsl, variable))]
            for category, rows, total in _counts(inside, variable):
                found = list(count_results(analysis, level, variable.label, category, len(rows), total, "row_counts"))
                results.extend(found)
                members.extend(members_of(found[0], analysis.spec.data, rows))
    return AnalysisResults(tuple(results), tuple(members))


def _counts(inside: pd.DataFrame, variable: VariableSpec) -> Iterator[tuple[str, list[str], int]]:
    """Yield each category with the addresses of its rows and its denominator, nested ones below."""
    chosen = select_rows(inside, variable.where)
    among = select_rows(inside, variable.among) if variable.among else chosen
    values = chosen[variable.name].astype("string")
    for name in variable.categories or sorted(set(values.dropna())):
        rows = chosen.loc[values.eq(name).fillna(False).astype(bool)]
        yield path(name), list(rows["_row"]), len(among)
        for inner in sorted(set(among[variable.within].dropna()), key=_natural) if variable.within else []:
            total = int(among[variable.within].eq(inner).sum())
            yield path(name, inner), list(rows.loc[rows[variable.within].eq(inner).fillna(False), "_row"]), total


def _natural(text: str) -> list[tuple[int, str]]:
    """Return a key that orders numbers within texts by size."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", text)]
