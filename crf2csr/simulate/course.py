"""The course of a participant: treatment until progression, toxicity, withdrawal or death, and what follows."""

from crf2csr.simulate.model import Course, Opinion, Plan, Scan
from crf2csr.simulate.streams import Stream

TOXIC_STOP, LOST = 0.14, 0.07  # share of participants who stop for toxicity, who are lost after treatment
HEARD_AT_CONTACT = 14  # a death of which the site hears this late stands on a contact form too
FIRST_CONTACT, CONTACT_INTERVAL = 30, 84  # days after the last dose, days between contacts (fu.interval_days)


def run_course(plan: Plan, scans: list[Scan], opinions: list[Opinion], limit: int, stream: Stream) -> Course:
    """Return the course known at the cutoff (`limit`, day from the first dose); later events are not known.

    Treatment ends at the progression that the investigator sees, at a planned or drawn stop, or at death. After a stop
    without progression scans go on until progression or new therapy; then survival is followed every 12 weeks.
    """
    course = Course(limit)
    stop = plan.stop or _toxic_stop(plan, stream.child("toxicity"))
    course.death, course.cause = plan.death or (None, "")
    attended = [scan for scan in scans[1:] if scan.visit not in plan.missed and _before(scan.last_day, course.death)]
    if stop and stop[1] == "WITHDRAWAL BY SUBJECT":
        attended = [scan for scan in attended if scan.last_day <= stop[0]]
    _progress(course, attended, opinions)
    _end_treatment(course, plan, stop, stream.child("end"))
    _after_treatment(course, plan, stream.child("after"))
    _end_of_study(course, stop, stream.child("end of study"))
    last = min(day for day in (course.off_study and course.off_study[0], limit) if day is not None)
    course.visits = tuple(scan.visit for scan in attended if _wanted(scan, course, plan, last))
    if course.last_day is None:
        course.late_visits = tuple(scan.visit for scan in attended if scan.last_day > limit)
    return course


def _before(day: int, other: int | None) -> bool:
    return other is None or day < other


def _toxic_stop(plan: Plan, stream: Stream) -> tuple[int, str] | None:
    if plan.name != "model" or not stream.chance(TOXIC_STOP):
        return None
    return stream.integer(55, 200), "ADVERSE EVENT"


def _progress(course: Course, attended: list[Scan], opinions: list[Opinion]) -> None:
    for scan in attended:
        if opinions[scan.visit - 1].overall == "PD" and scan.last_day <= course.limit:
            course.progression = scan.last_day
            return


def _end_treatment(course: Course, plan: Plan, stop: tuple[int, str] | None, stream: Stream) -> None:
    ends = []
    if course.progression is not None:
        ends.append((course.progression + stream.integer(0, 2), "PROGRESSIVE DISEASE"))
    if stop:
        ends.append(stop)
    if course.death is not None:
        ends.append((course.death - stream.integer(5, 9), "DEATH"))
    known = [end for end in ends if end[0] <= course.limit - 3]
    if known:
        course.last_day, course.reason = min(known)
    if course.progression is not None and not known:
        course.progression = None


def _after_treatment(course: Course, plan: Plan, stream: Stream) -> None:
    """Draw new therapy and death after treatment."""
    if course.last_day is None or course.reason == "WITHDRAWAL BY SUBJECT":
        return
    start = course.last_day if course.progression is None else max(course.last_day, course.progression)
    therapy = plan.therapy_day or (start + stream.integer(12, 45) if stream.chance(0.7) else None)
    months = stream.uniform()
    if course.death is None and (plan.name == "model" or stream.chance(0.75)):
        course.death, course.cause = start + 75 + int(months * months * 1100), "DISEASE PROGRESSION"
    if course.death is not None and course.death > course.limit - 20:
        course.death, course.cause = None, ""
    if therapy and course.progression is None and plan.therapy_day is None:
        therapy = None
    if therapy and therapy < min(course.limit - 5, (course.death or course.limit) - 20):
        course.therapy = therapy


def _end_of_study(course: Course, stop: tuple[int, str] | None, stream: Stream) -> None:
    if course.last_day is None:
        return
    if course.reason == "WITHDRAWAL BY SUBJECT":
        course.off_study = (course.last_day + stream.integer(1, 4), course.reason)
    elif course.death is not None:
        learned = course.death + (stream.integer(2, 15) if course.death > course.last_day + 40 else 0)
        course.off_study = (learned, "DEATH")
    elif stream.chance(LOST) and course.last_day + 480 < course.limit:
        course.off_study = (course.last_day + 450, "LOST TO FOLLOW-UP")


def _wanted(scan: Scan, course: Course, plan: Plan, last: int) -> bool:
    """Return whether a scan is made: until progression, end of study or death, and new therapy that is not planned."""
    after_progression = course.progression is not None and scan.last_day > course.progression
    after_therapy = course.therapy is not None and plan.therapy_day is None and scan.last_day > course.therapy
    return (
        scan.last_day <= last and _before(scan.last_day, course.death) and not after_progression and not after_therapy
    )


def contacts(course: Course) -> list[tuple[int, str]]:
    """Return the days and outcomes of survival follow-up after treatment (ALIVE, DEAD, or MISSED when lost)."""
    if course.last_day is None or course.reason == "WITHDRAWAL BY SUBJECT":
        return []
    end, why = course.off_study or (course.limit, "")
    alive_until = min(end, course.death if course.death is not None else end) - 1
    first = course.last_day + FIRST_CONTACT + CONTACT_INTERVAL
    made = [(day, "ALIVE") for day in range(first, alive_until + 1, CONTACT_INTERVAL)]
    if why == "LOST TO FOLLOW-UP":
        return [*made[:-1], (made[-1][0], "MISSED")] if made else made
    if why == "DEATH" and course.death is not None and end >= course.death + HEARD_AT_CONTACT:
        return [*made, (end, "DEAD")]
    return made
