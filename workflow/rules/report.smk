"""Report: displays, queries, checks and provenance to the appendix.

REQUIRED INPUTS: results/<study>/<cut>/{display,clean,check,derive,qc}
PROVIDED OUTPUTS: results/<study>/<cut>/report/appendix.pdf, queries.csv, checks_summary.csv
"""


rule report:
    input:
        "requirements.lock",
        parts_of_appendix,
    output:
        "results/{study}/{cut}/report/appendix.pdf",
        "results/{study}/{cut}/report/queries.csv",
        "results/{study}/{cut}/report/checks_summary.csv",
    log:
        "logs/{study}/{cut}/report/appendix.log",
    benchmark:
        "benchmarks/{study}/{cut}/report/appendix.tsv"
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        code=report_hash(),
        study=study_entry(STUDY),
        plan=list(PLAN.file.displays),
    message:
        "report: the appendix"
    shell:
        "python scripts/report.py appendix --study {wildcards.study} --cut {wildcards.cut} > {log} 2>&1"


rule verdict:
    input:
        "results/{study}/{cut}/report/appendix.pdf",
    output:
        "results/{study}/{cut}/report/verdict.txt",
    log:
        "logs/{study}/{cut}/report/verdict.log",
    benchmark:
        "benchmarks/{study}/{cut}/report/verdict.tsv"
    resources:
        mem_mb=500,
        runtime=5,
    params:
        code=report_hash(),
    message:
        "verdict: QC differences end the run here, after everything is written"
    shell:
        "python scripts/report.py verdict --study {wildcards.study} --cut {wildcards.cut} > {log} 2>&1"
