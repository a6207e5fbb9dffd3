"""The eDISH plot: literal frames in; marks, names, counts and the sentence that replaces the drawing."""

from unittest.mock import patch

import matplotlib
import pandas as pd
import pytest
from matplotlib.figure import Figure as Drawing

from crf2csr.display.figures import drawing
from crf2csr.display.figures.hepatic import hepatic
from crf2csr.display.invariants import check_bodies, check_texts
from crf2csr.display.model import Figure
from crf2csr.errors import InputError
from tests.builders import study_view
from tests.plans import plan_of, typed

PLAN = plan_of("""
populations: {safety: {label: Safety set, flag: SAFFL}}
displays:
  f-1: {layout: hepatic, number: 14.3.2, title: Liver, population: safety, data: [adlb]}
""")
ADSL = """
USUBJID | SUBJID | SAFFL | TRT01A | TRT01AN
X-1     | 1      | Y     | 75 mg  | 75
X-2     | 2      | Y     | 100 mg | 100
X-3     | 3      | Y     | 100 mg | 100
X-4     | 4      | Y     |        |
X-5     | 5      | N     | 100 mg | 100
"""
# 1: AST is the higher one, above both lines, ALP high. 2: exactly on both lines. 3: no bilirubin. 4: no palbociclib.
ADLB = """
USUBJID | PARAMCD | AVISIT | R2ANRHI | AVALC
X-1     | ALT     | PEAK   | 2.5     |
X-1     | AST     | PEAK   | 4       |
X-1     | BILI    | PEAK   | 2.25    |
X-1     | ALP     | PEAK   | 2       |
X-1     | ALT     | C2D1   | 9       |
X-1     | HYSLAW1 | PEAK   |         | Y
X-2     | ALT     | PEAK   | 3       |
X-2     | BILI    | PEAK   | 2       |
X-2     | ALP     | PEAK   | 1.99    |
X-2     | HYSLAW1 | PEAK   |         | N
X-3     | ALT     | PEAK   | 8       |
X-4     | AST     | PEAK   | 0.5     |
X-4     | BILI    | PEAK   | 0.25    |
X-5     | ALT     | PEAK   | 8       |
X-5     | BILI    | PEAK   | 8       |
"""


def frames(adsl: str = ADSL, adlb: str = ADLB) -> dict[str, pd.DataFrame]:
    return {"adsl": typed(adsl, TRT01AN="Int64"), "adlb": typed(adlb, R2ANRHI="Float64")}


def unwritten(data: dict[str, pd.DataFrame]) -> tuple[Figure, Drawing]:
    """Return the model and the drawing before it is written to files."""
    kept: list[Drawing] = []
    with patch.object(drawing, "render", lambda given: kept.append(given) or {}):
        figure, _ = hepatic(PLAN, "f-1", data, study_view(hepatic))
    return figure, kept[0]


def test_one_mark_a_subject_at_its_peaks() -> None:
    figure, given = unwritten(frames())
    assert figure.rows == (
        ("1", "75 mg", "4.00", "2.25", "2.00", "Y"),
        ("2", "100 mg", "3.00", "2.00", "1.99", "N"),
        ("4", "No palbociclib taken", "0.50", "0.25", "", "N"),
    )
    marks = [
        (line.get_marker(), line.get_markerfacecolor(), *line.get_xdata(), *line.get_ydata())
        for line in given.axes[0].lines
        if len(line.get_xdata()) == 1
    ]
    assert [mark[1:] for mark in marks] == [("black", 4.0, 2.25), ("white", 3.0, 2.0), ("white", 0.5, 0.25)]
    assert len({mark[0] for mark in marks}) == 3
    assert [*check_bodies(figure), *check_texts(figure)] == []


def test_the_quadrant_names_and_counts_who_is_above_both_lines() -> None:
    figure, given = unwritten(frames())
    assert [text.get_text() for text in given.axes[0].texts] == ["1", "Upper right: 1"]
    lines = [sorted({*line.get_xdata(), *line.get_ydata()} - {0, 1}) for line in given.axes[0].lines[3:]]
    assert lines == [[3], [2]]
    assert figure.alt == (
        "Highest ALT or AST against highest bilirubin on treatment of 3 subjects, in multiples of ULN: highest ALT or "
        "AST 4.00, highest bilirubin 2.25; ALT or AST > 3 x ULN and bilirubin > 2 x ULN: 1 (1)."
    )
    assert figure.footer.notes[0].endswith("so without a mark: 1 of 4.")
    assert figure.footer.notes[2].startswith("ALP at least 2 x ULN: 1 of 3 subjects.")


def test_text_can_be_read_and_doses_differ_without_gray() -> None:
    _, given = unwritten(frames())
    assert min(t.get_fontsize() for t in given.findobj(matplotlib.text.Text) if t.get_text()) >= 9
    legend = [text.get_text() for text in given.legends[0].get_texts()]
    assert legend == ["No palbociclib taken", "75 mg", "100 mg", "filled: ALP at least 2 x ULN"]


def test_nobody() -> None:
    figure, given = unwritten(frames(adlb=ADLB.strip().splitlines()[0]))
    assert (figure.rows, figure.alt) == ((), figure.empty)
    assert figure.footer.notes[0].endswith("so without a mark: 4 of 4.")
    assert [t.get_text().replace("\n", " ") for t in given.axes[0].texts] == [figure.empty]
    assert list(check_bodies(figure)) == []


def test_more_dose_levels_than_marks_are_refused() -> None:
    people = [ADSL.strip().splitlines()[0], *(f"X-{n} | {n} | Y | {n} mg | {n}" for n in range(1, 8))]
    with pytest.raises(InputError, match="7 dose levels; there are marks for 6"):
        unwritten(frames(adsl="\n".join(people)))
