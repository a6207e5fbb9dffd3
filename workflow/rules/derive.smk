"""Derive: domains to ADaM datasets, one job a dataset; its inputs are the parameters of its function.

REQUIRED INPUTS: results/<study>/<cut>/clean/<domain>.parquet
PROVIDED OUTPUTS: results/<study>/<cut>/derive/<dataset>.{parquet,links.parquet,queries.csv}
"""


rule derive:
    input:
        unpack(inputs_of_dataset),
    output:
        "results/{study}/{cut}/derive/{dataset}.parquet",
        "results/{study}/{cut}/derive/{dataset}.links.parquet",
        "results/{study}/{cut}/derive/{dataset}.queries.csv",
    log:
        "logs/{study}/{cut}/derive/{dataset}.log",
    benchmark:
        "benchmarks/{study}/{cut}/derive/{dataset}.tsv"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=code_of_dataset,
        settings=keys_of_dataset,
    message:
        "derive {wildcards.dataset}"
    shell:
        "python scripts/derive.py {wildcards.dataset} --study {wildcards.study} --cut {wildcards.cut} > {log} 2>&1"
