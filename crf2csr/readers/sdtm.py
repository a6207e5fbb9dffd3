"""SDTM datasets of a sponsor: SAS transport files (or sas7bdat), Dataset-JSON or Parquet, every value as text.

One file a domain. A number becomes the shortest decimal text that stands for it, a missing value blank text; nothing
else is read: types, dates and code lists are those of the contract of the domain (`crf2csr.clean.sdtm`).
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crf2csr.contracts import load_contract
from crf2csr.errors import InputError, shown
from crf2csr.mapping import Mapping
from crf2csr.readers.exact import number_text
from crf2csr.readers.folder import ask_each, check_folder, finding, text_frame
from crf2csr.readers.sas_datasets import parse_dataset
from crf2csr.readers.text import raw_bytes, refuse_changed
from crf2csr.results import PLACE
from crf2csr.study import nearest

if TYPE_CHECKING:
    import pandas as pd

#: Columns of a dataset, each with its values.
Columns = dict[str, Iterable[Any]]


def read_form(path: Path, form: str, mapping: Mapping) -> pd.DataFrame:
    """Return the records of a dataset: every column as text, then RAWFILE (file name) and RAWROW (1: the first record).

    Raises InputError naming the file for another format than the suffix says, a damaged file, and columns that the
    contract of the domain `form` needs and the file lacks (F-103).
    """
    data = raw_bytes(path, mapping.limits)
    columns = _columns(path, data, mapping)
    _refuse_missing(path, list(columns), form, mapping)
    texts = {name: [_text(value) for value in values] for name, values in columns.items()}
    count = len(next(iter(texts.values())))
    refuse_changed(path, data)
    return text_frame(texts, mapping.domains[form].source, range(1, count + 1))


def check_extract(folder: Path, mapping: Mapping) -> list[dict[str, str]]:
    """Return the queries about files (Q-101) and columns (Q-102) that nothing reads.

    Raises InputError as `check_folder` and `read_form` do, all datasets together.
    """

    def columns_of(name: str) -> list[dict[str, str]]:
        entry = mapping.domains[name]
        path = folder / entry.file
        header = list(_columns(path, raw_bytes(path, mapping.limits), mapping))
        _refuse_missing(path, header, name, mapping)
        known = {*_wanted(name, mapping).values(), *entry.rows, *entry.ignore}
        return [finding("Q-102", name, entry.source, shown(column), column) for column in header if column not in known]

    return check_folder(folder, mapping) + ask_each(mapping, columns_of)


def _wanted(domain: str, mapping: Mapping) -> dict[str, str]:
    """Return the column of each variable of a domain that the dataset must have."""
    entry = mapping.domains[domain]
    names = [name for name in load_contract("clean", domain).names if name not in PLACE]
    return {name: entry.rename.get(name, name) for name in names if name not in (*entry.constants, *entry.absent)}


def _refuse_missing(path: Path, header: list[str], domain: str, mapping: Mapping) -> None:
    wanted = [*_wanted(domain, mapping).values(), *mapping.domains[domain].rows]
    missing = [f"'{name}'{nearest(name, header)}" for name in wanted if name not in header]
    if missing:
        raise InputError(
            f"{path.name}: columns missing: {', '.join(missing)}; get the dataset again, or name them under rename, "
            f"constants or absent of domains.{domain}"
        )


def _columns(path: Path, data: bytes, mapping: Mapping) -> Columns:
    readers: dict[str, Callable[[str, bytes, Mapping], Columns]] = {
        ".xpt": _sas,
        ".sas7bdat": _sas,
        ".json": _dataset_json,
        ".parquet": _parquet,
    }
    if path.suffix not in readers:
        raise InputError(f"{path.name}: not a dataset; SDTM comes as {', '.join(readers)}")
    return readers[path.suffix](path.name, data, mapping)


def _sas(name: str, data: bytes, mapping: Mapping) -> Columns:
    return dict(parse_dataset(name, data, mapping.encoding, mapping.limits).values)


def _parquet(name: str, data: bytes, mapping: Mapping) -> Columns:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(io.BytesIO(data))
    except pa.ArrowInvalid as error:
        raise InputError(f"{name}: not a Parquet file, or a damaged one; get it again") from error
    return {name: column.to_pylist() for name, column in zip(table.column_names, table.columns, strict=True)}


def _dataset_json(name: str, data: bytes, mapping: Mapping) -> Columns:
    """Return the columns of Dataset-JSON 1.1: `columns` with a name each, `rows` of values."""
    try:
        content = json.loads(data, parse_float=str, parse_int=str)
        names = [str(column["name"]) for column in content["columns"]]
        rows = content["rows"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{name}: not Dataset-JSON 1.1 (columns and rows): {error}; get it again") from error
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, list) or len(row) != len(names):
            raise InputError(f"{name} row {number}: not as many values as columns ({len(names)}); get it again")
    if str(content.get("records", len(rows))) != str(len(rows)):
        raise InputError(f"{name}: {content['records']} records announced, {len(rows)} found (F-110); get it again")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def _text(value: Any) -> str:
    """Return a value as text: missing is blank, a number plain decimal text."""
    if value is None or value != value:
        return ""
    return number_text(value) if isinstance(value, float) else str(value)
