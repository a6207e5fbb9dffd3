import csv
import io

import pytest

from crf2csr.report.queries import QUERY_COLUMNS, queries_csv

QUERY = dict.fromkeys(QUERY_COLUMNS, "text")


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("value", ["=cmd()", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\n=x", "  =cmd()"])
def test_a_text_that_a_spreadsheet_would_compute_gets_an_apostrophe(value: str) -> None:
    # Examples of fault F-601.
    assert read(queries_csv([QUERY | {"value": value}]))[0]["value"] == "'" + value


@pytest.mark.parametrize(("value", "written"), [(-12, "-12"), (-0.5, "-0.5"), (7, "7"), (None, "")])
def test_numbers_are_untouched_and_missing_is_blank(value: object, written: str) -> None:
    assert read(queries_csv([QUERY | {"RAWROW": value}]))[0]["RAWROW"] == written


@pytest.mark.parametrize("value", ["plain", "a=b", 'quote " comma , line\nbreak', "12-3", "{{7*7}}", ""])
def test_every_other_text_is_read_back_as_it_was(value: str) -> None:
    assert read(queries_csv([QUERY | {"message": value}]))[0]["message"] == value


def test_columns_rows_and_line_ends() -> None:
    text = queries_csv([QUERY, QUERY])
    assert text.splitlines()[0] == ('"subject","form","RAWFILE","RAWROW","field","value","rule","severity","message"')
    assert text.count("\n") == 3
    assert "\r" not in text


def test_a_query_without_a_column_is_refused() -> None:
    with pytest.raises(KeyError, match="message"):
        queries_csv([{key: "x" for key in QUERY_COLUMNS if key != "message"}])
