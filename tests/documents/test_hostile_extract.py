"""An extract with a hostile text in every free-text field: received, run to its appendix, read and opened.

Each field gets one text, which ends in the name of the field, so that a page shows which fields reach it.
"""

import csv
import io
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crf2csr.mapping import FormMap, Mapping, load_mapping
from crf2csr.raw_contracts import load_raw_contract
from crf2csr.study import load_study
from tests import mini_study
from tests.documents.browser import Browser
from tests.report import hostile
from tests.report.extracted import docx_text, pdf_text
from tests.report.test_html import Page

STUDY, CUT = "nct03709082", "as_enrolled"
EXTRACT = Path("data") / STUDY / CUT
#: Text that is part of a key: strange characters in it stop the run (F-612, tests/faults/test_injection_faults.py).
IDENTIFIERS = {"ie.ietestcd", "nl.lesion", "ntl.lesion", "tl.lesion"}
#: What cannot be seen is always doubted (Q-116) and so reaches a page from anywhere: it stands in a field that is
#: listed anyway. The reader refuses a NUL, and the file with it (F-107, tests/faults/test_reading_faults.py).
INVISIBLE = hostile.HOSTILE[6]
PLACE_OF_INVISIBLE = "tl.organ"
TEXTS = [text for text in hostile.HOSTILE if text != INVISIBLE]
NUL, SHOWN_NUL = " nul\x00", " nul\\x00"
#: Free text that no table, figure, listing or query shows. A new listing makes this test speak: take its fields out.
ON_NO_PAGE = {
    "act.agent", "act.class", "act.lesions", "bcpt.reasnd", "cm.atctx", "cm.decod", "cm.indc", "cm.trt",
    "dlt.aenos", "dlt.reason", "dv.term", "mh.bodsys", "mh.decod", "mh.term", "nl.organ", "pe.pefind",
    "promis.reasnd", "ptx.agent", "sv.svreas",
}  # fmt: skip
#: Free text that the checks doubt, so that it is the value of a query.
QUERIED = {
    "ae.ptcd", "card.cdorresu", "cm.atc", "dv.criterion", "ex_oral.lot", "ex_tdm1.lot", "lb.lbnam",
    "lb.lborres", "lb.lborresu", "mh.ptcd", "ntl.organ", "pk.conc", "pk.specimen", "promis.version", "tl.organ",
    "tl.parent", "vs.vsorresu",
}  # fmt: skip

Placed = dict[str, str]


@pytest.fixture(scope="module")
def placed_and_report(tmp_path_factory: pytest.TempPathFactory) -> tuple[Placed, Path]:
    """Return the text of each field, by `form.field`, and the folder of the documents made from them."""
    tree = tmp_path_factory.mktemp("hostile")
    mapping = load_mapping(load_study(STUDY, CUT).mapping)
    _copy(tree)
    placed = _spoil(tree / EXTRACT, mapping)
    received = mini_study.crf2csr(tree, "receive", "--study", STUDY, "--cut", CUT)
    assert received.returncode == 0, received.stderr
    code = f"from crf2csr.jobs.in_process import run_all; run_all({STUDY!r}, {CUT!r})"
    settings = mini_study.clean_environment({"PYTHONPATH": str(tree)})
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tree, env=settings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return placed, tree / "results" / STUDY / CUT / "report"


def _copy(tree: Path) -> None:
    """Copy the program, its configuration and the extract, without the manifest of the extract."""
    ignore = shutil.ignore_patterns("__pycache__", "manifest.json")
    for name in ("crf2csr", "reports", "qc", "config", str(EXTRACT)):
        shutil.copytree(mini_study.ROOT / name, tree / name, ignore=ignore)
    shutil.copy(mini_study.ROOT / "requirements.lock", tree)


def _spoil(folder: Path, mapping: Mapping) -> Placed:
    """Write a text into each free-text field: over its first value, else into its first record."""
    placed: Placed = {}
    for form, spec in mapping.forms.items():
        encoding, delimiter = spec.encoding or mapping.encoding, spec.delimiter or mapping.delimiter
        content = (folder / spec.file).read_bytes().decode(encoding)
        header, *records = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
        for field in _free_text(form, spec):
            column = header.index(spec.fields[field].column or "")
            text = placed[f"{form}.{field}"] = _text(len(placed), f"{form}.{field}")
            next((record for record in records if record[column]), records[0])[column] = text
        written = io.StringIO(newline="")
        csv.writer(written, delimiter=delimiter).writerows([header, *records])
        (folder / spec.file).write_bytes(written.getvalue().encode(encoding))
    return placed


def _free_text(form: str, spec: FormMap) -> Iterator[str]:
    for name, field in load_raw_contract(form).fields.items():
        if field.type == "text" and name in spec.fields and f"{form}.{name}" not in IDENTIFIERS:
            yield name


def _text(number: int, place: str) -> str:
    """Return a hostile text with the name of its place; each text comes in turn."""
    text = INVISIBLE.replace(NUL, "") if place == PLACE_OF_INVISIBLE else TEXTS[number % len(TEXTS)]
    return f"{text} ({place})"


def _seen(text: str) -> str:
    """Return a text as a page shows it, white space aside."""
    shown = hostile.shown(INVISIBLE).replace(SHOWN_NUL, "")
    return "".join(text.replace(INVISIBLE.replace(NUL, ""), shown).split())


@pytest.fixture(scope="module")
def pages(placed_and_report: tuple[Placed, Path]) -> dict[str, str]:
    """Return what a reader sees of each format, white space aside."""
    _, report = placed_and_report
    texts = {
        "pdf": pdf_text((report / "appendix.pdf").read_bytes()),
        "docx": docx_text((report / "appendix.docx").read_bytes()),
        "html": Page((report / "appendix.html").read_bytes()).text,
    }
    return {name: "".join(text.split()) for name, text in texts.items()}


@pytest.mark.parametrize("document", ["pdf", "docx", "html"])
def test_every_text_that_reaches_a_page_stands_there_as_it_is(placed_and_report, pages, document) -> None:
    placed, _ = placed_and_report
    assert len(placed) > 30
    found = {place: pages[document].count(_seen(text)) for place, text in placed.items()}
    assert {place for place, times in found.items() if not times} == ON_NO_PAGE
    changed = {place for place in placed if pages[document].count(f"({place})") > found[place]}
    assert changed == set(), "more often by its name than whole: cut or changed on some page"


def test_every_format_shows_each_text_equally_often(placed_and_report, pages) -> None:
    placed, _ = placed_and_report
    counts = {name: [page.count(_seen(text)) for text in placed.values()] for name, page in pages.items()}
    assert counts["pdf"] == counts["docx"] == counts["html"]


def test_queries_hold_the_text_and_no_formula(placed_and_report) -> None:
    placed, report = placed_and_report
    with (report / "queries.csv").open(encoding="utf-8", newline="") as file:
        queries = list(csv.DictReader(file))
    values = {query["value"] for query in queries}
    assert {place for place, text in placed.items() if text in values or f"'{text}" in values} == QUERIED
    assert any(value.startswith("'=") for value in values)
    formulas = [
        cell for query in queries for cell in query.values() if cell.lstrip(" ").startswith(tuple("=+-@\t\r\n"))
    ]
    assert formulas == []


def test_nothing_runs_in_a_browser(placed_and_report, window: Browser) -> None:
    placed, report = placed_and_report
    page = report / "appendix.html"
    window.open(page)
    window.value("document.querySelectorAll('details').forEach(part => { part.open = true })")
    opened = window.value(
        "[...new Map([...document.querySelectorAll('a.n')].map(number => [number.dataset.g, number])).values()]"
        ".map(number => (number.click(), "
        "document.getElementById('panel').innerText)).join('').split(/\\s+/).join('')"
    )
    assert _seen(placed["ae.decod"]) in opened, "the record behind a number"
    assert window.value("window.fired === undefined")
    assert window.value("document.querySelectorAll('script').length") == 2
    assert [address for address in window.requests if not address.startswith("data:")] == [page.as_uri()]
    assert window.messages == []
