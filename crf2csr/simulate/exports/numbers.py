"""Which columns of an export a system can hold as numbers without changing what the site wrote."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crf2csr.mapping import Mapping
from crf2csr.raw_contracts import load_raw_contract

if TYPE_CHECKING:
    import pandas as pd

#: A number as it comes back from a double: no leading or trailing zero that says nothing.
NUMBER = re.compile(r"0|-?(?:[1-9][0-9]{0,14}|(?:0|[1-9][0-9]{0,9})\.[0-9]{0,4}[1-9])", re.ASCII)


def number_columns(frame: pd.DataFrame, form: str, mapping: Mapping) -> list[str]:
    """Return the columns of integer and decimal fields in which each text is blank or comes back from a double."""
    fields = load_raw_contract(form).fields
    columns = [
        place.column
        for name, place in mapping.forms[form].fields.items()
        if place.column and fields[name].type in ("integer", "decimal")
    ]
    return [name for name in columns if all(not text or NUMBER.fullmatch(text) for text in frame[name].unique())]
