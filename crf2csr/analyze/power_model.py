"""Dose proportionality of pharmacokinetic parameters by column: power model over the dose taken (R-1314)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crf2csr.analyze.counting import members_of, number, with_row_keys
from crf2csr.analyze.statistics import proportionality as model
from crf2csr.ard import Analysis as AnalysisResults
from crf2csr.ard import Member, Result
from crf2csr.errors import InputError
from crf2csr.plan import Analysis, VariableSpec
from crf2csr.select import select_rows, subjects_by_column
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd

#: The palbociclib dose level that a subject took first, in mg.
DOSE = "TRT01AN"
#: What else is known of the line, under the names of the fitted model; and of the line at a dose level.
LINE = ("intercept", "se", "df")
FIT = ("fit", "fit_lower", "fit_upper")
_METHOD = "power_model"


@uses("pk.proportionality_level", "pk.proportionality_limits")
def power_model(adsl: pd.DataFrame, data: pd.DataFrame, analysis: Analysis, study: View) -> AnalysisResults:
    """Fit ln value = intercept + slope ln dose to the values of each variable in each column, one row a subject.

    Dose: TRT01AN of the row (mg). Results: n, levels, slope with lower and upper (level `pk.proportionality_level`),
    limit_low and limit_high (of `pk.proportionality_limits`), word (the verdict), intercept, se and df of the line;
    and by dose level, as category: n, geo_mean, fit, fit_lower and fit_upper (the line there with its limits). A row
    without value or dose is left out. What does not exist is NE with its reason. Raises InputError for two rows of a
    subject. R-1314.
    """
    results: list[Result] = []
    members: list[Member] = []
    keyed = with_row_keys(data, analysis)
    for level, subjects in subjects_by_column(adsl, analysis).items():
        results.append(number(analysis, level, "", "", "N", len(subjects), _METHOD))
        for variable in analysis.spec.variables:
            rows = _rows(keyed, variable, subjects)
            results.append(number(analysis, level, variable.label, "", "N", len(subjects), _METHOD))
            for category, chosen in _groups(rows):
                count = number(analysis, level, variable.label, category, "n", len(chosen), _METHOD)
                results.append(count)
                members += members_of(count, analysis.spec.data, chosen["_row"])
            found = _statistics([float(d) for d in rows[DOSE]], [float(v) for v in rows[variable.name]], study)
            for category, name, value, text, warning in found:
                results.append(number(analysis, level, variable.label, category, name, value, _METHOD, text, warning))
    return AnalysisResults(tuple(results), tuple(members))


def _rows(keyed: pd.DataFrame, variable: VariableSpec, subjects: list[str]) -> pd.DataFrame:
    rows = select_rows(keyed, variable.where)
    known = rows.loc[rows["USUBJID"].isin(subjects) & rows[variable.name].notna() & rows[DOSE].notna()]
    if len(twice := known.loc[known["USUBJID"].duplicated(), "USUBJID"]):
        subject = f"power model of {variable.label}: subject {twice.iloc[0]}"
        raise InputError(f"{subject} has more than one row; select one visit in the plan")
    return known.sort_values([DOSE, "_row"])


def _groups(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield all rows, then those of each dose level under its mg."""
    yield "", rows
    for dose in sorted(rows[DOSE].unique()):
        yield str(dose), rows.loc[rows[DOSE].eq(dose)]


#: Category, statistic, value, text and warning of a result.
Found = tuple[str, str, float | int | None, str, str]


def _statistics(doses: list[float], values: list[float], study: View) -> Iterator[Found]:
    """Yield what is known of one variable in one column; the counts apart."""
    levels = len(set(doses))
    low, high = (float(limit) for limit in study["pk.proportionality_limits"])
    limits = model.compute_limits(doses, low, high)
    reason = model.why_not_estimable(doses, values)
    fitted = None if reason else model.fit_power_model(doses, values, study["pk.proportionality_level"])
    yield "", "levels", levels, "", ""
    for place, name in enumerate(("limit_low", "limit_high")):
        why = model.ONE_LEVEL if doses else model.NO_VALUE
        yield _found("", name, limits[place] if limits else None, "NE", why)
    lower, upper = fitted.limits if fitted else (None, None)
    line = {"slope": fitted and fitted.slope, "lower": lower, "upper": upper}
    for name, value in (line | {name: fitted and getattr(fitted, name) for name in LINE}).items():
        yield _found("", name, value, "NE", reason)
    word = model.judge(fitted.limits, limits, levels) if fitted and limits else f"{model.NOT_ESTIMABLE}: {reason}"
    yield "", "word", None, word, reason
    for dose, mean in model.geometric_means(doses, values).items():
        yield _found(f"{dose:g}", "geo_mean", mean, "NC", "no value above 0 (R-110)")
        for name, value in zip(FIT, fitted.at(dose) if fitted else (None, None, None), strict=True):
            yield _found(f"{dose:g}", name, value, "NE", reason)


def _found(category: str, name: str, value: float | int | None, code: str, why: str) -> Found:
    """Return a statistic; where it does not exist with its code and why."""
    return (category, name, value, "", "") if value is not None else (category, name, None, code, why)
