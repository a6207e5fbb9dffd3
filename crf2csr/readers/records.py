"""From text to records: strict CSV, every cell as recorded, every record as wide as the header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from crf2csr.errors import InputError, shown
from crf2csr.mapping import Limits
from crf2csr.readers.text import place
from crf2csr.results import PLACE

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_CHUNK = 20_000


def read_header(name: str, text: str, delimiter: str, limits: Limits) -> list[str]:
    """Return the column names of a file called `name`.

    Raises InputError for a wrong delimiter (F-111), a blank or double name (F-103, F-109).
    """
    with _cell_limit(limits):
        header = next(_records(name, text, delimiter, limits))
    other = [sign for sign in _DELIMITERS if sign != delimiter and sign in header[0]] if len(header) == 1 else []
    if other:
        raise InputError(
            f"{name} row 1 = '{shown(header[0])}': separated by {_DELIMITERS[other[0]]}, but the mapping declares "
            f"{_DELIMITERS[delimiter]}; correct delimiter"
        )
    refuse_bad_names(name, header, limits)
    return header


def refuse_bad_names(name: str, header: list[str], limits: Limits, row: str = " row 1") -> None:
    """Raise InputError for too many columns (F-113), a blank, reserved or double name (F-103, F-109).

    `row` is where the names stand in the file called `name`, "" where they stand in no row.
    """
    if len(header) > limits.columns:
        raise InputError(
            f"{name}: {len(header)} columns, more than limits.columns = {limits.columns}; raise it if that is right"
        )
    for number, column in enumerate(header, start=1):
        if not column.strip() or column in PLACE:
            what = "is reserved" if column.strip() else "has no name"
            raise InputError(f"{name}{row} column {number}: the column '{shown(column)}' {what}; get the extract again")
    double = [column for column in dict.fromkeys(header) if header.count(column) > 1]
    if double:
        raise InputError(f"{name}{row} column '{shown(double[0])}': the header names the column twice; keep one")


def read_columns(name: str, text: str, delimiter: str, limits: Limits) -> list[list[str]]:
    """Return the cells of each column below the header, as recorded.

    Equal texts of the file share one object, so that a long file costs a pointer a cell. Raises InputError naming the
    row for a record that is not as wide as the header (F-104), an unclosed or stray quote or a last line that is cut
    (F-105), and row and column for NUL (F-107) or a cell above `limits.cell` (F-113).
    """
    if "\0" in text:
        row, column = place(text[: text.index("\0")], delimiter)
        raise InputError(
            f"{name} row {row} column {column}: a NUL character; the file is damaged or in another encoding, "
            "get it again"
        )
    with _cell_limit(limits):
        records = _records(name, text, delimiter, limits)
        width = len(next(records))
        columns: list[list[str]] = [[] for _ in range(width)]
        known: dict[str, str] = {}
        first = 2
        while chunk := list(islice(records, _CHUNK)):
            _refuse_ragged(name, chunk, first, width, text)
            for cells, more in zip(columns, zip(*chunk, strict=True), strict=True):
                cells.extend(map(known.setdefault, more, more))
            first += len(chunk)
    if text[-1] not in "\r\n":
        raise InputError(f"{name} row {first - 1}: the last line has no line end, so it may be cut; get the file again")
    return columns


def _records(name: str, text: str, delimiter: str, limits: Limits) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    row = 0
    while True:
        row += 1
        line = reader.line_num + 1
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(f"{name} row {row} (from line {line}): {_explain(str(error), limits)}") from error


def _explain(problem: str, limits: Limits) -> str:
    if "unexpected end" in problem:
        return "a quote is opened and never closed; close it or get the file again"
    if "field larger" in problem:
        return f"a cell has more than limits.cell = {limits.cell} characters; raise the limit in the mapping"
    return "text follows a closing quote; a quote inside a quoted cell is written twice"


def _refuse_ragged(name: str, chunk: list[list[str]], first: int, width: int, text: str) -> None:
    for row, record in enumerate(chunk, start=first):
        if len(record) != width:
            raise InputError(f"{name} row {row}: {_ragged(record, width, row == first + len(chunk) - 1, text)}")


def _ragged(record: list[str], width: int, last: bool, text: str) -> str:
    if not record:
        return "an empty line; remove it or get the file again"
    if len(record) < width and last and text[-1] not in "\r\n":
        return f"the last line is cut: {len(record)} of {width} fields; get the file again"
    example = shown(record[-1])
    found = f"{len(record)} fields, but the header has {width} (last field '{example}')"
    return f"{found}; a delimiter inside a cell needs quotes"


@contextmanager
def _cell_limit(limits: Limits) -> Iterator[None]:
    """Set the size limit of the csv module, which is global, and put the old one back."""
    old = csv.field_size_limit(limits.cell)
    try:
        yield
    finally:
        csv.field_size_limit(old)
