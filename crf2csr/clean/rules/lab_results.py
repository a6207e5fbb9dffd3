"""What the text of a laboratory result says, and where it lies in its reference range."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from crf2csr.clean.rules.values import canonical

_SIGNS = {"<": "<", "<=": "<=", "≤": "<=", ">": ">", ">=": ">=", "≥": ">="}
#: A sign, a number with a decimal point or comma (no exponent).
_RESULT = re.compile(r"\s*(<=|>=|<|>|≤|≥)?\s*([0-9]{1,9})(?:([.,])([0-9]{1,9}))?\s*", re.ASCII)
_NOT_DONE = re.compile(r"\s*(N\.?D\.?|N\.?R\.?|NOT DONE|NOT REPORTED)\s*", re.IGNORECASE | re.ASCII)
#: Digits after a comma that could as well be thousands: `150,000`.
_THOUSANDS = 3


class Result(NamedTuple):
    """A result: its exact decimal text, the sign before it, `NOT DONE`, or `fault` "text" where it is none of them."""

    value: str | None = None
    sign: str = ""
    status: str | None = None
    fault: str = ""


def read_result(text: str | None) -> Result:
    """Return what a laboratory text says: `4.5`, `4,5`, `<5`, `ND`; nothing for a blank.

    `150,000` may be thousands or a decimal comma: it is no result, as any other text.
    """
    if text is None:
        return Result()
    if _NOT_DONE.fullmatch(text):
        return Result(status="NOT DONE")
    match = _RESULT.fullmatch(text)
    if not match or (match[3] == "," and len(match[4]) == _THOUSANDS):
        return Result(fault="text")
    return Result(canonical(Decimal(f"{match[2]}.{match[4] or 0}")), _SIGNS.get(match[1] or "", ""))


def reference_indicator(result: Result, low: str | None, high: str | None) -> str | None:
    """Return LOW, NORMAL or HIGH of a result within the limits of its record, all in one unit; None if it is not known.

    The limits belong to the normal range. `<5` is LOW where the lower limit is 5 or more, `>10` HIGH where the upper
    one is 10 or less. NORMAL needs both limits. R-1003.
    """
    if result.value is None:
        return None
    value = Decimal(result.value)
    lowest, highest = (None if limit is None else Decimal(limit) for limit in (low, high))
    if result.sign:
        below, above = result.sign.startswith("<"), result.sign.startswith(">")
        closed = result.sign.endswith("=")
        if below and lowest is not None and (value < lowest if closed else value <= lowest):
            return "LOW"
        return "HIGH" if above and highest is not None and (value > highest if closed else value >= highest) else None
    if lowest is not None and value < lowest:
        return "LOW"
    if highest is not None and value > highest:
        return "HIGH"
    return None if lowest is None or highest is None else "NORMAL"
