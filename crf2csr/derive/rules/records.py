"""What every derivation does with clean records: address, split at the cutoff, doubt, link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from crf2csr.checks import query_message
from crf2csr.contracts import Contract, load_contract, row_keys
from crf2csr.derive.rules.dates import compute_first_day
from crf2csr.results import LINK_COLUMNS, QUERY_COLUMNS, frame_of

#: The key values of a row, in key order.
Key = tuple[Any, ...]
#: Where a row or one of its variables comes from: variable (blank: the row), source, address in it or key of a row of
#: the dataset itself.
Source = tuple[str, str, str | Key]
#: The date of a domain that tells whether its record lies after the data cutoff (R-209).
DATED = {
    "dm": "RFICDTC",
    "ds": "DSSTDTC",
    "dd": "DTHDTC",
    "ex": "EXSTDTC",
    "ec": "ECSTDTC",
    "fa": "FADTC",
    "ae": "AESTDTC",
    "cm": "CMSTDTC",
    "pr": "PRSTDTC",
    "pc": "PCDTC",
    "qs": "QSDTC",
    "ss": "SSDTC",
    "tr": "TRDTC",
    "rs": "RSDTC",
    "rsec": "RSDTC",
    "vs": "VSDTC",
    "lb": "LBDTC",
    "eg": "EGDTC",
    "cv": "CVDTC",
}
#: The raw form of a domain that has one.
ONE_FORM = {
    "dm": "dm",
    "ec": "dosemod",
    "fa": "dlt",
    "ae": "ae",
    "pc": "pk",
    "ss": "fu",
    "rs": "rs",
    "rsec": "pe",
    "vs": "vs",
    "lb": "lb",
    "eg": "card",
    "cv": "card",
}
#: Test of RS to the field of its form.
RESPONSE_FIELDS = {"TRGRESP": "target", "NTRGRESP": "nontarget", "OVRLRESP": "overall", "MARKER": "marker"}
#: The column that tells the raw form of a domain with several; any other value of DSSCAT is a drug.
FORM_COLUMN = {
    "ds": ("DSSCAT", {"ENROLLMENT": "enr", "STUDY": "eos"}, "eot"),
    "dd": ("DDORIG", {"EOS": "eos", "FU": "fu"}, ""),
    "ex": ("EXCAT", {"ORAL": "ex_oral", "INFUSION": "ex_tdm1"}, ""),
    "tr": ("TRGRPID", {"TARGET": "tl", "NON-TARGET": "ntl", "NEW": "nl"}, ""),
    "qs": ("QSCAT", {"BCPT": "bcpt"}, "promis"),
    "cm": ("CMCAT", {"PRIOR CANCER THERAPY": "ptx", "CONCOMITANT MEDICATION": "cm"}, "act"),
    "pr": ("PRCAT", {"PRIOR CANCER THERAPY": "ptx"}, "act"),
}


def with_address(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a clean domain with ADDRESS, the row address that links hold."""
    return frame.assign(ADDRESS=row_keys(frame, load_contract("clean", name)))


def split_at_cutoff(frame: pd.DataFrame, name: str, cutoff: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the records of a domain up to the cutoff and those that can only lie after it. R-209."""
    after = compute_first_day(frame[DATED[name]]) > pd.Timestamp(cutoff)
    return frame[~after], frame[after]


def check_cutoff(late: pd.DataFrame, name: str, cutoff: date) -> pd.DataFrame:
    """Yield Q-1101 (information) for records of a domain after the cutoff, which are not used. R-209."""
    text = f"is after the data cutoff {cutoff:%Y-%m-%d}; the record is not used"
    return doubts(late, name, DATED[name], "Q-1101", "I", text)


def doubts(
    rows: pd.DataFrame, name: str, variable: str, rule: str, severity: str, text: str | pd.Series
) -> pd.DataFrame:
    """Return one query a row of a clean domain on one variable, with the standard message.

    Form and field are those of the contract's origin; `text` is one text or one a row. QUERY_COLUMNS, all text.
    """
    if rows.empty:
        return no_queries()
    form = compute_form(rows, name)
    columns = {
        "subject": [u.removeprefix(f"{study}-") for u, study in zip(rows["USUBJID"], rows["STUDYID"], strict=True)],
        "form": form,
        "RAWFILE": rows["RAWFILE"],
        "RAWROW": rows["RAWROW"],
        "field": _test_fields(rows) if variable == "RSSTRESC" else form.map(raw_fields(name, variable)),
        "value": rows[variable],
        "rule": rule,
        "severity": severity,
        "text": text,
    }
    frame = pd.DataFrame(columns, index=rows.index).astype("string").fillna("")
    names = ["rule", "subject", "form", "field", "RAWFILE", "RAWROW", "value", "text"]
    frame["message"] = [query_message(*query) for query in frame[names].itertuples(index=False, name=None)]
    return frame_of(frame, QUERY_COLUMNS)


def _test_fields(rs: pd.DataFrame) -> pd.Series:
    """Return the raw field of each row of RS: one field a test, where the contract names all of them."""
    return rs["RSTESTCD"].map(RESPONSE_FIELDS).astype("string")


@cache
def no_queries() -> pd.DataFrame:
    """Return the frame of queries without rows."""
    return frame_of([], QUERY_COLUMNS)


def compute_form(rows: pd.DataFrame, name: str) -> pd.Series:
    """Return the raw form of each row of a clean domain."""
    if name in ONE_FORM:
        return pd.Series(ONE_FORM[name], index=rows.index, dtype="string")
    column, forms, other = FORM_COLUMN[name]
    return rows[column].map(forms).astype("string").fillna(other)


def raw_fields(name: str, variable: str) -> dict[str, str]:
    """Return the raw field behind a variable of a clean domain, by form (the first of the contract's origin)."""
    origins = [origin.partition(".") for origin in load_contract("clean", name).variable(variable).origin.split()]
    return {form: field for form, _, field in reversed(origins)}


def text_of(value: Any) -> str:
    """Return a value of a row as text, blank where it is missing."""
    return "" if pd.isna(value) else str(value)


def first_rows(rows: pd.DataFrame, order: list[str], last: bool = False) -> pd.DataFrame:
    """Return the first (or last) row of each subject in `order`, indexed by USUBJID.

    Rows without value come after all others; ADDRESS breaks ties, so that row order never matters.
    """
    ascending = [*([not last] * len(order)), True]
    ordered = rows.sort_values([*order, "ADDRESS"], ascending=ascending, kind="stable", na_position="last")
    return ordered.drop_duplicates("USUBJID").set_index("USUBJID")


def link_columns(dataset: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the links kept in the columns `<variable>@<source>` of a frame whose index is the row address.

    Such a column holds the address of the source row behind the variable (blank: the whole row), or nothing.
    LINK_COLUMNS.
    """
    found = []
    for column in frame.columns[frame.columns.str.contains("@")]:
        variable, _, source = column.partition("@")
        link = {"dataset": dataset, "variable": variable, "source": source}
        found += [link | {"row": row, "source_row": address} for row, address in frame[column].dropna().items()]
    return together([frame_of(found, LINK_COLUMNS)], LINK_COLUMNS)


def together(frames: Iterable[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    """Return frames of text below each other with exactly `columns`, sorted and without repeats."""
    filled = [frame for frame in frames if len(frame)]
    stacked = frame_of(pd.concat(filled, ignore_index=True) if filled else [], columns)
    return stacked.drop_duplicates().sort_values(columns, kind="stable", ignore_index=True)


def link_sources(dataset: str, data: pd.DataFrame, rows: Iterable[dict[str, Any]], contract: Contract) -> pd.DataFrame:
    """Return the links of derived rows; each row has the variables of the key and SOURCES: (variable, source, address).

    An address is text, or the key values of a row of `dataset` itself, in key order.
    """
    names = contract.key
    found = [(tuple([row[name] for name in names]), row["SOURCES"]) for row in rows]
    return link_rows(dataset, data, found, contract)


def link_rows(
    dataset: str, data: pd.DataFrame, found: Iterable[tuple[Key, Iterable[Source]]], contract: Contract
) -> pd.DataFrame:
    """Return the links of a dataset, given as key values of a row and its sources. LINK_COLUMNS."""
    values = data[contract.key].astype(object).where(data[contract.key].notna(), None)
    keys = zip(*(values[name].tolist() for name in contract.key), strict=True)
    addresses = dict(zip(keys, row_keys(data, contract).tolist(), strict=True))
    return link_frame(dataset, list(zip(*sorted(resolved(found, addresses)), strict=True)))


def resolved(
    found: Iterable[tuple[Key, Iterable[Source]]], addresses: Mapping[Key, str]
) -> set[tuple[str, str, str, str]]:
    """Return links as (row, variable, source, source row), all addresses; `addresses` is by key values."""
    rows = ((addresses[key], sources) for key, sources in found)
    return {
        (own, variable, source, place if isinstance(place, str) else addresses[place])
        for own, sources in rows
        for variable, source, place in sources
    }


def link_frame(dataset: str, columns: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Return sorted links of a dataset, given as columns (row, variable, source, source row; or none). LINK_COLUMNS."""
    named = dict(zip(["row", "variable", "source", "source_row"], columns or [[]] * 4, strict=True))
    number = len(named["row"])
    filled = {"dataset": [dataset] * number, "source_field": [""] * number, **named}
    return pd.DataFrame({name: text_array(filled[name]) for name in LINK_COLUMNS}, copy=False)


def text_array(values: Sequence[str | None]) -> pd.arrays.StringArray:
    """Return texts as an array of pandas' text type; None is missing. Texts are only referred to, never converted."""
    return pd.arrays.StringArray(np.array(values, dtype=object))
