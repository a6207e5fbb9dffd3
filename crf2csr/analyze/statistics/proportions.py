"""Two-sided confidence intervals of one proportion x/n: Clopper-Pearson, and Wilson and mid-P beside it.

Rules R-801 to R-803. The limits are proportions between 0 and 1, unrounded (R-102). There is no Wald interval and no
number for n = 0.
"""

from __future__ import annotations

import math
import operator

Interval = tuple[float, float]


def compute_clopper_pearson(x: int, n: int, level: float = 0.95) -> Interval | None:
    """Return the two-sided exact (Clopper-Pearson) interval of x responders among n subjects.

    The lower limit p solves P(X >= x | p) = (1 - level)/2, the upper limit P(X <= x | p) = (1 - level)/2, with X
    binomial (n, p); both are beta quantiles. x = 0 has the lower limit 0 and x = n the upper limit 1, exactly.
    n = 0 has no interval (None). Raises ValueError for counts that are not 0 <= x <= n and a level outside (0, 1).
    R-801; Clopper and Pearson 1934, Biometrika 26:404; equals `binom.test` of R.
    """
    x, n, tail = _check_arguments(x, n, level)
    if n == 0:
        return None
    from scipy.special import betainccinv, betaincinv

    lower = 0.0 if x == 0 else float(betaincinv(x, n - x + 1, tail))
    upper = 1.0 if x == n else float(betainccinv(x + 1, n - x, tail))
    return lower, upper


def compute_wilson(x: int, n: int, level: float = 0.95) -> Interval | None:
    """Return the Wilson score interval of x among n, without continuity correction; None for n = 0.

    The limits are the roots of (x/n - p)^2 = z^2 p(1 - p)/n. Arguments and errors as `compute_clopper_pearson`.
    R-801; Wilson 1927, JASA 22:209; the same as `prop.test(correct = FALSE)` of R.
    """
    x, n, tail = _check_arguments(x, n, level)
    if n == 0:
        return None
    from scipy.special import ndtri

    z = -float(ndtri(tail))
    return _wilson_lower(x, n, z), 1.0 - _wilson_lower(n - x, n, z)


def compute_mid_p(x: int, n: int, level: float = 0.95) -> Interval | None:
    """Return the mid-P interval of x among n: Clopper-Pearson with half the probability of x itself; None for n = 0.

    The lower limit p solves P(X > x | p) + P(X = x | p)/2 = (1 - level)/2, the upper limit the same with X < x.
    Less conservative than the exact interval: its coverage may fall below the level, and at levels below 50 % it
    need not hold x/n. Arguments and errors as `compute_clopper_pearson`. R-801; Berry and Armitage 1995, The
    Statistician 44:417.
    """
    x, n, tail = _check_arguments(x, n, level)
    if n == 0:
        return None
    return _mid_p_lower(x, n, tail), 1.0 - _mid_p_lower(n - x, n, tail)


def _check_arguments(x: int, n: int, level: float) -> tuple[int, int, float]:
    """Return x and n as plain integers and the probability of one tail, or raise ValueError."""
    try:
        x, n = operator.index(x), operator.index(n)
    except TypeError:
        raise ValueError(f"a proportion needs two whole numbers; got x = {x!r}, n = {n!r}") from None
    if not 0 <= x <= n:
        raise ValueError(f"a proportion needs 0 <= x <= n; got x = {x}, n = {n}")
    if not 0 < level < 1:
        raise ValueError(f"the confidence level lies between 0 and 1, as 0.95; got {level!r}")
    return x, n, (1 - level) / 2


def _wilson_lower(x: int, n: int, z: float) -> float:
    # The smaller root in the form without a difference of near-equal terms: exactly 0 for x = 0, accurate near it.
    return 2 * x * x / n / (2 * x + z * z + z * math.sqrt(z * z + 4 * x * (n - x) / n))


def _mid_p_lower(x: int, n: int, tail: float) -> float:
    """Return the lower mid-P limit by halving; the upper limit is its mirror image (n - x)."""
    if x == 0:
        return 0.0
    if x == n:
        return float((2 * tail) ** (1 / n))  # P(X > n) = 0, so p^n / 2 = tail
    from scipy.special import betainc, betaincinv

    # P(X > x) < mid-P < P(X >= x), so that the exact limits of x and of x + 1 hold the root between them.
    low, high = float(betaincinv(x, n - x + 1, tail)), float(betaincinv(x + 1, n - x, tail))
    while low < (middle := (low + high) / 2) < high:
        if betainc(x, n - x + 1, middle) + betainc(x + 1, n - x, middle) < 2 * tail:
            low = middle
        else:
            high = middle
    return middle
