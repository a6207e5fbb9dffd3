"""Laboratory values as they are analyzed: parameters, corrected calcium, grades (R-1002 to R-1009)."""

from __future__ import annotations

import csv
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from crf2csr.contracts import ROOT
from crf2csr.derive.rules.lab_grades import Sample, find_scale, grade_value

PARAMETERS = Path("config/codelists/lab_parameters.csv")
CALCIUM, ALBUMIN, CORRECTED = "CA", "ALB", "CACORR"
#: Corrected calcium = calcium + factor * (reference - albumin), mmol/L and g/L (R-1009).
CORRECTION, REFERENCE_ALBUMIN = Decimal("0.02"), Decimal(40)
#: What the grade of a value rests on: records that are alike in all of these have the same grade.
GRADED_BY = ["PARAMCD", "LBFAST", "EXACT", "LOW", "HIGH", "BASEEXACT"]
#: A value of one sample: what a record of calcium and one of albumin must share. Tubes of one sample may be minutes
#: apart, so that the day tells.
SAMPLE = ["USUBJID", "VISIT", "DAY"]


class LabParameter(NamedTuple):
    """A laboratory parameter: label, standard unit, category, CTCAE terms of low, high and fasting high values."""

    param: str
    unit: str
    category: str
    term_low: str
    term_high: str
    term_high_fasting: str

    @property
    def label(self) -> str:
        """Label with unit."""
        return f"{self.param} ({self.unit})" if self.unit else self.param

    def term(self, direction: str, fasting: bool) -> str:
        """Return the CTCAE term of a direction (`L`, `H`); blank if there is none."""
        if direction == "L":
            return self.term_low
        return self.term_high_fasting if fasting and self.term_high_fasting else self.term_high


@cache
def load_lab_parameters(root: Path = ROOT) -> dict[str, LabParameter]:
    """Return the parameters of the laboratory by PARAMCD, in the order of the table."""
    with (root / PARAMETERS).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["paramcd"]: LabParameter(*(row[name] for name in ("param", "unit", *LabParameter._fields[2:])))
        for row in rows
    }


def with_corrected_calcium(lb: pd.DataFrame) -> pd.DataFrame:
    """Return the records with those of corrected calcium below them, and ALBUMIN, the address of the albumin record.

    Of one sample (same visit and day): calcium + 0.02 * (40 - albumin), mmol/L and g/L, in exact decimals, with the
    limits of calcium. Values that are no number, and calcium without albumin (a query of the clean stage), are not
    corrected. R-1009.
    """
    numbers = lb[lb["LBSTRESN"].notna() & lb["LBTESTCD"].isin([CALCIUM, ALBUMIN])]
    numbers = numbers.assign(DAY=numbers["LBDTC"].str.slice(0, 10))
    calcium = numbers[numbers["LBTESTCD"].eq(CALCIUM)]
    albumin = numbers.loc[numbers["LBTESTCD"].eq(ALBUMIN), [*SAMPLE, "LBSTRESC", "ADDRESS"]]
    named = albumin.rename(columns={"LBSTRESC": "ALB", "ADDRESS": "ALBUMIN"})
    found = calcium.merge(named, how="inner", on=SAMPLE)
    pairs = list(zip(found["LBSTRESC"], found["ALB"], strict=True))
    known = {pair: _corrected(*map(Decimal, pair)) for pair in set(pairs)}
    exact = [known[pair] for pair in pairs]
    corrected = found.assign(
        LBTESTCD=CORRECTED,
        LBSTRESC=pd.array([format(value, "f") for value in exact], dtype="string"),
        LBSTRESN=pd.array([float(value) for value in exact], dtype="Float64"),
        LBNRIND=pd.Series(pd.NA, index=found.index, dtype="string"),
    )
    empty = lb.assign(ALBUMIN=pd.Series(pd.NA, index=lb.index, dtype="string"))
    return pd.concat([empty, corrected[empty.columns]], ignore_index=True) if len(corrected) else empty


def _corrected(calcium: Decimal, albumin: Decimal) -> Decimal:
    return calcium + CORRECTION * (REFERENCE_ALBUMIN - albumin)


def compute_ratio(value: pd.Series, limit: pd.Series) -> pd.Series:
    """Return the ratio of values to limits, both as exact text, as the nearest Float64: 36.3 of 12.1 is exactly 3.

    Missing where a part is missing or the limit is 0. R-101.
    """
    pairs = pd.DataFrame({"value": value, "limit": limit})
    unique = pairs.dropna().drop_duplicates()
    ratios = [float(Fraction(v) / Fraction(u)) if Fraction(u) else None for v, u in unique.itertuples(index=False)]
    found = unique.assign(ratio=pd.Series(ratios, index=unique.index, dtype="Float64"))
    return pairs.merge(found, how="left", on=["value", "limit"])["ratio"].set_axis(value.index)


def range_texts(low: pd.Series, high: pd.Series) -> pd.Series:
    """Return limits as text: `1.8 to 7.5`, `from 1.8`, `up to 7.5`; missing without either."""
    pairs = pd.DataFrame({"low": low, "high": high})
    unique = pairs.drop_duplicates()
    texts = [_range_text(*(None if pd.isna(one) else f"{one:.15g}" for one in pair)) for pair in unique.to_numpy()]
    found = unique.assign(text=pd.Series(texts, index=unique.index, dtype="string"))
    return pairs.merge(found, how="left", on=["low", "high"])["text"].set_axis(low.index)


def _range_text(low: str | None, high: str | None) -> str | None:
    if low and high:
        return f"{low} to {high}"
    return f"from {low}" if low else f"up to {high}" if high else None


def derive_lab_grades(frame: pd.DataFrame, clinical_component: str) -> pd.DataFrame:
    """Return the records with ATOXDSCL, ATOXGRL, ATOXDSCH, ATOXGRH: term and grade of each direction.

    Needs the columns GRADED_BY, numbers as exact text. A parameter without a term in a direction has neither; of values
    that cannot be graded the grade is missing. Each combination of what a grade rests on is graded once. R-1002,
    R-1004.
    """
    base = frame["BASEEXACT"].where(frame["PARAMCD"].isin(_compared_with_baseline(clinical_component)))
    cells = frame[GRADED_BY].assign(BASEEXACT=base)
    groups = cells.groupby(GRADED_BY, sort=False, dropna=False).ngroup().to_numpy()
    distinct = cells[~pd.Series(groups).duplicated().to_numpy()].astype("object")
    distinct = distinct.where(distinct.notna(), None)
    graded = [_grades(row, clinical_component) for row in distinct.itertuples(index=False, name=None)]
    types = {"ATOXDSCL": "string", "ATOXGRL": "Int64", "ATOXDSCH": "string", "ATOXGRH": "Int64"}
    found = pd.DataFrame(graded, columns=list(types), dtype="object").astype(types).take(groups)
    return frame.assign(**{name: found[name].array for name in types})


def _compared_with_baseline(clinical_component: str) -> list[str]:
    """Return the parameters of which a grade compares with the baseline; of the others it tells nothing."""
    found = []
    for code, parameter in load_lab_parameters().items():
        terms = (("L", parameter.term_low), ("H", parameter.term_high), ("H", parameter.term_high_fasting))
        scales = [find_scale(term, direction, clinical_component) for direction, term in terms if term]
        if any(scale and scale.compares_with_baseline for scale in scales):
            found.append(code)
    return found


def _grades(
    row: tuple[str | None, ...], clinical_component: str
) -> tuple[str | None, int | None, str | None, int | None]:
    code, fasting, *numbers = row
    parameter = load_lab_parameters()[code or ""]
    sample = Sample(*(None if text is None else Decimal(text) for text in numbers))
    found: list[str | int | None] = []
    for direction in ("L", "H"):
        term = parameter.term(direction, fasting == "Y")
        scale = find_scale(term, direction, clinical_component)
        found += [term or None, grade_value(scale, sample, parameter.unit) if scale else None]
    return tuple(found)  # type: ignore[return-value]
