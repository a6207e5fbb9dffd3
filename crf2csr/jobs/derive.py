"""Jobs of the derive stage: domains and datasets to one analysis dataset."""

from __future__ import annotations

import importlib
from collections.abc import Collection
from typing import TYPE_CHECKING

from crf2csr import variants
from crf2csr.contracts import base_name, empty, load_contract, variant_of
from crf2csr.files import Layout, read_frame, write_frame, write_rows
from crf2csr.lineage import keys, parameters, present, stage_of
from crf2csr.mapping import load_mapping
from crf2csr.plan_checks import load_plan
from crf2csr.results import Derived
from crf2csr.study import load_study

if TYPE_CHECKING:
    import pandas as pd


def run(name: str, study_name: str, cut: str) -> None:
    """Derive one dataset, at the settings of the study or under a variant of the plan (`<dataset>@<variant>`), and
    write its data, queries and links."""
    study, layout, base = load_study(study_name, cut), Layout(study_name, cut), base_name(name)
    named = {dataset: dataset for dataset in parameters("derive", base)}
    if variant_of(name):
        plan = load_plan(study_name)
        study, named = variants.changed_study(plan, study, variant_of(name)), variants.inputs(plan.file, name)
    forms = load_mapping(study.mapping).given
    inputs = {parameter: read_dataset(layout, dataset, forms) for parameter, dataset in named.items()}
    function = getattr(importlib.import_module(f"crf2csr.derive.{base}"), base)
    derived: Derived = function(**inputs, study=study.view(keys("derive", base)))
    # A function knows its sources by the names of its parameters; links lead to what it was given.
    links = derived.links.replace({column: {base: name, **named} for column in ("dataset", "source")})
    write_frame(layout.data("derive", name), derived.data)
    write_frame(layout.beside("derive", name, "links.parquet"), links if variant_of(name) else derived.links)
    write_rows(layout.beside("derive", name, "queries.csv"), derived.queries)


def read_dataset(layout: Layout, dataset: str, forms: Collection[str]) -> pd.DataFrame:
    """Read a domain or an analysis dataset by its name; one that the study does not have is empty."""
    if not present(dataset, forms):
        return empty(load_contract(stage_of(dataset), dataset))
    return read_frame(layout.data(stage_of(dataset), dataset))
