"""Adverse events of special interest: their groups, and per subject and group the worst record and the first event
(R-910)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pandas as pd

from crf2csr.contracts import ROOT
from crf2csr.errors import InputError

GROUPS = Path("config/codelists/adverse_event_groups.csv")
_PLACE = ["USUBJID", "AESICD"]


@cache
def load_groups(chosen: str, root: Path = ROOT) -> dict[str, tuple[str, str]]:
    """Return code and label of the group of each preferred term (casefold) of the list `chosen` (`ae.interest`).

    Raises InputError for a list that the file does not have, and for a term in two groups of it: it would be counted
    for one of them only.
    """
    found: dict[str, tuple[str, str]] = {}
    with (root / GROUPS).open(encoding="utf-8", newline="") as file:
        rows = [(number, row) for number, row in enumerate(csv.DictReader(file), start=2) if row["list"] == chosen]
        for number, row in rows:
            group = row["group"], row["label"]
            if found.setdefault(row["term"].casefold(), group) != group:
                place = f"{GROUPS} row {number} column term = '{row['term']}'"
                raise InputError(f"{place}: the term is in group '{found[row['term'].casefold()][0]}' too; name one")
    if not found:
        raise InputError(f"{GROUPS} column list: no line says '{chosen}' (key ae.interest); add the terms")
    return found


def derive_events_of_interest(events: pd.DataFrame, groups: dict[str, tuple[str, str]]) -> pd.DataFrame:
    """Return the records with AESICD and AESI (code and label of the group of the preferred term, missing outside), and
    for treatment-emergent records by subject and group:

    AESIMXFL Y on the record of the highest grade (a missing grade is the lowest; then the earliest), AESI1FL Y on the
    first record, AESIDUR there: days from the start of that event to the end of its last record, both counted; missing
    while one of its records (AEVNTNUM, any grade) has not ended. R-207, R-904, R-910.
    """
    found = events["AEDECOD"].str.casefold().map(groups)
    coded = events.assign(AESICD=found.str[0].astype("string"), AESI=found.str[1].astype("string"))
    own = coded[coded["AESICD"].notna() & coded["TRTEMFL"].eq("Y")]
    first = own.sort_values(["USUBJID", "ASTDT", "AESEQ"], kind="stable").drop_duplicates(_PLACE)
    order = own.assign(GRADE=own["AETOXGR"].fillna(0)).sort_values(
        ["USUBJID", "GRADE", "ASTDT", "AESEQ"], ascending=[True, False, True, True], kind="stable"
    )
    flags = {"AESI1FL": first.index, "AESIMXFL": order.drop_duplicates(_PLACE).index}
    marked = {name: pd.Series("Y", index=rows, dtype="string").reindex(events.index) for name, rows in flags.items()}
    return coded.assign(**marked, AESIDUR=_duration(coded, first).reindex(events.index).astype("Int64"))


def _duration(events: pd.DataFrame, first: pd.DataFrame) -> pd.Series:
    """Return the days of the event of each first record, by the index of `first`."""
    by_event = events.groupby(["USUBJID", "AEVNTNUM"])
    ends = by_event["AENDT"].max().where(by_event["AENDT"].count() == by_event.size())
    keys = pd.MultiIndex.from_frame(first[["USUBJID", "AEVNTNUM"]])
    end = pd.Series(ends.reindex(keys).array, index=first.index, dtype="datetime64[ns]")
    return (end - first["ASTDT"]).dt.days + 1
