"""Analyze: analysis datasets to results, one job an analysis of the plan at one population.

REQUIRED INPUTS: results/<study>/<cut>/derive/<dataset>.parquet, config/<study>/plan.yaml
PROVIDED OUTPUTS: results/<study>/<cut>/analyze/<analysis>.csv, <analysis>.members.csv
"""


rule analyze:
    input:
        unpack(data_of_analysis),
    output:
        "results/{study}/{cut}/analyze/{analysis}.csv",
        "results/{study}/{cut}/analyze/{analysis}.members.csv",
    log:
        "logs/{study}/{cut}/analyze/{analysis}.log",
    benchmark:
        "benchmarks/{study}/{cut}/analyze/{analysis}.tsv"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=code_of_analysis,
        settings=keys_of_analysis,
        plan=plan_of_analysis,
    message:
        "analyze {wildcards.analysis}"
    shell:
        "python scripts/analyze.py {wildcards.analysis} --study {wildcards.study} --cut {wildcards.cut} > {log} 2>&1"
