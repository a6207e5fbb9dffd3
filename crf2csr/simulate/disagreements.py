"""Queries that follow from the story itself: responses read otherwise than RECIST 1.1 asks, and gaps in the scans."""

from crf2csr.simulate.clinician import certain, combine
from crf2csr.simulate.model import Opinion, Story
from crf2csr.simulate.record_tumor import folder_of
from crf2csr.simulate.spelling import Row

SD_MINIMUM = 42  # days, response.sd_min_days
NODAL_LIMIT = 1000  # 10 mm in hundredths (RECIST 1.1 section 4.3.2)

UNCONFIRMED = ("Q-712", "W", "overall", "no later assessment confirms it")
AGAIN = ("Q-715", "W", "state", "T1 measured after it was absent")
# Anchor -> form, tumor assessment (0 baseline), then rule, severity, field, note: queries of the first matching record.
STORY_PLANTS: dict[str, tuple[tuple[str, int, tuple[str, str, str, str]], ...]] = {
    "too small to measure": (("tl", 4, AGAIN),),
    "+20 % and +5 mm exactly": (("rs", 1, UNCONFIRMED),),
    "PR unconfirmed, then SD": (("rs", 1, UNCONFIRMED),),
    "PR unconfirmed, then PD": (("rs", 1, UNCONFIRMED),),
    "two missed scans before death": (
        ("rs", 2, ("Q-718", "W", "dtc", "the two assessments after this one were missed")),
    ),
    "target lesion irradiated": (
        *(("tl", visit, ("Q-720", "W", "diameter", "irradiated lesion T1 is still measured")) for visit in (2, 3, 4)),
        ("rs", 3, UNCONFIRMED),
    ),
    "equivocal new lesion, later confirmed": (
        ("nl", 3, ("Q-717", "W", "dtc", "first seen at the visit before")),
        ("rs", 3, ("Q-717", "W", "overall", "the first sighting was at the visit before")),
    ),
    "new systemic therapy before PD": (
        ("rs", 2, UNCONFIRMED),
        ("rs", 3, ("Q-712", "W", "overall", "after new systemic therapy")),
    ),
    "no baseline tumor assessment": (
        ("rs", 1, ("Q-722", "W", "target", "no target or non-target lesion at baseline")),
        ("rs", 2, ("Q-718", "W", "dtc", "no assessment after this one")),
    ),
    "new-lesion form absent": (("tl", 2, ("Q-723", "W", "lesion", "no nl record for this visit")),),
    "ineligible target lesion, new node": (
        ("tl", 0, ("Q-709", "W", "diameter", "14 mm on slices of 8 mm: shorter than two slices (R-502)")),
    ),
    "baseline scan too early": (("tl", 0, ("Q-710", "W", "dtc", "more than 28 days before the first dose")),),
    "reappearance after CR": (
        ("tl", 4, ("Q-713", "W", "diameter", "disease back after overall CR")),
        ("tl", 4, AGAIN),
    ),
    "nodes only: CR kept below 10 mm, then regrowth": (
        ("tl", 4, ("Q-713", "W", "diameter", "target node at 10 mm or more after overall CR")),
    ),
    "non-measurable only: CR unconfirmed": (
        ("ntl", 3, ("Q-713", "W", "state", "non-target lesion present after overall CR")),
        ("rs", 2, UNCONFIRMED),
    ),
    "target CR, non-target not evaluated": (
        ("rs", 3, ("Q-713", "W", "overall", "CR on the form, then PR")),
        ("tl", 4, AGAIN),
    ),
    "investigator compares with baseline": (
        ("rs", 5, ("Q-717", "W", "overall", "first evidence of PD two visits before")),
    ),
}


def plant_story_queries(rows: dict[str, list[Row]], stories: dict[str, Story]) -> None:
    """Mark the records that a right cleaner or derivation must query because of what happened."""
    for subject, story in stories.items():
        for form, visit, plant in STORY_PLANTS.get(story.plan.name, ()):
            row = _row(rows, form, subject, folder_of(visit))
            if row is not None:
                row.plants.append(plant)
        for visit in (*story.course.visits, *story.course.late_visits):
            response = _row(rows, "rs", subject, folder_of(visit))
            if response is not None:
                response.plants += _disagreements(story, visit)


def _row(rows: dict[str, list[Row]], form: str, subject: str, folder: str) -> Row | None:
    found = [row for row in rows[form] if (row.cells["SUBJECT"], row.cells["FOLDER"]) == (subject, folder)]
    return found[0] if found else None


def _disagreements(story: Story, visit: int) -> list[tuple[str, str, str, str]]:
    form, strict = story.opinions[visit - 1], story.strict[visit - 1]
    plants = []
    if form.target != strict.target:
        plants.append(("Q-706", "E", "target", f"derived {strict.target}"))
    if form.overall != _table(form, story, visit):
        plants.append(("Q-707", "E", "overall", f"table of its parts {_table(form, story, visit)}"))
    if form.overall == "PD" and strict.overall != "PD":
        plants.append(("Q-708", "E", "overall", "PD without evidence"))
    if form.target == "CR" and strict.target != "CR":
        plants.append(("Q-711", "E", "target", "disease left in target lesions"))
    if form.overall == "SD" and story.scans[visit].last_day < SD_MINIMUM:
        plants.append(("Q-714", "E", "overall", f"day {story.scans[visit].last_day} after the first dose"))
    return plants


def _table(form: Opinion, story: Story, visit: int) -> str:
    scan = story.scans[visit]
    seen = any(certain(lesion, visit) for lesion in scan.new)
    unknown = visit in story.plan.no_new_form
    return combine(form.target, form.nontarget, "U" if unknown else "Y" if seen else "N")
