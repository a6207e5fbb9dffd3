"""Death, last date known alive, start of new systemic therapy (R-210, R-701)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd

from crf2csr.derive.rules.dates import (
    compute_day_after,
    compute_first_day,
    compute_imputation_flag,
    compute_last_day,
    compute_whole_day,
)
from crf2csr.derive.rules.enrollment import ENROLLMENT, yes_no
from crf2csr.derive.rules.exposure_dates import DRUGS, is_given
from crf2csr.derive.rules.records import doubts, first_rows, together
from crf2csr.results import QUERY_COLUMNS

#: Which death report decides when several have a date of the same precision: end of study, follow-up, fatal adverse
#: event.
REPORT_ORDER = {"EOS": 0, "FU": 1}
FATAL_EVENT = 2
#: Ends of study at which the subject was seen alive; the date of any other may be that of a decision.
SEEN_AT_END = ["COMPLETED", "WITHDRAWAL BY SUBJECT"]

#: Category of the therapies that started on study or after study treatment; prior therapy and concomitant medication
#: are in the same domains.
ON_STUDY = "ON-STUDY CANCER THERAPY"


def _all(rows: pd.DataFrame) -> pd.Series:
    return pd.Series(True, index=rows.index)


#: Domain, date and rows of each kind of record that proves life on its date (R-701).
LIFE_SIGNS: tuple[tuple[str, str, Callable[[pd.DataFrame], pd.Series]], ...] = (
    ("dm", "RFICDTC", _all),
    ("ds", "DSSTDTC", lambda ds: ds["DSSCAT"].isin([ENROLLMENT, *DRUGS]) | ds["DSDECOD"].isin(SEEN_AT_END)),
    ("ex", "EXSTDTC", is_given),
    ("ex", "EXENDTC", is_given),
    ("ae", "AESTDTC", _all),
    ("ae", "AEENDTC", lambda ae: ae["AEOUT"].ne("FATAL").fillna(True)),
    ("tr", "TRDTC", _all),
    ("cm", "CMSTDTC", lambda cm: cm["CMCAT"].eq(ON_STUDY)),
    ("pr", "PRSTDTC", lambda pr: pr["PRCAT"].eq(ON_STUDY)),
    ("pc", "PCDTC", lambda pc: pc["PCSTAT"].isna()),
    ("ss", "SSDTC", lambda ss: ss["SSSTRESC"].eq("ALIVE")),
)


def derive_death_report(frame: pd.DataFrame, dd: pd.DataFrame, ae: pd.DataFrame, cutoff: date) -> pd.DataFrame:
    """Return the frame with DTHFL, DTHCAUS and the date text of the report that decides (DTHDTC).

    A complete date goes before a partial one and that before none; then end of study, follow-up, fatal adverse event. A
    death after the cutoff is not known yet. DTHCAUS is that of the end of study. R-209, R-210.
    """
    reports = pd.concat([_death_records(dd), _fatal_events(ae)], ignore_index=True)
    reports = reports[~(compute_first_day(reports["DTHDTC"]) > pd.Timestamp(cutoff))]
    length = reports["DTHDTC"].str.len().fillna(0)
    chosen = first_rows(reports.assign(VAGUE=-length), ["VAGUE", "ORDER", "DTHDTC"])
    cause = first_rows(reports[reports["DTHCAUS"].notna()], ["ORDER"])
    source = {f"DTHDT@{name}": chosen.loc[chosen["SOURCE"].eq(name), "ADDRESS"] for name in ("dd", "ae")}
    return frame.assign(
        DTHFL=yes_no(pd.Series(frame.index.isin(chosen.index), index=frame.index)),
        DTHDTC=chosen["DTHDTC"],
        DTHCAUS=cause["DTHCAUS"],
        **source,
        **{"DTHCAUS@dd": cause["ADDRESS"]},
    )


def _death_records(dd: pd.DataFrame) -> pd.DataFrame:
    columns = ["USUBJID", "DTHDTC", "DTHCAUS", "ADDRESS"]
    return dd[columns].assign(ORDER=dd["DDORIG"].map(REPORT_ORDER), SOURCE="dd")


def _fatal_events(ae: pd.DataFrame) -> pd.DataFrame:
    fatal = ae[(ae["AEOUT"].eq("FATAL") | ae["AEDTHDTC"].notna()).fillna(False)]
    missing = pd.Series(pd.NA, index=fatal.index, dtype="string")
    columns = {
        "USUBJID": fatal["USUBJID"],
        "DTHDTC": fatal["AEDTHDTC"],
        "DTHCAUS": missing,
        "ADDRESS": fatal["ADDRESS"],
    }
    return pd.DataFrame({**columns, "ORDER": FATAL_EVENT, "SOURCE": "ae"}, index=fatal.index)


def derive_last_alive(frame: pd.DataFrame, domains: dict[str, pd.DataFrame], cutoff: date) -> pd.DataFrame:
    """Return the frame with LSTALVDT: the latest day on which a record proves life, up to the cutoff and the death.

    A partial date proves life on the earliest day that it can mean. A record after the latest possible day of death
    proves nothing (Q-611). Shape: one row a subject, indexed by USUBJID. R-701.
    """
    signs = []
    for name, variable, rule in LIFE_SIGNS:
        rows = domains[name]
        rows = rows[rule(rows).fillna(False).astype(bool)]
        signs.append(rows[["USUBJID", "ADDRESS"]].assign(DAY=compute_first_day(rows[variable]), SOURCE=name))
    found = pd.concat(signs, ignore_index=True)
    latest_death = compute_last_day(frame["DTHDTC"])
    possible = found["DAY"].le(pd.Timestamp(cutoff)) & ~(found["DAY"] > found["USUBJID"].map(latest_death))
    found = found[possible]
    newest = first_rows(found, ["DAY"], last=True)
    links = {f"LSTALVDT@{name}": newest.loc[newest["SOURCE"].eq(name), "ADDRESS"] for name in sorted(domains)}
    return frame.assign(LSTALVDT=newest["DAY"], **links)


def derive_death_date(frame: pd.DataFrame, cutoff: date) -> pd.DataFrame:
    """Return the frame with DTHDT and DTHDTF from DTHDTC and LSTALVDT.

    A partial date is the earliest possible day later than the last date known alive (if its known part ends before
    that, its last possible day), not after the cutoff; a wholly missing one stays missing. R-210.
    """
    day = compute_day_after(frame["DTHDTC"], frame["LSTALVDT"]).clip(upper=pd.Timestamp(cutoff))
    return frame.assign(DTHDT=day, DTHDTF=compute_imputation_flag(frame["DTHDTC"]))


def derive_new_therapy(frame: pd.DataFrame, cm: pd.DataFrame, cutoff: date) -> pd.DataFrame:
    """Return the frame with NACTDT and NACTDTF: first start of systemic non-protocol therapy after the first dose.

    A partial start is the earliest possible day after TRTEDT (if its known part ends before that, its last possible
    day), not after the cutoff; a wholly missing one stays missing. Local therapy is in PR and never counts here. R-210.
    """
    starts = _therapy_starts(frame, cm, cutoff)
    first = first_rows(starts[starts["DAY"].notna() & ~starts["BEFORE"]], ["DAY", "CMSTDTC"])
    flag = compute_imputation_flag(first["CMSTDTC"])
    return frame.assign(NACTDT=first["DAY"], NACTDTF=flag, **{"NACTDT@cm": first["ADDRESS"]})


def check_new_therapy(frame: pd.DataFrame, cm: pd.DataFrame, cutoff: date) -> pd.DataFrame:
    """Yield Q-1110 (W) for the start of a systemic therapy that is partial, missing or before the first dose. R-210."""
    starts = _therapy_starts(frame, cm, cutoff)
    partial = compute_imputation_flag(starts["CMSTDTC"]).notna() & ~starts["BEFORE"]
    taken = "start of new systemic therapy is partial; taken as " + starts["DAY"].dt.strftime("%Y-%m-%d").astype(
        "string"
    )
    doubted = (
        (starts["CMSTDTC"].isna(), "start of new systemic therapy is missing; it excludes no assessment"),
        (partial, taken[partial]),
        (starts["BEFORE"], "start of systemic therapy is before the first dose; not taken as new therapy"),
    )
    return together(
        [doubts(starts[rows], "cm", "CMSTDTC", "Q-1110", "W", text) for rows, text in doubted], QUERY_COLUMNS
    )


def _therapy_starts(frame: pd.DataFrame, cm: pd.DataFrame, cutoff: date) -> pd.DataFrame:
    systemic = cm[cm["CMCAT"].eq(ON_STUDY) & cm["USUBJID"].isin(frame.index)]
    day = compute_day_after(systemic["CMSTDTC"], systemic["USUBJID"].map(frame["TRTEDT"]))
    before = day < systemic["USUBJID"].map(frame["TRTSDT"])
    return systemic.assign(DAY=day.clip(upper=pd.Timestamp(cutoff)), BEFORE=before)


def first_death_day(dd: pd.DataFrame) -> pd.Series:
    """Return the earliest complete death date by USUBJID: it ends a dosing record that has no stop date."""
    return compute_whole_day(dd["DTHDTC"]).groupby(dd["USUBJID"]).min()
