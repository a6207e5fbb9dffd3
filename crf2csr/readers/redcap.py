"""CSV exports of a REDCap project with its data dictionary: all instruments in one file, or one file an instrument.

A row of an export is a record (subject), an event and, where something repeats, an instance; it holds every instrument
of that event that does not repeat, or one instance of one that does. A cell says something unless it is blank, a box
that is not ticked (0, Unchecked) or the status of a form that is not complete (0, Incomplete): REDCap writes the last
two for forms that nobody opened. A row belongs to an instrument

- if its redcap_repeat_instrument names it, by name or by label, or
- if that is blank and one of its own cells, or its status, says something.

Beside the columns of the file a form has three that the mapping may name under `common` (REDCap has no capitals):
EVENT, the event, with `#` and the instance where the event itself repeats (`cycle_arm_1#3`); INSTANCE, the instance of
a repeating instrument, else blank; FORM_COMPLETE, the status of the form.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from crf2csr.checks import query
from crf2csr.errors import InputError, shown
from crf2csr.mapping import Limits, Mapping
from crf2csr.readers.folder import (
    check_folder,
    extra_columns,
    finding,
    refuse_foreign_decimals,
    refuse_missing_columns,
    text_frame,
)
from crf2csr.readers.records import read_columns, read_header
from crf2csr.readers.redcap_dictionary import Dictionary, instrument_name, read_dictionary, spelled
from crf2csr.readers.text import decode, raw_bytes, refuse_changed
from crf2csr.study import nearest

if TYPE_CHECKING:
    import pandas as pd

_EVENT, _REPEATED, _INSTANCE = "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"
#: Columns that REDCap itself adds to a row.
_STRUCTURE = (_EVENT, _REPEATED, _INSTANCE, "redcap_data_access_group", "redcap_survey_identifier")
#: Columns that this reader adds to a form.
SUPPLIED = ("EVENT", "INSTANCE", "FORM_COMPLETE")
#: Texts, in lower case, that say nothing: of a box, of the status of a form, of any other field.
_UNTICKED, _UNOPENED, _BLANK = ("", "0", "unchecked"), ("", "0", "incomplete"), ("",)


@dataclass(frozen=True)
class Export:
    """One file: its columns with their cells, and for each instrument the rows (from 0) that are records of it.

    `unopened` are the rows whose status is 0 or Incomplete with nothing else in the form: not told apart from forms
    that nobody opened.
    """

    cells: dict[str, list[str]]
    rows: dict[str, list[int]]
    unopened: dict[str, list[int]]


def read_form(path: Path, form: str, mapping: Mapping) -> pd.DataFrame:
    """Return the records of a form as recorded: every column of its instrument as text, then RAWFILE and RAWROW.

    Columns: record id and the columns of REDCap that the file has, the columns of the instrument, EVENT, INSTANCE and
    FORM_COMPLETE. A box is called as the mapping spells it (`race___-99` or `race____99`). RAWROW (Int64) is the record
    number of the file as a spreadsheet shows it, header 1: several instruments may share a row, so RAWFILE
    (`file:instrument`) belongs to it. Raises InputError for the faults of a CSV file (F-101 to F-113), a header of
    labels, a column that the dictionary does not know or gives to another instrument, a box without choice, an unknown
    instrument, a wrong instance, a row twice, and a row of a repeating instrument that holds cells of another one.
    """
    dictionary = read_dictionary(path.parent, mapping)
    export = _export(path, form, mapping, dictionary)
    problems = _defects(path.name, form, mapping, dictionary, export)
    if problems:
        raise InputError("; ".join(problems))
    instrument = _instrument(form, mapping)
    columns = [name for name in (dictionary.record_id, *_STRUCTURE) if name in export.cells]
    columns += _own(instrument, export, dictionary)
    names = _names(columns, form, mapping)
    rows = export.rows.get(instrument, [])
    texts = {name: [export.cells[column][row] for row in rows] for name, column in zip(names, columns, strict=True)}
    frame = text_frame(_supplied(texts, instrument), mapping.forms[form].source, [row + 2 for row in rows])
    refuse_foreign_decimals(frame, form, mapping)
    return frame


def _supplied(texts: dict[str, list[str]], instrument: str) -> dict[str, list[str]]:
    """Return the columns with those of SUPPLIED."""
    status = texts[f"{instrument}_complete"]
    event, repeated, instance = (texts.get(name, [""] * len(status)) for name in (_EVENT, _REPEATED, _INSTANCE))
    rows = list(zip(event, repeated, instance, strict=True))
    return texts | {
        "EVENT": [
            f"{name}#{number.strip()}" if number.strip() and not form.strip() else name for name, form, number in rows
        ],
        "INSTANCE": [number if form.strip() else "" for _, form, number in rows],
        "FORM_COMPLETE": status,
    }


def check_extract(folder: Path, mapping: Mapping) -> list[dict[str, str]]:
    """Return the queries about files and instruments (Q-101) and columns (Q-102) that the mapping does not know, and
    how many rows of a form have a status of 0 and nothing else, which are not records (Q-111, information).

    Raises InputError as `read_form` does; what is wrong with columns is listed for all forms at once.
    """
    queries = check_folder(folder, mapping)
    dictionary = read_dictionary(folder, mapping)
    problems: list[str] = []
    for file in sorted({entry.file for entry in mapping.forms.values()}):
        forms = [form for form in mapping.forms if mapping.forms[form].file == file]
        for form in forms:
            export = _export(folder / file, form, mapping, dictionary)
            problems += _defects(file, form, mapping, dictionary, export)
            queries += _extra_columns(form, mapping, dictionary, export) + _unopened(form, mapping, dictionary, export)
        queries += _extra_instruments(file, mapping, dictionary, export)
    if problems:
        raise InputError("; ".join(dict.fromkeys(problems)))
    return queries


def _extra_columns(form: str, mapping: Mapping, dictionary: Dictionary, export: Export) -> list[dict[str, str]]:
    instrument = _instrument(form, mapping)
    own = [name for name in _own(instrument, export, dictionary) if dictionary.instrument(name)]
    return extra_columns(_names(own, form, mapping), form, mapping)


def _extra_instruments(file: str, mapping: Mapping, dictionary: Dictionary, export: Export) -> list[dict[str, str]]:
    known = {entry.part or form for form, entry in mapping.forms.items() if entry.file == file}
    known |= {entry.part or form for form, entry in mapping.not_mapped.items() if entry.file == file}
    found = dict.fromkeys(dictionary.instrument(name) for name in export.cells)
    sources = {name: f"{file}:{name}" for name in found if name and name not in known}
    return [finding("Q-101", "", at, "file", at) for at in sources.values() if at not in mapping.ignored_files]


def _unopened(form: str, mapping: Mapping, dictionary: Dictionary, export: Export) -> list[dict[str, str]]:
    instrument = _instrument(form, mapping)
    rows = export.unopened.get(instrument, [])
    if not rows:
        return []
    column, one = f"{instrument}_complete", "one row has" if len(rows) == 1 else f"{len(rows)} rows have"
    text = f"{one} this status and nothing else in the form; they are not records, since REDCap writes it for forms "
    text += "that nobody opened"
    value, source = export.cells[column][rows[0]], mapping.forms[form].source
    row = rows[0] + 2
    return [
        query(
            "Q-111",
            subject="",
            form=form,
            file=source,
            row=row,
            field="status",
            value=value,
            expected=text,
            severity="I",
        )
    ]


def _instrument(form: str, mapping: Mapping) -> str:
    return mapping.forms[form].part or form


def _own(instrument: str, export: Export, dictionary: Dictionary) -> list[str]:
    """Return the columns of an instrument in the order of the file, its status and time stamp with them."""
    beside = (f"{instrument}_complete", f"{instrument}_timestamp")
    return [name for name in export.cells if name in beside or dictionary.instrument(name) == instrument]


def _names(columns: Iterable[str], form: str, mapping: Mapping) -> list[str]:
    """Return the columns as the mapping spells them."""
    wanted = {spelled(name): name for name in (*mapping.needed_columns(form), *mapping.ignored_columns(form))}
    return [wanted.get(spelled(column), column) for column in columns]


def _defects(file: str, form: str, mapping: Mapping, dictionary: Dictionary, export: Export) -> list[str]:
    """Return what is wrong between file, dictionary and mapping of a form: columns that none or another one knows."""
    instrument = _instrument(form, mapping)
    if instrument not in dictionary.instruments:
        close = nearest(instrument, dictionary.instruments)
        return [f"forms.{form}: no instrument '{instrument}' in {dictionary.file}{close}; correct part"]
    entry = mapping.forms[form]
    beside = (f"{instrument}_complete", f"{instrument}_timestamp", dictionary.record_id, *_STRUCTURE)
    columns = [name for field in entry.fields.values() for name in field.columns if name not in beside]
    bad = {name: dictionary.defect(name, instrument) for name in columns}
    problems = [f"forms.{form} column '{name}': {text}" for name, text in bad.items() if text]
    everywhere = (dictionary.record_id, *_STRUCTURE, *SUPPLIED)
    for name, column in mapping.common.model_dump().items():
        if column and column not in everywhere:
            text = f"common.{name} = '{column}': not on every row of an export; use one of {', '.join(everywhere)}"
            problems.append(text)
    where = f"{file} row 1 (instrument '{instrument}')"
    status = f"{instrument}_complete"
    if status not in export.cells:
        problems.append(f"{where}: columns missing: '{status}'; export the status of the forms too")
    try:
        refuse_missing_columns(where, [*_names(export.cells, form, mapping), *SUPPLIED], form, mapping)
    except InputError as error:
        problems.append(str(error))
    return problems


def _export(path: Path, form: str, mapping: Mapping, dictionary: Dictionary) -> Export:
    """Return the file of a form; one that holds several forms is parsed once a process."""
    entry = mapping.forms[form]
    delimiter, encoding = entry.delimiter or mapping.delimiter, entry.encoding or mapping.encoding
    data = raw_bytes(path, mapping.limits)
    export = _parsed(path.name, decode(path, data, encoding, delimiter), delimiter, mapping.limits, dictionary)
    refuse_changed(path, data)
    strange = _strange(export, mapping, dictionary)
    if strange:
        names = ", ".join(f"'{shown(name)}'{nearest(name, dictionary.fields)}" for name in strange)
        raise InputError(
            f"{path.name} row 1: columns that the dictionary {dictionary.file} does not know: {names}; get export and "
            "dictionary of the same day"
        )
    return export


def _strange(export: Export, mapping: Mapping, dictionary: Dictionary) -> list[str]:
    """Return the columns that are neither REDCap's own, nor of a field, nor declared as ignored."""
    known = {
        dictionary.record_id,
        *_STRUCTURE,
        *(name for form in mapping.forms for name in mapping.ignored_columns(form)),
    }
    known |= {f"{name}_{end}" for name in dictionary.instruments for end in ("complete", "timestamp")}
    return [name for name in export.cells if name not in known and not dictionary.instrument(name)]


@lru_cache(maxsize=1)
def _parsed(file: str, text: str, delimiter: str, limits: Limits, dictionary: Dictionary) -> Export:
    """Return what a text holds; the last one is kept, with its text as key."""
    header = _header(file, text, delimiter, limits, dictionary)
    cells = dict(zip(header, read_columns(file, text, delimiter, limits), strict=True))
    repeated = _repeated(file, cells, dictionary)
    _refuse_twice(file, cells, repeated, dictionary.record_id)
    rows: dict[str, list[int]] = {}
    unopened: dict[str, list[int]] = {}
    for instrument in dictionary.instruments:
        saying = _saying(file, instrument, cells, repeated, dictionary)
        rows[instrument] = [row for row, name in enumerate(repeated) if name == instrument or row in saying]
        status = cells.get(f"{instrument}_complete", [])
        unopened[instrument] = [
            row for row, text in enumerate(status) if text.strip() and not repeated[row] and row not in saying
        ]
    return Export(cells, rows, unopened)


def _header(file: str, text: str, delimiter: str, limits: Limits, dictionary: Dictionary) -> list[str]:
    """Return the header; raises InputError for labels in place of names, and for a box in two spellings (F-109)."""
    first = [name.strip('"\r') for name in text.partition("\n")[0].split(delimiter)]
    # Before the header is read: labels stand twice in it (`Complete?`), which would hide what is wrong.
    if not any(name.startswith(dictionary.record_id) for name in first):
        raise InputError(
            f"{file} row 1 column 1 = '{shown(first[0])}': expected '{dictionary.record_id}', the first field of "
            f"{dictionary.file}; export with variable names in the header, not with labels"
        )
    header = read_header(file, text, delimiter, limits)
    if dictionary.record_id not in header:
        raise InputError(f"{file} row 1: no column '{dictionary.record_id}', the first field of {dictionary.file}")
    seen: dict[str, str] = {}
    for column in header:
        if seen.setdefault(spelled(column), column) != column:
            raise InputError(f"{file} row 1: '{column}' and '{seen[spelled(column)]}' are the same box; keep one")
        if column in dictionary.fields and dictionary.fields[column].type == "checkbox":
            raise InputError(
                f"{file} row 1 column '{column}': the options of a checkbox in one column; export each in its own"
            )
    return header


def _repeated(file: str, cells: dict[str, list[str]], dictionary: Dictionary) -> list[str]:
    """Return for each row the repeating instrument that it holds, "" where it holds those that do not repeat.

    Raises InputError naming row and column for an unknown instrument and an instance that is no whole number from 1.
    """
    number = len(cells[dictionary.record_id])
    nothing = [""] * number
    texts, instances = cells.get(_REPEATED, nothing), cells.get(_INSTANCE, nothing)
    known = {name: name for name in dictionary.instruments} | {"": ""}
    result = []
    for row, (text, instance) in enumerate(zip(texts, instances, strict=True), start=2):
        label, count = text.strip(), instance.strip()
        name = known.get(label, known.get(instrument_name(label) or label))
        if name is None:
            close = nearest(label, dictionary.instruments)
            raise InputError(
                f"{file} row {row} column '{_REPEATED}' = '{shown(text)}': not an instrument of {dictionary.file}"
                f"{close}; get export and dictionary of the same day"
            )
        if (name or count) and not (count.isascii() and count.isdigit() and int(count)):
            raise InputError(
                f"{file} row {row} column '{_INSTANCE}' = '{shown(instance)}': expected a whole number from 1; "
                "get the export again"
            )
        result.append(name)
    return result


def _refuse_twice(file: str, cells: dict[str, list[str]], repeated: list[str], record_id: str) -> None:
    """Raise InputError naming both rows where two have one record, event, instrument and instance."""
    nothing = [""] * len(repeated)
    parts = [cells[record_id], cells.get(_EVENT, nothing), repeated, cells.get(_INSTANCE, nothing)]
    seen: dict[tuple[str, ...], int] = {}
    for row, key in enumerate(zip(*parts, strict=True), start=2):
        first = seen.setdefault(key, row)
        if first != row:
            what = ", ".join(shown(part) for part in key if part)
            raise InputError(
                f"{file} row {row}: '{what}' stands in row {first} too; REDCap has each record, event, instrument and "
                "instance once, so the file was put together by hand: get the export again"
            )


def _saying(
    file: str, instrument: str, cells: dict[str, list[str]], repeated: list[str], dictionary: Dictionary
) -> set[int]:
    """Return the rows in which a cell or the status of an instrument says something.

    Raises InputError naming row and column for such a cell in a row of another, repeating instrument.
    """
    status = f"{instrument}_complete"
    result: set[int] = set()
    for column in [name for name in cells if name == status or dictionary.instrument(name) == instrument]:
        words = _UNOPENED if column == status else _UNTICKED if dictionary.is_box(column) else _BLANK
        nothing = {text for text in set(cells[column]) if text.strip().lower() in words}
        rows = [row for row, text in enumerate(cells[column]) if text not in nothing]
        other = next((row for row in rows if repeated[row] not in ("", instrument)), None)
        if other is not None:
            raise InputError(
                f"{file} row {other + 2} column '{column}' = '{shown(cells[column][other])}': a cell of the instrument "
                f"'{instrument}' in a row of the repeating instrument '{repeated[other]}'; get the export again"
            )
        result.update(rows)
    return result
