"""The cross table: a variable in rows by another in columns, a page set for each column of the column set (R-1007)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crf2csr.ard import TOTAL, Result, path
from crf2csr.display.model import Cell, Column, Part, Row, Table
from crf2csr.display.tables.cells import CELLS
from crf2csr.display.tables.cells.statistics import Statistics, Style
from crf2csr.display.tables.rows import Index, Page, empty_text, index_results, marked, pages, rows_part
from crf2csr.errors import InputError
from crf2csr.plan import DisplaySpec, Plan, RowSpec, VariableSpec
from crf2csr.study import View, uses

#: The column at the end of each row.
MARGIN = Column("total", TOTAL)


@uses("display.zero_style", "display.small_n")
def cross(plan: Plan, display: str, results: Iterable[Result], study: View) -> Table:
    """Lay out a variable with `across`: its categories are rows, those of `across` columns, with a Total of each.

    The page sets are the columns of the column set (of `levels` only, if planned); N stands in the title. A row with
    `each` becomes all categories in planned order, then Total; one with `category` is that row alone; `nested` is the
    head over the columns. A variable with `among` begins with a row `n`, its denominator. Rows of variables without
    `across` follow in a part of their own, whose columns are those of the column set, as in the layout `rows`. A page
    set in which nobody is counted says so (rule E0). Percentages are of N, or of `n`. Raises InputError if the
    variables have different columns.

    In the plan (subjects by baseline in rows and worst value in columns; a missing value is `Missing` where planned):
      analyses:
        shift: {method: categories, data: adqs, populations: [safety], columns: c1, variables: [
          {name: BASE, as: SHIFT, where: [...], within: AVAL, among: [...],
           categories: ["0", "1", "2", Missing], across: ["0", "1", "2"]}]}
      displays:
        t-1: {layout: cross, columns: c1, stub: Baseline, parts: [{id: safety, population: safety}], ..., rows: [
          {label: Pain}, {analysis: shift, variable: SHIFT, each: true, nested: Worst, indent: 1, show: count_percent}]}
    """
    spec = plan.file.displays[display]
    style = Style(study["display.zero_style"], study["display.small_n"])
    table = _Crossing(plan, spec, _columns(plan, spec), index_results(results), style)
    parts = [_part(table, page) for page in pages(plan, spec, table.index, named=True)]
    below = spec.rows[_last(plan, spec) + 1 :]
    if any(row.analysis for row in below):
        parts += [rows_part(plan, spec, part, table.index, style, below) for part in spec.parts]
    population = plan.file.populations[spec.population].label
    return Table(display, spec.number, spec.title, population, tuple(parts), stub=spec.stub)


@dataclass(frozen=True)
class _Crossing:
    """What all page sets of a cross table share."""

    plan: Plan
    spec: DisplaySpec
    columns: tuple[Column, ...]
    index: Index
    style: Style


def _variable(plan: Plan, row: RowSpec) -> VariableSpec:
    return next(v for v in plan.file.analyses[row.analysis].variables if v.label == row.variable)


def _is_crossed(plan: Plan, row: RowSpec) -> bool:
    return bool(row.analysis and _variable(plan, row).across)


def _last(plan: Plan, spec: DisplaySpec) -> int:
    """Return the place of the last crossed row of the plan."""
    return max(k for k, row in enumerate(spec.rows) if _is_crossed(plan, row))


def _columns(plan: Plan, spec: DisplaySpec) -> tuple[Column, ...]:
    """Return the columns of all page sets: the planned categories of `across`, and the total."""
    crossed = [row for row in spec.rows if _is_crossed(plan, row)]
    found = {_variable(plan, row).across for row in crossed}
    if len(found) != 1:
        raise InputError(
            f"{spec.kind} {spec.number}: the layout 'cross' shows variables with one and the same `across`; found "
            f"{len(found)}; plan `across` of its variables alike, or another display"
        )
    return (*(Column(name, name, spanner=crossed[0].nested) for name in found.pop()), MARGIN)


def _part(table: _Crossing, page: Page) -> Part:
    planned = table.spec.rows[: _last(table.plan, table.spec) + 1]
    lines = tuple(line for row in planned for line in _rows(table, page, row))
    counted = [_found(table, page, row, path(TOTAL))["n"].value for row in planned if row.analysis]
    if not any(counted):
        return Part(page.id, page.title, table.columns, (), empty_text(table.plan, table.spec, page.part))
    return Part(page.id, page.title, table.columns, lines)


def _found(table: _Crossing, page: Page, row: RowSpec, category: str) -> Statistics:
    analysis = f"{row.analysis}-{row.population or page.part.population}"
    return table.index[analysis, page.group.id, row.variable, category]


def _rows(table: _Crossing, page: Page, row: RowSpec) -> Iterator[Row]:
    """Yield the rows of one row of the plan: one, or with `each` the categories and their total."""
    mark = marked(table.spec, row)
    if not row.analysis:
        yield Row(f"{row.label}{mark}", tuple(Cell("") for _ in table.columns), row.indent, heading=True)
        return
    variable = _variable(table.plan, row)
    shown = [(name, name, row.show) for name in (*variable.categories, TOTAL)]
    if variable.among:
        shown.insert(0, (TOTAL, "n", "n"))
    for name, label, show in shown if row.each else [(row.category, f"{row.label}{mark}", row.show)]:
        places = [*(path(name, inner) for inner in variable.across), path(name)]
        cells = (CELLS[show](_found(table, page, row, place), row, table.style) for place in places)
        yield Row(label, tuple(cells), row.indent)
