"""The response at each visit, as a closed expression over the visits before it: no state is carried along.

RECIST 1.1 (Eisenhauer 2009) sections 4.3 and 4.4 with the project's rules R-501 to R-542, and what docs/decisions/0002
adds where they are silent. "Before" means an earlier first scan day. The one look ahead is R-532: an equivocal new
lesion that is confirmed later.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from qc.extract import Row
from qc.scans import BASELINE, PATHOLOGICAL_NODE, Value, Visit, day_of, nodes_of
from qc.spelling import YES, answer, number

GROWTH, FIVE_MM, SHRINKAGE = Fraction(12, 10), Fraction(5), Fraction(7, 10)


@dataclass(frozen=True)
class Assessed:
    """A post-baseline visit with its overall response and the day of it (R-515); None if nothing is dated."""

    visit: str
    response: str
    day: int | None


@dataclass(frozen=True)
class Course:
    """Baseline (None if there is none) and later visits of one subject; `blank_is_no` reads R-533."""

    baseline: Visit | None
    later: tuple[Visit, ...]
    blank_is_no: bool = True

    @property
    def lesions(self) -> list[str]:
        """The baseline target set."""
        return sorted(self.baseline.values) if self.baseline else []

    @property
    def others(self) -> list[str]:
        """The baseline non-target lesions; one that was absent then is no disease (decision 0002, point 13)."""
        return sorted(n for n, state in self.baseline.states.items() if state != "ABSENT") if self.baseline else []

    @property
    def starts_without_disease(self) -> bool:
        """Target lesions that are gone at baseline: no response can start from there (decision 0002, point 2)."""
        return self.baseline is not None and bool(self.lesions) and all_gone(self, self.baseline)


def course_of(visits: list[Visit], first_dose: int, blank_is_no: bool = True) -> Course:
    """Return baseline, the last assessment at or before the first dose, and what follows it (R-501).

    Where the first dose lies on or between its scan days, only a visit planned before dosing is baseline (R-302).
    """
    before = [visit for visit in visits if visit.first and _is_before(visit, first_dose)]
    scanned = [visit for visit in before if visit.values or visit.states]
    later = tuple(visit for visit in visits if visit not in before and (visit.is_recorded or visit.investigator))
    return Course(scanned[-1] if scanned else None, later, blank_is_no)


def _is_before(visit: Visit, first_dose: int) -> bool:
    return visit.scan_days[0] <= first_dose if visit.name == BASELINE else visit.scan_days[-1] < first_dose


def assess(course: Course) -> list[Assessed]:
    """Return the overall response at each post-baseline visit, tables R-541 and R-542."""
    return [_assessed(course, visit) for visit in course.later]


def by_investigator(course: Course) -> list[Assessed]:
    """Return the investigator's overall response at each post-baseline visit that has one, with the derived day."""
    days = {record.visit: record.day for record in assess(course)}
    given = [(visit.name, visit.investigator) for visit in course.later]
    return [Assessed(name, response, days[name]) for name, response in given if response]


def _assessed(course: Course, visit: Visit) -> Assessed:
    if not visit.is_recorded and visit.investigator == "ND":
        return Assessed(visit.name, "ND", visit.last)
    if not _is_after_baseline(course, visit):
        return Assessed(visit.name, "NE", visit.last)
    target, other, new = target_response(course, visit), nontarget_response(course, visit), new_lesion(course, visit)
    response = overall(target, other, new)
    evidence = _evidence(course, visit, target, other) if response == "PD" else []
    return Assessed(visit.name, response, min(evidence, default=visit.last))


def _is_after_baseline(course: Course, visit: Visit) -> bool:
    """A visit without a date, or not after the last baseline scan, cannot be judged (decision 0002, point 9)."""
    return visit.first is not None and (course.baseline is None or visit.first > (course.baseline.last or 0))


def overall(target: str, other: str, new: str) -> str:
    """Return the overall response of its three parts (R-541; without target lesions R-542)."""
    if "PD" in (target, other) or new == "Y":
        return "PD"
    if new == "UNKNOWN" or target == "NE" or (target, other) == ("NA", "NA"):
        return "NE"
    if target == "NA":
        return other
    return "PR" if target == "CR" and other not in ("CR", "NA") else target


def target_response(course: Course, visit: Visit) -> str:
    """Return the response of the target lesions, rules R-521 to R-528 in their order."""
    values = [visit.values.get(lesion) for lesion in course.lesions]
    measured = [value for value in values if value is not None]
    if not values:
        return "NA"
    if not measured:
        return "NE"
    grown = _is_grown(course, visit)
    if len(measured) < len(values):
        back = bool(diseased(course, visit)) and _complete_before(course, visit)
        return "PD" if grown or back else "NE"
    if course.starts_without_disease:
        return "PD" if grown else "NE"
    if all_gone(course, visit):
        return "CR"
    base = _sum(course, course.baseline)
    if _complete_before(course, visit) or grown:
        return "PD"
    return "NE" if base is None else "PR" if sum(measured) <= SHRINKAGE * base else "SD"


def _is_grown(course: Course, visit: Visit) -> bool:
    """Return whether the measured part is 5 mm and 20 % above the smallest sum before (R-523, R-526)."""
    measured = sum((value for n in course.lesions if (value := visit.values.get(n)) is not None), Fraction(0))
    smallest = nadir(course, visit)
    return smallest is not None and measured - smallest >= FIVE_MM and measured >= GROWTH * smallest


def nadir(course: Course, visit: Visit) -> Value:
    """Return the smallest complete sum at baseline and at visits before this one (R-517)."""
    earlier = [course.baseline, *_before(course, visit)]
    return min((total for each in earlier if (total := _sum(course, each)) is not None), default=None)


def all_gone(course: Course, visit: Visit) -> bool:
    """Return whether every non-nodal target lesion is 0 and every node below 10 mm (R-524)."""
    return not diseased(course, visit) and all(visit.values.get(lesion) is not None for lesion in course.lesions)


def diseased(course: Course, visit: Visit) -> list[str]:
    """Return the target lesions that show disease: above 0, a node from 10 mm."""
    nodes = nodes_of(course.baseline.rows["tl"]) if course.baseline else set()
    sizes = [(lesion, size) for lesion in course.lesions if (size := visit.values.get(lesion)) is not None]
    return [lesion for lesion, size in sizes if (size >= PATHOLOGICAL_NODE if lesion in nodes else size > 0)]


def nontarget_response(course: Course, visit: Visit) -> str:
    """Return the response of the non-target lesions (R-531)."""
    states = [visit.states.get(lesion, "") for lesion in course.others]
    if not states:
        return "NA"
    if "UNEQUIVOCAL PROGRESSION" in states or ("PRESENT" in states and _complete_before(course, visit)):
        return "PD"
    if not set(states) <= {"PRESENT", "ABSENT"}:
        return "NE"
    return "CR" if "PRESENT" not in states and not _marker_raised(course, visit) else "NON-CR/NON-PD"


def new_lesion(course: Course, visit: Visit) -> str:
    """Return Y, N or UNKNOWN (R-532, R-533); an equivocal lesion counts at its first sighting if confirmed later."""
    rows = visit.rows["nl"]
    if not rows:
        return "UNKNOWN"
    if any(_counts(course, visit, row) for row in rows):
        return "Y"
    blank = not any(answer("yes_no", row["PRESENT"]) for row in rows)
    return "UNKNOWN" if blank and not course.blank_is_no else "N"


def _counts(course: Course, visit: Visit, row: Row) -> bool:
    return _is_new(row) or _confirmed_later(course, visit, row)


def _is_new(row: Row) -> bool:
    """A new lesion is certain unless the form calls it equivocal; a node needs 10 mm of short axis (R-532)."""
    size = number(row["SIZE"])
    small_node = answer("yes_no", row["NODAL"]) == YES and size is not None and size < PATHOLOGICAL_NODE
    certain = answer("certainty", row["CERTAINTY"]) != "EQUIVOCAL"
    return answer("yes_no", row["PRESENT"]) == YES and certain and not small_node


def _confirmed_later(course: Course, visit: Visit, row: Row) -> bool:
    """Return whether this is the first sighting of an equivocal lesion that a later visit calls unequivocal."""
    same = [(each, other) for each in course.later for other in each.rows["nl"] if other["LESION"] == row["LESION"]]
    seen_before = any(_precedes(each, visit) and answer("yes_no", other["PRESENT"]) == YES for each, other in same)
    confirmed = any(_precedes(visit, each) and _is_new(other) for each, other in same)
    equivocal = answer("yes_no", row["PRESENT"]) == YES and answer("certainty", row["CERTAINTY"]) == "EQUIVOCAL"
    return equivocal and confirmed and not seen_before


def _precedes(first: Visit, second: Visit) -> bool:
    return first.first is not None and second.first is not None and first.first < second.first


def _before(course: Course, visit: Visit) -> list[Visit]:
    return [each for each in course.later if _precedes(each, visit) and _is_after_baseline(course, each)]


def _sum(course: Course, visit: Visit | None) -> Value:
    """Return the sum over exactly the baseline target set; None if a lesion has no value (R-514)."""
    values = [visit.values.get(lesion) for lesion in course.lesions] if visit else []
    known = [value for value in values if value is not None]
    return sum(known, Fraction(0)) if values and len(known) == len(values) else None


def _complete_before(course: Course, visit: Visit) -> bool:
    """Return whether an earlier visit was an overall CR; that needs no look further back (R-525, R-531)."""
    return any(_is_overall_cr(course, each) and _is_worst(course, each) for each in _before(course, visit))


def _is_overall_cr(course: Course, visit: Visit) -> bool:
    states = [visit.states.get(lesion, "") for lesion in course.others]
    gone = all(state == "ABSENT" for state in states) and not (states and _marker_raised(course, visit))
    begun = bool(course.lesions or states) and not course.starts_without_disease
    return begun and gone and all_gone(course, visit) and new_lesion(course, visit) == "N"


def _is_worst(course: Course, visit: Visit) -> bool:
    """Return whether no other visit of the day is worse than CR (decision 0002, point 8)."""
    twins = [each for each in course.later if each.first == visit.first and each is not visit]
    return all(_assessed(course, each).response in ("CR", "NE") for each in twins)


def _marker_raised(course: Course, visit: Visit) -> bool:
    """Return whether the last marker result up to this visit was abnormal (decision 0002, point 12)."""
    seen = [each for each in (course.baseline, *course.later) if each and (each is visit or _precedes(each, visit))]
    done = [each for each in seen if each.is_recorded or each.investigator != "ND"]
    results = [answer("marker", row["MARKER"]) for each in done for row in each.rows["rs"]]
    return [result for result in results if result in ("NORMAL", "ABNORMAL")][-1:] == ["ABNORMAL"]


def _evidence(course: Course, visit: Visit, target: str, other: str) -> list[int]:
    """Return the days of the scans that show progression: target scans, non-target lesions, new lesions (R-515)."""
    days = [visit.days[n] for n in _showing(course, visit) if n in visit.days] if target == "PD" else []
    if other == "PD":
        calls = {"UNEQUIVOCAL PROGRESSION", *(["PRESENT"] if _complete_before(course, visit) else [])}
        days += [visit.state_days[n] for n in course.others if visit.states.get(n) in calls and n in visit.state_days]
    if new_lesion(course, visit) == "Y":
        days += [_sighting(course, visit, row) for row in visit.rows["nl"] if _counts(course, visit, row)]
    return days


def _showing(course: Course, visit: Visit) -> list[str]:
    """Return the target lesions that show progression: all measured ones of a sum, those back after a CR (R-515)."""
    values = [visit.values.get(lesion) for lesion in course.lesions]
    whole = None not in values
    if _complete_before(course, visit) and (whole or not _is_grown(course, visit)):
        return diseased(course, visit)
    return [lesion for lesion, value in zip(course.lesions, values, strict=True) if value is not None]


def _sighting(course: Course, visit: Visit, row: Row) -> int:
    """Return the day of a new lesion; the first scan if the form repeats an older day (decision 0002, point 10)."""
    until = max((each.last or 0 for each in (course.baseline, *_before(course, visit)) if each), default=0)
    day = day_of("nl", row) or 0
    return day if day > until else visit.first or 0
