"""The bytes of a SAS dataset or format catalog to values: text, numbers, and the names of special missing values."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crf2csr.errors import InputError, shown
from crf2csr.mapping import Limits
from crf2csr.readers.records import refuse_bad_names
from crf2csr.readers.sas_transport import observations
from crf2csr.readers.sas_values import format_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Each byte is one character of this encoding, so that pyreadstat hands over every text whole, to be decoded here.
_BYTES = "iso-8859-1"
#: Numbers stay numbers, and no frame is built.
_PLAIN = {"disable_datetime_conversion": True, "output_format": "dict"}
#: Encodings of text files only.
_FOREIGN = ("utf-8-sig", "utf-16")


@dataclass(frozen=True)
class Dataset:
    """A dataset by column name as stored; all columns have one value an observation.

    `values`: text without the blanks that fill it up, numbers (float), "" for a missing number, `.A` to `.Z` or `._`
    for a special missing one. `formats`: names without width, in capitals, "" where a variable has none.
    """

    values: dict[str, list[Any]]
    formats: dict[str, str]


def parse_dataset(name: str, data: bytes, encoding: str, limits: Limits) -> Dataset:
    """Return the dataset that the file called `name` (.sas7bdat or .xpt) holds, text decoded as `encoding`.

    Raises InputError for another kind of file, one that is cut or whose rows differ from its own count (F-110),
    another encoding than declared (F-106, with row and column), NUL in a transport file (F-107), and what is above
    `limits` (F-113).
    """
    if encoding in _FOREIGN:
        raise InputError(f"{name}: a SAS dataset is never {encoding}; declare its encoding, such as utf-8 or cp1252")
    kinds = {".sas7bdat": _parse_sas7bdat, ".xpt": _parse_transport}
    suffix = Path(name).suffix.lower()
    if suffix not in kinds:
        raise InputError(f"{name}: a SAS dataset ends with .sas7bdat or .xpt; correct file in the mapping")
    values, about = kinds[suffix](name, data, encoding)
    widest = max(about.variable_storage_width.values(), default=0)
    if widest > limits.cell:
        raise InputError(f"{name}: a variable of {widest} bytes, more than limits.cell = {limits.cell}; raise it")
    # Two names that differ in case are one to SAS.
    refuse_bad_names(name, [column.upper() for column in about.column_names], limits, row="")
    texts = {column: _decoded(name, column, cells, encoding) for column, cells in values.items()}
    return Dataset(texts, {column: format_name(text) for column, text in about.original_variable_types.items()})


def parse_catalog(name: str, data: bytes, encoding: str) -> dict[str, dict[Any, str]]:
    """Return the labels of a format catalog (.sas7bcat): format name (capitals, `$` first for text) -> value -> label.

    A special missing number stands as `.A`. Raises InputError for a file that is no catalog.
    """
    import pyreadstat

    _, about = _refusing(name, "format catalog", pyreadstat.read_sas7bcat, data, encoding=encoding)
    found = {format_name(text): labels for text, labels in about.value_labels.items()}
    if not found:
        raise InputError(f"{name}: no format catalog of SAS, or an empty one; name the .sas7bcat of these datasets")
    return {
        text: {f".{key}" if isinstance(key, str) and text[:1] != "$" else key: label for key, label in labels.items()}
        for text, labels in found.items()
    }


def _parse_sas7bdat(name: str, data: bytes, encoding: str) -> tuple[dict[str, list[Any]], Any]:
    import pyreadstat

    _, header = _refusing(name, "dataset", pyreadstat.read_sas7bdat, data, metadataonly=True)
    _refuse_other_encoding(name, header.file_encoding, encoding)
    values, about = _refusing(
        name, "dataset", pyreadstat.read_sas7bdat, data, encoding=_BYTES, user_missing=True, **_PLAIN
    )
    numbers = [column for column, kind in about.readstat_variable_types.items() if kind != "string"]
    for column in numbers:
        values[column] = [
            "" if cell is None else f".{cell}" if isinstance(cell, str) else cell for cell in values[column]
        ]
    return dict(values), about


def _parse_transport(name: str, data: bytes, encoding: str) -> tuple[dict[str, list[Any]], Any]:
    import pyreadstat

    values, about = _refusing(name, "transport file", pyreadstat.read_xport, data, encoding=_BYTES, **_PLAIN)
    widths = about.variable_storage_width
    rows = observations(name, data, sum(widths.values()), about.number_rows)
    start = 0
    for column, width in widths.items():
        cells, start = rows[:, start : start + width], start + width
        if about.readstat_variable_types[column] == "string":
            _refuse_nul(name, column, cells)
        else:
            values[column] = [
                _missing(cells[row, 0]) if cell is None else cell for row, cell in enumerate(values[column])
            ]
    return dict(values), about


def _missing(first: int) -> str:
    """Return the name of a missing number of a transport file by its first byte: `.A` to `.Z`, `._`, "" for `.`."""
    return "" if first == ord(".") else f".{chr(first)}"


def _refuse_nul(name: str, column: str, cells: NDArray[Any]) -> None:
    found = (cells == 0).any(axis=1).nonzero()[0]
    if len(found):
        raise InputError(
            f"{name} row {found[0] + 1} column '{shown(column)}': a NUL character, behind which text would be lost; "
            "get the file again, padded with blanks"
        )


def _decoded(name: str, column: str, cells: list[Any], encoding: str) -> list[Any]:
    """Return a column with its texts decoded; numbers and the names of missing ones stay."""
    known: dict[Any, Any] = {}
    for row, cell in enumerate(cells, start=1):
        if cell not in known:
            try:
                known[cell] = cell.encode(_BYTES).decode(encoding) if isinstance(cell, str) else cell
            except UnicodeDecodeError as error:
                raise InputError(
                    f"{name} row {row} column '{shown(column)}': byte {error.start} of the cell "
                    f"(0x{error.object[error.start]:02x}) is not {encoding}; declare the encoding of the file in the "
                    "mapping"
                ) from error
    return [known[cell] for cell in cells]


def _refuse_other_encoding(name: str, stated: str | None, declared: str) -> None:
    """Raise InputError if a dataset states another encoding than the mapping; ASCII and no statement fit any."""
    if not stated or stated.upper() in ("US-ASCII", "ASCII"):
        return
    try:
        same = codecs.lookup(stated) == codecs.lookup(declared)
    except LookupError:
        same = False
    if not same:
        raise InputError(
            f"{name}: the dataset says that it is {stated}, but the mapping declares {declared}; declare the encoding "
            "of the file"
        )


def _refusing(name: str, kind: str, read: Callable[..., Any], data: bytes, **options: Any) -> Any:
    from pyreadstat import PyreadstatError, ReadstatError

    try:
        return read(BytesIO(data), **options)
    except (PyreadstatError, ReadstatError, UnicodeDecodeError) as error:
        raise InputError(
            f"{name}: no {kind} of SAS that can be read, or one that is cut ({error}); get the file again"
        ) from error
