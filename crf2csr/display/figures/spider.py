"""The spider plot: percentage change of the sum of diameters by week from the first dose, one line a subject."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from crf2csr.contracts import ContractError
from crf2csr.display import numbers
from crf2csr.display.figures import drawing as draw
from crf2csr.display.model import NO_DATA, Figure
from crf2csr.errors import InputError
from crf2csr.plan import Plan
from crf2csr.select import subjects_in_set
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

#: Percent. Where partial response (R-527) and, from the nadir, progression (R-526) begin: RECIST 1.1 section 4.3.1.
RESPONSE_LINE, PROGRESSION_LINE = -30, 20
#: Percent. What is larger is drawn here, with its value; the axis begins at the disappearance of all lesions.
LARGEST, SMALLEST = 100, -100
HEADER = ("Subject", "Assigned dose", "Week", "Change from baseline (%)", "New lesion")
NEW_LESION, NO_DOSE = "New lesion", "No dose assigned"
#: Line style and marker of a dose level, in the order of the levels: told apart by shape, not by gray.
_STYLES: tuple[tuple[Any, str, str], ...] = (
    ((0, (5, 2)), "o", "white"),
    ((0, (1, 1.5)), "s", "0.6"),
    ("solid", "^", "black"),
    ((0, (6, 2, 1, 2)), "D", "white"),
    ((0, (3, 1, 1, 1)), "v", "0.6"),
    ("solid", "p", "white"),
)
_DAYS_OF_WEEK = 7
#: Points from the end of a line to its name, and those that a name keeps from other lines; places along each stretch
#: of a line that are looked at.
_AWAY, _SPARE, _PLACES = 7, 2.5, 60
#: Weeks from tick to tick: the first with which the axis has at most so many ticks.
_STEPS, _MOST_TICKS = (1, 2, 3, 6, 9, 12, 18, 24, 36, 52, 104), 11


@dataclass(frozen=True)
class Point:
    """One visit: days from first dose, change in percent (None: no complete sum), whether it has a new lesion."""

    day: int
    change: float | None
    new: bool

    @property
    def week(self) -> float:
        """The place on the axis."""
        return self.day / _DAYS_OF_WEEK


@dataclass(frozen=True)
class Course:
    """One subject with a sum after baseline: its visits in order, the first of them baseline at day 0."""

    subject: str
    dose: str
    points: tuple[Point, ...]

    @property
    def known(self) -> list[Point]:
        """The visits with a change."""
        return [point for point in self.points if point.change is not None]

    @property
    def ends_beyond(self) -> bool:
        """Whether the last change lies beyond the axis, so that its value must be written."""
        return float(self.known[-1].change or 0) > LARGEST


@uses()
def spider(plan: Plan, display: str, data: dict[str, pd.DataFrame], study: View) -> tuple[Figure, dict[str, bytes]]:
    """Draw PCHG of SUMDIAM in ADTR for the subjects of the population; return model and drawings.

    Visits are those used for response (ANL01FL: first dose to first progression or new therapy; R-601, R-612) with a
    complete sum, at (ADT - TRTSDT) / 7 weeks; baseline stands at week 0. A visit with a new lesion (NEWLES) has its own
    mark, at the last known change if its sum is not complete. Raises InputError if the font is missing or there are
    more dose levels than styles.
    """
    spec = plan.file.displays[display]
    population = plan.file.populations[spec.population]
    inside = subjects_in_set(data["adsl"], population.flag)
    courses = _courses(inside, data["adtr"])
    empty = "" if courses else f"{NO_DATA} Criterion: {population.label}, with a complete sum after baseline."
    with draw.style():
        drawing, unnamed = _drawing(courses, _styles(inside)) if courses else (draw.empty_drawing(empty), 0)
        figure = draw.figure_model(
            plan,
            display,
            header=HEADER,
            rows=tuple(_row(course, point) for course in courses for point in course.points),
            alt=empty or describe(courses),
            empty=empty,
            notes=tuple(_notes(courses, len(inside), unnamed)),
        )
        return figure, draw.render(drawing)


# Values


def _courses(inside: pd.DataFrame, adtr: pd.DataFrame) -> list[Course]:
    """Return the courses in the order of the subjects."""
    used = adtr.loc[adtr["ANL01FL"].eq("Y") & adtr["LESIONID"].isna() & adtr["ADT"].notna() & adtr["ABLFL"].isna()]
    changes = _by_visit(used.loc[used["PARAMCD"].eq("SUMDIAM") & used["PCHG"].notna()], "PCHG")
    new = _by_visit(used.loc[used["PARAMCD"].eq("NEWLES") & used["AVALC"].eq("Y").fillna(False)], "AVALC")
    doses = inside["TRT01P"].fillna(NO_DOSE)
    found = []
    for key, subject, dose, start in zip(inside["USUBJID"], inside["SUBJID"], doses, inside["TRTSDT"], strict=True):
        own = {visit: (day, change) for (one, visit), (day, change) in changes.items() if one == key}
        if not own or start != start:
            continue
        own |= {visit: (day, None) for (one, visit), (day, _) in new.items() if one == key and visit not in own}
        visits = [Point((day - start).days, change, (key, visit) in new) for visit, (day, change) in own.items()]
        later = sorted(visits, key=lambda point: (point.day, point.change is None, point.change or 0))
        found.append(Course(subject, dose, (Point(0, 0.0, False), *later)))
    return sorted(found, key=lambda course: course.subject)


def _by_visit(rows: pd.DataFrame, variable: str) -> dict[tuple[str, str], tuple[Any, Any]]:
    """Return day and value by subject and visit."""
    twice = rows.duplicated(["USUBJID", "AVISIT"])
    if twice.any():
        raise ContractError(f"ADTR {variable}: subject {rows.loc[twice, 'USUBJID'].iloc[0]} has a visit twice")
    values = rows[variable] if variable != "PCHG" else rows[variable].astype(float)
    return dict(
        zip(zip(rows["USUBJID"], rows["AVISIT"], strict=True), zip(rows["ADT"], values, strict=True), strict=True)
    )


def _styles(inside: pd.DataFrame) -> dict[str, tuple[Any, str, str]]:
    """Return line style, marker and fill of each dose level of the set."""
    pairs = sorted(set(zip(inside["TRT01PN"].fillna(0), inside["TRT01P"].fillna(NO_DOSE), strict=True)))
    if len(pairs) > len(_STYLES):
        raise InputError(f"spider: {len(pairs)} dose levels; there are styles for {len(_STYLES)}; split by population")
    return {dose: style for (_, dose), style in zip(pairs, _STYLES, strict=False)}


# Words


def _row(course: Course, point: Point) -> tuple[str, ...]:
    change = "" if point.change is None else numbers.format_number(point.change, 1)
    return (course.subject, course.dose, numbers.format_number(point.week, 1), change, "Y" if point.new else "")


def describe(courses: Sequence[Course]) -> str:
    """Return the sentence that replaces the drawing: how many lines and sums, their range, last changes, new
    lesions."""
    sums = [point for course in courses for point in course.known[1:]]
    weeks = _span([point.week for point in sums])
    best, last = (
        _span([pick(course) for course in courses]) for pick in (lambda c: min(_changes(c)), lambda c: _changes(c)[-1])
    )
    new = sum(any(point.new for point in course.points) for course in courses)
    subjects = f"{len(courses)} subject{'s' if len(courses) > 1 else ''}"
    return (
        f"Spider plot of the percentage change in the sum of diameters of {subjects} with {len(sums)} "
        f"sum{'s' if len(sums) > 1 else ''} after baseline, week {weeks}: smallest change of a subject {best}, last "
        f"change {last}; new lesion in {new}."
    )


def _changes(course: Course) -> list[float]:
    """Return the changes after baseline."""
    return [point.change for point in course.known[1:] if point.change is not None]


def _span(values: Sequence[float]) -> str:
    ends = [numbers.format_number(value, 1) for value in (min(values), max(values))]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def _notes(courses: Sequence[Course], members: int, unnamed: int) -> Iterator[str]:
    """Yield what the drawing does not show, with its counts."""
    yield (
        "Subjects of this analysis set without a complete sum after baseline, so without a line: "
        f"{members - len(courses)} of {members}."
    )
    if not courses:
        return
    yield (
        "Baseline stands at week 0; complete sums up to first progression or new systemic therapy. Dashed lines: "
        f"{RESPONSE_LINE} and +{PROGRESSION_LINE} percent from baseline; progression is judged from the smallest sum."
    )
    if any(point.new and point.change is None for course in courses for point in course.points):
        yield f"{NEW_LESION} at a visit without a complete sum: at the last known change, joined by a thin line."
    if any(change > LARGEST for course in courses for change in _changes(course)):
        yield f"The axis ends at +{LARGEST} percent; a larger change is written where its line ends."
    if unnamed:
        yield f"For want of room {unnamed} of {len(courses)} lines have no subject at their end."


# Drawing


def _drawing(courses: Sequence[Course], styles: Mapping[str, tuple[Any, str, str]]) -> tuple[Drawing, int]:
    """Return the drawing, and how many lines have no subject at their end."""
    drawing = draw.blank_drawing()
    axes = drawing.add_subplot()
    for course in courses:
        _draw_course(axes, course, styles[course.dose])
    axes.axhline(0, color="black", linewidth=0.8, zorder=1)
    for height in (RESPONSE_LINE, PROGRESSION_LINE):
        draw.dashed_line(axes, height, f"{height:+d}")
    _set_axes(axes, courses)
    _write_legend(drawing, courses, styles)
    return drawing, _write_names(drawing, axes, courses)


def _height(change: float) -> float:
    return min(change, LARGEST)


def _draw_course(axes: Axes, course: Course, style: tuple[Any, str, str]) -> None:
    line, marker, fill = style
    weeks, heights = zip(*((p.week, _height(p.change or 0)) for p in course.known), strict=True)
    marks: dict[str, Any] = {"marker": marker, "markersize": 4.5, "markerfacecolor": fill, "markeredgecolor": "black"}
    axes.plot(weeks, heights, linestyle=line, color="0.25", linewidth=1, markevery=slice(1, None), **marks, zorder=2)
    for place, point in enumerate(course.points):
        if not point.new:
            continue
        last = next(p for p in reversed(course.points[: place + 1]) if p.change is not None)
        height = _height(float(last.change or 0))
        if last is not point:
            axes.plot([last.week, point.week], [height, height], color="0.6", linewidth=0.7, zorder=1)
        axes.plot([point.week], [height], **_new_mark(), zorder=5)


def _new_mark() -> dict[str, Any]:
    return {"marker": "x", "markersize": 9, "markeredgewidth": 2, "color": "black", "linestyle": "none"}


def _set_axes(axes: Axes, courses: Sequence[Course]) -> None:
    last = max(point.week for course in courses for point in course.points)
    largest = max(change for course in courses for change in _changes(course))
    top = next(mark for mark in range(40, LARGEST + 1, 20) if largest <= mark or mark == LARGEST)
    step = next(step for step in _STEPS if last / step < _MOST_TICKS or step == _STEPS[-1])
    # Room for a name right of the last mark, as a share of the weeks.
    axes.set_xlim(-0.015 * last, last * 1.08)
    axes.set_ylim(SMALLEST - 6, top + (14 if largest > LARGEST else 6))
    weeks = range(0, int(last) + 1, step)
    axes.set_xticks(list(weeks), [numbers.format_number(week, 0) for week in weeks])
    heights = range(SMALLEST, top + 1, 20)
    axes.set_yticks(list(heights), [numbers.format_number(height, 0) for height in heights])
    axes.set_xlabel("Weeks from first dose")
    axes.set_ylabel("Change from baseline (%)")


def _write_legend(drawing: Drawing, courses: Sequence[Course], styles: Mapping[str, tuple[Any, str, str]]) -> None:
    from matplotlib.lines import Line2D

    drawn = {course.dose for course in courses}
    handles = [
        Line2D(
            [],
            [],
            linestyle=line,
            color="0.25",
            marker=marker,
            markersize=5,
            markerfacecolor=fill,
            markeredgecolor="black",
            label=dose,
        )
        for dose, (line, marker, fill) in styles.items()
        if dose in drawn
    ]
    if any(point.new for course in courses for point in course.points):
        handles.append(Line2D([], [], **_new_mark(), label=NEW_LESION))
    drawing.legend(handles=handles, loc="outside upper center", ncols=len(handles), frameon=False, handlelength=3.2)


def _write_names(drawing: Drawing, axes: Axes, courses: Sequence[Course]) -> int:
    """Write the subject at the end of each line where neither another name nor another line is; return how many are
    left out.

    A value beyond the axis is written in any case.
    """
    from matplotlib.transforms import Bbox

    names = {course.subject: _write_name(axes, course) for course in courses}
    drawing.draw_without_rendering()
    paths = {course.subject: axes.transData.transform(_path(course)) for course in courses}
    spare = drawing.dpi / 72 * _SPARE
    kept: list[Bbox] = []
    left_out = 0
    for course in sorted(courses, key=lambda one: (one.ends_beyond is False, one.subject)):
        # From the mark at the end of the line on, so that no second line ends at the same name.
        (left, low), (right, high) = names[course.subject].get_window_extent().get_points()
        box = Bbox([[left - _AWAY * drawing.dpi / 72, low], [right, high]]).padded(spare)
        others = (place for subject, path in paths.items() if subject != course.subject for place in path)
        free = not any(box.overlaps(other) for other in kept) and not any(box.contains(*place) for place in others)
        if free or course.ends_beyond:
            kept.append(box)
        else:
            names[course.subject].remove()
            left_out += 1
    return left_out


def _path(course: Course) -> list[tuple[float, float]]:
    """Return places along the line of a course, so close that none of its parts is between two of them."""
    ends = [(point.week, _height(point.change or 0)) for point in course.known]
    shares = [step / _PLACES for step in range(1, _PLACES + 1)]
    return [
        (week + share * (later - week), height + share * (then - height))
        for (week, height), (later, then) in pairwise(ends)
        for share in shares
    ]


def _write_name(axes: Axes, course: Course) -> Any:
    end = course.known[-1]
    change = float(end.change or 0)
    beyond = f" ({numbers.format_number(change, 1)})" if course.ends_beyond else ""
    return axes.annotate(
        f"{course.subject}{beyond}",
        (end.week, _height(change)),
        (_AWAY, 0),
        textcoords="offset points",
        va="center",
        path_effects=draw.halo(),
        zorder=4,
    )
