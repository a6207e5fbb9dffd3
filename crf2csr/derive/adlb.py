"""ADLB: laboratory values, their CTCAE grades in both directions, and what they amount to (R-302, R-1001 to R-1009)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crf2csr.contracts import conform, load_contract, row_keys
from crf2csr.derive.rules.baseline import planned_up_to_first_dose
from crf2csr.derive.rules.dates import compute_first_day, compute_study_day, compute_whole_day
from crf2csr.derive.rules.findings import (
    NO_VISIT,
    OF_SUBJECT,
    derive_change,
    derive_value_baseline,
    is_after_baseline,
    link,
    mark_on_treatment,
)
from crf2csr.derive.rules.lab_worst import HYS_LAW, derive_remarkable, hys_law_rows, peak_rows, worst_rows
from crf2csr.derive.rules.laboratory import (
    CORRECTED,
    compute_ratio,
    derive_lab_grades,
    load_lab_parameters,
    range_texts,
    with_corrected_calcium,
)
from crf2csr.derive.rules.records import check_cutoff, split_at_cutoff, together, with_address
from crf2csr.results import LINK_COLUMNS, QUERY_COLUMNS, Derived, bulk_links, origin_in
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.study import View

HEPATIC_CATEGORY = "CHEMISTRY"
#: Subjects that are derived at a time.
SUBJECTS = 500


@uses("data_cutoff", "visit.schedule", "lab.clinical_component")
def adlb(adsl: pd.DataFrame, lb: pd.DataFrame, ex: pd.DataFrame, study: View) -> Derived:
    """Return ADLB for the subjects of ADSL: one row a subject, parameter and visit, and rows that sum up.

    A value keeps its limits, indicator, multiple of ULN, baseline and change, and the grade of each direction that has
    a CTCAE term. Calcium is graded as corrected for albumin of the same sample (CACORR); without albumin it is not.
    Limits that contradict each other are shown and never used. ONTRTFL: after TRTSDT up to ONTRTEDT, by every day that
    the date can mean. Rows WORST LOW, WORST HIGH (worst grade, baseline grade, worsening), PEAK (highest multiple of
    ULN of the liver parameters) and HYSLAW1, HYSLAW2 are one a subject. CRIT1FL and CRIT2FL mark what the listings of
    abnormal values show. Records after the cutoff are not used (Q-1101). Links: a value to its record, BASE to the
    baseline, a row that sums up to the values that it rests on, ONTRTFL and EVALFL to ADSL.
    """
    people, cutoff, dosed = adsl.set_index("USUBJID"), study["data_cutoff"], first_timed_dose(ex)
    parts = []
    for records in _in_groups(lb[lb["USUBJID"].isin(people.index)]):
        used, late = split_at_cutoff(with_address(records, "lb"), "lb", cutoff)
        data, links = _derived(used, people, dosed, study)
        parts.append(Derived(data, together([check_cutoff(late, "lb", cutoff)], QUERY_COLUMNS), links))
    if len(parts) == 1:
        return parts[0]
    data = pd.concat([part.data for part in parts], ignore_index=True)
    queries = together([part.queries for part in parts], QUERY_COLUMNS)
    # Subjects whose names begin alike: the order of addresses, which the groups follow, is not that of the names.
    if not data["USUBJID"].is_monotonic_increasing:
        data = data.sort_values("USUBJID", kind="stable", ignore_index=True)
    return Derived(data, queries, pd.concat([part.links for part in parts], ignore_index=True))


def _in_groups(lb: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the records of so many subjects at a time, in the order of their addresses: what is derived on the way is
    some times larger than the result."""
    subjects = sorted(lb["USUBJID"].unique(), key=lambda name: f"{name}|")
    for start in range(0, max(len(subjects), 1), SUBJECTS):
        chosen = subjects[start : start + SUBJECTS]
        yield lb if len(subjects) <= SUBJECTS else lb[lb["USUBJID"].isin(chosen)]


def _derived(
    records: pd.DataFrame, people: pd.DataFrame, dosed: pd.Series, study: View
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the conforming rows of some subjects and their links."""
    frame = _values(with_corrected_calcium(records), people)
    before_dosing = planned_up_to_first_dose(study["visit.schedule"])
    frame = derive_value_baseline(frame, people["TRTSDT"], before_dosing, dosed)
    frame = derive_lab_grades(frame, study["lab.clinical_component"])
    frame = derive_change(frame, people)
    worst, peaks, hepatic = worst_rows(frame), peak_rows(frame), hys_law_rows(frame)
    frame = derive_remarkable(frame, is_after_baseline(frame, people), hepatic)
    return _data([frame, worst, peaks, hepatic], people), _links(frame, worst, peaks, hepatic)


def first_timed_dose(ex: pd.DataFrame) -> pd.Series:
    """Return date and time of the earliest dose that has both, as ISO text by USUBJID: what is later is after a
    dose."""
    timed = ex[(ex["EXOCCUR"].eq("Y") & ex["EXSTDTC"].str.len().eq(16)).fillna(False).astype(bool)]
    return timed.groupby("USUBJID")["EXSTDTC"].min()


def _values(records: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return the records as values: exact text, numbers, dates, on treatment, multiple of ULN, own address in ROW."""
    records = records[records["LBTESTCD"].isin(list(load_lab_parameters()))].reset_index(drop=True)
    number = records["LBSTRESN"]
    exact = records["LBSTRESC"].where(number.notna())
    sound = ~(records["LBSTNRLO"] >= records["LBSTNRHI"]).fillna(False).astype(bool)
    low, high = (_exact(records[name].where(sound)) for name in ("LBSTNRLO", "LBSTNRHI"))
    columns = {
        "PARAMCD": records["LBTESTCD"],
        "AVISIT": records["VISIT"].fillna(NO_VISIT),
        "AVISITN": records["VISITNUM"],
        "DTC": records["LBDTC"],
        "FIRST": compute_first_day(records["LBDTC"]),
        "ADT": compute_whole_day(records["LBDTC"]),
        "VALUE": number,
        "EXACT": exact,
        "LOW": low,
        "HIGH": high,
        "AVAL": number,
        "AVALC": records["LBSTRESC"],
        "ANRLO": records["LBSTNRLO"],
        "ANRHI": records["LBSTNRHI"],
        "ANRTXT": range_texts(records["LBSTNRLO"], records["LBSTNRHI"]),
        # As reported, a text that was not converted may lie outside of its limits: it stands for no value.
        "ANRIND": records["LBNRIND"].where(records["LBSTRESC"].notna() & sound),
        "R2ANRHI": compute_ratio(exact, high),
        "ONTRTFL": mark_on_treatment(records["USUBJID"], records["LBDTC"], people),
    }
    kept = ["USUBJID", "VISIT", "LBDTC", "LBFAST", "LBNAM", "ADDRESS", "ALBUMIN"]
    frame = pd.DataFrame({**{name: records[name] for name in kept}, **columns}, copy=False)
    return frame.assign(ROW=row_keys(frame, load_contract("derive", "adlb")))


def _exact(numbers: pd.Series) -> pd.Series:
    """Return the decimal text of each number; a number that occurs often is written once."""
    return numbers.map({number: repr(number) for number in numbers.dropna().unique().tolist()}).astype("string")


def _data(parts: list[pd.DataFrame], people: pd.DataFrame) -> pd.DataFrame:
    contract, parameters = load_contract("derive", "adlb"), load_lab_parameters()
    frame = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    labels = {code: parameter.label for code, parameter in parameters.items()} | HYS_LAW
    categories = {code: parameter.category for code, parameter in parameters.items()}
    frame = frame.assign(
        PARAM=frame["PARAMCD"].map(labels),
        PARCAT1=frame["PARAMCD"].map(categories).fillna(HEPATIC_CATEGORY),
        AVALU=frame["PARAMCD"].map({code: parameter.unit or None for code, parameter in parameters.items()}),
        ADY=compute_study_day(frame["ADT"], frame["USUBJID"].map(people["TRTSDT"])),
        **{name: frame["USUBJID"].map(people[name]) for name in OF_SUBJECT},
    )
    return conform(frame.reindex(columns=contract.names), contract)


def _links(frame: pd.DataFrame, worst: pd.DataFrame, peaks: pd.DataFrame, hepatic: pd.DataFrame) -> pd.DataFrame:
    """Return the links of all rows; what a row rests on is never guessed from its values."""
    keyed = [part.assign(OWN=row_keys(part, load_contract("derive", "adlb"))) for part in (worst, peaks, hepatic)]
    worst, peaks, hepatic = keyed
    behind = hepatic.explode("ROWS")
    found = [
        link("adlb", worst["OWN"], "ATOXGR", "adlb", worst["ROW"]),
        link("adlb", worst["OWN"], "EVALFL", "adsl", worst["USUBJID"]),
        link(
            "adlb", worst["OWN"], "BTOXGR", "adlb", (worst["USUBJID"] + "|" + worst["PARAMCD"]).map(_baselines(frame))
        ),
        link("adlb", peaks["OWN"], "R2ANRHI", "adlb", peaks["ROW"]),
        link("adlb", behind["OWN"], "AVALC", "adlb", behind["ROWS"]),
        link("adlb", hepatic["OWN"], "AVALC", "adsl", hepatic["USUBJID"]),
    ]
    summed, values = together(found, LINK_COLUMNS), _links_of_values(frame)
    return in_order_of_rows(pd.concat([values, summed], ignore_index=True) if len(values) else summed)


def _links_of_values(frame: pd.DataFrame) -> pd.DataFrame:
    other = frame["BASEROW"].where(frame["BASEROW"].ne(frame["ROW"]))
    origins = [
        origin_in("", "lb", frame["ADDRESS"]),
        origin_in("AVAL", "lb", frame["ALBUMIN"].where(frame["PARAMCD"].eq(CORRECTED))),
        origin_in("BASE", "adlb", other),
        origin_in("ONTRTFL", "adsl", frame["USUBJID"]),
    ]
    return bulk_links("adlb", frame["ROW"].to_numpy(dtype=object), origins)


def in_order_of_rows(links: pd.DataFrame) -> pd.DataFrame:
    """Return links, in order within each row, in the order of the addresses of the rows."""
    places, rows = pd.factorize(links["row"])
    rank = np.empty(len(rows), dtype=np.int64)
    rank[np.argsort(rows.to_numpy(dtype=object), kind="stable")] = np.arange(len(rows))
    return links.take(np.argsort(rank[places], kind="stable")).reset_index(drop=True)


def _baselines(frame: pd.DataFrame) -> dict[str, str]:
    own = frame[frame["ABLFL"].eq("Y")]
    return dict(zip(own["USUBJID"].str.cat(own["PARAMCD"], "|"), own["ROW"], strict=True))
