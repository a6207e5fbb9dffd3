"""A listing as the template receives it: one sheet of rows, each with the columns that only repeat the row above."""

from __future__ import annotations

from collections.abc import Sequence

from crf2csr.display.model import Listing
from crf2csr.report.columns import (
    Payload,
    Style,
    cells,
    empty_sentence,
    fitted_widths,
    heads,
    is_tall,
    least_width,
    spanners,
)


def listing_sheet(listing: Listing, style: Style) -> Payload:
    """Return the sheet of a listing; widths follow the shares of the columns, but no word is broken without need."""
    texts = [[row[i] for row in listing.rows] for i in range(len(listing.columns))]
    least = [least_width(column.label, texts[i], style) for i, column in enumerate(listing.columns)]
    widths = fitted_widths([column.width for column in listing.columns], least)
    return {
        "kind": "listing",
        "lines": [style.wide(listing.population)] if listing.population else [],
        "widths": widths,
        "aligns": [column.align for column in listing.columns],
        "spanners": spanners(listing.columns, widths, style),
        "heads": heads(listing.columns, widths, style),
        "rows": [] if listing.empty else _rows(listing, texts, widths, style),
        "empty": style.wide(empty_sentence(listing.empty, listing.rows)),
        "keeps": False,
    }


def _rows(listing: Listing, texts: Sequence[Sequence[str]], widths: Sequence[float], style: Style) -> list[Payload]:
    columns = [cells(t, w, c.align, style) for t, w, c in zip(texts, widths, listing.columns, strict=True)]
    repeats = [i for i, column in enumerate(listing.columns) if column.id in listing.repeats]
    same = [_same(listing.rows, i, repeats) for i in range(len(listing.rows))]
    return [
        {
            "cells": [column[i] for column in columns],
            "tall": is_tall(row, widths, style),
            "same": same[i],
            "gap": i > 0 and bool(repeats) and not same[i],
        }
        for i, row in enumerate(listing.rows)
    ]


def _same(rows: Sequence[Sequence[str]], index: int, repeats: Sequence[int]) -> list[int]:
    """Return the columns whose value repeats the row above; a repeat counts only while those before it repeat too."""
    same: list[int] = []
    for column in repeats if index else ():
        if rows[index][column] != rows[index - 1][column]:
            break
        same.append(column)
    return same
