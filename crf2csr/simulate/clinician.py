"""How an investigator reads the scans: by RECIST 1.1, or with a habit that departs from it."""

from collections.abc import Callable

from crf2csr.simulate.model import NewLesion, Opinion, Participant, Plan, Reading, Scan
from crf2csr.simulate.streams import Stream

TOO_SMALL = 500  # 5 mm in hundredths (RECIST 1.1 section 4.3.2)
Values = dict[str, int | None]


def habit_of(person: Participant, plan: Plan, stream: Stream) -> str:
    """Return the habit of the investigator: careful, or one of the usual departures from the criteria."""
    usual = "baseline" if plan.name == "model" and stream.chance(0.2) else "careful"
    return plan.habit or usual


def assess(scans: list[Scan], plan: Plan, habit: str) -> list[Opinion]:
    """Return the opinion at each post-baseline scan as seen at that time.

    `careful` follows RECIST 1.1 (sections 4.3 and 4.4); an irradiated target lesion is not evaluable from then on.
    `criteria` is the same for a reader who has the forms only: without a new-lesion form nothing can be concluded
    unless progression is seen elsewhere. `baseline` compares with baseline where the criteria ask for the smallest sum;
    `keeps irradiated` goes on measuring.
    """
    nodes = {reading.lesion.code: reading.lesion.node for reading in scans[0].targets if not reading.parent}
    base = _total(_values(scans[0], None))
    nadir, complete, opinions = base, False, []
    for scan in scans[1:]:
        irradiated = None if habit == "keeps irradiated" else plan.radiotherapy
        values = _values(scan, irradiated)
        reference = base if habit == "baseline" else nadir
        target = _target(values, nodes, base, reference, complete)
        nontarget = _nontarget(scan, complete)
        seen = any(certain(lesion, scan.visit) for lesion in scan.new)
        unknown = habit == "criteria" and scan.visit in plan.no_new_form
        overall = combine(target, nontarget, "Y" if seen and not unknown else "U" if unknown else "N")
        opinions.append(Opinion(target, nontarget, overall))
        complete = complete or overall == "CR"
        nadir = _smaller(nadir, _total(values))
    return opinions


def with_verdicts(opinions: list[Opinion], plan: Plan) -> list[Opinion]:
    """Return the opinions with the planned slips of the investigator."""
    changed = list(opinions)
    for visit, parts in plan.verdicts.items():
        if visit <= len(changed):
            old = changed[visit - 1]
            target = parts.get("target", old.target)
            changed[visit - 1] = Opinion(target, old.nontarget, parts.get("overall", old.overall))
    return changed


def certain(lesion: NewLesion, visit: int) -> bool:
    """Return whether a new lesion is unequivocal at a visit, from the start or by a later scan."""
    return lesion.certainty == "UNEQUIVOCAL" or 0 < lesion.confirmed_visit <= visit


def _values(scan: Scan, irradiated: tuple[int, str] | None) -> Values:
    """Return the value of each baseline lesion: fragments add up, a merged one is 0, None if not evaluated."""
    values: Values = {}
    for reading in scan.targets:
        code = reading.parent if reading.parent and reading.state != "MERGED" else reading.lesion.code
        values[code] = _plus(values.get(code, 0), _value(reading))
    if irradiated is not None and scan.day >= irradiated[0] and irradiated[1] in values:
        values[irradiated[1]] = None
    return values


def _value(reading: Reading) -> int | None:
    fixed: dict[str, Callable[[], int | None]] = {
        "ABSENT": lambda: 0,
        "MERGED": lambda: 0,
        "SPLIT": lambda: 0,
        "TOO SMALL TO MEASURE": lambda: TOO_SMALL,
        "NOT EVALUATED": lambda: None,
    }
    return fixed[reading.state]() if reading.state else reading.size


def _plus(first: int | None, second: int | None) -> int | None:
    return None if first is None or second is None else first + second


def _total(values: Values) -> int | None:
    known = [value for value in values.values() if value is not None]
    return sum(known) if len(known) == len(values) else None


def _smaller(first: int | None, second: int | None) -> int | None:
    known = [value for value in (first, second) if value is not None]
    return min(known) if known else None


def _target(values: Values, nodes: dict[str, bool], base: int | None, reference: int | None, complete: bool) -> str:
    known = [value for value in values.values() if value is not None]
    if not nodes:
        return "NA"
    if not known or base is None or reference is None:
        return "NE"
    grown = sum(known) - reference >= 500 and 5 * sum(known) >= 6 * reference
    if len(known) < len(nodes):
        return "PD" if grown else "NE"
    if all(value is not None and value < (1000 if nodes[code] else 1) for code, value in values.items()):
        return "CR"
    if complete or grown:
        return "PD"
    return "PR" if 10 * sum(known) <= 7 * base else "SD"


def _nontarget(scan: Scan, complete: bool) -> str:
    states = [state for _, state in scan.others]
    if not states:
        return "NA"
    if "UNEQUIVOCAL PROGRESSION" in states or (complete and "PRESENT" in states):
        return "PD"
    if "NOT EVALUATED" in states:
        return "NE"
    gone = "PRESENT" not in states and scan.marker != "ABNORMAL"
    return "CR" if gone else "NON-CR/NON-PD"


def combine(target: str, nontarget: str, new: str) -> str:
    """Return the overall response of its parts; `new` is Y, N or U (unknown) (RECIST 1.1 tables 1 and 2)."""
    if new == "Y" or "PD" in (target, nontarget):
        return "PD"
    if new == "U" or target == "NE":
        return "NE"
    if target == "NA":
        return "NE" if nontarget == "NA" else nontarget
    if target == "CR":
        return "CR" if nontarget in ("CR", "NA") else "PR"
    return target
