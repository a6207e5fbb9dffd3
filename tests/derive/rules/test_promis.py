"""PROMIS T-scores: every row of the published table; no score where an answer or a table is missing (R-1201)."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from crf2csr.derive.rules.promis import Score, load_scores, score_form
from crf2csr.derive.rules.worsening import load_parameters

# PROMIS scoring manuals (HealthMeasures); tests/reference/README.md.
REFERENCE = Path(__file__).parents[2] / "reference" / "promis_4a_tscore.csv"


def reference() -> list[dict[str, str]]:
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def four_answers(total: int) -> dict[str, int]:
    """Return four answers from 1 to 5 with this sum: 5, 1, 1, 1 is 8, and so on."""
    answers = [1, 1, 1, 1]
    for place in range(4):
        answers[place] += min(4, total - sum(answers))
    assert sum(answers) == total
    return {f"ITEM{place}": answer for place, answer in enumerate(answers, start=1)}


@pytest.mark.parametrize("row", reference(), ids=lambda row: f"{row['short_form']} {row['raw_sum']}")
def test_every_row_of_the_published_table(row):
    form = row["short_form"].split(" 4a")[0].upper()
    (version,) = {version for name, version in load_scores() if name == form}
    score = score_form(form, four_answers(int(row["raw_sum"])), [version], load_scores())
    assert score == Score(int(row["raw_sum"]), Decimal(row["t_score"]))


def test_the_table_holds_the_published_rows_and_no_other():
    # seven forms, sums of four answers from 1 to 5: 4 to 20
    assert len(reference()) == sum(map(len, load_scores().values())) == 7 * 17
    assert all(list(sums) == list(range(4, 21)) for sums in load_scores().values())


def test_a_missing_answer_gives_no_score_whichever_it_is():
    for missing in ("ITEM1", "ITEM2", "ITEM3", "ITEM4"):
        answers = four_answers(12)
        without = {item: answer for item, answer in answers.items() if item != missing}
        blank = answers | {missing: None}
        expected = Score(None, None, "3 of 4 items answered")
        assert score_form("FATIGUE", without, ["v1.0"], load_scores()) == expected
        assert score_form("FATIGUE", blank, ["v1.0"], load_scores()) == expected


def test_a_form_without_answers_or_with_a_fifth_item_has_no_score():
    assert score_form("FATIGUE", {}, [], load_scores()).reason == "0 of 4 items answered"
    assert score_form("FATIGUE", four_answers(12) | {"ITEM5": 3}, ["v1.0"], load_scores()).t_score is None


@pytest.mark.parametrize("version", ["v1.0", "v9.9", ""])
def test_a_version_without_table_gives_no_score(version):
    # physical function is pinned to version 2.0: the scores of its versions differ
    score = score_form("PHYSICAL FUNCTION", four_answers(20), [version], load_scores())
    assert score == Score(20, None, f"version '{version}' is not in the scoring table")


def test_items_of_two_versions_give_no_score():
    score = score_form("PHYSICAL FUNCTION", four_answers(20), ["v2.0", "v1.0", "v2.0"], load_scores())
    assert score == Score(20, None, "items of more than one version")


def test_high_is_better_for_physical_function_and_social_roles_only():
    # R-1202; PROMIS scoring manuals: a higher score is more of the concept
    better = {parameter.scale for parameter in load_parameters() if parameter.high_is_better}
    assert better == {"PHYSICAL FUNCTION", "SOCIAL ROLES"}
    assert {parameter.scale for parameter in load_parameters() if not parameter.item} == {f for f, _ in load_scores()}
