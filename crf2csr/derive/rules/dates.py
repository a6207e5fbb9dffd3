"""Dates of analysis from collected text: partial dates, study days, durations, ages (R-203, R-206 to R-210).

Collected dates are ISO text, possibly with a time (`2019-03-14T09:00`) or in part (`2019-03`, `2019`); analysis dates
are datetime64.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable

import pandas as pd

DAY = pd.Timedelta(days=1)
DAYS_OF_MONTH = 30.4375
#: Length of a partial ISO date to what an imputation adds (R-203), and to what makes it the earliest day.
IMPUTED = {7: "D", 4: "M"}
FIRST_PART = {10: "", 7: "-01", 4: "-01-01"}


def compute_first_day(collected: pd.Series) -> pd.Series:
    """Return the earliest day that each collected date can mean; missing stays missing.

    Raises ValueError for a text that is no ISO date. R-210.
    """
    return _days(collected, _earliest)


def compute_last_day(collected: pd.Series) -> pd.Series:
    """Return the latest day that each collected date can mean; missing stays missing.

    Raises ValueError for a text that is no ISO date. R-210.
    """
    return _days(collected, _latest)


def compute_whole_day(collected: pd.Series) -> pd.Series:
    """Return the day of each complete date; a partial or missing one is missing (R-203: nothing imputed)."""
    return _days(collected, lambda text: _earliest(text) if len(text) == 10 else None)


def compute_imputation_flag(collected: pd.Series) -> pd.Series:
    """Return what an imputation adds: D the day, M month and day; missing for a complete or missing date. R-203."""
    flags = [IMPUTED.get(len(text)) if text else None for text in _date_parts(collected)]
    return pd.Series(flags, index=collected.index, dtype="string")


def compute_study_day(day: pd.Series, start: pd.Series) -> pd.Series:
    """Return the study day: day - start + 1 from the start on, day - start before; there is no day 0.

    Missing if either is. R-206.
    """
    difference = (day - start).dt.days.astype("Int64")
    return difference.where(difference.lt(0).fillna(False), difference + 1)


def compute_duration(start: pd.Series, end: pd.Series) -> pd.Series:
    """Return end - start + 1 in days; missing if either is. R-207."""
    return (end - start).dt.days.astype("Int64") + 1


def compute_months(days: pd.Series) -> pd.Series:
    """Return days in months of 30.4375 days, unrounded (Float64). R-114."""
    return days.astype("Float64") / DAYS_OF_MONTH


def compute_age(birth: pd.Series, reference: pd.Series) -> pd.Series:
    """Return the completed years from collected birth date to collected reference date.

    A birthday on 29 February turns on 1 March in common years. A partial date gives an age only if every day that it
    can mean gives the same one; else the age is missing (house rule). R-208.
    """
    youngest = _completed_years(compute_last_day(birth), compute_first_day(reference))
    oldest = _completed_years(compute_first_day(birth), compute_last_day(reference))
    return youngest.where(youngest.eq(oldest).fillna(False))


def compute_day_after(collected: pd.Series, anchor: pd.Series) -> pd.Series:
    """Return complete dates as they are, partial ones as the earliest possible day after `anchor`.

    Without `anchor` it is the earliest possible day. If the known part ends before that, its last possible day. Missing
    stays missing. R-210 (new therapy after the last dose, death after the last date known alive).
    """
    first, last = compute_first_day(collected), compute_last_day(collected)
    after = (anchor + DAY).where(anchor + DAY > first, first)
    return after.where(after <= last, last)


def _completed_years(birth: pd.Series, reference: pd.Series) -> pd.Series:
    years = (reference.dt.year - birth.dt.year).astype("Int64")
    birthday = birth.dt.month * 100 + birth.dt.day
    return years - (reference.dt.month * 100 + reference.dt.day < birthday).astype("Int64")


def _date_parts(collected: pd.Series) -> list[str | None]:
    """Return the date of each date and time; None where it is missing."""
    return [None if missing else text[:10] for text, missing in zip(collected, collected.isna(), strict=True)]


def _earliest(text: str) -> dt.date:
    if len(text) not in FIRST_PART:
        raise ValueError(f"'{text}' is no ISO date")
    return dt.date.fromisoformat(text + FIRST_PART[len(text)])


def _latest(text: str) -> dt.date:
    first = _earliest(text)
    if len(text) == 10:
        return first
    month = 12 if len(text) == 4 else first.month
    return first.replace(month=month, day=calendar.monthrange(first.year, month)[1])


def _days(collected: pd.Series, read: Callable[[str], dt.date | None]) -> pd.Series:
    """Return what `read` makes of the date of each text; a text that occurs often is read once."""
    places, texts = pd.factorize(collected)
    days = pd.to_datetime([*(read(text[:10]) for text in texts), None]).astype("datetime64[ns]")
    # A missing text has place -1: the None at the end.
    return pd.Series(days.to_numpy()[places], index=collected.index)
