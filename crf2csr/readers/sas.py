"""SAS datasets, one a form: .sas7bdat and transport files (.xpt, version 5 or 8), read as text and nothing guessed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from crf2csr.errors import InputError
from crf2csr.mapping import Mapping
from crf2csr.readers.exact import date_columns
from crf2csr.readers.folder import (
    ask_each,
    check_folder,
    extra_columns,
    refuse_foreign_decimals,
    refuse_missing_columns,
    text_frame,
)
from crf2csr.readers.sas_datasets import Dataset, parse_catalog, parse_dataset
from crf2csr.readers.sas_values import is_own_format, value_text
from crf2csr.readers.text import raw_bytes, refuse_changed

if TYPE_CHECKING:
    import pandas as pd

#: `<column>__LABEL` is a column that the reader makes where the mapping names it: labels of the format catalog.
LABEL = "__LABEL"


def read_form(path: Path, form: str, mapping: Mapping) -> pd.DataFrame:
    """Return the observations of a dataset as text, then RAWFILE (file name) and RAWROW (Int64).

    RAWROW is the observation number as SAS shows it (OBS): the first is 1. Numbers: a whole one without point, another
    as the shortest decimal of its double; a date, datetime or time format gives ISO text (`sas_values.value_text`); a
    missing number is blank, a special one `.A` to `.Z` or `._`, for `missing` of the field. Blanks behind a text are
    padding of SAS and are not kept; blanks before it are. Names are compared without case: a column comes as the
    mapping writes it, one that the mapping does not know as stored. Labels of variables are not read. Where the
    mapping names a catalog and a column `<column>__LABEL`, that is the label of the value, blank where the catalog has
    none; the column itself keeps the value. Raises InputError for the faults F-101 to F-103, F-106, F-107 and F-109 to
    F-113, and for formats that the catalog lacks.
    """
    data = raw_bytes(path, mapping.limits)
    dataset = _checked(path, data, form, mapping)
    dates = date_columns(form, mapping)
    texts = {name: _texts(cells, dataset.formats[name], name in dates) for name, cells in dataset.values.items()}
    count = len(next(iter(texts.values())))
    frame = text_frame(texts, mapping.forms[form].source, range(1, count + 1))
    refuse_changed(path, data)
    refuse_foreign_decimals(frame, form, mapping)
    return frame


def check_extract(folder: Path, mapping: Mapping) -> list[dict[str, str]]:
    """Return the queries about files (Q-101) and columns (Q-102) that the mapping does not know, by file name.

    Raises InputError listing every file that is missing (F-101), else what `read_form` refuses in any dataset.
    """

    def columns_of(form: str) -> list[dict[str, str]]:
        path = folder / mapping.forms[form].file
        dataset = _checked(path, raw_bytes(path, mapping.limits), form, mapping)
        return extra_columns(dataset.values, form, mapping)

    return check_folder(folder, mapping) + ask_each(mapping, columns_of)


def _checked(path: Path, data: bytes, form: str, mapping: Mapping) -> Dataset:
    """Return the dataset with every column that the mapping names, labels of the catalog included."""
    encoding = mapping.forms[form].encoding or mapping.encoding
    dataset = _named(parse_dataset(path.name, data, encoding, mapping.limits), form, mapping)
    if mapping.catalog:
        labels = parse_catalog(
            mapping.catalog, raw_bytes(path.parent / mapping.catalog, mapping.limits), mapping.encoding
        )
        _refuse_other_catalog(path.name, dataset, labels, form, mapping)
        dataset = _with_labels(dataset, labels, mapping.needed_columns(form))
    refuse_missing_columns(path.name, dataset.values, form, mapping)
    return dataset


def _named(dataset: Dataset, form: str, mapping: Mapping) -> Dataset:
    """Return the dataset with the names of the mapping for columns that differ in case only, as SAS compares them."""
    wanted = {name.casefold(): name for name in (*mapping.needed_columns(form), *mapping.ignored_columns(form))}
    names = {name: wanted.get(name.casefold(), name) for name in dataset.values}
    return Dataset(
        {names[name]: cells for name, cells in dataset.values.items()},
        {names[name]: text for name, text in dataset.formats.items()},
    )


def _refuse_other_catalog(
    file: str, dataset: Dataset, labels: dict[str, dict[Any, str]], form: str, mapping: Mapping
) -> None:
    """Raise InputError for formats of a dataset that neither SAS nor the catalog has; columns under `ignore` may."""
    ignored = mapping.ignored_columns(form)
    lost = [
        f"{text} (column '{name}')"
        for name, text in dataset.formats.items()
        if text not in labels and not is_own_format(text) and name not in ignored
    ]
    if lost:
        raise InputError(
            f"{file}: formats that the catalog {mapping.catalog} does not hold: {', '.join(lost)}; it belongs to other "
            "datasets: name the right one, or list the columns under ignore"
        )


def _with_labels(dataset: Dataset, labels: dict[str, dict[Any, str]], needed: list[str]) -> Dataset:
    """Return the dataset with the columns `<column>__LABEL` that the mapping names."""
    made = {
        f"{name}{LABEL}": [labels[dataset.formats[name]].get(cell, "") for cell in cells]
        for name, cells in dataset.values.items()
        if dataset.formats[name] in labels and f"{name}{LABEL}" in needed
    }
    return Dataset({**dataset.values, **made}, {**dataset.formats, **dict.fromkeys(made, "")})


def _texts(cells: list[Any], name: str, as_date: bool) -> list[str]:
    """Return the cells of a column as text; each distinct number is converted once."""
    known = {cell: value_text(cell, name, as_date) for cell in set(cells) if not isinstance(cell, str)}
    return [cell if isinstance(cell, str) else known[cell] for cell in cells]
