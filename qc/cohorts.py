"""The 3+3 decisions of the variant that steps down, told as a story level by level (R-401 to R-403, R-408)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ESCALATE, EXPAND, DOWN = "escalate", "expand to 6", "de-escalate"
TOO_HIGH, CHOSEN, PASSED = "stop - above MTD", "stop - MTD", "top dose passed"
PENDING, FILL, FILL_SIX = "pending", "complete the cohort", "complete to 6"
OUTSIDE, NOT_OPENED = "enrolled outside the rule", "escalation permitted - cohort not opened"


@dataclass(frozen=True)
class Subject:
    """A subject that counts or may still count; toxic is None while that is open."""

    name: str
    toxic: bool | None
    known: int | None


@dataclass(frozen=True)
class Story:
    """What was decided at a level one after the other, with the day of each; `waits`: what is waited for at the end."""

    steps: tuple[tuple[str, int | None], ...] = ()
    waits: str = ""

    @property
    def word(self) -> str:
        """The decision in force."""
        return self.waits or self.steps[-1][0]


def tell(members: Sequence[Sequence[Subject]]) -> list[Story]:
    """Return the story of each level, the lowest first; `members`: those that count or wait, by enrollment."""
    found: list[Story] = []
    for place, subjects in enumerate(members):
        if place and ESCALATE not in [word for word, _ in found[place - 1].steps]:
            found.append(Story(waits=OUTSIDE))
            continue
        above = members[place + 1] if place + 1 < len(members) else None
        down = bool(place) and _clean(members[place - 1][:3])
        found.append(_level(list(subjects[:6]), DOWN if down else TOO_HIGH, above))
    return found


def maximum(words: dict[int, str], doses: Sequence[int]) -> str:
    """Return the maximum tolerated dose by rule; `words`: the decisions of the levels with subjects."""
    if words.get(doses[0]) == TOO_HIGH:
        return "no tolerable dose"
    if CHOSEN in words.values():
        return f"{min(dose for dose, word in words.items() if word == CHOSEN)} mg"
    return "not reached" if words.get(doses[-1]) == PASSED else "not determined"


def _level(six: list[Subject], failure: str, above: Sequence[Subject] | None) -> Story:
    """Tell one level; `failure` is what happens after two toxicities, `above` the level above (None at the top)."""
    three = six[:3]
    if (bad := _second(three)) is not None:
        return Story(((failure, bad.known),))
    waits = _waits(three, 3)
    steps: list[tuple[str, int | None]] = []
    fall = _second(above[:6]) if above is not None else None
    if not waits:
        passed = PASSED if above is None else ESCALATE
        steps.append((passed if _clean(three) else EXPAND, _latest(three)))
    if fall is not None and _clean(three):
        steps.append((EXPAND, _later(_latest(three), fall.known)))
    if (bad := _second(six)) is not None:
        return Story((*steps, (failure, bad.known)))
    if waits:
        return Story(tuple(steps), waits)
    if len(six) == 3:
        return Story(tuple(steps))
    if waits := _waits(six, 6):
        return Story(tuple(steps), waits)
    return Story(tuple(_pass_on_six(six, steps, above is None, fall)))


def _pass_on_six(
    six: list[Subject], steps: list[tuple[str, int | None]], top: bool, fall: Subject | None
) -> list[tuple[str, int | None]]:
    """Return the steps with what at most one toxicity in six decides."""
    passed = PASSED if top else ESCALATE
    if steps[-1][0] == passed:
        return steps
    if not _clean(six[:3]):
        steps = [*steps, (passed, _latest(six))]
    return steps if fall is None else [*steps, (CHOSEN, _later(_latest(six), fall.known))]


def _waits(subjects: list[Subject], size: int) -> str:
    if len(subjects) < size:
        return FILL if size == 3 else FILL_SIX
    return PENDING if any(subject.toxic is None for subject in subjects) else ""


def _clean(subjects: Sequence[Subject]) -> bool:
    """Return whether a full first cohort is known to be free of toxicity."""
    return len(subjects) == 3 and all(subject.toxic is False for subject in subjects)


def _second(subjects: Sequence[Subject]) -> Subject | None:
    """Return the subject with the second toxicity in time."""
    toxic = sorted((s for s in subjects if s.toxic), key=lambda s: s.known or 0)
    return toxic[1] if len(toxic) > 1 else None


def _latest(subjects: Sequence[Subject]) -> int | None:
    days = [subject.known for subject in subjects]
    return max(filter(None, days), default=None) if all(days) else None


def _later(one: int | None, other: int | None) -> int | None:
    return max(one, other) if one and other else None
