"""Kaplan-Meier: the curve with log-log limits, quantiles, landmarks, follow-up (R-711 to R-716).

Survival is an exact fraction of whole numbers and becomes a float once, so that a value between two printed digits is
rounded as a reader would round it; docs/decisions tells why the fit is not taken from a library. What does not exist is
None; the caller prints NE.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import NormalDist

#: Two heights of a curve closer than this are one height (R-711): a quantile must not hang on the last bit.
TOLERANCE = 1e-8


@dataclass(frozen=True)
class Point:
    """The curve from one observed time to the next: subjects at risk just before it, events and censorings at it."""

    time: float
    at_risk: int
    events: int
    censored: int
    survival: float
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class Estimate:
    """An estimate with its limits; None where there is none (NE)."""

    value: float | None
    lower: float | None
    upper: float | None


Curve = tuple[Point, ...]


def compute_curve(times: Sequence[float], events: Sequence[bool], level: float) -> Curve:
    """Return the Kaplan-Meier curve, one point for each time at which a subject has an event or is censored.

    Events come before censorings at the same time. Limits: S^exp(+-z sigma), sigma^2 = sum of d/(n(n - d)) / (ln S)^2
    (Greenwood, log-log), None where S is 1 or 0. Times in any unit, `level` such as 0.95. Raises ValueError for a time
    that is negative or no number. R-711, R-712.
    """
    pairs = list(zip(times, events, strict=True))
    if bad := [time for time, _ in pairs if not (math.isfinite(time) and time >= 0)]:
        raise ValueError(f"a survival time is a number from 0, not {bad[0]!r}")
    died, left = Counter(t for t, event in pairs if event), Counter(t for t, event in pairs if not event)
    at_risk, survival, variance, points = len(pairs), Fraction(1), Fraction(0), []
    for time in sorted({*died, *left}):
        d = died[time]
        survival *= Fraction(at_risk - d, at_risk)
        variance += Fraction(d, at_risk * (at_risk - d)) if at_risk > d else 0
        lower, upper = _limits(survival, variance, level)
        points.append(Point(time, at_risk, d, left[time], float(survival), lower, upper))
        at_risk -= d + left[time]
    return tuple(points)


def _limits(survival: Fraction, variance: Fraction, level: float) -> tuple[float | None, float | None]:
    if survival in (0, 1):
        return None, None
    height = float(survival)
    width = NormalDist().inv_cdf((1 + level) / 2) * math.sqrt(variance) / abs(math.log(height))
    return height ** math.exp(width), height ** math.exp(-width)


def compute_quantile(curve: Curve, p: float) -> Estimate:
    """Return the time by which a share p had the event, with limits from the two bands (Brookmeyer-Crowley, log-log).

    The first time with S(t) <= 1 - p; where the curve lies at 1 - p for a while, the middle of that step, which the
    last observed time ends if the curve never falls again. A band that never comes so low gives no limit. Unit: that of
    the curve. R-713, R-714.
    """
    heights: tuple[Callable[[Point], float | None], ...] = (
        lambda point: point.survival,
        lambda point: point.lower,
        lambda point: point.upper,
    )
    return Estimate(*(_crossing([(point.time, height(point)) for point in curve], 1 - p) for height in heights))


def _crossing(steps: Sequence[tuple[float, float | None]], level: float) -> float | None:
    """Return where a falling step line comes down to `level`; a step without height is passed over."""
    known = [(time, height) for time, height in steps if height is not None]
    reached = [(time, height) for time, height in known if height <= level + TOLERANCE]
    if not reached:
        return None
    first, height = reached[0]
    if abs(height - level) > TOLERANCE:
        return first
    fall = next((time for time, later in reached if later < height - TOLERANCE), steps[-1][0])
    return (first + fall) / 2 if fall > first else first


def compute_landmark(curve: Curve, time: float) -> Estimate:
    """Return S(t) with its limits; none beyond the last observed time, unless S is 0 there.

    Limits do not exist where S is 1 or 0. R-712, R-715.
    """
    if not curve or (time > curve[-1].time and curve[-1].survival > 0):
        return Estimate(None, None, None)
    before = [point for point in curve if point.time <= time]
    return Estimate(before[-1].survival, before[-1].lower, before[-1].upper) if before else Estimate(1.0, None, None)


def count_at_risk(times: Sequence[float], time: float) -> int:
    """Return the subjects whose time is at least `time`: still under observation just before it. R-715."""
    return sum(own >= time for own in times)


def compute_follow_up(times: Sequence[float], events: Sequence[bool], level: float) -> Estimate:
    """Return the median follow-up: the median of the reverse curve, in which the censoring is the event. R-715."""
    return compute_quantile(compute_curve(times, [not event for event in events], level), 0.5)


def compute_range(times: Sequence[float], events: Sequence[bool]) -> tuple[tuple[float, bool], tuple[float, bool]]:
    """Return the smallest and the largest time, each with whether it is censored; at a tie the event is the shorter.

    Raises ValueError without times. R-711, R-716.
    """
    ordered = sorted((time, not event) for time, event in zip(times, events, strict=True))
    if not ordered:
        raise ValueError("no times have no range")
    return ordered[0], ordered[-1]
