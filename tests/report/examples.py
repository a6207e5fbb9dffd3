"""A small appendix with what a page can meet: two page sets, a long listing, a figure, empty displays, hostile text."""

from crf2csr.display.model import NO_DATA, Cell, Column, Figure, Footer, Listing, Part, Row, Table
from crf2csr.report.appendix import Appendix, Assumption, Check, QcProgram, SourceFile, Stamp

# One text for each way of being taken for markup, code or a control (faults F-601 to F-612), and how a page shows it.
HOSTILE = {
    '#import "@preview/x:1.0.0": *': '#import "@preview/x:1.0.0": *',
    "*bold* _it_ $x^2$ `raw` <label> @ref": "*bold* _it_ $x^2$ `raw` <label> @ref",
    "<script>alert(1)</script> &lt;": "<script>alert(1)</script> &lt;",
    "{{7*7}} {%x%} \\par {\\rtf}": "{{7*7}} {%x%} \\par {\\rtf}",
    "bell\x07 escape\x1b[31m nul\x00": "bell\\x07 escape\\x1B[31m nul\\x00",
    "rtl \u202eevil zero\u200bwidth": "rtl \\u202Eevil zero\\u200Bwidth",
    "no glyph 中 \U0001f600": "no glyph \\u4E2D \\U0001F600",
    "=cmd()|'/c calc'!A1 -- ... ~": "=cmd()|'/c calc'!A1 -- ... ~",
}
LONG_WORD = "supercalifragilistic" * 8
FOOTER = Footer(
    notes=("[a] Note of the display, see Listing 16.2.6.1 and Listing 16.2.99.",),
    abbreviations="CR = complete response.",
    legend="N = subjects in the analysis set.",
    assumptions="ASSUMPTION: response.confirm_days = 28 (not stated in the registry).",
    source="ADSL, ADRS",
    program="display/tables/example (code 1a2b3c4)",
)
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200"><rect width="400" height="200" fill="none" '
    b'stroke="black"/><text x="20" y="40" style="font-size: 12px; font-family: \'Liberation Sans\'">in the drawing'
    b"</text></svg>"
)
STAMP = Stamp(
    study_id="NCT03709082",
    study_title="A study of *hostile* titles #import",
    cut="full",
    status="DRAFT",
    cutoff="2023-06-30",
    snapshot="sha256:12ab34cd56ef",
    demonstration=True,
    sponsor="University of Kansas Medical Center",
    sponsor_number="2017-IIT-HER2-Aspire",
    identifiers=(("ClinicalTrials.gov identifier", "NCT03709082"),),
)


def columns(*denominators: int) -> tuple[Column, ...]:
    labels = ("75 mg", "100 mg", "All subjects")
    spanners = ("Safety lead-in", "Safety lead-in", "")
    return tuple(
        Column(f"c{i}", label, n, spanner)
        for i, (label, n, spanner) in enumerate(zip(labels, denominators, spanners, strict=True))
    )


def row(label: str, *texts: str, indent: int = 0, heading: bool = False) -> Row:
    return Row(label, tuple(Cell(text) for text in texts or ("", "", "")), indent, heading)


def response_rows(categories: int) -> tuple[Row, ...]:
    body = [
        line
        for i in range(categories)
        for line in (
            row(f"Category {i}", "–", "1 (16.7)", "12 (30.0)", indent=1),
            row(f"Interval {i}", "–", "(0.4, 64.1)", "(16.6, 46.5)", indent=2),
        )
    ]
    return (row("Confirmed response", heading=True), *body)


TABLE = Table(
    "t-14-2-1",
    "14.2.1",
    "Best overall response",
    "Full analysis set",
    (
        Part("fas", "Full analysis set", columns(0, 6, 40), response_rows(18)),
        Part("meas", "Measurable disease", columns(0, 5, 34), response_rows(3)),
    ),
    FOOTER,
    "Response, n (%)",
)
EMPTY_TABLE = Table(
    "t-14-2-2",
    "14.2.2",
    "Duration of response",
    "Confirmed responders",
    (Part("all", "", columns(0, 0, 0), (), f"{NO_DATA} Criteria: confirmed response."),),
    FOOTER,
)
HOSTILE_TABLE = Table(
    "t-14-2-4",
    "14.2.4",
    "Hostile text $x$",
    "Full analysis set",
    (
        Part(
            "all",
            "",
            (Column("c", "Text #h[x]"),),
            (*(row(text, text) for text in HOSTILE), row("Long word", LONG_WORD)),
        ),
    ),
    FOOTER,
)
FIGURE = Figure(
    "f-14-2-1",
    "14.2.1",
    "Waterfall of best change",
    "Measurable disease",
    ("Subject", "Change"),
    (("01-001", "-30.0"),),
    "Bars of best change, one a subject.",
    footer=FOOTER,
)
LISTING = Listing(
    "l-16-2-6-1",
    "16.2.6.1",
    "Target lesion measurements",
    "Full analysis set",
    (Column("subject", "Subject", align="left"), Column("visit", "Visit", align="left"), Column("mm", "Diameter (mm)")),
    tuple((f"01-{i // 60:03d}", f"VISIT-{i // 4:02d}", f"{i}.5") for i in range(120)),
    ("subject", "visit"),
    footer=FOOTER,
)
EMPTY_LISTING = Listing(
    "l-16-2-6-4",
    "16.2.6.4",
    "Response by visit",
    "Full analysis set",
    LISTING.columns,
    (),
    empty="Criteria: any visit.",
)
QUERIES = tuple(
    {
        "subject": f"01-{i:03d}",
        "form": "tl",
        "RAWFILE": "tl.csv",
        "RAWROW": str(i + 2),
        "field": "TLDIAM",
        "value": value,
        "rule": "Q-107",
        "severity": "E",
        "message": "line one\nline two",
    }
    for i, value in enumerate(HOSTILE)
)
APPENDIX = Appendix(
    STAMP,
    (TABLE, EMPTY_TABLE, HOSTILE_TABLE, FIGURE, LISTING, EMPTY_LISTING),
    assumptions=(Assumption("response.confirm_days", "28", "assumed", "no confirmation stated", ("t-14-2-1", "t-99")),),
    queries=QUERIES,
    checks=(
        Check("Q-107", "tl", 120, 8, finds="code not in the list"),
        Check("Q-202", "vs", 0, 0, "form vs is not mapped", "no weight"),
    ),
    provenance={"Snapshot": "sha256:12ab34cd56ef", "Python": "3.11"},
    manifest=(SourceFile("tl.csv", 120, "12ab34cd56ef"),),
    qc=(QcProgram("qc/response.py", 36, 1),),
    discrepancies=({"result": "orr/n", "first": "3", "second": "4"},),
)
FIGURES = {"f-14-2-1": SVG}
