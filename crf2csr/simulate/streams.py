"""Named streams of random numbers: the same seed and name give the same numbers on every machine."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Stream:
    """A stream of random numbers that belongs to one seed and one name.

    Only the raw 64-bit output of PCG64 is used and turned into numbers by IEEE multiplication and addition: neither the
    mathematics library of a machine nor a new sampling method of numpy can change a value. A stream of another name
    (one subject, one form) is independent of it, so a new form does not reshuffle the others.
    """

    def __init__(self, seed: int, *names: str) -> None:
        digest = hashlib.sha256("/".join([str(seed), *names]).encode("utf-8")).digest()
        self._seed, self._names = seed, names
        self._bits = np.random.PCG64(np.random.SeedSequence(int.from_bytes(digest[:16], "big")))

    def child(self, *names: str) -> "Stream":
        """Return the stream of a longer name; what this stream has produced so far does not matter."""
        return Stream(self._seed, *self._names, *names)

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """Return a number in [low, high)."""
        return low + (high - low) * ((int(self._bits.random_raw()) >> 11) * 2.0**-53)

    def integer(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + int(self.uniform() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        """Return True with the given probability."""
        return self.uniform() < probability

    def choice(self, options: Sequence[T]) -> T:
        """Return one of the options, all equally likely."""
        return options[self.integer(0, len(options) - 1)]

    def weighted(self, options: Sequence[tuple[T, float]]) -> T:
        """Return one option; the weights need not add up to one."""
        mark = self.uniform(0.0, sum(weight for _, weight in options))
        for option, weight in options:
            mark -= weight
            if mark < 0:
                return option
        return options[-1][0]

    def normal(self, mean: float = 0.0, deviation: float = 1.0) -> float:
        """Return a nearly normal number: the sum of twelve uniform ones, which needs no logarithm."""
        return mean + deviation * (sum(self.uniform() for _ in range(12)) - 6.0)

    def spread(self, median: float, variation: float) -> float:
        """Return a positive, right-skewed number (log-normal) with the given median and coefficient of variation."""
        return median * exponential(self.normal(0.0, variation))


def compound(factor: float, steps: int) -> float:
    """Return `factor` multiplied `steps` times, by multiplication only."""
    result, power = 1.0, factor
    while steps > 0:
        if steps % 2:
            result *= power
        power *= power
        steps //= 2
    return result


def exponential(exponent: float) -> float:
    """Return e to the given power to about six digits, by multiplication only."""
    return compound(1.0 + exponent / 2**24, 2**24)
