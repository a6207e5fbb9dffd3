"""Adverse events: which terms occur, how severe they are and which of them change the dosing.

Terms are terms of CTCAE v4.03 with the grades it defines, so that grade and term agree. Codes are made up (they begin
with 9, no MedDRA code does) because the dictionary is licensed. Frequencies of neutropenia, platelets and transaminases
are those of PALOMA-1 and of the drug labels; the rest is an assumption of the demonstration.
"""

from dataclasses import dataclass

from crf2csr.simulate.model import DRUGS, LETROZOLE, PALBOCICLIB, TDM1, Course, Event, Participant, Plan
from crf2csr.simulate.streams import Stream

BLOOD = "Blood and lymphatic system disorders"
GUT = "Gastrointestinal disorders"
GENERAL = "General disorders and administration site conditions"
TESTS = "Investigations"
NERVES = "Nervous system disorders"
CHEST = "Respiratory, thoracic and mediastinal disorders"
JOINTS = "Musculoskeletal and connective tissue disorders"
NEUTROPHILS, PLATELETS = "Neutrophil count decreased", "Platelet count decreased"
LIVER_TEST, NEUROPATHY, INFECTION = (
    "Alanine aminotransferase increased",
    "Peripheral sensory neuropathy",
    "Lung infection",
)


@dataclass(frozen=True)
class Term:
    """A preferred term: class, code, drugs it is ascribed to, words of the sites, and how often it occurs unplanned."""

    soc: str
    code: str
    drugs: tuple[str, ...]
    words: tuple[str, ...]
    probability: float = 0.0
    grades: tuple[tuple[int, float], ...] = ((1, 0.7), (2, 0.3))
    days: tuple[int, int] = (4, 40)


BOTH = (PALBOCICLIB, TDM1)
TERMS = {
    NEUTROPHILS: Term(TESTS, "90000101", (PALBOCICLIB,), ("neutropenia", "low neutrophils", "ANC decreased")),
    PLATELETS: Term(
        TESTS, "90000102", (TDM1,), ("thrombocytopenia", "low platelets"), 0.2, ((1, 0.7), (2, 0.3)), (7, 21)
    ),
    LIVER_TEST: Term(
        TESTS, "90000103", (TDM1,), ("ALT increased", "elevated ALT"), 0.2, ((1, 0.75), (2, 0.25)), (7, 42)
    ),
    "Aspartate aminotransferase increased": Term(TESTS, "90000104", (TDM1,), ("AST increased",), 0.25, days=(7, 42)),
    "White blood cell decreased": Term(
        TESTS, "90000105", (PALBOCICLIB,), ("leukopenia", "low WBC"), 0.3, ((2, 0.7), (3, 0.3))
    ),
    "Anemia": Term(BLOOD, "90000106", BOTH, ("anemia",), 0.3, ((1, 0.6), (2, 0.35), (3, 0.05))),
    "Febrile neutropenia": Term(BLOOD, "90000107", (PALBOCICLIB,), ("febrile neutropenia",), 0.0, ((3, 1.0),)),
    "Fatigue": Term(
        GENERAL,
        "90000108",
        BOTH,
        ("fatigue", "tiredness", "feeling tired"),
        0.6,
        ((1, 0.55), (2, 0.4), (3, 0.05)),
        (14, 120),
    ),
    "Nausea": Term(GUT, "90000109", BOTH, ("nausea",), 0.45, ((1, 0.7), (2, 0.3)), (2, 30)),
    "Vomiting": Term(GUT, "90000110", BOTH, ("vomiting", "emesis"), 0.15, days=(1, 4)),
    "Diarrhea": Term(
        GUT, "90000111", BOTH, ("diarrhea", "loose stools"), 0.2, ((1, 0.75), (2, 0.22), (3, 0.03)), (1, 12)
    ),
    "Constipation": Term(GUT, "90000112", (TDM1,), ("constipation",), 0.25),
    "Mucositis oral": Term(
        GUT, "90000113", (PALBOCICLIB,), ("mouth sores", "stomatitis"), 0.25, ((1, 0.7), (2, 0.3)), (5, 20)
    ),
    "Dry mouth": Term(GUT, "90000114", (TDM1,), ("dry mouth",), 0.15),
    NEUROPATHY: Term(
        NERVES, "90000115", (TDM1,), ("numbness of fingers", "tingling in feet"), 0.3, ((1, 0.7), (2, 0.3)), (60, 300)
    ),
    "Headache": Term(NERVES, "90000116", (TDM1,), ("headache",), 0.3, ((1, 0.8), (2, 0.2)), (1, 7)),
    "Epistaxis": Term(CHEST, "90000117", (TDM1,), ("nosebleed", "epistaxis"), 0.35, ((1, 0.95), (2, 0.05)), (1, 3)),
    "Cough": Term(CHEST, "90000118", (), ("cough",), 0.15, days=(5, 30)),
    "Dyspnea": Term(CHEST, "90000119", (), ("shortness of breath",), 0.1, ((1, 0.6), (2, 0.3), (3, 0.1))),
    "Arthralgia": Term(
        JOINTS, "90000120", (LETROZOLE,), ("joint pain", "arthralgia"), 0.35, ((1, 0.65), (2, 0.35)), (20, 150)
    ),
    "Back pain": Term(JOINTS, "90000121", (), ("back pain",), 0.15),
    "Hot flashes": Term("Vascular disorders", "90000122", (LETROZOLE,), ("hot flashes",), 0.25, days=(30, 200)),
    "Hypokalemia": Term(
        "Metabolism and nutrition disorders",
        "90000123",
        (TDM1,),
        ("low potassium",),
        0.12,
        ((1, 0.8), (3, 0.2)),
        (3, 14),
    ),
    "Insomnia": Term("Psychiatric disorders", "90000124", (LETROZOLE,), ("trouble sleeping",), 0.12),
    "Alopecia": Term(
        "Skin and subcutaneous tissue disorders",
        "90000125",
        (PALBOCICLIB,),
        ("hair thinning",),
        0.2,
        ((1, 0.9), (2, 0.1)),
        (90, 300),
    ),
    "Rash maculo-papular": Term(
        "Skin and subcutaneous tissue disorders", "90000126", BOTH, ("rash",), 0.12, days=(5, 25)
    ),
    INFECTION: Term("Infections and infestations", "90000127", (), ("pneumonia",), 0.04, ((2, 0.5), (3, 0.5)), (7, 21)),
}
WORST_NEUTROPHILS = ((4, 0.05), (3, 0.57), (2, 0.18), (1, 0.08), (0, 0.12))
Toxicity = tuple[int, str, int, str]  # cycle, term, grade, effect on dosing


def plan_toxicities(person: Participant, plan: Plan, stream: Stream) -> list[Toxicity]:
    """Return the toxicities that may change dosing: cycle, term, grade, effect (see dosing.treat)."""
    if plan.toxicities is not None:
        return list(plan.toxicities)
    planned = _neutropenia(person, stream.child("neutropenia"))
    if stream.chance(0.15):
        effect = stream.choice(("delay", "reduce tdm", "omit", "none"))
        planned.append((stream.integer(2, 5), PLATELETS, stream.weighted(((3, 0.85), (4, 0.15))), effect))
    if stream.chance(0.07):
        planned.append((stream.integer(2, 6), LIVER_TEST, 3, "delay"))
    if stream.chance(0.08):
        planned.append((stream.integer(7, 9), NEUROPATHY, 3, "withdraw tdm"))
    return planned


def _neutropenia(person: Participant, stream: Stream) -> list[Toxicity]:
    worst = stream.weighted(WORST_NEUTROPHILS)
    first = stream.integer(2 if person.phase == "I" or worst == 4 else 1, 3)
    if worst < 3:
        return [(first, NEUTROPHILS, worst, "none")] if worst else []
    if worst == 4:
        return [(first, NEUTROPHILS, 4, "hold reduce")]
    planned = [(first, NEUTROPHILS, 3, stream.weighted((("hold", 0.65), ("none", 0.35))))]
    if stream.chance(0.45):
        effect = stream.weighted((("reduce", 0.5), ("hold", 0.3), ("skip", 0.2)))
        planned.append((first + stream.integer(2, 3), NEUTROPHILS, 3, effect))
    return planned


def other_events(course: Course, taken: set[str], stream: Stream) -> list[Event]:
    """Return events that leave dosing alone; terms in `taken` are described already, and no term overlaps itself."""
    end = course.last_day if course.last_day is not None else course.limit
    bound = min(
        [end + 60, course.limit, *_known(course.death, -1), *_known(course.off_study and course.off_study[0], 0)]
    )
    events = []
    for decod, term in TERMS.items():
        branch = stream.child(decod)
        if decod not in taken and branch.chance(term.probability):
            events.append(_event(decod, term, end, bound, branch))
    return events or [_event("Fatigue", TERMS["Fatigue"], end, bound, stream.child("at least one"))]


def _known(day: int | None, shift: int) -> list[int]:
    return [] if day is None else [day + shift]


def _event(decod: str, term: Term, end: int, bound: int, stream: Stream) -> Event:
    start = int(end * stream.uniform() * stream.uniform(0.1, 1.0))
    stop = start + stream.integer(*term.days)
    grade = stream.weighted(term.grades)
    criteria = ("HOSP",) if grade >= 3 and term.soc != TESTS and stream.chance(0.4) else ()
    ending = None if stop > bound or stream.chance(0.1) else stop
    return Event(stream.choice(term.words), decod, grade, start, ending, term.drugs, criteria=criteria)


def fatal_event(death: int) -> Event:
    """Return the fatal event of a participant who died of one."""
    return Event("pneumonia", INFECTION, 5, death - 6, death, (), {}, ("DEATH", "HOSP"), fatal=True)


def stopping_event(day: int, stream: Stream) -> Event:
    """Return the event for which all drugs were withdrawn."""
    decod, grade = stream.choice(((NEUROPATHY, 3), ("Fatigue", 3), ("Nausea", 3), ("Dyspnea", 3)))
    actions = dict.fromkeys(DRUGS, "DRUG WITHDRAWN")
    return Event(TERMS[decod].words[0], decod, grade, day, None, TERMS[decod].drugs, actions)
