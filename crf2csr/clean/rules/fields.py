"""The fields of a form: each read by its contract type and by what the mapping declares for it."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial, reduce
from typing import TYPE_CHECKING, Any

from crf2csr.clean.rules.codes import code_reader, pair_reader, read_boxes, unticked
from crf2csr.clean.rules.dates import read_date, read_parts, read_time
from crf2csr.clean.rules.identity import refuse_strange_identifiers
from crf2csr.clean.rules.readings import Reader, Reading, blank, each_distinct, read_cells, read_column, with_missing
from crf2csr.clean.rules.values import read_number, read_text
from crf2csr.contracts import load_terms

if TYPE_CHECKING:
    import pandas as pd

    from crf2csr.mapping import FieldMap, Mapping
    from crf2csr.raw_contracts import RawField


def read_field(
    raw: pd.DataFrame, place: FieldMap, field: RawField, mapping: Mapping, answered: pd.Series
) -> pd.DataFrame:
    """Return value, why, rule and expected of each record (as `read_column`) and `recorded`, the text as recorded.

    `answered` says for each record whether any other field is filled (checkbox groups). Text fields of the key are
    identifiers: a strange character in them stops the run (F-612).
    """
    if field.type == "text" and field.key and place.column:
        refuse_strange_identifiers(raw, place.column)
    if place.parts:
        readings = read_cells(raw[place.columns], partial(_read_date_parts, pivot=place.pivot))
    elif place.boxes:
        readings = read_cells(raw[place.columns].assign(RAWROW=answered), partial(_read_ticks, place=place))
    elif place.code_column:
        readings = read_cells(raw[place.columns], pair_reader(field_reader(place, field, mapping)))
    else:
        readings = read_column(raw[place.columns[0]], field_reader(place, field, mapping))
    return readings.assign(recorded=_recorded(raw, place))


def field_reader(place: FieldMap, field: RawField, mapping: Mapping) -> Reader:
    """Return the reader of one text of a field, by its contract type."""
    formats = place.dates or mapping.dates
    number = partial(
        read_number,
        decimal=place.decimal,
        thousands=place.thousands,
        low=field.low,
        high=field.high,
        refused_by=field.rule,
    )
    readers: dict[str, Callable[[], Reader]] = {
        "text": lambda: read_text,
        "integer": lambda: partial(number, whole=True),
        "decimal": lambda: number,
        "date": lambda: partial(read_date, formats=formats, pivot=place.pivot),
        "time": lambda: read_time,
        "code": lambda: code_reader(
            field.codelist, load_terms()[field.codelist], mapping.codes.get(field.codelist, {})
        ),
    }
    return with_missing(readers[field.type](), place.missing, free_text=field.type == "text")


def _read_date_parts(parts: tuple[str, str, str], pivot: int | None) -> Reading:
    year, month, day = parts
    return read_parts(year, month, day, pivot) if "".join(parts).strip() else Reading()


def _read_ticks(cells: tuple[Any, ...], place: FieldMap) -> Reading:
    *ticks, answered = cells
    return read_boxes(ticks, list((place.boxes or {}).values()), place.alone, bool(answered))


def _recorded(raw: pd.DataFrame, place: FieldMap) -> pd.Series:
    """Return the text as recorded, NA when blank: `column=text` of ticked boxes, parts joined by `-`, label or code."""
    columns = place.columns
    if place.boxes:
        marks = [each_distinct(raw[name], partial(_mark, name)) for name in columns]
        text = reduce(operator.add, marks).str.removesuffix("; ")
    elif place.parts:
        text = raw[columns[0]] + "-" + raw[columns[1]] + "-" + raw[columns[2]]
        return text.mask(reduce(operator.and_, [blank(raw[name]) for name in columns]))
    else:
        text = raw[columns[0]]
        for name in columns[1:]:
            text = text.mask(blank(text), raw[name])
    return text.mask(blank(text))


def _mark(column: str, text: str) -> str:
    return "" if unticked(text) else f"{column}={text}; "
