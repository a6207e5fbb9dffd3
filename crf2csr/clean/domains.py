"""What all domains share: parts of forms put together, identifiers, visit numbers, withheld records, links to the raw
cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crf2csr.clean import OWNERS
from crf2csr.clean.checks import query
from crf2csr.contracts import DTYPES, Contract, Variable, conform, load_contract, row_keys
from crf2csr.results import LINK_COLUMNS, QUERY_COLUMNS, REMOVED_COLUMNS, Cleaned, Origin, bulk_links, frame_of

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form
    from crf2csr.study import View
    from crf2csr.study_keys import Visit

#: The rule of a required value that is blank, where it is not the general one.
BLANK_RULES = {("ex_oral", "drug"): "Q-406", ("ex_tdm1", "cycle"): "Q-406"}
BLANK_RULE = "Q-108"
NO_QUERIES = frame_of([], QUERY_COLUMNS)


@dataclass(frozen=True)
class Part:
    """The rows of a domain that come from one form.

    `data` holds variables of the domain and keeps the index of the form's rows. `fields` names the fields of a variable
    where the origin of the contract names more than this part uses. `required` are variables that this part cannot do
    without beyond those of the contract.
    """

    form: Form
    data: pd.DataFrame
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    required: tuple[str, ...] = ()


def part(form: Form, variables: Mapping[str, Any], rows: pd.Series | None = None, **options: Any) -> Part:
    """Return the part of a domain made of `rows` (all if None) of a form; a variable is a column of the form or one
    value for all rows. Columns of all rows are those of the form itself, not copies."""
    if rows is None:
        return Part(form, pd.DataFrame(dict(variables), index=form.data.index, copy=False), **options)
    index = form.data.index[rows.fillna(False)]
    columns = {name: value.loc[index] if isinstance(value, pd.Series) else value for name, value in variables.items()}
    return Part(form, pd.DataFrame(columns, index=index), **options)


def date_time(date: pd.Series, time: pd.Series) -> pd.Series:
    """Return ISO date and time; the time is kept only beside a complete date (R-201: partial dates stay partial
    text)."""
    known = date.str.len().eq(10) & time.notna()
    return shared(date.where(~known.fillna(False), date + "T" + time).astype("string"))


def shared(column: pd.Series) -> pd.Series:
    """Return a column of text in which equal texts are one object: of millions of rows it takes a tenth of the
    memory."""
    places, distinct = pd.factorize(column)
    return pd.Series(pd.array([*distinct, pd.NA], dtype="string").take(places), index=column.index)


def visit_numbers(schedule: Iterable[Visit]) -> dict[str, float]:
    """Return the number of every visit name of the schedule; `{n}` of a series runs from `first` to `last`."""
    numbers = {}
    for visit in schedule:
        if visit.first is None or visit.last is None:
            numbers[visit.name] = visit.number
            continue
        for n in range(visit.first, visit.last + 1):
            numbers[visit.name.format(n=n)] = visit.number + (n - visit.first) * visit.number_step
    return numbers


def doubts(rows: pd.DataFrame, form: str, name: str, rule: str, expected: str = "", severity: str = "") -> pd.DataFrame:
    """Return one query a row of a form's data on field `name` (a contract field or `common.subject` etc.), with the
    value as recorded."""
    name = name.removeprefix("common.")
    value = rows[f"{name}__raw"] if f"{name}__raw" in rows else rows[name.upper()]
    return query_rows(rows["SUBJECT"], rows, form, name, value, rule, expected, severity)


def query_rows(
    subject: pd.Series,
    rows: pd.DataFrame,
    form: str | pd.Series,
    name: str | pd.Series,
    value: pd.Series,
    rule: str,
    expected: str = "",
    severity: str = "",
) -> pd.DataFrame:
    """Return one query a row; `rows` gives RAWFILE and RAWROW, all series share its index. Columns as QUERY_COLUMNS,
    all text."""
    if rows.empty:
        return NO_QUERIES.copy()
    columns = [subject, form, rows["RAWFILE"], rows["RAWROW"], name, value]
    frame = pd.DataFrame(dict(enumerate(columns)), index=rows.index).astype("string").fillna("")
    found = [
        query(rule, subject=s, form=f, file=file, row=row, field=n, value=v, expected=expected, severity=severity)
        for s, f, file, row, n, v in frame.itertuples(index=False, name=None)
    ]
    return frame_of(found, QUERY_COLUMNS)


def together(frames: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    """Return frames of text below each other with exactly `columns`; none of them may be present."""
    filled = [frame for frame in frames if len(frame)]
    return frame_of(pd.concat(filled, ignore_index=True) if filled else [], list(columns))


def assemble(name: str, parts: Sequence[Part], study: View, queries: Sequence[pd.DataFrame] = ()) -> Cleaned:
    """Return the domain made of `parts`: identifiers and visit numbers added, conformed, with its queries, removed
    records and links.

    Withheld and listed as removed: a record whose required value is missing (query if nothing was recorded at all) and
    every record of a key that is not unique (Q-103). A text longer than the contract allows is cut (Q-110; the raw cell
    keeps it whole). A visit that the schedule does not name has no number (Q-120). Shape: one row a record of a part;
    links as LINK_COLUMNS.
    """
    contract = load_contract("clean", name)
    numbers = visit_numbers(study["visit.schedule"]) if "VISITNUM" in contract.names else None
    done, doubted, removed = [], list(queries), []
    for item in parts:
        typed, more = _typed(_identified(item, contract, study.id, numbers), contract)
        kept, gone, missing = _complete(typed, contract)
        visits = _unknown_visits(kept, numbers)
        done.append(kept)
        if OWNERS.get(item.form.name, item.form.name) == name:
            doubted += [*more, missing, visits]
            removed.append(gone)
    done, gone, duplicates = _unique(done, contract)
    data = conform(pd.concat([item.data for item in done], ignore_index=True, copy=False), contract)
    # A record that stands for several rows of the domain is doubted and removed once.
    queries_ = together([*doubted, duplicates], QUERY_COLUMNS).drop_duplicates(ignore_index=True)
    removed_ = together([*removed, gone], REMOVED_COLUMNS).drop_duplicates(ignore_index=True)
    return Cleaned(data, queries_, removed_, _links(done, data, contract))


def _identified(item: Part, contract: Contract, study_id: str, numbers: Mapping[str, float] | None) -> Part:
    source = item.form.data[["SUBJECT", "VISIT", "RAWFILE", "RAWROW"]].loc[item.data.index]
    given: dict[str, Any] = {
        "STUDYID": study_id,
        # A split dataset (FAMH of FA, RSEC of RS) is named by its domain and two letters more.
        "DOMAIN": contract.name[:2].upper(),
        "USUBJID": shared(study_id + "-" + source["SUBJECT"]),
        "RAWFILE": source["RAWFILE"],
        "RAWROW": source["RAWROW"],
    }
    if numbers is not None:
        given |= {"VISIT": source["VISIT"], "VISITNUM": source["VISIT"].map(numbers)}
    # A dataset that arrives as SDTM has them itself.
    columns = given | dict(item.data.items())
    return replace(item, data=pd.DataFrame(columns, index=item.data.index, copy=False))


def _typed(item: Part, contract: Contract) -> tuple[Part, list[pd.DataFrame]]:
    columns, queries = {}, []
    for variable in contract.variables:
        column = item.data.get(variable.name)
        column = pd.Series(pd.NA, item.data.index, dtype="string") if column is None else column
        column = column.astype(DTYPES[variable.type], copy=False)
        if variable.type == "text" and variable.length:
            longest = max(map(len, column.dropna().unique()), default=0)
            if longest > variable.length:
                queries.append(_too_long(item, (column.str.len() > variable.length).fillna(False), variable))
                column = column.str.slice(0, variable.length)
        columns[variable.name] = column
    return replace(item, data=pd.DataFrame(columns, index=item.data.index, copy=False)), queries


def _too_long(item: Part, long: pd.Series, variable: Variable) -> pd.DataFrame:
    rows = item.form.data.loc[long[long].index]
    names = _fields(item, variable)
    text = f"the text is longer than {variable.length} characters; it is cut in the domain, the raw record keeps it"
    return doubts(rows, item.form.name, names[0] if names else "common.subject", "Q-110", text)


def _complete(item: Part, contract: Contract) -> tuple[Part, pd.DataFrame, pd.DataFrame]:
    """Return the part without the rows that lack a required value, those rows as removed, and a query where nothing was
    recorded."""
    required = [v for v in contract.variables if v.core == "req" or v.name in item.required]
    gone, queries, lost = [], [], pd.Series(False, index=item.data.index)
    for variable in required:
        missing = item.data[variable.name].isna() & ~lost
        lost |= missing
        rows, name = item.form.data.loc[missing[missing].index], (_fields(item, variable) or ("common.subject",))[0]
        reason = f"{name.removeprefix('common.')} is missing or cannot be read"
        gone.append(_removed(rows, item.form.name, reason))
        blank = rows[rows[f"{name}__raw"].isna()] if f"{name}__raw" in rows else rows
        rule = BLANK_RULES.get((item.form.name, name), BLANK_RULE)
        queries.append(doubts(blank, item.form.name, name, rule, "a required value is missing; the record is withheld"))
    kept = replace(item, data=item.data[~lost]) if lost.any() else item
    return kept, together(gone, REMOVED_COLUMNS), together(queries, QUERY_COLUMNS)


def _unknown_visits(item: Part, numbers: Mapping[str, float] | None) -> pd.DataFrame:
    if numbers is None:
        return NO_QUERIES
    visits = item.form.data["VISIT"].loc[item.data.index]
    unknown = item.form.data.loc[visits.index[visits.notna() & ~visits.isin(list(numbers))]]
    text = "the visit is not in the schedule of the study; the record has no visit number"
    return doubts(unknown, item.form.name, "visit", "Q-120", text)


def _unique(parts: Sequence[Part], contract: Contract) -> tuple[list[Part], pd.DataFrame, pd.DataFrame]:
    """Return the parts without the records that would share a key of the domain, those as removed, and their queries.

    A record that stands for several rows goes as a whole, so that no record is both used and removed.
    """
    rows = pd.concat([item.data[[*contract.key, "RAWFILE", "RAWROW"]] for item in parts], ignore_index=True)
    shared = rows.loc[rows.duplicated(contract.key, keep=False), ["RAWFILE", "RAWROW"]]
    addresses = pd.MultiIndex.from_frame(shared)
    kept, gone, queries = [], [], []
    for item in parts:
        twice = np.zeros(len(item.data), dtype=bool)
        if len(addresses):
            twice = pd.MultiIndex.from_frame(item.data[["RAWFILE", "RAWROW"]]).isin(addresses)
        records = item.form.data.loc[item.data.index[twice]]
        kept.append(replace(item, data=item.data[~twice]) if twice.any() else item)
        gone.append(_removed(records, item.form.name, "contradicting records share one key"))
        text = "several records share one key of the domain; all of them are withheld"
        queries.append(doubts(records, item.form.name, "subject", "Q-103", text))
    return kept, together(gone, REMOVED_COLUMNS), together(queries, QUERY_COLUMNS)


def _removed(rows: pd.DataFrame, form: str, reason: str) -> pd.DataFrame:
    columns = {
        "subject": rows["SUBJECT"],
        "form": form,
        "RAWFILE": rows["RAWFILE"],
        "RAWROW": rows["RAWROW"],
        "reason": reason,
    }
    return frame_of(pd.DataFrame(columns, index=rows.index), REMOVED_COLUMNS)


def _fields(item: Part, variable: Variable) -> tuple[str, ...]:
    """Return the fields of the part's form that the origin of a variable names, the common ones as `common.<name>`."""
    if variable.name in item.fields:
        return item.fields[variable.name]
    prefixes = (f"{item.form.name}.", "common.")
    named = [origin for origin in variable.origin.split() if origin.startswith(prefixes)]
    return tuple(origin.removeprefix(prefixes[0]) for origin in named)


def _links(parts: Sequence[Part], data: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Return the raw cells behind every filled variable, in the order of the domain's rows and variables."""
    index = pd.Index(row_keys(data, contract).to_numpy(dtype=object))
    found = [_links_of(item, contract, index) for item in parts if len(item.data)]
    if not found:
        return frame_of([], LINK_COLUMNS)
    if len(found) == 1:
        return found[0]
    links = pd.concat(found, ignore_index=True)
    order = np.argsort(index.get_indexer(links["row"]), kind="stable")
    return links.iloc[order].reset_index(drop=True)


def _links_of(item: Part, contract: Contract, index: pd.Index) -> pd.DataFrame:
    """Return the links of a part in the order of `index`, the addresses of the rows of the domain."""
    places = index.get_indexer(row_keys(item.data, contract).to_numpy(dtype=object))
    order = np.argsort(places, kind="stable")
    form = item.form.data
    raws = form.index.get_indexer(item.data.index[order])
    file, number = (form[name].take(raws).astype("string").to_numpy(dtype=object) for name in ("RAWFILE", "RAWROW"))
    origins = [Origin("", file, number, "", np.full(len(raws), fill_value=True))]
    for variable in contract.variables:
        for name in _fields(item, variable):
            filled = item.data[variable.name].notna().to_numpy()[order]
            if f"{name}__raw" in form:
                filled &= form[f"{name}__raw"].notna().to_numpy()[raws]
            origins += [
                Origin(variable.name, file, number, column, filled) for column in item.form.columns.get(name, [])
            ]
    return bulk_links(contract.name, index.to_numpy()[places[order]], origins)
