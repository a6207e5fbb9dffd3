"""ADMOD: dose modifications as recorded, with the adverse event each is linked to (R-1105)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.contracts import conform, load_contract, row_keys
from crf2csr.derive.rules.dates import compute_first_day, compute_study_day, compute_whole_day
from crf2csr.derive.rules.records import no_queries, split_at_cutoff, together, with_address
from crf2csr.results import LINK_COLUMNS, Derived, frame_of
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.study import View

OF_SUBJECT = ("STUDYID", "SUBJID", "TRT01P")
EVENT = {"AEDECOD": "AEDECOD", "ATOXGR": "ATOXGR", "ADDRESS": "EVENT"}


@uses("data_cutoff")
def admod(adsl: pd.DataFrame, ec: pd.DataFrame, adae: pd.DataFrame, study: View) -> Derived:
    """Return ADMOD for the subjects of ADSL: a row a modification (USUBJID, ECSEQ), those after the cutoff left out.

    ASTDY and AENDY are the study days of the recorded dates, of a partial one of its earliest day; HELDDAYS the days
    from a complete date to the day before the complete day of resumption. AEDECOD and ATOXGR are those of the linked
    adverse event; AETXT tells event, grade and number, or that the number leads to none. Links: a row to its record and
    to the event.
    """
    used, _ = split_at_cutoff(with_address(ec, "ec"), "ec", study["data_cutoff"])
    people = adsl.set_index("USUBJID")
    frame = used[used["USUBJID"].isin(people.index)].reset_index(drop=True)
    events = adae.assign(ADDRESS=row_keys(adae, load_contract("derive", "adae")))
    events = events[["USUBJID", "AESEQ", *EVENT]].rename(columns={**EVENT, "AESEQ": "AENO"})
    frame = frame.merge(events, on=["USUBJID", "AENO"], how="left")
    reference = frame["USUBJID"].map(people["TRTSDT"])
    start, back = compute_whole_day(frame["ECSTDTC"]), compute_whole_day(frame["ECENDTC"])
    held = (back - start).dt.days.astype("Int64")
    frame = frame.assign(
        ASTDY=compute_study_day(compute_first_day(frame["ECSTDTC"]), reference),
        AENDY=compute_study_day(compute_first_day(frame["ECENDTC"]), reference),
        HELDDAYS=held.where(held.ge(0).fillna(False)),
        AETXT=_event_text(frame),
        **{name: frame["USUBJID"].map(people[name]) for name in OF_SUBJECT},
    )
    contract = load_contract("derive", "admod")
    data = conform(frame[contract.names], contract)
    return Derived(data, no_queries(), _links(frame, row_keys(data, contract)))


def _event_text(frame: pd.DataFrame) -> pd.Series:
    number = frame["AENO"].astype("string")
    known = frame["AEDECOD"] + ", grade " + frame["ATOXGR"].str.lower() + " (no. " + number + ")"
    return known.fillna("No such event (no. " + number + ")").astype("string")


def _links(frame: pd.DataFrame, rows: pd.Series) -> pd.DataFrame:
    link = {"dataset": "admod", "variable": ""}
    found = []
    for row, source, event in zip(rows, frame["ADDRESS"], frame["EVENT"], strict=True):
        found.append(link | {"row": row, "source": "ec", "source_row": source})
        if not pd.isna(event):
            found.append(link | {"row": row, "source": "adae", "source_row": event})
    return together([frame_of(found, LINK_COLUMNS)], LINK_COLUMNS)
