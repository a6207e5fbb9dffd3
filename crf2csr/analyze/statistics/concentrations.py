"""Summary of concentrations and parameters: arithmetic, geometric, and what too many values below the limit forbid.

Rules R-108 to R-110, R-1310, R-1311; unrounded (R-102).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from crf2csr.analyze.statistics.continuous import compute_geometric_summary, compute_summary

NO_VALUE, NOT_CALCULABLE, NOT_ESTIMABLE = "–", "NC", "NE"
#: A value, or None with the code that stands for it and the reason.
Statistic = tuple[float | int | None, str, str]
#: What is not reported where too many values are below the limit (R-1311), and of samples before the first dose.
_TOO_MANY, _BEFORE = ("mean", "sd", "cv", "min"), ("geo_mean", "geo_cv")


def compute_concentration_summary(
    values: Sequence[float], below: int, measured: int, most: Fraction, before_dose: bool = False
) -> dict[str, Statistic]:
    """Return n, mean, sd, cv (%), geo_mean, geo_cv (%), median, min, max and n_geo, each with code and reason.

    `values`: concentrations after the BLQ rule, missing ones left out; `below` of the `measured` results are BLQ. More
    than the share `most` of them: mean, sd, cv and min are NC. `before_dose`: samples before the first dose, whose
    geometric statistics are NE. No value: every statistic is –. Raises ValueError for a missing or infinite value.
    """
    numbers = {**compute_summary(values), **compute_geometric_summary(values)}
    mean, sd = numbers["mean"], numbers["sd"]
    numbers["cv"] = 100 * sd / mean if mean and sd is not None else None
    names = ("n", "mean", "sd", "cv", "geo_mean", "geo_cv", "median", "min", "max", "n_geo")
    many = measured > 0 and Fraction(below, measured) > most
    return {name: _statistic(name, numbers[name], bool(values), many, before_dose) for name in names}


def _statistic(name: str, value: float | int | None, any_value: bool, many: bool, before_dose: bool) -> Statistic:
    if name in ("n", "n_geo"):
        return value, "", ""
    if not any_value:
        return None, NO_VALUE, "no value"
    if many and name in _TOO_MANY:
        return None, NOT_CALCULABLE, "too many values below the limit of quantification (R-1311)"
    if before_dose and name in _BEFORE:
        return None, NOT_ESTIMABLE, "sample before the first dose (R-1311)"
    if value is None:
        return None, NOT_CALCULABLE, "too few values, or none above zero (R-108, R-110)"
    return value, "", ""
