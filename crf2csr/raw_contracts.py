"""What the forms of a trial look like: `config/contracts/raw/<form>.csv`, one line a field.

Beside them stand the forms whose key holds the visit (`forms.csv`) and the plausible limits of Q-110 (`limits.csv`).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from crf2csr.contracts import ROOT, load_terms
from crf2csr.errors import InputError
from crf2csr.study import nearest

RAW_TYPES = ("text", "integer", "decimal", "date", "time", "code", "checkbox")


@dataclass(frozen=True)
class RawField:
    """One field of a raw form; `low` and `high` are its limits in the unit of the form.

    Outside them a value is doubted and kept (Q-110); `rule` names the check of a field whose limits are those of its
    scale, so that a value outside them, or one that is no number of the type, is not used.
    """

    name: str
    label: str
    type: str
    codelist: str
    key: int
    core: str
    low: Decimal | None
    high: Decimal | None
    rule: str = ""


@dataclass(frozen=True)
class RawContract:
    """The fields of one raw form, in order; `visit_in_key` says whether the visit is part of the key of a record."""

    form: str
    fields: dict[str, RawField]
    visit_in_key: bool

    @property
    def key(self) -> list[str]:
        """The fields that identify a record besides subject (and visit), in key order."""
        keyed = [field for field in self.fields.values() if field.key]
        return [field.name for field in sorted(keyed, key=lambda field: field.key)]


@cache
def load_raw_contract(form: str, root: Path = ROOT) -> RawContract:
    """Read the contract of a raw form.

    Raises InputError naming file, row and column for an unknown form, type or code list.
    """
    folder = root / "config" / "contracts"
    path = folder / "raw" / f"{form}.csv"
    if not path.is_file():
        raise InputError(f"{path}: no contract for form '{form}'{nearest(form, known_forms(root))}")
    limits = {row["field"]: row for row in _rows(folder / "limits.csv") if row["form"] == form}
    rows = list(enumerate(_rows(path), start=2))
    fields = {row["field"]: _raw_field(path, number, row, limits.get(row["field"], {}), root) for number, row in rows}
    about = {row["form"]: row for row in _rows(folder / "forms.csv")}
    if form not in about or len(fields) < len(rows):
        problem = "a field stands twice" if form in about else "the form is missing in config/contracts/forms.csv"
        raise InputError(f"{path}: {problem}; correct the contract")
    return RawContract(form, fields, about[form]["visit_in_key"] == "Y")


def known_forms(root: Path = ROOT) -> list[str]:
    """Return the forms that have a raw contract, ordered."""
    return sorted(path.stem for path in (root / "config" / "contracts" / "raw").glob("*.csv"))


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _raw_field(path: Path, number: int, row: dict[str, str], limits: dict[str, str], root: Path) -> RawField:
    if row["type"] not in RAW_TYPES:
        raise InputError(
            f"{path} row {number} column type = '{row['type']}': unknown; use one of {', '.join(RAW_TYPES)}"
        )
    if (row["type"] in ("code", "checkbox")) != bool(row["codelist"]) or row["codelist"] not in ("", *load_terms(root)):
        raise InputError(
            f"{path} row {number} column codelist = '{row['codelist']}': not a list of codelists/terms.csv"
        )
    low, high = (Decimal(limits[name]) if limits.get(name) else None for name in ("low", "high"))
    key = int(row["key"] or 0)
    rule = limits.get("rule") or ""
    return RawField(row["field"], row["label"], row["type"], row["codelist"], key, row["core"], low, high, rule)
