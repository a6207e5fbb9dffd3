"""Cycles, oral intake, infusions and every change of dosing, with the events that caused them."""

from dataclasses import dataclass, field

from crf2csr.simulate.events import (
    TERMS,
    Toxicity,
    fatal_event,
    other_events,
    plan_toxicities,
    stopping_event,
)
from crf2csr.simulate.model import (
    CYCLE,
    DRUGS,
    LETROZOLE,
    PALBOCICLIB,
    TDM1,
    Change,
    Course,
    Event,
    Infusion,
    Intake,
    Participant,
    Plan,
)
from crf2csr.simulate.streams import Stream

FULL_DOSE, REDUCED_DOSE = "3.6", "3.0"  # mg/kg; the reduced dose is that of the T-DM1 label
SETTLED = {"hold": 24, "hold reduce": 24}  # days from the start of a cycle until a change is over
SETTLED_OTHERWISE = 62


@dataclass
class Treatment:
    """Dosing of one participant while it is being built up."""

    dose: int
    tdm1: str = FULL_DOSE
    cycles: list[int] = field(default_factory=list)
    intakes: list[Intake] = field(default_factory=list)
    infusions: list[Infusion] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    omit: Change | None = None
    skip: Change | None = None
    withdrawn: bool = False


def treat(person: Participant, plan: Plan, course: Course, stream: Stream) -> Treatment:
    """Return the treatment from the first dose to the end of treatment or the cutoff.

    Palbociclib and letrozole run daily through each 21-day cycle, T-DM1 is given on its first day. Effects of a
    toxicity: hold, hold reduce, reduce, skip (palbociclib); delay, omit, reduce tdm, withdraw tdm (T-DM1); none.
    """
    given = Treatment(person.level)
    toxicities = plan_toxicities(person, plan, stream.child("toxicities"))
    end = course.last_day if course.last_day is not None else course.limit
    start, number = 0, 1
    while start <= end:
        today = sorted((item for item in toxicities if item[0] == number), key=lambda item: item[3] != "delay")
        start = _cycle(given, number, start, end, course, today, stream.child("cycle", str(number)))
        number += 1
    _close(given, person, plan, course, stream)
    return given


def _cycle(
    given: Treatment,
    number: int,
    start: int,
    end: int,
    course: Course,
    toxicities: list[Toxicity],
    stream: Stream,
) -> int:
    """Add one cycle and return the first day of the next."""
    following = start + CYCLE + stream.weighted(((0, 0.8), (1, 0.1), (-1, 0.05), (2, 0.05)))
    given.cycles.append(start)
    _infuse(given, number, start)
    pause: Change | None = None
    before = given.dose
    for _, decod, grade, effect in toxicities:
        if start + SETTLED.get(effect, SETTLED_OTHERWISE) <= end:
            change, following = _apply(given, decod, grade, effect, start, following, number, stream)
            pause = change or pause
        elif start + 12 <= end:
            given.events.append(_lasting(decod, grade, start + 10, start + 12, stream))
    closed = None if course.last_day is None and following - 1 > end else min(following - 1, end)
    _swallow(given, number, start, closed, pause, before, stream)
    return following


def _infuse(given: Treatment, number: int, start: int) -> None:
    if given.withdrawn:
        return
    given.infusions.append(Infusion(number, start, given.omit is None, given.tdm1 if given.omit is None else "0"))
    if given.omit is not None and given.omit.day < start:
        given.omit.resume, given.omit = start, None
        given.infusions[-1] = Infusion(number, start, True, given.tdm1)


def _lasting(decod: str, grade: int, start: int, end: int | None, stream: Stream) -> Event:
    term = TERMS[decod]
    return Event(stream.choice(term.words), decod, grade, start, end, term.drugs)


def _apply(
    given: Treatment,
    decod: str,
    grade: int,
    effect: str,
    start: int,
    following: int,
    number: int,
    stream: Stream,
) -> tuple[Change | None, int]:
    """Add the event and its effect; return the hold inside this cycle (if any) and the start of the next cycle."""
    hold = start + stream.integer(9, 12)
    resume = hold + stream.integer(5, 7)
    event = _lasting(decod, grade, hold, resume - 1, stream)
    given.events.append(event)
    _mark(event, decod, grade, number, effect)
    if effect.startswith("hold"):
        return _hold(given, event, resume, "reduce" in effect), following
    return None, _act_at_next_cycle(given, event, effect, following)


def _change(given: Treatment, drug: str, day: int, action: str, event: Event, dose: str = "-98") -> Change:
    given.changes.append(Change(drug, day, action, None, dose, "ADVERSE EVENT", event))
    return given.changes[-1]


def _hold(given: Treatment, event: Event, resume: int, reduce: bool) -> Change:
    change = _change(given, PALBOCICLIB, event.start, "HELD", event)
    change.resume = resume
    if reduce:
        given.dose -= 25
        _change(given, PALBOCICLIB, resume, "REDUCED", event, str(given.dose))
    return change


def _act_at_next_cycle(given: Treatment, event: Event, effect: str, following: int) -> int:
    """Apply an effect that begins with the next cycle and return the first day of that cycle."""
    if effect in ("delay", "omit", "skip"):
        event.end = following + 4
    if effect == "reduce":
        given.dose -= 25
        _change(given, PALBOCICLIB, following, "REDUCED", event, str(given.dose))
    if effect == "skip":
        given.skip = _change(given, PALBOCICLIB, following, "HELD", event)
    if effect == "omit":
        given.omit = _change(given, TDM1, following, "HELD", event)
    if effect == "reduce tdm":
        given.tdm1 = REDUCED_DOSE
        _change(given, TDM1, following, "REDUCED", event, REDUCED_DOSE)
    if effect == "withdraw tdm":
        given.withdrawn, event.end = True, None
        _change(given, TDM1, following, "WITHDRAWN", event)
    if effect == "delay":
        _change(given, TDM1, following, "DELAYED", event).resume = following + 7
        return following + 7
    return following


ACTIONS = {
    "hold": (PALBOCICLIB, "DRUG INTERRUPTED"),
    "hold reduce": (PALBOCICLIB, "DOSE REDUCED"),
    "reduce": (PALBOCICLIB, "DOSE REDUCED"),
    "skip": (PALBOCICLIB, "DRUG INTERRUPTED"),
    "delay": (TDM1, "DRUG INTERRUPTED"),
    "omit": (TDM1, "DRUG INTERRUPTED"),
    "reduce tdm": (TDM1, "DOSE REDUCED"),
    "withdraw tdm": (TDM1, "DRUG WITHDRAWN"),
}


def _mark(event: Event, decod: str, grade: int, number: int, effect: str) -> None:
    """Set the action of the event, and what makes it serious or dose limiting."""
    if effect in ACTIONS:
        drug, action = ACTIONS[effect]
        event.actions = {drug: action}
    if decod == "Febrile neutropenia":
        event.criteria = ("HOSP",)
    if grade == 4:
        event.criteria = ("MIE",)
    event.dlt = number == 1 and effect == "hold reduce"


def _swallow(
    given: Treatment, number: int, start: int, end: int | None, pause: Change | None, before: int, stream: Stream
) -> None:
    """Add the oral intake of one cycle: letrozole throughout, palbociclib around a hold and at the dose of the day."""
    given.intakes.append(_intake(LETROZOLE, number, start, end, 0, 0.1, stream))
    if given.skip is not None and given.skip.day == start:
        given.intakes.append(Intake(PALBOCICLIB, number, start, end, 0, (), given=False))
        return
    if given.skip is not None and given.skip.day < start:
        given.skip.resume, given.skip = start, None
    if pause is None or pause.resume is None:
        given.intakes.append(_intake(PALBOCICLIB, number, start, end, before, 0.25, stream))
        return
    given.intakes.append(_intake(PALBOCICLIB, number, start, pause.day - 1, before, 0.25, stream))
    given.intakes.append(_intake(PALBOCICLIB, number, pause.resume, end, given.dose, 0.0, stream))


def _intake(
    drug: str, number: int, start: int, end: int | None, dose: int, forgetting: float, stream: Stream
) -> Intake:
    missed: tuple[int, ...] = ()
    if end is not None and end - start >= 6 and stream.chance(forgetting):
        missed = tuple(sorted({stream.integer(start + 2, end - 1) for _ in range(stream.integer(1, 2))}))
    return Intake(drug, number, start, end, dose, missed)


def _close(given: Treatment, person: Participant, plan: Plan, course: Course, stream: Stream) -> None:
    """Add the events that end treatment or leave dosing alone, and number all events in order of start."""
    taken = {event.decod for event in given.events}
    if course.reason == "ADVERSE EVENT" and course.last_day is not None:
        event = stopping_event(course.last_day, stream.child("stop"))
        given.events = [other for other in given.events if other.decod != event.decod or other.actions]
        given.events.append(event)
        drugs = [drug for drug in DRUGS if not (drug == TDM1 and given.withdrawn)]
        given.changes += [
            Change(drug, course.last_day, "WITHDRAWN", None, "-98", "ADVERSE EVENT", event) for drug in drugs
        ]
        taken.add(event.decod)
    if course.cause == "ADVERSE EVENT" and course.death is not None:
        given.events.append(fatal_event(course.death))
        taken.add(given.events[-1].decod)
    given.events += other_events(course, taken, stream.child("other events"))
    given.events.sort(key=lambda event: (event.start, event.decod))
    for number, event in enumerate(given.events, start=1):
        event.number = number
    given.changes.sort(key=lambda change: (change.day, change.drug, change.action))
