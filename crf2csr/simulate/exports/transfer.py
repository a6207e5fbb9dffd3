"""The records of an extract under the column names of another mapping: text for text, nothing read or changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crf2csr.errors import InputError
from crf2csr.mapping import FieldMap, Mapping

if TYPE_CHECKING:
    import pandas as pd


def transfer(frames: dict[str, pd.DataFrame], old: Mapping, new: Mapping) -> dict[str, pd.DataFrame]:
    """Return each form of `frames` (as `read_form` gives it under `old`) with the columns that `new` names for it.

    Columns stand in the order of `Mapping.needed_columns`, all text; rows keep their order. Records that `old` marks as
    deleted stay out where `new` has no column to say so. Raises InputError for a form or field that only `new` has,
    and for a value that stands in another number of columns.
    """
    return {form: _form(frames[form], form, old, new) for form in new.forms}


def _form(frame: pd.DataFrame, form: str, old: Mapping, new: Mapping) -> pd.DataFrame:
    import pandas as pd

    if old.common.deleted and not new.common.deleted:
        frame = frame[~frame[old.common.deleted].isin(old.deleted_values)]
    given, wanted = old.common.model_dump(), new.common.model_dump()
    pairs = [(given[name], column) for name, column in wanted.items() if column]
    for name, place in new.forms[form].fields.items():
        if name not in old.forms[form].fields:
            raise InputError(f"forms.{form}.fields.{name}: only the new mapping has the field; list it under absent")
        pairs += zip(_columns(old.forms[form].fields[name]), _columns(place), strict=True)
    columns = {target: frame[source].reset_index(drop=True) if source else "" for source, target in pairs}
    return pd.DataFrame(columns, index=range(len(frame)), dtype="string")


def _columns(place: FieldMap) -> list[str]:
    """Return the columns of a field; boxes in the order of their terms, so that equal terms meet."""
    if place.boxes:
        return [column for column, _ in sorted(place.boxes.items(), key=lambda item: item[1])]
    return place.columns
