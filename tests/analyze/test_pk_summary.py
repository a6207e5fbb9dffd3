"""Summaries of concentrations by column: literal ADSL and ADPC in, results and members out, worked by hand."""

import math

import pandas as pd
import pytest

from crf2csr.analyze.pk_summary import pk_summary
from crf2csr.ard import Analysis
from crf2csr.display.invariants import check_members
from tests.builders import study_view
from tests.plans import plan_of, typed

PLAN = plan_of("""
populations: {pk: {label: PK, flag: PKFL}}
columns:
  c:
    - {id: d75, label: 75 mg, where: [{variable: TRT01PN, op: eq, value: 75}]}
    - {id: d100, label: 100 mg, where: [{variable: TRT01PN, op: eq, value: 100}]}
    - {id: d125, label: 125 mg, where: [{variable: TRT01PN, op: eq, value: 125}]}
analyses:
  pk:
    method: pk_summary
    data: adpc
    populations: [pk]
    columns: c
    variables:
      - {name: AVAL, as: H0, where: [{variable: NRRLT, op: eq, value: 0}, {variable: PKSUMXF, op: missing}]}
      - {name: AVAL, as: H8, where: [{variable: NRRLT, op: eq, value: 8}, {variable: PKSUMXF, op: missing}]}
""")
ADSL = typed(
    """
    USUBJID | PKFL | TRT01PN
    A       | Y    | 75
    B       | Y    | 75
    C       | Y    | 75
    D       | Y    | 75
    E       | Y    | 125
    F       | N    | 125
    """,
    TRT01PN="Int64",
)
# B is left out at 8 h, C is BLQ and missing by the rule, F is outside of the set.
ADPC = typed(
    """
    USUBJID | AVISIT | NRRLT | AVAL | BLQFL | PREDFL | PKSUMXF | ALLOQ
    A       | C1D1   | 0     | 0    | Y     | Y      |         | 1
    B       | C1D1   | 0     | 0    | Y     | Y      |         | 1
    C       | C1D1   | 0     | 1.5  |       | Y      |         | 1
    A       | C1D1   | 8     | 20   |       |        |         | 1
    B       | C1D1   | 8     | 99   |       |        | Y       | 1
    C       | C1D1   | 8     |      | Y     |        |         | 1
    D       | C1D1   | 8     | 5    |       |        |         | 1
    D       | C1D1   | 4     | 7    |       |        |         | 1
    E       | C1D1   | 8     | 0    | Y     |        |         | 1
    F       | C1D1   | 8     | 50   |       |        |         | 1
    """,
    NRRLT="Float64",
    AVAL="Float64",
    ALLOQ="Float64",
)


def run(adpc: pd.DataFrame = ADPC) -> Analysis:
    return pk_summary(ADSL, adpc, PLAN.analyses["pk-pk"], study_view(pk_summary))


def said(found: Analysis, level: str, variable: str, category: str = "") -> dict[str, object]:
    chosen = [r for r in found.results if (r.level, r.variable, r.category) == (level, variable, category)]
    return {r.statistic: r.text if r.value is None else r.value for r in chosen}


def test_values_after_the_rule_and_values_below_the_limit() -> None:
    found = run()
    # n = 20 and 5; one of three results is BLQ, which is not more than a third
    assert said(found, "d75", "H8") == {
        "n": 2,
        "mean": 12.5,
        "sd": pytest.approx(math.sqrt(2 * 7.5**2)),
        "cv": pytest.approx(100 * math.sqrt(2 * 7.5**2) / 12.5),
        "geo_mean": pytest.approx(10.0),
        "geo_cv": pytest.approx(100 * math.sqrt(math.exp(2 * math.log(2) ** 2) - 1)),
        "median": 12.5,
        "min": 5.0,
        "max": 20.0,
        "value1": 5.0,
        "value2": 20.0,
        "lloq": 1.0,
        "N": 4,
    }
    assert said(found, "d75", "H8", "BLQ") == {"n": 1, "N": 4}
    assert said(found, "d75", "H8", "GEO") == {"n": 2, "N": 4}


def test_before_the_dose() -> None:
    found = said(run(), "d75", "H0")
    assert {name: found[name] for name in ("n", "mean", "sd", "cv", "min", "geo_mean", "geo_cv")} == {
        **{"n": 3, "geo_mean": "NE", "geo_cv": "NE"},
        **dict.fromkeys(("mean", "sd", "cv", "min"), "NC"),
    }
    assert (found["median"], found["max"], found["value1"]) == (0.0, 1.5, 0.0)


def test_single_values_say_that_they_are_below_the_limit() -> None:
    texts = {r.statistic: r.text for r in run().results if (r.level, r.variable) == ("d75", "H0")}
    assert (texts["value1"], texts["value3"]) == ("BLQ", "")
    assert said(run(), "d125", "H8")["value1"] == 0.0


def test_an_empty_column() -> None:
    found = said(run(), "d100", "H8")
    assert {found[name] for name in ("mean", "sd", "cv", "geo_mean", "geo_cv", "median", "min", "max", "lloq")} == {"–"}
    assert (found["n"], found["N"]) == (0, 0)


def test_members_are_the_rows_counted() -> None:
    found = run()
    rows = {(m.ard.split("/")[2:5][0], *m.ard.split("/")[3:5], m.row) for m in found.members}
    assert ("d75", "H8", "BLQ", "C|C1D1|8") in rows
    assert ("d75", "H8", "", "C|C1D1|8") not in rows
    assert ("d75", "H8", "GEO", "A|C1D1|8") in rows
    assert list(check_members(found.results, found.members)) == []


def test_row_order_does_not_matter() -> None:
    assert run(ADPC.iloc[::-1]).results == run().results


def test_data_without_flags_of_samples() -> None:
    bare = ADPC.drop(columns=["PREDFL", "ALLOQ"])
    assert "lloq" not in said(run(bare), "d75", "H8")
    assert said(run(bare), "d75", "H0")["geo_mean"] == 1.5
