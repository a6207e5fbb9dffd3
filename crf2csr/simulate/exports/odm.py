"""The demonstration extract as ODM-XML 1.3.2: one file, either all transactions or a snapshot of the last state.

An event that repeats is one StudyEventDef with a repeat key, a record that stands twice under one number is on a second
page of its form (FormRepeatKey), a unit is a MeasurementUnitRef. What ODM has no place for (status of the page, open
queries, time of entry) are attributes of the vendor.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from lxml import etree

from crf2csr.mapping import Mapping

if TYPE_CHECKING:
    import pandas as pd

FileType = Literal["Snapshot", "Transactional"]
_ODM = "http://www.cdisc.org/ns/odm/v1.3"
_EDC = "http://example.org/edc"
_CREATED = "2023-07-05T00:00:00"
_UNIT = "__UNIT"
#: Visit label of the system -> StudyEventOID and StudyEventRepeatKey; `\1` is the first number in the label.
_EVENTS = (
    (r"Cycle (\d+) Day (\d+)", r"SE.C\1D\2", ""),
    (r"Tumor assessment (\d+)", "SE.TUM", r"\1"),
    (r"Follow-up (\d+)", "SE.FU", r"\1"),
    ("Screening", "SE.SCREENING", ""),
    ("Unscheduled tumor assessment", "SE.UNSTUM", ""),
    ("Unscheduled visit", "SE.UNSCHEDULED", ""),
    ("End of treatment", "SE.EOT", ""),
    ("Safety follow-up", "SE.SFU", ""),
    ("Not applicable", "SE.LOG", ""),
)
#: Of the records, one in so many is completed by a later transaction.
_LATER = 20


class _Record(NamedTuple):
    """One ItemGroupData: its place, the attributes of the vendor, items as (ItemOID, value, unit)."""

    subject: tuple[str, str]
    event: tuple[str, str]
    form: tuple[str, str]
    number: str
    deleted: bool
    about: dict[str, str]
    items: tuple[tuple[str, str, str], ...]


def write(
    forms: dict[str, pd.DataFrame], mapping: Mapping, folder: Path, file_type: FileType = "Transactional"
) -> None:
    """Write the forms, as `transfer` gives them, into the one file that the mapping names; same input, same bytes.

    Transactional: every record is inserted; then some get their last value by an Update and the deleted ones a Remove.
    Snapshot: the last state, deleted records marked with TransactionType Remove. Raises ValueError for a visit that has
    no event and for a character that XML does not allow.
    """
    (file,) = {entry.file for entry in mapping.forms.values()}
    records = [record for form, frame in forms.items() for record in _records(form, frame, mapping)]
    study = mapping.study_values[0]
    about = {"FileType": file_type, "FileOID": "demonstration", "ODMVersion": "1.3.2", "Granularity": "All"}
    folder.mkdir(parents=True, exist_ok=True)
    spaces = {None: _ODM, "edc": _EDC}
    with etree.xmlfile(str(folder / file), encoding="UTF-8") as xml:
        xml.write_declaration()
        with xml.element(f"{{{_ODM}}}ODM", about | {"CreationDateTime": _CREATED}, nsmap=spaces):
            xml.write(_study(study, records, forms, mapping), pretty_print=True)
            xml.write(_people(records), pretty_print=True)
            data = {"StudyOID": study, "MetaDataVersionOID": "MDV.1"}
            with xml.element(f"{{{_ODM}}}ClinicalData", data):
                for subject in _subjects(records, "Insert" if file_type == "Transactional" else ""):
                    xml.write(subject, pretty_print=True)
            if file_type == "Transactional":
                with xml.element(f"{{{_ODM}}}ClinicalData", data):
                    for subject in _subjects(_changed(records), "Context"):
                        xml.write(subject, pretty_print=True)


def _records(form: str, frame: pd.DataFrame, mapping: Mapping) -> Iterator[_Record]:
    """Yield the records of a form; those that share subject, visit and number stand on pages of their own."""
    common = mapping.common
    names = [name for name in mapping.needed_columns(form) if name not in mapping.common_columns()]
    items = dict.fromkeys(name.removesuffix(_UNIT) for name in names)
    pages: Counter[tuple[str, ...]] = Counter()
    for row in frame.to_dict("records"):
        key = tuple(row[name] for name in (common.site, common.subject, common.visit, common.record) if name)
        pages[key] += 1
        page = str(pages[key]) if pages[key] > 1 else ""
        site, subject, visit, number = key
        about = {name.partition(":")[2]: row[name] for name in mapping.common_columns() if "/edc:" in name}
        values = tuple((item, row.get(item, ""), row.get(item + _UNIT, "")) for item in items)
        deleted = row[common.deleted or ""] == "Y"
        yield _Record((site, subject), _event(visit), (form.upper(), page), number, deleted, about, values)


def _event(label: str) -> tuple[str, str]:
    for pattern, oid, repeat in _EVENTS:
        if match := re.fullmatch(pattern, label):
            return match.expand(oid), match.expand(repeat)
    raise ValueError(f"no StudyEventDef for the visit '{label}'")


def _changed(records: Iterable[_Record]) -> list[_Record]:
    return [record for place, record in enumerate(records) if record.deleted or _is_later(place, record)]


def _is_later(place: int, record: _Record) -> bool:
    return place % _LATER == 0 and not record.deleted and bool(record.items[-1][1])


def _subjects(records: list[_Record], kind: str) -> Iterator[Any]:
    """Yield a SubjectData for each site and subject, with the transaction that holds for all below it ("": none)."""
    places = {id(record): place for place, record in enumerate(records)}
    by_page = sorted(records, key=lambda record: record.subject)
    for (site, subject), its in groupby(by_page, key=lambda record: record.subject):
        element = _element("SubjectData", SubjectKey=subject, TransactionType=kind)
        _add(element, "SiteRef", LocationOID=site)
        events: dict[tuple[str, str], list[_Record]] = {}
        for record in its:
            events.setdefault(record.event, []).append(record)
        for (oid, repeat), held in events.items():
            event = _add(element, "StudyEventData", StudyEventOID=oid, StudyEventRepeatKey=repeat)
            _pages(event, held, kind, places)
        yield element


def _pages(event: Any, records: list[_Record], kind: str, places: dict[int, int]) -> None:
    """Add the pages of an event with their records: as context with a change each, or as they are entered."""
    pages: dict[tuple[str, str], Any] = {}
    for record in records:
        form, repeat = record.form
        if record.form not in pages:
            pages[record.form] = _add(event, "FormData", FormOID=f"F.{form}", FormRepeatKey=repeat)
        element = _add(pages[record.form], "ItemGroupData", ItemGroupOID=f"IG.{form}", ItemGroupRepeatKey=record.number)
        if kind == "Context":
            element.set("TransactionType", "Remove" if record.deleted else "Update")
            _add_audit(element, record)
            _add_items(element, () if record.deleted else record.items[-1:])
            continue
        if record.deleted and not kind:
            element.set("TransactionType", "Remove")
        for name, text in record.about.items():
            element.set(f"{{{_EDC}}}{name}", text)
        later = kind == "Insert" and _is_later(places[id(record)], record)
        _add_items(element, record.items[:-1] if later else record.items)


def _add_items(element: Any, items: Iterable[tuple[str, str, str]]) -> None:
    """Add the items that have a value or a unit; what is blank is left out, as ODM advises."""
    for oid, value, unit in items:
        if value or unit:
            empty = {} if value else {"IsNull": "Yes"}
            item = _add(element, "ItemData", ItemOID=oid, **({"Value": value} if value else empty))
            if unit:
                _add(item, "MeasurementUnitRef", MeasurementUnitOID=unit)


def _add_audit(element: Any, record: _Record) -> None:
    audit = _add(element, "AuditRecord")
    _add(audit, "UserRef", UserOID="USR.1")
    _add(audit, "LocationRef", LocationOID=record.subject[0])
    _add(audit, "DateTimeStamp").text = record.about["Entered"].replace(" ", "T")
    _add(audit, "ReasonForChange").text = "Entered in error" if record.deleted else "Completed"


def _study(oid: str, records: list[_Record], forms: dict[str, pd.DataFrame], mapping: Mapping) -> Any:
    """Return the definitions of everything that the records name."""
    study = _element("Study", OID=oid)
    names = _add(study, "GlobalVariables")
    for name in ("StudyName", "StudyDescription", "ProtocolName"):
        _add(names, name).text = oid
    units = sorted({unit for record in records for _, _, unit in record.items if unit})
    basic = _add(study, "BasicDefinitions")
    for unit in units:
        symbol = _add(_add(basic, "MeasurementUnit", OID=unit, Name=unit), "Symbol")
        _add(symbol, "TranslatedText").text = unit
    version = _add(study, "MetaDataVersion", OID="MDV.1", Name="Demonstration")
    for event in sorted({record.event[0] for record in records}):
        _add(version, "StudyEventDef", OID=event, Name=event, Repeating="Yes", Type="Common")
    for form in forms:
        page = _add(version, "FormDef", OID=f"F.{form.upper()}", Name=form, Repeating="Yes")
        _add(page, "ItemGroupRef", ItemGroupOID=f"IG.{form.upper()}", Mandatory="No")
    groups = {form: [name for name in mapping.needed_columns(form) if name.startswith("IT.")] for form in forms}
    for form, columns in groups.items():
        group = _add(version, "ItemGroupDef", OID=f"IG.{form.upper()}", Name=form, Repeating="Yes")
        for item in dict.fromkeys(name.removesuffix(_UNIT) for name in columns):
            _add(group, "ItemRef", ItemOID=item, Mandatory="No")
    for columns in groups.values():
        for item in dict.fromkeys(name.removesuffix(_UNIT) for name in columns):
            definition = _add(version, "ItemDef", OID=item, Name=item, DataType="text", Length="1000")
            for unit in units if item + _UNIT in columns else ():
                _add(definition, "MeasurementUnitRef", MeasurementUnitOID=unit)
    return study


def _people(records: Iterable[_Record]) -> Any:
    """Return who and where: what the audit records and the subjects name."""
    people = _element("AdminData")
    _add(_add(people, "User", OID="USR.1"), "DisplayName").text = "Site staff"
    for site in sorted({record.subject[0] for record in records}):
        _add(people, "Location", OID=site, Name=f"Site {site}", LocationType="Site")
    return people


def _add(parent: Any, name: str, **attributes: str) -> Any:
    return etree.SubElement(parent, f"{{{_ODM}}}{name}", {key: text for key, text in attributes.items() if text})


def _element(name: str, **attributes: str) -> Any:
    """Return an element of ODM with the attributes that are not blank."""
    spaces = {None: _ODM, "edc": _EDC}
    given = {key: text for key, text in attributes.items() if text}
    return etree.Element(f"{{{_ODM}}}{name}", given, nsmap=spaces)
