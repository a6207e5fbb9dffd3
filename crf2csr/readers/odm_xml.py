"""ODM-XML as a stream: the elements of the model one after another, each forgotten once it has been read.

Nothing outside the file is ever opened: document types, and with them all entities, are refused before the first
element (F-607), and libxml2 keeps its limits on depth and length (no `huge_tree`).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, NoReturn

from lxml import etree

from crf2csr.errors import InputError, shown

NAMESPACE = "http://www.cdisc.org/ns/odm/v1.3"
_SPACE = f"{{{NAMESPACE}"
#: Read element by element, this many bytes at once at the most: a file may be one line.
_PIECE = 65_536
#: `internal`: nothing outside the file is resolved, and an entity that nothing declares is an error.
_SAFE = {"resolve_entities": "internal", "load_dtd": False, "no_network": True, "huge_tree": False, "remove_pis": True}
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")

#: Typed forms of ItemData in ODM 1.3.2; each carries its value as text.
_TYPES = (
    "Any String Integer Float Date Time Datetime Boolean Double HexBinary Base64Binary HexFloat Base64Float "
    "PartialDate PartialTime PartialDatetime DurationDatetime IntervalDatetime IncompleteDatetime IncompleteDate "
    "IncompleteTime URI"
)
TYPED = frozenset(f"ItemData{name}" for name in _TYPES.split())
#: What says who did something, when and why: known and not read.
_ABOUT = {"AuditRecord": False, "Signature": False, "Annotation": False}
#: Below each element of the clinical part what ODM 1.3.2 allows there: True is read, False is known and passed over.
_CHILDREN = {
    "ODM": {"Study": True, "AdminData": False, "ReferenceData": False, "ClinicalData": True, "Association": False},
    "ClinicalData": {"SubjectData": True, "AuditRecords": False, "Signatures": False, "Annotations": False},
    "SubjectData": {"SiteRef": True, "StudyEventData": True, "InvestigatorRef": False} | _ABOUT,
    "StudyEventData": {"FormData": True} | _ABOUT,
    "FormData": {"ItemGroupData": True, "ArchiveLayoutRef": False} | _ABOUT,
    "ItemGroupData": {"ItemData": True} | dict.fromkeys(TYPED, True) | _ABOUT,
    "ItemData": {"MeasurementUnitRef": True} | _ABOUT,
    "SiteRef": {},
    "MeasurementUnitRef": {},
} | {name: {} for name in TYPED}
#: Of the definitions only what is named here is read; the rest says nothing about values.
_DEFINITIONS: dict[str, tuple[str, ...]] = {
    "Study": ("BasicDefinitions", "MetaDataVersion"),
    "BasicDefinitions": ("MeasurementUnit",),
    "MetaDataVersion": ("StudyEventDef", "FormDef", "ItemGroupDef", "ItemDef", "CodeList"),
    "ItemGroupDef": ("ItemRef",),
    "ItemDef": ("MeasurementUnitRef", "CodeListRef"),
}
#: Elements that are kept whole until their end: what stands in them is no step of its own.
_WHOLE = frozenset({"ItemGroupData", "ItemGroupDef", "ItemDef"})


class Step(NamedTuple):
    """One event of the stream: `start` or `end` of an element of the model, or `foreign` for one that is not read.

    `name` is the local name, of a foreign element the path from the element around it (`ItemData/mdsol:Query`);
    `line` is the line of the file on which the tag ends.
    """

    event: str
    name: str
    element: Any
    line: int


def steps(path: Path, encoding: str) -> Iterator[Step]:
    """Yield the steps of an ODM 1.3 file in the order of the file.

    Raises InputError naming file and line for what is no XML or cut (F-105), a document type (F-607), an encoding
    that is not the declared one (F-106), another format or version of ODM, and an element of ODM that the model does
    not have where it stands.
    """
    _refuse_other_encoding(path, encoding)
    _refuse_document_type(path)
    file, stack = path.name, list[str]()
    for event, element, line in _parsed(path):
        if event == "start":
            name, foreign = _entered(file, element, stack, line)
            if foreign or (name and _WHOLE.isdisjoint(stack)):
                yield Step("foreign" if foreign else "start", foreign or name, element, line)
            stack.append(name)
        else:
            name = stack.pop()
            if _WHOLE.isdisjoint(stack):
                if name:
                    yield Step("end", name, element, line)
                _forget(element)


def refuse(name: str, line: int, text: str) -> NoReturn:
    """Raise InputError for a line of a file called `name`."""
    raise InputError(f"{name} line {line}: {text}")


def _entered(file: str, element: Any, stack: list[str], line: int) -> tuple[str, str]:
    """Return the local name of an element that is read (else ""), and how to name one that is passed over."""
    if not stack:
        _refuse_other_root(file, element, line)
        return "ODM", ""
    parent = stack[-1]
    if not parent:
        return "", ""
    space, _, name = element.tag.rpartition("}")
    if space != _SPACE:
        return "", f"{parent}/{element.prefix}:{name}" if element.prefix else f"{parent}/{name}"
    if parent not in _CHILDREN:
        return (name if name in _DEFINITIONS.get(parent, ()) else ""), ""
    known = _CHILDREN[parent]
    if name not in known:
        where = f"the element '{shown(name)}' does not belong into {parent}"
        refuse(file, line, f"{where} in ODM 1.3.2; get the file again")
    return (name if known[name] else ""), "ReferenceData" if name == "ReferenceData" else ""


def _refuse_other_root(file: str, element: Any, line: int) -> None:
    tag, version = etree.QName(element), element.get("ODMVersion", "1.3")
    if tag.localname != "ODM":
        refuse(file, line, f"the root element is '{shown(tag.localname)}', not ODM; get the study data as ODM 1.3.2")
    if tag.namespace != NAMESPACE:
        found = f"namespace '{shown(tag.namespace)}'" if tag.namespace else "no namespace"
        refuse(file, line, f"{found}; ODM 1.3 has '{NAMESPACE}', other versions are not read; export as ODM 1.3.2")
    if version not in ("1.3", "1.3.0", "1.3.1", "1.3.2"):
        refuse(file, line, f"ODMVersion = '{shown(version)}': ODM 1.3 to 1.3.2 is read; export as ODM 1.3.2")


def _parsed(path: Path) -> Iterator[tuple[str, Any, int]]:
    """Yield start and end of every element with the line of its tag.

    The parser is fed line by line and the lines are counted here: libxml2 keeps 16 bits for a line number, and a file
    of ODM has more lines than that.
    """
    parser = etree.XMLPullParser(events=("start", "end"), remove_comments=True, **_SAFE)
    line, ended = 1, False
    with path.open("rb") as file:
        try:
            for piece in _pieces(file):
                parser.feed(piece)
                for event, element in parser.read_events():
                    yield event, element, line
                line += piece.endswith(b"\n")
            ended = True
            parser.close()
        except etree.XMLSyntaxError as error:
            raise InputError(f"{path.name} line {_explain(parser, error, line, ended)}") from error


def _explain(parser: Any, error: etree.XMLSyntaxError, line: int, ended: bool) -> str:
    """Return line and words for the first fault that the parser met; `ended`: it met it at the end of the file."""
    first = next(iter(parser.feed_error_log), None)
    text = shown((first.message if first is not None else str(error.msg)).strip(), 120)
    place = first.line if first is not None else line
    if ended:
        return f"{place}: the file ends before its last element is closed ({text}); it is cut, get it again"
    if "encoding" in text:
        return f"{place}: not in the encoding that the file declares ({text}); get the file again"
    return f"{place}: not XML ({text}); the file is damaged, get it again"


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a file, long ones in pieces."""
    while piece := file.readline(_PIECE):
        yield piece


def _forget(element: Any) -> None:
    """Free an element that has been read and what stands before it below the same parent."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


class _Prolog:
    """Target of a parser that looks at what stands before the root element and no further."""

    class Root(Exception):
        """The root element begins."""

    def doctype(self, *_about: str | None) -> None:
        raise InputError("a document type (DOCTYPE); entities and document types are refused, get the file without")

    def start(self, *_about: Any) -> None:
        raise self.Root

    def close(self) -> None:
        """End of the file."""


def _refuse_document_type(path: Path) -> None:
    """Raise InputError for a document type before any entity that it declares is looked at (F-607)."""
    parser = etree.XMLParser(target=_Prolog(), **_SAFE)
    line = 1
    with path.open("rb") as file:
        try:
            for piece in _pieces(file):
                parser.feed(piece)
                line += piece.endswith(b"\n")
        except InputError as error:
            raise InputError(f"{path.name} line {line}: {error}") from error
        except (_Prolog.Root, etree.XMLSyntaxError):
            return  # what is no XML is said when it is read


def _refuse_other_encoding(path: Path, wanted: str) -> None:
    """Raise InputError if mark, declaration and mapping do not name one encoding (F-106).

    Without a declaration XML is UTF-8, or UTF-16 with its mark (XML 1.0, section 4.3.3).
    """
    with path.open("rb") as file:
        head = file.read(1000)
    mark = next((name for mark, name in _MARKS.items() if head.startswith(mark)), "")
    match = _DECLARED.search(head.replace(b"\0", b""))
    declared = match[1].decode("ascii") if match else mark or "utf-8"
    if mark and not _same(mark, declared):
        raise InputError(
            f"{path.name}: byte 0: a {mark.upper()} byte-order mark, but the file declares the encoding "
            f"'{shown(declared)}'; get the file again"
        )
    if not _same(declared, wanted.removesuffix("-sig")):
        raise InputError(
            f"{path.name} line 1: encoding '{shown(declared)}', but the mapping declares {wanted}; declare the "
            "encoding of the file in the mapping, or get the file as UTF-8"
        )


def _same(name: str, other: str) -> bool:
    try:
        return codecs.lookup(name).name == codecs.lookup(other).name
    except LookupError:
        return False
