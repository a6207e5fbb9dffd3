"""ADQS: PROMIS T-scores and BCPT items by visit, change from baseline, and who worsened (R-1201 to R-1208)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from crf2csr.contracts import conform, load_contract
from crf2csr.derive.rules.baseline import planned_up_to_first_dose
from crf2csr.derive.rules.dates import compute_first_day, compute_last_day, compute_study_day
from crf2csr.derive.rules.promis import load_scores, score_form
from crf2csr.derive.rules.records import check_cutoff, doubts, link_sources, split_at_cutoff, together, with_address
from crf2csr.derive.rules.worsening import (
    AFTER,
    BEFORE,
    Course,
    Measured,
    Parameter,
    any_worsened,
    change_of,
    follow,
    load_parameters,
)
from crf2csr.results import QUERY_COLUMNS, Derived
from crf2csr.study import uses

if TYPE_CHECKING:
    import datetime as dt

    from crf2csr.study import View

Row = dict[str, Any]
#: Visits of a parameter by subject and parameter.
Found = dict[tuple[str, str], list[Measured]]
#: AVISIT of the row that sums up a parameter, and of the rows of O7.
WORST = "WORST"
#: Larger worsening of an item that the table of worsening shows beside any (points).
TWO_POINTS = 2
#: The three counts of O7 (R-1208): code, label, instruments.
OUTCOMES = (
    ("PROMANY", "Any PROMIS scale", ("PROMIS",)),
    ("BCPTANY", "Any BCPT item", ("BCPT",)),
    ("PROANY", "Any PROMIS scale or BCPT item", ("PROMIS", "BCPT")),
)
NOT_EVALUABLE = "No scale or item evaluable"
#: Columns of ADQS that hold exact numbers until they are written.
NUMBERS = ("AVAL", "BASE", "CHG", "WORSCHG", "AVISITN")


@uses("data_cutoff", "visit.schedule", "pro.threshold.promis_t", "pro.threshold.bcpt_item")
def adqs(adsl: pd.DataFrame, qs: pd.DataFrame, study: View) -> Derived:
    """Return ADQS for the subjects of ADSL: one row a subject, parameter and visit, and rows that sum up.

    Parameters are seven PROMIS T-scores and eighteen BCPT items; WORSCHG is the change from baseline with worsening
    positive. For each treated subject and parameter the row with AVISIT `WORST` holds the maximum of WORSCHG, EVALFL
    (baseline and a later value) with EVALREAS, and WORSFL (maximum at or above `pro.threshold.*`); PROMANY, BCPTANY and
    PROANY are the three counts of O7. Records after the cutoff are not used (R-209), those after the end of treatment
    or a new therapy are. Queries: Q-907, Q-1101. Links: a value to its records, a worst change to its visit and the
    baseline, an outcome of O7 to the parameters that worsened (or, if none did, that were evaluable), a missing
    baseline or later value to the visits that have none.
    """
    people, cutoff = adsl.set_index("USUBJID"), study["data_cutoff"]
    known = with_address(qs[qs["USUBJID"].isin(people.index)], "qs")
    used, late = split_at_cutoff(known, "qs", cutoff)
    measured, unscored = _measure(used)
    before = planned_up_to_first_dose(study["visit.schedule"])
    thresholds = {"PROMIS": study["pro.threshold.promis_t"], "BCPT": Decimal(study["pro.threshold.bcpt_item"])}
    rows: list[Row] = []
    for usubjid, start in people["TRTSDT"].items():
        day = None if pd.isna(start) else start.date()
        courses = _courses(str(usubjid), measured, day, before)
        rows += _subject_rows(str(usubjid), courses, thresholds, treated=day is not None)
    queries = [check_cutoff(late, "qs", cutoff), _check_versions(used, unscored)]
    data, links = _frame(rows, people)
    return Derived(data, together(queries, QUERY_COLUMNS), links)


def _measure(qs: pd.DataFrame) -> tuple[Found, dict[str, str]]:
    """Return what was measured by subject and parameter, and the first record of each form whose version has no score
    with the reason."""
    scales = {parameter.scale: parameter for parameter in load_parameters() if not parameter.item}
    items = {parameter.item: parameter for parameter in load_parameters() if parameter.item}
    dated = qs.assign(FIRST=compute_first_day(qs["QSDTC"]), LAST=compute_last_day(qs["QSDTC"]))
    found: Found = {}
    unscored: dict[str, str] = {}
    groups: dict[tuple[str, str, str | None], list[Any]] = {}
    for record in dated.sort_values("ADDRESS").itertuples():
        parameter = scales.get(record.QSSCAT) or items.get(record.QSTESTCD)
        if parameter is not None:
            groups.setdefault((record.USUBJID, parameter.code, _text(record.VISIT)), []).append(record)
    parameters = {parameter.code: parameter for parameter in load_parameters()}
    for (usubjid, code, _), records in groups.items():
        one = _measured(parameters[code], records)
        found.setdefault((usubjid, code), []).append(one)
        if one.raw_sum is not None and one.value is None:
            unscored[one.sources[0]] = one.reason
    return found, unscored


def _measured(parameter: Parameter, records: list[Any]) -> Measured:
    """Return a parameter at one visit: the score of a form, or the answer to an item."""
    answers = {record.QSTESTCD: _answer(parameter, record) for record in records}
    versions = [_text(record.QSVERS) or "" for record in records]
    firsts, lasts = ([_day(getattr(r, name)) for r in records] for name in ("FIRST", "LAST"))
    value, raw_sum, reason = next(iter(answers.values())), None, ""
    number: Decimal | None = None if value is None else Decimal(value)
    if not parameter.item:
        score = score_form(parameter.scale, answers, versions, load_scores())
        number, raw_sum, reason = score.t_score, score.raw_sum, score.reason
    elif value is None:
        reason = "item not answered"
    return Measured(
        visit=_text(records[0].VISIT),
        number=None if pd.isna(records[0].VISITNUM) else float(records[0].VISITNUM),
        # A form is complete with its last answer; a record without any date leaves the day open.
        first=None if None in firsts else max(day for day in firsts if day),
        last=None if None in lasts else max(day for day in lasts if day),
        value=number,
        raw_sum=raw_sum,
        version=versions[0] if len(set(versions)) == 1 and versions[0] else None,
        reason=reason,
        sources=tuple(record.ADDRESS for record in records),
    )


def _answer(parameter: Parameter, record: Any) -> int | None:
    """Return the answer to an item; one outside its range, or on a form not done, is none (R-1201, R-1203)."""
    if pd.isna(record.QSSTRESN) or _text(record.QSSTAT) == "NOT DONE":
        return None
    answer = Decimal(str(record.QSSTRESN))
    exists = answer == int(answer) and parameter.lowest <= answer <= parameter.highest
    return int(answer) if exists else None


def _courses(usubjid: str, measured: Found, start: dt.date | None, before: list[str]) -> dict[str, Course]:
    return {
        parameter.code: follow(parameter, measured.get((usubjid, parameter.code), []), start, before)
        for parameter in load_parameters()
    }


def _subject_rows(
    usubjid: str, courses: dict[str, Course], thresholds: dict[str, Decimal], *, treated: bool
) -> Iterator[Row]:
    """Yield the rows of one subject: visits of each parameter, and for a treated one the worst change and O7."""
    limits = {parameter.code: thresholds[parameter.instrument] for parameter in load_parameters()}
    for parameter in load_parameters():
        course = courses[parameter.code]
        common = {"USUBJID": usubjid, "PARAMCD": parameter.code, "PARCAT1": parameter.instrument}
        yield from (common | _visit_row(usubjid, parameter, course, visit) for visit in course.visits)
        if treated:
            worsened = any_worsened(courses, limits, [parameter.code])
            yield common | _worst_row(usubjid, parameter, course, worsened)
    if treated:
        yield from _outcome_rows(usubjid, courses, limits)


def _visit_row(usubjid: str, parameter: Parameter, course: Course, visit: Measured) -> Row:
    sources: list[Any] = [("AVAL", "qs", address) for address in visit.sources]
    row: Row = {
        "AVISIT": visit.visit,
        "AVISITN": visit.number,
        "ADT": visit.day,
        "RAWSUM": visit.raw_sum,
        "AVAL": visit.value,
        "AVALC": None if visit.value is None else str(visit.value),
        "QSVERS": visit.version,
        "REASON": visit.reason or None,
        "ABLFL": "Y" if visit is course.baseline else None,
        "SOURCES": sources,
    }
    if visit.timing != AFTER or visit.value is None:
        return row
    base = course.baseline
    if base is None or base.value is None:
        return row | {"POSTFL": "Y"}
    place = (usubjid, parameter.code, base.visit)
    change = {"CHG": visit.value - base.value, "WORSCHG": change_of(parameter, base, visit)}
    return row | change | {"POSTFL": "Y", "BASE": base.value, "SOURCES": [*sources, ("BASE", "adqs", place)]}


def _worst_row(usubjid: str, parameter: Parameter, course: Course, worsened: str | None) -> Row:
    row: Row = {"AVISIT": WORST, "EVALFL": "N" if course.reason else "Y", "EVALREAS": course.reason or None}
    if course.worst is None or course.baseline is None or course.change is None:
        # What was asked for and gave no value.
        asked = [visit for visit in course.visits if visit.timing == (AFTER if course.baseline else BEFORE)]
        return row | {"SOURCES": [("EVALREAS", "adqs", (usubjid, parameter.code, visit.visit)) for visit in asked]}
    two = None if not parameter.item else "Y" if course.change >= TWO_POINTS else "N"
    # The baseline is behind the visit's own BASE.
    worst = ("WORSCHG", "adqs", (usubjid, parameter.code, course.worst.visit))
    return row | {
        "ADT": course.worst.day,
        "AVAL": course.worst.value,
        "BASE": course.baseline.value,
        "WORSCHG": course.change,
        "BASISVIS": course.worst.visit,
        "WORSFL": worsened,
        "WORS2FL": two,
        "SOURCES": [worst],
    }


def _outcome_rows(usubjid: str, courses: dict[str, Course], limits: dict[str, Decimal]) -> Iterator[Row]:
    """Yield the rows of O7: worsened by at least one parameter among those evaluable (R-1208)."""
    for code, _, instruments in OUTCOMES:
        codes = [parameter.code for parameter in load_parameters() if parameter.instrument in instruments]
        worsened = any_worsened(courses, limits, codes)
        deciding = [one for one in codes if worsened is not None and any_worsened(courses, limits, [one]) == worsened]
        yield {
            "USUBJID": usubjid,
            "PARAMCD": code,
            "PARCAT1": "O7",
            "AVISIT": WORST,
            "EVALFL": "N" if worsened is None else "Y",
            "EVALREAS": NOT_EVALUABLE if worsened is None else None,
            "WORSFL": worsened,
            "SOURCES": [("WORSFL", "adqs", (usubjid, one, WORST)) for one in deciding],
        }


def _check_versions(qs: pd.DataFrame, unscored: dict[str, str]) -> pd.DataFrame:
    """Yield Q-907 (error), once a form and visit, for complete answers that no scoring table fits. R-1201."""
    rows = qs[qs["ADDRESS"].isin(list(unscored))]
    text = rows["ADDRESS"].map(unscored).astype("string") + "; the form has no T-score"
    return doubts(rows, "qs", "QSVERS", "Q-907", "E", text)


def _frame(rows: list[Row], people: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return rows as ADQS, and the links of their sources."""
    contract = load_contract("derive", "adqs")
    carried = ("SUBJID", "TRT01A", "TRT01AN")
    columns = [name for name in contract.names if name not in (*carried, "PARAM", "ADY")]
    frame = pd.DataFrame(rows, columns=columns)
    for name in NUMBERS:
        frame[name] = [None if value is None or pd.isna(value) else float(value) for value in frame[name]]
    labels = {parameter.code: parameter.label for parameter in load_parameters()}
    labels |= {code: label for code, label, _ in OUTCOMES}
    frame = frame.assign(
        ADT=pd.to_datetime(frame["ADT"]),
        PARAM=frame["PARAMCD"].map(labels),
        **{name: frame["USUBJID"].map(people[name]) for name in carried},
    )
    frame = frame.assign(ADY=compute_study_day(frame["ADT"], frame["USUBJID"].map(people["TRTSDT"])))
    data = conform(frame, contract)
    return data, link_sources("adqs", data, rows, contract)


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def _day(value: Any) -> dt.date | None:
    return None if pd.isna(value) else value.date()
