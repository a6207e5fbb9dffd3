"""Summary statistics of a continuous variable: n, mean, SD, type-2 quantiles, extremes, interval of the mean,
geometric mean and CV.

Rules R-108 to R-111; unrounded (R-102). Floats enter as the decimal that they print (`repr`, as in R-103), the
arithmetic is exact or carries 60 digits, and each result is rounded to a float once: the mean of 13.9, 16.5, 8.2 and
83.3 is 30.475 and shown as 30.48; summed as floats it is 30.474999999999998 and would be shown as 30.47.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence
from decimal import Context, Decimal, localcontext

#: Digits carried through roots, logarithms and exponentials; a float holds 17.
_DIGITS = 60

Summary = dict[str, float | None]


def compute_summary(values: Sequence[float]) -> Summary:
    """Return n, mean, sd, median, q1, q3, min and max of the values, in this order.

    n is a whole number, the others are floats in the unit of the values, or None where they do not exist: all of
    them for n = 0, sd (divisor n - 1) for n < 2. Quantiles are type 2 (SAS PCTLDEF=5). What a small n may show
    (`display.small_n`) is not decided here. Raises ValueError for a missing, infinite or non-numeric value.
    R-108, R-109.
    """
    units, scale = _whole_units(sorted(_decimals(values)))
    names = ("mean", "sd", "median", "q1", "q3", "min", "max")
    if not (n := len(units)):
        return {"n": 0, **dict.fromkeys(names)}
    quartiles = {
        name: _quantile(units, quarter) / (2 * scale) for name, quarter in (("median", 2), ("q1", 1), ("q3", 3))
    }
    return {
        "n": n,
        "mean": sum(units) / (n * scale),
        "sd": _standard_deviation(units, scale),
        **quartiles,
        "min": units[0] / scale,
        "max": units[-1] / scale,
    }


def compute_geometric_summary(values: Sequence[float]) -> Summary:
    """Return n_geo, geo_mean and geo_cv (%) of the values; zeros are left out and n_geo counts the values used.

    geo_mean = exp(mean of ln), geo_cv = 100 sqrt(exp(s^2) - 1) with s^2 the variance (divisor n - 1) of ln. None where
    a statistic does not exist: both without a positive value, geo_cv for n_geo < 2 or beyond the range of a float.
    With a negative value there is no geometric summary at all (n_geo 0). Raises ValueError for a missing, infinite or
    non-numeric value. R-110.
    """
    used = [value for value in _decimals(values) if value]
    if not used or min(used) < 0:
        return {"n_geo": 0, "geo_mean": None, "geo_cv": None}
    n = len(used)
    with localcontext(Context(prec=_DIGITS)):
        logs = [value.ln() for value in used]
        mean = sum(logs, Decimal()) / n
        squares = sum(((log - mean) ** 2 for log in logs), Decimal())
        cv = float(100 * ((squares / (n - 1)).exp() - 1).sqrt()) if n > 1 else math.inf
        return {"n_geo": n, "geo_mean": float(mean.exp()), "geo_cv": cv if math.isfinite(cv) else None}


def compute_mean_interval(values: Sequence[float], level: float) -> tuple[float, float] | None:
    """Return the two-sided limits of the mean, mean -+ t s / sqrt(n), in the unit of the values; None for n < 2.

    t is the (1 + level)/2 quantile of Student's distribution with n - 1 degrees of freedom, s the standard deviation
    (divisor n - 1); equal values give equal limits. Raises ValueError for a level outside 0 to 1, and as
    `compute_summary` for a value that is no finite number. R-108, R-111 (house: the interval of the R function t.test).
    """
    if not 0 < level < 1:
        raise ValueError(f"confidence level is {level!r}: it lies between 0 and 1, as 0.95")
    found = compute_summary(values)
    mean, deviation = found["mean"], found["sd"]
    if mean is None or deviation is None:
        return None
    from scipy.stats import t

    half = float(t.ppf((1 + level) / 2, len(values) - 1)) * deviation / math.sqrt(len(values))
    return mean - half, mean + half


def _decimals(values: Sequence[float]) -> list[Decimal]:
    """Return the values as the decimals that were recorded, in the order given."""
    for position, value in enumerate(values, start=1):
        if not isinstance(value, numbers.Real) or not math.isfinite(value):
            raise ValueError(
                f"value {position} of {len(values)} is {value!r}: a summary needs finite numbers and no missing value"
            )
    return [Decimal(repr(float(value))) for value in values]


def _whole_units(decimals: list[Decimal]) -> tuple[list[int], int]:
    """Return the values as whole multiples of a power of ten, and that power: value = unit / scale."""
    places = max([0, *(-int(value.as_tuple().exponent) for value in decimals)])
    with localcontext(Context(prec=_DIGITS)):
        return [int(value.scaleb(places)) for value in decimals], 10**places


def _standard_deviation(units: list[int], scale: int) -> float | None:
    n = len(units)
    if n < 2:
        return None
    # The textbook formula that cancels in floats is safe here, for whole numbers are exact.
    spread = n * sum(unit * unit for unit in units) - sum(units) ** 2
    with localcontext(Context(prec=_DIGITS)):
        return float((Decimal(spread) / (n * (n - 1))).sqrt() / scale)


def _quantile(ordered: list[int], quarter: int) -> int:
    """Return twice the type-2 quantile: the sum of two neighbours if n * quarter/4 is whole, else twice one. R-109."""
    place, rest = divmod(len(ordered) * quarter, 4)
    return ordered[place] + (ordered[place] if rest else ordered[place - 1])
