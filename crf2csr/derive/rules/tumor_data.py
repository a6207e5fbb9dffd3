"""From TR, RS and PR to the tumor data of each subject, as the RECIST rules read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pandas as pd

from crf2csr.derive.rules.assessments import AFTER, BASELINE
from crf2csr.derive.rules.dates import compute_day_after, compute_whole_day
from crf2csr.derive.rules.overall import NewLesion
from crf2csr.derive.rules.recist import Lesion, Reading, parse_diameter
from crf2csr.derive.rules.tumor import NonTargetState, Tumor, Visit

TARGET, NON_TARGET, NEW = "TARGET", "NON-TARGET", "NEW"
NOT_DONE = "ND"


def day_of(value: Any) -> dt.date | None:
    """Return a datetime64 value as a day; None if it is missing."""
    return None if pd.isna(value) else value.date()


def text_of(value: Any) -> str:
    """Return a value of a text column; blank if it is missing."""
    return "" if pd.isna(value) else str(value)


def derive_scan_days(tr: pd.DataFrame) -> pd.DataFrame:
    """Return TR with DAY, the day of each scan; a partial date is none (no scan date is ever imputed)."""
    return tr.assign(DAY=compute_whole_day(tr["TRDTC"]))


def split_visits_at_cutoff(
    tr: pd.DataFrame, rs: pd.DataFrame, cutoff: dt.date
) -> tuple[tuple[pd.DataFrame, pd.DataFrame], tuple[pd.DataFrame, pd.DataFrame]]:
    """Return TR and RS each as (up to the cutoff, after it).

    A record without a date of its own lies where the scans of its visit lie: after the cutoff if all of them do. `tr`
    has DAY. R-209.
    """
    end, key = pd.Timestamp(cutoff), ["USUBJID", "VISIT"]
    first = tr.groupby(key)["DAY"].min().rename("FIRST").reset_index()
    late_tr = tr["DAY"].fillna(_of_visit(tr, first)) > end
    late_rs = (compute_whole_day(rs["RSDTC"]) > end) | (_of_visit(rs, first) > end)
    return (tr[~late_tr], tr[late_tr]), (rs[~late_rs], rs[late_rs])


def _of_visit(rows: pd.DataFrame, first: pd.DataFrame) -> pd.Series:
    return rows[["USUBJID", "VISIT"]].merge(first, how="left", on=["USUBJID", "VISIT"])["FIRST"].set_axis(rows.index)


def records_by_subject(tr: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the records of TR by USUBJID in the order of their addresses, so that row order never matters."""
    found: dict[str, list[Any]] = {}
    for record in tr.sort_values("ADDRESS").astype(object).itertuples():
        found.setdefault(record.USUBJID, []).append(record)
    return found


def build_tumors(tr: pd.DataFrame, rs: pd.DataFrame, therapies: pd.DataFrame, visits: pd.DataFrame) -> dict[str, Tumor]:
    """Return the tumor data by USUBJID: the baseline visit and the visits after dosing.

    `visits` as of `derive_tumor_visits`, `therapies` as of `derive_local_therapies`; `tr` has DAY and ADDRESS; ADDRESS
    is the key of every reading. A visit with an investigator's response and no tumor record is judged too, unless the
    response says that the assessment was not done.
    """
    # A record whose visit label nobody knows belongs to no visit: Q-120 doubts it, nothing is judged by it.
    records, answers = records_by_subject(tr[tr["VISIT"].notna()]), answers_by_visit(rs)
    timing = {(row.USUBJID, row.VISIT): row.TIMING for row in visits.itertuples()}
    named = [key for key, when in timing.items() if when == AFTER] + unrecorded_visits(timing, answers)
    bases = {subject: visit for (subject, visit), when in timing.items() if when == BASELINE}
    found = {}
    for subject in sorted({subject for subject, _ in named} | set(bases)):
        own = records.get(subject, [])
        names = sorted(visit for one, visit in named if one == subject)
        later = tuple(_visit(visit, own, answers.get((subject, visit), {})) for visit in names)
        name = bases.get(subject)
        base = None if name is None else _visit(name, own, answers.get((subject, name), {}))
        lesions = () if name is None else _lesions(record for record in own if name == record.VISIT)
        treated = therapies[therapies["USUBJID"].eq(subject)]
        days = {row.LESION: row.DAY.date() for row in treated.itertuples()}
        found[subject] = Tumor(subject, lesions, base, later, days)
    return found


def answers_by_visit(rs: pd.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the RS row of each test by (USUBJID, VISIT) and test, with DAY, the day of a complete date."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rs[rs["VISIT"].notna()].assign(DAY=compute_whole_day(rs["RSDTC"])).itertuples():
        found.setdefault((row.USUBJID, row.VISIT), {})[row.RSTESTCD] = row
    return found


def unrecorded_visits(
    timing: Iterable[tuple[str, str]], answers: dict[tuple[str, str], dict[str, Any]]
) -> list[tuple[str, str]]:
    """Return (USUBJID, VISIT) with an overall response other than not done and no tumor record."""
    given = {key: tests["OVRLRESP"].RSSTRESC for key, tests in answers.items() if "OVRLRESP" in tests}
    return sorted(key for key in set(given) - set(timing) if text_of(given[key]) not in ("", NOT_DONE))


def _visit(name: str, records: Iterable[Any], answers: dict[str, Any]) -> Visit:
    by_group: dict[str, list[Any]] = {TARGET: [], NON_TARGET: [], NEW: []}
    for row in records:
        if name == row.VISIT:
            by_group[row.TRGRPID].append(row)
    overall, marker = answers.get("OVRLRESP"), answers.get("MARKER")
    return Visit(
        name=name,
        target=tuple(_reading(row) for row in by_group[TARGET]),
        nontarget=tuple(_state(row) for row in by_group[NON_TARGET]),
        new_lesions=tuple(_new_lesion(row) for row in by_group[NEW]),
        new_lesion_form=bool(by_group[NEW]),
        marker=text_of(marker.RSSTRESC) if marker is not None else "",
        date=day_of(overall.DAY) if overall is not None else None,
    )


def _state(row: Any) -> NonTargetState:
    return NonTargetState(row.TRLNKID, text_of(row.TRSTRESC), day_of(row.DAY), row.ADDRESS)


def _reading(row: Any) -> Reading:
    value = parse_diameter(text_of(row.TRSTRESC))
    return Reading(value, text_of(row.TRSTATE), row.TRLNKID, day_of(row.DAY), text_of(row.TRPARENT), row.ADDRESS)


def _new_lesion(row: Any) -> NewLesion:
    return NewLesion(
        lesion=text_of(row.TRLNKID),
        present=text_of(row.TRSTRESC),
        certainty=text_of(row.TRSTATE),
        date=day_of(row.DAY),
        nodal=text_of(row.TRNODAL) == "Y",
        size=None if pd.isna(row.TRSTRESN) else Decimal(repr(float(row.TRSTRESN))),
        key=row.ADDRESS,
    )


def _lesions(records: Iterable[Any]) -> tuple[Lesion, ...]:
    nodal = {row.TRLNKID: row.TRTESTCD == "LPERP" for row in records if row.TRGRPID == TARGET}
    return tuple(Lesion(lesion, node) for lesion, node in nodal.items())


def derive_local_therapies(pr: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Return the first local treatment of each lesion after the baseline scans: USUBJID, LESION, DAY, ADDRESS. R-516.

    A partial start is the earliest possible day after them; a wholly missing one is not known to be after them and
    changes nothing. `visits` as of `derive_tumor_visits`.
    """
    anchor = pr["USUBJID"].map(visits[visits["TIMING"].eq(BASELINE)].set_index("USUBJID")["LAST"])
    day = compute_day_after(pr["PRSTDTC"], anchor)
    treated = pr.assign(DAY=day, LESION=pr["PRLESION"].str.split(r"\s*;\s*", regex=True))[
        day.notna() & ~(day <= anchor)
    ]
    rows = treated.explode("LESION").dropna(subset="LESION").sort_values(["USUBJID", "LESION", "DAY", "ADDRESS"])
    return rows.drop_duplicates(["USUBJID", "LESION"])[["USUBJID", "LESION", "DAY", "ADDRESS"]]
