"""CTCAE v4.03 grade of a laboratory value in each direction, from the table of thresholds (R-1002, R-1004)."""

from __future__ import annotations

import csv
import operator
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from crf2csr.contracts import ROOT
from crf2csr.errors import InputError

TABLE = Path("config/codelists/ctcae_v4_03_laboratory.csv")
#: Grades from the worst: the first whose criterion is met is the grade.
GRADES = (4, 3, 2, 1)
DIRECTIONS = ("L", "H")
#: What a criterion may compare with besides a number: limits of normal, baseline, the higher of ULN and baseline.
OPERANDS = ("LLN", "ULN", "BASE", "HIGHER")
_SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_ALTERNATIVE = re.compile(
    rf"(?P<sign><=|>=|<|>)(?: (?P<factor>[0-9.]+))?(?: (?P<operand>{'|'.join(OPERANDS)})(?: \+ (?P<more>[0-9.]+))?)?"
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A value with what its grade may rest on, all in one unit; None where it is not known."""

    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    base: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """One comparison of a criterion: value `sign` `factor` times operand plus `more`, or value `sign` `factor`."""

    sign: str
    factor: Decimal
    operand: str
    more: Decimal

    def holds(self, sample: Sample) -> bool | None:
        """Return whether the value meets it; None if a part is not known."""
        limit = self._limit(sample)
        if sample.value is None or limit is None:
            return None
        return bool(_SIGNS[self.sign](sample.value, limit))

    def _limit(self, sample: Sample) -> Decimal | None:
        if not self.operand:
            return self.factor
        known = {"LLN": sample.low, "ULN": sample.high, "BASE": sample.base}
        if self.operand == "HIGHER":
            limit = None if sample.high is None or sample.base is None else max(sample.high, sample.base)
        else:
            limit = known[self.operand]
        return None if limit is None else limit * self.factor + self.more


#: The criterion of each grade that a term has.
Criteria = Mapping[int, tuple[Alternative, ...]]


@dataclass(frozen=True, slots=True)
class Scale:
    """How a term is graded: its direction, the unit of its absolute thresholds (blank: none), a criterion a grade."""

    direction: str
    unit: str
    criteria: Criteria

    @property
    def compares_with_baseline(self) -> bool:
        """Whether a criterion compares with the baseline."""
        return any(one.operand in ("BASE", "HIGHER") for each in self.criteria.values() for one in each)


def grade_value(scale: Scale, sample: Sample, unit: str) -> int | None:
    """Return the grade of a value, 0 to 4; None if it cannot be told.

    From grade 4 down the first criterion that is met gives the grade; a criterion that a missing limit or baseline
    leaves open ends the search without one, so that no missing part could change a grade that is given. None too for a
    missing value, or another unit than that of the absolute thresholds. Comparison is exact. R-1002, R-1004 (NCI CTCAE
    v4.03).
    """
    if sample.value is None or (scale.unit and scale.unit.casefold() != unit.casefold()):
        return None
    for grade in GRADES:
        held = [alternative.holds(sample) for alternative in scale.criteria.get(grade, ())]
        if True in held:
            return grade
        if None in held:
            return None
    return 0


def find_scale(term: str, direction: str, clinical_component: str, root: Path = ROOT) -> Scale | None:
    """Return the scale of a term in a direction (`L`, `H`), written without regard to case; None for another term.

    `clinical_component` tells how to read grades that also need a clinical finding (`lab.clinical_component`). R-1004.
    """
    return load_scales(clinical_component, root).get((term.casefold(), direction))


@cache
def load_scales(clinical_component: str, root: Path = ROOT) -> Mapping[tuple[str, str], Scale]:
    """Return the scales by term (lower case) and direction. Raises InputError naming file, row and column for a
    criterion that cannot be read, another direction, or a scale that stands twice."""
    found: dict[tuple[str, str], Scale] = {}
    with (root / TABLE).open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            if row["clinical_component"] not in ("", clinical_component):
                continue
            at, place = (row["term"].casefold(), row["direction"]), f"{TABLE} row {number}"
            if row["direction"] not in DIRECTIONS or at in found:
                raise InputError(f"{place} column direction = '{row['direction']}': L or H, each once for a term")
            criteria = {grade: _criterion(row[f"grade{grade}"], f"{place} column grade{grade}") for grade in GRADES}
            found[at] = Scale(row["direction"], row["unit"], criteria)
    return found


def _criterion(text: str, place: str) -> tuple[Alternative, ...]:
    return tuple(_alternative(one, place) for one in text.split(" or ")) if text else ()


def _alternative(text: str, place: str) -> Alternative:
    match = _ALTERNATIVE.fullmatch(text)
    if not match or not (match["factor"] or match["operand"]):
        raise InputError(
            f"{place} = '{text}': expected comparisons such as '> 3 ULN' or '< 100', joined by ' or '; operands are "
            f"{', '.join(OPERANDS)}"
        )
    factor, more = Decimal(match["factor"] or 1), Decimal(match["more"] or 0)
    return Alternative(match["sign"], factor, match["operand"] or "", more)
