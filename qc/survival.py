"""Second program of the time-to-event endpoints: days, censoring and reason of each subject, and every number of Tables
14.2.2, 14.2.3, 14.2.3.2 and 14.2.10.

Written from the rules, without the code of the first program: the raw files are read here again, visit responses are
those of `qc.visits`. R-611, R-701 to R-707, R-711 to R-716.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from qc import alive, endpoints
from qc.best import best_response
from qc.endpoints import End
from qc.extract import PEOPLE, read_extract, read_form, refuse_others
from qc.people import Forms, Person, columns, dosed
from qc.responders import COLUMNS, Subject, address, responders
from qc.scans import visits_of
from qc.times import statistics
from qc.treatment import treatment
from qc.visits import assess, by_investigator, course_of

#: Keys of which this program knows one value only.
ONLY = {
    "population.fas": ("enrolled_and_dosed",),
    "response.pr_persistence": ("none",),
    "response.cr_then_disease": ("query_only",),
}
#: Analyses of the first program: endpoint, types of event always shown, whether only its subjects are the denominator.
ANALYSES = {
    "pfs": ("PFS", ("PD", "DEATH"), False),
    "pfs-ema": ("PFSEMA", ("PD", "DEATH"), False),
    "os": ("OS", ("DEATH",), False),
    "dor": ("DOR", ("PD", "DEATH"), True),
}


def recompute(extract: Path, values: Mapping[str, Any]) -> dict[str, str]:
    """Return `<subject>/<parameter>/<variable>` → value of ADTTE, and the address of each result → value.

    extract: folder with the raw files; values: the study keys of `crf2csr.jobs.qc`. Numbers are rounded to 9 decimals.
    Raises InputError for a file that cannot be read, or a key value that this program does not know.
    """
    refuse_others(values, ONLY)
    cutoff = values["data_cutoff"].toordinal()
    forms = read_extract(extract, cutoff, (*PEOPLE, "rs", *alive.FORMS))
    reports = {form: read_form(extract, form) for form in ("eos", "fu")}
    people = [person for person in dosed(forms, cutoff) if person.in_full_analysis_set]
    subjects = [_subject(person, forms, reports, cutoff, values) for person in people]
    found = {key: value for subject in subjects for key, value in _patient(subject)}
    for name, (parameter, events, own) in ANALYSES.items():
        found |= dict(_analysis(name, parameter, events, own, subjects, values))
    return found | dict(responders(subjects))


def _subject(person: Person, forms: Forms, reports: Forms, cutoff: int, values: Mapping[str, Any]) -> Subject:
    start = treatment(person, forms, reports, cutoff, 0).first
    course = course_of(
        visits_of(forms, person.subject), start, values["tumor.new_lesion_blank"] == "no_if_form_present"
    )
    assessed = by_investigator(course) if values["response.source"] == "investigator" else assess(course)
    end = alive.fate(forms, reports, person.subject, cutoff)
    known = endpoints.disease(assessed, start, course.baseline is not None)
    limit = 2 * (values["tumor.interval_days"] + values["tumor.window_days"])
    free = endpoints.progression_free(known, end, person.therapy, limit)
    ends = {
        "PFS": free,
        "PFSEMA": endpoints.progression_free(known, end, None, endpoints.FAR),
        "OS": endpoints.survival(start, end),
    }
    response, seen = endpoints.first_response(assessed, start, person.therapy, values), ""
    if response:
        ends |= {"DOR": endpoints.duration(free, response[0]), "TTR": End(start, response[0], "RESPONSE")}
        seen = endpoints.planned(response[1])
    best = best_response(assessed, start, person.therapy, bool(course.lesions), values)
    if best.confirmed == "SD":
        ends["DSD"] = endpoints.stable(known, free)
    return Subject(person.subject, columns(person, values["rp2d.value"]), ends, seen)


def _patient(subject: Subject) -> Iterator[tuple[str, str]]:
    for parameter, end in subject.ends.items():
        place = f"{subject.name}/{parameter}"
        yield f"{place}/AVAL", str(end.days)
        yield f"{place}/CNSR", str(int(not end.is_event))
        yield f"{place}/SITUAT", end.code
    if subject.seen:
        yield f"{subject.name}/TTR/SCHEDASM", subject.seen


def _analysis(
    name: str, parameter: str, events: tuple[str, ...], own: bool, subjects: list[Subject], values: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    everybody = [subject.ends[parameter] for subject in subjects if parameter in subject.ends]
    kinds = endpoints.codes(everybody) | {(True, code) for code in events}
    longest = max((end.days for end in everybody), default=0)
    for column in COLUMNS:
        members = [subject for subject in subjects if column in subject.inside]
        ends = [subject.ends[parameter] for subject in members if parameter in subject.ends]
        yield address(name, column, "", "", "N"), repr(len(members))
        total = len(ends) if own else len(members)
        for category, statistic, value in statistics(ends, kinds, longest, total, values):
            yield address(name, column, parameter, category, statistic), value
