"""Shared by all parts of the workflow, the checked configuration and the lineage of each job.

REQUIRED INPUTS: config/config.yaml or --config study=... cut=..., config/<study>/, data/<study>/<cut>/
PROVIDED: STUDY, PLAN, MAPPING and the functions that name inputs, keys and code of a job
"""

import sys
from os.path import relpath

sys.path.insert(0, str(workflow.basedir))

from crf2csr import variants
from crf2csr.configuration import load_all, mapping_entry
from crf2csr.contracts import variant_of
from crf2csr.errors import InputError
from crf2csr.jobs.environment import set_up
from crf2csr.jobs.qc import PROGRAMS, program_hash
from crf2csr.jobs.report import REPORT_FILES, query_sources, report_hash, study_entry
from crf2csr.lineage import code, key_values, keys, names, parameters, present, stage_of
from crf2csr.lock.manifest import verify_manifest
from crf2csr.planned import analysis_entry, display_entry, display_keys, needed_datasets

set_up()
try:
    STUDY, PLAN, MAPPING = load_all(config)
    verify_manifest(STUDY.extract)
except InputError as error:
    sys.exit(f"error: {error}")


DOMAINS = [domain for domain in names("clean") if present(domain, MAPPING.given)]
DATASETS = needed_datasets(PLAN, MAPPING.given)
UNDER_VARIANTS = variants.datasets(PLAN)


def at_settings(variant):
    return variants.changed_study(PLAN, STUDY, variant)


def raw_files(forms):
    folder = relpath(STUDY.extract)
    files = [MAPPING.entries[form].file for form in forms if form in MAPPING.entries]
    return [f"{folder}/{file}" for file in dict.fromkeys([*files, *MAPPING.beside])]


def sources_of(domain):
    return [domain] if domain in MAPPING.domains else parameters("clean", domain)


def raw_of_domain(wildcards):
    return raw_files(sources_of(wildcards.domain))


def code_of_domain(wildcards):
    return code("clean", wildcards.domain)


def keys_of_domain(wildcards):
    return key_values(STUDY, keys("clean", wildcards.domain))


def mapping_of_domain(wildcards):
    return mapping_entry(MAPPING, sources_of(wildcards.domain))


def inputs_of_dataset(wildcards):
    return {
        parameter: f"results/{wildcards.study}/{wildcards.cut}/{stage_of(dataset)}/{dataset}.parquet"
        for parameter, dataset in variants.inputs(PLAN.file, wildcards.dataset).items()
        if present(dataset, MAPPING.given)
    }


def code_of_dataset(wildcards):
    return code("derive", wildcards.dataset)


def keys_of_dataset(wildcards):
    return key_values(at_settings(variant_of(wildcards.dataset)), keys("derive", wildcards.dataset))


def data_of_analysis(wildcards):
    spec = PLAN.analyses[wildcards.analysis].spec
    folder = f"results/{wildcards.study}/{wildcards.cut}/derive"
    return {"adsl": f"{folder}/{spec.adsl}.parquet", "data": f"{folder}/{spec.data}.parquet"}


def code_of_analysis(wildcards):
    return code("analyze", PLAN.analyses[wildcards.analysis].spec.method)


def keys_of_analysis(wildcards):
    spec = PLAN.analyses[wildcards.analysis].spec
    return key_values(at_settings(spec.variant), keys("analyze", spec.method))


def plan_of_analysis(wildcards):
    return analysis_entry(PLAN, wildcards.analysis)


def inputs_of_display(wildcards):
    folder = f"results/{wildcards.study}/{wildcards.cut}"
    analyses = [f"{folder}/analyze/{analysis.id}.csv" for analysis in PLAN.analyses_of(wildcards.display)]
    return analyses + [f"{folder}/derive/{dataset}.parquet" for dataset in PLAN.read_by(wildcards.display)]


def code_of_display(wildcards):
    return code("display", PLAN.file.displays[wildcards.display].layout)


def keys_of_display(wildcards):
    settings = at_settings(PLAN.file.displays[wildcards.display].variant)
    return key_values(settings, display_keys(PLAN, wildcards.display))


def plan_of_display(wildcards):
    return display_entry(PLAN, wildcards.display)


def displays_of_kind(*kinds):
    return [display for display, spec in PLAN.file.displays.items() if spec.kind in kinds]


def compared_by_program(wildcards):
    folder = f"results/{wildcards.study}/{wildcards.cut}"
    program = PROGRAMS[wildcards.program]
    analyses = [f"{folder}/analyze/{id_}.csv" for id_, a in PLAN.analyses.items() if a.name in program.analyses]
    return [*raw_files(MAPPING.entries), f"{folder}/derive/{program.dataset}.parquet", *analyses]


def code_of_program(wildcards):
    return program_hash(wildcards.program)


def keys_of_program(wildcards):
    return key_values(STUDY, PROGRAMS[wildcards.program].keys)


def queries_of_appendix(wildcards):
    folder = f"results/{wildcards.study}/{wildcards.cut}"
    queries = [f"{folder}/{source}.queries.csv" for source in query_sources(PLAN, MAPPING.given)]
    return [*queries, f"{folder}/check/balance.csv", f"{folder}/check/summary.csv"]


def results_of_qc(wildcards):
    folder = f"results/{wildcards.study}/{wildcards.cut}/qc"
    return [f"{folder}/{program}{suffix}" for program in PLAN.file.qc for suffix in (".csv", ".summary.csv")]


def parts_of_appendix(wildcards):
    folder = f"results/{wildcards.study}/{wildcards.cut}/display"
    models = [f"{folder}/{display}.json" for display in PLAN.file.displays]
    held = f"results/{wildcards.study}/{wildcards.cut}/check/displays.csv"
    return [held, *models, *queries_of_appendix(wildcards), *results_of_qc(wildcards)]


def svg_of_figures(wildcards):
    folder = f"results/{wildcards.study}/{wildcards.cut}/display"
    return [f"{folder}/{display}.svg" for display in displays_of_kind("figure")]


def png_of_figures(wildcards):
    return [path.removesuffix("svg") + "png" for path in svg_of_figures(wildcards)]


def lineage_of_numbers(wildcards):
    folder = f"results/{wildcards.study}/{wildcards.cut}"
    datasets = [f"clean/{domain}" for domain in DOMAINS] + [
        f"derive/{dataset}" for dataset in [*DATASETS, *UNDER_VARIANTS]
    ]
    rows = [f"{folder}/{dataset}{suffix}" for dataset in datasets for suffix in (".parquet", ".links.parquet")]
    analyses = {analysis.id for display in displays_of_kind("table") for analysis in PLAN.analyses_of(display)}
    members = [f"{folder}/analyze/{analysis}.members.csv" for analysis in sorted(analyses)]
    return [*raw_files(MAPPING.entries), *rows, *members]
