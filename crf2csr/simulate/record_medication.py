"""Concomitant medication: for the conditions of the history, for adverse events, and as prophylaxis.

Names and ATC level 2 groups are those of the WHO ATC index.
"""

from datetime import date
from typing import NamedTuple

from crf2csr.simulate.model import Event, Story
from crf2csr.simulate.record import LOGS
from crf2csr.simulate.record_history import Condition
from crf2csr.simulate.spelling import Partial, Record
from crf2csr.simulate.streams import Stream

ATC = {
    "A02": "DRUGS FOR ACID RELATED DISORDERS",
    "A03": "DRUGS FOR FUNCTIONAL GASTROINTESTINAL DISORDERS",
    "A04": "ANTIEMETICS AND ANTINAUSEANTS",
    "A06": "DRUGS FOR CONSTIPATION",
    "A07": "ANTIDIARRHEALS, INTESTINAL ANTIINFLAMMATORY/ANTIINFECTIVE AGENTS",
    "A10": "DRUGS USED IN DIABETES",
    "A11": "VITAMINS",
    "A12": "MINERAL SUPPLEMENTS",
    "C08": "CALCIUM CHANNEL BLOCKERS",
    "C09": "AGENTS ACTING ON THE RENIN-ANGIOTENSIN SYSTEM",
    "C10": "LIPID MODIFYING AGENTS",
    "D07": "CORTICOSTEROIDS, DERMATOLOGICAL PREPARATIONS",
    "H03": "THYROID THERAPY",
    "J01": "ANTIBACTERIALS FOR SYSTEMIC USE",
    "L03": "IMMUNOSTIMULANTS",
    "M01": "ANTIINFLAMMATORY AND ANTIRHEUMATIC PRODUCTS",
    "M05": "DRUGS FOR TREATMENT OF BONE DISEASES",
    "N02": "ANALGESICS",
    "N05": "PSYCHOLEPTICS",
    "N06": "PSYCHOANALEPTICS",
    "R06": "ANTIHISTAMINES FOR SYSTEMIC USE",
}


class Drug(NamedTuple):
    """A medication: ATC level 2, route, words of the sites."""

    atc: str
    route: str
    words: tuple[str, ...]


DRUGS = {
    "Lisinopril": Drug("C09", "ORAL", ("lisinopril 10 mg", "Lisinopril")),
    "Amlodipine": Drug("C08", "ORAL", ("amlodipine", "Norvasc 5 mg")),
    "Atorvastatin": Drug("C10", "ORAL", ("atorvastatin", "Lipitor")),
    "Levothyroxine": Drug("H03", "ORAL", ("levothyroxine", "Synthroid 75 mcg")),
    "Metformin": Drug("A10", "ORAL", ("metformin",)),
    "Famotidine": Drug("A02", "ORAL", ("famotidine", "Pepcid")),
    "Sertraline": Drug("N06", "ORAL", ("sertraline", "Zoloft")),
    "Denosumab": Drug("M05", "SUBCUTANEOUS", ("denosumab", "Prolia")),
    "Acetaminophen": Drug("N02", "ORAL", ("acetaminophen", "Tylenol", "acetaminophen prn")),
    "Cetirizine": Drug("R06", "ORAL", ("cetirizine",)),
    "Ondansetron": Drug("A04", "ORAL", ("ondansetron", "Zofran 8 mg")),
    "Loperamide": Drug("A07", "ORAL", ("loperamide", "Imodium")),
    "Senna": Drug("A06", "ORAL", ("senna",)),
    "Ibuprofen": Drug("M01", "ORAL", ("ibuprofen", "Advil")),
    "Potassium chloride": Drug("A12", "ORAL", ("potassium chloride", "KCl 20 mEq")),
    "Levofloxacin": Drug("J01", "ORAL", ("levofloxacin",)),
    "Filgrastim": Drug("L03", "SUBCUTANEOUS", ("filgrastim", "Neupogen")),
    "Hydrocortisone": Drug("D07", "TOPICAL", ("hydrocortisone cream",)),
    "Zolpidem": Drug("N05", "ORAL", ("zolpidem",)),
    "Venlafaxine": Drug("N06", "ORAL", ("venlafaxine",)),
    "Colecalciferol": Drug("A11", "ORAL", ("vitamin D3", "cholecalciferol 1000 IU")),
    "Calcium carbonate": Drug("A12", "ORAL", ("calcium carbonate", "Caltrate")),
}
FOR_EVENTS = {
    "Nausea": "Ondansetron",
    "Vomiting": "Ondansetron",
    "Diarrhea": "Loperamide",
    "Constipation": "Senna",
    "Arthralgia": "Ibuprofen",
    "Back pain": "Acetaminophen",
    "Headache": "Acetaminophen",
    "Hypokalemia": "Potassium chloride",
    "Lung infection": "Levofloxacin",
    "Febrile neutropenia": "Filgrastim",
    "Rash maculo-papular": "Hydrocortisone",
    "Insomnia": "Zolpidem",
    "Hot flashes": "Venlafaxine",
}
GENERAL = (
    ("Colecalciferol", "vitamin D deficiency prophylaxis"),
    ("Calcium carbonate", "bone health prophylaxis"),
    ("Ondansetron", "nausea prophylaxis"),
    ("Acetaminophen", "pain"),
)
FEWEST, MOST = 2, 6
Use = tuple[str, str, date | Partial, int | None]  # medication, indication, start, last day (None: goes on)


def record_medication(story: Story, conditions: list[Condition], stream: Stream) -> list[Record]:
    """Return cm: two to six medications a participant, partly with partial dates, partly still taken."""
    uses = _for_conditions(story, conditions, stream.child("conditions"))
    uses += _for_events(story, stream.child("events"))
    general = list(GENERAL)
    while len(uses) < FEWEST or (general and len(uses) < MOST and stream.chance(0.35)):
        name, why = general.pop(stream.integer(0, len(general) - 1))
        if name not in {use[0] for use in uses}:
            uses.append((name, why, story.person.on(-stream.integer(1, 200)), None))
    return [_use(story, use, number, stream.child(str(number))) for number, use in enumerate(uses[:MOST], start=1)]


def _for_conditions(story: Story, conditions: list[Condition], stream: Stream) -> list[Use]:
    uses = list[Use]()
    for item in (item for item in conditions if item.medications):
        name = stream.choice(item.medications)
        if name not in {use[0] for use in uses} and len(uses) < MOST - 2:
            begin = story.person.consent.replace(day=1, month=1).replace(year=story.person.consent.year - 1)
            year = begin.replace(year=begin.year - stream.integer(0, 7))
            month = year.replace(month=stream.integer(1, 12))
            start = Partial(month, True) if stream.chance(0.5) else Partial(year, False)
            uses.append((name, item.decod.lower(), start, None))
    return uses


def _for_events(story: Story, stream: Stream) -> list[Use]:
    uses = list[Use]()
    for event in story.events:
        name = FOR_EVENTS.get(event.decod)
        if name and len(uses) < 2 and name not in {use[0] for use in uses} and stream.chance(0.7):
            uses.append((name, event.term, story.person.on(event.start), _last(event, story)))
    return uses


def _last(event: Event, story: Story) -> int | None:
    """Return the last day of a treatment of an event, known at the cutoff."""
    known = min(day for day in (story.course.death, story.course.limit) if day is not None)
    return None if event.end is None or event.end > known else event.end


def _use(story: Story, use: Use, number: int, stream: Stream) -> Record:
    name, why, start, last = use
    drug = DRUGS[name]
    values: dict[str, object] = {"cmno": number, "trt": stream.choice(drug.words), "decod": name, "atc": drug.atc}
    values |= {"atctx": ATC[drug.atc], "indc": why, "stdtc": start, "route": drug.route}
    values |= {"endtc": None if last is None else story.person.on(last), "ongoing": "Y" if last is None else "N"}
    when = story.person.consent if isinstance(start, Partial) else max(start, story.person.consent)
    return Record("cm", LOGS, when, values)
