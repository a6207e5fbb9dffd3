"""ADTTAE: time to the first treatment-emergent adverse event of each group of special interest (R-910, R-915)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.contracts import conform, load_contract, row_keys
from crf2csr.derive.rules.dates import compute_duration, compute_months, compute_study_day
from crf2csr.derive.rules.events_of_interest import load_groups
from crf2csr.derive.rules.records import link_columns, no_queries
from crf2csr.results import Derived
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.study import View

EVENT = "First event of the group"
#: What ends the time without an event: variable of ADSL (blank: the cutoff) and its words; the earliest day counts.
CENSORED = {
    "EOSDT": "No such event by the end of the study",
    "DTHDT": "Death without such an event",
    "": "No such event by the data cutoff",
}


@uses("data_cutoff", "ae.interest")
def adttae(adsl: pd.DataFrame, adae: pd.DataFrame, study: View) -> Derived:
    """Return ADTTAE, one row a treated subject and group: days from the first dose to the start of the first
    treatment-emergent event of the group (AESI1FL), both counted.

    Without one the time is censored at the end of the study, the death or the data cutoff, whichever comes first. A
    first dose without a date gives no row. R-910, R-915. Links: ADT to the event in ADAE or to the subject in ADSL.
    """
    people = adsl[adsl["TRTSDT"].notna()].set_index("USUBJID")
    first = adae[adae["AESI1FL"].eq("Y").fillna(False)]
    first = first.assign(ADDRESS=row_keys(first, load_contract("derive", "adae")))
    groups = dict(load_groups(study["ae.interest"]).values())
    parts = [_group(people, first[first["AESICD"].eq(code)], code, groups[code], study) for code in groups]
    frame = pd.concat(parts, ignore_index=True)
    contract = load_contract("derive", "adttae")
    data = conform(frame[[name for name in contract.names if name in frame]], contract)
    linked = frame.assign(**{"@adsl": frame["USUBJID"]}).set_index(row_keys(frame, contract))
    return Derived(data, no_queries(), link_columns("adttae", linked))


def _group(people: pd.DataFrame, first: pd.DataFrame, code: str, label: str, study: View) -> pd.DataFrame:
    """Return the rows of one group; `first` are the first events of its subjects, `people` ADSL by USUBJID."""
    events = first.set_index("USUBJID").reindex(people.index)
    ends = people[[name for name in CENSORED if name]].assign(**{"": pd.Timestamp(study["data_cutoff"])})
    over, why = ends.min(axis=1), ends.idxmin(axis=1)
    happened = events["ASTDT"].notna()
    day = events["ASTDT"].where(happened, over)
    days = compute_duration(people["TRTSDT"], day)
    return (
        people[["SUBJID", "TRT01P", "TRT01A"]]
        .assign(
            PARAMCD=f"TT{code}",
            PARAM=f"Time to first event: {label}",
            STARTDT=people["TRTSDT"],
            ADT=day,
            ADY=compute_study_day(day, people["TRTSDT"]),
            AVAL=days,
            AVALM=compute_months(days),
            CNSR=(~happened).astype("Int64"),
            EVNTDESC=why.map(CENSORED).mask(happened, EVENT),
            SRCDOM=happened.map({True: "ADAE", False: "ADSL"}),
            SRCVAR=why.replace("", "CUTOFF").mask(happened, "ASTDT"),
            SRCSEQ=events["AESEQ"].astype("Int64"),
            **{"ADT@adae": events["ADDRESS"]},
        )
        .reset_index()
    )
