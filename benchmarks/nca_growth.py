"""What noncompartmental parameters cost: 2,000 to 20,000 profiles of 12 samples, in one process for each size.

From what a row of ADPC says (minutes from the dose, the digits as reported, flags) to all parameters of a profile, each
with its value or its reason: peak, last value, areas, terminal slope, half-life. The samples are made here, by
arithmetic: one before the dose and 11 to 24 h, a first-order rise and fall rounded to two decimals, below 1.00 as BLQ.
What must hold: the time for a profile does not grow with their number; aim 0.5 ms.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

from benchmarks import growth

SIZES = (2_000, 6_000, 20_000)
HOURS = (0, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 10, 12, 24)
LIMIT = Fraction(1)


HEAD = f"{'profiles':>9}{'samples':>9}{'s':>8}{'ms a profile':>14}{'peak MB':>9}  parameters with a value"


def main() -> None:
    """Measure every size in a process of its own and print one line each."""
    growth.main("benchmarks.nca_growth", __doc__, "profiles", SIZES, measure, HEAD, line)


def line(size: int, cost: growth.Cost) -> str:
    """Return the line of one size."""
    each = 1000 * cost["seconds"] / size
    return (
        f"{size:>9,}{size * len(HOURS):>9,}{cost['seconds']:>8.2f}{each:>14.3f}{cost['peak']:>9,.0f}"
        f"  {cost['known']:,} of {cost['all']:,}"
    )


def measure(size: int) -> dict[str, float]:
    """Return processor seconds, the peak memory (MB) of this process and how many parameters have a value."""
    from crf2csr.derive.rules.pk_parameters import ParameterSettings, compute_profile

    settings = ParameterSettings("zero_then_missing", 2, Decimal(5), Fraction(HOURS[-1]), 60)
    given = [samples(number) for number in range(size)]
    found: Counter[bool] = Counter()
    start = time.process_time()
    for profile in given:
        readings = [reading_of(*sample) for sample in profile]
        found.update(bool(one.not_done) for one in compute_profile(readings, 125, settings))
    seconds = time.process_time() - start
    if found[True] + found[False] != size * 10 or found[False] < size:
        raise SystemExit("a profile without its parameters")
    peak = growth.peak()
    return {"seconds": seconds, "peak": peak, "known": found[False], "all": found.total()}


def samples(number: int) -> list[tuple[int, str, str]]:
    """Return minutes, digits as reported and kind of each sample of a profile."""
    rise, fall, height = 0.3 + number % 7 / 5, 0.05 + number % 11 / 40, 20 + number * 7919 % 101
    found = []
    for place, hour in enumerate(HOURS):
        late = (number * 31 + place * 17) % 9 - 4
        shape = math.exp(-fall * hour) - math.exp(-rise * hour)
        noise = 1 + ((number * 613 + place * 193) % 21 - 10) / 200
        value = round(abs(height * shape * noise), 2)
        text = f"{value:.2f}" if value >= LIMIT else "BLQ"
        found.append((int(hour * 60) + (late if place else 0), text, f"{hour:g}h" if place else "predose"))
    return found


def reading_of(minutes: int, text: str, kind: str) -> Any:
    """Return a sample as parameters read it."""
    from crf2csr.derive.rules.nca import Point
    from crf2csr.derive.rules.pk_parameters import Reading

    below, time_ = text == "BLQ", Fraction(minutes, 60)
    point = Point(time_, Fraction(0) if below else Fraction(text), below, LIMIT)
    return Reading(point, kind, time_, False, "", "", False, True, kind)


if __name__ == "__main__":
    main()
