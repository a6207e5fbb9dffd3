"""The demonstration as REDCap exports it: one flat CSV of raw values, or one CSV of labels for each instrument.

The project behind both: an event a visit (follow-up is one event that repeats), a repeating instrument for every form
that has several records at a visit, the site as data access group, PROMIS and BCPT as surveys. What REDCap has no place
for is not written: deleted records, open queries, times of entry, a site that differs within a subject. A record number
that stands twice becomes the next free instance. The choices of a field are its texts, so raw values and labels agree.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from crf2csr.errors import InputError
from crf2csr.mapping import Mapping
from crf2csr.raw_contracts import RawField, load_raw_contract

if TYPE_CHECKING:
    import pandas as pd

#: Forms that have one record at a visit; all others are repeating instruments.
SINGLE = ("dm", "enr", "ex_tdm1", "dlt", "nl", "rs", "eos", "fu", "sv", "dxh", "pe")
#: Forms that the subject fills in.
SURVEYS = ("promis", "bcpt")
_KEYS = ("record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")
_AFTER_KEYS = ("redcap_data_access_group", "redcap_survey_identifier")
_COMPLETE = {"Locked": "2", "Complete": "2", "Incomplete": "0"}
_STATUS_LABELS = {"0": "Incomplete", "2": "Complete", "": ""}
_TICKS = {"0": "Unchecked", "1": "Checked", "": ""}
#: Parts of a visit label that the names of the events shorten: REDCap cuts them at 18 characters.
_SHORT = {"tumor_assessment": "tumor", "not_applicable": "log"}
_REPEATING_EVENT = re.compile(r"(Follow-up) ([0-9]+)")
_DICTIONARY = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)


class _Key(NamedTuple):
    """Where a row stands; `instance` is that of the instrument, or of the event where `instrument` is blank."""

    record: str
    event: str
    instrument: str
    instance: str


Rows = dict[_Key, dict[str, str]]


def write(forms: dict[str, pd.DataFrame], mapping: Mapping, folder: Path) -> None:
    """Write all forms as one flat export of raw values (the file that the mapping names) and the dictionary.

    `forms` are those of `transfer` under `mapping`: text only, columns as the mapping names them. A row stands for an
    event with its instruments that do not repeat, or for one instance of an instrument. Forms that a subject has not
    opened at an event have the status 0 and unticked boxes, as REDCap writes them. Raises InputError for a second
    record of a form that does not repeat.
    """
    rows: Rows = {}
    for form, records in _records(forms, mapping).items():
        for key, cells in records:
            _refuse_twice(rows.setdefault(key, {}), cells, key, form)
            rows[key] |= cells
    _not_opened(rows, forms, mapping)
    header = [name for form in forms for name in _columns(form, forms, mapping)]
    _write_csv(folder / _file(mapping), [*_KEYS, *_AFTER_KEYS, *header], _lines(rows, header, _sites(forms, mapping)))
    _write_dictionary(forms, mapping, folder)


def write_by_form(forms: dict[str, pd.DataFrame], mapping: Mapping, folder: Path) -> None:
    """Write one export of labels for each form (the files that the mapping names) and the dictionary; see `write`.

    Events, repeating instruments, boxes and the status have their labels; the header has variable names.
    """
    sites = _sites(forms, mapping)
    labels = {_event(text)[0]: _event_label(text) for frame in forms.values() for text in frame[_visit(mapping)]}
    for form, records in _records(forms, mapping).items():
        header = list(_columns(form, forms, mapping))
        say = _labels(form, mapping)
        rows = {
            _Key(key.record, labels[key.event], _title(key.instrument), key.instance): {
                name: say(name, text) for name, text in cells.items()
            }
            for key, cells in records
        }
        path = folder / mapping.forms[form].file
        _write_csv(path, [*_KEYS, *_AFTER_KEYS, *header], _lines(rows, header, sites))
    _write_dictionary(forms, mapping, folder)


def _records(forms: dict[str, pd.DataFrame], mapping: Mapping) -> dict[str, list[tuple[_Key, dict[str, str]]]]:
    """Return the records of each form with where they stand, in their order."""
    result = {}
    for form, frame in forms.items():
        status = mapping.common.status or ""
        fields = [name for place in mapping.forms[form].fields.values() for name in place.columns]
        instrument = _instrument(form, mapping)
        cells = [
            {**dict(zip(fields, record, strict=True)), f"{instrument}_complete": _COMPLETE[state]}
            for *record, state in frame[[*fields, status]].itertuples(index=False, name=None)
        ]
        result[form] = list(zip(_keys(form, frame, mapping), cells, strict=True))
    return result


def _keys(form: str, frame: pd.DataFrame, mapping: Mapping) -> list[_Key]:
    """Return where the records of a form stand; a number that is taken becomes the next one after the last."""
    common, name = mapping.common, "" if form in SINGLE else _instrument(form, mapping)
    subjects = frame[common.subject].str.strip()  # REDCap trims the names of records
    records = list(zip(subjects, frame[_visit(mapping)], frame[common.record or ""], strict=True))
    taken: dict[tuple[str, str], set[int]] = defaultdict(set)
    for record, label, number in records:
        taken[record, label].add(int(number))
    result, seen = [], set()
    for record, label, number in records:
        event, instance = _event(label)
        if name:
            if (record, label, number) in seen:
                number = str(max(taken[record, label]) + 1)
                taken[record, label].add(int(number))
            seen.add((record, label, number))
            instance = number
        result.append(_Key(record, event, name, instance))
    return result


def _event(label: str) -> tuple[str, str]:
    """Return the unique name of the event of a visit and, where the event repeats, its instance."""
    repeated = _REPEATING_EVENT.fullmatch(label)
    name = re.sub("[^a-z0-9]+", "_", (repeated[1] if repeated else label).lower())
    for long, short in _SHORT.items():
        name = name.replace(long, short)
    return f"{name}_arm_1", repeated[2] if repeated else ""


def _event_label(label: str) -> str:
    repeated = _REPEATING_EVENT.fullmatch(label)
    return repeated[1] if repeated else label


def _refuse_twice(old: dict[str, str], new: dict[str, str], key: _Key, form: str) -> None:
    if old.keys() & new.keys():
        raise InputError(f"form {form}: two records at {', '.join(key)}; take the form out of SINGLE")


def _not_opened(rows: Rows, forms: dict[str, pd.DataFrame], mapping: Mapping) -> None:
    """Add what REDCap writes for forms of an event that a subject has not opened: status 0, unticked boxes."""
    designated: dict[str, list[str]] = {}
    for form in forms:
        if form in SINGLE:
            for label in forms[form][_visit(mapping)].unique():
                designated.setdefault(_event(label)[0], []).append(form)
    for key, cells in rows.items():
        for form in designated.get(key.event, []) if not key.instrument else []:
            for name in (f"{_instrument(form, mapping)}_complete", *_boxes(form, mapping)):
                cells.setdefault(name, "0")


def _boxes(form: str, mapping: Mapping) -> list[str]:
    return [name for place in mapping.forms[form].fields.values() for name in place.boxes or {}]


def _columns(form: str, forms: dict[str, pd.DataFrame], mapping: Mapping) -> Iterator[str]:
    """Yield the columns of a form in the order of the dictionary: time stamp of a survey, fields, status."""
    if form in SURVEYS:
        yield f"{_instrument(form, mapping)}_timestamp"
    for place in mapping.forms[form].fields.values():
        yield from place.columns
    yield f"{_instrument(form, mapping)}_complete"


def _lines(rows: Rows, header: list[str], sites: dict[str, str]) -> Iterator[list[str]]:
    """Yield the rows by record, event and instrument, each in the order of its first row, then by instance."""
    ranks = [{text: rank for rank, text in enumerate(dict.fromkeys(part))} for part in zip(*rows, strict=True)]

    def order(key: _Key) -> tuple[int, ...]:
        event_of_its_own = int(key.instance or 0) if not key.instrument else 0
        instrument = ranks[2][key.instrument] + 1 if key.instrument else 0
        return ranks[0][key.record], ranks[1][key.event], event_of_its_own, instrument, int(key.instance or 0)

    for key in sorted(rows, key=order):
        cells = rows[key]
        yield [*key, sites[key.record], "", *(cells.get(name, "") for name in header)]


def _sites(forms: dict[str, pd.DataFrame], mapping: Mapping) -> dict[str, str]:
    """Return the data access group of each record: the site of its first form."""
    sites: dict[str, str] = {}
    for frame in forms.values():
        for record, site in zip(frame[mapping.common.subject].str.strip(), frame[mapping.common.site], strict=True):
            sites.setdefault(record, site)
    return sites


def _labels(form: str, mapping: Mapping) -> Callable[[str, str], str]:
    """Return what says a cell of a form in an export of labels."""
    boxes, status = _boxes(form, mapping), f"{_instrument(form, mapping)}_complete"
    return lambda name, text: _TICKS[text] if name in boxes else _STATUS_LABELS[text] if name == status else text


def _write_dictionary(forms: dict[str, pd.DataFrame], mapping: Mapping, folder: Path) -> None:
    first = _instrument(next(iter(forms)), mapping)
    rows = [_entry("record_id", first, "text", "Record ID", "")]
    for form, frame in forms.items():
        instrument = _instrument(form, mapping)
        for name, field in load_raw_contract(form).fields.items():
            place = mapping.forms[form].fields.get(name)
            if place is None:
                continue
            if place.boxes:
                codes = [(column.partition("___")[2].replace("_", "-"), term) for column, term in place.boxes.items()]
                column = next(iter(place.boxes)).partition("___")[0]
                rows.append(_entry(column, instrument, "checkbox", field.label, _choices(codes)))
                continue
            rows += [_plain(column, instrument, field, frame[column]) for column in place.columns]
    _write_csv(folder / (mapping.dictionary or ""), list(_DICTIONARY), rows)


def _plain(column: str, instrument: str, field: RawField, texts: pd.Series) -> list[str]:
    found = [(text, text) for text in sorted(texts[texts.str.strip().ne("")].unique())]
    kind = "dropdown" if field.type == "code" and found else "text"
    return _entry(column, instrument, kind, field.label, _choices(found) if kind == "dropdown" else "")


def _choices(codes: Iterable[tuple[str, str]]) -> str:
    return " | ".join(f"{code}, {label}" for code, label in codes)


def _entry(name: str, instrument: str, kind: str, label: str, choices: str) -> list[str]:
    return [name, instrument, "", kind, label, choices, *[""] * (len(_DICTIONARY) - 6)]


def _instrument(form: str, mapping: Mapping) -> str:
    return mapping.forms[form].part or form


def _title(instrument: str) -> str:
    """Return the label of an instrument: REDCap makes the name from it."""
    return instrument.replace("_", " ").capitalize()


def _visit(mapping: Mapping) -> str:
    return mapping.common.visit or ""


def _file(mapping: Mapping) -> str:
    return next(iter(mapping.forms.values())).file


def _write_csv(path: Path, header: list[str], rows: Iterable[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
