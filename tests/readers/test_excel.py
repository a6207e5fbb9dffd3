"""Workbooks come back as recorded: every cell as text by its own type, rows numbered as Excel numbers them."""

import io
import re
import zipfile
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest

from crf2csr.errors import InputError
from crf2csr.mapping import load_mapping
from crf2csr.readers.excel import check_extract, read_form
from tests.readers.demonstration import mapping_of

DEMO = load_mapping(mapping_of("excel"))
FORM = DEMO.forms["mh"].model_copy(update={"file": "mh.xlsx", "part": "MH"})
MAPPING = DEMO.model_copy(update={"forms": {"mh": FORM}})
HEADER = MAPPING.needed_columns("mh")


def book(path, *records, header=HEADER, sheet="MH", change=None):
    """Write a workbook of one sheet; a record names only the columns that matter. Return its path."""
    workbook = openpyxl.Workbook()
    page = workbook.active
    page.title = sheet
    page.append(header)
    for record in records:
        page.append([record.get(name) for name in header])
    if change:
        change(page)
    workbook.save(path)
    return path


def mh(folder, *records, **options):
    return book(folder / "mh.xlsx", *records, **options)


def read(path, **changes):
    return read_form(path, "mh", MAPPING.model_copy(update=changes))


def refused(path, *words, **changes):
    with pytest.raises(InputError) as error:
        read(path, **changes)
    for word in words:
        assert word in str(error.value)
    assert "\n" not in str(error.value)


def changed(path, changes, more=()):
    """Change texts of parts of a workbook (part: old, new) and add parts that openpyxl would not write."""
    data, buffer, found = path.read_bytes(), io.BytesIO(), set()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(buffer, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            for old, new in [change for part, *change in changes if part == name]:
                assert old in content, content
                content, found = content.replace(old, new), found | {name}
            after.writestr(name, content)
        for name, content in more:
            after.writestr(name, content)
    assert found == {part for part, *_ in changes}
    path.write_bytes(buffer.getvalue())


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("01-001", "01-001"),
        ("  two blanks ", "  two blanks "),
        ("007", "007"),
        ("NA", "NA"),
        (7, "7"),
        (7.0, "7"),
        (0.1, "0.1"),
        (-2.5, "-2.5"),
        (1e-7, "0.0000001"),
        (1 / 3, "0.3333333333333333"),
        (123456789012345, "123456789012345"),
        (True, "TRUE"),
        (False, "FALSE"),
        (None, ""),
        ("", ""),
        (date(2019, 3, 5), "2019-03-05"),
        (datetime(2019, 3, 5, 14, 1, 1), "2019-03-05T14:01:01"),
        (time(8, 30), "08:30:00"),
        (timedelta(hours=26, minutes=5), "26:05:00"),
    ],
)
def test_a_cell_is_text_by_its_own_type(tmp_path, value, expected):
    assert read(mh(tmp_path, {"SITE": "01", "TERM": value}))["TERM"].tolist() == [expected]


@pytest.mark.parametrize(
    ("value", "shown_as", "in_a_date", "in_a_text"),
    [
        (datetime(2019, 3, 5), "yyyy-mm-dd h:mm", "2019-03-05", "2019-03-05T00:00:00"),
        (datetime(2019, 3, 5), "dd-mmm-yy", "2019-03-05", "2019-03-05"),
        (datetime(2019, 3, 5, 14, 1), "dd-mmm-yy", "2019-03-05T14:01:00", "2019-03-05T14:01:00"),
    ],
)
def test_midnight_goes_only_where_the_format_or_the_mapping_says_date(tmp_path, value, shown_as, in_a_date, in_a_text):
    def formats(page):
        for name in ("STDAT_RAW", "TERM"):
            page.cell(2, HEADER.index(name) + 1).number_format = shown_as

    frame = read(mh(tmp_path, {"SITE": "01", "STDAT_RAW": value, "TERM": value}, change=formats))
    assert frame[["STDAT_RAW", "TERM"]].to_numpy().tolist() == [[in_a_date, in_a_text]]


def test_rows_are_numbered_as_excel_numbers_them(tmp_path):
    frame = read(mh(tmp_path, {"SITE": "01", "TERM": "a"}, {"SITE": "01", "TERM": "b"}))
    assert frame[["TERM", "RAWFILE", "RAWROW"]].to_numpy().tolist() == [["a", "mh.xlsx:MH", 2], ["b", "mh.xlsx:MH", 3]]
    assert set(frame.dtypes.astype(str)) == {"string", "Int64"}


def test_escaped_characters_are_what_they_stand_for(tmp_path):
    # ECMA-376 part 1, 22.9.2.19 (ST_Xstring): _x000D_ is the character U+000D, _x005F_ an underline before such a text.
    path = mh(tmp_path, {"SITE": "01", "TERM": "two_x000D_lines _x005F_x000D_ a_xb"})
    assert read(path)["TERM"].tolist() == ["two\rlines _x000D_ a_xb"]


def test_shared_texts_are_read(tmp_path):
    # Excel keeps texts in one list for all sheets; openpyxl writes them into the cells. ECMA-376 part 1, 18.4.
    path = mh(tmp_path, {"SITE": "01", "TERM": "@@"})
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    texts = b"<sst " + space + b"><si><t>other</t></si><si><r><t>br\xc3\xbb</t></r><r><t>lure</t></r></si></sst>"
    office = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    relation = b'<Relationship Id="rId99" Target="sharedStrings.xml" Type="' + office + b'"/></Relationships>'
    override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/></Types>'
    cell = b't="inlineStr"><is><t>@@</t></is>'
    changes = [
        (SHEET, cell, b't="s"><v>1</v>'),
        ("xl/_rels/workbook.xml.rels", b"</Relationships>", relation),
        ("[Content_Types].xml", b"</Types>", override),
    ]
    changed(path, changes, [("xl/sharedStrings.xml", texts)])
    assert read(path)["TERM"].tolist() == ["brûlure"]


def test_the_saved_value_of_a_formula_is_read(tmp_path):
    path = mh(tmp_path, {"SITE": "01", "GRADE": "=1+1"})
    changed(path, [(SHEET, b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")])
    assert read(path)["GRADE"].tolist() == ["2"]


def test_a_formula_without_a_saved_value_is_refused_where_it_stands(tmp_path):
    place = openpyxl.utils.get_column_letter(HEADER.index("GRADE") + 1)
    refused(
        mh(tmp_path, {"SITE": "01", "GRADE": "=1+1"}), f"mh.xlsx:MH!{place}2: a formula without a saved value; open"
    )


@pytest.mark.parametrize("value", ["#N/A", "#DIV/0!", "#VALUE!"])
def test_an_error_value_is_refused_where_it_stands(tmp_path, value):
    place = openpyxl.utils.get_column_letter(HEADER.index("TERM") + 1)
    path = mh(tmp_path, {"SITE": "01"}, {"SITE": "01", "TERM": value})
    refused(path, f"mh.xlsx:MH!{place}3 = '{value}': an error value of Excel")


def test_merged_cells_are_refused(tmp_path):
    path = mh(tmp_path, {"SITE": "01"}, {"SITE": "01"}, change=lambda page: page.merge_cells("A2:A3"))
    refused(path, "mh.xlsx:MH!A2:A3: merged cells; undo the merging")


def test_blank_and_double_names_are_refused(tmp_path):
    refused(mh(tmp_path, {"SITE": "01"}, header=[*HEADER, "SITE"]), "mh.xlsx:MH row 1 column 'SITE': the header names")
    gap = mh(tmp_path, {"SITE": "01"}, header=[None, *HEADER])
    refused(gap, "mh.xlsx:MH row 1 column 1: the column '' has no name")
    beyond = mh(tmp_path, {"SITE": "01"}, change=lambda page: page.cell(2, len(HEADER) + 1, "x"))
    refused(beyond, f"mh.xlsx:MH row 1 column {len(HEADER) + 1}: the column '' has no name")


def test_an_empty_row_between_others_is_refused(tmp_path):
    refused(
        mh(tmp_path, {"SITE": "01"}, {}, {"SITE": "01"}), "mh.xlsx:MH row 3: an empty row between others; remove it"
    )


def test_empty_rows_and_columns_at_the_end_are_no_records(tmp_path):
    def beyond(page):
        page.cell(9, 3, "").number_format = "0.00"
        page.cell(1, len(HEADER) + 3).number_format = "0.00"

    frame = read(mh(tmp_path, {"SITE": "01"}, change=beyond))
    assert len(frame) == 1
    assert frame.columns.tolist() == [*HEADER, "RAWFILE", "RAWROW"]


def test_a_wrong_dimension_does_not_cut_the_sheet(tmp_path):
    path = mh(tmp_path, {"SITE": "01"}, {"SITE": "02"})
    with zipfile.ZipFile(path) as archive:
        (stated,) = re.findall(rb"<dimension[^>]*>", archive.read(SHEET))
    changed(path, [(SHEET, stated, b'<dimension ref="A1:B2"/>')])
    assert read(path)["SITE"].tolist() == ["01", "02"]


def test_hidden_rows_are_records(tmp_path):
    def hide(page):
        page.row_dimensions[2].hidden = True

    assert len(read(mh(tmp_path, {"SITE": "01"}, change=hide))) == 1


def test_a_sheet_with_its_names_only_is_a_form_without_records(tmp_path):
    frame = read(mh(tmp_path))
    assert len(frame) == 0
    assert (frame["SITE"].dtype, frame["RAWROW"].dtype) == ("string", "Int64")


def test_an_empty_sheet_is_refused(tmp_path):
    refused(book(tmp_path / "mh.xlsx", header=[]), "mh.xlsx:MH: the sheet is empty")


def test_a_missing_sheet_is_named_with_the_nearest(tmp_path):
    refused(mh(tmp_path, sheet="MHX"), "mh.xlsx: no sheet 'MH' (form mh); did you mean 'MHX'?")


def test_of_several_sheets_one_has_to_be_named(tmp_path):
    path = mh(tmp_path, {"SITE": "01"}, change=lambda page: page.parent.create_sheet("NOTES"))
    unnamed = {"mh": FORM.model_copy(update={"part": None})}
    refused(path, "mh.xlsx: 2 sheets: 'MH', 'NOTES'; name one of them as part of form mh", forms=unnamed)
    assert len(read(mh(tmp_path, {"SITE": "01"}), forms=unnamed)) == 1


def test_sheets_and_columns_that_the_mapping_does_not_know_are_told(tmp_path):
    path = mh(
        tmp_path, header=[*HEADER, "EXTRA"], change=lambda page: [page.parent.create_sheet(n) for n in ("NOTES", "OLD")]
    )
    mapping = MAPPING.model_copy(update={"ignored_files": ("mh.xlsx:OLD",)})
    found = [(query["rule"], query["RAWFILE"], query["value"]) for query in check_extract(path.parent, mapping)]
    assert found == [("Q-102", "mh.xlsx:MH", "EXTRA"), ("Q-101", "mh.xlsx:NOTES", "NOTES")]


def test_missing_columns_are_named_with_the_nearest(tmp_path):
    path = mh(tmp_path, header=[name.replace("PTCD", "PTCODE") for name in HEADER])
    with pytest.raises(InputError) as error:
        check_extract(path.parent, MAPPING)
    assert "mh.xlsx:MH row 1: columns missing: 'PTCD'; did you mean 'PTCODE'?" in str(error.value)


OLD = bytes.fromhex("d0cf11e0a1b11ae1")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "mh.xlsx: the file is empty"),
        (b"SITE,SUBJECT\n", "mh.xlsx: no Excel workbook, or one that is cut"),
        (OLD + bytes(600), "mh.xlsx: the workbook has the format of Excel 97-2003; save it as .xlsx"),
        (OLD + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "mh.xlsx: the workbook has a password"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path, content, words):
    (tmp_path / "mh.xlsx").write_bytes(content)
    refused(tmp_path / "mh.xlsx", words)


def test_a_cut_or_damaged_workbook_is_refused(tmp_path):
    path = mh(tmp_path, {"SITE": "01"})
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    refused(path, "mh.xlsx: no Excel workbook, or one that is cut")
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        start = archive.getinfo(SHEET).header_offset + 60
    path.write_bytes(whole[:start] + bytes(20) + whole[start + 20 :])
    refused(path, "mh.xlsx")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"</sheetData>", b"</sheetDat>"),
        (b't="inlineStr"><is><t>@@</t></is>', b't="s"><v>99</v>'),
        (b't="inlineStr"><is><t>@@</t></is>', b't="n"><v>seven</v>'),
    ],
)
def test_a_sheet_that_is_damaged_inside_is_refused(tmp_path, old, new):
    path = mh(tmp_path, {"SITE": "01", "TERM": "@@"})
    changed(path, [(SHEET, old, new)])
    refused(path, "mh.xlsx:MH: no Excel workbook, or a damaged one")


def test_an_archive_that_is_no_workbook_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "mh.xlsx", "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    refused(tmp_path / "mh.xlsx", "mh.xlsx: no Excel workbook, or a damaged one")


def test_a_workbook_that_grows_beyond_the_limit_is_refused_before_it_is_read(tmp_path):
    path = mh(tmp_path, {"SITE": "01"})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", bytes(3_000_000))
    assert path.stat().st_size < 20_000
    limits = MAPPING.limits.model_copy(update={"bytes": 1_000_000})
    refused(path, "bytes when unpacked, more than limits.bytes = 1000000; raise the limit", limits=limits)


def test_a_document_type_is_refused(tmp_path):
    path = mh(tmp_path, {"SITE": "01"})
    changed(path, [(SHEET, b"<worksheet", b'<!DOCTYPE worksheet [<!ENTITY a "aaaa">]><worksheet')])
    refused(path, f"mh.xlsx: {SHEET} declares a document type")


def test_limits_of_columns_and_cells_hold(tmp_path):
    path = mh(tmp_path, {"SITE": "01", "TERM": "x" * 120})
    refused(path, "more than limits.columns = 5", limits=MAPPING.limits.model_copy(update={"columns": 5}))
    refused(path, "mh.xlsx:MH row 2 column 'TERM': more", limits=MAPPING.limits.model_copy(update={"cell": 100}))


def test_a_file_that_changed_between_two_reads_is_read_anew(tmp_path):
    assert read(mh(tmp_path, {"SITE": "01"}))["SITE"].tolist() == ["01"]
    assert read(mh(tmp_path, {"SITE": "02"}))["SITE"].tolist() == ["02"]
