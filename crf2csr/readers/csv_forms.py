"""Per-form CSV files as an EDC exports them: one file a form, read as text and nothing guessed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from crf2csr.mapping import Mapping
from crf2csr.readers.folder import (
    ask_each,
    check_folder,
    extra_columns,
    refuse_foreign_decimals,
    refuse_missing_columns,
    text_frame,
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
    data = raw_bytes(path, mapping.limits)
    text, header = _opened(path, data, form, mapping)
    cells = read_columns(path.name, text, _delimiter(form, mapping), mapping.limits)
    rows = range(2, len(cells[0]) + 2)
    frame = text_frame(dict(zip(header, cells, strict=True)), mapping.forms[form].source, rows)
    refuse_changed(path, data)
    refuse_foreign_decimals(frame, form, mapping)
    return frame


def check_extract(folder: Path, mapping: Mapping) -> list[dict[str, str]]:
    """Return the queries about files (Q-101) and columns (Q-102) that the mapping does not know.

    Raises InputError listing every file (F-101) and every column (F-103) that the mapping needs and the extract
    lacks, and for a symbolic link anywhere in the folder (F-112). Rows are ordered by file name.
    """

    def columns_of(form: str) -> list[dict[str, str]]:
        path = folder / mapping.forms[form].file
        _, header = _opened(path, raw_bytes(path, mapping.limits), form, mapping)
        return extra_columns(header, form, mapping)

    return check_folder(folder, mapping) + ask_each(mapping, columns_of)


def _delimiter(form: str, mapping: Mapping) -> str:
    return mapping.forms[form].delimiter or mapping.delimiter


def _opened(path: Path, data: bytes, form: str, mapping: Mapping) -> tuple[str, list[str]]:
    """Return text and header of a file; raises InputError naming every mapped column that is absent (F-103)."""
    delimiter = _delimiter(form, mapping)
    text = decode(path, data, mapping.forms[form].encoding or mapping.encoding, delimiter)
    header = read_header(path.name, text, delimiter, mapping.limits)
    refuse_missing_columns(f"{path.name} row 1", header, form, mapping)
    return text, header
