"""From the bytes of a raw file to text in its declared encoding; a doubt stops with file and byte position."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from pathlib import Path

from crf2csr.errors import InputError
from crf2csr.mapping import Limits

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def raw_bytes(path: Path, limits: Limits) -> bytes:
    """Return the bytes of a raw file; raises InputError as `refuse_unfit`."""
    refuse_unfit(path, limits)
    return path.read_bytes()


def refuse_unfit(path: Path, limits: Limits) -> None:
    """Raise InputError for a link (F-112), an absent or empty file (F-101, F-102) or one above `limits.bytes`."""
    if path.is_symlink():
        raise InputError(f"{path.name}: a symbolic link; put the file itself into the extract")
    if not path.is_file():
        raise InputError(
            f"{path.name}: file not found in {path.parent.name}; get the extract again or correct the mapping"
        )
    size = path.stat().st_size
    if size > limits.bytes:
        raise InputError(
            f"{path.name}: {size} bytes, more than limits.bytes = {limits.bytes}; raise the limit in the mapping"
        )
    if not size:
        raise InputError(f"{path.name}: the file is empty; a form without records has at least its header row")


def refuse_changed(path: Path, data: bytes) -> None:
    """Raise InputError if the file no longer holds the bytes that were read (F-112)."""
    with path.open("rb") as file:
        now = hashlib.file_digest(file, "sha256").digest()
    if now != hashlib.sha256(data).digest():
        raise InputError(f"{path.name}: the file changed while it was read; run again when the transfer is complete")


def decode(path: Path, data: bytes, encoding: str, delimiter: str) -> str:
    """Return the text of `data` without its byte-order mark.

    Raises InputError with byte position, row and column (F-106).
    """
    _refuse_other_mark(path, data, encoding)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        row, column = place(error.object[: error.start].decode(encoding, "ignore"), delimiter)
        what = error.object[error.start : error.start + 1].hex()
        raise InputError(
            f"{path.name} row {row} column {column}: byte {error.start} (0x{what}) is not {encoding}; "
            "declare the encoding of the file in the mapping"
        ) from error
    if not text:
        raise InputError(f"{path.name}: the file holds a byte-order mark and nothing else; get the extract again")
    return text


def _refuse_other_mark(path: Path, data: bytes, encoding: str) -> None:
    """Raise InputError if the byte-order mark speaks against the declared encoding."""
    is_utf16 = data.startswith(_UTF16_MARKS)
    if is_utf16 != (encoding == "utf-16"):
        found = "a UTF-16 byte-order mark" if is_utf16 else "no UTF-16 byte-order mark"
        raise InputError(
            f"{path.name}: byte 0: {found}, but the mapping declares {encoding}; declare the encoding of the file"
        )
    if data.startswith(codecs.BOM_UTF8) and encoding != "utf-8-sig":
        raise InputError(
            f"{path.name}: byte 0: a UTF-8 byte-order mark, but the mapping declares {encoding}; declare utf-8-sig"
        )


def place(before: str, delimiter: str) -> tuple[int, str]:
    """Return record number and column name (its number, where it has no name) of the cell that follows `before`."""
    records = list(csv.reader(io.StringIO(before + "x", newline=""), delimiter=delimiter))
    header, number = records[0], len(records[-1])
    return len(records), f"'{header[number - 1]}'" if len(records) > 1 and number <= len(header) else str(number)
