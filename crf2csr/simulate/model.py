"""What the simulator knows about a trial, a participant, a lesion and a course: plain values, no rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

SITES = ("01", "02", "03", "04", "05")
PALBOCICLIB, LETROZOLE, TDM1 = "PALBOCICLIB", "LETROZOLE", "T-DM1"
DRUGS = (PALBOCICLIB, LETROZOLE, TDM1)
SCAN_INTERVAL = 63  # days, every third cycle (tumor.interval_days)
CYCLE = 21


@dataclass(frozen=True)
class Scenario:
    """One demonstration extract: when data stop, when it was taken, and how the trial center spells coded answers."""

    name: str
    cutoff: date
    extracted: date
    declared_on: date | None
    coded: bool
    seed: int


# Cutoff of `as_enrolled`: primary completion in the registry. The other cutoff, extract days, the day of the RP2D
# declaration and the seeds are choices of the demonstration.
SCENARIOS = {
    "full": Scenario("full", date(2023, 6, 30), date(2023, 7, 5), date(2019, 7, 9), coded=False, seed=2054),
    "as_enrolled": Scenario("as_enrolled", date(2020, 3, 12), date(2020, 3, 17), None, coded=True, seed=2020),
}


@dataclass(frozen=True)
class Participant:
    """A screened person; position 0 is a screen failure, else the order of enrollment."""

    subject: str
    position: int
    consent: date
    first_dose: date
    phase: str = ""
    level: int = 0
    cohort: int = 0
    order: int = 0
    again_on: date | None = None

    @property
    def site(self) -> str:
        """The first part of the subject id."""
        return self.subject[:2]

    def on(self, day: int) -> date:
        """Return the date of a day counted from the first dose (0 = first dose)."""
        return self.first_dose + timedelta(days=day)

    def day_of(self, when: date) -> int:
        """Return the day of a date counted from the first dose."""
        return (when - self.first_dose).days


@dataclass(frozen=True)
class Lesion:
    """A lesion as chosen at baseline (or a fragment of one)."""

    code: str
    organ: str
    side: str
    node: bool
    method: str = "CT SCAN"
    thickness: str = "5"


@dataclass(frozen=True)
class Reading:
    """What the radiologist wrote for a target lesion: hundredths of a millimeter, or a status word."""

    lesion: Lesion
    size: int | None = None
    state: str = ""
    parent: str = ""


@dataclass(frozen=True)
class NewLesion:
    """A lesion that was not there at baseline."""

    first_visit: int
    organ: str
    node: bool = False
    certainty: str = "UNEQUIVOCAL"
    size: str = ""
    confirmed_visit: int = 0


@dataclass(frozen=True)
class Scan:
    """One tumor assessment: visit 0 is baseline; `later` days pass until non-target lesions are imaged."""

    visit: int
    day: int
    later: int
    targets: tuple[Reading, ...]
    others: tuple[tuple[Lesion, str], ...]
    new: tuple[NewLesion, ...]
    marker: str

    @property
    def last_day(self) -> int:
        """Day of the last image of the visit."""
        return self.day + self.later


@dataclass(frozen=True)
class Opinion:
    """Target, non-target and overall response of one visit."""

    target: str
    nontarget: str
    overall: str


@dataclass(frozen=True)
class Plan:
    """What is fixed beforehand for a participant; everything left at its default comes from the model."""

    name: str = "model"
    targets: tuple[tuple[str, str, bool, str], ...] | None = None
    others: tuple[tuple[str, bool, str], ...] | None = None
    measurable: bool = True
    new: tuple[NewLesion, ...] = ()
    kinetics: tuple[float, float, float] | None = None
    quiet: bool = False
    habit: str = ""
    verdicts: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    stop: tuple[int, str] | None = None
    death: tuple[int, str] | None = None
    missed: tuple[int, ...] = ()
    scan_days: Mapping[int, int] = field(default_factory=dict)
    therapy_day: int | None = None
    radiotherapy: tuple[int, str] | None = None
    no_baseline: bool = False
    no_new_form: tuple[int, ...] = ()
    thickness: str = "5"
    toxicities: tuple[tuple[int, str, int, str], ...] | None = None
    markers: str = ""


@dataclass
class Event:
    """An adverse event; days counted from the first dose."""

    term: str
    decod: str
    grade: int
    start: int
    end: int | None
    drugs: tuple[str, ...]
    actions: dict[str, str] = field(default_factory=dict)
    criteria: tuple[str, ...] = ()
    dlt: bool = False
    fatal: bool = False
    number: int = 0


@dataclass
class Change:
    """A change of dosing with the event that caused it."""

    drug: str
    day: int
    action: str
    resume: int | None
    dose: str
    reason: str
    event: Event | None


@dataclass(frozen=True)
class Intake:
    """A period of an oral drug within one cycle; `end` None while the cycle is running."""

    drug: str
    cycle: int
    start: int
    end: int | None
    dose: int
    missed: tuple[int, ...]
    given: bool = True


@dataclass(frozen=True)
class Infusion:
    """One planned T-DM1 infusion."""

    cycle: int
    day: int
    given: bool
    dose: str


@dataclass
class Course:
    """How it went: end of treatment, progression, death, therapy after, end of study; days from the first dose."""

    limit: int
    last_day: int | None = None
    reason: str = ""
    progression: int | None = None
    death: int | None = None
    cause: str = ""
    therapy: int | None = None
    off_study: tuple[int, str] | None = None
    visits: tuple[int, ...] = ()
    late_visits: tuple[int, ...] = ()  # after the cutoff, before the extract


@dataclass
class Story:
    """Everything that happened to one participant: the truth that the forms record."""

    person: Participant
    plan: Plan
    scans: list[Scan]
    opinions: list[Opinion]
    strict: list[Opinion]
    course: Course
    events: list[Event]
    changes: list[Change]
    intakes: list[Intake]
    infusions: list[Infusion]
    cycle_days: list[int]
    weights: list[int]
