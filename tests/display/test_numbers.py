"""Numbers become text: reference/rounding.json, the rules R-103 to R-115, and the patterns of invariant 5."""

import json
import math
import subprocess
import sys
from collections import Counter
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crf2csr.display import numbers as shown

# Hand-worked by the conventions of SAS; see tests/reference/README.md
CASES = json.loads((Path(__file__).parents[1] / "reference/rounding.json").read_text(encoding="utf-8"))

# Cells that the house rules print otherwise, decided in docs/decisions/0003-number-display.md: reference -> ours.
DECIDED_COUNTS = {
    (1, 8, 0): "1 (12.5)",
    (3, 8, 0): "3 (37.5)",
    (5, 8, 0): "5 (62.5)",
    (7, 8, 0): "7 (87.5)",
    (1, 32, 2): "1 (3.1)",  # 100/32 = 3.125
    (1, 40, 0): "1 (2.5)",
    (1, 200, 0): "1 (0.5)",
    (199, 200, 0): "199 (99.5)",
    (999, 1000, 0): "999 (99.9)",
    (29, 200, 0): "29 (14.5)",
    (0, 0, 1): "–",
}
finite = st.floats(allow_nan=False, allow_infinity=False)
ordinary = st.floats(-1e9, 1e9)
ANY_TEXT = r"\w"  # which of several messages does not matter
codes = st.sampled_from(["NE", "NC"])


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [case for case in CASES if case["kind"] == kind]


# reference/rounding.json


def test_every_case_has_a_test() -> None:
    kinds = {"number": 23, "n_pct": 19, "pvalue": 4, "pct_ci": 3, "summary": 2, "geomean": 1}
    assert Counter(case["kind"] for case in CASES) == kinds


@pytest.mark.parametrize("case", of_kind("number"), ids=lambda case: f"{case['value']} to {case['decimals']}")
def test_numbers(case: dict[str, Any]) -> None:
    for value in (float(case["value"]), Decimal(case["value"]), Fraction(case["value"]), np.float64(case["value"])):
        assert shown.format_number(value, case["decimals"]) == case["sas_display"]


@pytest.mark.parametrize("case", of_kind("n_pct"), ids=lambda case: f"{case['x']} of {case['n']} to {case['decimals']}")
def test_counts_with_percent(case: dict[str, Any]) -> None:
    key = case["x"], case["n"], case["decimals"]
    if case["n"]:
        percent = Fraction(100 * case["x"], case["n"])
        assert percent == Fraction(case["exact_percent"])
        assert str(shown.round_half_away(percent, case["decimals"])) == case["sas_pct"]
    assert (key in DECIDED_COUNTS) == (case["decimals"] != 1 or case["n"] == 0)
    without_sign = case["sas_display"].replace("%", "")
    assert shown.format_count_percent(case["x"], case["n"]) == DECIDED_COUNTS.get(key, without_sign)


@pytest.mark.parametrize("case", of_kind("pvalue"), ids=lambda case: case["value"])
def test_p_values(case: dict[str, Any]) -> None:
    assert shown.format_p_value(float(case["value"])) == case["sas_display"]


@pytest.mark.parametrize("case", of_kind("pct_ci"), ids=lambda case: case["sas_display"])
def test_percent_with_interval(case: dict[str, Any]) -> None:
    parts = ["NC" if case[name] is None else case[name] for name in ("estimate", "lower", "upper")]
    assert shown.format_percent_estimate(*parts) == case["sas_display"]


@pytest.mark.parametrize("case", of_kind("summary"), ids=lambda case: str(case["values"]))
def test_decimals_of_statistics(case: dict[str, Any]) -> None:
    # n = 3: mean 7/3, SD sqrt(7/3); n = 2: mean 3/2, SD sqrt(1/2)
    mean, sd = {3: (7 / 3, math.sqrt(7 / 3)), 2: (1.5, math.sqrt(0.5))}[len(case["values"])]
    median = {3: 2, 2: 1.5}[len(case["values"])]
    expected, collected = case["sas_display"], case["decimals_raw"]
    values = {"mean": mean, "sd": sd, "median": median, "min": min(case["values"]), "max": max(case["values"])}
    for statistic, value in values.items():
        assert shown.format_statistic(value, statistic, collected) == expected[statistic]
    n = int(expected["n"])
    with_sd, without = f"{expected['mean']} ({expected['sd']})", expected["mean"]
    assert shown.format_mean_sd(n, mean, sd, collected, small_n=2) == with_sd
    assert shown.format_mean_sd(n, mean, sd, collected) == (with_sd if n >= 3 else without)  # decided: R-108


def test_geometric_mean() -> None:
    (case,) = of_kind("geomean")
    assert case["sas_display"] == "5.0"
    assert shown.format_significant(float(case["values"][0])) == "5.00"  # decided: R-115, three significant digits


# Rounding


def test_examples_of_r_103_and_r_104() -> None:
    assert str(shown.round_half_away(2.675, 2)) == "2.68"
    assert str(shown.round_half_away(12.5, 0)) == "13"
    assert str(shown.round_half_away(Fraction(100, 8), 0)) == "13"
    assert str(shown.round_half_away(Fraction(100, 16), 1)) == "6.3"
    assert str(shown.round_half_away(-0.04, 1)) == str(shown.round_half_away(-0.0, 1)) == "0.0"


@given(value=finite, decimals=st.integers(0, 12))
def test_equals_decimal_quantize_half_up(value: float, decimals: int) -> None:
    expected = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, Context(prec=400))
    got = shown.round_half_away(value, decimals)
    assert got == expected
    assert got.as_tuple().exponent == -decimals
    assert not (got == 0 and got.is_signed())


@given(value=st.fractions(), decimals=st.integers(-3, 6))
def test_rounds_to_the_nearest_and_halves_away_from_zero(value: Fraction, decimals: int) -> None:
    step = Fraction(1, 10) ** decimals if decimals >= 0 else Fraction(10) ** -decimals
    got = Fraction(shown.round_half_away(value, decimals))
    assert got % step == 0
    assert abs(got - value) <= step / 2
    assert abs(got - value) < step / 2 or abs(got) > abs(value)
    assert Fraction(shown.round_half_away(-value, decimals)) == -got


@pytest.mark.parametrize(
    "bad", [math.nan, math.inf, -math.inf, None, pd.NA, pd.NaT, Decimal("NaN"), True, "nan", "1.5", ""]
)
def test_what_is_neither_number_nor_code_is_refused(bad: Any) -> None:
    for call in (
        lambda: shown.format_number(bad, 1),
        lambda: shown.format_significant(bad),
        lambda: shown.format_interval(1.0, bad, 1),
        lambda: shown.format_percent_interval(bad, 0.5),
        lambda: shown.format_mean_sd(3, 1.0, bad, 0),
        lambda: shown.format_min_max(bad, bad, 0),
        lambda: shown.format_median_range(1, 1, bad, 2),
        lambda: shown.format_months(bad),
        lambda: shown.format_p_value(bad),
        lambda: shown.format_count(bad),
        lambda: shown.format_count_percent(bad, 3),
        lambda: shown.format_count_percent(0, bad),
    ):
        with pytest.raises(ValueError, match=ANY_TEXT):
            call()


# Counts and percentages


def test_zero_style_and_empty_column() -> None:
    assert shown.format_count_percent(0, 18) == "0"
    assert shown.format_count_percent(0, 18, zero_style="full") == "0 (0.0)"
    assert shown.format_count_percent(0, 0) == shown.format_count_percent(0, 0, "full") == "–"
    assert shown.format_count(0) == shown.format_count(0, 3) == "0"
    assert shown.format_count(0, 0) == "–"
    assert shown.format_fraction(0, 3) == "0/3"
    assert shown.format_fraction(0, 3, zero_style="full") == "0/3 (0.0)"
    assert shown.format_fraction(1, 3) == "1/3 (33.3)"
    assert shown.format_fraction(0, 0) == "–"


def test_percent_near_its_ends() -> None:
    assert shown.format_percent(18, 18) == "100.0"
    assert shown.format_percent(1, 2001) == "<0.1"  # 0.04998
    assert shown.format_percent(1, 2000) == "0.1"  # 0.05
    assert shown.format_percent(1999, 2000) == ">99.9"  # 99.95
    assert shown.format_percent(1998, 2000) == "99.9"
    assert shown.format_percent(0, 7) == "0.0"


def test_events_follow_the_percentage() -> None:
    assert shown.format_count_percent(6, 18, events=15) == "6 (33.3) [15]"
    assert shown.format_count_percent(0, 18, events=0) == "0"
    assert shown.format_count_percent(0, 18, "full", events=0) == "0 (0.0) [0]"
    assert shown.format_count_percent(0, 0, events=0) == "–"


def test_counts_read_back_as_floats_are_counts() -> None:
    assert shown.format_count_percent(6.0, float(np.int64(18))) == "6 (33.3)"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((4, 3), "4 is larger than its denominator 3"),
        ((1, 0), "1 is larger than its denominator 0"),
        ((-1, 3), "-1"),
        ((0.5, 3), "0.5"),
        ((0, 3, "none"), "display.zero_style is 'none'"),
        ((3, 3, "bare", "100"), "display.hundred is '100'"),
        ((3, 3, "bare", "100.0", 2), "2 events cannot come from 3 subjects"),
        ((0, 3, "bare", "100.0", 2), "2 events cannot come from 0 subjects"),
    ],
)
def test_impossible_counts_and_unknown_styles_are_refused(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        shown.format_count_percent(*arguments)


def test_every_percentage_up_to_150_subjects_in_tenths() -> None:
    for n in range(1, 151):
        texts = [shown.format_percent(x, n) for x in range(n + 1)]
        for x, text in enumerate(texts):
            tenths, rest = divmod(1000 * x, n)  # 1000 x/n tenths of a percent, rounded up from a rest of one half
            tenths += 2 * rest >= n
            assert text == f"{tenths // 10}.{tenths % 10}"


@given(st.integers(1, 10**7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_percentages_never_reach_0_or_100_unless_exactly(pair: tuple[int, int]) -> None:
    count, total = pair
    text = shown.format_percent(count, total)
    assert (text == "0.0") == (count == 0)
    assert (text == "100.0") == (count == total)
    if text[0] not in "<>":
        assert abs(Fraction(text) - Fraction(100 * count, total)) <= Fraction(1, 20)


# Intervals, statistics, codes


def test_test_points_of_section_8() -> None:  # x/n -> (lower, upper) in percent
    from crf2csr.analyze.statistics.proportions import compute_clopper_pearson

    points = {
        (0, 1): "(0.0, 97.5)",
        (1, 1): "(2.5, 100.0)",
        (0, 3): "(0.0, 70.8)",
        (1, 3): "(0.8, 90.6)",
        (2, 3): "(9.4, 99.2)",
        (3, 3): "(29.2, 100.0)",
        (6, 18): "(13.3, 59.0)",
    }
    limits = {point: compute_clopper_pearson(*point) or ("NC", "NC") for point in points}
    assert {point: shown.format_percent_interval(*limits[point]) for point in points} == points


def test_intervals_with_codes() -> None:
    assert shown.format_interval(2.5, "NE", 1) == "(2.5, NE)"  # invariant 5
    assert shown.format_interval("NE", "NE", 1) == "(NE, NE)"
    assert shown.format_interval("NC", "NC", 1) == "NC"
    assert shown.format_percent_interval("–", "–") == "–"
    assert shown.format_estimate_interval(4, "NE", "NE", 0) == "4 (NE, NE)"  # single event, section 7
    assert shown.format_percent_interval(0.0003, 0.99999) == "(0.0, 100.0)"  # no < or > in an interval
    for lower, upper in (("NA", 2.5), ("–", 2.5), (2.5, 1.0), ("NE", "x")):
        with pytest.raises(ValueError, match=ANY_TEXT):
            shown.format_interval(lower, upper, 1)
    for lower, upper in ((-0.1, 0.5), (0.5, 1.1), (33.3, 90.6)):
        with pytest.raises(ValueError, match="between 0 and 1"):
            shown.format_percent_interval(lower, upper)


def test_mean_and_sd_of_few_values() -> None:
    assert shown.format_mean_sd(0, "–", "–", 0) == "–"
    assert shown.format_mean_sd(1, 45.7, "NC", 1) == "NC"
    assert shown.format_mean_sd(1, 45.7, "NC", 1, small_n=1) == "45.70 (NC)"
    assert shown.format_mean_sd(2, 45.7, 1.2, 1) == "45.70"
    assert shown.format_mean_sd(3, 53.2, 7.93032155716273, 1) == "53.20 (7.930)"  # pk_summary.json, n3_basic
    assert shown.format_mean_sd(3, "NC", "NC", 1) == "NC"


def test_decimals_are_capped_at_four() -> None:
    wanted = {0: (1, 2, 0), 1: (2, 3, 1), 2: (3, 4, 2), 3: (4, 4, 3), 4: (4, 4, 4), 6: (4, 4, 4)}
    for collected, expected in wanted.items():
        assert tuple(shown.statistic_decimals(name, collected) for name in ("mean", "sd", "max")) == expected
    for name, collected in (("mode", 0), ("mean", -1)):
        with pytest.raises(ValueError, match="R-107"):
            shown.statistic_decimals(name, collected)


def test_pairs_and_ranges() -> None:
    assert shown.format_min_max(1, 4, 0) == "1, 4"
    assert shown.format_quartiles(1.5, 3.5, 0) == "1.5, 3.5"
    assert shown.format_range(1.2, 8.4, 1, (False, True)) == "1.2, 8.4+"
    assert shown.format_range(6.04, "NE", 1) == "6.0, NE"
    assert shown.format_range("NE", "NE", 1) == "NE, NE"
    assert shown.format_range("NC", "NC", 1) == "NC"
    assert shown.format_median_range(4, 2, 8, shown.TMAX_DECIMALS) == "4.00 (2.00-8.00)"
    assert shown.format_median_range(4, 2, 8, 1, (True, True)) == "4.0 (2.0+-8.0+)"
    assert shown.format_median_range("NC", "NC", "NC", 1) == "NC"
    assert shown.format_individual(["1.2+", "BLQ", "3.4"]) == "1.2+; BLQ; 3.4"
    assert shown.format_individual([]) == "–"
    for call in (
        lambda: shown.format_median_range("NE", 2, 8, 1),
        lambda: shown.format_range("NE", 2.0, 1, (True, False)),
        lambda: shown.format_range(3, 2, 1),
        lambda: shown.format_individual(["1.2", "nan"]),
    ):
        with pytest.raises(ValueError, match=ANY_TEXT):
            call()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5.00"),
        (0.045, "0.0450"),
        (9.994, "9.99"),
        (9.995, "10.0"),
        (99.95, "100"),
        (999.4, "999"),
        (999.5, "1000"),
        (12345, "12300"),
        (0.00012345, "0.000123"),
        (1e-10, "0.000000000100"),
        (-2.675, "-2.68"),
        (Fraction(1, 3), "0.333"),
        (Decimal("1.0"), "1.00"),
        (0, "0"),
        (-0.0, "0"),
        ("NC", "NC"),
    ],
)
def test_three_significant_digits(value: Any, text: str) -> None:  # R-115, hand-worked
    assert shown.format_significant(value) == text


@given(value=ordinary.filter(bool), digits=st.integers(1, 8))
def test_significant_digits_equal_the_decimal_context(value: float, digits: int) -> None:
    expected = Context(prec=digits, rounding=ROUND_HALF_UP).create_decimal(repr(value))
    text = shown.format_significant(value, digits)
    assert Decimal(text) == expected
    places = max(digits - 1 - expected.adjusted(), 0)  # decimals needed for the last significant digit
    assert len(text.partition(".")[2]) == places
    assert "E" not in text


def test_months_and_years() -> None:
    assert shown.format_months(30.4375) == "1.0"
    assert shown.format_months(140) == "4.6"  # 140 / 30.4375 = 4.5996
    assert shown.format_months(Fraction("30.4375") * Fraction("1.25"), censored=True) == "1.3+"
    assert shown.format_months(3652.5) == "120.0"  # ten years
    assert shown.format_years(36525) == "100.0"
    assert shown.format_months("NE") == shown.format_years("NE") == "NE"


def test_p_values_near_their_ends() -> None:
    texts: dict[Any, str] = {0.00009999: "<0.0001", 0.9999: "0.9999", 0.99991: ">0.9999", 1: ">0.9999", "NC": "NC"}
    assert {value: shown.format_p_value(value) for value in texts} == texts
    for value in (-0.1, 1.1):
        with pytest.raises(ValueError, match="probability"):
            shown.format_p_value(value)


# Cells

LEGAL = {
    "count": ["0", "18"],
    "count_percent": ["0", "0 (0.0)", "12 (33.3)", "1 (<0.1)", "999 (>99.9)", "18 (100.0)"],
    "count_percent_events": ["0", "12 (33.3)", "12 (33.3) [15]", "0 (0.0) [0]"],
    "fraction": ["0/3", "1/3 (33.3)"],
    "number": ["1", "-1.5", "8.4+"],
    "mean_sd": ["2.3", "2.3 (1.53)", "-2.3 (NC)"],
    "range": ["1, 4", "1.2, 8.4+", "NE, NE", "-3, NE"],
    "median_range": ["4.00 (2.00-8.00)", "4 (2-8+)"],
    "interval": ["(2.5, NE)", "(0.0, 100.0)", "(NE, NE)", "(NC, NC)"],
    "estimate_interval": ["33.3 (0.8, 90.6)", "NE (2.5, NE)"],
    "concentration": ["45.7", "BLQ"],
    "individual": ["1.2+; 3.4", "BLQ", "3.4"],
    "word": ["n < 5", "not determined"],
    "day": ["2019-07-09"],
    "text": ["anything", "two\nlines", "{ } \\ µ"],
}
ILLEGAL = {
    "count": ["-1", "1.0", "1 ", "1\n", "٣", "nan"],
    "count_percent": ["00", "12", "12 (33)", "12 (33.33)", "12 (33.3%)", "12 (<0.2)", "12 (33.3) [15]", "None", "0 ()"],
    "count_percent_events": ["12 (33.3) [x]", "12 [15]", "12 (33.3) [15] "],
    "fraction": ["1/3 (33)", "1 / 3", "33.3"],
    "number": ["nan", "inf", "-inf", "1.", ".5", "1e5", "<0.0001", "+1", "1,000", "−1"],
    "mean_sd": ["2.3 ()", "(1.53)", "2.3 (1.53", "2.3(1.53)"],
    "range": ["1,4", "1; 4", "NC, 4", "1"],
    "median_range": ["4 (2, 8)", "4 (2–8)", "NE (2-8)"],
    "interval": ["2.5, NE", "(2.5, NA)", "(nan, nan)", "(<0.1, 5.0)", "(2.5,NE)"],
    "estimate_interval": ["33.3 0.8, 90.6", "NA (0.8, 90.6)"],
    "concentration": ["<1", "BLQ+", "blq"],
    "individual": ["1.2, 3.4", "1.2;3.4", "1.2; ", "NE; 1"],
    "word": ["maybe", "N < 5"],
    "day": ["2019-7-9", "July 2019", "2019-07-09T10:00"],
    "text": [],
}
CODES_AND_BLANK = ["–", "NE", "NC", "NA", "ND", ""]
WORDS = ("n < 5", "not determined")


def test_every_kind_has_examples() -> None:
    assert set(LEGAL) == set(ILLEGAL) == {*shown.CELL_PATTERNS, "word"}


@pytest.mark.parametrize("kind", LEGAL)
def test_legal_cells_codes_and_the_blank_pass(kind: str) -> None:
    for text in LEGAL[kind] + CODES_AND_BLANK:
        assert shown.check_cell(text, kind, WORDS) == text


@pytest.mark.parametrize("kind", ILLEGAL)
def test_illegal_cells_are_refused_by_name(kind: str) -> None:
    for text in ILLEGAL[kind]:
        with pytest.raises(ValueError, match=kind) as caught:
            shown.check_cell(text, kind, WORDS, where="t-14-2-1, row ORR, column 75 mg")
        assert str(caught.value).startswith("t-14-2-1, row ORR, column 75 mg: ")
        assert repr(text) in str(caught.value)


def test_unknown_kind_missing_list_and_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown kind 'percent'"):
        shown.check_cell("1", "percent")
    with pytest.raises(ValueError, match="'n < 5' does not fit"):
        shown.check_cell("n < 5", "word")
    for value in (1, None, math.nan):
        with pytest.raises(ValueError, match="is no text"):
            shown.check_cell(value, "text")  # type: ignore[arg-type]


@st.composite
def formatted(draw: st.DrawFn) -> tuple[str, str]:
    """Any kind with a text that one of the functions made for it."""
    total = draw(st.integers(0, 5000))
    count = draw(st.integers(0, total))
    low, middle, high = sorted(draw(st.lists(ordinary, min_size=3, max_size=3)))
    shares = sorted(draw(st.lists(st.floats(0, 1), min_size=2, max_size=2)))
    upper = draw(st.one_of(st.just(high), codes))
    decimals = draw(st.integers(0, 4))
    ends = draw(st.tuples(st.booleans(), st.booleans()))
    style = draw(st.sampled_from(["bare", "full"]))
    n = draw(st.integers(0, 30))
    return draw(
        st.sampled_from(
            [
                ("count", shown.format_count(count, total)),
                ("count_percent", shown.format_count_percent(count, total, style)),
                ("count_percent_events", shown.format_count_percent(count, total, style, events=3 * count)),
                ("fraction", shown.format_fraction(count, total, style)),
                ("number", shown.format_number(low, decimals, ends[0])),
                ("number", shown.format_statistic(low, "sd", decimals)),
                ("number", shown.format_significant(low)),
                ("number", shown.format_months(abs(low), ends[0])),
                ("concentration", shown.format_significant(abs(high))),
                ("mean_sd", shown.format_mean_sd(n, low, abs(high), decimals)),
                ("range", shown.format_range(low, high, decimals, ends)),
                ("range", shown.format_min_max(low, high, decimals)),
                ("median_range", shown.format_median_range(middle, low, high, decimals, ends)),
                ("interval", shown.format_interval(low, upper, decimals)),
                ("interval", shown.format_percent_interval(*shares)),
                ("estimate_interval", shown.format_estimate_interval(middle, low, upper, decimals)),
                ("individual", shown.format_individual([shown.format_number(low, decimals, ends[0]), "BLQ"])),
            ]
        )
    )


@given(formatted())
def test_every_formatted_text_fits_its_cell_without_nan_or_negative_zero(made: tuple[str, str]) -> None:
    kind, text = made
    assert text == "–" or text == "NC" or shown.CELL_PATTERNS[kind].fullmatch(text)
    for part in text.replace("+", "").replace("(", " ").replace(")", " ").replace(",", " ").split():
        assert not (part.startswith("-") and part.strip("-0.") == "")


# Legend of codes


def test_legend_names_the_codes_that_occur_once_and_in_order() -> None:
    legend = shown.explain_codes(["–", "4.0 (2.5, NE)", "NC", "NE", "12 (33.3)"])
    assert legend == "NE = not evaluable or not estimable; NC = not calculable; – = no denominator."
    assert shown.explain_codes(["NA"]) == "NA = not applicable."
    assert shown.explain_codes(["ND", "BLQ; 1.2"]) == "ND = not done."


def test_legend_ignores_letters_in_words_and_dashes_between_numbers() -> None:
    assert shown.explain_codes(["NON-CR/NON-PD", "Serum NA", "0–8 h", "NEUTROPENIA", "12 (33.3)", ""]) == ""


def test_importing_the_module_loads_no_heavy_library() -> None:
    code = "import sys, crf2csr.display.numbers; print({'numpy', 'scipy', 'pandas'} & set(sys.modules))"
    root = Path(__file__).parents[2]
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True).stdout
        == "set()\n"
    )


@pytest.mark.parametrize(
    ("value", "text"), [(5, "5"), (5.0, "5"), (Decimal("2.50"), "2.5"), (100.0, "100"), (0.1, "0.1"), (125, "125")]
)
def test_a_planned_number_is_written_as_it_is(value, text):
    assert shown.format_plain(value) == text
