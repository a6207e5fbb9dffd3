"""The course of each subject: change from baseline of every scale over time since the first dose, worsening upward."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crf2csr.display import numbers
from crf2csr.display.figures import drawing as draw
from crf2csr.display.figures.mean_concentration import STYLES
from crf2csr.display.figures.panels import panel_grid
from crf2csr.display.model import NO_DATA, Figure
from crf2csr.errors import InputError
from crf2csr.plan import DisplaySpec, Plan
from crf2csr.select import subjects_in_set
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

HEADER = ("Scale", "Subject", "Dose", "Worsened", "Visit", "Study day", "Week", "T-score", "Worsening (T points)")
_DAYS_OF_WEEK = 7
#: Look of a line where there are more subjects than styles: color, order of drawing, name.
_MANY = {True: ("black", 3, "Worsened, with worst value"), False: ("0.65", 2, "Not worsened")}


@dataclass(frozen=True)
class Point:
    """A score of a subject: visit, study day, T-score, change with worsening positive (0 at baseline)."""

    visit: str
    day: int
    score: float
    change: float

    @property
    def week(self) -> float:
        """Weeks since the first dose."""
        return (self.day - 1) / _DAYS_OF_WEEK if self.day > 0 else self.day / _DAYS_OF_WEEK


@dataclass(frozen=True)
class Line:
    """One subject on one scale; `worsened` as the table counts it."""

    scale: str
    subject: str
    dose: str
    worsened: bool
    points: tuple[Point, ...]


@uses("pro.threshold.promis_t")
def individual_scores(
    plan: Plan, display: str, data: dict[str, pd.DataFrame], study: View
) -> tuple[Figure, dict[str, bytes]]:
    """Draw WORSCHG of ADQS by week, a panel for each PARAMCD that `where` of the plan lists, a line for each evaluable
    subject of the population, from 0 at baseline; the dashed line is `pro.threshold.promis_t`.

    Few subjects have a line style and a marker each; of more, those that worsened (WORSFL) are black. Scores without a
    complete date are not drawn and counted in a note. Raises InputError if `where` lists no PARAMCD. R-1202, R-1204.
    """
    spec = plan.file.displays[display]
    population = plan.file.populations[spec.population]
    inside = subjects_in_set(data["adsl"], population.flag)
    adqs = data["adqs"].loc[data["adqs"]["USUBJID"].isin(inside["USUBJID"])]
    scales = _scales(spec)
    lines = {code: _lines(adqs.loc[adqs["PARAMCD"] == code]) for code in scales}
    drawn = [line for own in lines.values() for line in own]
    empty = "" if drawn else f"{NO_DATA} Criterion: {population.label}, with a baseline and a later T-score."
    undated = _undated(adqs.loc[adqs["PARAMCD"].isin(scales)])
    figure = draw.figure_model(
        plan,
        display,
        header=HEADER,
        rows=tuple(row for line in drawn for row in _rows(line)),
        alt=empty or describe(spec.title, list(lines.values())),
        empty=empty,
        notes=(f"Scores not drawn, for their date is not complete: {undated}.",) if undated else (),
    )
    with draw.style():
        threshold = float(study["pro.threshold.promis_t"])
        drawing = draw.empty_drawing(empty) if empty else _drawing([own for own in lines.values() if own], threshold)
        return figure, draw.render(drawing)


# Values


def _scales(spec: DisplaySpec) -> tuple[str, ...]:
    for condition in spec.where:
        if condition.variable == "PARAMCD" and condition.op == "in":
            return tuple(condition.value)
    raise InputError(f"figure {spec.number}: `where` lists the parameters: variable PARAMCD, op in")


def _lines(adqs: pd.DataFrame) -> list[Line]:
    """Return the lines of one scale by subject: those with a summary row that says evaluable, and dated points."""
    evaluable = adqs.loc[adqs["EVALFL"].eq("Y").fillna(False).astype(bool)]
    worsened = dict(zip(evaluable["SUBJID"], evaluable["WORSFL"].eq("Y").fillna(False), strict=True))
    lines: list[Line] = []
    for subject, rows in adqs.loc[_drawable(adqs)].groupby("SUBJID", sort=True):
        points = sorted(_points(rows), key=lambda point: point.day)
        if subject in worsened:
            scale, dose = (str(rows[name].fillna("").iloc[0]) for name in ("PARAM", "TRT01A"))
            lines.append(Line(scale, str(subject), dose, bool(worsened[subject]), tuple(points)))
    return lines


def _scored(adqs: pd.DataFrame) -> pd.Series:
    """Return which rows are a baseline or a change from it."""
    return adqs["AVAL"].notna() & (adqs["ABLFL"].eq("Y").fillna(False) | adqs["CHG"].notna())


def _drawable(adqs: pd.DataFrame) -> pd.Series:
    return _scored(adqs) & adqs["ADY"].notna()


def _undated(adqs: pd.DataFrame) -> int:
    return int((_scored(adqs) & adqs["ADY"].isna()).sum())


def _points(rows: pd.DataFrame) -> Iterator[Point]:
    visits, changes = rows["AVISIT"].fillna(""), rows["WORSCHG"].fillna(0)  # the baseline itself has no change
    for visit, day, score, change in zip(visits, rows["ADY"], rows["AVAL"], changes, strict=True):
        yield Point(str(visit), int(day), float(score), float(change))


def _rows(line: Line) -> Iterator[tuple[str, ...]]:
    for point in line.points:
        values = (numbers.format_number(value, 1) for value in (point.week, point.score, point.change))
        worsened = "Y" if line.worsened else "N"
        yield line.scale, line.subject, line.dose, worsened, point.visit, str(point.day), *values


def describe(title: str, lines: Sequence[Sequence[Line]]) -> str:
    """Return the sentence that replaces the drawing: subjects and worsened ones of each scale, the largest change."""
    return f"{title}; {'; '.join(_described(own) for own in lines if own)}."


def _described(own: Sequence[Line]) -> str:
    worsened = sum(line.worsened for line in own)
    top = max((point.change, line.subject) for line in own for point in line.points)
    largest = numbers.format_number(top[0], 1)
    unit = "subject" if len(own) == 1 else "subjects"
    return f"{own[0].scale}, {worsened} of {len(own)} {unit} worsened, largest change {largest} (subject {top[1]})"


# Drawing


def _drawing(lines: Sequence[Sequence[Line]], threshold: float) -> Drawing:
    drawing = draw.blank_drawing()
    subjects = sorted({line.subject for own in lines for line in own})
    panels = panel_grid(drawing, len(lines))
    last = max(point.week for own in lines for line in own for point in line.points)
    for place, (axes, own) in enumerate(zip(panels, lines, strict=True)):
        axes.set_title(own[0].scale.split(" (")[0], fontsize=draw.TEXT_SIZE)
        axes.axhline(0, color="0.6", linewidth=0.8)
        axes.axhline(threshold, color="black", linewidth=0.8, dashes=(6, 3), label=_threshold(threshold))
        for line in own:
            _draw(axes, line, subjects)
        axes.set_xlim(left=-1.5, right=last + 1.5)
        if place in (0, -(-len(lines) // 2)):
            axes.set_ylabel("Change\n(T points, up = worse)")
    drawing.supxlabel("Weeks since the first dose", fontsize=draw.TEXT_SIZE)
    found = {label: handle for axes in panels for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)}
    names = sorted(found, key=lambda label: (label == _threshold(threshold), label))
    drawing.legend(
        [found[name] for name in names], names, loc="outside upper center", ncols=7, frameon=False, handlelength=4
    )
    return drawing


def _threshold(threshold: float) -> str:
    return f"Threshold ({numbers.format_plain(threshold)} T points)"


def _draw(axes: Axes, line: Line, subjects: Sequence[str]) -> None:
    xs, ys = [point.week for point in line.points], [point.change for point in line.points]
    if len(subjects) <= len(STYLES):
        marker, dashes, color, fill = STYLES[subjects.index(line.subject)]
        axes.plot(
            xs,
            ys,
            marker=marker,
            linestyle=dashes,
            color=color,
            markerfacecolor=fill,
            markersize=4,
            linewidth=1.1,
            label=line.subject,
        )
        return
    color, height, name = _MANY[line.worsened]
    marked: Any = {"marker": "o", "markersize": 3, "markevery": [ys.index(max(ys))]} if line.worsened else {}
    axes.plot(xs, ys, color=color, linewidth=0.6, zorder=height, label=name, **marked)
