"""Small multiples of planned rows: a heading row of the plan begins a panel, the rows below it are what it draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crf2csr.ard import Result
from crf2csr.errors import InputError
from crf2csr.plan import DisplaySpec, Plan, RowSpec

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

#: Statistics by (variable, category) of the one column that is drawn.
Found = Mapping[tuple[str, str], Mapping[str, Result]]
#: With more panels, there is a second line of them.
_MOST_IN_LINE = 5


@dataclass(frozen=True)
class Panel:
    """A heading of the plan and the rows below it."""

    title: str
    rows: tuple[RowSpec, ...]


def planned_panels(spec: DisplaySpec) -> list[Panel]:
    """Return the panels of a figure in planned order. Raises InputError for a row above the first heading, or a heading
    without rows."""
    panels: list[tuple[str, list[RowSpec]]] = []
    for row in spec.rows:
        if not row.analysis:
            panels.append((row.label, []))
        elif panels:
            panels[-1][1].append(row)
    if not panels or spec.rows[0].analysis or not all(rows for _, rows in panels):
        raise InputError(f"figure {spec.number}: each panel needs a heading row and, below it, rows of an analysis")
    return [Panel(title, tuple(rows)) for title, rows in panels]


def drawn_column(plan: Plan, spec: DisplaySpec) -> tuple[str, str]:
    """Return id and label of the one column that the plan names in `levels`. Raises InputError for none or several."""
    if len(spec.levels) != 1:
        raise InputError(f"figure {spec.number}: `levels` names {len(spec.levels)} columns; this layout draws one")
    labels = {group.id: " ".join(group.label.split()) for group in plan.file.columns[spec.columns]}
    return spec.levels[0], labels[spec.levels[0]]


def results_of(results: Iterable[Result], level: str) -> Found:
    """Return the results of one column by variable and category, and within these by statistic."""
    found: dict[tuple[str, str], dict[str, Result]] = {}
    for result in results:
        if result.level == level:
            found.setdefault((result.variable, result.category), {})[result.statistic] = result
    return found


def panel_grid(drawing: Drawing, count: int) -> list[Axes]:
    """Return the axes of so many panels: one line of them, or two, with common axes."""
    lines = 1 if count <= _MOST_IN_LINE else 2
    across = -(-count // lines)
    grid = drawing.subplots(lines, across, sharex=False, sharey=True, squeeze=False)
    axes = [one for line in grid for one in line]
    for spare in axes[count:]:
        spare.set_axis_off()
    return axes[:count]
