"""Invariants 3 and 4 of a time to event, each broken once: results of three subjects, two events, one censored."""

from dataclasses import replace

import pytest

from crf2csr.ard import Result, path
from crf2csr.display.invariants_survival import check_survival

COUNTS = {"event": 2, path("event", "PD"): 1, path("event", "Death"): 1, "censored": 1, path("censored", "Ongoing"): 1}
#: Days 10 (event), 20 (censored), 30 (event): at risk, events, censored.
CURVE = {"day 0": (3, 0, 0), "day 10": (3, 1, 0), "day 20": (2, 0, 1), "day 30": (1, 1, 0)}


def found(category: str, **values: int) -> list[Result]:
    return [
        Result("pfs-fas", "c1", "all", "PFS", category, name, value, method="survival")
        for name, value in values.items()
    ]


def results() -> list[Result]:
    counts = [r for category, n in COUNTS.items() for r in found(category, n=n, N=3)]
    months = found("at month 0", at_risk=3) + found("at month 3", at_risk=0)
    points = [r for c, (a, e, n) in CURVE.items() for r in found(c, at_risk=a, n_event=e, n_censored=n)]
    return [*counts, *months, *points]


def broken(category: str, statistic: str, value: int) -> list[str]:
    changed = [replace(r, value=value) if (r.category, r.statistic) == (category, statistic) else r for r in results()]
    return list(check_survival(changed))


def test_nothing_to_say() -> None:
    assert list(check_survival(results())) == []
    assert list(check_survival([Result("a", "c", "all", "X", "event", "n", 1, method="categories")])) == []


@pytest.mark.parametrize(
    ("category", "statistic", "value", "violations"),
    [
        (
            "censored",
            "n",
            2,
            [
                "2 + 2 with an event and censored are not N=3",
                "the reasons of 'censored' add to 1, not 2",
                "the curve has 1 of 'censored', the table 2",
            ],
        ),
        ("event/Death", "n", 0, ["the reasons of 'event' add to 1, not 2"]),
        ("at month 0", "at_risk", 2, ["at month 0: 2 at risk, N=3"]),
        ("at month 3", "at_risk", 4, ["at month <n>: more subjects at risk later than before"]),
        ("day 0", "at_risk", 2, ["day 0: 2 at risk, N=3", "day <n>: more subjects at risk later than before"]),
        ("day 30", "n_event", 0, ["the curve has 1 of 'event', the table 2"]),
    ],
)
def test_each_broken_once(category: str, statistic: str, value: int, violations: list[str]) -> None:
    assert broken(category, statistic, value) == [f"pfs-fas, column all, PFS: {v}" for v in violations]


def responders(n: int = 2, duration: int = 2, time: int = 2, second: int = 1) -> list[Result]:
    """Two responders: two durations, two times, one at the first and one at the second assessment."""
    counted = {
        ("responders-fas", "CRSP", "Y", "n"): n,
        ("dor-fas", "DOR", "event", "N"): duration,
        ("response-time-fas", "TTR", "", "n"): time,
        ("response-assessment-fas", "TTR", "First scheduled assessment", "n"): 1,
        ("response-assessment-fas", "TTR", "Second scheduled assessment", "n"): second,
    }
    return [Result(a, "c1", "all", v, c, s, value) for (a, v, c, s), value in counted.items()]


def test_responders_are_the_same_everywhere() -> None:
    assert list(check_survival(responders())) == []


@pytest.mark.parametrize(
    ("changed", "violation"),
    [
        ({"duration": 1}, "column all: 2 confirmed responders, 1 have a duration of response"),
        ({"time": 3}, "column all: 2 confirmed responders, 3 have a time to response"),
        ({"second": 0}, "column all: 2 confirmed responders, 1 have an assessment of it"),
    ],
)
def test_another_number_of_responders_is_found(changed: dict[str, int], violation: str) -> None:
    assert list(check_survival(responders(**changed))) == [violation]


def test_order_of_the_results_does_not_matter() -> None:
    assert list(check_survival(reversed(results()))) == []
