"""Whole trials under the 3+3 rule, path by path: the long way beside the operating characteristics of the product."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from crf2csr.escalation import (
    ABOVE,
    COHORT,
    ESCALATE,
    EXPAND,
    NEEDED,
    NOT_OPENED,
    STEP_DOWN,
    Level,
    Outcome,
    decide,
)

DOSES = (75, 100, 125, 150, 175)
SAID = {"D": True, "-": False, "?": None}
DAY = dt.date(2019, 1, 1)
#: Where the next cohort goes after a decision, in levels; every other decision ends the trial.
NEXT_COHORT = {EXPAND: 0, NOT_OPENED: 1, ESCALATE: 1, STEP_DOWN: -1}
#: One text a level: `D` a subject with a DLT, `-` without, `?` not known yet.
Texts = tuple[str, ...]


def levels(texts: Texts) -> list[Level]:
    return [
        Level(dose, len(text), tuple(Outcome(str(n), SAID[c], None if c == "?" else DAY) for n, c in enumerate(text)))
        for dose, text in zip(DOSES, texts, strict=False)
    ]


def word(texts: Texts, place: int, variant: str) -> str:
    return decide(levels(texts), place, variant).word


def add(texts: Texts, place: int, cohort: str) -> Texts:
    return tuple(text + cohort if n == place else text for n, text in enumerate(texts))


@dataclass(frozen=True)
class Step:
    """A cohort due at `place` after the histories of all levels; `path` are the cohorts so far, level and DLTs."""

    texts: Texts
    place: int
    path: tuple[tuple[int, int], ...] = ()


def walk(variant: str, doses: int = 3) -> Iterator[tuple[Step, str]]:
    """Yield each history after a full cohort in which the rule is followed, and its decision."""
    due = [Step(("",) * doses, 0)]
    while due:
        step = due.pop()
        for dlts in range(COHORT + 1):
            texts = add(step.texts, step.place, "D" * dlts + "-" * (COHORT - dlts))
            said = word(texts, step.place, variant)
            after = Step(texts, step.place, (*step.path, (step.place, dlts)))
            yield after, said
            if said in NEXT_COHORT:
                due.append(Step(texts, step.place + NEXT_COHORT[said], after.path))


def ended(variant: str, doses: int = 3) -> list[tuple[Step, str]]:
    return [(step, said) for step, said in walk(variant, doses) if said not in NEXT_COHORT]


def selected(step: Step, said: str) -> str:
    """Return the number of the dose that an ended trial selects (1 the lowest), or none: the words of the reference."""
    below = str(step.place) if step.place else "none"
    return {ABOVE: below, NEEDED: "rule needed"}.get(said, str(step.place + 1))


def probability(path: tuple[tuple[int, int], ...], rates: Sequence[Fraction]) -> Fraction:
    parts = [math.comb(COHORT, k) * rates[n] ** k * (1 - rates[n]) ** (COHORT - k) for n, k in path]
    return math.prod(parts, start=Fraction(1))
