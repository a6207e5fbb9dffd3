"""Summaries by column: literal ADSL and ADTR in, results and members out, worked by hand."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crf2csr.analyze.summary import summary
from crf2csr.ard import Analysis
from tests.builders import study_view
from tests.plans import plan_of, typed

PLAN = plan_of("""
populations: {meas: {label: Measurable, flag: MEASFL}}
columns:
  c:
    - {id: d75, label: 75 mg, where: [{variable: TRT01PN, op: eq, value: 75}]}
    - {id: d100, label: 100 mg, where: [{variable: TRT01PN, op: eq, value: 100}]}
    - {id: d125, label: 125 mg, where: [{variable: TRT01PN, op: eq, value: 125}]}
    - {id: all, label: All}
analyses:
  change:
    method: summary
    data: adtr
    populations: [meas]
    columns: c
    variables:
      - {name: AVAL, as: BPCHG, where: [{variable: PARAMCD, op: eq, value: BPCHG}]}
""")

ADSL = typed(
    """
    USUBJID | MEASFL | TRT01PN
    A       | Y      | 75
    B       | Y      | 75
    C       | Y      | 75
    D       | Y      | 125
    E       | Y      | 125
    F       | N      | 125
    """,
    TRT01PN="Int64",
)
# C has no value, E no row, F is outside of the set, SUMDIAM is another parameter.
ADTR = typed(
    """
    USUBJID | PARAMCD | AVISIT | LESIONID | AVAL
    B       | BPCHG   |        |          | 25.5
    A       | BPCHG   |        |          | -50
    C       | BPCHG   |        |          |
    D       | BPCHG   |        |          | -10
    F       | BPCHG   |        |          | -99
    A       | SUMDIAM | TUM1   |          | 40
    """,
    AVAL="Float64",
)


STUDY = study_view(summary)


def run(adsl: pd.DataFrame = ADSL, adtr: pd.DataFrame = ADTR) -> Analysis:
    return summary(adsl, adtr, PLAN.analyses["change-meas"], STUDY)


def values(found: Analysis, level: str) -> dict[str, float | int | None]:
    return {r.statistic: r.value for r in found.results if r.level == level and r.variable}


def codes(found: Analysis, level: str) -> dict[str, str]:
    return {r.statistic: r.text for r in found.results if r.level == level and r.variable and r.text}


def test_two_values() -> None:
    found = values(run(), "d75")
    # -50 and 25.5: mean -24.5 / 2, both 37.75 from it, so variance 2 * 37.75^2 / 1; quartiles type 2
    assert found.pop("sd") == pytest.approx(37.75 * math.sqrt(2))
    assert found == {
        "n": 2,
        "mean": -12.25,
        "median": -12.25,
        "q1": -50,
        "q3": 25.5,
        "min": -50,
        "max": 25.5,
        "N": 3,
        "value1": -50,
        "value2": 25.5,
    }
    assert codes(run(), "d75") == {}


def test_one_value_has_no_sd() -> None:
    found = values(run(), "d125")
    assert (found["n"], found["N"], found["mean"], found["sd"], found["value1"]) == (1, 2, -10, None, -10)
    assert codes(run(), "d125") == {"sd": "NC"}


def test_column_without_value() -> None:
    found = values(run(), "d100")
    assert found == {"n": 0, "N": 0, **dict.fromkeys(["mean", "sd", "median", "q1", "q3", "min", "max"])}
    assert codes(run(), "d100") == dict.fromkeys(["mean", "sd", "median", "q1", "q3", "min", "max"], "–")
    assert all(r.warning for r in run().results if r.value is None)


def test_everybody_once() -> None:
    found = values(run(), "all")
    # -50, -10, 25.5: mean -34.5 / 3
    assert (found["n"], found["N"], found["mean"], found["median"]) == (3, 5, -11.5, -10)


INTERVAL = plan_of("""
populations: {meas: {label: Measurable, flag: MEASFL}}
columns:
  c:
    - {id: d75, label: 75 mg, where: [{variable: TRT01PN, op: eq, value: 75}]}
    - {id: d100, label: 100 mg, where: [{variable: TRT01PN, op: eq, value: 100}]}
    - {id: d125, label: 125 mg, where: [{variable: TRT01PN, op: eq, value: 125}]}
analyses:
  change:
    method: summary
    data: adtr
    populations: [meas]
    columns: c
    variables:
      - {name: AVAL, as: BPCHG, where: [{variable: PARAMCD, op: eq, value: BPCHG}], intervals: [""]}
""")


def test_interval_of_the_mean_where_the_plan_asks_for_it() -> None:
    view = study_view(summary, ci_level=0.5)
    found = summary(ADSL, ADTR, INTERVAL.analyses["change-meas"], view)
    # -50 and 25.5: standard error 37.75; t of 1 degree of freedom at 0.75 is tan(pi/4) = 1: -12.25 -+ 37.75
    limits = {name: pytest.approx(value) for name, value in (("mean_lower", -50.0), ("mean_upper", 25.5))}
    assert {name: value for name, value in values(found, "d75").items() if name.startswith("mean_")} == limits
    assert codes(found, "d125") == dict.fromkeys(["sd", "mean_lower", "mean_upper"], "NC")
    assert {codes(found, "d100")[name] for name in ("mean_lower", "mean_upper")} == {"–"}


def test_members_are_the_rows_summarized() -> None:
    members = [m for m in run().members if m.ard == "change-meas/c/all/BPCHG//n"]
    assert [m.row for m in members] == ["A|BPCHG||", "D|BPCHG||", "B|BPCHG||"]
    assert {m.dataset for m in members} == {"adtr"}


def test_nobody_at_all() -> None:
    found = run(ADSL.iloc[:0], ADTR.iloc[:0])
    assert {r.value for r in found.results} == {0, None}
    assert found.members == ()


@settings(max_examples=25)
@given(st.permutations(range(len(ADSL))), st.permutations(range(len(ADTR))))
def test_shuffled_rows_change_nothing(subjects: list[int], records: list[int]) -> None:
    assert run(ADSL.iloc[subjects], ADTR.iloc[records]) == run()
