"""Where each subject stands at the cutoff: screening, study drugs, study (R-301, R-303)."""

from __future__ import annotations

import pandas as pd

from crf2csr.derive.rules.enrollment import yes_no
from crf2csr.derive.rules.exposure_dates import DRUGS
from crf2csr.derive.rules.records import first_rows

ONGOING, DISCONTINUED, COMPLETED = "ONGOING", "DISCONTINUED", "COMPLETED"
#: Reason of an end that is known from elsewhere (death, end of study) or recorded without reason.
NOT_RECORDED = "NOT RECORDED"


def derive_drug_status(frame: pd.DataFrame, ds: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with PALSTAT, LETSTAT, TDMSTAT (ONGOING, DISCONTINUED) and PALREAS, LETREAS, TDMREAS.

    One row a subject with the first dose of each drug, EOSDT, EOSREAS and DTHFL. A drug never taken has no status.
    Ongoing by R-301: alive, on study and no end-of-treatment record of the drug up to the cutoff; otherwise
    discontinued, NOT RECORDED where no such record gives a reason.
    """
    result = frame
    for drug, prefix in DRUGS.items():
        ended = first_rows(ds[ds["DSSCAT"].eq(drug)], ["DSSTDTC"]).reindex(frame.index)
        taken = frame[f"{prefix}SDT"].notna()
        over = ended["ADDRESS"].notna() | _left(frame)
        status = pd.Series(ONGOING, index=frame.index, dtype="string").mask(over, DISCONTINUED).where(taken)
        links = {f"{prefix}{kind}@ds": ended["ADDRESS"].where(taken) for kind in ("STAT", "REAS")}
        reason = ended["DSDECOD"].fillna(NOT_RECORDED).where(taken & over)
        result = result.assign(**{f"{prefix}STAT": status, f"{prefix}REAS": reason}, **links)
    return result


def derive_study_status(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with EOSSTT (ONGOING, COMPLETED, DISCONTINUED), DCSREAS, PH2ENTFL and SCRFFL.

    EOSSTT and DCSREAS are those of enrolled subjects; a death without end-of-study record ends the study, with reason
    NOT RECORDED. SCRFFL: consent, no enrollment, and the end of study recorded by the cutoff. PH2ENTFL: enrolled in
    phase II at first or again. R-303.
    """
    enrolled, over = frame["ENRLFL"].eq("Y"), _left(frame)
    finished = frame["EOSREAS"].eq(COMPLETED).fillna(False)
    status = pd.Series(ONGOING, index=frame.index, dtype="string").mask(over, DISCONTINUED).mask(finished, COMPLETED)
    reason = frame["EOSREAS"].fillna(NOT_RECORDED).where(over & ~finished)
    links = {f"{variable}@ds": frame["EOSDT@ds"] for variable in ("EOSSTT", "DCSREAS", "SCRFFL")}
    return frame.assign(
        EOSSTT=status.where(enrolled),
        DCSREAS=reason.where(enrolled),
        PH2ENTFL=yes_no(frame["PHASE"].eq("II") | frame["REENRFL"].eq("Y")),
        SCRFFL=yes_no(frame["SCRNFL"].eq("Y") & ~enrolled & over),
        **links,
    )


def _left(frame: pd.DataFrame) -> pd.Series:
    """Return whether a subject has left the study by the cutoff: an end of study is recorded, or a death is known."""
    return frame["EOSDT"].notna() | frame["EOSREAS"].notna() | frame["EOSDT@ds"].notna() | frame["DTHFL"].eq("Y")
