"""ADEG: electrocardiogram and ejection fraction by visit, and what they amount to (R-302, R-1010 to R-1012)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.contracts import load_contract, row_keys
from crf2csr.derive.rules.baseline import planned_up_to_first_dose
from crf2csr.derive.rules.findings import (
    Findings,
    derive_change,
    derive_value_baseline,
    finish,
    link,
    link_values,
    take_values,
    worst_values,
)
from crf2csr.derive.rules.heart import (
    CRITERIA,
    QTCF,
    RECORDED_QTCF,
    check_recorded,
    criterion_rows,
    qtcf_rows,
    to_tenths,
)
from crf2csr.derive.rules.records import check_cutoff, split_at_cutoff, together, with_address
from crf2csr.results import LINK_COLUMNS, QUERY_COLUMNS, Derived
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.study import View

SOURCES = (
    Findings("eg", "EGTESTCD", "EGDTC", "EGSTRESN", "EGMETHOD"),
    Findings("cv", "CVTESTCD", "CVDTC", "CVSTRESN", "CVMETHOD"),
)
LABELS = {
    "QT": ("QT interval (ms)", "ms"),
    "RR": ("RR interval (ms)", "ms"),
    RECORDED_QTCF: ("QTcF as recorded (ms)", "ms"),
    QTCF: ("QTcF (ms)", "ms"),
    "LVEF": ("Left ventricular ejection fraction (%)", "%"),
}
#: The domain whose record is a value; QTcF has no record of its own.
DOMAINS = {"QT": "eg", "RR": "eg", RECORDED_QTCF: "eg", "LVEF": "cv"}


@uses("data_cutoff", "visit.schedule")
def adeg(adsl: pd.DataFrame, eg: pd.DataFrame, cv: pd.DataFrame, study: View) -> Derived:
    """Return ADEG for the subjects of ADSL: one row a subject, parameter and visit, and rows that sum up.

    QT, RR, QTCFR (QTcF as recorded) in ms and LVEF in percent are records; QTCF is QT / RR^(1/3) of the same visit and
    date, RR in seconds, or the recorded one where it cannot be computed (AVALSRC). Baseline, change and ONTRTFL as in
    ADLB; METHFL marks an LVEF by another method than its baseline. AVISIT WORST: the highest QTCF and the lowest LVEF
    on treatment, and a row for each criterion that a subject can be judged for (AVALC Y or N). A recorded QTcF that
    contradicts QT and RR is asked about (Q-813); records after the cutoff are not used (Q-1101). Links: a value to its
    record, QTCF to the rows that it comes from, BASE to the baseline, a row that sums up to its values.
    """
    people, cutoff = adsl.set_index("USUBJID"), study["data_cutoff"]
    values, lates = [], []
    for source, domain in zip(SOURCES, (eg, cv), strict=True):
        known = with_address(domain[domain["USUBJID"].isin(people.index) & domain[source.test].notna()], source.domain)
        used, late = split_at_cutoff(known, source.domain, cutoff)
        own = used.assign(**{source.test: used[source.test].replace(QTCF, RECORDED_QTCF)})
        values.append(take_values(own, source, people, "adeg"))
        lates.append(check_cutoff(late, source.domain, cutoff))
    records = pd.concat(values, ignore_index=True)
    qtcf = qtcf_rows(records)
    frame = pd.concat([part for part in (records, qtcf) if len(part)] or [qtcf], ignore_index=True)
    frame = frame.reindex(columns=qtcf.columns).astype({"AVALSRC": "string", "FROM": "string", "RRROW": "string"})
    frame = derive_value_baseline(frame, people["TRTSDT"], planned_up_to_first_dose(study["visit.schedule"]))
    frame = _with_methods(derive_change(frame, people)).assign(AVALC=_texts(frame))
    worst, judged = _worst(frame), criterion_rows(frame)
    labels = LABELS | {code: (criterion.label, "") for code, criterion in CRITERIA.items()}
    data = finish("adeg", "EGDTC", [frame, worst, judged], people, labels)
    queries = together([check_recorded(qtcf, eg), *lates], QUERY_COLUMNS)
    return Derived(data, queries, _links(frame, worst, judged))


def _texts(frame: pd.DataFrame) -> pd.Series:
    """Return values as text: what is computed with one decimal, what is recorded as it is."""
    pairs = zip(frame["EXACT"], frame["PARAMCD"].eq(QTCF), strict=True)
    return pd.Series([to_tenths(text) if own else text for text, own in pairs], frame.index, dtype="string")


def _with_methods(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the values with METHFL: Y for an LVEF whose method differs from that of its baseline."""
    methods = frame.drop_duplicates("ROW").set_index("ROW")["METHOD"]
    base = frame["BASEROW"].map(methods)
    other = frame["PARAMCD"].eq("LVEF") & frame["METHOD"].ne(base).fillna(False)
    return frame.assign(METHFL=pd.Series("Y", frame.index, dtype="string").where(other))


def _worst(frame: pd.DataFrame) -> pd.DataFrame:
    highest = worst_values(frame[frame["PARAMCD"].eq(QTCF)], highest=True)
    return pd.concat([highest, worst_values(frame[frame["PARAMCD"].eq("LVEF")], highest=False)], ignore_index=True)


def _links(frame: pd.DataFrame, worst: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    contract = load_contract("derive", "adeg")
    worst, judged = (part.assign(OWN=row_keys(part, contract)) for part in (worst, judged))
    behind, own = judged.explode("ROWS"), frame[frame["PARAMCD"].eq(QTCF)]
    found = [
        *link_values("adeg", frame, DOMAINS),
        link("adeg", own["ROW"], "AVAL", "adeg", own["FROM"]),
        link("adeg", own["ROW"], "AVAL", "adeg", own["RRROW"]),
        link("adeg", worst["OWN"], "AVAL", "adeg", worst["ROW"]),
        link("adeg", worst["OWN"], "BASE", "adeg", worst["BASEROW"]),
        link("adeg", behind["OWN"], "AVALC", "adeg", behind["ROWS"].astype("string")),
    ]
    return together(found, LINK_COLUMNS)
