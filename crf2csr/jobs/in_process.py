"""All jobs of a cut in one process, in the order of the workflow: for benchmarks and for tests of the whole study."""

from __future__ import annotations

from crf2csr import variants
from crf2csr.files import Layout
from crf2csr.jobs import analyze, check, clean, derive, display, qc, report
from crf2csr.lineage import names, parameters, present
from crf2csr.mapping import load_mapping
from crf2csr.plan_checks import load_plan
from crf2csr.planned import needed_datasets
from crf2csr.study import load_study


def run_all(study_name: str, cut: str) -> Layout:
    """Run every job of a cut and return where its results lie: below the current folder, as Snakemake leaves them."""
    layout = run_results(study_name, cut)
    for name in report.JOBS:
        report.run(name, study_name, cut)
    return layout


def run_results(study_name: str, cut: str) -> Layout:
    """Run every job of a cut but those of the report."""
    study, plan = load_study(study_name, cut), load_plan(study_name)
    forms = load_mapping(study.mapping).given
    check.run("extract", study_name, cut)
    for domain in names("clean"):
        if present(domain, forms):
            clean.run(domain, study_name, cut)
    for dataset in in_order(tuple(needed_datasets(plan, forms))):
        derive.run(dataset, study_name, cut)
    for dataset in variants.datasets(plan):
        derive.run(dataset, study_name, cut)
    for name in ("balance", "cross_checks"):
        check.run(name, study_name, cut)
    for module, items in ((analyze, plan.analyses), (display, plan.file.displays), (qc, plan.file.qc)):
        for item in items:
            module.run(item, study_name, cut)
    check.run("displays", study_name, cut)
    return Layout(study_name, cut)


def in_order(datasets: tuple[str, ...]) -> list[str]:
    """Return the datasets so that each comes after those it is made from."""
    ordered: list[str] = []
    while len(ordered) < len(datasets):
        ready = [
            dataset
            for dataset in datasets
            if dataset not in ordered
            and all(name in ordered or name not in datasets for name in parameters("derive", dataset))
        ]
        ordered += ready
    return ordered
