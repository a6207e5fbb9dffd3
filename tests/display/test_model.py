"""The model of a display: JSON and back, and a digest that every cell text enters."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crf2csr.display.model import (
    Cell,
    Column,
    Display,
    Figure,
    Listing,
    Table,
    cell_texts,
    column_head,
    digest,
    from_json,
    to_json,
)
from tests.display.examples import DISPLAYS, FIGURE, LISTING, TABLE

kinds = pytest.mark.parametrize("display", DISPLAYS, ids=lambda display: display.kind)


@kinds
def test_json_gives_the_same_display_back(display: Display) -> None:
    text = to_json(display)
    assert text.endswith("}\n")
    found = from_json(text)
    assert found == display
    assert type(found) is type(display)
    assert to_json(found) == text
    assert digest(found) == digest(display)


@given(st.text(), st.text())
def test_any_text_survives(label: str, text: str) -> None:
    # A lone surrogate is no text: it cannot be written as UTF-8.
    row = dataclasses.replace(TABLE.parts[0].rows[1], label=label, cells=(Cell(text, "text", (text,)),) * 4)
    part = dataclasses.replace(TABLE.parts[0], rows=(row,), title=label)
    table = dataclasses.replace(TABLE, parts=(part,), title=text)
    assert from_json(to_json(table)) == table


@kinds
def test_json_keeps_letters_readable_and_is_plain_json(display: Display) -> None:
    assert "\\u" not in to_json(display)
    assert json.loads(to_json(display))["kind"] == display.kind


def test_texts_in_reading_order() -> None:
    assert cell_texts(TABLE) == [
        ["Full analysis set", "75 mg\n(N=2)", "100 mg\n(N=0)", "Phase II\n(N=1)", "All\nsubjects\n(N=3)"],
        ["Confirmed response", "", "", "", ""],
        ["CR [a]", "1 (50.0)", "–", "0", "1 (33.3)"],
        ["Measurable", "All\n(N=0)"],
        ["No data to report: nobody."],
    ]
    assert cell_texts(LISTING)[:2] == [["Subject", "Sum\n(mm)"], ["01-001", "30.0"]]
    assert cell_texts(FIGURE) == [["Subject", "Change (%)"], ["01-001", "-30.0"]]
    empty = dataclasses.replace(LISTING, rows=(), empty="Nothing.")
    assert cell_texts(empty) == [["Subject", "Sum\n(mm)"], ["Nothing."]]


def test_a_column_without_denominator_has_its_label_only() -> None:
    assert column_head(Column("x", "Subject")) == "Subject"
    assert column_head(Column("x", "All", 0)) == "All\n(N=0)"


def with_changed_cell(display: Display, row: int, column: int) -> Display:
    if isinstance(display, Table):
        part = display.parts[0]
        cells = list(part.rows[row].cells)
        cells[column] = dataclasses.replace(cells[column], text=cells[column].text + "x")
        rows = [*part.rows[:row], dataclasses.replace(part.rows[row], cells=tuple(cells)), *part.rows[row + 1 :]]
        return dataclasses.replace(display, parts=(dataclasses.replace(part, rows=tuple(rows)), *display.parts[1:]))
    assert isinstance(display, Listing | Figure)
    texts = [list(line) for line in display.rows]
    texts[row][column] += "x"
    return dataclasses.replace(display, rows=tuple(map(tuple, texts)))


def test_every_cell_changes_the_digest() -> None:
    places = {"table": (2, 4), "listing": (3, 2), "figure": (1, 2)}
    for display in DISPLAYS:
        rows, columns = places[display.kind]
        changed = {digest(with_changed_cell(display, r, c)) for r in range(rows) for c in range(columns)}
        assert len(changed | {digest(display)}) == rows * columns + 1


def test_denominators_and_labels_change_the_digest_and_footers_do_not() -> None:
    part = TABLE.parts[0]
    other_n = dataclasses.replace(part, columns=(dataclasses.replace(part.columns[0], n=9), *part.columns[1:]))
    assert digest(dataclasses.replace(TABLE, parts=(other_n, TABLE.parts[1]))) != digest(TABLE)
    assert digest(dataclasses.replace(TABLE, footer=LISTING.footer)) == digest(TABLE)
    assert digest(dataclasses.replace(LISTING, empty="x")) != digest(LISTING)


def test_texts_cannot_move_between_cells_unseen() -> None:
    one, other = (dataclasses.replace(FIGURE, rows=rows) for rows in ((("a", "bc"),), (("ab", "c"),)))
    assert digest(one) != digest(other)
