"""Start and end of adverse events: partial dates, study days, duration (R-203 to R-207)."""

from __future__ import annotations

from datetime import date

import pandas as pd

from crf2csr.derive.rules.dates import (
    compute_duration,
    compute_first_day,
    compute_imputation_flag,
    compute_last_day,
    compute_study_day,
)


def compute_event_start(collected: pd.Series, end: pd.Series, first_dose: pd.Series) -> pd.DataFrame:
    """Return ASTDT and ASTDTF of events from the collected start and end (ISO text) and the first dose date.

    The earliest day that the known part allows, but the first dose if that is one of its days, or if nothing is known
    (flag Y). An event that certainly ended before the first dose takes the earliest possible day, and none if nothing
    is known. Without a first dose it is the earliest possible day. Index of `collected`. R-204; pharmaverse/admiral,
    template of ADAE, but for the wholly missing start (house rule).
    """
    first, last = compute_first_day(collected), compute_last_day(collected)
    ended_before = compute_last_day(end) < first_dose
    possible = collected.isna() | ((first <= first_dose) & (first_dose <= last))
    start = first.mask(possible & ~ended_before, first_dose)
    flag = compute_imputation_flag(collected).mask(collected.isna() & start.notna(), "Y")
    return pd.DataFrame({"ASTDT": start, "ASTDTF": flag}, index=collected.index)


def compute_event_end(collected: pd.Series, start: pd.Series, death: pd.Series, cutoff: date) -> pd.DataFrame:
    """Return AENDT and AENDTF of events from the collected end (ISO text), the derived start, death and data cutoff.

    The latest day that the known part allows, but neither after the cutoff nor, if the death is one of its days, after
    the death; an imputed end is not before the start. Missing (the event is ongoing): nothing is known, or the end can
    only lie after the cutoff. Index of `collected`. R-205; what is dated after the cutoff is not known yet: R-209.
    """
    known = collected.mask((compute_first_day(collected) > pd.Timestamp(cutoff)).fillna(False))
    first, flag = compute_first_day(known), compute_imputation_flag(known)
    last = compute_last_day(known).clip(upper=pd.Timestamp(cutoff))
    end = last.mask((first <= death) & (death < last), death)
    end = end.mask(flag.notna() & (end < start), start)
    return pd.DataFrame({"AENDT": end, "AENDTF": flag}, index=collected.index)


def derive_event_dates(events: pd.DataFrame, people: pd.DataFrame, cutoff: date) -> pd.DataFrame:
    """Return events (rows of AE) with ASTDT, ASTDTF, ASTDY, AENDT, AENDTF, AENDY and ADURN.

    `people` is ADSL indexed by USUBJID. The duration in days is missing where the end is before the start (Q-502).
    R-203 to R-207.
    """
    first_dose, death = (events["USUBJID"].map(people[name]).astype("datetime64[ns]") for name in ("TRTSDT", "DTHDT"))
    starts = compute_event_start(events["AESTDTC"], events["AEENDTC"], first_dose)
    ends = compute_event_end(events["AEENDTC"], starts["ASTDT"], death, cutoff)
    duration = compute_duration(starts["ASTDT"], ends["AENDT"])
    return events.assign(
        **dict(starts.items()),
        **dict(ends.items()),
        ASTDY=compute_study_day(starts["ASTDT"], first_dose),
        AENDY=compute_study_day(ends["AENDT"], first_dose),
        ADURN=duration.where(duration > 0),
    )
