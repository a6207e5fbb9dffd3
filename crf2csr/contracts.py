"""What a dataset looks like: its variables, types, code lists and key, read from `config/contracts/<stage>/<name>.csv`.

A contract is what two stages agree on. Data of a stage always passes `conform` last, so that whoever reads it can
rely on the columns,
their types and the uniqueness of the key.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from crf2csr.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
#: Contract type to pandas dtype.
DTYPES = {"text": "string", "integer": "Int64", "decimal": "Float64", "date": "datetime64[ns]"}


class ContractError(Exception):
    """Data of a stage does not keep its contract: a defect of this program, never of the user's data."""


@dataclass(frozen=True)
class Variable:
    """One column: name, label, type (text, integer, decimal, date), length, code list, place in the key (0: none),
    core, origin.

    `keys` are the study keys that a derived value depends on: they travel to the assumptions below each display that
    uses the variable.
    """

    name: str
    label: str
    type: str
    length: int
    codelist: str
    key: int
    core: str
    origin: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contract:
    """The variables of one dataset of one stage, in order."""

    stage: str
    name: str
    variables: tuple[Variable, ...]

    @property
    def names(self) -> list[str]:
        """The column names in order."""
        return [variable.name for variable in self.variables]

    @property
    def key(self) -> list[str]:
        """The columns that identify a row, in key order."""
        keyed = [variable for variable in self.variables if variable.key]
        return [variable.name for variable in sorted(keyed, key=lambda variable: variable.key)]

    def variable(self, name: str) -> Variable:
        """Return the variable called `name`; raises ContractError if there is none."""
        for variable in self.variables:
            if variable.name == name:
                return variable
        raise ContractError(f"{self.stage}/{self.name} has no variable {name}")


def base_name(name: str) -> str:
    """Return the name of a dataset or an analysis without its variant: `adrs` for `adrs@investigator`."""
    return name.partition("@")[0]


def variant_of(name: str) -> str:
    """Return the variant in a name, or nothing."""
    return name.partition("@")[2]


def contract_path(stage: str, name: str, root: Path = ROOT) -> Path:
    """Return where the contract of a dataset is kept: under a variant the same as without."""
    return root / "config" / "contracts" / stage / f"{base_name(name)}.csv"


@cache
def load_contract(stage: str, name: str, root: Path = ROOT) -> Contract:
    """Read a contract. Raises InputError naming file, row and column for an unknown type or a duplicate variable."""
    path = contract_path(stage, name, root)
    if not path.is_file():
        raise InputError(f"{path}: no contract for {stage} '{name}'; check the name")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    variables = tuple(_variable(path, number, row) for number, row in enumerate(rows, start=2))
    names = [variable.name for variable in variables]
    for name_ in names:
        if names.count(name_) > 1:
            raise InputError(f"{path}: variable '{name_}' stands twice; keep one")
    return Contract(stage, name, variables)


def _variable(path: Path, number: int, row: dict[str, str]) -> Variable:
    if row["type"] not in DTYPES:
        raise InputError(f"{path} row {number} column type = '{row['type']}': unknown; use one of {', '.join(DTYPES)}")
    return Variable(
        name=row["variable"],
        label=row["label"],
        type=row["type"],
        length=int(row["length"] or 0),
        codelist=row["codelist"],
        key=int(row["key"] or 0),
        core=row["core"],
        origin=row["origin"],
        keys=tuple((row.get("keys") or "").split()),
    )


@cache
def load_terms(root: Path = ROOT) -> dict[str, tuple[str, ...]]:
    """Return the terms of every code list in `config/codelists/terms.csv`, in the order of the file."""
    with (root / "config" / "codelists" / "terms.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: tuple(r["value"] for r in rows if r["codelist"] == name) for name in {r["codelist"]: 0 for r in rows}}


def empty(contract: Contract) -> pd.DataFrame:
    """Return the conforming frame without rows: what a form that the study does not have becomes."""
    import pandas as pd

    return pd.DataFrame({v.name: pd.Series([], dtype=DTYPES[v.type]) for v in contract.variables})


def conform(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Return `frame` with exactly the contract's columns, types and order, rows ordered by the key.

    A permissible column that is absent is added empty. Raises ContractError naming the variable for an unknown or
    missing column, a value
    outside the code list, a missing value in a required variable, a value that is too long, or a key that is not
    unique.
    """
    import pandas as pd

    unknown = [name for name in frame.columns if name not in contract.names]
    missing = [v.name for v in contract.variables if v.core == "req" and v.name not in frame.columns]
    if unknown or missing:
        raise ContractError(f"{contract.stage}/{contract.name}: unknown columns {unknown}, missing columns {missing}")
    columns = {v.name: _cast(frame, v, contract) for v in contract.variables}
    # Sorting below makes the one copy: the input is never changed by who changes the result.
    result = pd.DataFrame(columns, index=frame.index, copy=False)
    for variable in contract.variables:
        _check_variable(result[variable.name], variable, contract)
    duplicated = result.duplicated(contract.key, keep=False)
    if duplicated.any():
        first = result.loc[duplicated, contract.key].iloc[0].to_dict()
        raise ContractError(
            f"{contract.stage}/{contract.name}: key {first} is not unique ({int(duplicated.sum())} rows)"
        )
    return result.sort_values(contract.key, kind="stable", na_position="first", ignore_index=True)


def _cast(frame: pd.DataFrame, variable: Variable, contract: Contract) -> pd.Series:
    import pandas as pd

    if variable.name not in frame.columns:
        return pd.Series([pd.NA] * len(frame), index=frame.index, dtype="object").astype(DTYPES[variable.type])
    try:
        if variable.type == "date":
            return pd.to_datetime(frame[variable.name]).astype(DTYPES["date"])
        return frame[variable.name].astype(DTYPES[variable.type], copy=False)
    except (ValueError, TypeError) as error:
        raise ContractError(
            f"{contract.stage}/{contract.name}.{variable.name}: not {variable.type}: {error}"
        ) from error


def _check_variable(column: pd.Series, variable: Variable, contract: Contract) -> None:
    place = f"{contract.stage}/{contract.name}.{variable.name}"
    if variable.core == "req" and column.isna().any():
        raise ContractError(f"{place}: required and missing in {int(column.isna().sum())} rows")
    if variable.codelist:
        outside = sorted(set(column.dropna().unique()) - set(load_terms()[variable.codelist]))
        if outside:
            raise ContractError(f"{place}: not in code list {variable.codelist}: {outside[:5]}")
    if variable.type == "text" and variable.length:
        longest = max(map(len, column.dropna().unique()), default=0)
        if longest > variable.length:
            raise ContractError(f"{place}: a text of {longest} characters, at most {variable.length} allowed")


def row_keys(frame: pd.DataFrame, contract: Contract) -> pd.Series:
    """Return the address of each row: its key values joined by `|` (a `|` or `%` inside a value is percent-encoded,
    missing is empty).

    The addresses are what `links` and `members` hold; they are unique in a conforming frame.
    """
    import pandas as pd

    texts = [_escaped(_key_text(frame[name])) for name in contract.key]
    return pd.Series(["|".join(parts) for parts in zip(*texts, strict=True)], index=frame.index, dtype="string")


def row_key(values: Iterable[str | None]) -> str:
    """Return the address of one row from its key values, all text, as `row_keys` gives it."""
    return "|".join([_escape_known(value) if value else "" for value in values])


def _escaped(column: pd.Series) -> list[str]:
    """Return texts with `%` and `|` percent-encoded; each text that occurs is looked at once."""
    texts = column.tolist()
    known = {text: _escape(text) for text in set(texts)}
    return [known[text] for text in texts]


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("|", "%7C")


#: For rows that come one by one, whose subjects, parameters and visits repeat.
_escape_known = lru_cache(maxsize=4096)(_escape)


def _key_text(column: pd.Series) -> pd.Series:
    if str(column.dtype) == "Float64":
        # All digits that a decimal has: two keys must not become one address.
        return column.map(lambda value: f"{value:.15g}", na_action="ignore").astype("string").fillna("")
    return column.astype("string").fillna("")
