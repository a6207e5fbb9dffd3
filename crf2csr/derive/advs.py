"""ADVS: vital signs and weight by visit, with baseline and change (R-302)."""

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

SOURCE = Findings("vs", "VSTESTCD", "VSDTC", "VSSTRESN")
LABELS = {
    "SYSBP": ("Systolic blood pressure (mmHg)", "mmHg"),
    "DIABP": ("Diastolic blood pressure (mmHg)", "mmHg"),
    "PULSE": ("Pulse (beats/min)", "beats/min"),
    "TEMP": ("Temperature (C)", "C"),
    "WEIGHT": ("Weight (kg)", "kg"),
    "HEIGHT": ("Height (cm)", "cm"),
}
#: What is measured in tenths: 37 is 37.0.
TENTHS = ("TEMP", "WEIGHT")
#: AVISIT of the rows that sum up: the highest and the lowest value on treatment.
HIGHEST, LOWEST = "HIGHEST", "LOWEST"


@uses("data_cutoff", "visit.schedule")
def advs(adsl: pd.DataFrame, vs: pd.DataFrame, study: View) -> Derived:
    """Return ADVS for the subjects of ADSL: one row a subject, parameter and visit, and rows that sum up.

    Values in the standard unit; baseline, change and ONTRTFL as in ADLB. AVISIT HIGHEST and LOWEST: the highest and the
    lowest value on treatment, of equal ones the earliest. Records without a test are not used (the clean stage asks
    about them), nor those after the cutoff (Q-1101). Links: a value to its record, BASE to the baseline, a row that
    sums up to its value.
    """
    people, cutoff = adsl.set_index("USUBJID"), study["data_cutoff"]
    known = with_address(vs[vs["USUBJID"].isin(people.index) & vs["VSTESTCD"].notna()], SOURCE.domain)
    used, late = split_at_cutoff(known, SOURCE.domain, cutoff)
    frame = take_values(used, SOURCE, people, "advs")
    frame = derive_value_baseline(frame, people["TRTSDT"], planned_up_to_first_dose(study["visit.schedule"]))
    frame = derive_change(frame, people).assign(AVALC=_texts(frame))
    extremes = [worst_values(frame, highest=name == HIGHEST).assign(AVISIT=name) for name in (HIGHEST, LOWEST)]
    data = finish("advs", "VSDTC", [frame, *extremes], people, LABELS)
    queries = together([check_cutoff(late, SOURCE.domain, cutoff)], QUERY_COLUMNS)
    return Derived(data, queries, _links(frame, pd.concat(extremes, ignore_index=True)))


def _texts(frame: pd.DataFrame) -> pd.Series:
    """Return values as text, those measured in tenths with at least one decimal."""
    whole = frame["PARAMCD"].isin(TENTHS) & ~frame["EXACT"].str.contains(".", regex=False).fillna(True).astype(bool)
    return frame["EXACT"].mask(whole, frame["EXACT"] + ".0")


def _links(frame: pd.DataFrame, extremes: pd.DataFrame) -> pd.DataFrame:
    own = row_keys(extremes, load_contract("derive", "advs"))
    found = [
        *link_values("advs", frame, dict.fromkeys(LABELS, "vs")),
        link("advs", own, "AVAL", "advs", extremes["ROW"]),
        link("advs", own, "BASE", "advs", extremes["BASEROW"]),
    ]
    return together(found, LINK_COLUMNS)
