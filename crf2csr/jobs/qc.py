"""Jobs of the independent programs: recompute from the raw files by another route and compare by key."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path

from crf2csr.ard import read_results
from crf2csr.codehash import code_hash
from crf2csr.compare import DIFFERENCE_COLUMNS, compare
from crf2csr.contracts import ROOT
from crf2csr.files import Layout, read_frame, read_text, write_text
from crf2csr.lineage import LOCK
from crf2csr.plan_checks import load_plan
from crf2csr.results import csv_text
from crf2csr.study import load_study


@dataclass(frozen=True)
class Program:
    """What a QC program recomputes: parameters of a dataset, analyses of the plan by name, and the study keys it
    reads."""

    dataset: str
    parameters: tuple[str, ...]
    analyses: tuple[str, ...]
    keys: tuple[str, ...]


PROGRAMS = {
    "response": Program(
        dataset="adrs",
        parameters=("OVRLRESP", "BOR", "CBOR"),
        analyses=("response",),
        keys=(
            "data_cutoff",
            "rp2d.value",
            "ci.level",
            "ci.method",
            "population.fas",
            "response.source",
            "response.pr_persistence",
            "response.cr_then_disease",
            "response.missing_as_ne",
            "tumor.new_lesion_blank",
            "response.confirm_days",
            "response.max_ne",
            "response.accept_sd",
            "response.sd_min_days",
            "cbr.min_days",
        ),
    )
}


def program_hash(program: str, root: Path = ROOT) -> str:
    """Return the hash of a QC program, its job runner and script."""
    return code_hash(Path("scripts/qc.py"), Path(f"qc/{program}.py"), LOCK, root=root)


def run(name: str, study_name: str, cut: str) -> None:
    """Run one program and write its differences (`<name>.csv`) and what it compared (`<name>.summary.csv`)."""
    study, layout, program = load_study(study_name, cut), Layout(study_name, cut), PROGRAMS[name]
    module = importlib.import_module(f"qc.{name}")
    values = {key: study.settings[key].value for key in program.keys}
    second = module.recompute(study.extract, values)
    first = {**_patient_values(layout, program), **_results(layout, program, study_name)}
    differences = compare(first, second)
    write_text(layout.beside("qc", name, "csv"), csv_text(DIFFERENCE_COLUMNS, differences))
    summary = [{"program": name, "compared": str(len(first | second)), "differences": str(len(differences))}]
    write_text(layout.beside("qc", name, "summary.csv"), csv_text(list(summary[0]), summary))


def _patient_values(layout: Layout, program: Program) -> dict[str, str]:
    """Return the first program's values by subject, parameter and visit."""
    frame = read_frame(layout.data("derive", program.dataset))
    chosen = frame.loc[frame["PARAMCD"].isin(program.parameters)]
    keys = zip(chosen["SUBJID"], chosen["PARAMCD"], chosen["AVISIT"].fillna(""), strict=True)
    return {"/".join(key): str(value) for key, value in zip(keys, chosen["AVALC"], strict=True)}


def _results(layout: Layout, program: Program, study_name: str) -> dict[str, str]:
    """Return the first program's results by address; the counts of reasons below a category are not recomputed."""
    wanted = [a.id for a in load_plan(study_name).analyses.values() if a.name in program.analyses]
    found = [r for name in wanted for r in read_results(read_text(layout.beside("analyze", name, "csv")))]
    plain = [r for r in found if "/" not in r.category.replace("NON-CR/NON-PD", "")]
    return {r.id: r.text if r.value is None else repr(round(r.value, 9)) for r in plain}
