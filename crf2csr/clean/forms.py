"""Prepared forms: what every domain reads.

One raw form in, one typed form out; what could not be read is a query, never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crf2csr.clean.rules.duplicates import drop_duplicates
from crf2csr.clean.rules.fields import read_field
from crf2csr.clean.rules.findings import Queries, findings
from crf2csr.clean.rules.identity import identify, refuse_other_study
from crf2csr.clean.rules.readings import blank, each_distinct
from crf2csr.clean.rules.records import deleted, gap_queries, open_queries, text_queries
from crf2csr.mapping import FieldMap, Mapping
from crf2csr.raw_contracts import RawContract, RawField, load_raw_contract
from crf2csr.results import QUERY_COLUMNS, REMOVED_COLUMNS, frame_of

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from crf2csr.study import View

#: The columns of `Form.data` that every form has, before `<field>`, `<field>__raw` and `<field>__why`.
COMMON = ["SITE", "SUBJECT", "VISIT", "RECORD", "STATUS", "RAWFILE", "RAWROW"]
_WHOLE = ("RECORD", "RAWROW")


@dataclass(frozen=True)
class Form:
    """One prepared form.

    `data`: COMMON (text, RECORD and RAWROW Int64), then for each contract field `<field>` (typed), `<field>__raw`
    (text as recorded, NA when blank) and, where the mapping lists missing codes, `<field>__why` (the
    reason behind the missing code). Types: text, code, checkbox (terms joined with "; "), date (partial ISO), time
    (HH:MM) and decimal (exact canonical text) are "string", integer is "Int64". `columns`: contract field -> raw
    columns; the common columns stand as `common.subject`, `common.site`, `common.visit`.
    """

    name: str
    data: pd.DataFrame
    queries: pd.DataFrame
    removed: pd.DataFrame
    columns: dict[str, list[str]]

    def why(self, field: str) -> pd.Series:
        """Return the reasons behind missing codes of a field; all NA where its mapping lists none."""
        import pandas as pd

        none = pd.Series(pd.NA, index=self.data.index, dtype="string")
        return self.data.get(f"{field}__why", none)


def prepare_form(raw: pd.DataFrame, form: str, mapping: Mapping, study_view: View) -> Form:
    """Return the prepared form of the raw frame of `read_form`: typed values, queries, removed records.

    Removed, each with its reason: records deleted at source (Q-112), without a subject (Q-105), identical (Q-104) or
    contradicting (Q-103) records of one key, which is subject, visit where `forms.csv` says so, and the key fields of
    the contract. Of the rest every record stays; a value that cannot be read is NA in `<field>`, stands in
    `<field>__raw` and is a query. A date after the extract is a query (Q-1101) and kept. `study_view` gives sites,
    identifier, day of the extract and accepted duplicates of the cut. Row order and index are those of `raw`,
    renumbered. Raises InputError for a record of another study (F-114) and for look-alike or invisible characters in
    identifiers (F-612).
    """
    contract = load_raw_contract(form)
    refuse_other_study(raw, mapping.common, (study_view.id, *mapping.study_values))
    rows, doubts = identify(raw, contract, mapping, study_view.sites)
    gone = deleted(raw, mapping)
    queries = _deletions(raw, rows, gone, contract, mapping)
    live, lived = raw[~gone], rows[~gone]
    numbers = set(lived["RAWROW"].astype(str))
    queries += [doubt for doubt in doubts if doubt["RAWROW"] in numbers]
    queries += open_queries(live, lived, form, mapping) + text_queries(live, lived, contract, mapping)
    columns, doubts = _fields(live, lived, contract, mapping, study_view.extracted_on)
    data = _with(lived, columns)
    reasons, doubles = _not_used(data, contract, mapping, study_view)
    removed = [_removed(rows[gone], form, "deleted at source"), _removed(data[reasons.notna()], form, reasons.dropna())]
    return Form(
        name=form,
        data=data[reasons.isna()].drop(columns="VISIT__raw").reset_index(drop=True),
        queries=frame_of(_ordered(queries + doubts + doubles), QUERY_COLUMNS),
        removed=_together(removed),
        columns=raw_columns(form, mapping),
    )


def _deletions(
    raw: pd.DataFrame, rows: pd.DataFrame, gone: pd.Series, contract: RawContract, mapping: Mapping
) -> Queries:
    """Return Q-112 for the records deleted at source and for the gaps that deleted records left."""
    values = raw[mapping.common.deleted or "RAWFILE"]
    queries = findings(rows, contract.form, "deleted", values, "Q-112", "the record is not used", where=gone)
    return queries + gap_queries(rows, gone, contract.form, mapping)


def _not_used(
    data: pd.DataFrame, contract: RawContract, mapping: Mapping, study_view: View
) -> tuple[pd.Series, Queries]:
    """Return why a record is not used (blank subject, duplicate; NA: it is used) and the queries about duplicates."""
    nameless = data["SUBJECT"].isna()
    keys = ["SUBJECT", *(["VISIT"] if contract.visit_in_key else []), *contract.key]
    file = mapping.forms[contract.form].source
    accepted = {item.row: item.why for item in study_view.accepted_duplicates if item.file == file}
    reasons, queries = drop_duplicates(data[~nameless], contract.form, keys, list(contract.fields), accepted)
    return reasons.reindex(data.index).mask(nameless, "the subject is blank"), queries


def empty_form(form: str) -> Form:
    """Return the prepared form without rows: what a form that the study does not have becomes."""
    import pandas as pd

    names = {name: "Int64" if name in _WHOLE else "string" for name in COMMON}
    for field in load_raw_contract(form).fields.values():
        names |= {field.name: _dtype(field), f"{field.name}__raw": "string"}
    data = pd.DataFrame({name: pd.array([], dtype=dtype) for name, dtype in names.items()})
    return Form(form, data, frame_of([], QUERY_COLUMNS), frame_of([], REMOVED_COLUMNS), {})


def raw_columns(form: str, mapping: Mapping) -> dict[str, list[str]]:
    """Return the raw columns of each field of a form, and of the common fields as `common.<name>`."""
    common = {f"common.{name}": [column] for name, column in mapping.common.model_dump().items() if column}
    places = mapping.forms[form].fields
    return common | {name: places[name].columns if name in places else [] for name in load_raw_contract(form).fields}


def _fields(
    raw: pd.DataFrame, rows: pd.DataFrame, contract: RawContract, mapping: Mapping, extracted: date
) -> tuple[dict[str, pd.Series], Queries]:
    """Return the typed columns of all fields in the order of the contract, and the queries about their values."""
    import pandas as pd

    places = mapping.forms[contract.form].fields
    columns: dict[str, pd.Series] = {}
    queries: Queries = []
    for name, field in contract.fields.items():
        if name not in places:
            columns |= {
                name: pd.Series(pd.NA, raw.index, dtype=_dtype(field)),
                f"{name}__raw": pd.Series(pd.NA, raw.index, dtype="string"),
            }
            continue
        readings = read_field(raw, places[name], field, mapping, _answered(raw, places, name))
        if field.type == "date":
            readings = _after_extract(readings, extracted)
        columns |= {name: readings["value"].astype(_dtype(field)), f"{name}__raw": readings["recorded"]}
        if places[name].missing or field.type == "date":
            columns[f"{name}__why"] = readings["why"]
        rule, text = readings["rule"], readings["expected"]
        queries += findings(rows, contract.form, name, readings["recorded"], rule, text, where=rule.ne(""))
    return columns, queries


def _answered(raw: pd.DataFrame, places: dict[str, FieldMap], name: str) -> pd.Series:
    """Return whether any field but `name` and other checkbox groups is filled in each record."""
    import pandas as pd

    result = pd.Series(False, index=raw.index)
    if places[name].boxes:
        for column in (column for place in places.values() if not place.boxes for column in place.columns):
            result |= ~blank(raw[column])
    return result


def _after_extract(readings: pd.DataFrame, extracted: date) -> pd.DataFrame:
    """Return the readings of a date field with Q-1101 where the known part lies after the day of the extract."""
    limit = extracted.isoformat()
    after = each_distinct(readings["value"], lambda text: text > limit[: len(text)], "boolean")
    late = after.fillna(False).astype(bool) & readings["rule"].eq("")
    text = f"expected {limit} or before; the value is kept"
    return readings.assign(rule=readings["rule"].mask(late, "Q-1101"), expected=readings["expected"].mask(late, text))


def _dtype(field: RawField) -> str:
    return "Int64" if field.type == "integer" else "string"


def _with(base: pd.DataFrame, columns: dict[str, pd.Series]) -> pd.DataFrame:
    import pandas as pd

    return pd.concat([base, pd.DataFrame(columns, index=base.index)], axis="columns")


def _removed(rows: pd.DataFrame, form: str, reason: str | pd.Series) -> pd.DataFrame:
    return rows.assign(subject=rows["SUBJECT"], form=form, reason=reason)[REMOVED_COLUMNS]


def _together(removed: list[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    filled = [rows for rows in removed if len(rows)]
    return frame_of(pd.concat(filled).sort_values("RAWROW") if filled else [], REMOVED_COLUMNS)


def _ordered(queries: Queries) -> Queries:
    """Return queries in the order of the records of the file; those of one record stay in the order of the checks."""
    return sorted(queries, key=lambda row: int(row["RAWROW"]))
