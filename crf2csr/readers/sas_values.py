"""Numbers of SAS as text, by their format: dates, datetimes and times as ISO text, everything else as the number."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from crf2csr.readers.exact import datetime_text, number_text

#: Formats of a day number (days since 1960-01-01). Those that show a part of a date only, as MONYY, are not among them.
_DATE = {"DATE", "WEEKDATE", "WEEKDATX", "WORDDATE", "WORDDATX", "JULIAN", "NLDATE", "MMDDYY", "DDMMYY", "YYMMDD"}
_DATE |= {f"{order}{sign}" for order in ("MMDDYY", "DDMMYY", "YYMMDD") for sign in "BCDNPS"}
_DATE |= {f"{kind}DA" for kind in ("E8601", "B8601", "IS8601")}
#: Formats of seconds since 1960-01-01 00:00; DTDATE and its like show the day of them.
_DATETIME = {"DATETIME", "DATEAMPM", "MDYAMPM", "NLDATM", "E8601DT", "B8601DT", "IS8601DT"}
_DAY_OF_DATETIME = {"DTDATE", "E8601DN", "B8601DN", "IS8601DN"}
#: Formats of seconds since midnight.
_TIME = {"TIME", "TIMEAMPM", "HHMM", "TOD", "NLTIME", "E8601TM", "B8601TM", "IS8601TM"}
#: Formats of SAS itself that show a number or a text: with those above, every format that no catalog has to hold.
_PLAIN = {"", "BEST", "BESTD", "BESTX", "BINARY", "COMMA", "COMMAX", "D", "DOLLAR", "DOLLARX", "E", "EURO", "EUROX"}
_PLAIN |= {"F", "FRACT", "HEX", "IEEE", "NEGPAREN", "NUMX", "OCTAL", "PERCENT", "PERCENTN", "PVALUE", "ROMAN", "Z"}
_PLAIN |= {"WORDF", "WORDS", "DAY", "DOWNAME", "HOUR", "JULDAY", "MMSS", "MMYY", "MONNAME", "MONTH", "MONYY", "QTR"}
_PLAIN |= {"QTRR", "WEEKDAY", "YEAR", "YYMM", "YYMON", "YYQ", "YYQR", "DTMONYY", "DTYEAR", "TIMEPART", "DATEPART"}
_PLAIN |= {"$", "$ASCII", "$CHAR", "$F", "$HEX", "$QUOTE", "$REVERJ", "$REVERS", "$UPCASE", "$VARYING"}
_OWN = _DATE | _DATETIME | _DAY_OF_DATETIME | _TIME | _PLAIN
_NAME = re.compile(r"(\$?[A-Z_]?[A-Z0-9_]*?)[0-9]*(?:\.[0-9]*)?")
_ORIGIN = datetime(1960, 1, 1)
#: SAS knows no date outside these.
_FIRST, _LAST = datetime(1582, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999_999)


def format_name(text: str | None) -> str:
    """Return the name of a format without width and decimals, in capitals: `DATE` for `date9.`, "" for none."""
    match = _NAME.fullmatch((text or "").strip().upper())
    return match[1] if match else (text or "").strip().upper()


def is_own_format(name: str) -> bool:
    """Return whether a format (as `format_name` gives it) belongs to SAS, so that no catalog has to hold it."""
    return name in _OWN


def value_text(value: float, name: str, as_date: bool) -> str:
    """Return a number under its format: ISO text of a date, datetime or time, else the number as plain decimal text.

    `as_date` as in `datetime_text`. A value that its format cannot show, as half a day under DATE, or a date before
    1582, stays a number: it is then a query of the field, never a wrong date.
    """
    if name in _DATE and value.is_integer():
        moment = _moment(value * 86_400)
        return moment.date().isoformat() if moment else number_text(value)
    if name in _DATETIME | _DAY_OF_DATETIME:
        moment = _moment(value)
        return datetime_text(moment, as_date or name in _DAY_OF_DATETIME) if moment else number_text(value)
    if name in _TIME and 0 <= value < 86_400:
        return _clock(value).isoformat()
    return number_text(value)


def _moment(seconds: float) -> datetime | None:
    """Return the moment of a number of seconds since 1960; None outside the calendar of SAS."""
    if not (_FIRST - _ORIGIN).total_seconds() <= seconds <= (_LAST - _ORIGIN).total_seconds():
        return None
    return _ORIGIN + timedelta(seconds=seconds)


def _clock(seconds: float) -> time:
    return (_ORIGIN + timedelta(seconds=seconds)).time()
