"""ADECOG: ECOG performance status by visit and the worst one on treatment (R-302, R-1013)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.contracts import load_contract, row_keys
from crf2csr.derive.rules.baseline import planned_up_to_first_dose
from crf2csr.derive.rules.findings import (
    Findings,
    derive_change,
    derive_value_baseline,
    finish,
    link,
    link_values,
    take_values,
    worst_values,
)
from crf2csr.derive.rules.records import check_cutoff, split_at_cutoff, together, with_address
from crf2csr.results import LINK_COLUMNS, QUERY_COLUMNS, Derived
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.study import View

SOURCE = Findings("rsec", "RSTESTCD", "RSDTC", "RSSTRESN")
LABELS = {"ECOG": ("ECOG performance status", "")}
#: Baseline as the shift table names it: none, or one that the study does not enroll (ECOG 0-2).
MISSING, HIGHEST, ABOVE = "Missing", 2, "Above 2"


@uses("data_cutoff", "visit.schedule")
def adecog(adsl: pd.DataFrame, rsec: pd.DataFrame, study: View) -> Derived:
    """Return ADECOG for the subjects of ADSL: one row a subject and visit, and the worst status on treatment.

    Baseline, change and ONTRTFL as in ADLB. AVISIT WORST: the highest status on treatment, of equal ones the earliest,
    with BASEC, the baseline as the shift table names it (0, 1, 2, Above 2, Missing); a subject without a status on
    treatment has no such row. Records after the cutoff are not used (Q-1101). Links: a value to its record, BASE to
    the baseline, the worst to its value. R-1013.
    """
    people, cutoff = adsl.set_index("USUBJID"), study["data_cutoff"]
    known = with_address(rsec[rsec["USUBJID"].isin(people.index)], SOURCE.domain)
    used, late = split_at_cutoff(known, SOURCE.domain, cutoff)
    frame = take_values(used, SOURCE, people, "adecog")
    frame = derive_value_baseline(frame, people["TRTSDT"], planned_up_to_first_dose(study["visit.schedule"]))
    frame = derive_change(frame, people).assign(AVALC=frame["EXACT"])
    worst = worst_values(frame, highest=True)
    worst = worst.assign(BASEC=_in_words(worst["BASE"]))
    data = finish("adecog", "RSDTC", [frame, worst], people, LABELS)
    queries = together([check_cutoff(late, SOURCE.domain, cutoff)], QUERY_COLUMNS)
    return Derived(data, queries, _links(frame, worst))


def _in_words(base: pd.Series) -> pd.Series:
    above = base.gt(HIGHEST).fillna(False).astype(bool)
    return base.astype("Int64").astype("string").mask(above, ABOVE).fillna(MISSING)


def _links(frame: pd.DataFrame, worst: pd.DataFrame) -> pd.DataFrame:
    own = row_keys(worst, load_contract("derive", "adecog"))
    found = [
        *link_values("adecog", frame, {"ECOG": "rsec"}),
        link("adecog", own, "AVAL", "adecog", worst["ROW"]),
        link("adecog", own, "BASEC", "adecog", worst["BASEROW"]),
    ]
    return together(found, LINK_COLUMNS)
