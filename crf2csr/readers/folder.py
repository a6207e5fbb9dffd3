"""What every reader does alike: files and columns of an extract against the mapping, and where a record lies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crf2csr.checks import query
from crf2csr.errors import InputError, shown
from crf2csr.mapping import FieldMap
from crf2csr.mapping import Mapping as Extract
from crf2csr.raw_contracts import load_raw_contract
from crf2csr.study import nearest

if TYPE_CHECKING:
    import pandas as pd

#: What stands beside the raw files and is not one of them.
_BESIDE = ("manifest.json",)


def check_folder(folder: Path, mapping: Extract) -> list[dict[str, str]]:
    """Return the queries about files that the mapping does not know (Q-101), ordered by name.

    Raises InputError for a folder that is none or holds a symbolic link (F-112), and listing every file that the
    mapping names and the extract lacks (F-101).
    """
    if folder.is_symlink() or not folder.is_dir():
        raise InputError(f"{folder}: not a folder; put the extract there or correct the cut")
    found = sorted(folder.iterdir())
    links = [shown(path.name) for path in found if path.is_symlink()]
    if links:
        raise InputError(f"{folder}: symbolic links {', '.join(links)}; put the files themselves into the extract")
    wanted = _wanted(mapping)
    names = [path.name for path in found]
    missing = [f"{file} ({what}{nearest(file, names)})" for file, what in wanted.items() if file not in names]
    if missing:
        raise InputError(f"{folder}: files missing: {', '.join(missing)}; get the extract again or correct the mapping")
    known = {*wanted, *mapping.ignored_files, *_BESIDE}
    return [finding("Q-101", "", name, "file", name) for name in names if name not in known]


def ask_each(mapping: Extract, ask: Callable[[str], list[dict[str, str]]]) -> list[dict[str, str]]:
    """Return the queries of all forms, or datasets of SDTM, by file; `ask` gives those of one.

    Raises InputError with the complaints of `ask` about all of them.
    """
    queries, problems = [], []
    for name in sorted(mapping.entries, key=lambda one: mapping.entries[one].source):
        try:
            queries += ask(name)
        except InputError as error:
            problems.append(str(error))
    if problems:
        raise InputError("; ".join(problems))
    return queries


def _wanted(mapping: Extract) -> dict[str, str]:
    """Return each file that must be there with the words for what it is; a file of several forms is named for one."""
    wanted = {entry.file: f"form {name}" for name, entry in mapping.entries.items()}
    wanted |= {entry.file: f"form {name}" for name, entry in mapping.not_mapped.items()}
    return wanted | mapping.beside


def refuse_missing_columns(where: str, header: Iterable[str], form: str, mapping: Extract) -> None:
    """Raise InputError naming every mapped column that a form lacks, with the nearest name (F-103)."""
    header, needed = list(header), mapping.needed_columns(form)
    free = sorted(set(header) - {*needed, *mapping.ignored_columns(form)})
    missing = [f"'{name}'{nearest(name, free)}" for name in needed if name not in header]
    if missing:
        raise InputError(
            f"{where}: columns missing: {', '.join(missing)}; get the extract again or correct the mapping"
        )


def extra_columns(header: Iterable[str], form: str, mapping: Extract) -> list[dict[str, str]]:
    """Return the queries about columns of a form that the mapping does not know (Q-102)."""
    known = {*mapping.needed_columns(form), *mapping.ignored_columns(form)}
    source = mapping.forms[form].source
    return [finding("Q-102", form, source, shown(column), column) for column in header if column not in known]


def finding(rule: str, form: str, file: str, field: str, value: str) -> dict[str, str]:
    """Return a query about a file as a whole."""
    return query(rule, subject="", form=form, file=file, row=1, field=field, value=value)


def text_frame(columns: Mapping[str, Iterable[str | None]], source: str, rows: Sequence[int]) -> pd.DataFrame:
    """Return columns of text (a missing cell is blank) with RAWFILE (string) and RAWROW (Int64), where each record
    stands; one record an entry of `rows`."""
    import pandas as pd

    texts = {name: pd.array(list(cells), dtype="string").fillna("") for name, cells in columns.items()}
    places = {"RAWFILE": pd.array([source] * len(rows), dtype="string"), "RAWROW": pd.array(rows, dtype="Int64")}
    return pd.DataFrame(texts | places)


def refuse_foreign_decimals(frame: pd.DataFrame, form: str, mapping: Extract) -> None:
    """Raise InputError for a number column written throughout with an undeclared decimal sign (F-111).

    One such cell is a slip of the site and becomes a query (Q-108); two or more, with no cell in the declared sign,
    are another format.
    """
    for name, place in mapping.forms[form].fields.items():
        if load_raw_contract(form).fields[name].type == "decimal" and place.column:
            _refuse_foreign_sign(frame, place, place.column)


def _refuse_foreign_sign(frame: pd.DataFrame, place: FieldMap, column: str) -> None:
    foreign = [sign for sign in ".," if sign not in place.decimal and sign != place.thousands]
    if not foreign:
        return
    texts = {text: text.strip() for text in frame[column].unique()}
    signs = re.escape("".join(place.decimal))
    declared = [text for text in texts.values() if re.fullmatch(rf"-?[0-9]+[{signs}][0-9]+", text)]
    other = [text for text, bare in texts.items() if re.fullmatch(rf"-?[0-9]+{re.escape(foreign[0])}[0-9]+", bare)]
    rows = frame[frame[column].isin(other)]
    if len(rows) >= 2 and not declared:
        first = rows.iloc[0]
        raise InputError(
            f"{first['RAWFILE']} row {first['RAWROW']} column '{column}' = '{shown(first[column])}': the column is "
            f"written with '{foreign[0]}', the mapping declares the decimal sign '{' '.join(place.decimal)}'; "
            "declare decimal (or thousands) for the field"
        )
