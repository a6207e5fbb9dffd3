"""Neutrophils and platelets over time: one line a subject, the median, and where the grades of CTCAE begin (R-1002)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median
from typing import TYPE_CHECKING, Any

from crf2csr.display import numbers
from crf2csr.display.figures import drawing as draw
from crf2csr.display.figures.scales import log_height
from crf2csr.display.model import NO_DATA, Figure
from crf2csr.plan import Plan
from crf2csr.select import subjects_in_set
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

HEADER = ("Parameter", "Subject", "Visit", "Study day", "Value (10^9/L)")
#: Visits after which nothing is planned in cycles: they fall at another time for each subject, so no line leads there.
BESIDE = ("EOT",)
#: A median of fewer subjects is not drawn: it would follow one of the lines.
MEDIAN_OF = 5
#: Up to so many subjects each line has its own mark and name.
_MARKS = ("o", "s", "^", "D", "v", "p")
#: Whole numbers from here on are written without decimals.
LARGE = 10
#: The most visit labels of a panel.
_LABELS = 8


@dataclass(frozen=True)
class Parameter:
    """What a panel shows: name, where grades 2, 3 and 4 begin (below; CTCAE v4.03), the ends of the axis.

    10^9/L.
    """

    code: str
    name: str
    cutoffs: tuple[float, float, float]
    ends: tuple[float, float]
    decimals: int


PARAMETERS = (
    Parameter("NEUT", "Neutrophils", (1.5, 1.0, 0.5), (0.1, 20), 2),
    Parameter("PLAT", "Platelets", (75, 50, 25), (10, 1000), 0),
)


@dataclass(frozen=True)
class Point:
    """A value at a planned visit."""

    subject: str
    visit: str
    order: float
    day: str
    value: float


@dataclass(frozen=True)
class Course:
    """A parameter with its values by subject, then visit, and the lower limits of normal that they were judged by."""

    parameter: Parameter
    points: tuple[Point, ...]
    limits: tuple[float, ...]

    @property
    def lines(self) -> list[list[Point]]:
        """The values of each subject in the order of the visits."""
        return [list(own) for _, own in groupby(self.points, key=lambda point: point.subject)]

    @property
    def medians(self) -> list[tuple[str, int, float]]:
        """Visit, number of subjects and median, of the visits with enough of them."""
        visits = sorted({(point.order, point.visit) for point in self.points})
        found = [(visit, [p.value for p in self.points if p.visit == visit]) for _, visit in visits]
        return [(visit, len(values), median(values)) for visit, values in found if len(values) >= MEDIAN_OF]

    def below(self, cutoff: float) -> int:
        """Return how many subjects have a value below a cut-off at a planned visit."""
        return len({point.subject for point in self.points if point.value < cutoff})


@uses()
def laboratory_course(
    plan: Plan, display: str, data: dict[str, pd.DataFrame], study: View
) -> tuple[Figure, dict[str, bytes]]:
    """Draw the values of ADLB at planned visits (AVISITN known) of the subjects of the population, a panel a parameter.

    One thin line a subject, up to six with marks and names; the median of the visits with at least five subjects.
    Dashed lines: below them grades 2, 3 and 4 begin (CTCAE v4.03); band: the lower limits of normal of the records,
    from the lowest to the highest. The axes are logarithmic; a value beyond their ends stands at the end and in a note.
    Raises InputError if the font is missing. R-1002, R-1005.
    """
    spec = plan.file.displays[display]
    population = plan.file.populations[spec.population]
    inside = subjects_in_set(data["adsl"], population.flag)
    courses = [_course(parameter, inside, data["adlb"]) for parameter in PARAMETERS]
    drawn = any(course.points for course in courses)
    empty = "" if drawn else f"{NO_DATA} Criterion: {population.label}, neutrophils or platelets at a planned visit."
    figure = draw.figure_model(
        plan,
        display,
        header=HEADER,
        rows=tuple(row for course in courses for row in _rows(course)),
        alt=empty or f"{spec.title}: {'; '.join(describe(course) for course in courses)}.",
        empty=empty,
        notes=tuple(_notes(courses, len(inside))),
    )
    with draw.style():
        return figure, draw.render(_drawing(courses) if drawn else draw.empty_drawing(empty))


# Values


def _course(parameter: Parameter, inside: pd.DataFrame, adlb: pd.DataFrame) -> Course:
    subjects = dict(zip(inside["USUBJID"], inside["SUBJID"], strict=True))
    own = adlb[adlb["PARAMCD"].eq(parameter.code) & adlb["AVISITN"].notna() & adlb["AVAL"].notna()]
    own = own[own["USUBJID"].isin(list(subjects))]
    columns = (own[name] for name in ("USUBJID", "AVISIT", "AVISITN", "ADY", "AVAL"))
    points = [
        Point(subjects[key], visit, float(order), "" if day != day else str(day), float(value))
        for key, visit, order, day, value in zip(*(_plain(column) for column in columns), strict=True)
    ]
    limits = sorted(set(own["ANRLO"].dropna().astype(float)))
    return Course(parameter, tuple(sorted(points, key=lambda p: (p.subject, p.order, p.visit))), tuple(limits))


def _plain(column: pd.Series) -> list[Any]:
    return column.astype(object).where(column.notna(), float("nan")).tolist()


def _rows(course: Course) -> Iterator[tuple[str, ...]]:
    """Yield the values drawn, then the medians."""
    name, places = course.parameter.name, course.parameter.decimals
    for p in course.points:
        yield name, p.subject, p.visit, p.day, numbers.format_number(p.value, places)
    for visit, n, value in course.medians:
        yield name, f"Median of {n}", visit, "", numbers.format_number(value, places + 1)


# Words


def describe(course: Course) -> str:
    """Return what a panel shows in words: subjects, lowest value and median, how many fell below each cut-off."""
    parameter = course.parameter
    if not course.points:
        return f"{parameter.name}, no value"
    total, lowest = len(course.lines), min(course.points, key=lambda p: (p.value, p.subject))
    words = [
        f"{parameter.name} of {total} subject{'s' if total > 1 else ''}",
        f"lowest value {_text(parameter, lowest.value)} x 10^9/L (subject {lowest.subject}, {lowest.visit})",
    ]
    if course.medians:
        visit, n, value = min(course.medians, key=lambda one: one[2])
        words.append(f"lowest median {numbers.format_number(value, parameter.decimals + 1)} at {visit} (n = {n})")
    falls = (f"{course.below(cutoff)} below {_text(parameter, cutoff)}" for cutoff in parameter.cutoffs)
    return f"{', '.join(words)}; subjects ever {', '.join(falls)}"


def _text(parameter: Parameter, value: float) -> str:
    return numbers.format_number(value, parameter.decimals if parameter.decimals == 0 else _needed(value))


def _needed(value: float) -> int:
    """Return the decimals of a value: one, or two where it has them; none of a large whole number."""
    if value >= LARGE and value == int(value):
        return 0
    return 1 if round(value * 10, 6) == round(value * 10) else 2


def _notes(courses: Sequence[Course], members: int) -> Iterator[str]:
    """Yield what the drawing does not show, with its counts."""
    without = "; ".join(f"{course.parameter.name.lower()} {members - len(course.lines)}" for course in courses)
    yield f"Subjects of this analysis set without a value at a planned visit: {without} (of {members})."
    if not any(course.points for course in courses):
        return
    cutoffs = (
        f"{course.parameter.name.lower()} {', '.join(_text(course.parameter, c) for c in course.parameter.cutoffs)}"
        for course in courses
    )
    yield (
        f"Dashed lines (10^9/L): below them grades 2, 3 and 4 of CTCAE v4.03 begin: {'; '.join(cutoffs)}. Gray band: "
        "lower limits of normal of the laboratories."
    )
    if any(course.medians for course in courses):
        yield f"Thick line: median of the visits with at least {MEDIAN_OF} subjects; it follows those still on study."
    yield "End of treatment (EOT) falls after another cycle for each subject: its values are not joined."
    beyond = [text for course in courses for text in _beyond(course)]
    if beyond:
        yield f"Beyond the ends of the axis and drawn there: {'; '.join(beyond)}."


def _beyond(course: Course) -> Iterator[str]:
    low, high = course.parameter.ends
    for p in course.points:
        if not low <= p.value <= high:
            yield f"{course.parameter.name.lower()} {_text(course.parameter, p.value)} of {p.subject} at {p.visit}"


# Drawing


def _drawing(courses: Sequence[Course]) -> Drawing:
    drawing = draw.blank_drawing()
    subjects = sorted({p.subject for course in courses for p in course.points})
    marks = dict(zip(subjects, _MARKS, strict=False)) if len(subjects) <= len(_MARKS) else {}
    for place, course in enumerate(courses, start=1):
        axes = drawing.add_subplot(1, len(courses), place)
        axes.set_title(f"{course.parameter.name} (10^9/L)", fontsize=draw.TEXT_SIZE)
        if course.points:
            _draw(axes, course, marks)
        else:
            axes.text(0.5, 0.5, "No value", ha="center", va="center", transform=axes.transAxes)
            axes.set(xticks=[], yticks=[])
    drawing.supxlabel("Planned visit (C1: day 1 of cycle 1)", fontsize=draw.TEXT_SIZE)
    _write_legend(drawing, courses, marks)
    return drawing


def _draw(axes: Axes, course: Course, marks: dict[str, str]) -> None:
    parameter = course.parameter
    visits = [visit for _, visit in sorted({(p.order, p.visit) for p in course.points})]
    places = {visit: place + (visit in BESIDE) for place, visit in enumerate(visits)}
    if course.limits:
        axes.axhspan(course.limits[0] * 0.985, course.limits[-1] * 1.015, color="0.85", linewidth=0, zorder=0)
        axes.annotate("LLN", (1, course.limits[-1]), (4, 0), axes.get_yaxis_transform(), "offset points", va="center")
    for cutoff in parameter.cutoffs:
        draw.dashed_line(axes, cutoff, _text(parameter, cutoff))
    for line in course.lines:
        _draw_line(axes, line, places, parameter, marks.get(line[0].subject, ""))
    _draw_median(axes, course, places)
    log_height(axes, [parameter.cutoffs[-1] / 2, *course.limits, *(_height(parameter, p) for p in course.points)])
    axes.set_xlim(-0.5, max(places.values()) + 0.6)
    _set_visits(axes, places)


def _height(parameter: Parameter, point: Point) -> float:
    low, high = parameter.ends
    return min(max(point.value, low), high)


def _draw_line(axes: Axes, line: list[Point], places: dict[str, int], parameter: Parameter, mark: str) -> None:
    look: dict[str, Any] = {"color": "0.25" if mark else "0.55", "linewidth": 0.9 if mark else 0.5, "zorder": 2}
    if mark:
        look |= {"marker": mark, "markersize": 4, "markerfacecolor": "white", "markeredgecolor": "black"}
    joined = [p for p in line if p.visit not in BESIDE]
    axes.plot([places[p.visit] for p in joined], [_height(parameter, p) for p in joined], **look)
    apart = [p for p in line if p.visit in BESIDE]
    look |= {"linestyle": "none", "marker": mark or "o", "markersize": 4 if mark else 2}
    axes.plot([places[p.visit] for p in apart], [_height(parameter, p) for p in apart], **look)


def _draw_median(axes: Axes, course: Course, places: dict[str, int]) -> None:
    look: dict[str, Any] = {"color": "black", "zorder": 4, "path_effects": draw.halo()}
    joined = [(places[visit], value) for visit, _, value in course.medians if visit not in BESIDE]
    apart = [(places[visit], value) for visit, _, value in course.medians if visit in BESIDE]
    for values, style in ((joined, {"linewidth": 2}), (apart, {"linestyle": "none", "marker": "_", "markersize": 12})):
        if values:
            axes.plot([place for place, _ in values], [value for _, value in values], **look, **style)


def _set_visits(axes: Axes, places: dict[str, int]) -> None:
    """Name the first days of cycles, as many as there is room for, and what stands beside."""
    days = {visit: place for visit, place in places.items() if visit not in BESIDE}
    cycles = [visit for visit in days if visit.endswith("D1") and visit.startswith("C")]
    step = -(-len(cycles) // _LABELS) if cycles else 1
    named = [(days[visit], visit.removesuffix("D1")) for visit in cycles[::step]]
    last = [(places[visit], visit) for visit in BESIDE if visit in places]
    # A label right before that of the end would touch it.
    named = [(place, text) for place, text in named if not last or last[0][0] - place > max(2, len(places) / 12)]
    axes.set_xticks([place for place, _ in [*named, *last]], [text for _, text in [*named, *last]])


def _write_legend(drawing: Drawing, courses: Sequence[Course], marks: dict[str, str]) -> None:
    from matplotlib.lines import Line2D

    line: dict[str, Any] = {
        "color": "0.25",
        "linewidth": 0.9,
        "markersize": 4,
        "markerfacecolor": "white",
        "markeredgecolor": "black",
    }
    handles = [Line2D([], [], marker=mark, label=subject, **line) for subject, mark in marks.items()]
    if not marks:
        handles.append(Line2D([], [], color="0.55", linewidth=0.8, label="One subject"))
    if any(course.medians for course in courses):
        label = f"Median (visits with at least {MEDIAN_OF} subjects)"
        handles.append(Line2D([], [], color="black", linewidth=2, label=label))
    handles.append(Line2D([], [], color="black", linewidth=0.8, dashes=(6, 3), label="Below: grade 2, 3, 4"))
    drawing.legend(handles=handles, loc="outside upper center", ncols=len(handles), frameon=False)
