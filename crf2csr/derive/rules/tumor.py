"""The tumor data of one subject, and the lesion values of one visit (R-511 to R-516)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from crf2csr.derive.rules.overall import NewLesion
from crf2csr.derive.rules.recist import (
    GONE_STATUSES,
    Lesion,
    Reading,
    Sums,
    fragments_sum,
    lesion_value,
    no_disease,
    sum_diameters,
)
from crf2csr.errors import InputError

Query = tuple[str, str]
Values = dict[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class NonTargetState:
    """What one scan recorded for one non-target lesion: present, absent, unequivocal progression or not evaluated."""

    lesion: str
    state: str
    date: dt.date | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """All tumor data of one visit; `date` counts only where a scan has no date of its own.

    `marker` is NORMAL, ABNORMAL, NOT DONE or blank; `new_lesion_form` tells that the visit has that form at all.
    """

    name: str
    target: tuple[Reading, ...] = ()
    nontarget: tuple[NonTargetState, ...] = ()
    new_lesions: tuple[NewLesion, ...] = ()
    new_lesion_form: bool = False
    marker: str = ""
    date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Tumor:
    """The tumor data of one subject.

    `lesions` tells for every target lesion id whether it is a node; the target set is what `baseline` has readings for.
    `baseline` is the visit chosen by R-501, None if there is none; `visits` are the later ones in any order;
    `local_therapy` maps target lesion ids to the first day of a local treatment on study (R-516).
    """

    subject: str
    lesions: tuple[Lesion, ...]
    baseline: Visit | None
    visits: tuple[Visit, ...]
    local_therapy: Mapping[str, dt.date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Baseline:
    """Target set with R-511 values (mm) and sums, ids of the non-target lesions, marker and last scan at baseline.

    `free` tells that the target set meets R-524 at baseline: nothing that could respond.
    """

    name: str
    lesions: tuple[Lesion, ...]
    values: Values
    sums: Sums
    free: bool
    nontarget: frozenset[str]
    marker: str
    last_scan: dt.date | None
    queries: tuple[Query, ...]


def compute_baseline(subject: Tumor) -> Baseline:
    """Return the baseline that every later visit is compared with; empty if the subject has none.

    The target set is every lesion with a target reading at baseline; a non-target lesion counts unless it is recorded
    as absent there. InputError for a target id without an entry in `lesions` or with two that differ. R-514, R-531.
    """
    if subject.baseline is None:
        return Baseline("", (), {}, Sums(None, None, ()), True, frozenset(), "", None, ())
    visit = subject.baseline
    nodal: dict[str, bool] = {}
    for lesion in subject.lesions:
        if nodal.setdefault(lesion.id, lesion.nodal) != lesion.nodal:
            raise InputError(f"subject {subject.subject}, lesion {lesion.id}: both node and not; correct one record")
    recorded = sorted({reading.lesion for reading in visit.target})
    unknown = [lesion for lesion in recorded if lesion not in nodal]
    if unknown:
        raise InputError(
            f"subject {subject.subject}, target lesion {unknown[0]!r}: not known whether it is a node; add it"
        )
    lesions = tuple(Lesion(lesion, nodal[lesion]) for lesion in recorded)
    values, queries = compute_values(lesions, visit, {})
    nontarget = frozenset(row.lesion for row in visit.nontarget if row.state != "ABSENT")
    last_scan = scan_dates(visit)[1]
    sums = sum_diameters(lesions, values)
    free = no_disease(lesions, values)
    return Baseline(visit.name, lesions, values, sums, free, nontarget, visit.marker, last_scan, queries)


def scan_dates(visit: Visit) -> tuple[dt.date | None, dt.date | None]:
    """Return first and last scan date of a visit; None, None if it has no date at all.

    The first is that of target and non-target scans, without one the visit date, then that of the new-lesion rows: a
    new lesion may carry the date of an earlier visit. The last is the latest of all scans. R-515.
    """
    scans = {row.date for row in visit.target if row.date is not None}
    scans.update([row.date for row in visit.nontarget if row.date is not None])
    new = {row.date for row in visit.new_lesions if row.date is not None}
    known = scans or ({visit.date} if visit.date is not None else new)
    return (min(known), max(known | new)) if known else (None, None)


def compute_values(
    lesions: Sequence[Lesion], visit: Visit, local_therapy: Mapping[str, dt.date]
) -> tuple[Values, tuple[Query, ...]]:
    """Return the R-511 value (mm) of each baseline target lesion at a visit, with the queries that the rows raise.

    Fragments add up under their parent, one that merged counts in another of them (R-513; decision 0002, point 19); a
    row of another lesion is left out (Q-721); an id twice with different content is not evaluated (Q-705); a lesion
    treated locally is not evaluated from that date (R-516, Q-720); a merged lesion is 0 only beside a lesion that it
    can have merged into (Q-721).
    """
    values: Values = {lesion.id: None for lesion in lesions}
    rows, queries = _one_row_each(visit)
    seen: set[str] = set()
    merged: dict[str, str] = {}
    states: dict[str, set[str]] = {}
    split = {row.parent for row in rows if row.parent and row.lesion not in values}
    for row in rows:
        owner = row.lesion if row.lesion in values else row.parent
        if owner not in values:
            queries.append(("Q-721", f"{visit.name}: lesion {row.lesion} is no baseline target and names no parent"))
        elif row.status != "SPLIT" or row.value is not None or row.lesion not in split:
            value = _row_value(row, owner, visit, local_therapy, queries)
            values[owner] = fragments_sum((values[owner], value)) if owner in seen else value
            seen.add(owner)
            states.setdefault(owner, set()).add(row.status)
            if row.status == "SPLIT" and row.value is None:
                queries.append(("Q-721", f"{visit.name}: lesion {row.lesion} is split, but no fragment names it"))
        if row.status == "MERGED" and row.lesion in values:
            merged[row.lesion] = row.parent
    for lesion_id in sorted(owner for owner, found in states.items() if found == {"MERGED"} and owner not in merged):
        queries.append(("Q-721", f"{visit.name}: every fragment of lesion {lesion_id} merged; into what?"))
        values[lesion_id] = None
    for lesion_id in _merged_nowhere(merged, values) if merged else ():
        queries.append(("Q-721", f"{visit.name}: lesion {lesion_id} merged, but into no evaluated target lesion"))
        values[lesion_id] = None
    return values, tuple(sorted(set(queries)))


def _one_row_each(visit: Visit) -> tuple[list[Reading], list[Query]]:
    """Return one row a lesion id; two that differ become one that is not evaluated (Q-705)."""
    rows: dict[str, Reading] = {}
    queries: list[Query] = []
    for row in visit.target:
        other = rows.get(row.lesion)
        if other is None:
            rows[row.lesion] = row
            continue
        same = (other.value, other.status, other.parent) == (row.value, row.status, row.parent)
        dates = [date for date in (other.date, row.date) if date is not None]
        kept = other if same else replace(other, value=None, status="NOT EVALUATED")
        rows[row.lesion] = replace(kept, date=min(dates, default=None))
        text = "the same twice" if same else "with different content; not evaluated"
        queries.append(("Q-705", f"{visit.name}: target lesion {row.lesion} recorded more than once, {text}"))
    return list(rows.values()), queries


def _row_value(
    row: Reading, owner: str, visit: Visit, local_therapy: Mapping[str, dt.date], queries: list[Query]
) -> Decimal | None:
    """Return the R-511 value of a row; adds Q-720 and Q-715 to `queries` where they apply."""
    value = lesion_value(row.value, row.status)
    if row.status in GONE_STATUSES and row.value:
        queries.append(("Q-715", f"{visit.name}: lesion {row.lesion} is {row.status} with diameter {row.value}"))
    treated = local_therapy.get(owner)
    if treated is None:
        return value
    day = row.date or visit.date or scan_dates(visit)[1]
    if day is None or day < treated:
        return value
    if value is not None:
        queries.append(("Q-720", f"{visit.name}: lesion {row.lesion} recorded after local therapy of {treated}"))
    return None


def _merged_nowhere(merged: Mapping[str, str], values: Values) -> list[str]:
    """Return the merged lesions that no evaluated lesion has taken up; if none is named, any evaluated one will do."""
    lost = []
    taken = any(value is not None and lesion not in merged for lesion, value in values.items())
    for lesion in sorted(merged):
        seen, into = {lesion}, merged[lesion]
        while into in merged and into not in seen:
            seen.add(into)
            into = merged[into]
        found = values[into] is not None if into in values and into not in merged else taken and into not in merged
        if not found and values[lesion] is not None:
            lost.append(lesion)
    return lost
