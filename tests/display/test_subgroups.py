"""The subgroup table: what its cells show, and that the planned subgroups part every set of subjects exactly."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crf2csr.display.invariants import check_addresses, check_cells, check_denominators
from crf2csr.display.model import Table
from crf2csr.display.tables.rows import rows
from crf2csr.plan import RowSpec
from crf2csr.plan_checks import load_plan
from crf2csr.select import subjects_in_subset
from tests.builders import study_view
from tests.plans import counted, plan_of

TABLE, FIGURE = "t-14-2-1-3", "f-14-2-10"
PLAN = plan_of("""
populations: {fas: {label: FAS, flag: FASFL}}
columns: {c: [{id: rp2d, label: RP2D}, {id: all, label: All}]}
analyses:
  sub: {method: proportions, data: adrs, populations: [fas], columns: c, variables: [{name: AVALC}]}
displays:
  t-1:
    layout: rows
    number: 14.2.1.3
    title: Subgroups
    population: fas
    columns: c
    parts: [{id: fas, population: fas}]
    rows:
      - {label: "All: responders/n (%)", analysis: sub, variable: ALL, category: Y, show: fraction}
      - {label: 95% CI, indent: 1, analysis: sub, variable: ALL, category: Y, show: interval}
      - {label: Age}
      - {label: Low, indent: 1, analysis: sub, variable: LOW, category: Y, show: count_of}
      - {label: ORR, indent: 2, analysis: sub, variable: LOW, category: Y, show: estimate_of}
      - {label: Unknown, indent: 1, analysis: sub, variable: NK, category: Y, show: count_of, when_positive: true}
      - {label: ORR, indent: 2, analysis: sub, variable: NK, category: Y, show: estimate_of, when_positive: true}
""")
#: The legal words of the study hold this one.
WORDS = {"n < 5"}


def table(low: tuple[int, int], unknown: tuple[int, int], everybody: int = 18) -> tuple[Table, list]:
    """Return the table of (responders, subjects) of two subgroups in column All; column RP2D is empty."""
    results = []
    for name, (n, total) in {"LOW": low, "NK": unknown, "ALL": (6, everybody)}.items():
        found = counted("sub-fas", "all", name, total, {"Y": (n, 0.133, 0.590)})
        found += counted("sub-fas", "rp2d", name, 0, {"Y": (0, 0.0, 1.0)})
        # N of the column stands once, and is that of all subjects
        results += [result for result in found if result.variable or name == "ALL"]
    return rows(PLAN, "t-1", results, study_view(rows)), results


def texts(made: Table) -> list[tuple[str, ...]]:
    return [(row.label, *(cell.text for cell in row.cells)) for row in made.parts[0].rows]


def test_a_subgroup_shows_responders_rate_and_limits() -> None:
    made, results = table((6, 18), (0, 0))
    assert texts(made) == [
        ("All: responders/n (%)", "–", "6/18 (33.3)"),
        ("95% CI", "–", "(13.3, 59.0)"),
        ("Age", "", ""),
        ("Low", "–", "6/18"),
        ("ORR", "–", "33.3 (13.3, 59.0)"),
    ]
    assert [*check_cells(made, WORDS), *check_addresses(made, results), *check_denominators(made, results)] == []


@pytest.mark.parametrize(("total", "expected"), [(1, "n < 5"), (4, "n < 5"), (5, "20.0 (13.3, 59.0)")])
def test_a_subgroup_of_fewer_than_five_has_the_word(total: int, expected: str) -> None:
    made, results = table((1, total), (0, 0))
    assert texts(made)[3:] == [("Low", "–", f"1/{total}"), ("ORR", "–", expected)]
    assert [*check_cells(made, WORDS), *check_addresses(made, results)] == []


def test_unknown_stands_where_there_is_any_and_without_a_responder_too() -> None:
    assert texts(table((6, 16), (0, 2))[0])[5:] == [("Unknown", "–", "0/2"), ("ORR", "–", "n < 5")]


# The plan of the study


def factors(display: str) -> dict[str, list[RowSpec]]:
    """Return the rows below each heading of a display, those that show a rate."""
    found: dict[str, list[RowSpec]] = {}
    for row in load_plan("nct03709082").file.displays[display].rows:
        if not row.analysis:
            found[row.label] = []
        elif row.indent and row.show == "estimate_of":
            found[list(found)[-1]].append(row)
    return found


VALUES = {
    "AGEGR1": ["<65", "65-<75", ">=75", None],
    "ECOGBL": [0, 1, 2, 3, 4, 5, None],
    "VISCERAL": ["Y", "N", None],
    "MEASURED": [("Y", None), ("N", "No target lesion at baseline"), ("N", "No baseline tumor assessment")],
    "PRIORPER": ["Y", "N", None],
    "PRLINGR1": ["0-1", "2", ">=3", None],
}


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(*(st.sampled_from(values) for values in VALUES.values())), min_size=1, max_size=8))
def test_every_subject_is_in_one_category_of_every_subgroup(people: list[tuple]) -> None:
    frame = pd.DataFrame(people, columns=list(VALUES)).assign(USUBJID=[f"S{i}" for i in range(len(people))])
    frame["MEASFL"], frame["MEASREAS"] = zip(*frame.pop("MEASURED"), strict=True)
    adsl = frame.astype({name: "string" for name in frame if name != "ECOGBL"}).astype({"ECOGBL": "Int64"})
    variables = {v.label: v for v in load_plan("nct03709082").file.analyses["subgroups"].variables}
    for name, shown in factors(TABLE).items():
        inside = [subjects_in_subset(adsl["USUBJID"], adsl, variables[row.variable]) for row in shown]
        assert sorted(subject for group in inside for subject in group) == sorted(adsl["USUBJID"]), name


def test_the_forest_draws_the_subgroups_of_the_table() -> None:
    shown, drawn = factors(TABLE), factors(FIGURE)
    assert list(shown) == list(drawn)
    assert len(shown) == 6
    assert {name: [row.variable for row in found] for name, found in shown.items()} == {
        name: [row.variable for row in found] for name, found in drawn.items()
    }
    unknown = [row.when_positive for found in drawn.values() for row in found if row.label == "Unknown"]
    assert unknown == [True] * 6
