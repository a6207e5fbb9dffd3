"""Jobs of the clean stage: raw forms to one domain."""

from __future__ import annotations

import importlib
from typing import Any

from crf2csr.files import Layout, write_frame, write_rows
from crf2csr.lineage import keys, parameters
from crf2csr.results import Cleaned
from crf2csr.study import Study, load_study


def run(name: str, study_name: str, cut: str) -> None:
    """Clean one domain and write its data, queries, removed records and links."""
    cleaned = clean_domain(name, load_study(study_name, cut))
    layout = Layout(study_name, cut)
    write_frame(layout.data("clean", name), cleaned.data)
    write_frame(layout.beside("clean", name, "links.parquet"), cleaned.links)
    write_rows(layout.beside("clean", name, "queries.csv"), cleaned.queries)
    write_rows(layout.beside("clean", name, "removed.csv"), cleaned.removed)


def clean_domain(name: str, study: Study) -> Cleaned:
    """Read and prepare the forms of a domain and call its function; the owner of a form adds the form's own queries. A
    domain that arrives as SDTM is taken as it is."""
    import pandas as pd

    from crf2csr.mapping import load_mapping

    mapping = load_mapping(study.mapping)
    if name in mapping.domains:
        reader = importlib.import_module(f"crf2csr.readers.{mapping.reader}")
        raw = reader.read_form(study.extract / mapping.domains[name].file, name, mapping)
        sdtm = importlib.import_module("crf2csr.clean.sdtm")
        taken: Cleaned = sdtm.take_domain(name, raw, mapping, study.view(keys("clean", name)))
        return taken
    owners = importlib.import_module("crf2csr.clean").OWNERS
    view = study.view(keys("clean", name))
    forms = {form: read_and_prepare(form, study) for form in parameters("clean", name)}
    function = getattr(importlib.import_module(f"crf2csr.clean.{name}"), name)
    cleaned: Cleaned = function(**forms, study=view)
    owned = [form for form in forms if owners[form] == name]
    return Cleaned(
        cleaned.data,
        pd.concat([*(forms[form].queries for form in owned), cleaned.queries], ignore_index=True),
        pd.concat([*(forms[form].removed for form in owned), cleaned.removed], ignore_index=True),
        cleaned.links,
    )


def read_and_prepare(form: str, study: Study) -> Any:
    """Return the prepared form; a form that the study does not have is empty."""
    from crf2csr.mapping import load_mapping

    mapping = load_mapping(study.mapping)
    forms = importlib.import_module("crf2csr.clean.forms")
    if form not in mapping.forms:
        return forms.empty_form(form)
    reader = importlib.import_module(f"crf2csr.readers.{mapping.reader}")
    raw = reader.read_form(study.extract / mapping.forms[form].file, form, mapping)
    return forms.prepare_form(raw, form, mapping, study.view(()))
