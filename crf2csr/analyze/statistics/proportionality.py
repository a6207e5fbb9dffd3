"""Dose proportionality by the power model: ln value = intercept + slope ln dose (R-1314).

Least squares over one value a subject; unrounded (R-102). Smith 2000, Pharmaceutical Research 17:1278.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from crf2csr.analyze.statistics.continuous import compute_geometric_summary

#: Verdicts (R-1314); one that rests on two dose levels says so.
PROPORTIONAL, NOT_PROPORTIONAL, INCONCLUSIVE = "proportional", "not proportional", "inconclusive"
TWO_ONLY = ", 2 levels only"
NOT_ESTIMABLE = "not estimable"
#: Why a slope does not exist, in the order in which it is asked.
NO_VALUE, BELOW_LIMIT, ONE_LEVEL, TOO_FEW = "no value", "value of 0 or BLQ", "1 dose level", "fewer than 3 values"


@dataclass(frozen=True)
class PowerModel:
    """The line ln value = intercept + slope ln dose, and what its 100 `level` % limits are made from.

    `sigma` is the standard deviation of the residuals (divisor `df`), `center` the mean of ln dose, `spread` the sum of
    its squared differences from it, `quantile` the 1 - (1 - level)/2 quantile of t with `df` degrees of freedom.
    """

    intercept: float
    slope: float
    sigma: float
    df: int
    center: float
    spread: float
    quantile: float

    @property
    def se(self) -> float:
        """The standard error of the slope."""
        return self.sigma / math.sqrt(self.spread)

    @property
    def limits(self) -> tuple[float, float]:
        """The confidence limits of the slope."""
        return self.slope - self.quantile * self.se, self.slope + self.quantile * self.se

    def at(self, dose: float) -> tuple[float, float, float]:
        """Return the value on the line at a dose with the confidence limits of the line there."""
        away = math.log(dose) - self.center
        height = self.intercept + self.slope * math.log(dose)
        half = self.quantile * self.sigma * math.sqrt(1 / (self.df + 2) + away**2 / self.spread)
        return math.exp(height), math.exp(height - half), math.exp(height + half)


def why_not_estimable(doses: Sequence[float], values: Sequence[float]) -> str:
    """Return why there is no slope, blank if there is one: from 2 dose levels and 3 values on, all above 0 (R-1314)."""
    if not values:
        return NO_VALUE
    if min(values) <= 0:
        return BELOW_LIMIT
    if len(set(doses)) < 2:
        return ONE_LEVEL
    return TOO_FEW if len(values) < 3 else ""


def fit_power_model(doses: Sequence[float], values: Sequence[float], level: float) -> PowerModel:
    """Return the line through ln dose and ln value, one pair a subject, by ordinary least squares.

    Raises ValueError where `why_not_estimable` has a reason, for a dose of 0 or less, a missing or infinite number, and
    a level outside (0, 1). R-1314; equals `lm(log(value) ~ log(dose))` of R.
    """
    if not 0 < level < 1 or not all(0 < dose < math.inf for dose in doses) or not all(map(math.isfinite, values)):
        raise ValueError(f"a power model needs doses above 0, finite values and 0 < level < 1; got level {level!r}")
    if reason := why_not_estimable(doses, values):
        raise ValueError(f"power model {NOT_ESTIMABLE}: {reason}")
    from scipy.special import stdtrit

    pairs = [(math.log(dose), math.log(value)) for dose, value in zip(doses, values, strict=True)]
    n = len(pairs)
    center, height = (math.fsum(column) / n for column in zip(*pairs, strict=True))
    spread = math.fsum((x - center) ** 2 for x, _ in pairs)
    slope = math.fsum((x - center) * (y - height) for x, y in pairs) / spread
    residuals = math.fsum((y - height - slope * (x - center)) ** 2 for x, y in pairs)
    quantile = float(stdtrit(n - 2, 1 - (1 - level) / 2))
    return PowerModel(height - slope * center, slope, math.sqrt(residuals / (n - 2)), n - 2, center, spread, quantile)


def compute_limits(doses: Sequence[float], low: float, high: float) -> tuple[float, float] | None:
    """Return the limits of the slope, 1 + ln low / ln r and 1 + ln high / ln r, r = largest / smallest dose.

    `low` < 1 < `high` are those of the ratio of dose-normalized values. None for fewer than two dose levels. R-1314.
    """
    if not 0 < low < 1 < high:
        raise ValueError(f"limits of proportionality lie on both sides of 1; got {low!r} and {high!r}")
    if len(set(doses)) < 2:
        return None
    width = math.log(max(doses) / min(doses))
    return 1 + math.log(low) / width, 1 + math.log(high) / width


def judge(found: tuple[float, float], limits: tuple[float, float], levels: int) -> str:
    """Return the verdict: interval inside the limits (equal counts as inside), wholly outside, or neither (R-1314)."""
    inside = limits[0] <= found[0] and found[1] <= limits[1]
    outside = found[1] < limits[0] or limits[1] < found[0]
    verdict = PROPORTIONAL if inside else NOT_PROPORTIONAL if outside else INCONCLUSIVE
    return f"{verdict}{TWO_ONLY}" if levels == 2 else verdict


def geometric_means(doses: Sequence[float], values: Sequence[float]) -> dict[float, float | None]:
    """Return the geometric mean of each dose level, ascending; None where no value is above 0 (R-110)."""
    by_dose: dict[float, list[float]] = defaultdict(list)
    for dose, value in sorted(zip(doses, values, strict=True)):
        by_dose[dose].append(value)
    return {dose: compute_geometric_summary(own)["geo_mean"] for dose, own in by_dose.items()}
