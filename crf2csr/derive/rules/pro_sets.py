"""Who is evaluable by an instrument of patient-reported outcomes: a baseline and a later value (R-303, R-1205)."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from crf2csr.derive.rules.dates import compute_first_day, compute_last_day
from crf2csr.derive.rules.dlt import compute_reason
from crf2csr.derive.rules.enrollment import yes_no
from crf2csr.derive.rules.promis import ITEMS, load_scores
from crf2csr.derive.rules.worsening import load_parameters

#: Instrument to the flag of its set and the reason of not being in it.
INSTRUMENTS = {"PROMIS": ("PROPFL", "PROPREAS"), "BCPT": ("PROBFL", "PROBREAS")}
NOT_TREATED, NO_BASELINE, NO_LATER = "No study drug taken", "No baseline value", "No post-baseline value"


def derive_pro_sets(frame: pd.DataFrame, qs: pd.DataFrame, visits_before_dosing: Collection[str]) -> pd.DataFrame:
    """Return the frame (one row a subject, indexed by USUBJID, with TRTSDT) with flag and reason of each instrument.

    PROPFL, PROBFL: a treated subject with a baseline and a later value of the same PROMIS form or BCPT item. A value of
    a form needs all four answers and a version that has scores (R-1201), one of an item its answer (R-1203). The
    day of the first dose belongs to baseline at `visits_before_dosing` (R-302). Without forms nobody is in a set.
    """
    values = _values(qs)
    timing = _timing(values, frame["TRTSDT"], visits_before_dosing)
    result = frame
    for instrument, (flag, reason) in INSTRUMENTS.items():
        own = values["QSCAT"].eq(instrument)
        before, after = (_measured(values[own & timing.eq(when)]) for when in ("BEFORE", "AFTER"))
        # The same form or item both times; the reason says which of the two a subject lacks altogether.
        both = {subject for subject, _ in before & after}
        tests = (
            (frame["TRTSDT"].isna(), NOT_TREATED),
            (pd.Series(frame.index.isin(both), index=frame.index), ""),
            (pd.Series(~frame.index.isin({subject for subject, _ in before}), index=frame.index), NO_BASELINE),
            (pd.Series(True, index=frame.index), NO_LATER),
        )
        found = compute_reason(frame.index, tests)
        result = result.assign(**{flag: yes_no(found.isna()), reason: found})
    return result


def _measured(values: pd.DataFrame) -> set[tuple[str, str]]:
    return set(zip(values["USUBJID"], values["UNIT"], strict=True))


def _values(qs: pd.DataFrame) -> pd.DataFrame:
    """Return what was measured: subject, instrument, form or item (UNIT), visit, first and last possible day."""
    known = {parameter.item or parameter.scale: parameter for parameter in load_parameters()}
    unit = qs["QSSCAT"].where(qs["QSCAT"].eq("PROMIS"), qs["QSTESTCD"])
    low = unit.map({name: parameter.lowest for name, parameter in known.items()})
    high = unit.map({name: parameter.highest for name, parameter in known.items()})
    given = qs["QSSTRESN"].ge(low) & qs["QSSTRESN"].le(high) & ~qs["QSSTAT"].eq("NOT DONE").fillna(False)
    rows = qs[["USUBJID", "QSCAT", "VISIT", "QSTESTCD", "QSSCAT"]].assign(
        UNIT=unit,
        FIRST=compute_first_day(qs["QSDTC"]),
        LAST=compute_last_day(qs["QSDTC"]),
        VERSION=qs["QSVERS"].fillna(""),
        GIVEN=given.fillna(False).astype("int64"),
    )
    groups = rows.groupby(["USUBJID", "QSCAT", "UNIT", "VISIT"], dropna=False, sort=True)
    found = groups.agg(
        FIRST=("FIRST", lambda days: days.max(skipna=False)),
        LAST=("LAST", lambda days: days.max(skipna=False)),
        GIVEN=("GIVEN", "sum"),
        ASKED=("GIVEN", "size"),
        VERSION=("VERSION", "min"),
        OTHER=("VERSION", "max"),
    ).reset_index()
    needed = found["UNIT"].map({name: 1 if parameter.item else ITEMS for name, parameter in known.items()})
    tables = load_scores()
    scored = [pair in tables for pair in zip(found["UNIT"], found["VERSION"], strict=True)]
    valid = found["QSCAT"].ne("PROMIS") | (pd.Series(scored, found.index) & found["VERSION"].eq(found["OTHER"]))
    return found[(found["GIVEN"].eq(needed) & found["ASKED"].eq(needed) & valid).fillna(False).astype(bool)]


def _timing(values: pd.DataFrame, start: pd.Series, visits_before_dosing: Collection[str]) -> pd.Series:
    """Return BEFORE or AFTER the first dose: by the days a date can mean, else by the visit; missing without dose."""
    first_dose = values["USUBJID"].map(start)
    planned = values["VISIT"].isin(list(visits_before_dosing))
    timing = pd.Series("AFTER", index=values.index, dtype="string").mask(planned, "BEFORE").mask(values["VISIT"].isna())
    timing = timing.mask((values["FIRST"] > first_dose).fillna(False), "AFTER")
    return timing.mask((values["LAST"] < first_dose).fillna(False), "BEFORE").mask(first_dose.isna())
