"""From the scans of one participant to the records on the tumor, response and therapy forms."""

from datetime import date

from crf2csr.simulate.model import Lesion, NewLesion, Reading, Scan, Story
from crf2csr.simulate.record import LOGS
from crf2csr.simulate.spelling import Record
from crf2csr.simulate.streams import Stream

AGENTS = (
    ("HER2 targeted", "Tucatinib"),
    ("HER2 targeted", "Trastuzumab deruxtecan"),
    ("Chemotherapy", "Capecitabine"),
    ("Chemotherapy", "Vinorelbine"),
    ("Hormonal", "Fulvestrant"),
)


def record_tumor(story: Story, stream: Stream) -> list[Record]:
    """Return tl, ntl, nl and rs of the attended visits and act of what followed."""
    records = []
    if not story.plan.no_baseline:
        records += [*_targets(story, story.scans[0]), *_others(story, story.scans[0])]
    for visit in (*story.course.visits, *story.course.late_visits):
        scan = story.scans[visit]
        records += [*_targets(story, scan), *_others(story, scan)]
        records += [] if visit in story.plan.no_new_form else _new(story, scan)
        records.append(_response(story, scan))
    return records + _therapies(story, stream)


def folder_of(visit: int) -> str:
    """Return the folder of a tumor assessment; baseline is part of screening."""
    return f"Tumor assessment {visit}" if visit else "Screening"


def _targets(story: Story, scan: Scan) -> list[Record]:
    day = story.person.on(scan.day)
    return [
        Record("tl", folder_of(scan.visit), day, _target(story, reading, day))
        for reading in scan.targets
        if not story.plan.no_baseline
    ]


def _target(story: Story, reading: Reading, day: date) -> dict[str, object]:
    lesion = reading.lesion
    values: dict[str, object] = {"lesion": lesion.code, "parent": reading.parent, "organ": lesion.organ}
    values |= {"side": lesion.side, "nodal": "Y" if lesion.node else "N", "method": lesion.method, "dtc": day}
    values |= {"slice": lesion.thickness, "state": reading.state}
    if reading.size is not None:
        values |= {"diameter": plain(reading.size), "unit": "mm"}
    return values


def plain(hundredths: int) -> str:
    """Return a number of hundredths as decimal text without trailing zeros."""
    return f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".")


def _others(story: Story, scan: Scan) -> list[Record]:
    day = story.person.on(scan.last_day)
    return [
        Record("ntl", folder_of(scan.visit), day, _other(lesion, state, day))
        for lesion, state in scan.others
        if not story.plan.no_baseline
    ]


def _other(lesion: Lesion, state: str, day: date) -> dict[str, object]:
    values: dict[str, object] = {"lesion": lesion.code, "organ": lesion.organ, "nodal": "Y" if lesion.node else "N"}
    return values | {"method": lesion.method, "dtc": day, "state": state}


def _new(story: Story, scan: Scan) -> list[Record]:
    """Return one record a new lesion (with the date of its first sighting), or one that says there is none."""
    day = story.person.on(scan.last_day)
    if not scan.new:
        return [Record("nl", folder_of(scan.visit), day, {"present": "N", "dtc": day})]
    return [
        Record("nl", folder_of(scan.visit), day, _new_lesion(story, lesion, f"NL{number}", scan.visit))
        for number, lesion in enumerate(scan.new, start=1)
    ]


def _new_lesion(story: Story, lesion: NewLesion, code: str, visit: int) -> dict[str, object]:
    confirmed = 0 < lesion.confirmed_visit <= visit
    first = story.person.on(story.scans[lesion.first_visit].last_day)
    size = str(2 * int(lesion.size)) if confirmed else lesion.size
    values: dict[str, object] = {"lesion": code, "present": "Y", "dtc": first, "organ": lesion.organ, "size": size}
    return values | {
        "nodal": "Y" if lesion.node else "N",
        "certainty": "UNEQUIVOCAL" if confirmed else lesion.certainty,
    }


def _response(story: Story, scan: Scan) -> Record:
    opinion = story.opinions[scan.visit - 1]
    day = story.person.on(scan.day if opinion.overall == "PD" else scan.last_day)
    values: dict[str, object] = {"dtc": day, "target": opinion.target, "nontarget": opinion.nontarget}
    return Record("rs", folder_of(scan.visit), day, values | {"overall": opinion.overall, "marker": scan.marker})


def _therapies(story: Story, stream: Stream) -> list[Record]:
    person, records = story.person, []
    if story.plan.radiotherapy is not None:
        day, lesions = story.plan.radiotherapy
        start = person.on(day)
        values: dict[str, object] = {"actno": 1, "kind": "RADIOTHERAPY", "agent": "external beam 20 Gy in 5 fractions"}
        records.append(
            Record("act", LOGS, start, values | {"stdtc": start, "endtc": person.on(day + 4), "lesions": lesions})
        )
    if story.course.therapy is not None:
        group, agent = stream.choice(AGENTS)
        start = person.on(story.course.therapy)
        ended = person.on(story.course.therapy + 90) if _long_before_the_end(story) else None
        values = {"actno": len(records) + 1, "kind": "SYSTEMIC", "class": group, "agent": agent}
        records.append(Record("act", LOGS, start, values | {"stdtc": start, "endtc": ended}))
    return records


def _long_before_the_end(story: Story) -> bool:
    course = story.course
    last = min(day for day in (course.death, course.off_study and course.off_study[0], course.limit) if day is not None)
    return (course.therapy or 0) + 120 < last
