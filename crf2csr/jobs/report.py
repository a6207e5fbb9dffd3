"""Jobs of the report stage: displays, queries, checks and provenance to the appendix, one job a format.

What every format reads stands here; the jobs themselves are `crf2csr/jobs/report_<name>.py`, each with a function
`write(study_name, cut)`, so that a changed renderer makes its own document anew and no other.
"""

from __future__ import annotations

import csv
import hashlib
import importlib
import io
import json
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from crf2csr.codehash import code_hash
from crf2csr.contracts import ROOT
from crf2csr.errors import InputError
from crf2csr.files import Layout, read_bytes, read_text
from crf2csr.lineage import LOCK, names, present
from crf2csr.mapping import load_mapping
from crf2csr.plan import Plan
from crf2csr.plan_checks import load_plan
from crf2csr.planned import display_keys, needed_datasets
from crf2csr.study import Study, load_study, value_text

if TYPE_CHECKING:
    from crf2csr.report.appendix import Appendix, Assumption, Stamp

#: The jobs, in the order in which one process does them.
JOBS = ("queries", "pdf", "docx", "html", "verdict")
REPORT_FILES = ("appendix.pdf", "appendix.docx", "appendix.html", "queries.csv", "checks_summary.csv", "verdict.txt")
TEMPLATES, FONTS = ROOT / "reports" / "templates", ROOT / "reports" / "fonts"
#: The jobs that measure text, and what the templates of a format are called.
_TYPESET = ("pdf", "docx", "html")
_TEMPLATES = {"pdf": "*.typ", "html": "appendix.[chj]*"}
#: Packages whose versions the provenance page names.
_PACKAGES = ("snakemake", "pandas", "scipy", "matplotlib", "typst", "pikepdf", "jinja2")
_SEVERITIES = "EWI"


def report_hash(job: str, root: Path = ROOT) -> str:
    """Return the hash of all that makes a document: job, renderer, templates, fonts, and the scripts that it names."""
    found = [*(root / "scripts").glob("*.py"), *(root / "reports/templates").glob(_TEMPLATES.get(job, "-"))]
    found += (root / "reports/fonts").iterdir() if job in _TYPESET else []
    found += (root / "crf2csr/readers").glob("*.py") if job == "html" else []
    files = sorted(path.relative_to(root) for path in found)
    return code_hash(Path(f"crf2csr/jobs/report_{job}.py"), *files, LOCK, root=root)


def query_sources(plan: Plan, given: Collection[str]) -> list[str]:
    """Return where the queries of a study come from, as `<stage>/<name>`, in reading order; `given`: what its extract
    has (`Mapping.given`)."""
    clean = [f"clean/{name}" for name in names("clean") if present(name, given)]
    derive = [f"derive/{name}" for name in needed_datasets(plan, given)]
    return ["check/extract", *clean, "check/cross_checks", *derive]


def study_entry(study: Study) -> str:
    """Return a hash of what the report takes from the configuration: identity, cut and every key."""
    keys = {key: [value_text(s.value), s.source, s.note] for key, s in study.settings.items()}
    text = json.dumps([study.identity.model_dump(), study.cut, study.synthetic, keys])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def run(name: str, study_name: str, cut: str) -> None:
    """Write one document (`pdf`, `docx`, `html`) or the files of queries and checks (`queries`), or hold the run to its
    QC result (`verdict`)."""
    if name not in JOBS:
        raise InputError(f"report '{name}': no such job; jobs are {', '.join(JOBS)}")
    importlib.import_module(f"crf2csr.jobs.report_{name}").write(study_name, cut)


def read_appendix(study_name: str, cut: str) -> tuple[Appendix, Layout]:
    """Return the appendix of a run and where its files lie."""
    study, layout, plan = load_study(study_name, cut), Layout(study_name, cut), load_plan(study_name)
    return assemble(study, layout, plan), layout


def read_drawings(appendix: Appendix, layout: Layout, suffix: str) -> dict[str, bytes]:
    """Return the drawings of the figures (`svg` or `png`) by their ids."""
    figures = [display.id for display in appendix.displays if display.kind == "figure"]
    return {id_: read_bytes(layout.beside("display", id_, suffix)) for id_ in figures}


def document(layout: Layout, name: str) -> Path:
    """Return where a file that is delivered lies."""
    return layout.folder / "report" / name


def assemble(study: Study, layout: Layout, plan: Plan) -> Appendix:
    """Return the appendix of a run: everything a renderer reads besides the drawings."""
    from crf2csr.display.model import from_json
    from crf2csr.report.appendix import Appendix, Check, QcProgram, SourceFile

    manifest = json.loads(read_text(study.extract / "manifest.json"))
    checks = read_rows(layout.beside("check", "summary", "csv"))
    qc = [row for program in plan.file.qc for row in read_rows(layout.beside("qc", program, "summary.csv"))]
    return Appendix(
        stamp=_stamp(study),
        displays=tuple(from_json(read_text(layout.beside("display", d, "json"))) for d in plan.file.displays),
        assumptions=tuple(_assumptions(study, plan)),
        queries=tuple(read_queries(study, layout)),
        checks=tuple(
            Check(
                c["rule"],
                _named(c["forms"]),
                int(c["tested"] or 0),
                int(c["failures"]),
                c["not_run"],
                _finds(c["rule"]),
            )
            for c in checks
        ),
        provenance=_provenance(study),
        manifest=tuple(SourceFile(f["path"], f["rows"], f["sha256"]) for f in manifest["files"]),
        qc=tuple(QcProgram(r["program"], int(r["compared"]), int(r["differences"])) for r in qc),
        discrepancies=tuple(row for program in plan.file.qc for row in read_rows(layout.beside("qc", program, "csv"))),
    )


def _named(forms: str) -> str:
    """Return the forms of a check as a reader takes them: `ae, ex_oral or ex_tdm1` for `ae ex_oral|ex_tdm1`."""
    return ", ".join(form.replace("|", " or ") for form in forms.split())


def _finds(rule: str) -> str:
    from crf2csr.checks import CHECKS

    return CHECKS[rule].text


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(read_text(path))))


def read_queries(study: Study, layout: Layout) -> list[dict[str, str]]:
    """Return the queries of a run, errors first, then by rule, subject, form and row."""
    sources = query_sources(load_plan(study.name), load_mapping(study.mapping).given)
    found = [row for source in sources for row in read_rows(layout.folder / f"{source}.queries.csv")]
    return sorted(
        found,
        key=lambda q: (_SEVERITIES.index(q["severity"]), q["rule"], q["subject"], q["form"], q["RAWROW"].zfill(9)),
    )


def _snapshot(study: Study) -> str:
    from crf2csr.lock.manifest import snapshot_id

    return snapshot_id(read_bytes(study.extract / "manifest.json"))


def _stamp(study: Study) -> Stamp:
    from crf2csr.report.appendix import Stamp

    return Stamp(
        study_id=study.identity.id,
        study_title=study.identity.title,
        cut=study.cut,
        status="DRAFT",
        cutoff=study.settings["data_cutoff"].value.isoformat(),
        snapshot=f"sha256:{_snapshot(study)[:12]}",
        demonstration=study.synthetic,
        sponsor=study.identity.sponsor,
        sponsor_number=study.identity.protocol,
        identifiers=(("Registry", study.identity.registry),),
    )


def _assumptions(study: Study, plan: Plan) -> list[Assumption]:
    """Return every assumed key with the displays that it touches."""
    from crf2csr.report.appendix import Assumption

    touched = {display: set(display_keys(plan, display)) for display in plan.file.displays}
    assumed = {key: s for key, s in sorted(study.settings.items()) if s.source == "assumed"}
    return [
        Assumption(key, value_text(s.value), s.source, s.note, tuple(d for d in touched if key in touched[d]))
        for key, s in assumed.items()
    ]


def _provenance(study: Study) -> dict[str, str]:
    lock = read_bytes(ROOT / LOCK)
    pinned = dict(line.split(" ")[0].split("==") for line in lock.decode().splitlines() if "==" in line)
    configured = sorted((ROOT / "config" / study.name).rglob("*.yaml"))
    text = b"".join(path.read_bytes() for path in configured)
    programs = [path.relative_to(ROOT) for path in sorted((ROOT / "scripts").glob("*.py"))]
    return {
        "Snapshot (sha256 of manifest.json)": _snapshot(study),
        "Package lock (sha256)": hashlib.sha256(lock).hexdigest()[:16],
        "Configuration (sha256)": hashlib.sha256(text).hexdigest()[:16],
        "Report code (hash of scripts and import closure)": code_hash(*programs, root=ROOT),
        "Packages": ", ".join(f"{name} {pinned[name]}" for name in _PACKAGES),
    }
