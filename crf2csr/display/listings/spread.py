"""Listings with one line a visit: a column for each parameter, so that a questionnaire reads as it was filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crf2csr.display import numbers
from crf2csr.display.listings.records import build_listing
from crf2csr.display.model import Listing
from crf2csr.errors import InputError
from crf2csr.plan import DisplaySpec, Plan
from crf2csr.select import select_rows, subjects_in_set
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd

#: Stands where a record has no value (R-113), and behind a value whose flag is Y.
NOT_DONE, FLAGGED = "ND", "*"


@uses()
def spread(plan: Plan, display: str, data: dict[str, pd.DataFrame], study: View) -> Listing:
    """List the selected rows of the first dataset, those of each PARAMCD that `where` lists in a column of their own.

    A planned column named as a parameter shows its rows: the first of `variables` of the plan, the other numbers among
    them in brackets behind it, and `*` where a text among them is Y: `48.0 (6, -3.2)*`; then what `marks` of the plan
    say of the codes of other variables: `0.92 L (3)`. The value has the planned decimals of the column, else one.
    Without a first value it is ND, without a row blank. Lines are the combinations of the other planned columns; a date
    is the latest of its line. Raises InputError if `where` lists no PARAMCD, or a line has two rows of one parameter.
    R-1201, R-1203.
    """
    spec = plan.file.displays[display]
    subjects = subjects_in_set(data["adsl"], plan.file.populations[spec.population].flag)["USUBJID"]
    chosen = select_rows(data[spec.data[0]], spec.where)
    return build_listing(plan, display, _wide(spec, chosen.loc[chosen["USUBJID"].isin(subjects)]))


def _codes(spec: DisplaySpec) -> tuple[str, ...]:
    for condition in spec.where:
        if condition.variable == "PARAMCD" and condition.op == "in":
            return tuple(condition.value)
    raise InputError(f"{spec.kind} {spec.number}: `where` lists the parameters: variable PARAMCD, op in")


def _wide(spec: DisplaySpec, rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a line: what the lines differ in, the latest date with its day, a text for each parameter."""
    import pandas as pd

    codes = _codes(spec)
    columns = [column for column in spec.list_columns if column.variable not in codes]
    dated = {column.variable: column.day for column in columns if column.day}
    keys = [column.variable for column in columns if column.variable not in dated]
    keys += [name for name in spec.sort if name not in (*keys, *dated)]
    twice = rows.loc[rows.duplicated([*keys, "PARAMCD"], keep=False)]
    if len(twice):
        where = ", ".join(str(value) for value in twice.iloc[0][[*keys, "PARAMCD"]])
        raise InputError(
            f"{spec.kind} {spec.number}: {where}: two rows on one line; name a column that tells them apart"
        )
    latest = rows.sort_values(list(dated), na_position="first", kind="stable") if dated else rows
    lines = latest.groupby(keys, dropna=False, sort=False).tail(1)
    texts = rows.assign(_text=_texts(spec, rows)).pivot(index=keys, columns="PARAMCD", values="_text")
    wide = lines[[*keys, *dated, *filter(None, dated.values())]].merge(texts.reset_index(), on=keys, how="left")
    nothing = pd.Series(pd.NA, index=wide.index)
    return wide.assign(**{code: wide.get(code, nothing).astype("string") for code in codes})


def _texts(spec: DisplaySpec, rows: pd.DataFrame) -> pd.Series:
    import pandas as pd

    value, *others = spec.variables
    planned = {column.variable: column.decimals for column in spec.list_columns}
    places = [1 if planned.get(code) is None else int(planned[code] or 0) for code in rows["PARAMCD"]]
    texts = [_Parts(text, [], "") for text in _printed(rows[value], places)]
    for name in others:
        is_text = str(rows[name].dtype) == "string"
        for parts, text in zip(texts, _printed(rows[name]), strict=True):
            if is_text:
                parts.mark = FLAGGED if text == "Y" else parts.mark
            elif text:
                parts.beside.append(text)
    for name, words in spec.marks.items():
        for parts, text in zip(texts, _printed(rows[name]), strict=True):
            parts.mark += words.get(text, "")
    return pd.Series([parts.text for parts in texts], index=rows.index, dtype="string")


@dataclass
class _Parts:
    """What a cell is made of."""

    value: str
    beside: list[str]
    mark: str

    @property
    def text(self) -> str:
        """The cell: the value alone, or what stands beside it in brackets, and the mark."""
        if not self.value:
            return NOT_DONE
        return self.value + (f" ({', '.join(self.beside)})" if self.beside else "") + self.mark


def _printed(values: pd.Series, places: list[int] | None = None) -> list[str]:
    """Return values as text: decimals with one place, or those planned for each, a missing one blank."""
    decimal = str(values.dtype) == "Float64"
    return [
        "" if absent else numbers.format_number(float(value), place) if decimal else str(value)
        for value, absent, place in zip(values, values.isna(), places or [1] * len(values), strict=True)
    ]
