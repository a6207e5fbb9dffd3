"""A first mapping for a new extract of per-form CSV files: what is alike is proposed, all else is listed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from pathlib import Path

from crf2csr.clean.rules.codes import code_reader
from crf2csr.clean.rules.dates import FORMATS, read_date
from crf2csr.clean.rules.readings import MISSING_WORDS
from crf2csr.contracts import load_terms
from crf2csr.errors import InputError, shown
from crf2csr.mapping import Limits
from crf2csr.raw_contracts import RawField, known_forms, load_raw_contract
from crf2csr.readers.records import read_columns, read_header
from crf2csr.readers.text import decode, raw_bytes

#: Likeness (0 to 1) below which a file or a column is listed and not proposed; below 1 a line says its likeness.
FILE_LIKENESS, COLUMN_LIKENESS = 0.5, 0.8
_DELIMITERS = (",", ";", "\t", "|")
_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
#: What systems put around a name that says nothing about it.
_DECORATION = re.compile(r"(_RAW|_STD|_DEC|_ORRES)$", re.IGNORECASE)


@dataclass(frozen=True)
class _File:
    """One file: its columns with their texts, and how it is written."""

    name: str
    encoding: str
    delimiter: str
    columns: dict[str, list[str]]


@dataclass
class _Proposal:
    """Lines of the mapping, and what could not be placed."""

    lines: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def propose_mapping(folder: Path) -> str:
    """Return a mapping (YAML) for the CSV files of a folder, to be completed by hand.

    Each known form takes the file most alike by name and columns, each field the column of the nearest name or label;
    a likeness below `FILE_LIKENESS` or `COLUMN_LIKENESS` proposes nothing, one below 1 carries a comment. Date formats
    are proposed only if they read every date of the column. What found no place ends the text as comments: files that
    cannot be read as text, files without form, forms without file, fields without column (checkboxes always: their
    boxes are mapped by hand), columns without field, codes without term. Raises InputError if no CSV file can be read.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: not a folder; give the folder of the extract")
    proposal = _Proposal()
    files = list(_readable(folder, proposal))
    if not files:
        raise InputError(f"{folder}: no CSV file that can be read; map reads one CSV file a form")
    shared = [column for column in files[0].columns if len(files) > 1 and all(column in file.columns for file in files)]
    files = [_without(file, shared) for file in files]
    pairs = _pairs(files)
    for form, (file, likeness) in sorted(pairs.items()):
        _form(proposal, form, file, likeness)
    used = {file.name for file, _ in pairs.values()}
    proposal.left += [f"file without form: {file.name}" for file in files if file.name not in used]
    proposal.left += [f"form without file: {form}" for form in known_forms() if form not in pairs]
    every = f" # every file has {', '.join(map(shown, shared))}" if shared else ""
    head = ["reader: csv_forms", "encoding: utf-8", "dates: [] # complete: formats that hold for every date"]
    common = [f"common:{every}", "  site: # complete", "  subject: # complete", "forms:"]
    end = ["", "# Not placed; map it, list it under absent or ignore, or leave the form out:"]
    return "\n".join([*head, *common, *proposal.lines, *end, *(f"# {line}" for line in proposal.left), ""])


def _readable(folder: Path, proposal: _Proposal) -> Iterator[_File]:
    for path in sorted(folder.glob("*.csv")):
        try:
            yield _read(path)
        except InputError as error:
            proposal.left.append(f"file not read: {error}")


def _without(file: _File, columns: list[str]) -> _File:
    """Return a file without the columns that every file has: they belong under common."""
    kept = {column: texts for column, texts in file.columns.items() if column not in columns}
    return replace(file, columns=kept)


def _read(path: Path) -> _File:
    """Return a file, its delimiter being the one that gives the widest header; encoding by its byte-order mark."""
    limits = Limits()
    data = raw_bytes(path, limits)
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS.items() if data.startswith(mark)), "utf-8")
    text = decode(path, data, encoding, ",")
    first = text.splitlines()[0]
    delimiter = max(_DELIMITERS, key=first.count)
    header = read_header(path.name, text, delimiter, limits)
    cells = read_columns(path.name, text, delimiter, limits)
    return _File(path.name, encoding, delimiter, dict(zip(header, cells, strict=True)))


def _pairs(files: list[_File]) -> dict[str, tuple[_File, float]]:
    """Return the file of each form: the pairs most alike first, no form and no file twice."""
    scored = [(_file_likeness(file, form), form, file) for file in files for form in known_forms()]
    pairs: dict[str, tuple[_File, float]] = {}
    taken: set[str] = set()
    for likeness, form, file in sorted(scored, key=lambda item: (-item[0], item[1], item[2].name)):
        if likeness >= FILE_LIKENESS and form not in pairs and file.name not in taken:
            pairs[form] = (file, likeness)
            taken.add(file.name)
    return pairs


def _file_likeness(file: _File, form: str) -> float:
    """Return the mean of the likeness of the names and of the share of fields that have a column."""
    fields = load_raw_contract(form).fields
    found = len(_columns(file.columns, fields.values()))
    return (_ratio(Path(file.name).stem, form) + found / len(fields)) / 2


def _columns(columns: Iterable[str], fields: Iterable[RawField]) -> dict[str, tuple[str, float]]:
    """Return the column of each field with their likeness: the pairs most alike first, none twice."""
    single = [item for item in fields if item.type != "checkbox"]
    scored = [(_likeness(column, item), item.name, column) for column in columns for item in single]
    result: dict[str, tuple[str, float]] = {}
    taken: set[str] = set()
    for likeness, name, column in sorted(scored, key=lambda item: (-item[0], item[1], item[2])):
        if likeness >= COLUMN_LIKENESS and name not in result and column not in taken:
            result[name] = (column, likeness)
            taken.add(column)
    return result


def _likeness(column: str, item: RawField) -> float:
    """Return how alike a column and a field are, by name or label; a raw date goes before its standard twin."""
    bare = _DECORATION.sub("", column)
    by_name = max(_ratio(bare, name) for name in (item.name, re.sub("dtc$", "dat", item.name)))
    likeness = max(by_name, _ratio(column, item.label))
    twin = item.type == "date" and bare == column
    return likeness - 0.01 if twin else likeness


def _ratio(one: str, other: str) -> float:
    first, second = (re.sub(r"[^a-z0-9]", "", text.casefold()) for text in (one, other))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _form(proposal: _Proposal, form: str, file: _File, likeness: float) -> None:
    fields = load_raw_contract(form).fields
    found = _columns(file.columns, fields.values())
    proposal.lines += [f"  {form}:", f"    file: {file.name}{_comment(likeness)}"]
    proposal.lines += [f"    encoding: {file.encoding}"] if file.encoding != "utf-8" else []
    proposal.lines += [f'    delimiter: "{file.delimiter}"'] if file.delimiter != "," else []
    proposal.lines.append("    fields:")
    for name, item in fields.items():
        if name not in found:
            proposal.left.append(f"field without column: {form}.{name} ({item.label}, {item.type})")
            continue
        column, alike = found[name]
        texts = sorted({text.strip() for text in file.columns[column]} - {""})
        dates = _date_option(texts) if item.type == "date" else ""
        proposal.lines.append(f"      {name}: {{column: {_quoted(column)}{dates}}}{_comment(alike)}")
        proposal.left += [f"{form}.{name}: {text}" for text in _unread(item, texts, dates)]
    used = {column for column, _ in found.values()}
    proposal.left += [
        f"column without field: {file.name} {shown(column)}" for column in file.columns if column not in used
    ]


def _comment(likeness: float) -> str:
    return "" if likeness == 1 else f" # likeness {likeness:.2f}: check"


def _quoted(column: str) -> str:
    """Return a name fit for YAML."""
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", column) and column.upper() not in ("Y", "N", "YES", "NO", "ON", "OFF"):
        return column
    escaped = column.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _date_option(texts: list[str]) -> str:
    """Return the option with the formats that together read every date of a column, "" if they do not."""
    dates = [text for text in texts if text.casefold() not in MISSING_WORDS]
    read = {name: {text for text in dates if read_date(text, (name,)).rule != "Q-108"} for name in FORMATS}
    if not dates or set().union(*read.values()) != set(dates):
        return ""
    return f", dates: [{', '.join(name for name, found in read.items() if found)}]"


def _unread(item: RawField, texts: list[str], dates: str) -> Iterator[str]:
    """Yield what the values of a column still need: codes without term, dates without a format of their own."""
    if item.type == "date" and texts and not dates:
        yield f"the formats do not read every date, as '{shown(texts[0])}'; declare dates"
    if item.type == "code":
        read = code_reader(item.codelist, load_terms()[item.codelist], {})
        lost = [text for text in texts if read(text).rule]
        if lost:
            listed = ", ".join(f"'{shown(text)}'" for text in lost[:10])
            yield f"texts without term of {item.codelist}: {listed}{' …' if len(lost) > 10 else ''}"
