"""Report: displays, queries, checks and provenance to the appendix, one job a format.

REQUIRED INPUTS: results/<study>/<cut>/{display,clean,check,derive,analyze,qc}, and data/<study>/<cut> for the page
PROVIDED OUTPUTS: results/<study>/<cut>/report/appendix.pdf, .docx, .html, queries.csv, checks_summary.csv, verdict.txt
"""


rule report_queries:
    input:
        queries_of_appendix,
    output:
        "results/{study}/{cut}/report/queries.csv",
        "results/{study}/{cut}/report/checks_summary.csv",
    log:
        "logs/{study}/{cut}/report/queries.log",
    benchmark:
        "benchmarks/{study}/{cut}/report/queries.tsv"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        code=report_hash("queries"),
    message:
        "report queries: queries and checks as files"
    shell:
        "python scripts/report.py queries --study {wildcards.study} --cut {wildcards.cut} > {log} 2>&1"


rule report_pdf:
    input:
        "requirements.lock",
        parts_of_appendix,
        svg_of_figures,
    output:
        "results/{study}/{cut}/report/appendix.pdf",
    log:
        "logs/{study}/{cut}/report/pdf.log",
    benchmark:
        "benchmarks/{study}/{cut}/report/pdf.tsv"
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        code=report_hash("pdf"),
        study=study_entry(STUDY),
        plan=list(PLAN.file.displays),
    message:
        "report pdf: the appendix as PDF"
    shell:
        "python scripts/report.py pdf --study {wildcards.study} --cut {wildcards.cut} > {log} 2>&1"


rule report_docx:
    input:
        "requirements.lock",
        parts_of_appendix,
        png_of_figures,
    output:
        "results/{study}/{cut}/report/appendix.docx",
    log:
        "logs/{study}/{cut}/report/docx.log",
    benchmark:
        "benchmarks/{study}/{cut}/report/docx.tsv"
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        code=report_hash("docx"),
        study=study_entry(STUDY),
        plan=list(PLAN.file.displays),
    message:
        "report docx: the appendix for Word"
    shell:
        "python scripts/report.py docx --study {wildcards.study} --cut {wildcards.cut} > {log} 2>&1"


rule report_html:
    input:
        "requirements.lock",
        parts_of_appendix,
        svg_of_figures,
        lineage_of_numbers,
    output:
        "results/{study}/{cut}/report/appendix.html",
    log:
        "logs/{study}/{cut}/report/html.log",
    benchmark:
        "benchmarks/{study}/{cut}/report/html.tsv"
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        code=report_hash("html"),
        study=study_entry(STUDY),
        plan=list(PLAN.file.displays),
        mapping=mapping_entry(MAPPING, MAPPING.entries),
    message:
        "report html: the appendix as a page, with the CRF records behind each number"
    shell:
        "python scripts/report.py html --study {wildcards.study} --cut {wildcards.cut} > {log} 2>&1"


rule report_verdict:
    input:
        expand("results/{{study}}/{{cut}}/report/{file}", file=REPORT_FILES[:-1]),
        results_of_qc,
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
        code=report_hash("verdict"),
    message:
        "verdict: QC differences end the run here, after everything is written"
    shell:
        "python scripts/report.py verdict --study {wildcards.study} --cut {wildcards.cut} > {log} 2>&1"
