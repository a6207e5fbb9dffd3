"""Enrollment: assigned level, phase, enrolled again, groups of the recommended dose (R-305, R-306)."""

from __future__ import annotations

import pandas as pd

from crf2csr.derive.rules.dates import compute_whole_day
from crf2csr.derive.rules.records import first_rows

ENROLLMENT, STUDY = "ENROLLMENT", "STUDY"
#: The arms of DM, where the trial assigns arms and not dose levels.
ARMS = ("ARMCD", "ARM", "ACTARM")
#: Codes of DM for a subject without an arm (SDTM implementation guide, ARMCD).
NO_ARM = ("SCRNFAIL", "NOTASSGN")
COLUMNS = {"DOSELVL": "TRT01PN", "ENRPHASE": "PHASE", "COHORT": "COHORT", "ENRORD": "ENRORD"}


def yes_no(condition: pd.Series) -> pd.Series:
    """Return Y or N; an unknown condition is N, so that a flag is never blank."""
    return pd.Series("N", index=condition.index, dtype="string").mask(condition.fillna(False).astype(bool), "Y")


def derive_enrollment(frame: pd.DataFrame, ds: pd.DataFrame) -> pd.DataFrame:
    """Return the frame (one row a subject, indexed by USUBJID, with ARMS) with what the first enrollment says.

    The first is the one with the lowest enrollment number that has a dose level: enrolled means assigned to a dose
    level, or to an arm where DM names arms. TRT01PN is the level, TRT01P its text or the planned arm; REENRFL tells a
    phase I subject enrolled again in phase II. R-305, R-306.
    """
    enrolled = ds[ds["DSSCAT"].eq(ENROLLMENT) & ds["DOSELVL"].notna()]
    first = first_rows(enrolled, ["DSSEQ"])
    second = enrolled[~enrolled["ADDRESS"].isin(first["ADDRESS"]) & enrolled["ENRPHASE"].eq("II").fillna(False)]
    result = frame.assign(
        ENRLDT=compute_whole_day(first["DSSTDTC"]), **{new: first[old] for old, new in COLUMNS.items()}
    )
    address = first["ADDRESS"].reindex(frame.index)
    links = {f"{variable}@ds": address for variable in ("ENRLDT", "ENRLFL", *COLUMNS.values())}
    arm = assigned_arm(frame, "ARM")
    return result.assign(
        TRT01P=(result["TRT01PN"].astype("string") + " mg").astype("string").fillna(arm),
        ENRLFL=yes_no(address.notna() | arm.notna()),
        REENRFL=yes_no(result["PHASE"].eq("I") & frame.index.isin(second["USUBJID"])),
        **links,
    )


def assigned_arm(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return the planned (ARM) or actual (ACTARM) arm of each subject; missing for screen failures and without arms."""
    return frame[name].mask(frame["ARMCD"].str.upper().isin(NO_ARM).fillna(False))


def derive_groups(frame: pd.DataFrame, rp2d: int | None) -> pd.DataFrame:
    """Return the frame with PH2FL (first enrolled in phase II) and RP2DFL.

    RP2D group: phase II subjects and phase I subjects whose assigned level equals `rp2d`; empty if it is not declared
    (R-308). R-306.
    """
    second = frame["PHASE"].eq("II")
    member = second | frame["TRT01PN"].eq(rp2d) if rp2d is not None else second & False
    return frame.assign(PH2FL=yes_no(second), RP2DFL=yes_no(member))


def ends_of_study(ds: pd.DataFrame) -> pd.DataFrame:
    """Return the end-of-study record of each subject, by USUBJID."""
    return first_rows(ds[ds["DSSCAT"].eq(STUDY)], ["DSSTDTC"])


def derive_end_of_study(frame: pd.DataFrame, ds: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with EOSDT (complete dates only) and EOSREAS."""
    ended = ends_of_study(ds)
    links = {f"{variable}@ds": ended["ADDRESS"] for variable in ("EOSDT", "EOSREAS")}
    return frame.assign(EOSDT=compute_whole_day(ended["DSSTDTC"]), EOSREAS=ended["DSDECOD"], **links)
