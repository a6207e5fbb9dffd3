"""What the functions of each stage return, and the columns of the frames that accompany data."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: A doubt about what a site recorded. All text; RAWROW is the record number with the header as row 1; severity E, W
#: or I.
QUERY_COLUMNS = ["subject", "form", "RAWFILE", "RAWROW", "field", "value", "rule", "severity", "message"]
#: A raw record that is in no domain, and why.
REMOVED_COLUMNS = ["subject", "form", "RAWFILE", "RAWROW", "reason"]
#: Where the raw record of a row stands; on every row of a raw form and of a domain.
PLACE = ("RAWFILE", "RAWROW")
#: Which source cell a value came from: `row` and `source_row` are addresses (`contracts.row_keys`); a raw source has
#: its file name as
#: `source`, its record number as `source_row` and the raw column as `source_field`. A blank `variable` stands for the
#: whole row.
LINK_COLUMNS = ["dataset", "row", "variable", "source", "source_row", "source_field"]


def frame_of(rows: list[dict[str, str]] | pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return rows as a frame of text with exactly `columns`; what is absent is empty text."""
    import pandas as pd

    frame = pd.DataFrame(rows, columns=columns) if isinstance(rows, list) else rows.reindex(columns=columns)
    return frame.astype("string").fillna("").reset_index(drop=True)


#: What of an origin is one text, and what is an array.
_OF_ORIGIN, _OF_ROW = ("variable", "source_field"), ("source", "source_row")


class Origin(NamedTuple):
    """Where the values of one variable came from: one entry for each row of the dataset, in its order.

    `source` and `source_row` are object arrays of text; `filled` says for which rows there is a link.
    """

    variable: str
    source: np.ndarray
    source_row: np.ndarray
    source_field: str
    filled: np.ndarray


def origin_in(variable: str, source: str, places: pd.Series) -> Origin:
    """Return the origin of a variable in one dataset: `places` are the addresses there, missing where there is none."""
    import numpy as np

    sources = np.repeat(np.array([source], dtype=object), len(places))
    return Origin(variable, sources, places.to_numpy(dtype=object), "", places.notna().to_numpy())


def bulk_links(dataset: str, rows: np.ndarray, origins: list[Origin]) -> pd.DataFrame:
    """Return the links of a dataset with the columns LINK_COLUMNS: for each of `rows` (object array of addresses) in
    order those of `origins` in order that it has. Nothing is sorted or compared: millions of links cost seconds."""
    import numpy as np
    import pandas as pd

    filled = np.column_stack([origin.filled for origin in origins])
    line = np.repeat(np.arange(len(rows), dtype=np.int32), filled.sum(axis=1))
    kind = np.broadcast_to(np.arange(len(origins), dtype=np.int16), filled.shape)[filled]
    columns = {name: np.array([getattr(one, name) for one in origins], dtype=object)[kind] for name in _OF_ORIGIN}
    columns |= {name: _of_each([getattr(one, name) for one in origins], line, kind) for name in _OF_ROW}
    columns["row"] = rows[line]
    size = len(line)
    # Each array weighs as much as a column of the result: only those are there at the end.
    del line, kind
    # Not np.full: it makes a text of its own for every row.
    columns["dataset"] = np.repeat(np.array([dataset], dtype=object), size)
    arrays = {name: pd.arrays.StringArray(columns.pop(name)) for name in LINK_COLUMNS}
    return pd.DataFrame(arrays, copy=False)


def _of_each(values: list[np.ndarray], line: np.ndarray, kind: np.ndarray) -> np.ndarray:
    import numpy as np

    if all(one is values[0] for one in values):
        return values[0][line]
    result = np.empty(len(line), dtype=object)
    for place, own in enumerate(values):
        chosen = kind == place
        result[chosen] = own[line[chosen]]
    return result


@dataclass(frozen=True)
class Cleaned:
    """A domain: conforming data, queries, removed raw records, links to raw cells."""

    data: pd.DataFrame
    queries: pd.DataFrame
    removed: pd.DataFrame
    links: pd.DataFrame


@dataclass(frozen=True)
class Derived:
    """An analysis dataset: conforming data, queries that need derived values, links to domain or dataset rows."""

    data: pd.DataFrame
    queries: pd.DataFrame
    links: pd.DataFrame


def csv_text(columns: list[str], rows: list[dict[str, str]]) -> str:
    """Return rows of text as CSV with exactly `columns`."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()
