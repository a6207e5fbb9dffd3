"""Kaplan-Meier figure: literal results in; steps, ticks, counts and the sentence that replaces the drawing by hand."""

from unittest.mock import patch

import matplotlib
import pytest
from matplotlib.figure import Figure as Drawing

from crf2csr.ard import Result
from crf2csr.contracts import ContractError
from crf2csr.display.figures import drawing
from crf2csr.display.figures.kaplan_meier import kaplan_meier
from crf2csr.display.invariants import check_bodies, check_texts
from crf2csr.display.model import Figure
from tests.builders import study_view
from tests.plans import plan_of

PLAN = plan_of("""
populations: {fas: {label: Full analysis set, flag: FASFL}}
columns:
  c:
    - {id: d75, label: 75 mg}
    - {id: rp2d, label: "RP2D\\n(phase I + II)"}
    - {id: all, label: All subjects}
displays:
  f-1:
    layout: kaplan_meier
    number: 14.2.4
    title: "Kaplan-Meier: PFS"
    population: fas
    columns: c
    analyses: []
    levels: [rp2d, all]
  f-2:
    layout: kaplan_meier
    number: 14.2.5
    title: "Kaplan-Meier: DOR"
    population: fas
    columns: c
    analyses: [dor]
    levels: [rp2d, all]
    stub: Response ongoing (%)
analyses:
  dor:
    method: survival
    data: adtte
    populations: [fas]
    columns: c
    variables:
      - {name: AVAL, as: DOR, among: [{variable: PARAMCD, op: eq, value: DOR}]}
""")
#: Day: survival, limits, at risk, events, censored. Of four subjects: event on day 61, two censored on day 122 (4.0
#: months) together with an event, event on day 487 (16.0 months) brings S to 0.
ALL = {
    0: (1.0, None, None, 4, 0, 0),
    61: (0.75, 0.128, 0.961, 4, 1, 0),
    122: (0.5, 0.058, 0.845, 3, 1, 1),
    487: (0.0, None, None, 1, 1, 0),
}
STATISTICS = ("survival", "lower", "upper", "at_risk", "n_event", "n_censored")
MEDIAN = (122.0, 61.0, None)


def results(level: str, total: int, curve: dict, at_risk: dict[int, int], median: tuple) -> list[Result]:
    def made(category: str, statistic: str, value: float | None, code: str = "NE") -> Result:
        where = ("pfs-fas", "c", level, "PFS", category, statistic)
        return Result(*where, value, code if value is None else "", "survival")

    found = [Result("pfs-fas", "c", level, "", "", "N", total + 9, method="survival"), made("event", "N", total)]
    found += [made("times", "n", total)]
    code = "NE" if total else "–"
    found += [made("median", n, v, code) for n, v in zip(("estimate", "lower", "upper"), median, strict=True)]
    found += [made(f"at month {month}", "at_risk", n) for month, n in at_risk.items()]
    for day, values in curve.items():
        found += [made(f"day {day}", n, v) for n, v in zip(STATISTICS, values, strict=True)]
    return found


MONTHS = {0: 4, 3: 3, 6: 1, 9: 1, 12: 1, 15: 1}
NOBODY = results("rp2d", 0, {}, dict.fromkeys(MONTHS, 0), (None, None, None))
GIVEN = [*NOBODY, *results("all", 4, ALL, MONTHS, MEDIAN), *results("d75", 4, ALL, MONTHS, MEDIAN)]


def unwritten(given: list[Result], display: str = "f-1") -> tuple[Figure, Drawing]:
    """Return the model and the drawing before it is written to files."""
    kept: list[Drawing] = []
    with patch.object(drawing, "render", lambda done: kept.append(done) or {}):
        figure, _ = kaplan_meier(PLAN, display, given, study_view(kaplan_meier))
    return figure, kept[0]


def single(*times: tuple[int, int]) -> list[Result]:
    """Return the single times of few subjects in column `all`, as (days, censored)."""
    where = ("pfs-fas", "c", "all", "PFS", "times")
    pairs = [(("value", day), ("censored", censored)) for day, censored in times]
    return [Result(*where, f"{name}{i}", v) for i, pair in enumerate(pairs, start=1) for name, v in pair]


def panels(given: Drawing) -> list[tuple[matplotlib.axes.Axes, matplotlib.axes.Axes]]:
    """Return the axes of curve and at-risk table of each panel."""
    return [(given.axes[i], given.axes[i + 1]) for i in range(0, len(given.axes), 2)]


def test_values_and_sentence() -> None:
    figure, _ = unwritten(GIVEN)
    # 61 / 30.4375 = 2.004; 122 / 30.4375 = 4.008; only the planned columns are drawn, in planned order
    assert figure.rows == (
        ("All subjects", "0", "0.0", "100.0", "NE", "NE", "4", "0", "0"),
        ("All subjects", "61", "2.0", "75.0", "12.8", "96.1", "4", "1", "0"),
        ("All subjects", "122", "4.0", "50.0", "5.8", "84.5", "3", "1", "1"),
        ("All subjects", "487", "16.0", "0.0", "NE", "NE", "1", "1", "0"),
    )
    assert figure.header[4:6] == ("Lower 95% CI", "Upper 95% CI")
    assert figure.alt == (
        "Kaplan-Meier: PFS; RP2D (phase I + II) (N=0), no subject; All subjects (N=4), 3 with an event and 1 censored, "
        "median in months 4.0 (95% CI 2.0, NE)."
    )
    assert [*check_bodies(figure), *check_texts(figure)] == []


def test_the_curve_is_a_step_that_ends_at_the_last_time() -> None:
    (_, (axes, _)) = panels(unwritten(GIVEN)[1])
    steps, ticks = axes.lines
    assert steps.get_drawstyle() == "steps-post"
    assert [round(x, 3) for x in steps.get_xdata()] == [0, 2.004, 4.008, 16]
    assert list(steps.get_ydata()) == [100, 75, 50, 0]
    assert [(round(x, 3), y) for x, y in ticks.get_xydata()] == [(4.008, 50)]
    assert ticks.get_marker() == "|"


def test_limits_are_drawn_where_they_exist() -> None:
    (_, (axes, _)) = panels(unwritten(GIVEN)[1])
    spans = [area.get_paths()[0].get_extents() for area in axes.collections]
    # from day 61 to 122 and from 122 to 487, in months and percent
    assert [[round(v, 1) for v in (s.x0, s.x1, s.y0, s.y1)] for s in spans] == [
        [2.0, 4.0, 12.8, 96.1],
        [4.0, 16.0, 5.8, 84.5],
    ]


def test_at_risk_stands_below_the_ticks() -> None:
    for (axes, below), counts in zip(
        panels(unwritten(GIVEN)[1]), (["–"] * 6, ["4", "3", "1", "1", "1", "1"]), strict=True
    ):
        assert list(axes.get_xticks()) == list(MONTHS)
        assert [t.get_text() for t in below.texts] == counts
        assert [t.get_position()[0] for t in below.texts] == list(MONTHS)
        assert below.get_xlim() == axes.get_xlim()


def test_words_in_the_drawing() -> None:
    _, given = unwritten(GIVEN)
    (empty, _), (axes, _) = panels(given)
    assert empty.get_title() == "RP2D (phase I + II) (N=0)"
    assert [t.get_text() for t in empty.texts] == ["No subject"]
    assert [t.get_text() for t in axes.texts] == ["Median (months): 4.0 (95% CI 2.0, NE)"]
    labels = [t.get_text() for t in given.legends[0].get_texts()]
    assert labels == ["95% CI (log-log)", "Kaplan-Meier estimate", "Censored"]
    assert min(t.get_fontsize() for t in given.findobj(matplotlib.text.Text) if t.get_text()) >= 9


def test_all_censored() -> None:
    curve = {0: (1.0, None, None, 1, 0, 0), 61: (1.0, None, None, 1, 0, 1)}
    figure, given = unwritten([*NOBODY, *results("all", 1, curve, {0: 1}, (None, None, None))])
    assert figure.alt.endswith("All subjects (N=1), 0 with an event and 1 censored, median NE.")
    (_, (axes, _)) = panels(given)
    assert list(axes.lines[0].get_ydata()) == [100, 100]
    assert len(axes.collections) == 0
    assert [t.get_text() for t in axes.texts] == ["Median: NE"]


def test_few_responders_are_drawn_one_by_one() -> None:
    given = [*NOBODY, *results("all", 4, ALL, MONTHS, MEDIAN), *single((122, 1), (61, 0), (487, 0), (122, 0))]
    figure, made = unwritten(given, "f-2")
    (_, (axes, below)) = panels(made)
    # 61, 122 and 487 days are 2.0, 4.0 and 16.0 months; the longest stands on top, of two equal ones the censored
    assert [t.get_text() for t in axes.texts] == ["2.0", "4.0", "4.0+", "16.0"]
    ends = {line.get_label(): [(round(x, 1), y) for x, y in line.get_xydata()] for line in axes.lines}
    assert ends == {"Event": [(2.0, 1), (4.0, 2), (16.0, 4)], "Single time, censored": [(4.0, 3)]}
    assert [t.get_text() for t in below.texts] == ["4", "3", "1", "1", "1", "1"]
    assert figure.alt.endswith(
        "All subjects (N=4), 3 with an event and 1 censored, single times in months 2.0; 4.0; 4.0+; 16.0."
    )
    assert [note[:5] for note in figure.footer.notes] == ["Bars:"]
    assert figure.header[3] == "Response ongoing (%)"
    assert made.axes[0].get_ylabel() == "Response ongoing (%)"


def test_few_subjects_of_a_time_that_everybody_has_are_a_curve() -> None:
    given = [*NOBODY, *results("all", 4, ALL, MONTHS, MEDIAN), *single((61, 0), (122, 0), (122, 1), (487, 0))]
    figure, made = unwritten(given)
    assert figure.alt.endswith("median in months 4.0 (95% CI 2.0, NE).")
    assert len(panels(made)[1][0].lines) == 2


def test_many_months_are_thinned() -> None:
    many = dict.fromkeys(range(0, 61, 3), 4)  # 21 columns; at most 11 fit, so every second
    _, given = unwritten([*NOBODY, *results("all", 4, ALL, many, MEDIAN)])
    assert list(panels(given)[1][0].get_xticks()) == list(range(0, 61, 6))


def test_nobody() -> None:
    figure, given = unwritten([*NOBODY, *results("all", 0, {}, {0: 0}, (None, None, None))])
    assert (figure.rows, figure.alt) == ((), figure.empty)
    assert figure.empty.endswith("Criterion: Full analysis set.")
    assert [t.get_text().replace("\n", " ") for t in given.axes[0].texts] == [figure.empty]
    assert list(check_bodies(figure)) == []


def test_one_variable_only() -> None:
    second = [Result("pfs-fas", "c", "all", "OS", "median", "estimate", 1, method="survival")]
    with pytest.raises(ContractError, match=r"\['OS', 'PFS'\]"):
        unwritten([*GIVEN, *second])


def test_same_bytes_whatever_the_order() -> None:
    view = study_view(kaplan_meier)
    first, second = (kaplan_meier(PLAN, "f-1", given, view) for given in (GIVEN, GIVEN[::-1]))
    assert first == second
    assert set(first[1]) == {"svg", "png"}
