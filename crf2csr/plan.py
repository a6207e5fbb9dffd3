"""What is analyzed and shown: populations, column sets, analyses and displays of `config/<study>/plan.yaml`.

The plan is data: it selects rows by (variable, operator, value), names methods and layouts, and holds titles and
footnotes. It is checked
against the contracts and against itself before any job starts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from crf2csr.contracts import ROOT, Contract, load_contract
from crf2csr.errors import InputError
from crf2csr.strict_yaml import load_yaml
from crf2csr.study import nearest, plain_name, validate

Operator = Literal["eq", "ne", "in", "lt", "le", "gt", "ge", "missing", "present"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Condition(_Model):
    """One condition on a variable of a dataset; `value` is a list for `in` and absent for `missing` and `present`."""

    variable: str
    op: Operator
    value: str | tuple[str, ...] = ""


class ColumnGroup(_Model):
    """One column: the subjects of ADSL that meet `where`; a subject may be in several columns (pooled groups)."""

    id: str = Field(pattern=r"^[a-z0-9_-]+$")
    label: str
    spanner: str = ""
    where: tuple[Condition, ...] = ()


class Population(_Model):
    """An analysis set: the label of the title block and the ADSL flag."""

    label: str
    flag: str


class VariableSpec(_Model):
    """A variable to count or summarize.

    `categories` are planned and always shown; where absent, those found are taken in alphabetical order. `within`
    splits a category by
    a second variable. `composites` are named unions of categories; `intervals` names what gets a confidence interval.
    """

    name: str
    where: tuple[Condition, ...] = ()
    categories: tuple[str, ...] = ()
    within: str = ""
    composites: dict[str, tuple[str, ...]] = {}
    intervals: tuple[str, ...] = ()
    as_: str = Field(default="", alias="as")

    @property
    def label(self) -> str:
        """The name of the variable in ARD addresses: `as`, where one variable is counted under several selections."""
        return self.as_ or self.name


class AnalysisSpec(_Model):
    """An analysis: one method over one dataset, repeated for each population (`<name>-<population>` is its id)."""

    method: Literal["categories", "proportions", "summary"]
    data: str
    populations: tuple[str, ...]
    columns: str
    variables: tuple[VariableSpec, ...]


class RowSpec(_Model):
    """One row of a table; `each` repeats it for every category found, `when_positive` drops it where nobody is
    counted."""

    label: str = ""
    indent: int = 0
    analysis: str = ""
    variable: str = ""
    category: str = ""
    show: Literal[
        "", "count", "count_percent", "interval", "n", "mean_sd", "median", "min_max", "quartiles", "individual"
    ] = ""
    each: bool = False
    when_positive: bool = False
    decimals: int = 0
    note: str = ""


class PartSpec(_Model):
    """A page set of a table: its title and the population that picks the analyses."""

    id: str = Field(pattern=r"^[a-z0-9_-]+$")
    title: str = ""
    population: str


class ListColumn(_Model):
    """A column of a listing: a variable of the dataset, its head and width; `day` adds a study day in brackets."""

    variable: str
    label: str
    width: float = 1.0
    day: str = ""
    decimals: int | None = None
    align: Literal["left", "center", "right"] = "left"


class Stack(_Model):
    """A flag and its reason that a listing turns into rows: one for each subject whose flag is not Y."""

    label: str
    flag: str
    reason: str


class DisplaySpec(_Model):
    """A table, listing or figure of the appendix; its id is its file stem, bookmark and link target."""

    layout: Literal["rows", "records", "exclusions", "waterfall"]
    number: str
    title: str
    population: str
    stub: str = ""
    columns: str = ""
    parts: tuple[PartSpec, ...] = ()
    rows: tuple[RowSpec, ...] = ()
    data: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    sort: tuple[str, ...] = ()
    list_columns: tuple[ListColumn, ...] = ()
    stack: tuple[Stack, ...] = ()
    repeats: tuple[str, ...] = ()
    empty: Literal["E0", "never"] = "E0"
    notes: dict[str, str] = {}
    abbreviations: dict[str, str] = {}
    listings: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The kind of display that the layout makes: table, listing or figure."""
        return {"rows": "table", "records": "listing", "exclusions": "listing", "waterfall": "figure"}[self.layout]


class PlanFile(_Model):
    """`config/<study>/plan.yaml`."""

    populations: dict[str, Population]
    columns: dict[str, tuple[ColumnGroup, ...]]
    analyses: dict[str, AnalysisSpec]
    displays: dict[str, DisplaySpec]
    qc: tuple[str, ...] = ()


@dataclass(frozen=True)
class Analysis:
    """One analysis to run: a specification at one population, with its column set."""

    id: str
    name: str
    spec: AnalysisSpec
    population: Population
    columns: tuple[ColumnGroup, ...]


@dataclass(frozen=True)
class Plan:
    """The checked plan: the file, and the analyses by id."""

    file: PlanFile
    analyses: dict[str, Analysis]

    def analyses_of(self, display: str) -> list[Analysis]:
        """Return the analyses that a display shows, in order of first use."""
        spec = self.file.displays[display]
        names = [row.analysis for row in spec.rows if row.analysis]
        ids = [f"{name}-{part.population}" for part in spec.parts for name in names]
        return [self.analyses[id_] for id_ in dict.fromkeys(ids)]

    def datasets_of(self, display: str) -> list[str]:
        """Return the analysis datasets behind a display, ADSL first."""
        names = [a.spec.data for a in self.analyses_of(display)] + list(self.file.displays[display].data)
        return list(dict.fromkeys(["adsl", *names]))


def load_plan(study: str, root: Path = ROOT) -> Plan:
    """Read and check the plan of a study. Raises InputError with file, line and key for any name that leads nowhere
    (F-306, F-307)."""
    document = load_yaml(root / "config" / plain_name(study, "study") / "plan.yaml")
    file = validate(document, PlanFile)
    problems = [*_analysis_problems(file, root), *_display_problems(file, root)]
    if problems:
        raise InputError("; ".join(f"{document.path} line {document.line(at)}: {text}" for at, text in problems))
    analyses = {
        f"{name}-{population}": Analysis(
            f"{name}-{population}", name, spec, file.populations[population], file.columns[spec.columns]
        )
        for name, spec in file.analyses.items()
        for population in spec.populations
    }
    return Plan(file, analyses)


Problem = tuple[tuple[str | int, ...], str]


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


def _variable_problems(at: tuple[str, ...], spec: AnalysisSpec, root: Path) -> Iterator[Problem]:
    if not _has_contract(spec.data, root):
        yield at, f"unknown dataset '{spec.data}'; it has no contract in config/contracts/derive"
        return
    contract = load_contract("derive", spec.data, root)
    labels = [variable.label for variable in spec.variables]
    for variable in spec.variables:
        for used in filter(None, [variable.name, variable.within]):
            if used not in contract.names:
                yield at, _unknown(used, contract.names, f"variable of {spec.data}")
        if labels.count(variable.label) > 1:
            yield at, f"variable '{variable.label}' stands twice; tell them apart with `as`"
        yield from _condition_problems(at, variable.where, contract)
        known = [*variable.categories, *variable.composites]
        if variable.intervals and spec.method != "proportions":
            yield at, f"method '{spec.method}' gives no intervals; use 'proportions'"
        yield from ((at, _unknown(i, known, "category")) for i in variable.intervals if i not in known)


def _condition_problems(
    at: tuple[str, ...], conditions: tuple[Condition, ...], contract: Contract
) -> Iterator[Problem]:
    for condition in conditions:
        if condition.variable not in contract.names:
            yield at, _unknown(condition.variable, contract.names, f"variable of {contract.name}")


def _has_contract(dataset: str, root: Path) -> bool:
    return (root / "config" / "contracts" / "derive" / f"{dataset}.csv").is_file()


def _display_problems(file: PlanFile, root: Path) -> Iterator[Problem]:
    numbers: dict[str, str] = {}
    for id_, spec in file.displays.items():
        at = ("displays", id_)
        plain_name(id_, "display")
        key = f"{spec.kind} {spec.number}"
        if key in numbers:
            yield at, f"{key} is also the number of '{numbers[key]}'; numbers are unique"
        numbers[key] = id_
        yield from _part_problems(file, at, spec)
        yield from _note_problems(at, spec)
        for dataset in spec.data:
            if not _has_contract(dataset, root):
                yield at, f"unknown dataset '{dataset}'"
        yield from _list_problems(at, spec, root)
    for program in file.qc:
        if not (root / "qc" / f"{program}.py").is_file():
            yield ("qc",), f"no program qc/{program}.py"
    cited = {(id_, number) for id_, spec in file.displays.items() for number in spec.listings}
    listed = {spec.number for spec in file.displays.values() if spec.kind == "listing"}
    yield from (
        (("displays", id_), f"cites Listing {n}, which is not planned") for id_, n in sorted(cited) if n not in listed
    )


def _part_problems(file: PlanFile, at: tuple[str, ...], spec: DisplaySpec) -> Iterator[Problem]:
    for population in [spec.population, *(part.population for part in spec.parts)]:
        if population not in file.populations:
            yield at, _unknown(population, file.populations, "population")
    if spec.layout == "rows" and not spec.parts:
        yield at, "a table needs parts; name at least one population"
    if spec.layout == "rows" and not any(row.analysis for row in spec.rows):
        yield at, "a table needs a row that shows an analysis"
    for row in spec.rows:
        if row.analysis in file.analyses and file.analyses[row.analysis].columns != spec.columns:
            yield at, f"columns '{spec.columns}' are not those of analysis '{row.analysis}'"
        if row.analysis and row.analysis not in file.analyses:
            yield at, _unknown(row.analysis, file.analyses, "analysis")
            continue
        for part in spec.parts if row.analysis else ():
            if part.population not in file.analyses[row.analysis].populations:
                yield at, f"analysis '{row.analysis}' is not planned for population '{part.population}'"
        if row.analysis:
            yield from _row_problems(file.analyses[row.analysis], at, row)


#: What a row may show of the results of each method; a row without an analysis is a heading and shows nothing.
_SHOWN = {
    "categories": ("count", "count_percent"),
    "proportions": ("count", "count_percent", "interval"),
    "summary": ("n", "mean_sd", "median", "min_max", "quartiles", "individual"),
}


def _row_problems(analysis: AnalysisSpec, at: tuple[str, ...], row: RowSpec) -> Iterator[Problem]:
    named = f"analysis '{row.analysis}'"
    variable = next((v for v in analysis.variables if v.label == row.variable), None)
    if variable is None:
        yield at, f"{named} has no variable '{row.variable}'"
        return
    known = [*variable.categories, *variable.composites]
    if row.category and variable.categories and row.category not in known:
        yield at, f"{named}, variable '{row.variable}': {_unknown(row.category, known, 'category')}"
    if row.show not in _SHOWN[analysis.method]:
        yield at, f"row '{row.label}' shows '{row.show}'; of {named} a row shows {', '.join(_SHOWN[analysis.method])}"
    if row.show == "interval" and row.category not in variable.intervals:
        yield at, f"{named}, variable '{row.variable}': no interval is planned for '{row.category}'"
    if row.note and (row.each or row.when_positive):
        yield at, f"note '{row.note}' stands on a row that may not be printed; put it on the row above"


def _note_problems(at: tuple[str, ...], spec: DisplaySpec) -> Iterator[Problem]:
    marks = {row.note for row in spec.rows if row.note}
    yield from ((at, f"a row cites note '{mark}', which has no text") for mark in sorted(marks - set(spec.notes)))


def _list_problems(at: tuple[str, ...], spec: DisplaySpec, root: Path) -> Iterator[Problem]:
    if spec.layout not in ("records", "exclusions"):
        return
    contract = load_contract("derive", spec.data[0] if spec.data else "adsl", root)
    names = [n for c in spec.list_columns for n in (c.variable, c.day) if n] + list(spec.sort)
    names += [n for s in spec.stack for n in (s.flag, s.reason)]
    made = ["SET", "EXCLREAS"] if spec.layout == "exclusions" else []
    for name in names:
        if name not in contract.names and name not in made:
            yield at, _unknown(name, contract.names, f"variable of {contract.name}")
    yield from _condition_problems(at, spec.where, contract)
