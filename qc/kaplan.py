"""Kaplan-Meier by counting: each height of the curve is a fraction that is worked out from all subjects anew.

R-711 to R-716. Limits on the scale log(-log S), with the normal quantile of scipy; quantiles by looking for the step.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

#: Day, and whether it ended with an event.
Time = tuple[int, bool]
Bounds = tuple[float | None, float | None]
NEAR = 1e-8


@dataclass(frozen=True)
class Step:
    """The curve from a day on; `at_risk` is counted just before it."""

    day: int
    at_risk: int
    events: int
    censored: int
    height: Fraction
    bounds: Bounds


def curve(times: Sequence[Time], level: float) -> list[Step]:
    """Return one step for each day at which somebody has an event or is censored, by day."""
    steps = []
    for day in sorted({day for day, _ in times}):
        events = sum(own == day and event for own, event in times)
        censored = sum(own == day for own, _ in times) - events
        height, variance = _height(times, day)
        steps.append(Step(day, at_risk(times, day), events, censored, height, _bounds(height, variance, level)))
    return steps


def at_risk(times: Sequence[Time], day: float | Fraction) -> int:
    """Return how many subjects have a time of at least `day`."""
    return sum(own >= day for own, _ in times)


def _height(times: Sequence[Time], last: int) -> tuple[Fraction, Fraction]:
    """Return S on a day and the Greenwood sum up to it."""
    height, variance = Fraction(1), Fraction(0)
    for day in sorted({own for own, event in times if event and own <= last}):
        died, under = sum(own == day and event for own, event in times), at_risk(times, day)
        height = height * (under - died) / under
        if under > died:
            variance += Fraction(died, under * (under - died))
    return height, variance


def _bounds(height: Fraction, variance: Fraction, level: float) -> Bounds:
    """Return the log-log limits; there are none where S is 1 or 0."""
    from scipy.stats import norm

    if height in (0, 1):
        return None, None
    place = math.log(-math.log(height))
    width = float(norm.ppf((1 + level) / 2)) * math.sqrt(variance) / -math.log(height)
    return math.exp(-math.exp(place + width)), math.exp(-math.exp(place - width))


def quantile(steps: Sequence[Step], share: Fraction) -> tuple[float | None, float | None, float | None]:
    """Return the day by which a share had the event, and both limits; None where a line never comes so low."""
    lines = ([step.height for step in steps], [step.bounds[0] for step in steps], [step.bounds[1] for step in steps])
    days = [step.day for step in steps]
    estimate, lower, upper = (_reached(days, heights, 1 - share) for heights in lines)
    return estimate, lower, upper


def _reached(days: Sequence[int], heights: Sequence[Fraction | float | None], goal: Fraction) -> float | None:
    known = [(day, height) for day, height in zip(days, heights, strict=True) if height is not None]
    first = next(((day, height) for day, height in known if height < goal or _same(height, goal)), None)
    if first is None or not _same(first[1], goal):
        return first[0] if first else None
    below = [day for day, height in known if height < goal and not _same(height, goal)]
    end = min(below, default=days[-1])
    return (first[0] + end) / 2 if end > first[0] else first[0]


def _same(height: Fraction | float, goal: Fraction) -> bool:
    return abs(float(height) - float(goal)) <= NEAR


def landmark(steps: Sequence[Step], day: Fraction) -> tuple[float | None, float | None, float | None]:
    """Return S on a day with its limits; nothing beyond the last time while S is above 0 (R-715)."""
    earlier = [step for step in steps if step.day <= day]
    if not steps or (day > steps[-1].day and steps[-1].height):
        return None, None, None
    return (float(earlier[-1].height), *earlier[-1].bounds) if earlier else (1.0, None, None)


def ends(times: Sequence[Time]) -> Iterator[tuple[str, int, bool]]:
    """Yield the shortest and the longest time and whether it is censored; at one time an event is the shorter."""
    ordered = sorted((day, not event) for day, event in times)
    if ordered:
        yield ("min", *ordered[0])
        yield ("max", *ordered[-1])
