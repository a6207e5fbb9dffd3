"""Peak, last value and areas: PKNCA numbers, and hand arithmetic where the project decided otherwise."""

import json
import math
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crf2csr.derive.rules.nca import Point, apply_blq_rule, compute_area, find_last, find_peak, measured_curve

# PKNCA 0.12.0, its numbers; see tests/reference/README.md
CASES = json.loads((Path(__file__).parents[2] / "reference/nca.json").read_text(encoding="utf-8"))["cases"]
#: Our names of the rules of the reference.
RULES = {
    "pknca_default": "pknca_default",
    "all_zero": "all_zero",
    "zero_then_missing": "first0_then_missing",
    "tmax_split": "before_tmax0_after_drop",
    "half_lloq_after": "before_tmax0_after_lloq_half",
}
#: What differs by decision; each has its own test below, of the profile or of the parameters.
#: The reference takes the peak from all samples, ours from those after the dose (R-1304).
PEAK_BEFORE_DOSE = {"trial_single_sample_c1d15", "pknca_test_5", "pknca_test_6", "pknca_test_7"}
#: All missing, negative, time missing: judged one level higher (R-1302, R-1310).
HIGHER = {"trial_all_missing", "trial_negative_conc", "trial_missing_time"}
#: LLOQ/2 never moves the last quantifiable value (R-1309).
HALF_AFTER_LAST = {"trial_single_quant", "trial_blq_after"}


def exact(number: float) -> Fraction:
    return Fraction(repr(number))


def hours(number: float) -> Fraction:
    """The reference writes minutes as rounded hours: 2.08333333333333 is 2 h 5 min."""
    return Fraction(number).limit_denominator(1000)


def points_of(case: dict) -> list[Point]:
    """The measured samples of a case; a zero is below the limit."""
    limit = None if case["lloq"] is None else exact(case["lloq"])
    pairs = zip(case["time"], case["conc"], strict=True)
    measured = [(hours(time), conc) for time, conc in pairs if conc is not None and time is not None]
    return [
        Point(time, Fraction(0) if conc in ("BLQ", 0) else exact(conc), conc in ("BLQ", 0), limit)
        for time, conc in measured
    ]


def named(case: dict) -> str:
    return case["id"]


def near(value: float) -> object:
    return pytest.approx(value, rel=1e-12)


def test_every_case_is_used() -> None:
    assert len(CASES) == 38
    assert {case["id"] for case in CASES} >= PEAK_BEFORE_DOSE | HIGHER | HALF_AFTER_LAST


@pytest.mark.parametrize("case", [c for c in CASES if c["id"] not in PEAK_BEFORE_DOSE | HIGHER], ids=named)
def test_peak_and_last_value(case: dict) -> None:
    points, expected = points_of(case), case["expected"]
    peak, last = find_peak([p for p in points if p.time > 0]), find_last(points)
    assert peak is not None
    assert last is not None
    assert (float(peak.value), float(peak.time)) == (near(expected["cmax"]), near(expected["tmax"]))
    assert (float(last.value), float(last.time)) == (near(expected["clast_obs"]), near(expected["tlast"]))


def areas(name: str) -> list[tuple[dict, str, float | None]]:
    """Case, rule and area of the reference, wherever it has one for the rule and the difference is not decided."""
    found = []
    for case in (c for c in CASES if c["id"] not in HIGHER):
        for rule, theirs in RULES.items():
            block = case["expected"]["auc"].get(theirs, {})
            if name in block and not (rule == "half_lloq_after" and case["id"] in HALF_AFTER_LAST):
                found.append((case, rule, block[name]))
    return found


def covered(case: dict) -> bool:
    """Whether samples from the start to the end of the interval or later: else the reference ends silently at the last
    value or takes 0 at the start, and R-1306 and R-1308 decide."""
    if case["partial_interval"] is None:
        return False
    start, end = (hours(limit) for limit in case["partial_interval"])
    points = points_of(case)
    return points[0].time <= start and find_last(points).time >= end


INTERVALS = [area for area in areas("aucint_last") if covered(area[0])]


def test_how_many_areas_are_compared() -> None:
    assert len(areas("auclast")) > 140  # 35 cases with 4 rules, and LLOQ/2 where the reference has it
    assert len(INTERVALS) > 90
    left_out = {case["id"] for case, _, _ in areas("aucint_last") if not covered(case)}
    assert left_out == {
        *("trial_missing_8h", "trial_missing_predose", "trial_no_predose_row", "trial_actual_times"),
        *("trial_single_quant", "trial_blq_after", "pknca_test_2", "pknca_test_4"),
    }


@pytest.mark.parametrize(
    ("case", "rule", "expected"), areas("auclast"), ids=lambda item: named(item) if isinstance(item, dict) else ""
)
def test_area_to_the_last_value(case: dict, rule: str, expected: float | None) -> None:
    points = points_of(case)
    last = find_last(points)
    assert last is not None
    curve = [pair for pair in measured_curve(points, rule) if pair[0] <= last.time]
    assert compute_area(curve, exact(case["auc_start"]), last.time) == (None if expected is None else near(expected))


@pytest.mark.parametrize(
    ("case", "rule", "expected"), INTERVALS, ids=lambda item: named(item) if isinstance(item, dict) else ""
)
def test_area_of_the_interval(case: dict, rule: str, expected: float) -> None:
    start, end = (hours(limit) for limit in case["partial_interval"])
    assert compute_area(measured_curve(points_of(case), rule), start, end) == near(expected)


def test_peak_is_the_first_of_equal_ones() -> None:
    assert find_peak([Point(Fraction(8), Fraction(5)), Point(Fraction(2), Fraction(5))]).time == 2
    assert find_peak([]) is None


# 0 h BLQ, 2 h 12, 4 h BLQ, 8 h 6, 12 h BLQ, with LLOQ 1
MIXED = [
    Point(Fraction(0), Fraction(0), True, Fraction(1)),
    Point(Fraction(2), Fraction(12), False, Fraction(1)),
    Point(Fraction(4), Fraction(0), True, Fraction(1)),
    Point(Fraction(8), Fraction(6), False, Fraction(1)),
    Point(Fraction(12), Fraction(0), True, Fraction(1)),
]


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("zero_then_missing", [0, 12, None, 6, None]),
        ("all_zero", [0, 12, 0, 6, 0]),
        ("pknca_default", [0, 12, None, 6, 0]),
        ("tmax_split", [0, 12, None, 6, None]),
        ("half_lloq_after", [0, 12, Fraction(1, 2), 6, Fraction(1, 2)]),
    ],
)
def test_blq_rules(rule: str, values: list) -> None:
    assert apply_blq_rule(MIXED, rule) == values
    assert apply_blq_rule([MIXED[0], MIXED[2]], rule) == [0, 0]  # all BLQ: before the first quantifiable value
    assert apply_blq_rule([], rule) == []


def test_half_the_limit_never_moves_the_last_value() -> None:
    # decided difference: the reference ends this area at 12 h, the imputed sample
    assert find_last(MIXED).time == 8


def test_area_linear_up_logarithmic_down() -> None:
    up, down = (Fraction(0), Fraction(0)), (Fraction(2), Fraction(10))
    falling = (Fraction(6), Fraction(5))
    # 0 to 10 in 2 h: 10; 10 to 5 in 4 h: (10 - 5) * 4 / ln 2
    assert compute_area([up, down, falling], Fraction(0), Fraction(6)) == near(10 + 20 / math.log(2))
    # cut at 4 h: the value there is 10 * (5/10)^(1/2)
    middle = 10 * math.sqrt(0.5)
    cut = (10 - middle) * 2 / math.log(10 / middle)
    assert compute_area([up, down, falling], Fraction(0), Fraction(4)) == near(10 + cut)
    assert compute_area([up, down, falling], Fraction(0), Fraction(1)) == near(0.5 * 1 * 5)


def test_area_of_almost_equal_values_keeps_its_digits() -> None:
    # the logarithm of 1 + 1e-15 by log() alone loses every digit; the area is 1 h times (almost) 1
    curve = [(Fraction(0), 1 + Fraction(1, 10**15)), (Fraction(1), Fraction(1))]
    assert compute_area(curve, Fraction(0), Fraction(1)) == near(1.0)


def test_no_area_beyond_the_samples() -> None:
    curve = [(Fraction(1), Fraction(1)), (Fraction(2), Fraction(2))]
    assert compute_area(curve, Fraction(0), Fraction(2)) is None
    assert compute_area(curve, Fraction(1), Fraction(3)) is None
    assert compute_area(curve[:1], Fraction(1), Fraction(1)) is None
    assert compute_area([], Fraction(0), Fraction(0)) is None


values = st.lists(st.integers(1, 10**6), min_size=4, max_size=4)


@given(values, st.integers(1, 100))
def test_areas_scale_with_the_concentration_and_add_up(numbers: list[int], factor: int) -> None:
    times = [Fraction(t) for t in (0, 2, 4, 8)]
    curve = list(zip(times, map(Fraction, numbers), strict=True))
    whole = compute_area(curve, times[0], times[3])
    scaled = compute_area([(t, v * factor) for t, v in curve], times[0], times[3])
    assert scaled == pytest.approx(whole * factor, rel=1e-9)
    parts = compute_area(curve, times[0], Fraction(3)), compute_area(curve, Fraction(0), Fraction(8))
    assert parts[0] < parts[1]
    assert min(numbers) * 8 <= whole * (1 + 1e-9)
    assert whole <= max(numbers) * 8 * (1 + 1e-9)
