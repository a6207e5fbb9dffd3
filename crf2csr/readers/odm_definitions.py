"""What a study may hold according to its MetaDataVersion: events, forms, item groups with their items, units."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crf2csr.errors import InputError, shown
from crf2csr.readers.odm_xml import NAMESPACE, Step, refuse, steps


@dataclass
class Definitions:
    """What is defined, by OID, all versions of the metadata together: items keep their OIDs from one to the next.

    `groups`: ItemGroupOID -> ItemOIDs in the order of the definition; `measured`: the ItemOIDs whose definition names
    a unit; `lines`: ItemGroupOID -> line of its definition.
    """

    file: str
    groups: dict[str, dict[str, None]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    measured: set[str] = field(default_factory=set)
    known: dict[str, set[str]] = field(default_factory=dict)

    def has(self, kind: str, oid: str) -> bool:
        """Return whether an element `kind` with this OID is defined."""
        return oid in self.known.get(kind, ())


def read_definitions(path: Path, encoding: str) -> Definitions:
    """Return the definitions of an ODM file, read up to its clinical data.

    Raises InputError for a file without definitions, for one that refers to an item, code list or unit that it does
    not define, and as `odm_xml.steps`.
    """
    result = Definitions(path.name)
    named: list[tuple[str, str, int]] = []
    for step in steps(path, encoding):
        if step.event == "start" and step.name == "ClinicalData":
            break
        if step.event == "start" and step.name == "ItemGroupDef":
            result.lines.setdefault(step.element.get("OID", ""), step.line)
        if step.event == "end":
            _define(result, named, step)
    if not result.groups:
        raise InputError(
            f"{path.name}: no ItemGroupDef before the clinical data; get the file with its MetaDataVersion, or name "
            "the file of the metadata as dictionary in the mapping"
        )
    for kind, oid, line in named:
        if not result.has(kind, oid):
            refuse(path.name, line, f"the {kind} '{shown(oid)}' is named and not defined; get the metadata again")
    return result


def _define(result: Definitions, named: list[tuple[str, str, int]], step: Step) -> None:
    """Add what an element defines and remember what it names."""
    element, line = step.element, step.line
    if step.name not in ("MeasurementUnit", "StudyEventDef", "FormDef", "ItemGroupDef", "ItemDef", "CodeList"):
        return
    oid = _oid(result.file, element, "OID", line)
    result.known.setdefault(step.name, set()).add(oid)
    if step.name == "ItemGroupDef":
        items = result.groups.setdefault(oid, {})
        for item in _named(result.file, element, "ItemRef", "ItemOID", line):
            named.append(("ItemDef", item, line))
            items[item] = None
    elif step.name == "ItemDef":
        units = _named(result.file, element, "MeasurementUnitRef", "MeasurementUnitOID", line)
        named += [("MeasurementUnit", unit, line) for unit in units]
        named += [("CodeList", code, line) for code in _named(result.file, element, "CodeListRef", "CodeListOID", line)]
        if units:
            result.measured.add(oid)


def _named(file: str, element: Any, child: str, attribute: str, line: int) -> list[str]:
    return [_oid(file, found, attribute, line) for found in element.iterchildren(f"{{{NAMESPACE}}}{child}")]


def _oid(file: str, element: Any, attribute: str, line: int) -> str:
    oid: str = element.get(attribute, "")
    if not oid.strip():
        refuse(file, line, f"{element.tag.rpartition('}')[2]} without {attribute}; get the metadata again")
    return oid
