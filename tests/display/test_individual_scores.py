"""Courses of single subjects: literal ADSL and ADQS in; lines, words and drawn points by hand."""

from unittest.mock import patch

import pandas as pd
import pytest
from matplotlib.figure import Figure as Drawing

from crf2csr.display.figures import drawing
from crf2csr.display.figures.individual_scores import individual_scores
from crf2csr.display.invariants import check_bodies, check_texts
from crf2csr.display.model import Figure
from crf2csr.errors import InputError
from tests.builders import STUDY_ID, conforming, study_view
from tests.plans import plan_of

TEXT = """
populations: {saf: {label: Safety set, flag: SAFFL}}
displays:
  f-1:
    layout: individual_scores
    number: 14.2.14
    title: Courses
    population: saf
    data: [adqs]
    where: [{variable: PARAMCD, op: in, value: [SOCIAL, ANXIETY, SLEEP]}]
"""
HEAD = "USUBJID|SUBJID|TRT01A|PARAMCD|PARAM|AVISIT|ADY|AVAL|WORSCHG|CHG|ABLFL|EVALFL|WORSFL"
# B has no later value, C no day at C2D1, D is outside of the set; SLEEP is of nobody. Social roles: lower is worse.
ADQS = f"""{HEAD}
A|01-1|75 mg|ANXIETY|Anxiety (T-score)|C3D1|43|56.0|-4.0|-4.0|||N
A|01-1|75 mg|ANXIETY|Anxiety (T-score)|C2D1|22|65.5|5.5|5.5|||Y
A|01-1|75 mg|ANXIETY|Anxiety (T-score)|C1D1|-2|60.0|||Y||
A|01-1|75 mg|ANXIETY|Anxiety (T-score)|C4D1|64||||||
A|01-1|75 mg|ANXIETY|Anxiety (T-score)|WORST||65.5|5.5|||Y|Y
A|01-1|75 mg|SOCIAL|Social roles (T-score)|C1D1|1|50.0|||Y||
A|01-1|75 mg|SOCIAL|Social roles (T-score)|C2D1|22|46.0|4.0|-4.0|||N
A|01-1|75 mg|SOCIAL|Social roles (T-score)|WORST||46.0|4.0|||Y|N
B|01-2||ANXIETY|Anxiety (T-score)|C1D1|1|50.0|||Y||
B|01-2||ANXIETY|Anxiety (T-score)|WORST||||||N|
C|02-1||ANXIETY|Anxiety (T-score)|C1D1|1|50.0|||Y||
C|02-1||ANXIETY|Anxiety (T-score)|C2D1||52.0|2.0|2.0|||N
C|02-1||ANXIETY|Anxiety (T-score)|WORST||52.0|2.0|||Y|N
D|02-2||ANXIETY|Anxiety (T-score)|C1D1|1|50.0|||Y||
D|02-2||ANXIETY|Anxiety (T-score)|C2D1|22|70.0|20.0|20.0|||Y
D|02-2||ANXIETY|Anxiety (T-score)|WORST||70.0|20.0|||Y|Y
"""
PEOPLE = {"A": "Y", "B": "Y", "C": "Y", "D": "N"}


def data(adqs: str = ADQS, people: dict[str, str] = PEOPLE) -> dict[str, pd.DataFrame]:
    adsl = pd.DataFrame(
        {"USUBJID": [f"{STUDY_ID}-{one}" for one in people], "SAFFL": list(people.values())}, dtype="string"
    )
    return {"adsl": adsl, "adqs": conforming("derive", "adqs", adqs, PARCAT1="PROMIS")}


def draw(frames: dict[str, pd.DataFrame], text: str = TEXT, **keys: object) -> tuple[Figure, Drawing]:
    kept: list[Drawing] = []
    with patch.object(drawing, "render", lambda one: kept.append(one) or {}):
        figure, _ = individual_scores(plan_of(text), "f-1", frames, study_view(individual_scores, **keys))
    return figure, kept[0]


def test_changes_by_week_from_the_baseline_with_worsening_upward() -> None:
    figure, given = draw(data())
    # Day 22 is 21 days after the first dose, 3 weeks; day -2 two days before it, -0.3 weeks (there is no day 0).
    assert figure.rows == (
        ("Social roles (T-score)", "01-1", "75 mg", "N", "C1D1", "1", "0.0", "50.0", "0.0"),
        ("Social roles (T-score)", "01-1", "75 mg", "N", "C2D1", "22", "3.0", "46.0", "4.0"),
        ("Anxiety (T-score)", "01-1", "75 mg", "Y", "C1D1", "-2", "-0.3", "60.0", "0.0"),
        ("Anxiety (T-score)", "01-1", "75 mg", "Y", "C2D1", "22", "3.0", "65.5", "5.5"),
        ("Anxiety (T-score)", "01-1", "75 mg", "Y", "C3D1", "43", "6.0", "56.0", "-4.0"),
        ("Anxiety (T-score)", "02-1", "", "N", "C1D1", "1", "0.0", "50.0", "0.0"),
    )
    assert figure.footer.notes == ("Scores not drawn, for their date is not complete: 1.",)
    assert figure.alt == (
        "Courses; Social roles (T-score), 0 of 1 subject worsened, largest change 4.0 (subject 01-1); "
        "Anxiety (T-score), 1 of 2 subjects worsened, largest change 5.5 (subject 01-1)."
    )
    assert [axes.get_title() for axes in given.axes] == ["Social roles", "Anxiety"]
    [line] = [line for line in given.axes[0].lines if line.get_label() == "01-1"]
    assert [(float(x), float(y)) for x, y in line.get_xydata()] == [(0, 0), (3, 4)]


def test_the_threshold_is_that_of_the_study() -> None:
    _, given = draw(data(), pro_threshold_promis_t=3)
    [line] = [line for line in given.axes[0].lines if "Threshold" in str(line.get_label())]
    assert line.get_label() == "Threshold (3 T points)"
    assert list(map(float, line.get_ydata())) == [3, 3]


def test_of_many_subjects_the_worsened_are_black_with_their_worst_value() -> None:
    lines, people = [HEAD], {}
    for k in range(7):  # one more than there are line styles
        change, flag = (6.0, "Y") if k == 6 else (-1.0, "N")
        people[f"S{k}"] = "Y"
        lines += [
            f"S{k}|S{k}||SLEEP|Sleep (T-score)|C1D1|1|50.0|||Y||",
            f"S{k}|S{k}||SLEEP|Sleep (T-score)|C2D1|22|{50 + change}|{change}|{change}|||{flag}",
            f"S{k}|S{k}||SLEEP|Sleep (T-score)|WORST||{50 + change}|{change}|||Y|{flag}",
        ]
    _, given = draw(data("\n".join(lines), people))
    drawn = [line for line in given.axes[0].lines if "orsened" in str(line.get_label())]
    assert [(line.get_color(), line.get_markevery()) for line in drawn] == [("0.65", None)] * 6 + [("black", [1])]
    names = [text.get_text() for text in given.legends[0].get_texts()]
    assert names == ["Not worsened", "Worsened, with worst value", "Threshold (5 T points)"]


@pytest.mark.parametrize(
    "frames", [data(HEAD), data(ADQS, {"D": "N"}), data(ADQS, {"B": "Y"})], ids=["no rows", "nobody", "no later value"]
)
def test_nothing_to_draw_is_an_empty_frame(frames: dict[str, pd.DataFrame]) -> None:
    figure, given = draw(frames)
    assert figure.empty.endswith("Criterion: Safety set, with a baseline and a later T-score.")
    assert (figure.rows, figure.alt, figure.footer.notes) == ((), figure.empty, ())
    assert not given.axes[0].lines
    assert [*check_bodies(figure), *check_texts(figure)] == []


def test_the_plan_lists_the_scales() -> None:
    with pytest.raises(InputError, match=r"figure 14\.2\.14: `where` lists the parameters"):
        draw(data(), TEXT.replace("op: in, value: [SOCIAL, ANXIETY, SLEEP]", "op: eq, value: SLEEP"))


def test_shuffled_rows_change_nothing() -> None:
    frames = data()
    again = {name: frame.iloc[::-1] for name, frame in frames.items()}
    assert draw(again)[0] == draw(frames)[0]
