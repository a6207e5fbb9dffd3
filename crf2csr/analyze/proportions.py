"""Counts and proportions of subjects by category, with exact intervals for what the plan lists (R-801)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crf2csr.analyze.categories import categories
from crf2csr.analyze.counting import NO_DENOMINATOR
from crf2csr.analyze.statistics.proportions import compute_clopper_pearson, compute_mid_p, compute_wilson
from crf2csr.ard import Analysis as AnalysisResults
from crf2csr.ard import Result, path
from crf2csr.plan import Analysis
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd

#: The interval methods that `ci.method` may name (R-801).
INTERVALS = {"clopper_pearson": compute_clopper_pearson, "wilson": compute_wilson, "mid_p": compute_mid_p}


@uses("ci.method", "ci.level")
def proportions(adsl: pd.DataFrame, data: pd.DataFrame, analysis: Analysis, study: View) -> AnalysisResults:
    """Count as `categories` does and add `lower` and `upper`, the limits of the proportion, to what the plan lists.

    Both limits always exist unless N = 0: then value None, code `NC`, or `–` in a column without subjects (R-105,
    R-801). The method column names the interval.
    """
    counted = categories(adsl, data, analysis, study)
    wanted = {(v.label, path(category)) for v in analysis.spec.variables for category in v.intervals}
    totals = {(r.level, r.variable, r.category): r.value for r in counted.results if r.statistic == "N"}
    limits = [
        limit
        for result in counted.results
        if result.statistic == "n" and (result.variable, result.category) in wanted
        for limit in limits_of(
            result,
            int(totals[result.level, result.variable, result.category] or 0),
            study,
            "NC" if totals[result.level, "", ""] else NO_DENOMINATOR["text"],
        )
    ]
    return AnalysisResults((*counted.results, *limits), counted.members)


def limits_of(count: Result, total: int, study: View, code: str = NO_DENOMINATOR["text"]) -> Iterator[Result]:
    """Yield `lower` and `upper` of the proportion behind a count (its result `n`) among `total` subjects; of nobody the
    code (R-801)."""
    method = study["ci.method"]
    found = INTERVALS[method](int(count.value or 0), total, study["ci.level"]) or (None, None)
    text, warning = ("", "") if total else (code, "no interval for N = 0 (R-801)")
    place = (count.analysis, count.group, count.level, count.variable, count.category)
    for statistic, limit in zip(("lower", "upper"), found, strict=True):
        yield Result(*place, statistic, limit, text, method, warning)
