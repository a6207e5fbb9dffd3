"""Kaplan-Meier curves: one panel a column, with limits, censorings, and the subjects at risk below the axis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crf2csr.ard import Result
from crf2csr.contracts import ContractError
from crf2csr.display import numbers
from crf2csr.display.figures import drawing as draw
from crf2csr.display.model import NO_DATA, Figure
from crf2csr.plan import DisplaySpec, Plan
from crf2csr.study import View, uses

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

#: Words of the categories that the method `survival` gives to points of the curve and to columns of the at-risk table.
POINT, AT_MONTH = "day ", "at month "
#: With more columns in the at-risk table of a panel, only some months are named.
_MOST_MONTHS = 11
#: With more panels, the limits of a median stand on a line of their own.
_WIDE = 2
_BAND, _LINE = "0.85", "black"
#: What the height of a curve is, if the plan says nothing (`stub`).
HEIGHT = "Event-free (%)"


@dataclass(frozen=True)
class Point:
    """The curve from one time (days) on; no limits where survival is 1 or 0."""

    day: int
    survival: float
    limits: tuple[float, float] | None
    at_risk: int
    events: int
    censored: int


@dataclass(frozen=True)
class Panel:
    """One column of the analysis: its curve from day 0, subjects at risk by month, counts and median.

    `single` are the times of few subjects, as (days, censored), which are drawn instead of a curve; else empty.
    """

    label: str
    total: int
    points: tuple[Point, ...]
    at_risk: tuple[tuple[int, int], ...]
    median: str
    single: tuple[tuple[int, bool], ...] = ()

    @property
    def events(self) -> int:
        """How many subjects had the event."""
        return sum(point.events for point in self.points)


@uses("ci.level")
def kaplan_meier(plan: Plan, display: str, results: Iterable[Result], study: View) -> tuple[Figure, dict[str, bytes]]:
    """Draw the curve of each column that the plan names (`levels`) and return model and drawings.

    The analysis is the only one of the plan entry and has one variable. A curve ends at its last observed time (R-715);
    a column without subjects has an empty frame. N is the denominator of the events: of a variable that only some
    subjects of a column have (`among`), those. Fewer than five of these are drawn as single times, as their table
    lists them (R-108). `stub` names the height. R-711 to R-716.
    """
    spec = plan.file.displays[display]
    population = plan.file.populations[spec.population]
    interval = f"{numbers.format_number(numbers.to_percent(study['ci.level']), 0)}% CI"
    panels = _panels(plan, spec, tuple(results), interval)
    empty = "" if any(panel.points for panel in panels) else f"{NO_DATA} Criterion: {population.label}."
    figure = draw.figure_model(
        plan,
        display,
        header=_header(interval, spec.stub or HEIGHT),
        rows=() if empty else tuple(row for panel in panels for row in _rows(panel)),
        alt=empty or describe(spec.title, panels),
        empty=empty,
        notes=() if empty else tuple(_notes(interval, panels)),
    )
    with draw.style():
        height = spec.stub or HEIGHT
        return figure, draw.render(draw.empty_drawing(empty) if empty else _drawing(panels, interval, height))


# Values


def _panels(plan: Plan, spec: DisplaySpec, results: tuple[Result, ...], interval: str) -> list[Panel]:
    names = {result.variable for result in results if result.variable}
    if len(names) != 1:
        raise ContractError(f"figure {spec.number}: one variable is drawn, the analyses have {sorted(names)}")
    groups = {group.id: group.label.replace("\n", " ") for group in plan.file.columns[spec.columns]}
    of_some = any(v.among for name in spec.analyses for v in plan.file.analyses[name].variables)
    return [
        _panel(groups[level], [r for r in results if r.level == level], interval, of_some)
        for level in spec.levels or groups
    ]


def _panel(label: str, results: Sequence[Result], interval: str, of_some: bool) -> Panel:
    """Return one column; the results are those of the method `survival` at this level. `of_some`: only some subjects of
    a column have the time."""
    found: dict[str, dict[str, Result]] = {}
    for result in results:
        found.setdefault(result.category, {})[result.statistic] = result
    points = {int(name.removeprefix(POINT)): values for name, values in found.items() if name.startswith(POINT)}
    months = {int(name.removeprefix(AT_MONTH)): values for name, values in found.items() if name.startswith(AT_MONTH)}
    return Panel(
        label,
        _whole(found["event"]["N"]),
        tuple(_point(day, points[day]) for day in sorted(points)),
        tuple((month, _whole(months[month]["at_risk"])) for month in sorted(months)),
        _median(found["median"], interval),
        _single(found["times"]) if of_some else (),
    )


def _single(values: Mapping[str, Result]) -> tuple[tuple[int, bool], ...]:
    """Return the single times of few subjects, as (days, censored) in rising order; the results of more hold none."""
    names = [name.removeprefix("value") for name in values if name.startswith("value")]
    return tuple(sorted((_whole(values[f"value{i}"]), bool(values[f"censored{i}"].value)) for i in names))


def _point(day: int, values: Mapping[str, Result]) -> Point:
    lower, upper = values["lower"].value, values["upper"].value
    return Point(
        day,
        float(values["survival"].value or 0),
        None if lower is None or upper is None else (float(lower), float(upper)),
        *(_whole(values[name]) for name in ("at_risk", "n_event", "n_censored")),
    )


def _whole(result: Result) -> int:
    return int(result.value or 0)


def _median(values: Mapping[str, Result], interval: str) -> str:
    """Return the median in months with its limits: `6.3 (95% CI 6.2, NE)`; the code alone if there is none."""
    median, *limits = (
        numbers.to_months(r.text if r.value is None else r.value)
        for r in (values[n] for n in ("estimate", "lower", "upper"))
    )
    if isinstance(median, str):
        return median
    lower, upper = (numbers.format_number(limit, 1) for limit in limits)
    return f"{numbers.format_number(median, 1)} ({interval} {lower}, {upper})"


def _month(day: float) -> float:
    """Return the place of a day on the axis, in months (R-114)."""
    return float(numbers.to_months(day))


# Words


def _header(interval: str, height: str) -> tuple[str, ...]:
    return (
        "Column",
        "Days",
        "Months",
        height,
        f"Lower {interval}",
        f"Upper {interval}",
        "At risk",
        "Events",
        "Censored",
    )


def _rows(panel: Panel) -> Iterator[tuple[str, ...]]:
    for point in panel.points:
        limits = ("NE", "NE") if point.limits is None else tuple(_percent(limit) for limit in point.limits)
        counts = (numbers.format_count(n) for n in (point.at_risk, point.events, point.censored))
        yield (
            panel.label,
            numbers.format_count(point.day),
            numbers.format_months(point.day),
            _percent(point.survival),
            *limits,
            *counts,
        )


def _percent(share: float) -> str:
    return numbers.format_number(numbers.to_percent(share), 1)


def describe(title: str, panels: Sequence[Panel]) -> str:
    """Return the sentence that replaces the drawing: for each column its size, events, censorings and median."""
    return f"{title}; {'; '.join(_described(panel) for panel in panels)}."


def _described(panel: Panel) -> str:
    if not panel.points:
        return f"{panel.label} (N=0), no subject"
    observed = sum(point.events + point.censored for point in panel.points)
    counts = f"{panel.label} (N={panel.total}), {panel.events} with an event and {observed - panel.events} censored"
    if panel.single:
        return f"{counts}, single times in months {_single_text(panel)}"
    return f"{counts}, median{'' if panel.median in numbers.CODES else ' in months'} {panel.median}"


def _single_text(panel: Panel) -> str:
    return numbers.format_individual([numbers.format_months(day, censored) for day, censored in panel.single])


def _notes(interval: str, panels: Sequence[Panel]) -> Iterator[str]:
    if any(panel.points and not panel.single for panel in panels):
        yield (
            f"Steps: Kaplan-Meier estimate. Gray: {interval} (log-log), which does not exist where the estimate is "
            "100 or 0 percent. Vertical ticks: censored subjects. A curve ends at the last observed time. "
            "At risk: subjects with a time of at least so many months."
        )
    if any(panel.single for panel in panels):
        yield (
            "Bars: single times of fewer than 5 subjects, for whom no curve is drawn; filled circle = event, "
            "arrow and + = censored."
        )


# Drawing


def _drawing(panels: Sequence[Panel], interval: str, height: str) -> Drawing:
    drawing = draw.blank_drawing()
    grid = drawing.add_gridspec(2, len(panels), height_ratios=(1, 0.1))
    last = max(_month(point.day) for panel in panels for point in panel.points)
    for place, panel in enumerate(panels):
        axes = drawing.add_subplot(grid[0, place])
        _set_axes(axes, panel, last, height if place == 0 or panels[place - 1].single else "")
        _write_at_risk(drawing.add_subplot(grid[1, place]), axes, panel, named=place == 0)
        if panel.single:
            _draw_single(axes, panel)
        elif panel.points:
            _draw_curve(axes, panel, interval, narrow=len(panels) > _WIDE)
        else:
            axes.text(0.5, 0.5, "No subject", ha="center", va="center", transform=axes.transAxes)
    entries = {
        label: handle for axes in drawing.axes for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    drawing.legend(list(entries.values()), list(entries), loc="outside upper center", ncols=5, frameon=False)
    return drawing


def _draw_single(axes: Axes, panel: Panel) -> None:
    """Draw a bar for each time, the longest on top, with its months at the end."""
    rows = range(1, len(panel.single) + 1)
    axes.set_ylim(0, len(panel.single) + 1)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_ylabel("")
    for row, (day, censored) in zip(rows, panel.single, strict=True):
        axes.hlines(row, 0, _month(day), color=_LINE, linewidth=1.4)
        text = numbers.format_months(day, censored)
        side = "right" if 2 * day > panel.single[-1][0] else "left"  # within the axes at both ends
        axes.annotate(text, (_month(day), row), (0, 7), textcoords="offset points", ha=side, va="bottom")
    for marker, label, wanted in (("o", "Event", False), (">", "Single time, censored", True)):
        ends = [
            (_month(day), row) for row, (day, censored) in zip(rows, panel.single, strict=True) if censored == wanted
        ]
        if ends:
            fill = "white" if wanted else _LINE
            axes.plot(*zip(*ends, strict=True), marker, color=_LINE, markerfacecolor=fill, label=label, zorder=4)


def _draw_curve(axes: Axes, panel: Panel, interval: str, narrow: bool) -> None:
    days = [_month(point.day) for point in panel.points]
    heights = [100 * point.survival for point in panel.points]
    band = f"{interval} (log-log)"
    for left, right, point in zip(days, days[1:], panel.points, strict=False):
        if point.limits is not None:
            lower, upper = (100 * limit for limit in point.limits)
            axes.fill_between([left, right], lower, upper, color=_BAND, linewidth=0, label=band)
            band = "_"  # a second entry of the legend is not wanted
    axes.step(days, heights, where="post", color=_LINE, linewidth=1.4, label="Kaplan-Meier estimate", zorder=3)
    ticks = [(day, height) for day, height, point in zip(days, heights, panel.points, strict=True) if point.censored]
    if ticks:
        axes.plot(*zip(*ticks, strict=True), "|", color=_LINE, markersize=9, label="Censored", zorder=4)
    text = f"Median{'' if panel.median in numbers.CODES else ' (months)'}: {panel.median}"
    text = text.replace(f" ({interval}", f"\n({interval}") if narrow else text
    axes.text(0.98, 0.97, text, ha="right", va="top", transform=axes.transAxes, path_effects=draw.halo(), zorder=5)


def _set_axes(axes: Axes, panel: Panel, last: float, height: str) -> None:
    axes.set_title(f"{panel.label} (N={panel.total})", fontsize=draw.TEXT_SIZE)
    axes.set_xlim(-0.03 * last, last * 1.03)
    axes.set_ylim(0, 104)
    axes.set_yticks(range(0, 101, 25))
    months = _named_months(panel)
    axes.set_xticks(months, [numbers.format_number(month, 0) for month in months])
    axes.set_ylabel(height)


def _named_months(panel: Panel) -> list[int]:
    """Return the months with a tick: all of the results, or every second, third ... where they are many."""
    months = [month for month, _ in panel.at_risk]
    return months[:: -(-len(months) // _MOST_MONTHS)]


def _write_at_risk(axes: Axes, above: Axes, panel: Panel, named: bool) -> None:
    """Write the subjects at risk below the ticks of the curve."""
    counts = dict(panel.at_risk)
    axes.set_xlim(above.get_xlim())
    axes.set_ylim(0, 1)
    for month in _named_months(panel):
        axes.text(month, 0.5, numbers.format_count(counts[month], panel.total), ha="center", va="center")
    axes.set_xticks([])
    axes.set_yticks([0.5] if named else [], ["At risk"] if named else [])
    axes.tick_params(length=0)
    axes.set_xlabel("Months")
    for spine in axes.spines.values():
        spine.set_visible(False)
