"""The cross table: literal frames through analysis and layout; cells, margins and refusals counted by hand."""

import dataclasses

import pytest

from crf2csr.analyze.categories import categories
from crf2csr.ard import Result
from crf2csr.display.invariants import check_display
from crf2csr.display.invariants_cross import check_margins
from crf2csr.display.model import NO_DATA, Footer, Part, Table
from crf2csr.display.tables.cross import cross
from crf2csr.errors import InputError
from crf2csr.plan import Plan
from tests.builders import study_view
from tests.plans import plan_of, typed

TEXT = """
populations: {saf: {label: Safety set, flag: SAFFL}}
columns:
  c:
    - {id: d75, label: 75 mg, spanner: Phase I, where: [{variable: TRT01PN, op: eq, value: 75}]}
    - {id: d100, label: 100 mg, spanner: Phase I, where: [{variable: TRT01PN, op: eq, value: 100}]}
    - {id: all, label: "All\\nsubjects"}
analyses:
  shift:
    method: categories
    data: adrs
    populations: [saf]
    columns: c
    variables:
      - name: AVALC
        as: PAIN
        where: [{variable: PARAMCD, op: eq, value: PAIN}]
        within: INVRESP
        categories: ["0", NON-CR/NON-PD, Missing]
        across: ["0", NON-CR/NON-PD]
      - name: AVALC
        as: SLEEP
        where: [{variable: PARAMCD, op: eq, value: SLEEP}]
        among: [{variable: PARAMCD, op: eq, value: SLEEP}]
        within: INVRESP
        categories: ["0", NON-CR/NON-PD]
        across: ["0", NON-CR/NON-PD]
      - name: AVALC
        as: WORSE
        where: [{variable: PARAMCD, op: eq, value: WORSE}]
        categories: ["Y"]
displays:
  t-1:
    layout: cross
    number: "14.2"
    title: Shift
    population: saf
    columns: c
    stub: Baseline
    levels: [d75, all]
    parts: [{id: safety, population: saf}]
    notes: {first: A, second: B}
    rows:
      - {label: Pain, note: first}
      - {analysis: shift, variable: PAIN, each: true, nested: Worst value, indent: 1, show: count_percent}
      - {label: Sleep}
      - {analysis: shift, variable: SLEEP, each: true, indent: 1, show: count_percent}
      - {label: Sleep of those with 0, analysis: shift, variable: SLEEP, category: "0", show: count_percent}
      - {label: Worse, analysis: shift, variable: WORSE, category: "Y", show: count_percent, note: second}
"""
PLAN = plan_of(TEXT)

ADSL = """
USUBJID | SAFFL | TRT01PN
A       | Y     | 75
B       | Y     | 75
C       | Y     | 125
D       | Y     | 125
E       | N     | 75
"""
# A has no baseline of PAIN; D has no record of it; E is outside the set. Only A and C have SLEEP.
ADRS = """
USUBJID | PARAMCD | AVISIT | AVALC         | INVRESP
A       | PAIN    |        |               | NON-CR/NON-PD
B       | PAIN    |        | 0             | 0
C       | PAIN    |        | NON-CR/NON-PD | NON-CR/NON-PD
E       | PAIN    |        | 0             | 0
A       | SLEEP   |        | 0             | NON-CR/NON-PD
C       | SLEEP   |        | NON-CR/NON-PD | NON-CR/NON-PD
A       | WORSE   |        | Y             |
"""


def results(adsl: str = ADSL, adrs: str = ADRS, plan: Plan = PLAN) -> list[Result]:
    frames = typed(adsl, TRT01PN="Int64"), typed(adrs)
    return list(categories(*frames, plan.analyses["shift-saf"], study_view(categories)).results)


def build(found: list[Result], plan: Plan = PLAN) -> Table:
    return cross(plan, "t-1", found, study_view(cross))


def lines(part: Part) -> list[str]:
    return ["  " * row.indent + " | ".join([row.label, *(cell.text for cell in row.cells)]) for row in part.rows]


def test_a_page_set_for_each_planned_level_then_the_plain_rows() -> None:
    parts = build(results()).parts
    assert [(part.id, part.title) for part in parts] == [
        ("d75", "Safety set: Phase I, 75 mg (N=2)"),
        ("all", "Safety set: All subjects (N=4)"),
        ("safety", "Safety set"),
    ]
    heads = [("0", "0", "Worst value"), ("NON-CR/NON-PD", "NON-CR/NON-PD", "Worst value"), ("total", "Total", "")]
    assert [(c.id, c.label, c.spanner) for c in parts[1].columns] == heads
    assert [(c.id, c.n) for c in parts[2].columns] == [("d75", 2), ("all", 4)]
    assert lines(parts[2]) == ["Worse [b] | 1 (50.0) | 1 (25.0)"]


def test_cells_and_margins() -> None:
    # PAIN: A Missing x NN, B 0 x 0, C NN x NN of 4 subjects. SLEEP: A 0 x NN, C NN x NN, percentages of these 2.
    assert lines(build(results()).parts[1]) == [
        "Pain [a] |  |  | ",
        "  0 | 1 (25.0) | 0 | 1 (25.0)",
        "  NON-CR/NON-PD | 0 | 1 (25.0) | 1 (25.0)",
        "  Missing | 0 | 1 (25.0) | 1 (25.0)",
        "  Total | 1 (25.0) | 2 (50.0) | 3 (75.0)",
        "Sleep |  |  | ",
        "  n | 0 | 2 | 2",
        "  0 | 0 | 1 (50.0) | 1 (50.0)",
        "  NON-CR/NON-PD | 0 | 1 (50.0) | 1 (50.0)",
        "  Total | 0 | 2 (100.0) | 2 (100.0)",
        "Sleep of those with 0 | 0 | 1 (50.0) | 1 (50.0)",
    ]


def test_all_cells_keep_the_invariants() -> None:
    found = results()
    table = dataclasses.replace(build(found), footer=Footer(notes=("[a] A", "[b] B")))
    assert check_display(table, found) == []


def test_nobody_in_a_page_set_says_so() -> None:
    parts = build(results(adsl=ADSL.replace("75", "100"))).parts
    assert (parts[0].title, parts[0].rows) == ("Safety set: Phase I, 75 mg (N=0)", ())
    assert parts[0].empty == f"{NO_DATA} Criterion: Safety set; PARAMCD = PAIN."
    assert parts[1].rows
    # a column without subjects has a dash in the plain rows
    assert lines(parts[2]) == ["Worse [b] | – | 1 (25.0)"]


def test_a_page_set_with_subjects_and_nobody_counted_says_so_too() -> None:
    found = results(adrs=ADRS.replace("| PAIN ", "| OTHER ").replace("| SLEEP ", "| OTHER "))
    assert [part.empty != "" for part in build(found).parts] == [True, True, False]


LINE_OF_B = "B       | PAIN    |        | 0             | 0"


@pytest.mark.parametrize(
    ("line", "violation"),
    [
        ("B | PAIN | | 0 | 7", "row 0: 0 + 0 is not 1"),  # a worst value that is not planned
        ("B | PAIN | | 7 | 0", "column 0: 0 + 0 + 0 is not 1"),  # a baseline that is not planned
        ("B | PAIN | | 0 | ", "row 0: 0 + 0 is not 1"),  # no worst value, and no category for that
        (f"{LINE_OF_B}\nB | PAIN | V2 | 0 | NON-CR/NON-PD", "row 0: 1 + 1 is not 1"),  # a subject twice
    ],
)
def test_margins_tell_what_has_no_place(line: str, violation: str) -> None:
    found = results(adrs=ADRS.replace(LINE_OF_B, line))
    assert f"shift-saf, column all, PAIN, {violation}" in list(check_margins(found))
    assert any(violation in text for text in check_display(build(found), found))


def test_numbers_are_categories_without_decimals() -> None:
    plan = plan_of(TEXT.replace("within: INVRESP", "within: AVAL").replace("NON-CR/NON-PD", "1.5"))
    adrs = typed(
        """
        USUBJID | PARAMCD | AVISIT | AVALC | AVAL
        A       | PAIN    |        | 0     | 0
        B       | PAIN    |        | 1.5   | 1.5
        """,
        AVAL="Float64",
    )
    found = categories(typed(ADSL, TRT01PN="Int64"), adrs, plan.analyses["shift-saf"], study_view(categories)).results
    assert lines(build(list(found), plan).parts[1])[1:3] == [
        "  0 | 1 (25.0) | 0 | 1 (25.0)",
        "  1.5 | 0 | 1 (25.0) | 1 (25.0)",
    ]


def test_variables_with_different_columns_are_refused() -> None:
    other = plan_of(TEXT.replace('across: ["0", NON-CR/NON-PD]', "across: [X]", 1))
    with pytest.raises(InputError, match=r"table 14\.2: the layout 'cross' shows variables with one and the same"):
        build(results(plan=other), other)
