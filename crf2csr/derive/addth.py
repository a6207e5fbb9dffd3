"""ADDTH: deaths, one row a subject who died by the cutoff, with the fatal events beside the reported cause (R-909,
R-912)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.contracts import conform, load_contract, row_keys
from crf2csr.derive.rules.dates import compute_study_day
from crf2csr.derive.rules.records import no_queries
from crf2csr.results import LINK_COLUMNS, Derived, frame_of
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.study import View

OF_SUBJECT = ("STUDYID", "USUBJID", "SUBJID", "TRT01A", "TRTSDT", "TRTEDT", "DTHFL", "DTHDT", "DTHDTF", "DTHWINFL")
UNKNOWN, UNCODED = "Unknown", "Uncoded"
#: Known characters of an ISO date by its imputation flag.
KNOWN = {"D": 7, "M": 4, "Y": 0}


@uses()
def addth(adsl: pd.DataFrame, adae: pd.DataFrame, study: View) -> Derived:
    """Return ADDTH: one row a subject of ADSL whose death is reported by the cutoff (DTHFL) or who has a fatal event
    without such a report (FATALFL: grade 5 or fatal outcome).

    DTHTXT is the known part of the date of death, Unknown without any; DTHDY its study day, DTHDAYS the days from the
    last dose (missing for a partial date, whose day is not known); FATALAE the preferred terms of the fatal events
    (reported terms of uncoded ones) in the order of the form, FATALREL the letters of their relation, FATALTE their
    emergence. Links: a row to ADSL and to the fatal events. R-206, R-210, R-909, R-912.
    """
    fatal = adae[adae["FATALFL"].eq("Y")].sort_values(["USUBJID", "AESEQ"], kind="stable")
    dead = adsl[adsl["DTHFL"].eq("Y") | adsl["USUBJID"].isin(fatal["USUBJID"])].reset_index(drop=True)
    whole = dead["DTHDT"].where(dead["DTHDTF"].isna())
    terms = fatal["AEDECOD"].mask(fatal["AEDECOD"].eq(UNCODED), fatal["AETERM"])
    events = {"FATALAE": terms, "FATALREL": fatal["RELTXT"], "FATALTE": fatal["TRTEMFL"]}
    joined = {name: texts.groupby(fatal["USUBJID"]).agg("; ".join) for name, texts in events.items()}
    frame = dead[[*OF_SUBJECT, "DTHCAUS"]].assign(
        DTHTXT=_known_part(dead),
        DTHDY=compute_study_day(whole, dead["TRTSDT"]),
        LDOSEDY=compute_study_day(dead["TRTEDT"], dead["TRTSDT"]),
        DTHDAYS=(whole - dead["TRTEDT"]).dt.days.astype("Int64"),
        **{name: dead["USUBJID"].map(texts).astype("string") for name, texts in joined.items()},
    )
    contract = load_contract("derive", "addth")
    return Derived(conform(frame[contract.names], contract), no_queries(), _links(frame, fatal))


def _known_part(dead: pd.DataFrame) -> pd.Series:
    """Return the date of death without the part that was imputed."""
    days = dead["DTHDT"].dt.strftime("%Y-%m-%d").astype("string")
    flags = dead["DTHDTF"].astype("string")
    texts = [
        UNKNOWN if pd.isna(day) else day if pd.isna(flag) else day[: KNOWN[flag]] or UNKNOWN
        for day, flag in zip(days, flags, strict=True)
    ]
    return pd.Series(texts, index=dead.index, dtype="string")


def _links(dead: pd.DataFrame, fatal: pd.DataFrame) -> pd.DataFrame:
    addresses = row_keys(fatal, load_contract("derive", "adae"))
    link = {"dataset": "addth", "variable": ""}
    rows = [link | {"row": one, "source": "adsl", "source_row": one} for one in dead["USUBJID"]]
    rows += [
        link | {"row": subject, "source": "adae", "source_row": address}
        for subject, address in zip(fatal["USUBJID"], addresses, strict=True)
    ]
    return frame_of(rows, LINK_COLUMNS)
