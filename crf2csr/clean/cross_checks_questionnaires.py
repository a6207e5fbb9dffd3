"""Cross checks of the questionnaires (Q-900): one query a questionnaire and visit, on its first item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.clean.cross_check_tools import (
    before,
    day,
    doubt,
    first_dose,
    first_rows,
    found,
    of_subject,
    planned_up_to_first_dose,
    true,
)
from crf2csr.instruments import load_instruments, series

if TYPE_CHECKING:
    from crf2csr.study import View

FORM = ["USUBJID", "QSSCAT"]
VISIT = [*FORM, "VISIT"]
OFF_VISIT = 7  # days between questionnaire and visit beyond which its date is doubted


def two_dates(qs: pd.DataFrame) -> pd.DataFrame:
    """Q-901: the items of one questionnaire at a visit have two dates."""
    dated = _sorted(qs[qs["QSDTC"].notna()])
    other = dated[true(dated["QSDTC"].ne(dated.groupby(VISIT, dropna=False)["QSDTC"].transform("first")))]
    return doubt(first_rows(other, ["QSTESTCD"], VISIT), "qs", "QSDTC", "Q-901", "the items before have another date")


def not_done(qs: pd.DataFrame) -> pd.DataFrame:
    """Q-902: not done without a reason (W, once a questionnaire and visit); an answer to an item that was not done
    (E)."""
    missed = qs[qs["QSSTAT"].notna()]
    silent = first_rows(missed[missed["QSREASND"].isna()], ["QSTESTCD"], VISIT)
    answered = missed[missed["QSSTRESN"].notna()]
    return found(
        doubt(silent, "qs", "QSREASND", "Q-902", "expected a reason"),
        doubt(answered, "qs", "QSORRES", "Q-902", "marked as not done; expected no answer", "E"),
    )


def versions(qs: pd.DataFrame) -> pd.DataFrame:
    """Q-904: the version of a short form is another than at its first visit."""
    rows = _sorted(qs[qs["QSVERS"].notna()])
    changed = rows[true(rows["QSVERS"].ne(rows.groupby(FORM)["QSVERS"].transform("first")))]
    return doubt(first_rows(changed, ["VISITNUM", "QSTESTCD"], FORM), "qs", "QSVERS", "Q-904")


def questionnaire_dates(qs: pd.DataFrame, sv: pd.DataFrame, ex: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-905: a questionnaire of a visit planned no later than the first dose is dated after it; more than 7 days off
    its visit; dated before that of the visit before (known parts)."""
    rows = first_rows(qs[qs["QSDTC"].notna()], ["QSDTC", "QSTESTCD"], VISIT)
    planned = rows["VISIT"].isin(planned_up_to_first_dose(study))
    late = planned & before(of_subject(rows, first_dose(ex)), rows["QSDTC"])
    visits = sv.set_index(["USUBJID", "VISIT"])["SVSTDTC"]
    place = pd.MultiIndex.from_frame(rows[["USUBJID", "VISIT"]])
    held = pd.Series(visits.reindex(place).to_numpy(), rows.index, dtype="string")
    off = true((day(rows["QSDTC"]) - day(held)).dt.days.abs() > OFF_VISIT)
    return found(
        doubt(rows[late], "qs", "QSDTC", "Q-905", "baseline; expected no later than the first dose"),
        doubt(rows[off], "qs", "QSDTC", "Q-905", f"expected within {OFF_VISIT} days of the visit"),
        doubt(_disordered(rows), "qs", "QSDTC", "Q-905", "expected after the visit before"),
    )


def unexpected_forms(qs: pd.DataFrame, dm: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-905: a questionnaire at a visit at which it is not planned (before the first dose it may be filled in at any
    visit planned up to it), certainly dated before consent, or dated the same day as that of another visit.

    The answers are used all the same: the visit and the date as recorded decide what they are (R-302).
    """
    rows = first_rows(_sorted(qs), ["QSTESTCD"], VISIT)
    early, schedule, planned = planned_up_to_first_dose(study), study["visit.schedule"], set()
    for one in load_instruments():
        names = [*early, *(name for name, _, _ in series(schedule, one.visits))]
        planned |= {(one.instrument, name) for name in names}
    places = zip(rows["QSCAT"], rows["VISIT"].fillna(early[0] if early else ""), strict=True)
    off = pd.Series([place not in planned for place in places], rows.index, dtype=bool)
    dated = first_rows(qs[qs["QSDTC"].notna()], ["QSDTC", "QSTESTCD"], VISIT)
    consent = of_subject(dated, dm.drop_duplicates("USUBJID").set_index("USUBJID")["RFICDTC"])
    whole = dated[day(dated["QSDTC"]).notna()].sort_values([*FORM, "VISITNUM"], kind="stable")
    again = whole[whole.duplicated([*FORM, "QSDTC"])]
    return found(
        doubt(rows[off], "qs", "VISIT", "Q-905", "no questionnaire is planned at this visit"),
        doubt(dated[before(dated["QSDTC"], consent)], "qs", "QSDTC", "Q-905", "expected no earlier than consent"),
        doubt(again, "qs", "QSDTC", "Q-905", "that of another visit has this date too"),
    )


def _disordered(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows[rows["VISITNUM"].notna()].sort_values([*FORM, "VISITNUM"], kind="stable")
    return rows[before(rows["QSDTC"], rows.groupby(FORM)["QSDTC"].shift())]


def _sorted(qs: pd.DataFrame) -> pd.DataFrame:
    return qs.sort_values([*FORM, "VISITNUM", "QSTESTCD"], kind="stable")
