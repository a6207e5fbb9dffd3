"""From the truth of one participant to the records on the person, visit and follow-up forms."""

from datetime import date, timedelta

from crf2csr.simulate.course import contacts
from crf2csr.simulate.model import DRUGS, TDM1, Participant, Story
from crf2csr.simulate.spelling import Record
from crf2csr.simulate.streams import Stream

INCLUSION = tuple(f"INC{number:02d}" for number in range(1, 10))
EXCLUSION = tuple(f"EXC{number:02d}" for number in range(1, 9))
LOGS = "Not applicable"
RACE_SHARES = ((("WHITE",), 0.76), (("BLACK OR AFRICAN AMERICAN",), 0.12), (("ASIAN",), 0.05), (("OTHER",), 0.04))
MIXED_RACE = ("AMERICAN INDIAN OR ALASKA NATIVE", "WHITE")


def record_person(person: Participant, stream: Stream) -> list[Record]:
    """Return dm, ie and enr; a screen failure misses one criterion and ends the study before enrollment."""
    failed = stream.choice(("INC04", "INC07", "EXC03", "EXC05")) if person.position == 0 else ""
    records = [Record("dm", "Screening", person.consent, _demographics(person, stream.child("dm")))]
    for code in (*INCLUSION, *EXCLUSION):
        met = (code in INCLUSION) != (code == failed)
        records.append(Record("ie", "Screening", person.consent, {"ietestcd": code, "ieorres": "Y" if met else "N"}))
    if person.position == 0:
        ended = person.consent + timedelta(days=stream.integer(5, 13))
        records.append(Record("eos", LOGS, ended, {"eosdtc": ended, "reason": "SCREEN FAILURE"}))
        return records
    return records + _enrollments(person, stream.child("enr"))


def _demographics(person: Participant, stream: Stream) -> dict[str, object]:
    age = min(79, max(46, int(stream.normal(60, 8))))
    born = date(person.consent.year - age, stream.integer(1, 12), stream.integer(1, 28))
    race = stream.weighted((*RACE_SHARES, (MIXED_RACE, 0.03)))
    ethnic = stream.weighted((("NOT HISPANIC OR LATINO", 0.9), ("HISPANIC OR LATINO", 0.08), ("NOT REPORTED", 0.02)))
    clock = stream.integer(8 * 60, 16 * 60)
    return {
        "brthdtc": born,
        "sex": "F",
        "race": race,
        "ethnic": ethnic,
        "icdtc": person.consent,
        "ictm": clock_text(clock),
        "menopaus": "POSTMENOPAUSAL",
    }


def clock_text(minutes: int) -> str:
    """Return minutes since midnight as hh:mm."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _enrollments(person: Participant, stream: Stream) -> list[Record]:
    again = "Y" if person.again_on else "N"
    first = person.on(-stream.integer(1, 3))
    values: dict[str, object] = {"enrno": 1, "enrdtc": first, "phase": person.phase, "level": person.level}
    values |= {"cohort": person.cohort or None, "slot": person.order, "again": again}
    records = [Record("enr", "Screening", first, values)]
    if person.again_on:
        second: dict[str, object] = {"enrno": 2, "enrdtc": person.again_on, "phase": "II", "level": person.level}
        records.append(Record("enr", LOGS, person.again_on, second | {"again": "Y"}))
    return records


def record_visits(story: Story, stream: Stream) -> list[Record]:
    """Return sv and vs for every visit of the calendar up to what was known at the cutoff."""
    person, course = story.person, story.course
    records = [_visit("Screening", person.on(story.scans[0].day)), *_vitals(story, "Screening", -3, stream)]
    for number, start in enumerate(story.cycle_days, start=1):
        records += [
            _visit(f"Cycle {number} Day 1", person.on(start)),
            *_vitals(story, f"Cycle {number} Day 1", start, stream),
        ]
        if number == 1:
            end = course.last_day if course.last_day is not None else course.limit
            records += [_visit(f"Cycle 1 Day {day}", person.on(day - 1)) for day in (8, 15) if day - 1 <= end]
    records += [_tumor_visit(story, scan.visit) for scan in story.scans[1:] if _planned(story, scan.visit)]
    records += [_visit(folder, person.on(day)) for folder, day in closing_visits(story)]
    return records + [
        _visit(f"Follow-up {number}", person.on(day))
        for number, (day, status) in enumerate(contacts(course), start=1)
        if status == "ALIVE"
    ]


def _visit(folder: str, day: date, reason: str = "") -> Record:
    values: dict[str, object] = {"svdtc": None if reason else day, "svdone": "N" if reason else "Y", "svreas": reason}
    return Record("sv", folder, day, values)


def _planned(story: Story, visit: int) -> bool:
    """Attended, or missed before the last planned visit of a participant still in the study."""
    last = min(day for day in (story.course.death, story.course.limit) if day is not None)
    attended = (*story.course.visits, *story.course.late_visits)
    return visit in attended or (visit in story.plan.missed and visit < 10 and story.scans[visit].last_day < last)


def _tumor_visit(story: Story, visit: int) -> Record:
    day = story.person.on(story.scans[visit].day)
    missed = visit in story.plan.missed
    reason = "subject too ill to travel" if missed else ""
    return _visit(f"Tumor assessment {visit}", day, reason)


def closing_visits(story: Story) -> list[tuple[str, int]]:
    """Return folder and day of the end-of-treatment and the safety visit, if they were made."""
    course = story.course
    if course.last_day is None or course.reason == "DEATH":
        return []
    until = min(
        day for day in (course.off_study and course.off_study[0], course.death, course.limit) if day is not None
    )
    planned = [("End of treatment", course.last_day + 1)]
    if course.reason != "WITHDRAWAL BY SUBJECT":
        planned.append(("Safety follow-up", course.last_day + 30))
    return [(folder, day) for folder, day in planned if day < until]


def _vitals(story: Story, folder: str, day: int, stream: Stream) -> list[Record]:
    drawn = stream.child("vs", folder)
    cycle = 0 if folder == "Screening" else int(folder.split()[1]) - 1
    results = [("WEIGHT", tenths(story.weights[cycle]), "kg")]
    results += [("HEIGHT", str(drawn.integer(152, 176)), "cm")] if folder == "Screening" else []
    results += [("SYSBP", str(drawn.integer(105, 150)), "mmHg"), ("DIABP", str(drawn.integer(60, 90)), "mmHg")]
    results += [("PULSE", str(drawn.integer(58, 98)), "/min"), ("TEMP", tenths(drawn.integer(361, 374)), "C")]
    when = story.person.on(day)
    return [
        Record("vs", folder, when, {"vstestcd": test, "vsdtc": when, "vsorres": result, "vsorresu": unit})
        for test, result, unit in results
    ]


def tenths(value: int) -> str:
    """Return a number of tenths as decimal text."""
    return f"{value // 10}.{value % 10}"


def record_end(story: Story) -> list[Record]:
    """Return eot, eos and fu."""
    return [*_ends_of_treatment(story), *_end_of_study(story), *_follow_up(story)]


def _last_doses(story: Story) -> dict[str, int]:
    last = {intake.drug: intake.end for intake in story.intakes if intake.given and intake.end is not None}
    return last | {TDM1: max(infusion.day for infusion in story.infusions if infusion.given)}


def _ends_of_treatment(story: Story) -> list[Record]:
    person, course = story.person, story.course
    withdrawn = {change.drug: change.event for change in story.changes if change.action == "WITHDRAWN"}
    ended = DRUGS if course.last_day is not None else tuple(drug for drug in DRUGS if drug in withdrawn)
    records = []
    for drug in ended:
        event, day = withdrawn.get(drug), person.on(_last_doses(story)[drug])
        reason = "ADVERSE EVENT" if event is not None else course.reason
        number = event.number if event is not None else None
        values: dict[str, object] = {"drug": drug, "lastdtc": day, "reason": reason, "aeno": number}
        records.append(Record("eot", "End of treatment", day, values))
    return records


def _end_of_study(story: Story) -> list[Record]:
    person, course = story.person, story.course
    if course.off_study is None or course.off_study[0] > course.limit:
        return []
    ended = person.on(course.off_study[0])
    values: dict[str, object] = {"eosdtc": ended, "reason": course.off_study[1]}
    if course.death is not None:
        values |= {"dthdtc": person.on(course.death), "cause": course.cause, "autopsy": "N"}
    return [Record("eos", LOGS, ended, values)]


def _follow_up(story: Story) -> list[Record]:
    person, course = story.person, story.course
    records, previous = [], course.last_day or 0
    for number, (day, status) in enumerate(contacts(course), start=1):
        values: dict[str, object] = {
            "funo": number,
            "done": "N" if status == "MISSED" else "Y",
            "CHG_COUNT": number % 3,
        }
        if status != "MISSED":
            values |= {"fudtc": person.on(day), "status": status}
            values |= {"newtx": _since(course.therapy, previous, day), "pd": _since(course.progression, previous, day)}
        if status == "DEAD" and course.death is not None:
            values["dthdtc"] = person.on(course.death)
        records.append(Record("fu", f"Follow-up {number}", person.on(day), values))
        previous = day
    return records


def _since(event: int | None, previous: int, day: int) -> str:
    return "Y" if event is not None and previous < event <= day else "N"
