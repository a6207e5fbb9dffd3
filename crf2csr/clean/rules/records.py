"""What a record says about itself: open queries, lock, deletion, gaps; characters and identifiers out of place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.clean.rules.findings import Queries, findings
from crf2csr.clean.rules.readings import Reading, each_distinct, read_column
from crf2csr.clean.rules.values import personal_identifier, read_number, strange_character

if TYPE_CHECKING:
    import pandas as pd

    from crf2csr.mapping import Mapping
    from crf2csr.raw_contracts import RawContract


def deleted(raw: pd.DataFrame, mapping: Mapping) -> pd.Series:
    """Return whether each record is deleted at source: its deletion column holds one of `deleted_values`."""
    import pandas as pd

    if not mapping.common.deleted:
        return pd.Series(False, index=raw.index)
    return _is_one_of(raw[mapping.common.deleted], mapping.deleted_values)


def gap_queries(rows: pd.DataFrame, gone: pd.Series, form: str, mapping: Mapping) -> Queries:
    """Return Q-112 for the record after a gap in the record numbers of its subject and visit (they start at 1).

    `rows` are all records, those deleted at source (`gone`) included, which are never named a second time: SUBJECT,
    VISIT__raw, RECORD, RAWFILE, RAWROW.
    """
    if not mapping.common.record:
        return []
    numbered = rows[rows["RECORD"].notna() & rows["SUBJECT"].notna()]
    page = (
        [numbered["SUBJECT"], numbered["VISIT__raw"].fillna("")]
        if mapping.record_scope == "visit"
        else [numbered["SUBJECT"]]
    )
    ordered = numbered.sort_values("RECORD", kind="stable")
    before = ordered.groupby([part.loc[ordered.index] for part in page])["RECORD"].shift(fill_value=0)
    gap = ordered[ordered["RECORD"].sub(before).gt(1) & ~gone.loc[ordered.index]].sort_index()
    first, last = (before + 1).astype("string"), (ordered["RECORD"] - 1).astype("string")
    one, several = "record number " + first + " is absent", "record numbers " + first + " to " + last + " are absent"
    text = several.mask(first.eq(last), one)
    return findings(gap, form, "record", ordered["RECORD"].astype("string"), "Q-112", text)


def open_queries(raw: pd.DataFrame, rows: pd.DataFrame, form: str, mapping: Mapping) -> Queries:
    """Return Q-111 for records not locked or complete, or with open queries (Q-108 if that number cannot be read)."""
    status, column, result = mapping.common.status, mapping.common.queries, []
    if status and mapping.locked_values:
        loose, text = ~_is_one_of(raw[status], mapping.locked_values), f"expected {' or '.join(mapping.locked_values)}"
        result += findings(rows, form, "status", raw[status], "Q-111", text, where=loose)
    if column:
        readings = read_column(raw[column], _read_open)
        doubted = readings["rule"].ne("")
        result += findings(rows, form, "queries", raw[column], readings["rule"], readings["expected"], where=doubted)
    return result


def _read_open(text: str) -> Reading:
    number = read_number(text, whole=True)
    return number if number.rule or number.value == "0" else Reading(rule="Q-111", expected="expected no open query")


def text_queries(raw: pd.DataFrame, rows: pd.DataFrame, contract: RawContract, mapping: Mapping) -> Queries:
    """Return Q-116 for strange characters in any column of the file and Q-118 for personal identifiers in free text.

    Free text is every column but those of the common fields, of typed fields and the ignored twins of fields. The
    value of a Q-118 query is withheld, so that the identifier does not travel into the reports.
    """
    form = contract.form
    names = {column: name for name, place in mapping.forms[form].fields.items() for column in place.columns}
    typed = {column for column, name in names.items() if contract.fields[name].type != "text"}
    twins = {column for place in mapping.forms[form].fields.values() for column in place.ignore}
    closed = {*mapping.common_columns(), *typed, *twins, "RAWFILE", "RAWROW"}
    result: Queries = []
    for column in raw.columns.drop(["RAWFILE", "RAWROW"]):
        field = names.get(column, column)
        found = each_distinct(raw[column], strange_character)
        result += findings(rows, form, field, raw[column], "Q-116", found, where=found.ne(""))
        if column not in closed:
            found = each_distinct(raw[column], personal_identifier)
            hidden = raw[column].mask(found.ne(""), "(withheld)")
            result += findings(rows, form, field, hidden, "Q-118", found, where=found.ne(""))
    return result


def _is_one_of(column: pd.Series, values: tuple[str, ...]) -> pd.Series:
    wanted = {value.strip().casefold() for value in values}
    return each_distinct(column, lambda text: text.strip().casefold() in wanted, "boolean").astype(bool)
