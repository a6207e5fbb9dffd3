"""Each distinct text of a column is read once; a reading says what it means or why it cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

#: What sites and systems write for "no value"; a field counts as missing only those that its mapping lists (Q-109).
MISSING_WORDS = frozenset({"-98", "-99", "nd", "nk", "na", "."})


class Reading(NamedTuple):
    """What a text means: `value`, `why` (the reason behind a missing code), `rule` and `expected` of a query."""

    value: str | None = None
    why: str | None = None
    rule: str = ""
    expected: str = ""


Reader = Callable[[str], Reading]


def with_missing(read: Reader, listed: Mapping[str, str], free_text: bool = False) -> Reader:
    """Return a reader that looks up the listed missing codes first; an unlisted one that `read` cannot use is a query.

    `listed` gives missing code -> meaning, compared trimmed and without case. `-99` reads as a number, so an unlisted
    numeric code is never passed on (Q-109). In `free_text` only listed codes count: `NA` may be Namibia.
    """
    reasons = {code.strip().casefold(): meaning for code, meaning in listed.items()}

    def reader(text: str) -> Reading:
        word = text.casefold()
        if word in reasons:
            return Reading(why=reasons[word])
        reading = read(text)
        if not free_text and word in MISSING_WORDS and (reading.rule or word in ("-98", "-99")):
            return reading._replace(value=None, rule="Q-109", expected="list it for the field, or correct the value")
        return reading

    return reader


def each_distinct(column: pd.Series, function: Callable[[str], Any], dtype: str = "string") -> pd.Series:
    """Return `function` of each text of a column, called once for each distinct text; NA stays NA."""
    import pandas as pd

    places, distinct = pd.factorize(column)
    return pd.Series(pd.array([*map(function, distinct), pd.NA], dtype=dtype).take(places), index=column.index)


def blank(column: pd.Series) -> pd.Series:
    """Return whether each text is empty or white space only."""
    return each_distinct(column, lambda text: not text.strip(), "boolean").fillna(True).astype(bool)


def read_column(column: pd.Series, read: Reader) -> pd.DataFrame:
    """Return value, why, rule and expected (text, NA or "" where there is none) of each text; index as `column`.

    Texts are trimmed before they are read; a blank or missing one is neither a value nor a query.
    """
    import pandas as pd

    places, distinct = pd.factorize(column, use_na_sentinel=True)
    readings = [read(text.strip()) if text.strip() else Reading() for text in distinct]
    readings.append(Reading())  # place -1, the last one: a missing text
    return _frame(readings).take(places).set_axis(column.index)


def read_cells(cells: pd.DataFrame, read: Callable[[tuple[Any, ...]], Reading]) -> pd.DataFrame:
    """Return value, why, rule and expected of each row of several columns; each distinct row is read once."""
    groups = cells.groupby(list(cells.columns), sort=False, dropna=False).ngroup()
    distinct = cells[~groups.duplicated()].itertuples(index=False, name=None)
    return _frame([read(row) for row in distinct]).take(groups.to_numpy()).set_axis(cells.index)


def _frame(readings: list[Reading]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(readings, columns=list(Reading._fields)).astype("string")
