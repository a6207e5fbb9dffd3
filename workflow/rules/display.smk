"""Display: results and datasets to the model of a table, listing or figure, one job a display.

REQUIRED INPUTS: results/<study>/<cut>/analyze/<analysis>.csv, results/<study>/<cut>/derive/<dataset>.parquet
PROVIDED OUTPUTS: results/<study>/<cut>/display/<display>.json, and <display>.svg and <display>.png of a figure
"""


def inputs_of_display(wildcards):
    folder = f"results/{wildcards.study}/{wildcards.cut}"
    analyses = [f"{folder}/analyze/{analysis.id}.csv" for analysis in PLAN.analyses_of(wildcards.display)]
    return analyses or [f"{folder}/derive/{dataset}.parquet" for dataset in PLAN.datasets_of(wildcards.display)]


def code_of_display(wildcards):
    return code("display", PLAN.file.displays[wildcards.display].layout)


def keys_of_display(wildcards):
    return key_values(STUDY, display_keys(PLAN, wildcards.display))


def plan_of_display(wildcards):
    return display_entry(PLAN, wildcards.display)


def displays_of_kind(*kinds):
    return [display for display, spec in PLAN.file.displays.items() if spec.kind in kinds]


rule display:
    input:
        inputs_of_display,
    output:
        "results/{study}/{cut}/display/{display}.json",
    params:
        code=code_of_display,
        settings=keys_of_display,
        plan=plan_of_display,
    wildcard_constraints:
        display="|".join(displays_of_kind("table", "listing")),
    log:
        "logs/{study}/{cut}/display/{display}.log",
    benchmark:
        "benchmarks/{study}/{cut}/display/{display}.tsv"
    resources:
        mem_mb=1000,
        runtime=30,
    message:
        "display {wildcards.display}"
    shell:
        "python scripts/display.py {wildcards.display} --study {wildcards.study} --cut {wildcards.cut} > {log} 2>&1"


rule figure:
    input:
        inputs_of_display,
    output:
        "results/{study}/{cut}/display/{display}.json",
        "results/{study}/{cut}/display/{display}.svg",
        "results/{study}/{cut}/display/{display}.png",
        "results/{study}/{cut}/display/{display}.csv",
    params:
        code=code_of_display,
        settings=keys_of_display,
        plan=plan_of_display,
    wildcard_constraints:
        display="|".join(displays_of_kind("figure")),
    log:
        "logs/{study}/{cut}/display/{display}.log",
    benchmark:
        "benchmarks/{study}/{cut}/display/{display}.tsv"
    resources:
        mem_mb=1000,
        runtime=30,
    message:
        "display {wildcards.display}"
    shell:
        "python scripts/display.py {wildcards.display} --study {wildcards.study} --cut {wildcards.cut} > {log} 2>&1"
