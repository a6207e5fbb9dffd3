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


rule displays:
    input:
        expand("results/{{study}}/{{cut}}/display/{display}.json", display=PLAN.file.displays),
        expand("results/{{study}}/{{cut}}/analyze/{analysis}.csv", analysis=PLAN.analyses),
        expand("results/{{study}}/{{cut}}/analyze/{analysis}.members.csv", analysis=PLAN.analyses),
        expand(
            "results/{{study}}/{{cut}}/derive/{adsl}.parquet",
            adsl=sorted({a.spec.adsl for a in PLAN.analyses.values()}),
        ),
    output:
        "results/{study}/{cut}/check/displays.csv",
    log:
        "logs/{study}/{cut}/check/displays.log",
    benchmark:
        "benchmarks/{study}/{cut}/check/displays.tsv"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=code("check", "displays"),
        plan=list(PLAN.file.displays),
    message:
        "check displays: displays, results and ADSL agree with each other"
    shell:
        "python scripts/check.py displays --study {wildcards.study} --cut {wildcards.cut} > {log} 2>&1"
