"""The table of planned rows: each row of the plan picks numbers of one analysis and a way to show them; columns are
subjects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from crf2csr.ard import Result, path, path_parts
from crf2csr.display.footer import note_marks
from crf2csr.display.model import NO_DATA, Cell, Column, Part, Row, Table
from crf2csr.display.numbers import NO_DENOMINATOR
from crf2csr.display.tables.cells import CELLS
from crf2csr.display.tables.cells.statistics import Statistics, Style
from crf2csr.plan import DisplaySpec, PartSpec, Plan, RowSpec
from crf2csr.study import View, uses

#: Results by (analysis, level, variable, category) and statistic.
Index = Mapping[tuple[str, str, str, str], Statistics]
NOT_APPLICABLE = Cell("NA")
#: What a row shows of small groups only; larger ones have NA in it.
INDIVIDUAL = ("individual", "pk_individual", "individual_times")
#: Methods whose subjects have an event or a time, and those that may stand beside them in such a table.
WITH_EVENT, BESIDE = {"incidence", "survival"}, {"categories"}


@uses("display.zero_style", "display.small_n")
def rows(plan: Plan, display: str, results: Iterable[Result], study: View) -> Table:
    """Lay out the planned rows of a table: one part for each population, one column for each group of the column
    set. A table of events, or of the time to one, in which nobody is counted follows rule E0, if the plan says so."""
    spec = plan.file.displays[display]
    index = index_results(results)
    style = Style(study["display.zero_style"], study["display.small_n"])
    parts = tuple(_part(plan, spec, part, index, style) for part in spec.parts)
    population = plan.file.populations[spec.population].label
    return Table(display, spec.number, spec.title, population, parts, stub=spec.stub)


def index_results(results: Iterable[Result]) -> Index:
    """Return results by analysis, column, variable and category, and within these by statistic."""
    index: dict[tuple[str, str, str, str], dict[str, Result]] = defaultdict(dict)
    for result in results:
        index[result.analysis, result.level, result.variable, result.category][result.statistic] = result
    return index


def column_totals(plan: Plan, spec: DisplaySpec, part: PartSpec, index: Index) -> dict[str, int]:
    """Return N of each column of a part by column id, as the first analysis of its rows has it."""
    first = f"{next(row.analysis for row in spec.rows if row.analysis and not row.population)}-{part.population}"
    groups = plan.file.columns[spec.columns]
    return {group.id: int(index[first, group.id, "", ""]["N"].value or 0) for group in groups}


def empty_text(plan: Plan, spec: DisplaySpec, part: PartSpec) -> str:
    """Return the sentence of rule E0 with the criteria: population, and conditions of the first row."""
    row = next(row for row in spec.rows if row.analysis)
    variables = plan.file.analyses[row.analysis].variables
    conditions = next((v.where for v in variables if v.label == row.variable), ())
    return f"{NO_DATA} Criterion: {'; '.join([_title(plan, part), *(c.text for c in conditions)])}."


def _title(plan: Plan, part: PartSpec) -> str:
    return plan.file.populations[part.population].label


def _part(plan: Plan, spec: DisplaySpec, part: PartSpec, index: Index, style: Style) -> Part:
    groups, totals = plan.file.columns[spec.columns], column_totals(plan, spec, part, index)
    columns = tuple(Column(g.id, g.label, totals[g.id], g.spanner) for g in groups)
    if spec.empty == "E0" and not (any(totals.values()) and _is_any_counted(plan, spec, part, index)):
        return Part(part.id, _title(plan, part), columns, (), empty_text(plan, spec, part))
    levels = [group.id for group in groups]
    shown = tuple(row for row_spec in spec.rows for row in _rows(spec, row_spec, part, levels, index, style))
    return Part(part.id, _title(plan, part), columns, shown)


def _is_any_counted(plan: Plan, spec: DisplaySpec, part: PartSpec, index: Index) -> bool:
    """Return whether a row counts a subject; in a table of anything but events and times nobody is a result."""
    methods = {plan.file.analyses[row.analysis].method for row in spec.rows if row.analysis}
    if methods.isdisjoint(WITH_EVENT) or methods - WITH_EVENT - BESIDE:
        return True
    rows = [row for row in spec.rows if row.analysis]
    wanted = {(f"{row.analysis}-{row.population or part.population}", row.variable) for row in rows}
    return any(found["n"].value for key, found in index.items() if (key[0], key[2]) in wanted and "n" in found)


def _rows(
    spec: DisplaySpec, row: RowSpec, part: PartSpec, levels: list[str], index: Index, style: Style
) -> Iterator[Row]:
    """Yield the rows of one row of the plan: one, or with `each` one for every category found."""
    mark = f" [{note_marks(spec)[row.note]}]" if row.note else ""
    if not row.analysis:
        yield Row(f"{row.label}{mark}", tuple(Cell("") for _ in levels), row.indent, heading=True)
        return
    analysis = f"{row.analysis}-{row.population or part.population}"
    for category, label, depth in row_categories(row, analysis, index):
        found = {level: index[analysis, level, row.variable, category] for level in levels}
        cells = tuple(
            NOT_APPLICABLE if row.only and level not in row.only else CELLS[row.show](statistics, row, style)
            for level, statistics in found.items()
        )
        if _left_out(row, [_count(statistics) for statistics in found.values()], cells):
            continue
        yield Row(f"{label}{mark}", cells, row.indent + depth)


def _count(statistics: Statistics) -> int:
    return int(statistics["n"].value or 0) if "n" in statistics else 0


def _left_out(row: RowSpec, counts: list[int], cells: tuple[Cell, ...]) -> bool:
    """Return whether the row is dropped: no subject where it needs one; individual values where no column is small
    (R-108)."""
    if row.show in INDIVIDUAL:
        return all(cell.text in (NOT_APPLICABLE.text, NO_DENOMINATOR) for cell in cells)
    return row.when_positive and not any(counts)


def row_categories(row: RowSpec, analysis: str, index: Index) -> list[tuple[str, str, int]]:
    """Return category, label and steps to the right of each row: the planned one, or with `each` those found below
    `category` (below none: all), each labeled with its last part, nested ones one step further than what holds them."""
    planned = path(row.category) if row.category else ""
    if not row.each:
        return [(planned, row.label, 0)]
    above = path_parts(planned)
    found = dict.fromkeys(key[3] for key in index if key[0] == analysis and key[2] == row.variable)
    parts = [(category, path_parts(category)) for category in found]
    below = [(c, p) for c, p in parts if len(p) > len(above) and p[: len(above)] == above]
    steps = [(c, p[-1], len(p) - len(above) - 1) for c, p in below]
    return [(c, _sentence(f"{row.nested}{name}" if step else name), step) for c, name, step in steps]


def _sentence(category: str) -> str:
    """Return a recorded reason as a row label: it begins with a capital letter, unless its first word has one (pH)."""
    return category[:1].upper() + category[1:] if category.split(" ")[0].islower() else category
