"""Who is evaluable by an instrument of patient-reported outcomes: a baseline and a later value (R-303, R-1205)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from crf2csr.derive.rules.enrollment import yes_no
from crf2csr.derive.rules.questionnaires import courses, measure
from crf2csr.derive.rules.worsening import NO_LATER, Course
from crf2csr.instruments import load_instruments

NOT_TREATED = "No study drug taken"
NO_BASELINE_VALUE, NO_LATER_VALUE = "No baseline value", "No post-baseline value"


def derive_pro_sets(frame: pd.DataFrame, qs: pd.DataFrame, visits_before_dosing: Sequence[str]) -> pd.DataFrame:
    """Return the frame (one row a subject, indexed by USUBJID, with TRTSDT) with flag and reason of each instrument.

    A member (PROPFL, PROBFL) is a treated subject with a baseline and a later value of the same scale or item: the very
    courses that ADQS shows, without any assumed baseline (`crf2csr.derive.rules.questionnaires`). The reason says which
    of the two a subject lacks altogether. Without forms nobody is in a set. R-302, R-303, R-1205.
    """
    instruments, result = load_instruments(), frame
    found = measure(qs, instruments)
    starts = {str(usubjid): start for usubjid, start in frame["TRTSDT"].items()}
    for instrument in instruments:
        if instrument.members is None:
            continue
        reasons = {
            usubjid: NOT_TREATED
            if pd.isna(start)
            else _reason(courses(found, usubjid, [instrument], start.date(), visits_before_dosing).values())
            for usubjid, start in starts.items()
        }
        reason = pd.Series(reasons, index=frame.index, dtype="string")
        outside = reason.ne("")
        result = result.assign(
            **{instrument.members.flag: yes_no(~outside), instrument.members.reason: reason.where(outside)}
        )
    return result


def _reason(found: Collection[Course]) -> str:
    """Return why none of the courses of a subject is evaluable; blank if one is."""
    reasons = {course.reason for course in found}
    if "" in reasons:
        return ""
    return NO_LATER_VALUE if NO_LATER in reasons else NO_BASELINE_VALUE
