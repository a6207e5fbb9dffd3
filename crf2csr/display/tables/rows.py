"""The table of planned rows: each row of the plan picks numbers of one analysis and a way to show them; columns are
subjects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from crf2csr.ard import Result, escape, unescape
from crf2csr.display.footer import note_marks
from crf2csr.display.model import NO_DATA, Cell, Column, Part, Row, Table
from crf2csr.display.tables.cells import CELLS
from crf2csr.display.tables.cells.statistics import Statistics, Style
from crf2csr.plan import DisplaySpec, PartSpec, Plan, RowSpec
from crf2csr.study import View, uses

#: Results by (analysis, level, variable, category) and statistic.
Index = Mapping[tuple[str, str, str, str], Statistics]


@uses("display.zero_style", "display.small_n")
def rows(plan: Plan, display: str, results: Iterable[Result], study: View) -> Table:
    """Lay out the planned rows of a table: one part for each population, one column for each group of the column
    set."""
    spec = plan.file.displays[display]
    index = _index(results)
    style = Style(study["display.zero_style"], study["display.small_n"])
    parts = tuple(_part(plan, spec, part, index, style) for part in spec.parts)
    population = plan.file.populations[spec.population].label
    return Table(display, spec.number, spec.title, population, parts, stub=spec.stub)


def _index(results: Iterable[Result]) -> Index:
    index: dict[tuple[str, str, str, str], dict[str, Result]] = defaultdict(dict)
    for result in results:
        index[result.analysis, result.level, result.variable, result.category][result.statistic] = result
    return index


def _part(plan: Plan, spec: DisplaySpec, part: PartSpec, index: Index, style: Style) -> Part:
    groups = plan.file.columns[spec.columns]
    first = f"{next(row.analysis for row in spec.rows if row.analysis)}-{part.population}"
    totals = {group.id: index[first, group.id, "", ""]["N"].value for group in groups}
    columns = tuple(Column(g.id, g.label, int(totals[g.id] or 0), g.spanner) for g in groups)
    title = plan.file.populations[part.population].label
    shown = tuple(
        row for row_spec in spec.rows for row in _rows(spec, row_spec, part, [g.id for g in groups], index, style)
    )
    if spec.empty == "E0" and not any(totals.values()):
        return Part(part.id, title, columns, (), f"{NO_DATA} Criterion: {title}.")
    return Part(part.id, title, columns, shown)


def _rows(
    spec: DisplaySpec, row: RowSpec, part: PartSpec, levels: list[str], index: Index, style: Style
) -> Iterator[Row]:
    """Yield the rows of one row of the plan: one, or with `each` one for every category found."""
    mark = f" [{note_marks(spec)[row.note]}]" if row.note else ""
    if not row.analysis:
        yield Row(f"{row.label}{mark}", tuple(Cell("") for _ in levels), row.indent, heading=True)
        return
    analysis = f"{row.analysis}-{part.population}"
    for category, label in _categories(row, analysis, index):
        found = [index[analysis, level, row.variable, category] for level in levels]
        if _left_out(row, [int(statistics["n"].value or 0) for statistics in found], style):
            continue
        cells = tuple(CELLS[row.show](statistics, row, style) for statistics in found)
        yield Row(f"{label}{mark}", cells, row.indent)


def _left_out(row: RowSpec, counts: list[int], style: Style) -> bool:
    """Return whether the row is dropped: no subject where it needs one; individual values where no column is small
    (R-108)."""
    if row.show == "individual":
        return not any(0 < n < style.small_n for n in counts)
    return row.when_positive and not any(counts)


def _categories(row: RowSpec, analysis: str, index: Index) -> list[tuple[str, str]]:
    """Return category addresses and labels: the planned one, or the found ones, nested below `category` where it is
    given."""
    if not row.each:
        return [(row.category, row.label)]
    prefix = f"{escape(row.category)}/" if row.category else ""
    found = dict.fromkeys(key[3] for key in index if key[0] == analysis and key[2] == row.variable)
    return [(c, _sentence(unescape(c.removeprefix(prefix)))) for c in found if c and c.startswith(prefix)]


def _sentence(category: str) -> str:
    """Return a recorded reason as a row label: it begins with a capital letter."""
    return category[:1].upper() + category[1:]
