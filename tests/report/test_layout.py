from dataclasses import replace
from pathlib import Path

import pytest

from crf2csr.display.model import NO_DATA, Cell, Column, Listing, Part, Row, Table
from crf2csr.report.columns import BODY_WIDTH, Style, fitted_widths
from crf2csr.report.fonts import Face
from crf2csr.report.inline import Type, printable, run
from crf2csr.report.layout import display_payload, footer_lines, stamp_lines
from crf2csr.report.listings import listing_sheet
from crf2csr.report.tables import table_sheets
from tests.report import examples

ROOT = Path(__file__).resolve().parents[2]
LETTERS = {chr(code): 0.5 for code in range(0x20, 0x7F)}
TYPE = Type(Face(LETTERS), 10.0, LETTERS)  # every character is 5 points wide
STYLE = Style(TYPE, TYPE, {"Listing 16.2.6.1": "l-16-2-6-1"})


def table(*rows: Row, columns: int = 1, parts: int = 1) -> Table:
    heads = tuple(Column(f"c{i}", f"Column {i}", 6) for i in range(columns))
    part = Part("p", "", heads, tuple(replace(row, cells=(Cell("1"),) * columns) for row in rows))
    return Table("t-14-1", "14.1", "Title", "Set", (part,) * parts)


def row(indent: int, heading: bool = False) -> Row:
    return Row("label", (), indent, heading)


# Text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("tab\tnul\x00del\x7f", "tab\\x09nul\\x00del\\x7F"),
        ("next line\x85", "next line\\x85"),
        ("right to left \u202e", "right to left \\u202E"),
        ("zero width \u200b, byte order \ufeff", "zero width \\u200B, byte order \\uFEFF"),
        ("no glyph é \U0001f600", "no glyph \\xE9 \\U0001F600"),
        ("plain \\ text", "plain \\ text"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_what_cannot_be_seen_is_shown_by_its_code(text: str, shown: str) -> None:
    assert printable(text, LETTERS) == shown


def test_only_a_word_wider_than_its_column_may_break() -> None:
    # 30 points hold six characters of 5 points.
    assert run("sixsix seven", TYPE, 35.0) == "sixsix seven"
    assert run("sixsix toolong1", TYPE, 30.0) == ["sixsix", " ", {"word": "toolong1"}]
    assert run("one\ntwo", TYPE, 30.0) == ["one", None, "two"]


# Columns


def test_widths_follow_the_shares_but_none_is_below_its_least() -> None:
    # 100 points by 1 : 1 : 2 are 25, 25, 50; the first needs 40, and 60 by 1 : 2 are 20 and 40.
    assert fitted_widths([1, 1, 2], [10, 10, 10], 100) == [25, 25, 50]
    assert fitted_widths([1, 1, 2], [40, 10, 10], 100) == [40, 20, 40]
    assert fitted_widths([1, 1], [80, 80], 100) == [50, 50]


def test_a_table_fills_the_page_and_its_columns_are_not_stretched() -> None:
    for columns, width in {3: 150, 6: 95, 1: 390}.items():
        (sheet,) = table_sheets(table(row(0), columns=columns), STYLE)
        assert sum(sheet["widths"]) == BODY_WIDTH
        # At most 150 points a column, beside a stub of 150 to 330: (720 - 150) / 6 is 95, and 720 - 330 is 390.
        assert sheet["widths"][1:] == [width] * columns


def test_more_than_eight_columns_are_split_and_the_stub_repeats() -> None:
    first, second = table_sheets(table(row(0), columns=11), STYLE)
    assert (len(first["heads"]), len(second["heads"])) == (1 + 8, 1 + 3)
    assert second["lines"] == ["Set", "Columns, set 2 of 2"]
    assert second["rows"][0]["label"] == "label"
    assert len(second["rows"][0]["cells"]) == 3


# Rows


def test_a_row_keeps_the_deeper_rows_below_it_and_a_heading_its_rows() -> None:
    (sheet,) = table_sheets(table(row(0), row(1), row(0), row(0, heading=True), row(1), row(2), row(1)), STYLE)
    assert [r["keep"] for r in sheet["rows"]] == [2, 0, 1, 1, 3, 0, 0]
    assert [r["with_next"] for r in sheet["rows"]] == [True, False, False, True, True, True, False]
    assert sheet["keeps"]


def test_of_many_rows_the_first_two_and_the_last_two_stay_together() -> None:
    """Six rows are few, seven are many; a row counts as one of those that it keeps."""
    (sheet,) = table_sheets(table(row(0), *[row(1)] * 6), STYLE)
    assert [r["keep"] for r in sheet["rows"]] == [2, 0, 1, 1, 1, 2, 0]
    (sheet,) = table_sheets(table(row(0, heading=True), *[row(1)] * 5, row(1), row(2)), STYLE)
    assert [r["keep"] for r in sheet["rows"]] == [1, 2, 0, 1, 1, 3, 0, 0]


def test_nothing_is_kept_where_no_row_has_deeper_rows() -> None:
    for rows in ([row(0), row(0)], [row(0, heading=True), row(1)]):
        (sheet,) = table_sheets(table(*rows), STYLE)
        assert [r["keep"] for r in sheet["rows"]] == [0] * len(rows)
        assert not sheet["keeps"]


def test_a_heading_is_repeated_only_where_all_rows_up_to_the_next_heading_are_its_own() -> None:
    rows = [row(0, heading=True), row(1), row(0, heading=True), row(1), row(0), row(0, heading=True)]
    (sheet,) = table_sheets(table(*rows), STYLE)
    assert [r["repeat"] for r in sheet["rows"]] == [True, False, False, False, False, False]
    assert [r["heading"] for r in sheet["rows"]] == [True, False, True, False, False, False]


def test_a_listing_repeats_only_while_the_columns_before_repeat() -> None:
    rows = (("1", "A", "x"), ("1", "A", "x"), ("1", "B", "x"), ("2", "B", "x"))
    columns = (Column("s", "S", align="left"), Column("v", "V", align="left"), Column("d", "D", align="left"))
    sheet = listing_sheet(Listing("l-1", "1", "T", "P", columns, rows, ("s", "v")), STYLE)
    assert [r["same"] for r in sheet["rows"]] == [[], [0, 1], [0], []]
    assert [r["gap"] for r in sheet["rows"]] == [False, False, False, True]


@pytest.mark.parametrize(
    ("empty", "shown"),
    [
        ("", NO_DATA),
        (NO_DATA, NO_DATA),
        (f"{NO_DATA} Criteria: any.", f"{NO_DATA} Criteria: any."),
        ("Criteria: any.", f"{NO_DATA} Criteria: any."),
    ],
)
def test_a_display_without_rows_says_so(empty: str, shown: str) -> None:
    (sheet,) = table_sheets(replace(table(), parts=(replace(table().parts[0], empty=empty),)), STYLE)
    assert sheet["empty"] == shown
    assert sheet["rows"] == []


# Footers


def test_footer_lines_in_their_order_and_blank_ones_left_out() -> None:
    assert footer_lines(examples.TABLE) == [
        "[a] Note of the display, see Listing 16.2.6.1 and Listing 16.2.99.",
        "CR = complete response.",
        "N = subjects in the analysis set.",
        "ASSUMPTION: response.confirm_days = 28 (not stated in the registry).",
        "Source: ADSL, ADRS",
    ]
    assert footer_lines(table()) == []


def test_the_stamp_names_program_output_cutoff_snapshot_status() -> None:
    first, second = stamp_lines(examples.TABLE, examples.STAMP)
    assert first == (
        "Program: display/tables/example (code 1a2b3c4)   Output: t-14-2-1   Data cutoff: 2023-06-30   "
        "Snapshot: sha256:12ab34cd56ef   Status: DRAFT"
    )
    assert len(second.removeprefix("Cells sha256: ")) == 16


def test_a_footer_line_links_to_what_the_document_has() -> None:
    payload = display_payload(examples.TABLE, examples.STAMP, STYLE)
    note = payload["linked"][0]
    assert {"to": "l-16-2-6-1", "text": "Listing 16.2.6.1"} in note
    assert note[-1] == " and Listing 16.2.99."
