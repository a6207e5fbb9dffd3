"""Every number of one column of a time to event: shares, quantiles, range, landmarks, single times, the curve.

R-711 to R-716; fewer than five subjects have single times and no quantiles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from crf2csr.ard import path
from qc import kaplan
from qc.endpoints import End

#: How the codes of an end are printed.
WORDS = {
    "PD": "Disease progression",
    "DEATH": "Death",
    "NO_BASELINE": "No baseline tumor assessment",
    "NO_ASSESSMENT": "No adequate tumor assessment after baseline",
    "NEW_THERAPY": "New systemic anticancer therapy",
    "MISSED": "PD or death after two or more missed assessments",
    "DEATH_UNDATED": "Death without a usable date",
    "LEFT_STUDY": "Withdrawn or lost to follow-up",
    "DISCONTINUED": "Treatment discontinued, no PD or death documented",
    "ONGOING": "No PD or death by the data cutoff",
    "ALIVE": "Alive at last contact",
    "BEFORE_RESPONSE": "PD or death dated before the response",
}
MONTH = Fraction("30.4375")
QUARTILES = {"q1": Fraction(1, 4), "median": Fraction(1, 2), "q3": Fraction(3, 4)}
FEWEST = 5
#: Category, statistic and value.
Found = Iterator[tuple[str, str, str]]


def statistics(
    ends: list[End], kinds: set[tuple[bool, str]], longest: int, total: int, values: Mapping[str, Any]
) -> Found:
    """Yield category, statistic and value of one column.

    kinds: the ways to end that the table shows; longest: days of the longest time of any column; total: N.
    """
    times = [(end.days, end.is_event) for end in ends]
    steps = kaplan.curve(times, values["ci.level"])
    turned = kaplan.curve([(day, not event) for day, event in times], values["ci.level"])
    yield from _shares(ends, kinds, total)
    yield from _quantiles(steps, turned, len(times), total)
    yield from _range(times, total)
    for month in values["tte.landmarks_months"]:
        yield from _landmark(times, steps, month, total)
    few = sorted((day, not event) for day, event in times) if len(times) < FEWEST else []
    yield from sizes("times", len(times), total)
    for place, (day, censored) in enumerate(few, start=1):
        yield "times", f"value{place}", repr(day)
        yield "times", f"censored{place}", repr(int(censored))
    for month in range(0, int(longest / MONTH) + 1, 3):
        yield f"at month {month}", "at_risk", repr(kaplan.at_risk(times, month * MONTH))
    yield from _drawn(steps, len(times))


def sizes(category: str, n: int, total: int) -> Found:
    """Yield n and N."""
    yield category, "n", repr(n)
    yield category, "N", repr(total)


def share(category: str, n: int, total: int) -> Found:
    """Yield n, N and n/N."""
    yield from sizes(category, n, total)
    yield category, "estimate", repr(round(n / total, 9)) if total else "–"


def _shares(ends: list[End], kinds: set[tuple[bool, str]], total: int) -> Found:
    for is_event, word in ((True, "event"), (False, "censored")):
        own = [end for end in ends if end.is_event == is_event]
        counts = {path(word): len(own)}
        counts |= {
            path(word, WORDS[code]): sum(end.code == code for end in own) for kind, code in kinds if kind == is_event
        }
        for category, n in counts.items():
            yield from share(category, n, total)


def _quantiles(steps: Sequence[kaplan.Step], turned: Sequence[kaplan.Step], n: int, total: int) -> Found:
    wanted = {name: (steps, share) for name, share in QUARTILES.items()} | {"follow-up": (turned, Fraction(1, 2))}
    for category, (line, share) in wanted.items():
        yield from sizes(category, n, total)
        found = kaplan.quantile(line, share) if n >= FEWEST else (None, None, None)
        yield from _limited(category, found, "NE" if n else "–")


def _limited(category: str, found: tuple[float | None, float | None, float | None], code: str) -> Found:
    for statistic, value in zip(("estimate", "lower", "upper"), found, strict=True):
        yield category, statistic, _text(value, code)


def _text(value: float | None, code: str) -> str:
    return code if value is None else repr(round(value, 9))


def _range(times: list[kaplan.Time], total: int) -> Found:
    yield from sizes("range", len(times), total)
    for statistic, day, censored in kaplan.ends(times):
        yield "range", statistic, repr(day)
        yield "range", f"{statistic}_censored", repr(int(censored))
    if not times:
        yield "range", "min", "–"
        yield "range", "max", "–"


def _landmark(times: list[kaplan.Time], steps: Sequence[kaplan.Step], month: int, total: int) -> Found:
    category = f"month {month}"
    yield from sizes(category, len(times), total)
    yield from _limited(category, kaplan.landmark(steps, month * MONTH), "NE" if times else "–")
    yield category, "at_risk", repr(kaplan.at_risk(times, month * MONTH))


def _drawn(steps: Sequence[kaplan.Step], n: int) -> Found:
    start = [kaplan.Step(0, n, 0, 0, Fraction(1), (None, None))] if steps else []
    for step in [*start, *steps]:
        category = f"day {step.day}"
        yield category, "survival", repr(round(float(step.height), 9))
        yield category, "lower", _text(step.bounds[0], "NE")
        yield category, "upper", _text(step.bounds[1], "NE")
        for statistic, count in (("at_risk", step.at_risk), ("n_event", step.events), ("n_censored", step.censored)):
            yield category, statistic, repr(count)
