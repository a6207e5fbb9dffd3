"""Hepatic safety (eDISH): highest ALT or AST of each subject on treatment against the highest bilirubin (R-1008)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crf2csr.display import numbers
from crf2csr.display.figures import drawing as draw
from crf2csr.display.figures.scales import log_height, ticks_between
from crf2csr.display.model import NO_DATA, Figure
from crf2csr.errors import InputError
from crf2csr.plan import Plan
from crf2csr.select import subjects_in_set
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

HEADER = ("Subject", "Dose taken", "ALT or AST (x ULN)", "Bilirubin (x ULN)", "ALP (x ULN)", "Potential Hy's law")
#: Multiples of ULN: the lines of the figure, and from which ALP on a mark is filled.
AMINOTRANSFERASE, BILIRUBIN, PHOSPHATASE = 3, 2, 2
NO_DOSE = "No palbociclib taken"
#: Mark of a dose level, in the order of the levels.
_MARKS = ("o", "s", "^", "D", "v", "p")
#: The axes reach at least from and to these multiples, so that the lines have room.
_LEAST, _MOST = 0.2, 5
_LABEL = "ALT or AST > 3 x ULN and bilirubin > 2 x ULN: {}"


@dataclass(frozen=True)
class Point:
    """The peaks of one subject on treatment as multiples of ULN; `alp` None where it is not known."""

    subject: str
    dose: str
    liver: float
    bilirubin: float
    alp: float | None
    hys_law: str

    @property
    def in_quadrant(self) -> bool:
        """Whether both peaks lie above the lines, whatever their dates."""
        return self.liver > AMINOTRANSFERASE and self.bilirubin > BILIRUBIN


@uses()
def hepatic(plan: Plan, display: str, data: dict[str, pd.DataFrame], study: View) -> tuple[Figure, dict[str, bytes]]:
    """Draw the peaks of ADLB (AVISIT PEAK) of the subjects of the population, both axes logarithmic.

    One mark a subject: the higher of the peaks of ALT and AST, and the peak of bilirubin, in multiples of ULN; filled
    if the peak of ALP is at least 2 x ULN; shape by the dose taken. Lines at 3 and 2 x ULN. Subjects in the upper right
    quadrant are named and counted; whether their values lie within 30 days of each other is HYSLAW1. Raises InputError
    if the font is missing or there are more dose levels than marks. R-1008.
    """
    spec = plan.file.displays[display]
    population = plan.file.populations[spec.population]
    inside = subjects_in_set(data["adsl"], population.flag)
    points = _points(inside, data["adlb"])
    criteria = f"{population.label}, ALT or AST and bilirubin with their upper limits of normal on treatment"
    empty = "" if points else f"{NO_DATA} Criterion: {criteria}."
    figure = draw.figure_model(
        plan,
        display,
        header=HEADER,
        rows=tuple(_row(point) for point in points),
        alt=empty or describe(points),
        empty=empty,
        notes=tuple(_notes(points, len(inside))),
    )
    with draw.style():
        return figure, draw.render(_drawing(points, _marks(inside)) if points else draw.empty_drawing(empty))


def _points(inside: pd.DataFrame, adlb: pd.DataFrame) -> list[Point]:
    """Return the subjects with both peaks, in their order."""
    peaks = adlb[adlb["AVISIT"].eq("PEAK") & adlb["R2ANRHI"].notna()]
    found = {
        (usubjid, code): float(ratio)
        for usubjid, code, ratio in zip(peaks["USUBJID"], peaks["PARAMCD"], peaks["R2ANRHI"], strict=True)
    }
    hys = adlb[adlb["PARAMCD"].eq("HYSLAW1")]
    law = dict(zip(hys["USUBJID"], hys["AVALC"], strict=True))
    points = []
    doses = inside["TRT01A"].fillna(NO_DOSE)
    for key, subject, dose in zip(inside["USUBJID"], inside["SUBJID"], doses, strict=True):
        liver = [found[key, code] for code in ("ALT", "AST") if (key, code) in found]
        if liver and (key, "BILI") in found:
            alp = found.get((key, "ALP"))
            points.append(Point(subject, dose, max(liver), found[key, "BILI"], alp, law.get(key, "N")))
    return sorted(points, key=lambda point: point.subject)


def _marks(inside: pd.DataFrame) -> dict[str, str]:
    pairs = sorted(set(zip(inside["TRT01AN"].fillna(0), inside["TRT01A"].fillna(NO_DOSE), strict=True)))
    if len(pairs) > len(_MARKS):
        raise InputError(f"hepatic: {len(pairs)} dose levels; there are marks for {len(_MARKS)}; split by population")
    return {dose: mark for (_, dose), mark in zip(pairs, _MARKS, strict=False)}


def _row(point: Point) -> tuple[str, ...]:
    alp = "" if point.alp is None else numbers.format_number(point.alp, 2)
    shown = [numbers.format_number(value, 2) for value in (point.liver, point.bilirubin)]
    return (point.subject, point.dose, *shown, alp, point.hys_law)


def describe(points: Sequence[Point]) -> str:
    """Return the sentence that replaces the drawing: how many subjects, the highest peaks, who is in the quadrant."""
    liver, bilirubin = (
        numbers.format_number(max(values), 2)
        for values in ([point.liver for point in points], [point.bilirubin for point in points])
    )
    subjects = f"{len(points)} subject{'s' if len(points) > 1 else ''}"
    return (
        f"Highest ALT or AST against highest bilirubin on treatment of {subjects}, in multiples of ULN: highest ALT or "
        f"AST {liver}, highest bilirubin {bilirubin}; {_quadrant(points)}."
    )


def _quadrant(points: Sequence[Point]) -> str:
    inside = [point.subject for point in points if point.in_quadrant]
    return _LABEL.format(f"{len(inside)} ({', '.join(inside)})" if inside else "0")


def _notes(points: Sequence[Point], members: int) -> Iterator[str]:
    """Yield what the drawing does not show, with its counts."""
    yield (
        "Subjects of this analysis set without ALT or AST, or without bilirubin on treatment, so without a mark: "
        f"{members - len(points)} of {members}."
    )
    if not points:
        return
    yield (
        "One mark a subject: its highest values on treatment, whatever their dates. Dashed lines: ALT or AST "
        f"{AMINOTRANSFERASE} x ULN, bilirubin {BILIRUBIN} x ULN. {_quadrant(points)}."
    )
    yield (
        f"ALP at least {PHOSPHATASE} x ULN: {sum(_is_high(point) for point in points)} of {len(points)} subjects. "
        "Potential Hy's law by dates is in the source table."
    )


def _is_high(point: Point) -> bool:
    return point.alp is not None and point.alp >= PHOSPHATASE


def _drawing(points: Sequence[Point], marks: dict[str, str]) -> Drawing:
    drawing = draw.blank_drawing()
    axes = drawing.add_subplot()
    for point in points:
        face = "black" if _is_high(point) else "white"
        axes.plot(
            [point.liver],
            [point.bilirubin],
            marks[point.dose],
            markersize=6,
            markerfacecolor=face,
            markeredgecolor="black",
            zorder=3,
        )
    _set_axes(axes, points)
    _write_names(axes, points)
    _write_legend(drawing, points, marks)
    return drawing


def _set_axes(axes: Axes, points: Sequence[Point]) -> None:
    log_height(axes, [_LEAST, _MOST, *(point.bilirubin for point in points)])
    known = [_LEAST, _MOST, *(point.liver for point in points)]
    low, high = min(known) * 0.8, max(known) * 1.25
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    ticks = ticks_between(low, high, (1, 2, 3, 5))
    axes.set_xticks(ticks, [_plain(tick) for tick in ticks])
    axes.minorticks_off()
    axes.axvline(AMINOTRANSFERASE, color="black", linewidth=0.8, linestyle=(0, (5, 3)), zorder=1)
    axes.axhline(BILIRUBIN, color="black", linewidth=0.8, linestyle=(0, (5, 3)), zorder=1)
    axes.set_xlabel("Highest ALT or AST (multiple of ULN)")
    axes.set_ylabel("Highest bilirubin (multiple of ULN)")


def _plain(tick: float) -> str:
    return numbers.format_number(tick, 0 if tick >= 1 else 1 if tick >= 0.1 else 2)


def _write_names(axes: Axes, points: Iterable[Point]) -> None:
    for point in points:
        if point.in_quadrant:
            axes.annotate(
                point.subject,
                (point.liver, point.bilirubin),
                (6, 4),
                textcoords="offset points",
                path_effects=draw.halo(),
                zorder=4,
            )
    inside = sum(point.in_quadrant for point in points)
    axes.text(0.99, 0.98, f"Upper right: {inside}", transform=axes.transAxes, ha="right", va="top")


def _write_legend(drawing: Drawing, points: Sequence[Point], marks: dict[str, str]) -> None:
    from matplotlib.lines import Line2D

    drawn = {point.dose for point in points}
    look: dict[str, Any] = {"linestyle": "none", "markersize": 6, "markeredgecolor": "black"}
    handles = [
        Line2D([], [], marker=mark, markerfacecolor="white", label=dose, **look)
        for dose, mark in marks.items()
        if dose in drawn
    ]
    if any(_is_high(point) for point in points):
        label = f"filled: ALP at least {PHOSPHATASE} x ULN"
        handles.append(Line2D([], [], marker="o", markerfacecolor="black", label=label, **look))
    drawing.legend(handles=handles, loc="outside upper center", ncols=len(handles), frameon=False)
