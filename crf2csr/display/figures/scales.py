"""Logarithmic axes whose ticks are plain numbers: 1, 2 and 5 of each power of ten, if they are enough."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from crf2csr.display import numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Digits of the ticks of each power of ten; the powers alone where there is little room, each digit in a short range.
STEPS, POWERS, DIGITS = (1, 2, 5), (1,), tuple(range(1, 10))
_LOWEST, _HIGHEST = -3, 7


def log_height(axes: Axes, heights: Iterable[float], steps: Sequence[int] = STEPS, above: float = 1.25) -> None:
    """Make the vertical axis logarithmic, a little wider than the heights (above 0), with ticks that are numbers;
    `above` is the factor of the room above them.

    A range in which fewer than three (of `POWERS`: two) of the ticks lie has more of them.
    """
    known = list(heights)
    low, high = min(known) * 0.8, max(known) * above
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    tried = [ticks_between(low, high, digits) for digits in (steps, STEPS, DIGITS)]
    least = 2 if steps == POWERS else 3
    ticks = next((ticks for ticks in tried if len(ticks) >= least), tried[-1])
    axes.set_yticks(ticks, [_text(tick) for tick in ticks])
    axes.minorticks_off()


def ticks_between(low: float, high: float, steps: Sequence[int]) -> list[float]:
    """Return the ticks from low to high."""
    ticks = (float(f"{step}e{power}") for power in range(_LOWEST, _HIGHEST) for step in steps)
    return [tick for tick in ticks if low <= tick <= high]


def _text(tick: float) -> str:
    return numbers.format_number(tick, max(-int(f"{tick:e}".split("e")[1]), 0))
