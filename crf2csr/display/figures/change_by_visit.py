"""Mean change from baseline by visit: one panel a scale, with the interval of the mean and the threshold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from crf2csr.ard import Result
from crf2csr.display import numbers
from crf2csr.display.figures import drawing as draw
from crf2csr.display.figures.panels import Found, drawn_column, panel_grid, planned_panels, results_of
from crf2csr.display.model import NO_DATA, Figure
from crf2csr.plan import Plan, RowSpec
from crf2csr.study import View, uses

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

#: Places of the axis that a character of a label takes, with the gap between two labels.
_CHARACTER, _GAP = 0.55, 0.25


@dataclass(frozen=True)
class Point:
    """The change of one scale at one visit: n, mean (None below two values) and limits (None in small groups)."""

    visit: str
    n: int
    mean: float | None
    limits: tuple[float, float] | None
    texts: tuple[str, str, str]


@dataclass(frozen=True)
class Course:
    """A scale over its visits."""

    title: str
    points: tuple[Point, ...]

    @property
    def drawn(self) -> list[Point]:
        """The points that have a mean."""
        return [point for point in self.points if point.mean is not None]


@uses("display.small_n", "ci.level", "pro.threshold.promis_t")
def change_by_visit(
    plan: Plan, display: str, results: Iterable[Result], study: View
) -> tuple[Figure, dict[str, bytes]]:
    """Draw the mean of a change whose worsening is positive, a panel for each heading of the planned rows, a point for
    each row below it, in the one column that `levels` names.

    The dashed line is `pro.threshold.promis_t`. No mean of one value, no interval below `display.small_n` values
    (R-108); n stands below each visit. Raises InputError for rows without a heading. R-1202, R-1206.
    """
    spec = plan.file.displays[display]
    population = plan.file.populations[spec.population].label
    level, label = drawn_column(plan, spec)
    found = results_of(results, level)
    few, threshold = study["display.small_n"], float(study["pro.threshold.promis_t"])
    courses = [
        Course(panel.title, tuple(_point(row, found, few) for row in panel.rows)) for panel in planned_panels(spec)
    ]
    interval = f"{numbers.format_number(numbers.to_percent(study['ci.level']), 0)}% CI"
    drawn = any(course.drawn for course in courses)
    empty = "" if drawn else f"{NO_DATA} Criterion: {population}, {label}, with a mean change after baseline."
    figure = draw.figure_model(
        plan,
        display,
        header=("Scale", "Visit", "n", "Mean worsening (T points)", f"Lower {interval}", f"Upper {interval}"),
        rows=tuple(
            (course.title, p.visit, str(p.n), *p.texts) for course in courses for p in course.points if not empty
        ),
        alt=empty or describe(spec.title, label, courses),
        empty=empty,
    )
    with draw.style():
        drawing = draw.empty_drawing(empty) if empty else _drawing(courses, interval, threshold)
        return figure, draw.render(drawing)


# Values


def _point(row: RowSpec, found: Found, few: int) -> Point:
    """Return the point of a planned row; its texts are mean and limits as the table shows them (R-107, R-108)."""
    statistics = found[row.variable, ""]
    n = int(statistics["n"].value or 0)
    shown = [statistics[name] for name in ("mean", "mean_lower", "mean_upper")]
    needed = (2, few, few)
    values = [None if n < least else result.value for result, least in zip(shown, needed, strict=True)]
    texts = [_text(value, n, row.decimals) for value in values]
    mean, lower, upper = values
    limits = None if lower is None or upper is None else (float(lower), float(upper))
    return Point(row.label, n, None if mean is None else float(mean), limits, (texts[0], texts[1], texts[2]))


def _text(value: float | None, n: int, decimals: int) -> str:
    if value is None:
        return "NC" if n else numbers.NO_DENOMINATOR
    return numbers.format_statistic(value, "mean", decimals)


def describe(title: str, label: str, courses: Sequence[Course]) -> str:
    """Return the sentence that replaces the drawing: the largest mean worsening of each scale, with visit and n."""
    return f"{title}; {label}; largest mean worsening: {'; '.join(_largest(course) for course in courses)}."


def _largest(course: Course) -> str:
    if not course.drawn:
        return f"{course.title}, no mean"
    top = max(course.drawn, key=lambda point: point.mean or 0)
    limits = f", interval {top.texts[1]} to {top.texts[2]}" if top.limits else ""
    return f"{course.title}, {top.texts[0]} at {top.visit} (n = {top.n}{limits})"


# Drawing


def _drawing(courses: Sequence[Course], interval: str, threshold: float) -> Drawing:
    drawing = draw.blank_drawing()
    panels = panel_grid(drawing, len(courses))
    for place, (axes, course) in enumerate(zip(panels, courses, strict=True)):
        _draw(axes, course, threshold, first=place == 0)
        if place in (0, -(-len(courses) // 2)):
            axes.set_ylabel("Mean change\n(T points, up = worse)")
    drawing.supxlabel(
        "Day 1 of cycle, or end of treatment (EOT); below it: number of subjects", fontsize=draw.TEXT_SIZE
    )
    handles, labels = panels[0].get_legend_handles_labels()
    names = {
        "mean": f"Mean with {interval}",
        "threshold": f"Threshold of worsening ({numbers.format_plain(threshold)} T points)",
    }
    drawing.legend(
        handles, [names[one] for one in labels], loc="outside upper center", ncols=2, frameon=False, handlelength=4
    )
    return drawing


def _draw(axes: Axes, course: Course, threshold: float, first: bool) -> None:
    places = _places([point.visit for point in course.points])
    axes.set_title(course.title, fontsize=draw.TEXT_SIZE)
    axes.axhline(0, color="0.6", linewidth=0.8)
    axes.axhline(threshold, color="black", linewidth=0.8, dashes=(6, 3), label="threshold")
    own = [(place, point) for place, point in zip(places, course.points, strict=True) if point.mean is not None]
    means = [point.mean or 0 for _, point in own]
    limits = [point.limits or (mean, mean) for (_, point), mean in zip(own, means, strict=True)]
    below = [mean - low for mean, (low, _) in zip(means, limits, strict=True)]
    above = [high - mean for mean, (_, high) in zip(means, limits, strict=True)]
    # An empty course is drawn too: the legend is made of the first panel.
    axes.errorbar(
        [place for place, _ in own],
        means,
        yerr=[below, above] if own else None,
        color="black",
        marker="o",
        markersize=4,
        linewidth=1.1,
        elinewidth=0.8,
        capsize=2,
        label="mean",
    )
    axes.set_xlim(-0.7, places[-1] + 0.9)
    axes.set_xticks(places, [f"{point.visit}\n{point.n}" for point in course.points])
    axes.tick_params(axis="x", length=2)


def _places(labels: Sequence[str]) -> list[float]:
    """Return where the visits stand on the axis: one step apart, or more where their labels need it."""
    places = [0.0]
    for left, right in pairwise(labels):
        places.append(places[-1] + max(1.0, _CHARACTER * (len(left) + len(right)) / 2 + _GAP))
    return places
