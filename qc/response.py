"""Second program of the response outcomes: visit responses, best responses and the rates of Table 14.2.1.

Written from the rules, without the code of the first program: the raw files are read here again, each visit is a closed
expression over the earlier ones, and confirmation looks at all pairs of assessments.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qc.best import Best, best_response
from qc.extract import PEOPLE, read_extract, refuse_others
from qc.people import Person, columns, dosed
from qc.rates import rows
from qc.scans import visits_of
from qc.visits import Assessed, Course, assess, by_investigator, course_of

#: Keys of which this program knows some values only.
ONLY = {
    "population.fas": ("enrolled_and_dosed",),
    "population.measurable": ("as_entered",),
    "response.source": ("derived", "investigator"),
    "response.pr_persistence": ("none",),
    "response.cr_then_disease": ("query_only",),
    "ci.method": ("clopper_pearson",),
}


def recompute(extract: Path, values: Mapping[str, Any]) -> dict[str, str]:
    """Return `<subject>/<parameter>/<visit>` → response (the derived one of each visit; BOR and CBOR of the source that
    `response.source` chooses), and the address of each result → value (R-102).

    extract: folder with the raw files; values: the study keys of `crf2csr.jobs.qc`. Numbers are rounded to 9 decimals.
    Raises InputError for a file that cannot be read, or a key value that this program does not know.
    """
    refuse_others(values, ONLY)
    cutoff = values["data_cutoff"].toordinal()
    forms = read_extract(extract, cutoff, (*PEOPLE, "tl", "ntl", "nl", "rs"))
    blank_is_no = values["tumor.new_lesion_blank"] == "no_if_form_present"
    found: dict[str, str] = {}
    sets: dict[str, dict[str, tuple[set[str], Best]]] = {"fas": {}, "measurable": {}, "evaluable": {}}
    for person in dosed(forms, cutoff):
        course = course_of(visits_of(forms, person.subject), person.start, blank_is_no)
        assessed = assess(course)
        analyzed = by_investigator(course) if values["response.source"] == "investigator" else assessed
        best = best_response(analyzed, person.start, person.therapy, bool(course.lesions), values)
        found |= _patient(person, assessed, best)
        for name in _sets(person, course):
            sets[name][person.subject] = (columns(person, values["rp2d.value"]), best)
    for name, members in sets.items():
        found |= rows(name, members, values["ci.level"])
    return found


def _patient(person: Person, assessed: list[Assessed], best: Best) -> dict[str, str]:
    """Return the visit responses of a dosed subject, and the best ones if it is in the full analysis set."""
    found = {f"OVRLRESP/{record.visit}": record.response for record in assessed}
    if person.in_full_analysis_set:
        found |= {"BOR/": best.unconfirmed, "CBOR/": best.confirmed}
    return {f"{person.subject}/{key}": value for key, value in found.items()}


def _sets(person: Person, course: Course) -> list[str]:
    """Return the analysis sets of a dosed subject (R-303)."""
    if not person.in_full_analysis_set:
        return []
    later = any(visit.is_recorded for visit in course.later)
    evaluable = course.baseline is not None and (later or person.ended_early)
    return ["fas", *(["measurable"] if course.lesions else []), *(["evaluable"] if evaluable else [])]
