"""Decisions of the 3+3 dose escalation, level by level (R-401 to R-404, R-408): what happened in a trial and what may
happen are judged by the same rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crf2csr.errors import InputError

#: Evaluable subjects of a cohort and of an expanded level, and the number of subjects with a DLT that ends it.
COHORT, EXPANDED, TOO_MANY = 3, 6, 2

PENDING, COMPLETE, COMPLETE_SIX = "pending", "complete the cohort", "complete to 6"
EXPAND, ESCALATE, STEP_DOWN = "expand to 6", "escalate", "de-escalate"
NOT_OPENED = "escalation permitted - cohort not opened"
ABOVE, SELECTED = "stop - above MTD", "stop - MTD"
TOP, TOP_RP2D = "top dose passed", "top dose passed - RP2D"
NEEDED, OUTSIDE = "PROTOCOL RULE NEEDED", "enrolled outside the rule"
NOT_REACHED, NO_DOSE, NOT_DETERMINED = "not reached", "no tolerable dose", "not determined"

#: Decisions that only wait for more data: they are no earlier decision of a level and have no date.
WAITING = (PENDING, COMPLETE, COMPLETE_SIX)

VARIANTS = ("deescalate", "classic", "six_at_top", "registered")
#: What each variant (in the order of VARIANTS) decides in each situation of a level (R-402 to R-404).
DECISIONS: dict[str, tuple[str, str, str, str]] = {
    "not opened": (OUTSIDE, OUTSIDE, OUTSIDE, NEEDED),
    "cohort not full": (COMPLETE, COMPLETE, COMPLETE, COMPLETE),
    "cohort not full, a DLT": (COMPLETE, COMPLETE, COMPLETE, NEEDED),
    "not known yet": (PENDING, PENDING, PENDING, PENDING),
    "not known yet, a DLT": (PENDING, PENDING, PENDING, NEEDED),
    "one of three": (EXPAND, EXPAND, EXPAND, NEEDED),
    "four or five": (COMPLETE_SIX, COMPLETE_SIX, COMPLETE_SIX, NEEDED),
    "three passed": (ESCALATE, ESCALATE, ESCALATE, ESCALATE),
    "three passed, next failed": (EXPAND, SELECTED, EXPAND, ESCALATE),
    "three passed, top": (TOP, TOP, EXPAND, TOP_RP2D),
    "six passed": (ESCALATE, ESCALATE, ESCALATE, NEEDED),
    "six passed, next failed": (SELECTED, SELECTED, SELECTED, NEEDED),
    "six passed, top": (TOP, TOP, TOP, NEEDED),
    "failed, lowest": (ABOVE, ABOVE, ABOVE, NEEDED),
    "failed, three below": (STEP_DOWN, ABOVE, STEP_DOWN, NEEDED),
    "failed, six below": (ABOVE, ABOVE, ABOVE, NEEDED),
}


@dataclass(frozen=True)
class Outcome:
    """One subject that counts or may still count: with a DLT, without, or not known yet (None), and since when."""

    subject: str
    dlt: bool | None
    known: dt.date | None = None


@dataclass(frozen=True)
class Level:
    """One dose level: subjects enrolled, and the outcomes of those not replaced, in the order of enrollment."""

    dose: int
    enrolled: int
    outcomes: tuple[Outcome, ...]

    @property
    def deciding(self) -> tuple[Outcome, ...]:
        """The first six in the order of enrollment: they decide, later ones count in the rate only (R-401)."""
        return self.outcomes[:EXPANDED]


@dataclass(frozen=True)
class Decision:
    """The decision of a level in force, the day since which the data allow it, and the level's earlier decisions."""

    word: str
    date: dt.date | None
    earlier: tuple[str, ...]


def refuse_other_cohorts(size: int) -> None:
    """Raise InputError for cohorts of another size than those that the rule decides on (`escalation.cohort_size`)."""
    if size != COHORT:
        raise InputError(
            f"study.yaml: escalation.cohort_size = {size}: the decision rule is that of cohorts of {COHORT}; "
            f"set {COHORT}"
        )


#: What is judged: some outcomes of a level, and whether the level above has failed by then.
Stage = tuple[tuple[Outcome, ...], bool]


def decide(levels: Sequence[Level], place: int, variant: str) -> Decision:
    """Return the decision of the level at `place` (0 the lowest) of all levels in ascending order.

    The first three outcomes in the order of enrollment decide first, then the first six; an outcome that is not known
    yet holds the decision up and is never read as "no DLT", but two DLTs decide at once. A failure of the level above
    turns back to this one. A level that the one below never opened is outside the rule. Variants by the table
    DECISIONS; the date is that of the last outcome that the decision needs. R-401 to R-404 (registry: the steps after
    0 of 3; otherwise conventional 3+3).
    """
    found = [(_word(levels, place, variant, stage), _date(levels, place, stage)) for stage in _stages(levels, place)]
    word = found[-1][0]
    since = len(found)
    while since and found[since - 1][0] == word:
        since -= 1
    earlier = dict.fromkeys(text for text, _ in found[:since] if text not in WAITING)
    last = _not_opened(levels, place, word)
    return Decision(last, None if word in (*WAITING, OUTSIDE) else found[since][1], tuple(earlier))


def select_mtd(levels: Sequence[Level], variant: str) -> str:
    """Return the MTD by rule as text: a dose, not reached, no tolerable dose, not determined, PROTOCOL RULE NEEDED.

    A top dose that passes is not an MTD. R-408.
    """
    words = {level.dose: decide(levels, place, variant).word for place, level in enumerate(levels) if level.enrolled}
    if words.get(levels[0].dose) == ABOVE:
        return NO_DOSE
    if chosen := [dose for dose, word in words.items() if word == SELECTED]:
        return f"{chosen[0]} mg"
    if words.get(levels[-1].dose) in (TOP, TOP_RP2D):
        return NOT_REACHED
    return NEEDED if NEEDED in words.values() else NOT_DETERMINED


def judge(outcomes: Sequence[Outcome]) -> str:
    """Return what at most six outcomes say: failed, cohort not full, not known yet, one of three, three passed, four or
    five, six passed.

    R-402 (conventional 3+3).
    """
    dlts = sum(outcome.dlt is True for outcome in outcomes)
    first, open_ = outcomes[:COHORT], [outcome.dlt is None for outcome in outcomes]
    if dlts >= TOO_MANY:
        return "failed"
    if len(first) < COHORT:
        return "cohort not full"
    if any(open_[:COHORT]):
        return "not known yet"
    if len(outcomes) == COHORT:
        return "one of three" if dlts else "three passed"
    if len(outcomes) < EXPANDED:
        return "four or five"
    return "not known yet" if any(open_) else "six passed"


def _stages(levels: Sequence[Level], place: int) -> Iterator[Stage]:
    """Yield what could be judged one after the other: the first three, what followed them, everything.

    After three without DLT more subjects come because the next level failed; after one DLT they come before it opens.
    """
    deciding = levels[place].deciding
    first, fell = deciding[:COHORT], place + 1 < len(levels) and judge(levels[place + 1].deciding) == "failed"
    yield first, False
    yield (first, fell) if judge(first) == "three passed" else (deciding, False)
    yield deciding, fell


def _word(levels: Sequence[Level], place: int, variant: str, stage: Stage) -> str:
    return DECISIONS[_situation(levels, place, variant, stage)][VARIANTS.index(variant)]


def _situation(levels: Sequence[Level], place: int, variant: str, stage: Stage) -> str:
    outcomes, fell = stage
    found = judge(outcomes)
    if place and not _opened(levels, place, variant):
        return "not opened"
    if found == "failed":
        return f"failed, {_below(levels, place)}"
    if found in ("three passed", "six passed"):
        return f"{found}, top" if place == len(levels) - 1 else f"{found}, next failed" if fell else found
    waits = found in ("cohort not full", "not known yet")
    return f"{found}, a DLT" if waits and any(outcome.dlt for outcome in outcomes) else found


def _opened(levels: Sequence[Level], place: int, variant: str) -> bool:
    """Return whether the level below ever passed on to this one."""
    return any(_word(levels, place - 1, variant, stage) == ESCALATE for stage in _stages(levels, place - 1))


def _below(levels: Sequence[Level], place: int) -> str:
    """Return how many subjects the level below had when this one failed: after 0 of 3 three, otherwise six."""
    if not place:
        return "lowest"
    return "three below" if judge(levels[place - 1].deciding[:COHORT]) == "three passed" else "six below"


def _not_opened(levels: Sequence[Level], place: int, word: str) -> str:
    return NOT_OPENED if word == ESCALATE and not levels[place + 1].enrolled else word


def _date(levels: Sequence[Level], place: int, stage: Stage) -> dt.date | None:
    """Return the day on which the last outcome that a stage needs was known; None if one has no day."""
    outcomes, fell = stage
    turned_back = fell and judge(outcomes) != "failed"  # two DLTs end a level whatever happened above it
    days = _needed_days(outcomes) + (_needed_days(levels[place + 1].deciding) if turned_back else [])
    return max((day for day in days if day), default=None) if all(days) else None


def _needed_days(outcomes: Sequence[Outcome]) -> list[dt.date | None]:
    if judge(outcomes) != "failed":
        return [outcome.known for outcome in outcomes]
    days = [outcome.known for outcome in outcomes if outcome.dlt]
    return list(sorted(day for day in days if day)[:TOO_MANY]) if all(days) else [None]
