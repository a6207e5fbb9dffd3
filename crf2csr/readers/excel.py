"""Excel workbooks: one sheet a form, names in row 1, each cell as text by its own type and nothing guessed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crf2csr.errors import InputError, shown
from crf2csr.mapping import Mapping
from crf2csr.readers.exact import date_columns, datetime_text, number_text
from crf2csr.readers.excel_package import open_workbook, read_cells
from crf2csr.readers.folder import (
    ask_each,
    check_folder,
    extra_columns,
    finding,
    refuse_foreign_decimals,
    refuse_missing_columns,
    text_frame,
)
from crf2csr.readers.records import refuse_bad_names
from crf2csr.readers.text import raw_bytes, refuse_changed
from crf2csr.study import nearest

if TYPE_CHECKING:
    import pandas as pd

#: What a cell holds: text, number, truth, a date (its format shows no time), a moment, a time of the day, or nothing.
Value = str | int | float | bool | date | datetime | time | timedelta | None
Row = tuple[Value, ...]


def read_form(path: Path, form: str, mapping: Mapping) -> pd.DataFrame:
    """Return the rows of a sheet as text, then RAWFILE (`file:sheet`) and RAWROW (Int64).

    RAWROW is the number of the row in the sheet, as Excel shows it: names stand in row 1. Text is kept as it is; a
    number is its shortest decimal text; a cell with a date format is ISO text, without time where its format shows
    none or where the mapping reads the column as a date (midnight only); truth is TRUE or FALSE; of a formula the value
    that was saved. Hidden rows and columns are read, macros never loaded, empty rows and columns at the end ignored.
    Raises InputError naming file, sheet and cell for error values (#N/A), formulas without a saved value, merged
    cells, an empty row between others, a value below no name, and for the faults F-101 to F-103 and F-109 to F-113.
    """
    data = raw_bytes(path, mapping.limits)
    where, header, rows = _sheet(path, data, form, mapping)
    dates = date_columns(form, mapping)
    texts = {name: [_text(row[number], name in dates) for row in rows] for number, name in enumerate(header)}
    _refuse_long(where, texts, mapping.limits.cell)
    frame = text_frame(texts, mapping.forms[form].source, range(2, len(rows) + 2))
    refuse_changed(path, data)
    refuse_foreign_decimals(frame, form, mapping)
    return frame


def check_extract(folder: Path, mapping: Mapping) -> list[dict[str, str]]:
    """Return the queries about files and sheets (Q-101) and columns (Q-102) that the mapping does not know.

    A sheet is known if it is the part of a form, mapped or not, or stands as `file:sheet` in `ignored_files`. Raises
    InputError listing every file that is missing (F-101), else what `read_form` refuses about sheets, names and cells.
    """

    def columns_of(form: str) -> list[dict[str, str]]:
        path = folder / mapping.forms[form].file
        _, header, _ = _sheet(path, raw_bytes(path, mapping.limits), form, mapping)
        return extra_columns(header, form, mapping)

    queries = check_folder(folder, mapping) + ask_each(mapping, columns_of)
    for file in sorted({entry.file for entry in mapping.forms.values()}):
        queries += _extra_sheets(folder / file, mapping)
    return queries


def _extra_sheets(path: Path, mapping: Mapping) -> list[dict[str, str]]:
    forms = [form for form in mapping.forms.values() if form.file == path.name]
    known = {form.source for form in forms} | set(mapping.ignored_files)
    known |= {f"{form.file}:{form.part}" for form in mapping.not_mapped.values()}
    sheets = open_workbook(path.name, raw_bytes(path, mapping.limits), mapping.limits).sheetnames
    extra = [name for name in sheets if f"{path.name}:{name}" not in known]
    if all(form.part is None for form in forms):
        return []  # one form, one sheet: `_part` refuses a second one
    return [finding("Q-101", "", f"{path.name}:{name}", "file", name) for name in extra]


def _sheet(path: Path, data: bytes, form: str, mapping: Mapping) -> tuple[str, list[str], list[Row]]:
    """Return how a message names the sheet of a form, its names, and its rows below, as wide as the names."""
    part = _part(path.name, open_workbook(path.name, data, mapping.limits).sheetnames, form, mapping)
    where = f"{path.name}:{part}"
    cells = read_cells(path.name, data, mapping.limits, part)
    rows = [tuple(_value(where, cell) for cell in row) for row in cells]
    while rows and not _width(rows[-1]):
        rows.pop()
    if not rows:
        raise InputError(f"{where}: the sheet is empty; a form without records has at least its header row")
    width = max(map(_width, rows))
    rows = [(*row[:width], *[None] * (width - len(row))) for row in rows]
    header = [_text(value, False) for value in rows[0]]
    refuse_bad_names(where, header, mapping.limits)
    refuse_missing_columns(f"{where} row 1", header, form, mapping)
    for number, row in enumerate(rows, start=1):
        if not _width(row):
            raise InputError(f"{where} row {number}: an empty row between others; remove it or get the file again")
    return where, header, rows[1:]


def _part(file: str, sheets: list[str], form: str, mapping: Mapping) -> str:
    part = mapping.forms[form].part
    if part is None and len(sheets) != 1:
        names = ", ".join(f"'{shown(name)}'" for name in sheets)
        raise InputError(f"{file}: {len(sheets)} sheets: {names}; name one of them as part of form {form}")
    if part is not None and part not in sheets:
        raise InputError(f"{file}: no sheet '{part}' (form {form}){nearest(part, sheets)}; correct part in the mapping")
    return sheets[0] if part is None else part


def _width(row: Row) -> int:
    """Return the number of the last cell that holds anything."""
    return max((number for number, value in enumerate(row, start=1) if value not in (None, "")), default=0)


def _value(where: str, cell: Any) -> Value:
    """Return what a cell holds; a date if its format shows no time and it is midnight. Raises InputError (#N/A)."""
    from openpyxl.styles.numbers import is_datetime
    from openpyxl.utils.escape import unescape

    value: Value = cell.value
    if value is None:
        return None
    if cell.data_type == "e":
        raise InputError(
            f"{where}!{cell.coordinate} = '{value}': an error value of Excel; correct the cell at its source"
        )
    if isinstance(value, str):
        return str(unescape(value)) if "_x" in value else value
    if isinstance(value, datetime) and value.time() == time() and is_datetime(cell.number_format) == "date":
        return value.date()
    return value


def _text(value: Value, as_date: bool) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, timedelta):
        return _duration(value)
    return datetime_text(value, as_date) if isinstance(value, datetime) else value.isoformat()


def _duration(value: timedelta) -> str:
    """Return hours, minutes and seconds of a cell that counts hours beyond a day (`[h]:mm`): `08:30:00`, `26:00:00`."""
    hours, rest = divmod(value, timedelta(hours=1))
    return f"{hours:02d}:{(datetime.min + rest).time().isoformat()[3:]}"


def _refuse_long(where: str, texts: dict[str, list[str]], limit: int) -> None:
    for name, column in texts.items():
        row = next((number for number, text in enumerate(column, start=2) if len(text) > limit), None)
        if row:
            raise InputError(
                f"{where} row {row} column '{shown(name)}': more than limits.cell = {limit} characters; raise it in "
                "the mapping"
            )
