"""The HTML appendix: structure, text and safety of the page, read by the parser of the standard library."""

import json
import re
from collections import defaultdict
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from crf2csr.display.model import NO_DATA
from crf2csr.errors import InputError
from crf2csr.report.docx_reader import Shown, differences
from crf2csr.report.drill import Counted, DrillDown, Record
from crf2csr.report.html import build_appendix_html, script_json
from tests.report import examples, hostile

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES, FONTS = ROOT / "reports/templates", ROOT / "reports/fonts"
VOID = {"meta", "input", "img", "br", "col", "wbr"}
INLINE = {"span", "wbr", "i", "a", "b", "strong"}
#: Two records behind the third cell of the second row of the first part of Table 14.2.1.
DRILL = DrillDown(
    ("tl.csv",),
    (("SUBJECT", "MM"),),
    (Record(0, "5", ("01-001", "12")), Record(0, "6", ("01-001", "30"))),
    (Counted("01-001", "ADRS: PARAM=BOR", ((0, (1,)), (1, (1,)))),),
    ((0,),),
    {("t-14-2-1", 0, 1, 2): 0},
)


def build(appendix: Any = examples.APPENDIX, drawings: Any = examples.FIGURES, drill: DrillDown = DRILL) -> bytes:
    return build_appendix_html(appendix, drawings, drill, TEMPLATES, FONTS)


class Page(HTMLParser):
    """Tags with their attributes, ids, the text of each section, of scripts and of the rest; nesting is checked."""

    def __init__(self, content: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.section = ""
        self.texts: dict[str, str] = {}
        self.scripts: list[str] = []
        self.shown: defaultdict[str, Shown] = defaultdict(Shown)
        self.line = ""
        self.head: list[list[str]] = []
        self.rows: list[list[str]] = []
        self.feed(content.decode())
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        self.tags.append((tag, found))
        self.end_line(tag)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "section":
            self.section = found["id"]
        if tag == "script":
            self.scripts.append("")
        if tag == "tr":
            (self.head if "thead" in self.open else self.rows).append([])
        if tag in ("td", "th"):
            (self.head if "thead" in self.open else self.rows)[-1].append("")
        if tag == "img":
            self.shown[self.section].pictures.append(found["alt"])
        if tag == "br":
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.end_line(tag)
        if tag == "table":
            self.shown[self.section].heads += self.head[-1:] or [[]]
            self.shown[self.section].bodies.append(self.rows)
            self.head, self.rows = [], []
        if tag == "section":
            self.section = ""
        if tag in ("td", "th", "p", "tr"):
            self.texts[self.section] = self.texts.get(self.section, "") + "\n"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data
        elif not self.open or self.open[-1] != "style":
            self.texts[self.section] = self.texts.get(self.section, "") + data
        if "td" in self.open or "th" in self.open:
            (self.head if "thead" in self.open else self.rows)[-1][-1] += data
        else:
            self.line += data

    def end_line(self, tag: str) -> None:
        if tag not in INLINE:
            self.shown[self.section].lines += [self.line.strip()] if self.line.strip() else []
            self.line = ""

    @property
    def text(self) -> str:
        return "".join(self.texts.values())

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def content() -> bytes:
    return build()


@pytest.fixture(scope="module")
def page(content: bytes) -> Page:
    return Page(content)


def test_the_same_appendix_gives_the_same_bytes(content: bytes) -> None:
    assert build() == content
    assert content.startswith(b"<!DOCTYPE html>")


def test_nothing_is_loaded_from_anywhere(page: Page) -> None:
    addresses = [a[name] for _, a in page.tags for name in ("src", "href", "action", "data", "srcset") if name in a]
    assert {address[:1] if address.startswith("#") else address[:10] for address in addresses} == {"#", "data:image"}
    assert not page.all("link") + page.all("iframe") + page.all("object") + page.all("base") + page.all("form")


def test_the_policy_allows_this_style_sheet_and_this_script_alone(content: bytes, page: Page) -> None:
    import base64
    import hashlib

    policy = next(a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    style = re.search(rb"<style>(.*?)</style>", content, re.DOTALL)
    assert style
    hashes = [base64.b64encode(hashlib.sha256(text).digest()).decode() for text in (style[1], page.scripts[1].encode())]
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert not [a for _, a in page.tags if any(name == "style" or name.startswith("on") for name in a)]


def test_the_contents_lead_to_every_display_and_section(page: Page) -> None:
    ids = [a["id"] for _, a in page.tags if "id" in a]
    targets = [a["href"][1:] for a in page.all("a") if a.get("href")]
    assert len(set(ids)) == len(ids)
    assert set(targets) <= set(ids)
    wanted = [display.id for display in examples.APPENDIX.displays]
    assert [section["id"] for section in page.all("section") if section["class"] == "display"] == wanted
    assert set(wanted) <= set(targets)


def test_heads_say_what_they_head_and_every_table_has_a_caption(page: Page) -> None:
    assert {a["scope"] for a in page.all("th")} == {"col", "row", "colgroup"}
    assert len(page.all("caption")) == len(page.all("table")) > 8
    assert [a["colspan"] for a in page.all("th") if a["scope"] == "colgroup"] == ["2", "2", "2"]


def test_every_digest_is_printed_and_every_cell_is_on_the_page(page: Page) -> None:
    for display in examples.APPENDIX.displays:
        assert list(differences(display, page.shown[display.id])) == []
    assert page.shown["t-14-2-1"].bodies[0][-1] == ["Interval 17", "–", "(0.4, 64.1)", "(16.6, 46.5)"]
    assert page.texts["l-16-2-6-1"].count("01-000") == 60, "a subject is named in each of its rows"


def test_an_empty_display_says_so_and_keeps_its_columns(page: Page) -> None:
    assert f"{NO_DATA} Criteria: confirmed response." in page.texts["t-14-2-2"]
    assert "75 mg\n(N=0)" in page.texts["t-14-2-2"]
    assert f"{NO_DATA} Criteria: any visit." in page.texts["l-16-2-6-4"]


def test_a_figure_is_an_image_with_its_sentence_and_its_values(page: Page) -> None:
    (image,) = page.all("img")
    assert image["alt"] == examples.FIGURE.alt
    assert image["src"].startswith("data:image/svg+xml;base64,")
    assert "01-001\n-30.0" in page.texts["f-14-2-1"]


def test_a_number_leads_to_its_group_and_the_data_to_the_records(content: bytes, page: Page) -> None:
    assert [a for a in page.all("a") if a.get("class") == "n"] == [{"class": "n", "data-g": "0"}]
    assert re.search(rb'<a class="n" data-g="0">12 <?.{0,20}\(30\.0\)', content)
    assert json.loads(page.scripts[0]) == {
        "files": ["tl.csv"],
        "fields": [["SUBJECT", "MM"]],
        "records": [[0, "5", ["01-001", "12"]], [0, "6", ["01-001", "30"]]],
        "counted": [["01-001", "ADRS: PARAM=BOR", [0, 0, 1, 0]]],
        "sets": [[1]],
        "groups": [[0]],
    }


def test_hostile_text_is_text_in_every_place() -> None:
    page = Page(build(hostile.appendix(), {"f-9-1": hostile.SVG}, hostile.drill()))
    for display in hostile.appendix().displays:
        assert list(differences(display, page.shown[display.id])) == []
    assert {t: n for t, n in hostile.places(page.text).items() if n < 45} == {}
    assert json.loads(page.scripts[0])["records"][0][2] == list(hostile.HOSTILE)
    assert len(page.scripts) == len(page.all("script")) == 2
    harmless = {(tag, *sorted(attributes)) for tag, attributes in Page(build()).tags}
    assert {(tag, *sorted(attributes)) for tag, attributes in page.tags} <= harmless
    assert not page.open


def test_data_cannot_end_the_element_that_holds_it() -> None:
    text = "</script><!--&\u2028\u2029"
    written = script_json([text])
    assert json.loads(written) == [text]
    assert not re.search("[<>&\u2028\u2029]", written)


def test_no_template_reads_text_as_markup() -> None:
    template = (TEMPLATES / "appendix.html.j2").read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe|autoescape|\binclude\b|\bimport\b", template.replace("by autoescape", ""))
    script = (TEMPLATES / "appendix.js").read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(|</script", script)


def test_a_drawing_of_another_kind_stops_the_build() -> None:
    with pytest.raises(InputError, match="figure f-14-2-1: the drawing is neither SVG nor PNG"):
        build(drawings={"f-14-2-1": b"GIF89a"})


def test_no_demonstration_line_on_real_data() -> None:
    real = replace(
        examples.APPENDIX, stamp=replace(examples.STAMP, demonstration=False), displays=(examples.EMPTY_TABLE,)
    )
    assert "emonstration" not in Page(build(real, {}, DrillDown())).text
