"""The censoring table of R-703 row by row. First dose 2020-01-01; days in `on` are plain days after it, by hand.

Limit of R-705 with the assumed keys: 2 x 63 + 2 x 7 = 140 days.
"""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crf2csr.contracts import load_terms
from crf2csr.derive.rules.best_response import Assessment
from crf2csr.derive.rules.time_to_event import (
    SCHEDULED,
    SITUATIONS,
    Course,
    Limits,
    Outcome,
    compute_progression_free,
    compute_progression_free_ema,
    compute_stable_duration,
    compute_survival,
    compute_time_to_response,
    scheduled_assessment,
)

FIRST_DOSE = dt.date(2020, 1, 1)
LIMITS = Limits(interval_days=63, window_days=7)


def on(days: int) -> dt.date:
    return FIRST_DOSE + dt.timedelta(days=days)


def course(visits: dict[int, str], **other: Any) -> Course:
    """Return a subject with an overall response on each of these days after the first dose; visits are named after the
    day."""
    days = {name: on(day) for name, day in other.items() if name in ("death", "last_alive", "new_therapy")}
    flags = {"died": "death" in days} | {name: value for name, value in other.items() if name not in days}
    found = tuple(Assessment(on(day), response, f"T{day}") for day, response in visits.items())
    return Course(FIRST_DOSE, found, **days, **flags)


def shown(outcome: Outcome) -> tuple[int, str]:
    return (outcome.day - FIRST_DOSE).days, outcome.situation


# Each row of the table: visits, other facts, then day and situation, then those of R-707 (EMA style).
CASES = {
    "no baseline, alive": ({63: "NE", 126: "PD"}, {"has_baseline": False}, (0, "NO_BASELINE"), (0, "NO_BASELINE")),
    "no assessment, alive": ({}, {}, (0, "NO_ASSESSMENT"), (0, "NO_ASSESSMENT")),
    "only assessments that tell nothing": ({63: "NE", 126: "ND"}, {}, (0, "NO_ASSESSMENT"), (0, "NO_ASSESSMENT")),
    "no PD, no death": ({63: "SD", 126: "PR", 189: "NE"}, {}, (126, "ONGOING"), (126, "ONGOING")),
    "new therapy, no PD": ({63: "SD", 126: "SD"}, {"new_therapy": 100}, (63, "NEW_THERAPY"), (126, "ONGOING")),
    "new therapy before PD": ({63: "SD", 126: "PD"}, {"new_therapy": 125}, (63, "NEW_THERAPY"), (126, "PD")),
    "scan on the day of new therapy": (
        {63: "SD", 126: "SD", 189: "PD"},
        {"new_therapy": 126},
        (126, "NEW_THERAPY"),
        (189, "PD"),
    ),
    "PD on the day of new therapy": ({63: "SD", 126: "PD"}, {"new_therapy": 126}, (126, "PD"), (126, "PD")),
    "death on the day of new therapy": (
        {63: "SD"},
        {"new_therapy": 80, "death": 80},
        (80, "DEATH"),
        (80, "DEATH"),
    ),
    "new therapy before death": ({63: "SD"}, {"new_therapy": 70, "death": 80}, (63, "NEW_THERAPY"), (80, "DEATH")),
    "new therapy before any assessment": ({63: "PD"}, {"new_therapy": 30}, (0, "NEW_THERAPY"), (63, "PD")),
    "stopped for toxicity": ({63: "SD"}, {"discontinued": True}, (63, "DISCONTINUED"), (63, "DISCONTINUED")),
    "stopped, PD later": ({63: "SD", 126: "PD"}, {"discontinued": True}, (126, "PD"), (126, "PD")),
    "withdrew": (
        {63: "SD"},
        {"discontinued": True, "end_of_study": "WITHDRAWAL BY SUBJECT"},
        (63, "LEFT_STUDY"),
        (63, "LEFT_STUDY"),
    ),
    "PD, no assessment missed": ({63: "SD", 126: "PD"}, {}, (126, "PD"), (126, "PD")),
    "PD, one missed": ({63: "SD", 203: "PD"}, {}, (203, "PD"), (203, "PD")),  # 203 - 63 = 140: not more than 140
    "PD, two missed": ({63: "SD", 204: "PD"}, {}, (63, "MISSED"), (204, "PD")),  # 141 > 140
    "PD after two that tell nothing": (
        {63: "PR", 126: "NE", 189: "NE", 252: "PD"},  # 252 - 63 = 189 > 140
        {},
        (63, "MISSED"),
        (252, "PD"),
    ),
    "an earlier gap is closed": ({63: "SD", 252: "SD", 315: "PD"}, {}, (315, "PD"), (315, "PD")),
    "death, one missed": ({63: "SD"}, {"death": 203}, (203, "DEATH"), (203, "DEATH")),
    "death, two missed": ({63: "SD"}, {"death": 204}, (63, "MISSED"), (204, "DEATH")),
    "death without assessment, within the limit": ({}, {"death": 140}, (140, "DEATH"), (140, "DEATH")),
    "death without assessment, beyond it": ({}, {"death": 141}, (0, "MISSED"), (141, "DEATH")),
    "death without baseline": ({63: "SD"}, {"has_baseline": False, "death": 90}, (90, "DEATH"), (90, "DEATH")),
    "stopped for toxicity, PD within the limit": (
        {63: "SD", 203: "PD"},
        {"discontinued": True},
        (203, "PD"),
        (203, "PD"),
    ),
    "stopped for toxicity, PD beyond it": (
        {63: "SD", 204: "PD"},
        {"discontinued": True},
        (63, "MISSED"),
        (204, "PD"),
    ),
    "PD as the only assessment, beyond the limit": ({141: "PD"}, {}, (0, "MISSED"), (141, "PD")),
    "new therapy wins over missed assessments": (
        {63: "SD", 300: "PD"},
        {"new_therapy": 299},
        (63, "NEW_THERAPY"),
        (300, "PD"),
    ),
    "PD before death": ({63: "PD"}, {"death": 70}, (63, "PD"), (63, "PD")),
    "PD and death on one day": ({63: "SD", 70: "PD"}, {"death": 70}, (70, "PD"), (70, "PD")),
    "first of two PD": ({63: "PD", 126: "PD"}, {}, (63, "PD"), (63, "PD")),
    "death of unknown date": ({63: "SD"}, {"died": True}, (63, "DEATH_UNDATED"), (63, "DEATH_UNDATED")),
    "death dated before the first dose": (
        {63: "SD"},
        {"death": -5},
        (63, "DEATH_UNDATED"),
        (63, "DEATH_UNDATED"),
    ),
    "a scan before the first dose is not one after baseline": (
        {-10: "PD"},
        {},
        (0, "NO_ASSESSMENT"),
        (0, "NO_ASSESSMENT"),
    ),
    "non-target disease only": ({63: "NON-CR/NON-PD"}, {}, (63, "ONGOING"), (63, "ONGOING")),
}


@pytest.mark.parametrize(("visits", "other", "expected", "ema"), CASES.values(), ids=CASES.keys())
def test_situations(visits: dict[int, str], other: dict[str, Any], expected: tuple[int, str], ema: Any) -> None:
    given = course(visits, **other)
    assert shown(compute_progression_free(given, LIMITS)) == expected
    assert shown(compute_progression_free_ema(given)) == ema


def test_only_pd_and_death_are_events() -> None:
    found = {shown(outcome)[1]: outcome.censored for outcome in _all()}
    assert [code for code, censored in found.items() if not censored] == ["PD", "DEATH"]


def _all() -> list[Outcome]:
    ordered = sorted(CASES.values(), key=lambda case: case[2][1] != "PD")
    return [compute_progression_free(course(visits, **other), LIMITS) for visits, other, _, _ in ordered]


def test_two_visits_on_one_day_the_worst_counts() -> None:
    twice = (Assessment(on(63), "SD", "A"), Assessment(on(63), "PD", "B"))
    outcome = compute_progression_free(Course(FIRST_DOSE, twice), LIMITS)
    assert (shown(outcome), outcome.visit, outcome.adequate) == ((63, "PD"), "B", None)


def test_an_outcome_tells_what_it_rests_on() -> None:
    missed = compute_progression_free(course({63: "SD", 126: "NE", 252: "PD"}), LIMITS)
    assert (missed.visit, missed.adequate, missed.found) == ("T63", on(63), ("PD", on(252), "T252"))
    assert missed.day_is == "Last adequate tumor assessment"
    start = compute_progression_free(course({}), LIMITS)
    assert (start.visit, start.adequate, start.found, start.day_is) == ("", None, None, "Start of treatment")


def test_limit_follows_the_keys() -> None:
    # 2 x 42 + 2 x 3 = 90
    six_weekly = Limits(interval_days=42, window_days=3)
    assert shown(compute_progression_free(course({42: "SD", 132: "PD"}), six_weekly)) == (132, "PD")
    assert shown(compute_progression_free(course({42: "SD", 133: "PD"}), six_weekly)) == (42, "MISSED")


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"death": 300, "last_alive": 290}, (300, "DEATH")),
        ({"last_alive": 290}, (290, "ALIVE")),
        ({"last_alive": 290, "end_of_study": "LOST TO FOLLOW-UP"}, (290, "LEFT_STUDY")),
        ({"last_alive": 290, "died": True}, (290, "DEATH_UNDATED")),  # censors at last known alive
        ({}, (0, "ALIVE")),  # the first dose proves life
    ],
)
def test_overall_survival(other: dict[str, Any], expected: tuple[int, str]) -> None:
    assert shown(compute_survival(course({63: "PD"}, **other))) == expected


@pytest.mark.parametrize(
    ("visits", "other", "expected"),
    [
        ({63: "SD", 126: "SD", 189: "PD"}, {}, (189, "PD")),
        # RECIST 1.1 section 4.6.3: until progression; a death ends nothing of it
        ({63: "SD", 126: "NE"}, {"death": 150}, (63, "DEATH_NO_PD")),
        ({63: "SD", 126: "PD"}, {"death": 150}, (126, "PD")),
        ({63: "SD"}, {"death": 300}, (63, "MISSED")),  # 300 - 63 = 237 > 140
        ({63: "SD", 126: "SD"}, {"new_therapy": 70}, (63, "NEW_THERAPY")),
        ({63: "SD"}, {}, (63, "ONGOING")),
    ],
)
def test_duration_of_stable_disease_ends_with_progression(
    visits: dict[int, str], other: dict[str, Any], expected: tuple[int, str]
) -> None:
    given = course(visits, **other)
    outcome = compute_stable_duration(given, compute_progression_free(given, LIMITS))
    assert shown(outcome) == expected
    assert outcome.censored == (expected[1] != "PD")


def test_time_to_response_is_never_censored() -> None:
    outcome = compute_time_to_response(course({63: "SD", 126: "PR", 189: "PR"}), on(126))
    assert (shown(outcome), outcome.censored, outcome.visit) == ((126, "RESPONSE"), False, "T126")


@pytest.mark.parametrize(
    ("visit", "place"), [("TUM1", 0), ("TUM2", 1), ("TUM3", 2), ("TUM17", 2), ("UNSTUM", 3), ("EOT", 3), ("TUM", 3)]
)
def test_the_planned_assessment_follows_the_name_of_the_visit(visit: str, place: int) -> None:
    assert scheduled_assessment(visit) == SCHEDULED[place]


def test_the_code_lists_hold_every_reason_and_nothing_else() -> None:
    """A reason that no table plans for could not pass the contract of ADTTE."""
    assert sorted(load_terms()["EVNTDESC"]) == sorted(SITUATIONS.values())
    assert load_terms()["SCHEDASM"] == SCHEDULED


@settings(max_examples=200, deadline=None)
@given(
    visits=st.dictionaries(st.integers(1, 400), st.sampled_from(["CR", "PR", "SD", "PD", "NE", "ND"]), max_size=7),
    death=st.none() | st.integers(0, 400),
    therapy=st.none() | st.integers(1, 400),
    baseline=st.booleans(),
)
def test_ignoring_gaps_and_therapy_only_adds_events(
    visits: dict[int, str], death: int | None, therapy: int | None, baseline: bool
) -> None:
    dates = {name: day for name, day in (("death", death), ("new_therapy", therapy)) if day is not None}
    given_course = course(visits, has_baseline=baseline, **dates)
    strict, ema = compute_progression_free(given_course, LIMITS), compute_progression_free_ema(given_course)
    assert FIRST_DOSE <= strict.day <= ema.day
    if not strict.censored:
        assert shown(strict) == shown(ema)
    # a censoring stands at an adequate assessment or at the start, an event at a PD or at the death
    days = {on(day) for day, response in visits.items() if response not in ("NE", "ND")}
    assert strict.day in days | {FIRST_DOSE} | ({on(death)} if death is not None and not strict.censored else set())
