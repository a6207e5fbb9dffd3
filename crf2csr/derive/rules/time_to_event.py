"""From the visits and dates of one subject to the event or the censoring of each endpoint (R-611, R-701 to R-707)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crf2csr.derive.rules.best_response import Assessment, select_records
from crf2csr.derive.rules.best_rows import LEFT_STUDY

#: Situations by code: the text of EVNTDESC.
SITUATIONS = {
    "PD": "Disease progression",
    "DEATH": "Death",
    "NO_START": "First dose without a date",
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
    "DEATH_NO_PD": "Death without documented progression",
    "RESPONSE": "Confirmed response",
}
EVENTS = ("PD", "DEATH", "RESPONSE")
#: Overall responses that tell nothing about the disease (R-702).
INADEQUATE = ("NE", "ND", "")
START, LAST_ADEQUATE, LAST_ALIVE = "Start of treatment", "Last adequate tumor assessment", "Last date known alive"
FIRST_RESPONSE = "First confirmed response"
#: Visits of planned tumor assessments, and which of them a visit is.
TUMOR_VISIT = "TUM"
SCHEDULED = (
    "First scheduled assessment",
    "Second scheduled assessment",
    "Later scheduled assessment",
    "Unscheduled or end-of-treatment assessment",
)


@dataclass(frozen=True)
class Course:
    """What time-to-event needs to know of a subject; `visits` with any response, keyed by visit.

    `discontinued`: treatment with every drug has ended. Days up to the data cutoff; None where there is none.
    """

    start: dt.date
    visits: tuple[Assessment, ...]
    has_baseline: bool = True
    died: bool = False
    death: dt.date | None = None
    last_alive: dt.date | None = None
    new_therapy: dt.date | None = None
    end_of_study: str = ""
    discontinued: bool = False


@dataclass(frozen=True)
class Limits:
    """The study keys of the missed-assessment rule, in days."""

    interval_days: int
    window_days: int

    @property
    def longest(self) -> int:
        """The most days from an adequate assessment to an event with at most one assessment missed: an early scan, one
        missed, a late scan. R-705."""
        return 2 * self.interval_days + 2 * self.window_days


@dataclass(frozen=True)
class Outcome:
    """The end of an endpoint: day, situation, what the day is, and what was decided on.

    `visit` gives the day, if a visit does. `adequate` is the last adequate assessment that counts (None: none after
    the start); `found` the first PD or death, counted or not, as (code, day, visit).
    """

    day: dt.date
    situation: str
    day_is: str
    visit: str = ""
    adequate: dt.date | None = None
    found: tuple[str, dt.date, str] | None = None

    @property
    def censored(self) -> bool:
        """Whether the situation is no event."""
        return self.situation not in EVENTS


def compute_progression_free(course: Course, limits: Limits) -> Outcome:
    """Return the end of progression-free survival: first PD or death, or censoring, tests in the order of R-706.

    An event strictly after new systemic therapy, then one after two or more missed assessments, is censored at the
    last adequate assessment before. Without an event: at the last adequate assessment, up to the new therapy if there
    is one; at the start if there is none. R-701 to R-706.
    """
    visits = _assessed(course)
    found = _first_event(course, visits)
    therapy = course.new_therapy
    if therapy is not None and (therapy < found[1] if found else _adequate(visits)):
        return _censored(course, visits, "NEW_THERAPY", found, last=therapy)
    if found is None:
        return _censored(course, visits, _without_event(course, visits), found)
    before = _adequate(visits, before=found[1] if found[0] == "PD" else None, last=found[1])
    if (found[1] - (before[-1].date if before else course.start)).days > limits.longest:
        return _censored(course, visits, "MISSED", found, last=found[1])
    return _event(found, before)


def compute_progression_free_ema(course: Course) -> Outcome:
    """Return the end of progression-free survival if missed assessments and new therapy change nothing. R-707."""
    visits = _assessed(course)
    found = _first_event(course, visits)
    if found is None:
        return _censored(course, visits, _without_event(course, visits), found)
    return _event(found, _adequate(visits, before=found[1] if found[0] == "PD" else None, last=found[1]))


def compute_response_duration(course: Course, progression_free: Outcome, response: dt.date) -> Outcome:
    """Return the end of the duration of a response that was first seen on the day `response`: that of PFS.

    An end before the response (a date is wrong, or no visit counts for PFS) tells nothing: censored on the day of the
    response. R-701; the contradiction: house rule.
    """
    if progression_free.day >= response:
        return progression_free
    visit = _response_visit(course, response)
    situation = progression_free.situation if progression_free.censored else "BEFORE_RESPONSE"
    return replace(progression_free, day=response, situation=situation, day_is=FIRST_RESPONSE, visit=visit)


def compute_time_to_response(course: Course, response: dt.date) -> Outcome:
    """Return the first confirmed response of a responder, seen on the day `response`: nobody is censored. R-611."""
    return Outcome(response, "RESPONSE", FIRST_RESPONSE, _response_visit(course, response))


def compute_stable_duration(course: Course, progression_free: Outcome) -> Outcome:
    """Return the end of stable disease of a subject whose confirmed best response is SD: that of PFS, with PD as the
    only event.

    A death without PD is censored at the last adequate assessment before it, or at the start. R-701 (RECIST 1.1
    section 4.6.3: until the criteria for progression are met).
    """
    if progression_free.situation != "DEATH":
        return progression_free
    return _censored(course, _assessed(course), "DEATH_NO_PD", progression_free.found, last=progression_free.day)


def scheduled_assessment(visit: str) -> str:
    """Return in words which planned assessment a visit is: `TUM2` is the second even if the first was missed. R-611."""
    number = visit.removeprefix(TUMOR_VISIT)
    if number == visit or not number.isdecimal():
        return SCHEDULED[-1]
    return SCHEDULED[min(int(number), 3) - 1]


def _response_visit(course: Course, response: dt.date) -> str:
    return next(one.key for one in course.visits if one.date == response and one.response in ("CR", "PR"))


def compute_survival(course: Course) -> Outcome:
    """Return the end of overall survival: death, or the last date known alive. R-701."""
    death = _death(course)
    if death is not None:
        return Outcome(death, "DEATH", SITUATIONS["DEATH"], found=("DEATH", death, ""))
    alive = max(course.start, course.last_alive or course.start)
    undated, left = course.died, course.end_of_study in LEFT_STUDY
    return Outcome(alive, "DEATH_UNDATED" if undated else "LEFT_STUDY" if left else "ALIVE", LAST_ALIVE)


def _assessed(course: Course) -> tuple[Assessment, ...]:
    """Return the visits from the start on, one a day; none without baseline, for nothing can be compared with it."""
    if not course.has_baseline:
        return ()
    return select_records(course.visits, course.start, None, to_first_pd=False)


def _death(course: Course) -> dt.date | None:
    return course.death if course.death is not None and course.death >= course.start else None


def _first_event(course: Course, visits: Sequence[Assessment]) -> tuple[str, dt.date, str] | None:
    progressions = [("PD", visit.date, visit.key) for visit in visits if visit.response == "PD"][:1]
    death = _death(course)
    deaths = [] if death is None else [("DEATH", death, "")]
    return min([*progressions, *deaths], key=lambda event: event[1], default=None)


def _adequate(
    visits: Sequence[Assessment], before: dt.date | None = None, last: dt.date | None = None
) -> list[Assessment]:
    """Return the adequate assessments by day, strictly before `before` and up to `last`. R-702."""
    return [
        visit
        for visit in visits
        if visit.response not in INADEQUATE
        and (before is None or visit.date < before)
        and (last is None or visit.date <= last)
    ]


def _without_event(course: Course, visits: Sequence[Assessment]) -> str:
    """Return why a subject without PD or death is censored, the first that applies."""
    if not course.has_baseline:
        return "NO_BASELINE"
    if not _adequate(visits):
        return "NO_ASSESSMENT"
    if course.died:
        return "DEATH_UNDATED"
    if course.end_of_study in LEFT_STUDY:
        return "LEFT_STUDY"
    return "DISCONTINUED" if course.discontinued else "ONGOING"


def _censored(
    course: Course,
    visits: Sequence[Assessment],
    situation: str,
    found: tuple[str, dt.date, str] | None,
    last: dt.date | None = None,
) -> Outcome:
    """Return the censoring at the last adequate assessment up to `last` that is no PD, or at the start."""
    stop = found[1] if found and found[0] == "PD" else None
    earlier = _adequate(visits, before=stop, last=last)
    if not earlier:
        return Outcome(course.start, situation, START, found=found)
    return Outcome(earlier[-1].date, situation, LAST_ADEQUATE, earlier[-1].key, earlier[-1].date, found)


def _event(found: tuple[str, dt.date, str], before: Sequence[Assessment]) -> Outcome:
    code, day, visit = found
    return Outcome(day, code, SITUATIONS[code], visit, before[-1].date if before else None, found)
