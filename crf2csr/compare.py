"""Comparison by key, never by position: what two programs, or two cuts, say about the same address."""

from __future__ import annotations

from collections.abc import Mapping

DIFFERENCE_COLUMNS = ["key", "first", "second", "difference"]


def compare(first: Mapping[str, str], second: Mapping[str, str]) -> list[dict[str, str]]:
    """Return one row for each key on one side only, or with different values, ordered by key."""
    return [
        {"key": key, "first": first.get(key, ""), "second": second.get(key, ""), "difference": kind}
        for key in sorted({*first, *second})
        if (kind := _kind(first, second, key))
    ]


def _kind(first: Mapping[str, str], second: Mapping[str, str], key: str) -> str:
    if key not in second:
        return "only in the first program"
    if key not in first:
        return "only in the second program"
    return "" if first[key] == second[key] else "different values"
