"""ADTR: lesions as recorded and as used, sums of diameters, and what each tumor visit shows (R-501 to R-544, R-612)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crf2csr.contracts import Contract, conform, load_contract, row_key
from crf2csr.derive.rules.assessments import derive_tumor_visits, planned_before_dosing
from crf2csr.derive.rules.dates import compute_study_day
from crf2csr.derive.rules.records import Source, check_cutoff, link_frame, text_array, together, with_address
from crf2csr.derive.rules.tumor_data import (
    NOT_DONE,
    Answer,
    Record,
    Records,
    answers_by_subject,
    build_tumor,
    days_of,
    derive_local_therapies,
    derive_scan_days,
    split_visits_at_cutoff,
    therapies_by_subject,
)
from crf2csr.derive.rules.visit_checks import Doubt, check_visits, doubted_visits
from crf2csr.derive.rules.visit_rows import (
    NUMBERS,
    PARAMETERS,
    NotDone,
    Row,
    Subject,
    Table,
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
    import datetime as dt
    from array import array

    from crf2csr.study import View


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
    # Taken out, so that the records of many subjects exist once.
    days = derive_scan_days(known.pop("tr"))
    (scans, late), (given, late_given) = split_visits_at_cutoff(days, known.pop("rs"), cutoff)
    del days
    walk = _Walk(people, scans, given, known["pr"], study)
    records, after = Records(scans), Records(late)
    measurable = set(people.index[people["MEASFL"].eq("Y")])
    contract = load_contract("derive", "adtr")
    table = Table(contract)
    doubts: list[Doubt] = []
    for usubjid in sorted(people.index, key=lambda usubjid: row_key([usubjid, ""])):
        own = records.of(usubjid)
        subject = walk.judge(usubjid, own)
        table.add(_subject_rows(subject, own, after.of(usubjid), walk.answers.get(usubjid, {}), usubjid in measurable))
        doubts += doubted_visits(subject)
    queries = [
        check_visits(doubts, scans[scans["USUBJID"].isin({doubt[0] for doubt in doubts})]),
        check_cutoff(late, "tr", cutoff),
        check_cutoff(late_given, "rs", cutoff),
    ]
    data = _frame(table, people, contract)
    return Derived(data, together(queries, QUERY_COLUMNS), link_frame("adtr", table.links))


class _Walk:
    """What judging a subject needs besides its own records."""

    def __init__(
        self, people: pd.DataFrame, scans: pd.DataFrame, given: pd.DataFrame, pr: pd.DataFrame, study: View
    ) -> None:
        """Keep days, visits, answers and local therapies by USUBJID; TR and RS are those up to the cutoff."""
        self.settings = ResponseSettings(
            study["response.pr_persistence"],
            study["response.confirm_days"],
            study["response.max_ne"],
            study["response.accept_sd"],
            study["tumor.new_lesion_blank"],
        )
        visits = derive_tumor_visits(scans, people["TRTSDT"], planned_before_dosing(study["visit.schedule"]))
        self.timing: dict[str, dict[str, str]] = {}
        for usubjid, visit, when in zip(visits["USUBJID"], visits["VISIT"], visits["TIMING"], strict=True):
            self.timing.setdefault(usubjid, {})[visit] = when
        self.treated = therapies_by_subject(derive_local_therapies(pr, visits))
        self.answers = answers_by_subject(given)
        places = pd.concat([scans[["VISIT", "VISITNUM"]], given[["VISIT", "VISITNUM"]]]).dropna().drop_duplicates()
        self.numbers = dict(zip(places["VISIT"], places["VISITNUM"], strict=True))
        days = zip(days_of(people["TRTSDT"]), days_of(people["NACTDT"]), strict=True)
        self.days = dict(zip(people.index, days, strict=True))

    def judge(self, usubjid: str, records: Sequence[Record]) -> Subject:
        """Return a subject with its visits judged by RECIST 1.1; one without tumor data has none."""
        answers, treated = self.answers.get(usubjid, {}), self.treated.get(usubjid, {})
        tumor = build_tumor(usubjid, self.timing.get(usubjid, {}), records, answers, treated)
        addresses = {lesion: address for lesion, (_, address) in treated.items()}
        visits = _not_done(answers, {record.visit for record in records})
        start, therapy = self.days[usubjid]
        return judge_subject(tumor, visits, self.settings, start, therapy, self.numbers, addresses)


def _not_done(answers: Mapping[str, Mapping[str, Answer]], recorded: Collection[str]) -> list[NotDone]:
    """Return the visits of a subject that have no tumor record and an overall response ND."""
    overall = {visit: tests["OVRLRESP"] for visit, tests in sorted(answers.items()) if "OVRLRESP" in tests}
    return [
        NotDone(visit, answer.day, answer.address)
        for visit, answer in overall.items()
        if answer.term == NOT_DONE and visit not in recorded
    ]


def _subject_rows(
    subject: Subject,
    scans: Sequence[Record],
    late: Sequence[Record],
    answers: Mapping[str, Mapping[str, Answer]],
    measurable: bool,
) -> list[Row]:
    lesions: dict[str, list[Row]] = {}
    silent: dict[str, list[Source]] = {}
    for record in scans:
        if record.lesion:
            lesions.setdefault(record.visit, []).append(lesion_row(record, subject, late=False))
        else:
            silent.setdefault(record.visit, []).append(("", "tr", record.address))
    rows = [row for visit in sorted(lesions) for row in lesions[visit]]
    rows += [lesion_row(record, subject, late=True) for record in late if record.lesion]
    rows += baseline_row(subject, lesions.get(subject.baseline.name, []))
    for response in subject.visits:
        marker = answers.get(response.visit, {}).get("MARKER")
        others = {"NEWLES": silent.get(response.visit, [])}
        others["NTSTATE"] = [("", "rs", marker.address)] if marker is not None else []
        rows += visit_rows(response, subject, lesions.get(response.visit, []), others)
    return rows + not_done_rows(subject) + (best_change_row(subject) if measurable else [])


def _frame(table: Table, people: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Return the rows of the table, which is empty then: the columns of many subjects exist once."""
    columns = table.columns
    columns["REASON"] = [reason or None for reason in columns["REASON"]]
    columns["PARAM"] = [PARAMETERS[parameter] for parameter in columns["PARAMCD"]]
    own = people.iloc[people.index.get_indexer(columns["USUBJID"])].reset_index()
    days, numbers = pd.Series(days_column(columns.pop("ADT"))), {name: columns.pop(name) for name in NUMBERS}
    filled: dict[str, Any] = {name: text_array(columns.pop(name)) for name in list(columns)}
    filled |= {name: number_array(numbers.pop(name)) for name in NUMBERS}
    filled |= {name: own[name] for name in ("SUBJID", "TRT01P", "TRT01PN")}
    filled |= {"ADT": days, "ADY": compute_study_day(days, own["TRTSDT"])}
    return conform(pd.DataFrame(filled, copy=False), contract)


def number_array(values: array[float]) -> pd.arrays.FloatingArray:
    """Return numbers as an array of pandas' decimal type; NaN is missing."""
    numbers = np.frombuffer(values) if values else np.empty(0)
    return pd.arrays.FloatingArray(numbers, np.isnan(numbers))


def days_column(days: list[dt.date | None]) -> np.ndarray:
    """Return days as datetime64, missing where None; each day is converted once."""
    places, known = pd.factorize(np.array(days, dtype=object))
    return np.append(pd.DatetimeIndex(known).to_numpy("datetime64[ns]"), np.datetime64("NaT", "ns"))[places]
