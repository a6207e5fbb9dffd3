"""Parameters of one concentration profile: peak, last quantifiable value, areas (R-1304, R-1306, R-1309).

Times and concentrations are exact, areas are floats. Nothing is extrapolated here (see `terminal`).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from operator import itemgetter

#: Times (h) and concentrations, exact; a place of them and all places in floats.
Curve = Sequence[tuple[Fraction, Fraction]]
Place = tuple[float, float]
Places = Sequence[Place]

ZERO, MISSING, HALF = "zero", "missing", "half"
#: BLQ before the first, between, after the last quantifiable value (`pk.blq_rule`, R-1309).
AROUND_VALUES = {
    "zero_then_missing": (ZERO, MISSING, MISSING),
    "all_zero": (ZERO, ZERO, ZERO),
    "pknca_default": (ZERO, MISSING, ZERO),
}
#: BLQ before and after the first maximum.
AROUND_PEAK = {"tmax_split": (ZERO, MISSING), "half_lloq_after": (ZERO, HALF)}
#: How areas join two samples: lines; lines up and logarithms down (R-1306); lines to the peak, then logarithms.
LINEAR, UP_DOWN, LINEAR_LOG = "linear", "up_down", "linear_log"


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
    peak: Point | None = None
    for point in points:
        if peak is None or point.value > peak.value or (point.value == peak.value and point.time < peak.time):
            peak = point
    return peak


def find_last(points: Sequence[Point]) -> Point | None:
    """Return the last quantifiable point of points in order of time; what a BLQ rule puts in never counts. R-1309."""
    return next((point for point in reversed(points) if not point.blq), None)


def predose_excess(before: Fraction, peak: Fraction, percent: Decimal) -> tuple[bool, bool]:
    """Return whether the value before the dose is above `percent` of Cmax (strict) or at least Cmax, and whether it is
    at least Cmax.

    Nothing measurable before the dose is neither. R-1308.
    """
    if before <= 0:
        return False, False
    maximum = before >= peak
    return maximum or before * 100 > Fraction(percent) * peak, maximum


def measured_curve(points: Sequence[Point], rule: str) -> Curve:
    """Return times and concentrations after the BLQ rule, without what it makes missing."""
    values = apply_blq_rule(points, rule)
    return [(point.time, value) for point, value in zip(points, values, strict=True) if value is not None]


def compute_area(curve: Curve, start: Fraction, end: Fraction, method: str = UP_DOWN) -> float | None:
    """Return the area from `start` to `end` (h times unit of concentration) by LINEAR, UP_DOWN or LINEAR_LOG.

    `end` between two samples is interpolated the same way. None where the curve has fewer than two points, begins after
    `start` or ends before `end`: nothing is extrapolated. Raises KeyError for another method. R-1306.
    """
    logarithmic = LOGARITHMIC[method]
    if len(curve) < 2 or curve[0][0] > start or curve[-1][0] < end:
        return None
    places, (first, last) = [(float(time), float(value)) for time, value in curve], (float(start), float(end))
    inside = [place for place in places if first <= place[0] <= last]
    after = places[bisect_right(places, last, key=itemgetter(0)) :]
    if inside[-1][0] < last and after:
        inside.append((last, _between(inside[-1], after[0], last, logarithmic(places, inside[-1], after[0]))))
    return math.fsum(_piece(one, two, logarithmic(places, one, two)) for one, two in pairwise(inside))


def _never(places: Places, one: Place, two: Place) -> bool:
    return False


def _falls(places: Places, one: Place, two: Place) -> bool:
    return 0 < two[1] < one[1]


def _after_peak(places: Places, one: Place, two: Place) -> bool:
    """Return whether neither value is 0, they differ, and the first maximum of the curve is not after the first one."""
    peak = max(places, key=lambda place: (place[1], -place[0]))
    return one[0] >= peak[0] and 0 < two[1] != one[1] > 0


#: Method to what makes the piece between two samples a logarithm.
LOGARITHMIC = {LINEAR: _never, UP_DOWN: _falls, LINEAR_LOG: _after_peak}


def _piece(one: Place, two: Place, logarithmic: bool) -> float:
    """Return the area between neighbours; log1p keeps its digits where they are almost equal."""
    width, (first, second) = two[0] - one[0], (one[1], two[1])
    if logarithmic:
        return (first - second) * width / math.log1p((first - second) / second)
    return (first + second) * width / 2


def _between(one: Place, two: Place, time: float, logarithmic: bool) -> float:
    """Return the concentration between two samples: on a logarithmic part the logarithm is linear in time."""
    share = (time - one[0]) / (two[0] - one[0])
    if logarithmic:
        return one[1] * math.exp(-math.log1p((one[1] - two[1]) / two[1]) * share)
    return one[1] + (two[1] - one[1]) * share
