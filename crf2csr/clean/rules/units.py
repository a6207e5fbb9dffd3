"""Units of measurements: the standard unit of each test and the exact factor of every unit that is converted to it.

A unit that is not listed here is never converted. Factors between mass and substance: table of conventional and SI
units of the journal Clinical Chemistry (information for authors); hemoglobin, albumin, cells and enzymes differ by
powers of ten only, equivalents of an ion by its charge; pound and inch by their definition of 1959.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from crf2csr.clean.domains import doubts
from crf2csr.clean.rules.values import canonical

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form


class Scale(NamedTuple):
    """The standard unit of a test, and what a value is multiplied by to be in it."""

    unit: str
    factor: Decimal = Decimal(1)


_CELLS = ("10^9/L", {"10^9/L": "1", "10*9/L": "1", "10^3/uL": "1", "10*3/uL": "1", "K/uL": "1", "/uL": "0.001"})
_CELLS[1].update({"/mm3": "0.001", "cells/uL": "0.001", "G/L": "1"})
_ENZYME = ("U/L", {"U/L": "1", "IU/L": "1"})
_MASS = ("g/L", {"g/L": "1", "g/dL": "10"})
_ION = ("mmol/L", {"mmol/L": "1", "mEq/L": "1"})
_TIME = ("ms", {"ms": "1", "msec": "1", "s": "1000"})
_PRESSURE = ("mmHg", {"mmHg": "1"})
#: Test to its standard unit and to the factor of each unit that a site may write.
UNITS: dict[str, tuple[str, dict[str, str]]] = {
    "HGB": _MASS,
    "ALB": _MASS,
    **dict.fromkeys(("WBC", "NEUT", "LYM", "PLAT"), _CELLS),
    **dict.fromkeys(("ALT", "AST", "ALP", "GGT"), _ENZYME),
    **dict.fromkeys(("K", "SODIUM"), _ION),
    "BILI": ("umol/L", {"umol/L": "1", "µmol/L": "1", "μmol/L": "1", "mg/dL": "17.1"}),
    "CREAT": ("umol/L", {"umol/L": "1", "µmol/L": "1", "μmol/L": "1", "mg/dL": "88.4"}),
    "CA": ("mmol/L", {"mmol/L": "1", "mg/dL": "0.2495", "mEq/L": "0.5"}),
    "MG": ("mmol/L", {"mmol/L": "1", "mg/dL": "0.4114", "mEq/L": "0.5"}),
    "PHOS": ("mmol/L", {"mmol/L": "1", "mg/dL": "0.3229"}),
    "GLUC": ("mmol/L", {"mmol/L": "1", "mg/dL": "0.05551"}),
    "APTT": ("s", {"s": "1", "sec": "1", "seconds": "1"}),
    # A ratio has no unit: a blank is as good as any word for it.
    "INR": ("", {"": "1", "1": "1", "ratio": "1", "INR": "1"}),
    **dict.fromkeys(("QT", "RR", "QTCF"), _TIME),
    "LVEF": ("%", {"%": "1"}),
    "WEIGHT": ("kg", {"kg": "1", "lb": "0.45359237"}),
    "HEIGHT": ("cm", {"cm": "1", "m": "100", "in": "2.54"}),
    "SYSBP": _PRESSURE,
    "DIABP": _PRESSURE,
    "PULSE": ("beats/min", {"beats/min": "1", "/min": "1", "bpm": "1"}),
    "TEMP": ("C", {"C": "1", "°C": "1"}),
}


@cache
def scales(test: str | None) -> dict[str, Scale]:
    """Return the units of a test, written without regard to case, with their scales; none for an unknown test."""
    standard, factors = UNITS.get(test or "", ("", {}))
    return {unit.casefold(): Scale(standard, Decimal(factor)) for unit, factor in factors.items()}


def converted(value: str, scale: Scale) -> str:
    """Return the exact decimal text of a value in the standard unit: all digits of the product, none rounded."""
    return canonical(Decimal(value) * scale.factor)


def standard_values(value: pd.Series, unit: pd.Series, test: pd.Series) -> pd.DataFrame:
    """Return number (Float64) and unit of each value in the standard unit of its test, and `unknown`: there is a value
    and its unit, blank or not, is not listed. All three are missing or false where value or test is missing."""
    rows = []
    for text, written, name in zip(value, unit, test, strict=True):
        if pd.isna(text) or pd.isna(name):
            rows.append((pd.NA, pd.NA, False))
            continue
        scale = scales(name).get("" if pd.isna(written) else written.casefold())
        rows.append((pd.NA, pd.NA, True) if scale is None else (float(converted(text, scale)), scale.unit, False))
    frame = pd.DataFrame(rows, index=value.index, columns=["number", "unit", "unknown"])
    return frame.astype({"number": "Float64", "unit": "string", "unknown": "bool"})


def unit_doubts(form: Form, values: pd.DataFrame, field: str, rule: str) -> pd.DataFrame:
    """Return a query on every record whose unit is not listed for its test: its value is not used."""
    text = "the unit is not listed for the test; the value is not used"
    return doubts(form.data[values["unknown"]], form.name, field, rule, text)
