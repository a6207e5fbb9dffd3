"""Dates and times as sites write them, to partial ISO text; nothing is imputed, shifted or guessed (R-201, R-202)."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence

from crf2csr.clean.rules.readings import Reading

#: English month names, matched without case; no locale.
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
#: What stands for an unknown part (R-201).
UNKNOWN = ("UN", "UNK", "NK", "XX", "XXX", "XXXX")
UNKNOWN_PART = 0
_WORD = "|".join(sorted(UNKNOWN, key=len, reverse=True))
_DAY, _YEAR = rf"(?P<day>[0-9]{{1,2}}|{_WORD})", rf"(?P<year>[0-9]{{4}}|[0-9]{{2}}|{_WORD})"
_NUMBER, _NAME = rf"(?P<month>[0-9]{{1,2}}|{_WORD})", rf"(?P<month>{'|'.join(MONTHS)}|{_WORD})"
#: Format name -> patterns of the whole text; one separator throughout.
FORMATS: dict[str, tuple[re.Pattern[str], ...]] = {
    "iso": (
        re.compile(
            rf"(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{2}}|{_WORD})-(?P<day>[0-9]{{2}}|{_WORD})", re.ASCII | re.IGNORECASE
        ),
        re.compile(rf"(?P<year>[0-9]{{4}})(?:-(?P<month>[0-9]{{2}}|{_WORD}))?(?P<day>)", re.ASCII | re.IGNORECASE),
    ),
    "dd-Mon-yyyy": (
        re.compile(rf"{_DAY}(?P<sep>[-/ ]){_NAME}(?P=sep){_YEAR}", re.ASCII | re.IGNORECASE),
        re.compile(rf"(?P<day>){_NAME}[-/ ](?P<year>[0-9]{{4}})", re.ASCII | re.IGNORECASE),
    ),
    "mm/dd/yyyy": (
        re.compile(rf"{_NUMBER}/{_DAY}/{_YEAR}", re.ASCII | re.IGNORECASE),
        re.compile(rf"(?P<day>){_NUMBER}/(?P<year>[0-9]{{4}})", re.ASCII | re.IGNORECASE),
    ),
}
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::00)?", re.ASCII)


def read_date(text: str, formats: Sequence[str], pivot: int | None = None) -> Reading:
    """Return the partial ISO text (`2019-03-14`, `2019-03`, `2019`) of a date written in one of the declared `formats`.

    Unknown parts (UN, UNK, NK, XX) are left out; a date without any known part has no value and the reason `unknown`
    (one such word alone is a missing code that the field does not list, Q-109).
    A known day beside an unknown month keeps the year only (Q-1103). A two-digit year needs `pivot`, the last one of
    the 2000s, else Q-1103. A date that no calendar has is Q-1102 and never shifted (R-202); any other text is Q-108.
    Rule R-201 of the project's statistics rules.
    """
    if text.upper() in UNKNOWN:
        return Reading(why="unknown", rule="Q-109", expected="list it for the field, or correct the value")
    matches = [match for name in formats for pattern in FORMATS[name] if (match := pattern.fullmatch(text))]
    if not matches:
        return Reading(rule="Q-108", expected=f"expected a date as {' or '.join(formats)}")
    year, month, day = (matches[0][part] or "" for part in ("year", "month", "day"))
    return read_parts(year, month, day, pivot)


def read_parts(year: str, month: str, day: str, pivot: int | None = None) -> Reading:
    """Return the partial ISO text of three parts of a date; a blank part is unknown. Rules as `read_date`."""
    numbers = [_number(year), _month(month), _number(day)]
    if None in numbers or (numbers[0] and len(year.strip()) not in (2, 4)):
        return Reading(rule="Q-108", expected="expected year, month and day as numbers, or UN, UNK, NK")
    if not any(numbers):
        return Reading(why="unknown")
    if not numbers[0]:
        return Reading(rule="Q-1103", expected="the year is unknown, so the date has no use")
    full = _full_year(year.strip(), pivot)
    if full is None:
        return Reading(rule="Q-1103", expected="the century of the year is unclear; declare pivot or correct the year")
    return _calendar_date(full, numbers[1] or UNKNOWN_PART, numbers[2] or UNKNOWN_PART)


def _number(text: str) -> int | None:
    """Return the number of a part, UNKNOWN_PART, -1 for the impossible `00`, or None if it cannot be read."""
    word = text.strip().upper()
    if word in ("", *UNKNOWN):
        return UNKNOWN_PART
    return (int(word) or -1) if re.fullmatch("[0-9]{1,4}", word) else None


def _month(text: str) -> int | None:
    word = text.strip().upper()
    return MONTHS.index(word) + 1 if word in MONTHS else _number(word)


def _full_year(year: str, pivot: int | None) -> int | None:
    if len(year) == 4:
        return int(year)
    return None if pivot is None else int(year) + (2000 if int(year) <= pivot else 1900)


def _calendar_date(year: int, month: int, day: int) -> Reading:
    if not 1000 <= year <= 9999 or month not in range(13) or day not in range(32):
        return Reading(rule="Q-1102", expected="no calendar has this date; it is not used")
    if not month:
        rule = "Q-1103" if day else ""
        return Reading(f"{year:04d}", rule=rule, expected="the month is unknown, so the day is not used" if day else "")
    if not day:
        return Reading(f"{year:04d}-{month:02d}")
    if day > monthrange(year, month)[1]:
        return Reading(rule="Q-1102", expected="no calendar has this date; it is not used")
    return Reading(f"{year:04d}-{month:02d}-{day:02d}")


def read_time(text: str) -> Reading:
    """Return `HH:MM` of a 24-hour clock time; seconds are accepted only as `:00`. Any other text is Q-108."""
    match = _TIME.fullmatch(text)
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        return Reading(rule="Q-108", expected="expected a time from 00:00 to 23:59")
    return Reading(f"{int(match[1]):02d}:{match[2]}")
