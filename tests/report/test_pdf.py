import io
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from crf2csr.display.model import NO_DATA, digest
from crf2csr.errors import InputError
from crf2csr.report.pdf import build_appendix_pdf
from tests.report import examples

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES, FONTS = ROOT / "reports/templates", ROOT / "reports/fonts"
INCH = 72.0


def build(appendix: Any = examples.APPENDIX, figures: Any = examples.FIGURES, fonts: Path = FONTS) -> bytes:
    return build_appendix_pdf(appendix, figures, TEMPLATES, fonts)


@pytest.fixture(scope="module")
def content() -> bytes:
    return build()


@pytest.fixture(scope="module")
def pages(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    texts = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return [text.replace("\r\n", "\n") for text in texts]


@pytest.fixture(scope="module")
def pdf(content: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(content)) as opened:
        yield opened


def pages_of(pages: list[str], name: str) -> list[str]:
    return [page for page in pages if f"{name}: Page " in page]


def flat(text: str) -> str:
    return re.sub(r"\s+", "", text)


def structure(element: Any) -> Iterator[Any]:
    if isinstance(element, pikepdf.Array):
        for kid in element:
            yield from structure(kid)
    elif isinstance(element, pikepdf.Dictionary):
        if "/S" in element:
            yield element
        yield from structure(element.get("/K", pikepdf.Array()))


# The file


def test_the_same_appendix_gives_the_same_bytes_in_another_folder(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert build() == content


def test_metadata_is_fixed_by_the_stamp(pdf: pikepdf.Pdf) -> None:
    assert pdf.docinfo["/Title"] == "2017-IIT-HER2-Aspire (NCT03709082): Tables, figures and listings"
    assert pdf.docinfo["/Author"] == "University of Kansas Medical Center"
    assert pdf.docinfo["/CreationDate"] == pdf.docinfo["/ModDate"] == "D:20230630000000Z"
    assert pdf.Root.Lang == "en-US"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert pdf.pdf_version in ("1.4", "1.5", "1.6", "1.7")


def test_conformance_is_declared_and_agrees_with_the_document_information(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
        assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"], xmp["pdfuaid:part"]) == ("2", "A", "1")
        assert xmp["dc:title"] == pdf.docinfo["/Title"]
        assert xmp["xmp:CreateDate"] == "2023-06-30T00:00:00Z"


def test_nothing_active_is_in_the_file(pdf: pikepdf.Pdf) -> None:
    assert not pdf.is_encrypted
    assert not pdf.attachments
    assert "/OpenAction" not in pdf.Root
    assert "/JavaScript" not in pdf.Root.Names
    assert "/AcroForm" not in pdf.Root


def test_every_font_is_liberation_sans_and_embedded(pdf: pikepdf.Pdf) -> None:
    fonts = [font for page in pdf.pages for font in page.Resources.get("/Font", {}).values()]
    assert fonts
    for font in fonts:
        descriptor = font.DescendantFonts[0].FontDescriptor
        assert "LiberationSans" in str(descriptor.FontName)
        assert "/FontFile2" in descriptor or "/FontFile3" in descriptor


def test_the_document_is_tagged_and_the_figure_has_its_sentence(pdf: pikepdf.Pdf) -> None:
    assert pdf.Root.MarkInfo.Marked
    elements = list(structure(pdf.Root.StructTreeRoot))
    kinds = {str(element.S) for element in elements}
    assert {"/H1", "/Table", "/THead", "/TH", "/TD", "/TOC", "/TOCI", "/Link", "/Figure"} <= kinds
    assert [str(e.Alt) for e in elements if str(e.S) == "/Figure"] == [examples.FIGURE.alt]


def test_heads_name_their_columns_for_a_screen_reader(pdf: pikepdf.Pdf) -> None:
    cells = [e for e in structure(pdf.Root.StructTreeRoot) if str(e.S) == "/TD"]
    with_heads = [e for e in cells if any("/Headers" in a and len(a.Headers) for a in e.A)]
    assert len(with_heads) == len(cells) > 500


# Bookmarks, contents, links


def bookmarks(pdf: pikepdf.Pdf) -> list[tuple[str, int]]:
    numbers: dict[Any, int] = {page.objgen: number for number, page in enumerate(pdf.pages)}
    with pdf.open_outline() as outline:
        items = [item for top in outline.root for item in (top.children or [top])]
        places: list[Any] = [item.destination for item in items]
        return [(item.title, numbers[place[0].objgen]) for item, place in zip(items, places, strict=True)]


def test_it_opens_with_bookmarks_that_lead_to_the_page_of_each_display(pdf: pikepdf.Pdf, pages: list[str]) -> None:
    assert pdf.Root.PageMode == "/UseOutlines"
    with pdf.open_outline() as outline:
        groups = [item.title for item in outline.root]
    assert groups == ["Assumptions in force", "Tables", "Figures", "Listings", "Data and provenance"]
    places = dict(bookmarks(pdf))
    for title, name in {
        "Table 14.2.1 Best overall response": "Table 14.2.1: Page 1 of 3",
        "Table 14.2.2 Duration of response": "Table 14.2.2: Page 1 of 1",
        "Figure 14.2.1 Waterfall of best change": "Figure 14.2.1: Page 1 of 1",
        "Listing 16.2.6.4 Response by visit": "Listing 16.2.6.4: Page 1 of 1",
        "Data queries": "Data queries",
        "Provenance": "Provenance",
    }.items():
        assert name in pages[places[title]]


def test_a_listing_of_section_14_is_in_the_contents_and_bookmarks_of_the_tables() -> None:
    deaths = replace(examples.EMPTY_LISTING, id="l-14-3-2-2", number="14.3.2.2", title="Deaths")
    made = replace(examples.APPENDIX, displays=(examples.TABLE, deaths, examples.EMPTY_LISTING))
    with pikepdf.open(io.BytesIO(build(made))) as opened:
        with opened.open_outline() as outline:
            groups = {item.title: [below.title for below in item.children] for item in outline.root}
        places = dict(bookmarks(opened))
    assert groups["Tables, and the listings of section 14"] == [
        "Table 14.2.1 Best overall response",
        "Listing 14.3.2.2 Deaths",
    ]
    assert groups["Listings"] == ["Listing 16.2.6.4 Response by visit"]
    document = pypdfium2.PdfDocument(build(made))
    contents = document[1].get_textpage().get_text_range().replace("\r\n", "\n")
    document.close()
    lines = [line for line in contents.splitlines() if ". ." in line and "Listing" in line]
    assert [int(line.split()[-1]) - 1 for line in lines] == [
        place for name, place in places.items() if "Listing" in name
    ]


def test_contents_name_the_page_that_the_bookmark_leads_to(pdf: pikepdf.Pdf, pages: list[str]) -> None:
    lines = [line for line in pages[1].splitlines() if ". ." in line]
    printed = [int(line.split()[-1]) - 1 for line in lines]
    assert printed == [place for _, place in bookmarks(pdf)]


def test_every_link_has_a_place_in_the_document(pdf: pikepdf.Pdf) -> None:
    names = pdf.Root.Names.Dests.Names
    places = {str(name) for name in list(names)[::2]}
    links = [a for page in pdf.pages for a in page.get("/Annots", []) if str(a.Subtype) == "/Link"]
    targets = [a.get("/Dest", a.get("/A", {}).get("/D") if "/A" in a else None) for a in links]
    assert len(links) > 12
    assert all(isinstance(t, pikepdf.Array) or str(t) in places for t in targets)


def test_a_footer_links_to_displays_of_this_document_only(pages: list[str], pdf: pikepdf.Pdf) -> None:
    last = next(i for i, page in enumerate(pages) if "Table 14.2.1: Page 3 of 3" in page)
    assert "Listing 16.2.99" in pages[last]
    assert len(pdf.pages[last].Annots) == 1


# Pages


def test_cover_shows_study_cut_status_and_warning(pages: list[str]) -> None:
    for text in (
        "2017-IIT-HER2-Aspire",
        "NCT03709082",
        "2023-06-30",
        "sha256:12ab34cd56ef",
        "DRAFT",
        "A study of *hostile*",
    ):
        assert text in pages[0]
    assert "SYNTHETIC DEMONSTRATION DATA" in pages[0]


def test_no_demonstration_line_on_real_data() -> None:
    real = replace(
        examples.APPENDIX, stamp=replace(examples.STAMP, demonstration=False), displays=(examples.EMPTY_TABLE,)
    )
    document = pypdfium2.PdfDocument(build(real, {}))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    assert "emonstration" not in text


def test_title_and_footer_stand_once_on_every_page_of_a_display(pages: list[str]) -> None:
    shown = pages_of(pages, "Table 14.2.1")
    assert len(shown) == 3
    for page in shown:
        assert page.count("Table 14.2.1\nBest overall response\n") == 1
        assert "Data cutoff: 2023-06-30 Snapshot: sha256:12ab34cd56ef Status: DRAFT" in flat_words(page)
        lines = (*examples.FOOTER.notes, examples.FOOTER.assumptions, "Source: ADSL, ADRS", "Output: t-14-2-1")
        assert [page.count(line) for line in lines] == [1] * len(lines)
        assert page.count(f"Cells sha256: {digest(examples.TABLE)[:16]}") == 1
        assert page.count("Synthetic demonstration data") == 1


def test_a_part_that_is_an_analysis_set_stands_in_its_place(pages: list[str]) -> None:
    first, last = pages_of(pages, "Table 14.2.1")[0], pages_of(pages, "Table 14.2.1")[-1]
    assert "Best overall response\nFull analysis set\n" in first
    assert "Best overall response\nMeasurable disease\n" in last
    assert "(N=40)" in first
    assert "(N=34)" in last


def test_heads_and_running_heading_are_repeated_and_rows_stay_together(pages: list[str]) -> None:
    first, second = pages_of(pages, "Table 14.2.1")[:2]
    assert "Confirmed response\n" in first
    assert "Confirmed response (continued)" in second
    for page in (first, second):
        assert "Safety lead-in" in page
        assert re.findall(r"Category (\d+)", page) == re.findall(r"Interval (\d+)", page)


def test_an_empty_column_stays(pages: list[str]) -> None:
    page = pages_of(pages, "Table 14.2.1")[0]
    assert "75 mg\n(N=0)" in page
    assert re.search(r"Category 0\s+–", page)


def test_an_empty_display_says_so_and_keeps_its_columns(pages: list[str]) -> None:
    (table,) = pages_of(pages, "Table 14.2.2")
    assert f"{NO_DATA} Criteria: confirmed response." in table
    assert "(N=0)" in table
    (listing,) = pages_of(pages, "Listing 16.2.6.4")
    assert f"{NO_DATA} Criteria: any visit." in listing
    assert "Diameter (mm)" in flat_words(listing)


def flat_words(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_repeated_values_are_blank_on_a_page_and_printed_on_the_next(pages: list[str]) -> None:
    shown = pages_of(pages, "Listing 16.2.6.1")
    assert len(shown) > 2
    for page in shown:
        rows = re.findall(r"^(?:(01-\d+) )?(?:(VISIT-\d+) )?(\d+)\.5$", page, re.MULTILINE)
        assert rows[0][0], "the first row of a page names its subject"
        assert rows[0][1], "the first row of a page names its visit"
        for above, (subject, visit, number) in pairwise(rows):
            assert int(number) == int(above[2]) + 1
            assert bool(subject) == (int(number) % 60 == 0)
            assert bool(visit) == (int(number) % 4 == 0)


def test_the_text_of_a_drawing_can_be_searched(pages: list[str]) -> None:
    (page,) = pages_of(pages, "Figure 14.2.1")
    assert "in the drawing" in page


def test_hostile_text_is_printed_and_never_compiled(pages: list[str]) -> None:
    table, queries = (flat("".join(p)) for p in (pages_of(pages, "Table 14.2.4"), [p for p in pages if "Q-107" in p]))
    for shown in examples.HOSTILE.values():
        assert table.count(flat(shown)) == 2
        assert flat(shown) in queries
    assert "Hostile text $x$" in pages[1]
    assert flat("line one\\x0Aline two") in queries
    assert examples.LONG_WORD in table


def test_sections_behind_the_displays(pages: list[str]) -> None:
    behind = flat_words(" ".join(pages[-5:]))
    assert "8 queries were raised: 8 E, 0 W, 0 I." in behind
    assert "1 of 2 checks were run" in behind
    assert "form vs is not mapped" in behind
    assert "qc/response.py 36 1" in behind
    assert "orr/n 3 4" in behind
    assert "tl.csv 120 12ab34cd56ef" in behind


def test_assumptions_name_the_displays_that_depend_on_them(pages: list[str]) -> None:
    assert "Table 14.2.1, t-99" in flat_words(pages[2])


def test_a_footer_too_long_for_every_page_stands_once_at_the_end() -> None:
    notes = tuple(f"[{i}] " + "A long note about the display. " * 8 for i in range(24))
    table = replace(examples.TABLE, footer=replace(examples.FOOTER, notes=notes))
    document = pypdfium2.PdfDocument(build(replace(examples.APPENDIX, displays=(table,)), {}))
    shown = [t for t in (p.get_textpage().get_text_range() for p in document) if "Table 14.2.1: Page" in t]
    document.close()
    assert all(text.count("Cells sha256") == 1 for text in shown)
    assert [sum(text.count(f"[{i}] A long note") for text in shown) for i in range(24)] == [1] * 24
    assert all("end of this display" in text for text in shown)


# The look


def characters(content: bytes) -> Iterator[tuple[int, float, tuple[float, float, float, float]]]:
    """Yield page, type size and box (left, bottom, right, top) in points of every character that is printed."""
    document = pypdfium2.PdfDocument(content)
    for number, page in enumerate(document):
        text = page.get_textpage()
        for i in range(text.count_chars()):
            size = pypdfium2.raw.FPDFText_GetFontSize(text.raw, i)
            box = text.get_charbox(i)
            if box[2] > box[0]:
                yield number, size, box
    document.close()


def test_type_is_not_smaller_than_nine_points_and_margins_are_kept(content: bytes, pdf: pikepdf.Pdf) -> None:
    assert {tuple(map(float, page.MediaBox)) for page in pdf.pages} == {(0, 0, 11 * INCH, 8.5 * INCH)}
    outside, small = [], []
    figure = next(place for title, place in bookmarks(pdf) if title.startswith("Figure"))
    for page, size, (left, bottom, right, top) in characters(content):
        if page != figure and size < 8.99:
            small.append((page, size))
        if left < 0.49 * INCH or right > 10.51 * INCH or bottom < 0.7 * INCH or top > (8.5 - 3 / 8) * INCH:
            outside.append((page, left, bottom, right, top))
    assert small == []
    assert outside == []


def test_the_template_imports_nothing() -> None:
    template = (TEMPLATES / "appendix.typ").read_text(encoding="utf-8")
    assert not re.search(r"#?\b(import|include)\b|@preview|plugin\(|eval\(", template)


# What stops a build


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"displays": (examples.TABLE, examples.TABLE)}, "display id 't-14-2-1': used twice"),
        (
            {"displays": (examples.TABLE, replace(examples.TABLE, id="t-14-2-9"))},
            "display number 'table 14.2.1': used twice",
        ),
        ({"displays": (replace(examples.TABLE, id="../x"),)}, "'../x': not a display id"),
        ({"displays": (replace(examples.FIGURE, id="f-9"),)}, "figure f-9: no drawing"),
        ({"displays": (replace(examples.FIGURE, alt=" "),)}, "figure f-14-2-1: no alternative text"),
        ({"stamp": replace(examples.STAMP, status="final")}, "status 'final'"),
        ({"stamp": replace(examples.STAMP, cutoff="30JUN2023")}, "data cutoff '30JUN2023'"),
        ({"queries": ({**examples.QUERIES[0], "severity": "X"},)}, "severity 'X'"),
    ],
)
def test_one_error_names_the_defect(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        build(replace(examples.APPENDIX, **change))


def test_a_missing_font_is_named(tmp_path: Path) -> None:
    (tmp_path / "LiberationSans-Regular.ttf").write_bytes((FONTS / "LiberationSans-Regular.ttf").read_bytes())
    with pytest.raises(InputError, match=r"Liberation Sans, .*/LiberationSans-Bold\.ttf: missing"):
        build(fonts=tmp_path)


def test_a_font_file_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "LiberationSans-Regular.ttf").write_bytes(b"not a font")
    with pytest.raises(InputError, match=r"LiberationSans-Regular\.ttf: not a font file"):
        build(fonts=tmp_path)


@pytest.mark.parametrize(
    ("drawing", "message"),
    [
        (b"GIF89a", "figure f-14-2-1: the drawing is neither SVG nor PNG"),
        (examples.SVG.replace(b"Liberation Sans", b"Other Sans"), "figure f-14-2-1, font 'Other Sans'"),
        (
            examples.SVG.replace(b"</svg>", b'<image href="http://example.org/a.png" width="9" height="9"/></svg>'),
            "URLs",
        ),
        (b"<svg <", "failed to parse SVG"),
    ],
)
def test_a_drawing_that_cannot_be_printed_as_it_is_stops_the_build(drawing: bytes, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        build(figures={"f-14-2-1": drawing})
