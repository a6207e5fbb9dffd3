"""What a display is before it becomes a page: frozen tables, listings and figures of text.

The display stage writes one of these as JSON; every renderer reads that JSON and a stamp, and nothing else. No number
is computed here
and no format (PDF, Word, HTML) is known here. The digest of the cells is the same in every format, so that documents
can be proven equal.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

#: Printed in the body of a display that has nothing to show (rule E0 of docs/rules.md).
NO_DATA = "No data to report: no subject met the criteria for this display."
#: The same where there are subjects, but too few or too much alike for the model that the display shows.
NO_ESTIMATE = "No data to report: the planned model cannot be estimated."


@dataclass(frozen=True)
class Cell:
    """One cell: its text as printed, its type (invariant 5 of docs/rules.md) and the ARD row ids that it
    shows."""

    text: str
    kind: str = "text"
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One column: `label` may hold line breaks; `n` is the denominator of the header, None where the column has
    none."""

    id: str
    label: str
    n: int | None = None
    spanner: str = ""
    width: float = 1.0
    align: str = "center"


@dataclass(frozen=True)
class Row:
    """One row: stub label with its nesting level and the cells of the columns; a heading row has blank cells."""

    label: str
    cells: tuple[Cell, ...]
    indent: int = 0
    heading: bool = False


@dataclass(frozen=True)
class Part:
    """A page set of a table, such as one population: its own columns (the N differ) and rows; `empty` holds the E0
    text, if any."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str = ""


@dataclass(frozen=True)
class Footer:
    """Everything below a display but the stamp: lettered notes first, then abbreviations, legend, assumptions,
    source, program."""

    notes: tuple[str, ...] = ()
    abbreviations: str = ""
    legend: str = ""
    assumptions: str = ""
    source: str = ""
    program: str = ""


@dataclass(frozen=True)
class Table:
    """A table of the appendix; `stub` heads the column of row labels."""

    id: str
    number: str
    title: str
    population: str
    parts: tuple[Part, ...]
    footer: Footer = field(default_factory=Footer)
    stub: str = ""
    kind: str = "table"


@dataclass(frozen=True)
class Listing:
    """A listing: rows of texts in the order of `columns`; `repeats` names the columns whose repeats a page may leave
    blank."""

    id: str
    number: str
    title: str
    population: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    repeats: tuple[str, ...] = ()
    empty: str = ""
    footer: Footer = field(default_factory=Footer)
    kind: str = "listing"


@dataclass(frozen=True)
class Figure:
    """A figure: the table of the values plotted, the drawing beside it (`<id>.svg`, `<id>.png`) and the sentence that
    replaces it."""

    id: str
    number: str
    title: str
    population: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    alt: str
    empty: str = ""
    footer: Footer = field(default_factory=Footer)
    kind: str = "figure"


Display = Table | Listing | Figure


def cell_texts(display: Display) -> list[list[str]]:
    """Return the texts of a display row by row, in reading order: what the digest covers."""
    if isinstance(display, Table):
        return [line for part in display.parts for line in _part_texts(part)]
    head = [c.label for c in display.columns] if isinstance(display, Listing) else list(display.header)
    return [head, *([[display.empty]] if display.empty else []), *map(list, display.rows)]


def _part_texts(part: Part) -> list[list[str]]:
    head = [part.title, *(column_head(column) for column in part.columns)]
    body = [[row.label, *(cell.text for cell in row.cells)] for row in part.rows]
    return [head, *([[part.empty]] if part.empty else []), *body]


def column_head(column: Column) -> str:
    """Return the text above a column: its label, and its denominator as `(N=n)` on a line of its own."""
    return column.label if column.n is None else f"{column.label}\n(N={column.n})"


def digest(display: Display) -> str:
    """Return the sha256 of the cell texts; identical in every format of the same display."""
    text = json.dumps(cell_texts(display), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def to_json(display: Display) -> str:
    """Return a display as JSON text with a final line end; `from_json` reads it back to an equal display."""
    return json.dumps(asdict(display), ensure_ascii=False, indent=1) + "\n"


def from_json(text: str) -> Display:
    """Return the display that `to_json` wrote."""
    data = json.loads(text)
    builders: dict[str, Any] = {"table": _table, "listing": _listing, "figure": Figure}
    data["footer"] = Footer(**{**data["footer"], "notes": tuple(data["footer"]["notes"])})
    return builders[data["kind"]](**data) if data["kind"] != "figure" else Figure(**_frozen_rows(data))


def _table(**data: Any) -> Table:
    return Table(**{**data, "parts": tuple(_part(part) for part in data["parts"])})


def _part(part: dict[str, Any]) -> Part:
    rows = tuple(
        Row(**{**row, "cells": tuple(Cell(**{**c, "ids": tuple(c["ids"])}) for c in row["cells"])})
        for row in part["rows"]
    )
    return Part(**{**part, "columns": tuple(Column(**c) for c in part["columns"]), "rows": rows})


def _listing(**data: Any) -> Listing:
    columns = tuple(Column(**c) for c in data["columns"])
    return Listing(**{**_frozen_rows(data), "columns": columns, "repeats": tuple(data["repeats"])})


def _frozen_rows(data: dict[str, Any]) -> dict[str, Any]:
    header = {"header": tuple(data["header"])} if "header" in data else {}
    return {**data, **header, "rows": tuple(tuple(row) for row in data["rows"])}
