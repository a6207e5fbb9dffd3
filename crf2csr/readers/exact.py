"""Numbers and clock values of binary files as text: nothing rounded, nothing added."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from crf2csr.mapping import Mapping
from crf2csr.raw_contracts import load_raw_contract


def number_text(value: float | int) -> str:
    """Return a number as plain decimal text: a whole one without point, another as the shortest decimal of its double.

    No exponent: 1e-07 is `0.0000001`. A negative zero is `0`, since no system of forms holds one.
    """
    text = format(Decimal(repr(value)), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def datetime_text(value: datetime, as_date: bool) -> str:
    """Return `2019-03-05T14:01:01`, with a fraction of a second where there is one.

    `as_date` says that the mapping reads the column as a date: midnight, which is how these systems keep a date in a
    datetime, is then left out. Any other time of the day stays and is a query when the form is read (Q-108).
    """
    text = value.isoformat()
    return text.removesuffix("T00:00:00") if as_date else text


def date_columns(form: str, mapping: Mapping) -> set[str]:
    """Return the columns that the mapping reads as a whole date."""
    fields = load_raw_contract(form).fields
    return {
        place.column
        for name, place in mapping.forms[form].fields.items()
        if place.column and fields[name].type == "date"
    }
