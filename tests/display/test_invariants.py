"""Invariants of the displays: a sound display has no violation, and each planted defect gives its own."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from crf2csr.ard import Member, Result
from crf2csr.display import invariants
from crf2csr.display.model import Cell, Footer, Row, Table
from tests.display.examples import DISPLAYS, FIGURE, LISTING, TABLE
from tests.plans import counted

#: The results behind TABLE: CR 1 of 2, none of none, 0 of 1, together 1 of 3.
COUNTS = [("d75", 2, 1), ("d100", 0, 0), ("ph2", 1, 0), ("all", 3, 1)]
RESULTS = [r for level, total, n in COUNTS for r in counted("response-fas", level, "BOR", total, {"CR": n})]


def with_cell(row: int = 1, column: int = 0, **changes: Any) -> Table:
    cells = list(TABLE.parts[0].rows[row].cells)
    cells[column] = dataclasses.replace(cells[column], **changes)
    return with_row(row, cells=tuple(cells))


def with_row(row: int = 1, **changes: Any) -> Table:
    rows = list(TABLE.parts[0].rows)
    rows[row] = dataclasses.replace(rows[row], **changes)
    return with_part(rows=tuple(rows))


def with_part(**changes: Any) -> Table:
    return dataclasses.replace(TABLE, parts=(dataclasses.replace(TABLE.parts[0], **changes), TABLE.parts[1]))


def with_footer(**changes: Any) -> Table:
    return dataclasses.replace(TABLE, footer=dataclasses.replace(TABLE.footer, **changes))


def with_n(column: int, n: int) -> Table:
    columns = list(TABLE.parts[0].columns)
    columns[column] = dataclasses.replace(columns[column], n=n)
    return with_part(columns=tuple(columns))


def changed(level: str, statistic: str, value: int) -> list[Result]:
    """Return the results with one of them changed."""
    place = (level, "CR", statistic)
    return [dataclasses.replace(r, value=value) if (r.level, r.category, r.statistic) == place else r for r in RESULTS]


def test_sound_displays() -> None:
    assert [invariants.check_display(display, RESULTS) for display in DISPLAYS] == [[], [], []]
    assert invariants.check_appendix((*DISPLAYS, LISTING_16_2_6)) == []


LISTING_16_2_6 = dataclasses.replace(LISTING, id="l-16-2-6", number="16.2.6")
CELL = "t-14-1: part fas, row 2 (CR [a]), column"


@pytest.mark.parametrize(
    ("table", "violation"),
    [
        # types (5)
        (with_cell(text="1 (50%)"), f"{CELL} d75: '1 (50%)' does not fit a cell of kind 'count_percent'"),
        (with_cell(text="1 (50.0) "), f"{CELL} d75: '1 (50.0) ' does not fit a cell of kind 'count_percent'"),
        (with_cell(column=3, kind="number"), f"{CELL} all: '1 (33.3)' does not fit a cell of kind 'number'"),
        (with_cell(kind="unheard"), f"{CELL} d75: '1 (50.0)' does not fit a cell of kind 'unheard'"),
        (with_cell(kind="word"), f"{CELL} d75: '1 (50.0)' does not fit a cell of kind 'word'"),
        (with_cell(column=1, text="", ids=()), f"{CELL} d100: blank"),
        (
            with_cell(0, 0, text="x"),
            "t-14-1: part fas, row 1 (Confirmed response), column d75: 'x' in a heading row",
        ),
        # denominators (1)
        (with_n(1, 4), f"{CELL} d100: the denominator is 0, the header has N=4"),
        # parts of the whole (4)
        (with_n(0, 3), "t-14-1: part fas, N: 3 + 0 + 1 is not 3"),
        (with_cell(text="0"), "t-14-1: part fas, CR [a]: 0 + 0 + 0 is not 1"),
        # addresses (11)
        (with_cell(ids=()), f"{CELL} d75: '1 (50.0)' has no address"),
        (with_cell(ids=("response-fas/c/d75/BOR/XX/n",)), f"{CELL} d75: no result response-fas/c/d75/BOR/XX/n"),
        (with_cell(text="2 (99.9)"), f"{CELL} d75: '2 (99.9)' is not the count 1"),
        # notes (6)
        (with_row(label="CR"), "t-14-1: rows cite notes none; the footer has a"),
        (with_row(label="CR [b]"), "t-14-1: rows cite notes b; the footer has a"),
        (with_footer(notes=("Exact.",)), "t-14-1: rows cite notes a; the footer has none"),
        (with_footer(notes=("[a] x", "[b] y")), "t-14-1: rows cite notes a; the footer has a, b"),
        # texts, codes, bodies (10)
        (with_row(label="nan [a]"), "t-14-1: 'nan [a]' is no text for a page"),
        (with_cell(0, text="2019-01-01 (<NA>)"), "t-14-1: '2019-01-01 (<NA>)' is no text for a page"),
        (with_part(title="None"), "t-14-1: 'None' is no text for a page"),
        (with_footer(source="ADSL, NaT"), "t-14-1: 'ADSL, NaT' is no text for a page"),
        (with_footer(legend=""), "t-14-1: the code – is not explained"),
        (with_cell(text="NE"), "t-14-1: the code NE is not explained"),
        (with_part(rows=()), "t-14-1: part fas: neither rows nor the empty text"),
        (with_part(empty="No data."), "t-14-1: part fas: rows beside the empty text"),
        (with_row(cells=TABLE.parts[0].rows[1].cells[:3]), "t-14-1: part fas, row 2: 3 cells for 4 columns"),
    ],
)
def test_defects_of_a_table(table: Table, violation: str) -> None:
    assert violation in invariants.check_display(table, RESULTS)


def test_one_defect_gives_one_violation() -> None:
    assert len(invariants.check_display(with_row(label="CR"), RESULTS)) == 1
    assert len(invariants.check_display(with_n(1, 4), RESULTS)) == 2  # and the columns no longer add up


def test_words_of_a_closed_list() -> None:
    table = with_cell(column=0, text="n < 5", kind="word")
    assert any("kind 'word'" in violation for violation in invariants.check_display(table, RESULTS))
    assert not any("kind 'word'" in violation for violation in invariants.check_display(table, RESULTS, {"n < 5"}))


def test_a_code_is_legal_in_every_cell_if_it_is_explained() -> None:
    explained = with_footer(legend="– = no denominator; NC = not calculable.")
    cells = (*TABLE.parts[0].rows[1].cells[:3], Cell("NC", "interval"))
    part = dataclasses.replace(TABLE.parts[0], rows=(Row("CR [a]", cells),))
    table = dataclasses.replace(explained, parts=(part,))
    assert invariants.check_display(table, RESULTS) == []


@pytest.mark.parametrize("display", [LISTING, FIGURE], ids=["listing", "figure"])
@pytest.mark.parametrize(
    ("changes", "violation"),
    [
        ({"rows": (("01-001", "nan"),)}, "'nan' is no text for a page"),
        ({"rows": (("01-001", "NE"),)}, "the code NE is not explained"),
        ({"rows": (("01-001",),)}, "body, row 1: 1 cells for 2 columns"),
        ({"rows": ()}, "body: neither rows nor the empty text"),
        ({"footer": Footer(notes=("[a] x",))}, "rows cite notes none; the footer has a"),
    ],
)
def test_defects_of_listings_and_figures(display: Any, changes: dict[str, Any], violation: str) -> None:
    found = invariants.check_display(dataclasses.replace(display, **changes), ())
    assert found == [f"{display.id}: {violation}"]


def test_words_that_only_look_like_missing_values_are_texts() -> None:
    rows = (("Information", "nanogram"), ("None of these", "inf."))
    assert invariants.check_display(dataclasses.replace(LISTING, rows=rows), ()) == []


# Results


BOR = {"CR": 1, "PR": 2, "SD": 1, "NON-CR%2FNON-PD": 1, "PD": 2, "NE": 1, "MISSING": 1, "ORR": 3, "DCR": 5}


@pytest.mark.parametrize(
    ("changes", "violations"),
    [
        ({}, []),
        ({"NE/early": 1}, []),  # nested below NE, not beside it
        ({"PD": 1}, ["response-fas, column all, BOR: the responses add to 8, N is 9"]),
        ({"ORR": 4}, ["response-fas, column all, BOR: ORR is 4, not CR + PR"]),
        ({"DCR": 4}, ["response-fas, column all, BOR: DCR is 4, not CR + PR + SD + NON-CR/NON-PD"]),
    ],
)
def test_responses_add_up(changes: dict[str, int], violations: list[str]) -> None:
    results = counted("response-fas", "all", "BOR", 9, BOR | changes)
    assert list(invariants.check_responses(results)) == violations
    table = dataclasses.replace(TABLE, parts=TABLE.parts[1:], footer=Footer())
    assert invariants.check_display(table, results) == [f"t-14-1: {violation}" for violation in violations]


def test_other_categories_need_not_add_up() -> None:
    assert list(invariants.check_responses(counted("sets-fas", "all", "SAFFL", 9, {"Y": 1}))) == []


@pytest.mark.parametrize(
    ("column", "n", "violation"),
    [("d75", 2, []), ("d75", 3, ["part fas, column d75: N=2, ADSL has 3"])],
)
def test_denominators_are_those_of_adsl(column: str, n: int, violation: list[str]) -> None:
    counts = {("fas", level): total for level, total, _ in COUNTS} | {("meas", "all"): 0, ("fas", column): n}
    assert list(invariants.check_counts(TABLE, counts)) == violation


def test_a_column_that_adsl_does_not_know() -> None:
    assert len(list(invariants.check_counts(TABLE, {}))) == 5


def test_a_count_that_is_not_its_result() -> None:
    found = invariants.check_display(TABLE, changed("d75", "n", 2))
    assert found == [f"{CELL} d75: '1 (50.0)' is not the count 2"]


MEMBERS = [
    Member("response-fas/c/d75/BOR/CR/n", "adrs", "X-1|BOR|"),
    Member("response-fas/c/d75/BOR/CR/n", "adrs", "X-1|BOR|TUM2"),  # the same subject
    Member("response-fas/c/all/BOR/CR/n", "adrs", "X-1|BOR|"),
]


@pytest.mark.parametrize(
    ("change", "violations"),
    [
        (lambda members: members, []),
        (lambda members: members[:2], ["response-fas/c/all/BOR/CR/n: n is 1, its members are 0 subjects"]),
        (
            lambda members: [*members, members[2]._replace(row="X-2|BOR|")],
            ["response-fas/c/all/BOR/CR/n: n is 1, its members are 2 subjects"],
        ),
        (
            lambda members: [*members, members[2]._replace(ard="response-fas/c/all/BOR/XX/n")],
            ["response-fas/c/all/BOR/XX/n: has members and is no count"],
        ),
    ],
)
def test_members_are_the_numerator(change: Callable[[list[Member]], list[Member]], violations: list[str]) -> None:
    assert list(invariants.check_members(RESULTS, change(MEMBERS))) == violations


# Appendix


def test_ids_and_numbers_are_unique_within_their_kind() -> None:
    twin = dataclasses.replace(TABLE, id="t-14-9")
    assert invariants.check_appendix((*DISPLAYS, twin)) == ["Table 14.1: the number is used 2 times"]
    twin = dataclasses.replace(TABLE, number="14.9")
    assert invariants.check_appendix((*DISPLAYS, twin)) == ["t-14-1: the id is used 2 times"]


def test_every_display_cited_exists() -> None:
    assert invariants.check_appendix((TABLE, FIGURE)) == ["t-14-1: Listing 16.2.1 is cited and does not exist"]
    footer = Footer(notes=("See Table 14.2.1-S2 and Figure 14.1.",), source="ADTR; Table 14.1.")
    citing = dataclasses.replace(FIGURE, footer=footer)
    assert invariants.check_appendix((TABLE, LISTING, citing)) == [
        "f-14-1: Table 14.2.1-S2 is cited and does not exist"
    ]


def incidences(*counts: tuple[str, int]) -> list[Result]:
    return counted("ae-safety", "all", "SOC", 9, dict(counts))


GRADED = [("Any", 6), ("1", 1), ("2", 1), ("3", 1), ("4", 1), ("5", 1), (">=3", 3), ("Missing", 1)]


@pytest.mark.parametrize("prefix", ["", "Gut/", "Gut/A%2FB/"])
def test_grades_add_to_any(prefix: str) -> None:
    good = incidences(*((f"{prefix}{grade}", n) for grade, n in GRADED))
    assert list(invariants.check_grades(good)) == []
    for place in range(len(GRADED)):
        # one grade more or less breaks its sum, wherever it is
        wrong = [(f"{prefix}{grade}", n + (i == place)) for i, (grade, n) in enumerate(GRADED)]
        assert len(list(invariants.check_grades(incidences(*wrong)))) == 1


def test_a_term_called_like_a_grade_is_no_grade() -> None:
    assert list(invariants.check_grades(incidences(("5", 2), ("5/Any", 2)))) == []


def test_a_nested_category_counts_no_more_than_what_holds_it() -> None:
    assert list(invariants.check_nested(incidences(("", 3), ("Gut", 3), ("Gut/A%2FB", 3), ("A%2FB", 2)))) == []
    found = invariants.check_nested(incidences(("", 2), ("Gut", 3), ("Gut/A%2FB", 4)))
    assert list(found) == [
        "ae-safety, column all, SOC: 3 subjects with Gut, 2 with any",
        "ae-safety, column all, SOC: 4 subjects with Gut/A%2FB, 3 with Gut",
    ]


def test_of_grades_only_any_is_held_by_what_is_above() -> None:
    # A subject at grade 1 of a term may have grade 3 of another: more subjects at 1 of the term than of the class.
    good = incidences(("Any", 2), ("1", 0), ("Gut/Any", 2), ("Gut/1", 0), ("Gut/Rash/Any", 2), ("Gut/Rash/1", 2))
    assert list(invariants.check_nested(good)) == []
    wrong = incidences(("Any", 2), ("Gut/Any", 3), ("Gut/Rash/Any", 4))
    assert len(list(invariants.check_nested(wrong))) == 2


def narrowed(first: int, second: int, kind: str = "count_percent") -> tuple[Table, list[Result]]:
    """Return a table of two rows: `first` of 3, then 1 of `second`."""
    results = counted("a", "all", "X", 3, {"N": first}) + counted("a", "all", "X", second, {"Y": 1})
    texts = (f"{first} ({round(100 * first / 3, 1)})", "1/2 (50.0)" if kind == "fraction" else "1 (50.0)")
    at = "a/c/all/X"
    cells = [Cell(texts[0], "count_percent", (f"{at}/N/n",)), Cell(texts[1], kind, (f"{at}/Y/n",))]
    part = dataclasses.replace(
        TABLE.parts[0],
        title="All (N=3)",
        columns=(dataclasses.replace(TABLE.parts[0].columns[0], n=3),),
        rows=(Row("evaluable", (cells[0],)), Row("of these", (cells[1],))),
    )
    return dataclasses.replace(TABLE, parts=(part,)), results


def test_another_denominator_is_shown_as_a_count_above() -> None:
    assert list(invariants.check_denominators(*narrowed(2, 2))) == []
    (violation,) = invariants.check_denominators(*narrowed(1, 2))
    assert violation.endswith("the denominator is 2, the header has N=3")
    assert list(invariants.check_denominators(*narrowed(1, 2, "fraction"))) == []  # it shows its own


def test_a_part_may_have_its_number_of_subjects_in_the_title() -> None:
    table, results = narrowed(2, 2)
    (part,) = table.parts
    bare = dataclasses.replace(part, columns=(dataclasses.replace(part.columns[0], n=None),))
    assert list(invariants.check_denominators(dataclasses.replace(table, parts=(bare,)), results)) == []
    other = dataclasses.replace(bare, title="All (N=4)")
    assert len(list(invariants.check_denominators(dataclasses.replace(table, parts=(other,)), results))) == 1


def test_events_of_a_cell_are_those_of_its_results() -> None:
    results = [Result("a", "c", "all", "X", "Y", s, v) for s, v in (("n", 1), ("N", 3), ("events", 4))]
    ids = tuple(r.id for r in results)
    row = Row("row", (Cell("1 (33.3) [4]", "count_percent_events", ids),))
    one = dataclasses.replace(TABLE.parts[0], columns=TABLE.parts[0].columns[:1], rows=(row,))
    table = dataclasses.replace(TABLE, parts=(one,))
    assert list(invariants.check_addresses(table, results)) == []
    results[2] = dataclasses.replace(results[2], value=5)
    (violation,) = invariants.check_addresses(table, results)
    assert violation.endswith("does not show the events [5]")


def test_a_row_that_does_not_apply_to_all_columns_is_not_added_up() -> None:
    cells = list(TABLE.parts[0].rows[1].cells)
    assert list(invariants.check_whole(with_row(cells=(*cells[:-1], Cell("NA", "count_percent"))))) == []
