"""What a SAS transport file (.xpt, version 5 or 8) holds that pyreadstat does not tell: its end, NUL, special missings.

A transport file is a sequence of records of 80 bytes; observations follow the header record `OBS` (`OBSV8`), one after
the other without regard to the records, and blanks fill the last record (SAS technical notes TS-140, "The Record Layout
of a Data Set in SAS Transport (XPORT) Format", and its version 8). Only version 8 says how many observations there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RECORD = 80
_MARK = b"HEADER RECORD*******"
#: Where the count of observations stands in the header record of version 8.
_COUNT = slice(48, 63)


def observations(name: str, data: bytes, width: int, rows: int) -> NDArray:  # type: ignore[type-arg]
    """Return the bytes of the observations, one row of `width` bytes each; `rows` is how many pyreadstat read.

    Raises InputError for a file that is cut or holds more than one dataset (F-110). A version 5 file that is cut
    exactly after a full record that ends an observation cannot be told from a complete one.
    """
    import numpy as np

    _refuse_several(name, data)
    start = _after_header(name, data)
    found = data[start:]
    rest = found[rows * width :]
    if len(data) % _RECORD or len(found) < rows * width or rest.strip(b" "):
        raise InputError(
            f"{name}: {len(data)} bytes: the file ends within a record or within observation {rows + 1}; it is cut, "
            "get it again"
        )
    _refuse_other_count(name, data[start - _RECORD : start], rows)
    return np.frombuffer(found, np.uint8, rows * width).reshape(rows, width)


def _refuse_several(name: str, data: bytes) -> None:
    starts = [i for i in range(0, len(data), _RECORD) if data.startswith((_MARK + b"MEMBER ", _MARK + b"MEMBV8 "), i)]
    if len(starts) != 1:
        raise InputError(
            f"{name}: {len(starts)} datasets in one transport file; one dataset a file is read, ask for one a form"
        )


def _after_header(name: str, data: bytes) -> int:
    """Return where the observations start."""
    marks = (_MARK + b"OBS ", _MARK + b"OBSV8 ")
    for start in range(0, len(data), _RECORD):
        if data.startswith(marks, start):
            return start + _RECORD
    raise InputError(f"{name}: the header has no record OBS; the file is cut, get it again")


def _refuse_other_count(name: str, header: bytes, rows: int) -> None:
    count = header[_COUNT].strip() if header.startswith(_MARK + b"OBSV8 ") else b""
    if count.isdigit() and int(count) not in (0, rows):
        raise InputError(f"{name}: {rows} observations, but its header announces {int(count)}; get the file again")
