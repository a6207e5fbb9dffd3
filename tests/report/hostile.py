"""An appendix with a hostile text in every place that bears free text, and a drawing that would run something."""

from dataclasses import replace

from crf2csr.display.model import Cell, Column, Figure, Footer, Listing, Part, Row, Table
from crf2csr.report.appendix import Appendix, Assumption, Check, QcProgram, SourceFile
from crf2csr.report.drill import Counted, DrillDown, Record
from tests.report import examples

#: A text for each way of being taken for markup or code (faults F-601 to F-612), each with a word of its own; `fired`
#: is what a browser must never set.
HOSTILE = (
    "=h01()|'/c calc'!A1 <w:p>&amp;&lt;",
    "h02</script><script>window.fired=2</script><!--",
    "h03\"><img src=x onerror='window.fired=3'>",
    "h04 {{ 7*7 }} {% x %} ${window.fired=4} #import *b* $x$",
    "h05 {\\object\\par} \\u0041 ]]> <![CDATA[",
    "h06 javascript:window.fired=6 &#x41; ../../x ; rm -rf $(HOME) `id`",
    "h07 bell\x07 escape\x1b[31m nul\x00 rtl\u202e zero\u200b line\u2028end",
    "h08 <!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]> &b;",
)
#: How `printable` shows the one with characters that cannot be seen.
SHOWN = {HOSTILE[6]: "h07 bell\\x07 escape\\x1B[31m nul\\x00 rtl\\u202E zero\\u200B line\\u2028end"}
SVG = examples.SVG.replace(b"</svg>", b"<script>window.fired=9</script></svg>")


def table(number: int, text: str) -> Table:
    columns = (Column("a", f"{text} A", 6, text), Column("b", f"{text} B", 3, text))
    rows = (Row(text, (Cell(""), Cell("")), heading=True), Row(f"{text} row", (Cell(text), Cell("1 (33.3)")), 1))
    footer = Footer((f"[a] {text}",), text, text, text, text, text)
    part = Part("p", f"{text} part", columns, rows)
    return Table(f"t-9-{number}", f"9.{number}", f"{text} title", f"{text} set", (part,), footer, f"{text} stub")


def appendix(texts: tuple[str, ...] = HOSTILE) -> Appendix:
    columns = tuple(Column(f"c{i}", text, align="left") for i, text in enumerate(texts))
    listing = Listing("l-9-1", "9.1", f"{texts[1]} list", texts[2], columns, (texts, texts), footer=examples.FOOTER)
    empty = replace(listing, id="l-9-2", number="9.2", title="empty", rows=(), empty=f"Criteria: {texts[1]}")
    figure = Figure(
        "f-9-1", "9.1", f"{texts[2]} drawn", texts[1], (texts[1], texts[2]), ((texts[3], texts[4]),), texts[2]
    )
    keys = ("subject", "form", "RAWFILE", "RAWROW", "field", "value", "rule", "message")
    stamp = replace(examples.STAMP, study_title=texts[1], sponsor=texts[2], identifiers=((texts[3], texts[4]),))
    return Appendix(
        stamp,
        (*(table(n, text) for n, text in enumerate(texts, 1)), figure, listing, empty),
        assumptions=tuple(Assumption(text, text, text, text, ("t-9-1", text)) for text in texts),
        queries=tuple(dict.fromkeys(keys, text) | {"severity": "E"} for text in texts),
        checks=tuple(Check(text, text, 1, 1, text, text) for text in texts),
        provenance=dict.fromkeys(texts, texts[1]),
        manifest=tuple(SourceFile(text, 1, text) for text in texts),
        qc=tuple(QcProgram(text, 1, 1) for text in texts),
        discrepancies=({text: text for text in texts},),
    )


def drill(texts: tuple[str, ...] = HOSTILE) -> DrillDown:
    """Return what lies behind the second cell of the first table: a record of hostile values."""
    record, fields = Record(0, "2", texts), tuple(range(len(texts)))
    counted = Counted(texts[1], texts[2], ((0, fields[:2]),))
    return DrillDown((texts[1],), (texts,), (record,), (counted,), ((0,),), {("t-9-1", 0, 1, 1): 0})


def shown(text: str) -> str:
    return SHOWN.get(text, text)


def places(extracted: str) -> dict[str, int]:
    """Return how often each hostile text stands in an extracted text, white space aside."""
    flat = "".join(extracted.split())
    return {text: flat.count("".join(shown(text).split())) for text in HOSTILE}
