"""Who is screened and enrolled when, at which site and at which dose level."""

from dataclasses import replace
from datetime import date, timedelta

from crf2csr.simulate.model import SITES, Participant, Scenario
from crf2csr.simulate.streams import Stream

FIRST_DOSE = date(2018, 11, 5)  # enrollment starts after the registered start of 2018-10-15
COHORT_GAP = 49  # the cohort's last window of 21 days has closed before the next cohort opens
SLOT_GAP = 9
LEVELS = (75, 100, 100, 125, 125)
PHASE_TWO_FIRST, PHASE_TWO_GAP = date(2019, 7, 22), 47
FIXED_FIRST_DOSE = {44: date(2023, 2, 27), 45: date(2023, 5, 3)}  # a scan after the cutoff; none due at the cutoff
SCREEN_FAILURES = 5


def enroll(scenario: Scenario) -> list[Participant]:
    """Return all screened participants in order of consent.

    Phase I follows the registered 3+3 steps with one toxicity among six at 100 and at 125 mg; phase II starts after the
    RP2D was declared. The dates of phase I do not depend on the seed, so that the declaration date can be configured.
    """
    stream = Stream(scenario.seed, scenario.name, "calendar")
    enrolled = _phase_one(scenario, stream)
    if scenario.name == "full":
        enrolled += _phase_two(stream)
        enrolled = [_again(person, scenario) for person in enrolled]
        enrolled += _screen_failures(stream)
    return _numbered(sorted(enrolled, key=lambda person: (person.consent, person.position)), stream)


def _phase_one(scenario: Scenario, stream: Stream) -> list[Participant]:
    levels = LEVELS if scenario.name == "full" else LEVELS[:1]
    people = []
    for cohort, level in enumerate(levels):
        for slot in range(3):
            first = FIRST_DOSE + timedelta(days=COHORT_GAP * cohort + SLOT_GAP * slot)
            order = slot + 1 + 3 * (cohort > 0 and levels[cohort - 1] == level)
            consent = first - timedelta(days=stream.integer(15, 20))
            position = 3 * cohort + slot + 1
            people.append(Participant("", position, consent, first, "I", level, cohort + 1, order))
    return people


def _phase_two(stream: Stream) -> list[Participant]:
    people = []
    for number in range(30):
        position = 16 + number
        first = PHASE_TWO_FIRST + timedelta(days=PHASE_TWO_GAP * number + stream.integer(0, 12))
        first = _weekday(FIXED_FIRST_DOSE.get(position, first))
        consent = first - timedelta(days=34 if position == 42 else stream.integer(15, 25))
        people.append(Participant("", position, consent, first, "II", 125, 0, number + 1))
    return people


def _again(person: Participant, scenario: Scenario) -> Participant:
    """Phase I participants at the RP2D are enrolled in phase II a few days after its declaration (registry)."""
    if person.phase != "I" or person.level != 125 or scenario.declared_on is None:
        return person
    return replace(person, again_on=scenario.declared_on + timedelta(days=person.position - 9))


def _screen_failures(stream: Stream) -> list[Participant]:
    people = []
    for number in range(SCREEN_FAILURES):
        consent = _weekday(date(2019, 2, 4) + timedelta(days=290 * number + stream.integer(0, 60)))
        people.append(Participant("", 0, consent, consent + timedelta(days=14)))
    return people


def _numbered(people: list[Participant], stream: Stream) -> list[Participant]:
    """Give sites and numbers within site in order of consent; every site takes part."""
    weights = list(zip(SITES, (0.3, 0.25, 0.2, 0.13, 0.12), strict=True))
    counts = dict.fromkeys(SITES, 0)
    named = []
    for index, person in enumerate(people):
        site = SITES[index] if index < len(SITES) else stream.weighted(weights)
        counts[site] += 1
        named.append(replace(person, subject=f"{site}-{counts[site]:03d}"))
    return named


def _weekday(day: date) -> date:
    return day + timedelta(days=(7 - day.weekday()) if day.weekday() > 4 else 0)
