"""Listings: the rows of an analysis dataset that the plan selects, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.display import numbers
from crf2csr.display.model import NO_DATA, Column, Listing
from crf2csr.plan import DisplaySpec, ListColumn, Plan
from crf2csr.select import select_rows, subjects_in_set
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd


@uses()
def records(plan: Plan, display: str, data: dict[str, pd.DataFrame], study: View) -> Listing:
    """List the selected rows of the first dataset of the plan for the subjects of the population, in planned order.

    Dates print as ISO with the study day in brackets (R-206), also those kept as collected text; numbers with the
    planned decimals or significant digits; a missing value is blank.
    """
    spec = plan.file.displays[display]
    flag = plan.file.populations[spec.population].flag
    adsl = data["adsl"]
    subjects = subjects_in_set(adsl, flag)["USUBJID"]
    frame = select_rows(data[spec.data[0]], spec.where)
    return build_listing(plan, display, frame.loc[frame["USUBJID"].isin(subjects)])


def build_listing(plan: Plan, display: str, frame: pd.DataFrame) -> Listing:
    """Return the listing of `frame`, which holds the variables of the planned columns, ordered by the planned
    variables."""
    spec = plan.file.displays[display]
    label = plan.file.populations[spec.population].label
    ordered = frame.sort_values(list(spec.sort), kind="stable", na_position="last")
    columns = tuple(Column(c.variable, c.label, width=c.width, align=c.align) for c in spec.list_columns)
    texts = [_texts(ordered, column) for column in spec.list_columns]
    rows = tuple(zip(*texts, strict=True)) if len(ordered) else ()
    empty = "" if rows else f"{NO_DATA} Criterion: {_criterion(spec, label)}."
    return Listing(display, spec.number, spec.title, label, columns, rows, spec.repeats, empty)


def _criterion(spec: DisplaySpec, label: str) -> str:
    return "; ".join([label, *(condition.text for condition in spec.where)])


def _texts(frame: pd.DataFrame, column: ListColumn) -> list[str]:
    values = frame[column.variable]
    if str(values.dtype).startswith("datetime"):
        dates = [
            "" if value is None else value
            for value in values.dt.strftime("%Y-%m-%d").astype("object").where(values.notna(), None)
        ]
        days = ["" if day != day or day is None else f" ({int(day)})" for day in _days(frame, column)]
        return [date + day if date else "" for date, day in zip(dates, days, strict=True)]
    if str(values.dtype) == "Float64":
        return ["" if missing else _decimal(float(v), column) for v, missing in _pairs(values)]
    texts = ["" if missing else _in_words(str(value), column) for value, missing in _pairs(values)]
    days = ["" if day is None else f" ({day})" for day in _days(frame, column)]
    return [text + day if text[:1].isdigit() else text for text, day in zip(texts, days, strict=True)]


def _decimal(value: float, column: ListColumn) -> str:
    if column.significant:
        return numbers.format_significant(value, column.significant)
    return numbers.format_number(value, 1 if column.decimals is None else column.decimals)


def _in_words(text: str, column: ListColumn) -> str:
    """Return a text with its codes as the plan words them."""
    return "; ".join(column.words.get(part, part) for part in text.split("; ")) if column.words else text


def _days(frame: pd.DataFrame, column: ListColumn) -> list[int | None]:
    if not column.day:
        return [None] * len(frame)
    return [None if missing else int(day) for day, missing in _pairs(frame[column.day])]


def _pairs(values: pd.Series) -> zip:
    return zip(values, values.isna(), strict=True)
