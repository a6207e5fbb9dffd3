"""Which tumor visit is baseline and which come after it (R-501)."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from crf2csr.derive.rules.dates import compute_whole_day
from crf2csr.study_keys import Visit

BASELINE, BEFORE, AFTER = "BASELINE", "BEFORE", "AFTER"


def planned_before_dosing(schedule: Iterable[Visit]) -> list[str]:
    """Return the visits of the schedule that are planned before day 1."""
    return [visit.name for visit in schedule if visit.day is not None and visit.day < 1]


def derive_tumor_visits(tr: pd.DataFrame, start: pd.Series, before_dosing: list[str]) -> pd.DataFrame:
    """Return the tumor visits, one row a subject and visit: VISITNUM, FIRST and LAST scan (day), TIMING.

    `start` is TRTSDT by USUBJID (missing: everything lies before it). Scans are those of target and non-target lesions;
    a visit without them is dated by its new lesions. A visit lies before dosing if all its scans are before the first
    dose, or, being planned before dosing, if its first scan is not after it or it has no date (R-302 for a scan of that
    day). BASELINE is the last of these, AFTER the visits that follow dosing. A visit without a name belongs to none.
    R-501 (RECIST 1.1 section 3.2.1).
    """
    named = tr[tr["VISIT"].notna()]
    scans = named.assign(DAY=compute_whole_day(named["TRDTC"]), NEW=named["TRGRPID"].eq("NEW"))
    scans["SCAN"] = scans["DAY"].mask(scans["NEW"])
    groups = scans.groupby(["USUBJID", "VISIT"], sort=True)
    visits = groups.agg(
        VISITNUM=("VISITNUM", "min"),
        FIRST=("SCAN", "min"),
        LAST=("SCAN", "max"),
        SEEN=("DAY", "min"),
        LATEST=("DAY", "max"),
    ).reset_index()
    visits = visits.assign(FIRST=visits["FIRST"].fillna(visits["SEEN"]), LAST=visits["LAST"].fillna(visits["LATEST"]))
    first_dose = visits["USUBJID"].map(start)
    planned = visits["VISIT"].isin(before_dosing)
    early = (visits["LAST"] < first_dose) | first_dose.isna() | (planned & ~(visits["FIRST"] > first_dose))
    return visits.assign(TIMING=_timing(visits, early)).drop(columns=["SEEN", "LATEST"])


def _timing(visits: pd.DataFrame, early: pd.Series) -> pd.Series:
    ordered = visits[early].sort_values(["USUBJID", "FIRST", "VISITNUM", "VISIT"], na_position="first")
    last = ordered.drop_duplicates("USUBJID", keep="last").index
    timing = pd.Series(AFTER, index=visits.index, dtype="string").mask(early, BEFORE)
    return timing.mask(visits.index.isin(last), BASELINE)
