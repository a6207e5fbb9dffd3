"""QC: independent second programs, from the raw files to the same numbers by another route; differences never stop the build.

REQUIRED INPUTS: data/<study>/<cut>/*.csv, results/<study>/<cut>/derive, results/<study>/<cut>/analyze
PROVIDED OUTPUTS: results/<study>/<cut>/qc/<program>.csv (differences), <program>.summary.csv (what was compared)
"""


rule qc:
    input:
        compared_by_program,
    output:
        "results/{study}/{cut}/qc/{program}.csv",
        "results/{study}/{cut}/qc/{program}.summary.csv",
    log:
        "logs/{study}/{cut}/qc/{program}.log",
    benchmark:
        "benchmarks/{study}/{cut}/qc/{program}.tsv"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=code_of_program,
        settings=keys_of_program,
    message:
        "qc {wildcards.program}"
    shell:
        "python scripts/qc.py {wildcards.program} --study {wildcards.study} --cut {wildcards.cut} > {log} 2>&1"
