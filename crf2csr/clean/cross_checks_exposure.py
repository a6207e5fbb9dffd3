"""Cross checks of dosing, dose modifications and dose limiting toxicity (Q-400)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.clean.cross_check_tools import (
    DRUGS,
    acted_on,
    among,
    before,
    by_subject,
    day,
    doubt,
    ends_of_treatment,
    enrollments,
    first_dose,
    found,
    given,
    of_subject,
    true,
)

if TYPE_CHECKING:
    from crf2csr.study import View

LOWEST, STEP = 50, 25  # mg: a palbociclib reduction goes down to 50 mg in multiples of 25 mg
#: Modification to the actions on an adverse event that it may be due to; one event records only its last action.
CHANGED = ["DOSE REDUCED", "DRUG INTERRUPTED", "DRUG WITHDRAWN"]
MODIFIED_DAYS = 28  # an action on an event has its modification within this many days of the start
COUNT_TOLERANCE = 0.20  # diary against pill count


def entered_twice(ex: pd.DataFrame) -> pd.DataFrame:
    """Q-401: the same drug, dates, dose and answer under two record numbers."""
    rows = ex[ex["EXSTDTC"].notna()].sort_values(["USUBJID", "EXTRT", "EXSEQ"], kind="stable")
    same = rows.duplicated(["USUBJID", "EXTRT", "EXSTDTC", "EXENDTC", "EXDOSE", "EXOCCUR"])
    return doubt(rows[same], "ex", "EXSTDTC", "Q-401")


def incomplete_doses(ex: pd.DataFrame) -> pd.DataFrame:
    """Q-402: given, and the dose is missing or not above 0, the unit missing, the start date missing or partial."""
    doses = given(ex)
    partial = ~true(doses["EXSTDTC"].str.len() >= 10)
    return found(
        doubt(doses[~true(doses["EXDOSE"] > 0)], "ex", "EXDOSE", "Q-402", "expected a dose above 0"),
        doubt(doses[doses["EXDOSU"].isna()], "ex", "EXDOSU", "Q-402", "expected a unit"),
        doubt(doses[partial], "ex", "EXSTDTC", "Q-402", "expected a complete date"),
    )


def given_answers(ex: pd.DataFrame) -> pd.DataFrame:
    """Q-403: answer missing; not given, but an infused amount or doses taken above 0."""
    denied = true(ex["EXOCCUR"].eq("N"))
    infused = denied & ex["EXCAT"].eq("INFUSION") & true(ex["EXDOSE"] > 0)
    return found(
        doubt(ex[ex["EXOCCUR"].isna()], "ex", "EXOCCUR", "Q-403", "expected an answer"),
        doubt(ex[infused], "ex", "EXDOSE", "Q-403", "not given; expected no dose"),
        doubt(ex[denied & true(ex["DOSESTK"] > 0)], "ex", "DOSESTK", "Q-403", "not given; expected no dose taken"),
    )


def periods(ex: pd.DataFrame) -> pd.DataFrame:
    """Q-404: a period that certainly ends before it starts; periods of one drug that share days."""
    doses = given(ex)
    reversed_ = before(doses["EXENDTC"].str.slice(0, 10), doses["EXSTDTC"].str.slice(0, 10))
    rows = doses[~reversed_ & doses["EXSTDTC"].notna()].sort_values(
        ["USUBJID", "EXTRT", "EXSTDTC", "EXSEQ"], kind="stable"
    )
    latest = rows.groupby(["USUBJID", "EXTRT"])["EXENDTC"].shift().str.slice(0, 10)
    shared = ~before(latest, rows["EXSTDTC"].str.slice(0, 10)) & latest.notna() & true(rows["EXSTDTC"].str.len() >= 10)
    return found(
        doubt(doses[reversed_], "ex", "EXENDTC", "Q-404", "expected no earlier than the start"),
        doubt(
            rows[shared & true(latest.str.len().eq(10))],
            "ex",
            "EXSTDTC",
            "Q-404",
            "expected after the end of the period before",
        ),
    )


def record_order(ex: pd.DataFrame) -> pd.DataFrame:
    """Q-405: a later record or cycle of a drug certainly starts before an earlier one."""
    rows = ex[ex["EXSTDTC"].notna()].sort_values(["USUBJID", "EXTRT", "EXSEQ"], kind="stable")
    previous = rows.groupby(["USUBJID", "EXTRT"])["EXSTDTC"].shift()
    return doubt(rows[before(rows["EXSTDTC"], previous)], "ex", "EXSTDTC", "Q-405", "expected after the record before")


def palbociclib_doses(ds: pd.DataFrame, ex: pd.DataFrame, ec: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-407: neither a dose level nor a recorded reduction (50 mg and more in steps of 25 mg), or above the highest
    assigned level."""
    doses = given(ex)
    doses = doses[doses["EXTRT"].eq("PALBOCICLIB") & doses["EXDOSE"].notna()]
    planned = doses["EXDOSE"].isin(study["escalation.dose_levels_mg"])
    reductions = ec[ec["ECTRT"].eq("PALBOCICLIB") & ec["ECACTION"].eq("REDUCED")].sort_values("ECSTDTC", kind="stable")
    reduced = of_subject(doses, by_subject(reductions, "ECSTDTC"))
    recorded = reduced.notna() & ~before(doses["EXSTDTC"], reduced)
    step = (doses["EXDOSE"] >= LOWEST) & (doses["EXDOSE"] % STEP == 0)
    assigned = doses["USUBJID"].map(enrollments(ds).groupby("USUBJID")["DOSELVL"].max()).astype("Float64")
    above = true(doses["EXDOSE"] > assigned)
    return found(
        doubt(
            doses[~planned & ~(true(step) & recorded)],
            "ex",
            "EXDOSE",
            "Q-407",
            "expected a dose level or a recorded reduction",
        ),
        doubt(doses[above], "ex", "EXDOSE", "Q-407", "above the assigned level"),
    )


def infusion_times(ex: pd.DataFrame) -> pd.DataFrame:
    """Q-408: start or end time of an infusion missing, or the end before the start."""
    rows = given(ex)
    rows = rows[rows["EXCAT"].eq("INFUSION") & true(rows["EXSTDTC"].str.len() >= 10)]
    timed = true(rows["EXSTDTC"].str.len().eq(16))
    return found(
        doubt(rows[~timed], "ex", "EXSTDTC", "Q-408", "expected a start time"),
        doubt(rows[~true(rows["EXENDTC"].str.len().eq(16))], "ex", "EXENDTC", "Q-408", "expected an end time"),
        doubt(
            rows[timed & before(rows["EXENDTC"], rows["EXSTDTC"])],
            "ex",
            "EXENDTC",
            "Q-408",
            "expected no earlier than the start",
        ),
    )


def cycle_lengths(ex: pd.DataFrame, ec: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-411: the infusions of two successive cycles are not `cycle.days` apart within `visit.window_days`, and T-DM1
    was not modified in between."""
    window, cycle = study["visit.window_days"], study["cycle.days"]
    rows = given(ex)[given(ex)["EXCAT"].eq("INFUSION")].sort_values(["USUBJID", "EXSEQ"], kind="stable")
    each = rows.groupby("USUBJID")
    rows = rows.assign(PREVIOUS=each["EXSTDTC"].shift(), NEXT=rows["EXSEQ"].sub(each["EXSEQ"].shift()).eq(1))
    length = (day(rows["EXSTDTC"]) - day(rows["PREVIOUS"])).dt.days
    odd = rows[true(rows["NEXT"]) & true((length - cycle).abs() > window)]
    changes = ec.loc[ec["ECTRT"].eq("T-DM1"), ["USUBJID", "ECSTDTC"]]
    pairs = odd[["USUBJID", "EXSTDTC", "PREVIOUS"]].reset_index(names="index").merge(changes, on="USUBJID")
    explained = pairs[~before(pairs["ECSTDTC"], pairs["PREVIOUS"]) & ~before(pairs["EXSTDTC"], pairs["ECSTDTC"])]
    rest = odd[~odd.index.isin(explained["index"])]
    return doubt(rest, "ex", "EXSTDTC", "Q-411", f"expected {cycle} days, within {window}, after the infusion before")


def modification_reasons(ec: pd.DataFrame, ae: pd.DataFrame) -> pd.DataFrame:
    """Q-412: no reason; reason adverse event without a linked event on which the drug was reduced, interrupted or
    withdrawn."""
    toxic = true(ec["ECREASOC"].eq("ADVERSE EVENT"))
    acted = among(ec, ["USUBJID", "ECTRT", "AENO"], acted_on(ae, CHANGED), ["USUBJID", "DRUG", "AESEQ"])
    return found(
        doubt(ec[ec["ECREASOC"].isna()], "ec", "ECREASOC", "Q-412", "expected a reason"),
        doubt(ec[toxic & ~acted], "ec", "AENO", "Q-412", "expected an adverse event with an action on this drug"),
    )


def event_actions(ae: pd.DataFrame, ec: pd.DataFrame) -> pd.DataFrame:
    """Q-413: reduced or interrupted for an event, and no modification of the drug linked to it or within 28 days of its
    start."""
    return found(*(_unmodified(ae, ec[ec["ECTRT"].eq(drug)], action) for drug, (_, action) in DRUGS.items()))


def _unmodified(ae: pd.DataFrame, modifications: pd.DataFrame, action: str) -> pd.DataFrame:
    events = ae[ae[action].isin(CHANGED[:2])]
    pairs = events.reset_index()[["index", "USUBJID", "AESEQ", "AESTDTC"]].merge(modifications, on="USUBJID")
    after = (day(pairs["ECSTDTC"]) - day(pairs["AESTDTC"])).dt.days
    fits = pairs["AENO"].eq(pairs["AESEQ"]).fillna(False) | after.between(0, MODIFIED_DAYS) | after.isna()
    return doubt(
        events[~events.index.isin(pairs.loc[fits, "index"])],
        "ae",
        action,
        "Q-413",
        "expected a modification of the drug",
    )


def unanswered_dlt(ds: pd.DataFrame, ex: pd.DataFrame, fa: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-414: a treated phase I subject without an answer although `dlt.window_days` had passed at the extract."""
    rows = enrollments(ds).drop_duplicates("USUBJID")
    rows = rows[true(rows["ENRPHASE"].eq("I"))]
    passed = pd.Timestamp(study.extracted_on) - day(of_subject(rows, first_dose(ex)))
    closed = rows[true(passed.dt.days >= study["dlt.window_days"])]
    blank = fa[fa["USUBJID"].isin(closed["USUBJID"]) & fa["DLTYN"].isna()]
    absent = closed[~closed["USUBJID"].isin(fa["USUBJID"])]
    return found(
        doubt(blank, "fa", "DLTYN", "Q-414", "expected Y or N"),
        doubt(absent, "ds", "ENRPHASE", "Q-414", "expected a dlt record"),
    )


def dlt_events(ex: pd.DataFrame, ae: pd.DataFrame, fa: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-415: a toxicity on the form without a flagged event in the window, one in the window denied by the form, one
    after it counted.

    The window is day 1 to `dlt.window_days` from the first dose of any drug; an event whose start is partial is left
    out.
    """
    flagged = ae[true(ae["AEDLTFL"].eq("Y"))]
    days = (day(flagged["AESTDTC"]) - day(of_subject(flagged, first_dose(ex)))).dt.days + 1
    inside = flagged[true(days.between(1, study["dlt.window_days"]))]
    late = flagged[true(days > study["dlt.window_days"])]
    counted = late.merge(_counted_events(fa), on=["USUBJID", "AESEQ"])
    yes, no = fa[true(fa["DLTYN"].eq("Y"))], fa[true(fa["DLTYN"].eq("N"))]
    undated = flagged[days.isna()]
    sure = ~yes["USUBJID"].isin(inside["USUBJID"]) & ~yes["USUBJID"].isin(undated["USUBJID"])
    return found(
        doubt(yes[sure], "fa", "DLTYN", "Q-415", "expected an adverse event flagged as such in the window"),
        doubt(
            no[no["USUBJID"].isin(inside["USUBJID"])],
            "fa",
            "DLTYN",
            "Q-415",
            "an adverse event in the window is flagged as such",
        ),
        doubt(counted, "ae", "AEDLTFL", "Q-415", "starts after the window and cannot count"),
    )


def _counted_events(fa: pd.DataFrame) -> pd.DataFrame:
    numbers = fa.assign(AESEQ=fa["DLTAENOS"].str.findall(r"[0-9]+")).explode("AESEQ")[["USUBJID", "AESEQ"]].dropna()
    return numbers.astype({"AESEQ": "Int64"})


def tablet_counts(ex: pd.DataFrame) -> pd.DataFrame:
    """Q-417: more units returned than dispensed; doses taken differ by more than 20 % from dispensed less returned."""
    used = (ex["UNITSDSP"] - ex["UNITSRET"]).astype("Float64")
    excess = true(used < 0)
    apart = ~excess & true((ex["DOSESTK"].astype("Float64") - used).abs() > COUNT_TOLERANCE * used)
    return found(
        doubt(ex[excess], "ex", "UNITSRET", "Q-417", "expected no more than dispensed"),
        doubt(ex[apart], "ex", "DOSESTK", "Q-417", "expected dispensed less returned, within 20 %"),
    )


def raised_again(ex: pd.DataFrame) -> pd.DataFrame:
    """Q-418: an oral dose above the one before it, after a reduction."""
    doses = given(ex)
    doses = doses[doses["EXCAT"].eq("ORAL") & doses["EXDOSE"].notna()].sort_values(
        ["USUBJID", "EXTRT", "EXSTDTC"], kind="stable"
    )
    drug = [doses["USUBJID"], doses["EXTRT"]]
    previous, highest = (
        doses.groupby(drug)["EXDOSE"].shift(),
        doses["EXDOSE"].groupby(drug).cummax().groupby(drug).shift(),
    )
    again = (doses["EXDOSE"] > previous) & (previous < highest)
    return doubt(doses[true(again)], "ex", "EXDOSE", "Q-418")


def holds(ds: pd.DataFrame, ex: pd.DataFrame, ec: pd.DataFrame) -> pd.DataFrame:
    """Q-419: a hold without resumption although the drug goes on; resumed before it began; a dosing record that starts
    inside it."""
    rows = ec[ec["ECACTION"].eq("HELD")]
    over = among(rows, ["USUBJID", "ECTRT"], ends_of_treatment(ds), ["USUBJID", "DSSCAT"])
    reversed_ = before(rows["ECENDTC"], rows["ECSTDTC"])
    return found(
        doubt(
            rows[rows["ECENDTC"].isna() & ~over],
            "ec",
            "ECENDTC",
            "Q-419",
            "expected a resumption or the end of the drug",
        ),
        doubt(rows[reversed_], "ec", "ECENDTC", "Q-419", "expected no earlier than the hold"),
        _inside_holds(given(ex), rows[~reversed_]),
    )


def _inside_holds(doses: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    spans = rows[["USUBJID", "ECTRT", "ECSTDTC", "ECENDTC"]].rename(columns={"ECTRT": "EXTRT"})
    pairs = doses.reset_index()[["index", "USUBJID", "EXTRT", "EXSTDTC"]].merge(spans, on=["USUBJID", "EXTRT"])
    start = day(pairs["EXSTDTC"])
    inside = (start >= day(pairs["ECSTDTC"])) & (start < day(pairs["ECENDTC"]))
    return doubt(
        doses[doses.index.isin(pairs.loc[inside, "index"])], "ex", "EXSTDTC", "Q-419", "starts while the drug is held"
    )
