"""Which target lesions of baseline are eligible as such (R-502 to R-505, RECIST 1.1 sections 3.1 and 4.2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd

from crf2csr.derive.rules.recist import compute_size_eligibility, parse_diameter

#: mm that a method must show of a lesion that is no node (R-502); CT and MRI: `least_diameter`.
PLAIN_FILM, OTHERWISE = Decimal(20), Decimal(10)
THIN_SLICE = Decimal(5)
#: Parts of organ names that are never a target by themselves (R-505); the form does not tell of a soft tissue part of
#: bone, nor of earlier irradiation.
NEVER = ("bone", "skelet", "effusion", "ascites", "leptomening", "lymphangi", "inflammatory")


def least_diameter(method: str, slice_mm: Decimal | None) -> Decimal:
    """Return the mm that a lesion other than a node needs to be a target: 20 on chest X-ray, twice a slice above 5 mm.

    Everything else 10; an unknown slice is taken as thin. R-502 (RECIST 1.1 section 3.1.1).
    """
    if method == "CHEST X-RAY":
        return PLAIN_FILM
    return OTHERWISE if slice_mm is None or slice_mm <= THIN_SLICE else 2 * slice_mm


def select_eligible(targets: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of TR whose lesion is eligible as a target by size, method and organ.

    `targets` are the target rows of baseline. A fragment, a lesion without a size (also one too small to measure) and a
    missing organ or method: the fragment and the lesion without size are not eligible, the others are judged by what is
    known. The limit of five lesions, two of an organ (R-504) leaves at least one of them eligible. R-502 to R-505.
    """
    chosen = [_is_eligible(row) for row in targets.itertuples()]
    return targets[pd.Series(chosen, targets.index, dtype=bool)]


def _is_eligible(row: Any) -> bool:
    diameter = parse_diameter(_text(row.TRSTRESC))
    organ = _text(row.TRLOC).casefold()
    if diameter is None or _text(row.TRSTATE) != "MEASURED" or _text(row.TRPARENT) or any(w in organ for w in NEVER):
        return False
    slice_mm = None if pd.isna(row.TRSLICE) else Decimal(repr(float(row.TRSLICE)))
    least = least_diameter(_text(row.TRMETHOD), slice_mm)
    return compute_size_eligibility(_text(row.TRNODAL) == "Y", diameter, least) == "TARGET"


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)
