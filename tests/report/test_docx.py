"""The Word appendix: parts, structure and text of the package, read by python-docx and by its own reader."""

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import docx
import pytest

from crf2csr.display.model import NO_DATA, Cell, Column, Part, Row, Table, digest
from crf2csr.errors import InputError
from crf2csr.report.docx import build_appendix_docx
from crf2csr.report.docx_reader import read_docx, text_of, verify_docx
from crf2csr.report.docx_xml import NAMESPACES
from tests.report import examples, hostile
from tests.report.pictures import png

FONTS = Path(__file__).resolve().parents[2] / "reports/fonts"
W = f"{{{NAMESPACES['w']}}}"
PICTURES = {"f-14-2-1": png(600, 200)}


def build(appendix: Any = examples.APPENDIX, pictures: Any = PICTURES) -> bytes:
    return build_appendix_docx(appendix, pictures, FONTS)


def part(content: bytes, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return ElementTree.fromstring(archive.read(name))


@pytest.fixture(scope="module")
def content() -> bytes:
    return build()


@pytest.fixture(scope="module")
def body(content: bytes) -> ElementTree.Element:
    return part(content, "word/document.xml")[0]


@pytest.fixture(scope="module")
def opened(content: bytes) -> Any:
    return docx.Document(io.BytesIO(content))


# The file


def test_the_same_appendix_gives_the_same_bytes_without_a_clock(content: bytes) -> None:
    assert build() == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"


def test_properties_are_fixed_by_the_stamp(opened: Any) -> None:
    properties = opened.core_properties
    assert properties.title == "2017-IIT-HER2-Aspire (NCT03709082): Tables, figures and listings"
    assert properties.author == "University of Kansas Medical Center"
    assert f"{properties.created:%Y-%m-%dT%H:%M}" == f"{properties.modified:%Y-%m-%dT%H:%M}" == "2023-06-30T00:00"


def test_pages_are_landscape_letter_with_the_margins_of_the_pdf(opened: Any) -> None:
    for section in opened.sections:
        inches = [round(getattr(section, name).inches, 3) for name in ("page_width", "page_height")]
        margins = [round(getattr(section, f"{side}_margin").inches, 3) for side in ("top", "bottom", "left", "right")]
        assert (inches, margins) == ([11, 8.5], [0.75, 0.75, 0.5, 0.5])
        assert section.header_distance.inches > 3 / 8


def test_only_pages_of_displays_name_a_display_and_the_cover_has_no_running_line(opened: Any) -> None:
    """The field would show a display that the pages before and behind the displays are not about."""
    named = ["STYLEREF" in section.header._element.xml for section in opened.sections]
    assert named == [False, True, False], "before the displays, the displays, behind them"
    assert [section.different_first_page_header_footer for section in opened.sections] == [True, False, False]


def test_running_lines_name_study_display_and_page(content: bytes) -> None:
    header, footer = part(content, "word/header1.xml"), part(content, "word/footer1.xml")
    codes = [code.text.strip() for code in header.iter(f"{W}instrText")]
    assert codes == ['STYLEREF "Heading 2"', "PAGE", "NUMPAGES"]
    assert text_of(header).startswith("Study 2017-IIT-HER2-Aspire (NCT03709082)")
    assert "Snapshot: sha256:12ab34cd56ef   Status: DRAFT" in text_of(footer)
    assert text_of(footer).endswith("Synthetic demonstration data")


def test_every_style_that_is_used_is_there(content: bytes, opened: Any) -> None:
    known = {style.style_id for style in opened.styles}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        texts = [archive.read(f"word/{name}.xml").decode() for name in ("document", "header1", "footer1")]
    used = set(re.findall(r'<w:(?:pStyle|rStyle|tblStyle) w:val="([^"]+)"', "".join(texts)))
    assert used - known == set()
    assert not re.search(
        r"<w:(?:b|i|sz|color|rFonts|jc|ind|spacing)\b", texts[0].replace('<w:jc w:val="center"/>', "", 1)
    )


# Headings, contents, bookmarks


def test_headings_are_the_contents_of_the_pdf(opened: Any) -> None:
    titles = [p.text for p in opened.paragraphs if p.style.style_id in ("Heading1", "Heading2")]
    assert titles[:4] == [
        "Assumptions in force",
        "Tables",
        "Table 14.2.1 Best overall response",
        "Table 14.2.2 Duration of response",
    ]
    assert titles[-4:] == ["Data queries", "Data checks", "Independent programming", "Provenance"]


def test_the_contents_field_is_filled_with_links_to_every_display(body: ElementTree.Element) -> None:
    code = next(body.iter(f"{W}instrText"))
    assert code.text.strip() == r'TOC \o "1-2" \h \z'
    entries = [p for p in body if p.find(f"{W}pPr/{W}pStyle[@{W}val='TOC2']") is not None]
    targets = [link.get(f"{W}anchor") for p in entries for link in p.iter(f"{W}hyperlink")]
    assert targets == [display.id for display in examples.APPENDIX.displays]
    kinds = [mark.get(f"{W}fldCharType") for mark in body.iter(f"{W}fldChar")]
    assert kinds == ["begin", "separate", "end"]


def test_each_link_has_its_bookmark_and_each_bookmark_is_there_once(body: ElementTree.Element) -> None:
    names = [mark.get(f"{W}name") for mark in body.iter(f"{W}bookmarkStart")]
    numbers = [mark.get(f"{W}id") for mark in body.iter(f"{W}bookmarkStart")]
    assert {display.id for display in examples.APPENDIX.displays} <= set(names)
    assert len(set(names)) == len(names) == len(set(numbers))
    assert [mark.get(f"{W}id") for mark in body.iter(f"{W}bookmarkEnd")] == numbers
    assert {link.get(f"{W}anchor") for link in body.iter(f"{W}hyperlink")} <= {*names}
    assert all(len(name) <= 40 for name in names if name), "Word cuts longer names"


# Tables and figures


def tables_of(body: ElementTree.Element, display: str) -> list[ElementTree.Element]:
    found, inside = [], False
    for block in body:
        if block.find(f"{W}bookmarkStart") is not None:
            inside = block.find(f"{W}bookmarkStart[@{W}name='{display}']") is not None
        found += [block] if inside and block.tag == f"{W}tbl" else []
    return found


def test_heads_are_repeated_with_their_spanners_and_no_row_is_split(body: ElementTree.Element) -> None:
    for table in tables_of(body, "t-14-2-1"):
        rows = table.findall(f"{W}tr")
        assert [r.find(f"{W}trPr/{W}tblHeader") is not None for r in rows[:3]] == [True, True, False]
        assert all(r.find(f"{W}trPr/{W}cantSplit") is not None for r in rows)
        spans = [int(s.get(f"{W}val", "1")) for s in rows[0].iter(f"{W}gridSpan")]
        assert spans == [2]
        assert len(table.findall(f"{W}tblGrid/{W}gridCol")) == 4
        widths = [int(c.get(f"{W}w", "0")) for c in table.iter(f"{W}gridCol")]
        assert sum(widths) == pytest.approx(14400, abs=4)  # 720 points, twentieths of a point


def test_a_row_stays_with_the_deeper_rows_below_it(body: ElementTree.Element) -> None:
    table = tables_of(body, "t-14-2-1")[0]
    kept = {text_of(r.find(f"{W}tc")): r.find(f".//{W}keepNext") is not None for r in table.findall(f"{W}tr")[2:]}  # type: ignore[arg-type]
    assert kept["Confirmed response"]
    assert (kept["Category 3"], kept["Interval 3"]) == (True, False)


def test_numbers_stand_under_each_other_by_space_that_is_no_text(body: ElementTree.Element) -> None:
    column = [r.findall(f"{W}tc")[3] for r in tables_of(body, "t-14-2-1")[0].findall(f"{W}tr")[3:]]
    cell = column[0]
    assert text_of(cell) == "12 (30.0)"
    rows = (Row("a", (Cell("9 (25.0)"),)), Row("b", (Cell("12 (100.0)"),)))
    table = Table("t-1", "1", "T", "S", (Part("p", "", (Column("c", "C", 12),), rows),))
    xml = part(build(replace(examples.APPENDIX, displays=(table,)), {}), "word/document.xml")[0]
    first, second = (
        "".join(t.text or "" for t in r.iter(f"{W}t")) for r in tables_of(xml, "t-1")[0].findall(f"{W}tr")[1:]
    )
    # A figure space before 9, one between 9 and its shorter percentage: three digits against two.
    assert (first, second) == ("a\u20079 \u2007(25.0)", "b12 (100.0)")


def test_more_than_eight_columns_are_split_and_read_back_as_one() -> None:
    columns = tuple(Column(f"c{i}", f"Column {i}", 6) for i in range(11))
    rows = tuple(Row(f"row {n}", tuple(Cell(f"{n}{i}") for i in range(11))) for n in range(3))
    wide = Table("t-1", "1", "T", "S", (Part("p", "part", columns, rows), Part("q", "", columns, (), NO_DATA)))
    content = build(replace(examples.APPENDIX, displays=(wide,)), {})
    assert len(tables_of(part(content, "word/document.xml")[0], "t-1")) == 4
    assert verify_docx(content, [wide]) == []


def test_a_figure_has_its_sentence_and_fits_the_page(body: ElementTree.Element) -> None:
    (about,) = body.iter(f"{{{NAMESPACES['wp']}}}docPr")
    assert about.get("descr") == examples.FIGURE.alt
    (extent,) = body.iter(f"{{{NAMESPACES['wp']}}}extent")
    # 600 by 200 pixels over 720 points: 240 points high; 12700 units a point.
    assert (extent.get("cx"), extent.get("cy")) == (str(720 * 12700), str(240 * 12700))


def test_a_tall_figure_leaves_room_for_its_notes_and_keeps_its_shape() -> None:
    tall = part(build(pictures={"f-14-2-1": png(200, 600)}), "word/document.xml")
    (extent,) = tall.iter(f"{{{NAMESPACES['wp']}}}extent")
    width, height = (int(extent.get(name, "0")) / 12700 for name in ("cx", "cy"))
    assert height == pytest.approx(3 * width, abs=0.01)
    # 504 points between the margins; seven lines of notes of at least 9 points each, and the title above.
    assert 200 < height < 504 - 7 * 9 - 20


def test_an_empty_display_says_so_and_keeps_its_columns(content: bytes) -> None:
    shown = read_docx(content)
    assert shown["t-14-2-2"].bodies == [[[f"{NO_DATA} Criteria: confirmed response."]]]
    assert shown["t-14-2-2"].heads[0][1] == "75 mg\n(N=0)"
    assert shown["l-16-2-6-4"].bodies == [[[f"{NO_DATA} Criteria: any visit."]]]
    assert len(shown["l-16-2-6-4"].heads[0]) == 3


def test_a_listing_repeats_its_subject_in_every_row(content: bytes) -> None:
    assert [row[0] for row in read_docx(content)["l-16-2-6-1"].bodies[0]] == ["01-000"] * 60 + ["01-001"] * 60


# Text


def test_every_cell_reads_back_and_the_digest_is_printed(content: bytes) -> None:
    assert verify_docx(content, examples.APPENDIX.displays) == []
    for display in examples.APPENDIX.displays:
        assert f"Cells sha256: {digest(display)[:16]}" in "\n".join(read_docx(content)[display.id].lines)


def test_the_reader_finds_a_changed_cell_a_changed_digest_and_a_missing_display() -> None:
    first = examples.TABLE.parts[0]
    changed = replace(first.rows[1], cells=(Cell("–"), Cell("2 (33.3)"), Cell("12 (30.0)")))
    other = replace(
        examples.TABLE, parts=(replace(first, rows=(first.rows[0], changed, *first.rows[2:])), examples.TABLE.parts[1])
    )
    content = build(replace(examples.APPENDIX, displays=(examples.TABLE,)), {})
    digests, cell = verify_docx(content, [other])
    assert "the digest below it is" in digests
    assert "'1 (16.7)'" in cell
    assert "'2 (33.3)'" in cell
    assert verify_docx(content, [examples.LISTING]) == ["l-16-2-6-1: not in the document"]


def test_hostile_text_is_text_in_every_place() -> None:
    appendix = hostile.appendix()
    content = build(appendix, {"f-9-1": png(20, 10)})
    assert verify_docx(content, appendix.displays) == []
    text = text_of(part(content, "word/document.xml"))
    # 16 times in a table, 3 in the listings, 26 in contents and sections.
    assert {t: n for t, n in hostile.places(text).items() if n < 45} == {}
    assert docx.Document(io.BytesIO(content)).core_properties.author == hostile.shown(hostile.HOSTILE[2])
    tags = {element.tag for element in part(content, "word/document.xml").iter()}
    harmless = {element.tag for element in part(build(), "word/document.xml").iter()}
    assert tags <= harmless


def test_a_visible_character_stays_even_where_the_pdf_has_no_glyph(content: bytes) -> None:
    assert "no glyph 中 \U0001f600" in [row[0] for row in read_docx(content)["t-14-2-4"].bodies[0]]


@pytest.mark.parametrize(
    ("pictures", "message"),
    [({}, "figure f-14-2-1: no drawing"), ({"f-14-2-1": examples.SVG}, "the drawing for Word is not a PNG")],
)
def test_a_figure_without_a_picture_stops_the_build(pictures: dict[str, bytes], message: str) -> None:
    with pytest.raises(InputError, match=message):
        build(pictures=pictures)
