"""A pharmacokinetic parameter by dose taken: individual values, geometric means and the power model (R-1314)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crf2csr.ard import Result
from crf2csr.display import numbers
from crf2csr.display.figures import drawing as draw
from crf2csr.display.figures.scales import log_height
from crf2csr.display.model import NO_DATA, Figure
from crf2csr.plan import Analysis, Plan
from crf2csr.select import select_rows, subjects_in_set
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

HEADER = ("Drawn", "Subject", "Dose taken (mg)", "Value", "Lower limit", "Upper limit", "Tmax at the last sample")
VALUE, MEAN, LINE = "individual value", "geometric mean", "power model"
#: Shares of the logarithmic dose axis: from point to point beside each other, half the stroke of a geometric mean.
_STEP, _STROKE = 0.011, 0.04
#: Room beside the lowest and the highest dose, as a share of their distance, and at least.
_BESIDE, _LEAST = 0.2, 0.1
#: Share of the height within which two points would hide each other.
_NEAR = 0.03
#: How far below and above the values the axis may reach for the band.
_WIDEST = 2
_POINTS = {"": ("Tmax earlier", "black"), "Y": ("Tmax at the last sample", "white")}


@dataclass(frozen=True)
class Point:
    """The value of one subject: dose taken in mg, value, Y if Tmax is the last sample."""

    subject: str
    dose: int
    value: float
    last: str


#: Statistics of one dose level, or of all (blank).
Found = Mapping[str, Result]


@uses("pk.proportionality_level")
def parameter_by_dose(
    plan: Plan, display: str, results: Iterable[Result], data: dict[str, pd.DataFrame], study: View
) -> tuple[Figure, dict[str, bytes]]:
    """Draw the first parameter of the planned power model against the dose taken, both axes logarithmic.

    Points: the values that the model uses (TRT01AN, AVAL of ADPP), hollow where Tmax is the last sample (TMAXLFL);
    strokes: geometric means of the dose levels; line with band: the power model with the limits of the line at each
    dose level, only if it could be estimated. Values of 0 have no place on the axis; they are counted. R-110, R-1314.
    """
    [analysis] = plan.analyses_of(display)
    label, unit, points = _points(plan, display, analysis, data)
    found = _by_category(analysis, results)
    drawn = [point for point in points if point.value > 0]
    spec = plan.file.displays[display]
    population = plan.file.populations[spec.population].label
    empty = "" if drawn else f"{NO_DATA} Criterion: {_criteria(population, analysis)}, above 0."
    percent = f"{numbers.format_number(100 * study['pk.proportionality_level'], 0)}%"
    figure = draw.figure_model(
        plan,
        display,
        header=HEADER,
        rows=() if empty else tuple(_rows(points, found)),
        alt=empty or describe(label, unit, drawn, found, percent),
        empty=empty,
        notes=() if empty else tuple(_notes(points, found, percent)),
    )
    with draw.style():
        drawing = draw.empty_drawing(empty) if empty else _drawing(f"{label} ({unit})", drawn, found, percent)
        return figure, draw.render(drawing)


# Values


def _points(
    plan: Plan, display: str, analysis: Analysis, data: dict[str, pd.DataFrame]
) -> tuple[str, str, list[Point]]:
    """Return name and unit of the parameter, and the points by dose and value."""
    variable, spec = analysis.spec.variables[0], plan.file.displays[display]
    members = subjects_in_set(data["adsl"], plan.file.populations[spec.population].flag)
    rows = select_rows(data[analysis.spec.data], (*variable.where, *spec.where))
    rows = rows.loc[rows["USUBJID"].isin(members["USUBJID"]) & rows[variable.name].notna() & rows["TRT01AN"].notna()]
    found = [
        Point(row["SUBJID"], int(row["TRT01AN"]), float(row[variable.name]), "Y" if _said(row["TMAXLFL"]) else "")
        for row in rows.to_dict("records")
    ]
    label, unit = (str(rows[name].iloc[0]) if len(rows) else "" for name in ("PARAM", "AVALU"))
    return label, unit, sorted(found, key=lambda point: (point.dose, point.value, point.subject))


def _said(flag: Any) -> bool:
    return isinstance(flag, str) and flag == "Y"


def _criteria(population: str, analysis: Analysis) -> str:
    return "; ".join([population, *(condition.text for condition in analysis.spec.variables[0].where)])


def _by_category(analysis: Analysis, results: Iterable[Result]) -> dict[str, dict[str, Result]]:
    """Return the statistics of the first variable by dose level; blank: of all levels."""
    found: dict[str, dict[str, Result]] = {"": {}}
    for result in results:
        if result.variable == analysis.spec.variables[0].label:
            found.setdefault(result.category, {})[result.statistic] = result
    return found


def _doses(found: Mapping[str, Found]) -> list[str]:
    return sorted((dose for dose in found if dose), key=int)


def _number(found: Found, name: str) -> float | None:
    return found[name].value if name in found else None


def _mean(found: Found) -> float | None:
    """Return the geometric mean of a dose level as the tables have it: none of a single value (R-108)."""
    return _number(found, "geo_mean") if (_number(found, "n") or 0) > 1 else None


def _mean_text(found: Found) -> str:
    return numbers.format_significant("NC" if (mean := _mean(found)) is None else mean)


# Words


def _shown(found: Found, name: str) -> str:
    """Return a statistic as the tables show it."""
    result = found[name]
    return numbers.format_significant(result.text if result.value is None else result.value)


def _rows(points: Iterable[Point], found: Mapping[str, Found]) -> Iterator[tuple[str, ...]]:
    for point in points:
        value = "BLQ" if point.value == 0 else numbers.format_significant(point.value)
        yield VALUE, point.subject, str(point.dose), value, "", "", "yes" if point.last else "no"
    for dose in _doses(found):
        yield MEAN, "", dose, _mean_text(found[dose]), "", "", ""
    for dose in _doses(found):
        if _number(found[dose], "fit") is not None:
            yield LINE, "", dose, *(_shown(found[dose], name) for name in ("fit", "fit_lower", "fit_upper")), ""


def describe(label: str, unit: str, drawn: Sequence[Point], found: Mapping[str, Found], percent: str) -> str:
    """Return the sentence that replaces the drawing: subjects and geometric mean by dose, and the slope or why not."""
    counts = {dose: sum(str(point.dose) == dose for point in drawn) for dose in _doses(found)}
    means = "; ".join(
        f"{dose} mg {_with_unit(_mean_text(found[dose]), unit)} (n = {n})" for dose, n in counts.items() if n
    )
    axes = f"{label} by dose taken, both axes logarithmic"
    return f"{axes}; geometric means: {means}; power model: {_slope(found, percent)}."


def _with_unit(text: str, unit: str) -> str:
    return text if text in numbers.CODES else f"{text} {unit}"


def _slope(found: Mapping[str, Found], percent: str) -> str:
    """Return the slope with its interval in words, or the verdict that there is none."""
    values = [_number(found[""], name) for name in ("slope", "lower", "upper")]
    slope, lower, upper = (None if v is None else numbers.format_number(v, numbers.RATIO_DECIMALS) for v in values)
    return found[""]["word"].text if slope is None else f"slope {slope} ({percent} CI {lower} to {upper})"


def _notes(points: Sequence[Point], found: Mapping[str, Found], percent: str) -> Iterator[str]:
    if _number(found[""], "slope") is None:
        yield f"No line: the slope is {found['']['word'].text}."
    else:
        yield f"Line: power model, {_slope(found, percent)}; band: {percent} limits of it at the dose levels, joined."
    if zeros := sum(point.value == 0 for point in points):
        yield f"Values of 0 or BLQ, which have no place on a logarithmic axis: {zeros}."


# Drawing


def _drawing(label: str, drawn: Sequence[Point], found: Mapping[str, Found], percent: str) -> Drawing:
    drawing = draw.blank_drawing()
    axes = drawing.add_subplot()
    doses = [dose for dose in _doses(found) if any(str(point.dose) == dose for point in drawn)]
    axes.set_xscale("log")
    heights = [point.value for point in drawn]
    band = [_number(found[dose], name) for dose in doses for name in ("fit_lower", "fit_upper")]
    # The band of a few values is so wide that it would flatten the points: it may leave the axes.
    most = (min(heights) / _WIDEST, max(heights) * _WIDEST)
    log_height(axes, [*heights, *(min(max(limit, most[0]), most[1]) for limit in band if limit is not None)])
    low, high = int(doses[0]), int(doses[-1])
    beside = max(_LEAST, _BESIDE * math.log(high / low))
    axes.set_xlim(low * math.exp(-beside), high * math.exp(beside))
    width = math.log(high / low) + 2 * beside
    _draw_line(axes, doses, found, percent)
    _draw_points(axes, drawn, width * _STEP)
    with_mean = [dose for dose in doses if _mean(found[dose]) is not None]
    for dose in with_mean:
        ends = [int(dose) * math.exp(side * width * _STROKE) for side in (-1, 1)]
        label_ = "Geometric mean" if dose == with_mean[0] else "_"
        axes.plot(ends, [_mean(found[dose]) or 0.0] * 2, color="0.4", linewidth=3, zorder=2, label=label_)
    axes.set_xticks([int(dose) for dose in doses], doses)
    axes.minorticks_off()
    axes.set_xlabel("Palbociclib dose taken (mg)")
    axes.set_ylabel(label)
    drawing.legend(loc="outside upper center", ncols=5, frameon=False, handlelength=2.2, columnspacing=1.4)
    return drawing


def _draw_line(axes: Axes, doses: Sequence[str], found: Mapping[str, Found], percent: str) -> None:
    if _number(found[""], "slope") is None:
        return
    at = [int(dose) for dose in doses]
    names = ("fit", "fit_lower", "fit_upper")
    fit, lower, upper = ([_number(found[dose], name) or 0.0 for dose in doses] for name in names)
    axes.fill_between(at, lower, upper, color="0.88", linewidth=0, label=f"{percent} band", zorder=1)
    axes.plot(at, fit, color="black", linewidth=1, dashes=(6, 3), label="Power model", zorder=2)


def _draw_points(axes: Axes, drawn: Sequence[Point], step: float) -> None:
    places = spread([(point.dose, point.value) for point in drawn], axes.get_ylim(), step)
    for last, (label, fill) in _POINTS.items():
        own = [(x, point.value) for x, point in zip(places, drawn, strict=True) if point.last == last]
        if own:
            look: dict[str, Any] = {"marker": "o", "markersize": 5, "markerfacecolor": fill, "markeredgecolor": "black"}
            axes.plot(
                [x for x, _ in own],
                [y for _, y in own],
                linestyle="none",
                markeredgewidth=0.9,
                label=label,
                zorder=3,
                **look,
            )


def spread(points: Sequence[tuple[int, float]], limits: tuple[float, float], step: float) -> list[float]:
    """Return the place of each point on the dose axis: steps beside its dose where a point before it would hide it.

    `points` are doses and values, `limits` the ends of the value axis, `step` is one of the logarithmic dose axis.
    """
    near = _NEAR * math.log(limits[1] / limits[0])
    taken: list[tuple[int, int, float]] = []
    for dose, value in points:
        sides = (sign * k for k in range(len(points) + 1) for sign in (1, -1))
        free = next(
            side
            for side in sides
            if not any((d, s) == (dose, side) and abs(math.log(value / v)) < near for d, s, v in taken)
        )
        taken.append((dose, free, value))
    return [dose * math.exp(step * side) for dose, side, _ in taken]
