"""The swimmer plot: literal frames in; lanes, marks and the sentence that replaces the drawing worked by hand."""

from itertools import pairwise
from unittest.mock import patch

import matplotlib
import pandas as pd
import pytest
from matplotlib.figure import Figure as Drawing

from crf2csr.display.figures import drawing
from crf2csr.display.figures.swimmer import swimmer
from crf2csr.display.invariants import check_bodies, check_texts
from crf2csr.display.model import Figure
from crf2csr.errors import InputError
from tests.builders import study_view
from tests.plans import plan_of, typed

PLAN = plan_of("""
populations: {safety: {label: Safety set, flag: SAFFL}}
displays:
  f-1: {layout: swimmer, number: 14.2.2, title: Swimmer, population: safety, data: [adrs, adtte, adex]}
""")
# 2019-01-01 to 2019-03-02 are 31 + 28 + 2 = 61 days with both counted; 61 / 30.4375 = 2.004 months. 2019-12-31 is day
# 365, 11.99 months. 4 is outside of the set, 5 was never treated.
ADSL = """
USUBJID | SUBJID | SAFFL | TRT01A | TRT01AN | TRTSDT     | TRTEDT     | DTHDT      | PALSTAT      | LETSTAT | TDMSTAT
X-1     | 1      | Y     | 75 mg  | 75      | 2019-01-01 | 2019-03-02 | 2019-12-31 | DISCONTINUED |         |
X-2     | 2      | Y     | 100 mg | 100     | 2019-01-01 | 2019-12-31 |            | DISCONTINUED | ONGOING |
X-3     | 3      | Y     | 100 mg | 100     | 2019-01-01 | 2019-03-02 |            | DISCONTINUED |         |
X-4     | 4      | N     | 75 mg  | 75      | 2019-01-01 | 2019-12-31 |            | ONGOING      |         |
X-5     | 5      | Y     |        |         |            |            |            |              |         |
"""
ADRS = """
USUBJID | PARAMCD | AVALC | ADT
X-2     | CRSP    | Y     | 2019-03-02
X-1     | CRSP    | N     | 2019-03-02
X-3     | CBOR    | PR    | 2019-03-02
"""
ADTTE = """
USUBJID | PARAMCD | FIRSTEV | FIRSTEDT   | DCTREAS
X-1     | PFSEMA  | DEATH   | 2019-12-31 | ADVERSE EVENT
X-2     | PFSEMA  |         |            |
X-3     | PFSEMA  | PD      | 2019-03-02 |
X-3     | OS      | PD      | 2019-01-05 |
"""
# 2 has a week without palbociclib and a lower dose after it; the tablets of 3 end on day 32.
ADEX = """
USUBJID | PARAMCD | ASTDT      | AENDT      | AVAL
X-2     | DOSELVL | 2019-03-10 | 2019-12-31 | 75
X-2     | DOSELVL | 2019-01-01 | 2019-03-02 | 100
X-1     | DOSELVL | 2019-01-01 | 2019-03-02 | 75
X-3     | DOSELVL | 2019-01-01 | 2019-02-01 | 100
X-3     | DOSELVL | 2019-02-02 | 2019-03-02 |
X-3     | CUMDOSE |            |            | 3200
"""
DATES = ("TRTSDT", "TRTEDT", "DTHDT", "ADT", "FIRSTEDT", "ASTDT", "AENDT")


def frame(text: str) -> pd.DataFrame:
    given = typed(text)
    dates = {name: pd.to_datetime(given[name]) for name in DATES if name in given}
    return given.assign(**dates, **({"TRT01AN": given["TRT01AN"].astype("Int64")} if "TRT01AN" in given else {}))


def frames(adsl: str = ADSL, adrs: str = ADRS, adtte: str = ADTTE, adex: str = ADEX) -> dict[str, pd.DataFrame]:
    doses = frame(adex)
    doses = doses.assign(AVAL=doses["AVAL"].astype("Float64"))
    return {"adsl": frame(adsl), "adrs": frame(adrs), "adtte": frame(adtte), "adex": doses}


def many(n: int) -> dict[str, pd.DataFrame]:
    """Return n subjects, each treated one day longer than the one before."""
    days = pd.date_range("2019-01-01", periods=n)
    lines = [
        f"X-{i:02d} | {i:02d} | Y | 75 mg | 75 | 2019-01-01 | {day:%Y-%m-%d} | | ONGOING | |"
        for i, day in enumerate(days, 1)
    ]
    return frames("\n".join([ADSL.strip().splitlines()[0], *lines]))


def unwritten(data: dict[str, pd.DataFrame]) -> tuple[Figure, Drawing]:
    """Return the model and the drawing before it is written to files."""
    kept: list[Drawing] = []
    with patch.object(drawing, "render", lambda done: kept.append(done) or {}):
        figure, _ = swimmer(PLAN, "f-1", data, study_view(swimmer))
    return figure, kept[0]


def test_lanes_by_length_of_treatment() -> None:
    figure, _ = unwritten(frames())
    assert figure.rows == (
        # 10 March is day 69: 68 days, 2.2 months are over; 1 February is day 32: 1.1 months
        ("2", "100 mg", "12.0", "100 mg: 0.0 to 2.0; 75 mg: 2.2 to 12.0", "2.0", "", "", "ongoing"),
        ("1", "75 mg", "2.0", "75 mg: 0.0 to 2.0", "", "", "12.0", "ADVERSE EVENT"),  # the death is no progression
        ("3", "100 mg", "2.0", "100 mg: 0.0 to 1.1", "", "2.0", "", ""),  # no end-of-treatment record
    )
    assert figure.alt == (
        "Swimmer plot of the months on treatment of 3 subjects from 2.0 to 12.0: more than one palbociclib dose 1, "
        "treatment discontinued 1, treatment ongoing 1, first confirmed response 1, progression 1, death 1."
    )
    assert [*check_bodies(figure), *check_texts(figure)] == []


def test_notes_count_who_has_no_lane() -> None:
    # 5 is in the set and was never dosed on a known day
    assert "without a lane: 1." in " ".join(unwritten(frames())[0].footer.notes)
    assert "without a lane" not in " ".join(unwritten(many(2))[0].footer.notes)


def test_bars_and_marks() -> None:
    _, given = unwritten(frames())
    [axes] = given.axes
    bars = [(round(bar.get_x(), 2), round(bar.get_width(), 2), bar.get_hatch()) for bar in axes.patches]
    # of each lane the whole treatment in white, then its doses: 75 mg has the first pattern, 100 mg the second
    assert bars == [
        *[(0, 11.99, None), (0, 2.0, "...."), (2.23, 9.76, "////")],
        *[(0, 2.0, None), (0, 2.0, "////")],
        *[(0, 2.0, None), (0, 1.05, "....")],
    ]
    marks = [(line.get_marker(), round(line.get_xdata()[0], 2), line.get_ydata()[0]) for line in axes.lines]
    assert [mark for mark in marks if mark[0] != "None"] == [
        (">", 11.99, 0),
        ("^", 2.0, 0),
        ("|", 2.0, 1),
        ("D", 11.99, 1),
        ("X", 2.0, 2),
    ]
    # a thin line to the last mark of each lane
    assert [round(line.get_xdata()[-1], 2) for line in axes.lines if line.get_marker() == "None"] == [11.99, 11.99, 2.0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["2", "1", "3"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the longest on top


def test_legend_names_what_is_drawn() -> None:
    _, given = unwritten(frames(adrs="USUBJID | PARAMCD | AVALC | ADT"))
    labels = [text.get_text() for text in given.legends[0].get_texts()]
    doses = ["Palbociclib 75 mg", "Palbociclib 100 mg", "Without palbociclib"]
    assert labels == [*doses, "Treatment discontinued", "Treatment ongoing", "Progression", "Death"]


def test_no_white_in_the_legend_where_palbociclib_never_pauses() -> None:
    adex = "USUBJID | PARAMCD | ASTDT | AENDT | AVAL\n" + "\n".join(
        f"X-{i} | DOSELVL | 2019-01-01 | {end} | 75"
        for i, end in ((1, "2019-03-02"), (2, "2019-12-31"), (3, "2019-03-02"))
    )
    labels = [text.get_text() for text in unwritten(frames(adex=adex))[1].legends[0].get_texts()]
    assert labels[:2] == ["Palbociclib 75 mg", "Treatment discontinued"]


def test_more_doses_than_patterns_are_refused() -> None:
    adex = ["USUBJID | PARAMCD | ASTDT | AENDT | AVAL"]
    adex += [f"X-2 | DOSELVL | 2019-0{i}-01 | 2019-0{i}-20 | {25 * i}" for i in range(1, 8)]
    with pytest.raises(InputError, match="7 dose levels; there are patterns for 6"):
        unwritten(frames(adex="\n".join(adex)))


@pytest.mark.parametrize(("n", "lanes"), [(1, [1]), (23, [23]), (45, [23, 22]), (69, [23, 23, 23])])
def test_many_lanes_stand_in_panels(n: int, lanes: list[int]) -> None:
    figure, given = unwritten(many(n))
    assert [len(axes.get_yticklabels()) for axes in given.axes] == lanes
    assert [text.get_text() for axes in given.axes for text in axes.get_yticklabels()] == [
        row[0] for row in figure.rows
    ]
    assert any("one panel to the top of the next" in note for note in figure.footer.notes) == (len(lanes) > 1)
    assert min(t.get_fontsize() for t in given.findobj(matplotlib.text.Text) if t.get_text()) >= 9


def test_names_of_a_full_page_do_not_touch() -> None:
    _, given = unwritten(many(45))
    given.canvas.draw()
    boxes = [label.get_window_extent() for label in given.axes[0].get_yticklabels()]
    # from top to bottom; a point of overlap is the height of a descender, which digits do not have
    assert all(above.y0 > below.y1 - given.dpi / 72 for above, below in pairwise(boxes))


def test_too_many_lanes_are_refused() -> None:
    with pytest.raises(InputError, match="70 lanes; 69 can be drawn"):
        unwritten(many(70))


def test_a_level_that_is_not_recorded() -> None:
    figure, _ = unwritten(frames(ADSL.replace("| 75 mg  | 75 ", "|        |    ")))
    assert figure.rows[1][1] == "No dose level"


def test_nobody() -> None:
    figure, given = unwritten(frames(ADSL.strip().splitlines()[0]))
    assert (figure.rows, figure.alt) == ((), figure.empty)
    assert figure.empty.endswith("Criterion: Safety set, treated.")
    assert [t.get_text().replace("\n", " ") for t in given.axes[0].texts] == [figure.empty]
    assert list(check_bodies(figure)) == []


def test_same_bytes_whatever_the_order_and_hostile_names() -> None:
    hostile = frames(ADSL.replace("X-1     | 1 ", r"X-1     | $\x{<b>&"))
    shuffled = {name: given.iloc[::-1] for name, given in hostile.items()}
    first, second = (swimmer(PLAN, "f-1", data, study_view(swimmer)) for data in (hostile, shuffled))
    assert first == second
    assert first[0].rows[1][0] == r"$\x{<b>&"
