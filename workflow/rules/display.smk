"""Display: results and datasets to the model of a table, listing or figure, one job a display.

REQUIRED INPUTS: results/<study>/<cut>/analyze/<analysis>.csv, results/<study>/<cut>/derive/<dataset>.parquet
PROVIDED OUTPUTS: results/<study>/<cut>/display/<display>.json, and <display>.svg and <display>.png of a figure
"""


rule display:
    input:
        inputs_of_display,
    output:
        "results/{study}/{cut}/display/{display}.json",
    log:
        "logs/{study}/{cut}/display/{display}.log",
    benchmark:
        "benchmarks/{study}/{cut}/display/{display}.tsv"
    wildcard_constraints:
        display="|".join(displays_of_kind("table", "listing")),
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=code_of_display,
        settings=keys_of_display,
        plan=plan_of_display,
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
    log:
        "logs/{study}/{cut}/display/{display}.log",
    benchmark:
        "benchmarks/{study}/{cut}/display/{display}.tsv"
    wildcard_constraints:
        display="|".join(displays_of_kind("figure")),
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=code_of_display,
        settings=keys_of_display,
        plan=plan_of_display,
    message:
        "display {wildcards.display}"
    shell:
        "python scripts/display.py {wildcards.display} --study {wildcards.study} --cut {wildcards.cut} > {log} 2>&1"
