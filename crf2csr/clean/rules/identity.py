"""Who, where and when: site, subject, visit and record number of each record of a form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from crf2csr.clean.rules.codes import lost_zero, plain_identifier, visit_reader
from crf2csr.clean.rules.findings import Queries, findings
from crf2csr.clean.rules.readings import Reader, Reading, blank, each_distinct, read_cells, read_column
from crf2csr.clean.rules.values import read_number
from crf2csr.errors import InputError, shown

if TYPE_CHECKING:
    import pandas as pd

    from crf2csr.mapping import CommonMap
    from crf2csr.mapping import Mapping as Extract
    from crf2csr.raw_contracts import RawContract


def identify(
    raw: pd.DataFrame, contract: RawContract, extract: Extract, sites: Iterable[str]
) -> tuple[pd.DataFrame, Queries]:
    """Return SITE, SUBJECT, VISIT, RECORD, STATUS, RAWFILE, RAWROW, VISIT__raw of each record, and queries about them.

    Identifiers are trimmed and otherwise as recorded; a site that lost its leading zero gets it back with Q-113,
    since the sites of the study are known, a subject never does. Site not of the study, or not the one before the
    first `-` of the subject: Q-106. Visit label that the mapping does not know, or blank where the visit is part of
    the key: Q-120. Raises InputError for a look-alike or invisible character in an identifier (F-612).
    """
    import pandas as pd

    common = extract.common
    subject, site = _identifier(raw, common.subject), _identifier(raw, common.site)
    visit = _read(raw, common.visit, visit_reader(extract.visits), needed=contract.visit_in_key)
    record = _read(raw, common.record, lambda text: read_number(text, whole=True))
    known = _known_sites(site, list(sites))
    result = pd.DataFrame(
        {
            "SITE": known["value"].fillna(site),
            "SUBJECT": subject,
            "VISIT": visit["value"],
            "RECORD": record["value"].astype("Int64"),
            "STATUS": _stripped(raw, common.status),
            "RAWFILE": raw["RAWFILE"],
            "RAWROW": raw["RAWROW"],
            "VISIT__raw": _stripped(raw, common.visit),
        }
    )
    sources = {"site": (known, common.site), "visit": (visit, common.visit), "record": (record, common.record)}
    queries = _subject_queries(result, known["rule"].eq("Q-106"), contract.form)
    for field, (readings, column) in sources.items():
        doubted = readings["rule"].ne("")
        values = raw[column] if column else result["STATUS"]
        queries += findings(result, contract.form, field, values, readings["rule"], readings["expected"], where=doubted)
    return result, queries


def refuse_other_study(raw: pd.DataFrame, common: CommonMap, values: Iterable[str]) -> None:
    """Raise InputError for the first record whose study column, if one is mapped, holds none of `values` (F-114)."""
    if not common.study:
        return
    other = raw[~raw[common.study].str.strip().isin(list(values))]
    if len(other):
        place = f"{other['RAWFILE'].iloc[0]} row {other['RAWROW'].iloc[0]} column '{common.study}'"
        raise InputError(
            f"{place} = '{shown(other[common.study].iloc[0])}': a record of another study; get the right extract"
        )


def refuse_strange_identifiers(raw: pd.DataFrame, column: str) -> None:
    """Raise InputError for the first identifier of a column with a look-alike or invisible character (F-612)."""
    bad = {text for text in raw[column].unique() if not plain_identifier(text.strip(" \t"))}
    rows = raw[raw[column].isin(bad)] if bad else raw.iloc[:0]
    if len(rows):
        text = ascii(rows[column].iloc[0])
        raise InputError(
            f"{rows['RAWFILE'].iloc[0]} row {rows['RAWROW'].iloc[0]} column '{column}' = {text}: an identifier with "
            "a look-alike or invisible character; have it corrected at source"
        )


def _identifier(raw: pd.DataFrame, column: str) -> pd.Series:
    refuse_strange_identifiers(raw, column)
    return _stripped(raw, column)


def _stripped(raw: pd.DataFrame, column: str | None) -> pd.Series:
    import pandas as pd

    if column is None:
        return pd.Series(pd.NA, index=raw.index, dtype="string")
    return each_distinct(raw[column], lambda text: text.strip() or pd.NA)


def _read(raw: pd.DataFrame, column: str | None, read: Reader, needed: bool = False) -> pd.DataFrame:
    readings = read_column(_stripped(raw, column), read)
    if needed and column:
        empty = blank(raw[column])
        readings = readings.assign(
            rule=readings["rule"].mask(empty, "Q-120"), expected=readings["expected"].mask(empty, "the visit is blank")
        )
    return readings


def _known_sites(site: pd.Series, sites: list[str]) -> pd.DataFrame:
    def read(text: str) -> Reading:
        found = lost_zero(text, sites)
        if found:
            return Reading(found, rule="Q-113", expected=f"the site is read as '{found}'")
        return Reading(
            text,
            rule="" if text in sites else "Q-106",
            expected="" if text in sites else "expected a site of the study",
        )

    readings = read_column(site, read)
    absent = site.isna()
    return readings.assign(
        rule=readings["rule"].mask(absent, "Q-106"), expected=readings["expected"].mask(absent, "the site is blank")
    )


def _subject_queries(rows: pd.DataFrame, foreign: pd.Series, form: str) -> Queries:
    """Return Q-105 for a blank subject, Q-106 or Q-113 for one whose part before the first `-` is not the site.

    A `foreign` site, which is a query by itself, is not compared.
    """
    nameless = rows["SUBJECT"].isna()
    text = "the subject is blank; the record is not used"
    queries = findings(rows, form, "subject", rows["SUBJECT"], "Q-105", text, where=nameless)
    verdicts = read_cells(rows[["SITE", "SUBJECT"]].fillna(""), _read_subject)
    for rule, field in (("Q-106", "site"), ("Q-113", "subject")):
        doubted = verdicts["rule"].eq(rule) & ~foreign
        queries += findings(rows, form, field, rows[field.upper()], rule, verdicts["expected"], where=doubted)
    return queries


def _read_subject(cells: tuple[str, str]) -> Reading:
    site, subject = cells
    prefix, dash, _ = subject.partition("-")
    if not dash or prefix == site:
        return Reading(subject)
    if lost_zero(prefix, [site]):
        return Reading(subject, rule="Q-113", expected=f"expected '{site}-' before the number")
    return Reading(subject, rule="Q-106", expected=f"expected '{prefix}', the site in the subject")
