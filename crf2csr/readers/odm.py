"""CDISC ODM-XML 1.3 (1.3.2 and before): one file of several forms, read as text and nothing guessed.

One record is one ItemGroupData, and `part` of a form in the mapping is an ItemGroupOID: values belong to an item group,
a form of ODM may hold several that repeat each in its own way. The group is one part in whatever forms and events it
stands. Columns of a record, all text:

- `<ItemOID>`: what ItemData says (attribute Value, or the text of ItemDataString and its like); blank where it is null
  or absent. `<ItemOID>__UNIT`: the MeasurementUnitOID beside the value, there where the ItemDef has units or a record
  names one; never taken from the definition.
- StudyOID, MetaDataVersionOID, SubjectKey, LocationOID (SiteRef of the subject), StudyEventOID, StudyEventRepeatKey,
  FormOID, FormRepeatKey, ItemGroupOID, ItemGroupRepeatKey: the key as recorded.
- StudyEvent: StudyEventOID with its repeat key, if there is one, as `SE.TUM[2]`: one label for `visits`.
- TransactionType: the last one on the record, blank in a Snapshot that names none; `Remove` is a deleted record.
- ODMPath, ODMLine: where the record stands in the file, `01-001/SE.C1D1[1]/F.VS/IG.VS[3]` and the line of its tag.
- `FormData/vendor:Status`: attributes that ODM does not have, of the elements ClinicalData, SubjectData, SiteRef,
  StudyEventData, FormData and ItemGroupData, with the prefix of the file.

RAWROW is the ordinal of the ItemGroupData that made the record, from 1, over all ClinicalData of the file: in XPath
`(//ClinicalData//ItemGroupData)[RAWROW]`. AuditRecord, Signature and Annotation, AdminData and Association are known
and not read. Definitions come from the file itself, or from the ODM file that the mapping names as `dictionary`.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from crf2csr.errors import InputError, shown
from crf2csr.mapping import Limits, Mapping
from crf2csr.readers.folder import (
    ask_each,
    check_folder,
    extra_columns,
    finding,
    refuse_foreign_decimals,
    refuse_missing_columns,
    text_frame,
)
from crf2csr.readers.odm_definitions import Definitions, read_definitions
from crf2csr.readers.odm_records import ATTRIBUTES, Content, read_records
from crf2csr.readers.text import refuse_unfit
from crf2csr.study import nearest

if TYPE_CHECKING:
    import pandas as pd


def read_form(path: Path, form: str, mapping: Mapping) -> pd.DataFrame:
    """Return the records of a form as recorded: every column as text, then RAWFILE (`file:part`) and RAWROW (Int64).

    Rows stand in the order of the file; deleted records are among them, with `Remove` under TransactionType. Raises
    InputError naming file, line and path for a mapped item group or item that is not defined (F-103) and for the faults
    F-101, F-102, F-105 to F-107, F-111 to F-114, F-607.
    """
    content, definitions = _load(path, mapping)
    oid = _part(form, mapping)
    _refuse_missing(content, definitions, form, mapping)
    part = content.parts[oid]
    needed = [name for name in mapping.needed_columns(form) if name not in part.columns]
    columns = part.columns | {name: [None] * len(part.rows) for name in needed}
    frame = text_frame(columns, mapping.forms[form].source, part.rows)
    refuse_foreign_decimals(frame, form, mapping)
    return frame


def check_extract(folder: Path, mapping: Mapping) -> list[dict[str, str]]:
    """Return the queries about files and item groups (Q-101) and about items, units, vendor attributes and vendor
    elements (Q-102) that the mapping does not know.

    An item group is known if it is the part of a form, mapped or not, or stands as `file:part` in `ignored_files`; a
    vendor attribute or element if any form names or ignores it. Raises InputError listing every file (F-101) and every
    item group and item (F-103) that the mapping needs and the extract lacks, and as `read_form`.
    """

    def missing_in(form: str) -> list[dict[str, str]]:
        _refuse_missing(*_load(folder / mapping.forms[form].file, mapping), form, mapping)
        return []

    queries = check_folder(folder, mapping) + ask_each(mapping, missing_in)
    for file in dict.fromkeys(entry.file for entry in mapping.forms.values()):
        forms = [form for form, entry in mapping.forms.items() if entry.file == file]
        content, _ = _load(folder / file, mapping)
        queries += _unknown(file, content, forms, mapping)
    return queries


def _unknown(file: str, content: Content, forms: list[str], mapping: Mapping) -> list[dict[str, str]]:
    """Return the queries about what a file has and the mapping does not know, in the order of file, parts, columns."""
    left_out = {f"{entry.file}:{entry.part}" for entry in mapping.not_mapped.values()}
    sources = {group: f"{file}:{group}" for group in content.others}
    queries = [
        finding("Q-101", "", source, "file", group)
        for group, source in sources.items()
        if source not in left_out and source not in mapping.ignored_files
    ]
    known = {name for form in forms for name in (*mapping.needed_columns(form), *mapping.ignored_columns(form))}
    foreign = sorted((content.offered | content.passed) - known)
    queries += [finding("Q-102", "", file, shown(name), name) for name in foreign]
    for form in forms:
        columns = content.parts[_part(form, mapping)].columns
        own = [name for name in columns if name not in ATTRIBUTES and name not in content.offered]
        queries += extra_columns(own, form, mapping)
    return queries


def _refuse_missing(content: Content, definitions: Definitions, form: str, mapping: Mapping) -> None:
    """Raise InputError for mapped columns that an item group does not have (F-103).

    An attribute of a vendor is missing if no element of the file has it; where the group has no record there is nothing
    that could have it.
    """
    oid = _part(form, mapping)
    part = content.parts[oid]
    header = [*part.columns, *content.offered]
    header += [name for name in mapping.needed_columns(form) if "/" in name and not part.rows]
    where = f"{definitions.file} line {definitions.lines[oid]} ItemGroupDef '{oid}'"
    refuse_missing_columns(where, header, form, mapping)


def _part(form: str, mapping: Mapping) -> str:
    part = mapping.forms[form].part
    if part is None:
        raise InputError(f"forms.{form}: no part; a file of ODM holds several forms, name the ItemGroupOID as part")
    return part


def _load(path: Path, mapping: Mapping) -> tuple[Content, Definitions]:
    """Return records and definitions of a file; the file read last stays in memory, as long as its bytes are the same.

    Raises InputError for a mapped item group that is not defined, and for two studies in one file where the mapping
    has no column for the study (F-114).
    """
    forms = [form for form, entry in mapping.forms.items() if entry.file == path.name]
    wanted = tuple(_part(form, mapping) for form in forms)
    encoding = mapping.forms[forms[0]].encoding or mapping.encoding
    beside = path.parent / mapping.dictionary if mapping.dictionary else path
    for file in dict.fromkeys((path, beside)):
        refuse_unfit(file, mapping.limits)
    content, definitions = _parsed(path, _digest(path), beside, _digest(beside), wanted, encoding, mapping.limits)
    if len(content.studies) > 1 and not mapping.common.study:
        first, (other, line) = next(iter(content.studies)), list(content.studies.items())[1]
        raise InputError(
            f"{path.name} line {line}: StudyOID = '{shown(other)}', but the file began with '{shown(first)}'; "
            "get one study a file, or map common.study to StudyOID with the right study_values"
        )
    return content, definitions


@lru_cache(maxsize=1)
def _parsed(
    path: Path, digest: str, beside: Path, other: str, wanted: tuple[str, ...], encoding: str, limits: Limits
) -> tuple[Content, Definitions]:
    definitions = read_definitions(beside, encoding)
    missing = [f"'{oid}'{nearest(oid, definitions.groups)}" for oid in wanted if oid not in definitions.groups]
    if missing:
        raise InputError(
            f"{definitions.file}: no ItemGroupDef {', '.join(missing)}; get the metadata again or correct part in the "
            "mapping"
        )
    content = read_records(path, encoding, definitions, wanted, limits)
    for file, before in ((path, digest), (beside, other)):
        if _digest(file) != before:
            raise InputError(
                f"{file.name}: the file changed while it was read; run again when the transfer is complete"
            )
    return content, definitions


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
