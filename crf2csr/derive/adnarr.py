"""ADNARR: who needs a narrative and why, one row a death, an adverse event or a liver finding (R-913)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.contracts import conform, load_contract, row_keys
from crf2csr.derive.rules.records import no_queries
from crf2csr.results import LINK_COLUMNS, Derived, frame_of
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.study import View

UNCODED = "Uncoded"
#: Reasons, in the order of R-913.
DEATH = "Death"
SERIOUS = "Serious"
STOPPED = "Leading to discontinuation"
DLT = "Dose limiting toxicity"
INTEREST = "Special interest, grade 3 or higher"
LIVER = "Potential Hy's law"
#: From here on an event of special interest needs a narrative.
SEVERE = 3
_TEXTS = ("USUBJID", "REASON", "EVENT", "STTXT", "OUTCOME", "SOURCE", "SOURCEROW")
_TYPES = dict.fromkeys(_TEXTS, "string") | dict.fromkeys(("ORDER", "AESEQ", "STDY", "GRADE"), "Int64")
_TYPES |= {"DAY": "datetime64[ns]"}


@uses()
def adnarr(adsl: pd.DataFrame, adae: pd.DataFrame, adlb: pd.DataFrame, addth: pd.DataFrame, study: View) -> Derived:
    """Return ADNARR for the subjects of ADSL with a reason for a narrative: USUBJID, NARSEQ (1, 2, ... a subject:
    the death, the events by start, the liver).

    Reasons of a record of ADAE: serious; leading to discontinuation of a drug or the study; dose limiting toxicity (as
    marked, or named by the form of the first cycle); treatment-emergent, of special interest and of grade 3 or higher.
    All reasons of a record stand in REASON, `; ` between. A dose limiting toxicity of the form that no event shows has
    a row of its own. Potential Hy's law is the row HYSLAW1 of ADLB. Links:
    a row to what gave it. R-910, R-913, R-1008.
    """
    frames = [_deaths(addth), _events(adae), _unnamed(adsl, adae), _liver(adlb)]
    found = pd.concat([frame[list(_TYPES)].astype(_TYPES) for frame in frames], ignore_index=True)
    found = found.sort_values(["USUBJID", "ORDER", "DAY", "AESEQ"], kind="stable", na_position="last")
    people = adsl.set_index("USUBJID")
    found = found[found["USUBJID"].isin(people.index)].reset_index(drop=True)
    columns = {name: found["USUBJID"].map(people[name]) for name in ("STUDYID", "SUBJID", "TRT01A")}
    frame = found.assign(**columns, NARSEQ=found.groupby("USUBJID").cumcount() + 1)
    contract = load_contract("derive", "adnarr")
    data = conform(frame[contract.names], contract)
    links = frame.assign(dataset="adnarr", row=row_keys(data, contract), variable="")
    links = links.rename(columns={"SOURCE": "source", "SOURCEROW": "source_row"})
    return Derived(data, no_queries(), frame_of(links, LINK_COLUMNS))


def _deaths(addth: pd.DataFrame) -> pd.DataFrame:
    return addth.assign(
        ORDER=0,
        DAY=pd.NaT,
        AESEQ=pd.NA,
        REASON=DEATH,
        EVENT=addth["FATALAE"].fillna(addth["DTHCAUS"].str.capitalize()).fillna("Cause not given"),
        STTXT=addth["DTHTXT"],
        STDY=addth["DTHDY"],
        GRADE=pd.NA,
        OUTCOME=pd.NA,
        SOURCE="addth",
        SOURCEROW=row_keys(addth, load_contract("derive", "addth")),
    )


def _events(adae: pd.DataFrame) -> pd.DataFrame:
    """Return the records of ADAE with a reason."""
    interest = adae["AESICD"].notna() & adae["TRTEMFL"].eq("Y") & adae["AETOXGR"].ge(SEVERE)
    given = {
        SERIOUS: adae["AESER"].eq("Y"),
        STOPPED: adae["ANYDSCFL"].eq("Y"),
        DLT: _is_dlt(adae),
        INTEREST: interest,
    }
    met = pd.DataFrame({reason: flags.fillna(False).astype(bool) for reason, flags in given.items()})
    adae, met = adae[met.any(axis=1)], met[met.any(axis=1)]
    reasons = [[reason for reason, one in row.items() if one] for row in met.to_dict("records")]
    return adae.assign(
        ORDER=1,
        DAY=adae["ASTDT"],
        REASON=["; ".join(own) for own in reasons],
        EVENT=adae["AEDECOD"].mask(adae["AEDECOD"].eq(UNCODED), adae["AETERM"]),
        STTXT=adae["AESTDTC"],
        STDY=adae["ASTDY"],
        GRADE=adae["AETOXGR"],
        OUTCOME=adae["AEOUT"],
        SOURCE="adae",
        SOURCEROW=row_keys(adae, load_contract("derive", "adae")),
    )


def _is_dlt(adae: pd.DataFrame) -> pd.Series:
    return adae["AEDLTFL"].eq("Y") | adae["DLTWINFL"].eq("Y")


def _unnamed(adsl: pd.DataFrame, adae: pd.DataFrame) -> pd.DataFrame:
    """Return the subjects with a dose limiting toxicity by the form that no event shows."""
    shown = adae.loc[_is_dlt(adae).fillna(False).astype(bool), "USUBJID"]
    found = adsl[adsl["DLTOCCFL"].eq("Y").fillna(False) & ~adsl["USUBJID"].isin(shown)]
    absent = dict.fromkeys(("AESEQ", "STTXT", "STDY", "GRADE", "OUTCOME"), pd.NA)
    text = {"REASON": DLT, "EVENT": "Event not named", "SOURCE": "adsl"}
    return found.assign(ORDER=1, DAY=pd.NaT, SOURCEROW=found["USUBJID"], **text, **absent)


def _liver(adlb: pd.DataFrame) -> pd.DataFrame:
    """Return the subjects who meet the criteria of potential Hy's law."""
    met = adlb[adlb["PARAMCD"].eq("HYSLAW1") & adlb["AVISIT"].eq("PEAK") & adlb["AVALC"].eq("Y")]
    return met.assign(
        ORDER=2,
        DAY=pd.NaT,
        AESEQ=pd.NA,
        REASON=LIVER,
        EVENT=met["PARAM"],
        STTXT=pd.NA,
        STDY=pd.NA,
        GRADE=pd.NA,
        OUTCOME=pd.NA,
        SOURCE="adlb",
        SOURCEROW=row_keys(met, load_contract("derive", "adlb")),
    )
