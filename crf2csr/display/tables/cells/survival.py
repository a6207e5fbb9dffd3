"""Cells of a time to event: quantiles, ranges and single times in months, event-free shares, subjects at risk."""

from __future__ import annotations

from crf2csr.display import numbers
from crf2csr.display.model import Cell
from crf2csr.display.tables.cells.statistics import CellFunction, Statistics, Style, ids, value
from crf2csr.errors import InputError
from crf2csr.plan import RowSpec

MONTH_DECIMALS = 1


LIMITED = ("estimate", "lower", "upper")


def _limited(statistics: Statistics, row: RowSpec) -> tuple[numbers.Value, numbers.Value, numbers.Value]:
    """Return an estimate with its limits. Raises InputError for a row whose category the analysis does not give."""
    if missing := [name for name in LIMITED if name not in statistics]:
        raise InputError(
            f"row '{row.label}': category '{row.category}' of analysis '{row.analysis}' has no {missing[0]}; months "
            "are those of tte.landmarks_months, other categories q1, median, q3, follow-up"
        )
    estimate, lower, upper = (value(statistics, name) for name in LIMITED)
    return estimate, lower, upper


def _quantile(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    estimate, lower, upper = (numbers.to_months(found) for found in _limited(statistics, row))
    text = numbers.format_estimate_interval(estimate, lower, upper, MONTH_DECIMALS)
    return Cell(text, "estimate_interval", ids(statistics, *LIMITED))


def _range(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    low, high = (numbers.to_months(value(statistics, name)) for name in ("min", "max"))
    censored = (_is_censored(statistics, "min_censored"), _is_censored(statistics, "max_censored"))
    text = numbers.format_range(low, high, MONTH_DECIMALS, censored)
    return Cell(text, "range", ids(statistics, "min", "max", "min_censored", "max_censored"))


def _is_censored(statistics: Statistics, name: str) -> bool:
    return name in statistics and bool(statistics[name].value)


def _landmark(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    text = numbers.format_percent_estimate(*_limited(statistics, row))
    return Cell(text, "estimate_interval", ids(statistics, *LIMITED))


def _at_risk(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    at_risk, total = int(statistics["at_risk"].value or 0), int(statistics["N"].value or 0)
    return Cell(numbers.format_count(at_risk, total), "count", ids(statistics, "at_risk", "N"))


def _individual_times(statistics: Statistics, row: RowSpec, style: Style) -> Cell:
    """Show each time, `+` where censored, of a column with few subjects; NA where there are more (the results then hold
    no single times)."""
    n = int(statistics["n"].value or 0)
    named = [(f"value{i}", f"censored{i}") for i in range(1, n + 1)]
    if n and named[0][0] not in statistics:
        return Cell("NA", "individual", ids(statistics, "n"))
    texts = [numbers.format_months(value(statistics, v), _is_censored(statistics, c)) for v, c in named]
    shown = [name for pair in named for name in pair]
    return Cell(numbers.format_individual(texts), "individual", ids(statistics, *shown))


CELLS: dict[str, CellFunction] = {
    "quantile": _quantile,
    "survival_range": _range,
    "landmark": _landmark,
    "at_risk": _at_risk,
    "individual_times": _individual_times,
}
