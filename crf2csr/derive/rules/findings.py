"""Values by parameter and visit, alike for laboratory, vital signs, heart and performance status: baseline, change, on
treatment, links (R-302, R-1005)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

import pandas as pd

from crf2csr.contracts import conform, load_contract, row_keys
from crf2csr.derive.rules.baseline import at_or_before_dose
from crf2csr.derive.rules.dates import compute_first_day, compute_last_day, compute_study_day, compute_whole_day
from crf2csr.derive.rules.records import first_rows
from crf2csr.results import LINK_COLUMNS, frame_of

#: Variables of the subject that columns and listings read beside the value.
OF_SUBJECT = ("SUBJID", "TRT01A", "TRT01AN")
#: AVISIT of records without a visit, and of rows that sum up a subject.
NO_VISIT, WORST = "UNKNOWN", "WORST"
#: Length of an ISO text with a time; where the time begins in it.
_TIMED, _TIME = 16, 11


class Findings(NamedTuple):
    """Where a clean domain of findings keeps test, collected date and number, and its method if it has one."""

    domain: str
    test: str
    date: str
    number: str
    method: str = ""


def take_values(records: pd.DataFrame, source: Findings, people: pd.DataFrame, dataset: str) -> pd.DataFrame:
    """Return the records of a domain (with ADDRESS) as values of a dataset, its row address in ROW.

    PARAMCD, AVISIT (UNKNOWN without a visit), DTC, FIRST (earliest day of the date), VALUE, EXACT (decimal text of the
    number), METHOD, ONTRTFL. `people` is ADSL by USUBJID.
    """
    collected = records[source.date]
    frame = pd.DataFrame(
        {
            "USUBJID": records["USUBJID"],
            "PARAMCD": records[source.test],
            "VISIT": records["VISIT"],
            "AVISIT": records["VISIT"].fillna(NO_VISIT),
            "AVISITN": records["VISITNUM"],
            "DTC": collected,
            "FIRST": compute_first_day(collected),
            "VALUE": records[source.number].astype("Float64"),
            "EXACT": exact_texts(records[source.number]),
            "METHOD": records[source.method] if source.method else pd.Series(pd.NA, records.index, dtype="string"),
            "ONTRTFL": mark_on_treatment(records["USUBJID"], collected, people),
            "ADDRESS": records["ADDRESS"],
        }
    ).reset_index(drop=True)
    return frame.assign(ROW=row_keys(frame, load_contract("derive", dataset)))


def exact_texts(numbers: pd.Series) -> pd.Series:
    """Return the shortest decimal text of each number, whole numbers without decimals; missing stays missing. R-101."""
    texts = [None if absent else _plain(number) for number, absent in zip(numbers, numbers.isna(), strict=True)]
    return pd.Series(texts, index=numbers.index, dtype="string")


def _plain(number: float) -> str:
    text = repr(float(number))
    return text.removesuffix(".0")


def mark_on_treatment(subjects: pd.Series, collected: pd.Series, people: pd.DataFrame) -> pd.Series:
    """Return Y for dates after TRTSDT up to ONTRTEDT, by every day that they can mean; else missing. R-1005."""
    start, end = (subjects.map(people[name]) for name in ("TRTSDT", "ONTRTEDT"))
    inside = (compute_first_day(collected) > start) & (compute_last_day(collected) <= end)
    return pd.Series("Y", index=subjects.index, dtype="string").where(inside)


def derive_value_baseline(
    frame: pd.DataFrame, start: pd.Series, before_dosing: list[str], dosed: pd.Series | None = None
) -> pd.DataFrame:
    """Return the records (one a parameter and visit, with DTC, VALUE, EXACT, VISIT, ROW) with ABLFL, BASE, BASEEXACT,
    BASEROW, the address of the baseline, and BEFORE, whether a record is at or before the first dose.

    Baseline is the last number at or before the first dose, on that day only at a visit planned before dosing and not
    after a dose with a time (`dosed`: ISO text by USUBJID). Of one day the later time counts, where all have one.
    BASEEXACT is what a grade may compare with: the baseline, for a record before it the value itself, for there is no
    rise yet. R-302.
    """
    before = at_or_before_dose(frame[frame["USUBJID"].map(start).notna()], start, before_dosing)
    if dosed is not None:
        dose = before["USUBJID"].map(dosed).astype("string")
        late = before["DTC"].str.len().eq(_TIMED) & before["DTC"].gt(dose)
        before = before[~late.fillna(False).astype(bool)]
    before = _with_clock(before)
    # `first_rows` keeps one row a USUBJID: here that is a subject and a parameter.
    last = first_rows(before.assign(USUBJID=before["PLACE"]), ["DAY", "CLOCK", "AVISITN"], last=True)
    place = frame["USUBJID"] + "|" + frame["PARAMCD"]
    early = pd.Series(frame.index.isin(before.index), index=frame.index)
    return frame.assign(
        BASE=place.map(last["VALUE"]).astype("Float64"),
        BASEEXACT=place.map(last["EXACT"]).astype("string").mask(early, frame["EXACT"]),
        BASEROW=place.map(last["ROW"]).astype("string"),
        ABLFL=pd.Series("Y", index=frame.index, dtype="string").where(frame["ROW"].isin(last["ROW"])),
        BEFORE=early,
    )


def _with_clock(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the records with PLACE (subject and parameter) and CLOCK, the time, where all of that place and day have
    one: a time cannot be compared with none."""
    place = rows["USUBJID"] + "|" + rows["PARAMCD"]
    clock = rows["DTC"].str.slice(_TIME).where(rows["DTC"].str.len().eq(_TIMED))
    alike = clock.notna().groupby([place, rows["DAY"]]).transform("all")
    return rows.assign(PLACE=place, CLOCK=clock.where(alike.astype(bool)))


def is_after_baseline(frame: pd.DataFrame, people: pd.DataFrame) -> pd.Series:
    """Return whether a value is later than its baseline: change is from baseline to values after the first dose."""
    later = frame["FIRST"] >= frame["USUBJID"].map(people["TRTSDT"])
    return later & ~frame["BEFORE"] & frame["BASE"].notna()


def derive_change(frame: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return the values with CHG, the exact difference of the decimals of value and baseline, after the baseline
    only. R-101."""
    after = (is_after_baseline(frame, people) & frame["VALUE"].notna()).fillna(False).astype(bool)
    each = (column.to_numpy(dtype=object) for column in (frame["EXACT"], frame["BASEEXACT"], after))
    pairs = [(value, base) if known else None for value, base, known in zip(*each, strict=True)]
    # A pair that occurs often is subtracted once.
    known = {pair: float(Decimal(pair[0]) - Decimal(pair[1])) for pair in set(pairs) if pair}
    change = [known[pair] if pair else None for pair in pairs]
    return frame.assign(CHG=pd.Series(change, index=frame.index, dtype="Float64"))


def worst_values(frame: pd.DataFrame, highest: bool) -> pd.DataFrame:
    """Return one row a subject and parameter with a number on treatment: the highest or the lowest value, of equal
    values the earliest (AVISIT WORST), with the record that gives it in ROW. Baseline and change are those of it.
    R-1005."""
    known = frame[frame["ONTRTFL"].eq("Y") & frame["VALUE"].notna()]
    order = known.sort_values(["VALUE", "FIRST", "ROW"], ascending=[not highest, True, True], kind="stable")
    worst = order.drop_duplicates(["USUBJID", "PARAMCD"]).assign(AVISIT=WORST, AVISITN=pd.NA, ABLFL=pd.NA)
    return worst.astype({"AVISITN": "Float64", "ABLFL": "string"})


def finish(
    dataset: str,
    collected: str,
    parts: list[pd.DataFrame],
    people: pd.DataFrame,
    labels: Mapping[str, tuple[str, str]],
) -> pd.DataFrame:
    """Return the conforming dataset of values and rows that sum up; `collected` is its variable of the collected date,
    `labels` are label and unit by PARAMCD."""
    contract = load_contract("derive", dataset)
    frame = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    day = compute_whole_day(frame["DTC"])
    frame = frame.assign(
        AVAL=frame["VALUE"],
        ADT=day,
        ADY=compute_study_day(day, frame["USUBJID"].map(people["TRTSDT"])),
        PARAM=frame["PARAMCD"].map({code: label for code, (label, _) in labels.items()}),
        AVALU=frame["PARAMCD"].map({code: unit or None for code, (_, unit) in labels.items()}),
        **{collected: frame["DTC"]},
        **{name: frame["USUBJID"].map(people[name]) for name in OF_SUBJECT},
    )
    return conform(frame.reindex(columns=contract.names), contract)


def link_values(dataset: str, frame: pd.DataFrame, domains: Mapping[str, str]) -> list[pd.DataFrame]:
    """Return the links of values: to the record (`domains`: domain by PARAMCD), BASE to the baseline, ONTRTFL to
    ADSL."""
    source = frame["PARAMCD"].map(domains)
    records = [
        link(dataset, frame["ROW"], "", name, frame["ADDRESS"].where(source.eq(name)))
        for name in sorted({*domains.values()})
    ]
    base = frame["BASEROW"].where(frame["BASEROW"].ne(frame["ROW"]))
    return [
        *records,
        link(dataset, frame["ROW"], "BASE", dataset, base),
        link(dataset, frame["ROW"], "ONTRTFL", "adsl", frame["USUBJID"]),
    ]


def link(dataset: str, row: pd.Series, variable: str, source: str, place: pd.Series) -> pd.DataFrame:
    """Return the links of one variable of rows of a dataset to the places that are not missing. LINK_COLUMNS."""
    there = place.notna()
    columns = {
        "dataset": dataset,
        "row": row[there],
        "variable": variable,
        "source": source,
        "source_row": place[there],
    }
    return frame_of(pd.DataFrame(columns), LINK_COLUMNS)
