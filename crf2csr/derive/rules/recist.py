"""Target response of one subject at one visit, from lesion diameters in exact decimal arithmetic (R-511 to R-530)."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from crf2csr.errors import InputError

ZERO = Decimal(0)
TOO_SMALL = Decimal(5)  # mm, a lesion that is seen but too small to measure (RECIST 1.1 section 4.3.2)
LIMIT = Decimal(10) ** 9  # mm; no diameter in any unit is above it
NORMAL_NODE = Decimal(10)  # mm short axis; a node below it is normal (RECIST 1.1 section 4.3.2)
TARGET_NODE = Decimal(15)  # mm short axis from which a node can be a target (RECIST 1.1 section 3.1.1)
GROWTH = Decimal(5)  # mm, absolute increase that progression needs (RECIST 1.1 section 4.3.1)

GONE_STATUSES = ("ABSENT", "MERGED")
STATUSES = ("MEASURED", "ABSENT", "TOO SMALL TO MEASURE", "MERGED", "SPLIT", "NOT EVALUATED")

# A result that would have to be rounded raises instead: thresholds compare exact values.
EXACT = Context(prec=200, traps=[Inexact, InvalidOperation])
_PLAIN_NUMBER = re.compile(r"[0-9]+(\.[0-9]{1,12})?|\.[0-9]{1,12}")
_NOT_A_DIAMETER = (
    "not a plain number of mm from 0 up (at most 12 decimals, below 10^9); correct the record or map the value"
)


@dataclass(frozen=True, slots=True)
class Lesion:
    """A target lesion; a node counts with its short axis."""

    id: str
    nodal: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What one scan recorded for one target lesion, or one fragment of it; `value` in mm as recorded.

    `key` names the source row; `parent` is the lesion that this one split from or merged into.
    """

    value: Decimal | None
    status: str
    lesion: str = ""
    date: dt.date | None = None
    parent: str = ""
    key: str = ""


class Sums(NamedTuple):
    """Sum of diameters (null if a lesion is null), sum of the measured part, sorted ids of the null lesions (R-514)."""

    sod: Decimal | None
    subset_sum: Decimal | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TargetResponse:
    """Target response of a visit, the rule that fired and the values it used; mm as Decimal, percent as Fraction."""

    response: str
    rule: str
    reason: str
    sod: Decimal | None
    subset_sum: Decimal | None
    missing: tuple[str, ...]
    base: Decimal | None
    nadir: Decimal | None

    @property
    def pchg(self) -> Fraction | None:
        """Percent change of the complete sum from baseline; null if a part is null or the divisor is 0 (R-518)."""
        return percent_change(self.sod, self.base)

    @property
    def pchg_nadir(self) -> Fraction | None:
        """Percent change of the complete sum from the nadir; null if a part is null or the divisor is 0 (R-518)."""
        return percent_change(self.sod, self.nadir)

    @property
    def change_nadir(self) -> Decimal | None:
        """Change of the complete sum from the nadir in mm; null if a part is null (R-526)."""
        return None if self.sod is None or self.nadir is None else EXACT.subtract(self.sod, self.nadir)

    @property
    def measured_change_nadir(self) -> Decimal | None:
        """Change of the measured part from the nadir in mm, as R-523 compares it."""
        return None if self.subset_sum is None or self.nadir is None else EXACT.subtract(self.subset_sum, self.nadir)

    @property
    def measured_pchg_nadir(self) -> Fraction | None:
        """Percent change of the measured part from the nadir, as R-523 compares it; null if the nadir is 0."""
        return percent_change(self.subset_sum, self.nadir)


def percent_change(value: Decimal | None, reference: Decimal | None) -> Fraction | None:
    """Return 100 * (value - reference) / reference exactly; null if either is null or the reference is 0 (R-518)."""
    if value is None or not reference:
        return None
    top, bottom = EXACT.subtract(value, reference).as_integer_ratio()
    divisor, scale = reference.as_integer_ratio()
    return Fraction(100 * top * scale, bottom * divisor)


def parse_diameter(diameter: str | int | Decimal | None) -> Decimal | None:
    """Return a diameter in mm as an exact number; null for none or blank.

    Refused: anything but a plain non-negative number (no unit, sign, exponent or decimal comma; up to 12 decimals) and
    10**9 mm or more: InputError; a binary float: TypeError. R-101.
    """
    if diameter is None:
        return None
    if isinstance(diameter, str):
        return _parse_text(diameter)
    if isinstance(diameter, float):
        raise TypeError(f"diameter {diameter!r} is a binary float; give text or Decimal (R-101)")
    number = diameter if isinstance(diameter, Decimal) else Decimal(diameter)
    if not number.is_finite() or not ZERO <= number < LIMIT:
        raise InputError(f"diameter '{diameter}': {_NOT_A_DIAMETER}")
    return number


@lru_cache(maxsize=4096)
def _parse_text(diameter: str) -> Decimal | None:
    """Return the exact number of a text in mm; null for blank. Extracts repeat few values, hence the cache."""
    text = diameter.strip()
    number = Decimal(text) if _PLAIN_NUMBER.fullmatch(text) else LIMIT
    if text and number >= LIMIT:
        raise InputError(f"diameter {text!r}: {_NOT_A_DIAMETER}")
    return number if text else None


def lesion_value(diameter: str | int | Decimal | None, status: str) -> Decimal | None:
    """Return the value in mm that a lesion adds to the sum; null if not evaluated.

    ABSENT and MERGED are 0; TOO SMALL TO MEASURE is 5 mm unless a real value (above 0) is given; NOT EVALUATED is null,
    never 0; MEASURED, SPLIT and blank are the diameter, null without one. ABSENT or MERGED beside a diameter above 0
    contradict each other: null. Raises InputError for an unknown status or diameter.
    R-511, R-513 (RECIST 1.1 section 4.3.2; EORTC RECIST FAQ, lesions less than 5 mm).
    """
    number = parse_diameter(diameter)
    if status in ("MEASURED", "", "SPLIT"):
        return number
    if status in GONE_STATUSES:
        return None if number else ZERO
    if status == "TOO SMALL TO MEASURE":
        return number or TOO_SMALL
    if status == "NOT EVALUATED":
        return None
    raise InputError(f"status {status!r}: not a status of a target lesion; map it to one of {', '.join(STATUSES)}")


def fragments_sum(values: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum of the fragments of a split lesion in mm; null if there is none or one is null (R-513)."""
    total = None
    for value in values:
        if value is None:
            return None
        total = EXACT.add(total or ZERO, value)
    return total


def sum_diameters(lesions: Sequence[Lesion], values: Mapping[str, Decimal | None]) -> Sums:
    """Return the sums over exactly the given lesions, whatever other ids `values` holds (R-514)."""
    subset, missing = None, []
    for lesion in lesions:
        value = values.get(lesion.id)
        if value is None:
            missing.append(lesion.id)
        else:
            subset = value if subset is None else EXACT.add(subset, value)
    return Sums(None if missing else subset, subset, tuple(sorted(missing)))


def is_back(lesion: Lesion, value: Decimal) -> bool:
    """Tell whether a lesion shows disease: a node from 10 mm short axis, any other above 0 (R-524, R-525)."""
    return value >= NORMAL_NODE if lesion.nodal else value > 0


def no_disease(lesions: Sequence[Lesion], values: Mapping[str, Decimal | None]) -> bool:
    """Tell whether every lesion has a value and none shows disease (the condition of R-524)."""
    for lesion in lesions:
        value = values.get(lesion.id)
        if value is None or is_back(lesion, value):
            return False
    return True


def compute_size_eligibility(nodal: bool, diameter: Decimal, least: Decimal) -> str:
    """Return TARGET, NON-TARGET or NORMAL for the size (mm) of a lesion at baseline.

    A node (short axis) is TARGET from 15 mm, NON-TARGET from 10 mm, else NORMAL: not recorded. Any other lesion
    (longest diameter) is TARGET from `least` mm, else NON-TARGET; `least` is what its method can measure: 10 on CT or
    MRI with slices up to 5 mm, twice the slice if thicker, 10 by caliper, 20 on chest X-ray.
    R-502, R-503 (RECIST 1.1 section 3.1.1).
    """
    if nodal:
        return "TARGET" if diameter >= TARGET_NODE else "NON-TARGET" if diameter >= NORMAL_NODE else "NORMAL"
    return "TARGET" if diameter >= least else "NON-TARGET"


def is_progression(total: Decimal, nadir: Decimal | None) -> bool:
    """Tell whether a sum is 5 mm and 20 % above the nadir, both inclusive; without a nadir nothing can be told (R-526).

    For a nadir of 0 the relative part is true. RECIST 1.1 section 4.3.1.
    """
    if nadir is None or EXACT.subtract(total, nadir) < GROWTH:
        return False
    return EXACT.multiply(total, 5) >= EXACT.multiply(nadir, 6)


def compute_target_response(
    lesions: Sequence[Lesion],
    baseline: Mapping[str, Decimal | None],
    readings: Mapping[str, Decimal | None],
    nadir: Decimal | None,
    earlier_overall_cr: bool,
    confirmed_pr: bool = False,
) -> TargetResponse:
    """Return the target response of one visit; the first rule that matches wins.

    `lesions` is the baseline target set, `baseline` and `readings` map its ids to R-511 values in mm (other ids are
    left out of every sum), `nadir` is the smallest complete sum before this visit (R-517), `earlier_overall_cr` tells
    of an overall CR before it, `confirmed_pr` of a confirmed PR without later PD under `pr_persistence = confirmed`.
    Without a complete baseline sum PR and SD cannot be told apart; from a baseline that already meets R-524 no response
    can start: what is not PD (or, in the first case, CR) is NE by R-514 (decision 0002).
    R-521 to R-530 (RECIST 1.1 sections 4.3.1, 4.3.2, 4.4.2; EORTC RECIST FAQ).
    """
    base = sum_diameters(lesions, baseline).sod
    start_free = no_disease(lesions, baseline)
    return judge_target(lesions, base, start_free, readings, nadir, earlier_overall_cr, confirmed_pr)


def judge_target(
    lesions: Sequence[Lesion],
    base: Decimal | None,
    free_at_baseline: bool,
    readings: Mapping[str, Decimal | None],
    nadir: Decimal | None,
    earlier_overall_cr: bool,
    confirmed_pr: bool,
) -> TargetResponse:
    """Return `compute_target_response` for a baseline known by its sum and by whether it meets R-524 already."""
    if not lesions:
        return TargetResponse("NA", "R-521", "", None, None, (), None, nadir)
    sums = sum_diameters(lesions, readings)
    reference = base if nadir is None else nadir
    if sums.subset_sum is None:
        found = ("NE", "R-522", "NOTHING_MEASURED")
    elif sums.sod is None:
        back = earlier_overall_cr and any(
            (now := readings.get(lesion.id)) and is_back(lesion, now) for lesion in lesions
        )
        found = _partial_response(is_progression(sums.subset_sum, reference), back)
    else:
        free = no_disease(lesions, readings)
        found = _complete_response(sums.sod, base, reference, free, free_at_baseline, earlier_overall_cr, confirmed_pr)
    return TargetResponse(*found, *sums, base, reference)


def _partial_response(grown: bool, back: bool) -> tuple[str, str, str]:
    """Return response, rule and reason of a visit at which some target lesion has no value (R-523).

    What is measured can be progression already: by its growth, or because it shows disease after an overall CR
    (`back`, R-525; decision 0002, point 3).
    """
    if grown:
        return "PD", "R-523", "SUBSET_PD"
    return ("PD", "R-525", "REAPPEAR_AFTER_CR") if back else ("NE", "R-523", "LESION_NOT_EVALUATED")


def _complete_response(
    sod: Decimal,
    base: Decimal | None,
    nadir: Decimal | None,
    free: bool,
    free_at_baseline: bool,
    earlier_overall_cr: bool,
    confirmed_pr: bool,
) -> tuple[str, str, str]:
    """Return response, rule and reason of a visit at which every target lesion has a value (R-524 to R-530)."""
    if free and not free_at_baseline:
        return "CR", "R-524", ""
    if earlier_overall_cr and not free:
        return "PD", "R-525", "REAPPEAR_AFTER_CR"
    if is_progression(sod, nadir):
        return "PD", "R-526", ""
    if base is None or free_at_baseline:
        return "NE", "R-514", "BASELINE_INCOMPLETE" if base is None else "NO_DISEASE_AT_BASELINE"
    if EXACT.multiply(sod, 10) <= EXACT.multiply(base, 7):
        return "PR", "R-527", ""
    return ("PR", "R-530", "CONFIRMED_PR_PERSISTS") if confirmed_pr else ("SD", "R-528", "")
