"""The rows of ADTR of one subject: lesions as recorded and as used, sums and responses of each visit, best change."""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import nan
from operator import itemgetter
from typing import Any

from crf2csr.contracts import Contract, row_key
from crf2csr.derive.rules.best_response import Assessment, select_records
from crf2csr.derive.rules.overall import is_new_disease
from crf2csr.derive.rules.recist import lesion_value, parse_diameter
from crf2csr.derive.rules.records import Key, Source, resolved
from crf2csr.derive.rules.tumor import Baseline, Tumor, compute_baseline
from crf2csr.derive.rules.tumor_data import NEW, NON_TARGET, TARGET, Record
from crf2csr.derive.rules.visits import ResponseSettings, VisitResponse, compute_visits

#: Parameters of ADTR with their text. NTSTATE and NEWLES without a lesion id, SUMDIAM and OVRLRESP are those of the
#: visit.
PARAMETERS = {
    "LDIAM": "Longest diameter",
    "LPERP": "Short axis (node)",
    "SUMDIAM": "Sum of diameters",
    "NTSTATE": "Non-target lesions",
    "NEWLES": "New lesions",
    "OVRLRESP": "Overall response",
    "BPCHG": "Best percent change in sum of diameters",
}
LESION_PARAMETERS = {TARGET: "", NON_TARGET: "NTSTATE", NEW: "NEWLES"}
Row = dict[str, Any]
#: The variables that a row can have, all missing.
BLANK: Row = dict.fromkeys(
    [
        *("USUBJID", "PARAMCD", "LESIONID", "AVISIT", "AVISITN", "ADT", "AVAL", "AVALC", "AVALCAT1", "BASE", "NADIR"),
        *("NADIRVIS", "PCHG", "PCHGNAD", "CHGNAD", "SUBSUM", "MISSLES", "RESP", "RULE", "REASON", "ABLFL", "ANL01FL"),
        *("NODAL", "LOC", "METHOD", "CRIT1", "NEWVIS"),
    ]
)
#: The variables that hold numbers: exact as Decimal or Fraction until they are kept.
NUMBERS = frozenset(["AVAL", "BASE", "NADIR", "PCHG", "PCHGNAD", "CHGNAD", "SUBSUM", "AVISITN"])


class Table:
    """Rows of ADTR as they come, kept by column, and sorted links (row, variable, source, source row), kept likewise.

    No row or link stays an object. Subjects are to be added in the order of `row_key([usubjid, ""])`: links of one
    subject begin with that text, so that all are in order when those of each subject are.
    """

    def __init__(self, contract: Contract) -> None:
        """Start without rows; the columns are those of the contract that a row of `_placed` has."""
        self.columns: dict[str, Any] = {name: array("d") if name in NUMBERS else [] for name in BLANK}
        self.links: tuple[list[str], ...] = ([], [], [], [])
        self._values, self._key = itemgetter(*BLANK), itemgetter(*contract.key)

    def add(self, rows: Sequence[Row]) -> None:
        """Add all rows of one subject, made by `_placed`; their links lead to each other or to given addresses."""
        for (name, column), values in zip(
            self.columns.items(), zip(*map(self._values, rows), strict=True), strict=False
        ):
            column.extend([nan if value is None else float(value) for value in values] if name in NUMBERS else values)
        keys: list[Key] = list(map(self._key, rows))
        addresses = {key: row_key(key) for key in keys}
        found = [(key, row["SOURCES"]) for key, row in zip(keys, rows, strict=True)]
        for part, texts in zip(self.links, zip(*sorted(resolved(found, addresses)), strict=True), strict=False):
            part.extend(texts)


@dataclass(frozen=True)
class NotDone:
    """A visit that the investigator says was not done; `source` is the address of that row of RS."""

    visit: str
    day: dt.date | None
    source: str


@dataclass(frozen=True)
class Subject:
    """What the rows of one subject need: tumor data, judged visits, visits not done.

    `used` are the visits that response uses, `numbers` those of visits for sorting, `therapies` the addresses in PR of
    the local treatments, by lesion.
    """

    usubjid: str
    tumor: Tumor
    baseline: Baseline
    visits: tuple[VisitResponse, ...]
    not_done: tuple[NotDone, ...]
    used: frozenset[str]
    numbers: Mapping[str, float]
    therapies: Mapping[str, str]
    values_by_visit: Mapping[str, Mapping[str, Decimal | None]]

    def values(self, visit: str) -> Mapping[str, Decimal | None]:
        """Return the R-511 values behind the sum of a visit by baseline target lesion; empty for a visit not judged."""
        return self.values_by_visit.get(visit, {})

    def counted_from(self, lesion: str) -> str | None:
        """Return the visit from which a new lesion counts: that of its first sight, once it is unequivocal. R-532."""
        first = {row.visit: row.first_scan for row in self.visits}
        rows = [(visit.name, row) for visit in self.tumor.visits for row in visit.new_lesions if row.lesion == lesion]
        seen = [(visit, answer) for visit, row in rows if (answer := is_new_disease(row)) != "N"]
        days = [(day, visit) for visit, _ in seen if (day := first.get(visit)) is not None]
        return min(days)[1] if days and any(answer == "Y" for _, answer in seen) else None


def judge_subject(
    tumor: Tumor,
    not_done: Sequence[NotDone],
    settings: ResponseSettings,
    start: dt.date | None,
    new_therapy: dt.date | None,
    numbers: Mapping[str, float],
    therapies: Mapping[str, str],
) -> Subject:
    """Return a subject with the responses of all visits and those that response uses.

    Used are visits from the first dose (`start`) to the first PD, none after `new_therapy`. R-544, R-601.
    """
    baseline = compute_baseline(tumor)
    visits = compute_visits(tumor, settings, baseline)
    records = [Assessment(row.date, row.response, row.visit) for row in visits if row.date is not None]
    records += [Assessment(row.day, "ND", row.visit) for row in not_done if row.day is not None]
    used = select_records(records, start, new_therapy, subject=tumor.subject)
    keys = frozenset(record.key for record in used)
    values = {row.visit: dict(row.values) for row in visits} | (
        {baseline.name: baseline.values} if tumor.baseline else {}
    )
    return Subject(tumor.subject, tumor, baseline, visits, tuple(not_done), keys, numbers, therapies, values)


def lesion_row(record: Record, subject: Subject, late: bool) -> Row:
    """Return the row of one TR record that names a lesion; `late`: after the data cutoff and not used (R-544).

    AVALC as recorded; AVAL the mm value used (R-511), null where the sum has none for the lesion; CRIT1: what is
    special.
    """
    row: Row = {
        "PARAMCD": LESION_PARAMETERS[record.group] or record.test,
        "LESIONID": record.lesion,
        "ADT": record.day,
        "AVALC": (record.recorded if record.group == TARGET else record.result) or None,
        "NODAL": record.nodal or None,
        "LOC": record.organ or None,
        "METHOD": record.method or None,
        "SOURCES": [("", "tr", record.address)],
    }
    if record.group == TARGET:
        row |= _target_value(record, subject, {} if late else subject.values(record.visit), row["SOURCES"])
    elif record.group == NEW:
        counted = None if late else subject.counted_from(record.lesion)
        row |= {"AVAL": record.number, "CRIT1": record.state or None, "NEWVIS": counted}
    after = {"ABLFL": None, "ANL01FL": None, "CRIT1": "after the data cutoff"} if late else {}
    return _placed(row | after, subject, record.visit)


def _target_value(
    record: Record, subject: Subject, values: Mapping[str, Decimal | None], sources: list[Source]
) -> dict[str, Any]:
    """Return AVAL, CRIT1 and SOURCES of a target record; `values` are those behind the sum of its visit, if any."""
    own = _recorded_value(record.result, record.state)
    owner = record.lesion if record.lesion in values else record.parent
    treated = subject.tumor.local_therapy.get(owner)
    if owner in values and treated is not None and record.day is not None and record.day >= treated:
        remark = f"treated locally on {treated:%Y-%m-%d}: not evaluated"
        return {"CRIT1": remark, "SOURCES": [*sources, ("AVAL", "pr", subject.therapies[owner])]}
    if values and owner not in values:
        return {"AVAL": own, "CRIT1": "not a target lesion at baseline"}
    lost = owner in values and values[owner] is None
    return {"AVAL": None if lost else own, "CRIT1": _remark(record) or None}


@lru_cache(maxsize=4096)
def _recorded_value(result: str, state: str) -> Decimal | None:
    """Return the R-511 value (mm) of a result as recorded; cached, since few results occur often."""
    return lesion_value(parse_diameter(result), state)


def _remark(record: Record) -> str:
    if record.state == "TOO SMALL TO MEASURE":
        return "too small to measure" if record.result else "too small to measure: 5 mm"
    if record.state == "MERGED":
        return f"merged into {record.parent}" if record.parent else "merged"
    if record.state == "SPLIT":
        return "split: fragments add up"
    return f"fragment of {record.parent}" if record.parent else ""


def visit_rows(
    response: VisitResponse, subject: Subject, records: Sequence[Row], others: Mapping[str, list[Source]]
) -> list[Row]:
    """Return the rows of one judged visit: sum of diameters, non-target lesions, new lesions, overall response.

    `records` are the lesion rows of the visit, `others` more sources of a parameter. RESP, RULE and REASON give the
    response of each part. A subject without target (non-target) lesions has no such row. All bear the date of the
    response (R-515). R-514 to R-543.
    """
    nontarget = response.nontarget
    rows = [_sum_row(response, subject, records)] if subject.baseline.lesions else []
    if subject.baseline.nontarget:
        row = {"PARAMCD": "NTSTATE", "RESP": nontarget.response, "RULE": nontarget.rule, "REASON": nontarget.reason}
        sources = _of_lesions(records, subject, ["NTSTATE"]) + others.get("NTSTATE", [])
        rows.append(row | {"AVALC": nontarget.response, "SOURCES": sources})
    confirmed = response.overall_rule == "R-532"
    new: dict[str, Any] = {
        "PARAMCD": "NEWLES",
        "RESP": response.new_lesion,
        "RULE": "R-533" if response.new_lesion == "UNKNOWN" else "R-532",
    }
    new |= {"AVALC": response.new_lesion, "REASON": response.reason if confirmed else None}
    rows.append(new | {"SOURCES": _of_lesions(records, subject, ["NEWLES"]) + others.get("NEWLES", [])})
    parts = [("", "adtr", _key(subject, row["PARAMCD"], response.visit)) for row in rows]
    overall = {
        "PARAMCD": "OVRLRESP",
        "RESP": response.response,
        "RULE": response.overall_rule,
        "REASON": response.reason,
    }
    rows.append(overall | {"AVALC": response.response, "SOURCES": parts})
    return [_placed({"ADT": response.date} | row, subject, response.visit) for row in rows]


def _sum_row(response: VisitResponse, subject: Subject, records: Sequence[Row]) -> Row:
    target = response.target
    sources = _of_lesions(records, subject, ["LDIAM", "LPERP"])
    sources.append(("BASE", "adtr", _key(subject, "SUMDIAM", subject.baseline.name)))
    if response.nadir_visit:
        sources.append(("NADIR", "adtr", _key(subject, "SUMDIAM", response.nadir_visit)))
    return {
        "PARAMCD": "SUMDIAM",
        "AVAL": target.sod,
        "BASE": target.base,
        "NADIR": target.nadir,
        "NADIRVIS": response.nadir_visit or None,
        "PCHG": target.pchg,
        "PCHGNAD": target.pchg_nadir,
        "CHGNAD": target.change_nadir,
        "SUBSUM": target.subset_sum,
        "MISSLES": "; ".join(target.missing) or None,
        "RESP": target.response,
        "RULE": target.rule,
        "REASON": target.reason,
        "SOURCES": sources,
    }


def baseline_row(subject: Subject, records: Sequence[Row]) -> list[Row]:
    """Return the row of the baseline sum; none for a subject without target lesions at baseline. R-514."""
    base = subject.baseline
    if not base.lesions:
        return []
    row = {
        "PARAMCD": "SUMDIAM",
        "ADT": base.last_scan,
        "AVAL": base.sums.sod,
        "BASE": base.sums.sod,
        "SUBSUM": base.sums.subset_sum,
        "MISSLES": "; ".join(base.sums.missing) or None,
        "SOURCES": _of_lesions(records, subject, ["LDIAM", "LPERP"]),
    }
    return [_placed(row, subject, base.name)]


def best_change_row(subject: Subject) -> list[Row]:
    """Return the best percent change: the smallest of the complete sums up to the first PD, ties earliest; or no row.

    Used visits end with the first PD and with new systemic therapy (R-601, R-612; the sum of the first PD counts, see
    decision 0005).
    """
    changes = [(row.target.pchg, row) for row in subject.visits if row.visit in subject.used]
    known = [(change, row) for change, row in changes if change is not None]
    if not known:
        return []
    change, visit = min(known, key=lambda pair: pair[0])
    row = {
        "PARAMCD": "BPCHG",
        "ADT": visit.date,
        "AVAL": change,
        "AVALCAT1": _category(change),
        "BASE": visit.target.base,
        "SOURCES": [("", "adtr", _key(subject, "SUMDIAM", visit.visit))],
    }
    return [_placed(row, subject, visit.visit)]


def _category(change: Fraction) -> str:
    if change <= -30:
        return "<= -30"
    return ">= 20" if change >= 20 else "> -30 to < 20"


def not_done_rows(subject: Subject) -> list[Row]:
    """Return the overall response of the visits that the investigator says were not done (ND, R-605)."""
    found = []
    for visit in subject.not_done:
        row = {"PARAMCD": "OVRLRESP", "ADT": visit.day, "RESP": "ND", "AVALC": "ND", "RULE": "R-605"}
        found.append(_placed(row | {"SOURCES": [("", "rs", visit.source)]}, subject, visit.visit))
    return found


def _of_lesions(records: Sequence[Row], subject: Subject, parameters: Sequence[str]) -> list[Source]:
    chosen = [row for row in records if row["PARAMCD"] in parameters]
    return [("", "adtr", _key(subject, row["PARAMCD"], row["AVISIT"], row["LESIONID"])) for row in chosen]


def _key(subject: Subject, parameter: str, visit: str, lesion: str | None = None) -> tuple[str, str, str, str | None]:
    return (subject.usubjid, parameter, visit, lesion)


def _placed(row: Row, subject: Subject, visit: str) -> Row:
    """Return a row with subject, visit and the flags for baseline and for use in response."""
    baseline = subject.tumor.baseline is not None and visit == subject.tumor.baseline.name
    return {
        **BLANK,
        "USUBJID": subject.usubjid,
        "AVISIT": visit or None,
        "AVISITN": subject.numbers.get(visit),
        "ABLFL": "Y" if baseline else None,
        "ANL01FL": "Y" if baseline or visit in subject.used else None,
        **row,
    }
