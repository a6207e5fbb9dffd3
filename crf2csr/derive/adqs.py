"""ADQS: scores and items of questionnaires by visit, change from baseline, who worsened, which forms came in (R-1201 to
R-1208)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from crf2csr.contracts import conform, load_contract
from crf2csr.derive.rules.baseline import planned_up_to_first_dose
from crf2csr.derive.rules.compliance import Treated, forms_due
from crf2csr.derive.rules.dates import compute_study_day
from crf2csr.derive.rules.disposition import ONGOING
from crf2csr.derive.rules.exposure_dates import DRUGS
from crf2csr.derive.rules.questionnaires import Found, courses, measure
from crf2csr.derive.rules.records import check_cutoff, doubts, link_sources, split_at_cutoff, together, with_address
from crf2csr.derive.rules.scoring import category
from crf2csr.derive.rules.worsening import AFTER, BEFORE, Course, Measured, any_worsened
from crf2csr.instruments import Instrument, Parameter, load_instruments
from crf2csr.results import QUERY_COLUMNS, Derived
from crf2csr.study import uses

if TYPE_CHECKING:
    import datetime as dt

    from crf2csr.study import View

Row = dict[str, Any]
#: AVISIT of the row that sums up a parameter, and of the rows of O7.
WORST = "WORST"
#: PARCAT1 of the rows of O7, and of those of expected and received forms.
O7, COMPLIANCE = "O7", "COMPLIANCE"
#: O7 over all instruments (R-1208).
EITHER, EITHER_LABEL = "PROANY", "Any PROMIS scale or BCPT item"
#: Larger worsening of an item that the table of worsening shows beside any (points).
TWO_POINTS = 2
NOT_EVALUABLE = "No scale or item evaluable"
#: Columns of ADQS that hold exact numbers until they are written.
NUMBERS = ("AVAL", "BASE", "CHG", "WORSCHG", "ADJMAX", "AVISITN")


@dataclass(frozen=True)
class Settings:
    """What decides worsening: points of each parameter, and the study key `pro.worst`."""

    limits: dict[str, Decimal]
    worst: str


@uses(
    "data_cutoff",
    "visit.schedule",
    "pro.threshold.promis_t",
    "pro.threshold.bcpt_item",
    "pro.missing_baseline",
    "pro.worst",
)
def adqs(adsl: pd.DataFrame, qs: pd.DataFrame, study: View) -> Derived:
    """Return ADQS for the subjects of ADSL: one row a subject, parameter and visit, and rows that sum up.

    Parameters are those of `config/instruments`; WORSCHG is the change from baseline with worsening positive, WORSFL
    tells whether it reaches the threshold: on a visit at that visit, on the row `WORST` (one a treated subject and
    parameter, with EVALFL and EVALREAS) at any. By `pro.worst` the change or the baseline-adjusted value ADJMAX is held
    against `pro.threshold.*`; by `pro.missing_baseline` the best possible value stands for a missing baseline
    (BASEASFL). PROMANY, BCPTANY and PROANY are the three counts of O7; rows of PARCAT1 COMPLIANCE hold the forms
    expected (EXPFL) and received (RECFL). Records after the cutoff are not used (R-209), those after the end of
    treatment or a new therapy are. Queries: Q-907, Q-1101. Links: a value to its records, a worst change to its visit
    and the baseline, an outcome of O7 to the parameters that worsened (or, if none did, that were evaluable), a missing
    baseline or later value to the visits that have none, a form to ADSL and to the values that it gave.
    """
    instruments, people, cutoff = load_instruments(), adsl.set_index("USUBJID"), study["data_cutoff"]
    known = with_address(qs[qs["USUBJID"].isin(people.index)], "qs")
    used, late = split_at_cutoff(known, "qs", cutoff)
    found = measure(used, instruments)
    before = planned_up_to_first_dose(study["visit.schedule"])
    points = {one.instrument: one.points(_thresholds(study)) for one in instruments}
    limits = {p.paramcd: points[one.instrument] for one in instruments for p in one.parameters}
    settings = Settings(limits, study["pro.worst"])
    rows: list[Row] = []
    for usubjid, person in people.iterrows():
        treated = _treated(person)
        start = treated.start if treated else None
        followed = courses(found, str(usubjid), instruments, start, before, study["pro.missing_baseline"])
        for instrument in instruments:
            rows += _instrument_rows(str(usubjid), instrument, followed, settings, treated is not None)
            if treated and instrument.compliance:
                rows += _due_rows(str(usubjid), instrument, followed, treated, study)
        if treated:
            rows += _outcome_rows(str(usubjid), instruments, followed, settings)
    queries = [check_cutoff(late, "qs", cutoff), _check_versions(used, found)]
    data, links = _frame(rows, people, instruments)
    return Derived(data, together(queries, QUERY_COLUMNS), links)


def _thresholds(study: View) -> dict[str, object]:
    return {key: study[key] for key in study.keys if key.startswith("pro.threshold.")}


def _treated(person: pd.Series) -> Treated | None:
    """Return when a subject was treated; None without a dose."""
    if pd.isna(person["TRTSDT"]):
        return None
    status = [person[f"{prefix}STAT"] for prefix in DRUGS.values()]
    start, end, death = (_day(person[name]) for name in ("TRTSDT", "TRTEDT", "DTHDT"))
    assert start is not None
    return Treated(start, end or start, ONGOING not in [text for text in status if not pd.isna(text)], death)


def _instrument_rows(
    usubjid: str, instrument: Instrument, followed: dict[str, Course], settings: Settings, treated: bool
) -> Iterator[Row]:
    """Yield the visits of each parameter of an instrument in one subject, and for a treated one the worst change."""
    for parameter in instrument.parameters:
        course = followed[parameter.paramcd]
        common = {"USUBJID": usubjid, "PARAMCD": parameter.paramcd, "PARCAT1": instrument.instrument}
        for visit in course.visits:
            yield common | _visit_row(usubjid, instrument, parameter, course, visit, settings)
        if treated:
            yield common | _worst_row(usubjid, instrument, parameter, course, settings)


def _visit_row(
    usubjid: str, instrument: Instrument, parameter: Parameter, course: Course, visit: Measured, settings: Settings
) -> Row:
    later = visit.timing == AFTER and visit.value is not None
    row: Row = {
        "AVISIT": visit.visit,
        "AVISITN": visit.number,
        "ADT": visit.day,
        "RAWSUM": visit.raw_sum,
        "AVAL": visit.value,
        "AVALC": None if visit.value is None else f"{visit.value:f}",
        "AVALCAT1": category(instrument, parameter, visit.value),
        "QSVERS": visit.version,
        "REASON": visit.reason or None,
        "ABLFL": "Y" if visit is course.baseline else None,
        "POSTFL": "Y" if later else None,
        "SOURCES": [("AVAL", "qs", address) for address in visit.sources],
    }
    base = course.baseline
    if not later or visit.value is None or base is None or base.value is None:
        return row
    sources = [] if base.assumed else [("BASE", "adqs", (usubjid, parameter.paramcd, base.visit))]
    return row | {
        **_changes(instrument, parameter, course, visit, settings),
        "CHG": visit.value - base.value,
        "SOURCES": [*row["SOURCES"], *sources],
    }


def _changes(instrument: Instrument, parameter: Parameter, course: Course, visit: Measured, settings: Settings) -> Row:
    """Return what a later value says beside its baseline (R-1204, R-1205)."""
    base, change = course.baseline, course.changes[visit.visit]
    assert base is not None
    extent = change.extent(settings.worst)
    return {
        "BASE": base.value,
        "BASECAT": category(instrument, parameter, base.value),
        "BASEASFL": "Y" if base.assumed else None,
        "WORSCHG": change.signed,
        "ADJMAX": change.adjusted,
        "WORSFL": "Y" if extent >= settings.limits[parameter.paramcd] else "N",
        "WORS2FL": None if parameter.score != "answer" else "Y" if extent >= TWO_POINTS else "N",
    }


def _worst_row(usubjid: str, instrument: Instrument, parameter: Parameter, course: Course, settings: Settings) -> Row:
    row: Row = {"AVISIT": WORST, "EVALFL": "N" if course.reason else "Y", "EVALREAS": course.reason or None}
    if course.worst is None:
        # What was asked for and gave no value.
        asked = [visit for visit in course.visits if visit.timing == (AFTER if course.baseline else BEFORE)]
        return row | {"SOURCES": [("EVALREAS", "adqs", (usubjid, parameter.paramcd, visit.visit)) for visit in asked]}
    return row | {
        **_changes(instrument, parameter, course, course.worst, settings),
        "ADT": course.worst.day,
        "AVAL": course.worst.value,
        "AVALCAT1": category(instrument, parameter, course.worst.value),
        "BASISVIS": course.worst.visit,
        # The baseline is behind the visit's own BASE.
        "SOURCES": [("WORSCHG", "adqs", (usubjid, parameter.paramcd, course.worst.visit))],
    }


def _outcome_rows(
    usubjid: str, instruments: tuple[Instrument, ...], followed: dict[str, Course], settings: Settings
) -> Iterator[Row]:
    """Yield the rows of O7: worsened by at least one parameter among those evaluable (R-1208)."""
    counted = [one for one in instruments if one.any]
    outcomes = {one.any.paramcd: [p.paramcd for p in one.parameters] for one in counted if one.any}
    outcomes[EITHER] = [code for codes in outcomes.values() for code in codes]
    for outcome, codes in outcomes.items():
        worsened = any_worsened(followed, settings.limits, codes, settings.worst)
        each = {one: any_worsened(followed, settings.limits, [one], settings.worst) for one in codes}
        deciding = [one for one in codes if worsened is not None and each[one] == worsened]
        yield {
            "USUBJID": usubjid,
            "PARAMCD": outcome,
            "PARCAT1": O7,
            "AVISIT": WORST,
            "EVALFL": "N" if worsened is None else "Y",
            "EVALREAS": NOT_EVALUABLE if worsened is None else None,
            "WORSFL": worsened,
            "SOURCES": [("WORSFL", "adqs", (usubjid, one, WORST)) for one in deciding],
        }


def _due_rows(
    usubjid: str, instrument: Instrument, followed: dict[str, Course], treated: Treated, study: View
) -> Iterator[Row]:
    """Yield the rows of expected and received forms of an instrument (R-1206)."""
    assert instrument.compliance is not None
    for due in forms_due(instrument, study["visit.schedule"], treated, followed, study["data_cutoff"]):
        yield {
            "USUBJID": usubjid,
            "PARAMCD": instrument.compliance.paramcd,
            "PARCAT1": COMPLIANCE,
            "AVISIT": due.visit,
            "AVISITN": due.number,
            "AVAL": Decimal(due.answered),
            "EXPFL": "Y" if due.expected else "N",
            "RECFL": "Y" if due.answered else "N",
            "SOURCES": [
                ("EXPFL", "adsl", usubjid),
                *(("RECFL", "adqs", (usubjid, code, due.visit)) for code in due.codes),
            ],
        }


def _check_versions(qs: pd.DataFrame, found: Found) -> pd.DataFrame:
    """Yield Q-907 (error), once a form and visit, for complete answers that no scoring table fits. R-1201."""
    every = [one for measured in found.values() for one in measured]
    unscored = {one.sources[0]: one.reason for one in every if one.complete and one.value is None}
    rows = qs[qs["ADDRESS"].isin(list(unscored))]
    text = rows["ADDRESS"].map(unscored).astype("string") + "; the form has no score"
    return doubts(rows, "qs", "QSVERS", "Q-907", "E", text)


def _labels(instruments: tuple[Instrument, ...]) -> dict[str, str]:
    labels = {parameter.paramcd: parameter.param for one in instruments for parameter in one.parameters}
    named = [part for one in instruments for part in (one.any, one.compliance) if part]
    return labels | {part.paramcd: part.param for part in named} | {EITHER: EITHER_LABEL}


def _frame(
    rows: list[Row], people: pd.DataFrame, instruments: tuple[Instrument, ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return rows as ADQS, and the links of their sources."""
    contract = load_contract("derive", "adqs")
    carried = ("SUBJID", "TRT01A", "TRT01AN")
    columns = [name for name in contract.names if name not in (*carried, "PARAM", "ADY")]
    frame = pd.DataFrame(rows, columns=columns)
    for name in NUMBERS:
        frame[name] = [None if value is None or pd.isna(value) else float(value) for value in frame[name]]
    frame = frame.assign(
        ADT=pd.to_datetime(frame["ADT"]),
        PARAM=frame["PARAMCD"].map(_labels(instruments)),
        **{name: frame["USUBJID"].map(people[name]) for name in carried},
    )
    frame = frame.assign(ADY=compute_study_day(frame["ADT"], frame["USUBJID"].map(people["TRTSDT"])))
    data = conform(frame, contract)
    return data, link_sources("adqs", data, rows, contract)


def _day(value: Any) -> dt.date | None:
    return None if pd.isna(value) else value.date()
