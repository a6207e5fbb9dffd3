"""A domain that arrives as SDTM: the sponsor's dataset held against the same contract that a mapped form is made to."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from crf2csr.clean.domains import assemble, part
from crf2csr.clean.forms import COMMON, Form
from crf2csr.clean.rules.codes import code_reader
from crf2csr.clean.rules.dates import read_date
from crf2csr.clean.rules.findings import Queries, findings
from crf2csr.clean.rules.identity import refuse_other_study, refuse_strange_identifiers
from crf2csr.clean.rules.readings import Reader, Reading, blank, read_column, with_missing
from crf2csr.clean.rules.values import read_number, read_text
from crf2csr.contracts import DTYPES, Variable, load_contract, load_terms
from crf2csr.results import PLACE, QUERY_COLUMNS, REMOVED_COLUMNS, Cleaned, frame_of

if TYPE_CHECKING:
    from crf2csr.mapping import DomainMap, Mapping
    from crf2csr.study import View

_TIME = re.compile(r"T(?:[01]\d|2[0-3])(?::[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?")


def take_domain(name: str, raw: pd.DataFrame, mapping: Mapping, study_view: View) -> Cleaned:
    """Return a domain made of the records of a dataset (`read_form` of the reader sdtm): typed values, queries, removed
    records and links to file, record and column.

    Variables are those of the contract `clean/<name>`; the dataset's own name, a constant or `absent` as the mapping
    says. A value that cannot be read is missing and a query (Q-107 code list, Q-108 type, Q-1102 date); records that
    `rows` does not select, or without a required value, are listed as removed. Dates keep their known part; a time
    that the contract has no room for is left out. Raises InputError for a record of another study (F-114) and for
    strange characters in identifiers (F-612).
    """
    entry, contract = mapping.domains[name], load_contract("clean", name)
    refuse_other_study(raw, mapping.common, (study_view.id, *mapping.study_values))
    refuse_strange_identifiers(raw, mapping.common.subject)
    reasons = _left_out(raw, entry)
    used = raw[reasons.isna()].reset_index(drop=True)
    rows = _identity(used, mapping)
    columns: dict[str, pd.Series] = {}
    queries: Queries = []
    for variable in contract.variables:
        if variable.name not in (*PLACE, *entry.absent):
            column = entry.rename.get(variable.name, variable.name)
            readings, recorded = _readings(used, variable, column, entry, mapping)
            columns[variable.name] = _typed(readings["value"], variable)
            columns[f"{variable.name}__raw"] = recorded
            marked = readings["rule"].ne("")
            queries += findings(
                rows, name, variable.name, recorded, readings["rule"], readings["expected"], where=marked
            )
    own = rows.drop(columns=[column for column in rows if column in columns])
    data = pd.concat([own, pd.DataFrame(columns, index=rows.index)], axis=1)
    names = [variable for variable in columns if not variable.endswith("__raw")]
    # A constant has no text as recorded, so that no link is made for it.
    origin = {v: [entry.rename.get(v, v)] for v in names}
    form = Form(name, data, frame_of([], QUERY_COLUMNS), frame_of([], REMOVED_COLUMNS), origin)
    found = part(form, {v: data[v] for v in names}, fields={v: (v,) if v in origin else () for v in contract.names})
    cleaned = assemble(name, [found], study_view, [frame_of(queries, QUERY_COLUMNS)])
    removed = pd.concat([_removed(raw[reasons.notna()], reasons.dropna(), name, mapping), cleaned.removed])
    return Cleaned(cleaned.data, cleaned.queries, frame_of(removed, REMOVED_COLUMNS), cleaned.links)


def _left_out(raw: pd.DataFrame, entry: DomainMap) -> pd.Series:
    """Return why a record does not belong to the domain; NA: it does."""
    reasons = pd.Series(pd.NA, index=raw.index, dtype="string")
    for column, values in entry.rows.items():
        text = raw[column].str.strip()
        reasons = reasons.mask(reasons.isna() & ~text.isin(values), column + " is " + text.replace("", "blank"))
    return reasons


def _removed(raw: pd.DataFrame, reasons: pd.Series, name: str, mapping: Mapping) -> pd.DataFrame:
    subject = raw[mapping.common.subject].str.strip()
    columns = {"subject": subject, "form": name, "RAWFILE": raw["RAWFILE"], "RAWROW": raw["RAWROW"], "reason": reasons}
    return frame_of(pd.DataFrame(columns, index=raw.index), REMOVED_COLUMNS)


def _identity(raw: pd.DataFrame, mapping: Mapping) -> pd.DataFrame:
    """Return the columns that every prepared form has; a dataset has no record number of a form and no status."""
    known = {"SUBJECT": raw[mapping.common.subject].str.strip(), "RAWFILE": raw["RAWFILE"], "RAWROW": raw["RAWROW"]}
    if mapping.common.visit in raw:
        known["VISIT"] = raw[mapping.common.visit].str.strip()
    frame = pd.DataFrame(known, index=raw.index).reindex(columns=COMMON)
    return frame.astype({name: "Int64" if name in ("RECORD", "RAWROW") else "string" for name in COMMON})


def _readings(
    raw: pd.DataFrame, variable: Variable, column: str, entry: DomainMap, mapping: Mapping
) -> tuple[pd.DataFrame, pd.Series]:
    """Return the readings of a variable and the text as recorded (NA when blank, and for a constant)."""
    if variable.name in entry.constants:
        constant = pd.Series(entry.constants[variable.name], index=raw.index, dtype="string")
        return read_column(constant, _reader(variable, mapping)), constant.mask(pd.Series(True, index=raw.index))
    return read_column(raw[column], _reader(variable, mapping)), raw[column].mask(blank(raw[column]))


def _reader(variable: Variable, mapping: Mapping) -> Reader:
    if variable.codelist:
        terms = load_terms()[variable.codelist]
        return with_missing(code_reader(variable.codelist, terms, mapping.codes.get(variable.codelist, {})), {})
    if variable.type in ("integer", "decimal"):
        return with_missing(partial(read_number, whole=variable.type == "integer"), {})
    if variable.name.endswith("DTC"):
        return partial(_read_iso, length=variable.length)
    return read_text


def _read_iso(text: str, length: int) -> Reading:
    """Return a partial ISO 8601 date or date and time, cut to the `length` of the variable: a day or a minute."""
    day, mark, time = text.partition("T")
    if mark and (len(day) < len("2019-03-14") or not _TIME.fullmatch(mark + time)):
        return Reading(rule="Q-108", expected="expected ISO 8601: date, or date and time")
    reading = read_date(day, ("iso",))
    if not mark or reading.value is None:
        return reading
    return reading._replace(value=f"{reading.value}{mark}{time}"[:length])


def _typed(values: pd.Series, variable: Variable) -> pd.Series:
    return values.astype(DTYPES[variable.type])
