"""Who is evaluable for dose limiting toxicity (R-405)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from crf2csr.derive.rules.dates import compute_first_day
from crf2csr.derive.rules.enrollment import yes_no
from crf2csr.derive.rules.records import doubts

DAY = pd.Timedelta(days=1)
EVALUABLE, WAITING, REPLACED = "EVALUABLE", "PENDING", "REPLACED"
NOT_TREATED, NOT_ASSESSED = "No study drug taken", "Dose limiting toxicity not assessed"
OPEN_WINDOW = "Window for dose limiting toxicity not completed"
NO_DLT = "No dose limiting toxicity is defined"


@dataclass(frozen=True)
class DltSettings:
    """The study keys of R-405."""

    window_days: int
    min_dose_pct: int
    require_tdm1: bool
    cutoff: date


def derive_dlt_exposure(
    frame: pd.DataFrame, periods: pd.DataFrame, ec: pd.DataFrame, settings: DltSettings
) -> pd.DataFrame:
    """Return the frame (one row a subject) with what R-405 compares.

    DLTEND: last day of the window, which starts with the first dose. DLTHELD: days of it held for toxicity. DLTPLAN:
    the other days, one dose each. DLTDOSES: doses taken in it. DLTTDM: T-DM1 infusion of cycle 1 in the window.
    """
    window = frame.assign(DLTEND=frame["TRTSDT"] + (settings.window_days - 1) * DAY)
    held = _held_days(window, ec).reindex(frame.index).fillna(0).astype("Int64")
    infused = periods[periods["EXTRT"].eq("T-DM1") & periods["EXSEQ"].eq(1)]
    infused = infused[infused["START"] <= infused["USUBJID"].map(window["DLTEND"])]
    return window.assign(
        DLTHELD=held,
        DLTPLAN=settings.window_days - held,
        DLTDOSES=_doses_taken(window, periods)
        .reindex(frame.index)
        .fillna(0)
        .astype("Int64")
        .clip(upper=settings.window_days),
        DLTTDM=yes_no(pd.Series(frame.index.isin(infused["USUBJID"]), index=frame.index)),
    )


def _doses_taken(window: pd.DataFrame, periods: pd.DataFrame) -> pd.Series:
    """Return palbociclib doses taken in the window by subject.

    A record counts its doses taken, at most one a day: by diary, else by pill count (R-1102), else its days. Of a
    record that reaches beyond the window, the doses missed are taken to be missed inside it (house rule, so that nobody
    becomes evaluable by doses taken later).
    """
    rows = periods[periods["EXTRT"].eq("PALBOCICLIB") & periods["START"].notna()]
    days = (rows["END"] - rows["START"]).dt.days.astype("Int64") + 1
    pills = rows["UNITSDSP"] - rows["UNITSRET"]
    taken = rows["DOSESTK"].fillna(pills.where(pills >= 0)).fillna(days)
    missed = (days - taken).clip(lower=0)
    last = rows["END"].where(
        rows["END"] <= rows["USUBJID"].map(window["DLTEND"]), rows["USUBJID"].map(window["DLTEND"])
    )
    inside = ((last - rows["START"]).dt.days.astype("Int64") + 1).clip(lower=0)
    return (inside - missed).clip(lower=0).groupby(rows["USUBJID"]).sum()


def _held_days(window: pd.DataFrame, ec: pd.DataFrame) -> pd.Series:
    """Return days of the window on which palbociclib was held for toxicity, by subject.

    A hold lasts from its date to the day before the resume date; without one to the end of the window. Each day counts
    once.
    """
    held = ec[
        ec["ECTRT"].eq("PALBOCICLIB") & ec["ECACTION"].eq("HELD") & ec["ECREASOC"].eq("ADVERSE EVENT").fillna(False)
    ]
    first_dose, end = held["USUBJID"].map(window["TRTSDT"]), held["USUBJID"].map(window["DLTEND"])
    start, last = compute_first_day(held["ECSTDTC"]), compute_first_day(held["ECENDTC"]) - DAY
    bounds = pd.DataFrame(
        {
            "USUBJID": held["USUBJID"],
            "FROM": start.where(start > first_dose, first_dose),
            "TO": last.where(last < end, end),
        }
    )
    bounds = bounds[start.notna() & (bounds["FROM"] <= bounds["TO"])]
    days = [(row.USUBJID, day) for row in bounds.itertuples() for day in pd.date_range(row.FROM, row.TO)]
    return pd.DataFrame(days, columns=["USUBJID", "DAY"]).drop_duplicates().groupby("USUBJID").size()


def derive_dlt(frame: pd.DataFrame, fa: pd.DataFrame, ae: pd.DataFrame, settings: DltSettings) -> pd.DataFrame:
    """Return the frame (as of `derive_dlt_exposure`) with DLTFL and DLTREAS, the first reason that applies.

    DLTOCCFL tells a DLT in the window, DLTAENOS its adverse events.

    Phase I subjects only. A DLT in the window counts at any exposure. Without one: the window completed (subject alive,
    on study, cutoff reached), the form says that there was none, at least `min_dose_pct` of the planned doses taken
    and, if required, the T-DM1 infusion of cycle 1. A missing answer is not "no DLT". R-405.
    """
    answers = fa.drop_duplicates("USUBJID").set_index("USUBJID")
    answer = answers["DLTYN"].reindex(frame.index)
    toxicity = answer.eq("Y").fillna(False) & ~frame.index.isin(_after_window(frame, fa, ae))
    open_window = (
        ~(frame["DLTEND"] <= pd.Timestamp(settings.cutoff))
        | (frame["DTHDT"] < frame["DLTEND"])
        | (frame["EOSDT"] < frame["DLTEND"])
    )
    enough = frame["DLTDOSES"].gt(0) & (frame["DLTDOSES"] * 100).ge(frame["DLTPLAN"] * settings.min_dose_pct)
    tests = (
        (frame["PHASE"].ne("I").fillna(True), "Not in phase I"),
        (frame["TRTSDT"].isna(), NOT_TREATED),
        (toxicity, ""),
        (open_window, OPEN_WINDOW),
        (answer.isna(), NOT_ASSESSED),
        (~enough.fillna(False), "Too few palbociclib doses in the window"),
        (frame["DLTTDM"].eq("N") & settings.require_tdm1, "No T-DM1 infusion in cycle 1"),
    )
    reason = compute_reason(frame.index, tests)
    evaluable = yes_no(reason.isna())
    occurred = yes_no(toxicity & evaluable.eq("Y"))
    links = {f"{variable}@fa": answers["ADDRESS"] for variable in ("DLTFL", "DLTOCCFL", "DLTAENOS")}
    events = _events_in_window(frame, fa, ae).reindex(frame.index).where(occurred.eq("Y"))
    return frame.assign(DLTFL=evaluable, DLTREAS=reason, DLTOCCFL=occurred, DLTAENOS=events, **links)


def derive_dlt_status(frame: pd.DataFrame, cutoff: date) -> pd.DataFrame:
    """Return the frame with DLTSTAT of phase I subjects: EVALUABLE, PENDING or REPLACED.

    Pending: not evaluable yet, because the subject, alive and on study, has not taken a dose or is in the window at the
    cutoff, or because the answer of the form is missing: that is never read as "no DLT". Everybody else who is not
    evaluable is replaced at the same level. R-405, R-406.
    """
    on_study = frame["DTHFL"].eq("N") & frame["EOSDT"].isna() & frame["EOSREAS"].isna()
    in_window = frame["DLTREAS"].eq(OPEN_WINDOW) & ~(frame["DLTEND"] <= pd.Timestamp(cutoff))
    waits = on_study & (in_window | frame["DLTREAS"].eq(NOT_TREATED)) | frame["DLTREAS"].eq(NOT_ASSESSED)
    status = pd.Series(REPLACED, index=frame.index, dtype="string").mask(waits.fillna(False), WAITING)
    return frame.assign(DLTSTAT=status.mask(frame["DLTFL"].eq("Y"), EVALUABLE).where(frame["PHASE"].eq("I")))


def compute_reason(index: pd.Index, tests: tuple[tuple[pd.Series, str], ...]) -> pd.Series:
    """Return the text of the first test that holds for each row; missing if none does or its text is empty."""
    reason = pd.Series(pd.NA, index=index, dtype="string")
    decided = pd.Series(False, index=index)
    for condition, text in tests:
        holds = condition.astype(bool) & ~decided
        decided |= holds
        reason = reason.mask(holds, text or pd.NA)
    return reason


def _after_window(frame: pd.DataFrame, fa: pd.DataFrame, ae: pd.DataFrame) -> list[str]:
    """Return subjects whose adverse events named as the DLT all start after the window (R-407)."""
    linked = _named_events(frame, fa, ae)
    all_late = linked["LATE"].groupby(linked["USUBJID"]).all()
    return list(all_late.index[all_late])


def _named_events(frame: pd.DataFrame, fa: pd.DataFrame, ae: pd.DataFrame) -> pd.DataFrame:
    """Return the adverse events that DLT forms name: subject, AESEQ and LATE, a start after the window."""
    named = fa[["USUBJID", "DLTAENOS"]].assign(AESEQ=fa["DLTAENOS"].str.findall(r"\d+")).explode("AESEQ").dropna()
    linked = named.astype({"AESEQ": "Int64"}).merge(ae[["USUBJID", "AESEQ", "AESTDTC"]], on=["USUBJID", "AESEQ"])
    return linked.assign(LATE=compute_first_day(linked["AESTDTC"]) > linked["USUBJID"].map(frame["DLTEND"]))


def _events_in_window(frame: pd.DataFrame, fa: pd.DataFrame, ae: pd.DataFrame) -> pd.Series:
    """Return by subject the numbers of the named events that do not start after the window, as `2; 5`."""
    early = _named_events(frame, fa, ae).query("not LATE").sort_values(["USUBJID", "AESEQ"]).drop_duplicates()
    return early["AESEQ"].astype("string").groupby(early["USUBJID"]).agg("; ".join).astype("string")


def derive_dlt_events(events: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return adverse events (USUBJID, AESEQ) with DLTWINFL: named by the form as a DLT in the window.

    `people` has DLTAENOS by USUBJID. The form decides, not the mark on the event. R-405, R-407.
    """
    named = events["USUBJID"].map(people["DLTAENOS"]).fillna("").str.split("; ")
    found = [str(number) in numbers for number, numbers in zip(events["AESEQ"], named, strict=True)]
    return events.assign(DLTWINFL=yes_no(pd.Series(found, index=events.index, dtype=bool)))


def derive_no_dlt(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame of a trial that defines no dose limiting toxicity: nobody is evaluable for it, nothing is known
    about windows and doses."""
    unknown = dict.fromkeys(("DLTAENOS", "DLTSTAT", "DLTEND", "DLTDOSES", "DLTPLAN", "DLTHELD", "DLTTDM"), pd.NA)
    return frame.assign(DLTFL="N", DLTOCCFL="N", DLTREAS=NO_DLT, **unknown)


def check_dlt(frame: pd.DataFrame, fa: pd.DataFrame) -> pd.DataFrame:
    """Yield Q-416 where the form's answer on evaluability differs from R-405, for treated phase I subjects."""
    asked = fa[
        fa["DLTEVAL"].notna() & fa["USUBJID"].isin(frame.index[frame["PHASE"].eq("I") & frame["TRTSDT"].notna()])
    ]
    rule = frame.reindex(asked["USUBJID"]).set_axis(asked.index)
    differs = asked["DLTEVAL"].ne(rule["DLTFL"])
    rows, rule = asked[differs], rule[differs]
    percent = (
        (rule["DLTDOSES"] * 100 / rule["DLTPLAN"].where(rule["DLTPLAN"] > 0))
        .map("{:.1f}".format, na_action="ignore")
        .fillna("–")
    )
    text = (
        "differs from "
        + rule["DLTFL"]
        + " by R-405, which decides; palbociclib doses taken "
        + rule["DLTDOSES"].astype("string")
        + " of "
        + rule["DLTPLAN"].astype("string")
        + " planned ("
        + percent
        + " %), days held for toxicity "
        + rule["DLTHELD"].astype("string")
        + ", T-DM1 in cycle 1 "
        + rule["DLTTDM"]
    )
    return doubts(rows, "fa", "DLTEVAL", "Q-416", "W", text)
