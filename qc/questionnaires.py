"""What the participants reported: each score or answer with the days it can be from, straight from the two forms.

PROMIS T-scores come in tenths, from the scoring table that both programs share (config/codelists/promis_4a_tscore.csv);
rules R-1201, R-1203.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from qc.extract import Row
from qc.people import Forms
from qc.spelling import YES, answer, number, span, visit_name

SCORES = Path(__file__).resolve().parent.parent / "config" / "codelists" / "promis_4a_tscore.csv"
#: Short form to the parameter of the first program.
SCALES = {
    "ANXIETY": "ANXIETY",
    "DEPRESSION": "DEPRESS",
    "FATIGUE": "FATIGUE",
    "SLEEP DISTURBANCE": "SLEEP",
    "PAIN INTERFERENCE": "PAININT",
    "PHYSICAL FUNCTION": "PHYSFUN",
    "SOCIAL ROLES": "SOCIAL",
}
ITEMS = tuple(f"BCPT{number:02}" for number in range(1, 19))
#: Visits at which questionnaires precede the first dose (study calendar).
BEFORE_DOSING = ("SCREENING", "C1D1")


@dataclass(frozen=True)
class Reported:
    """One value: visit, first and last possible day (ordinals), value in tenths."""

    visit: str
    first: int | None
    last: int | None
    tenths: int

    def precedes(self, start: int) -> bool:
        """Return whether it was given before the first dose; the visit tells where the days do not (R-302)."""
        if self.last is not None and self.last < start:
            return True
        return not self._is_later(start) and self.visit in BEFORE_DOSING

    def follows(self, start: int) -> bool:
        """Return whether it was given after the first dose; without a visit only if the days prove it."""
        return not self.precedes(start) and (bool(self.visit) or self._is_later(start))

    def _is_later(self, start: int) -> bool:
        return self.first is not None and self.first > start


def reported(forms: Forms, subject: str) -> dict[str, list[Reported]]:
    """Return the values of one subject by parameter."""
    found: dict[str, list[Reported]] = defaultdict(list)
    sheets: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in forms["promis"].get(subject, []):
        sheets[answer("short_form", row["INSTR"]), _visit(row)].append(row)
    scores = _scores()
    for (form, visit), rows in sheets.items():
        sums, versions = [_given(row, 1, 5) for row in rows], {row["VERSION"] for row in rows}
        known = [value for value in sums if value is not None]
        tenths = scores.get((form, "".join(versions), sum(known))) if len(known) == len(rows) == 4 else None
        if form in SCALES and len(versions) == 1 and tenths is not None:
            found[SCALES[form]].append(_reported(visit, rows, tenths))
    for row in forms["bcpt"].get(subject, []):
        points = _given(row, 0, 4)
        if points is not None:
            found[row["ITEM"].upper()].append(_reported(_visit(row), [row], 10 * points))
    return found


def answered(forms: Forms, subject: str) -> dict[str, set[str]]:
    """Return the visits with a PROMIS form (one with four answers is enough) and with a BCPT form (one answer)."""
    sheets: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in forms["promis"].get(subject, []):
        if answer("short_form", row["INSTR"]) in SCALES and _given(row, 1, 5) is not None:
            sheets[row["INSTR"].casefold(), _visit(row)].append(row)
    items = [row for row in forms["bcpt"].get(subject, []) if row["ITEM"].upper() in ITEMS]
    return {
        "PROMCOMP": {visit for (_, visit), rows in sheets.items() if len(rows) == 4},
        "BCPTCOMP": {_visit(row) for row in items if _given(row, 0, 4) is not None},
    }


def _visit(row: Row) -> str:
    """Return the visit of a record; blank for a folder that the study does not have."""
    name = visit_name(row["FOLDER"])
    return "" if name.startswith("?") else name


def _reported(visit: str, rows: list[Row], tenths: int) -> Reported:
    """Return a value dated by its last answer; one undated answer leaves the day open."""
    days = [span(row["QSDAT_RAW"]) for row in rows]
    known = [each for each in days if each is not None]
    if len(known) < len(days):
        return Reported(visit, None, None, tenths)
    return Reported(visit, max(each.first for each in known), max(each.last for each in known), tenths)


def _given(row: Row, least: int, most: int) -> int | None:
    """Return the answer of an item: a whole number that the item has, on a form that is not marked as not done."""
    value = number(row["ANSWER"])
    if value is None or value.denominator != 1 or answer("yes_no", row["NOTDONE"]) == YES:
        return None
    return int(value) if least <= value <= most else None


def _scores() -> dict[tuple[str, str, int], int]:
    with SCORES.open(encoding="utf-8", newline="") as file:
        return {
            (row["short_form"], row["version"], int(row["raw_sum"])): int(Fraction(row["t_score"]) * 10)
            for row in csv.DictReader(file)
        }
