"""What one kind of extract calls its files, columns, codes and formats, held against the raw contracts.

A mapping is `config/<study>/mappings/<name>.yaml`; the raw contracts are read by `crf2csr.raw_contracts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from crf2csr.contracts import ROOT, load_contract, load_terms
from crf2csr.errors import InputError
from crf2csr.raw_contracts import RawField, known_forms, load_raw_contract
from crf2csr.strict_yaml import load_yaml
from crf2csr.study import nearest, validate

#: Kinds of extract, each read by the module of its name in `crf2csr.readers`.
Reader = Literal["csv_forms", "redcap", "odm", "sas", "excel", "sdtm"]
#: Readers whose files may hold several forms; `part` says which one.
SEVERAL_FORMS = ("redcap", "odm", "excel")
Encoding = Literal["utf-8", "utf-8-sig", "utf-16", "cp1252", "cp1251", "iso-8859-1", "ascii"]
Delimiter = Literal[",", ";", "\t", "|"]
DateFormat = Literal["iso", "dd-Mon-yyyy", "mm/dd/yyyy"]
DecimalSign = Literal[".", ","]
#: A file name and nothing else: no folder, no option, no control character (F-308, F-608, F-609).
PLAIN_FILE = r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$"
#: A name within a file: no path, no control character.
PLAIN_PART = r"^[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}$"
_NUMERIC = ("integer", "decimal")
_PLACEHOLDER = re.compile(r"\{([a-z])\}")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldMap(_Strict):
    """Where a contract field stands: a `column`, date `parts` (year, month, day) or `boxes` (column: term) to tick.

    `code_column` is the coded twin of a label; `missing` gives missing codes with their meaning; `decimal` and
    `thousands` the signs of a number; `dates` and `pivot` (last two-digit year of the 2000s) the formats of a date;
    `alone` the boxes that exclude others; `ignore` columns beside it that are never read.
    """

    column: str | None = None
    code_column: str | None = None
    parts: tuple[str, str, str] | None = None
    boxes: dict[str, str] | None = None
    missing: dict[str, str] = {}
    decimal: tuple[DecimalSign, ...] = (".",)
    thousands: Literal[",", ".", " ", "'"] | None = None
    dates: tuple[DateFormat, ...] | None = None
    pivot: int | None = Field(default=None, ge=0, le=99)
    alone: tuple[str, ...] = ("UNKNOWN", "NOT REPORTED", "NONE", "NOT APPLICABLE")
    ignore: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        """The raw columns that hold the value, without the ignored ones."""
        single = [name for name in (self.column, self.code_column) if name]
        return single + list(self.parts or ()) + list(self.boxes or ())


class _Source(_Strict):
    """Where records stand: a file, and what they are called within one that may hold several forms (`part`: instrument,
    item group, sheet)."""

    file: str = Field(pattern=PLAIN_FILE)
    part: str | None = Field(default=None, pattern=PLAIN_PART)

    @property
    def source(self) -> str:
        """What RAWFILE says: the file, and the part of it where there is one."""
        return self.file if self.part is None else f"{self.file}:{self.part}"


class FormMap(_Source):
    """One form: its fields, the fields it lacks (`absent`) and the columns that are never read (`ignore`)."""

    encoding: Encoding | None = None
    delimiter: Delimiter | None = None
    fields: dict[str, FieldMap]
    absent: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


class NotMapped(_Source):
    """A form that arrives and is not read, and why."""

    why: str = Field(min_length=1)


class DomainMap(_Source):
    """One SDTM dataset of a sponsor that becomes a domain as it is, and what it calls the variables.

    `rename` gives the dataset's name of a variable where it is another than that of the contract, `constants` the value
    of a variable that the dataset leaves out because it is the same for all its records, `rows` the values that a
    record must have in some columns to belong to the domain; `absent` and `ignore` as in `FormMap`.
    """

    rename: dict[str, str] = {}
    constants: dict[str, str] = {}
    rows: dict[str, tuple[str, ...]] = {}
    absent: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


class CommonMap(_Strict):
    """The columns that every form has."""

    site: str
    subject: str
    visit: str | None = None
    record: str | None = None
    status: str | None = None
    deleted: str | None = None
    queries: str | None = None
    entered: str | None = None
    study: str | None = None


class Limits(_Strict):
    """How large a file may be before it is refused (F-113)."""

    bytes: int = Field(default=2_000_000_000, gt=0)
    columns: int = Field(default=2_000, gt=0)
    cell: int = Field(default=1_000_000, gt=0)


class Mapping(_Strict):
    """One kind of extract."""

    reader: Reader
    encoding: Encoding
    delimiter: Delimiter = ","
    #: Beside the forms: the data dictionary (REDCap), the format catalog (SAS).
    dictionary: str | None = Field(default=None, pattern=PLAIN_FILE)
    catalog: str | None = Field(default=None, pattern=PLAIN_FILE)
    dates: tuple[DateFormat, ...] = Field(min_length=1)
    common: CommonMap
    deleted_values: tuple[str, ...] = ()
    locked_values: tuple[str, ...] = ()
    study_values: tuple[str, ...] = ()
    #: Record numbers count within a subject and visit, or within a subject (Q-112).
    record_scope: Literal["visit", "subject"] = "visit"
    visits: dict[str, str] = {}
    codes: dict[str, dict[str, str]] = {}
    forms: dict[str, FormMap] = {}
    #: SDTM datasets, with reader `sdtm` and in place of forms.
    domains: dict[str, DomainMap] = {}
    not_mapped: dict[str, NotMapped] = {}
    ignored_files: tuple[str, ...] = ()
    limits: Limits = Limits()

    @property
    def entries(self) -> dict[str, FormMap | DomainMap]:
        """Everything that is read: the forms, or the datasets of a sponsor's SDTM by their domains."""
        return {**self.forms, **self.domains}

    @property
    def beside(self) -> dict[str, str]:
        """What a reader needs beside the forms: file to what it is."""
        named = {"dictionary": self.dictionary, "catalog": self.catalog}
        return {file: what for what, file in named.items() if file}

    @property
    def given(self) -> tuple[str, ...]:
        """What the extract has, as `lineage.present` asks for it: names of forms, `clean.<domain>` of datasets."""
        return (*self.forms, *(f"clean.{name}" for name in self.domains))

    def common_columns(self) -> list[str]:
        """Return the declared common columns in order."""
        return [name for name in self.common.model_dump().values() if name]

    def needed_columns(self, form: str) -> list[str]:
        """Return the columns without which a form cannot be read (F-103)."""
        return self.common_columns() + [name for field in self.forms[form].fields.values() for name in field.columns]

    def ignored_columns(self, form: str) -> list[str]:
        """Return the declared columns that are never read."""
        fields = self.forms[form].fields.values()
        return [*self.forms[form].ignore, *(name for field in fields for name in field.ignore)]


def load_mapping(path: Path, root: Path = ROOT) -> Mapping:
    """Read a mapping and hold it against the contracts.

    Raises InputError listing every defect with file, line, key and the nearest name.
    """
    document = load_yaml(path)
    mapping = validate(document, Mapping)
    found = [f"{document.path} line {document.line(address)}: {text}" for address, text in _defects(mapping, root)]
    if found:
        raise InputError("; ".join(found))
    return mapping


Defect = tuple[tuple[str | int, ...], str]


def _defects(mapping: Mapping, root: Path) -> Iterator[Defect]:
    yield from _code_defects(mapping, root)
    yield from _visit_defects(mapping)
    yield from _file_defects(mapping)
    yield from _domain_defects(mapping, root)
    for name in (*mapping.forms, *mapping.not_mapped):
        section = "forms" if name in mapping.forms else "not_mapped"
        if name not in known_forms(root):
            yield (section, name), f"{section}.{name}: unknown form{nearest(name, known_forms(root))}"
        elif section == "forms":
            yield from _form_defects(mapping, name, root)


def _code_defects(mapping: Mapping, root: Path) -> Iterator[Defect]:
    terms = load_terms(root)
    for name, synonyms in mapping.codes.items():
        if name not in terms:
            yield ("codes", name), f"codes.{name}: unknown code list{nearest(name, terms)}"
            continue
        meaning = {term.casefold(): term for term in terms[name]}
        for text, term in synonyms.items():
            address = ("codes", name, text)
            if term not in terms[name]:
                yield address, f"codes.{name}.{text} = '{term}': not a term of {name}{nearest(term, terms[name])}"
            elif meaning.setdefault(text.strip().casefold(), term) != term:
                yield (
                    address,
                    f"codes.{name}.{text} = '{term}': the same text already means '{meaning[text.strip().casefold()]}'",
                )


def _visit_defects(mapping: Mapping) -> Iterator[Defect]:
    for label, name in mapping.visits.items():
        given, wanted = _PLACEHOLDER.findall(label), _PLACEHOLDER.findall(name)
        if len(set(given)) < len(given) or not set(wanted) <= set(given):
            yield (
                ("visits", label),
                f"visits.{label} = '{name}': each placeholder stands once in the label and may stand in the name",
            )


def _file_defects(mapping: Mapping) -> Iterator[Defect]:
    section = "domains" if mapping.domains else "forms"
    entries = [((section, name), entry.file, entry.part) for name, entry in mapping.entries.items()]
    entries += [(("not_mapped", name), form.file, form.part) for name, form in mapping.not_mapped.items()]
    seen: dict[str, set[str | None]] = {}
    for address, file, part in entries:
        where, parts = ".".join(address), seen.setdefault(file, set())
        if part is not None and mapping.reader not in SEVERAL_FORMS:
            yield address, f"{where}.part = '{part}': a file of {mapping.reader} holds one form; leave part out"
        elif part in parts or (parts and None in (part, *parts)) or file in mapping.ignored_files:
            yield address, f"{where}.file = '{file}': the file is named twice; name it once, or each part of it once"
        parts.add(part)
    for name in set(mapping.forms) & set(mapping.not_mapped):
        yield ("not_mapped", name), f"not_mapped.{name}: the form is mapped too; keep one"


def _domain_defects(mapping: Mapping, root: Path) -> Iterator[Defect]:
    """Yield what is wrong with the datasets of a sponsor's SDTM, each held against the contract of its domain."""
    if bool(mapping.domains) != (mapping.reader == "sdtm") or bool(mapping.domains) == bool(mapping.forms):
        yield (), "domains belong to the reader sdtm, forms to the others; give one of them, not both and not neither"
    known = sorted(path.stem for path in (root / "config" / "contracts" / "clean").glob("*.csv"))
    for name, entry in mapping.domains.items():
        if name not in known:
            yield ("domains", name), f"domains.{name}: unknown domain{nearest(name, known)}"
            continue
        variables = load_contract("clean", name, root).names
        for variable in (*entry.rename, *entry.constants, *entry.absent):
            if variable not in variables:
                place = f"domains.{name}: '{variable}'"
                yield ("domains", name), f"{place} is no variable of the domain{nearest(variable, variables)}"
        for variable in _twice([*entry.rename, *entry.constants, *entry.absent]):
            yield ("domains", name), f"domains.{name}: '{variable}' is named twice; name it once"


def _form_defects(mapping: Mapping, name: str, root: Path) -> Iterator[Defect]:
    form, start, contract = mapping.forms[name], ("forms", name), load_raw_contract(name, root)
    for field in (*form.fields, *form.absent):
        if field not in contract.fields:
            yield (
                (*start, "fields", field),
                f"forms.{name}.fields.{field}: unknown field{nearest(field, contract.fields)}",
            )
    for field in sorted(set(form.fields) & set(form.absent)):
        yield start, f"forms.{name}.fields.{field}: the field is mapped and absent; keep one"
    missing = [field for field in contract.fields if field not in form.fields and field not in form.absent]
    if missing:
        yield (
            start,
            f"forms.{name}: contract fields without a column: {', '.join(missing)}; map them or list them under absent",
        )
    for column in _twice([*mapping.needed_columns(name), *mapping.ignored_columns(name)]):
        yield start, f"forms.{name}: column '{column}' is named twice; name it once"
    for field, place in form.fields.items():
        if field in contract.fields:
            for text in _field_defects(place, contract.fields[field], root):
                yield (*start, "fields", field), f"forms.{name}.fields.{field}: {text}"


def _twice(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return list(dict.fromkeys(name for name in names if name in seen or seen.add(name)))  # type: ignore[func-returns-value]


def _field_defects(place: FieldMap, field: RawField, root: Path) -> Iterator[str]:
    given = [name for name in ("column", "parts", "boxes") if getattr(place, name)]
    wanted = {"date": ["column", "parts"], "checkbox": ["boxes"]}.get(field.type, ["column"])
    if len(given) != 1 or given[0] not in wanted:
        yield f"a field of type {field.type} has {' or '.join(wanted)}; given: {', '.join(given) or 'nothing'}"
    only = {
        "code_column": ("code",),
        "decimal": _NUMERIC,
        "thousands": _NUMERIC,
        "dates": ("date",),
        "pivot": ("date",),
        "alone": ("checkbox",),
    }
    for option, types in only.items():
        if option in place.model_fields_set and field.type not in types:
            yield f"{option} does not fit type {field.type}"
    if place.missing and not place.column:
        yield "missing codes are for a field in one column; a blank part or an unticked box is missing by itself"
    if place.thousands in place.decimal:
        yield f"'{place.thousands}' cannot be both the decimal and the thousands sign"
    terms = load_terms(root).get(field.codelist, ())
    for term in (place.boxes or {}).values():
        if term not in terms:
            yield f"box '{term}': not a term of {field.codelist}{nearest(term, terms)}"
