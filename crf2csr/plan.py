"""What is analyzed and shown: populations, column sets, analyses and displays of `config/<study>/plan.yaml` and of the
files in `config/<study>/plan/`.

The plan is data: it selects rows by (variable, operator, value), names methods and layouts, and holds titles and
footnotes. It is checked against the contracts and against itself before any job starts (`plan_checks`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Operator = Literal["eq", "ne", "in", "lt", "le", "gt", "ge", "missing", "present"]
Kind = Literal["table", "listing", "figure"]

#: How a reader writes an operator; the others are words already.
SIGNS = {"eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥"}
#: What a row of a table may show of the results of each method.
SHOWN: dict[str, tuple[str, ...]] = {
    "categories": ("count", "count_percent", "fraction", "subjects"),
    "proportions": ("count", "count_percent", "fraction", "interval", "count_of", "estimate_of"),
    "incidence": ("count", "count_percent", "count_percent_events", "fraction", "interval"),
    "row_counts": ("count", "count_percent", "fraction"),
    "rates": ("count", "person_years", "rate_interval"),
    "summary": ("n", "mean_sd", "median", "min_max", "quartiles", "individual", "mean_interval", "median_span"),
    "power_model": ("n", "levels", "slope_interval", "limits", "word"),
    "pk_summary": (
        "n",
        "n_blq",
        "pk_mean",
        "pk_sd",
        "pk_cv",
        "pk_geo_mean",
        "pk_geo_cv",
        "pk_median",
        "pk_min",
        "pk_max",
        "pk_individual",
        "median_range",
    ),
    "survival": ("count", "count_percent", "quantile", "survival_range", "landmark", "at_risk", "individual_times"),
    "words": ("word", "day"),
    "operating_characteristics": ("characteristics",),
}
#: Methods that compute from the design of the trial alone: no subject stands behind their numbers.
DESIGN = ("operating_characteristics",)
#: The kind of display that each layout makes. Where its module lies: `lineage.ELSEWHERE`.
LAYOUTS: dict[str, Kind] = {
    "rows": "table",
    "grades": "table",
    "records": "listing",
    "exclusions": "listing",
    "spread": "listing",
    "distinct": "listing",
    "cross": "table",
    "scenarios": "table",
    "waterfall": "figure",
    "swimmer": "figure",
    "kaplan_meier": "figure",
    "mean_concentration": "figure",
    "geometric_concentration": "figure",
    "spider": "figure",
    "hepatic": "figure",
    "laboratory_course": "figure",
    "forest": "figure",
    "individual_concentration": "figure",
    "individual_concentration_log": "figure",
    "parameter_by_dose": "figure",
    "change_by_visit": "figure",
    "levels_by_visit": "figure",
    "individual_scores": "figure",
}
#: Order of the kinds in the appendix.
KINDS: tuple[Kind, ...] = ("table", "figure", "listing")


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Condition(_Model):
    """One condition on a variable of a dataset; `value` is a list for `in` and absent for `missing` and `present`."""

    variable: str
    op: Operator
    value: str | tuple[str, ...] = ""

    @property
    def text(self) -> str:
        """The condition as it stands below an empty display."""
        value = self.value if isinstance(self.value, str) else ", ".join(self.value)
        return f"{self.variable} {SIGNS.get(self.op, self.op)} {value}".strip()


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
    splits a category by a second variable. `composites` are named unions of categories; `intervals` names what gets a
    confidence interval (of an incidence without planned categories, the blank name is all rows together). `among`
    narrows the denominator to subjects with a row that meets it (default: all subjects of the column). `subset` are
    conditions on ADSL that narrow numerator and denominator (a subgroup). `across` are the planned categories of
    `within`: the columns of a cross table. `worst` is a grade of which only the highest of a subject counts. `common`
    keeps the categories found that reach the cut of common adverse events in the last column (`ae.common_cut_pct`).
    """

    name: str
    where: tuple[Condition, ...] = ()
    among: tuple[Condition, ...] = ()
    subset: tuple[Condition, ...] = ()
    categories: tuple[str, ...] = ()
    within: str = ""
    across: tuple[str, ...] = ()
    worst: str = ""
    common: bool = False
    composites: dict[str, tuple[str, ...]] = {}
    intervals: tuple[str, ...] = ()
    as_: str = Field(default="", alias="as")

    @property
    def label(self) -> str:
        """The name of the variable in ARD addresses: `as`, where one variable is counted under several selections."""
        return self.as_ or self.name


class AnalysisSpec(_Model):
    """An analysis: one method over one dataset, repeated for each population (`<name>-<population>` is its id).

    `match` finds the rows of a column in a dataset without subjects: ADSL variable of the column's conditions to the
    variable of the dataset that holds the same value. `adsl` and `variant` are filled in for an analysis under changed
    settings (`variants`); a plan file leaves them out.
    """

    method: Literal[
        "categories",
        "proportions",
        "incidence",
        "row_counts",
        "rates",
        "summary",
        "pk_summary",
        "power_model",
        "survival",
        "words",
        "operating_characteristics",
    ]
    data: str
    adsl: str = "adsl"
    variant: str = ""
    populations: tuple[str, ...]
    columns: str
    variables: tuple[VariableSpec, ...]
    match: dict[str, str] = {}


class RowSpec(_Model):
    """One row of a table: what it shows (`SHOWN`) of which result.

    `each` repeats it for every category found, nested categories one step to the right; `when_positive` drops it where
    nobody is counted; `only` names the columns that the row applies to, if not all: the others show NA.
    `nested` are words before the label of a nested category. `population` is another one than that of the part, for a
    row that counts outside it (`subjects`). `parts` are the parts that the row stands in, if not all.
    """

    label: str = ""
    indent: int = 0
    analysis: str = ""
    variable: str = ""
    category: str = ""
    show: str = ""
    each: bool = False
    nested: str = ""
    when_positive: bool = False
    only: tuple[str, ...] = ()
    population: str = ""
    parts: tuple[str, ...] = ()
    decimals: int = 0
    note: str = ""


class PartSpec(_Model):
    """A page set of a table: its title and the population that picks the analyses."""

    id: str = Field(pattern=r"^[a-z0-9_-]+$")
    title: str = ""
    population: str


class ListColumn(_Model):
    """A column of a listing: a variable of the dataset, its head and width; `day` adds a study day in brackets.

    A decimal has `decimals`, or `significant` digits (R-115).

    `words` tells what stands for a code: of the whole text, or of its parts between `; `.
    """

    variable: str
    label: str
    width: float = 1.0
    day: str = ""
    decimals: int | None = None
    significant: int = 0
    align: Literal["left", "center", "right"] = "left"
    words: dict[str, str] = {}


class Stack(_Model):
    """A flag and its reason that a listing turns into rows: one for each subject whose flag is not Y."""

    label: str
    flag: str
    reason: str


class DisplaySpec(_Model):
    """A table, listing or figure of the appendix; its id is its file stem, bookmark and link target.

    `analyses` are those that the layout reads besides the ones its rows name; `data` the datasets that it reads itself,
    and `variables` what a figure draws of them. `levels` are the columns of `columns` that it shows (none: all).
    `marks` of a spread listing: what stands behind a value, by variable and its code.
    `variant` and `first_note` are filled in for a sensitivity display.
    """

    layout: str
    number: str = Field(pattern=r"^[0-9]+(\.[0-9]+)*(-S[0-9]+)?$")
    title: str
    population: str
    stub: str = ""
    columns: str = ""
    parts: tuple[PartSpec, ...] = ()
    rows: tuple[RowSpec, ...] = ()
    analyses: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    sort: tuple[str, ...] = ()
    list_columns: tuple[ListColumn, ...] = ()
    stack: tuple[Stack, ...] = ()
    repeats: tuple[str, ...] = ()
    marks: dict[str, dict[str, str]] = {}
    empty: Literal["E0", "never"] = "E0"
    variant: str = ""
    first_note: str = ""
    notes: dict[str, str] = {}
    abbreviations: dict[str, str] = {}
    listings: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """The kind of display that the layout makes."""
        return LAYOUTS[self.layout]

    @property
    def order(self) -> tuple[int, list[int], str]:
        """The place in the appendix: tables, figures, listings, each by number; a listing of section 14 stands among
        the tables (ICH E3 sections 14.3.2 to 14.3.4), a sensitivity display after its base."""
        base, _, change = self.number.partition("-")
        kind = "table" if self.kind == "listing" and base.startswith("14.") else self.kind
        return KINDS.index(kind), [int(part) for part in re.split(r"\.", base)], change


class Variant(_Model):
    """Study keys with other values than the study has."""

    settings: dict[str, Any]


class Sensitivity(_Model):
    """A table once more under a variant: its base, what changed in words for title and first footnote, the parts kept
    (none named: all)."""

    of: str
    variant: str
    change: str
    note: str
    parts: tuple[str, ...] = ()


class PlanPiece(_Model):
    """A file in `config/<study>/plan/`: analyses and displays of one field."""

    analyses: dict[str, AnalysisSpec] = {}
    displays: dict[str, DisplaySpec] = {}
    variants: dict[str, Variant] = {}
    sensitivities: dict[str, Sensitivity] = {}


class PlanFile(_Model):
    """`config/<study>/plan.yaml`, with the pieces beside it put in."""

    populations: dict[str, Population]
    columns: dict[str, tuple[ColumnGroup, ...]]
    analyses: dict[str, AnalysisSpec] = {}
    displays: dict[str, DisplaySpec] = {}
    variants: dict[str, Variant] = {}
    sensitivities: dict[str, Sensitivity] = {}
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
    """The checked plan: the file, displays in the order of the appendix, and the analyses by id."""

    file: PlanFile
    analyses: dict[str, Analysis]

    def analyses_of(self, display: str) -> list[Analysis]:
        """Return the analyses that a display shows, in order of first use."""
        spec = self.file.displays[display]
        names = [(row.analysis, row.population) for row in spec.rows if row.analysis]
        names += [(name, "") for name in spec.analyses]
        populations = [part.population for part in spec.parts] or [spec.population]
        ids = [f"{name}-{own or population}" for population in populations for name, own in names]
        return [self.analyses[id_] for id_ in dict.fromkeys(ids)]

    def is_of_design(self, display: str) -> bool:
        """Return whether a display shows the design of the trial alone, without subjects."""
        methods = [analysis.spec.method for analysis in self.analyses_of(display)]
        return bool(methods) and all(method in DESIGN for method in methods)

    def datasets_of(self, display: str) -> list[str]:
        """Return the analysis datasets behind a display, ADSL first; without subjects there is no ADSL behind it."""
        names = [a.spec.data for a in self.analyses_of(display)] + list(self.file.displays[display].data)
        return list(dict.fromkeys(names if self.is_of_design(display) else ["adsl", *names]))

    def read_by(self, display: str) -> list[str]:
        """Return the datasets that the layout of a display reads itself, ADSL first; none if it reads results only."""
        data = self.file.displays[display].data
        return list(dict.fromkeys(["adsl", *data])) if data else []


def build_plan(file: PlanFile) -> Plan:
    """Return the plan of a file: displays in the order of the appendix, one analysis for each population."""
    displays = dict(sorted(file.displays.items(), key=lambda item: item[1].order))
    analyses = {
        f"{name}-{population}": Analysis(
            f"{name}-{population}", name, spec, file.populations[population], file.columns[spec.columns]
        )
        for name, spec in file.analyses.items()
        for population in spec.populations
    }
    return Plan(file.model_copy(update={"displays": displays}), analyses)
