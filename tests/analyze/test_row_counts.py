"""Counts of rows: literal ADSL and ADRS in, counts of visits worked by hand out."""

import pandas as pd

from crf2csr.analyze.row_counts import row_counts
from crf2csr.ard import Analysis
from crf2csr.display.invariants import check_members
from tests.builders import study_view
from tests.plans import plan_of, typed

PLAN = plan_of("""
populations: {fas: {label: FAS, flag: FASFL}}
columns:
  c:
    - {id: none, label: None, where: [{variable: TRT01PN, op: eq, value: 125}]}
    - {id: all, label: All}
analyses:
  agreement:
    method: row_counts
    data: adrs
    populations: [fas]
    columns: c
    variables:
      - name: PARAMCD
        as: BOTH
        where: [{variable: PARAMCD, op: eq, value: OVRLRESP}, {variable: MATCHFL, op: present}]
        among: [{variable: PARAMCD, op: eq, value: OVRLRESP}]
        categories: [OVRLRESP]
      - name: MATCHFL
        where: [{variable: PARAMCD, op: eq, value: OVRLRESP}]
        categories: ["Y", "N"]
        within: AVISIT
      - name: MATCHCLS
        where: [{variable: MATCHFL, op: eq, value: "N"}]
        among: [{variable: PARAMCD, op: eq, value: OVRLRESP}, {variable: MATCHFL, op: present}]
""")
ADSL = typed(
    """
    USUBJID | FASFL | TRT01PN
    A       | Y     | 75
    B       | Y     | 75
    C       | N     | 75
    """,
    TRT01PN="Int64",
)
# A has three visits, one without the investigator's response; B one; C is outside the set; DBOR is no visit.
ADRS = typed(
    """
    USUBJID | PARAMCD  | AVISIT | MATCHFL | MATCHCLS
    A       | OVRLRESP | TUM10  | Y       |
    A       | OVRLRESP | TUM2   | N       | nadir
    A       | OVRLRESP | TUM3   |         |
    A       | DBOR     |        | Y       |
    B       | OVRLRESP | TUM2   | Y       |
    C       | OVRLRESP | TUM2   | Y       |
    """
)


def run(adrs: pd.DataFrame = ADRS) -> Analysis:
    return row_counts(ADSL, adrs, PLAN.analyses["agreement-fas"], study_view(row_counts))


def shown(found: Analysis, level: str) -> dict[str, tuple[float | int | None, float | int | None]]:
    values = {(r.variable, r.category, r.statistic): r.value for r in found.results if r.level == level}
    return {f"{v} {c}": (n, values[v, c, "N"]) for (v, c, s), n in values.items() if s == "n"}


def test_visits_are_counted_with_the_denominator_of_their_kind() -> None:
    assert shown(run(), "all") == {
        "BOTH OVRLRESP": (3, 4),  # of A's three visits two have both responses, and B's
        "MATCHFL Y": (2, 4),
        "MATCHFL Y/TUM2": (1, 2),  # of the visits TUM2 of A and B
        "MATCHFL Y/TUM3": (0, 1),
        "MATCHFL Y/TUM10": (1, 1),
        "MATCHFL N": (1, 4),
        "MATCHFL N/TUM2": (1, 2),
        "MATCHFL N/TUM3": (0, 1),
        "MATCHFL N/TUM10": (0, 1),
        "MATCHCLS nadir": (1, 3),
    }


def test_nested_categories_stand_in_natural_order() -> None:
    names = [r.category for r in run().results if r.level == "all" and r.statistic == "n" and "/" in r.category]
    assert names[:3] == ["Y/TUM2", "Y/TUM3", "Y/TUM10"]


def test_the_column_has_its_subjects_and_nobody_has_no_estimate() -> None:
    found = run().results
    assert {r.level: r.value for r in found if not r.variable} == {"none": 0, "all": 2}
    nobody = [r for r in found if r.level == "none" and r.variable == "BOTH"]
    assert [(r.statistic, r.value, r.text) for r in nobody] == [("n", 0, ""), ("N", 0, ""), ("estimate", None, "–")]


def test_no_rows_at_all() -> None:
    assert shown(run(ADRS.iloc[:0]), "all") == {"BOTH OVRLRESP": (0, 0), "MATCHFL Y": (0, 0), "MATCHFL N": (0, 0)}


def test_members_are_the_rows_counted() -> None:
    found = run()
    members = [m.row for m in found.members if m.ard == "agreement-fas/c/all/BOTH/OVRLRESP/n"]
    assert members == ["A|OVRLRESP|TUM10", "A|OVRLRESP|TUM2", "B|OVRLRESP|TUM2"]
    assert list(check_members(found.results, found.members)) == []
    # a row that is missing among the members of a count is found, though its subject has another
    fewer = [m for m in found.members if m.row != "A|OVRLRESP|TUM2"]
    assert "agreement-fas/c/all/BOTH/OVRLRESP/n: n is 3, its members are 2 rows" in list(
        check_members(found.results, fewer)
    )


def test_order_of_rows_changes_nothing() -> None:
    found, shuffled = run(), run(ADRS.iloc[::-1])
    assert shuffled.results == found.results
    assert sorted(shuffled.members, key=str) == sorted(found.members, key=str)
