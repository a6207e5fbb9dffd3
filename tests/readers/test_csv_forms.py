"""Raw files come back as recorded: every cell as text, records numbered as a spreadsheet numbers them."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crf2csr.errors import InputError
from crf2csr.readers.csv_forms import check_extract
from tests.extracts import MAPPING, PLAIN, csv_text, extract, header, read_text

COLUMNS = header("eot")
# Any text but NUL, which no CSV file of text holds (F-107), and half characters, which no encoding holds.
CELLS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


def as_csv(rows: list[list[str]], delimiter: str = ",") -> str:
    lines = io.StringIO()
    csv.writer(lines, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([COLUMNS, *rows])
    return lines.getvalue()


@settings(max_examples=50)
@given(st.lists(st.lists(CELLS, min_size=len(COLUMNS), max_size=len(COLUMNS)), max_size=4))
def test_any_text_survives_reading_unchanged(rows):
    frame = read_text("eot", as_csv(rows))
    assert frame[COLUMNS].to_numpy().tolist() == rows
    assert set(frame.dtypes.astype(str)) <= {"string", "Int64"}
    assert not frame.isna().any().any()


@settings(max_examples=50)
@given(st.lists(CELLS, min_size=len(COLUMNS), max_size=len(COLUMNS)))
def test_any_text_survives_as_utf16_with_another_delimiter(row):
    form = MAPPING.forms["eot"].model_copy(update={"encoding": "utf-16", "delimiter": ";"})
    frame = read_text("eot", as_csv([row], ";"), "utf-16", forms={**MAPPING.forms, "eot": form})
    assert frame.loc[0, COLUMNS].tolist() == row


def test_a_byte_order_mark_is_not_part_of_the_first_name():
    frame = read_text("tl", csv_text("tl", {"LESION": "T1"}), "utf-8-sig")
    assert frame.columns[0] == "SITE"


def test_cp1252_is_decoded_as_declared():
    # 0x92 is the right single quotation mark in Windows code page 1252 (Unicode mapping table CP1252.TXT).
    frame = read_text("ae", csv_text("ae", {"TERM": "patient@s"}).encode("ascii").replace(b"@", b"\x92"))
    assert frame["TERM"].tolist() == ["patient\u2019s"]


def test_records_are_numbered_as_in_a_spreadsheet():
    text = csv_text("eot", {"COMMENTS": "first\nsecond\r\nthird"}, {"COMMENTS": "next"})
    frame = read_text("eot", text)
    assert frame["RAWROW"].tolist() == [2, 3]
    assert frame["COMMENTS"].tolist() == ["first\nsecond\r\nthird", "next"]
    assert frame["RAWFILE"].tolist() == ["eot.csv", "eot.csv"]


def test_line_ends_may_be_mixed():
    first, *rest = csv_text("eot", {"DRUG": "1"}, {"DRUG": "2"}, {"DRUG": "3"}).split("\n")
    frame = read_text("eot", f"{first}\r\n{rest[0]}\n{rest[1]}\r{rest[2]}\r\n")
    assert frame["DRUG"].tolist() == ["1", "2", "3"]


def test_a_file_with_its_header_only_is_a_form_without_records():
    frame = read_text("eot", csv_text("eot"))
    assert len(frame) == 0
    assert frame.columns.tolist() == [*COLUMNS, "RAWFILE", "RAWROW"]
    assert frame["RAWROW"].dtype == "Int64"
    assert frame["DRUG"].dtype == "string"


def test_columns_that_the_mapping_does_not_know_are_kept():
    names, record = csv_text("eot", {}).splitlines()
    frame = read_text("eot", f"NEW,{names}\nx,{record}\n")
    assert frame["NEW"].tolist() == ["x"]


def test_an_extract_as_declared_has_no_query(tmp_path):
    assert check_extract(extract(tmp_path), MAPPING) == []


def test_extra_files_and_columns_are_listed(tmp_path):
    extract(tmp_path, eot=csv_text("eot").replace("COMMENTS", "COMMENTS,CHANGES"))
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "old").mkdir()
    found = [
        (row["rule"], row["severity"], row["form"], row["RAWFILE"], row["value"])
        for row in check_extract(tmp_path, MAPPING)
    ]
    assert found == [
        ("Q-101", "W", "", "notes.txt", "notes.txt"),
        ("Q-101", "W", "", "old", "old"),
        ("Q-102", "I", "eot", "eot.csv", "CHANGES"),
    ]


def test_every_missing_file_is_named_at_once(tmp_path):
    extract(tmp_path)
    (tmp_path / "tl.csv").rename(tmp_path / "tl1.csv")
    (tmp_path / "vs.csv").unlink()
    with pytest.raises(InputError) as error:
        check_extract(tmp_path, MAPPING)
    assert f"{tmp_path}: files missing: tl.csv (form tl; did you mean 'tl1.csv'?), vs.csv (form vs" in str(error.value)


def test_missing_columns_of_all_files_are_named_at_once(tmp_path):
    extract(tmp_path, eot=csv_text("eot").replace("LASTDAT_RAW", "LASTDT"), eos=csv_text("eos").replace("CAUSE,", ""))
    with pytest.raises(InputError) as error:
        check_extract(tmp_path, MAPPING)
    assert "eos.csv row 1: columns missing: 'CAUSE'" in str(error.value)
    assert "eot.csv row 1: columns missing: 'LASTDAT_RAW'; did you mean 'LASTDT'?" in str(error.value)


def test_the_plain_record_is_complete():
    assert set(PLAIN) == set(MAPPING.common_columns())
