"""Physical examination with performance status, electrocardiogram and left ventricular ejection fraction."""

from crf2csr.simulate.model import Story
from crf2csr.simulate.schedule import END, SCREENING, Attended, attended
from crf2csr.simulate.spelling import Record
from crf2csr.simulate.streams import Stream

LVEF_INTERVAL, NEAREST = 84, 10  # days (lvef.interval_days), and how far the visit of the measurement may be from it
ECG_FOLDERS = (SCREENING, "Cycle 1 Day 15", "Cycle 2 Day 1", END)
FINDINGS = {
    "Liver": "hepatomegaly",
    "Lymph node": "palpable lymph nodes",
    "Breast": "breast mass",
    "Chest wall": "chest wall nodules",
    "Skin": "skin nodules",
    "Pleura": "reduced breath sounds at one base",
}


def record_examinations(story: Story, stream: Stream) -> list[Record]:
    """Return pe and card."""
    return [*_examinations(story, stream.child("pe")), *_cardiac(story, stream.child("card"))]


def _examinations(story: Story, stream: Stream) -> list[Record]:
    """Return an examination at screening, on day 1 of each cycle from the second and at the end of treatment."""
    visits = [visit for visit in attended(story) if visit.cycle != 1]
    ecog = stream.weighted(((0, 0.5), (1, 0.4), (2, 0.1)))
    organs = [reading.lesion.organ for reading in story.scans[0].targets]
    organs += [lesion.organ for lesion, _ in story.scans[0].others]
    finding = next((FINDINGS[organ] for organ in organs if organ in FINDINGS), "")
    seen, records = bool(finding) and stream.chance(0.6), []
    for visit in visits:
        ecog = ecog if visit.folder == SCREENING else _drift(ecog, visit, story, stream.child(visit.folder))
        when = story.person.on(visit.day)
        values: dict[str, object] = {"pedtc": when, "perslt": "ABNORMAL" if seen else "NORMAL", "ecog": ecog}
        records.append(Record("pe", visit.folder, when, values | {"pefind": finding if seen else ""}))
    return records


def _drift(ecog: int, visit: Attended, story: Story, stream: Stream) -> int:
    worse = 0.35 if visit.folder == END and story.course.reason == "PROGRESSIVE DISEASE" else 0.07
    if stream.chance(worse):
        return min(ecog + 1, 3)
    return max(ecog - 1, 0) if stream.chance(0.05) else ecog


def _cardiac(story: Story, stream: Stream) -> list[Record]:
    visits = attended(story)
    corrected = stream.integer(398, 432)
    records = [
        record
        for visit in visits
        if visit.folder in ECG_FOLDERS
        for record in _heart_trace(story, visit, corrected, stream.child("ecg", visit.folder))
    ]
    return records + _ejection(story, visits, stream.child("lvef"))


def _heart_trace(story: Story, visit: Attended, corrected: int, stream: Stream) -> list[Record]:
    interval = stream.integer(680, 1020)
    root = cube_root(interval / 1000.0)
    wanted = corrected + stream.integer(-10, 12) + (6 if visit.cycle else 0)
    duration = int(wanted * root + 0.5)
    results = (("QT", duration), ("RR", interval), ("QTCF", int(duration / root + 0.5)))
    return [_measurement(story, visit, code, result, ("ms", "12-LEAD ECG")) for code, result in results]


def cube_root(value: float) -> float:
    """Return the cube root by Newton's method: multiplication and division only, the same on every machine."""
    root = 1.0
    for _ in range(40):
        root = root - (root * root * root - value) / (3.0 * root * root)
    return root


def _ejection(story: Story, visits: list[Attended], stream: Stream) -> list[Record]:
    """Return the ejection fraction at screening and at the visit nearest to every twelfth week, by one method."""
    method = stream.weighted((("ECHOCARDIOGRAM", 0.75), ("MUGA", 0.25)))
    own = stream.integer(57, 67)
    chosen = [visits[0]]
    for due in range(LVEF_INTERVAL, visits[-1].day + NEAREST + 1, LVEF_INTERVAL):
        nearest = min(
            (visit for visit in visits if visit.first_day), key=lambda visit: (abs(visit.day - due), visit.day)
        )
        chosen += [nearest] if abs(nearest.day - due) <= NEAREST else []
    records = []
    for visit in chosen:
        percent = own + stream.child(visit.folder).integer(-3, 3) - (1 if visit.cycle else 0)
        records.append(_measurement(story, visit, "LVEF", percent, ("%", method)))
    return records


def _measurement(story: Story, visit: Attended, code: str, result: int, how: tuple[str, str]) -> Record:
    when = story.person.on(visit.day)
    values: dict[str, object] = {"cdtestcd": code, "cddtc": when, "cdorres": result, "cdorresu": how[0]}
    return Record("card", visit.folder, when, values | {"method": how[1]})
