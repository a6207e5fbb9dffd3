"""Blood samples of one subject as the second program reads them: hours, exact concentrations, and which may be used.

R-1301 to R-1304, R-1308, R-1309, R-1312, written as questions to one sample and its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from qc.extract import Row
from qc.spelling import answer, number, span, visit_name

PROFILE, TROUGH, DAY = "C1D1", "C1D15", 24 * 60
PLANNED = (0, 2, 4, 8)
#: A microgram in a liter is a nanogram in a milliliter, whichever sign stands for micro.
_EQUAL = ("ug/l", "µg/l", "μg/l")
_BELOW = re.compile(r"<\s*\d+([.,]\d+)?|blq|bloq|bql|<\s*lloq")


@dataclass(frozen=True)
class Drawn:
    """A sample: visit, planned hour, minutes from the dose and from the dose before, and its result.

    `value` is None without a result; `below` tells that it is under the limit and counts as 0.
    """

    visit: str
    hour: Fraction
    minutes: int | None
    since_previous: int | None
    timed_dose: bool
    dose_day: int | None
    problem: str
    missed: int | None
    value: Fraction | None
    below: bool
    negative: bool
    limit: Fraction | None

    @property
    def before(self) -> bool:
        """Drawn before the dose by plan."""
        return self.hour == 0

    @property
    def time(self) -> Fraction:
        """Hours from the dose; the planned ones where the actual ones are not known, 0 before the dose."""
        return Fraction(0) if self.before else self.hour if self.minutes is None else Fraction(self.minutes, 60)


def read_sample(row: Row, unit: str) -> Drawn:
    """Return one record of the form."""
    text = row["CONC"].strip()
    limit = number(row["LLOQ"])
    value, below = _result(text, limit, row["UNIT"].strip(), unit)
    drawn, dosed = _clock(row["PCDAT_RAW"], row["PCTM"]), _clock(row["DOSDAT_RAW"], row["DOSTM"])
    previous = _clock(row["PRVDAT_RAW"], row["PRVTM"])
    day, missed = span(row["DOSDAT_RAW"]), number(row["MISSED7"])
    return Drawn(
        visit=visit_name(row["FOLDER"]),
        hour=number(row["TPT"]) or Fraction(0),
        minutes=None if drawn is None or dosed is None else drawn - dosed,
        since_previous=None if drawn is None or previous is None else drawn - previous,
        timed_dose=dosed is not None,
        dose_day=day.day if day else None,
        problem=answer("dose_problem", row["DOSPROB"]),
        missed=None if missed is None else int(missed),
        value=value,
        below=below,
        negative=value is None and text[:1] == "-" and number(text[1:].replace(",", ".")) is not None,
        limit=limit,
    )


def _result(text: str, limit: Fraction | None, given: str, unit: str) -> tuple[Fraction | None, bool]:
    same = given.casefold() in (unit.casefold(), *_EQUAL)
    if _BELOW.fullmatch(text.casefold()):
        return (Fraction(0), True) if same or not given else (None, False)
    found = number(text.replace(",", "."))
    if found is None or not same:
        return None, False
    return (Fraction(0), True) if found == 0 or (limit is not None and found < limit) else (found, False)


def _clock(day: str, time: str) -> int | None:
    """Return minutes since the beginning of the calendar; None if day or time of day is not known."""
    known, match = span(day), re.fullmatch(r"(\d{1,2}):(\d\d)(:\d\d)?", time.strip())
    return known.day * DAY + int(match[1]) * 60 + int(match[2]) if known and known.day and match else None


def refused(sample: Drawn, profile: list[Drawn]) -> str:
    """Return why a sample may not be used; blank if it may. R-1302, R-1312."""
    trough = sample.visit == TROUGH and sample.before
    if sample.value is None:
        return "NEGATIVE" if sample.negative else "DOSE_NOT_TAKEN" if sample.problem == "MISSED" and not trough else ""
    if trough:
        return ""
    if sample.visit != PROFILE or sample.hour not in PLANNED:
        return "NOT_PLANNED"
    if sample.problem == "MISSED":
        return "DOSE_NOT_TAKEN"
    others = [other.minutes for other in profile if other is not sample and other.value is not None]
    if sample.minutes is not None and sample.minutes in others:
        return "DUPLICATE"
    wrong = sample.minutes is not None and (sample.minutes > 0) == sample.before
    if wrong and not sample.minutes == 0 == sample.hour:
        return "SAMPLE_ORDER"
    far = sample.minutes is not None and abs(sample.minutes - 60 * sample.hour) >= DAY // 2
    return "OUT_OF_WINDOW" if far else ""


def in_window(sample: Drawn, windows: Mapping[str, Any]) -> bool:
    """Return whether a sample was drawn in time, or its time is not known. R-1303."""
    if sample.visit == TROUGH and sample.before:
        low, high = windows["trough"]
        late = sample.minutes is not None and sample.minutes > 0
        return not late and (sample.since_previous is None or low <= sample.since_previous <= high)
    low, high = windows.get("predose" if sample.before else f"{sample.hour}h", (-(10**9), 10**9))
    return sample.minutes is None or low <= sample.minutes - sample.hour * 60 <= high
