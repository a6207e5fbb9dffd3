"""The waterfall: best percentage change in the sum of diameters, one bar a subject, from worst to best."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
#: Percent. Bars end here; what is larger is written on the bar.
LARGEST = 100
#: Categories of AVALCAT1: decided by exact arithmetic (R-101), so never again from a binary or a printed value.
SHRUNK, GROWN = "<= -30", ">= 20"

RESPONSES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "MISSING")
RESPONDERS = ("CR", "PR")
#: What stands on a bar where the response is too long for it.
SHORT = {"NON-CR/NON-PD": "NN", "MISSING": "MI"}

HEADER = ("Subject", "Dose group", "Best change (%)", "Confirmed best overall response")

#: A dose has its hatch and a phase its gray, so that no two groups look alike in black and white.
_HATCHES = ("////", "....", "", "\\\\\\\\", "xxxx", "----")
_GRAYS = ("1.0", "0.7", "0.45")
#: Few bars do not fill the page: there is room for this many at least.
_FEWEST_PLACES = 12
#: With more characters on the axis (two of space after each label), or more bars, labels and letters are turned.
_MOST_LEVEL_CHARACTERS, _MOST_LEVEL_LETTERS = 112, 38
#: With more bars, not every one can have a label of 9 points.
_MOST_LABELS = 54


@dataclass(frozen=True)
class Bar:
    """One subject with a sum after baseline: change in percent, its category (AVALCAT1), confirmed response."""

    subject: str
    group: str
    change: float
    category: str
    response: str


@uses()
def waterfall(plan: Plan, display: str, data: dict[str, pd.DataFrame], study: View) -> tuple[Figure, dict[str, bytes]]:
    """Draw BPCHG of ADTR for the subjects of the population, with CBOR of ADRS on the bar; return model and drawings.

    Percent, from the largest change to the smallest, equal ones by subject; bars end at +100. The notes count the
    subjects of the population and the confirmed responders that have no bar. Raises InputError if the font is missing
    or there are more dose levels or phases than patterns. R-605, R-612.
    """
    spec = plan.file.displays[display]
    population = plan.file.populations[spec.population]
    adsl = data["adsl"]
    inside = subjects_in_set(adsl, population.flag)
    responses = _responses(data["adrs"])
    bars = _bars(inside, _changes(data["adtr"]), responses)
    empty = "" if bars else f"{NO_DATA} Criterion: {population.label}, with a complete sum after baseline."
    figure = draw.figure_model(
        plan,
        display,
        header=HEADER,
        rows=tuple((bar.subject, bar.group, numbers.format_number(bar.change, 1), bar.response) for bar in bars),
        alt=describe(bars) if bars else empty,
        empty=empty,
        notes=tuple(_notes(bars, inside, responses)),
    )
    with draw.style():
        return figure, draw.render(_drawing(bars, _patterns(adsl)) if bars else draw.empty_drawing(empty))


# Values


def _changes(adtr: pd.DataFrame) -> dict[str, tuple[float, str]]:
    """Return best change and its category by USUBJID."""
    rows = adtr.loc[(adtr["PARAMCD"] == "BPCHG") & adtr["AVAL"].notna()]
    _refuse_twice(rows, "ADTR BPCHG")
    return {s: (float(v), c) for s, v, c in zip(rows["USUBJID"], rows["AVAL"], rows["AVALCAT1"], strict=True)}


def _responses(adrs: pd.DataFrame) -> dict[str, str]:
    """Return the confirmed best overall response by USUBJID."""
    rows = adrs.loc[(adrs["PARAMCD"] == "CBOR") & adrs["AVALC"].notna()]
    _refuse_twice(rows, "ADRS CBOR")
    return dict(zip(rows["USUBJID"], rows["AVALC"], strict=True))


def _refuse_twice(rows: pd.DataFrame, what: str) -> None:
    if rows["USUBJID"].duplicated().any():
        raise ContractError(f"{what}: subject {rows.loc[rows['USUBJID'].duplicated(), 'USUBJID'].iloc[0]} stands twice")


def _bars(inside: pd.DataFrame, changes: Mapping[str, tuple[float, str]], responses: Mapping[str, str]) -> list[Bar]:
    """Return the bars from left to right; a subject without any response record is MISSING (R-602)."""
    bars = [
        Bar(subject, group, *changes[key], responses.get(key, "MISSING"))
        for key, subject, group in zip(inside["USUBJID"], inside["SUBJID"], _groups(inside), strict=True)
        if key in changes
    ]
    return sorted(bars, key=lambda bar: (-bar.change, bar.subject))


def _groups(adsl: pd.DataFrame) -> list[str]:
    """Return the dose group of each subject: `75 mg (phase I)`; what is not recorded is left out."""
    pairs = zip(adsl["TRT01P"].fillna(""), adsl["PHASE"].fillna(""), strict=True)
    return [f"{dose or 'No dose assigned'}{f' (phase {phase})' if phase else ''}" for dose, phase in pairs]


def _patterns(adsl: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Return gray and hatch of each dose group of the study in the order of the legend: by phase, then by dose."""
    known = adsl.assign(_group=_groups(adsl), PHASE=adsl["PHASE"].fillna(""), TRT01PN=adsl["TRT01PN"].fillna(0))
    known = known.loc[known["ENRLFL"] == "Y", ["PHASE", "TRT01PN", "_group"]].drop_duplicates()
    phases, doses = sorted(set(known["PHASE"])), sorted(set(known["TRT01PN"]))
    if len(phases) > len(_GRAYS) or len(doses) > len(_HATCHES):
        raise InputError(
            f"waterfall: {len(doses)} dose levels and {len(phases)} phases; there are patterns for {len(_HATCHES)} and "
            f"{len(_GRAYS)}; split the display by population"
        )
    return {
        group: (_GRAYS[phases.index(phase)], _HATCHES[doses.index(dose)])
        for phase, dose, group in sorted(known.itertuples(index=False, name=None))
    }


# Words


def describe(bars: Sequence[Bar]) -> str:
    """Return the sentence that replaces the drawing: how many bars, their range, beyond the two lines, responses."""
    grown, shrunk = (sum(bar.category == category for bar in bars) for category in (GROWN, SHRUNK))
    counted = Counter(bar.response for bar in bars)
    order = [*RESPONSES, *sorted(counted.keys() - set(RESPONSES))]
    found = ", ".join(f"{response} {counted[response]}" for response in order if counted[response])
    first, last = (numbers.format_number(bar.change, 1) for bar in (bars[0], bars[-1]))
    changes = f"of {len(bars)} subjects from {first} to {last}" if len(bars) > 1 else f"of 1 subject, {first}"
    return (
        f"Waterfall of the best percentage change in the sum of diameters {changes}: "
        f"{grown} with {PROGRESSION_LINE} or more, {shrunk} with {RESPONSE_LINE} or less; "
        f"confirmed best overall response {found}."
    )


def _notes(bars: Sequence[Bar], inside: pd.DataFrame, responses: Mapping[str, str]) -> Iterator[str]:
    """Yield what the drawing does not show, with its counts."""
    drawn = {bar.subject for bar in bars}
    without = inside.loc[~inside["SUBJID"].isin(drawn), "USUBJID"]
    members, with_bar = set(inside["USUBJID"]), set(inside["USUBJID"]) - set(without)
    responders = [subject for subject, response in responses.items() if response in RESPONDERS]
    missing = [subject for subject in responders if subject not in with_bar]
    outside = len(set(missing) - members)
    yield (
        f"Subjects of this analysis set without a complete sum after baseline, so without a bar: {len(without)} "
        f"of {len(inside)}."
    )
    yield (
        f"Confirmed responders (CR or PR) without a bar: {len(missing)} of {len(responders)}"
        f"{f', of whom {outside} outside this analysis set' if outside else ''}."
    )
    if bars:
        lines = f"{RESPONSE_LINE} and +{PROGRESSION_LINE} percent"
        yield f"Letters: confirmed best overall response. Dashed lines: {lines}."
    if any(bar.change > LARGEST for bar in bars):
        yield f"Bars end at +{LARGEST} percent; a larger change is written on its bar."
    used = [response for response in SHORT if any(bar.response == response for bar in bars)]
    if used:
        yield f"On the bars: {', '.join(f'{SHORT[response]} = {response}' for response in used)}."
    if len(bars) > _MOST_LABELS:
        yield f"For want of room one bar in {_step(bars)} has its subject and its letters."


# Drawing


def _step(bars: Sequence[Bar]) -> int:
    """Return of how many bars one has its labels."""
    return -(-len(bars) // _MOST_LABELS)


def _drawing(bars: Sequence[Bar], patterns: Mapping[str, tuple[str, str]]) -> Drawing:
    drawing = draw.blank_drawing()
    axes = drawing.add_subplot()
    for group, (gray, hatch) in patterns.items():
        places = [place for place, bar in enumerate(bars) if bar.group == group]
        heights = [min(bars[place].change, LARGEST) for place in places]
        if places:
            axes.bar(places, heights, facecolor=gray, hatch=hatch, edgecolor="black", linewidth=0.7, label=group)
    axes.axhline(0, color="black", linewidth=0.8)
    draw.dashed_line(axes, PROGRESSION_LINE, f"+{PROGRESSION_LINE}")
    draw.dashed_line(axes, RESPONSE_LINE, f"{RESPONSE_LINE}")
    for place in range(0, len(bars), _step(bars)):
        _write_letters(axes, place, bars[place], turned=len(bars) > _MOST_LEVEL_LETTERS)
    _set_axes(axes, bars)
    drawing.legend(loc="outside upper center", ncols=len(patterns), frameon=False, handlelength=2.2, handleheight=1.1)
    return drawing


def _write_letters(axes: Axes, place: int, bar: Bar, turned: bool) -> None:
    """Write the response at the end of a bar, with the value of a bar that was cut."""
    up, cut = bar.change >= 0, bar.change > LARGEST
    letters = SHORT.get(bar.response, bar.response)
    axes.annotate(
        f"{letters} {numbers.format_number(bar.change, 1)}" if cut else letters,
        (place, min(bar.change, LARGEST)),
        (0, 3 if up else -3),
        textcoords="offset points",
        ha="center",
        va="bottom" if up else "top",
        rotation=90 if turned or cut else 0,
        path_effects=draw.halo(),
        zorder=4,
    )


def _set_axes(axes: Axes, bars: Sequence[Bar]) -> None:
    spare = max(_FEWEST_PLACES - len(bars), 0) / 2
    axes.set_xlim(-0.9 - spare, len(bars) - 0.1 + spare)
    # Room for the letters beyond the longest bars, in percent: a value written on a bar is turned and takes more.
    axes.set_ylim(-LARGEST - 28, LARGEST + (60 if bars[0].change > LARGEST else 28))
    named = range(0, len(bars), _step(bars))
    axes.set_xticks(list(named), [bars[place].subject for place in named])
    turned = sum(len(bar.subject) + 2 for bar in bars) > _MOST_LEVEL_CHARACTERS
    axes.tick_params(axis="x", length=0, rotation=90 if turned else 0)
    heights = range(-LARGEST, LARGEST + 1, 50)
    axes.set_yticks(list(heights), [numbers.format_number(height, 0) for height in heights])
    axes.set_xlabel("Subject")
    axes.set_ylabel("Best change from baseline (%)")
