"""Cross checks of visits against the schedule (Q-1104)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.clean.cross_check_tools import before, day, doubt, first_dose, found, of_subject, true
from crf2csr.clean.domains import visit_numbers

if TYPE_CHECKING:
    from crf2csr.study import View


def visit_windows(ex: pd.DataFrame, ec: pd.DataFrame, sv: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-1104: a visit of a cycle is not held as many days after the one before as the schedule says, within
    `visit.window_days`, and no dose was modified in between; a tumor visit is not held on its planned day from the
    first dose, within `tumor.window_days`; a planned visit of a cycle has no record although the next one has.

    A delay moves the visits after it, so a visit is held against the visit before it; imaging runs by the calendar.
    """
    days = planned_days(study)
    cycles = [name for name, planned in days.items() if planned > 0 and not name.startswith("TUM")]
    scans = {name: planned for name, planned in days.items() if name.startswith("TUM")}
    return found(
        _off_cycle(sv, ec, {name: days[name] for name in cycles}, study["visit.window_days"]),
        _off_calendar(sv, ex, scans, study["tumor.window_days"]),
        _skipped(sv, cycles),
    )


def planned_days(study: View) -> dict[str, int]:
    """Return the planned study day of every visit that has one, by its name."""
    result = {}
    for visit in study["visit.schedule"]:
        if visit.day is None:
            continue
        for step, name in enumerate(visit_numbers([visit])):
            result[name] = visit.day + step * visit.day_step
    return result


def _off_cycle(sv: pd.DataFrame, ec: pd.DataFrame, days: dict[str, int], window: int) -> pd.DataFrame:
    rows = sv[sv["VISIT"].isin(list(days)) & sv["SVSTDTC"].notna()].sort_values(["USUBJID", "VISITNUM"], kind="stable")
    rows = rows.assign(PLANNED=rows["VISIT"].map(days).astype("Int64"))
    each = rows.groupby("USUBJID")
    rows = rows.assign(PREVIOUS=each["SVSTDTC"].shift(), APART=rows["PLANNED"] - each["PLANNED"].shift())
    length = (day(rows["SVSTDTC"]) - day(rows["PREVIOUS"])).dt.days.astype("Int64")
    odd = rows[true((length - rows["APART"]).abs() > window)]
    pairs = odd[["USUBJID", "SVSTDTC", "PREVIOUS"]].reset_index(names="index")
    pairs = pairs.merge(ec[["USUBJID", "ECSTDTC", "ECENDTC"]], on="USUBJID")
    ended = pairs["ECENDTC"].fillna(pairs["ECSTDTC"])
    explained = pairs[~before(ended, pairs["PREVIOUS"]) & ~before(pairs["SVSTDTC"], pairs["ECSTDTC"])]
    rest = odd[~odd.index.isin(explained["index"])]
    return doubt(rest, "sv", "SVSTDTC", "Q-1104", f"expected within {window} days of the plan after the visit before")


def _off_calendar(sv: pd.DataFrame, ex: pd.DataFrame, days: dict[str, int], window: int) -> pd.DataFrame:
    rows = sv[sv["VISIT"].isin(list(days))]
    study_day = (day(rows["SVSTDTC"]) - day(of_subject(rows, first_dose(ex)))).dt.days + 1
    off = true((study_day - rows["VISIT"].map(days)).abs() > window)
    return doubt(rows[off], "sv", "SVSTDTC", "Q-1104", f"expected within {window} days of the planned day")


def _skipped(sv: pd.DataFrame, cycles: list[str]) -> pd.DataFrame:
    """Return a query on every visit of a cycle whose planned visit before it has no record, done or not, although an
    earlier one has."""
    rows = sv[sv["VISIT"].isin(cycles)]
    previous = rows["VISIT"].map(dict(zip(cycles[1:], cycles, strict=False))).astype("string")
    recorded = pd.MultiIndex.from_frame(rows[["USUBJID", "VISIT"]])
    present = pd.MultiIndex.from_arrays([rows["USUBJID"], previous]).isin(recorded)
    later = true(rows["VISITNUM"] > rows.groupby("USUBJID")["VISITNUM"].transform("min"))
    lacking = rows[later & previous.notna() & ~present]
    names = previous.loc[lacking.index]
    return found(
        *(
            doubt(lacking[names.eq(name)], "sv", "VISIT", "Q-1104", f"expected a record of {name}")
            for name in names.unique()
        )
    )
