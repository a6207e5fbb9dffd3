"""The analysis sets with the reason for each exclusion (R-303)."""

from __future__ import annotations

import pandas as pd

from crf2csr.derive.rules.assessments import AFTER, BASELINE
from crf2csr.derive.rules.dlt import compute_reason
from crf2csr.derive.rules.eligibility import select_eligible
from crf2csr.derive.rules.enrollment import yes_no

NO_DRUG, NOT_ENROLLED = "No study drug taken", "Not enrolled"
NOT_FAS = "Not in full analysis set"
#: Reasons for the end of a drug or of the study that stand for a missing assessment.
PROGRESSED = ["PROGRESSIVE DISEASE", "DEATH"]


def _has(frame: pd.DataFrame, subjects: pd.Series) -> pd.Series:
    return pd.Series(frame.index.isin(subjects), index=frame.index)


def enrolled_and_dosed(enrolled: pd.Series, treated: pd.Series) -> tuple[tuple[pd.Series, str], ...]:
    """Return what keeps a subject out of the full analysis set: not enrolled, or no dose of any study drug."""
    return (~enrolled, NOT_ENROLLED), (~treated, NO_DRUG)


#: `population.fas` to the function that defines the set.
FULL_ANALYSIS_SET = {"enrolled_and_dosed": enrolled_and_dosed}


def derive_treated_sets(frame: pd.DataFrame, periods: pd.DataFrame, definition: str) -> pd.DataFrame:
    """Return the frame with SCRNFL (consent), SAFFL (a dose of any drug) and FASFL (enrolled, a dose), with reasons.

    `definition` names that of the full analysis set (`population.fas`). R-303.
    """
    treated, enrolled = _has(frame, periods["USUBJID"]), frame["ENRLFL"].eq("Y")
    safety = compute_reason(frame.index, ((~treated, NO_DRUG),))
    full = compute_reason(frame.index, FULL_ANALYSIS_SET[definition](enrolled, treated))
    return frame.assign(
        SCRNFL=yes_no(frame["RFICDT"].notna()),
        SAFFL=yes_no(safety.isna()),
        SAFREAS=safety,
        FASFL=yes_no(full.isna()),
        FASREAS=full,
    )


def derive_tumor_sets(
    frame: pd.DataFrame, tr: pd.DataFrame, visits: pd.DataFrame, progressed: pd.Series, measurable_by: str | None
) -> pd.DataFrame:
    """Return the frame with MEASFL (FAS with a target lesion at baseline) and EVALFL, with reasons.

    MEASFL: `measurable_by` (`population.measurable`) takes target lesions as entered, or asks for one that is eligible
    (R-502 to R-505). EVALFL: FAS with a baseline tumor assessment and a later one, or progression (`progressed`:
    subjects) or death instead. `visits` as `derive_tumor_visits`. R-303, R-506.
    """
    baseline = visits[visits["TIMING"].eq(BASELINE)]
    at_baseline = tr.merge(baseline[["USUBJID", "VISIT"]], on=["USUBJID", "VISIT"])
    targets = at_baseline[at_baseline["TRGRPID"].eq("TARGET")]
    target = _has(frame, targets["USUBJID"])
    accepted = target if measurable_by == "as_entered" else _has(frame, select_eligible(targets)["USUBJID"])
    assessed = _has(frame, baseline["USUBJID"])
    later = _has(frame, visits.loc[visits["TIMING"].eq(AFTER), "USUBJID"])
    later |= _has(frame, progressed) | frame["DTHFL"].eq("Y")
    outside, none = (frame["FASFL"].ne("Y"), NOT_FAS), (~assessed, "No baseline tumor assessment")
    absent, refused = (~target, "No target lesion at baseline"), (~accepted, "No eligible target lesion at baseline")
    measurable = compute_reason(frame.index, (outside, none, absent, refused))
    evaluable = compute_reason(frame.index, (outside, none, (~later, "No post-baseline tumor assessment")))
    return frame.assign(
        MEASFL=yes_no(measurable.isna()),
        MEASREAS=measurable,
        EVALFL=yes_no(evaluable.isna()),
        EVALREAS=evaluable,
    )


def derive_pk_set(frame: pd.DataFrame, periods: pd.DataFrame, pc: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with PKFL and reason: a palbociclib dose and a concentration of it (BLQ counts). R-303."""
    palbociclib = _has(frame, periods.loc[periods["EXTRT"].eq("PALBOCICLIB"), "USUBJID"])
    measured = _has(frame, pc.loc[pc["PCTESTCD"].eq("PALBOCICLIB") & pc["PCSTRESC"].notna(), "USUBJID"])
    tests = ((~palbociclib, "No palbociclib taken"), (~measured, "No palbociclib concentration"))
    reason = compute_reason(frame.index, tests)
    return frame.assign(PKFL=yes_no(reason.isna()), PKREAS=reason)


def derive_counted_reasons(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame without reasons for subjects neither enrolled nor treated: no set counts them. R-303."""
    counted = frame["ENRLFL"].eq("Y") | frame["SAFFL"].eq("Y")
    reasons = ("SAFREAS", "FASREAS", "MEASREAS", "EVALREAS", "DLTREAS", "PKREAS", "PROPREAS", "PROBREAS")
    return frame.assign(**{name: frame[name].where(counted) for name in reasons})


def progressed_subjects(ds: pd.DataFrame, ss: pd.DataFrame) -> pd.Series:
    """Return subjects with a progression or death that is recorded as the end of a drug or of the study, or with a
    progression told at follow-up."""
    ended = ds.loc[ds["DSDECOD"].isin(PROGRESSED), "USUBJID"]
    return pd.concat([ended, ss.loc[ss["SSPD"].eq("Y").fillna(False), "USUBJID"]]).drop_duplicates()
