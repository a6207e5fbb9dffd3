"""The only place where numbers become text: rounding, counts, percentages, statistics, intervals, codes, cell patterns.

Rules R-103 to R-115 and invariant 5 of docs/rules.md. A value is a number or, where an analysis could not give one, a
code of R-113 as text; `nan`, infinity and None are never printed but refused. Every text is held to the pattern of its
cell before it is returned. What the rules leave open is settled in docs/decisions/0003-number-display.md.
"""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

Number = int | float | Fraction | Decimal
Value = Number | str

NO_DENOMINATOR = "–"

#: The codes of R-113 in the order of the legend.
CODES = {
    "NE": "not evaluable or not estimable",
    "NC": "not calculable",
    "NA": "not applicable",
    "ND": "not done",
    NO_DENOMINATOR: "no denominator",
}

#: Decimals of a statistic beyond those collected (R-107), and the most that is ever shown.
_EXTRA_DECIMALS = {"mean": 1, "median": 1, "q1": 1, "q3": 1, "sd": 2, "min": 0, "max": 0}
_MOST_DECIMALS = 4

#: Fixed decimals of pharmacokinetic results that are not shown with significant digits (R-115).
CV_DECIMALS, TMAX_DECIMALS, RATIO_DECIMALS = 1, 2, 3

_DAYS_OF_MONTH, _DAYS_OF_YEAR = Fraction("30.4375"), Fraction("365.25")

_P = r"\((?:<0\.1|>99\.9|\d{1,3}\.\d)\)"
_V = r"-?\d+(?:\.\d+)?"
_W = rf"{_V}\+?"
_B = rf"(?:{_V}|NE|NC)"
_COUNT_PERCENT = rf"(?:0(?: \(0\.0\))?|\d+ {_P})"
_PATTERNS = {
    "count": r"\d+",
    "count_percent": _COUNT_PERCENT,
    "count_percent_events": rf"{_COUNT_PERCENT}(?: \[\d+\])?",
    "fraction": rf"\d+/\d+(?: {_P})?",
    "number": _W,
    "mean_sd": rf"{_V}(?: \({_B}\))?",
    "range": rf"(?:{_W}|NE), (?:{_W}|NE)",
    "median_range": rf"{_V} \({_W}-{_W}\)",
    "interval": rf"\({_B}, {_B}\)",
    "estimate_interval": rf"{_B} \({_B}, {_B}\)",
    "concentration": rf"(?:{_V}|BLQ)",
    "individual": rf"(?:{_W}|BLQ)(?:; (?:{_W}|BLQ))*",
    "day": r"\d{4}-\d{2}-\d{2}",
    "text": r"(?s:.*)",
}

#: The whole text of a cell by its kind (invariant 5), for `fullmatch`. The kind `word` has a closed list instead.
CELL_PATTERNS: dict[str, re.Pattern[str]] = {kind: re.compile(p, re.ASCII) for kind, p in _PATTERNS.items()}

_CODE_WORD = re.compile(r"(?<![\w/])(?:NE|NC|NA|ND)(?![\w/])")


# Rounding


def round_half_away(value: Number, decimals: int) -> Decimal:
    """Return the value rounded half away from zero to so many decimals (negative: tens, hundreds), zero without sign.

    The arithmetic is exact; a float counts as the decimal that `repr` prints, so that 2.675 gives 2.68. The result
    keeps its trailing zeros. Raises ValueError for nan, infinity, None and whatever is no int, float, Fraction or
    Decimal. R-103, R-104.
    """
    exact = _exact(value)
    steps = math.floor(abs(exact) * Fraction(10) ** decimals + Fraction(1, 2))
    return Decimal((int(exact < 0 and steps > 0), tuple(map(int, str(steps))), -decimals))


def _exact(value: Number) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, (numbers.Integral, float, Fraction, Decimal)):
        raise ValueError(f"{value!r} is neither a number nor one of the codes {', '.join(CODES)}")
    if not math.isfinite(value):
        raise ValueError(
            f"{value!r} cannot be shown: an analysis gives a code ({', '.join(CODES)}) where a number does not exist"
        )
    return Fraction(Decimal(repr(float(value)))) if isinstance(value, float) else Fraction(value)


def _whole(value: Number, name: str) -> int:
    exact = _exact(value)
    if exact.denominator != 1 or exact < 0:
        raise ValueError(f"{name} is {value!r}: a count is a whole number from 0")
    return int(exact)


def _share(count: Number, total: Number) -> tuple[int, int]:
    """Return numerator and denominator as whole numbers, 0 <= count <= total."""
    part, whole = _whole(count, "count"), _whole(total, "denominator")
    if part > whole:
        raise ValueError(f"count {part} is larger than its denominator {whole}")
    return part, whole


def to_percent(value: Value) -> Value:
    """Return a proportion between 0 and 1 as an exact percentage; a code stays. Raises ValueError outside 0 to 1."""
    if isinstance(value, str):
        return value
    if not 0 <= (exact := _exact(value)) <= 1:
        raise ValueError(f"{value!r} is no proportion: it must lie between 0 and 1")
    return exact * 100


def to_months(days: Value) -> Value:
    """Return days as exact months of 30.4375 days (R-114); a code stays."""
    return days if isinstance(days, str) else _exact(days) / _DAYS_OF_MONTH


def to_years(days: Value) -> Value:
    """Return days as exact years of 365.25 days (R-114); a code stays."""
    return days if isinstance(days, str) else _exact(days) / _DAYS_OF_YEAR


# Single numbers


def format_number(value: Value, decimals: int, censored: bool = False) -> str:
    """Return a number with its decimals, `+` after a censored time (R-716), or the code. R-103, R-104, R-113."""
    return check_cell(_text(value, decimals, censored), "number")


def format_plain(value: Number) -> str:
    """Return a planned number (a threshold, a dose level) as it is written: its own decimals, no trailing zeros."""
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(str(value))
    return f"{exact.normalize():f}"


def format_statistic(value: Value, statistic: str, collected: int) -> str:
    """Return mean, sd, median, q1, q3, min or max with the decimals of R-107 for `collected` decimals on the CRF."""
    return format_number(value, statistic_decimals(statistic, collected))


def statistic_decimals(statistic: str, collected: int) -> int:
    """Return the decimals of a statistic: collected + 1, + 2 for sd, + 0 for min and max, at most 4 (R-107)."""
    if statistic not in _EXTRA_DECIMALS or collected < 0:
        raise ValueError(
            f"no decimals are defined for statistic {statistic!r} of values with {collected} decimals (R-107)"
        )
    return min(collected + _EXTRA_DECIMALS[statistic], _MOST_DECIMALS)


def format_significant(value: Value, digits: int = 3) -> str:
    """Return a number with its significant digits, no exponent: `5.00`, `12300`, `0.0450`; zero is `0` (R-115)."""
    if isinstance(value, str) or (exact := _exact(value)) == 0:
        return format_number(value, 0)
    if digits < 1:
        raise ValueError(f"a number needs at least one significant digit, not {digits}")
    place = _leading_place(exact)
    if _leading_place(Fraction(round_half_away(exact, digits - 1 - place))) > place:  # 9.995 becomes 10.0
        place += 1
    return format_number(exact, digits - 1 - place)


def _leading_place(exact: Fraction) -> int:
    """Return the power of ten of the first digit: 2 for 123, -2 for 0.0123."""
    place = len(str(abs(exact.numerator))) - len(str(exact.denominator))
    return place if abs(exact) >= Fraction(10) ** place else place - 1


def format_months(days: Value, censored: bool = False) -> str:
    """Return days as months with one decimal, or the code (R-114)."""
    return format_number(to_months(days), 1, censored)


def format_years(days: Value) -> str:
    """Return days as years with one decimal, or the code (R-114)."""
    return format_number(to_years(days), 1)


def format_p_value(value: Value) -> str:
    """Return a p-value with four decimals, `<0.0001`, `>0.9999` or the code (R-112). No cell of a display takes one."""
    if isinstance(value, str):
        return _text(value, 4)
    if not 0 <= (exact := _exact(value)) <= 1:
        raise ValueError(f"{value!r} is no probability: it must lie between 0 and 1")
    if exact < Fraction("0.0001"):
        return "<0.0001"
    return ">0.9999" if exact > Fraction("0.9999") else _text(exact, 4)


def _text(value: Value, decimals: int, censored: bool = False) -> str:
    if not isinstance(value, str):
        return f"{round_half_away(value, decimals):f}" + "+" * censored
    if value not in CODES or censored:
        raise ValueError(f"{value!r} is no number; as text only a code ({', '.join(CODES)}) may stand here, without +")
    return value


# Counts and percentages


def format_count(count: Number, total: Number | None = None) -> str:
    """Return a count; `–` where the denominator of its column, if given, is 0. R-105."""
    part = _whole(count, "count") if total is None else _share(count, total)[0]
    return check_cell(NO_DENOMINATOR if total == 0 else str(part), "count")


def format_percent(count: Number, total: Number, hundred: str = "100.0") -> str:
    """Return 100 count/total with one decimal, without brackets: `33.3`, `<0.1`, `>99.9`, `100.0`; `–` if total is 0.

    `100.0` is the only style of 100 % (`display.hundred`) that fits a cell of invariant 5; another raises ValueError.
    R-103, R-106.
    """
    if hundred != "100.0":
        raise ValueError(f"display.hundred is {hundred!r}: only '100.0' fits the percentage of a cell (one decimal)")
    part, whole = _share(count, total)
    if not whole:
        return NO_DENOMINATOR
    percent = Fraction(100 * part, whole)
    if 0 < percent < Fraction("0.05"):
        return "<0.1"
    return ">99.9" if Fraction("99.95") <= percent < 100 else _text(percent, 1)


def format_count_percent(
    count: Number, total: Number, zero_style: str = "bare", hundred: str = "100.0", events: Number | None = None
) -> str:
    """Return `12 (33.3)`, with events `12 (33.3) [15]`; zero is `0` (`bare`) or `0 (0.0)` (`full`); `–` if total is 0.

    Raises ValueError if the count exceeds the total, or the events contradict the count: each subject counted has at
    least one event. R-105, R-106, R-804.
    """
    part, whole = _share(count, total)
    if not whole:
        return NO_DENOMINATOR
    text = f"{part}{_brackets(part, whole, zero_style, hundred)}"
    if events is None:
        return check_cell(text, "count_percent")
    number = _whole(events, "events")
    if number < part or (number and not part):
        raise ValueError(f"{number} events cannot come from {part} subjects")
    bare_zero = not part and zero_style == "bare"
    return check_cell(text if bare_zero else f"{text} [{number}]", "count_percent_events")


def format_fraction(count: Number, total: Number, zero_style: str = "bare", hundred: str = "100.0") -> str:
    """Return `1/3 (33.3)`; zero is `0/3` (`bare`) or `0/3 (0.0)` (`full`); `–` if total is 0. R-105, R-106."""
    part, whole = _share(count, total)
    return check_cell(
        f"{part}/{whole}{_brackets(part, whole, zero_style, hundred)}" if whole else NO_DENOMINATOR, "fraction"
    )


def format_count_of(count: Number, total: Number) -> str:
    """Return `1/3`, without a percentage; `–` if total is 0. R-105."""
    part, whole = _share(count, total)
    return check_cell(f"{part}/{whole}" if whole else NO_DENOMINATOR, "fraction")


def _brackets(count: int, total: int, zero_style: str, hundred: str) -> str:
    if zero_style not in ("bare", "full"):
        raise ValueError(f"display.zero_style is {zero_style!r}: it must be 'bare' or 'full'")
    percent = format_percent(count, total, hundred)
    return "" if count == 0 and zero_style == "bare" else f" ({percent})"


# Intervals and pairs


def format_interval(lower: Value, upper: Value, decimals: int) -> str:
    """Return `(2.5, NE)`, limits with the decimals of the estimate; a code for both stands alone, but NE. R-111."""
    _check_order(lower, upper)
    return _one_code(lower, upper) or check_cell(f"({_text(lower, decimals)}, {_text(upper, decimals)})", "interval")


def format_percent_interval(lower: Value, upper: Value) -> str:
    """Return the limits of a proportion (0 to 1) in percent with one decimal: `(0.0, 70.8)`. R-111, R-804."""
    return format_interval(to_percent(lower), to_percent(upper), 1)


def format_estimate_interval(estimate: Value, lower: Value, upper: Value, decimals: int) -> str:
    """Return `4.0 (2.5, NE)`, all with the same decimals (R-111); one code for all three stands alone."""
    _check_order(lower, upper)
    texts = [_text(value, decimals) for value in (estimate, lower, upper)]
    return _one_code(estimate, lower, upper) or check_cell("{} ({}, {})".format(*texts), "estimate_interval")


def format_percent_estimate(estimate: Value, lower: Value, upper: Value) -> str:
    """Return an estimated proportion (0 to 1) with its limits in percent, one decimal: `33.3 (0.8, 90.6)`. R-111."""
    return format_estimate_interval(to_percent(estimate), to_percent(lower), to_percent(upper), 1)


def format_mean_sd(n: int, mean: Value, sd: Value, collected: int, small_n: int = 3) -> str:
    """Return `2.3 (1.53)` with the decimals of R-107; without SD, `1.5`, if n < `small_n` (`display.small_n`).

    n = 0 is `–`; n = 1 is `NC` if small (its value is printed as such), else `45.7 (NC)`. R-107, R-108.
    """
    if (n := _whole(n, "n")) == 0:
        return NO_DENOMINATOR
    if n == 1 and small_n > 1:
        return "NC"
    shown = format_statistic(mean, "mean", collected)
    if n < small_n or shown in CODES:
        return check_cell(shown, "mean_sd")
    return check_cell(f"{shown} ({'NC' if n == 1 else format_statistic(sd, 'sd', collected)})", "mean_sd")


def format_min_max(low: Value, high: Value, collected: int) -> str:
    """Return minimum and maximum with the decimals collected: `1, 4` (R-107)."""
    return format_range(low, high, statistic_decimals("min", collected))


def format_quartiles(q1: Value, q3: Value, collected: int) -> str:
    """Return the quartiles with one decimal more than collected: `1.5, 3.5` (R-107)."""
    return format_range(q1, q3, statistic_decimals("q1", collected))


def format_range(low: Value, high: Value, decimals: int, censored: tuple[bool, bool] = (False, False)) -> str:
    """Return `1.2, 8.4+`, `+` after a censored end (R-716); one code for both stands alone, but for `NE, NE`."""
    _check_order(low, high)
    ends = f"{_text(low, decimals, censored[0])}, {_text(high, decimals, censored[1])}"
    return _one_code(low, high) or check_cell(ends, "range")


def format_median_range(
    median: Value,
    low: Value,
    high: Value,
    decimals: int,
    censored: tuple[bool, bool] = (False, False),
    end_decimals: int | None = None,
) -> str:
    """Return `4.00 (2.00-8.00)`, as for Tmax; one code for all three stands alone. `end_decimals` are those of the
    ends, if others (R-107: `4.5 (2-8)`). R-115, R-1305."""
    _check_order(low, high)
    if len({median, low, high}) == 1 and isinstance(median, str):
        return format_number(median, decimals)
    at_ends = decimals if end_decimals is None else end_decimals
    ends = f"{_text(low, at_ends, censored[0])}-{_text(high, at_ends, censored[1])}"
    return check_cell(f"{_text(median, decimals)} ({ends})", "median_range")


def format_individual(texts: Sequence[str]) -> str:
    """Return formatted values, `BLQ` included, as one cell: `1.2+; 3.4`; none is `–`. R-108."""
    return check_cell("; ".join(texts) or NO_DENOMINATOR, "individual")


def _check_order(lower: Value, upper: Value) -> None:
    if not isinstance(lower, str) and not isinstance(upper, str) and _exact(lower) > _exact(upper):
        raise ValueError(f"the lower value {lower!r} exceeds the upper value {upper!r}")


def _one_code(*values: Value) -> str:
    """Return the code that stands for all values, else the empty text; NE keeps its brackets, as in `4 (NE, NE)`."""
    same = isinstance(values[0], str) and all(value == values[0] for value in values) and values[0] in CODES
    return str(values[0]) if same and values[0] != "NE" else ""


# Cells


def check_cell(text: str, kind: str, words: Collection[str] = (), where: str = "") -> str:
    """Return the text of a cell if it fits its kind (invariant 5); else raise ValueError with the text and its place.

    The codes of R-113 and the blank are legal in each kind; the kind `word` takes its closed list `words`; `where`
    names display, row and column for the message.
    """
    if kind != "word" and kind not in CELL_PATTERNS:
        raise ValueError(f"{where or 'cell'}: unknown kind {kind!r}; known are {', '.join(CELL_PATTERNS)} and word")
    if not isinstance(text, str):
        raise ValueError(f"{where or 'cell'}: {text!r} is no text; numbers become text in crf2csr.display.numbers only")
    fits = text in words if kind == "word" else CELL_PATTERNS[kind].fullmatch(text)
    if not (fits or text in CODES or text == ""):
        raise ValueError(f"{where or 'cell'}: {text!r} does not fit a cell of kind {kind!r}")
    return text


def explain_codes(texts: Iterable[str]) -> str:
    """Return one legend sentence for the codes of R-113 among the texts of cells, in fixed order; empty if none occurs.

    A code counts where it is the whole text or stands among numbers, as in `(2.5, NE)`; letters in words do not, nor
    does a dash between numbers.
    """
    found = {code for text in texts for code in _codes_of(text)}
    legend = "; ".join(f"{code} = {meaning}" for code, meaning in CODES.items() if code in found)
    return f"{legend}." if legend else ""


def _codes_of(text: str) -> list[str]:
    if text in CODES:
        return [text]
    rest = _CODE_WORD.sub("", text).replace("BLQ", "")
    return [] if any(letter.isalpha() for letter in rest) else _CODE_WORD.findall(text)
