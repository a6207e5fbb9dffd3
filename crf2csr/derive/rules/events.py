"""What belongs to an adverse event beyond its record: one event of several records, treatment emergence, relation,
action, first occurrences (R-903, R-904, R-906, R-912)."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from datetime import date
from typing import NamedTuple

import pandas as pd

from crf2csr.derive.rules import exposure_dates
from crf2csr.derive.rules.dates import compute_first_day
from crf2csr.derive.rules.enrollment import yes_no

UNCODED, MISSING = "Uncoded", "MISSING"
#: What a missing relation counts as (`ae.missing_relation`).
RELATED, NOT_RELATED = "related", "not_related"
#: The drugs as their columns in AE end and their flags in ADAE begin.
DRUGS = tuple(exposure_dates.DRUGS.values())
#: What was done with a drug, to the middle of the name of its flag.
ACTIONS = {"DRUG WITHDRAWN": "DIS", "DOSE REDUCED": "RED", "DRUG INTERRUPTED": "INT"}
#: Letters of a listing for relation and action, in the order of DRUGS.
RELATION_LETTERS = {"RELATED": "Y", "NOT RELATED": "N"}
ACTION_LETTERS = {
    "DOSE NOT CHANGED": "N",
    "DOSE REDUCED": "R",
    "DRUG INTERRUPTED": "I",
    "DRUG WITHDRAWN": "W",
    "NOT APPLICABLE": "X",
    "UNKNOWN": "U",
}
#: What tells a record from its repetition: everything else on the form is its content.
CLERICAL = ("AESEQ", "RAWFILE", "RAWROW", "ADDRESS")
_ORDER = ["USUBJID", "ASTDT", "AESEQ"]


def derive_event_numbers(events: pd.DataFrame, content: list[str]) -> pd.DataFrame:
    """Return the records with AEVNTNUM, the number (AESEQ) of the first record of the event that each belongs to.

    Records of a subject and term (preferred term, or the reported term where it is uncoded) are one event if one starts
    on the day on which another ends or the day after (a change of grade makes a new record), and so are records that
    say the same in all columns of `content`. An imputed date joins nothing; records that overlap stay apart (Q-511).
    R-904; the reading of "contiguous": house rule.
    """
    ordered = events.sort_values(["USUBJID", "ASTDT", "AENDT", "AESEQ"], kind="stable", na_position="last")
    term = ordered["AEDECOD"].mask(ordered["AEDECOD"].eq(UNCODED), ordered["AETERM"].str.casefold())
    texts = (ordered[name].astype("string").fillna("").tolist() for name in content)
    records = zip(
        ordered.index,
        [int(number) for number in ordered["AESEQ"]],
        _days(ordered["ASTDT"].where(ordered["ASTDTF"].isna())),
        _days(ordered["AENDT"].where(ordered["AENDTF"].isna())),
        zip(*texts, strict=True),
        strict=True,
    )
    groups: dict[tuple[str, str], list[_Said]] = {}
    for subject, name, record in zip(ordered["USUBJID"], term.fillna(""), records, strict=True):
        groups.setdefault((subject, name), []).append(_Said(*record))
    number = {index: first for group in groups.values() for index, first in _joined(group)}
    return events.assign(AEVNTNUM=pd.Series(number, dtype="Int64").reindex(events.index))


class _Said(NamedTuple):
    """A record: its place in the frame, number, days of start and end as collected, and all that it says."""

    row: Hashable
    number: int
    start: int | None
    end: int | None
    said: tuple[str, ...]


def _days(dates: pd.Series) -> list[int | None]:
    """Return the days of dates, counted from 1970; None where there is none."""
    days = (dates.astype("datetime64[ns]") - pd.Timestamp(0)).dt.days
    return [None if day != day else int(day) for day in days]


def _joined(group: list[_Said]) -> Iterator[tuple[Hashable, int]]:
    """Yield index and event number of each record of one subject and term, ordered by start."""
    place: list[int] = []  # of the first record of the event
    for k, record in enumerate(group):
        before = {place[i] for i in range(k) if group[i].said == record.said or _follows(group[i].end, record.start)}
        first = min(before, default=k)
        # A record that follows two others makes one event of all three.
        place = [first if other in before else other for other in place] + [first]
    yield from ((record.row, group[first].number) for record, first in zip(group, place, strict=True))


def _follows(end: int | None, start: int | None) -> bool:
    return end is not None and start is not None and 0 <= start - end <= 1


def derive_emergence(events: pd.DataFrame, people: pd.DataFrame, cutoff: date) -> pd.DataFrame:
    """Return the records with TRTEMFL (start in the on-treatment window) and FRSTFL (start from first dose to cutoff).

    N without a start or without treatment. A record that goes on with an event that was there before the first dose
    counts only if its grade is higher than the last one before (or one of both grades is missing: nothing proves that
    it did not worsen). `people` is ADSL indexed by USUBJID, the records have AEVNTNUM. R-903, R-908.
    """
    first_dose, window_end = (
        events["USUBJID"].map(people[name]).astype("datetime64[ns]") for name in ("TRTSDT", "ONTRTEDT")
    )
    worsened = ~_known_not_worse(events, first_dose)
    after_first = events["ASTDT"].ge(first_dose) & worsened
    return events.assign(
        TRTEMFL=yes_no(after_first & events["ASTDT"].le(window_end)),
        FRSTFL=yes_no(after_first & events["ASTDT"].le(pd.Timestamp(cutoff))),
    )


def _known_not_worse(events: pd.DataFrame, first_dose: pd.Series) -> pd.Series:
    """Tell which records go on with an event present before the first dose at no higher grade."""
    earlier = events[events["ASTDT"].lt(first_dose)].sort_values(_ORDER, kind="stable")
    last = earlier.drop_duplicates(["USUBJID", "AEVNTNUM"], keep="last").set_index(["USUBJID", "AEVNTNUM"])["AETOXGR"]
    keys = pd.MultiIndex.from_frame(events[["USUBJID", "AEVNTNUM"]])
    before = pd.Series(last.reindex(keys).array, index=events.index, dtype="Int64")
    return events["AETOXGR"].le(before).fillna(False).astype(bool)


def derive_first_occurrences(events: pd.DataFrame) -> pd.DataFrame:
    """Return the records with AOCCFL, AOCCSFL, AOCCPFL: Y on the first treatment-emergent record of the subject, of the
    subject and system organ class, and of these and the preferred term; else missing. Ties: lower AESEQ. R-904."""
    emergent = events[events["TRTEMFL"].eq("Y")].sort_values(_ORDER, kind="stable")
    keys = {"AOCCFL": [], "AOCCSFL": ["AEBODSYS"], "AOCCPFL": ["AEBODSYS", "AEDECOD"]}
    flags = {}
    for name, within in keys.items():
        first = emergent.drop_duplicates(["USUBJID", *within]).index
        flags[name] = pd.Series("Y", index=first, dtype="string").reindex(events.index)
    return events.assign(**flags)


def derive_relation_and_action(events: pd.DataFrame, missing_relation: str = NOT_RELATED) -> pd.DataFrame:
    """Return the records with AREL, flags for relation and action by drug and for any drug, and the letters of the
    listing.

    AREL is RELATED if related to at least one drug, else MISSING if an answer is missing, else NOT RELATED; with
    `missing_relation` `related` a missing answer is one of relation, in AREL and in the flag of its drug (R-906). A
    flag is missing where the answer is; that of any drug is Y if one is Y, else missing if one is missing. ANYDSCFL is
    Y if a drug or the study was discontinued, ANYMODFL also if a drug was interrupted or reduced; else N.
    """
    relations = [events[f"AEREL{drug}"] for drug in DRUGS]
    actions = [events[f"AEACN{drug}"] for drug in DRUGS]
    read = [answer.fillna("RELATED") if missing_relation == RELATED else answer for answer in relations]
    columns = {"AREL": _any(read, "RELATED").map({"Y": "RELATED", "N": "NOT RELATED"}).fillna(MISSING)}
    for drug, answer in zip(DRUGS, read, strict=True):
        columns[f"{drug}RELFL"] = yes_no(answer.eq("RELATED")).where(answer.notna())
    for action, middle in ACTIONS.items():
        for drug, taken in zip(DRUGS, actions, strict=True):
            columns[f"{drug}{middle}FL"] = yes_no(taken.eq(action)).where(taken.notna())
        columns[f"ANY{middle}FL"] = _any(actions, action)
    stopped = columns["ANYDISFL"].eq("Y") | events["AEDISCFL"].eq("Y")
    columns["ANYDSCFL"] = yes_no(stopped.fillna(False))
    modified = stopped | columns["ANYINTFL"].eq("Y") | columns["ANYREDFL"].eq("Y")
    columns["ANYMODFL"] = yes_no(modified.fillna(False))
    letters = {"RELTXT": (relations, RELATION_LETTERS), "ACNTXT": (actions, ACTION_LETTERS)}
    return events.assign(**columns, **{name: _letters(*given) for name, given in letters.items()})


def _any(columns: list[pd.Series], value: str) -> pd.Series:
    """Return Y if one of the columns has the value, else missing if one is missing, else N."""
    frame = pd.concat(columns, axis=1)
    return yes_no(frame.eq(value).any(axis=1)).where(frame.eq(value).any(axis=1) | frame.notna().all(axis=1))


def _letters(columns: list[pd.Series], letters: dict[str, str]) -> pd.Series:
    first, *others = [column.map(letters).fillna("?").astype("string") for column in columns]
    for other in others:
        first = first + other
    return first


def compute_fatal(events: pd.DataFrame, cutoff: date) -> pd.Series:
    """Return Y for grade 5 or a fatal outcome, else N; N too if the day of death on the record can only lie after the
    cutoff: that death is not known yet. R-209, R-912."""
    fatal = events["AETOXGR"].eq(5).fillna(False) | events["AEOUT"].eq("FATAL").fillna(False)
    return yes_no(fatal & ~(compute_first_day(events["AEDTHDTC"]) > pd.Timestamp(cutoff)))


def compute_grade(grade: pd.Series, missing_grade: str = "missing") -> pd.Series:
    """Return the grade as a number for the analysis: with `missing_grade` `3` a missing one is 3. R-902."""
    return grade if missing_grade == "missing" else grade.fillna(int(missing_grade))
