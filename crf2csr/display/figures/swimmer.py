"""The swimmer plot: one lane a subject, the longest treatment on top, with response, progression, death, end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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

HEADER = (
    "Subject",
    "First dose level",
    "Treatment (months)",
    "Palbociclib doses (months)",
    "Response (month)",
    "Progression (month)",
    "Death (month)",
    "End of treatment",
)
#: Hatch and gray of a dose level, in the order of the levels; treatment without palbociclib is plain white.
_BARS = (("////", "1.0"), ("....", "1.0"), ("", "0.78"), ("\\\\\\\\", "1.0"), ("xxxx", "1.0"), ("", "0.4"))
_OTHER = ("", "1.0")
#: Lanes that fit below each other with a name of 9 points; more stand in a second panel, then in a third.
_MOST_LANES = 23
#: Lanes of few subjects do not fill the page: there is room for this many at least.
_FEWEST_LANES = 6
_MOST_PANELS = 3
ONGOING, NO_DOSE, WITHOUT = "ongoing", "No dose level", "Without palbociclib"
#: Variables of ADSL with the status of each drug at the cutoff, and the one that says that treatment goes on (R-301).
STATUSES, GOES_ON = ("PALSTAT", "LETSTAT", "TDMSTAT"), "ONGOING"


@dataclass(frozen=True)
class Segment:
    """A period of one palbociclib dose: its first and last day from the first dose, both counted."""

    first: int
    last: int
    dose: str


@dataclass(frozen=True)
class Lane:
    """One subject: days from first to last dose and to each mark, both counted; None where there is none."""

    subject: str
    dose: str
    treated: int
    segments: tuple[Segment, ...]
    response: int | None
    progression: int | None
    death: int | None
    end: str

    @property
    def last(self) -> int:
        """The last day of the lane."""
        return max(self.treated, *(day or 0 for day in (self.response, self.progression, self.death)))


#: Mark, its day in a lane, marker and fill. Shape tells them apart, not gray.
MARKS: tuple[tuple[str, Callable[[Lane], int | None], str, str], ...] = (
    ("Treatment discontinued", lambda lane: None if lane.end in ("", ONGOING) else lane.treated, "|", "black"),
    ("Treatment ongoing", lambda lane: lane.treated if lane.end == ONGOING else None, ">", "black"),
    ("First confirmed response", lambda lane: lane.response, "^", "white"),
    ("Progression", lambda lane: lane.progression, "X", "black"),
    ("Death", lambda lane: lane.death, "D", "white"),
)
#: Points. The first is a thick stroke across the lane, so that a mark on the same day stays visible; it is longer where
#: there is room.
_SIZES = {"|": 8, ">": 8, "^": 6.5, "X": 6.5, "D": 5}
_LONG_STROKE, _FEW_LANES = 16, 12


@uses()
def swimmer(plan: Plan, display: str, data: dict[str, pd.DataFrame], study: View) -> tuple[Figure, dict[str, bytes]]:
    """Draw a lane for each treated subject of the population, by length of treatment, equal ones by subject.

    Bar: first to last dose (TRTSDT to TRTEDT of ADSL), pattern by the palbociclib dose of each period (DOSELVL of
    ADEX). Marks: confirmed response (CRSP of ADRS), first progression, counted for PFS or not (PFSEMA of ADTTE), death
    (DTHDT), end of treatment (DCTREAS of ADTTE, on the day of the last dose) or an arrow: treatment with a drug goes on
    (PALSTAT, LETSTAT, TDMSTAT of ADSL; R-301). Months from the first dose (R-114, R-207). Raises InputError if the font
    is missing, or for more dose levels or lanes than can be drawn.
    """
    spec = plan.file.displays[display]
    population = plan.file.populations[spec.population]
    adsl = data["adsl"]
    members = subjects_in_set(adsl, population.flag)
    inside = members.loc[members["TRTSDT"].notna()]
    levels = data["adex"].loc[data["adex"]["PARAMCD"].eq("DOSELVL") & data["adex"]["AVAL"].notna()]
    lanes = _lanes(inside, data["adrs"], data["adtte"], levels)
    empty = "" if lanes else f"{NO_DATA} Criterion: {population.label}, treated."
    figure = draw.figure_model(
        plan,
        display,
        header=HEADER,
        rows=tuple(_row(lane) for lane in lanes),
        alt=describe(lanes) if lanes else empty,
        empty=empty,
        notes=tuple(_notes(lanes, len(members))) if lanes else (),
    )
    with draw.style():
        return figure, draw.render(_drawing(lanes, _patterns(lanes)) if lanes else draw.empty_drawing(empty))


# Values


def _lanes(inside: pd.DataFrame, adrs: pd.DataFrame, adtte: pd.DataFrame, levels: pd.DataFrame) -> list[Lane]:
    responses = adrs.loc[adrs["PARAMCD"].eq("CRSP") & adrs["AVALC"].eq("Y").fillna(False)].set_index("USUBJID")["ADT"]
    endpoints = adtte.loc[adtte["PARAMCD"].eq("PFSEMA")].set_index("USUBJID")
    progressed = endpoints.loc[endpoints["FIRSTEV"].eq("PD").fillna(False), "FIRSTEDT"]
    ongoing = inside.loc[inside[list(STATUSES)].eq(GOES_ON).any(axis=1), "USUBJID"]
    ends = dict.fromkeys(ongoing, ONGOING) | endpoints["DCTREAS"].dropna().to_dict()
    periods: dict[str, list[tuple[dt.date, dt.date, float]]] = {}
    for key, first, last, dose in zip(*(levels[name] for name in ("USUBJID", "ASTDT", "AENDT", "AVAL")), strict=True):
        periods.setdefault(key, []).append((first.date(), last.date(), float(dose)))
    lanes = [
        _lane(row, responses, progressed, ends, periods.get(row["USUBJID"], [])) for row in inside.to_dict("records")
    ]
    return sorted(lanes, key=lambda lane: (-lane.treated, lane.subject))


def _lane(
    row: dict[str, Any],
    responses: pd.Series,
    progressed: pd.Series,
    ends: Mapping[str, str],
    periods: Sequence[tuple[dt.date, dt.date, float]],
) -> Lane:
    start, key = row["TRTSDT"].date(), row["USUBJID"]
    days = [((first - start).days + 1, (last - start).days + 1, dose) for first, last, dose in sorted(periods)]
    return Lane(
        subject=row["SUBJID"],
        dose=NO_DOSE if row["TRT01A"] is None or row["TRT01A"] != row["TRT01A"] else row["TRT01A"],
        treated=_days(start, _date(row["TRTEDT"]) or start) or 1,
        segments=tuple(Segment(first, last, f"{numbers.format_plain(dose)} mg") for first, last, dose in days),
        response=_days(start, _date(responses.get(key))),
        progression=_days(start, _date(progressed.get(key))),
        death=_days(start, _date(row["DTHDT"])),
        end=ends.get(key, ""),
    )


def _date(value: Any) -> dt.date | None:
    return None if value is None or value != value else value.date()


def _days(start: dt.date, day: dt.date | None) -> int | None:
    """Return the days from the first dose, both counted; None without a day."""
    return None if day is None else (day - start).days + 1


def _month(days: int) -> float:
    return float(numbers.to_months(days))


def _patterns(lanes: Sequence[Lane]) -> dict[str, tuple[str, str]]:
    """Return hatch and gray of each palbociclib dose that was taken, the lowest first."""
    known = sorted({segment.dose for lane in lanes for segment in lane.segments}, key=_amount)
    if len(known) > len(_BARS):
        raise InputError(f"swimmer: {len(known)} dose levels; there are patterns for {len(_BARS)}")
    patterns = dict(zip(known, _BARS, strict=False))
    whole = all(sum(one.last - one.first + 1 for one in lane.segments) >= lane.treated for lane in lanes)
    return patterns if whole else patterns | {WITHOUT: _OTHER}


def _amount(dose: str) -> float:
    return float(dose.split(" ")[0])


# Words


def _row(lane: Lane) -> tuple[str, ...]:
    days = (lane.treated, lane.response, lane.progression, lane.death)
    treated, *marks = ("" if day is None else numbers.format_months(day) for day in days)
    doses = "; ".join(f"{one.dose}: {_from(one)} to {numbers.format_months(one.last)}" for one in lane.segments)
    return (lane.subject, lane.dose, treated, doses, *marks, lane.end)


def _from(segment: Segment) -> str:
    """Return where a period begins: the day before its first day is over."""
    return numbers.format_months(segment.first - 1)


def describe(lanes: Sequence[Lane]) -> str:
    """Return the sentence that replaces the drawing: how many lanes, their lengths, how many have each mark."""
    longest, shortest = (numbers.format_months(lane.treated) for lane in (lanes[0], lanes[-1]))
    months = f"of {len(lanes)} subjects from {shortest} to {longest}" if len(lanes) > 1 else f"of 1 subject, {longest}"
    marks = ", ".join(f"{label.lower()} {sum(day(lane) is not None for lane in lanes)}" for label, day, *_ in MARKS)
    changed = sum(len({segment.dose for segment in lane.segments}) > 1 for lane in lanes)
    return f"Swimmer plot of the months on treatment {months}: more than one palbociclib dose {changed}, {marks}."


def _notes(lanes: Sequence[Lane], members: int) -> Iterator[str]:
    yield (
        "Bars: from first to last dose of any study drug; pattern: the prescribed palbociclib dose; white: no "
        "palbociclib dose recorded (held, or only another study drug). Thin lines: follow-up to progression or death."
    )
    if len(lanes) < members:
        without = members - len(lanes)
        yield f"Subjects of this analysis set without a date of the first dose, so without a lane: {without}."
    if len(lanes) > _MOST_LANES:
        yield "Lanes run on from the foot of one panel to the top of the next."


# Drawing


def _drawing(lanes: Sequence[Lane], patterns: Mapping[str, tuple[str, str]]) -> Drawing:
    panels = -(-len(lanes) // _MOST_LANES)
    if panels > _MOST_PANELS:
        raise InputError(f"swimmer: {len(lanes)} lanes; {_MOST_PANELS * _MOST_LANES} can be drawn; split by population")
    drawing, height = draw.blank_drawing(), -(-len(lanes) // panels)
    last = max(_month(lane.last) for lane in lanes)
    for place in range(panels):
        axes = drawing.add_subplot(1, panels, place + 1)
        shown = lanes[place * height : (place + 1) * height]
        _draw_lanes(axes, shown, patterns)
        axes.set_xlim(0, last * 1.03)
        axes.set_ylim(max(height, _FEWEST_LANES) - 0.4, -0.6)
        axes.set_yticks(range(len(shown)), [lane.subject for lane in shown])
        axes.tick_params(axis="y", length=0)
        months = range(0, int(last) + 1, _step(last))
        axes.set_xticks(months, [numbers.format_number(month, 0) for month in months])
        axes.set_xlabel("Months from first dose")
    _write_legend(
        drawing, [label for label, day, *_ in MARKS if any(day(lane) is not None for lane in lanes)], patterns
    )
    return drawing


def _step(last: float) -> int:
    """Return the months from tick to tick."""
    return next(step for step in (1, 3, 6, 12, 24, 60) if last / step <= 9 or step == 60)


def _draw_lanes(axes: Axes, lanes: Sequence[Lane], patterns: Mapping[str, tuple[str, str]]) -> None:
    for place, lane in enumerate(lanes):
        axes.plot([0, _month(lane.last)], [place, place], color="0.6", linewidth=0.7, zorder=1)
        axes.barh(place, _month(lane.treated), 0.62, facecolor="white", edgecolor="black", linewidth=0.6)
        for one in lane.segments:
            hatch, gray = patterns[one.dose]
            ends = _month(one.first - 1), min(_month(one.last), _month(lane.treated))
            style: dict[str, Any] = {"facecolor": gray, "hatch": hatch, "edgecolor": "black", "linewidth": 0.6}
            axes.barh(place, max(ends[1] - ends[0], 0), 0.62, ends[0], **style)
        for _, day, marker, fill in MARKS:
            if (at := day(lane)) is not None:
                axes.plot(_month(at), place, **_mark(marker, fill, len(lanes)), clip_on=False, zorder=4)


def _mark(marker: str, fill: str, lanes: int = _MOST_LANES) -> dict[str, Any]:
    edge = "black" if fill == "white" or marker == "|" else "white"
    width = {"|": 2.4}.get(marker, 0.9 if fill == "white" else 0.5)
    long = marker == "|" and lanes <= _FEW_LANES
    size = {"markersize": _LONG_STROKE if long else _SIZES[marker], "markeredgewidth": width}
    return {"marker": marker, "markerfacecolor": fill, "markeredgecolor": edge, "linestyle": "none", **size}


def _of_drug(dose: str) -> str:
    return dose if dose == WITHOUT else f"Palbociclib {dose}"


def _write_legend(drawing: Drawing, labels: Sequence[str], patterns: Mapping[str, tuple[str, str]]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    bars = [
        Patch(facecolor=gray, hatch=hatch, edgecolor="black", linewidth=0.6, label=_of_drug(dose))
        for dose, (hatch, gray) in patterns.items()
    ]
    marks = [Line2D([], [], **_mark(marker, fill), label=label) for label, _, marker, fill in MARKS if label in labels]
    drawing.legend(
        handles=[*bars, *marks],
        loc="outside upper center",
        ncols=4,
        frameon=False,
        handlelength=1.8,
        handleheight=0.9,
        columnspacing=1.4,
    )
