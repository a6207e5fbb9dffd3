"""The clinical data of an ODM file as records: one ItemGroupData one record, as the file leaves it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from crf2csr.errors import InputError, shown
from crf2csr.mapping import Limits
from crf2csr.readers.odm_definitions import Definitions
from crf2csr.readers.odm_xml import NAMESPACE, TYPED, Step, refuse, steps

#: The columns that every record has besides its items (see `crf2csr.readers.odm`).
ATTRIBUTES = (
    *("StudyOID", "MetaDataVersionOID", "SubjectKey", "LocationOID", "StudyEvent", "StudyEventOID"),
    *("StudyEventRepeatKey", "FormOID", "FormRepeatKey", "ItemGroupOID", "ItemGroupRepeatKey"),
    *("TransactionType", "ODMPath", "ODMLine"),
)
UNIT = "__UNIT"
#: The key of each level of the clinical data: what names it and what counts its repeats.
_KEYS = {
    "ClinicalData": ("StudyOID", "MetaDataVersionOID"),
    "SubjectData": ("SubjectKey", ""),
    "StudyEventData": ("StudyEventOID", "StudyEventRepeatKey"),
    "FormData": ("FormOID", "FormRepeatKey"),
    "ItemGroupData": ("ItemGroupOID", "ItemGroupRepeatKey"),
}
_DEFINED = {"StudyEventData": "StudyEventDef", "FormData": "FormDef", "ItemGroupData": "ItemGroupDef"}
_ITEMS = {f"{{{NAMESPACE}}}{name}": name for name in ("ItemData", *TYPED)}
_UNIT_REFERENCE = f"{{{NAMESPACE}}}MeasurementUnitRef"
_ITEM_ATTRIBUTES = frozenset(
    {"ItemOID", "TransactionType", "Value", "IsNull", "MeasurementUnitOID"}
    | {"AuditRecordID", "SignatureID", "AnnotationID"}
)
#: The attributes of each element that ODM has; others are those of a vendor.
_STANDARD = {name: frozenset({*pair, "TransactionType"}) for name, pair in _KEYS.items()}
_STANDARD |= {"SiteRef": frozenset({"LocationOID"}), "ItemData": _ITEM_ATTRIBUTES}
_TRANSACTIONS = ("Insert", "Update", "Upsert", "Remove", "Context")
_XML = "{http://www.w3.org/"


@dataclass
class Part:
    """The records of one item group: columns of equal length (None: never given) and the ordinal of each record."""

    columns: dict[str, list[str | None]]
    rows: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Content:
    """What a file holds.

    `parts`: the wanted item groups by OID; `others`: ItemGroupOID -> number of records of those not wanted; `offered`:
    attributes that ODM does not have and that are columns, as `FormData/mdsol:Status`; `passed`: elements, and
    attributes of ItemData, that are not read, named alike; `studies`: StudyOID -> line where it stands first.
    """

    parts: dict[str, Part]
    others: dict[str, int] = field(default_factory=dict)
    offered: set[str] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)
    studies: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Level:
    """One opened element of the clinical data.

    `kind`: the transaction in force; `path`: where it stands, `01-001/SE.C1D1[1]/F.VS/IG.VS[3]`; `more`: attributes of
    vendors.
    """

    name: str
    key: tuple[str, str]
    kind: str
    line: int
    path: str
    more: dict[str, str]


@dataclass
class _State:
    """What is known while the file is read; `live` leads from level to level by key to the record that is in force.

    `settled`: the site of the open subject can no longer change; `texts`: equal texts are one object.
    """

    file: str
    definitions: Definitions
    limits: Limits
    content: Content
    snapshot: bool = True
    levels: list[_Level] = field(default_factory=list)
    location: str = ""
    settled: bool = False
    ordinal: int = 0
    live: dict[Any, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)


def read_records(path: Path, encoding: str, definitions: Definitions, wanted: Iterable[str], limits: Limits) -> Content:
    """Return the records of the wanted item groups, as the last transaction on each left them.

    A record is numbered by the ItemGroupData that made it, counted over all ClinicalData of the file from 1. In a
    Transactional file an Update or Upsert changes what it names, a Remove keeps the record and says so; what was
    removed and inserted again is two records. Raises InputError naming file, line and path for a key that stands
    twice, a blank key, a transaction that the standard does not allow there, an undefined OID and a file without
    ClinicalData, and as `odm_xml.steps`.
    """
    parts = {oid: _empty(definitions, oid, limits) for oid in wanted}
    state = _State(path.name, definitions, limits, Content(parts))
    for step in steps(path, encoding):
        if step.event == "foreign" and (state.levels or step.name == "ReferenceData"):
            state.content.passed.add(step.name)
        elif step.event == "end" and step.name in _KEYS:
            _leave(state, step)
        elif step.event == "start":
            _open(state, step)
    if not state.content.studies:
        raise InputError(f"{path.name}: no ClinicalData, only definitions; get the file with the data of the subjects")
    return state.content


def _empty(definitions: Definitions, oid: str, limits: Limits) -> Part:
    """Return an item group without records: its columns; raises InputError for a name that has another meaning."""
    items = definitions.groups[oid]
    names = [*ATTRIBUTES, *items, *(item + UNIT for item in items if item in definitions.measured)]
    taken = {*ATTRIBUTES, "RAWFILE", "RAWROW", *(item + UNIT for item in items)}
    clash = [item for item in items if item in taken or "/" in item]
    if clash or len(names) > limits.columns:
        text = f"the item '{shown(clash[0])}' has a name that is reserved" if clash else f"{len(names)} columns"
        more = "" if clash else f", more than limits.columns = {limits.columns}; raise it if that is right"
        refuse(definitions.file, definitions.lines[oid], f"ItemGroupDef '{shown(oid)}': {text}{more}")
    return Part({name: [] for name in names})


def _open(state: _State, step: Step) -> None:
    """Take what the start of an element says."""
    if step.name == "ODM":
        _open_file(state, step)
    elif step.name == "Study" and state.content.studies:
        refuse(state.file, step.line, "Study stands after ClinicalData; ODM has the definitions first")
    elif step.name == "SiteRef":
        if state.settled:
            refuse(
                state.file,
                step.line,
                f"{state.levels[-1].path}: SiteRef stands after StudyEventData; ODM has it before",
            )
        state.location = _shared(state, step.element.get("LocationOID", ""))
        state.levels[-1].more.update(_vendor(state, step.element, "SiteRef"))
    elif step.name in _KEYS:
        _enter(state, step)


def _open_file(state: _State, step: Step) -> None:
    """Take the type of the file; raises InputError for an unknown one and for changes to an earlier file."""
    kind = step.element.get("FileType", "")
    if kind not in ("Snapshot", "Transactional"):
        refuse(state.file, step.line, f"FileType = '{shown(kind)}'; ODM has Snapshot and Transactional")
    earlier = step.element.get("PriorFileOID")
    if kind == "Transactional" and earlier:
        text = f"PriorFileOID = '{shown(earlier)}': the file holds only what changed since; get all transactions in one"
        refuse(state.file, step.line, text)
    state.snapshot = kind == "Snapshot"


def _enter(state: _State, step: Step) -> None:
    """Open a level; what it hands down is its key and its transaction, where it has one of its own."""
    name, element, line = step.name, step.element, step.line
    oid, repeat = (element.get(attribute, "") if attribute else "" for attribute in _KEYS[name])
    parent, above = (state.levels[-1].kind, state.levels[-1].path) if state.levels else ("", "")
    own = _shared(state, element.get("TransactionType", ""))
    key = (_shared(state, oid), _shared(state, repeat))
    path = "" if name == "ClinicalData" else f"{above}/{shown(_label(key))}".removeprefix("/")
    state.levels.append(_Level(name, key, own or parent, line, path, _vendor(state, element, name)))
    if not oid.strip():
        _refuse(state, f"{name} without {_KEYS[name][0]}; have it corrected at source")
    if name in _DEFINED and not state.definitions.has(_DEFINED[name], oid):
        _refuse(state, f"the {_DEFINED[name]} '{shown(oid)}' is not defined; get the metadata of this file")
    _check_transaction(state, own, parent)
    if name == "ClinicalData":
        state.content.studies.setdefault(oid, line)
    elif name == "SubjectData":
        state.location = ""
    state.settled = name != "SubjectData"
    state.ordinal += name == "ItemGroupData"


def _check_transaction(state: _State, own: str, parent: str) -> None:
    if own and own not in _TRANSACTIONS:
        _refuse(state, f"TransactionType = '{shown(own)}': ODM has {', '.join(_TRANSACTIONS)}")
    if parent == "Remove" and own not in ("", "Remove"):
        _refuse(state, f"TransactionType = '{own}' below a Remove; what is removed can only be removed")
    if state.snapshot and own in ("Update", "Upsert", "Context"):
        text = f"TransactionType = '{own}' in a Snapshot, which has each value once; export as Transactional"
        _refuse(state, text)


def _leave(state: _State, step: Step) -> None:
    """Close a level: a record is taken when it is whole, and a removal takes along what is left below it."""
    level = state.levels[-1]
    if level.name == "ItemGroupData":
        _take(state, step.element, level)
    elif level.kind == "Remove" and not state.snapshot and level.name != "ClinicalData":
        for part, row in _leaves(_branch(state, pop=True)):
            part.columns["TransactionType"][row] = "Remove"
    state.levels.pop()


def _take(state: _State, element: Any, level: _Level) -> None:
    """Apply one ItemGroupData to the records."""
    oid = level.key[0]
    part = state.content.parts.get(oid)
    items = list(_items(state, element, oid))
    if part is None:
        state.content.others[oid] = state.content.others.get(oid, 0) + 1
        return
    branch = _branch(state)
    row = branch[level.key][1] if level.key in branch else None
    _check_state(state, level, part, row)
    fresh = row is None
    if row is None:
        row = _add(state, part, level)
        branch[level.key] = (part, row)
    if fresh or level.kind != "Remove":
        changed = [_set(state, part, row, item, fresh) for item in items]
        if level.kind != "Context" or any(changed):
            part.columns["TransactionType"][row] = "Update" if level.kind == "Context" else level.kind
    else:
        part.columns["TransactionType"][row] = "Remove"
    if level.kind == "Remove" and not state.snapshot:
        del branch[level.key]


def _check_state(state: _State, level: _Level, part: Part, row: int | None) -> None:
    """Raise InputError for a record that must not be there yet, or that must (ODM 1.3.2, transactions)."""
    if row is not None and (state.snapshot or level.kind == "Insert"):
        first = part.columns["ODMLine"][row]
        _refuse(state, f"the same key stands on line {first} already; two records need two repeat keys")
    if state.snapshot:
        return
    if not level.kind:
        _refuse(state, "no TransactionType here or above; a Transactional file says what it does with each record")
    if row is None and level.kind in ("Update", "Remove", "Context"):
        text = f"{level.kind} of a record that the file does not hold at this point; get all transactions in one file"
        _refuse(state, text)


def _add(state: _State, part: Part, level: _Level) -> int:
    """Add a record without values and return where it stands."""
    row = len(part.rows)
    study, subject, event, form, group = (each.key for each in state.levels)
    cells = (*study, subject[0], state.location, _shared(state, _label(event)), *event, *form, *group, level.kind)
    known = dict(zip(ATTRIBUTES, (*cells, level.path, str(level.line)), strict=True))
    for each in state.levels:
        known |= each.more
    for name in known:
        if name not in part.columns:
            part.columns[name] = [None] * row
    for name, column in part.columns.items():
        column.append(known.get(name))
    part.rows.append(state.ordinal)
    return row


def _items(state: _State, element: Any, group: str) -> Iterator[tuple[str, str, str | None, str | None]]:
    """Yield ItemOID, own transaction, value ("" where it is null, None where nothing is said) and unit of each item."""
    allowed = state.definitions.groups[group]
    for child in element:
        name = _ITEMS.get(child.tag, "")
        if not name:
            continue
        oid, own = child.get("ItemOID", ""), child.get("TransactionType", "")
        if oid not in allowed:
            what = f"'{shown(oid)}' is not an item of this ItemGroupDef" if oid.strip() else "without ItemOID"
            _refuse(state, f"{name} {what}; get the metadata of this file")
        _check_transaction(state, own, state.levels[-1].kind)
        unit = child.get("MeasurementUnitOID")
        for reference in child.iterchildren(_UNIT_REFERENCE):
            unit = reference.get("MeasurementUnitOID", "")
        if unit is not None and not state.definitions.has("MeasurementUnit", unit):
            _refuse(state, f"the MeasurementUnit '{shown(unit)}' is not defined; get the metadata of this file", oid)
        if not _ITEM_ATTRIBUTES.issuperset(child.keys()):
            _vendor(state, child, "ItemData")
        yield oid, own, _value(state, child, name, oid), unit


def _value(state: _State, item: Any, name: str, oid: str) -> str | None:
    text: str | None = item.get("Value") if name == "ItemData" else item.text
    null = item.get("IsNull")
    if null not in (None, "Yes"):
        _refuse(state, f"IsNull = '{shown(null)}'; ODM has Yes, or leaves it out", oid)
    if null and text:
        _refuse(state, f"the value '{shown(text)}' with IsNull = 'Yes'; have it corrected at source", oid)
    if text and len(text) > state.limits.cell:
        text = f"{len(text)} characters, more than limits.cell = {state.limits.cell}; raise the limit in the mapping"
        _refuse(state, text, oid)
    return "" if null else text


def _set(state: _State, part: Part, row: int, item: tuple[str, str, str | None, str | None], fresh: bool) -> bool:
    """Apply one item to a record and return whether that changed it."""
    oid, own, value, unit = item
    kind, column = own or state.levels[-1].kind, part.columns[oid]
    given = column[row]
    if given is not None and (state.snapshot or kind == "Insert"):
        _refuse(state, f"the item is inserted twice: '{shown(given)}', then '{shown(value or '')}'", oid)
    if kind == "Context":
        if value is not None and value != (given or ""):
            text = f"sent as context with '{shown(value)}', but the file said '{shown(given or '')}'; get it again"
            _refuse(state, text, oid)
        return False
    if kind == "Remove" and not (fresh and state.levels[-1].kind == "Remove"):
        value, unit, column[row] = None, "", None
    if value is not None:
        column[row] = _shared(state, value)
    if unit is not None:
        if oid + UNIT not in part.columns:
            part.columns[oid + UNIT] = [None] * len(part.rows)
        part.columns[oid + UNIT][row] = _shared(state, unit)
    return True


def _branch(state: _State, pop: bool = False) -> dict[Any, Any]:
    """Return what is in force below the parent of the open element; with `pop` what is below the element itself, which
    is forgotten."""
    keys = [each.key[0] if each.name == "ClinicalData" else each.key for each in state.levels]
    branch = state.live
    for key in keys[:-1]:
        branch = branch.setdefault(key, {})
    found: dict[Any, Any] = branch.pop(keys[-1], {}) if pop else branch
    return found


def _leaves(branch: dict[Any, Any]) -> Iterator[tuple[Part, int]]:
    for below in branch.values():
        if isinstance(below, dict):
            yield from _leaves(below)
        else:
            yield below


def _vendor(state: _State, element: Any, name: str) -> dict[str, str]:
    """Return the attributes of an element that ODM does not have, by column: `FormData/mdsol:Status`."""
    found = {}
    for attribute, text in element.attrib.items():
        if attribute in _STANDARD[name] or attribute.startswith(_XML):
            continue
        space, _, local = attribute.rpartition("}")
        if space and space not in state.prefixes:
            state.prefixes[space] = next(p for p, uri in element.nsmap.items() if p and uri == space[1:]) + ":"
        found[f"{name}/{state.prefixes[space] if space else ''}{local}"] = _shared(state, text)
    (state.content.passed if name == "ItemData" else state.content.offered).update(found)
    return found


def _shared(state: _State, text: str) -> str:
    """Return the one object for equal texts, so that a long file costs a pointer a cell."""
    return state.texts.setdefault(text, text)


def _refuse(state: _State, text: str, item: str = "") -> NoReturn:
    """Raise InputError naming file, line and path of the element that is open."""
    place = "/".join(filter(None, (state.levels[-1].path, shown(item))))
    refuse(state.file, state.levels[-1].line, f"{place}: {text}" if place else text)


def _label(key: tuple[str, str]) -> str:
    return f"{key[0]}[{key[1]}]" if key[1] else key[0]
