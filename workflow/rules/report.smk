"""Report: displays, queries, checks and provenance to the appendix.

REQUIRED INPUTS: results/<study>/<cut>/{display,clean,check,derive,qc}
PROVIDED OUTPUTS: results/<study>/<cut>/report/appendix.pdf, queries.csv, checks_summary.csv
"""


def parts_of_appendix(wildcards):
    folder = f"results/{wildcards.study}/{wildcards.cut}"
    models = [f"{folder}/display/{display}.json" for display in PLAN.file.displays]
    drawings = [f"{folder}/display/{display}.svg" for display in displays_of_kind("figure")]
    queries = [f"{folder}/{source}.queries.csv" for source in query_sources(MAPPING.forms)]
    checks = [f"{folder}/check/balance.csv", f"{folder}/check/summary.csv"]
    qc = [f"{folder}/qc/{program}{suffix}" for program in PLAN.file.qc for suffix in (".csv", ".summary.csv")]
    return [*models, *drawings, *queries, *checks, *qc]


rule report:
    input:
        "requirements.lock",
        parts_of_appendix,
    output:
        "results/{study}/{cut}/report/appendix.pdf",
        "results/{study}/{cut}/report/queries.csv",
        "results/{study}/{cut}/report/checks_summary.csv",
    params:
        code=report_hash(),
        study=study_entry(STUDY),
        plan=list(PLAN.file.displays),
    log:
        "logs/{study}/{cut}/report/appendix.log",
    benchmark:
        "benchmarks/{study}/{cut}/report/appendix.tsv"
    resources:
        mem_mb=2000,
        runtime=30,
    message:
        "report: the appendix"
    shell:
        "python scripts/report.py appendix --study {wildcards.study} --cut {wildcards.cut} > {log} 2>&1"


rule verdict:
    input:
        "results/{study}/{cut}/report/appendix.pdf",
    output:
        "results/{study}/{cut}/report/verdict.txt",
    params:
        code=report_hash(),
    log:
        "logs/{study}/{cut}/report/verdict.log",
    benchmark:
        "benchmarks/{study}/{cut}/report/verdict.tsv"
    resources:
        mem_mb=500,
        runtime=5,
    message:
        "verdict: QC differences end the run here, after everything is written"
    shell:
        "python scripts/report.py verdict --study {wildcards.study} --cut {wildcards.cut} > {log} 2>&1"
