"""Queries that follow from the story itself: responses read otherwise than RECIST 1.1 asks, and gaps in the scans."""

from crf2csr.simulate.clinician import certain, combine
from crf2csr.simulate.model import Opinion, Story
from crf2csr.simulate.record_tumor import folder_of
from crf2csr.simulate.spelling import Row

SD_MINIMUM = 42  # days, response.sd_min_days
NODAL_LIMIT = 1000  # 10 mm in hundredths (RECIST 1.1 section 4.3.2)

# Anchor -> rule, severity, form, folder, field, note; one query of the first matching record.
STORY_PLANTS = {
    "two missed scans before death": (
        ("Q-718", "W", "rs", "Tumor assessment 2", "dtc", "the two assessments after this one were missed"),
    ),
    "target lesion irradiated": (
        ("Q-720", "W", "tl", "Tumor assessment 2", "diameter", "irradiated lesion T1 is still measured"),
    ),
    "no baseline tumor assessment": (
        ("Q-722", "W", "rs", "Tumor assessment 1", "target", "no target or non-target lesion at baseline"),
    ),
    "new-lesion form absent": (("Q-723", "W", "tl", "Tumor assessment 2", "lesion", "no nl record for this visit"),),
    "ineligible target lesion, new node": (
        ("Q-709", "W", "tl", "Screening", "diameter", "14 mm on slices of 8 mm: shorter than two slices (R-502)"),
    ),
    "baseline scan too early": (("Q-710", "W", "tl", "Screening", "dtc", "more than 28 days before the first dose"),),
    "reappearance after CR": (("Q-713", "W", "tl", "Tumor assessment 4", "diameter", "disease back after overall CR"),),
    "nodes only: CR kept below 10 mm, then regrowth": (
        ("Q-713", "W", "tl", "Tumor assessment 4", "diameter", "target node at 10 mm or more after overall CR"),
    ),
    "non-measurable only: CR unconfirmed": (
        ("Q-713", "W", "ntl", "Tumor assessment 3", "state", "non-target lesion present after overall CR"),
    ),
}


def plant_story_queries(rows: dict[str, list[Row]], stories: dict[str, Story]) -> None:
    """Mark the records that a right cleaner or derivation must query because of what happened."""
    for subject, story in stories.items():
        for rule, severity, form, folder, field, note in STORY_PLANTS.get(story.plan.name, ()):
            row = _row(rows, form, subject, folder)
            if row is not None:
                row.plants.append((rule, severity, field, note))
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
