"""crf2csr: from the raw CRF extract of a trial to the appendix of its clinical study report.

clean -> derive -> analyze -> display -> report; each verb is one rule file, one script and one package folder.
`snakemake --cores 2` runs the study and cut of config/config.yaml; `--config study=... cut=...` picks others.
"""


include: "workflow/rules/common.smk"
include: "workflow/rules/clean.smk"
include: "workflow/rules/derive.smk"
include: "workflow/rules/analyze.smk"
include: "workflow/rules/display.smk"
include: "workflow/rules/qc.smk"
include: "workflow/rules/report.smk"


wildcard_constraints:
    study=STUDY.name,
    cut=STUDY.cut,
    domain="|".join(DOMAINS),
    dataset="|".join([*DATASETS, *UNDER_VARIANTS]),
    analysis="|".join(PLAN.analyses),
    display="|".join(PLAN.file.displays),
    program="|".join(PROGRAMS),


rule all:
    default_target: True
    input:
        expand("results/{study}/{cut}/report/{file}", study=STUDY.name, cut=STUDY.cut, file=REPORT_FILES),
    message:
        "results: all files lie in results/{STUDY.name}/{STUDY.cut}/report"
