"""What lies behind the numbers of a document, as plain data: participants counted, and the CRF records of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: Display id, number of the part, of the row in it, of the column.
Place = tuple[str, int, int, int]


@dataclass(frozen=True)
class Record:
    """One raw record: index of its file, its row (the header is row 1), its values as recorded, in field order."""

    file: int
    row: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Counted:
    """One row that a number counts: subject, what the row says, and indexes of records with those of their fields."""

    subject: str
    text: str
    records: tuple[tuple[int, tuple[int, ...]], ...]


@dataclass(frozen=True)
class DrillDown:
    """Everything once: files and their fields, records, rows counted; cells lead to groups, indexes into `counted`."""

    files: tuple[str, ...] = ()
    fields: tuple[tuple[str, ...], ...] = ()
    records: tuple[Record, ...] = ()
    counted: tuple[Counted, ...] = ()
    groups: tuple[tuple[int, ...], ...] = ()
    cells: Mapping[Place, int] = field(default_factory=dict)


def drill_data(drill: DrillDown) -> dict[str, Any]:
    """Return the data for the page, without the cells, which bear their groups themselves.

    Sets of fields, of which there are few, are kept once and named by their index.
    """
    sets: dict[tuple[int, ...], int] = {}
    counted = [
        [row.subject, row.text, [n for at, used in row.records for n in (at, sets.setdefault(used, len(sets)))]]
        for row in drill.counted
    ]
    return {
        "files": drill.files,
        "fields": drill.fields,
        "records": [[record.file, record.row, record.values] for record in drill.records],
        "counted": counted,
        "sets": list(sets),
        "groups": drill.groups,
    }
