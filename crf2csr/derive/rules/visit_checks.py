"""Queries that judging the tumor visits raises (Q-713, Q-717)."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from crf2csr.derive.rules.records import doubts, together
from crf2csr.derive.rules.tumor_data import NEW
from crf2csr.derive.rules.visit_rows import Subject
from crf2csr.results import QUERY_COLUMNS

Doubt = tuple[str, str, str, str]  # subject, visit, rule, text
#: Rule to the variable of TR that it doubts and whether its record is one of new lesions. What the visits find beyond
#: these is checked on the forms (cross checks of the clean stage).
RAISED = {"Q-713": ("TRORRES", False), "Q-717": ("TRDTC", True)}


def doubted_visits(subject: Subject) -> list[Doubt]:
    """Return the doubts of `RAISED` that judging the visits of a subject found."""
    return [
        (subject.usubjid, visit.visit, rule, text)
        for visit in subject.visits
        for rule, text in visit.queries
        if rule in RAISED
    ]


def check_visits(doubted: Iterable[Doubt], scans: pd.DataFrame) -> pd.DataFrame:
    """Yield Q-713 (disease back after overall CR) and Q-717 (new lesion already seen earlier) on the record concerned.

    `doubted` as of `doubted_visits`; `scans` is TR up to the cutoff. R-525, R-531, R-532, R-607.
    """
    ordered = scans.sort_values(["USUBJID", "VISIT", "TRGRPID", "ADDRESS"], ascending=[True, True, False, True])
    return together([_doubt(ordered, *doubt) for doubt in doubted], QUERY_COLUMNS)


def _doubt(ordered: pd.DataFrame, usubjid: str, visit: str, rule: str, text: str) -> pd.DataFrame:
    variable, new = RAISED[rule]
    rows = ordered[ordered["USUBJID"].eq(usubjid) & ordered["VISIT"].eq(visit) & ordered["TRGRPID"].eq(NEW).eq(new)]
    return doubts(rows.head(1), "tr", variable, rule, "W", text)
