"""Parameters of one concentration profile: peak, last quantifiable value, areas (R-1304, R-1306, R-1309).

Times and concentrations are exact; only logarithms are floats. Nothing is extrapolated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

#: A time (h) and a concentration.
Curve = Sequence[tuple[Fraction, Fraction]]

ZERO, MISSING, HALF = "zero", "missing", "half"
#: BLQ before the first, between, after the last quantifiable value (`pk.blq_rule`, R-1309).
AROUND_VALUES = {
    "zero_then_missing": (ZERO, MISSING, MISSING),
    "all_zero": (ZERO, ZERO, ZERO),
    "pknca_default": (ZERO, MISSING, ZERO),
}
#: BLQ before and after the first maximum.
AROUND_PEAK = {"tmax_split": (ZERO, MISSING), "half_lloq_after": (ZERO, HALF)}


@dataclass(frozen=True)
class Point:
    """A measured sample: h from the dose, concentration (0 if below the limit), whether below, and the limit."""

    time: Fraction
    value: Fraction
    blq: bool = False
    lloq: Fraction | None = None


def apply_blq_rule(points: Sequence[Point], rule: str) -> list[Fraction | None]:
    """Return the concentration of each point after the rule, None where a BLQ value becomes missing.

    Points are in order of time. Without a quantifiable value every BLQ stands before the first one and is 0. Raises
    KeyError for an unknown rule. R-1309.
    """
    places = [place for place, point in enumerate(points) if not point.blq]
    if not places:
        return [Fraction(0) for _ in points]
    treated = [_treatment(rule, place, places, points) if p.blq else "" for place, p in enumerate(points)]
    return [_replaced(point, how) for point, how in zip(points, treated, strict=True)]


def _treatment(rule: str, place: int, places: list[int], points: Sequence[Point]) -> str:
    if rule in AROUND_PEAK:
        peak = max(places, key=lambda each: (points[each].value, -each))
        return AROUND_PEAK[rule][place > peak]
    return AROUND_VALUES[rule][(place > places[0]) + (place > places[-1])]


def _replaced(point: Point, how: str) -> Fraction | None:
    if how == MISSING:
        return None
    return (point.lloq or Fraction(0)) / 2 if how == HALF else point.value


def find_peak(points: Sequence[Point]) -> Point | None:
    """Return the first point with the largest concentration as observed; None without a point. R-1304."""
    return max(points, key=lambda point: (point.value, -point.time), default=None)


def find_last(points: Sequence[Point]) -> Point | None:
    """Return the last quantifiable point; a value that a BLQ rule put in never counts. R-1309."""
    return max((point for point in points if not point.blq), key=lambda point: point.time, default=None)


def predose_excess(before: Fraction, peak: Fraction, percent: Decimal) -> tuple[bool, bool]:
    """Return whether the value before the dose is above `percent` of Cmax (strict) or at least Cmax, and whether it is
    at least Cmax.

    Nothing measurable before the dose is neither. R-1308.
    """
    maximum = before > 0 and before >= peak
    return maximum or before * 100 > Fraction(percent) * peak, maximum


def measured_curve(points: Sequence[Point], rule: str) -> Curve:
    """Return times and concentrations after the BLQ rule, without what it makes missing."""
    values = apply_blq_rule(points, rule)
    return [(point.time, value) for point, value in zip(points, values, strict=True) if value is not None]


def compute_area(curve: Curve, start: Fraction, end: Fraction) -> float | None:
    """Return the area from `start` to `end` (h times unit of concentration), linear up and logarithmic down.

    `end` between two samples is interpolated the same way. None where the curve has fewer than two points, begins after
    `start` or ends before `end`: nothing is extrapolated. R-1306.
    """
    inside = [(time, value) for time, value in curve if start <= time <= end]
    if len(curve) < 2 or curve[0][0] > start or curve[-1][0] < end:
        return None
    after = next(((time, value) for time, value in curve if time > end), None)
    if inside[-1][0] < end and after is not None:
        inside.append((end, _between(inside[-1], after, end)))
    return math.fsum(_piece(one, two) for one, two in pairwise(inside))


def _falls(one: Fraction, two: Fraction) -> bool:
    return 0 < two < one


def _piece(one: tuple[Fraction, Fraction], two: tuple[Fraction, Fraction]) -> float:
    """Return the area between neighbours; log1p keeps its digits where they are almost equal."""
    width, (first, second) = two[0] - one[0], (one[1], two[1])
    if _falls(first, second):
        return float((first - second) * width) / _logarithm(first, second)
    return float((first + second) * width / 2)


def _logarithm(first: Fraction, second: Fraction) -> float:
    return math.log1p(float((first - second) / second))


def _between(one: tuple[Fraction, Fraction], two: tuple[Fraction, Fraction], time: Fraction) -> Fraction:
    """Return the concentration between two samples: on a falling part the logarithm is linear in time."""
    share = (time - one[0]) / (two[0] - one[0])
    if _falls(one[1], two[1]):
        return Fraction(float(one[1]) * math.exp(-_logarithm(one[1], two[1]) * float(share)))
    return one[1] + (two[1] - one[1]) * share
