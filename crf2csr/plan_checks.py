"""The plan read from its files and held against the contracts and against itself (F-306, F-307)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from crf2csr import variants
from crf2csr.contracts import ROOT, Contract, contract_path, load_contract
from crf2csr.errors import InputError
from crf2csr.plan import (
    DESIGN,
    LAYOUTS,
    SHOWN,
    AnalysisSpec,
    Condition,
    DisplaySpec,
    Plan,
    PlanFile,
    PlanPiece,
    RowSpec,
    build_plan,
)
from crf2csr.plan_lists import expand_lists
from crf2csr.strict_yaml import Document, load_yaml
from crf2csr.study import nearest, plain_name, validate

#: Methods that do not count within the subjects of a subgroup.
UNDIVIDED = ("pk_summary", "power_model", "words", *DESIGN)
Address = tuple[str | int, ...]
Problem = tuple[Address, str]


@cache
def load_plan(study: str, root: Path = ROOT) -> Plan:
    """Read and check the plan of a study: `plan.yaml` and the files of `plan/` beside it.

    Raises InputError with file, line and key for any name that leads nowhere, or is given twice.
    """
    folder = root / "config" / plain_name(study, "study")
    main = load_yaml(folder / "plan.yaml")
    file = validate(main, PlanFile)
    documents: dict[tuple[str, str], Document] = {}
    for path in sorted((folder / "plan").glob("*.yaml")):
        file = _joined(file, expand_lists(load_yaml(path)), documents)
    _refuse(variants.problems(file, root), main, documents)
    file = variants.expand(file, root)
    _refuse([*_analysis_problems(file, root), *_display_problems(file, root)], main, documents)
    return build_plan(file)


def _refuse(problems: Iterable[Problem], main: Document, documents: dict[tuple[str, str], Document]) -> None:
    texts = [_located(problem, main, documents) for problem in problems]
    if texts:
        raise InputError("; ".join(texts))


def _joined(file: PlanFile, document: Document, documents: dict[tuple[str, str], Document]) -> PlanFile:
    """Return the plan with the entries of one more file; `documents` learns where they stand."""
    piece = validate(document, PlanPiece)
    for kind in PlanPiece.model_fields:
        for name in getattr(piece, kind):
            if name in getattr(file, kind):
                line = document.line((kind, name))
                raise InputError(f"{document.path} line {line}: {kind}.{name} is planned already; give it another name")
            documents[kind, name] = document
    merged = {kind: {**getattr(file, kind), **getattr(piece, kind)} for kind in PlanPiece.model_fields}
    return file.model_copy(update=merged)


def _located(problem: Problem, main: Document, documents: dict[tuple[str, str], Document]) -> str:
    at, text = problem
    document = documents.get((str(at[0]), str(at[1])), main) if len(at) > 1 else main
    return f"{document.path} line {document.line(at)}: {'.'.join(map(str, at))}: {text}"


def _unknown(word: str, known: Iterable[str], what: str) -> str:
    return f"unknown {what} '{word}'{nearest(word, known)}"


def _analysis_problems(file: PlanFile, root: Path) -> Iterator[Problem]:
    adsl = load_contract("derive", "adsl", root)
    for name, population in file.populations.items():
        if population.flag not in adsl.names:
            yield ("populations", name), _unknown(population.flag, adsl.names, "ADSL variable")
    for name, groups in file.columns.items():
        for group in groups:
            yield from _condition_problems(("columns", name), group.where, adsl)
    for name, spec in file.analyses.items():
        at = ("analyses", name)
        yield from (
            (at, _unknown(p, file.populations, "population")) for p in spec.populations if p not in file.populations
        )
        if spec.columns not in file.columns:
            yield at, _unknown(spec.columns, file.columns, "column set")
        yield from _variable_problems(at, spec, root)
        yield from _match_problems(file, at, spec, root)


def _variable_problems(at: Address, spec: AnalysisSpec, root: Path) -> Iterator[Problem]:
    if not _has_contract(spec.data, root):
        yield at, f"unknown dataset '{spec.data}'; it has no contract in config/contracts/derive"
        return
    contract = load_contract("derive", spec.data, root)
    labels = [variable.label for variable in spec.variables]
    for variable in spec.variables:
        for used in filter(None, [variable.name, variable.within, variable.worst]):
            if used not in contract.names:
                yield at, _unknown(used, contract.names, f"variable of {spec.data}")
        if labels.count(variable.label) > 1:
            yield at, f"variable '{variable.label}' stands twice; tell them apart with `as`"
        yield from _condition_problems(at, (*variable.where, *variable.among), contract)
        yield from _condition_problems(at, variable.subset, load_contract("derive", "adsl", root))
        if variable.across and not (variable.within and variable.categories):
            yield at, f"variable '{variable.label}' has `across` without `within` or `categories`"
        if variable.across and spec.method not in ("categories", "proportions"):
            yield at, f"method '{spec.method}' knows no `across`; use 'categories'"
        if variable.common and (spec.method not in ("incidence", "rates") or variable.categories or variable.within):
            yield at, f"variable '{variable.label}' has `common`: it is for an incidence or rate of categories found"
        found = spec.method in ("incidence", "summary") and not variable.categories
        known = [*variable.categories, *variable.composites, *([""] if found else [])]
        if variable.intervals and not {"interval", "mean_interval"}.intersection(SHOWN[spec.method]):
            yield at, f"method '{spec.method}' gives no intervals; use 'proportions'"
        if variable.subset and spec.method in UNDIVIDED:
            yield at, f"method '{spec.method}' knows no `subset`"
        if variable.worst and spec.method != "incidence":
            yield at, f"method '{spec.method}' knows no `worst`; use 'incidence'"
        yield from ((at, _unknown(i, known, "category")) for i in variable.intervals if i not in known)


def _match_problems(file: PlanFile, at: Address, spec: AnalysisSpec, root: Path) -> Iterator[Problem]:
    if bool(spec.match) != (spec.method == "words"):
        yield at, "`match` belongs to the method 'words', which needs it"
    names = load_contract("derive", spec.data, root).names if _has_contract(spec.data, root) else []
    yield from (
        (at, _unknown(own, names, f"variable of {spec.data}")) for own in spec.match.values() if own not in names
    )
    for group in file.columns.get(spec.columns, ()) if spec.match else ():
        missing = sorted(set(spec.match) - {condition.variable for condition in group.where})
        yield from ((at, f"column '{group.id}' of '{spec.columns}' has no condition on {name}") for name in missing)


def _condition_problems(at: Address, conditions: tuple[Condition, ...], contract: Contract) -> Iterator[Problem]:
    for condition in conditions:
        if condition.variable not in contract.names:
            yield at, _unknown(condition.variable, contract.names, f"variable of {contract.name}")


def _has_contract(dataset: str, root: Path) -> bool:
    return contract_path("derive", dataset, root).is_file()


def _display_problems(file: PlanFile, root: Path) -> Iterator[Problem]:
    numbers: dict[str, str] = {}
    for id_, spec in file.displays.items():
        at = ("displays", id_)
        plain_name(id_, "display")
        if spec.layout not in LAYOUTS:
            yield at, _unknown(spec.layout, LAYOUTS, "layout")
            continue
        key = f"{spec.kind} {spec.number}"
        if key in numbers:
            yield at, f"{key} is also the number of '{numbers[key]}'; numbers are unique"
        numbers[key] = id_
        yield from _part_problems(file, at, spec)
        yield from _analysis_use_problems(file, at, spec)
        yield from _note_problems(at, spec)
        for dataset in spec.data:
            if not _has_contract(dataset, root):
                yield at, f"unknown dataset '{dataset}'"
        yield from _list_problems(at, spec, root)
        yield from _drawn_problems(file, at, spec, root)
    for program in file.qc:
        if not (root / "qc" / f"{program}.py").is_file():
            yield ("qc",), f"no program qc/{program}.py"
    cited = {(id_, number) for id_, spec in file.displays.items() for number in spec.listings}
    listed = {spec.number for spec in file.displays.values() if LAYOUTS.get(spec.layout) == "listing"}
    yield from (
        (("displays", id_), f"cites Listing {n}, which is not planned") for id_, n in sorted(cited) if n not in listed
    )


def _part_problems(file: PlanFile, at: Address, spec: DisplaySpec) -> Iterator[Problem]:
    for population in [spec.population, *(part.population for part in spec.parts)]:
        if population not in file.populations:
            yield at, _unknown(population, file.populations, "population")
    if spec.kind == "table" and not spec.parts:
        yield at, "a table needs parts; name at least one population"
    if spec.kind == "table" and not any(row.analysis for row in spec.rows):
        yield at, "a table needs a row that shows an analysis"
    ids, parts = [group.id for group in file.columns.get(spec.columns, ())], [part.id for part in spec.parts]
    yield from ((at, _unknown(name, ids, "column")) for row in spec.rows for name in row.only if name not in ids)
    yield from ((at, _unknown(name, parts, "part")) for row in spec.rows for name in row.parts if name not in parts)
    for row in spec.rows:
        if row.analysis in file.analyses and file.analyses[row.analysis].columns != spec.columns:
            yield at, f"columns '{spec.columns}' are not those of analysis '{row.analysis}'"
        if row.analysis and row.analysis not in file.analyses:
            yield at, _unknown(row.analysis, file.analyses, "analysis")
            continue
        for part in spec.parts if row.analysis else ():
            population = row.population or part.population
            if population not in file.analyses[row.analysis].populations:
                yield at, f"analysis '{row.analysis}' is not planned for population '{population}'"
        if row.analysis:
            yield from _row_problems(file.analyses[row.analysis], at, row, spec.layout)


def _analysis_use_problems(file: PlanFile, at: Address, spec: DisplaySpec) -> Iterator[Problem]:
    populations = [part.population for part in spec.parts] or [spec.population]
    for name in spec.analyses:
        if name not in file.analyses:
            yield at, _unknown(name, file.analyses, "analysis")
            continue
        missing = [p for p in populations if p not in file.analyses[name].populations]
        yield from ((at, f"analysis '{name}' is not planned for population '{p}'") for p in missing)


def _drawn_problems(file: PlanFile, at: Address, spec: DisplaySpec, root: Path) -> Iterator[Problem]:
    known = [
        name for data in spec.data if _has_contract(data, root) for name in load_contract("derive", data, root).names
    ]
    yield from (
        (at, _unknown(v, known, f"variable of {', '.join(spec.data)}")) for v in spec.variables if v not in known
    )
    groups = [group.id for group in file.columns.get(spec.columns, ())]
    yield from (
        (at, _unknown(level, groups, f"column of '{spec.columns}'")) for level in spec.levels if level not in groups
    )


def _row_problems(analysis: AnalysisSpec, at: Address, row: RowSpec, layout: str) -> Iterator[Problem]:
    named = f"analysis '{row.analysis}'"
    variable = next((v for v in analysis.variables if v.label == row.variable), None)
    if variable is None:
        yield at, f"{named} has no variable '{row.variable}'"
        return
    known = [*variable.categories, *(() if variable.across else variable.composites)]
    if row.category and variable.categories and row.category not in known:
        yield at, f"{named}, variable '{row.variable}': {_unknown(row.category, known, 'category')}"
    if row.show not in SHOWN[analysis.method]:
        yield at, f"row '{row.label}' shows '{row.show}'; of {named} a row shows {', '.join(SHOWN[analysis.method])}"
    if bool(variable.worst) != (layout == "grades"):
        yield (
            at,
            f"{named}, variable '{row.variable}': the layout 'grades' shows variables with `worst`, and no other does",
        )
    if (analysis.method in DESIGN) != (layout == "scenarios"):
        yield at, f"{named}: the layout 'scenarios' shows methods of the design, and no other does"
    if variable.across and not (layout == "cross" and (row.each or row.category)):
        yield (
            at,
            f"{named}, variable '{row.variable}' has `across`: the layout 'cross' shows it, with `each` or a category",
        )
    if row.show in ("interval", "mean_interval") and row.category not in variable.intervals:
        yield at, f"{named}, variable '{row.variable}': no interval is planned for '{row.category}'"
    if row.note and (row.each or row.when_positive):
        yield at, f"note '{row.note}' stands on a row that may not be printed; put it on the row above"


def _note_problems(at: Address, spec: DisplaySpec) -> Iterator[Problem]:
    marks = {row.note for row in spec.rows if row.note}
    yield from ((at, f"a row cites note '{mark}', which has no text") for mark in sorted(marks - set(spec.notes)))


def _list_problems(at: Address, spec: DisplaySpec, root: Path) -> Iterator[Problem]:
    if spec.layout not in ("records", "exclusions", "spread"):
        return
    contract = load_contract("derive", spec.data[0] if spec.data else "adsl", root)
    names = [n for c in spec.list_columns for n in (c.variable, c.day) if n] + list(spec.sort)
    names += [n for s in spec.stack for n in (s.flag, s.reason)]
    made = ["SET", "EXCLREAS"] if spec.layout == "exclusions" else []
    if spec.layout == "spread":
        made += [value for c in spec.where if c.variable == "PARAMCD" and c.op == "in" for value in c.value]
    for name in names:
        if name not in contract.names and name not in made:
            yield at, _unknown(name, contract.names, f"variable of {contract.name}")
    yield from _condition_problems(at, spec.where, contract)
