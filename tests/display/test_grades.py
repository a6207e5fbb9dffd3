"""The table of maximum grades: literal results in, parts, rows and texts out (R-901, R-902, rule E0)."""

from crf2csr.ard import GRADES, Result, path
from crf2csr.display.model import NO_DATA, Part, Table
from crf2csr.display.tables.grades import grades
from tests.builders import study_view
from tests.plans import plan_of

PLAN = plan_of("""
populations: {saf: {label: Safety set, flag: SAFFL}}
columns:
  c:
    - {id: d75, label: 75 mg, spanner: Phase I}
    - {id: rp2d, label: "RP2D\\n(phase I + II)"}
    - {id: all, label: All}
analyses:
  worst:
    method: incidence
    data: adae
    populations: [saf]
    columns: c
    variables:
      - {name: AEBODSYS, within: AEDECOD, worst: AETOXGR, where: [{variable: TRTEMFL, op: eq, value: Y}]}
displays:
  t-1:
    layout: grades
    number: "14.3"
    title: Grades
    population: saf
    columns: c
    stub: Class
    parts: [{id: safety, population: saf}]
    notes: {first: A}
    rows:
      - {label: Any event, analysis: worst, variable: AEBODSYS, show: count_percent, note: first}
      - {analysis: worst, variable: AEBODSYS, each: true, show: count_percent}
""")


def of(level: str, total: int, *names: str, counts: tuple[int, ...]) -> list[Result]:
    place = ("worst-saf", "c", level, "AEBODSYS")
    found = []
    for grade, n in zip(GRADES, counts, strict=True):
        category = path(*names, grade)
        found += [Result(*place, category, "n", n), Result(*place, category, "N", total)]
        found.append(Result(*place, category, "estimate", n / total if total else None, "" if total else "–"))
    return found


def build() -> Table:
    zero = (0,) * 8
    results = [Result("worst-saf", "c", level, "", "", "N", n) for level, n in (("d75", 3), ("rp2d", 0), ("all", 4))]
    for level, total in (("d75", 3), ("rp2d", 0), ("all", 4)):
        rich, poor = level != "rp2d", level == "all"
        results += of(level, total, counts=(2, 1, 0, 0, 1, 0, 1, 0) if rich else zero)
        results += of(level, total, "Gut", counts=(2, 1, 0, 0, 1, 0, 1, 0) if rich else zero)
        results += of(level, total, "Gut", "A/B", counts=(1, 0, 0, 0, 1, 0, 1, 0) if rich else zero)
        results += of(level, total, "Skin", counts=(1, 0, 0, 0, 0, 0, 0, 1) if poor else zero)
        results += of(level, total, "Skin", "5", counts=(1, 0, 0, 0, 0, 0, 0, 1) if poor else zero)
    return grades(PLAN, "t-1", results, study_view(grades))


def lines(part: Part) -> list[str]:
    return ["  " * row.indent + " | ".join([row.label, *(cell.text for cell in row.cells)]) for row in part.rows]


def test_a_part_a_column_and_its_terms_only() -> None:
    first, _, last = build().parts
    assert (first.id, first.title) == ("d75", "Phase I, 75 mg (N=3)")
    assert lines(first) == [
        "Any event [a] | 2 (66.7) | 1 (33.3) | 0 | 0 | 1 (33.3) | 0 | 1 (33.3) | 0",
        "Gut | 2 (66.7) | 1 (33.3) | 0 | 0 | 1 (33.3) | 0 | 1 (33.3) | 0",
        "  A/B | 1 (33.3) | 0 | 0 | 0 | 1 (33.3) | 0 | 1 (33.3) | 0",
    ]
    # a term that is called like a grade stays a term
    assert lines(last)[-2:] == [
        "Skin | 1 (25.0) | 0 | 0 | 0 | 0 | 0 | 0 | 1 (25.0)",
        "  5 | 1 (25.0) | 0 | 0 | 0 | 0 | 0 | 0 | 1 (25.0)",
    ]


def test_columns_are_the_grades_without_a_number_of_subjects() -> None:
    columns = build().parts[0].columns
    assert [column.id for column in columns] == ["any", "1", "2", "3", "4", "5", "ge3", "missing"]
    assert {column.n for column in columns} == {None}


def test_a_part_without_subjects_says_so_with_the_criteria() -> None:
    empty = build().parts[1]
    assert (empty.title, empty.rows) == ("RP2D (phase I + II) (N=0)", ())
    assert empty.empty == f"{NO_DATA} Criterion: Safety set; TRTEMFL = Y."


def test_cells_know_their_results() -> None:
    row = build().parts[0].rows[2]
    assert row.cells[4].ids[0] == "worst-saf/c/d75/AEBODSYS/Gut/A%2FB/4/n"
