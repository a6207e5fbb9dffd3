"""Clean: raw forms to SDTM-shaped domains, one job a domain.

REQUIRED INPUTS: data/<study>/<cut>/*.csv with manifest.json, config/<study>/mappings, config/contracts/{raw,clean}
PROVIDED OUTPUTS: results/<study>/<cut>/clean/<domain>.{parquet,links.parquet,queries.csv,removed.csv}, extract, cross checks, balance
"""


rule extract:
    input:
        relpath(STUDY.extract / "manifest.json"),
        raw_files(MAPPING.entries),
    output:
        "results/{study}/{cut}/check/extract.queries.csv",
    log:
        "logs/{study}/{cut}/check/extract.log",
    benchmark:
        "benchmarks/{study}/{cut}/check/extract.tsv"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        code=code("check", "extract"),
        mapping=mapping_entry(MAPPING, MAPPING.entries),
    message:
        "extract: compare the files with the manifest and the mapping"
    shell:
        "python scripts/check.py extract --study {wildcards.study} --cut {wildcards.cut} > {log} 2>&1"


rule clean:
    input:
        forms=raw_of_domain,
    output:
        "results/{study}/{cut}/clean/{domain}.parquet",
        "results/{study}/{cut}/clean/{domain}.links.parquet",
        "results/{study}/{cut}/clean/{domain}.queries.csv",
        "results/{study}/{cut}/clean/{domain}.removed.csv",
    log:
        "logs/{study}/{cut}/clean/{domain}.log",
    benchmark:
        "benchmarks/{study}/{cut}/clean/{domain}.tsv"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=code_of_domain,
        settings=keys_of_domain,
        mapping=mapping_of_domain,
    message:
        "clean {wildcards.domain}"
    shell:
        "python scripts/clean.py {wildcards.domain} --study {wildcards.study} --cut {wildcards.cut} > {log} 2>&1"


rule balance:
    input:
        raw_files(MAPPING.entries),
        expand("results/{{study}}/{{cut}}/clean/{domain}.parquet", domain=DOMAINS),
        expand("results/{{study}}/{{cut}}/clean/{domain}.removed.csv", domain=DOMAINS),
    output:
        "results/{study}/{cut}/check/balance.csv",
    log:
        "logs/{study}/{cut}/check/balance.log",
    benchmark:
        "benchmarks/{study}/{cut}/check/balance.tsv"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=code("check", "balance"),
        mapping=mapping_entry(MAPPING, MAPPING.entries),
    message:
        "balance: every raw record is in a domain or listed as removed"
    shell:
        "python scripts/check.py balance --study {wildcards.study} --cut {wildcards.cut} > {log} 2>&1"


rule cross_checks:
    input:
        expand("results/{{study}}/{{cut}}/clean/{domain}.parquet", domain=DOMAINS),
        expand("results/{{study}}/{{cut}}/clean/{domain}.queries.csv", domain=DOMAINS),
        expand("results/{{study}}/{{cut}}/derive/{dataset}.queries.csv", dataset=DATASETS),
    output:
        "results/{study}/{cut}/check/cross_checks.queries.csv",
        "results/{study}/{cut}/check/summary.csv",
    log:
        "logs/{study}/{cut}/check/cross_checks.log",
    benchmark:
        "benchmarks/{study}/{cut}/check/cross_checks.tsv"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=code("check", "cross_checks"),
        settings=key_values(STUDY, keys("check", "cross_checks")),
        mapping=mapping_entry(MAPPING, MAPPING.entries),
    message:
        "cross checks: between domains, and the summary of all checks"
    shell:
        "python scripts/check.py cross_checks --study {wildcards.study} --cut {wildcards.cut} > {log} 2>&1"
