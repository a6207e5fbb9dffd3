"""Summaries of concentrations and pharmacokinetic parameters by column (R-107 to R-110, R-1310, R-1311)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from crf2csr.analyze.statistics.concentrations import NO_VALUE, Statistic, compute_concentration_summary
from crf2csr.ard import Analysis as AnalysisResults
from crf2csr.ard import Member, Result
from crf2csr.contracts import load_contract, row_keys
from crf2csr.plan import Analysis, VariableSpec
from crf2csr.select import select_rows, subjects_by_column
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd

#: Categories that count: values below the limit of quantification, values above 0 (geometric statistics).
BELOW, POSITIVE = "BLQ", "GEO"
_COUNTED = (BELOW, POSITIVE)


@uses("pk.blq_max_fraction")
def pk_summary(adsl: pd.DataFrame, data: pd.DataFrame, analysis: Analysis, study: View) -> AnalysisResults:
    """Summarize the values of each variable in each column: n, mean, sd, cv, geo_mean, geo_cv, median, min, max, N, and
    each value as `value<i>`, in order, with text BLQ where it is one.

    `data` has BLQFL (Y: below the limit), PREDFL where samples may precede the first dose, and ALLOQ where `lloq`, the
    largest limit of quantification, is wanted. Rows are those the plan selects, one a subject. A BLQ that the BLQ rule
    made missing is in no statistic but counts in category BLQ (`n`); category GEO counts the values above 0. A
    statistic that does not exist has value None and its code.
    """
    columns = subjects_by_column(adsl, analysis)
    keyed = data.assign(_row=row_keys(data, load_contract("derive", analysis.spec.data)))
    results: list[Result] = []
    members: list[Member] = []
    for level, subjects in columns.items():
        results.append(_result(analysis, level, "", "", "N", (len(subjects), "", "")))
        for variable in analysis.spec.variables:
            rows = select_rows(keyed, variable.where)
            rows = rows.loc[rows["USUBJID"].isin(subjects)]
            found = list(_summary(rows, variable, study["pk.blq_max_fraction"]))
            for category, statistic, value in [*found, *((c, "N", (len(subjects), "", "")) for c in ("", *_COUNTED))]:
                results.append(_result(analysis, level, variable.label, category, statistic, value))
            members += _members(analysis, level, variable, rows)
    return AnalysisResults(tuple(results), tuple(members))


def _summary(rows: pd.DataFrame, variable: VariableSpec, most: Fraction) -> Iterator[tuple[str, str, Statistic]]:
    """Yield category, statistic and value of the rows of one column."""
    below = _flag(rows, "BLQFL")
    known = rows.loc[rows[variable.name].notna()].sort_values([variable.name, "_row"])
    values = [float(value) for value in known[variable.name]]
    measured = int((rows[variable.name].notna() | below).sum())
    before = bool(len(rows)) and bool(_flag(rows, "PREDFL").all())
    found = compute_concentration_summary(values, int(below.sum()), measured, most, before)
    positive = found.pop("n_geo")
    yield from (("", name, value) for name, value in found.items())
    if "ALLOQ" in rows:
        yield "", "lloq", _limit(rows.loc[rows[variable.name].notna() | below])
    yield BELOW, "n", (int(below.sum()), "", "")
    yield POSITIVE, "n", positive
    texts = [BELOW if flag else "" for flag in _flag(known, "BLQFL")]
    for place, (value, text) in enumerate(zip(values, texts, strict=True), start=1):
        yield "", f"value{place}", (value, text, "")


def _limit(rows: pd.DataFrame) -> Statistic:
    """Return the largest lower limit of quantification of the measured samples."""
    known = rows["ALLOQ"].dropna()
    return (float(known.max()), "", "") if len(known) else (None, NO_VALUE, "no result with a limit")


def _flag(rows: pd.DataFrame, name: str) -> pd.Series:
    """Return whether a flag is Y; a dataset without the flag has none."""
    import pandas as pd

    flags = rows[name] if name in rows else pd.Series(pd.NA, rows.index, dtype="string")
    return flags.eq("Y").fillna(False).astype(bool)


def _members(analysis: Analysis, level: str, variable: VariableSpec, rows: pd.DataFrame) -> Iterator[Member]:
    value = rows[variable.name]
    chosen = {"": value.notna(), BELOW: _flag(rows, "BLQFL"), POSITIVE: value.gt(0).fillna(False).astype(bool)}
    for category, counted in chosen.items():
        id_ = _result(analysis, level, variable.label, category, "n", (0, "", "")).id
        yield from (Member(id_, analysis.spec.data, row) for row in rows.loc[counted, "_row"])


def _result(analysis: Analysis, level: str, variable: str, category: str, statistic: str, found: Statistic) -> Result:
    value, text, warning = found
    place = (analysis.id, analysis.spec.columns, level, variable, category)
    return Result(*place, statistic, value, text, "pk_summary", warning)
