"""Baseline characteristics of a subject: age group, weight, height, body mass index, performance status (R-302)."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from crf2csr.derive.rules.dates import compute_first_day, compute_last_day
from crf2csr.derive.rules.records import first_rows
from crf2csr.study_keys import Visit

#: Age groups of ADSL, each from its first year on; the table of demographics joins the last two.
AGE_GROUPS = {0: "<65", 65: "65-<75", 75: ">=75"}
#: Variable of ADSL to the test of VS behind it.
MEASURED = {"WEIGHTBL": "WEIGHT", "HEIGHTBL": "HEIGHT"}


def planned_up_to_first_dose(schedule: Iterable[Visit]) -> list[str]:
    """Return the visits planned on or before day 1: vital signs, examination and questionnaires precede the dose of
    that day (visit calendar of the study, assumed)."""
    return [visit.name for visit in schedule if visit.day is not None and visit.day <= 1]


def derive_groups_of_people(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with AGEGR1 by AGE in completed years (<65, 65-<75, >=75; R-208) and RACEGR1, the race recorded.

    RACEGR1 is MULTIPLE where more than one box is ticked: RACE keeps what was ticked. Each is missing where nothing is
    recorded.
    """
    group = pd.Series(pd.NA, index=frame.index, dtype="string")
    for years, label in AGE_GROUPS.items():
        group = group.mask(frame["AGE"].ge(years).fillna(False).astype(bool), label)
    several = frame["RACE"].str.contains(";", regex=False).fillna(False).astype(bool)
    return frame.assign(AGEGR1=group, RACEGR1=frame["RACE"].mask(several, "MULTIPLE"))


def derive_baseline(
    frame: pd.DataFrame, vs: pd.DataFrame, rsec: pd.DataFrame, before_dosing: list[str]
) -> pd.DataFrame:
    """Return the frame (one row a subject, with TRTSDT) with WEIGHTBL (kg), HEIGHTBL (cm), BMIBL (kg/m2) and ECOGBL.

    Baseline is the last value dated at or before the first dose; on that day only at a visit of `before_dosing`. A
    subject without a dose has the last value. BMI is weight over height in metres squared, not rounded. R-302.
    """
    result = frame
    for variable, test in MEASURED.items():
        rows = vs[vs["VSTESTCD"].eq(test)].rename(columns={"VSDTC": "DTC", "VSSTRESN": "VALUE"})
        result = _with_baseline(result, variable, "vs", rows, before_dosing)
    status = rsec[rsec["RSTESTCD"].eq("ECOG")].rename(columns={"RSDTC": "DTC", "RSSTRESN": "VALUE"})
    result = _with_baseline(result, "ECOGBL", "rsec", status, before_dosing)
    metres = result["HEIGHTBL"].where(result["HEIGHTBL"] > 0) / 100
    return result.assign(BMIBL=result["WEIGHTBL"] / (metres * metres))


def _with_baseline(
    frame: pd.DataFrame, variable: str, source: str, rows: pd.DataFrame, before_dosing: list[str]
) -> pd.DataFrame:
    last = first_rows(at_or_before_dose(rows, frame["TRTSDT"], before_dosing), ["DAY", "VISITNUM"], last=True)
    value = last["VALUE"].reindex(frame.index)
    return frame.assign(**{variable: value, f"{variable}@{source}": last["ADDRESS"].reindex(frame.index)})


def at_or_before_dose(rows: pd.DataFrame, start: pd.Series, before_dosing: list[str]) -> pd.DataFrame:
    """Return the records with a value at or before the first dose, with DAY: the last day that their date can mean, of
    those up to the first dose."""
    first_dose = rows["USUBJID"].map(start)
    first, last = compute_first_day(rows["DTC"]), compute_last_day(rows["DTC"])
    planned = rows["VISIT"].isin(before_dosing)
    before = (last < first_dose) | first_dose.isna() | (planned & (first <= first_dose))
    dated = rows.assign(DAY=last.mask(last > first_dose, first_dose))
    return dated[(before & rows["VALUE"].notna() & first.notna()).fillna(False).astype(bool)]
