"""ADDOSE: dosing as recorded, one row a subject and cycle with the three drugs side by side (R-1102, R-1107)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from crf2csr.contracts import conform, load_contract
from crf2csr.derive.rules.dates import compute_first_day, compute_study_day, compute_whole_day
from crf2csr.derive.rules.exposure import PILL_COUNT, compute_doses
from crf2csr.derive.rules.exposure_dates import DRUGS
from crf2csr.derive.rules.records import link_sources, no_queries, split_at_cutoff, text_of, with_address
from crf2csr.results import Derived
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.study import View

NOT_GIVEN, UNKNOWN, NO_NUMBER = "Not given", "Not known", "?"
OF_SUBJECT = ("STUDYID", "SUBJID", "TRT01P")


@uses("data_cutoff")
def addose(adsl: pd.DataFrame, ex: pd.DataFrame, study: View) -> Derived:
    """Return ADDOSE for the subjects of ADSL, records after the cutoff left out.

    A row a subject and visit; a second record of a drug in one visit opens a second row. For each drug (PAL, LET, TDM):
    DAYS, the start as collected with the study days of start and stop, of an infusion with its times; DOSE, the
    prescribed dose (mg a day, mg/kg) with planned and taken mg, of tablets doses by days of the record and doses by
    diary, else by pill count (marked `p`), of an infusion mg/kg by the weight used and mg given; LOT; TDMWT the weight
    used (kg). What is not recorded is `?`; a record that says so is Not given. Links: a row to its dosing records.
    R-1102, R-1107.
    """
    used, _ = split_at_cutoff(with_address(ex, "ex"), "ex", study["data_cutoff"])
    people = adsl.set_index("USUBJID")
    own = used[used["USUBJID"].isin(people.index)].sort_values(
        ["USUBJID", "VISITNUM", "VISIT", "EXSTDTC", "EXSEQ"], kind="stable"
    )
    own = own.assign(
        PLACE=own.groupby(["USUBJID", "VISIT", "EXTRT"], dropna=False).cumcount(), **_days(own, people["TRTSDT"])
    )
    rows: list[dict[str, Any]] = []
    for usubjid, records in own.groupby("USUBJID", sort=True):
        lines = records.groupby(["VISITNUM", "VISIT", "PLACE"], dropna=False, sort=True)
        for number, ((_, visit, _), line) in enumerate(lines, start=1):
            cells = {name: text for record in line.itertuples() for name, text in _cells(record)}
            sources = [("", "ex", address) for address in line["ADDRESS"]]
            about = {"USUBJID": usubjid, "DOSESEQ": number, "VISIT": None if pd.isna(visit) else visit}
            rows.append(about | cells | {"SOURCES": sources})
    contract = load_contract("derive", "addose")
    frame = pd.DataFrame(rows, columns=contract.names)
    frame = frame.assign(**{name: frame["USUBJID"].map(people[name]) for name in OF_SUBJECT})
    data = conform(frame, contract)
    return Derived(data, no_queries(), link_sources("addose", data, rows, contract))


def _days(ex: pd.DataFrame, first_dose: pd.Series) -> dict[str, pd.Series]:
    """Return study days of start and stop, and the days of each record, all for complete dates."""
    start, stop = compute_whole_day(ex["EXSTDTC"].str[:10]), compute_whole_day(ex["EXENDTC"].str[:10])
    reference = ex["USUBJID"].map(first_dose)
    length = (stop - start).dt.days.astype("Int64") + 1
    return {
        "FROM": compute_study_day(start, reference),
        "TO": compute_study_day(stop, reference),
        "LENGTH": length.where(length.gt(0).fillna(False)),
        "FIRST": compute_first_day(ex["EXSTDTC"]),
    }


def _cells(record: Any) -> Iterator[tuple[str, Any]]:
    """Yield the cells of one dosing record under the prefix of its drug."""
    prefix = DRUGS[record.EXTRT]
    given = text_of(record.EXOCCUR)
    yield f"{prefix}DAYS", _when(record) if given == "Y" else _not_given(record, NOT_GIVEN if given else UNKNOWN)
    yield f"{prefix}DOSE", _amount(record) if given == "Y" else None
    yield f"{prefix}LOT", record.EXLOT
    if record.EXCAT == "INFUSION":
        yield f"{prefix}WT", record.EXWEIGHT


def _not_given(record: Any, word: str) -> str:
    return ", ".join(filter(None, [word, text_of(record.EXSTDTC)[:10]]))


def _when(record: Any) -> str:
    start, stop = text_of(record.EXSTDTC), text_of(record.EXENDTC)
    if record.EXCAT == "INFUSION":
        times = "-".join(text[11:16] or NO_NUMBER for text in (start, stop))
        return f"{start[:10] or NO_NUMBER} ({_text(record.FROM)}), {times}"
    last = _text(record.TO) if len(stop) in (0, 10) else stop
    return f"{start or NO_NUMBER} ({_text(record.FROM)}-{last})"


def _amount(record: Any) -> str:
    """Return prescribed dose, planned and taken mg."""
    if record.EXCAT == "INFUSION":
        planned = _product(record.EXMGKG, record.EXWEIGHT)
        return f"{_text(record.EXMGKG)}: {_text(planned)}/{_text(record.EXDOSE)}"
    values = (record.DOSESTK, record.UNITSDSP, record.UNITSRET)
    doses, counted = compute_doses(*(None if pd.isna(value) else int(value) for value in values))
    mark = "p" if counted == PILL_COUNT else ""
    taken = _product(record.EXDOSE, pd.NA if doses is None else doses)
    return f"{_text(record.EXDOSE)}: {_text(_product(record.EXDOSE, record.LENGTH))}/{_text(taken)}{mark}"


def _product(one: Any, other: Any) -> Any:
    return pd.NA if pd.isna(one) or pd.isna(other) else Decimal(str(one)) * Decimal(str(other))


def _text(value: Any) -> str:
    """Return a number with at most one decimal, rounded half away from zero (R-103), `?` for a missing one."""
    if pd.isna(value):
        return NO_NUMBER
    return str(Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP)).removesuffix(".0")
