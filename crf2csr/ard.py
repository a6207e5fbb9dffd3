"""The analysis results: one row a number, unrounded, with an address; and the members, the rows that each number
counts.

Plain text files of plain tuples, so that the display stage can read them without pandas.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

#: Maximum grade of a subject below a category of an incidence (R-901, R-902), in the order of the page.
GRADES = ("Any", "1", "2", "3", "4", "5", ">=3", "Missing")

#: Of a cross table: the bottom line, and the planned category that takes missing values.
TOTAL, MISSING = "Total", "Missing"

#: A missing number: the statistic exists by plan and could not be computed; `warning` says why.
Number = int | float | None


@dataclass(frozen=True)
class Result:
    """One number: where it belongs (analysis, group, level, variable, category, statistic), its value, or text, and
    its warning.

    `group` names the grouping (the column set), `level` the column; `category` is a `path`: one part, or nested parts
    (SOC, PT, grade), or nothing. `value` is None where the statistic does not
    exist; `warning` then holds
    the reason and `text` the code to print (NE, NC, NA, ND, –). `method` names the rule and function.
    """

    analysis: str
    group: str
    level: str
    variable: str
    category: str
    statistic: str
    value: Number
    text: str = ""
    method: str = ""
    warning: str = ""

    @property
    def id(self) -> str:
        """The address: analysis/group/level/variable/category/statistic, each part escaped; the category is a path, so
        that a nested one has more parts (four before it, one after it)."""
        place = (escape(part) for part in (self.analysis, self.group, self.level, self.variable))
        return "/".join((*place, self.category, escape(self.statistic)))


class Member(NamedTuple):
    """One row of a stage dataset (`row` is its address, `contracts.row_keys`) that the result `ard` counts.

    A tuple: an analysis of a large study has millions of them.
    """

    ard: str
    dataset: str
    row: str


@dataclass(frozen=True)
class Analysis:
    """What an analysis returns."""

    results: tuple[Result, ...]
    members: tuple[Member, ...]


def escape(part: str) -> str:
    """Return a part of an address with `%` and `/` percent-encoded."""
    return part.replace("%", "%25").replace("/", "%2F")


def unescape(part: str) -> str:
    """Return the text that `escape` encoded."""
    return part.replace("%2F", "/").replace("%25", "%")


def path(*parts: str) -> str:
    """Return the category of a result: its name, or nested names (SOC, PT, grade), each escaped.

    A name that holds `/` (NON-CR/NON-PD) is one part and never taken for a nested category.
    """
    return "/".join(escape(part) for part in parts)


def path_parts(category: str) -> tuple[str, ...]:
    """Return the names that `path` put together; none for the empty category."""
    return tuple(unescape(part) for part in category.split("/")) if category else ()


def results_csv(results: Iterable[Result]) -> str:
    """Return results as CSV text: integers plain, floats in shortest round-trip form, None empty."""
    names = [field.name for field in fields(Result)]
    return _csv(["id", *names], ([r.id, *(_text(getattr(r, n)) for n in names)] for r in results))


def read_results(text: str) -> tuple[Result, ...]:
    """Return the results that `results_csv` wrote."""
    rows = csv.DictReader(io.StringIO(text))
    return tuple(_result(row) for row in rows)


def _result(row: dict[str, str]) -> Result:
    return Result(
        analysis=row["analysis"],
        group=row["group"],
        level=row["level"],
        variable=row["variable"],
        category=row["category"],
        statistic=row["statistic"],
        value=_number(row["value"]),
        text=row["text"],
        method=row["method"],
        warning=row["warning"],
    )


def members_csv(members: Iterable[Member]) -> str:
    """Return members as CSV text, ordered."""
    return _csv(Member._fields, sorted(members))


def read_members(text: str) -> tuple[Member, ...]:
    """Return the members that `members_csv` wrote."""
    return tuple(Member(**row) for row in csv.DictReader(io.StringIO(text)))


def _text(value: Number | str) -> str:
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)


def _number(text: str) -> Number:
    return None if text == "" else float(text) if any(c in text for c in ".en") else int(text)


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue()
