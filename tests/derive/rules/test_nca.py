"""Peak, last value and areas: PKNCA numbers, and hand arithmetic where the project decided otherwise."""

import json
import math
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crf2csr.derive.rules.nca import (
    LINEAR,
    LINEAR_LOG,
    UP_DOWN,
    Point,
    apply_blq_rule,
    compute_area,
    find_last,
    find_peak,
    measured_curve,
)
from crf2csr.derive.rules.terminal import TIE, Slope, fit_terminal, terminal_points, why_no_slope

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
METHODS = {LINEAR: "linear", UP_DOWN: "lin up/log down", LINEAR_LOG: "lin-log"}
#: What differs by decision; each has its own test below, of the profile or of the parameters.
#: The reference takes the peak from all samples, ours from those after the dose (R-1304).
PEAK_BEFORE_DOSE = {"trial_single_sample_c1d15", "pknca_test_5", "pknca_test_6", "pknca_test_7"}
#: All missing, negative, time missing: judged one level higher (R-1302, R-1310).
HIGHER = {"trial_all_missing", "trial_negative_conc", "trial_missing_time"}
#: LLOQ/2 never moves the last quantifiable value (R-1309).
HALF_AFTER_LAST = {"trial_single_quant", "trial_blq_after"}
#: Equal neighbours after the peak: the reference divides 0 by 0 under lin-log and has no area, ours is the rectangle.
LEVEL = {"indometh_4", "pknca_test_1"}
#: Run by the reference with the peak as a point of the slope; the last one with another tie.
FROM_PEAK = {"trial_tmax_2h_allow", "pknca_test_5", "pknca_test_7"}
OTHER_TIE = {"pknca_test_7": 0.01}


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


Area = tuple[dict, str, str, float | None]


def areas(name: str) -> list[Area]:
    """Case, rule, method and area of the reference, wherever it has one and the difference is not decided."""
    found = []
    for case in (c for c in CASES if c["id"] not in HIGHER):
        for rule, theirs in RULES.items():
            for method, word in METHODS.items():
                block = case["expected"]["auc"].get(f"{theirs}|{word}", {})
                half = rule == "half_lloq_after" and case["id"] in HALF_AFTER_LAST
                level = method == LINEAR_LOG and case["id"] in LEVEL
                if name in block and not half and not level:
                    found.append((case, rule, method, block[name]))
    return found


def shown(item: object) -> str:
    return named(item) if isinstance(item, dict) else str(item) if isinstance(item, str) else ""


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
    # 35 cases with 4 rules and 3 methods, less 2 cases x 4 rules of LEVEL; LLOQ/2 with 2 methods in 11 cases, less 2 of
    # HALF_AFTER_LAST
    assert len(areas("auclast")) == 35 * 4 * 3 - 2 * 4 + 9 * 2
    left_out = {case["id"] for case, _, _, _ in areas("aucint_last") if not covered(case)}
    assert left_out == {
        *("trial_missing_8h", "trial_missing_predose", "trial_no_predose_row", "trial_actual_times"),
        *("trial_single_quant", "trial_blq_after", "pknca_test_2", "pknca_test_4"),
    }
    # 35 cases less 2 single samples without an interval and these 8, less LEVEL
    assert len(INTERVALS) == (35 - 2 - 8) * 4 * 3 - 2 * 4


@pytest.mark.parametrize(("case", "rule", "method", "expected"), areas("auclast"), ids=shown)
def test_area_to_the_last_value(case: dict, rule: str, method: str, expected: float | None) -> None:
    assert to_last(case, rule, method) == (None if expected is None else near(expected))


def to_last(case: dict, rule: str, method: str) -> float | None:
    points = points_of(case)
    last = find_last(points)
    assert last is not None
    curve = [pair for pair in measured_curve(points, rule) if pair[0] <= last.time]
    return compute_area(curve, exact(case["auc_start"]), last.time, method)


@pytest.mark.parametrize(("case", "rule", "method", "expected"), INTERVALS, ids=shown)
def test_area_of_the_interval(case: dict, rule: str, method: str, expected: float) -> None:
    start, end = (hours(limit) for limit in case["partial_interval"])
    assert compute_area(measured_curve(points_of(case), rule), start, end, method) == near(expected)


def slope_points(case: dict) -> list[Point]:
    """The points that the reference may draw the slope through."""
    points = points_of(case)
    peak = find_peak(points)
    assert peak is not None
    if case["id"] in FROM_PEAK:
        return [p for p in points if p.time >= peak.time and not p.blq]
    return terminal_points(points, peak)


def slope(case: dict) -> Slope | None:
    return fit_terminal(slope_points(case), OTHER_TIE.get(case["id"], TIE))


WITH_SLOPE = [c for c in CASES if c["expected"].get("lambda_z") is not None]
WITHOUT_SLOPE = [c for c in CASES if c not in WITH_SLOPE and c["id"] not in ("trial_all_missing", "trial_missing_time")]


def test_how_many_slopes_are_compared() -> None:
    assert (len(WITH_SLOPE), len(WITHOUT_SLOPE)) == (17, 19)
    assert len(INFINITE) == 17 * 4 * 3 - 1 * 4  # indometh_4 is the case of LEVEL with a slope


@pytest.mark.parametrize("case", WITH_SLOPE, ids=named)
def test_terminal_slope(case: dict) -> None:
    expected, found = case["expected"], slope(case)
    assert found is not None
    names = ("lambda_z", "half_life", "r_squared", "adj_r_squared", "lambda_z_n_points", "span_ratio")
    ours = (found.rate, found.half_life, found.fit, found.adjusted, found.points, found.span)
    assert ours == tuple(near(expected[name]) for name in names)
    assert float(found.first) == near(expected["lambda_z_time_first"])
    assert ("LOW_R2" in found.flags, "SHORT_SPAN" in found.flags) == (
        expected["adj_r_squared"] < 0.9,
        expected["span_ratio"] < 2,
    )


@pytest.mark.parametrize("case", WITHOUT_SLOPE, ids=named)
def test_why_there_is_no_slope(case: dict) -> None:
    points, theirs = slope_points(case), case["expected"]["half_life_excluded_reason"]
    assert slope(case) is None
    if theirs is None:  # decided: the slope is exactly 0, the reference has a half-life of 1e16 h from rounding
        assert (why_no_slope(points), named(case)[:-1]) == ("NONNEG_SLOPE", "pknca_test_")
    else:
        assert theirs.endswith(f"with only {len(points)} points)")
        assert why_no_slope(points) == "TOO_FEW_POINTS"


INFINITE = [area for area in areas("aucinf_obs") if area[0] in WITH_SLOPE]


@pytest.mark.parametrize(("case", "rule", "method", "expected"), INFINITE, ids=shown)
def test_area_to_infinity(case: dict, rule: str, method: str, expected: float | None) -> None:
    line, last, area = slope(case), find_last(points_of(case)), to_last(case, rule, method)
    assert line is not None
    assert last is not None
    assert area is not None
    assert area + line.beyond(last.value) == near(expected)


@pytest.mark.parametrize("name", sorted(LEVEL))
def test_a_level_after_the_peak_is_a_rectangle(name: str) -> None:
    [case] = [case for case in CASES if case["id"] == name]
    theirs = case["expected"]["auc"]
    assert theirs["all_zero|lin-log"]["auclast"] is None
    if name == "pknca_test_1":  # 0, 1, 1 at 0, 1, 2 h: 0.5 + 1
        assert to_last(case, "all_zero", LINEAR_LOG) == near(1.5)
    else:  # it falls or is level after its first sample, so both ways are one
        assert to_last(case, "all_zero", LINEAR_LOG) == near(theirs["all_zero|lin up/log down"]["auclast"])


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
