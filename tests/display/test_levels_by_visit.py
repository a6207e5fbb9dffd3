"""Stacked bars of levels: results in; shares, words and drawn bars by hand."""

import itertools
from unittest.mock import patch

import pytest
from matplotlib.figure import Figure as Drawing

from crf2csr.ard import Result
from crf2csr.display.figures import drawing
from crf2csr.display.figures.levels_by_visit import PATTERNS, levels_by_visit
from crf2csr.display.invariants import check_bodies, check_texts
from crf2csr.display.model import Figure
from crf2csr.errors import InputError
from tests.builders import study_view
from tests.plans import counted, plan_of

TEXT = """
populations: {saf: {label: Safety set, flag: SAFFL}}
columns: {c: [{id: all, label: All}]}
analyses:
  levels:
    method: categories
    data: adqs
    populations: [saf]
    columns: c
    variables:
      - {name: AVALC, as: A BASE, categories: ["0", "1", "2"]}
      - {name: AVALC, as: B BASE, categories: ["0", "1", "2"]}
      - {name: AVALC, as: A EOT, categories: ["0", "1", "2"]}
      - {name: AVALC, as: B EOT, categories: ["0", "1", "2"]}
displays:
  f-1:
    layout: levels_by_visit
    number: 14.2.13
    title: Answers
    population: saf
    columns: c
    levels: [all]
    rows:
      - {label: Baseline}
      - {label: Nausea, analysis: levels, variable: A BASE, category: "0", show: count}
      - {label: Sweats, analysis: levels, variable: B BASE, category: "0", show: count}
      - {label: End}
      - {label: Nausea, analysis: levels, variable: A EOT, category: "0", show: count}
      - {label: Sweats, analysis: levels, variable: B EOT, category: "0", show: count}
"""


def levels(variable: str, zero: int, one: int, two: int) -> list[Result]:
    return counted("levels-saf", "all", variable, 5, {"0": zero, "1": one, "2": two})


THREE = [*levels("A BASE", 3, 0, 1), *levels("B BASE", 0, 1, 0), *levels("A EOT", 0, 0, 0), *levels("B EOT", 1, 1, 0)]
NOBODY = [r for name in ("A BASE", "B BASE", "A EOT", "B EOT") for r in levels(name, 0, 0, 0)]


def draw(results: list[Result], text: str = TEXT) -> tuple[Figure, Drawing]:
    kept: list[Drawing] = []
    with patch.object(drawing, "render", lambda one: kept.append(one) or {}):
        figure, _ = levels_by_visit(plan_of(text), "f-1", results, study_view(levels_by_visit))
    return figure, kept[0]


def test_shares_are_of_those_with_an_answer_and_n_is_stated() -> None:
    figure, given = draw(THREE)
    assert figure.header == ("Visit", "Item", "n", "Level 0", "Level 1", "Level 2")
    assert figure.rows == (
        ("Baseline", "Nausea", "4", "3 (75.0)", "0", "1 (25.0)"),
        ("Baseline", "Sweats", "1", "0", "1 (100.0)", "0"),
        ("End", "Nausea", "0", "–", "–", "–"),
        ("End", "Sweats", "2", "1 (50.0)", "1 (50.0)", "0"),
    )
    # Levels 1 and 2 are the two highest: Sweats 1 of 1 against Nausea 1 of 4; at the end 1 of 2.
    assert figure.alt == (
        "Answers; All; item with the largest share of level 1 or 2: "
        "Baseline, Sweats 1 of 1 (100.0%); End, Sweats 1 of 2 (50.0%)."
    )
    baseline, end = given.axes
    widths = [[float(bar.get_width()) for bar in container] for container in baseline.containers]
    assert widths == [[75, 0], [0, 100], [25, 0]]
    assert [float(bar.get_x()) for bar in baseline.containers[2]] == [75, 100]
    assert [text.get_text() for text in baseline.texts] == ["4", "1"]
    assert [text.get_text() for text in end.texts] == ["0", "2"]
    assert [text.get_text() for text in baseline.get_yticklabels()] == ["Nausea", "Sweats"]


def test_a_visit_without_answers_says_so() -> None:
    figure, _ = draw([*THREE[:20], *NOBODY[20:]])
    assert figure.alt.endswith("End, no answer.")


def test_nobody_at_all_is_an_empty_frame() -> None:
    figure, given = draw(NOBODY)
    assert figure.empty.startswith("No data to report")
    assert figure.empty.endswith("Criterion: Safety set, All.")
    assert (figure.rows, figure.alt) == ((), figure.empty)
    assert not given.axes[0].containers
    assert [*check_bodies(figure), *check_texts(figure)] == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            (
                "- {label: Sweats, analysis: levels, variable: B EOT",
                "- {label: Other, analysis: levels, variable: B EOT",
            ),
            "the panels have different rows",
        ),
        (
            (
                '{name: AVALC, as: A BASE, categories: ["0", "1", "2"]}',
                '{name: AVALC, as: A BASE, categories: ["0", "1", "2", "3", "4", "5"]}',
            ),
            "6 categories; there are patterns for 1 to 5",
        ),
        (("levels: [all]", "levels: []"), "`levels` names 0 columns"),
    ],
)
def test_what_cannot_be_drawn_is_refused(change: tuple[str, str], complaint: str) -> None:
    more = [*THREE, *counted("levels-saf", "all", "A BASE", 5, {"3": 0, "4": 0, "5": 0})]
    with pytest.raises(InputError, match=complaint):
        draw(more, TEXT.replace(*change))


def test_no_two_neighbors_look_alike_without_color() -> None:
    grays = [1.0 if face == "white" else 0.0 if face == "black" else float(face) for face, _ in PATTERNS]
    steps = [left - right for left, right in itertools.pairwise(grays)]
    hatched = [bool(left[1]) != bool(right[1]) for left, right in itertools.pairwise(PATTERNS)]
    assert all(step >= 0.15 or other for step, other in zip(steps, hatched, strict=True))
    assert grays == sorted(grays, reverse=True)
