"""The raw files as rows of text: decoded, without deleted records, without what the source contradicts.

Key of a record and fields that carry its content: config/contracts/raw; rules Q-103, Q-104, Q-112, F-106, F-204, F-206.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from crf2csr.errors import InputError
from qc.spelling import Span, span, visit_name

Row = dict[str, str]
#: What a form says about its records rather than about the patient.
CLERICAL = {"SITE", "SUBJECT", "FOLDER", "RECPOS", "FORMSTATUS", "DELETED", "OPENQUERIES", "ENTRYTS", "COMMENTS"}
#: Key columns besides the subject; FOLDER where the visit is part of the key.
KEYS = {
    "dm": (),
    "enr": ("ENRNO",),
    "ex_oral": ("DRUG", "EXNO"),
    "ex_tdm1": ("CYCLE",),
    "tl": ("FOLDER", "LESION"),
    "ntl": ("FOLDER", "LESION"),
    "nl": ("FOLDER", "LESION"),
    "rs": ("FOLDER",),
    "act": ("ACTNO",),
    "eot": ("DRUG",),
    "eos": (),
    "fu": ("FUNO",),
    "ae": ("AENO",),
    "promis": ("FOLDER", "INSTR", "ITEM"),
    "bcpt": ("FOLDER", "ITEM"),
    "pk": ("FOLDER", "TPT"),
    "dlt": (),
    "dosemod": ("MODNO",),
}
#: The forms that say who was dosed, when and at which level (`qc.people`).
PEOPLE = ("dm", "enr", "ex_oral", "ex_tdm1", "act", "eot", "eos", "fu", "ae")
#: The date that places a record before or after the cutoff (R-209).
DATES = {
    **{"enr": "ENRDAT_RAW", "ex_oral": "STDAT_RAW", "ex_tdm1": "EXDAT_RAW", "tl": "DAT_RAW", "ntl": "DAT_RAW"},
    **{"nl": "DAT_RAW", "rs": "RSDAT", "act": "STDAT_RAW", "eot": "LASTDAT_RAW", "eos": "EOSDAT_RAW"},
    **{"fu": "FUDAT_RAW", "ae": "STDAT_RAW", "promis": "QSDAT_RAW", "bcpt": "QSDAT_RAW"},
    "pk": "PCDAT_RAW",
    **{"dlt": "ASDAT_RAW", "dosemod": "MODDAT_RAW"},
}


def refuse_others(values: Mapping[str, Any], only: Mapping[str, tuple[Any, ...]]) -> None:
    """Raise InputError for a study key with another value than those that a program knows."""
    for key, known in only.items():
        if values[key] not in known:
            words = " and ".join(f"'{one}'" for one in known)
            raise InputError(f"key '{key}' = '{values[key]}': the second program recomputes {words} only")


def read_extract(folder: Path, cutoff: int, forms: Iterable[str]) -> dict[str, dict[str, list[Row]]]:
    """Return form → subject → rows that count at the cutoff (an ordinal). Raises InputError for an unreadable file."""
    return {form: _by_subject(_known_by(cutoff, form, _records(folder, form))) for form in forms}


def read_form(folder: Path, form: str) -> dict[str, list[Row]]:
    """Return subject → rows of one form, whenever they are dated. Raises InputError for an unreadable file."""
    return _by_subject(_records(folder, form))


def when(form: str, row: Row) -> Span | None:
    """Return when a record is dated; the response form has year, month and day in columns of their own."""
    if form == "rs":
        return span("-".join(row[f"RSDAT_{part}"] or "UN" for part in ("YY", "MM", "DD")))
    return span(row[DATES[form]])


def _by_subject(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["SUBJECT"]].append(row)
    return dict(found)


def _known_by(cutoff: int, form: str, rows: list[Row]) -> list[Row]:
    """Leave out records that can only lie after the cutoff (R-209)."""
    dated = [(row, when(form, row)) for row in rows] if form in DATES else [(row, None) for row in rows]
    return [row for row, days in dated if days is None or days.first <= cutoff]


def _records(folder: Path, form: str) -> list[Row]:
    """Return the records of a form: deleted ones gone, identical ones once, contradicting ones none (F-204, F-206)."""
    alive = [row for row in _rows(folder / f"{form}.csv") if row["DELETED"].casefold() not in ("y", "yes")]
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in alive:
        groups[_key(form, row)].append(row)
    return [rows[0] for rows in groups.values() if len({content(row) for row in rows}) == 1]


def _key(form: str, row: Row) -> tuple[str, ...]:
    own = (visit_name(row[name]) if name == "FOLDER" else row[name].casefold() for name in KEYS[form])
    return (row["SUBJECT"], *own)


def content(row: Row) -> tuple[tuple[str, str], ...]:
    """Return what a record says: all but clerical columns and the dates that the EDC completed by itself."""
    imputed = {name.removesuffix("_RAW") for name in row if name.endswith("_RAW")}
    return tuple((name, text) for name, text in sorted(row.items()) if name not in CLERICAL | imputed)


def _rows(path: Path) -> list[Row]:
    if not path.is_file():
        raise InputError(f"{path}: file not found; the second program needs this form")
    text = _decoded(path.read_bytes())
    delimiter = max(",;\t|", key=text.partition("\n")[0].count)
    lines = [line for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if line]
    for place, line in enumerate(lines, start=1):
        if len(line) != len(lines[0]):
            raise InputError(
                f"{path}, row {place}: {len(line)} cells, header has {len(lines[0])}; export the file again"
            )
    return [dict(zip(lines[0], map(str.strip, line), strict=True)) for line in lines[1:]]


def _decoded(content: bytes) -> str:
    """Return the text of a file by its byte-order mark, else as UTF-8, else as cp1252."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")
