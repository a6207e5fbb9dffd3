"""How the extracts spell answers, visits, numbers and dates, translated by hand for the second program.

Written from the description of the EDC export (config/<study>/mappings/edc_csv.yaml), without its reader: what is not
listed is not understood and becomes an empty answer, never a guess (F-201, F-203).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: number for number, name in enumerate(MONTH_NAMES, start=1)}
UNKNOWN_PARTS = {"un", "unk", "nk", "xx", "xxx", "uu"}
YES, NO = "Y", "N"
ANSWERS = {
    "yes_no": {"yes": YES, "y": YES, "1": YES, "no": NO, "n": NO, "0": NO},
    "phase": {"phase 1": "I", "i": "I", "1": "I", "phase 2": "II", "ii": "II", "2": "II"},
    "target": {
        **{"1": "ABSENT", "2": "TOO SMALL TO MEASURE", "3": "NOT EVALUATED", "4": "MERGED", "5": "SPLIT"},
        **{w.lower(): w for w in ("ABSENT", "TOO SMALL TO MEASURE", "NOT EVALUATED", "MERGED", "SPLIT")},
    },
    "nontarget": {
        **{"1": "PRESENT", "2": "ABSENT", "3": "UNEQUIVOCAL PROGRESSION", "4": "NOT EVALUATED"},
        **{w.lower(): w for w in ("PRESENT", "ABSENT", "UNEQUIVOCAL PROGRESSION", "NOT EVALUATED")},
    },
    "overall": {w.lower(): w for w in ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "ND")},
    "certainty": {"1": "UNEQUIVOCAL", "unequivocal": "UNEQUIVOCAL", "2": "EQUIVOCAL", "equivocal": "EQUIVOCAL"},
    "marker": {
        **{"1": "NORMAL", "2": "ABNORMAL", "3": "NOT DONE"},
        **{w.lower(): w for w in ("NORMAL", "ABNORMAL", "NOT DONE")},
    },
    "therapy": {
        **{"1": "SYSTEMIC", "2": "RADIOTHERAPY", "3": "SURGERY"},
        **{w.lower(): w for w in ("SYSTEMIC", "RADIOTHERAPY", "SURGERY")},
    },
    "short_form": {
        **{"1": "ANXIETY", "2": "DEPRESSION", "3": "FATIGUE", "4": "SLEEP DISTURBANCE"},
        **{"5": "PAIN INTERFERENCE", "6": "PHYSICAL FUNCTION", "7": "SOCIAL ROLES"},
        **{w.lower(): w for w in ("ANXIETY", "DEPRESSION", "FATIGUE", "SLEEP DISTURBANCE")},
        **{w.lower(): w for w in ("PAIN INTERFERENCE", "PHYSICAL FUNCTION", "SOCIAL ROLES")},
    },
    "drug": {
        **{"1": "PALBOCICLIB", "2": "LETROZOLE", "3": "T-DM1"},
        **{w.lower(): w for w in ("PALBOCICLIB", "LETROZOLE", "T-DM1")},
    },
    "dose_problem": {"2": "MISSED", "missed": "MISSED", "3": "VOMITED", "vomited": "VOMITED"},
    # of the reasons for an end, only progression and death are asked for
    "eot_reason": {"1": "PROGRESSION", "progressive disease": "PROGRESSION", "3": "DEATH", "death": "DEATH"},
    "eos_reason": {"2": "PROGRESSION", "progressive disease": "PROGRESSION", "4": "DEATH", "death": "DEATH"},
    "relation": {"1": "RELATED", "related": "RELATED", "2": "NOT RELATED", "not related": "NOT RELATED"},
    "action": {
        **{"2": "DOSE REDUCED", "3": "DRUG INTERRUPTED", "4": "DRUG WITHDRAWN"},
        **{w.lower(): w for w in ("DOSE REDUCED", "DRUG INTERRUPTED", "DRUG WITHDRAWN")},
    },
    "outcome": {"5": "FATAL", "fatal": "FATAL"},
    # of the dose modifications, only holds for an adverse event are asked for
    "modification": {"1": "HELD", "held": "HELD"},
    "modification_reason": {"1": "ADVERSE EVENT", "adverse event": "ADVERSE EVENT"},
    "cause": {
        **{"1": "DISEASE PROGRESSION", "2": "ADVERSE EVENT", "3": "OTHER", "4": "UNKNOWN"},
        **{w.lower(): w for w in ("DISEASE PROGRESSION", "ADVERSE EVENT", "OTHER", "UNKNOWN")},
    },
    "survival": {"1": "ALIVE", "alive": "ALIVE", "2": "DEAD", "dead": "DEAD", "3": "LOST", "lost": "LOST"},
}
FOLDERS = {"screening": "SCREENING", "unscheduled tumor assessment": "UNSTUM", "end of treatment": "EOT"}
MISSING_NUMBERS = {"nd", "-99", "-98"}
MILLIMETERS = {"mm": Fraction(1), "cm": Fraction(10)}  # of one unit; a blank unit is none, since both occur


def answer(kind: str, text: str) -> str:
    """Return the contract's term for a label or a code of one extract; empty if the text is none of them."""
    return ANSWERS[kind].get(text.strip().casefold(), "")


def visit_name(label: str) -> str:
    """Return the contract's visit of a folder of the export: `Tumor assessment 2` is TUM2, `Cycle 2 Day 1` C2D1.

    Any other folder keeps its name behind a question mark, which no visit of the contract begins with.
    """
    text = " ".join(label.split())
    if match := re.fullmatch(r"cycle (\d+) day (\d+)", text.casefold()):
        return f"C{int(match[1])}D{int(match[2])}"
    if match := re.fullmatch(r"tumor assessment (\d+)", text.casefold()):
        return f"TUM{int(match[1])}"
    return FOLDERS.get(text.casefold(), f"?{text.upper()}")


def number(text: str) -> Fraction | None:
    """Return a plain decimal text exactly; None for a missing code or any other text, signs included (R-101, F-203)."""
    text = text.strip()
    if text.casefold() in MISSING_NUMBERS or not re.fullmatch(r"\d+(\.\d+)?|\.\d+", text):
        return None
    return Fraction(text)


@dataclass(frozen=True)
class Span:
    """The days a recorded date can be, as ordinals: one day if the date is complete."""

    first: int
    last: int

    @property
    def day(self) -> int | None:
        """The day itself, if the date is complete."""
        return self.first if self.first == self.last else None


def span(text: str) -> Span | None:
    """Return the days that a typed date can mean; None if it is blank, impossible or unreadable (R-201, R-202).

    `05-Mar-2019` and `2019-03-05`; unknown parts (`UN`, `UNK`, `NK`, `XX`) and short forms (`2019-03`) widen it.
    """
    parts = [part.casefold() for part in re.split(r"[-/ .]+", text.strip()) if part]
    if len(parts) == 3 and re.fullmatch(r"\d{4}", parts[2]) and parts[1] in {*MONTHS, *UNKNOWN_PARTS}:
        parts.reverse()  # day first only beside the name of a month: 03/05/2019 is not declared
    if not parts or len(parts) > 3 or not re.fullmatch(r"\d{4}", parts[0]):
        return None
    parts += ["un"] * (3 - len(parts))
    month, day = _part(parts[1], months=True), _part(parts[2])
    if month is None or day is None or not 0 <= month <= 12:
        return None
    return _span(int(parts[0]), month, day)


def _part(text: str, months: bool = False) -> int | None:
    """Return a part of a date, 0 if it is unknown, None if it is unreadable."""
    if text in UNKNOWN_PARTS:
        return 0
    if months and text in MONTHS:
        return MONTHS[text]
    return int(text) if re.fullmatch(r"0?[1-9]|[12]\d|3[01]", text) else None


def _span(year: int, month: int, day: int) -> Span | None:
    if not month:  # a known day of an unknown month says nothing
        return Span(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal())
    length = monthrange(year, month)[1]
    if day > length:
        return None
    start = date(year, month, 1).toordinal()
    return Span(start + day - 1, start + day - 1) if day else Span(start, start + length - 1)
