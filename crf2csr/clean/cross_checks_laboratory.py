"""Cross checks of laboratory results (Q-803, Q-811, Q-812), vital signs and doses by weight (Q-409, Q-410, Q-808,
Q-809), ejection fraction (Q-810)."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    true,
)

if TYPE_CHECKING:
    from crf2csr.study import View

#: How many times above the upper or below the lower limit a result may lie; tests that the body holds within narrow
#: limits, and all others (house limits: a unit confused differs by 1000, milligrams and moles by 10 or more).
NARROW = ("HGB", "ALB", "CA", "K", "SODIUM", "MG")
NARROW_FOLD, FOLD_ABOVE, FOLD_BELOW = 5, 100, 500
#: Limits of vital signs beyond which they are doubted (house).
VITAL = {"PULSE": (30, 200, "beats/min"), "TEMP": (34, 42, "C")}
TOLERANCE = 10  # percentage by which a dose or weight may differ
LVEF_DAYS, LATE_DAYS = 84, 28  # assumed interval of the ejection fraction and how late it may be


def implausible_results(lb: pd.DataFrame) -> pd.DataFrame:
    """Q-803: a result so far outside the limits of its record that another unit is likely."""
    return doubt(lb[implausible(lb)], "lb", "LBORRES", "Q-803", "please check unit and number")


def implausible(lb: pd.DataFrame) -> pd.Series:
    """Return whether each result is so far outside the limits of its record that another unit is likely."""
    narrow = lb["LBTESTCD"].isin(NARROW)
    above = pd.Series(FOLD_ABOVE, lb.index).mask(narrow, NARROW_FOLD)
    below = pd.Series(FOLD_BELOW, lb.index).mask(narrow, NARROW_FOLD)
    high = true(lb["LBSTRESN"] > lb["LBSTNRHI"] * above)
    low = true((lb["LBSTRESN"] > 0) & (lb["LBSTRESN"] * below < lb["LBSTNRLO"]))
    return high | low


def reversed_limits(lb: pd.DataFrame) -> pd.DataFrame:
    """Q-811: the lower limit of normal is not below the upper one."""
    return doubt(
        lb[true(lb["LBSTNRLO"] >= lb["LBSTNRHI"])], "lb", "LBORNRLO", "Q-811", "expected below the upper limit"
    )


def calcium_without_albumin(lb: pd.DataFrame) -> pd.DataFrame:
    """Q-812: a calcium result and no albumin result of the same visit and day (R-1009)."""
    measured = lb[lb["LBSTRESN"].notna()].assign(
        DAY=lb["LBDTC"].str.slice(0, 10).fillna(""), PLACE=lb["VISIT"].fillna("")
    )
    calcium, albumin = (measured[measured["LBTESTCD"].eq(name)] for name in ("CA", "ALB"))
    alone = calcium[~among(calcium, ["USUBJID", "PLACE", "DAY"], albumin)]
    return doubt(lb.loc[alone.index], "lb", "LBORRES", "Q-812", "expected albumin")


def vital_limits(vs: pd.DataFrame) -> pd.DataFrame:
    """Q-808: systolic not above diastolic at a visit; pulse outside 30 to 200 beats/min, temperature outside 34 to
    42 C."""
    upper, lower = vs[vs["VSTESTCD"].eq("SYSBP")], vs[vs["VSTESTCD"].eq("DIABP")]
    diastolic = lower.set_index(["USUBJID", "VISIT"])["VSSTRESN"]
    place = pd.MultiIndex.from_frame(upper[["USUBJID", "VISIT"]])
    other = pd.Series(diastolic.reindex(place).to_numpy(), upper.index, dtype="Float64")
    each = [doubt(upper[true(upper["VSSTRESN"] <= other)], "vs", "VSORRES", "Q-808", "expected above the diastolic")]
    for name, (low, high, unit) in VITAL.items():
        rows = vs[vs["VSTESTCD"].eq(name)]
        outside = true((rows["VSSTRESN"] < low) | (rows["VSSTRESN"] > high))
        each.append(doubt(rows[outside], "vs", "VSORRES", "Q-808", f"expected {low} to {high} {unit}"))
    return found(*each)


def _infusions(ex: pd.DataFrame) -> pd.DataFrame:
    doses = given(ex)
    return doses[doses["EXCAT"].eq("INFUSION")]


def missing_weights(ex: pd.DataFrame, vs: pd.DataFrame) -> pd.DataFrame:
    """Q-809: no weight among the vital signs of the visit of an infusion, and none with the infusion (E); no height of
    a treated subject (W)."""
    weights = vs[vs["VSTESTCD"].eq("WEIGHT") & vs["VSORRES"].notna()]
    rows = _infusions(ex)
    weighed = among(rows, ["USUBJID", "VISIT"], weights) | rows["EXWEIGHT"].notna()
    measured = vs.loc[vs["VSTESTCD"].eq("HEIGHT") & vs["VSORRES"].notna(), "USUBJID"]
    treated = vs[vs["USUBJID"].isin(given(ex)["USUBJID"]) & ~vs["USUBJID"].isin(measured)]
    return found(
        doubt(rows[~weighed], "ex", "EXWEIGHT", "Q-809", "expected a weight at the visit"),
        doubt(first_rows(treated, ["VISITNUM", "VSTESTCD"]), "vs", "VSTESTCD", "Q-809", "expected a height", "W"),
    )


def doses_by_weight(ex: pd.DataFrame, ec: pd.DataFrame, study: View) -> pd.DataFrame:
    """Q-409: the amount of T-DM1 per weight used differs from `dose.tdm1_mg_kg` by more than 10 % and no reduction is
    recorded up to that day; the weight is missing."""
    rows = _infusions(ex)
    reduced = ec[ec["ECTRT"].eq("T-DM1") & ec["ECACTION"].eq("REDUCED")].sort_values("ECSTDTC", kind="stable")
    since = of_subject(rows, by_subject(reduced, "ECSTDTC"))
    explained = rows["USUBJID"].isin(reduced["USUBJID"]) & ~before(rows["EXSTDTC"], since)
    planned = study["dose.tdm1_mg_kg"]
    odd = _differ(rows["EXDOSE"], float(planned) * rows["EXWEIGHT"])
    expected = f"expected {planned} mg/kg within {TOLERANCE} %"
    return found(
        doubt(rows[odd & ~explained], "ex", "EXDOSE", "Q-409", expected),
        doubt(rows[rows["EXWEIGHT"].isna()], "ex", "EXWEIGHT", "Q-409", "expected the weight used"),
    )


def _differ(value: pd.Series, reference: pd.Series) -> pd.Series:
    """Return whether a value differs from its reference by more than TOLERANCE percent; as products, so that no binary
    fraction decides at the limit."""
    return true((100 * (value - reference).abs()).round(6) > (TOLERANCE * reference).round(6))


def changed_weights(ex: pd.DataFrame, vs: pd.DataFrame) -> pd.DataFrame:
    """Q-410: the weight measured at the visit of an infusion differs by more than 10 % from the weight used for it."""
    rows = _infusions(ex)
    weights = vs[vs["VSTESTCD"].eq("WEIGHT")].set_index(["USUBJID", "VISIT"])["VSSTRESN"]
    place = pd.MultiIndex.from_frame(rows[["USUBJID", "VISIT"]])
    measured = pd.Series(weights.reindex(place).to_numpy(), rows.index, dtype="Float64")
    return doubt(
        rows[_differ(measured, rows["EXWEIGHT"])], "ex", "EXWEIGHT", "Q-410", "expected the weight of the visit"
    )


def ejection_fractions(dm: pd.DataFrame, ex: pd.DataFrame, cv: pd.DataFrame) -> pd.DataFrame:
    """Q-810: treated without a value up to the first dose; more than 112 days (84 and 28) from a value to the next one,
    or to the last infusion; another method than at first."""
    values = cv[cv["CVSTRESN"].notna() & cv["CVDTC"].notna()].sort_values(["USUBJID", "CVDTC"], kind="stable")
    start = first_dose(ex)
    early = values[~before(of_subject(values, start), values["CVDTC"])]
    lacking = dm[dm["USUBJID"].isin(start.index) & ~dm["USUBJID"].isin(early["USUBJID"])]
    last = _infusions(ex).dropna(subset=["EXSTDTC"]).sort_values("EXSTDTC", ascending=False, kind="stable")
    end = of_subject(values, by_subject(last, "EXSTDTC"))
    following = values.groupby("USUBJID")["CVDTC"].shift(-1)
    # A value after the last infusion is due no more; without infusion none is.
    until = following.where(following.notna() & ~before(end, following), end)
    late = true((day(until) - day(values["CVDTC"])).dt.days > LVEF_DAYS + LATE_DAYS)
    method = values[values["CVMETHOD"].notna()]
    other = method[true(method["CVMETHOD"].ne(method.groupby("USUBJID")["CVMETHOD"].transform("first")))]
    return found(
        doubt(lacking, "dm", "USUBJID", "Q-810", "expected a value before the first dose"),
        doubt(values[late], "cv", "CVDTC", "Q-810", f"expected the next value after {LVEF_DAYS} days"),
        doubt(other, "cv", "CVMETHOD", "Q-810", "expected the method of the first value"),
    )
