from pathlib import Path

import pytest

from crf2csr.report.alignment import align_column
from crf2csr.report.fonts import Face, load_faces
from crf2csr.report.inline import Run

# A made-up face whose widths add up by hand: digits, dashes and letters 0.5 em, everything narrow 0.25 em.
FACE = Face(dict.fromkeys("0123456789–<>NE-+", 0.5) | dict.fromkeys("(),.[] ", 0.25))


def text_of(run: Run) -> str:
    return run if isinstance(run, str) else "".join(piece for piece in run if isinstance(piece, str))


def points_of(run: Run) -> list[float]:
    """Return where each decimal point, or end of the first digits, of a run stands, in em from the left."""
    at, places = 0.0, []
    for piece in [run] if isinstance(run, str) else run:
        if isinstance(piece, str):
            for token in piece.strip().split(" "):
                digits = next(i for i, c in enumerate(token) if c.isdigit())
                end = next((i for i, c in enumerate(token) if i > digits and not c.isdigit()), len(token))
                start = piece.index(token)
                places.append(round(at + FACE.width(piece[:start] + token[:end]), 3))
            at += FACE.width(piece)
        elif isinstance(piece, float):
            at += piece
    return places


def test_counts_and_percentages_stand_under_each_other() -> None:
    lines = [line for line, _ in align_column(["3 (33.3)", "12 (100.0)", "7 (5.6)"], FACE)]
    assert len({tuple(points_of(line)) for line in lines}) == 1
    # 12 ends at 2 x 0.5; a blank 0.25, a bracket 0.25 and three digits 1.5 later is the point of the percentage.
    assert points_of(lines[1]) == [1.0, 3.0]
    # In the first line one digit is missing before the count, and one before the point of the percentage.
    assert lines[0] == [0.5, "3 ", 0.5, "(33.3)"]


def test_all_cells_of_a_group_are_equally_wide() -> None:
    aligned = align_column(["0", "12 (30.0)", "–", "NE"], FACE)
    # 12 blank (30.0): 1.0 + 0.25 + 0.25 + 1.0 + 0.25 + 0.5 + 0.25
    assert [width for _, width in aligned] == [3.5] * 4
    assert aligned[0][0] == [0.5, "0", 2.5]


def test_intervals_stand_under_each_other_at_both_points() -> None:
    lines = [line for line, _ in align_column(["(0.0, 100.0)", "(12.5, 33.1)"], FACE)]
    assert points_of(lines[0]) == points_of(lines[1])


def test_a_copied_cell_is_the_cell() -> None:
    texts = ["3 (33.3)", "12 (<0.1) [15]", "(0.4, NE)", "-3.5 (2.11)", "1.2+; 3.4", "n < 5", ""]
    assert [text_of(run) for run, _ in align_column(texts, FACE)] == texts


@pytest.mark.parametrize("text", ["1.2+; 3.4", "n < 5", "not determined", ""])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert align_column([text, "12 (30.0)"], FACE)[0][0] == text


def test_the_real_font_has_digits_of_one_width() -> None:
    face = load_faces(Path(__file__).resolve().parents[2] / "reports/fonts")["regular"]
    # Arial metrics: every digit is 1139 of 2048 units wide.
    assert {face.widths[digit] for digit in "0123456789"} == {1139 / 2048}
