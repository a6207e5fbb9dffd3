"""One small finished display of each kind."""

from crf2csr.display.model import Cell, Column, Figure, Footer, Listing, Part, Row, Table

FOOTER = Footer(
    notes=("[a] Confirmed.", "Exact interval."),
    abbreviations="Abbreviations: CR = complete response.",
    legend="N = number of subjects in the column. – = no denominator.",
    assumptions="ASSUMPTION (not stated in the registry): x = 1.",
    source="ADSL, ADRS; Listing 16.2.1",
    program="display/tables/rows (code 12ab34c)",
)
AT = "response-fas/c/{}/BOR/{}/{}"


def count(text: str, level: str, category: str) -> Cell:
    return Cell(text, "count_percent", tuple(AT.format(level, category, name) for name in ("n", "N", "estimate")))


TABLE = Table(
    id="t-14-1",
    number="14.1",
    title="Best overall response",
    population="Full analysis set",
    parts=(
        Part(
            id="fas",
            title="Full analysis set",
            columns=(
                Column("d75", "75 mg", 2, "Phase I"),
                Column("d100", "100 mg", 0, "Phase I"),
                Column("ph2", "Phase II", 1),
                Column("all", "All\nsubjects", 3),
            ),
            rows=(
                Row("Confirmed response", (Cell(""),) * 4, heading=True),
                Row(
                    "CR [a]",
                    (
                        count("1 (50.0)", "d75", "CR"),
                        count("–", "d100", "CR"),
                        count("0", "ph2", "CR"),
                        count("1 (33.3)", "all", "CR"),
                    ),
                    indent=1,
                ),
            ),
        ),
        Part("meas", "Measurable", (Column("all", "All", 0),), (), "No data to report: nobody."),
    ),
    footer=FOOTER,
    stub="Response",
)
LISTING = Listing(
    id="l-16-2-1",
    number="16.2.1",
    title="Sums",
    population="Full analysis set",
    columns=(Column("SUBJID", "Subject"), Column("AVAL", "Sum\n(mm)", width=0.5, align="right")),
    rows=(("01-001", "30.0"), ("01-001", ""), ("01-002", "7.5")),
    repeats=("SUBJID",),
    footer=Footer(source="ADTR"),
)
FIGURE = Figure(
    id="f-14-1",
    number="14.1",
    title="Waterfall",
    population="Full analysis set",
    header=("Subject", "Change (%)"),
    rows=(("01-001", "-30.0"),),
    alt="Waterfall of 1 subject.",
    footer=Footer(notes=("Bars end at +100.",)),
)
DISPLAYS = (TABLE, LISTING, FIGURE)
