"""What belongs to an adverse event beyond its record: one event of several records, treatment emergence, relation,
action, first occurrences (R-903, R-904, R-906, R-912)."""

from __future__ import annotations

from datetime import date

import pandas as pd

from crf2csr.derive.rules import exposure_dates
from crf2csr.derive.rules.enrollment import yes_no

UNCODED, MISSING = "Uncoded", "MISSING"
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
    number: dict[object, int] = {}
    for _, rows in ordered.groupby([ordered["USUBJID"], term], sort=False, dropna=False):
        number |= _joined(rows, content)
    return events.assign(AEVNTNUM=pd.Series(number, dtype="Int64").reindex(events.index))


def _joined(rows: pd.DataFrame, content: list[str]) -> dict[object, int]:
    """Return the event number of each row of one subject and term; rows are ordered by start."""
    start = rows["ASTDT"].where(rows["ASTDTF"].isna())
    end = rows["AENDT"].where(rows["AENDTF"].isna())
    said = list(zip(*(_texts(rows[name]) for name in content), strict=True))
    place: list[int] = []  # of the first record of the event
    for k in range(len(rows)):
        before = {place[i] for i in range(k) if said[i] == said[k] or _follows(end.iloc[i], start.iloc[k])}
        first = min(before, default=k)
        # A record that follows two others makes one event of all three.
        place = [first if other in before else other for other in place] + [first]
    number = [int(rows["AESEQ"].iloc[first]) for first in place]
    return dict(zip(rows.index, number, strict=True))


def _texts(column: pd.Series) -> list[str]:
    return list(column.astype("string").fillna(""))


def _follows(end: pd.Timestamp, start: pd.Timestamp) -> bool:
    return bool(pd.notna(end) and pd.notna(start) and 0 <= (start - end).days <= 1)


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


def derive_relation_and_action(events: pd.DataFrame) -> pd.DataFrame:
    """Return the records with AREL, a flag for each drug and action and for any drug, and the letters of the listing.

    AREL is RELATED if related to at least one drug, else MISSING if an answer is missing, else NOT RELATED (R-906). A
    flag is missing where the answer is; that of any drug is Y if one is Y, else missing if one is missing.
    """
    relations = [events[f"AEREL{drug}"] for drug in DRUGS]
    actions = [events[f"AEACN{drug}"] for drug in DRUGS]
    columns = {"AREL": _any(relations, "RELATED").map({"Y": "RELATED", "N": "NOT RELATED"}).fillna(MISSING)}
    for action, middle in ACTIONS.items():
        for drug, taken in zip(DRUGS, actions, strict=True):
            columns[f"{drug}{middle}FL"] = yes_no(taken.eq(action)).where(taken.notna())
        columns[f"ANY{middle}FL"] = _any(actions, action)
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


def compute_fatal(events: pd.DataFrame) -> pd.Series:
    """Return Y for grade 5 or a fatal outcome, else N. R-912."""
    return yes_no(events["AETOXGR"].eq(5).fillna(False) | events["AEOUT"].eq("FATAL").fillna(False))
