"""The whole trial: people, their stories, the records of their sites, and the defects planted in them."""

from dataclasses import dataclass, replace

from crf2csr.errors import InputError
from crf2csr.simulate.anchors import plan_of
from crf2csr.simulate.calendar import enroll
from crf2csr.simulate.clinician import assess, habit_of, with_verdicts
from crf2csr.simulate.course import run_course
from crf2csr.simulate.dirt import plant_defects
from crf2csr.simulate.dosing import treat
from crf2csr.simulate.extract import Extract, write_rows
from crf2csr.simulate.layout import LAYOUTS
from crf2csr.simulate.model import SCENARIOS, Participant, Scenario, Story
from crf2csr.simulate.record import record_end, record_person, record_visits
from crf2csr.simulate.record_cardiac import record_examinations
from crf2csr.simulate.record_deviations import record_deviations
from crf2csr.simulate.record_history import draw_conditions, record_history
from crf2csr.simulate.record_labs import record_labs
from crf2csr.simulate.record_medication import record_medication
from crf2csr.simulate.record_reports import record_reports
from crf2csr.simulate.record_treatment import record_treatment
from crf2csr.simulate.record_tumor import record_tumor
from crf2csr.simulate.spelling import Record, Row, spell
from crf2csr.simulate.streams import Stream
from crf2csr.simulate.tumor import scan_tumors

DEFAULT_SEEDS = {name: scenario.seed for name, scenario in SCENARIOS.items()}


@dataclass(frozen=True)
class Trial:
    """The truth of a trial: who was screened, and the story of everyone enrolled."""

    scenario: Scenario
    people: list[Participant]
    stories: dict[str, Story]


def simulate(scenario: str, seed: int | None = None) -> Extract:
    """Return the raw extract of a scenario and the list of the defects planted in it.

    scenario: `full` or `as_enrolled`; seed: the scenario's own if None. The same seed gives the same bytes everywhere.
    Raises InputError for an unknown scenario.
    """
    trial = run_trial(scenario, seed)
    rows = {form: list[Row]() for form in LAYOUTS}
    for person in sorted(trial.people, key=lambda item: item.subject):
        stream = Stream(trial.scenario.seed, scenario, "records", str(person.position or person.subject))
        for row in spell(person, _records(trial, person, stream), trial.scenario, stream.child("entry")):
            rows[row.form].append(row)
    plant_defects(rows, trial.scenario, trial.stories)
    return write_rows(rows, trial.scenario)


def run_trial(scenario: str, seed: int | None = None) -> Trial:
    """Return the truth behind an extract."""
    if scenario not in SCENARIOS:
        raise InputError(f"scenario '{scenario}' is not one of {', '.join(SCENARIOS)}: choose one of them")
    settings = SCENARIOS[scenario] if seed is None else replace(SCENARIOS[scenario], seed=seed)
    people = enroll(settings)
    stories = {person.subject: _story(settings, person) for person in people if person.position}
    return Trial(settings, people, stories)


def _story(scenario: Scenario, person: Participant) -> Story:
    stream = Stream(scenario.seed, scenario.name, "truth", str(person.position))
    plan = plan_of(scenario.name, person.position)
    limit, horizon = person.day_of(scenario.cutoff), person.day_of(scenario.extracted) - 2
    scans = scan_tumors(person, plan, horizon, stream.child("tumor"))
    strict = assess(scans, plan, "criteria")
    opinions = with_verdicts(assess(scans, plan, habit_of(person, plan, stream.child("habit"))), plan)
    course = run_course(plan, scans, opinions, limit, stream.child("course"))
    given = treat(person, plan, course, stream.child("treatment"))
    weights = _weights(len(given.cycles), stream.child("weight"))
    story = Story(
        person, plan, scans, opinions, strict, course, given.events, given.changes, given.intakes, [], [], weights
    )
    story.infusions, story.cycle_days = given.infusions, given.cycles
    return story


def _weights(cycles: int, stream: Stream) -> list[int]:
    """Return body weight in tenths of kg at each cycle."""
    weights = [stream.integer(540, 960)]
    while len(weights) < cycles:
        weights.append(weights[-1] + stream.integer(-6, 5))
    return weights


def _records(trial: Trial, person: Participant, stream: Stream) -> list[Record]:
    records = record_person(person, stream.child("person"))
    story = trial.stories.get(person.subject)
    if story is not None:
        records += record_visits(story, stream.child("visits"))
        records += record_treatment(story, stream.child("treatment"))
        records += record_tumor(story, stream.child("tumor"))
        records += record_end(story)
        records += _later_forms(story, stream)
    return records


def _later_forms(story: Story, stream: Stream) -> list[Record]:
    """Return the records of the forms that came last; they stand behind the others, whose entry times are fixed."""
    conditions = draw_conditions(stream.child("conditions"))
    return [
        *record_history(story, conditions, stream.child("history")),
        *record_examinations(story, stream.child("examinations")),
        *record_labs(story, stream.child("lb")),
        *record_medication(story, conditions, stream.child("cm")),
        *record_reports(story, stream.child("reports")),
        *record_deviations(story),
    ]
