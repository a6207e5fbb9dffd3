"""Neutrophils and platelets over time: literal frames in; lines, medians, notes and the sentence that replaces them."""

from unittest.mock import patch

from matplotlib.figure import Figure as Drawing

from crf2csr.display.figures import drawing
from crf2csr.display.figures.laboratory_course import laboratory_course
from crf2csr.display.invariants import check_bodies, check_texts
from crf2csr.display.model import Figure
from tests.builders import study_view
from tests.plans import plan_of, typed

PLAN = plan_of("""
populations: {safety: {label: Safety set, flag: SAFFL}}
displays:
  f-1: {layout: laboratory_course, number: 14.3.1, title: Blood counts, population: safety, data: [adlb]}
""")
ADSL = "USUBJID|SUBJID|SAFFL\nX-1|1|Y\nX-2|2|Y\nX-3|3|N"
HEAD = "USUBJID|PARAMCD|AVISIT|AVISITN|ADY|AVAL|ANRLO"
# 1: falls below 0.5 and ends; 2: an implausible count, a visit that is not planned, no platelets. 3 is not in the set.
ADLB = f"""{HEAD}
X-1 | NEUT | C1D1      | 1   | 1  | 4    | 1.8
X-1 | NEUT | C1D15     | 1.15| 15 | 0.49 | 1.8
X-1 | NEUT | EOT       | 900 | 40 | 2.5  | 1.8
X-1 | NEUT | WORST LOW |     | 15 | 0.49 | 1.8
X-1 | PLAT | C1D1      | 1   | 1  | 75   | 150
X-2 | NEUT | C1D1      | 1   | 1  | 1.5  | 2
X-2 | NEUT | C2D1      | 2   | 22 | 1720 | 2
X-2 | NEUT | EXTRA     |     | 23 | 0.1  | 2
X-2 | NEUT | C3D1      | 3   | 43 |      | 2
X-3 | NEUT | C1D1      | 1   | 1  | 0.2  | 2
"""


def unwritten(adlb: str = ADLB, adsl: str = ADSL) -> tuple[Figure, Drawing]:
    """Return the model and the drawing before it is written to files."""
    kept: list[Drawing] = []
    data = {"adsl": typed(adsl), "adlb": typed(adlb, AVISITN="Float64", ADY="Int64", AVAL="Float64", ANRLO="Float64")}
    with patch.object(drawing, "render", lambda given: kept.append(given) or {}):
        figure, _ = laboratory_course(PLAN, "f-1", data, study_view(laboratory_course))
    return figure, kept[0]


def test_a_panel_a_parameter_with_the_values_of_planned_visits() -> None:
    figure, given = unwritten()
    assert figure.rows == (
        ("Neutrophils", "1", "C1D1", "1", "4.00"),
        ("Neutrophils", "1", "C1D15", "15", "0.49"),
        ("Neutrophils", "1", "EOT", "40", "2.50"),
        ("Neutrophils", "2", "C1D1", "1", "1.50"),
        ("Neutrophils", "2", "C2D1", "22", "1720.00"),
        ("Platelets", "1", "C1D1", "1", "75"),
    )
    lines = [(line.get_marker(), list(line.get_ydata())) for line in given.axes[0].lines if line.get_marker() in "os"]
    # The end of treatment is not joined, a value beyond the axis stands at its end.
    assert lines == [("o", [4.0, 0.49]), ("o", [2.5]), ("s", [1.5, 20.0]), ("s", [])]
    assert [*check_bodies(figure), *check_texts(figure)] == []


def test_cutoffs_and_lower_limits_are_drawn_where_they_are() -> None:
    _, given = unwritten()
    dashed = [{line.get_ydata()[0] for line in axes.lines if line.is_dashed()} for axes in given.axes]
    # CTCAE v4.03: neutrophils 1.5, 1.0, 0.5; platelets 75, 50, 25 (10^9/L).
    assert dashed == [{1.5, 1.0, 0.5}, {75, 50, 25}]
    (band,) = given.axes[0].patches
    low, high = band.get_y(), band.get_y() + band.get_height()
    assert low < 1.8 < 2 < high


def test_the_sentence_says_lowest_values_and_who_fell_below_the_cutoffs() -> None:
    figure, _ = unwritten()
    # Below 1.5 is only 0.49: 1.5 itself is not.
    assert figure.alt == (
        "Blood counts: Neutrophils of 2 subjects, lowest value 0.49 x 10^9/L (subject 1, C1D15); subjects ever 1 below "
        "1.5, 1 below 1.0, 1 below 0.5; Platelets of 1 subject, lowest value 75 x 10^9/L (subject 1, C1D1); subjects "
        "ever 0 below 75, 0 below 50, 0 below 25."
    )
    notes = " ".join(figure.footer.notes)
    assert "without a value at a planned visit: neutrophils 0; platelets 1 (of 2)" in notes
    assert "drawn there: neutrophils 1720 of 2 at C2D1" in notes


def many(count: int) -> tuple[str, str]:
    people = "".join(f"\nX-{n}|{n}|Y" for n in range(1, count + 1))
    values = "".join(f"\nX-{n}|NEUT|C1D1|1|1|{n}|1.8" for n in range(1, count + 1))
    return HEAD + values, "USUBJID|SUBJID|SAFFL" + people


def test_the_median_needs_five_subjects_and_marks_at_most_six() -> None:
    figure, _ = unwritten(*many(4))
    assert not any(row[1].startswith("Median") for row in figure.rows)
    figure, given = unwritten(*many(7))
    # Of 1 to 7 the median is 4.
    assert figure.rows[-1] == ("Neutrophils", "Median of 7", "C1D1", "", "4.000")
    # One thin line a subject; the end of treatment, which is not joined, is drawn apart.
    thin = [line for line in given.axes[0].lines if line.get_color() == "0.55" and len(line.get_xdata())]
    assert [list(line.get_ydata()) for line in thin] == [[n] for n in range(1, 8)]
    assert "lowest median 4.000 at C1D1 (n = 7)" in figure.alt


def test_nobody_is_an_empty_figure() -> None:
    figure, _ = unwritten(HEAD)
    assert figure.rows == ()
    assert figure.empty.endswith("Criterion: Safety set, neutrophils or platelets at a planned visit.")
    assert figure.alt == figure.empty
