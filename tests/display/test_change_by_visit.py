"""Mean change by visit: results in; values, words and drawn points by hand; the same bytes twice."""

from unittest.mock import patch

import pytest
from matplotlib.figure import Figure as Drawing

from crf2csr.ard import Result
from crf2csr.display.figures import drawing
from crf2csr.display.figures.change_by_visit import change_by_visit
from crf2csr.display.invariants import check_bodies, check_texts
from crf2csr.display.model import Figure
from crf2csr.errors import InputError
from tests.builders import study_view
from tests.plans import plan_of

TEXT = """
populations: {saf: {label: Safety set, flag: SAFFL}}
columns: {c: [{id: d75, label: 75 mg}, {id: all, label: "All\\nsubjects"}]}
analyses:
  course:
    method: summary
    data: adqs
    populations: [saf]
    columns: c
    variables:
      - {name: WORSCHG, as: PAIN C2, intervals: [""]}
      - {name: WORSCHG, as: PAIN EOT, intervals: [""]}
      - {name: WORSCHG, as: SLEEP C2, intervals: [""]}
      - {name: WORSCHG, as: SLEEP EOT, intervals: [""]}
displays:
  f-1:
    layout: change_by_visit
    number: 14.2.12
    title: Mean change
    population: saf
    columns: c
    levels: [all]
    rows:
      - {label: Pain}
      - {label: C2, analysis: course, variable: PAIN C2, show: mean_interval, decimals: 1}
      - {label: EOT, analysis: course, variable: PAIN EOT, show: mean_interval, decimals: 1}
      - {label: Sleep}
      - {label: C2, analysis: course, variable: SLEEP C2, show: mean_interval, decimals: 1}
      - {label: EOT, analysis: course, variable: SLEEP EOT, show: mean_interval, decimals: 1}
"""
PLAN = plan_of(TEXT)


def spot(variable: str, n: int, mean: float | None, lower: float | None, upper: float | None) -> list[Result]:
    found = [Result("course-saf", "c", "all", variable, "", "n", n)]
    for name, value in (("mean", mean), ("mean_lower", lower), ("mean_upper", upper)):
        found.append(Result("course-saf", "c", "all", variable, "", name, value, "" if value is not None else "NC"))
    return [*found, Result("course-saf", "c", "d75", variable, "", "n", 99)]  # another column is not drawn


MANY = [*spot("PAIN C2", 3, 1.25, -0.5, 3.0), *spot("PAIN EOT", 2, 6.004, -20.0, 32.0)]
FEW = [*spot("SLEEP C2", 1, 4.0, None, None), *spot("SLEEP EOT", 0, None, None, None)]
NOBODY = [r for name in ("PAIN C2", "PAIN EOT", "SLEEP C2", "SLEEP EOT") for r in spot(name, 0, None, None, None)]


def draw(results: list[Result], text: str = TEXT, **keys: object) -> tuple[Figure, Drawing]:
    """Return the model and the drawing before it is written to files."""
    kept: list[Drawing] = []
    with patch.object(drawing, "render", lambda one: kept.append(one) or {}):
        figure, _ = change_by_visit(plan_of(text), "f-1", results, study_view(change_by_visit, **keys))
    return figure, kept[0]


def test_means_limits_and_sizes_as_the_table_shows_them() -> None:
    figure, given = draw([*MANY, *FEW])
    assert figure.header == ("Scale", "Visit", "n", "Mean worsening (T points)", "Lower 95% CI", "Upper 95% CI")
    assert figure.rows == (
        ("Pain", "C2", "3", "1.25", "-0.50", "3.00"),
        ("Pain", "EOT", "2", "6.00", "NC", "NC"),  # two values have no interval
        ("Sleep", "C2", "1", "NC", "NC", "NC"),  # one value has no mean
        ("Sleep", "EOT", "0", "–", "–", "–"),
    )
    assert figure.alt == (
        "Mean change; All subjects; largest mean worsening: Pain, 6.00 at EOT (n = 2); Sleep, no mean."
    )
    pain, sleep = given.axes
    assert [axes.get_title() for axes in given.axes] == ["Pain", "Sleep"]
    assert [text.get_text() for text in pain.get_xticklabels()] == ["C2\n3", "EOT\n2"]
    assert [text.get_text() for text in sleep.get_xticklabels()] == ["C2\n1", "EOT\n0"]
    assert [float(y) for y in pain.containers[0].lines[0].get_ydata()] == [1.25, 6.004]
    [bars] = [line.get_segments() for line in pain.containers[0].lines[2]]
    assert [[float(y) for _, y in bar] for bar in bars] == [[-0.5, 3.0], [6.004, 6.004]]
    assert len(sleep.containers[0].lines[0].get_ydata()) == 0


def test_threshold_and_level_are_those_of_the_study() -> None:
    figure, given = draw(MANY + FEW, pro_threshold_promis_t=3, ci_level=0.9)
    assert "Lower 90% CI" in figure.header
    dashed = [line for line in given.axes[0].lines if line.get_label() == "threshold"]
    assert [list(map(float, line.get_ydata())) for line in dashed] == [[3, 3]]
    names = [text.get_text() for text in given.legends[0].get_texts()]
    assert names == ["Threshold of worsening (3 T points)", "Mean with 90% CI"]


@pytest.mark.parametrize("results", [NOBODY, [*NOBODY[:12], *FEW]])
def test_nothing_to_draw_is_an_empty_frame(results: list[Result]) -> None:
    figure, given = draw(results)
    assert figure.empty == (
        "No data to report: no subject met the criteria for this display. "
        "Criterion: Safety set, All subjects, with a mean change after baseline."
    )
    assert (figure.rows, figure.alt) == ((), figure.empty)
    assert not given.axes[0].lines
    assert [*check_bodies(figure), *check_texts(figure)] == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("levels: [all]", "levels: []"), "`levels` names 0 columns; this layout draws one"),
        (("levels: [all]", "levels: [d75, all]"), "`levels` names 2 columns"),
        (("      - {label: Pain}\n", ""), "each panel needs a heading row"),
        (("rows:\n", "rows:\n      - {label: Nothing}\n"), "each panel needs a heading row and, below it, rows"),
    ],
)
def test_a_plan_without_panels_is_refused(change: tuple[str, str], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        draw(MANY + FEW, TEXT.replace(*change))


def test_the_same_results_give_the_same_bytes() -> None:
    first, second = (change_by_visit(PLAN, "f-1", MANY + FEW, study_view(change_by_visit))[1] for _ in range(2))
    assert set(first) == {"png", "svg"}
    assert first == second
