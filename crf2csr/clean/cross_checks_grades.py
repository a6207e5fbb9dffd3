"""Cross checks of adverse events against CTCAE 4.03, the laboratory and the medical history (Q-506, Q-510, Q-514), and
of grade 1 as dose limiting toxicity (Q-415)."""

from __future__ import annotations

import csv
from functools import cache
from typing import NamedTuple

import pandas as pd

from crf2csr.clean.cross_check_tools import (
    before,
    by_subject,
    day,
    doubt,
    first_dose,
    first_rows,
    found,
    of_subject,
    true,
)
from crf2csr.contracts import ROOT

TERMS = ROOT / "config" / "codelists" / "ctcae_v4_03_terms.csv"


class Group(NamedTuple):
    """Laboratory tests, what a result of grade 3 or more is, and how the adverse events of the kind are named.

    Severe is below a number in the standard unit, or above a multiple of the upper limit (CTCAE 4.03).
    """

    tests: tuple[str, ...]
    below: float | None
    above_limit: float | None
    events: str


GROUPS = (
    Group(("NEUT",), 1.0, None, "neutrop|neutrophil|granulocyt|agranulo"),
    Group(("PLAT",), 50.0, None, "thrombocyt|platelet|pancytop"),
    Group(("ALT", "AST"), None, 5.0, "transaminase|alanine|aspartate|hepat|liver|hypertransam|alt |ast "),
    Group(("BILI",), None, 3.0, "bilirubin|jaundice|hepat|liver"),
)
AHEAD_DAYS = 7  # an event counts for a sample if it begins no later than this many days after it


@cache
def ctcae_grades() -> dict[str, str]:
    """Return the grades that exist of each CTCAE 4.03 term, as digits, by the term without regard to case."""
    with TERMS.open(encoding="utf-8", newline="") as file:
        return {row["term"].casefold(): row["grades"] for row in csv.DictReader(file)}


def undefined_grades(ae: pd.DataFrame) -> pd.DataFrame:
    """Q-506: a grade that CTCAE 4.03 does not define for the term: the preferred term, else the reported term, where it
    is one of its terms."""
    known = ctcae_grades()
    coded, reported = (ae[name].str.casefold().map(known).astype("string") for name in ("AEDECOD", "AETERM"))
    grades = coded.fillna(reported)
    each = []
    for defined in sorted(set(grades.dropna())):
        rows = ae[true(grades.eq(defined)) & ae["AETOXGR"].between(1, 5).fillna(False)]
        wrong = rows[~rows["AETOXGR"].isin([int(digit) for digit in defined])]
        each.append(doubt(wrong, "ae", "AETOXGR", "Q-506", f"expected one of {', '.join(defined)}"))
    return found(*each)


def mild_toxicities(ae: pd.DataFrame) -> pd.DataFrame:
    """Q-415 (W): an event of grade 1 flagged as dose limiting toxicity; CTCAE 4.03: mild, intervention not indicated.

    What counts stays with the investigator (R-405).
    """
    mild = true(ae["AEDLTFL"].eq("Y") & ae["AETOXGR"].eq(1))
    return doubt(ae[mild], "ae", "AETOXGR", "Q-415", "grade 1 is mild; expected a higher grade or no flag", "W")


def unreported_results(ex: pd.DataFrame, ae: pd.DataFrame, lb: pd.DataFrame) -> pd.DataFrame:
    """Q-510: a result of grade 3 or more from the day of the first dose on (neutrophils, platelets, ALT or AST,
    bilirubin) and no adverse event of its kind that began by 7 days after it; on the first such sample of a subject and
    kind."""
    after = lb[~before(lb["LBDTC"], of_subject(lb, first_dose(ex).str.slice(0, 10)))]
    after = after[after["USUBJID"].isin(first_dose(ex).index)]
    return found(*(_unreported(after, ae, group) for group in GROUPS))


def _unreported(lb: pd.DataFrame, ae: pd.DataFrame, group: Group) -> pd.DataFrame:
    rows = lb[lb["LBTESTCD"].isin(group.tests)]
    severe = (
        rows["LBSTRESN"] < group.below
        if group.below is not None
        else rows["LBSTRESN"] > (group.above_limit or 0) * rows["LBSTNRHI"]
    )
    rows = rows[true(severe) & rows["LBDTC"].notna()]
    named = (ae["AEDECOD"].fillna("") + " " + ae["AETERM"]).str.casefold()
    events = ae[true(named.str.contains(group.events))]
    # An event whose start is not known may be the one.
    start = by_subject(
        events.assign(START=events["AESTDTC"].fillna("0000")).sort_values("START", kind="stable"), "START"
    )
    began = rows["USUBJID"].map(start)
    open_start = rows["USUBJID"].isin(events.loc[events["AESTDTC"].str.len().lt(10).fillna(True), "USUBJID"])
    late = true((day(began.astype("string")) - day(rows["LBDTC"])).dt.days > AHEAD_DAYS)
    lacking = rows[(began.isna() | late) & ~open_start]
    return doubt(first_rows(lacking, ["LBDTC", "LBTESTCD"]), "lb", "LBORRES", "Q-510", "expected an adverse event")


def events_before_consent(dm: pd.DataFrame, ae: pd.DataFrame, mh: pd.DataFrame) -> pd.DataFrame:
    """Q-514: an event that certainly starts before consent, whose term is not in the medical history of the subject."""
    early = ae[before(ae["AESTDTC"], of_subject(ae, by_subject(dm, "RFICDTC").str.slice(0, 10)))]
    history = pd.concat([mh[["USUBJID", name]].set_axis(["USUBJID", "TERM"], axis=1) for name in ("MHTERM", "MHDECOD")])
    known = pd.MultiIndex.from_arrays([history["USUBJID"], history["TERM"].str.casefold()])
    listed = pd.Series(False, index=early.index)
    for name in ("AETERM", "AEDECOD"):
        listed |= (
            pd.MultiIndex.from_arrays([early["USUBJID"], early[name].str.casefold()]).isin(known) & early[name].notna()
        )
    return doubt(early[~listed], "ae", "AESTDTC", "Q-514", "expected a condition of that name")
