"""Tumor growth and what the scans of a participant show."""

from dataclasses import replace
from datetime import timedelta

from crf2csr.simulate.model import SCAN_INTERVAL, Lesion, NewLesion, Participant, Plan, Reading, Scan
from crf2csr.simulate.streams import Stream, compound

ORGANS = (
    ("Liver", 3.0),
    ("Lung", 2.5),
    ("Lymph node", 2.5),
    ("Breast", 1.0),
    ("Chest wall", 0.8),
    ("Adrenal gland", 0.4),
)
OTHER_ORGANS = (("Bone", 4.0), ("Pleura", 1.5), ("Lymph node", 1.5), ("Peritoneum", 0.6), ("Skin", 0.6))
NEW_ORGANS = (("Brain", 2.0), ("Liver", 2.0), ("Lung", 1.0), ("Bone", 1.0))
UNPAIRED = ("Liver", "Bone", "Pleura", "Peritoneum", "Skin")
STATES = {"A": "ABSENT", "S": "TOO SMALL TO MEASURE", "N": "NOT EVALUATED"}
OTHER_STATES = {"P": "PRESENT", "A": "ABSENT", "U": "UNEQUIVOCAL PROGRESSION", "N": "NOT EVALUATED"}


def scan_tumors(person: Participant, plan: Plan, limit: int, stream: Stream) -> list[Scan]:
    """Return baseline and all scans of the calendar up to `limit` (day from first dose), whether attended or not.

    Size of a lesion = part that shrinks plus part that grows, each by a constant daily factor; the radiologist reads it
    with 3.5 % error and mostly in whole millimeters. Scans run every 63 days, within 7, by calendar
    (`tumor.interval_days`, `tumor.window_days`).
    """
    growth = plan.kinetics or _kinetics(stream.child("kinetics"))
    targets = _targets(plan, stream.child("targets"))
    others = [] if plan.no_baseline else _others(plan, stream.child("others"), bool(targets))
    fixed = plan.quiet or plan.targets is not None
    new = plan.new or (() if fixed else _new_lesions(growth, stream.child("new")))
    scans = []
    for visit in range(0, (limit + 7) // SCAN_INTERVAL + 1):
        day, later = _scan_day(person, plan, visit, stream.child("day", str(visit)))
        if day + later > limit:
            break
        burden = _burden(growth, max(day, 0))
        reader = stream.child("reading", str(visit))
        readings = tuple(
            part for index, item in enumerate(targets) for part in _read(item, index, visit, day, growth, plan, reader)
        )
        states = tuple((item[0], _state(item, visit, burden, plan, reader)) for item in others)
        seen = tuple(lesion for lesion in new if 0 < lesion.first_visit <= visit)
        scans.append(Scan(visit, day, later, readings, states, seen, _marker(plan, visit, stream)))
    return scans


def _kinetics(stream: Stream) -> tuple[float, float, float]:
    sensitive = min(max(stream.normal(0.52, 0.24), 0.04), 0.96)
    return sensitive, stream.spread(0.018, 0.35), stream.spread(0.0026, 0.4)


def _burden(growth: tuple[float, float, float], day: int) -> float:
    sensitive, kill, grow = growth
    return sensitive * compound(1.0 - kill, day) + (1.0 - sensitive) * compound(1.0 + grow, day)


def _scan_day(person: Participant, plan: Plan, visit: int, stream: Stream) -> tuple[int, int]:
    """Return the day of the first image and the delay of the last; scans are not made on Saturday or Sunday."""
    if visit in plan.scan_days:
        return plan.scan_days[visit], 0
    day = -stream.integer(4, 12) if visit == 0 else SCAN_INTERVAL * visit + stream.integer(-4, 3)
    weekday = (person.first_dose + timedelta(days=day)).weekday()
    day -= max(0, weekday - 4)
    weekday = min(weekday, 4)
    return day, stream.integer(1, 2) if weekday < 3 and stream.chance(0.25) else 0


def _targets(plan: Plan, stream: Stream) -> list[tuple[Lesion, list[str], float]]:
    """Return lesions with their authored values (empty: model) and the true baseline size in millimeters."""
    if plan.targets is not None:
        return [
            (_lesion(f"T{number}", organ, side, node, plan, stream), values.split(), 0.0)
            for number, (organ, side, node, values) in enumerate(plan.targets, start=1)
        ]
    lesions: list[tuple[Lesion, list[str], float]] = []
    count = stream.weighted(((1, 0.25), (2, 0.35), (3, 0.25), (4, 0.15))) if plan.measurable else 0
    while len(lesions) < count:
        organ = stream.weighted(ORGANS)
        if sum(lesion.organ == organ for lesion, _, _ in lesions) < 2:  # at most two of one organ (RECIST 1.1 4.2)
            node = organ == "Lymph node"
            side = "" if organ in UNPAIRED else stream.choice(("LEFT", "RIGHT"))
            size = stream.uniform(17, 30) if node else 12 + 40 * stream.uniform() * stream.uniform(0.4, 1.0)
            lesions.append((_lesion(f"T{len(lesions) + 1}", organ, side, node, plan, stream), [], size))
    return lesions


def _lesion(code: str, organ: str, side: str, node: bool, plan: Plan, stream: Stream) -> Lesion:
    magnetic = organ in ("Liver", "Breast") and stream.chance(0.15)
    return Lesion(code, organ, side or "NA", node, "MRI" if magnetic else "CT SCAN", plan.thickness)


def _others(plan: Plan, stream: Stream, measurable: bool) -> list[tuple[Lesion, str]]:
    if plan.others is not None:
        drawn = [(organ, node, letters) for organ, node, letters in plan.others]
    else:
        count = stream.integer(0, 2) if measurable else stream.integer(1, 3)
        organs = [stream.weighted(OTHER_ORGANS) for _ in range(count)]
        drawn = [(organ, organ == "Lymph node", "") for organ in dict.fromkeys(organs)]
    return [
        (Lesion(f"NT{number}", organ, "", node), letters)
        for number, (organ, node, letters) in enumerate(drawn, start=1)
    ]


def _new_lesions(growth: tuple[float, float, float], stream: Stream) -> tuple[NewLesion, ...]:
    """Draw whether a new lesion appears, more often when the tumor grows; one lesion is enough for progression."""
    for visit in range(1, 30):
        growing = _burden(growth, SCAN_INTERVAL * visit) > _burden(growth, SCAN_INTERVAL * (visit - 1)) * 1.05
        if stream.chance(0.12 if growing else 0.03):
            return (NewLesion(visit, stream.weighted(NEW_ORGANS), size=str(stream.integer(6, 19))),)
    return ()


def _read(
    item: tuple[Lesion, list[str], float],
    index: int,
    visit: int,
    day: int,
    growth: tuple[float, float, float],
    plan: Plan,
    reader: Stream,
) -> list[Reading]:
    lesion, values, size = item
    if plan.no_baseline:
        return []
    if plan.targets is not None:
        return _authored(lesion, values[min(visit, len(values) - 1)])
    stream = reader.child(str(index))
    if visit and not plan.quiet and stream.chance(0.02):
        return [Reading(lesion, None, "NOT EVALUATED")]
    return [
        _measured(lesion, size, _burden(growth, max(day, 0)) * (1.0 + 0.06 * (index % 3 - 1) * (visit > 0)), stream)
    ]


def _authored(lesion: Lesion, value: str) -> list[Reading]:
    if value in STATES:
        return [Reading(lesion, None, STATES[value])]
    if value.startswith("M"):
        return [Reading(lesion, None, "MERGED", f"T{value[1:]}")]
    if value.startswith("X"):
        fragments = enumerate(value[1:].split("+"))
        parts = [
            Reading(replace(lesion, code=lesion.code + "AB"[place]), hundredths(part), "", lesion.code)
            for place, part in fragments
        ]
        return [Reading(lesion, None, "SPLIT"), *parts]
    return [Reading(lesion, hundredths(value))]


def hundredths(text: str) -> int:
    """Return a decimal text in hundredths, exactly."""
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


def _measured(lesion: Lesion, size: float, burden: float, stream: Stream) -> Reading:
    true = 4.0 + (size - 4.0) * burden if lesion.node else size * burden
    seen = true * (1.0 + stream.normal(0.0, 0.035))
    if not lesion.node and seen < 1.5:
        return Reading(lesion, None, "ABSENT")
    if seen < 4.5 and stream.chance(0.7):
        return Reading(lesion, None, "TOO SMALL TO MEASURE")
    step = stream.weighted(((100, 0.8), (50, 0.14), (10, 0.06)))
    return Reading(lesion, max(step, int(seen * 100 / step + 0.5) * step))


def _state(item: tuple[Lesion, str], visit: int, burden: float, plan: Plan, reader: Stream) -> str:
    lesion, letters = item
    if letters:
        return OTHER_STATES[letters[min(visit, len(letters) - 1)]]
    stream = reader.child(lesion.code)
    if visit == 0:
        return "PRESENT"
    if burden > (1.7 if plan.measurable else 1.3) or (not plan.quiet and stream.chance(0.03)):
        return "UNEQUIVOCAL PROGRESSION"
    return "ABSENT" if burden < 0.12 else "PRESENT"


def _marker(plan: Plan, visit: int, stream: Stream) -> str:
    if plan.markers:
        return "NORMAL" if plan.markers[min(visit, len(plan.markers) - 1)] == "N" else "ABNORMAL"
    followed = stream.child("marker").chance(0.2) and plan.targets is None
    return "NORMAL" if followed else "NOT DONE"
