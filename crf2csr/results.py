"""What the functions of each stage return, and the columns of the frames that accompany data."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

#: A doubt about what a site recorded. All text; RAWROW is the record number with the header as row 1; severity E, W
#: or I.
QUERY_COLUMNS = ["subject", "form", "RAWFILE", "RAWROW", "field", "value", "rule", "severity", "message"]
#: A raw record that is in no domain, and why.
REMOVED_COLUMNS = ["subject", "form", "RAWFILE", "RAWROW", "reason"]
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
