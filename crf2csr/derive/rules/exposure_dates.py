"""First and last administration of each study drug (R-301)."""

from __future__ import annotations

from datetime import date

import pandas as pd

from crf2csr.derive.rules.dates import compute_first_day, compute_whole_day
from crf2csr.derive.rules.enrollment import assigned_arm, ends_of_study
from crf2csr.derive.rules.records import first_rows

#: The treatment whose dose is 0 (SDTM implementation guide, EXDOSE).
PLACEBO = "PLACEBO"
#: Study drug to the prefix of its dates in ADSL.
DRUGS = {"PALBOCICLIB": "PAL", "LETROZOLE": "LET", "T-DM1": "TDM"}


def is_given(ex: pd.DataFrame) -> pd.Series:
    """Tell which dosing records say that a dose was given: marked so, and neither 0 mg (but of placebo) nor 0 doses
    taken."""
    dose = ex["EXDOSE"].ne(0).fillna(True) | ex["EXTRT"].eq(PLACEBO)
    given = ex["EXOCCUR"].eq("Y") & dose & ex["DOSESTK"].ne(0).fillna(True)
    return given.fillna(False).astype(bool)


def derive_dosing_periods(ex: pd.DataFrame, ds: pd.DataFrame, death: pd.Series, cutoff: date) -> pd.DataFrame:
    """Return the given doses with START and END (days).

    A partial start counts, as its earliest possible day, only for a subject and drug without any complete start. A
    partial stop counts as its earliest possible day from the start on. A record without stop is going on: to the day
    before the next record of the drug, the last dose of its end-of-treatment record, the end of the study, death
    (`death` by USUBJID) or cutoff, whichever comes first. No END is after the cutoff. R-301; partial and open
    records are a house rule.
    """
    given = ex[is_given(ex)]
    whole, possible = compute_whole_day(given["EXSTDTC"]), compute_first_day(given["EXSTDTC"])
    some_whole = whole.groupby([given["USUBJID"], given["EXTRT"]]).transform("count").gt(0)
    periods = given.assign(START=whole.where(some_whole, possible))
    stop = compute_first_day(periods["EXENDTC"])
    stop = stop.where(stop.isna() | (stop >= periods["START"]) | periods["START"].isna(), periods["START"])
    last = pd.concat([stop.fillna(_open_end(periods, ds, death, cutoff)), periods["START"]], axis=1).max(axis=1)
    return periods.assign(END=last.clip(upper=pd.Timestamp(cutoff)).where(periods["START"].notna()))


def _open_end(periods: pd.DataFrame, ds: pd.DataFrame, death: pd.Series, cutoff: date) -> pd.Series:
    ended = ds[ds["DSSCAT"].isin(list(DRUGS))]
    last_dose = dict(
        zip(zip(ended["USUBJID"], ended["DSSCAT"], strict=True), compute_whole_day(ended["DSSTDTC"]), strict=True)
    )
    ordered = periods.sort_values(["USUBJID", "EXTRT", "START", "EXSEQ"], kind="stable")
    next_start = ordered.groupby(["USUBJID", "EXTRT"])["START"].shift(-1).reindex(periods.index)
    ends = {
        "end of treatment": [last_dose.get(key) for key in zip(periods["USUBJID"], periods["EXTRT"], strict=True)],
        "end of study": periods["USUBJID"].map(compute_whole_day(ends_of_study(ds)["DSSTDTC"])),
        "next record": next_start - pd.Timedelta(days=1),
        "death": periods["USUBJID"].map(death),
        "cutoff": pd.Timestamp(cutoff),
    }
    frame = pd.DataFrame(ends, index=periods.index).apply(pd.to_datetime)
    infused = periods["EXCAT"].eq("INFUSION").fillna(False)
    return frame.min(axis=1).mask(infused, periods["START"]).astype("datetime64[ns]")


def derive_exposure_dates(frame: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Return the frame (one row a subject, indexed by USUBJID) with first and last dose of each drug and of any drug.

    `<variable>@ex` holds the address of the record behind each date. R-301.
    """
    result = frame
    for drug, prefix in {**DRUGS, "": "TRT"}.items():
        rows = periods[periods["EXTRT"].eq(drug)] if drug else periods
        first = first_rows(rows, ["START"])
        last = first_rows(rows, ["END"], last=True)
        for variable, chosen, day in ((f"{prefix}SDT", first, "START"), (f"{prefix}EDT", last, "END")):
            known = chosen[chosen[day].notna()]
            result = result.assign(**{variable: known[day], f"{variable}@ex": known["ADDRESS"]})
    return result


def derive_actual_dose(frame: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with TRT01A and TRT01AN: the first palbociclib dose actually taken.

    None taken: the actual arm of DM, or the assigned level. R-305. A dose that is no whole number of mg has
    text but no number.
    """
    first = first_rows(periods[periods["EXTRT"].eq("PALBOCICLIB") & periods["EXDOSE"].notna()], ["START", "EXSEQ"])
    dose = first["EXDOSE"].reindex(frame.index)
    whole = dose.where((dose % 1).eq(0).fillna(False).astype(bool)).astype("Int64")
    text = dose.map(lambda mg: f"{mg:g} mg", na_action="ignore").astype("string")
    return frame.assign(
        TRT01AN=whole.where(dose.notna(), frame["TRT01PN"]),
        TRT01A=text.fillna(assigned_arm(frame, "ACTARM")).fillna(frame["TRT01P"]),
        **{"TRT01A@ex": first["ADDRESS"]},
    )


def derive_on_treatment_end(frame: pd.DataFrame, ds: pd.DataFrame, window_days: int, cutoff: date) -> pd.DataFrame:
    """Return the frame with ONTRTEDT: TRTEDT + `window_days`, at most the cutoff; the cutoff for ongoing subjects.

    Ongoing: alive, on study, and a drug taken has no end-of-treatment record. Missing for untreated subjects. R-301.
    """
    ended = set(zip(ds["USUBJID"], ds["DSSCAT"], strict=True))
    dosing = pd.Series(False, index=frame.index)
    for drug, prefix in DRUGS.items():
        has_end = pd.Series([(subject, drug) in ended for subject in frame.index], index=frame.index, dtype=bool)
        dosing |= frame[f"{prefix}SDT"].notna() & ~has_end
    ongoing = dosing & frame["EOSDT"].isna() & frame["EOSREAS"].isna() & frame["DTHFL"].eq("N")
    window_end = (frame["TRTEDT"] + pd.Timedelta(days=window_days)).clip(upper=pd.Timestamp(cutoff))
    return frame.assign(ONTRTEDT=window_end.mask(ongoing & frame["TRTSDT"].notna(), pd.Timestamp(cutoff)))
