"""Individual profiles: ADSL and ADPC in; values, words and drawn points by hand; the same bytes twice."""

from collections.abc import Callable
from unittest.mock import patch

import pandas as pd
import pytest
from matplotlib.figure import Figure as Drawing

from crf2csr.display.figures import drawing
from crf2csr.display.figures.blq import blq_note
from crf2csr.display.figures.individual_concentration import grid, individual_concentration
from crf2csr.display.figures.individual_concentration_log import individual_concentration_log
from crf2csr.display.figures.scales import ticks_between
from crf2csr.display.invariants import check_bodies, check_texts
from crf2csr.display.model import Figure
from crf2csr.errors import InputError
from tests.builders import study_view
from tests.plans import plan_of, typed

PLAN = plan_of("""
populations: {pk: {label: PK set, flag: PKFL}}
columns: {c: [{id: all, label: All}]}
displays:
  f-1:
    layout: individual_concentration
    number: 14.2.8
    title: Profiles
    population: pk
    data: [adpc]
    where: [{variable: AVISIT, op: eq, value: C1D1}]
""")
# C took the lowest dose; D has no value that can be used, E is outside of the set, F has a trough only.
ADSL = typed(
    """
    USUBJID | SUBJID | PKFL | TRT01AN
    A       | 01-001 | Y    | 100
    B       | 01-002 | Y    | 100
    C       | 02-001 | Y    | 75
    D       | 02-002 | Y    | 75
    E       | 03-001 | N    | 75
    F       | 03-002 | Y    | 75
    """,
    TRT01AN="Int64",
)
# A: 2 h out of its window. B: 4 h not for parameters, no actual time at 8 h. C: everything below the limit.
ADPC = typed(
    """
    USUBJID | AVISIT | NRRLT | ARRLT | AVAL | ALLOQ | BLQFL | NCAXFL | PKSUMXF
    A       | C1D1   | 4     | 4.1   | 30   | 1     |       |        |
    A       | C1D1   | 0     | -0.5  | 0    | 1     | Y     |        |
    A       | C1D1   | 2     | 2.5   | 10   | 1     |       |        | Y
    A       | C1D1   | 8     |       |      | 1     | Y     |        |
    B       | C1D1   | 2     | 2     | 20   | 1     |       |        |
    B       | C1D1   | 4     | 4     | 90   | 1     |       | Y      | Y
    B       | C1D1   | 8     |       | 40.25 | 1    |       |        |
    B       | C1D15  | 0     | 0     | 99   | 1     |       |        |
    C       | C1D1   | 2     | 2     | 0    | 1     | Y     |        |
    C       | C1D1   | 4     | 4     | 0    | 1     | Y     |        |
    D       | C1D1   | 2     | 2     |      | 1     |       |        |
    E       | C1D1   | 2     | 2     | 50   | 1     |       |        |
    F       | C1D15  | 0     | 0     | 60   | 1     |       |        |
    """,
    **dict.fromkeys(("NRRLT", "ARRLT", "AVAL", "ALLOQ"), "Float64"),
)
Layout = Callable[..., tuple[Figure, dict[str, bytes]]]
BOTH = [individual_concentration, individual_concentration_log]


def draw(layout: Layout, adpc: pd.DataFrame = ADPC, adsl: pd.DataFrame = ADSL) -> tuple[Figure, Drawing]:
    """Return the model and the drawing before it is written to files."""
    kept: list[Drawing] = []
    with patch.object(drawing, "render", lambda one: kept.append(one) or {}):
        figure, _ = layout(PLAN, "f-1", {"adsl": adsl, "adpc": adpc}, study_view(layout))
    return figure, kept[0]


def panels(given: Drawing) -> dict[str, list[list[tuple[float, float]]]]:
    """Return by title the joined line, then the filled, the hollow and the crossed points."""
    return {axes.get_title(): [list(map(tuple, line.get_xydata())) for line in axes.lines[:4]] for axes in given.axes}


def test_one_panel_a_subject_by_dose_then_subject() -> None:
    figure, given = draw(individual_concentration)
    assert panels(given) == {
        "02-001 (75)": [[(2, 0), (4, 0)], [], [(2, 0), (4, 0)], []],
        "01-001 (100)": [[(-0.5, 0), (2.5, 10), (4.1, 30)], [(4.1, 30)], [(-0.5, 0)], [(2.5, 10)]],
        "01-002 (100)": [[(2, 20), (8, 40.25)], [(2, 20), (8, 40.25)], [], [(4, 90)]],
    }
    assert figure.rows[2:] == (
        ("01-001", "100", "0", "-0.50", "0", "BLQ"),
        ("01-001", "100", "2", "2.50", "10.0", "not summarized"),
        ("01-001", "100", "4", "4.10", "30.0", "measured"),
        ("01-001", "100", "8", "8.00", "", "no value"),
        ("01-002", "100", "2", "2.00", "20.0", "measured"),
        ("01-002", "100", "4", "4.00", "90.0", "not summarized"),
        ("01-002", "100", "8", "8.00", "40.3", "measured"),
    )
    assert figure.alt == (
        "Individual palbociclib concentrations over actual time, linear scale: 3 panels, one a subject "
        "(75 mg 1, 100 mg 2); 8 values, the largest 90.0 ng/mL at 4.00 h (01-002)."
    )
    assert figure.footer.notes[-1] == "Subjects of this analysis set without a value, so without a panel: 2."


def test_neither_blq_nor_zero_on_the_logarithmic_scale() -> None:
    figure, given = draw(individual_concentration_log)
    assert panels(given)["02-001 (75)"] == [[], [], [], []]
    assert panels(given)["01-001 (100)"] == [[(2.5, 10), (4.1, 30)], [(4.1, 30)], [], [(2.5, 10)]]
    assert all(axes.get_yscale() == "log" for axes in given.axes)
    limits = [axes.lines[4].get_ydata() for axes in given.axes]
    assert limits == [[1, 1]] * 3
    assert "5 values, the largest 90.0" in figure.alt
    assert [text.get_text() for text in given.legends[0].get_texts()] == ["Concentration", "Not summarized", "LLOQ"]


@pytest.mark.parametrize("layout", BOTH)
def test_every_panel_has_the_same_axes(layout: Layout) -> None:
    _, given = draw(layout)
    assert len({(axes.get_xlim(), axes.get_ylim()) for axes in given.axes}) == 1
    low, high = given.axes[0].get_ylim()
    assert low < 10
    assert high > 90


@pytest.mark.parametrize("layout", BOTH)
def test_notes_name_the_blq_rule(layout: Layout) -> None:
    figure, _ = draw(layout)
    assert blq_note("zero_then_missing") in figure.footer.notes
    assert [*check_bodies(figure), *check_texts(figure)] == []


@pytest.mark.parametrize("layout", BOTH)
@pytest.mark.parametrize(("adpc", "adsl"), [(ADPC.iloc[:0], ADSL), (ADPC, ADSL.iloc[:0]), (ADPC.iloc[[10, 11]], ADSL)])
def test_nothing_to_draw_is_an_empty_frame(layout: Layout, adpc: pd.DataFrame, adsl: pd.DataFrame) -> None:
    figure, given = draw(layout, adpc, adsl)
    assert figure.empty == (
        "No data to report: no subject met the criteria for this display. "
        "Criterion: PK set; AVISIT = C1D1, with concentrations that the figure can show."
    )
    assert (figure.rows, figure.alt, figure.footer.notes) == ((), figure.empty, ())
    assert len(given.axes) == 1


def test_all_below_the_limit_is_empty_on_the_logarithmic_scale_only() -> None:
    below = ADPC.loc[ADPC["USUBJID"].eq("C")]
    assert draw(individual_concentration_log, below)[0].empty
    figure, given = draw(individual_concentration, below)
    assert figure.rows == (("02-001", "75", "2", "2.00", "0", "BLQ"), ("02-001", "75", "4", "4.00", "0", "BLQ"))
    assert len(given.axes) == 1


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, (1, 1)), (2, (1, 2)), (3, (1, 3)), (5, (2, 3)), (45, (5, 9)), (49, (5, 10)), (50, (5, 10))],
)
def test_the_grid(count: int, expected: tuple[int, int]) -> None:
    assert grid(count) == expected


def test_the_grid_always_has_room() -> None:
    assert all(grid(count)[0] * grid(count)[1] >= count for count in range(1, 51))


def test_more_subjects_than_panels_are_refused() -> None:
    with pytest.raises(InputError, match="51 subjects; 50 panels can be drawn; split by population"):
        grid(51)


def test_text_is_large_enough() -> None:
    # 10 points, so that 9 remain where a page shrinks the drawing by a tenth
    many = [f"X{k:02}" for k in range(45)]
    adsl = pd.concat([ADSL.iloc[[0]].assign(USUBJID=name, SUBJID=name) for name in many], ignore_index=True)
    adpc = pd.concat([ADPC.iloc[:4].assign(USUBJID=name) for name in many], ignore_index=True)
    _, given = draw(individual_concentration_log, adpc, adsl)
    texts = [axes.title for axes in given.axes] + [t for axes in given.axes for t in axes.get_xticklabels()]
    assert len(given.axes) == 45
    assert min(text.get_fontsize() for text in [*texts, *given.legends[0].get_texts(), given._supxlabel]) >= 10


def test_ticks_of_a_logarithmic_axis() -> None:
    assert ticks_between(0.8, 30, (1, 2, 5)) == [1, 2, 5, 10, 20]
    assert ticks_between(0.02, 0.3, (1,)) == [0.1]


def test_same_bytes_twice_whatever_the_order_of_rows() -> None:
    layout = individual_concentration_log
    first, second = (
        layout(PLAN, "f-1", {"adsl": adsl, "adpc": adpc}, study_view(layout))[1]
        for adsl, adpc in ((ADSL, ADPC), (ADSL.iloc[::-1], ADPC.iloc[::-1]))
    )
    assert first == second
    assert first["png"].startswith(b"\x89PNG")


def test_half_the_limit_of_a_sample_left_out_is_not_on_the_logarithmic_scale() -> None:
    half = ADPC.assign(AVAL=ADPC["AVAL"].replace(0, 0.5), PKSUMXF="Y")
    _, given = draw(individual_concentration_log, half)
    assert panels(given)["02-001 (75)"] == [[], [], [], []]
