"""Literal plans, results and frames for the tests of analyze and display."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import yaml

from crf2csr.ard import Result
from crf2csr.plan import Plan, PlanFile, build_plan
from tests.builders import table

STATISTICS = ("n", "N", "estimate", "lower", "upper")


def plan_of(text: str) -> Plan:
    """Return the plan that the YAML text says; every scalar is text, as in a study. Names are not checked."""
    content = yaml.load(text, Loader=yaml.BaseLoader)
    for part in ("populations", "columns", "analyses", "displays"):
        content.setdefault(part, {})
    return build_plan(PlanFile.model_validate(content))


def typed(text: str, **dtypes: str) -> pd.DataFrame:
    """Return a text table as a frame with the given column types; text where nothing is said."""
    return table(text).astype(dtypes)


def counted(
    analysis: str, level: str, variable: str, total: int, counts: Mapping[str, int | tuple[int, float, float]]
) -> list[Result]:
    """Return the results of a column: N, and n, N, estimate of each category; with limits if given as a triple."""
    found = [Result(analysis, "c", level, "", "", "N", total)]
    code = {} if total else {"text": "–"}
    for category, given in counts.items():
        n, *limits = given if isinstance(given, tuple) else (given,)
        values = [n, total, n / total if total else None, *(limits if total else [None] * len(limits))]
        for statistic, value in zip(STATISTICS, values, strict=False):
            found.append(
                Result(analysis, "c", level, variable, category, statistic, value, **(code if value is None else {}))
            )
    return found


def summarized(analysis: str, level: str, variable: str, total: int, **values: float | str | None) -> list[Result]:
    """Return the results of a column: N, and each statistic; a text is the code of a statistic that does not exist."""
    found = [Result(analysis, "c", level, "", "", "N", total), Result(analysis, "c", level, variable, "", "N", total)]
    for statistic, value in values.items():
        known = None if isinstance(value, str) else value
        found.append(
            Result(analysis, "c", level, variable, "", statistic, known, value if isinstance(value, str) else "")
        )
    return found
