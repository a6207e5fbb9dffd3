"""Job: what must hold between all displays, their results, the rows behind these and ADSL."""

from __future__ import annotations

from crf2csr.ard import Member, read_members, read_results
from crf2csr.display.invariants import check_appendix, check_counts, check_members
from crf2csr.display.invariants_events import WITH_MEMBERS, check_deaths, check_events
from crf2csr.display.invariants_pro import check_pro
from crf2csr.display.invariants_responders import check_responders
from crf2csr.display.model import Table, from_json
from crf2csr.files import Layout, read_frame, read_text, write_rows
from crf2csr.jobs.display import refuse
from crf2csr.plan import Plan
from crf2csr.plan_checks import load_plan
from crf2csr.results import frame_of
from crf2csr.select import subjects_by_column

#: What was held: a display with its cells, an analysis with its results.
COLUMNS = ["what", "name", "held"]


def write(study_name: str, cut: str) -> None:
    """Write `displays.csv`: what was held. Raises ContractError if an invariant is broken.

    Counts are held to the subjects among their members, N of columns to ADSL, displays to each other.
    """
    layout, plan = Layout(study_name, cut), load_plan(study_name)
    displays = [from_json(read_text(layout.beside("display", name, "json"))) for name in plan.file.displays]
    results = {name: read_results(read_text(layout.beside("analyze", name, "csv"))) for name in plan.analyses}
    everything = [result for found in results.values() for result in found]
    violations = [*check_appendix(displays), *check_responders(displays, everything), *check_pro(everything)]
    violations += check_events(everything)
    who: dict[str, tuple[Member, ...]] = {}
    for name, found in results.items():
        members = read_members(read_text(layout.beside("analyze", name, "members.csv")))
        violations += [f"analysis {name}: {text}" for text in check_members(found, members)]
        who |= {name: members} if name in WITH_MEMBERS else {}
    violations += check_deaths(displays, who)
    adsl_counts = _subjects(plan, layout)
    tables = [display for display in displays if isinstance(display, Table)]
    violations += [f"{table.id}: {text}" for table in tables for text in check_counts(table, adsl_counts[table.id])]
    refuse(violations)
    cells = [("display", d.id, str(_size(d))) for d in displays]
    rows = [*cells, *(("analysis", name, str(len(found))) for name, found in results.items())]
    write_rows(
        layout.beside("check", "displays", "csv"), frame_of([dict(zip(COLUMNS, r, strict=True)) for r in rows], COLUMNS)
    )


def _size(display: object) -> int:
    parts = display.parts if isinstance(display, Table) else ()
    return sum(len(row.cells) for part in parts for row in part.rows) or len(getattr(display, "rows", ()))


def _subjects(plan: Plan, layout: Layout) -> dict[str, dict[tuple[str, str], int]]:
    """Return, for each table, the subjects of ADSL by part and column."""
    names = dict.fromkeys(analysis.spec.adsl for analysis in plan.analyses.values())
    people = {name: read_frame(layout.data("derive", name)) for name in names}
    found: dict[str, dict[tuple[str, str], int]] = {}
    for name, spec in plan.file.displays.items():
        if spec.kind != "table":
            continue
        by_population = {a.population.flag: a for a in plan.analyses_of(name)}
        chosen = {part.id: by_population[plan.file.populations[part.population].flag] for part in spec.parts}
        found[name] = {
            (part, column): len(subjects)
            for part, analysis in chosen.items()
            for column, subjects in subjects_by_column(people[analysis.spec.adsl], analysis).items()
        }
    return found
