"""What must hold between the results of patient-reported outcomes (R-1204 to R-1208): functions that yield what is
violated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from crf2csr.ard import TOTAL, Result, path, path_parts

#: The analyses of the plan: who is evaluable; who worsened, in all and by visit; forms; levels; shifts.
EVALUABLE, OUTCOME, WORSENED, VISIT = "pro-evaluable", "pro-outcome", "pro-worsening", "pro-worsening-visit"
FORMS, MAXIMUM, SHIFTS = "pro-completion", "pro-maximum", ("pro-shift-scales", "pro-shift-items")
#: From the longest name, so that none is taken for another with something behind it.
NAMES = sorted((EVALUABLE, OUTCOME, WORSENED, VISIT, FORMS, MAXIMUM, *SHIFTS), key=len, reverse=True)
#: Variables of the first: evaluable, and why not. Each parameter is a category of all three.
PARTS = ("EVALUABLE", "NOBASE", "NOPOST")
EITHER, EACH = "PROANY", ("PROMANY", "BCPTANY")
#: Behind the name of an item: worsened by two points or more.
TWO_POINTS = "-2"

#: n and N by (column, variable, category); and these by name of the analysis.
Counts = Mapping[tuple[str, str, str], Mapping[str, int]]
Named = Mapping[str, Counts]


def check_pro(results: Iterable[Result]) -> Iterator[str]:
    """Yield where the counts of patient-reported outcomes contradict each other, in each population and variant.

    Evaluable and not evaluable add to N; worsened on either instrument lies between the larger of the two and their
    sum; worsened by two points, or at one visit, are no more than worsened at all; forms received are no more than
    expected, nor these more than N; levels and shifts add to the evaluable. Results of other analyses are passed over.
    """
    checks = (_check_evaluable, _check_outcome, _check_worsened, _check_visits, _check_forms, _check_levels)
    for suffix, named in _by_suffix(results).items():
        for check in checks:
            yield from (f"patient-reported outcomes{suffix}, {violation}" for violation in check(named))


def _by_suffix(results: Iterable[Result]) -> Mapping[str, Named]:
    """Return the counts of each population and variant: what stands behind the name of the analysis."""
    found: dict[str, dict[str, dict[tuple[str, str, str], dict[str, int]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(dict))
    )
    for result in results:
        name = next((one for one in NAMES if result.analysis.startswith((f"{one}-", f"{one}@"))), None)
        if name and result.statistic in ("n", "N"):
            place = (result.level, result.variable, result.category)
            found[result.analysis.removeprefix(name)][name][place][result.statistic] = int(result.value or 0)
    return found


def _counts(named: Named, name: str) -> Counts:
    return named.get(name, {})


def _check_evaluable(named: Named) -> Iterator[str]:
    counts = _counts(named, EVALUABLE)
    for (level, variable, category), found in counts.items():
        places = [(level, part, category) for part in PARTS]
        if variable == PARTS[0] and all(place in counts for place in places):
            parts = [counts[place]["n"] for place in places]
            if sum(parts) != found["N"]:
                added = " + ".join(map(str, parts))
                yield f"column {level}, {category}: {added} evaluable and not are not N={found['N']}"


def _check_outcome(named: Named) -> Iterator[str]:
    for found in (_counts(named, OUTCOME), _outcome_totals(named)):
        for (level, variable, category), either in found.items():
            parts = [found[level, one, category]["n"] for one in EACH if (level, one, category) in found]
            if variable == EITHER and parts and not max(parts) <= either["n"] <= sum(parts):
                yield f"column {level}: {either['n']} on either instrument, {' and '.join(map(str, parts))} on each"


def _outcome_totals(named: Named) -> Counts:
    """Return the evaluable of the outcome in the shape of its counts: the parameter is the variable."""
    counts = _counts(named, EVALUABLE)
    return {
        (level, category, ""): found for (level, variable, category), found in counts.items() if variable == PARTS[0]
    }


def _check_worsened(named: Named) -> Iterator[str]:
    counts, able = _counts(named, WORSENED), _counts(named, EVALUABLE)
    for (level, variable, category), found in counts.items():
        if not variable:
            continue  # N of the column
        whole = counts.get((level, variable.removesuffix(TWO_POINTS), category))
        if whole and found["n"] > whole["n"]:
            yield f"column {level}, {variable}: {found['n']} worsened by two points, {whole['n']} at all"
        evaluable = able.get((level, PARTS[0], variable.removesuffix(TWO_POINTS)))
        if evaluable and found["N"] != evaluable["n"]:
            yield f"column {level}, {variable}: worsened of {found['N']}, {evaluable['n']} are evaluable"


def _check_visits(named: Named) -> Iterator[str]:
    whole = _counts(named, WORSENED)
    for (level, variable, category), found in _counts(named, VISIT).items():
        above = whole.get((level, variable.split(" ")[0], category))
        for statistic, words in (("n", "worsened"), ("N", "with a change")):
            if variable and above and found[statistic] > above[statistic]:
                yield f"column {level}, {variable}: {found[statistic]} {words}, {above[statistic]} at any visit"


def _check_forms(named: Named) -> Iterator[str]:
    counts = _counts(named, FORMS)
    for (level, variable, _), found in counts.items():
        if variable and not found["n"] <= found["N"] <= counts[level, "", ""]["N"]:
            column = counts[level, "", ""]["N"]
            yield f"column {level}, {variable}: {found['n']} received, {found['N']} expected, N={column}"


def _check_levels(named: Named) -> Iterator[str]:
    """Yield where the levels of an item, or the cells of a shift, do not add to the evaluable."""
    for name in (MAXIMUM, *SHIFTS):
        counts = _counts(named, name)
        depth = 1 if name == MAXIMUM else 2
        for level, variable in dict.fromkeys((level, variable) for level, variable, _ in counts if variable):
            own = {place[2]: found for place, found in counts.items() if place[:2] == (level, variable)}
            cells = [c for c in own if len(path_parts(c)) == depth and path_parts(c)[0] != TOTAL]
            added, total = sum(own[c]["n"] for c in cells), next(iter(own.values()))["N"]
            margin = own.get(path(TOTAL), {"n": added})["n"]
            if not added == margin == total:
                yield f"column {level}, {variable} ({name}): cells add to {added}, margin {margin}, evaluable {total}"
