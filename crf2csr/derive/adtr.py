"""ADTR: lesions as recorded and as used, sums of diameters, and what each tumor visit shows (R-501 to R-544, R-612)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from crf2csr.contracts import conform, load_contract
from crf2csr.derive.rules.assessments import derive_tumor_visits, planned_before_dosing
from crf2csr.derive.rules.dates import compute_study_day
from crf2csr.derive.rules.records import check_cutoff, link_sources, together, with_address
from crf2csr.derive.rules.tumor import Tumor
from crf2csr.derive.rules.tumor_data import (
    answers_by_visit,
    build_tumors,
    day_of,
    derive_local_therapies,
    derive_scan_days,
    records_by_subject,
    split_visits_at_cutoff,
    text_of,
)
from crf2csr.derive.rules.visit_checks import check_visits
from crf2csr.derive.rules.visit_rows import (
    PARAMETERS,
    NotDone,
    Row,
    Source,
    Subject,
    baseline_row,
    best_change_row,
    judge_subject,
    lesion_row,
    not_done_rows,
    visit_rows,
)
from crf2csr.derive.rules.visits import ResponseSettings
from crf2csr.results import QUERY_COLUMNS, Derived
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.study import View

Answers = dict[tuple[str, str], dict[str, Any]]
#: Columns of ADTR that hold exact numbers until they are written.
NUMBERS = ("AVAL", "BASE", "NADIR", "PCHG", "PCHGNAD", "CHGNAD", "SUBSUM", "AVISITN")


@uses(
    "data_cutoff",
    "visit.schedule",
    "tumor.new_lesion_blank",
    "response.pr_persistence",
    "response.confirm_days",
    "response.max_ne",
    "response.accept_sd",
)
def adtr(adsl: pd.DataFrame, tr: pd.DataFrame, rs: pd.DataFrame, pr: pd.DataFrame, study: View) -> Derived:
    """Return ADTR for the subjects of ADSL: lesion rows, and what they say at each visit after the first dose.

    Lesion rows keep each scan's own date; those after the data cutoff are kept and not used (R-544). The rows of a
    visit have no lesion id: SUMDIAM, NTSTATE, NEWLES and OVRLRESP with RESP, RULE, REASON and the date of the response;
    ADRS reads these and judges nothing anew. ANL01FL marks baseline and the visits from the first dose to the first PD
    and new therapy (R-601). Queries: Q-713, Q-717, Q-1101. Links: a lesion row to its record, a visit's row to its
    lesion rows, BASE and NADIR to the sums that they are.
    """
    people, cutoff = adsl.set_index("USUBJID"), study["data_cutoff"]
    known = {
        name: with_address(frame[frame["USUBJID"].isin(people.index)], name)
        for name, frame in (("tr", tr), ("rs", rs), ("pr", pr))
    }
    (scans, late), (given, late_given) = split_visits_at_cutoff(derive_scan_days(known["tr"]), known["rs"], cutoff)
    subjects = _judge(people, scans, given, known["pr"], study)
    answers = answers_by_visit(given)
    records, after = records_by_subject(scans), records_by_subject(late)
    rows: list[Row] = []
    for usubjid in sorted(set(records) | set(after) | {subject for subject, _ in answers}):
        own = (records.get(usubjid, []), after.get(usubjid, []))
        rows += _subject_rows(subjects[usubjid], *own, answers, people.at[usubjid, "MEASFL"] == "Y")
    queries = [
        check_visits(subjects.values(), scans),
        check_cutoff(late, "tr", cutoff),
        check_cutoff(late_given, "rs", cutoff),
    ]
    data, links = _frame(rows, people)
    return Derived(data, together(queries, QUERY_COLUMNS), links)


def _judge(
    people: pd.DataFrame, scans: pd.DataFrame, given: pd.DataFrame, pr: pd.DataFrame, study: View
) -> dict[str, Subject]:
    """Return every subject of ADSL with its visits judged by RECIST 1.1 (subjects without tumor data have none)."""
    settings = ResponseSettings(
        study["response.pr_persistence"],
        study["response.confirm_days"],
        study["response.max_ne"],
        study["response.accept_sd"],
        study["tumor.new_lesion_blank"],
    )
    visits = derive_tumor_visits(scans, people["TRTSDT"], planned_before_dosing(study["visit.schedule"]))
    therapies = derive_local_therapies(pr, visits)
    tumors = build_tumors(scans, given, therapies, visits)
    places = pd.concat([scans[["VISIT", "VISITNUM"]], given[["VISIT", "VISITNUM"]]]).dropna()
    numbers = dict(zip(places["VISIT"], places["VISITNUM"], strict=True))
    not_done = _not_done(given, scans)
    found = {}
    for person in people.itertuples():
        tumor = tumors.get(person.Index, Tumor(person.Index, (), None, ()))
        days = (day_of(person.TRTSDT), day_of(person.NACTDT))
        treated = therapies[therapies["USUBJID"].eq(person.Index)]
        addresses = dict(zip(treated["LESION"], treated["ADDRESS"], strict=True))
        found[person.Index] = judge_subject(tumor, not_done.get(person.Index, []), settings, *days, numbers, addresses)
    return found


def _not_done(given: pd.DataFrame, scans: pd.DataFrame) -> dict[str, list[NotDone]]:
    """Return by USUBJID the visits that have no tumor record and an overall response ND."""
    recorded = set(zip(scans["USUBJID"], scans["VISIT"], strict=True))
    found: dict[str, list[NotDone]] = {}
    for (usubjid, visit), tests in sorted(answers_by_visit(given).items()):
        overall = tests.get("OVRLRESP")
        if overall is not None and text_of(overall.RSSTRESC) == "ND" and (usubjid, visit) not in recorded:
            found.setdefault(usubjid, []).append(NotDone(visit, day_of(overall.DAY), overall.ADDRESS))
    return found


def _subject_rows(subject: Subject, scans: list[Any], late: list[Any], answers: Answers, measurable: bool) -> list[Row]:
    lesions: dict[str, list[Row]] = {}
    silent: dict[str, list[Source]] = {}
    for record in scans:
        if text_of(record.TRLNKID):
            lesions.setdefault(text_of(record.VISIT), []).append(lesion_row(record, subject, late=False))
        else:
            silent.setdefault(text_of(record.VISIT), []).append(("", "tr", record.ADDRESS))
    rows = [row for visit in sorted(lesions) for row in lesions[visit]]
    rows += [lesion_row(record, subject, late=True) for record in late if text_of(record.TRLNKID)]
    rows += baseline_row(subject, lesions.get(subject.baseline.name, []))
    for response in subject.visits:
        marker = answers.get((subject.usubjid, response.visit), {}).get("MARKER")
        others = {"NEWLES": silent.get(response.visit, [])}
        others["NTSTATE"] = [("", "rs", marker.ADDRESS)] if marker is not None else []
        rows += visit_rows(response, subject, lesions.get(response.visit, []), others)
    return rows + not_done_rows(subject) + (best_change_row(subject) if measurable else [])


def _frame(rows: list[Row], people: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return rows as ADTR, and the links of their sources."""
    contract = load_contract("derive", "adtr")
    columns = [name for name in contract.names if name not in ("SUBJID", "TRT01P", "TRT01PN", "PARAM", "ADY")]
    frame = pd.DataFrame(rows, columns=columns)
    for name in NUMBERS:
        frame[name] = [None if value is None or pd.isna(value) else float(value) for value in frame[name]]
    frame = frame.replace({"REASON": {"": None}}).assign(
        ADT=pd.to_datetime(frame["ADT"]),
        PARAM=frame["PARAMCD"].map(PARAMETERS),
        **{name: frame["USUBJID"].map(people[name]) for name in ("SUBJID", "TRT01P", "TRT01PN")},
    )
    frame = frame.assign(ADY=compute_study_day(frame["ADT"], frame["USUBJID"].map(people["TRTSDT"])))
    data = conform(frame, contract)
    return data, link_sources("adtr", data, rows, contract)
