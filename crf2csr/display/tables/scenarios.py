"""The table of scenarios: what the decision rule does where the toxicity of each dose is taken for known (R-1403)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crf2csr.ard import Result
from crf2csr.display import numbers
from crf2csr.display.model import Cell, Column, Part, Row, Table
from crf2csr.display.tables.cells.statistics import Statistics, ids, value
from crf2csr.display.tables.rows import Index, index_results, marked
from crf2csr.errors import InputError
from crf2csr.plan import DisplaySpec, PartSpec, Plan
from crf2csr.study import View, uses

#: The columns by the statistic that they show.
COLUMNS = (
    Column("rate", "True probability\nof a DLT (%)"),
    Column("selected", "Selected\n(%)"),
    Column("subjects", "Expected\nsubjects"),
    Column("dlts", "Expected\nDLTs"),
)
#: Statistics that are probabilities, printed in percent with one decimal; the others are expectations with two.
PROBABILITIES = ("rate", "selected")
#: Stands in place of a population.
OF_DESIGN = "Decision rule {}, no subjects"
NO_SCENARIO = "No toxicity scenario is configured (escalation.toxicity_vectors)."
_NOT_APPLICABLE = Cell("NA")


@uses("escalation.variant")
def scenarios(plan: Plan, display: str, results: Iterable[Result], study: View) -> Table:
    """Lay out the planned rows once for each scenario, below a heading with its number; the variant of the rule stands
    in place of a population.

    A row with `each` becomes all dose levels; the others show the category that they name, `when_positive` only where
    it is possible. What a row has no result for is NA. Without scenarios the table says so. Raises InputError for a
    category that the analysis does not give.
    """
    spec, index = plan.file.displays[display], index_results(results)
    rule = OF_DESIGN.format(study["escalation.variant"])
    parts = tuple(_part(spec, part, rule, index) for part in spec.parts)
    return Table(display, spec.number, spec.title, rule, parts, stub=spec.stub)


def _part(spec: DisplaySpec, part: PartSpec, rule: str, index: Index) -> Part:
    found = dict.fromkeys(level for _, level, _, _ in index)
    rows = tuple(row for scenario in found for row in _scenario(spec, part, scenario, index))
    return Part(part.id, part.title or rule, COLUMNS, rows, "" if rows else NO_SCENARIO)


def _scenario(spec: DisplaySpec, part: PartSpec, scenario: str, index: Index) -> Iterator[Row]:
    yield _heading(f"Scenario {scenario}", 0)
    for row in spec.rows:
        label = f"{row.label}{marked(spec, row)}"
        if not row.analysis:
            yield _heading(label, row.indent)
            continue
        place = (f"{row.analysis}-{part.population}", scenario, row.variable)
        found = {key[3]: statistics for key, statistics in index.items() if key[:3] == place}
        doses = [category for category, statistics in found.items() if "rate" in statistics]
        if not row.each and row.category not in found:
            raise InputError(
                f"{spec.kind} {spec.number}, row '{row.label}': analysis '{row.analysis}' has no category "
                f"'{row.category}'; give one of {', '.join(name for name in found if name not in doses)}"
            )
        for category, shown in [(dose, dose) for dose in doses] if row.each else [(row.category, label)]:
            if not row.when_positive or any(result.value for result in found[category].values()):
                yield Row(shown, tuple(_cell(found[category], column.id) for column in COLUMNS), row.indent)


def _heading(label: str, indent: int) -> Row:
    return Row(label, tuple(Cell("") for _ in COLUMNS), indent, heading=True)


def _cell(statistics: Statistics, name: str) -> Cell:
    if name not in statistics:
        return _NOT_APPLICABLE
    shown = value(statistics, name)
    percent = name in PROBABILITIES
    text = numbers.format_number(numbers.to_percent(shown) if percent else shown, 1 if percent else 2)
    return Cell(text, "number", ids(statistics, name))
