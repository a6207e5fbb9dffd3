"""The forest plot: literal results in; lines, texts and the sentence that replaces the drawing worked by hand."""

from itertools import pairwise
from unittest.mock import patch

import matplotlib
import pytest
from matplotlib.figure import Figure as Drawing

from crf2csr.ard import Result
from crf2csr.contracts import ContractError
from crf2csr.display.figures import drawing
from crf2csr.display.figures.forest import forest
from crf2csr.display.invariants import check_bodies, check_codes, check_texts
from crf2csr.display.model import Figure
from crf2csr.errors import InputError
from tests.builders import study_view
from tests.plans import counted, plan_of

PLAN_TEXT = """
populations: {fas: {label: Full analysis set, flag: FASFL}}
columns:
  c: [{id: rp2d, label: RP2D}, {id: all, label: "All\\nsubjects"}]
analyses:
  sub: {method: proportions, data: adrs, populations: [fas], columns: c, variables: [{name: AVALC}]}
displays:
  f-1:
    layout: forest
    number: 14.2.10
    title: Forest
    population: fas
    columns: c
    levels: [all]
    rows:
      - {label: All subjects, analysis: sub, variable: ALL, category: Y, show: interval}
      - {label: Age}
      - {label: "< 65 years", indent: 1, analysis: sub, variable: LOW, category: Y, show: estimate_of}
      - {label: "≥ 65 years", indent: 1, analysis: sub, variable: HIGH, category: Y, show: estimate_of}
      - {label: Unknown, indent: 1, analysis: sub, variable: NK, category: Y, show: estimate_of, when_positive: true}
      - {label: Visceral}
      - {label: "Yes", indent: 1, analysis: sub, variable: VISC, category: Y, show: estimate_of}
"""
PLAN = plan_of(PLAN_TEXT)


def result(variable: str, total: int, n: int, lower: float = 0.1, upper: float = 0.9) -> list[Result]:
    return counted("sub-fas", "all", variable, total, {"Y": (n, lower, upper)})


# 6 of 18 has (13.3, 59.0), reference value of R-801; the other limits are only shown, not computed here.
RESULTS = [
    *result("ALL", 18, 6, 0.133, 0.590),
    *result("LOW", 14, 5, 0.128, 0.649),
    *result("HIGH", 4, 1),
    *result("NK", 0, 0),
    *result("VISC", 0, 0),
    *counted("sub-fas", "rp2d", "ALL", 2, {"Y": (2, 0.2, 1.0)}),
]


def unwritten(results: list[Result], plan: str = PLAN_TEXT) -> tuple[Figure, Drawing]:
    """Return the model and the drawing before it is written to files."""
    kept: list[Drawing] = []
    with patch.object(drawing, "render", lambda given: kept.append(given) or {}):
        figure, _ = forest(plan_of(plan), "f-1", results, study_view(forest))
    return figure, kept[0]


def test_lines_of_subgroups() -> None:
    figure, _ = unwritten(RESULTS)
    assert figure.header == (
        "Subgroup",
        "Category",
        "Responders",
        "Subjects",
        "ORR (%)",
        "Lower 95% CI",
        "Upper 95% CI",
    )
    assert figure.rows == (
        ("", "All subjects", "6", "18", "33.3", "13.3", "59.0"),
        ("Age", "< 65 years", "5", "14", "35.7", "12.8", "64.9"),
        ("Age", "≥ 65 years", "1", "4", "n < 5", "", ""),
        ("Visceral", "Yes", "0", "0", "–", "", ""),  # a planned subgroup stays; an unknown one without subject does not
    )
    assert [*check_bodies(figure), *check_texts(figure)] == []


def test_sentence_states_every_number() -> None:
    assert unwritten(RESULTS)[0].alt == (
        "Forest plot of the objective response rate in percent (95% CI) by subgroup, column All subjects: "
        "All subjects, 6/18, 33.3 (13.3, 59.0); Age: < 65 years, 5/14, 35.7 (12.8, 64.9); "
        "Age: ≥ 65 years, 1/4, n < 5; Visceral: Yes, no subject."
    )


def test_notes_count_the_small_subgroups() -> None:
    notes = unwritten(RESULTS)[0].footer.notes
    assert notes[-1] == "Subgroups of fewer than 5 subjects (n < 5) have no rate and no interval: 1."
    # which interval it is (exact or another) is a setting, printed with the assumptions
    assert any("two-sided 95% CI (ci.method)" in note for note in notes)
    assert "exact" not in " ".join(notes)
    large = [*result("ALL", 18, 6), *result("LOW", 9, 3), *result("HIGH", 9, 3), *result("NK", 0, 0)]
    assert "fewer than" not in " ".join(unwritten([*large, *result("VISC", 18, 6)])[0].footer.notes)


def test_what_is_drawn() -> None:
    _, given = unwritten(RESULTS)
    left, axes, right = given.axes
    assert [t.get_text() for t in left.texts] == [
        "Subgroup",
        "Responders/n",
        *("All subjects", "6/18"),
        *("Age", "< 65 years", "5/14"),
        *("≥ 65 years", "1/4"),
        *("Visceral", "Yes", "–"),
    ]
    assert [t.get_text() for t in right.texts] == [
        "ORR (95% CI)",
        "33.3 (13.3, 59.0)",
        "35.7 (12.8, 64.9)",
        "n < 5",
        "–",
    ]
    drawn = [[round(x, 1) for x in line.get_xdata()] for line in axes.lines]
    # the dashed line at the rate of all, then limits and point of two lines: none for the small and the empty one
    assert drawn == [[33.3, 33.3], [13.3, 59.0], [33.3], [12.8, 64.9], [35.7]]
    assert axes.lines[0].get_linestyle() == "--"
    assert axes.get_xlim() == (-2, 102)
    assert [t.get_text() for t in axes.get_xticklabels()] == ["0", "20", "40", "60", "80", "100"]


def test_all_subjects_have_a_rate_however_few_they_are() -> None:
    few = [*result("ALL", 3, 1, 0.008, 0.906), *result("LOW", 3, 1), *result("HIGH", 0, 0)]
    figure, _ = unwritten([*few, *result("NK", 3, 1), *result("VISC", 3, 1)])
    assert [row[4:] for row in figure.rows[:2]] == [("33.3", "0.8", "90.6"), ("n < 5", "", "")]
    assert figure.rows[3][1] == "Unknown"  # shown where there is any


def test_nobody() -> None:
    figure, given = unwritten([r for name in ("ALL", "LOW", "HIGH", "NK", "VISC") for r in result(name, 0, 0)])
    assert (figure.rows, figure.alt, figure.footer.notes) == ((), figure.empty, ())
    assert figure.empty.endswith("Criterion: Full analysis set.")
    assert [t.get_text().replace("\n", " ") for t in given.axes[0].texts] == [figure.empty]
    assert [*check_bodies(figure), *check_codes(figure)] == []


def test_texts_do_not_touch_and_are_large_enough() -> None:
    lines = "".join(
        f"      - {{label: Label {i}, indent: 1, analysis: sub, variable: LOW, category: Y, show: estimate_of}}\n"
        for i in range(20)
    )
    _, given = unwritten(RESULTS, PLAN_TEXT + lines)
    given.canvas.draw()
    texts = [t for t in given.axes[2].texts if t.get_text()]
    boxes = [t.get_window_extent() for t in texts]
    assert len(texts) == 25
    assert all(above.y0 > below.y1 - given.dpi / 36 for above, below in pairwise(boxes))
    assert min(t.get_fontsize() for t in given.findobj(matplotlib.text.Text) if t.get_text()) >= 9


def test_too_many_lines_are_refused() -> None:
    lines = "      - {label: L, indent: 1, analysis: sub, variable: LOW, category: Y, show: estimate_of}\n" * 21
    with pytest.raises(InputError, match="25 lines; 24 can be drawn"):
        unwritten(RESULTS, PLAN_TEXT + lines)


def test_one_column_is_drawn() -> None:
    with pytest.raises(ContractError, match="one column is drawn, the plan names 2"):
        unwritten(RESULTS, PLAN_TEXT.replace("levels: [all]", "levels: [all, rp2d]"))


def test_same_bytes_whatever_the_order() -> None:
    first, second = (forest(PLAN, "f-1", given, study_view(forest)) for given in (RESULTS, RESULTS[::-1]))
    assert first == second
