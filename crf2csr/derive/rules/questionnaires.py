"""What each subject reported by visit: the one reading of QS behind ADQS and the sets of ADSL (R-1201, R-1205)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from crf2csr.derive.rules.dates import compute_first_day, compute_last_day
from crf2csr.derive.rules.scoring import Table, best_score, score_form, tables
from crf2csr.derive.rules.worsening import Course, Measured, follow
from crf2csr.instruments import Instrument, Parameter

#: Visits of a parameter by subject and parameter.
Found = dict[tuple[str, str], list[Measured]]
NOT_DONE = "NOT DONE"


def measure(qs: pd.DataFrame, instruments: Sequence[Instrument]) -> Found:
    """Return what was measured by subject and parameter: one value a visit, or the reason why there is none.

    qs: records of QS with ADDRESS. A form belongs to the visit that it is recorded at, and is dated by its last answer;
    an undated record leaves the day open. Every item can serve several parameters. R-1201, R-1203.
    """
    readers, scores = _readers(instruments), tables(instruments)
    dated = qs.assign(FIRST=compute_first_day(qs["QSDTC"]), LAST=compute_last_day(qs["QSDTC"]))
    groups: dict[tuple[str, str, str | None], list[Any]] = {}
    for record in dated.sort_values("ADDRESS").itertuples():
        for name in dict.fromkeys((record.QSSCAT, record.QSTESTCD)):
            for parameter in readers.get((record.QSCAT, name), ()):
                groups.setdefault((record.USUBJID, parameter.paramcd, _text(record.VISIT)), []).append(record)
    parameters = {one.paramcd: one for instrument in instruments for one in instrument.parameters}
    found: Found = {}
    for (usubjid, code, _), records in groups.items():
        parameter = parameters[code]
        found.setdefault((usubjid, code), []).append(_measured(parameter, records, scores[parameter.instrument]))
    return found


def courses(
    found: Found,
    usubjid: str,
    instruments: Iterable[Instrument],
    start: dt.date | None,
    before_dosing: Sequence[str],
    missing_baseline: str = "excluded",
) -> dict[str, Course]:
    """Return the course of every parameter in one subject, first dose on `start` (R-302, R-1204).

    `missing_baseline`: the study key; with `best_possible` the best score that the parameter can have stands for a
    baseline that is missing (R-1205).
    """
    result = {}
    for instrument in instruments:
        scores = tables([instrument])[instrument.instrument]
        for parameter in instrument.parameters:
            best = best_score(parameter, scores)
            visits = found.get((usubjid, parameter.paramcd), [])
            assumed = best if missing_baseline == "best_possible" else None
            result[parameter.paramcd] = follow(parameter, visits, start, before_dosing, best, assumed)
    return result


def _readers(instruments: Iterable[Instrument]) -> Mapping[tuple[str, str], list[Parameter]]:
    """Return the parameters that a record serves, by questionnaire and short form, or questionnaire and item."""
    result: dict[tuple[str, str], list[Parameter]] = {}
    for instrument in instruments:
        for parameter in instrument.parameters:
            for name in [parameter.scale] if parameter.scale else parameter.items:
                result.setdefault((instrument.instrument, name), []).append(parameter)
    return result


def _measured(parameter: Parameter, records: list[Any], scores: Table) -> Measured:
    """Return a parameter at one visit: the score of the form, or the answer to an item."""
    answers = {record.QSTESTCD: _answer(parameter, record) for record in records}
    versions = [_text(record.QSVERS) or "" for record in records]
    firsts, lasts = ([_day(getattr(record, name)) for record in records] for name in ("FIRST", "LAST"))
    score = score_form(parameter, answers, versions, scores)
    return Measured(
        visit=_text(records[0].VISIT),
        number=None if pd.isna(records[0].VISITNUM) else float(records[0].VISITNUM),
        first=None if None in firsts else max(day for day in firsts if day),
        last=None if None in lasts else max(day for day in lasts if day),
        value=score.value,
        raw_sum=None if parameter.score == "answer" else score.raw_sum,
        version=versions[0] if len(set(versions)) == 1 and versions[0] else None,
        reason=score.reason,
        complete=score.complete,
        sources=tuple(record.ADDRESS for record in records),
    )


def _answer(parameter: Parameter, record: Any) -> int | None:
    """Return the answer to an item; one outside its range, or on a form not done, is none (R-1201, R-1203)."""
    if pd.isna(record.QSSTRESN) or _text(record.QSSTAT) == NOT_DONE:
        return None
    answer = Decimal(str(record.QSSTRESN))
    exists = answer == int(answer) and parameter.lowest <= answer <= parameter.highest
    return int(answer) if exists else None


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def _day(value: Any) -> dt.date | None:
    return None if pd.isna(value) else value.date()
