"""Everything that is configured for one run, read and checked before any job: study, cut, plan, mapping."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from crf2csr.contracts import ROOT
from crf2csr.errors import InputError
from crf2csr.instruments import load_instruments, refuse_unplanned
from crf2csr.lineage import present
from crf2csr.mapping import Mapping as ExtractMapping
from crf2csr.mapping import load_mapping
from crf2csr.plan import Plan
from crf2csr.plan_checks import load_plan
from crf2csr.strict_yaml import load_yaml
from crf2csr.study import Study, load_study, nearest, validate


class Choice(BaseModel):
    """`config/config.yaml`: which study and which cut."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    study: str
    cut: str


def load_choice(given: Mapping[str, object], root: Path = ROOT) -> Choice:
    """Return the study and cut of `config/config.yaml`, replaced by those given on the command line.

    Raises InputError for any other key on the command line.
    """
    known = list(Choice.model_fields)
    for key in given:
        if key not in known:
            hint = nearest(key, known)
            raise InputError(f"--config {key}={given[key]}: unknown key{hint}; study and cut can be chosen")
    chosen = validate(load_yaml(root / "config" / "config.yaml"), Choice)
    return chosen.model_copy(update={key: str(value) for key, value in given.items()})


def load_all(given: Mapping[str, object], root: Path = ROOT) -> tuple[Study, Plan, ExtractMapping]:
    """Read and check study, cut, questionnaires, plan and mapping. Raises InputError naming file, line and key."""
    chosen = load_choice(given, root)
    study = load_study(chosen.study, chosen.cut, root)
    mapping = load_mapping(study.mapping)
    if present("qs", mapping.given, root):
        refuse_unplanned(load_instruments(root), study, root)
    files = [form.source for form in mapping.entries.values()]
    for accepted in study.accepted_duplicates:
        if accepted.file not in files:
            hint = nearest(accepted.file, files)
            raise InputError(f"cut {study.cut}: accepted_duplicates names '{accepted.file}', which is not mapped{hint}")
    for name, variant in load_plan(chosen.study, root).file.variants.items():
        study.changed(name, variant.settings)
    return study, _made(load_plan(chosen.study, root), mapping, root), mapping


def _made(plan: Plan, mapping: ExtractMapping, root: Path) -> Plan:
    """Return the plan.

    Raises InputError for a dataset that is planned and cannot be made of the forms of the study, and for second
    programs where they cannot read the extract.
    """
    if plan.file.qc and mapping.reader != "csv_forms":
        raise InputError(
            f"plan: qc names second programs, which read one CSV a form; this cut is read by '{mapping.reader}'; "
            "leave qc empty, and hold the domains against those of a CSV export"
        )
    used = {a.spec.data: f"analyses.{a.name}" for a in plan.analyses.values()}
    used |= {data: f"displays.{id_}" for id_, spec in plan.file.displays.items() for data in spec.data}
    for dataset, where in used.items():
        if not present(dataset, mapping.given, root):
            raise InputError(f"plan: {where} uses '{dataset}', whose forms are not mapped; map them or drop the entry")
    return plan


def mapping_entry(mapping: ExtractMapping, forms: Iterable[str]) -> str:
    """Return a hash of all that the mapping says about some forms: what a job that reads them depends on."""
    shared = mapping.model_dump(mode="json", exclude={"forms", "domains", "not_mapped", "ignored_files"})
    named = {form: mapping.entries[form].model_dump(mode="json") for form in forms if form in mapping.entries}
    return hashlib.sha256(json.dumps([shared, named], sort_keys=True).encode()).hexdigest()[:16]
