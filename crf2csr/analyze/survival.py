"""Time to event by column: counts, Kaplan-Meier quantiles, landmarks, follow-up, and the curve itself (R-711 to
R-716)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from crf2csr.analyze.counting import count_results, members_of, number, subjects_among, with_row_keys
from crf2csr.analyze.statistics.survival import (
    Curve,
    Estimate,
    compute_curve,
    compute_follow_up,
    compute_landmark,
    compute_quantile,
    compute_range,
    count_at_risk,
)
from crf2csr.ard import Analysis as AnalysisResults
from crf2csr.ard import Member, Result, path
from crf2csr.contracts import load_contract, load_terms
from crf2csr.plan import Analysis, VariableSpec
from crf2csr.select import select_rows, subjects_by_column
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd

METHOD = "survival"
DAYS_OF_MONTH = Fraction("30.4375")
QUANTILES = {"q1": 0.25, "median": 0.5, "q3": 0.75}
#: Fewer subjects have no quantiles: their single times say more (docs/decisions/0007, point 5).
FEWEST = 5
#: Months between the columns of the at-risk table of a figure.
STEP_MONTHS = 3
EVENT, CENSORED = "event", "censored"

ABSENT = {
    "nobody": ("–", "no subject (R-105)"),
    "few": ("NE", f"fewer than {FEWEST} subjects: their single times are shown"),
    "height": ("NE", "the curve does not come down so far (R-713)"),
    "band": ("NE", "this limit of the curve does not come down so far (R-714)"),
    "beyond": ("NE", "beyond the last observed time (R-715)"),
    "flat": ("NE", "no limits where survival is 1 or 0 (R-712)"),
}


@dataclass(frozen=True)
class Times:
    """The subjects of one column with a time: days, whether it ended with an event, why, and the row address."""

    total: int
    days: tuple[int, ...]
    events: tuple[bool, ...]
    reasons: tuple[str, ...]
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """What every column is read at: level of confidence, landmarks and at-risk columns in months, types of event and
    reasons of censoring in the order of the page."""

    level: float
    landmarks: tuple[int, ...]
    months: tuple[int, ...]
    reasons: dict[str, tuple[str, ...]]


@uses("ci.level", "tte.landmarks_months")
def survival(adsl: pd.DataFrame, data: pd.DataFrame, analysis: Analysis, study: View) -> AnalysisResults:
    """Describe the time in each column; a variable selects one parameter of a dataset with CNSR and EVNTDESC.

    Days, one row a subject. Categories and their statistics: `event` and `censored`, each with EVNTDESC nested below
    it (n, N, estimate = n/N, with members) in the order of its code list: those found in any column, and those that the
    plan unites as `event` and `censored`, even if nobody had them;
    `q1`, `median`, `q3` and `follow-up` (median of the reverse curve): estimate, lower, upper; `range`: min, max and
    whether each is censored (0, 1); `month <m>` for each `tte.landmarks_months`: S(t) as estimate, lower, upper,
    at_risk; `times`: value<i>, censored<i> for fewer than five subjects, who have no quantiles; `at month <m>`:
    at_risk each three months; `day <t>`: the curve. What does not exist has no value, a code and its reason. R-711 to
    R-716.
    """
    keyed = with_row_keys(data, analysis)
    columns, order = subjects_by_column(adsl, analysis), _order(analysis)
    results: list[Result] = []
    members: list[Member] = []
    for level, subjects in columns.items():
        results.append(number(analysis, level, "", "", "N", len(subjects), METHOD))
        for variable in analysis.spec.variables:
            chosen = select_rows(keyed, variable.where)
            chosen = chosen.loc[chosen[variable.name].notna()]
            everybody = _times(chosen, {subject for own in columns.values() for subject in own}, variable)
            grid = _grid(everybody, variable, study, order)
            times = _times(chosen, subjects_among(subjects, data, variable, adsl), variable)
            for counted, rows in _column(analysis, level, variable, times, grid):
                results += counted
                members += members_of(counted[0], analysis.spec.data, rows)
    return AnalysisResults(tuple(results), tuple(members))


def _order(analysis: Analysis) -> tuple[str, ...]:
    """Return the ends of a time in the order of the page: the code list of EVNTDESC."""
    codelist = load_contract("derive", analysis.spec.data).variable("EVNTDESC").codelist
    return load_terms()[codelist]


def _grid(everybody: Times, variable: VariableSpec, study: View, order: tuple[str, ...]) -> Grid:
    pairs = list(zip(everybody.events, everybody.reasons, strict=True))
    reasons = {}
    for kind, wanted in ((EVENT, True), (CENSORED, False)):
        found = {*variable.composites.get(kind, ()), *(reason for event, reason in pairs if event == wanted)}
        reasons[kind] = tuple(sorted(found, key=order.index))
    return Grid(study["ci.level"], study["tte.landmarks_months"], _months(everybody.days), reasons)


def _months(days: Sequence[int]) -> tuple[int, ...]:
    """Return 0, 3, 6 ... months up to the longest time."""
    last = int(Fraction(int(max(days, default=0))) / DAYS_OF_MONTH)
    return tuple(range(0, last + 1, STEP_MONTHS))


def _times(chosen: pd.DataFrame, inside: set[str], variable: VariableSpec) -> Times:
    rows = chosen.loc[chosen["USUBJID"].isin(inside)].sort_values([variable.name, "CNSR", "_row"])
    return Times(
        total=len(inside),
        days=tuple(int(day) for day in rows[variable.name]),
        events=tuple(int(censored) == 0 for censored in rows["CNSR"]),
        reasons=tuple(rows["EVNTDESC"]),
        rows=tuple(rows["_row"]),
    )


def _column(
    analysis: Analysis, level: str, variable: VariableSpec, times: Times, grid: Grid
) -> Iterator[tuple[list[Result], Iterable[str]]]:
    """Yield the results of each category with the rows that its count (the first result) counts."""
    curve = compute_curve(times.days, times.events, grid.level)
    for category, rows in _counted(times, grid.reasons):
        place = (analysis, level, variable.label, category, len(rows), times.total, METHOD)
        yield list(count_results(*place)), rows
    for category, found in _described(times, curve, grid).items():
        make = partial(number, analysis, level, variable.label, category)
        counts = [make("n", len(times.days), METHOD), make("N", times.total, METHOD)]
        yield [*counts, *(make(name, value, METHOD, *code) for name, value, *code in found)], times.rows
    # The curve is drawn and never counted, so it has no members.
    for category, drawn in _drawn(times, curve, grid).items():
        make = partial(number, analysis, level, variable.label, category)
        yield [make(name, value, METHOD, *code) for name, value, *code in drawn], ()


#: Statistic, value, and where there is none its code and the reason.
Found = list[tuple]


def _counted(times: Times, reasons: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, list[str]]]:
    """Yield events, each type of event, censored, each reason of censoring: category and row addresses."""
    ended = list(zip(times.events, times.reasons, times.rows, strict=True))
    for kind, wanted in ((EVENT, True), (CENSORED, False)):
        own = [(reason, row) for event, reason, row in ended if event == wanted]
        yield path(kind), [row for _, row in own]
        for name in reasons[kind]:
            yield path(kind, name), [row for reason, row in own if reason == name]


def _described(times: Times, curve: Curve, grid: Grid) -> dict[str, Found]:
    few = len(times.days) < FEWEST
    found = {name: _quantile(compute_quantile(curve, p), times, few) for name, p in QUANTILES.items()}
    found["follow-up"] = _quantile(compute_follow_up(times.days, times.events, grid.level), times, few)
    found["range"] = _range(times)
    for months in grid.landmarks:
        found[f"month {months}"] = _landmark(curve, float(months * DAYS_OF_MONTH), times)
    pairs = zip(times.days, times.events, strict=True) if few else ()
    found["times"] = [
        pair
        for i, (day, event) in enumerate(pairs, start=1)
        for pair in ((f"value{i}", day), (f"censored{i}", int(not event)))
    ]
    return found


def _quantile(estimate: Estimate, times: Times, few: bool) -> Found:
    if few:
        return [(name, None, *ABSENT["few" if times.days else "nobody"]) for name in ("estimate", "lower", "upper")]
    value = _or("height", estimate.value)
    return [("estimate", *value), ("lower", *_or("band", estimate.lower)), ("upper", *_or("band", estimate.upper))]


def _landmark(curve: Curve, day: float, times: Times) -> Found:
    estimate = compute_landmark(curve, day)
    missing = "beyond" if times.days else "nobody"
    limits = "flat" if estimate.value is not None else missing
    return [
        ("estimate", *_or(missing, estimate.value)),
        ("lower", *_or(limits, estimate.lower)),
        ("upper", *_or(limits, estimate.upper)),
        ("at_risk", count_at_risk(times.days, day)),
    ]


def _range(times: Times) -> Found:
    if not times.days:
        return [("min", None, *ABSENT["nobody"]), ("max", None, *ABSENT["nobody"])]
    (low, low_censored), (high, high_censored) = compute_range(times.days, times.events)
    ends = [("min", low), ("max", high)]
    return [*ends, ("min_censored", int(low_censored)), ("max_censored", int(high_censored))]


def _drawn(times: Times, curve: Curve, grid: Grid) -> dict[str, Found]:
    """Return the at-risk columns and the points of the curve, from day 0 on."""
    found: dict[str, Found] = {
        f"at month {months}": [("at_risk", count_at_risk(times.days, float(months * DAYS_OF_MONTH)))]
        for months in grid.months
    }
    counts = [("at_risk", len(times.days)), ("n_event", 0), ("n_censored", 0)]
    if times.days:
        found["day 0"] = [("survival", 1.0), *(_limit(name, None) for name in ("lower", "upper")), *counts]
    for point in curve:
        found[f"day {point.time}"] = [
            ("survival", point.survival),
            _limit("lower", point.lower),
            _limit("upper", point.upper),
            ("at_risk", point.at_risk),
            ("n_event", point.events),
            ("n_censored", point.censored),
        ]
    return found


def _limit(name: str, value: float | None) -> tuple:
    return (name, *_or("flat", value))


def _or(absent: str, value: float | None) -> tuple:
    """Return a value, or nothing with its code and its reason."""
    return (value,) if value is not None else (None, *ABSENT[absent])
