"""Scores: every row of the published T-scores; sums, means, reversed items, prorating by the instrument (R-1201)."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from crf2csr.derive.rules.scoring import Score, best_score, category, score_form
from crf2csr.instruments import Parameter, load_instruments, load_parameters, load_scores

# PROMIS scoring manuals (HealthMeasures); tests/reference/README.md.
REFERENCE = Path(__file__).parents[2] / "reference" / "promis_4a_tscore.csv"


def reference() -> list[dict[str, str]]:
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TABLE = load_scores("promis_4a_tscore.csv")
PROMIS = next(one for one in load_instruments() if one.instrument == "PROMIS")
SCALES = {parameter.scale: parameter for parameter in PROMIS.parameters}


def four_answers(scale: str, total: int) -> dict[str, int]:
    """Return four answers from 1 to 5 with this sum: 5, 1, 1, 1 is 8, and so on."""
    answers = [1, 1, 1, 1]
    for place in range(4):
        answers[place] += min(4, total - sum(answers))
    assert sum(answers) == total
    return dict(zip(SCALES[scale].items, answers, strict=True))


def scored(scale: str, answers: dict[str, int | None], *versions: str) -> Score:
    return score_form(SCALES[scale], answers, versions or [SCALES[scale].version], TABLE)


@pytest.mark.parametrize("row", reference(), ids=lambda row: f"{row['short_form']} {row['raw_sum']}")
def test_every_row_of_the_published_table(row):
    scale = row["short_form"].split(" 4a")[0].upper()
    total = int(row["raw_sum"])
    assert scored(scale, four_answers(scale, total)) == Score(total, Decimal(row["t_score"]), complete=True)


def test_the_table_holds_the_published_rows_and_no_other():
    # seven forms, sums of four answers from 1 to 5: 4 to 20
    assert len(reference()) == sum(map(len, TABLE.values())) == 7 * 17
    assert all(list(sums) == list(range(4, 21)) for sums in TABLE.values())
    assert set(TABLE) == {(parameter.scale, parameter.version) for parameter in PROMIS.parameters}
    assert len(PROMIS.parameters) == 7


def test_a_missing_answer_gives_no_score_whichever_it_is():
    answers = four_answers("FATIGUE", 12)
    for missing in answers:
        without = {item: answer for item, answer in answers.items() if item != missing}
        expected = Score(None, None, "3 of 4 items answered")
        assert scored("FATIGUE", without) == expected
        assert scored("FATIGUE", answers | {missing: None}) == expected


def test_a_form_without_answers_or_with_an_item_of_another_one_has_no_score():
    assert scored("FATIGUE", {}).reason == "0 of 4 items answered"
    assert scored("FATIGUE", four_answers("FATIGUE", 12) | {"ITEM5": 3}).value is None


@pytest.mark.parametrize("version", ["v1.0", "v9.9", ""])
def test_a_version_without_table_gives_no_score(version):
    # physical function is pinned to version 2.0: the scores of its versions differ
    score = scored("PHYSICAL FUNCTION", four_answers("PHYSICAL FUNCTION", 20), version)
    assert score == Score(20, None, f"version '{version}' is not in the scoring table", complete=True)


def test_items_of_two_versions_give_no_score():
    score = scored("PHYSICAL FUNCTION", four_answers("PHYSICAL FUNCTION", 20), "v2.0", "v1.0", "v2.0")
    assert score == Score(20, None, "items of more than one version", complete=True)


def test_high_is_better_for_physical_function_and_social_roles_only():
    # R-1202; PROMIS scoring manuals: a higher score is more of the concept
    better = {parameter.scale for parameter in load_parameters() if parameter.high_is_better}
    assert better == {"PHYSICAL FUNCTION", "SOCIAL ROLES"}


def test_bands_of_severity():
    # HealthMeasures, PROMIS score cut points for adults: symptoms 55, 60, 70; function 45, 40, 30
    symptom = ["54.9", "55", "59.9", "60", "69.9", "70"]
    function = ["45", "44.9", "40", "39.9", "30", "29.9"]
    names = ["Within normal limits", "Mild", "Mild", "Moderate", "Moderate", "Severe"]
    for scale, values in (("FATIGUE", symptom), ("SOCIAL ROLES", function)):
        assert [category(PROMIS, SCALES[scale], Decimal(value)) for value in values] == names
    borders = {Decimal(value) for value in (30, 40, 45, 55, 60, 70)}
    assert not borders & {score for sums in TABLE.values() for score in sums.values()}


def made_up(**changes: object) -> Parameter:
    """Return a scale of four items with answers 0 to 3, the second of them reversed."""
    facts = {"paramcd": "CALM", "param": "Calm", "items": ("Q1", "Q2", "Q3", "Q4"), "reversed": ("Q2",)}
    more = {"score": "sum", "better": "high", "lowest": 0, "highest": 3, **changes}
    return Parameter.model_validate({**facts, **more})


def test_a_reversed_item_counts_from_the_other_end():
    # 3 + (0 + 3 - 1) + 0 + 2 = 7
    assert score_form(made_up(), {"Q1": 3, "Q2": 1, "Q3": 0, "Q4": 2}, [""], {}) == Score(7, Decimal(7), complete=True)


@pytest.mark.parametrize(
    ("changes", "value"),
    [
        ({}, None),  # all four are needed
        ({"minimum": 3, "prorated": True}, "9.3333"),  # (3 + 2 + 2) / 3 * 4 = 28 / 3
        ({"minimum": 3, "score": "mean"}, "2.3333"),
        ({"minimum": 4, "prorated": True}, None),
    ],
)
def test_a_missing_answer_is_prorated_only_where_the_instrument_says_so(changes, value):
    score = score_form(made_up(**changes), {"Q1": 3, "Q2": 1, "Q3": None, "Q4": 2}, [""], {})
    assert score.value == (value and Decimal(value))
    assert score.complete == (value is not None)


def test_a_prorated_sum_is_read_at_the_next_whole_number_of_the_table():
    # 28 / 3 is 9.33: read at 10 (PROMIS scoring manuals: fractions are rounded up)
    table = {("", ""): {total: Decimal(total * 10) for total in range(13)}}
    parameter = made_up(score="table", minimum=3, prorated=True)
    assert score_form(parameter, {"Q1": 3, "Q2": 1, "Q4": 2}, [""], table).value == 100


def test_the_best_possible_score():
    assert best_score(made_up(), {}) == 12  # four items at 3
    assert best_score(made_up(score="mean", better="low"), {}) == 0
    # scoring manuals: fatigue ends at 33.7, physical function at 57.0
    assert best_score(SCALES["FATIGUE"], TABLE) == Decimal("33.7")
    assert best_score(SCALES["PHYSICAL FUNCTION"], TABLE) == Decimal("57.0")
