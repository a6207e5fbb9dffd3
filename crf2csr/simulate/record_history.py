"""What was before: disease history, prior cancer therapy and medical history.

Everything is dated from the first dose backwards: initial diagnosis, local treatment and its drugs, metastatic
diagnosis, treatment lines, consent. Codes of conditions are made up, as those of the adverse events.
"""

from datetime import timedelta
from typing import NamedTuple

from crf2csr.simulate.events import NEUROPATHY
from crf2csr.simulate.model import Story
from crf2csr.simulate.record import LOGS
from crf2csr.simulate.spelling import Partial, Record
from crf2csr.simulate.streams import Stream

SITES = {
    "Bone": "BONE",
    "Liver": "LIVER",
    "Lung": "LUNG",
    "Lymph node": "LYMPH NODE",
    "Skin": "SKIN OR CHEST WALL",
    "Chest wall": "SKIN OR CHEST WALL",
}
LAST_BEFORE = 28  # days between the last prior therapy and the first dose, at least
TAXANES = (("TAXANE", "Paclitaxel"), ("TAXANE", "Docetaxel"))
LATER_LINES = (
    ("OTHER CHEMOTHERAPY", "Capecitabine"),
    ("OTHER CHEMOTHERAPY", "Vinorelbine"),
    ("SERD", "Fulvestrant"),
    ("OTHER ANTI-HER2", "Lapatinib"),
    ("AROMATASE INHIBITOR", "Exemestane"),
)


class Condition(NamedTuple):
    """A condition: words of the sites, preferred term, class, code, how often, medication taken for it."""

    words: tuple[str, ...]
    decod: str
    soc: str
    code: str
    weight: float
    medications: tuple[str, ...] = ()


_METABOLISM, _VESSELS = "Metabolism and nutrition disorders", "Vascular disorders"
CONDITIONS = (
    Condition(
        ("hypertension", "high blood pressure", "HTN"),
        "Hypertension",
        _VESSELS,
        "90000201",
        4,
        ("Lisinopril", "Amlodipine"),
    ),
    Condition(("hyperlipidemia", "high cholesterol"), "Hyperlipidemia", _METABOLISM, "90000202", 3, ("Atorvastatin",)),
    Condition(("hypothyroidism",), "Hypothyroidism", "Endocrine disorders", "90000203", 2, ("Levothyroxine",)),
    Condition(
        ("type 2 diabetes", "diabetes mellitus type II"),
        "Type 2 diabetes mellitus",
        _METABOLISM,
        "90000204",
        1.5,
        ("Metformin",),
    ),
    Condition(
        ("GERD", "acid reflux"),
        "Gastroesophageal reflux disease",
        "Gastrointestinal disorders",
        "90000205",
        2.5,
        ("Famotidine",),
    ),
    Condition(("depression",), "Depression", "Psychiatric disorders", "90000206", 2, ("Sertraline",)),
    Condition(("anxiety",), "Anxiety", "Psychiatric disorders", "90000207", 1.5, ("Sertraline",)),
    Condition(
        ("osteoporosis",),
        "Osteoporosis",
        "Musculoskeletal and connective tissue disorders",
        "90000208",
        2,
        ("Denosumab",),
    ),
    Condition(
        ("osteoarthritis of knees", "osteoarthritis"),
        "Osteoarthritis",
        "Musculoskeletal and connective tissue disorders",
        "90000209",
        2,
        ("Acetaminophen",),
    ),
    Condition(("seasonal allergies",), "Seasonal allergy", "Immune system disorders", "90000210", 2, ("Cetirizine",)),
    Condition(("numb fingertips since taxane",), NEUROPATHY, "Nervous system disorders", "90000115", 1.5),
    Condition(("migraine",), "Migraine", "Nervous system disorders", "90000211", 1),
    Condition(
        ("gallbladder removed", "cholecystectomy"), "Cholecystectomy", "Surgical and medical procedures", "90000212", 2
    ),
    Condition(("hysterectomy",), "Hysterectomy", "Surgical and medical procedures", "90000213", 2),
    Condition(("appendectomy",), "Appendectomy", "Surgical and medical procedures", "90000214", 1),
)
PROCEDURES = "Surgical and medical procedures"


class Treatment(NamedTuple):
    """A prior therapy; days from the first dose."""

    kind: str
    group: str
    agent: str
    setting: str
    start: int
    end: int
    line: int = 0
    response: str = "NOT APPLICABLE"


def record_history(story: Story, conditions: list[Condition], stream: Stream) -> list[Record]:
    """Return dxh, ptx and mh; `conditions` are those of `draw_conditions`."""
    metastatic = -stream.child("metastatic").integer(260, 1250)
    early = stream.child("stage").chance(0.72)
    initial = metastatic - stream.child("initial").integer(760, 3300) if early else metastatic
    therapies = [*(_adjuvant(initial, metastatic, stream.child("adjuvant")) if early else [])]
    therapies += _lines(metastatic, stream.child("lines"))
    therapies.sort(key=lambda item: (item.start, item.agent))
    records = [_disease(story, initial, metastatic, stream.child("dxh"))]
    records += [_prior(story, item, number) for number, item in enumerate(therapies, start=1)]
    return records + _conditions(story, conditions, stream.child("mh"))


def _disease(story: Story, initial: int, metastatic: int, stream: Stream) -> Record:
    early = initial < metastatic
    stage = stream.weighted((("I", 0.2), ("II", 0.45), ("III", 0.35))) if early else "IV"
    scan = story.scans[0]
    organs = [*(reading.lesion.organ for reading in scan.targets), *(lesion.organ for lesion, _ in scan.others)]
    sites = tuple(sorted({SITES.get(organ, "OTHER") for organ in organs})) or ("BONE", "LIVER")
    strong = stream.chance(0.75)
    values: dict[str, object] = {
        "indxdtc": _remembered(story, initial, stream.child("date")) if early else story.person.on(initial),
        "metdtc": story.person.on(metastatic),
        "stage": stage,
        "histol": stream.weighted((("DUCTAL", 0.85), ("LOBULAR", 0.08), ("MIXED", 0.05), ("OTHER", 0.02))),
        "erpct": stream.integer(2, 20) * 5,
        "pgrpct": stream.integer(0, 18) * 5,
        "her2ihc": "3+" if strong else "2+",
        "her2ish": stream.weighted((("NOT DONE", 0.7), ("POSITIVE", 0.3))) if strong else "POSITIVE",
        "metsites": sites,
        "brainmet": "N",
    }
    return Record("dxh", "Screening", story.person.consent, values)


def _remembered(story: Story, day: int, stream: Stream) -> object:
    """Return a date long ago: complete, without its day, or the year alone."""
    known, when = stream.uniform(), story.person.on(day)
    if known < 0.7:
        return when
    return Partial(when.replace(day=1), True) if known < 0.9 else Partial(when.replace(month=1, day=1), False)


def _adjuvant(initial: int, metastatic: int, stream: Stream) -> list[Treatment]:
    """Return surgery, drugs and radiotherapy of the first disease; all end before the metastatic diagnosis."""
    before = stream.chance(0.3)
    setting, surgery = ("NEOADJUVANT", initial + 190) if before else ("ADJUVANT", initial + stream.integer(20, 40))
    drugs = initial + 20 if before else surgery + 35
    operation = stream.choice(("Mastectomy", "Lumpectomy with sentinel node biopsy"))
    given = [Treatment("SURGERY", "SURGERY", operation, setting if not before else "ADJUVANT", surgery, surgery)]
    taxane = stream.choice(("Docetaxel", "Paclitaxel"))
    given.append(Treatment("SYSTEMIC", "TAXANE", taxane, setting, drugs, drugs + 110))
    given.append(Treatment("SYSTEMIC", "TRASTUZUMAB", "Trastuzumab", setting, drugs, drugs + 364))
    if stream.chance(0.35):
        given.append(Treatment("SYSTEMIC", "PERTUZUMAB", "Pertuzumab", setting, drugs, drugs + 126))
    if stream.chance(0.6):
        start = max(surgery, drugs + 110) + 40
        given.append(Treatment("RADIOTHERAPY", "RADIOTHERAPY", "breast 50 Gy", "ADJUVANT", start, start + 35))
    hormone = stream.choice((("AROMATASE INHIBITOR", "Anastrozole"), ("SERM", "Tamoxifen")))
    start = max(surgery, drugs + 110) + 80
    end = min(start + 1825, metastatic - 5)
    given.append(Treatment("SYSTEMIC", hormone[0], hormone[1], "ADJUVANT", start, end))
    return given


def _lines(metastatic: int, stream: Stream) -> list[Treatment]:
    """Return one to three lines of metastatic disease: taxane with antibodies first, other drugs later."""
    first, last = metastatic + 18, -LAST_BEFORE - stream.integer(0, 12)
    count = 1 if last - first < 300 else stream.integer(1, 3)
    length = (last - first) // count
    given, others = list[Treatment](), list(LATER_LINES)
    for line in range(1, count + 1):
        start, end = first + (line - 1) * length, first + line * length - 7
        response = stream.weighted((("PR", 0.4), ("SD", 0.35), ("PD", 0.15), ("CR", 0.1)))
        drugs = _first_line(stream) if line == 1 else _later_line(others, stream)
        for group, agent in drugs:
            until = min(end, start + 150) if group == "TAXANE" else end
            given.append(Treatment("SYSTEMIC", group, agent, "METASTATIC", start, until, line, response))
    if stream.chance(0.3):
        given.append(Treatment("RADIOTHERAPY", "RADIOTHERAPY", "bone 8 Gy", "METASTATIC", first + 5, first + 5))
    return given


def _first_line(stream: Stream) -> list[tuple[str, str]]:
    drugs = [stream.choice(TAXANES), ("TRASTUZUMAB", "Trastuzumab")]
    return [*drugs, ("PERTUZUMAB", "Pertuzumab")] if stream.chance(0.8) else drugs


def _later_line(others: list[tuple[str, str]], stream: Stream) -> list[tuple[str, str]]:
    """Return a drug that was not given yet (it leaves `others`) with trastuzumab."""
    return [others.pop(stream.integer(0, len(others) - 1)), ("TRASTUZUMAB", "Trastuzumab")]


def _prior(story: Story, item: Treatment, number: int) -> Record:
    values: dict[str, object] = {"ptxno": number, "kind": item.kind, "class": item.group, "agent": item.agent}
    values |= {"line": item.line or "-98", "setting": item.setting, "bestresp": item.response}
    values |= {"stdtc": story.person.on(item.start), "endtc": story.person.on(item.end)}
    return Record("ptx", LOGS, story.person.consent, values)


def draw_conditions(stream: Stream) -> list[Condition]:
    """Return one to five different conditions."""
    pool, drawn = [(item, item.weight) for item in CONDITIONS], list[Condition]()
    for _ in range(stream.integer(1, 5)):
        drawn.append(stream.weighted(pool))
        pool = [entry for entry in pool if entry[0] != drawn[-1]]
    return drawn


def _conditions(story: Story, conditions: list[Condition], stream: Stream) -> list[Record]:
    """Return mh: long-standing conditions mostly go on, procedures are over."""
    records = []
    for number, item in enumerate(conditions, start=1):
        drawn = stream.child(item.decod)
        ago = drawn.integer(40, 150) if item.decod == NEUROPATHY else drawn.integer(200, 4500)  # after a taxane
        start = story.person.day_of(story.person.consent) - ago
        over = item.soc == PROCEDURES
        values: dict[str, object] = {"mhno": number, "term": drawn.choice(item.words), "decod": item.decod}
        values |= {"bodsys": item.soc, "ptcd": item.code, "ongoing": "N" if over else "Y"}
        values["stdtc"] = story.person.on(start) if ago <= 150 else _remembered(story, start, drawn.child("date"))
        if over:
            values["endtc"] = values["stdtc"]
        else:
            values["grade"] = "-99" if drawn.chance(0.05) else drawn.weighted(((1, 0.6), (2, 0.4)))
        records.append(Record("mh", LOGS, story.person.consent + timedelta(days=1), values))
    return records
