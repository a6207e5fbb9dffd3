"""What participants report: PROMIS 4a short forms and the BCPT symptom checklist.

T-scores of the participants are about 50 (SD 10) at baseline, fatigue rises by 4 points until cycle 4, and 85 % of the
forms are filled in, fewer later on: assumptions of the demonstration. CURVES are T-scores of raw sums 4 to 20 in whole
points (PROMIS 4a scoring tables of HealthMeasures, rounded); they only place the answers, no score is computed here.
"""

from crf2csr.simulate.model import Story
from crf2csr.simulate.schedule import END, Attended, attended
from crf2csr.simulate.spelling import Record
from crf2csr.simulate.streams import Stream, exponential

CURVES = {
    "ANXIETY": (40, 48, 51, 54, 56, 58, 60, 61, 63, 65, 67, 69, 71, 73, 75, 78, 82),
    "DEPRESSION": (41, 49, 52, 54, 56, 57, 59, 61, 62, 64, 66, 68, 69, 71, 73, 76, 79),
    "FATIGUE": (34, 40, 43, 46, 49, 51, 53, 55, 57, 59, 61, 63, 65, 67, 69, 72, 76),
    "SLEEP DISTURBANCE": (32, 38, 41, 44, 46, 48, 51, 52, 54, 56, 58, 60, 62, 64, 66, 69, 73),
    "PAIN INTERFERENCE": (42, 50, 52, 54, 56, 57, 59, 60, 61, 63, 64, 65, 67, 68, 70, 72, 76),
    "PHYSICAL FUNCTION": (23, 27, 29, 31, 32, 33, 34, 36, 37, 38, 39, 41, 42, 44, 46, 48, 57),
    "SOCIAL ROLES": (28, 32, 34, 36, 37, 39, 41, 42, 44, 46, 48, 50, 52, 54, 56, 58, 64),
}
DRIFT = {"FATIGUE": 1.34, "PHYSICAL FUNCTION": -0.5, "SOCIAL ROLES": -0.5}  # T points a cycle, until the fourth
HIGH_IS_GOOD = ("PHYSICAL FUNCTION", "SOCIAL ROLES")
VERSIONS = {"PHYSICAL FUNCTION": "v2.0", "SOCIAL ROLES": "v2.0"}  # the others are v1.0
ITEMS, LEAST, MOST = 4, 1, 5
CHECKLIST = tuple(f"BCPT{number:02d}" for number in range(1, 19))
TOP = 4
REASONS = ("patient too ill", "not offered by site", "patient refused", "left before completing")
NOT_ANSWERED = "-99"


def record_reports(story: Story, stream: Stream) -> list[Record]:
    """Return promis and bcpt at day 1 of each cycle and at the end of treatment."""
    visits = [visit for visit in attended(story) if visit.first_day or visit.folder == END]
    common = stream.normal()
    own = {name: 0.6 * common + 0.8 * stream.child(name).normal() for name in CURVES}
    rates = {item: stream.child(item).spread(0.6, 0.6) for item in CHECKLIST}
    records = []
    for place, visit in enumerate(visits):
        drawn = stream.child(visit.folder)
        state = _completion(place, drawn.child("completion"))
        records += [record for name in CURVES for record in _short_form(story, visit, name, own[name], state, drawn)]
        records += _checklist(story, visit, rates, state, drawn.child("bcpt"))
    return records


def _completion(place: int, stream: Stream) -> str:
    """Return `done`, `absent` (no records) or the reason why nothing was filled in; completion falls by visit."""
    if stream.chance(max(0.96 - 0.02 * place, 0.6)):
        return "done"
    return stream.choice(REASONS) if stream.chance(0.6) else "absent"


def _short_form(story: Story, visit: Attended, name: str, own: float, state: str, stream: Stream) -> list[Record]:
    drawn = stream.child(name)
    if state == "done" and drawn.chance(0.015):
        state = REASONS[3]
    answers = _answers(name, _score(name, own, visit, story, drawn), drawn)
    keys = [{"instr": name, "item": item, "version": VERSIONS.get(name, "v1.0")} for item in range(1, ITEMS + 1)]
    return _items("promis", story, visit, list(zip(keys, answers, strict=True)), (state, stream))


def _score(name: str, own: float, visit: Attended, story: Story, stream: Stream) -> float:
    """Return the T-score that the answers of a visit aim at; `own` is how burdened the participant is (SD 1)."""
    cycles = min(visit.cycle or len(story.cycle_days), 4) - 1
    burden = -own if name in HIGH_IS_GOOD else own
    noise = stream.normal(0.0, 2.5) if visit.day > 0 else 0.0
    return 50.0 + 10.0 * burden + DRIFT.get(name, 0.1) * cycles + noise


def _answers(name: str, score: float, stream: Stream) -> list[int]:
    """Return four answers of which the sum has the T-score nearest to `score`."""
    total = min(range(len(CURVES[name])), key=lambda place: (abs(CURVES[name][place] - score), place)) + ITEMS * LEAST
    answers = [total // ITEMS + (item < total % ITEMS) for item in range(ITEMS)]
    turn = stream.integer(0, ITEMS - 1)
    answers = answers[turn:] + answers[:turn]
    if stream.chance(0.5) and answers[0] > LEAST and answers[2] < MOST:
        answers[0], answers[2] = answers[0] - 1, answers[2] + 1
    return answers


def _checklist(story: Story, visit: Attended, rates: dict[str, float], state: str, stream: Stream) -> list[Record]:
    growth = 1.0 + 0.06 * (min(visit.cycle or 6, 6) - 1)
    drawn = stream.child("answers")
    answers = [_poisson(rates[item] * growth, drawn) for item in CHECKLIST]
    keys: list[dict[str, object]] = [{"item": item} for item in CHECKLIST]
    return _items("bcpt", story, visit, list(zip(keys, answers, strict=True)), (state, stream))


def _poisson(rate: float, stream: Stream) -> int:
    """Return a Poisson number, four at most."""
    limit, product, count = exponential(-rate), stream.uniform(), 0
    while product > limit and count < TOP:
        product *= stream.uniform()
        count += 1
    return count


def _items(
    form: str,
    story: Story,
    visit: Attended,
    answered: list[tuple[dict[str, object], int]],
    how: tuple[str, Stream],
) -> list[Record]:
    state, stream = how
    if state == "absent":
        return []
    early = visit.day > 0 and stream.child("early").chance(0.1)
    when = story.person.on(visit.day - early)
    gaps, records = stream.child("left out", form, *map(str, answered[0][0].values())), list[Record]()
    for key, answer in answered:
        if state != "done":
            records.append(Record(form, visit.folder, when, key | {"notdone": "Y", "reasnd": state}))
            continue
        value = NOT_ANSWERED if gaps.chance(0.004) else answer
        records.append(Record(form, visit.folder, when, key | {"qsdtc": when, "answer": value, "notdone": "N"}))
    return records
