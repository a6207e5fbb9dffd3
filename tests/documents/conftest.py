"""Documents as people open them: run by `make test-documents`, which says which program is missing."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crf2csr.report.docx import build_appendix_docx
from crf2csr.report.html import build_appendix_html
from crf2csr.report.pdf import build_appendix_pdf
from tests.documents.browser import Browser, browser
from tests.report import examples, hostile
from tests.report.pictures import png
from tests.report.test_html import DRILL

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES, FONTS = ROOT / "reports/templates", ROOT / "reports/fonts"


def run(*command: str | Path) -> str:
    """Run a program and return what it prints; it must end well."""
    return subprocess.run(
        [str(part) for part in command], check=True, capture_output=True, text=True, timeout=240
    ).stdout


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two documents in each format: `plain`, and `hostile` with markup and code as text."""
    target = tmp_path_factory.mktemp("documents")
    plain, bad = examples.APPENDIX, hostile.appendix()
    files = {
        "plain.pdf": build_appendix_pdf(plain, examples.FIGURES, TEMPLATES, FONTS),
        "plain.docx": build_appendix_docx(plain, {"f-14-2-1": png(600, 200)}, FONTS),
        "plain.html": build_appendix_html(plain, examples.FIGURES, DRILL, TEMPLATES, FONTS),
        "hostile.pdf": build_appendix_pdf(bad, {"f-9-1": examples.SVG}, TEMPLATES, FONTS),
        "hostile.docx": build_appendix_docx(bad, {"f-9-1": png(600, 200)}, FONTS),
        "hostile.html": build_appendix_html(bad, {"f-9-1": hostile.SVG}, hostile.drill(), TEMPLATES, FONTS),
    }
    for name, content in files.items():
        (target / name).write_bytes(content)
    return target


@pytest.fixture(scope="session")
def word(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the Word documents as LibreOffice prints them."""
    target, profile = tmp_path_factory.mktemp("word"), tmp_path_factory.mktemp("office").as_uri()
    documents = sorted(folder.glob("*.docx"))
    run(
        "soffice",
        f"-env:UserInstallation={profile}",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        target,
        *documents,
    )
    return target


@pytest.fixture(scope="session")
def pages_of() -> Callable[[Path], list[str]]:
    """Return what gives the text of each page of a PDF, as poppler reads it."""
    return lambda path: run("pdftotext", "-layout", path, "-").split("\f")[:-1]


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Browser]:
    with browser(tmp_path / "profile") as opened:
        yield opened
