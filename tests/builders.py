"""Literal frames for tests: text tables become raw forms, domains and frames of text.

A table has its column names in the first line, one record a line, cells parted by `|`; blank is missing. What a table
does not name is missing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd

from crf2csr.clean.forms import COMMON, Form
from crf2csr.contracts import DTYPES, conform, load_contract
from crf2csr.raw_contracts import load_raw_contract
from crf2csr.results import QUERY_COLUMNS, REMOVED_COLUMNS, frame_of
from crf2csr.study import Setting, Study, View, declared, load_study

STUDY_ID = "NCT03709082"
DOMAINS = ("dm", "ds", "dd", "ex", "ec", "ae", "fa", "tu", "tr", "rs", "cm", "pr", "pc", "ss")
DOMAINS += ("ie", "sv", "vs", "mh", "famh", "pe", "rsec", "lb", "eg", "cv", "qs", "dv")

#: Variables that a domain sets by itself, which a table need not name.
ASSIGNED = {
    "rs": {"RSEVAL": "INVESTIGATOR"},
    "rsec": {"RSTESTCD": "ECOG"},
    "pe": {"PETESTCD": "PHYSEXAM"},
    "famh": {"FAOBJ": "BREAST CANCER"},
    "cv": {"CVTESTCD": "LVEF"},
    "cm": {"CMCAT": "ON-STUDY CANCER THERAPY"},
    "pr": {"PRCAT": "ON-STUDY CANCER THERAPY"},
}


def table(text: str) -> pd.DataFrame:
    """Return a text table as a frame of text."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines() if line.strip()]
    ragged = [line for line in lines if len(line) != len(lines[0])]
    assert not ragged, f"cells do not match the header: {ragged}"
    return pd.DataFrame(lines[1:], columns=lines[0], dtype="string").replace("", pd.NA).astype("string")


def form(name: str, text: str = "SUBJECT", first_row: int = 2) -> Form:
    """Return a prepared form: `<field>` typed, `<field>__raw` as typed in the table unless the table has that column
    itself."""
    given = table(text)
    columns = {c: given.get(c, pd.Series(pd.NA, given.index, dtype="string")) for c in COMMON}
    columns["SITE"] = given["SUBJECT"].str.slice(0, 2)
    columns["RAWFILE"] = pd.Series(f"{name}.csv", given.index, dtype="string")
    columns["RAWROW"] = pd.Series(range(first_row, first_row + len(given)), given.index)
    fields = load_raw_contract(name).fields
    unknown = set(given) - set(COMMON) - {f"{f}{end}" for f in fields for end in ("", "__raw", "__why")}
    assert not unknown, f"{name} has no {unknown}"
    for field, about in fields.items():
        value = given.get(field, pd.Series(pd.NA, given.index, dtype="string"))
        columns[field] = value.astype("Int64" if about.type == "integer" else "string")
        columns[f"{field}__raw"] = given.get(f"{field}__raw", value)
        columns[f"{field}__why"] = given.get(f"{field}__why", pd.Series(pd.NA, given.index, dtype="string"))
    data = pd.DataFrame(columns).astype({"RECORD": "Int64", "RAWROW": "Int64"})
    sources = {field: [field.upper()] for field in fields}
    sources |= {"common.subject": ["SUBJECT"], "common.site": ["SITE"], "common.visit": ["FOLDER"]}
    return Form(name, data, frame_of([], QUERY_COLUMNS), frame_of([], REMOVED_COLUMNS), sources)


def domain(name: str, text: str = "USUBJID") -> pd.DataFrame:
    """Return a conforming clean domain; USUBJID may be written as the subject alone, what follows from it or the name
    is filled in."""
    return conforming("clean", name, text, RAWFILE=f"{name}.csv", DOMAIN=name[:2].upper(), **ASSIGNED.get(name, {}))


@cache
def empty_domain(name: str) -> pd.DataFrame:
    """Return a domain without rows, the same object every time."""
    return domain(name)


def conforming(stage: str, name: str, text: str, **defaults: str) -> pd.DataFrame:
    """Return a conforming frame of any stage; `defaults` fill columns of the contract that the table does not name."""
    given, contract = table(text), load_contract(stage, name)
    defaults = {"STUDYID": STUDY_ID, **defaults}
    for column, value in defaults.items():
        if column in contract.names and column not in given:
            given[column] = value
    if "RAWROW" in contract.names and "RAWROW" not in given:
        given["RAWROW"] = range(2, 2 + len(given))
    subject = given["USUBJID"].str.removeprefix(f"{STUDY_ID}-")
    known = {"SUBJID": subject, "SITEID": subject.str.slice(0, 2)}
    for variable in contract.variables:
        if variable.core == "req" and variable.name not in given:
            given[variable.name] = known.get(variable.name, pd.Series(pd.NA, given.index, dtype="string"))
    given["USUBJID"] = STUDY_ID + "-" + subject
    types = {v.name: DTYPES[v.type] for v in contract.variables if v.name in given and v.type != "date"}
    return conform(given.astype(types), contract)


@cache
def loaded_study(cut: str) -> Study:
    """Return the demonstration study at a cut, read once."""
    return load_study("nct03709082", cut)


def study_view(function: Callable[..., Any] | Iterable[str], cut: str = "full", **values: Any) -> View:
    """Return what a function sees of the demonstration study; `values` replace keys (`pk_unit=...` for `pk.unit`)."""
    keys = declared(function) if callable(function) else tuple(function)
    study, named = loaded_study(cut), {key.replace(".", "_"): key for key in keys}
    changed = {named[name]: Setting(value=value, source="assumed", note="test") for name, value in values.items()}
    return replace(study, settings={**study.settings, **changed}).view(keys)


def rows(frame: pd.DataFrame, *columns: str) -> list[tuple[str, ...]]:
    """Return the chosen columns of a frame as tuples of text, missing as empty text."""
    text = frame[list(columns)].astype("string").fillna("")
    return list(text.itertuples(index=False, name=None))


def run_check(
    check: Callable[..., pd.DataFrame], keys: Iterable[str] = (), values: dict[str, Any] | None = None, **tables: str
) -> list[tuple[str, ...]]:
    """Return rule, severity, subject, form and field of each query of a cross check on the domains given as tables;
    others are empty."""
    domains = {name: domain(name, tables[name]) if name in tables else empty_domain(name) for name in DOMAINS}
    available = {**domains, "domains": domains, "study": study_view(keys, **(values or {}))}
    queries = check(**{name: available[name] for name in inspect.signature(check).parameters})
    assert set(tables) <= set(DOMAINS), "a table names no domain"
    return rows(queries, "rule", "severity", "subject", "form", "field")
