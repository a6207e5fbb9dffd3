"""Data queries as a file for people: CSV that a spreadsheet opens without computing anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

#: The columns of a query, in the order in which a site reads them.
QUERY_COLUMNS = ("subject", "form", "RAWFILE", "RAWROW", "field", "value", "rule", "severity", "message")

#: A spreadsheet takes a text that starts with one of these for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def queries_csv(rows: Iterable[Mapping[str, object]]) -> str:
    """Return the queries as CSV text (comma, line end LF, header first), in the order given.

    A text that starts with `= + - @`, tab, carriage return or line feed, with or without blanks before it, gets an
    apostrophe in front, so that no spreadsheet computes it (F-601). Texts are quoted; numbers (int, float) are written
    as they are; None is blank.
    Raises KeyError for a row without one of the columns.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(QUERY_COLUMNS)
    writer.writerows([_harmless(row[column]) for column in QUERY_COLUMNS] for row in rows)
    return text.getvalue()


def _harmless(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS):
        return "'" + value
    return value
