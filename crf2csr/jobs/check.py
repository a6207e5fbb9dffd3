"""Jobs that look across files and domains: the extract against its manifest, balance of records, cross checks."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from crf2csr.contracts import empty, load_contract
from crf2csr.files import Layout, read_frame, read_rows, write_rows
from crf2csr.lineage import keys, names, parameters, present
from crf2csr.mapping import Mapping, load_mapping
from crf2csr.plan_checks import load_plan
from crf2csr.planned import needed_datasets
from crf2csr.results import QUERY_COLUMNS, REMOVED_COLUMNS, frame_of
from crf2csr.study import Study, load_study

if TYPE_CHECKING:
    import pandas as pd


def run(name: str, study_name: str, cut: str) -> None:
    """Run one check job and write its queries or its table."""
    if name == "displays":
        # Found at run time, so that a change in the displays does not run the other checks again.
        importlib.import_module("crf2csr.jobs.check_displays").write(study_name, cut)
        return
    study = load_study(study_name, cut)
    jobs = {"extract": _extract, "balance": _balance, "cross_checks": _cross_checks}
    jobs[name](study, load_mapping(study.mapping), Layout(study_name, cut))


def _extract(study: Study, mapping: Mapping, layout: Layout) -> None:
    """Compare the files with the manifest and the mapping: the first job of every run. Raises InputError."""
    from crf2csr.lock.manifest import verify_manifest

    verify_manifest(study.extract)
    reader = importlib.import_module(f"crf2csr.readers.{mapping.reader}")
    queries = frame_of(reader.check_extract(study.extract, mapping), QUERY_COLUMNS)
    write_rows(layout.beside("check", "extract", "queries.csv"), queries)


def _balance(study: Study, mapping: Mapping, layout: Layout) -> None:
    """Hold raw records against domains and removed records; any difference is a defect of this program and stops."""
    import pandas as pd

    from crf2csr.clean.balance import balance

    domains = [domain for domain in names("clean") if present(domain, mapping.given)]
    removed = [read_rows(layout.beside("clean", domain, "removed.csv")) for domain in domains]
    counted = balance(
        read_forms(study, mapping),
        [read_frame(layout.data("clean", domain)) for domain in domains],
        frame_of(pd.concat(removed), REMOVED_COLUMNS),
    )
    write_rows(layout.beside("check", "balance", "csv"), counted)


def read_forms(study: Study, mapping: Mapping) -> dict[str, pd.DataFrame]:
    """Return the raw frame of every mapped form."""
    reader = importlib.import_module(f"crf2csr.readers.{mapping.reader}")
    return {form: reader.read_form(study.extract / spec.file, form, mapping) for form, spec in mapping.entries.items()}


def _cross_checks(study: Study, mapping: Mapping, layout: Layout) -> None:
    """Run the checks between domains and summarize all checks: records tested, failures, or why a check did not run."""
    import pandas as pd

    from crf2csr.checks import only_run, summarize
    from crf2csr.clean.cross_checks import cross_checks

    domains = {
        domain: read_frame(layout.data("clean", domain))
        if present(domain, mapping.given)
        else empty(load_contract("clean", domain))
        for domain in parameters("check", "cross_checks")
    }
    # The cross checks hold forms against each other; datasets of a sponsor's SDTM have none.
    view = study.view(keys("check", "cross_checks"))
    found = frame_of(cross_checks(**domains, study=view) if mapping.forms else [], QUERY_COLUMNS)
    made = [("clean", name) for name in names("clean") if present(name, mapping.given)]
    made += [("derive", name) for name in needed_datasets(load_plan(study.name), mapping.given)]
    found = only_run(found, mapping.given)
    sources = [("check", "extract"), *made]
    others = [read_rows(layout.beside(stage, name, "queries.csv")) for stage, name in sources]
    records = {form: len(frame) for form, frame in read_forms(study, mapping).items()}
    write_rows(layout.beside("check", "cross_checks", "queries.csv"), found)
    write_rows(layout.beside("check", "summary", "csv"), summarize(pd.concat([*others, found]), records, mapping.given))
