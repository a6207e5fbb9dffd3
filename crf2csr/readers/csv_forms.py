"""Per-form CSV files as an EDC exports them: one file a form, read as text and nothing guessed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from crf2csr.checks import query
from crf2csr.errors import InputError, shown
from crf2csr.mapping import FieldMap, Mapping, load_raw_contract
from crf2csr.readers.records import read_columns, read_header
from crf2csr.readers.text import decode, raw_bytes, refuse_changed
from crf2csr.study import nearest

if TYPE_CHECKING:
    import pandas as pd

#: What stands beside the raw files and is not one of them.
_BESIDE = ("manifest.json",)


def read_form(path: Path, form: str, mapping: Mapping) -> pd.DataFrame:
    """Return the records of a form as recorded: every column of the file as text, then RAWFILE (file name) and RAWROW.

    RAWROW (Int64) is the record number as a spreadsheet shows it: the header is row 1, a quoted note of several lines
    is one record. No cell is stripped, converted or taken as missing. A file with a header only gives a frame without
    rows. Raises InputError naming file, row and column for the faults F-101 to F-109 and F-111 to F-113.
    """
    import pandas as pd

    data = raw_bytes(path, mapping.limits)
    delimiter = mapping.forms[form].delimiter or mapping.delimiter
    text = decode(path, data, mapping.forms[form].encoding or mapping.encoding, delimiter)
    header = _checked_header(path, text, form, mapping)
    cells = read_columns(path.name, text, delimiter, mapping.limits)
    frame = pd.DataFrame({name: pd.array(column, dtype="string") for name, column in zip(header, cells, strict=True)})
    frame["RAWFILE"] = pd.array([path.name] * len(frame), dtype="string")
    frame["RAWROW"] = pd.array(range(2, len(frame) + 2), dtype="Int64")
    refuse_changed(path, data)
    _refuse_foreign_decimals(frame, form, mapping)
    return frame


def check_extract(folder: Path, mapping: Mapping) -> list[dict[str, str]]:
    """Return the queries about files (Q-101) and columns (Q-102) that the mapping does not know.

    Raises InputError listing every file (F-101) and every column (F-103) that the mapping needs and the extract
    lacks, and for a symbolic link anywhere in the folder (F-112). Rows are ordered by file name.
    """
    if folder.is_symlink() or not folder.is_dir():
        raise InputError(f"{folder}: not a folder; put the extract there or correct the cut")
    found = sorted(folder.iterdir())
    links = [shown(path.name) for path in found if path.is_symlink()]
    if links:
        raise InputError(f"{folder}: symbolic links {', '.join(links)}; put the files themselves into the extract")
    wanted = {entry.file: name for entries in (mapping.forms, mapping.not_mapped) for name, entry in entries.items()}
    _refuse_missing(folder, wanted, [path.name for path in found])
    known = {*wanted, *mapping.ignored_files, *_BESIDE}
    extra_files = [_finding("Q-101", "", path.name, "file", path.name) for path in found if path.name not in known]
    return extra_files + _extra_columns(folder, mapping)


def _refuse_missing(folder: Path, wanted: dict[str, str], found: list[str]) -> None:
    missing = [f"{file} (form {form}{nearest(file, found)})" for file, form in wanted.items() if file not in found]
    if missing:
        raise InputError(f"{folder}: files missing: {', '.join(missing)}; get the extract again or correct the mapping")


def _extra_columns(folder: Path, mapping: Mapping) -> list[dict[str, str]]:
    headers, problems = {}, []
    for form in sorted(mapping.forms, key=lambda name: mapping.forms[name].file):
        path = folder / mapping.forms[form].file
        delimiter = mapping.forms[form].delimiter or mapping.delimiter
        text = decode(
            path, raw_bytes(path, mapping.limits), mapping.forms[form].encoding or mapping.encoding, delimiter
        )
        try:
            headers[form] = _checked_header(path, text, form, mapping)
        except InputError as error:
            problems.append(str(error))
    if problems:
        raise InputError("; ".join(problems))
    return [
        _finding("Q-102", form, mapping.forms[form].file, shown(column), column)
        for form, header in headers.items()
        for column in header
        if column not in {*mapping.needed_columns(form), *mapping.ignored_columns(form)}
    ]


def _finding(rule: str, form: str, file: str, field: str, value: str) -> dict[str, str]:
    return query(rule, subject="", form=form, file=file, row=1, field=field, value=value)


def _checked_header(path: Path, text: str, form: str, mapping: Mapping) -> list[str]:
    """Return the header; raises InputError naming every mapped column that is absent, with the nearest name (F-103)."""
    header = read_header(path.name, text, mapping.forms[form].delimiter or mapping.delimiter, mapping.limits)
    free = set(header) - {*mapping.needed_columns(form), *mapping.ignored_columns(form)}
    missing = [f"'{name}'{nearest(name, sorted(free))}" for name in mapping.needed_columns(form) if name not in header]
    if missing:
        raise InputError(
            f"{path.name} row 1: columns missing: {', '.join(missing)}; get the extract again or correct the mapping"
        )
    return header


def _refuse_foreign_decimals(frame: pd.DataFrame, form: str, mapping: Mapping) -> None:
    """Raise InputError for a number column written throughout with an undeclared decimal sign (F-111).

    One such cell is a slip of the site and becomes a query (Q-108); two or more, with no cell in the declared sign,
    are another format.
    """
    for name, place in mapping.forms[form].fields.items():
        if load_raw_contract(form).fields[name].type == "decimal" and place.column:
            _refuse_foreign_sign(frame, place, place.column)


def _refuse_foreign_sign(frame: pd.DataFrame, place: FieldMap, column: str) -> None:
    foreign = [sign for sign in ".," if sign not in place.decimal and sign != place.thousands]
    if not foreign:
        return
    texts = {text: text.strip() for text in frame[column].unique()}
    signs = re.escape("".join(place.decimal))
    declared = [text for text in texts.values() if re.fullmatch(rf"-?[0-9]+[{signs}][0-9]+", text)]
    other = [text for text, bare in texts.items() if re.fullmatch(rf"-?[0-9]+{re.escape(foreign[0])}[0-9]+", bare)]
    rows = frame[frame[column].isin(other)]
    if len(rows) >= 2 and not declared:
        first = rows.iloc[0]
        raise InputError(
            f"{first['RAWFILE']} row {first['RAWROW']} column '{column}' = '{shown(first[column])}': the column is "
            f"written with '{foreign[0]}', the mapping declares the decimal sign '{' '.join(place.decimal)}'; "
            "declare decimal (or thousands) for the field"
        )
