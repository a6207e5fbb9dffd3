"""The table of maximum grades: one part for each column of the column set, one column for each grade (R-901, R-902)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crf2csr.ard import GRADES, Result, path, path_parts
from crf2csr.display.model import Cell, Column, Part, Row, Table
from crf2csr.display.tables.cells import CELLS
from crf2csr.display.tables.cells.statistics import Style
from crf2csr.display.tables.rows import Index, Page, empty_text, index_results, marked, pages
from crf2csr.plan import DisplaySpec, Plan, RowSpec
from crf2csr.study import View, uses

#: Ids and heads of the grades that are no number.
NAMED = {"Any": ("any", "Any\ngrade"), ">=3": ("ge3", "Grade\n≥ 3"), "Missing": ("missing", "Missing\ngrade")}


@uses("display.zero_style", "display.small_n")
def grades(plan: Plan, display: str, results: Iterable[Result], study: View) -> Table:
    """Lay out subjects by maximum grade: the parts are the columns of the column set, N stands in the title of each.

    The rows of the plan show variables with `worst`; with `each` one for every category found, left out where nobody of
    the part has it. A part in which nobody is counted says so (rule E0).
    """
    spec = plan.file.displays[display]
    index = index_results(results)
    style = Style(study["display.zero_style"], study["display.small_n"])
    parts = tuple(_part(plan, spec, page, index, style) for page in pages(plan, spec, index))
    population = plan.file.populations[spec.population].label
    return Table(display, spec.number, spec.title, population, parts, stub=spec.stub)


def _part(plan: Plan, spec: DisplaySpec, page: Page, index: Index, style: Style) -> Part:
    columns = tuple(Column(*NAMED.get(grade, (grade, f"Grade\n{grade}"))) for grade in GRADES)
    shown = tuple(row for planned in spec.rows for row in _rows(spec, planned, page, index, style))
    if all(row.heading for row in shown):
        return Part(page.id, page.title, columns, (), empty_text(plan, spec, page.part))
    return Part(page.id, page.title, columns, shown)


def _rows(spec: DisplaySpec, row: RowSpec, page: Page, index: Index, style: Style) -> Iterator[Row]:
    """Yield the rows of one row of the plan for one column of the column set."""
    mark = marked(spec, row)
    if not row.analysis:
        yield Row(f"{row.label}{mark}", tuple(Cell("") for _ in GRADES), row.indent, heading=True)
        return
    analysis = f"{row.analysis}-{row.population or page.part.population}"
    for names, label in _names(row, analysis, index):
        found = [index[analysis, page.group.id, row.variable, path(*names, grade)] for grade in GRADES]
        if found[0]["n"].value:
            cells = tuple(CELLS[row.show](statistics, row, style) for statistics in found)
            yield Row(f"{label}{mark}", cells, row.indent + max(len(names) - 1, 0))


def _names(row: RowSpec, analysis: str, index: Index) -> list[tuple[tuple[str, ...], str]]:
    """Return the names above the grades and the label of each row: all rows together, or with `each` every category."""
    if not row.each:
        return [((row.category,) if row.category else (), row.label)]
    found = dict.fromkeys(key[3] for key in index if key[0] == analysis and key[2] == row.variable)
    names = dict.fromkeys(path_parts(category)[:-1] for category in found)
    return [(name, name[-1]) for name in names if name]
