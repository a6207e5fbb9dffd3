"""From TR, RS and PR to the tumor data of each subject, as the RECIST rules read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple

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


class Record(NamedTuple):
    """One row of TR as plain values, so that what is done for every row touches no frame; missing text is blank."""

    subject: str
    visit: str
    group: str
    lesion: str
    test: str
    recorded: str
    result: str
    number: float | None
    state: str
    nodal: str
    parent: str
    organ: str
    method: str
    day: dt.date | None
    address: str


class Answer(NamedTuple):
    """One row of RS as plain values: the term (blank if missing), the day of a complete date, the address."""

    term: str
    day: dt.date | None
    address: str


#: The variables of TR in the order of the fields of `Record`, but for number, day and address.
TEXTS = ("USUBJID", "VISIT", "TRGRPID", "TRLNKID", "TRTESTCD", "TRORRES", "TRSTRESC")
DETAILS = ("TRSTATE", "TRNODAL", "TRPARENT", "TRLOC", "TRMETHOD")
Answers = dict[str, dict[str, dict[str, Answer]]]


def texts_of(column: pd.Series) -> list[str]:
    """Return the values of a text column; blank where they are missing."""
    return column.astype("string").fillna("").tolist()


def days_of(column: pd.Series) -> list[dt.date | None]:
    """Return the values of a datetime64 column as days; None where they are missing. Each day is made once."""
    places, values = pd.factorize(column)
    days = [*(value.date() for value in pd.DatetimeIndex(values)), None]  # a missing one has place -1
    return [days[place] for place in places.tolist()]


def numbers_of(column: pd.Series) -> list[float | None]:
    """Return the values of a decimal column; None where they are missing."""
    return column.astype(object).where(column.notna(), None).tolist()


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


class Records:
    """The records of TR by USUBJID, made when they are asked for, so that those of one subject at a time exist."""

    def __init__(self, tr: pd.DataFrame) -> None:
        """Keep the columns of TR by subject; `tr` has DAY and ADDRESS."""
        rows = tr.sort_values("USUBJID", kind="stable")
        self._columns: list[list[Any]] = [*(texts_of(rows[name]) for name in TEXTS), numbers_of(rows["TRSTRESN"])]
        self._columns += [*(texts_of(rows[name]) for name in DETAILS), days_of(rows["DAY"]), texts_of(rows["ADDRESS"])]
        sizes = rows.groupby("USUBJID", sort=True).size()
        ends = sizes.cumsum()
        places = map(slice, (ends - sizes).tolist(), ends.tolist())
        self._places = dict(zip(sizes.index, places, strict=True))

    def of(self, subject: str) -> list[Record]:
        """Return the records of one subject by address, so that row order never matters; none if there are none."""
        place = self._places.get(subject, slice(0, 0))
        rows = zip(*(column[place] for column in self._columns), strict=True)
        return sorted(map(Record._make, rows), key=attrgetter("address"))


def build_tumor(
    subject: str,
    timing: Mapping[str, str],
    records: Sequence[Record],
    answers: Mapping[str, Mapping[str, Answer]],
    treated: Mapping[str, tuple[dt.date, str]],
) -> Tumor:
    """Return the tumor data of one subject: the baseline visit and the visits after dosing.

    `timing` tells for its visits what `derive_tumor_visits` found, `treated` is as of `therapies_by_subject`; `answers`
    by visit. A visit with an investigator's response and no tumor record is judged too, unless the response says that
    the assessment was not done.
    """
    own = records_by_visit(records)
    later = [visit for visit, when in timing.items() if when == AFTER] + unrecorded_visits(timing, answers)
    following = tuple(_visit(name, own.get(name, []), answers.get(name, {})) for name in sorted(later))
    days = {lesion: day for lesion, (day, _) in treated.items()}
    name = next((visit for visit, when in timing.items() if when == BASELINE), None)
    if name is None:
        return Tumor(subject, (), None, following, days)
    return Tumor(subject, _lesions(own[name]), _visit(name, own[name], answers.get(name, {})), following, days)


def records_by_visit(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Return the records of a subject by visit, blank for those without one.

    A record whose visit label nobody knows belongs to no visit: Q-120 doubts it, nothing is judged by it.
    """
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(record.visit, []).append(record)
    return found


def answers_by_subject(rs: pd.DataFrame) -> Answers:
    """Return what the investigator answered by USUBJID, visit and test; `rs` has ADDRESS."""
    named = rs[rs["VISIT"].notna()]
    places = zip(texts_of(named["USUBJID"]), texts_of(named["VISIT"]), texts_of(named["RSTESTCD"]), strict=True)
    days = days_of(compute_whole_day(named["RSDTC"]))
    terms = zip(texts_of(named["RSSTRESC"]), days, texts_of(named["ADDRESS"]), strict=True)
    found: Answers = {}
    for (subject, visit, test), answer in zip(places, terms, strict=True):
        found.setdefault(subject, {}).setdefault(visit, {})[test] = Answer(*answer)
    return found


def unrecorded_visits(recorded: Collection[str], answers: Mapping[str, Mapping[str, Answer]]) -> list[str]:
    """Return the visits of a subject with an overall response other than not done and no tumor record."""
    given = {visit: tests["OVRLRESP"].term for visit, tests in answers.items() if "OVRLRESP" in tests}
    return [visit for visit, term in given.items() if term not in ("", NOT_DONE) and visit not in recorded]


def _visit(name: str, records: Iterable[Record], answers: Mapping[str, Answer]) -> Visit:
    by_group: dict[str, list[Record]] = {TARGET: [], NON_TARGET: [], NEW: []}
    for record in records:
        by_group[record.group].append(record)
    overall, marker = answers.get("OVRLRESP"), answers.get("MARKER")
    return Visit(
        name=name,
        target=tuple(_reading(row) for row in by_group[TARGET]),
        nontarget=tuple(_state(row) for row in by_group[NON_TARGET]),
        new_lesions=tuple(_new_lesion(row) for row in by_group[NEW]),
        new_lesion_form=bool(by_group[NEW]),
        marker=marker.term if marker is not None else "",
        date=overall.day if overall is not None else None,
    )


def _state(row: Record) -> NonTargetState:
    return NonTargetState(row.lesion, row.result, row.day, row.address)


def _reading(row: Record) -> Reading:
    return Reading(parse_diameter(row.result), row.state, row.lesion, row.day, row.parent, row.address)


def _new_lesion(row: Record) -> NewLesion:
    size = None if row.number is None else Decimal(repr(row.number))
    return NewLesion(row.lesion, row.result, row.state, row.day, row.nodal == "Y", size, row.address)


def _lesions(records: Iterable[Record]) -> tuple[Lesion, ...]:
    nodal = {row.lesion: row.test == "LPERP" for row in records if row.group == TARGET}
    return tuple(Lesion(lesion, node) for lesion, node in nodal.items())


def therapies_by_subject(therapies: pd.DataFrame) -> dict[str, dict[str, tuple[dt.date, str]]]:
    """Return day and address of the first local treatment by USUBJID and lesion; as of `derive_local_therapies`."""
    found: dict[str, dict[str, tuple[dt.date, str]]] = {}
    for row in therapies.itertuples():
        found.setdefault(row.USUBJID, {})[row.LESION] = (row.DAY.date(), row.ADDRESS)
    return found


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
