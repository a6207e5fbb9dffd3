"""Per-form CSV files as an EDC exports them: one file a form, read as text and nothing guessed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from crf2csr.errors import InputError
from crf2csr.mapping import Mapping
from crf2csr.readers.folder import (
    check_folder,
    extra_columns,
    located,
    refuse_foreign_decimals,
    refuse_missing_columns,
)
from crf2csr.readers.records import read_columns, read_header
from crf2csr.readers.text import decode, raw_bytes, refuse_changed

if TYPE_CHECKING:
    import pandas as pd


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
    refuse_changed(path, data)
    frame = located(frame, mapping.forms[form].source, range(2, len(frame) + 2))
    refuse_foreign_decimals(frame, form, mapping)
    return frame


def check_extract(folder: Path, mapping: Mapping) -> list[dict[str, str]]:
    """Return the queries about files (Q-101) and columns (Q-102) that the mapping does not know.

    Raises InputError listing every file (F-101) and every column (F-103) that the mapping needs and the extract
    lacks, and for a symbolic link anywhere in the folder (F-112). Rows are ordered by file name.
    """
    return check_folder(folder, mapping) + _extra_columns(folder, mapping)


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
    return [query for form, header in headers.items() for query in extra_columns(header, form, mapping)]


def _checked_header(path: Path, text: str, form: str, mapping: Mapping) -> list[str]:
    """Return the header; raises InputError naming every mapped column that is absent, with the nearest name (F-103)."""
    header = read_header(path.name, text, mapping.forms[form].delimiter or mapping.delimiter, mapping.limits)
    refuse_missing_columns(f"{path.name} row 1", header, form, mapping)
    return header
