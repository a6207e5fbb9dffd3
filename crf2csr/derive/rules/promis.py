"""PROMIS 4-item short forms: the sum of the four answers becomes a T-score by a table of one version (R-1201)."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from crf2csr.contracts import ROOT

#: Items of a 4a form.
ITEMS = 4
#: (short form, version) to the T-score of each sum.
Table = Mapping[tuple[str, str], Mapping[int, Decimal]]


@dataclass(frozen=True, slots=True)
class Score:
    """The T-score of a form with its raw sum, or the reason why there is none."""

    raw_sum: int | None
    t_score: Decimal | None
    reason: str = ""


@cache
def load_scores(root: Path = ROOT) -> Table:
    """Read `config/codelists/promis_4a_tscore.csv`: T-scores with their one decimal, exact (R-101)."""
    with (root / "config" / "codelists" / "promis_4a_tscore.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    table: dict[tuple[str, str], dict[int, Decimal]] = {}
    for row in rows:
        table.setdefault((row["short_form"], row["version"]), {})[int(row["raw_sum"])] = Decimal(row["t_score"])
    return table


def score_form(form: str, answers: Mapping[str, int | None], versions: Collection[str], table: Table) -> Score:
    """Return the T-score of one short form at one visit.

    `answers`: item to answer (1 to 5, oriented as the scoring manual sums them) or None; `versions`: those recorded
    with the items. Without all four answers, or with a version that the table does not hold, there is no score:
    nothing is prorated, interpolated or read from another version. R-1201 (PROMIS scoring manuals).
    """
    given = [answer for answer in answers.values() if answer is not None]
    if len(given) != ITEMS or len(answers) != ITEMS:
        return Score(None, None, f"{len(given)} of {ITEMS} items answered")
    (version, *others) = sorted(set(versions)) or [""]
    if others:
        return Score(sum(given), None, "items of more than one version")
    if (form, version) not in table:
        return Score(sum(given), None, f"version '{version}' is not in the scoring table")
    return Score(sum(given), table[form, version][sum(given)])
