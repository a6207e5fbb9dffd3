"""PDF through poppler, Word through LibreOffice and poppler: what a reader sees on paper."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from crf2csr.display.model import digest
from tests.documents.conftest import run
from tests.report import examples, hostile

Pages = Callable[[Path], list[str]]


@pytest.fixture(params=["pdf", "docx"])
def place(request: pytest.FixtureRequest, folder: Path) -> Path:
    """Return the folder with the printed documents of one format."""
    return folder if request.param == "pdf" else request.getfixturevalue("word")


def test_pages_are_numbered_to_the_last(place: Path, pages_of: Pages) -> None:
    pages = pages_of(place / "plain.pdf")
    assert len(pages) > 12
    for number, page in enumerate(pages[1:], 2):
        assert f"Page {number} of {len(pages)}" in page


def test_no_field_is_broken_and_every_digest_is_printed(place: Path, pages_of: Pages) -> None:
    text = "".join(pages_of(place / "plain.pdf"))
    assert not re.search(r"Error!|not found|Reference source", text)
    for display in examples.APPENDIX.displays:
        assert f"Cells sha256: {digest(display)[:16]}" in text


def test_heads_are_repeated_on_the_second_page_of_a_table(place: Path, pages_of: Pages) -> None:
    pages = [page for page in pages_of(place / "plain.pdf") if re.search(r"Category \d", page)]
    assert len(pages) > 2
    for page in pages:
        assert "Safety lead-in" in page
        assert "All subjects" in page
        assert re.search(r"\(N=(40|34)\)", page)
        assert re.findall(r"Category (\d+)", page) == re.findall(r"Interval (\d+)", page), "a row was left alone"


def test_heads_of_a_listing_are_repeated(place: Path, pages_of: Pages) -> None:
    pages = [page for page in pages_of(place / "plain.pdf") if "VISIT-" in page]
    assert len(pages) > 2
    assert all("Diameter (mm)" in page for page in pages)


def test_numbers_stand_under_each_other(place: Path, pages_of: Pages) -> None:
    """The decimal points of a column lie on one line: cells of one column, all with one decimal."""
    page = next(page for page in pages_of(place / "plain.pdf") if "Category 3" in page)
    ends = {line.index("(30.0)") for line in page.splitlines() if re.search(r"Category \d", line)}
    assert len(ends) == 1


def test_every_page_has_ink_inside_its_margins(place: Path, tmp_path: Path) -> None:
    run("pdftoppm", "-r", "40", "-gray", place / "plain.pdf", tmp_path / "page")
    images = [Image.open(path) for path in sorted(tmp_path.glob("page*"))]
    assert images
    for image in images:
        assert image.size == (440, 340), "landscape US Letter at 40 dots an inch"
        dark = image.point(lambda value: 255 if value < 128 else 0).getbbox()
        assert dark is not None
        left, top, right, bottom = dark
        # 0.5 inch at the sides, 3/8 inch above and below; a dot for rounding.
        assert left >= 19
        assert right <= 421
        assert top >= 14
        assert bottom <= 326


def test_hostile_text_is_printed_as_it_is(place: Path, pages_of: Pages) -> None:
    found = hostile.places("".join(pages_of(place / "hostile.pdf")))
    # Long texts break over lines amid other columns: seen whole where they have room.
    assert {text: n for text, n in found.items() if n < 5} == {}


def test_nothing_in_the_pdf_runs(folder: Path) -> None:
    for name in ("plain", "hostile"):
        facts = dict(line.split(":", 1) for line in run("pdfinfo", folder / f"{name}.pdf").splitlines())
        assert {key: facts[key].strip() for key in ("Tagged", "JavaScript", "Encrypted", "Form")} == {
            "Tagged": "yes",
            "JavaScript": "no",
            "Encrypted": "no",
            "Form": "none",
        }
