"""Scores of questionnaires: answers become a sum, a mean or the score of a table, as the instrument says (R-1201)."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from crf2csr.instruments import Instrument, Parameter, Scores, load_scores

#: Means and prorated sums are rounded to this many decimals when they are scored, half away from zero: all that follows
#: compares exact numbers (R-101).
STEP = Decimal("0.0001")
#: (short form, version) to the score of each sum.
Table = Mapping[tuple[str, str], Scores]


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a form with the sum of its answers, or the reason why there is none; `complete`: it has the answers
    that it needs."""

    raw_sum: int | None
    value: Decimal | None
    reason: str = ""
    complete: bool = False


def score_form(
    parameter: Parameter, answers: Mapping[str, int | None], versions: Collection[str], table: Table
) -> Score:
    """Return the score of one scale or item at one visit.

    `answers`: item to answer within the range of the instrument, or None; `versions`: those recorded with the items.
    Reversed items count as lowest + highest - answer. Without the answers needed, with an item of another form, or with
    a version other than the one configured there is no score: nothing is read from another version. A prorated sum is
    the mean of the answers times the number of items; a table is read at the next whole number above it. R-1201,
    R-1203 (PROMIS scoring manuals).
    """
    items = parameter.items
    unknown = sorted(set(answers) - set(items))
    given = [_oriented(parameter, item, answer) for item in items if (answer := answers.get(item)) is not None]
    if len(given) < parameter.needed or unknown:
        reason = f"{len(given)} of {len(items)} items answered" if not unknown else f"item {unknown[0]} is of no scale"
        return Score(None, None, "item not answered" if len(items) == 1 and not unknown else reason)
    total = sum(given)
    wrong = _wrong_version(parameter, versions)
    if wrong:
        return Score(total, None, wrong, complete=True)
    return Score(total, _value(parameter, given, table), complete=True)


def best_score(parameter: Parameter, table: Table) -> Decimal:
    """Return the best score that a parameter can have."""
    best = parameter.highest if parameter.high_is_better else parameter.lowest
    if parameter.score == "table":
        scores = table[parameter.scale, parameter.version].values()
        return max(scores) if parameter.high_is_better else min(scores)
    return Decimal(best * len(parameter.items) if parameter.score == "sum" else best)


def category(instrument: Instrument, parameter: Parameter, value: Decimal | None) -> str | None:
    """Return the category of a score: the band below whose limit it lies first, or the answer itself (R-1206)."""
    if value is None:
        return None
    if parameter.bands:
        bands = instrument.bands[parameter.bands]
        return next(band.name for band in bands if band.below is None or value < band.below)
    return str(value) if parameter.score == "answer" else None


def tables(instruments: Collection[Instrument]) -> dict[str, Table]:
    """Return the scoring table of each instrument by its name; empty where it has none."""
    return {instrument.instrument: load_scores(instrument.scores) for instrument in instruments}


def _oriented(parameter: Parameter, item: str, answer: int) -> int:
    return parameter.lowest + parameter.highest - answer if item in parameter.reversed else answer


def _wrong_version(parameter: Parameter, versions: Collection[str]) -> str:
    """Return why the versions recorded have no score; an instrument without version is not asked for one."""
    if not parameter.version:
        return ""
    (version, *others) = sorted(set(versions)) or [""]
    if others:
        return "items of more than one version"
    return "" if version == parameter.version else f"version '{version}' is not in the scoring table"


def _value(parameter: Parameter, given: list[int], table: Table) -> Decimal:
    mean = Fraction(sum(given), len(given))
    total = mean * len(parameter.items)
    if parameter.score == "table":
        return table[parameter.scale, parameter.version][math.ceil(total)]
    exact = mean if parameter.score == "mean" else total
    if exact.denominator == 1:
        return Decimal(exact.numerator)
    rounded = (Decimal(exact.numerator) / exact.denominator).quantize(STEP, ROUND_HALF_UP)
    return rounded.normalize()
