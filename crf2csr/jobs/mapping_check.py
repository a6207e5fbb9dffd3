"""What the mapping of a cut reads of its extract: coverage a form, and what it cannot read, with counts."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from crf2csr.clean.domains import visit_numbers
from crf2csr.clean.forms import Form, prepare_form
from crf2csr.errors import shown
from crf2csr.jobs.check import read_forms
from crf2csr.mapping import Mapping, load_mapping
from crf2csr.raw_contracts import load_raw_contract
from crf2csr.study import Study

if TYPE_CHECKING:
    import pandas as pd

#: What a doubt about a value means for the mapping, by the rule of its query.
_KINDS = {
    "Q-107": "code without term",
    "Q-108": "cannot be read",
    "Q-109": "missing code that is not listed",
    "Q-1102": "impossible date",
    "Q-1103": "date of which a part cannot be used",
    "Q-120": "visit label unknown",
}


def check_mapping(study: Study) -> tuple[list[str], bool]:
    """Return what the mapping of a cut makes of its extract, line by line, and whether everything needed is there.

    A form has one line for its records and fields, then one for each kind of finding: fields that are absent, columns
    that are not read, values that cannot be read by the rules of clean (each with its count), visits that the schedule
    lacks. Needed are the fields that the contract calls `req`. Raises InputError for what the reader refuses: files or
    columns that are missing stop before any line.
    """
    mapping = load_mapping(study.mapping)
    reader = importlib.import_module(f"crf2csr.readers.{mapping.reader}")
    lines = [f"extract: {row['message']}" for row in reader.check_extract(study.extract, mapping)]
    planned = set(visit_numbers(study.settings["visit.schedule"].value))
    lacking = []
    for form, raw in read_forms(study, mapping).items():
        prepared = prepare_form(raw, form, mapping, study.view(()))
        lines += [_coverage(form, raw, mapping), *(f"  {line}" for line in _findings(prepared, raw, mapping, planned))]
        lacking += [f"{form}.{name}" for name in _needed_but_absent(form, mapping)]
    lines += [f"not mapped: {entry.file} ({form}): {entry.why}" for form, entry in mapping.not_mapped.items()]
    lines += [f"needed and absent: {', '.join(lacking)}"] if lacking else []
    return lines, not lacking


def _coverage(form: str, raw: pd.DataFrame, mapping: Mapping) -> str:
    fields = load_raw_contract(form).fields
    mapped = len(mapping.forms[form].fields)
    return f"{form} ({mapping.forms[form].source}): {len(raw)} records, {mapped} of {len(fields)} fields mapped"


def _needed_but_absent(form: str, mapping: Mapping) -> list[str]:
    fields = load_raw_contract(form).fields
    return [name for name in mapping.forms[form].absent if fields[name].core == "req"]


def _findings(form: Form, raw: pd.DataFrame, mapping: Mapping, planned: set[str]) -> Iterator[str]:
    absent = mapping.forms[form.name].absent
    if absent:
        yield f"absent: {', '.join(absent)}"
    unread = [name for name in raw.columns.drop(["RAWFILE", "RAWROW"]) if name not in mapping.needed_columns(form.name)]
    if unread:
        yield f"columns not read: {', '.join(map(shown, unread))}"
    told = form.queries[form.queries["rule"].isin(list(_KINDS))]
    counts = Counter(zip(told["rule"], told["field"], told["value"].fillna(""), strict=True))
    for (rule, field, value), count in sorted(counts.items()):
        yield f"{_KINDS[rule]}: {field} = '{shown(value)}', {count} times ({rule})"
    visits = form.data["VISIT"].dropna()
    for visit, count in sorted(Counter(visits[~visits.isin(list(planned))]).items()):
        yield f"visit not in the schedule: {visit}, {count} times"
