"""Counts and exact intervals of one population, with the addresses of the first program (R-608 to R-610, R-801)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from crf2csr.ard import Result, path
from qc.best import BEST_FIRST, CONTROLLED, Best

COLUMNS = ("d75", "d100", "d125", "ph2", "rp2d", "all")
NO_DENOMINATOR = "–"


def rows(population: str, members: Mapping[str, tuple[set[str], Best]], level: float) -> dict[str, str]:
    """Return address → value of every statistic of a population; `members`: columns and best responses by subject."""
    found: dict[str, str] = {}
    for column in COLUMNS:
        counted = [best for columns, best in members.values() if column in columns]
        found[_address(population, column, "", "", "N")] = repr(len(counted))
        for variable, category, hits, with_interval in _counts(counted):
            for statistic, value in statistics(hits, len(counted), with_interval, level):
                found[_address(population, column, variable, category, statistic)] = value
    return found


def _address(population: str, column: str, variable: str, category: str, statistic: str) -> str:
    return Result(f"response-{population}", "c3", column, variable, category and path(category), statistic, None).id


def _counts(counted: list[Best]) -> Iterator[tuple[str, str, int, bool]]:
    """Yield variable, category, number of subjects, and whether an interval is planned."""
    for variable, values in (("CBOR", [b.confirmed for b in counted]), ("BOR", [b.unconfirmed for b in counted])):
        for category in BEST_FIRST:
            yield variable, category, values.count(category), category in ("CR", "PR", "SD")
        yield variable, "ORR", sum(value in ("CR", "PR") for value in values), True
        yield variable, "DCR", sum(value in CONTROLLED for value in values), True
    yield "CBEN", "Y", sum(b.benefit for b in counted), True
    yield "CBENU", "Y", sum(b.benefit_unconfirmed for b in counted), True


def statistics(hits: int, total: int, with_interval: bool, level: float) -> Iterator[tuple[str, str]]:
    """Yield n, N, estimate and, where planned, both limits of a proportion."""
    yield "n", repr(hits)
    yield "N", repr(total)
    yield "estimate", repr(round(hits / total, 9)) if total else NO_DENOMINATOR
    if with_interval:
        yield from zip(("lower", "upper"), _interval(hits, total, level), strict=True)


def _interval(hits: int, total: int, level: float) -> tuple[str, str]:
    """Return the two-sided Clopper-Pearson limits; without a denominator there is no interval (R-801)."""
    from statsmodels.stats.proportion import proportion_confint

    if not total:
        return NO_DENOMINATOR, NO_DENOMINATOR
    lower, upper = proportion_confint(hits, total, alpha=1 - level, method="beta")
    return repr(round(float(lower), 9)), repr(round(float(upper), 9))
