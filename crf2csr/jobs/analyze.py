"""Jobs of the analyze stage: analysis datasets to the results of one analysis."""

from __future__ import annotations

import importlib

from crf2csr.ard import Analysis, members_csv, results_csv
from crf2csr.files import Layout, read_frame, write_text
from crf2csr.lineage import keys
from crf2csr.plan_checks import load_plan
from crf2csr.study import load_study
from crf2csr.variants import changed_study


def run(name: str, study_name: str, cut: str) -> None:
    """Run one analysis and write its results (`<name>.csv`) and members (`<name>.members.csv`)."""
    layout, plan = Layout(study_name, cut), load_plan(study_name)
    analysis = plan.analyses[name]
    study = changed_study(plan, load_study(study_name, cut), analysis.spec.variant)
    method = analysis.spec.method
    function = getattr(importlib.import_module(f"crf2csr.analyze.{method}"), method)
    adsl, data = (read_frame(layout.data("derive", dataset)) for dataset in (analysis.spec.adsl, analysis.spec.data))
    found: Analysis = function(adsl, data, analysis, study.view(keys("analyze", method)))
    write_text(layout.beside("analyze", name, "csv"), results_csv(found.results))
    write_text(layout.beside("analyze", name, "members.csv"), members_csv(found.members))
