"""Exact interval of a Poisson rate: events in person-time (R-907). Rates are per unit of time, unrounded (R-102)."""

from __future__ import annotations

import math
import operator


def compute_poisson_limits(x: int, time: float, level: float = 0.95) -> tuple[float, float] | None:
    """Return the exact two-sided limits of the rate x / time; None for time = 0 (printed NC).

    Lower limit: the a/2 quantile of chi-square with 2x degrees of freedom, over 2 time; 0 for x = 0. Upper limit: the
    1 - a/2 quantile with 2x + 2 degrees of freedom, over 2 time; a = 1 - level. Raises ValueError for a negative or
    fractional count, a time that is negative or no number, and a level outside (0, 1). R-907; Garwood 1936, Biometrika
    28:437; equals `poisson.test` of R.
    """
    try:
        x = operator.index(x)
    except TypeError:
        raise ValueError(f"a rate needs a whole number of events; got {x!r}") from None
    if x < 0 or not (0 <= time < math.inf) or not 0 < level < 1:
        raise ValueError(f"a rate needs x >= 0, time >= 0 and 0 < level < 1; got {x}, {time!r}, {level!r}")
    if time == 0:
        return None
    from scipy.special import gammainccinv, gammaincinv

    # Half a chi-square quantile with 2k degrees of freedom is a gamma quantile with shape k.
    tail = (1 - level) / 2
    lower = 0.0 if x == 0 else float(gammaincinv(x, tail)) / time
    return lower, float(gammainccinv(x + 1, tail)) / time
