"""Cross checks of laboratory samples: texts with a sign (Q-801), grades of events (Q-804), order and times of samples
(Q-805, Q-806), cells of a differential (Q-807)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from crf2csr.clean.cross_check_tools import (
    among,
    before,
    by_subject,
    day,
    doubt,
    first_dose,
    first_rows,
    found,
    given,
    of_subject,
    planned_up_to_first_dose,
    true,
)
from crf2csr.clean.cross_checks_laboratory import implausible

if TYPE_CHECKING:
    from crf2csr.study import View


class Severe(NamedTuple):
    """What a grade of 3 or more of an event says of a laboratory test: below a number in the standard unit, or above a
    multiple of the upper limit (CTCAE v4.03)."""

    test: str
    below: float | None = None
    above_limit: float | None = None


#: CTCAE v4.03 term, without regard to case, to what its grades 3 and 4 mean.
SEVERE = {
    "anemia": Severe("HGB", below=80),
    "neutrophil count decreased": Severe("NEUT", below=1.0),
    "white blood cell decreased": Severe("WBC", below=2.0),
    "lymphocyte count decreased": Severe("LYM", below=0.5),
    "platelet count decreased": Severe("PLAT", below=50),
    "alanine aminotransferase increased": Severe("ALT", above_limit=5),
    "aspartate aminotransferase increased": Severe("AST", above_limit=5),
    "alkaline phosphatase increased": Severe("ALP", above_limit=5),
    "ggt increased": Severe("GGT", above_limit=5),
    "blood bilirubin increased": Severe("BILI", above_limit=3),
}
#: How far the cells of a differential may exceed all white cells together.
EXCESS_PERCENT = 20


def signed_results(lb: pd.DataFrame) -> pd.DataFrame:
    """Q-801: a result that is only known to be below or above a number: it has no standard value and no grade."""
    signed = lb["LBSTRESC"].notna() & lb["LBSTRESN"].isna()
    return doubt(lb[signed], "lb", "LBORRES", "Q-801", "expected a number; the result is listed and never graded")


def grades_of_events(ae: pd.DataFrame, lb: pd.DataFrame) -> pd.DataFrame:
    """Q-804: an event of grade 3 or 4 that is a laboratory finding, results of the test from its start to its end, and
    none of them of grade 3 or 4. Without a result there, or without complete dates, nobody can say."""
    terms = ae["AEDECOD"].str.casefold()
    each = [_unlike(ae[true(terms.eq(term) & ae["AETOXGR"].isin([3, 4]))], lb, kind) for term, kind in SEVERE.items()]
    return found(*each)


def _unlike(events: pd.DataFrame, lb: pd.DataFrame, kind: Severe) -> pd.DataFrame:
    samples = lb[lb["LBTESTCD"].eq(kind.test) & lb["LBSTRESN"].notna()]
    limit = kind.below if kind.below is not None else (kind.above_limit or 0) * samples["LBSTNRHI"]
    severe = samples["LBSTRESN"] < limit if kind.below is not None else samples["LBSTRESN"] > limit
    known = samples.assign(DAY=day(samples["LBDTC"]), SEVERE=true(severe))
    lasts = events.assign(START=day(events["AESTDTC"]), END=day(events["AEENDTC"])).reset_index(names="PLACE")
    pairs = lasts[["PLACE", "USUBJID", "START", "END"]].merge(known[["USUBJID", "DAY", "SEVERE"]], on="USUBJID")
    during = pairs[(pairs["DAY"] >= pairs["START"]) & (pairs["DAY"] <= pairs["END"])]
    shown = during.groupby("PLACE")["SEVERE"].any()
    odd = events[events.index.isin(shown.index[~shown.astype(bool)])]
    return doubt(odd, "ae", "AETOXGR", "Q-804", f"no result of {kind.test} while it lasts has such a grade")


def sample_order(lb: pd.DataFrame, ex: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-805: a visit whose first sample is dated before one of an earlier visit of the schedule; a sample without time
    on the day of the first dose, at a visit planned up to then. One query a visit or a sample."""
    dated = lb[lb["LBDTC"].notna() & lb["VISITNUM"].notna()]
    firsts = first_rows(dated, ["LBDTC", "LBTESTCD"], ["USUBJID", "VISITNUM"]).sort_values(
        ["USUBJID", "VISITNUM"], kind="stable"
    )
    latest = firsts["LBDTC"].str.slice(0, 10).groupby(firsts["USUBJID"]).transform(_latest_before)
    early = firsts[before(firsts["LBDTC"], latest.astype("string"))].sort_index()
    planned = dated[dated["VISIT"].isin(planned_up_to_first_dose(study))]
    start = of_subject(planned, first_dose(ex).str.slice(0, 10))
    timeless = planned[true(planned["LBDTC"].eq(start))]
    return found(
        doubt(early, "lb", "LBDTC", "Q-805", "the sample is earlier than one of an earlier visit"),
        doubt(
            timeless, "lb", "LBDTC", "Q-805", "the time is missing on the day of the first dose: before or after it?"
        ),
    )


def _latest_before(days: pd.Series) -> pd.Series:
    """Return the latest of the days above each one; missing at the first."""
    latest: list[str | None] = [None]
    for text in days.iloc[:-1]:
        latest.append(text if latest[-1] is None else max(latest[-1], text))
    return pd.Series(latest, index=days.index, dtype="object")


def samples_after_dose(lb: pd.DataFrame, ex: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-806: a sample of a visit planned up to the first dose that is after it: on a later day, or on that day after
    the time of a dose. One query a visit, day and time."""
    planned = lb[lb["VISIT"].isin(planned_up_to_first_dose(study)) & lb["LBDTC"].notna()]
    doses = given(ex)
    timed = doses[true(doses["EXSTDTC"].str.len().eq(16))].sort_values(["USUBJID", "EXSTDTC"], kind="stable")
    start = of_subject(planned, first_dose(ex).str.slice(0, 10))
    later = before(start, planned["LBDTC"])
    infusion = of_subject(planned, by_subject(timed, "EXSTDTC"))
    after = planned["LBDTC"].str.len().eq(16) & before(infusion, planned["LBDTC"])
    odd = planned[later | true(after)]
    each = first_rows(odd, ["LBTESTCD"], ["USUBJID", "VISIT", "LBDTC"])
    return doubt(each, "lb", "LBDTC", "Q-806", "expected before the first dose; the result is no baseline")


def differentials(lb: pd.DataFrame) -> pd.DataFrame:
    """Q-807: neutrophils and lymphocytes of one visit and day exceed the white cells by more than 20 percent. A result
    doubted as implausible (Q-803) is not doubted again."""
    sound = lb[lb["LBSTRESN"].notna() & lb["LBTESTCD"].isin(["WBC", "NEUT", "LYM"]) & ~implausible(lb)]
    keyed = sound.assign(PLACE=sound["VISIT"].fillna(""), DAY=sound["LBDTC"].str.slice(0, 10).fillna(""))
    place = ["USUBJID", "PLACE", "DAY"]
    cells = keyed.pivot_table(index=place, columns="LBTESTCD", values="LBSTRESN", aggfunc="first")
    cells = cells.reindex(columns=["WBC", "NEUT", "LYM"]).dropna()
    parts = 100 * (cells["NEUT"] + cells["LYM"])
    odd = cells[true((parts - (100 + EXCESS_PERCENT) * cells["WBC"]).round(6) > 0)].reset_index()
    rows = keyed[keyed["LBTESTCD"].eq("WBC")]
    text = "neutrophils and lymphocytes together are more than the white cells"
    return doubt(lb.loc[rows.index[among(rows, place, odd)]], "lb", "LBORRES", "Q-807", text)
