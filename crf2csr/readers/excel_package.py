"""An Excel workbook as a package: what kind of file it is, how large it grows, and the cells of its sheets."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crf2csr.errors import InputError
from crf2csr.mapping import Limits

if TYPE_CHECKING:
    from openpyxl import Workbook

#: First bytes of the older container, which holds .xls workbooks and encrypted ones of today.
_OLD_CONTAINER = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z0-9:]+)"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


@lru_cache(maxsize=1)
def open_workbook(name: str, data: bytes, limits: Limits) -> Workbook:
    """Return the workbook that the file called `name` holds, opened for its values; the last one stays open.

    Raises InputError for anything but a workbook of Excel of today (.xlsx, or .xlsm, whose macros are never loaded):
    one that is encrypted or of Excel 97-2003 (.xls), no archive or a damaged one (F-110), parts that together are
    larger than `limits.bytes` (F-113), and XML that declares a document type.
    """
    _refuse_other_file(name, data, limits)
    return _loaded(name, data, True)


def read_cells(name: str, data: bytes, limits: Limits, part: str) -> list[tuple[Any, ...]]:
    """Return the cells (of openpyxl) of each row of a sheet, from row 1 and column A; rows may differ in length.

    Raises InputError naming the cell for merged cells and for formulas without a saved value.
    """
    sheet = open_workbook(name, data, limits)[part]
    # Read-only sheets do not tell merged cells; the place of the sheet in the package is known to them alone.
    with _refusing_damage(f"{name}:{part}"), zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read(sheet._worksheet_path.lstrip("/"))
    merged = _MERGED.search(xml)
    if merged:
        raise InputError(f"{name}:{part}!{merged[1].decode()}: merged cells; undo the merging: each cell has its value")
    with _refusing_damage(f"{name}:{part}"):
        rows = _cells(sheet)
        formulas = _cells(_loaded(name, data, False)[part]) if _FORMULA.search(xml) else []
    if formulas:
        _refuse_unsaved(f"{name}:{part}", rows, formulas)
    return rows


def _cells(sheet: Any) -> list[tuple[Any, ...]]:
    sheet.reset_dimensions()  # what a sheet says about its own size may be wrong and would cut it
    return list(sheet.iter_rows())


def _refuse_unsaved(where: str, values: list[tuple[Any, ...]], formulas: list[tuple[Any, ...]]) -> None:
    """Raise InputError naming the first formula whose value was not saved; an empty text as value is not told apart."""
    for value_row, formula_row in zip(values, formulas, strict=True):
        for value, formula in zip(value_row, formula_row, strict=True):
            if formula.value is not None and formula.data_type == "f" and value.value is None:
                raise InputError(
                    f"{where}!{formula.coordinate}: a formula without a saved value; open the workbook in Excel and "
                    "save it, or paste values"
                )


def _loaded(name: str, data: bytes, values: bool) -> Workbook:
    """Open a workbook for the saved values of its formulas or, without `values`, for the formulas."""
    from openpyxl import load_workbook

    with _refusing_damage(name):
        return load_workbook(io.BytesIO(data), read_only=True, data_only=values, keep_links=False)


@contextmanager
def _refusing_damage(name: str) -> Iterator[None]:
    """Turn what openpyxl raises for a package or XML that is no workbook into InputError."""
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        yield
    except (LookupError, ValueError, TypeError, SyntaxError, InvalidFileException) as error:
        raise InputError(f"{name}: no Excel workbook, or a damaged one ({error}); get the file again") from error


def _refuse_other_file(name: str, data: bytes, limits: Limits) -> None:
    if data.startswith(_OLD_CONTAINER):
        what = "a password; get it without" if _ENCRYPTED in data else "the format of Excel 97-2003; save it as .xlsx"
        raise InputError(f"{name}: the workbook has {what}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            if size > limits.bytes:
                raise InputError(
                    f"{name}: {size} bytes when unpacked, more than limits.bytes = {limits.bytes}; raise the limit in "
                    "the mapping if that is right"
                )
            damaged = archive.testzip()
            declaring = [part for part in archive.namelist() if not damaged and _declares(archive, part)]
    except (zipfile.BadZipFile, zlib.error, RuntimeError) as error:  # RuntimeError: an encrypted part
        raise InputError(f"{name}: no Excel workbook, or one that is cut ({error}); get the file again") from error
    if damaged:
        raise InputError(f"{name}: its part {damaged} is damaged; get the file again")
    if declaring:
        raise InputError(f"{name}: {declaring[0]} declares a document type, as no workbook of Excel does; get it again")


def _declares(archive: zipfile.ZipFile, part: str) -> bool:
    """Return whether a part declares a document type, in which entities could grow without end."""
    return part.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(part)
