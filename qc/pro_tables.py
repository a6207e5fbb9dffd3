"""Every count of the tables of patient-reported outcomes, by the addresses of the first program (R-801, R-1205 to
R-1208)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from crf2csr.ard import TOTAL, Result, path
from qc.pro_forms import Due
from qc.questionnaires import ITEMS, SCALES
from qc.rates import statistics

if TYPE_CHECKING:
    from qc.pro import Judged

COLUMNS = ("d75", "d100", "d125", "rp2d", "all")
#: Visits that tables by visit show.
VISITS = (*(f"C{number}D1" for number in range(2, 13)), "EOT")
SEVERITIES = ("Within normal limits", "Mild", "Moderate", "Severe")
POINTS = ("0", "1", "2", "3", "4")
#: Columns, judged parameters and forms of a dosed subject.
Member = tuple[set[str], "dict[str, Judged]", Due]
#: Variable, category address, number of subjects, denominator, and whether an interval is planned.
Count = tuple[str, str, int, int, bool]


def results(members: list[Member], outcomes: Mapping[str, tuple[str, ...]], level: float) -> Iterator[tuple[str, str]]:
    """Yield address and value of every statistic; `outcomes`: the parameters that each count of O7 rests on."""
    codes = (*SCALES.values(), *ITEMS)
    tables: dict[str, Callable[[list[Member]], Iterator[Count]]] = {
        "pro-outcome": lambda people: _outcomes(people, outcomes),
        "pro-worsening": lambda people: _worsening(people, codes),
        "pro-evaluable": lambda people: _evaluable(people, codes, outcomes),
        "pro-worsening-visit": lambda people: _by_visit(people, codes),
        "pro-completion": _completion,
        "pro-shift-scales": lambda people: _shift(people, tuple(SCALES.values()), SEVERITIES),
        "pro-shift-items": lambda people: _shift(people, ITEMS, POINTS),
        "pro-maximum": _maximum,
    }
    for column in COLUMNS:
        people = [member for member in members if column in member[0]]
        for analysis, counts in tables.items():
            yield _address(analysis, column, "", "", "N"), repr(len(people))
            for variable, category, hits, total, interval in counts(people):
                for statistic, value in statistics(hits, total, interval, level):
                    yield _address(analysis, column, variable, category, statistic), value


def _address(analysis: str, column: str, variable: str, category: str, statistic: str) -> str:
    return Result(f"{analysis}-safety", "c1-safety", column, variable, category, statistic, None).id


def _outcomes(people: list[Member], outcomes: Mapping[str, tuple[str, ...]]) -> Iterator[Count]:
    for outcome, codes in outcomes.items():
        able = [[one[code] for code in codes if one[code].evaluable] for _, one, _ in people]
        yield outcome, "Y", sum(any(each.worse for each in some) for some in able), sum(map(bool, able)), True


def _worsening(people: list[Member], codes: tuple[str, ...]) -> Iterator[Count]:
    for code in codes:
        able = [one[code] for _, one, _ in people if one[code].evaluable]
        yield code, "Y", sum(bool(each.worse) for each in able), len(able), True
        if code in ITEMS:
            yield f"{code}-2", "Y", sum(bool(each.by_two) for each in able), len(able), False


def _evaluable(
    people: list[Member], codes: tuple[str, ...], outcomes: Mapping[str, tuple[str, ...]]
) -> Iterator[Count]:
    for outcome, parts in outcomes.items():
        able = sum(any(one[code].evaluable for code in parts) for _, one, _ in people)
        yield "EVALUABLE", outcome, able, len(people), False
    for code in codes:
        given = [one[code] for _, one, _ in people]
        yield "EVALUABLE", code, sum(each.evaluable for each in given), len(people), False
        yield "NOBASE", code, sum(each.base is None for each in given), len(people), False
        only_before = sum(each.base is not None and not each.later for each in given)
        yield "NOPOST", code, only_before, len(people), False


def _by_visit(people: list[Member], codes: tuple[str, ...]) -> Iterator[Count]:
    for code in codes:
        for visit in VISITS:
            there = [one[code] for _, one, _ in people if one[code].base is not None and visit in one[code].later]
            yield f"{code} {visit}", "Y", sum(visit in each.worse for each in there), len(there), False


def _completion(people: list[Member]) -> Iterator[Count]:
    for form in ("PROMCOMP", "BCPTCOMP"):
        for visit in ("C1D1", *VISITS):
            expected = [forms[form][visit][1] for _, _, forms in people if forms[form].get(visit, (False,))[0]]
            yield f"{form} {visit}", "Y", sum(expected), len(expected), False


def _shift(people: list[Member], codes: tuple[str, ...], names: tuple[str, ...]) -> Iterator[Count]:
    """Yield baseline by worst value of the evaluable; the total of a cross table holds all of them."""
    for code in codes:
        pairs = [one[code].severities for _, one, _ in people if one[code].evaluable]
        for base in names:
            yield code, path(base), sum(first == base for first, _ in pairs), len(pairs), False
            for worst in names:
                yield code, path(base, worst), pairs.count((base, worst)), len(pairs), False
        yield code, path(TOTAL), len(pairs), len(pairs), False
        for worst in names:
            yield code, path(TOTAL, worst), sum(second == worst for _, second in pairs), len(pairs), False


def _maximum(people: list[Member]) -> Iterator[Count]:
    for code in ITEMS:
        worst = [one[code].severities[1] for _, one, _ in people if one[code].evaluable]
        for points in POINTS:
            yield code, points, worst.count(points), len(worst), False
