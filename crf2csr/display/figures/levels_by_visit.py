"""Levels of ordinal items as stacked bars: one panel a visit, one bar an item, a shade and a hatch for each level."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crf2csr.ard import Result, path
from crf2csr.display import numbers
from crf2csr.display.figures import drawing as draw
from crf2csr.display.figures.panels import Found, Panel, drawn_column, planned_panels, results_of
from crf2csr.display.model import NO_DATA, Figure
from crf2csr.errors import InputError
from crf2csr.plan import Plan, RowSpec
from crf2csr.study import View, uses

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

#: Face and hatch of each level from the lowest on, so that neighbors differ in black and white.
PATTERNS = (("white", ""), ("0.85", ""), ("0.72", "////"), ("0.45", ""), ("black", ""))
#: Share of the line of an item that its bar takes.
_THICKNESS = 0.78


@dataclass(frozen=True)
class Bar:
    """An item at one visit: how many gave each level, from the lowest on."""

    label: str
    counts: tuple[int, ...]

    @property
    def n(self) -> int:
        """How many gave any."""
        return sum(self.counts)


@uses()
def levels_by_visit(
    plan: Plan, display: str, results: Iterable[Result], study: View
) -> tuple[Figure, dict[str, bytes]]:
    """Draw the share of each planned category among the subjects counted, a panel for each heading of the planned rows
    and a bar for each row below it, in the one column that `levels` names.

    The share is among those with a value; their number stands at the end of each bar, so that the missing show. Raises
    InputError for rows without a heading, panels with different rows, or more categories than patterns. R-1203, R-1206.
    """
    spec = plan.file.displays[display]
    population = plan.file.populations[spec.population].label
    level, label = drawn_column(plan, spec)
    found, panels = results_of(results, level), planned_panels(spec)
    names = _categories(plan, panels)
    _refuse_unequal(spec.number, panels, names)
    bars = [[_bar(row, found, names) for row in panel.rows] for panel in panels]
    empty = "" if any(bar.n for own in bars for bar in own) else f"{NO_DATA} Criterion: {population}, {label}."
    titles = [panel.title for panel in panels]
    figure = draw.figure_model(
        plan,
        display,
        header=("Visit", "Item", "n", *(f"Level {name}" for name in names)),
        rows=() if empty else tuple(_rows(titles, bars)),
        alt=empty or describe(spec.title, label, titles, bars, names),
        empty=empty,
    )
    with draw.style():
        drawing = draw.empty_drawing(empty) if empty else _drawing(titles, bars, names)
        return figure, draw.render(drawing)


# Values


def _categories(plan: Plan, panels: Sequence[Panel]) -> tuple[str, ...]:
    """Return the planned categories of the first row; the rows of a figure are all of one kind."""
    row = panels[0].rows[0]
    variables = plan.file.analyses[row.analysis].variables
    return next(v.categories for v in variables if v.label == row.variable)


def _refuse_unequal(number: str, panels: Sequence[Panel], names: Sequence[str]) -> None:
    labels = {tuple(row.label for row in panel.rows) for panel in panels}
    if len(labels) != 1:
        raise InputError(f"figure {number}: the panels have different rows; each panel shows the same items")
    if not 0 < len(names) <= len(PATTERNS):
        raise InputError(f"figure {number}: {len(names)} categories; there are patterns for 1 to {len(PATTERNS)}")


def _bar(row: RowSpec, found: Found, names: Sequence[str]) -> Bar:
    return Bar(row.label, tuple(int(found[row.variable, path(name)]["n"].value or 0) for name in names))


def _rows(titles: Sequence[str], bars: Sequence[Sequence[Bar]]) -> Iterable[tuple[str, ...]]:
    for title, own in zip(titles, bars, strict=True):
        for bar in own:
            yield title, bar.label, str(bar.n), *(numbers.format_count_percent(c, bar.n) for c in bar.counts)


def describe(title: str, label: str, titles: Sequence[str], bars: Sequence[Sequence[Bar]], names: Sequence[str]) -> str:
    """Return the sentence that replaces the drawing: at each visit, the item with the largest share of the two highest
    levels."""
    worst = " or ".join(names[-2:])
    parts = [f"{visit}, {_worst(own)}" for visit, own in zip(titles, bars, strict=True)]
    return f"{title}; {label}; item with the largest share of level {worst}: {'; '.join(parts)}."


def _worst(own: Sequence[Bar]) -> str:
    known = [bar for bar in own if bar.n]
    if not known:
        return "no answer"
    top = max(known, key=lambda bar: sum(bar.counts[-2:]) / bar.n)
    severe = sum(top.counts[-2:])
    return f"{top.label} {severe} of {top.n} ({numbers.format_percent(severe, top.n)}%)"


# Drawing


def _drawing(titles: Sequence[str], bars: Sequence[Sequence[Bar]], names: Sequence[str]) -> Drawing:
    drawing = draw.blank_drawing()
    grid = drawing.subplots(1, len(titles), sharey=True, squeeze=False)[0]
    for axes, title, own in zip(grid, titles, bars, strict=True):
        _draw(axes, title, own, names)
    drawing.supxlabel("Subjects with an answer (%); n at the end of each bar", fontsize=draw.TEXT_SIZE)
    handles, labels = grid[0].get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside upper center", ncols=len(names), frameon=False)
    return drawing


def _draw(axes: Axes, title: str, own: Sequence[Bar], names: Sequence[str]) -> None:
    lines = range(len(own))
    left = [0.0] * len(own)
    for place, name in enumerate(names):
        widths = [100 * bar.counts[place] / bar.n if bar.n else 0 for bar in own]
        face, hatch = PATTERNS[place]
        axes.barh(
            lines,
            widths,
            left=left,
            height=_THICKNESS,
            facecolor=face,
            hatch=hatch,
            edgecolor="black",
            linewidth=0.5,
            label=f"Level {name}",
        )
        left = [start + width for start, width in zip(left, widths, strict=True)]
    for line, bar in zip(lines, own, strict=True):
        axes.annotate(str(bar.n), (100, line), (3, 0), textcoords="offset points", va="center")
    axes.set_title(title, fontsize=draw.TEXT_SIZE)
    axes.set_xlim(0, 100)
    axes.set_xticks([0, 50, 100], ["0", "50", ""])
    axes.set_ylim(len(own) - 0.4, -0.6)  # the first item on top
    axes.set_yticks(lines, [bar.label for bar in own])
    axes.tick_params(axis="y", length=0)
