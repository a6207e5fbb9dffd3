"""Jobs of the display stage: results and datasets to the model of one display."""

from __future__ import annotations

import dataclasses
import importlib
from typing import Any

from crf2csr.ard import Result, read_results
from crf2csr.contracts import ContractError
from crf2csr.display.footer import build_footer
from crf2csr.display.invariants import check_display
from crf2csr.display.model import Display, Figure, cell_texts, to_json
from crf2csr.display.words import legal_words
from crf2csr.files import Layout, read_frame, read_text, write_bytes, write_text
from crf2csr.lineage import keys, module_path, parameters
from crf2csr.plan import Plan
from crf2csr.plan_checks import load_plan
from crf2csr.planned import display_keys, program_code
from crf2csr.results import csv_text
from crf2csr.study import Study, load_study
from crf2csr.variants import changed_study

#: What a layout may read besides the plan, by the name of its parameter: results of analyses, frames of datasets.
SOURCES = ("results", "data")


def run(name: str, study_name: str, cut: str) -> None:
    """Build one display and write its model (`<name>.json`), and the drawing of a figure beside it (`<name>.svg`,
    `<name>.png`)."""
    layout, plan = Layout(study_name, cut), load_plan(study_name)
    study = changed_study(plan, load_study(study_name, cut), plan.file.displays[name].variant)
    results = read_analyses(plan, name, layout)
    bare, drawings = build(plan, name, study, layout, results)
    model = finish(plan, name, study, bare)
    refuse(check_display(model, results, legal_words(study.settings)))
    for suffix, content in drawings.items():
        write_bytes(layout.beside("display", name, suffix), content)
    if isinstance(model, Figure):
        plotted = [dict(zip(model.header, row, strict=True)) for row in model.rows]
        write_text(layout.beside("display", name, "csv"), csv_text(list(model.header), plotted))
    write_text(layout.beside("display", name, "json"), to_json(model))


def read_analyses(plan: Plan, name: str, layout: Layout) -> list[Result]:
    """Return the results of all analyses that a display shows; none for listings and figures."""
    texts = (read_text(layout.beside("analyze", a.id, "csv")) for a in plan.analyses_of(name))
    return [result for text in texts for result in read_results(text)]


def refuse(violations: list[str]) -> None:
    """Stop if an invariant of the displays is broken: a defect of this program, never of the data."""
    if violations:
        raise ContractError(f"{violations[0]} ({len(violations)} violations in all)")


def build(
    plan: Plan, name: str, study: Study, layout: Layout, results: list[Result]
) -> tuple[Display, dict[str, bytes]]:
    """Return the model of a display without footer, and its drawings by file suffix (empty but for figures)."""
    spec = plan.file.displays[name]
    path = module_path("display", spec.layout).with_suffix("")
    function = getattr(importlib.import_module(".".join(path.parts)), spec.layout)
    view = study.view(keys("display", spec.layout))
    read: dict[str, Any] = {"results": results}
    if spec.data:
        read["data"] = {dataset: read_frame(layout.data("derive", dataset)) for dataset in plan.read_by(name)}
    wanted = {source: read[source] for source in parameters("display", spec.layout) if source in SOURCES}
    found = function(plan, name, **wanted, study=view)
    return found if isinstance(found, tuple) else (found, {})


def finish(plan: Plan, name: str, study: Study, model: Display) -> Display:
    """Return the model with its footer: the planned notes, then those that the layout wrote."""
    texts = [text for line in cell_texts(model) for text in line]
    where = module_path("display", plan.file.displays[name].layout).relative_to("crf2csr").with_suffix("")
    program = f"{where.as_posix()} (code {program_code(plan, name)[:7]})"
    footer = build_footer(plan, name, texts, study.settings, display_keys(plan, name), program)
    # A layout may have written notes itself: counts that only it knows.
    footer = dataclasses.replace(footer, notes=(*footer.notes, *model.footer.notes))
    return dataclasses.replace(model, footer=footer)
