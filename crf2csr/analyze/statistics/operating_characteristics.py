"""Operating characteristics of the 3+3 rule in force: what it selects, and whom it treats, at given probabilities of a
DLT.

Rule R-1403: exact rational arithmetic over every path of cohorts, no simulation and no approximation.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from crf2csr.escalation import (
    COHORT,
    ESCALATE,
    EXPAND,
    NEEDED,
    NO_DOSE,
    NOT_OPENED,
    NOT_REACHED,
    STEP_DOWN,
    TOO_MANY,
    Level,
    Outcome,
    decide,
    select_mtd,
)

#: Where the next cohort goes after a decision, in levels; every other decision ends the trial.
NEXT_COHORT = {EXPAND: 0, NOT_OPENED: 1, ESCALATE: 1, STEP_DOWN: -1}

#: Subjects with a DLT in each cohort of each level, in ascending order of dose; from TOO_MANY on all counts are the
#: same to the rule and stand as TOO_MANY.
History = tuple[tuple[int, ...], ...]
#: How probable it is that a cohort is due at a level after a history.
Due = dict[tuple[History, int], Fraction]


@dataclass(frozen=True)
class Characteristics:
    """What the rule does in one scenario: exact probabilities and expectations, by dose level in ascending order.

    `selected` holds the probability that the dose is the MTD by rule, or the top dose that passes; with `none` (no
    tolerable dose) and `needed` (the rule has no answer) they add to 1. `subjects` are the expected DLT-evaluable
    subjects, `dlts` those of them with a DLT.
    """

    selected: tuple[Fraction, ...]
    none: Fraction
    needed: Fraction
    subjects: tuple[Fraction, ...]
    dlts: tuple[Fraction, ...]


def compute_characteristics(rates: Sequence[Fraction], variant: str) -> Characteristics:
    """Return the operating characteristics of a variant of the rule where a subject at each dose level, in ascending
    order of dose, has a DLT with these probabilities, independently of all others.

    Histories are followed cohort by cohort; paths that lead to the same history go on together with the sum of their
    probabilities. Raises ValueError for no dose level and for a probability outside 0 to 1. R-1403.
    """
    if not rates or not all(0 <= rate <= 1 for rate in rates):
        raise ValueError(f"{list(map(str, rates))}: a scenario has a probability from 0 to 1 for each dose level")
    ended: dict[str, Fraction] = defaultdict(Fraction)
    cohorts = [Fraction(0) for _ in rates]
    due: Due = {(tuple(() for _ in rates), 0): Fraction(1)}
    while due:
        later: Due = defaultdict(Fraction)
        for (history, place), reached in due.items():
            cohorts[place] += reached
            for dlts, chance in _cohort(rates[place]):
                after = _add(history, place, dlts)
                levels = _levels(after)
                said = decide(levels, place, variant).word
                if said in NEXT_COHORT:
                    later[after, place + NEXT_COHORT[said]] += reached * chance
                else:
                    ended[select_mtd(levels, variant)] += reached * chance
        due = later
    return _characteristics(rates, cohorts, ended)


def _characteristics(rates: Sequence[Fraction], cohorts: list[Fraction], ended: dict[str, Fraction]) -> Characteristics:
    subjects = tuple(COHORT * number for number in cohorts)
    selected = [ended.get(f"{place} mg", Fraction(0)) for place in range(len(rates))]
    selected[-1] += ended.get(NOT_REACHED, Fraction(0))
    return Characteristics(
        selected=tuple(selected),
        none=ended.get(NO_DOSE, Fraction(0)),
        needed=ended.get(NEEDED, Fraction(0)),
        subjects=subjects,
        dlts=tuple(number * rate for number, rate in zip(subjects, rates, strict=True)),
    )


def _cohort(rate: Fraction) -> Iterator[tuple[int, Fraction]]:
    """Yield how many subjects of a cohort may have a DLT, TOO_MANY standing for as many or more, and how probable that
    is (binomial); what cannot happen is left out."""
    found = [math.comb(COHORT, k) * rate**k * (1 - rate) ** (COHORT - k) for k in range(COHORT + 1)]
    yield from ((k, chance) for k, chance in enumerate([*found[:TOO_MANY], sum(found[TOO_MANY:])]) if chance)


def _add(history: History, place: int, dlts: int) -> History:
    return tuple((*own, dlts) if n == place else own for n, own in enumerate(history))


def _levels(history: History) -> list[Level]:
    """Return the levels of a history as the rule reads them; the place of a level stands for its dose."""
    return [Level(place, COHORT * len(own), tuple(_outcomes(own))) for place, own in enumerate(history)]


def _outcomes(cohorts: tuple[int, ...]) -> Iterator[Outcome]:
    for dlts in cohorts:
        yield from (Outcome("", dlt=subject < dlts) for subject in range(COHORT))
