"""Terminal slope of one profile: the straight line through the logarithms of its last quantifiable points (R-1307)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from crf2csr.derive.rules.nca import Point

#: Points a line needs; adjusted R2 as good as the best; change of the logarithm over the line that is only rounding.
LEAST_POINTS, TIE, ROUNDING = 3, 1e-4, 1e-10
#: What makes a slope one that is listed and not summarized: adjusted R2, half-lives covered, share extrapolated.
LEAST_FIT, LEAST_SPAN, MOST_EXTRAPOLATED = 0.9, 2, 0.2


@dataclass(frozen=True)
class Slope:
    """A falling line: rate (1/h), number of points, time of the first and last one (h), R2 and adjusted R2."""

    rate: float
    points: int
    first: Fraction
    last: Fraction
    fit: float
    adjusted: float

    @property
    def half_life(self) -> float:
        """Half-life (h)."""
        return math.log(2) / self.rate

    @property
    def span(self) -> float:
        """Half-lives between the first and the last point."""
        return float(self.last - self.first) / self.half_life

    @property
    def flags(self) -> tuple[str, ...]:
        """What makes it doubtful, the gravest first: LOW_R2, SHORT_SPAN. R-1307."""
        tests = {"LOW_R2": self.adjusted < LEAST_FIT, "SHORT_SPAN": self.span < LEAST_SPAN - ROUNDING}
        return tuple(flag for flag, met in tests.items() if met)

    def beyond(self, last: Fraction) -> float:
        """Return the area after the last quantifiable concentration."""
        return float(last) / self.rate


def terminal_points(points: Sequence[Point], peak: Point) -> list[Point]:
    """Return the quantifiable points after the peak, of points in order of time; the peak itself is none of them.

    R-1307.
    """
    return [point for point in points if not point.blq and point.time > peak.time]


def fit_terminal(points: Sequence[Point], tie: float = TIE) -> Slope | None:
    """Return the best falling line through the last three or more points, None where none falls.

    `points`: quantifiable, in order of time, of different times. Best: the largest adjusted R2; of lines whose adjusted
    R2 is less than `tie` below it, the one with most points. A line falls if the logarithm changes by more than
    rounding. R-1307 (numbers compared with PKNCA 0.12.0).
    """
    falling = list(_lines(points))
    best = max((line.adjusted for line in falling), default=0.0)
    good = [line for line in falling if line.adjusted > best - tie]
    return max(good, key=lambda line: line.points, default=None)


def _lines(points: Sequence[Point]) -> Iterator[Slope]:
    """Yield the falling lines through the last three points, four points, and so on; one pass over the points."""
    time = logarithm = times = both = logarithms = 0.0
    for number, point in enumerate(reversed(points), start=1):
        there, value = float(point.time), math.log(point.value)
        away, off = there - time, value - logarithm
        time, logarithm = time + away / number, logarithm + off / number
        times, both = times + away * (there - time), both + away * (value - logarithm)
        logarithms += off * (value - logarithm)
        if number < LEAST_POINTS or -both / times * (float(points[-1].time) - there) <= ROUNDING:
            continue
        fit = min(1.0, both * both / (times * logarithms))
        adjusted = 1 - (1 - fit) * (number - 1) / (number - 2)
        yield Slope(-both / times, number, point.time, points[-1].time, fit, adjusted)


def why_no_slope(points: Sequence[Point]) -> str:
    """Return the reason why the quantifiable points after a peak have no slope. R-1307, R-1312."""
    return "TOO_FEW_POINTS" if len(points) < LEAST_POINTS else "NONNEG_SLOPE"
