"""Subgroups: `subset` of a variable narrows numerator, denominator and members alike; counted by hand."""

import pandas as pd
import pytest

from crf2csr.analyze.incidence import incidence
from crf2csr.analyze.proportions import proportions
from crf2csr.analyze.summary import summary
from crf2csr.ard import Analysis
from crf2csr.display.invariants import check_members
from tests.builders import study_view
from tests.plans import plan_of, typed

PLAN = plan_of("""
populations: {fas: {label: FAS, flag: FASFL}}
columns:
  c:
    - {id: rp2d, label: RP2D, where: [{variable: RP2DFL, op: eq, value: Y}]}
    - {id: all, label: All}
analyses:
  response:
    method: proportions
    data: adrs
    populations: [fas]
    columns: c
    variables:
      - {name: AVALC, as: ALL, categories: [Y], intervals: [Y]}
      - {name: AVALC, as: ECOG0, subset: [{variable: ECOGBL, op: eq, value: 0}], categories: [Y], intervals: [Y]}
      - {name: AVALC, as: ECOG12, subset: [{variable: ECOGBL, op: in, value: [1, 2]}], categories: [Y], intervals: [Y]}
      - {name: AVALC, as: ECOGNK, subset: [{variable: ECOGBL, op: missing}], categories: [Y], intervals: [Y]}
      - name: AVALC
        as: BOTH
        subset: [{variable: ECOGBL, op: eq, value: 0}, {variable: VISCERAL, op: eq, value: Y}]
        among: [{variable: AVALC, op: eq, value: Y}]
        categories: [Y]
        intervals: [Y]
  change:
    method: summary
    data: adtr
    populations: [fas]
    columns: c
    variables:
      - {name: AVAL, as: ECOG0, subset: [{variable: ECOGBL, op: eq, value: 0}]}
      - {name: AVAL, as: NOBODY, subset: [{variable: ECOGBL, op: gt, value: 4}]}
  events:
    method: incidence
    data: adae
    populations: [fas]
    columns: c
    variables:
      - {name: AEDECOD, subset: [{variable: VISCERAL, op: eq, value: Y}]}
""")
# E responds with ECOG 0 and is outside the population; D has no ECOG.
ADSL = typed(
    """
    USUBJID | FASFL | RP2DFL | ECOGBL | VISCERAL
    A       | Y     | Y      | 0      | Y
    B       | Y     | N      | 0      | N
    C       | Y     | Y      | 1      | Y
    D       | Y     | Y      |        | N
    E       | N     | Y      | 0      | Y
    """,
    ECOGBL="Int64",
)
ADRS = typed("""
    USUBJID | PARAMCD | AVISIT | AVALC
    A       | CRSP    |        | Y
    B       | CRSP    |        | N
    C       | CRSP    |        | Y
    D       | CRSP    |        | Y
    E       | CRSP    |        | Y
    """)
ADTR = typed(
    """
    USUBJID | PARAMCD | AVISIT | LESIONID | AVAL
    A       | BPCHG   | TUM1   |          | -40
    B       | BPCHG   | TUM1   |          | 10
    C       | BPCHG   | TUM1   |          | 99
    """,
    AVAL="Float64",
)
ADAE = typed("""
    USUBJID | AESEQ | AEDECOD
    A       | 1     | Fatigue
    B       | 1     | Fatigue
    B       | 2     | Rash
    """)


def run() -> Analysis:
    return proportions(ADSL, ADRS, PLAN.analyses["response-fas"], study_view(proportions))


def counts(found: Analysis, level: str) -> dict[str, tuple[float | int | None, ...]]:
    """Return n and N of each variable in a column."""
    of = {(r.variable, r.statistic): r.value for r in found.results if r.level == level and r.variable}
    return {variable: (of[variable, "n"], of[variable, "N"]) for variable, statistic in of if statistic == "n"}


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        # A responds; of C and D, RP2D both, C has ECOG 1; B (ECOG 0, no response) is not RP2D
        ("all", {"ALL": (3, 4), "ECOG0": (1, 2), "ECOG12": (1, 1), "ECOGNK": (1, 1), "BOTH": (1, 1)}),
        ("rp2d", {"ALL": (3, 3), "ECOG0": (1, 1), "ECOG12": (1, 1), "ECOGNK": (1, 1), "BOTH": (1, 1)}),
    ],
)
def test_numerator_and_denominator_are_those_of_the_subgroup(level, expected):
    assert counts(run(), level) == expected


def test_the_column_keeps_its_own_n():
    assert [r.value for r in run().results if (r.level, r.variable, r.statistic) == ("all", "", "N")] == [4]


def test_members_are_exactly_the_numerator():
    found = run()
    assert list(check_members(found.results, found.members)) == []
    assert [m.row.split("|")[0] for m in found.members if "/all/ECOG0/" in m.ard] == ["A"]


def test_limits_are_those_of_the_subgroup():
    # 1 of 2, Clopper-Pearson 95 %: 1 - sqrt(0.975) = 0.01258 and sqrt(0.975) = 0.98742
    place = {(r.level, r.variable, r.statistic): r.value for r in run().results}
    assert place["all", "ECOG0", "lower"] == pytest.approx(0.01258, abs=5e-6)
    assert place["all", "ECOG0", "upper"] == pytest.approx(0.98742, abs=5e-6)


def test_a_summary_knows_its_subgroup():
    found = summary(ADSL, ADTR, PLAN.analyses["change-fas"], study_view(summary))
    of = {(r.variable, r.statistic): (r.value, r.text) for r in found.results if r.level == "all"}
    assert [of["ECOG0", name][0] for name in ("n", "N", "min", "max")] == [2, 2, -40, 10]
    assert (of["NOBODY", "n"][0], of["NOBODY", "N"][0], of["NOBODY", "mean"]) == (0, 0, (None, "–"))
    assert len([m for m in found.members if "/all/ECOG0/" in m.ard]) == 2


def test_events_know_their_subgroup():
    found = incidence(ADSL, ADAE, PLAN.analyses["events-fas"], study_view(incidence))
    of = {(r.category, r.statistic): r.value for r in found.results if r.level == "all" and r.variable}
    assert (of["Fatigue", "n"], of["Fatigue", "N"]) == (1, 2)  # of A and C only A; B is not visceral
    assert ("Rash", "n") not in of


def test_order_of_rows_changes_nothing():
    other = proportions(ADSL.iloc[::-1], ADRS.iloc[::-1], PLAN.analyses["response-fas"], study_view(proportions))
    assert run().results == other.results
    assert pd.Series([m.row for m in run().members]).sort_values().tolist() == sorted(m.row for m in other.members)
