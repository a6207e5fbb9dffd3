"""What must hold for the results of a time to event: invariants 3 and 4 of docs/rules.md, as functions that yield what
is violated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from crf2csr.ard import Result, path_parts
from crf2csr.display.figures.kaplan_meier import AT_MONTH, POINT

METHOD = "survival"
#: Confirmed responders as a table counts them, and the variables that only they have.
RESPONDERS, DURATION, TIME = "CRSP", "DOR", "TTR"
ENDS = ("event", "censored")
#: Category to statistic to result, for one variable in one column.
Found = Mapping[str, Mapping[str, Result]]


def check_survival(results: Iterable[Result]) -> Iterator[str]:
    """Yield where events and censored do not add to N or are not the sum of their reasons [3], where not everybody is
    at risk at time 0, or more subjects later than before [4], and where the curve has other counts than the table;
    where a duration or a time of response has other subjects than the responders of the same display [3]."""
    results = tuple(results)
    for place, found in _by_place(results).items():
        for violation in (*_check_sums(found), *_check_at_risk(found), *_check_curve(found)):
            yield f"{place}: {violation}"
    yield from _check_responders(results)


def _check_responders(results: Iterable[Result]) -> Iterator[str]:
    responders: dict[str, int] = {}
    others: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for result in results:
        value = int(result.value or 0) if result.statistic in ("n", "N") else 0
        if (result.variable, result.statistic) == (RESPONDERS, "n"):
            responders[result.level] = value
        elif (result.variable, result.category, result.statistic) == (DURATION, ENDS[0], "N"):
            others[result.level]["a duration of response"] = value
        elif (result.variable, result.statistic) == (TIME, "n"):
            others[result.level]["an assessment of it" if result.category else "a time to response"] += value
    for level, n in responders.items():
        for what, own in others[level].items():
            if own != n:
                yield f"column {level}: {n} confirmed responders, {own} have {what}"


def _by_place(results: Iterable[Result]) -> Mapping[str, Found]:
    places: dict[str, dict[str, dict[str, Result]]] = defaultdict(lambda: defaultdict(dict))
    for result in results:
        if result.method == METHOD and result.variable:
            place = f"{result.analysis}, column {result.level}, {result.variable}"
            places[place][result.category][result.statistic] = result
    return places


def _whole(found: Found, category: str, statistic: str) -> int:
    return int(found[category][statistic].value or 0)


def _check_sums(found: Found) -> Iterator[str]:
    total = _whole(found, ENDS[0], "N")
    counts = {kind: _whole(found, kind, "n") for kind in ENDS}
    if sum(counts.values()) != total:
        yield f"{' + '.join(str(n) for n in counts.values())} with an event and censored are not N={total}"
    for kind, n in counts.items():
        below = [category for category in found if path_parts(category)[:-1] == (kind,)]
        if (added := sum(_whole(found, category, "n") for category in below)) != n:
            yield f"the reasons of '{kind}' add to {added}, not {n}"


def _check_at_risk(found: Found) -> Iterator[str]:
    total = _whole(found, ENDS[0], "N")
    for prefix in (AT_MONTH, POINT):
        counts = [_whole(found, category, "at_risk") for category in _ordered(found, prefix)]
        if counts and counts[0] != total:
            yield f"{prefix}0: {counts[0]} at risk, N={total}"
        if any(later > earlier for earlier, later in pairwise(counts)):
            yield f"{prefix}<n>: more subjects at risk later than before"


def _check_curve(found: Found) -> Iterator[str]:
    for kind, statistic in zip(ENDS, ("n_event", "n_censored"), strict=True):
        drawn = sum(_whole(found, category, statistic) for category in _ordered(found, POINT))
        if drawn != _whole(found, kind, "n"):
            yield f"the curve has {drawn} of '{kind}', the table {_whole(found, kind, 'n')}"


def _ordered(found: Found, prefix: str) -> list[str]:
    return sorted((c for c in found if c.startswith(prefix)), key=lambda c: int(c.removeprefix(prefix)))
