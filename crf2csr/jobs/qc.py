"""Jobs of the independent programs: recompute from the raw files by another route and compare by key."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crf2csr.ard import path_parts, read_results
from crf2csr.codehash import code_hash
from crf2csr.compare import DIFFERENCE_COLUMNS, compare
from crf2csr.contracts import ROOT
from crf2csr.files import Layout, read_frame, read_text, write_text
from crf2csr.lineage import LOCK, code_lists
from crf2csr.plan_checks import load_plan
from crf2csr.results import csv_text
from crf2csr.study import load_study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Program:
    """What a QC program recomputes: values of a dataset, analyses of the plan by name, and the study keys it reads.

    The values are those of the columns `values` by the columns `row`, of the rows whose PARAMCD is in `parameters` (of
    all rows without any). `nested` tells that the categories below a category are recomputed too.
    """

    dataset: str
    analyses: tuple[str, ...]
    keys: tuple[str, ...]
    parameters: tuple[str, ...] = ()
    row: tuple[str, ...] = ("SUBJID", "PARAMCD", "AVISIT")
    values: tuple[str, ...] = ("AVALC",)
    nested: bool = False


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
            "population.measurable",
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
    ),
    "pro": Program(
        dataset="adqs",
        parameters=(
            *("ANXIETY", "DEPRESS", "FATIGUE", "SLEEP", "PAININT", "PHYSFUN", "SOCIAL"),
            *(f"BCPT{number:02}" for number in range(1, 19)),
            *("PROMANY", "BCPTANY", "PROANY", "PROMCOMP", "BCPTCOMP"),
        ),
        values=("AVALC", "WORSFL", "EXPFL", "RECFL"),
        analyses=(
            *("pro-outcome", "pro-worsening", "pro-evaluable", "pro-worsening-visit", "pro-completion"),
            *("pro-shift-scales", "pro-shift-items", "pro-maximum"),
        ),
        nested=True,
        keys=(
            "data_cutoff",
            "rp2d.value",
            "ci.level",
            "ci.method",
            "pro.threshold.promis_t",
            "pro.threshold.bcpt_item",
            "pro.missing_baseline",
            "pro.worst",
        ),
    ),
    "pk": Program(
        dataset="adpp",
        parameters=("CMAX", "TMAX", "CMAXD", "AUCINT", "CTROUGH", "CTROUGHD"),
        values=("AVALC", "EXREASCD", "TMAXLFL"),
        analyses=("concentrations", "pk-parameters", "parameters-left-out"),
        keys=(
            "data_cutoff",
            "rp2d.value",
            "pk.analyte",
            "pk.blq_rule",
            "pk.blq_max_fraction",
            "pk.cmax_days",
            "pk.trough_days",
            "pk.zero_is_predose",
            "pk.predose_max_pct",
            "pk.predose_exclude",
            "pk.min_postdose",
            "pk.trough_prior_doses",
            "pk.windows_min",
            "pk.unit",
        ),
    ),
    "survival": Program(
        dataset="adtte",
        row=("SUBJID", "PARAMCD"),
        values=("AVAL", "CNSR", "SITUAT", "SCHEDASM"),
        analyses=("pfs", "pfs-ema", "os", "dor", "responders", "response-time", "response-assessment"),
        nested=True,
        keys=(
            "data_cutoff",
            "rp2d.value",
            "ci.level",
            "population.fas",
            "response.source",
            "response.pr_persistence",
            "response.cr_then_disease",
            "response.missing_as_ne",
            "response.confirm_days",
            "response.max_ne",
            "response.accept_sd",
            "response.sd_min_days",
            "cbr.min_days",
            "tumor.new_lesion_blank",
            "tumor.interval_days",
            "tumor.window_days",
            "tte.landmarks_months",
        ),
    ),
    "safety": Program(
        dataset="adae",
        row=("SUBJID", "AESEQ"),
        values=("ASTDT", "TRTEMFL", "FRSTFL", "AEVNTNUM"),
        analyses=(
            *("ae-overview", "deaths-window", "teae-grades", "teae-severe", "teae", "teae-common", "teae-related"),
            *("teae-serious", "teae-action", "teae-fatal", "teae-related-severe", "teae-related-serious"),
            *("deaths", "deaths-unreported"),
        ),
        nested=True,
        keys=(
            "data_cutoff",
            "rp2d.value",
            "ci.level",
            "ci.method",
            "teae.window_days",
            "death.window_days",
            "ae.common_cut_pct",
            "ae.missing_grade",
            "ae.missing_relation",
        ),
    ),
    "escalation": Program(
        dataset="adsl",
        row=("SUBJID",),
        values=("DLTFL", "DLTREAS", "DLTOCCFL", "DLTAENOS", "DLTSTAT", "DLTEND"),
        analyses=("escalation-counts", "escalation-dlt", "escalation-events", "escalation-decisions"),
        nested=True,
        keys=(
            "data_cutoff",
            "rp2d.value",
            "rp2d.declared_by",
            "rp2d.declared_on",
            "ci.level",
            "ci.method",
            "escalation.dose_levels_mg",
            "escalation.cohort_size",
            "escalation.variant",
            "dlt.window_days",
            "dlt.min_dose_pct",
            "dlt.require_tdm1",
        ),
    ),
}


def program_hash(program: str, root: Path = ROOT) -> str:
    """Return the hash of a QC program, its job runner and script."""
    return code_hash(Path("scripts/qc.py"), Path(f"qc/{program}.py"), *code_lists(root), LOCK, root=root)


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
    """Return the first program's values that are there, by the columns of the row, and by variable if there are
    several."""
    frame = read_frame(layout.data("derive", program.dataset))
    rows = frame.loc[frame["PARAMCD"].isin(program.parameters)] if program.parameters else frame
    keys = ["/".join(key) for key in zip(*(_texts(rows[name]) for name in program.row), strict=True)]
    found: dict[str, str] = {}
    for name in program.values:
        end = f"/{name}" if len(program.values) > 1 else ""
        found |= {f"{key}{end}": text for key, text in zip(keys, _texts(rows[name]), strict=True) if text}
    return found


def _texts(column: pd.Series) -> list[str]:
    """Return values as text: days as ISO dates, missing as empty text."""
    days = str(column.dtype).startswith("datetime")
    return list((column.dt.strftime("%Y-%m-%d") if days else column).astype("string").fillna(""))


def _results(layout: Layout, program: Program, study_name: str) -> dict[str, str]:
    """Return the first program's results by address; nested categories only if the program recomputes them."""
    wanted = [a.id for a in load_plan(study_name).analyses.values() if a.name in program.analyses]
    found = [r for name in wanted for r in read_results(read_text(layout.beside("analyze", name, "csv")))]
    chosen = [r for r in found if program.nested or len(path_parts(r.category)) < 2]
    return {r.id: r.text if r.value is None else repr(round(r.value, 9)) for r in chosen}
