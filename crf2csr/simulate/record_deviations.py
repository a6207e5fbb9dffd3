"""Protocol deviations that follow from what happened: late visits, missed scans, doses left out."""

from crf2csr.simulate.model import CYCLE, PALBOCICLIB, Story
from crf2csr.simulate.record import LOGS
from crf2csr.simulate.spelling import Record

WINDOW = 3  # days (visit.window_days)
BASELINE_WINDOW = 28  # days before the first dose (tumor.baseline_window_days)
Deviation = tuple[int, str, bool, str]  # day, category, important, text


def record_deviations(story: Story) -> list[Record]:
    """Return dv in order of date: the first visit out of its window, missed or early scans, forgotten tablets."""
    found = sorted([*_late_visits(story), *_scans(story), *_forgotten(story)])
    records = []
    for number, (day, category, important, text) in enumerate(found, start=1):
        when = story.person.on(day)
        values: dict[str, object] = {"dvno": number, "dvdtc": when, "dvcat": category, "term": text}
        records.append(Record("dv", LOGS, when, values | {"important": "Y" if important else "N", "waiver": "N"}))
    return records


def _late_visits(story: Story) -> list[Deviation]:
    for number, start in enumerate(story.cycle_days, start=1):
        shift = start - CYCLE * (number - 1)
        if abs(shift) > WINDOW:
            text = f"Cycle {number} Day 1 {abs(shift)} days {'after' if shift > 0 else 'before'} the planned day"
            return [(start, "VISIT SCHEDULE", shift > 2 * CYCLE // 3, text)]
    return []


def _scans(story: Story) -> list[Deviation]:
    found = []
    if story.plan.no_baseline:
        found.append((0, "PROCEDURE NOT DONE", True, "No baseline tumor assessment before the first dose"))
    elif story.scans[0].day < -BASELINE_WINDOW:
        text = f"Baseline tumor assessment {-story.scans[0].day} days before the first dose"
        found.append((0, "VISIT SCHEDULE", True, text))
    last = story.course.last_day if story.course.last_day is not None else story.course.limit
    for scan in story.scans[1:]:
        if scan.visit in story.plan.missed and scan.day <= min(last + 90, story.course.limit):
            found.append((scan.day, "PROCEDURE NOT DONE", True, f"Tumor assessment {scan.visit} not done"))
    return [item for item in found if story.course.death is None or item[0] < story.course.death]


def _forgotten(story: Story) -> list[Deviation]:
    """Return the first cycle in which palbociclib was forgotten."""
    for intake in story.intakes:
        if intake.drug == PALBOCICLIB and intake.missed and len(intake.missed) > 1:
            text = f"{len(intake.missed)} doses of palbociclib forgotten in cycle {intake.cycle}"
            return [(intake.missed[-1], "DOSING", False, text)]
    return []
