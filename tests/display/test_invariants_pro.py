"""Counts of patient-reported outcomes that fit each other, and each way in which they may not."""

import pytest

from crf2csr.ard import Result, path
from crf2csr.display.invariants_pro import check_pro

# Analysis, variable, category: n and N. Five subjects; two scales and an item; BCPT01 has three evaluable.
COUNTS = {
    ("pro-evaluable", "EVALUABLE", "SLEEP"): (4, 5),
    ("pro-evaluable", "NOBASE", "SLEEP"): (1, 5),
    ("pro-evaluable", "NOPOST", "SLEEP"): (0, 5),
    ("pro-evaluable", "EVALUABLE", "BCPT01"): (3, 5),
    ("pro-evaluable", "NOBASE", "BCPT01"): (1, 5),
    ("pro-evaluable", "NOPOST", "BCPT01"): (1, 5),
    ("pro-evaluable", "EVALUABLE", "PROMANY"): (4, 5),
    ("pro-evaluable", "EVALUABLE", "BCPTANY"): (3, 5),
    ("pro-evaluable", "EVALUABLE", "PROANY"): (5, 5),
    ("pro-outcome", "PROMANY", "Y"): (2, 4),
    ("pro-outcome", "BCPTANY", "Y"): (2, 3),
    ("pro-outcome", "PROANY", "Y"): (3, 5),
    ("pro-worsening", "SLEEP", "Y"): (2, 4),
    ("pro-worsening", "BCPT01", "Y"): (2, 3),
    ("pro-worsening", "BCPT01-2", "Y"): (1, 3),
    ("pro-worsening-visit", "SLEEP C2D1", "Y"): (1, 3),
    ("pro-worsening-visit", "BCPT01 EOT", "Y"): (2, 2),
    ("pro-completion", "PROMCOMP C2D1", "Y"): (3, 4),
    ("pro-maximum", "BCPT01", "0"): (1, 3),
    ("pro-maximum", "BCPT01", "1"): (2, 3),
    ("pro-shift-items", "BCPT01", "0"): (2, 3),
    ("pro-shift-items", "BCPT01", path("0", "0")): (1, 3),
    ("pro-shift-items", "BCPT01", path("0", "1")): (1, 3),
    ("pro-shift-items", "BCPT01", "1"): (1, 3),
    ("pro-shift-items", "BCPT01", path("1", "0")): (0, 3),
    ("pro-shift-items", "BCPT01", path("1", "1")): (1, 3),
    ("pro-shift-items", "BCPT01", "Total"): (3, 3),
    ("pro-shift-items", "BCPT01", path("Total", "0")): (1, 3),
    ("pro-shift-items", "BCPT01", path("Total", "1")): (2, 3),
}


def results(changed: dict[tuple[str, str, str], tuple[int, int]], suffix: str = "-safety") -> list[Result]:
    found = [Result(f"{name}{suffix}", "c", "all", "", "", "N", 5) for name in {name for name, _, _ in COUNTS}]
    for (name, variable, category), (n, total) in (COUNTS | changed).items():
        place = (f"{name}{suffix}", "c", "all", variable, category)
        found += [Result(*place, "n", n), Result(*place, "N", total)]
    return found


def test_counts_that_fit_each_other() -> None:
    assert list(check_pro(results({}))) == []


def test_other_analyses_and_no_results_at_all_are_passed_over() -> None:
    other = Result("pro-evaluability-safety", "c", "all", "EVALUABLE", "SLEEP", "n", 9)
    assert list(check_pro([])) == list(check_pro([other])) == []


@pytest.mark.parametrize(
    ("place", "counts", "complaint"),
    [
        (("pro-evaluable", "NOPOST", "SLEEP"), (1, 5), "column all, SLEEP: 4 + 1 + 1 evaluable and not are not N=5"),
        (("pro-outcome", "PROANY", "Y"), (1, 5), "column all: 1 on either instrument, 2 and 2 on each"),
        (("pro-outcome", "PROANY", "Y"), (5, 5), "column all: 5 on either instrument, 2 and 2 on each"),
        (("pro-evaluable", "EVALUABLE", "PROANY"), (3, 5), "column all: 3 on either instrument, 4 and 3 on each"),
        (("pro-worsening", "BCPT01-2", "Y"), (3, 3), "column all, BCPT01-2: 3 worsened by two points, 2 at all"),
        (("pro-worsening", "SLEEP", "Y"), (2, 5), "column all, SLEEP: worsened of 5, 4 are evaluable"),
        (("pro-worsening-visit", "SLEEP C2D1", "Y"), (3, 3), "column all, SLEEP C2D1: 3 worsened, 2 at any visit"),
        (("pro-worsening-visit", "BCPT01 EOT", "Y"), (2, 4), "column all, BCPT01 EOT: 4 with a change, 3 at any visit"),
        (("pro-completion", "PROMCOMP C2D1", "Y"), (5, 4), "column all, PROMCOMP C2D1: 5 received, 4 expected, N=5"),
        (("pro-completion", "PROMCOMP C2D1", "Y"), (3, 6), "column all, PROMCOMP C2D1: 3 received, 6 expected, N=5"),
        (("pro-maximum", "BCPT01", "0"), (0, 3), "(pro-maximum): cells add to 2, margin 2, evaluable 3"),
        (("pro-shift-items", "BCPT01", path("1", "1")), (0, 3), "cells add to 2, margin 3, evaluable 3"),
        (("pro-shift-items", "BCPT01", "Total"), (4, 3), "cells add to 3, margin 4, evaluable 3"),
    ],
)
def test_counts_that_do_not(place: tuple[str, str, str], counts: tuple[int, int], complaint: str) -> None:
    assert [one for one in check_pro(results({place: counts})) if complaint in one]


def test_a_variant_is_held_to_itself() -> None:
    whole, variant = results({}), results({("pro-worsening", "SLEEP", "Y"): (4, 4)}, "@promis-3-safety")
    assert list(check_pro([*whole, *variant])) == []
    broken = results({("pro-worsening", "SLEEP", "Y"): (0, 4)}, "@promis-3-safety")
    assert list(check_pro([*whole, *broken])) == [
        "patient-reported outcomes@promis-3-safety, column all, SLEEP C2D1: 1 worsened, 0 at any visit"
    ]
