"""The table of planned rows: each row of the plan picks numbers of one analysis and a way to show them; columns are
subjects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from crf2csr.ard import Result, path, path_parts
from crf2csr.display.footer import note_marks
from crf2csr.display.model import NO_DATA, NO_ESTIMATE, Cell, Column, Part, Row, Table
from crf2csr.display.numbers import NO_DENOMINATOR
from crf2csr.display.tables.cells import CELLS
from crf2csr.display.tables.cells.statistics import Statistics, Style
from crf2csr.plan import ColumnGroup, DisplaySpec, PartSpec, Plan, RowSpec
from crf2csr.study import View, uses

#: Results by (analysis, level, variable, category) and statistic.
Index = Mapping[tuple[str, str, str, str], Statistics]
NOT_APPLICABLE = Cell("NA")
#: What a row shows of small groups only; larger ones have NA in it.
INDIVIDUAL = ("individual", "pk_individual", "individual_times")
#: What a row shows of a subgroup, which is there with its subjects, whether or not one of them counts.
OF_SUBGROUP = ("count_of", "estimate_of")
#: Methods whose subjects have an event or a time, and those that may stand beside them in such a table.
WITH_EVENT, BESIDE = {"incidence", "survival", "rates"}, {"categories", "summary"}
#: Methods whose categories are terms of a dictionary.
CODED = {"incidence", "rates"}
#: Methods that estimate a model, with the statistic that exists where it could be estimated.
ESTIMATED = {"power_model": "slope"}


@uses("display.zero_style", "display.small_n")
def rows(plan: Plan, display: str, results: Iterable[Result], study: View) -> Table:
    """Lay out the planned rows of a table: one part for each population, one column for each group of the column
    set. A table of events, or of the time to one, in which nobody is counted follows rule E0, if the plan says so."""
    spec = plan.file.displays[display]
    index = index_results(results)
    style = Style(study["display.zero_style"], study["display.small_n"])
    parts = tuple(rows_part(plan, spec, part, index, style) for part in spec.parts)
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


@dataclass(frozen=True)
class Page:
    """What a table of one page set for each column has: population, column, id and title, which ends in N."""

    part: PartSpec
    group: ColumnGroup
    id: str
    title: str


def pages(plan: Plan, spec: DisplaySpec, index: Index, named: bool = False) -> Iterator[Page]:
    """Yield the page sets of a table that gives each column of the column set (of `levels`, if planned) pages of its
    own: population after population, column after column. The title names the population if there are several, or
    `named`."""
    several = len(spec.parts) > 1
    for part in spec.parts:
        totals = column_totals(plan, spec, part, index)
        for group in groups_of(plan, spec):
            name = ", ".join(text for text in (group.spanner, group.label.replace("\n", " ")) if text)
            title = f"{part_title(plan, part)}: {name}" if several or named else name
            id_ = f"{part.id}-{group.id}" if several else group.id
            yield Page(part, group, id_, f"{title} (N={totals[group.id]})")


def groups_of(plan: Plan, spec: DisplaySpec) -> list[ColumnGroup]:
    """Return the columns that a display shows: those of `levels`, or all of its column set."""
    return [group for group in plan.file.columns[spec.columns] if not spec.levels or group.id in spec.levels]


def empty_text(plan: Plan, spec: DisplaySpec, part: PartSpec) -> str:
    """Return the sentence of rule E0 with the criteria: population, and conditions of the first row."""
    row = next(row for row in rows_of(spec, part) if row.analysis)
    variables = plan.file.analyses[row.analysis].variables
    conditions = next((v.where for v in variables if v.label == row.variable), ())
    label = plan.file.populations[part.population].label
    return f"{NO_DATA} Criterion: {'; '.join([label, *(c.text for c in conditions)])}."


def part_title(plan: Plan, part: PartSpec) -> str:
    """Return the title of a part: its own, or the label of its population."""
    return part.title or plan.file.populations[part.population].label


def rows_of(spec: DisplaySpec, part: PartSpec) -> list[RowSpec]:
    """Return the planned rows that stand in a part."""
    return [row for row in spec.rows if not row.parts or part.id in row.parts]


def rows_part(
    plan: Plan, spec: DisplaySpec, part: PartSpec, index: Index, style: Style, planned: Sequence[RowSpec] = ()
) -> Part:
    """Return one part: the planned rows (default: all of the display), or the sentence of rule E0."""
    groups, totals = groups_of(plan, spec), column_totals(plan, spec, part, index)
    columns = tuple(Column(g.id, g.label, totals[g.id], g.spanner) for g in groups)
    if spec.empty == "E0" and not (any(totals.values()) and _is_any_counted(plan, spec, part, index)):
        why = _why_not_estimable(plan, spec, part, index)
        text = empty_text(plan, spec, part)
        # With subjects it is the model that fails, not a criterion.
        text = f"{text.replace(NO_DATA, NO_ESTIMATE) if any(totals.values()) else text}{why}" if why else text
        return Part(part.id, part_title(plan, part), columns, (), text)
    levels, own = [group.id for group in groups], planned or rows_of(spec, part)
    shown = tuple(row for row_spec in own for row in _rows(spec, row_spec, part, levels, index, style))
    return Part(part.id, part_title(plan, part), columns, shown)


def _why_not_estimable(plan: Plan, spec: DisplaySpec, part: PartSpec, index: Index) -> str:
    """Return the verdict on the model of the first row as a sentence; blank for a table of anything but models."""
    row = next(row for row in rows_of(spec, part) if row.analysis)
    if plan.file.analyses[row.analysis].method not in ESTIMATED:
        return ""
    analysis = f"{row.analysis}-{row.population or part.population}"
    said = [found["word"].text for key, found in index.items() if key[:1] + key[2:] == (analysis, row.variable, "")]
    return "".join(f" {word[:1].upper()}{word[1:]}." for word in dict.fromkeys(said))


def _is_any_counted(plan: Plan, spec: DisplaySpec, part: PartSpec, index: Index) -> bool:
    """Return whether a row counts a subject, or a model is estimated; in a table of anything else but events and
    times nobody is a result."""
    methods = {plan.file.analyses[row.analysis].method for row in spec.rows if row.analysis}
    if methods <= ESTIMATED.keys():
        slopes = [found[name] for found in index.values() for name in ESTIMATED.values() if name in found]
        return any(slope.value is not None for slope in slopes)
    if methods.isdisjoint(WITH_EVENT) or methods - WITH_EVENT - BESIDE:
        return True
    rows = [row for row in rows_of(spec, part) if row.analysis]
    wanted = {(f"{row.analysis}-{row.population or part.population}", row.variable) for row in rows}
    return any(found["n"].value for key, found in index.items() if (key[0], key[2]) in wanted and "n" in found)


def marked(spec: DisplaySpec, row: RowSpec) -> str:
    """Return the mark of the note that a row cites, as it follows its label."""
    return f" [{note_marks(spec)[row.note]}]" if row.note else ""


def _rows(
    spec: DisplaySpec, row: RowSpec, part: PartSpec, levels: list[str], index: Index, style: Style
) -> Iterator[Row]:
    """Yield the rows of one row of the plan: one, or with `each` one for every category found."""
    mark = marked(spec, row)
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
        if _left_out(row, [_count(statistics, row) for statistics in found.values()], cells):
            continue
        yield Row(f"{label}{mark}", cells, row.indent + depth)


def _count(statistics: Statistics, row: RowSpec) -> int:
    """Return the subjects that a row is about: those counted, or those of its subgroup."""
    name = "N" if row.show in OF_SUBGROUP else "n"
    return int(statistics[name].value or 0) if name in statistics else 0


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
    labels = [(c, f"{row.nested if step else ''}{name}", step) for c, name, step in steps]
    # A recorded reason reads as a phrase; a term of events stands as it was coded.
    own = (one for key, one in index.items() if key[0] == analysis and key[2] == row.variable and "n" in one)
    coded = any(one["n"].method in CODED for one in own)
    return [(c, label if coded else _sentence(label), step) for c, label, step in labels]


def _sentence(category: str) -> str:
    """Return a recorded reason as a row label: it begins with a capital letter, unless its first word has one (pH)."""
    return category[:1].upper() + category[1:] if category.split(" ")[0].islower() else category
