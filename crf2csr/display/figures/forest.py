"""The forest plot: a response rate by subgroup, one line each, with its limits and the rate of all subjects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crf2csr.ard import Result, path
from crf2csr.contracts import ContractError
from crf2csr.display import numbers
from crf2csr.display.figures import drawing as draw
from crf2csr.display.model import NO_DATA, Figure
from crf2csr.display.words import FEWEST, TOO_FEW
from crf2csr.errors import InputError
from crf2csr.plan import DisplaySpec, Plan, RowSpec
from crf2csr.study import View, uses

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

#: Lines that fit below each other with a text of 9 points; and room for this many at least.
_MOST_LINES, _FEWEST_LINES = 24, 8
#: What a row of the plan shows if it is a subgroup, which may have too few subjects for a rate.
OF_SUBGROUP = "estimate_of"
#: Left end and width of the texts of a subgroup with its counts, of the lines, and of rate with limits; room for the
#: axis below. Shares of the drawing.
_PLACES, _FOOT = ((0.005, 0.435), (0.45, 0.345), (0.805, 0.19)), 0.115


@dataclass(frozen=True)
class Line:
    """One subgroup: responders of subjects, and the rate with its limits (0 to 1), None where there are too few."""

    factor: str
    label: str
    responders: int
    subjects: int
    rate: tuple[float, float, float] | None

    @property
    def counted(self) -> str:
        """Responders of subjects."""
        return numbers.format_count_of(self.responders, self.subjects)

    @property
    def shown(self) -> str:
        """The rate with its limits, or the word that stands for it."""
        if self.rate is not None:
            return numbers.format_percent_estimate(*self.rate)
        return TOO_FEW if self.subjects else numbers.NO_DENOMINATOR


@uses("ci.level")
def forest(plan: Plan, display: str, results: Iterable[Result], study: View) -> tuple[Figure, dict[str, bytes]]:
    """Draw a line for each row of the plan in the one column that it names (`levels`); return model and drawings.

    A row without analysis heads the rows that follow; the first row is all subjects, whose rate is the dashed line. A
    row shows n, N, estimate, lower and upper of its category; a subgroup (`estimate_of`) of fewer than five subjects
    has neither point nor limits (shell of Table 14.2.1.3). Raises InputError for more lines than can be drawn. R-801,
    R-804.
    """
    spec = plan.file.displays[display]
    population = plan.file.populations[spec.population]
    interval = f"{numbers.format_number(numbers.to_percent(study['ci.level']), 0)}% CI"
    lines = _lines(spec, results)
    empty = "" if any(line.subjects for line in lines) else f"{NO_DATA} Criterion: {population.label}."
    column = _column(plan, spec)
    figure = draw.figure_model(
        plan,
        display,
        header=_header(interval),
        rows=() if empty else tuple(_row(line) for line in lines),
        alt=empty or describe(lines, column, interval),
        empty=empty,
        notes=() if empty else tuple(_notes(lines, column, interval)),
    )
    with draw.style():
        return figure, draw.render(draw.empty_drawing(empty) if empty else _drawing(lines, interval))


# Values


def _column(plan: Plan, spec: DisplaySpec) -> str:
    """Return the label of the column that is drawn."""
    if len(spec.levels) != 1:
        raise ContractError(f"figure {spec.number}: one column is drawn, the plan names {len(spec.levels)}")
    return next(g.label for g in plan.file.columns[spec.columns] if g.id == spec.levels[0]).replace("\n", " ")


def _lines(spec: DisplaySpec, results: Iterable[Result]) -> list[Line]:
    found: dict[tuple[str, str, str], dict[str, Result]] = {}
    for result in results:
        if result.level in spec.levels:
            place = (result.analysis, result.variable, result.category)
            found.setdefault(place, {})[result.statistic] = result
    lines, factor = [], ""
    for row in spec.rows:
        factor = factor if row.analysis else row.label
        if row.analysis:
            line = _line(factor if row.indent else "", row, found[_place(spec, row)])
            lines += [line] if line.subjects or not row.when_positive else []
    if len(lines) > _MOST_LINES:
        raise InputError(f"figure {spec.number}: {len(lines)} lines; {_MOST_LINES} can be drawn; split the display")
    return lines


def _place(spec: DisplaySpec, row: RowSpec) -> tuple[str, str, str]:
    return f"{row.analysis}-{spec.population}", row.variable, path(row.category)


def _line(factor: str, row: RowSpec, found: dict[str, Result]) -> Line:
    responders, subjects = (int(found[name].value or 0) for name in ("n", "N"))
    values = [found[name].value for name in ("estimate", "lower", "upper")]
    known = [float(value) for value in values if value is not None]
    enough = len(known) == len(values) and (subjects >= FEWEST or row.show != OF_SUBGROUP)
    return Line(factor, row.label, responders, subjects, (known[0], known[1], known[2]) if enough else None)


def _percent(share: float) -> str:
    return numbers.format_number(numbers.to_percent(share), 1)


# Words


def _header(interval: str) -> tuple[str, ...]:
    return ("Subgroup", "Category", "Responders", "Subjects", "ORR (%)", f"Lower {interval}", f"Upper {interval}")


def _row(line: Line) -> tuple[str, ...]:
    counts = (numbers.format_count(line.responders), numbers.format_count(line.subjects))
    rate = (line.shown, "", "") if line.rate is None else tuple(_percent(share) for share in line.rate)
    return (line.factor, line.label, *counts, *rate)


def describe(lines: Sequence[Line], column: str, interval: str) -> str:
    """Return the sentence that replaces the drawing: responders, subjects, rate and limits of every line."""
    texts = "; ".join(_say(line) for line in lines)
    return f"Forest plot of the objective response rate in percent ({interval}) by subgroup, column {column}: {texts}."


def _say(line: Line) -> str:
    name = f"{line.factor}: {line.label}" if line.factor else line.label
    return f"{name}, {f'{line.counted}, {line.shown}' if line.subjects else 'no subject'}"


def _notes(lines: Sequence[Line], column: str, interval: str) -> Iterator[str]:
    yield (
        f"{column}. Squares: objective response rate; lines: two-sided {interval} (ci.method); dashed line: rate of "
        "all subjects of the column. Left: responders of the subjects of the subgroup."
    )
    few = sum(0 < line.subjects < FEWEST for line in lines)
    if few:
        yield f"Subgroups of fewer than {FEWEST} subjects ({TOO_FEW}) have no rate and no interval: {few}."


# Drawing


def _drawing(lines: Sequence[Line], interval: str) -> Drawing:
    drawing = draw.blank_drawing()
    # Places are fixed, not solved for: the texts beside the lines need the same widths in every figure.
    drawing.set_layout_engine("none")
    left, axes, right = (drawing.add_axes((x, _FOOT, width, 0.99 - _FOOT)) for x, width in _PLACES)
    height = max(len(lines), _FEWEST_LINES)
    for one in (left, axes, right):
        one.set_ylim(height - 0.4, -1.7)
        one.set_yticks([])
        one.spines["left"].set_visible(False)
    for one in (left, right):
        one.set_xlim(0, 1)
        one.axis("off")
    _write(left, right, lines, interval)
    _draw_lines(axes, lines)
    return drawing


def _write(left: Axes, right: Axes, lines: Sequence[Line], interval: str) -> None:
    """Write subgroup, category and counts left of the lines, rate and limits right of them."""
    head: dict[str, Any] = {"fontweight": "bold", "va": "center"}
    left.text(0, -1.1, "Subgroup", **head)
    left.text(0.98, -1.1, "Responders/n", ha="right", **head)
    right.text(0.04, -1.1, f"ORR ({interval})", **head)
    factor = None
    for place, line in enumerate(lines):
        if line.factor != factor and line.factor:
            left.text(0, place, line.factor, va="center")
        left.text(0.66 if line.factor else 0, place, line.label, va="center")
        left.text(0.98, place, line.counted, va="center", ha="right")
        right.text(0.04, place, line.shown, va="center")
        factor = line.factor


def _draw_lines(axes: Axes, lines: Sequence[Line]) -> None:
    axes.set_xlim(-2, 102)
    axes.set_xticks(range(0, 101, 20), [numbers.format_number(mark, 0) for mark in range(0, 101, 20)])
    axes.set_xlabel("Objective response rate (%)")
    if lines[0].rate is not None:
        axes.plot([100 * lines[0].rate[0]] * 2, [-0.6, len(lines) - 0.4], color="black", linewidth=0.8, dashes=(6, 3))
    for place, line in enumerate(lines):
        if line.rate is None:
            continue
        rate, lower, upper = (100 * share for share in line.rate)
        marks: dict[str, Any] = {"marker": "|", "markersize": 6, "color": "black", "linewidth": 1.2}
        axes.plot([lower, upper], [place, place], clip_on=False, **marks)
        fill = "black" if line.factor else "white"
        square: dict[str, Any] = {"marker": "s", "markersize": 6, "markerfacecolor": fill, "markeredgecolor": "black"}
        axes.plot([rate], [place], linestyle="none", clip_on=False, zorder=4, **square)
