"""Mean concentrations over nominal time, linear, one line a column; and what both concentration figures share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crf2csr.ard import Result
from crf2csr.display import numbers
from crf2csr.display.figures import drawing as draw
from crf2csr.display.figures.blq import blq_note
from crf2csr.display.model import NO_DATA, Figure
from crf2csr.errors import InputError
from crf2csr.plan import Condition, Plan
from crf2csr.study import View, uses

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

HEADER = ("Column", "Nominal time (h)", "n", "n BLQ", "Mean (ng/mL)", "SD (ng/mL)")
#: A line has its marker, its dashes and its gray, so that no two look alike in black and white.
STYLES = (
    ("o", "solid", "black", "black"),
    ("s", (0, (6, 2)), "black", "white"),
    ("^", (0, (2, 2)), "0.45", "0.45"),
    ("D", (0, (6, 2, 1, 2)), "0.45", "white"),
    ("v", (0, (1, 1)), "black", "black"),
    ("P", (0, (10, 3)), "0.45", "white"),
)
#: Hours to the right by which each further line is moved, so that markers and bars do not hide each other.
APART = 0.07


@dataclass(frozen=True)
class Spot:
    """The statistics of one column at one nominal time, as the analysis gave them."""

    column: str
    label: str
    hours: float
    found: dict[str, Result]

    def value(self, name: str) -> float | None:
        """Return a statistic, None where it does not exist."""
        return self.found[name].value

    def text(self, name: str) -> str:
        """Return a statistic as the table shows it."""
        result = self.found[name]
        return numbers.format_significant(result.text if result.value is None else result.value)


@uses("display.small_n", "pk.blq_rule")
def mean_concentration(
    plan: Plan, display: str, results: Iterable[Result], study: View
) -> tuple[Figure, dict[str, bytes]]:
    """Draw mean and SD of the first profile of the planned analysis over nominal time, one line a column.

    The numbers are those of the table: no mean for one value (R-108), where too many are BLQ (R-1311); no SD below
    `display.small_n` values. Every planned column stands in the table of values, a column without a mean has no line.
    Raises InputError for more columns than line styles. R-1315.
    """
    spots = find_spots(plan, display, results)
    few = study["display.small_n"]
    drawn = [spot for spot in spots if size(spot) > 1 and spot.value("mean") is not None]
    rows = tuple(_row(spot, few) for spot in spots)
    figure = build_figure(plan, display, HEADER, rows, spots, describe(drawn), study["pk.blq_rule"])
    with draw.style():
        return figure, draw.render(draw.empty_drawing(figure.empty) if figure.empty else _drawing(spots, drawn, few))


def _row(spot: Spot, few: int) -> tuple[str, ...]:
    n = size(spot)
    mean = "NC" if n == 1 else spot.text("mean")
    sd = "NC" if 0 < n < few else spot.text("sd")
    return (*head(spot), mean, sd)


# Values


def find_spots(plan: Plan, display: str, results: Iterable[Result]) -> list[Spot]:
    """Return the spots of the first planned visit by column and time; the analysis names both in its conditions.

    Raises InputError where the column set has more columns than there are line styles.
    """
    [analysis, *_] = plan.analyses_of(display)
    if len(analysis.columns) > len(STYLES):
        raise InputError(f"{display}: {len(analysis.columns)} columns; there are line styles for {len(STYLES)}")
    index: dict[tuple[str, str], dict[str, Result]] = {}
    for result in results:
        name = result.statistic if not result.category else f"{result.statistic} {result.category}"
        index.setdefault((result.level, result.variable), {})[name] = result
    visit = _named(analysis.spec.variables[0].where, "AVISIT")
    times = [v for v in analysis.spec.variables if _named(v.where, "AVISIT") == visit]
    return [
        Spot(group.id, " ".join(group.label.split()), float(_named(v.where, "NRRLT")), index[group.id, v.label])
        for group in analysis.columns
        for v in sorted(times, key=lambda v: float(_named(v.where, "NRRLT")))
    ]


def _named(conditions: Sequence[Condition], variable: str) -> str:
    return next(str(condition.value) for condition in conditions if condition.variable == variable)


def size(spot: Spot) -> int:
    """Return how many values a spot has."""
    return int(spot.value("n") or 0)


def used(spot: Spot, name: str) -> int:
    """Return how many values a statistic of a spot is made from: geometric ones take those above 0 only."""
    return int(spot.value("n GEO") or 0) if name == "geo_mean" else size(spot)


def head(spot: Spot) -> tuple[str, str, str, str]:
    """Return column, time, n and n BLQ as text."""
    return spot.label, numbers.format_number(spot.hours, 0), str(size(spot)), str(int(spot.value("n BLQ") or 0))


def build_figure(
    plan: Plan,
    display: str,
    header: tuple[str, ...],
    rows: tuple[tuple[str, ...], ...],
    spots: Sequence[Spot],
    alt: str,
    rule: str,
) -> Figure:
    """Return the model of a concentration figure, whose notes name the BLQ rule; without any value it is empty (E0)."""
    spec = plan.file.displays[display]
    population = plan.file.populations[spec.population].label
    empty = "" if alt else f"{NO_DATA} Criterion: {population}, with concentrations that the figure can show."
    absent = [spot.label for spot in spots if not any(size(s) for s in spots if s.column == spot.column)]
    notes = [blq_note(rule)]
    if absent:
        notes.append(f"Columns without any concentration: {', '.join(dict.fromkeys(absent))}.")
    return draw.figure_model(
        plan,
        display,
        header=header,
        rows=rows if alt else (),
        alt=alt or empty,
        empty=empty,
        notes=tuple(notes) if alt else (),
    )


# Words


def describe(drawn: Sequence[Spot]) -> str:
    """Return the sentence that replaces the drawing: the largest mean of each column; blank if nothing is drawn."""
    found = largest(drawn, "mean")
    return f"Mean palbociclib concentration over nominal time, linear scale; largest mean: {found}." if found else ""


def _largest(drawn: Sequence[Spot], column: str, name: str) -> str:
    top = max((spot for spot in drawn if spot.column == column), key=lambda spot: (spot.value(name) or 0, -spot.hours))
    return f"{top.label} {top.text(name)} ng/mL at {numbers.format_number(top.hours, 0)} h (n = {used(top, name)})"


def largest(drawn: Sequence[Spot], name: str) -> str:
    """Return the largest value of each column in words."""
    return "; ".join(_largest(drawn, column, name) for column in dict.fromkeys(spot.column for spot in drawn))


# Drawing


def _drawing(spots: Sequence[Spot], drawn: Sequence[Spot], few: int) -> Drawing:
    drawing = draw.blank_drawing()
    axes = drawing.add_subplot()
    draw_lines(axes, spots, drawn, "mean", few)
    axes.set_ylim(bottom=0)
    finish_axes(drawing, axes, spots, "Mean concentration (ng/mL)")
    return drawing


def draw_lines(axes: Axes, spots: Sequence[Spot], drawn: Sequence[Spot], name: str, few: int = 0) -> None:
    """Draw a line for each column with its style; with `few`, bars of the SD where n is at least that."""
    for place, column in enumerate(dict.fromkeys(spot.column for spot in spots)):
        own = [spot for spot in drawn if spot.column == column]
        if not own:
            continue
        marker, dashes, color, fill = STYLES[place]
        bars = [(spot.value("sd") or 0) if few and size(spot) >= few else 0 for spot in own]
        axes.errorbar(
            [spot.hours + APART * place for spot in own],
            [spot.value(name) or 0 for spot in own],
            yerr=bars if any(bars) else None,
            marker=marker,
            linestyle=dashes,
            color=color,
            markerfacecolor=fill,
            markeredgecolor=color,
            markersize=6,
            linewidth=1.3,
            elinewidth=0.8,
            capsize=3,
            label=f"{own[0].label} (n = {_sizes(own, name)})",
        )


def _sizes(own: Sequence[Spot], name: str) -> str:
    counts = [used(spot, name) for spot in own]
    low, high = min(counts), max(counts)
    return str(low) if low == high else f"{low}-{high}"


def finish_axes(drawing: Drawing, axes: Axes, spots: Sequence[Spot], label: str) -> None:
    """Write the axes, ticks at the nominal times, and the legend above the drawing."""
    hours = sorted({spot.hours for spot in spots})
    axes.set_xlim(hours[0] - 0.3, hours[-1] + 0.3 + APART * len(STYLES))
    axes.set_xticks(hours, [numbers.format_number(hour, 0) for hour in hours])
    axes.set_xlabel("Nominal time after the dose of C1D1 (h)")
    axes.set_ylabel(label)
    drawing.legend(loc="outside upper center", ncols=len(STYLES), frameon=False, handlelength=4)
