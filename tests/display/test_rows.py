"""The table of planned rows: literal plan and results in, texts out, worked by hand from R-103 to R-113."""

from dataclasses import replace

import pytest

from crf2csr.ard import Result
from crf2csr.display.model import Part, Table
from crf2csr.display.tables.rows import rows
from crf2csr.study import View
from tests.builders import study_view
from tests.plans import counted, plan_of, summarized

PLAN = plan_of("""
populations:
  fas: {label: Full analysis set, flag: FASFL}
  meas: {label: Measurable, flag: MEASFL}
columns:
  c:
    - {id: d75, label: 75 mg, spanner: Phase I}
    - {id: d100, label: 100 mg, spanner: Phase I}
    - {id: all, label: All}
analyses:
  response:
    {method: categories, data: adrs, populations: [fas, meas], columns: c, variables: [{name: AVALC, as: BOR}]}
  change:
    {method: summary, data: adtr, populations: [fas], columns: c, variables: [{name: AVAL, as: PCHG}]}
displays:
  t-1:
    layout: rows
    number: "14.1"
    title: Responses
    population: fas
    columns: c
    stub: Response
    parts: [{id: one, population: fas}, {id: two, population: meas}]
    notes: {second: B, first: A}
    rows:
      - {label: Block}
      - {label: CR, indent: 1, analysis: response, variable: BOR, category: CR, show: count_percent, note: first}
      - {label: 95% CI, indent: 2, analysis: response, variable: BOR, category: CR, show: interval, note: second}
      - {label: PR, indent: 1, analysis: response, variable: BOR, category: PR, show: count, note: first}
      - {indent: 1, analysis: response, variable: BOR, category: NON/CR, each: true, when_positive: true, show: count}
      - {label: PD, indent: 1, analysis: response, variable: BOR, category: PD, when_positive: true, show: count}
  t-2:
    layout: rows
    number: "14.2"
    title: Change
    population: fas
    columns: c
    parts: [{id: one, population: fas}]
    rows:
      - {label: n, analysis: change, variable: PCHG, show: n}
      - {label: Mean (SD), analysis: change, variable: PCHG, show: mean_sd, decimals: 1}
      - {label: Median, analysis: change, variable: PCHG, show: median, decimals: 1}
      - {label: "Q1, Q3", analysis: change, variable: PCHG, show: quartiles, decimals: 1}
      - {label: "Min, Max", analysis: change, variable: PCHG, show: min_max, decimals: 1}
      - {label: Individual values, analysis: change, variable: PCHG, show: individual, decimals: 1}
  t-3:
    layout: rows
    number: "14.3"
    title: Reasons
    population: fas
    columns: c
    parts: [{id: one, population: fas}]
    rows:
      - {indent: 2, analysis: response, variable: BOR, each: true, show: count_percent}
""")

STUDY = study_view(rows)


def table(display: str, results: list[Result], study: View = STUDY) -> Table:
    return rows(PLAN, display, results, study)


def texts(part: Part) -> dict[str, list[str]]:
    return {row.label: [cell.text for cell in row.cells] for row in part.rows}


# 3 subjects at 75 mg, none at 100 mg. Clopper-Pearson limits of tests/reference/exact_intervals.json, 1/3 and 0/3.
ONE_OF_THREE = (1, 0.00840375865961264, 0.905700675949754)
NONE_OF_THREE = (0, 0.0, 0.707598226178713)
NONE_AT_ALL = (0, 0.0, 0.0)


def response(analysis: str = "response-fas", total: int = 3) -> list[Result]:
    cr = ONE_OF_THREE if total else NONE_AT_ALL
    found = {"CR": cr, "PR": 0, "NON%2FCR": 2, "NON%2FCR/late": 1, "NON%2FCR/a%2Fb": 0, "PD": 0}
    if not total:
        found = {category: n if category == "CR" else 0 for category, n in found.items()}
    nobody = {category: NONE_AT_ALL if category == "CR" else 0 for category in found}
    columns = [("d75", total, found), ("d100", 0, nobody), ("all", total, found)]
    return [result for level, n, counts in columns for result in counted(analysis, level, "BOR", n, counts)]


def both(total_of_second: int = 3) -> list[Result]:
    return response() + response("response-meas", total_of_second)


def test_title_block_and_columns() -> None:
    found = table("t-1", both())
    assert (found.id, found.number, found.title, found.population) == ("t-1", "14.1", "Responses", "Full analysis set")
    assert found.stub == "Response"
    assert [(part.id, part.title) for part in found.parts] == [("one", "Full analysis set"), ("two", "Measurable")]
    heads = [(c.id, c.label, c.n, c.spanner) for c in found.parts[0].columns]
    assert heads == [("d75", "75 mg", 3, "Phase I"), ("d100", "100 mg", 0, "Phase I"), ("all", "All", 3, "")]


def test_counts_percentages_and_intervals() -> None:
    # 1/3 = 33.33 %; limits 0.84 and 90.57 %; a zero stands alone; a column without subjects has dashes only
    assert texts(table("t-1", both()).parts[0]) == {
        "Block": ["", "", ""],
        "CR [a]": ["1 (33.3)", "–", "1 (33.3)"],
        "95% CI [b]": ["(0.8, 90.6)", "–", "(0.8, 90.6)"],
        "PR [a]": ["0", "–", "0"],
        "Late": ["1", "–", "1"],
    }


def test_zero_may_carry_its_percentage() -> None:
    results = [r for level in ("d75", "d100", "all") for r in counted("response-fas", level, "BOR", 3, {"x": 0})]
    assert texts(table("t-3", results).parts[0]) == {"X": ["0", "0", "0"]}
    full = study_view(rows, display_zero_style="full")
    assert texts(table("t-3", results, full).parts[0]) == {"X": ["0 (0.0)", "0 (0.0)", "0 (0.0)"]}


def test_interval_of_zero_has_its_bounds() -> None:
    results = both() + counted("response-fas", "d75", "BOR", 3, {"CR": NONE_OF_THREE})  # the last one counts
    assert texts(table("t-1", results).parts[0])["95% CI [b]"] == ["(0.0, 70.8)", "–", "(0.8, 90.6)"]


def test_letters_follow_the_rows_not_the_list_of_notes() -> None:
    labels = [row.label for row in table("t-1", both()).parts[0].rows]
    assert [label[-3:] for label in labels if label.endswith("]")] == ["[a]", "[b]", "[a]"]


def test_headings_and_nesting() -> None:
    found = table("t-1", both()).parts[0].rows
    assert [(row.label, row.indent, row.heading) for row in found[:3]] == [
        ("Block", 0, True),
        ("CR [a]", 1, False),
        ("95% CI [b]", 2, False),
    ]


def test_nested_rows_without_anybody_are_dropped_and_planned_ones_stay() -> None:
    labels = list(texts(table("t-1", both()).parts[0]))
    assert "Late" in labels  # positive
    assert "A/b" not in labels  # nested, nobody
    assert "PD" not in labels  # when_positive, nobody
    assert "PR [a]" in labels  # nobody, but planned


def test_each_category_found_becomes_a_row_with_its_plain_name() -> None:
    results = [
        r for level in ("d75", "d100", "all") for r in counted("response-fas", level, "BOR", 2, {"x%2Fy": 1, "z": 2})
    ]
    found = table("t-3", results).parts[0]
    assert texts(found) == {"X/y": ["1 (50.0)"] * 3, "Z": ["2 (100.0)"] * 3}
    assert {row.indent for row in found.rows} == {2}


def test_cells_know_their_results() -> None:
    found = table("t-1", both()).parts[1]
    cells = {row.label: row.cells[0] for row in found.rows}
    at = "response-meas/c/d75/BOR"
    assert cells["CR [a]"].ids == (f"{at}/CR/n", f"{at}/CR/N", f"{at}/CR/estimate")
    assert cells["95% CI [b]"].ids == (f"{at}/CR/lower", f"{at}/CR/upper")
    assert cells["Late"].ids == (f"{at}/NON%2FCR/late/n", f"{at}/NON%2FCR/late/N")
    assert [cells[label].kind for label in ("Block", "CR [a]", "95% CI [b]", "PR [a]")] == [
        "text",
        "count_percent",
        "interval",
        "count",
    ]
    known = {result.id for result in both()}
    assert {id_ for row in found.rows for cell in row.cells for id_ in cell.ids} <= known


def test_a_part_without_subjects_keeps_its_columns_and_says_so() -> None:
    first, second = table("t-1", both(total_of_second=0)).parts
    assert first.empty == ""
    assert first.rows
    assert second.rows == ()
    assert [column.n for column in second.columns] == [0, 0, 0]
    assert second.empty == "No data to report: no subject met the criteria for this display. Criterion: Measurable."


# Summaries


def change(level: str, total: int, *values: float, **statistics: float | str) -> list[Result]:
    individual = {f"value{i}": value for i, value in enumerate(values, start=1)}
    return summarized("change-fas", level, "PCHG", total, n=len(values), **statistics, **individual)


ABSENT = dict.fromkeys(["mean", "sd", "median", "q1", "q3", "min", "max"], "–")
# 1 and 2.5: mean 1.75, type-2 quartiles 1 and 2.5
TWO = {"mean": 1.75, "sd": 1.0606601717798212, "median": 1.75, "q1": 1, "q3": 2.5, "min": 1, "max": 2.5}
ONE = {"mean": -30.04, "sd": "NC", "median": -30.04, "q1": -30.04, "q3": -30.04, "min": -30.04, "max": -30.04}
# 1, 2, 6: mean 3, variance (4 + 1 + 9) / 2 = 7, sd 2.6458; 3/4 and 9/4 are no whole numbers: first and third value
THREE = {"mean": 3, "sd": 7**0.5, "median": 2, "q1": 1, "q3": 6, "min": 1, "max": 6}


def test_summary_of_two_one_and_no_subject() -> None:
    # n < 3: individual values, no SD; one value: NC for the mean; nobody in the column: dashes, also for n
    results = change("d75", 2, 1, 2.5, **TWO) + change("d100", 0, **ABSENT) + change("all", 4, -30.04, **ONE)
    assert texts(table("t-2", results).parts[0]) == {
        "n": ["2", "–", "1"],
        "Mean (SD)": ["1.75", "–", "NC"],
        "Median": ["1.75", "–", "-30.04"],
        "Q1, Q3": ["1.00, 2.50", "–", "-30.04, -30.04"],
        "Min, Max": ["1.0, 2.5", "–", "-30.0, -30.0"],
        "Individual values": ["1.0; 2.5", "–", "-30.0"],
    }


def test_summary_of_three_subjects_beside_two() -> None:
    results = change("d75", 2, 1, 2.5, **TWO) + change("d100", 5, **ABSENT) + change("all", 7, 1, 2, 6, **THREE)
    found = texts(table("t-2", results).parts[0])
    assert found["n"] == ["2", "0", "3"]  # subjects, but no value
    assert found["Mean (SD)"] == ["1.75", "–", "3.00 (2.646)"]
    assert found["Individual values"] == ["1.0; 2.5", "–", "NA"]


def test_no_row_of_individual_values_where_no_column_is_small() -> None:
    results = change("d75", 3, 1, 2, 6, **THREE) + change("d100", 0, **ABSENT) + change("all", 3, 1, 2, 6, **THREE)
    assert "Individual values" not in texts(table("t-2", results).parts[0])


def test_small_n_is_a_setting() -> None:
    results = change("d75", 2, 1, 2.5, **TWO) + change("d100", 0, **ABSENT) + change("all", 2, 1, 2.5, **TWO)
    found = texts(table("t-2", results, study_view(rows, display_small_n=2)).parts[0])
    # SD of 1 and 2.5: 1.5 / sqrt(2) = 1.0607, three decimals for one collected
    assert found["Mean (SD)"] == ["1.75 (1.061)", "–", "1.75 (1.061)"]
    assert "Individual values" not in found


@pytest.mark.parametrize("display", ["t-1", "t-2"])
def test_rows_do_not_depend_on_the_order_of_results(display: str) -> None:
    results = both() + [r for level in ("d75", "d100", "all") for r in change(level, 2, 1, 2.5, **TWO)]
    assert table(display, results[::-1]) == table(display, results)


INCIDENCE = plan_of("""
populations: {saf: {label: Safety set, flag: SAFFL}}
columns:
  c:
    - {id: d75, label: 75 mg, spanner: Phase I}
    - {id: all, label: All}
analyses:
  ae:
    method: incidence
    data: adae
    populations: [saf]
    columns: c
    variables: [{name: AEBODSYS, within: AEDECOD, where: [{variable: AESER, op: eq, value: Y}]}]
displays:
  t-1:
    layout: rows
    number: "14.3"
    title: Events
    population: saf
    columns: c
    parts: [{id: one, population: saf}]
    rows:
      - {label: Any event, analysis: ae, variable: AEBODSYS, show: count_percent_events}
      - {indent: 1, analysis: ae, variable: AEBODSYS, each: true, show: count_percent_events, only: [d75]}
      - {label: Of those treated, analysis: ae, variable: AEBODSYS, show: fraction}
""")


def events(n: int = 1) -> list[Result]:
    """Return results of two columns: n subjects with an event of one class and two terms, three events each."""
    found = []
    for level, total in (("d75", 3), ("all", 4)):
        found += counted("ae-saf", level, "AEBODSYS", total, dict.fromkeys(("", "Gut", "Gut/A%2FB", "Gut/late"), n))
        places = [("ae-saf", "c", level, "AEBODSYS", c) for c in ("", "Gut", "Gut/A%2FB", "Gut/late")]
        found += [Result(*place, "events", 3 * n) for place in places]
    return found


def test_nested_categories_stand_one_step_to_the_right_of_what_holds_them() -> None:
    (part,) = rows(INCIDENCE, "t-1", events(), STUDY).parts
    assert [(row.indent, row.label) for row in part.rows] == [
        (0, "Any event"),
        (1, "Gut"),
        (2, "A/B"),
        (2, "Late"),
        (0, "Of those treated"),
    ]
    assert [cell.text for cell in part.rows[0].cells] == ["1 (33.3) [3]", "1 (25.0) [3]"]
    assert [cell.text for cell in part.rows[-1].cells] == ["1/3 (33.3)", "1/4 (25.0)"]


def test_a_term_of_events_stands_as_it_was_coded() -> None:
    results = [replace(result, method="incidence") for result in events()]
    (part,) = rows(INCIDENCE, "t-1", results, STUDY).parts
    assert [row.label for row in part.rows][1:4] == ["Gut", "A/B", "late"]


def test_a_row_that_does_not_apply_to_a_column_says_so() -> None:
    (part,) = rows(INCIDENCE, "t-1", events(), STUDY).parts
    assert [cell.text for cell in part.rows[1].cells] == ["1 (33.3) [3]", "NA"]
    assert part.rows[1].cells[1].ids == ()


def test_names_of_a_dictionary_are_printed_as_they_are_spelled() -> None:
    # a recorded reason begins with a capital letter ("Late" above), a term such as pH keeps its own
    terms = counted("ae-saf", "d75", "AEBODSYS", 3, dict.fromkeys(("", "Gut", "Gut/pH increased"), 1))
    events_of_each = [Result("ae-saf", "c", "d75", "AEBODSYS", c, "events", 1) for c in ("", "Gut", "Gut/pH increased")]
    both_columns = [replace(r, level=level) for level in ("d75", "all") for r in (*terms, *events_of_each)]
    (part,) = rows(INCIDENCE, "t-1", both_columns, STUDY).parts
    assert [row.label for row in part.rows] == ["Any event", "Gut", "pH increased", "Of those treated"]


DURATION = plan_of("""
populations: {fas: {label: Full analysis set, flag: FASFL}}
columns: {c: [{id: d75, label: 75 mg}, {id: all, label: All}]}
analyses:
  responders:
    method: categories
    data: adrs
    populations: [fas]
    columns: c
    variables: [{name: AVALC, as: CRSP, where: [{variable: PARAMCD, op: eq, value: CRSP}], categories: ["Y"]}]
  dor:
    method: survival
    data: adtte
    populations: [fas]
    columns: c
    variables: [{name: AVAL, as: DOR}]
displays:
  t-1:
    layout: rows
    number: "14.2"
    title: Duration
    population: fas
    columns: c
    parts: [{id: fas, population: fas}]
    rows:
      - {label: Responders, analysis: responders, variable: CRSP, category: "Y", show: count_percent}
      - {label: With an event, analysis: dor, variable: DOR, category: event, show: count_percent}
""")


def durations(responders: int) -> list[Result]:
    found = []
    for level in ("d75", "all"):
        found += counted("responders-fas", level, "CRSP", 3, {"Y": responders})
        found += counted("dor-fas", level, "DOR", responders, {"event": 0, "censored": responders})
    return found


def test_a_table_of_times_that_nobody_has_says_so() -> None:
    # Three subjects, no responder: rule E0, as of Table 14.2.2 in the list of displays
    (part,) = rows(DURATION, "t-1", durations(0), STUDY).parts
    assert part.rows == ()
    assert part.empty.endswith("Criterion: Full analysis set; PARAMCD = CRSP.")
    assert [column.n for column in part.columns] == [3, 3]
    (part,) = rows(DURATION, "t-1", durations(1), STUDY).parts
    assert texts(part) == {"Responders": ["1 (33.3)", "1 (33.3)"], "With an event": ["0", "0"]}


def test_a_table_of_events_that_nobody_had_says_so_with_the_criteria() -> None:
    (part,) = rows(INCIDENCE, "t-1", events(0), STUDY).parts
    assert part.rows == ()
    assert part.empty.endswith("Criterion: Safety set; AESER = Y.")
    assert [column.n for column in part.columns] == [3, 4]


def in_parts(palbociclib: int) -> Table:
    """Return the table of two page sets of one population, each with a row of its own and the heading of both."""
    plan = plan_of(
        """
populations: {saf: {label: Safety set, flag: SAFFL}}
columns: {c: [{id: all, label: All}]}
analyses:
  ae: {method: incidence, data: adae, populations: [saf], columns: c, variables: [
    {name: AREL, as: ANY, where: [{variable: AREL, op: eq, value: RELATED}]},
    {name: AREL, as: PAL, where: [{variable: PALRELFL, op: eq, value: "Y"}]}]}
displays:
  t-4:
    {layout: rows, number: "14.4", title: Related, population: saf, columns: c, empty: E0, parts: [
      {id: any, title: Any drug, population: saf}, {id: pal, population: saf}], rows: [
      {label: Both},
      {label: Any, analysis: ae, variable: ANY, show: count, parts: [any]},
      {label: Palbociclib, analysis: ae, variable: PAL, show: count, parts: [pal]}]}
"""
    )
    results = counted("ae-saf", "all", "ANY", 3, {"": 2}) + counted("ae-saf", "all", "PAL", 3, {"": palbociclib})
    return rows(plan, "t-4", results, STUDY)


def test_a_part_has_its_title_and_the_rows_that_stand_in_it() -> None:
    found = in_parts(1).parts
    assert [part.title for part in found] == ["Any drug", "Safety set"]
    assert [texts(part) for part in found] == [{"Both": [""], "Any": ["2"]}, {"Both": [""], "Palbociclib": ["1"]}]


def test_a_part_in_which_nobody_is_counted_says_so_with_its_own_criterion() -> None:
    found = in_parts(0).parts
    assert [bool(part.rows) for part in found] == [True, False]
    assert found[1].empty.endswith("Criterion: Safety set; PALRELFL = Y.")
