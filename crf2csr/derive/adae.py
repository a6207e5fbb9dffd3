"""ADAE: adverse events, one row a record of the form: dates, emergence, relation, action (R-204, R-205, R-901 to
R-912)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.contracts import conform, load_contract
from crf2csr.derive.rules.dlt import derive_dlt_events
from crf2csr.derive.rules.enrollment import yes_no
from crf2csr.derive.rules.event_dates import derive_event_dates
from crf2csr.derive.rules.events import (
    CLERICAL,
    MISSING,
    UNCODED,
    compute_fatal,
    compute_grade,
    derive_emergence,
    derive_event_numbers,
    derive_first_occurrences,
    derive_relation_and_action,
)
from crf2csr.derive.rules.events_of_interest import derive_events_of_interest, load_groups
from crf2csr.derive.rules.records import no_queries, split_at_cutoff, with_address
from crf2csr.results import Derived, bulk_links, origin_in
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.study import View

#: Variables of the subject that listings and columns read beside the event.
OF_SUBJECT = ("SUBJID", "PHASE", "TRT01P", "TRT01PN", "TRT01A", "TRT01AN", "TRTSDT", "DTHFL")


@uses("data_cutoff", "ae.interest", "ae.missing_grade", "ae.missing_relation")
def adae(adsl: pd.DataFrame, ae: pd.DataFrame, study: View) -> Derived:
    """Return ADAE for the subjects of ADSL, one row a record (USUBJID, AESEQ), records after the cutoff left out.

    Dates are imputed by R-204 and R-205; TRTEMFL is treatment emergence (R-903), FRSTFL the registered time frame from
    first dose to cutoff (R-908), AEVNTNUM the event that the record belongs to (R-904), ATOXGR the grade with a value
    of its own where it is missing or none of 1 to 5 (R-902, Q-501), ATOXGRN its number (3 for a missing one, if the
    study says so), AREL relation to any drug (R-906), AESICD the group of special interest (R-910). Uncoded terms are
    "Uncoded". ADSL has reported the records after the cutoff (Q-1101). Links: a row to its record, TRTEMFL to the
    subject's row of ADSL.
    """
    people, cutoff = adsl.set_index("USUBJID"), study["data_cutoff"]
    known = with_address(ae[ae["USUBJID"].isin(people.index)], "ae")
    used, _ = split_at_cutoff(known, "ae", cutoff)
    content = [name for name in ae.columns if name not in CLERICAL]
    frame = derive_event_dates(_coded(used), people, cutoff)
    frame = derive_emergence(derive_event_numbers(frame, content), people, cutoff)
    frame = derive_events_of_interest(derive_first_occurrences(frame), load_groups(study["ae.interest"]))
    frame = derive_dlt_events(derive_relation_and_action(frame, study["ae.missing_relation"]), people)
    frame = frame.assign(
        ATOXGR=frame["AETOXGR"].astype("string").fillna(MISSING),
        ATOXGRN=compute_grade(frame["AETOXGR"], study["ae.missing_grade"]),
        FATALFL=compute_fatal(frame, cutoff),
        ONGOFL=yes_no(frame["AENDT"].isna()),
        AENDTXT=_end_text(frame),
        **{name: frame["USUBJID"].map(people[name]) for name in OF_SUBJECT},
    )
    contract = load_contract("derive", "adae")
    data = conform(frame[[name for name in contract.names if name in frame]], contract)
    return Derived(data, no_queries(), _links(frame.sort_values("ADDRESS")))


def _links(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the links of records in the order of their addresses, which are those of AE too."""
    origins = [origin_in("", "ae", frame["ADDRESS"]), origin_in("TRTEMFL", "adsl", frame["USUBJID"])]
    return bulk_links("adae", frame["ADDRESS"].to_numpy(dtype=object), origins)


def _coded(ae: pd.DataFrame) -> pd.DataFrame:
    """Return AE with "Uncoded" where a term has no preferred term or no system organ class, and without grades that are
    none (Q-501)."""
    grade = ae["AETOXGR"].where(ae["AETOXGR"].between(1, 5))
    return ae.assign(AETOXGR=grade, **{name: ae[name].fillna(UNCODED) for name in ("AEDECOD", "AEBODSYS")})


def _end_text(frame: pd.DataFrame) -> pd.Series:
    """Return the end as collected; Ongoing for an event that the site calls so, or that ended after the cutoff."""
    going_on = frame["AENDT"].isna() & (frame["AEENRF"].eq("Y") | frame["AEENDTC"].notna()).fillna(False)
    return frame["AEENDTC"].mask(going_on, "Ongoing")
