"""The HTML page in a browser: nothing is loaded, nothing foreign runs, a number leads to its CRF records."""

import base64
import io
import re
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from tests.documents.browser import Browser
from tests.documents.conftest import run
from tests.report import examples, hostile

NUMBER = "document.querySelector('a.n')"
PANEL = "document.getElementById('panel')"


def search(words: str) -> str:
    typed = f"query.value = {words!r}, query.dispatchEvent(new Event('input'))"
    return f"({typed}, new Promise(done => setTimeout(done, 400)))"


def test_the_page_asks_for_nothing_and_nothing_is_refused(window: Browser, folder: Path) -> None:
    window.open(folder / "plain.html")
    assert [address for address in window.requests if not address.startswith("data:")] == [
        (folder / "plain.html").as_uri()
    ]
    assert window.messages == []
    assert window.value("[...document.images].every(image => image.complete && image.naturalWidth > 0)")


def test_a_number_opens_its_participants_and_their_records(window: Browser, folder: Path) -> None:
    window.open(folder / "plain.html")
    assert window.value(f"{PANEL}.hidden")
    window.value(f"{NUMBER}.click()")
    shown = window.value(f"{PANEL}.innerText")
    assert "Table 14.2.1: Confirmed response > Category 0 | All subjects (N=40) | 12 (30.0)" in shown
    assert "1 participant" in shown
    assert "01-001" in shown
    cells = window.value(f"[...{PANEL}.querySelectorAll('tbody td')].map(cell => cell.innerText)")
    assert cells[:2] == ["tl.csv", "5"]
    assert "MM\n12" in cells[2]
    window.value("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}))")
    assert window.value(f"{PANEL}.hidden")


def test_a_number_can_be_reached_by_the_keyboard(window: Browser, folder: Path) -> None:
    window.open(folder / "plain.html")
    window.value(f"{NUMBER}.focus()")
    for kind in ("rawKeyDown", "char", "keyUp"):
        window.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", text="\r", windowsVirtualKeyCode=13)
    assert not window.value(f"{PANEL}.hidden")


def test_search_shows_displays_and_rows_with_the_rows_above(window: Browser, folder: Path) -> None:
    window.open(folder / "plain.html")
    visible = "[...document.querySelectorAll('main section')].filter(s => !s.hidden).map(s => s.id)"
    rows = "[...document.querySelectorAll('#t-14-2-1 tbody tr')].filter(r => !r.hidden).map(r => r.cells[0].innerText)"
    everything = window.value(visible)
    window.value(search("interval 17"))
    assert window.value(visible) == ["t-14-2-1"]
    # The rows above it that it belongs to: indented less, each level once.
    assert window.value(rows) == ["Confirmed response", "Category 17", "Interval 17"]
    window.value(search("waterfall"))
    assert window.value(visible) == ["f-14-2-1"]
    window.value(search(""))
    assert window.value(visible) == everything


def test_the_page_can_be_read_without_scripts(window: Browser, folder: Path) -> None:
    window.call("Emulation.setScriptExecutionDisabled", value=True)
    window.open(folder / "plain.html")
    text = window.value("document.body.innerText")
    assert "Scripts are off" in text
    assert "12 (30.0)" in text
    assert "Search displays" not in text


def test_the_window_shows_something(window: Browser, folder: Path) -> None:
    window.open(folder / "plain.html")
    image = Image.open(io.BytesIO(window.screenshot())).convert("RGB")
    assert image.size[0] == 1400
    colors = image.getcolors(1 << 24) or []
    dark = sum(count for count, color in colors if max(color) < 100)
    assert dark > 2000, "text is dark on white"


def test_it_prints_on_landscape_pages_without_contents_and_panel(
    window: Browser, folder: Path, tmp_path: Path, pages_of: Callable[[Path], list[str]]
) -> None:
    window.open(folder / "plain.html")
    window.value(f"{NUMBER}.click()")
    printed = tmp_path / "printed.pdf"
    printed.write_bytes(base64.b64decode(window.call("Page.printToPDF", preferCSSPageSize=True)["data"]))
    assert re.search(r"Page size: +792 x 612 pts \(letter\)", run("pdfinfo", printed))
    pages = pages_of(printed)
    assert not any("Search displays" in page or "Fields and values" in page for page in pages)
    listing = [page for page in pages if "VISIT-" in page]
    assert len(listing) > 1
    assert all("Diameter (mm)" in page for page in listing), "heads are repeated"


def test_hostile_text_is_shown_and_runs_nowhere(window: Browser, folder: Path) -> None:
    window.open(folder / "hostile.html")
    window.value(f"{NUMBER}.click()")
    window.value("document.querySelectorAll('details').forEach(part => { part.open = true })")
    window.value(search("h03"))
    window.value(search(""))
    shown = window.value("document.body.innerText")
    assert {text: n for text, n in hostile.places(shown).items() if n < 45} == {}
    panel = window.value(f"{PANEL}.innerText")
    for text in hostile.HOSTILE[:6]:
        assert text in panel, "the raw record"
    assert window.value("window.fired === undefined")
    assert window.value("document.querySelectorAll('script').length") == 2
    assert [a for a in window.requests if not a.startswith("data:")] == [(folder / "hostile.html").as_uri()]
    assert window.messages == []


def test_a_script_that_got_into_the_page_is_refused_by_its_policy(
    window: Browser, folder: Path, tmp_path: Path
) -> None:
    """The second line of defense, shown to hold: the same page with an element that a renderer must never write."""
    page = (folder / "plain.html").read_text(encoding="utf-8")
    bad = "<script>window.fired=1</script><img src=x onerror='window.fired=2'>"
    (tmp_path / "bad.html").write_text(page.replace("<main>", f"<main>{bad}"), encoding="utf-8")
    window.open(tmp_path / "bad.html")
    assert window.value("window.fired === undefined")
    assert len(window.messages) >= 2, "a refused script, a refused image"
    assert examples.STAMP.study_id in window.value("document.title")
