"""The data dictionary of a REDCap project: its instruments, their fields, and the columns of an export for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from crf2csr.errors import InputError, shown
from crf2csr.mapping import Limits, Mapping
from crf2csr.readers.records import read_columns, read_header
from crf2csr.readers.text import decode, raw_bytes
from crf2csr.study import nearest

_NAME, _FORM, _TYPE = "Variable / Field Name", "Form Name", "Field Type"
_CHOICES = "Choices, Calculations, OR Slider Labels"


@dataclass(frozen=True)
class Field:
    """One field: its instrument, its type and, of a checkbox, the codes of its boxes."""

    instrument: str
    type: str
    codes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Dictionary:
    """The fields of a project by name, in order; `record_id` is the first one, `file` the file that says so."""

    file: str
    record_id: str
    fields: dict[str, Field]

    @property
    def instruments(self) -> list[str]:
        """The instruments in order."""
        return list(dict.fromkeys(field.instrument for field in self.fields.values()))

    def instrument(self, column: str) -> str | None:
        """Return the instrument of a column of an export, None for the record id and what the project does not have.

        A box whose code is not among the choices belongs to the instrument of its field: the codes for missing data
        are set for the project as a whole, and no dictionary lists them.
        """
        name = column.partition("___")[0] if self.is_box(column) else column
        return self.fields[name].instrument if name in self.fields and name != self.record_id else None

    def is_box(self, column: str) -> bool:
        """Return whether a column is a box of a checkbox field, whatever its code."""
        name, mark, _ = column.partition("___")
        return bool(mark) and name in self.fields and self.fields[name].type == "checkbox"

    def defect(self, column: str, instrument: str) -> str:
        """Return why a column cannot be one of an instrument, with what to do, or ""."""
        name = column.partition("___")[0]
        found = self.instrument(column)
        if found is None:
            return f"not a field of the dictionary {self.file}{nearest(name, self.fields)}; correct the mapping"
        if found != instrument:
            return f"a field of the instrument '{found}', not of '{instrument}' ({self.file}); correct the mapping"
        codes = self.fields[name].codes
        if self.is_box(column) and spelled(column) not in {spelled(f"{name}___{code}") for code in codes}:
            return (
                f"the box is not among the choices {', '.join(codes)} of '{name}' in {self.file}; correct the mapping"
            )
        if self.fields[name].type == "checkbox" and column == name:
            return f"a checkbox with the choices {', '.join(codes)} ({self.file}); map its boxes {name}___<code>"
        return ""


def spelled(column: str) -> str:
    """Return a column as REDCap spells it: in the code of a box every sign but letters and digits becomes `_`.

    `race___-99` is `race____99`; the name of a field never has three `_` in a row.
    """
    name, mark, code = column.partition("___")
    return name + mark + re.sub("[^a-z0-9]", "_", code.lower())


def instrument_name(label: str) -> str:
    """Return the name that REDCap gives to an instrument with this label: `Adverse events` is `adverse_events`."""
    return re.sub("_+", "_", re.sub("[^a-z0-9_]", "", label.strip().lower().replace(" ", "_")))


def read_dictionary(folder: Path, mapping: Mapping) -> Dictionary:
    """Return the dictionary that the mapping names, in its encoding and with its delimiter.

    Raises InputError for a mapping that names none, for the faults of a CSV file (F-101 to F-113), a header without
    the columns of a REDCap dictionary (F-103), a field without name or instrument, or one that stands twice (F-109).
    """
    if mapping.dictionary is None:
        raise InputError(
            "the mapping names no dictionary; name the data dictionary of the REDCap project, which says what belongs "
            "to which instrument"
        )
    path = folder / mapping.dictionary
    text = decode(path, raw_bytes(path, mapping.limits), mapping.encoding, mapping.delimiter)
    return _parsed(path.name, text, mapping.delimiter, mapping.limits)


@lru_cache(maxsize=1)
def _parsed(file: str, text: str, delimiter: str, limits: Limits) -> Dictionary:
    header = read_header(file, text, delimiter, limits)
    missing = [f"'{name}'{nearest(name, header)}" for name in (_NAME, _FORM, _TYPE, _CHOICES) if name not in header]
    if missing:
        raise InputError(
            f"{file} row 1: not the header of a REDCap data dictionary, columns missing: {', '.join(missing)}; "
            "download the dictionary of the project as CSV"
        )
    cells = dict(zip(header, read_columns(file, text, delimiter, limits), strict=True))
    names = [name.strip() for name in cells[_NAME]]
    instruments = [name.strip() for name in cells[_FORM]]
    _refuse_nameless(file, names, instruments)
    types = [text.strip().lower() for text in cells[_TYPE]]
    codes = map(_codes, cells[_CHOICES], types)
    return Dictionary(file, names[0], dict(zip(names, map(Field, instruments, types, codes), strict=True)))


def _refuse_nameless(file: str, names: list[str], instruments: list[str]) -> None:
    if not names:
        raise InputError(f"{file}: the dictionary holds no field; download it again")
    rows: dict[str, int] = {}
    for row, (name, instrument) in enumerate(zip(names, instruments, strict=True), start=2):
        for column, text in ((_NAME, name), (_FORM, instrument)):
            if not text:
                raise InputError(f"{file} row {row} column '{column}' = '': a field has both; download it again")
        if rows.setdefault(name, row) != row:
            raise InputError(
                f"{file} row {row} column '{_NAME}' = '{shown(name)}': the field stands in row {rows[name]} too; "
                "keep one"
            )


def _codes(choices: str, kind: str) -> tuple[str, ...]:
    """Return the codes of a checkbox, `1, White | 2, Black`; other types have formulas and labels there."""
    if kind != "checkbox":
        return ()
    return tuple(part.partition(",")[0].strip() for part in choices.split("|") if part.strip())
