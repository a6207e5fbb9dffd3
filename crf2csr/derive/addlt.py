"""ADDLT: events that a form names or marks as dose limiting toxicity, in the window or late, counted or not (R-405,
R-407)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.contracts import conform, load_contract, row_keys
from crf2csr.derive.rules.dates import compute_first_day
from crf2csr.derive.rules.enrollment import yes_no
from crf2csr.derive.rules.records import no_queries, split_at_cutoff, together, with_address
from crf2csr.results import LINK_COLUMNS, Derived, frame_of
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.study import View

OF_SUBJECT = ("STUDYID", "SUBJID", "TRT01P", "PHASE", "TRTSDT", "DLTEND", "DLTOCCFL", "DLTSTAT")
IN_WINDOW, LATE, BEFORE, UNDATED = "In window", "Late", "Before first dose", "No start"
#: An answer without an event, and why an event is not counted, the first that applies.
NO_EVENT, NOT_NAMED, AFTER = "No event named", "Marked on the event, not named by the form", "After the window"
NOT_ANSWERED, NOT_PHASE_I = "The form does not say that there was a toxicity", "Not in phase I"


@uses("data_cutoff")
def addlt(adsl: pd.DataFrame, adae: pd.DataFrame, fa: pd.DataFrame, study: View) -> Derived:
    """Return ADDLT for the subjects of ADSL: a row an event (USUBJID, AESEQ) that the DLT form names or that is marked
    as DLT, and a row without event (AESEQ 0) where the form says that there was a DLT and names none that is known.

    WINDOW tells whether the event starts up to the last day of the window (R-405), late (R-407), before the first
    dose, or has no start. COUNTFL is Y if it counts for the escalation; NOTREAS is why it does not. Forms after the
    cutoff are left out. Links: a row to its event and to the form.
    """
    used, _ = split_at_cutoff(with_address(fa, "fa"), "fa", study["data_cutoff"])
    forms = used.drop_duplicates("USUBJID").set_index("USUBJID")
    people = adsl.set_index("USUBJID")
    events = _named_or_marked(adae, forms)
    events = events[events["USUBJID"].isin(people.index)]
    said = forms.index[forms["DLTYN"].eq("Y").fillna(False) & forms.index.isin(people.index)]
    bare = sorted(set(said) - set(events.loc[events["NAMEDFL"].eq("Y"), "USUBJID"]))
    named_none = pd.DataFrame({"USUBJID": bare, "AESEQ": 0, "AEDECOD": NO_EVENT, "NAMEDFL": "N"})
    frame = pd.concat([events, named_none], ignore_index=True) if bare else events
    frame = frame.sort_values(["USUBJID", "AESEQ"], kind="stable", ignore_index=True)
    who = frame["USUBJID"]
    frame = frame.assign(**{name: who.map(people[name]) for name in OF_SUBJECT})
    frame = frame.assign(FADTC=who.map(forms["FADTC"]), DLTYN=who.map(forms["DLTYN"]), FORM=who.map(forms["ADDRESS"]))
    frame = _judged(frame.assign(WINDOW=_window(frame)))
    contract = load_contract("derive", "addlt")
    return Derived(conform(frame[contract.names], contract), no_queries(), _links(frame))


def _named_or_marked(adae: pd.DataFrame, forms: pd.DataFrame) -> pd.DataFrame:
    """Return the events of either kind; NAMEDFL tells that the form names them."""
    numbers = adae["USUBJID"].map(forms["DLTAENOS"]).astype("string").str.findall(r"\d+")
    named = [
        isinstance(own, list) and int(seq) in map(int, own) for own, seq in zip(numbers, adae["AESEQ"], strict=True)
    ]
    address = row_keys(adae, load_contract("derive", "adae"))
    flagged = adae.assign(NAMEDFL=yes_no(pd.Series(named, index=adae.index, dtype=bool)), EVENT=address)
    return flagged[flagged["NAMEDFL"].eq("Y") | flagged["AEDLTFL"].eq("Y").fillna(False)]


def _window(frame: pd.DataFrame) -> pd.Series:
    start = compute_first_day(frame["AESTDTC"])
    place = pd.Series(IN_WINDOW, index=frame.index, dtype="string")
    place = place.mask((start > frame["DLTEND"]).fillna(False), LATE).mask(start.isna(), UNDATED)
    return place.mask(frame["ASTDY"].lt(0).fillna(False), BEFORE).where(frame["AESEQ"].ne(0))


def _judged(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with COUNTFL and NOTREAS; what the form names counts unless it starts after the window."""
    counts = frame["DLTOCCFL"].eq("Y") & frame["WINDOW"].ne(LATE).fillna(True)
    counts &= frame["NAMEDFL"].eq("Y") | frame["AESEQ"].eq(0)
    tests = (
        (frame["PHASE"].ne("I").fillna(True), NOT_PHASE_I),
        (frame["WINDOW"].eq(LATE).fillna(False), AFTER),
        (frame["DLTYN"].ne("Y").fillna(True), NOT_ANSWERED),
        (frame["NAMEDFL"].eq("N") & frame["AESEQ"].ne(0), NOT_NAMED),
    )
    reason = pd.Series(pd.NA, index=frame.index, dtype="string")
    for condition, text in reversed(tests):
        reason = reason.mask(condition, text)
    counted = yes_no(counts & frame["PHASE"].eq("I").fillna(False))
    return frame.assign(COUNTFL=counted, NOTREAS=reason.where(counted.eq("N")))


def _links(frame: pd.DataFrame) -> pd.DataFrame:
    link = {"dataset": "addlt", "variable": ""}
    rows = row_keys(frame, load_contract("derive", "addlt"))
    found = [
        link | {"row": row, "source": source, "source_row": address}
        for source, column in (("adae", "EVENT"), ("fa", "FORM"))
        for row, address in zip(rows, frame[column], strict=True)
        if not pd.isna(address)
    ]
    return together([frame_of(found, LINK_COLUMNS)], LINK_COLUMNS)
