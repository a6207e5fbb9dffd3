"""Exposure-adjusted incidence: subjects with an event per 100 person-years at risk (R-907)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crf2csr.analyze.counting import in_order, is_common, members_of, number, subjects_among, with_row_keys
from crf2csr.analyze.statistics.rates import compute_poisson_limits
from crf2csr.ard import Analysis as AnalysisResults
from crf2csr.ard import Member, Result, path
from crf2csr.plan import Analysis, VariableSpec
from crf2csr.select import select_rows, subjects_by_column
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd

DAYS_OF_YEAR = 365.25
PER = 100
#: What is read of an event.
_EVENT = ("USUBJID", "ASTDT", "_row")


@uses("ci.level", "ae.common_cut_pct")
def rates(adsl: pd.DataFrame, data: pd.DataFrame, analysis: Analysis, study: View) -> AnalysisResults:
    """Give for each category of each variable the subjects with an event, the person-years at risk and the rate.

    Time at risk of a subject: from TRTSDT to its first selected row (ASTDT) or to the end of risk, the earlier of
    ONTRTEDT (R-301) and death, both days counted; a subject without treatment has none. Statistics: `n`, `N`,
    `person_years`, `rate`, `lower`, `upper` (per 100 person-years, exact Poisson limits). Without time at risk rate and
    limits do not exist: code NC. A row after the end of risk is no event. Categories found stand in the order of R-905
    by the subjects with a row in the last column, with `common` those that reach the cut there. R-907, R-114.
    """
    keyed, people = with_row_keys(data, analysis), _risk(adsl)
    columns = subjects_by_column(adsl, analysis)
    last, cut = set(list(columns.values())[-1]), study["ae.common_cut_pct"]
    rows_of = {v.label: list(_categories(keyed, v, last, cut)) for v in analysis.spec.variables}
    results: list[Result] = []
    members: list[Member] = []
    for level, subjects in columns.items():
        results.append(number(analysis, level, "", "", "N", len(subjects), "rates"))
        for variable in analysis.spec.variables:
            at_risk = people.loc[people.index.isin(subjects_among(subjects, data, variable, adsl))]
            for category, rows in rows_of[variable.label]:
                events = _first_events(rows, at_risk)
                made = list(_results(analysis, level, variable.label, category, events, at_risk, study["ci.level"]))
                results += made
                members += members_of(made[0], analysis.spec.data, events["_row"])
    return AnalysisResults(tuple(results), tuple(members))


def _risk(adsl: pd.DataFrame) -> pd.DataFrame:
    """Return first and last day at risk by subject."""
    people = adsl.set_index("USUBJID")
    return people[["TRTSDT"]].assign(END=people[["ONTRTEDT", "DTHDT"]].min(axis=1))


def _categories(
    keyed: pd.DataFrame, variable: VariableSpec, last: set[str], cut: int
) -> Iterator[tuple[str, pd.DataFrame]]:
    chosen = select_rows(keyed, variable.where)
    chosen = chosen.loc[chosen[variable.name].notna()]
    names = chosen[variable.name].astype("string")
    for name in variable.categories or _found(chosen["USUBJID"], names, variable.common, last, cut):
        yield path(name), chosen.loc[names.eq(name), list(_EVENT)]


def _found(subjects: pd.Series, names: pd.Series, common: bool, last: set[str], cut: int) -> list[str]:
    """Return the categories found in the order of R-905, with `common` those that reach the cut."""
    counts = dict.fromkeys(names.unique(), 0) | subjects[subjects.isin(last)].groupby(names).nunique().to_dict()
    return [name for name in in_order(counts) if not common or is_common(counts[name], len(last), cut)]


def _first_events(rows: pd.DataFrame, at_risk: pd.DataFrame) -> pd.DataFrame:
    """Return the first row of each subject while it is at risk."""
    inside = rows.loc[rows["USUBJID"].isin(at_risk.index)]
    subject = inside["USUBJID"]
    during = inside["ASTDT"].between(subject.map(at_risk["TRTSDT"]), subject.map(at_risk["END"]))
    return inside.loc[during].sort_values(["USUBJID", "ASTDT", "_row"], kind="stable").drop_duplicates("USUBJID")


def _results(
    analysis: Analysis,
    level: str,
    variable: str,
    category: str,
    events: pd.DataFrame,
    at_risk: pd.DataFrame,
    confidence: float,
) -> Iterator[Result]:
    until = at_risk["END"].copy()
    until.update(events.set_index("USUBJID")["ASTDT"])
    years = float(((until - at_risk["TRTSDT"]).dt.days + 1).clip(lower=0).sum()) / DAYS_OF_YEAR
    limits = compute_poisson_limits(len(events), years, confidence)
    found = (len(events) / years, *limits) if limits else (None, None, None)
    code = {} if limits else {"text": "NC", "warning": "no time at risk (R-907)"}
    yield number(analysis, level, variable, category, "n", len(events), "rates")
    yield number(analysis, level, variable, category, "N", len(at_risk), "rates")
    yield number(analysis, level, variable, category, "person_years", years, "rates")
    for statistic, value in zip(("rate", "lower", "upper"), found, strict=True):
        scaled = None if value is None else value * PER
        yield number(analysis, level, variable, category, statistic, scaled, "rates", **code)
