"""Why a cell says what it says: from the cell to its results, the rows they count, and the CRF cells those rows came
from."""

from __future__ import annotations

import importlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from crf2csr.ard import Member, Result, read_members, read_results
from crf2csr.contracts import base_name, load_contract, row_keys
from crf2csr.display.model import Column, Part, Row, Table, column_head, from_json
from crf2csr.errors import InputError
from crf2csr.files import Layout, read_frame, read_text
from crf2csr.lineage import stage_of
from crf2csr.mapping import Mapping as ExtractMapping
from crf2csr.mapping import load_mapping
from crf2csr.plan_checks import load_plan
from crf2csr.study import Study, load_study

#: The columns that describe a row of a dataset to a reader; of other datasets, the row address says enough.
SHOWN = {
    "adrs": (
        "PARAM",
        "AVISIT",
        "ADT",
        "AVALC",
        "RULE",
        "REASON",
        "TRGRESP",
        "TRGRULE",
        "NTRGRESP",
        "NTRGRULE",
        "NEWLES",
    ),
    "adtr": ("PARAM", "AVISIT", "ADT", "LESIONID", "AVALC", "AVAL", "BASE", "NADIR", "PCHG", "PCHGNAD"),
    "adesc": ("NEVAL", "NDLT", "NDECDLT", "NDEC", "DECSUBJ", "DECISION", "DECDT", "EARLIER", "MTD", "RP2D"),
    "adtte": ("PARAM", "STARTDT", "ADT", "AVAL", "EVNTDESC", "CNSDTDSC", "SRCVAR", "SRCVIS"),
    "adqs": ("PARAM", "AVISIT", "ADT", "RAWSUM", "AVAL", "BASE", "WORSCHG", "BASISVIS", "EVALFL", "EVALREAS", "WORSFL"),
    "adeg": ("PARAM", "AVISIT", "EGDTC", "AVALC", "AVALSRC", "METHOD", "BASE", "CHG", "ABLFL", "ONTRTFL"),
    "adecog": ("AVISIT", "RSDTC", "AVALC", "BASEC", "ABLFL", "ONTRTFL"),
    "advs": ("PARAM", "AVISIT", "VSDTC", "AVALC", "BASE", "CHG", "ABLFL", "ONTRTFL"),
    "adpc": ("AVISIT", "NRRLT", "ARRLT", "AVALC", "AVAL", "WINFL", "NCAXRS", "PKSUMXRS", "DTYPE"),
    "adpp": ("PARAM", "AVISIT", "AVAL", "AVALU", "FLAG", "PPREASND", "PKSUMXRS"),
    "adsl": ("SUBJID", "TRT01P", "PHASE", "TRTSDT"),
    "pc": ("VISIT", "PCTPTNUM", "PCDTC", "PCRFTDTC", "PCORRES"),
    "tr": ("TRTESTCD", "VISIT", "TRLNKID", "TRDTC", "TRSTRESC", "TRSTATE"),
    "qs": ("QSTESTCD", "VISIT", "QSDTC", "QSORRES", "QSVERS"),
    "rs": ("RSTESTCD", "VISIT", "RSDTC", "RSSTRESC"),
    "adae": ("AESEQ", "AEDECOD", "AETERM", "ASTDT", "AENDT", "ATOXGR", "AESER", "RELTXT", "TRTEMFL"),
    "addth": ("DTHTXT", "DTHDAYS", "DTHCAUS", "FATALAE", "FATALREL"),
    "adnarr": ("REASON", "EVENT", "STTXT", "GRADE", "OUTCOME"),
    "addose": ("VISIT", "PALDOSE", "LETDOSE", "TDMDOSE"),
    "admod": ("ECTRT", "ECACTION", "ECSTDTC", "ECENDTC", "ECREASOC", "AETXT"),
    "addlt": ("AEDECOD", "ATOXGR", "AESTDTC", "WINDOW", "COUNTFL"),
    "adex": ("EXTRT", "PARAM", "AVALC", "AVAL", "REASON"),
    "ae": ("AESEQ", "AETERM", "AESTDTC", "AETOXGR"),
}
#: A row of ADSL rests on everything known about a subject; it is opened only where the subject itself is what is
#: counted.
CLOSED = "adsl"
#: What the reader adds to a record.
_NO_FIELDS = ("RAWFILE", "RAWROW")


def explain(study: str, cut: str, display: str, row: str, column: str, part: str, subject: str) -> Iterator[str]:
    """Yield lines that walk from a cell to the CRF. Raises InputError for a display, part, row or column that is not
    there.

    `row` may be any part of the labels from heading to row; `column` an id or a label; `subject` limits to one SUBJID.
    """
    chosen = load_study(study, cut)
    layout = Layout(study, cut)
    table = _table(layout, study, display)
    shown_part = _part(table, part)
    path, found = _row(shown_part, row)
    position, head = _column(shown_part, column)
    cell = found.cells[position]
    yield f"Table {table.number}, {shown_part.title}: {path}"
    yield f"  column {column_head(head).replace(chr(10), ' ')}: {cell.text or '(blank)'}"
    results = _results(layout, study, display)
    for id_ in cell.ids:
        yield f"  result {id_} = {_value(results[id_])}"
    walker = Walker(chosen, layout)
    members = walker.members(cell.ids)
    if subject and not any(member.row.split("|")[0].endswith(f"-{subject}") for member in members):
        raise InputError(f"--subject {subject}: not among the participants that this cell counts")
    if subject:
        members = [member for member in members if member.row.split("|")[0].endswith(f"-{subject}")]
    counted = len({member.row.split("|")[0] for member in members})
    only = f" (only {subject})" if subject else ""
    people = all(load_contract("derive", member.dataset).key[0] == "USUBJID" for member in members)
    counts = "counts {} participant" if people else "rests on {} row"
    yield f"  {counts.format(counted)}{'' if counted == 1 else 's'}{only}"
    for member in members:
        yield from walker.walk(member.dataset, member.row, 1, open_subject=base_name(member.dataset) == CLOSED)


def _table(layout: Layout, study: str, display: str) -> Table:
    displays = load_plan(study).file.displays
    if display not in displays or displays[display].kind != "table":
        known = ", ".join(name for name, spec in displays.items() if spec.kind == "table")
        raise InputError(f"display '{display}': not a table of this study; tables are {known}")
    path = layout.beside("display", display, "json")
    if not path.is_file():
        raise InputError(f"{path}: not there yet; make it with: crf2csr run --study {study} --cut {layout.cut}")
    model = from_json(read_text(path))
    assert isinstance(model, Table)
    return model


def _part(table: Table, part: str) -> Part:
    for candidate in table.parts:
        if part in ("", candidate.id):
            return candidate
    raise InputError(f"part '{part}': not in {table.id}; parts are {', '.join(p.id for p in table.parts)}")


def _row(part: Part, wanted: str) -> tuple[str, Row]:
    """Return the one row whose labels, from heading to row, hold `wanted` from the start of a label; a row below a
    match is no match of its own."""
    paths = list(_paths(part))
    matches = [pair for pair in paths if f" > {wanted}".casefold() in f" > {pair[0]}".casefold()]
    exact = [pair for pair in paths if pair[0].casefold() == wanted.casefold()]
    top = exact or [pair for pair in matches if not any(pair[0].startswith(f"{other} > ") for other, _ in matches)]
    if len(top) == 1:
        return top[0]
    names = "; ".join(f"'{path}'" for path, _ in (top or paths))
    raise InputError(f"row '{wanted}': {'more than one' if top else 'no such'} row; give one of {names}")


def _paths(part: Part) -> Iterator[tuple[str, Row]]:
    above: list[str] = []
    for row in part.rows:
        label = row.label.rsplit(" [", 1)[0] if row.label.endswith("]") else row.label
        above = [*above[: row.indent], label]
        if not row.heading:
            yield " > ".join(above), row


def _column(part: Part, wanted: str) -> tuple[int, Column]:
    for position, column in enumerate(part.columns):
        if wanted.casefold() in (column.id.casefold(), column.label.replace("\n", " ").casefold()):
            return position, column
    names = ", ".join(f"{c.id} ('{c.label.replace(chr(10), ' ')}')" for c in part.columns)
    raise InputError(f"column '{wanted}': not in this part; columns are {names}")


def _results(layout: Layout, study: str, display: str) -> dict[str, Result]:
    texts = (read_text(layout.beside("analyze", a.id, "csv")) for a in load_plan(study).analyses_of(display))
    return {result.id: result for text in texts for result in read_results(text)}


def _value(result: Result) -> str:
    value = result.text if result.value is None else repr(result.value)
    return f"{value} ({result.warning or result.method})"


@dataclass(frozen=True)
class Sources:
    """What a row of a dataset was made from: rows of datasets, and raw records with the fields that it rests on.

    A record without a field is the one that makes the row exist.
    """

    rows: tuple[tuple[str, str], ...]
    records: Mapping[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True)
class Walker:
    """Walks from results to rows, and by links to raw cells; what was read stays in memory for the next row."""

    study: Study
    layout: Layout

    def members(self, ids: tuple[str, ...]) -> list[Member]:
        """Return the rows behind a cell with these results: an interval or a mean rests on the rows of its count."""
        found: dict[Member, None] = {}
        for id_ in dict.fromkeys(f"{id_.rsplit('/', 1)[0]}/n" for id_ in ids):
            found |= dict.fromkeys(self._members_of(id_.split("/")[0]).get(id_, ()))
        return list(found)

    def walk(self, dataset: str, row: str, depth: int, open_subject: bool = False) -> Iterator[str]:
        """Yield a line for the row and, indented below it, for everything it came from."""
        indent = "  " * (depth + 1)
        seen = (dataset, row) in self._seen
        yield f"{indent}{self.describe(dataset, row)}{' (as above)' if seen else ''}"
        if seen or (base_name(dataset) == CLOSED and not open_subject):
            return
        self._seen.add((dataset, row))
        sources = self.sources(dataset, row)
        for source, source_row in sources.rows:
            yield from self.walk(source, source_row, depth + 1)
        for (file, number), fields in sources.records.items():
            values = self.record(file, number)
            shown = [f"{field} = '{values[field]}'" for field in fields if values[field]]
            if shown:
                yield f"{indent}  CRF {file} row {number}: {', '.join(shown)}"

    def describe(self, dataset: str, row: str) -> str:
        """Return a row of a dataset as a reader sees it: dataset, subject, the values that say what it is."""
        if dataset not in self._frames:
            stage = stage_of(dataset)
            frame = read_frame(self.layout.data(stage, dataset))
            keys = row_keys(frame, load_contract(stage, dataset))
            shown = [frame[name].to_numpy(dtype=object) for name in SHOWN.get(base_name(dataset), ())]
            self._frames[dataset] = dict(
                zip(keys, zip(*shown, strict=True) if shown else [()] * len(frame), strict=True)
            )
        values = self._frames[dataset].get(row)
        if values is None:
            raise InputError(f"{dataset} has no row {row}; the results are out of step, run the cut again")
        texts = zip(SHOWN.get(base_name(dataset), ()), map(_text, values), strict=True)
        said = ", ".join(f"{name}={text}" for name, text in texts if text)
        return f"{dataset.upper()} {row.split('|')[0]}: {said}" if said else f"{dataset.upper()} {row}"

    def sources(self, dataset: str, row: str) -> Sources:
        """Return what a row was made from, in the order of its links."""
        rows: dict[tuple[str, str], None] = {}
        records: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        for source, source_row, field in self._links_of(dataset).get(row, []):
            if _is_raw(source):
                records[source, source_row] |= {field: None} if field else {}
            else:
                rows[source, source_row] = None
        return Sources(tuple(rows), {place: tuple(fields) for place, fields in records.items()})

    def record(self, file: str, number: str) -> dict[str, str]:
        """Return a raw record as it was recorded, by column; a blank is empty text."""
        if file not in self._raw:
            form, spec = next(item for item in self._mapping.entries.items() if item[1].source == file)
            reader = importlib.import_module(f"crf2csr.readers.{self._mapping.reader}")
            frame = reader.read_form(self.study.extract / spec.file, form, self._mapping)
            rows = frame.drop(columns="RAWROW").to_dict("records")
            self._raw[file] = dict(zip(frame["RAWROW"].astype(str), rows, strict=True))
        return {name: _text(value) for name, value in self._raw[file][number].items() if name not in _NO_FIELDS}

    def _links_of(self, dataset: str) -> dict[str, list[tuple[str, str, str]]]:
        if dataset not in self._links:
            frame = read_frame(self.layout.beside(stage_of(dataset), dataset, "links.parquet"))
            columns = ["row", "source", "source_row", "source_field"]
            links = frame[columns].drop_duplicates()
            index: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
            for row, *link in zip(*(links[name].to_numpy(dtype=object) for name in columns), strict=True):
                index[row].append(tuple(link))
            self._links[dataset] = index
        return self._links[dataset]

    def _members_of(self, analysis: str) -> dict[str, list[Member]]:
        if analysis not in self._counted:
            index: dict[str, list[Member]] = defaultdict(list)
            for member in read_members(read_text(self.layout.beside("analyze", analysis, "members.csv"))):
                index[member.ard].append(member)
            self._counted[analysis] = index
        return self._counted[analysis]

    @cached_property
    def _mapping(self) -> ExtractMapping:
        return load_mapping(self.study.mapping)

    @cached_property
    def _frames(self) -> dict[str, dict[str, tuple[Any, ...]]]:
        return {}

    @cached_property
    def _links(self) -> dict[str, dict[str, list[tuple[str, str, str]]]]:
        return {}

    @cached_property
    def _counted(self) -> dict[str, dict[str, list[Member]]]:
        return {}

    @cached_property
    def _seen(self) -> set[tuple[str, str]]:
        return set()

    @cached_property
    def _raw(self) -> dict[str, dict[str, dict[str, Any]]]:
        return {}


def _is_raw(source: str) -> bool:
    return "." in source


def _text(value: Any) -> str:
    """Return a value as a reader expects it: no time of day on a date, no trailing zeros, control characters shown."""
    if isinstance(value, str) and value.isprintable():
        return value
    if value is None or str(value) == "<NA>" or value != value:
        return ""
    text = (
        value.strftime("%Y-%m-%d")
        if hasattr(value, "strftime")
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
