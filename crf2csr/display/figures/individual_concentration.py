"""Individual concentrations over actual time, linear, one panel a subject; and what both figures of profiles share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crf2csr.display import numbers
from crf2csr.display.figures import drawing as draw
from crf2csr.display.figures.blq import blq_note
from crf2csr.display.figures.scales import POWERS, STEPS, log_height
from crf2csr.display.model import NO_DATA, Figure
from crf2csr.errors import InputError
from crf2csr.plan import Plan
from crf2csr.select import select_rows, subjects_in_set
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

HEADER = ("Subject", "Dose taken (mg)", "Nominal time (h)", "Actual time (h)", "Concentration (ng/mL)", "Mark")
MEASURED, BELOW, LEFT_OUT, NO_VALUE = "measured", "BLQ", "not summarized", "no value"
LLOQ = "LLOQ"
#: Panels that fit on a page with texts of 9 points: ten beside each other, five below each other.
_MOST_BESIDE, _MOST_BELOW = 10, 5
#: Width over height that a panel should have.
_SHAPE = 1.6
#: More rows of panels than these leave room for few ticks only.
_HIGH_ROWS = 2
#: Inches between a panel and the one below it: the title of that one.
_TITLE_HEIGHT = 0.23


@dataclass(frozen=True)
class Sample:
    """One sample of a profile: hours after the dose, concentration after the BLQ rule, mark, joined to the line or
    not, below the limit of quantification or not."""

    nominal: float
    hours: float
    value: float | None
    mark: str
    joined: bool
    below: bool


@dataclass(frozen=True)
class Profile:
    """The samples of one subject in order of time, with the dose taken in mg (0: none known) and the limits of
    quantification."""

    subject: str
    dose: int
    samples: tuple[Sample, ...]
    limits: frozenset[float]


@uses("pk.blq_rule")
def individual_concentration(
    plan: Plan, display: str, data: dict[str, pd.DataFrame], study: View
) -> tuple[Figure, dict[str, bytes]]:
    """Draw the profile of each subject of the population in a panel of its own, linear, all with the same axes.

    Rows: those of `where` in ADPC; hours: ARRLT (nominal where the actual time is missing, R-1302); values: AVAL, after
    `pk.blq_rule`. A cross is a sample that is not summarized; a line joins the samples that parameters use. Panels by
    dose taken first (TRT01AN), then subject. Raises InputError for more subjects than a page has panels. R-1315.
    """
    profiles = find_profiles(plan, display, data)
    return draw_profiles(plan, display, profiles, study["pk.blq_rule"], len(members_of(plan, display, data)), False)


def draw_profiles(
    plan: Plan, display: str, profiles: Sequence[Profile], rule: str, members: int, log: bool
) -> tuple[Figure, dict[str, bytes]]:
    """Return figure and drawing of the profiles; on the logarithmic scale without BLQ and zeros, with the limit."""
    spec = plan.file.displays[display]
    population = plan.file.populations[spec.population].label
    shown = [sample for profile in profiles for sample in visible(profile, log)]
    criteria = "; ".join([population, *(condition.text for condition in spec.where)])
    empty = "" if shown else f"{NO_DATA} Criterion: {criteria}, with concentrations that the figure can show."
    figure = draw.figure_model(
        plan,
        display,
        header=HEADER,
        rows=tuple(_rows(profiles)) if shown else (),
        alt=empty or describe(profiles, log),
        empty=empty,
        notes=() if empty else tuple(_notes(profiles, rule, members, log)),
    )
    with draw.style():
        return figure, draw.render(draw.empty_drawing(empty) if empty else _drawing(profiles, log))


# Values


def find_profiles(plan: Plan, display: str, data: dict[str, pd.DataFrame]) -> list[Profile]:
    """Return the profiles of the population with at least one value, by dose taken, then subject."""
    members, adpc = members_of(plan, display, data), data["adpc"]
    rows = select_rows(adpc, plan.file.displays[display].where)
    rows = rows.loc[rows["USUBJID"].isin(members["USUBJID"])]
    by_subject = dict(list(rows.groupby("USUBJID")))
    found = [
        _profile(member, by_subject[member["USUBJID"]].to_dict("records"))
        for member in members.to_dict("records")
        if member["USUBJID"] in by_subject
    ]
    kept = [profile for profile in found if any(sample.value is not None for sample in profile.samples)]
    return sorted(kept, key=lambda profile: (profile.dose, profile.subject))


def members_of(plan: Plan, display: str, data: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the subjects of the population of a display."""
    return subjects_in_set(data["adsl"], plan.file.populations[plan.file.displays[display].population].flag)


def _profile(member: dict[str, Any], records: Iterable[dict[str, Any]]) -> Profile:
    records = list(records)
    samples = sorted((_sample(record) for record in records), key=lambda sample: (sample.hours, sample.nominal))
    limits = frozenset(limit for record in records if (limit := _number(record["ALLOQ"])) is not None)
    return Profile(member["SUBJID"], int(_number(member["TRT01AN"]) or 0), tuple(samples), limits)


def _sample(record: dict[str, Any]) -> Sample:
    nominal, actual, value = (_number(record[name]) for name in ("NRRLT", "ARRLT", "AVAL"))
    unused = _said(record["NCAXFL"])
    left_out = unused or _said(record["PKSUMXF"])
    below = _said(record["BLQFL"])
    mark = NO_VALUE if value is None else LEFT_OUT if left_out else BELOW if below else MEASURED
    return Sample(nominal or 0.0, nominal or 0.0 if actual is None else actual, value, mark, not unused, below)


def _number(value: Any) -> float | None:
    return None if value is None or value != value else float(value)


def _said(flag: Any) -> bool:
    return isinstance(flag, str) and flag == "Y"


def visible(profile: Profile, log: bool) -> list[Sample]:
    """Return the samples that the scale can show: those with a value, on the logarithmic one neither BLQ nor 0."""
    known = [sample for sample in profile.samples if sample.value is not None]
    return [s for s in known if not s.below and (s.value or 0) > 0] if log else known


# Words


def _rows(profiles: Iterable[Profile]) -> Iterator[tuple[str, ...]]:
    for profile in profiles:
        for sample in profile.samples:
            value = "" if sample.value is None else numbers.format_significant(sample.value)
            times = (numbers.format_number(sample.nominal, 0), numbers.format_number(sample.hours, 2))
            yield profile.subject, _dose(profile), *times, value, sample.mark


def _dose(profile: Profile) -> str:
    return str(profile.dose) if profile.dose else "none"


def describe(profiles: Sequence[Profile], log: bool) -> str:
    """Return the sentence that replaces the drawing: panels by dose, number of values, the largest one and its time."""
    points = [(sample, profile.subject) for profile in profiles for sample in visible(profile, log)]
    top, subject = max(points, key=lambda point: (point[0].value or 0, -point[0].hours))
    doses = dict.fromkeys(profile.dose for profile in profiles)
    counts = ", ".join(f"{dose} mg {sum(p.dose == dose for p in profiles)}" for dose in doses)
    largest = (
        f"{numbers.format_significant(top.value or 0)} ng/mL at {numbers.format_number(top.hours, 2)} h ({subject})"
    )
    panels = f"{len(profiles)} panel{'s' * (len(profiles) > 1)}, one a subject ({counts})"
    scale = "semilogarithmic" if log else "linear"
    return (
        f"Individual palbociclib concentrations over actual time, {scale} scale: {panels}; "
        f"{len(points)} values, the largest {largest}."
    )


def _notes(profiles: Sequence[Profile], rule: str, members: int, log: bool) -> Iterator[str]:
    yield "Above each panel: subject and, in brackets, the palbociclib dose taken first in mg. All axes are the same."
    yield blq_note(rule)
    if log:
        yield "On this scale BLQ values and zeros are left out; the dashed line is the LLOQ."
    if len(profiles) < members:
        yield f"Subjects of this analysis set without a value, so without a panel: {members - len(profiles)}."


# Drawing


def grid(panels: int) -> tuple[int, int]:
    """Return rows and columns of the panels. Raises InputError for more panels than a page has."""
    if panels > _MOST_BESIDE * _MOST_BELOW:
        most = _MOST_BESIDE * _MOST_BELOW
        raise InputError(f"individual profiles: {panels} subjects; {most} panels can be drawn; split by population")
    beside = min(_MOST_BESIDE, panels, math.ceil(math.sqrt(panels * _SHAPE)))
    below = math.ceil(panels / beside)
    return (below, beside) if below <= _MOST_BELOW else (_MOST_BELOW, math.ceil(panels / _MOST_BELOW))


def _drawing(profiles: Sequence[Profile], log: bool) -> Drawing:
    below, beside = grid(len(profiles))
    drawing = draw.blank_drawing()
    # Fixed margins: the automatic layout measures the texts of every panel, which takes seconds for 45 of them.
    drawing.set_layout_engine("none")
    places = drawing.add_gridspec(below, beside, **_margins(below))
    for place, profile in enumerate(profiles):
        # Axes of their own with equal limits: shared ones look at each other at every step.
        axes = drawing.add_subplot(places[divmod(place, beside)])
        _draw_profile(axes, profile, log)
        _set_axes(axes, profiles, log, below)
        axes.tick_params(labelbottom=place + beside >= len(profiles), labelleft=place % beside == 0, pad=2)
    drawing.supxlabel("Actual time after the dose (h)", fontsize=draw.TEXT_SIZE, y=0.01)
    drawing.supylabel("Concentration (ng/mL)", fontsize=draw.TEXT_SIZE, x=0.005)
    _write_legend(drawing, profiles, log)
    return drawing


def _margins(below: int) -> dict[str, float]:
    """Return the place of the panels in parts of the drawing; above each there is room for one line of text."""
    top, bottom = 0.89, 0.11
    height = ((top - bottom) * draw.SIZE[1] - (below - 1) * _TITLE_HEIGHT) / below
    return {
        "left": 0.062,
        "right": 0.99,
        "top": top,
        "bottom": bottom,
        "wspace": 0.08,
        "hspace": _TITLE_HEIGHT / height,
    }


#: Marker and fill of a sample by its mark.
_LOOKS = {MEASURED: ("o", "black"), BELOW: ("o", "white"), LEFT_OUT: ("x", "black")}
_WORDS = {MEASURED: "Concentration", BELOW: "BLQ, value by the rule", LEFT_OUT: "Not summarized"}


def _look(mark: str) -> dict[str, Any]:
    marker, fill = _LOOKS[mark]
    size = {"markersize": 5 if marker == "x" else 3.5, "markeredgewidth": 1.2 if marker == "x" else 0.8}
    return {"marker": marker, "markerfacecolor": fill, "markeredgecolor": "black", "linestyle": "none", **size}


def _draw_profile(axes: Axes, profile: Profile, log: bool) -> None:
    shown = visible(profile, log)
    joined = [(sample.hours, sample.value or 0.0) for sample in shown if sample.joined]
    axes.plot([x for x, _ in joined], [y for _, y in joined], color="0.45", linewidth=0.9, zorder=2)
    for mark in _LOOKS:
        own = [(sample.hours, sample.value or 0.0) for sample in shown if sample.mark == mark]
        axes.plot([x for x, _ in own], [y for _, y in own], **_look(mark), clip_on=False, zorder=3)
    for limit in sorted(profile.limits) if log else ():
        axes.axhline(limit, color="black", linewidth=0.7, dashes=(5, 3), zorder=1)
    axes.set_title(f"{profile.subject} ({_dose(profile)})", fontsize=draw.TEXT_SIZE, y=1, pad=2)


def _set_axes(axes: Axes, profiles: Sequence[Profile], log: bool, below: int) -> None:
    """Set range and ticks: the same for every panel, made from all profiles."""
    samples = [sample for profile in profiles for sample in visible(profile, log)]
    hours = [sample.hours for sample in samples]
    heights = [sample.value or 0 for sample in samples]
    last = max(8.0, *hours)
    axes.set_xlim(min(0.0, *hours) - 0.4, last + 0.4)
    axes.set_xticks(
        ticks := [hour for hour in (0, 4, 8, 12, 16, 20, 24) if hour <= last], [str(hour) for hour in ticks]
    )
    if log:
        limits = [limit for profile in profiles for limit in profile.limits]
        log_height(axes, [*heights, *limits], *((STEPS, 1.25) if below <= _HIGH_ROWS else (POWERS, 1.5)))
    else:
        axes.set_ylim(0, max([*heights, 1]) * 1.18)
        axes.locator_params(axis="y", nbins=3 if below > _HIGH_ROWS else 6)


def _write_legend(drawing: Drawing, profiles: Sequence[Profile], log: bool) -> None:
    from matplotlib.lines import Line2D

    marks = {sample.mark for profile in profiles for sample in visible(profile, log)}
    handles = [Line2D([], [], **_look(mark), label=_WORDS[mark]) for mark in _LOOKS if mark in marks]
    if log and any(profile.limits for profile in profiles):
        handles.append(Line2D([], [], color="black", linewidth=0.7, dashes=(5, 3), label=LLOQ))
    drawing.legend(handles=handles, loc="upper center", ncols=len(handles), frameon=False)
