"""What the mapping of a cut reads of its extract: coverage a form, and what it cannot read, with counts."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from crf2csr.clean.domains import visit_numbers
from crf2csr.clean.forms import Form, prepare_form
from crf2csr.clean.sdtm import take_domain
from crf2csr.contracts import load_contract
from crf2csr.errors import shown
from crf2csr.jobs.check import read_forms
from crf2csr.lineage import keys
from crf2csr.mapping import Mapping, load_mapping
from crf2csr.raw_contracts import load_raw_contract
from crf2csr.results import PLACE
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

    A form, or a dataset that arrives as SDTM, has one line for its records and fields, then one for each kind of
    finding: fields that are absent, columns that are not read, values that cannot be read by the rules of clean (each
    with its count), visits that the schedule lacks. Needed are the fields that the contract calls `req`. Raises
    InputError for what the reader refuses: files or columns that are missing stop before any line.
    """
    mapping = load_mapping(study.mapping)
    reader = importlib.import_module(f"crf2csr.readers.{mapping.reader}")
    lines = [f"extract: {row['message']}" for row in reader.check_extract(study.extract, mapping)]
    planned = set(visit_numbers(study.settings["visit.schedule"].value))
    lacking = []
    raw_forms = read_forms(study, mapping)
    for name in mapping.domains:
        lines += _domain(name, raw_forms.pop(name), mapping, study)
        lacking += [f"{name}.{v}" for v in mapping.domains[name].absent if _is_required(name, v)]
    for form, raw in raw_forms.items():
        prepared = prepare_form(raw, form, mapping, study.view(()))
        lines += [_coverage(form, raw, mapping), *(f"  {line}" for line in _findings(prepared, raw, mapping, planned))]
        lacking += [f"{form}.{name}" for name in _needed_but_absent(form, mapping)]
    lines += [f"not mapped: {entry.file} ({form}): {entry.why}" for form, entry in mapping.not_mapped.items()]
    lines += [f"needed and absent: {', '.join(lacking)}"] if lacking else []
    return lines, not lacking


def _domain(name: str, raw: pd.DataFrame, mapping: Mapping, study: Study) -> list[str]:
    """Return the lines of a dataset that arrives as SDTM."""
    cleaned = take_domain(name, raw, mapping, study.view(keys("clean", name)))
    entry = mapping.domains[name]
    variables = [variable for variable in load_contract("clean", name).names if variable not in PLACE]
    mapped = len(variables) - len(entry.absent)
    lines = [
        f"{name} ({entry.source}): {len(raw)} records, {len(cleaned.data)} rows, "
        f"{mapped} of {len(variables)} variables, {len(entry.constants)} of them constant"
    ]
    lines += [f"  absent: {', '.join(entry.absent)}"] if entry.absent else []
    lines += [f"  columns not read: {', '.join(map(shown, entry.ignore))}"] if entry.ignore else []
    left = Counter(cleaned.removed["reason"])
    return [
        *lines,
        *(f"  {line}" for line in _doubts(cleaned.queries)),
        *(f"  {n} left out: {w}" for w, n in left.items()),
    ]


def _is_required(domain: str, variable: str) -> bool:
    return load_contract("clean", domain).variable(variable).core == "req"


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
    unread = [name for name in raw.columns.drop(list(PLACE)) if name not in mapping.needed_columns(form.name)]
    if unread:
        yield f"columns not read: {', '.join(map(shown, unread))}"
    yield from _doubts(form.queries)
    visits = form.data["VISIT"].dropna()
    for visit, count in sorted(Counter(visits[~visits.isin(list(planned))]).items()):
        yield f"visit not in the schedule: {visit}, {count} times"


def _doubts(queries: pd.DataFrame) -> Iterator[str]:
    """Yield each kind of doubt about values, with its count."""
    told = queries[queries["rule"].isin(list(_KINDS))]
    counts = Counter(zip(told["rule"], told["field"], told["value"].fillna(""), strict=True))
    for (rule, field, value), count in sorted(counts.items()):
        yield f"{_KINDS[rule]}: {field} = '{shown(value)}', {count} times ({rule})"
