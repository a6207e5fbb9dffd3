"""The spider plot: literal frames in; points, marks, names and the sentence that replaces the drawing."""

from unittest.mock import patch

import matplotlib
import pandas as pd
import pytest
from matplotlib.figure import Figure as Drawing

from crf2csr.contracts import ContractError
from crf2csr.display.figures import drawing
from crf2csr.display.figures.spider import spider
from crf2csr.display.invariants import check_bodies, check_texts
from crf2csr.display.model import Figure
from crf2csr.errors import InputError
from tests.builders import study_view
from tests.plans import plan_of, typed

PLAN = plan_of("""
populations: {meas: {label: Measurable, flag: MEASFL}}
displays:
  f-1: {layout: spider, number: 14.2.3, title: Spider, population: meas, data: [adtr]}
""")
ADSL = """
USUBJID | SUBJID | MEASFL | TRT01P | TRT01PN | TRTSDT
X-1     | 1      | Y      | 75 mg  | 75      | 2019-01-01
X-2     | 2      | Y      | 100 mg | 100     | 2019-01-01
X-3     | 3      | Y      | 100 mg | 100     | 2019-01-01
X-4     | 4      | N      | 100 mg | 100     | 2019-01-01
"""
# 1: a visit after progression is not used. 2: no sum at TUM2, which has a new lesion. 3: no complete sum at all. 4 is
# outside of the set.
ADTR = """
USUBJID | PARAMCD | AVISIT | LESIONID | ADT        | ABLFL | ANL01FL | PCHG   | AVALC
X-1     | SUMDIAM | SCREEN |          | 2018-12-20 | Y     | Y       |        |
X-1     | SUMDIAM | TUM1   |          | 2019-03-05 |       | Y       | -30    |
X-1     | SUMDIAM | TUM2   |          | 2019-05-07 |       | Y       | 150.25 |
X-1     | SUMDIAM | TUM3   |          | 2019-07-09 |       |         | 200    |
X-1     | NEWLES  | TUM2   |          | 2019-05-07 |       | Y       |        | Y
X-1     | NEWLES  | TUM2   | NL1      | 2019-05-07 |       | Y       |        | Y
X-1     | NEWLES  | TUM3   |          | 2019-07-09 |       |         |        | Y
X-2     | SUMDIAM | TUM1   |          | 2019-02-26 |       | Y       | -50    |
X-2     | SUMDIAM | TUM2   |          | 2019-04-30 |       | Y       |        |
X-2     | NEWLES  | TUM2   |          | 2019-04-30 |       | Y       |        | Y
X-3     | SUMDIAM | TUM1   |          | 2019-02-26 |       | Y       |        |
X-3     | NEWLES  | TUM1   |          | 2019-02-26 |       | Y       |        | Y
X-4     | SUMDIAM | TUM1   |          | 2019-02-26 |       | Y       | -80    |
"""


def frames(adsl: str = ADSL, adtr: str = ADTR) -> dict[str, pd.DataFrame]:
    people, rows = typed(adsl, TRT01PN="Int64"), typed(adtr, PCHG="Float64")
    people["TRTSDT"], rows["ADT"] = pd.to_datetime(people["TRTSDT"]), pd.to_datetime(rows["ADT"])
    return {"adsl": people, "adtr": rows}


def many(n: int) -> dict[str, pd.DataFrame]:
    """Return n subjects with two sums each, the lines crowded together but the last, which ends far below."""
    adsl, adtr = [ADSL.strip().splitlines()[0]], [ADTR.strip().splitlines()[0]]
    for i in range(1, n + 1):
        last = -95 if i == n else -20 - i / 10
        adsl.append(f"X-{i:02d} | 01-{i:03d} | Y | 100 mg | 100 | 2019-01-01")
        adtr.append(f"X-{i:02d} | SUMDIAM | TUM1 | | 2019-03-05 | | Y | {-10 - i / 10} |")
        adtr.append(f"X-{i:02d} | SUMDIAM | TUM2 | | 2019-05-07 | | Y | {last} |")
    return frames("\n".join(adsl), "\n".join(adtr))


def unwritten(data: dict[str, pd.DataFrame]) -> tuple[Figure, Drawing]:
    """Return the model and the drawing before it is written to files."""
    kept: list[Drawing] = []
    with patch.object(drawing, "render", lambda given: kept.append(given) or {}):
        figure, _ = spider(PLAN, "f-1", data, study_view(spider))
    return figure, kept[0]


def names(given: Drawing) -> list[str]:
    """Return what is written in the axes but the labels of the dashed lines."""
    return [t.get_text() for t in given.axes[0].texts if t.get_text() not in ("-30", "+20")]


def test_points_by_week_from_the_first_dose() -> None:
    figure, _ = unwritten(frames())
    # 5 March is day 63 after 1 January: week 9; 26 February is day 56: week 8; 30 April is day 119: week 17
    assert figure.rows == (
        ("1", "75 mg", "0.0", "0.0", ""),
        ("1", "75 mg", "9.0", "-30.0", ""),
        ("1", "75 mg", "18.0", "150.3", "Y"),
        ("2", "100 mg", "0.0", "0.0", ""),
        ("2", "100 mg", "8.0", "-50.0", ""),
        ("2", "100 mg", "17.0", "", "Y"),
    )
    assert [*check_bodies(figure), *check_texts(figure)] == []


def test_sentence_states_the_numbers() -> None:
    assert unwritten(frames())[0].alt == (
        "Spider plot of the percentage change in the sum of diameters of 2 subjects with 3 sums after baseline, week "
        "8.0 to 18.0: smallest change of a subject -50.0 to -30.0, last change -50.0 to 150.3; new lesion in 2."
    )
    one = unwritten(frames(ADSL.replace("X-2     | 2      | Y", "X-2     | 2      | N")))[0].alt
    assert "of 1 subject with 2 sums after baseline" in one


def test_notes_count_who_has_no_line() -> None:
    notes = unwritten(frames())[0].footer.notes
    assert notes[0] == "Subjects of this analysis set without a complete sum after baseline, so without a line: 1 of 3."
    assert "New lesion at a visit without a complete sum: at the last known change, joined by a thin line." in notes
    assert "The axis ends at +100 percent; a larger change is written where its line ends." in notes
    assert not any("no subject at their end" in note for note in notes)


def test_lines_and_marks() -> None:
    _, given = unwritten(frames())
    [axes] = given.axes
    drawn = [
        (line.get_marker(), [round(float(x), 1) for x in line.get_xdata()], list(line.get_ydata()))
        for line in axes.lines
    ]
    assert drawn[:5] == [
        ("o", [0, 9, 18], [0, -30, 100]),  # cut at +100
        ("x", [18], [100]),
        ("s", [0, 8], [0, -50]),
        ("None", [8, 17], [-50, -50]),
        ("x", [17], [-50]),  # no sum: at the last known change
    ]
    assert [line[2] for line in drawn[5:]] == [[0, 0], [-30, -30], [20, 20]]
    assert sorted(names(given)) == ["1 (150.3)", "2"]
    legend = [text.get_text() for text in given.legends[0].get_texts()]
    assert legend == ["75 mg", "100 mg", "New lesion"]


def test_doses_differ_without_gray() -> None:
    _, given = unwritten(frames())
    styles = [(handle.get_linestyle(), handle.get_marker()) for handle in given.legends[0].get_lines()]
    assert len(set(styles)) == 3


@pytest.mark.parametrize(("change", "top"), [(-5, 40), (39, 40), (61, 80), (100, 100), (150, 100)])
def test_the_axis_fits_the_changes_up_to_its_cap(change: float, top: int) -> None:
    _, given = unwritten(frames(adtr=ADTR.replace("150.25", str(change))))
    ticks = [int(t.get_text()) for t in given.axes[0].get_yticklabels()]
    assert (ticks[0], ticks[-1]) == (-100, top)


def test_names_stand_only_where_there_is_room() -> None:
    figure, given = unwritten(many(45))
    shown = names(given)
    assert "01-045" in shown  # far from all others
    assert figure.footer.notes[-1] == f"For want of room {45 - len(shown)} of 45 lines have no subject at their end."
    given.canvas.draw()
    boxes = [t.get_window_extent() for t in given.axes[0].texts if t.get_text() in shown]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])
    assert min(t.get_fontsize() for t in given.findobj(matplotlib.text.Text) if t.get_text()) >= 9


def test_no_name_stands_on_another_line() -> None:
    # 1 ends in the middle of a stretch of 2 without a mark near by
    lines = [ADTR.strip().splitlines()[0]]
    lines += [f"X-{i} | SUMDIAM | {day} | | {day} | | Y | -50 |" for i, day in ((1, "2019-05-21"), (2, "2019-01-29"))]
    lines += ["X-2 | SUMDIAM | TUM9 | | 2019-10-08 | | Y | -50 |"]
    assert names(unwritten(frames(adtr="\n".join(lines)))[1]) == ["2"]


def test_few_lines_have_their_names() -> None:
    lines = ADTR.replace("150.25", "10").replace("| -50  ", "| -80  ")
    assert sorted(names(unwritten(frames(adtr=lines))[1])) == ["1", "2"]


def test_nobody() -> None:
    figure, given = unwritten(frames(adtr=ADTR.strip().splitlines()[0]))
    assert (figure.rows, figure.alt) == ((), figure.empty)
    assert figure.empty.endswith("Criterion: Measurable, with a complete sum after baseline.")
    assert figure.footer.notes == (
        "Subjects of this analysis set without a complete sum after baseline, so without a line: 3 of 3.",
    )
    assert [t.get_text().replace("\n", " ") for t in given.axes[0].texts] == [figure.empty]
    assert list(check_bodies(figure)) == []


def test_a_visit_twice_is_a_defect() -> None:
    twice = ADTR + "X-1     | SUMDIAM | TUM1   |          | 2019-03-05 |       | Y       | -31    |\n"
    with pytest.raises(ContractError, match="X-1 has a visit twice"):
        unwritten(frames(adtr=twice))


def test_more_doses_than_styles_are_refused() -> None:
    adsl = [ADSL.strip().splitlines()[0]]
    adsl += [f"X-{i} | {i} | Y | {25 * i} mg | {25 * i} | 2019-01-01" for i in range(1, 8)]
    with pytest.raises(InputError, match="7 dose levels; there are styles for 6"):
        unwritten(frames("\n".join(adsl)))


def test_same_bytes_whatever_the_order_and_hostile_names() -> None:
    hostile = frames(ADSL.replace("X-1     | 1 ", r"X-1     | $\x{<b>&"))
    shuffled = {name: given.iloc[::-1] for name, given in hostile.items()}
    first, second = (spider(PLAN, "f-1", data, study_view(spider)) for data in (hostile, shuffled))
    assert first == second
    assert first[0].rows[0][0] == r"$\x{<b>&"
