"""Counts of subjects by category: literal ADSL and ADRS in, results and members out, counted by hand."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crf2csr.analyze.proportions import proportions
from crf2csr.ard import Analysis, Result
from crf2csr.study import View
from tests.builders import study_view
from tests.plans import plan_of, typed

PLAN = plan_of("""
populations: {saf: {label: Safety, flag: SAFFL}}
columns:
  c:
    - {id: d75, label: 75 mg, where: [{variable: TRT01PN, op: eq, value: 75}]}
    - {id: d100, label: 100 mg, where: [{variable: TRT01PN, op: eq, value: 100}]}
    - {id: d125, label: 125 mg, where: [{variable: TRT01PN, op: eq, value: 125}]}
    - {id: rp2d, label: RP2D, where: [{variable: RP2DFL, op: eq, value: Y}]}
    - {id: all, label: All}
analyses:
  response:
    method: categories
    data: adrs
    populations: [saf]
    columns: c
    variables:
      - name: AVALC
        as: BOR
        where: [{variable: PARAMCD, op: eq, value: BOR}]
        categories: [CR, PR, NON-CR/NON-PD, NE]
        within: REASON
        composites: {ORR: [CR, PR]}
        intervals: [CR, ORR]
  found:
    method: categories
    data: adrs
    populations: [saf]
    columns: c
    variables:
      - {name: REASON}
""")

ADSL = typed(
    """
    USUBJID | SAFFL | TRT01PN | RP2DFL
    A       | Y     | 75      | N
    B       | Y     | 75      | N
    C       | Y     | 125     | Y
    D       | Y     | 125     | Y
    E       | N     | 125     | Y
    """,
    TRT01PN="Int64",
)
# E is outside the population, CBOR is another parameter, D has no reason.
ADRS = typed(
    """
    USUBJID | PARAMCD | AVISIT | AVALC         | REASON
    A       | BOR     |        | CR            |
    A       | CBOR    |        | PR            | unconfirmed
    B       | BOR     |        | NE            | SD too early
    C       | BOR     |        | PR            | a/b
    D       | BOR     |        | NON-CR/NON-PD |
    E       | BOR     |        | CR            |
    """
)


STUDY = study_view(proportions)


def run(name: str = "response", adsl: pd.DataFrame = ADSL, adrs: pd.DataFrame = ADRS, study: View = STUDY) -> Analysis:
    return proportions(adsl, adrs, PLAN.analyses[f"{name}-saf"], study)


def values(found: Analysis, level: str, statistic: str) -> dict[str, float | int | None]:
    return {r.category: r.value for r in found.results if (r.level, r.statistic) == (level, statistic) and r.variable}


def result(found: Analysis, *address: str) -> Result:
    [only] = [r for r in found.results if (r.level, r.category, r.statistic) == address]
    return only


@pytest.mark.parametrize(
    ("level", "total", "expected"),
    [
        # A has CR, B has NE for one reason
        ("d75", 2, {"CR": 1, "PR": 0, "NON-CR%2FNON-PD": 0, "NE": 1, "NE/SD too early": 1, "ORR": 1}),
        ("d100", 0, {"CR": 0, "PR": 0, "NON-CR%2FNON-PD": 0, "NE": 0, "NE/SD too early": 0, "ORR": 0}),
        # C has PR, D NON-CR/NON-PD; both are in two columns
        ("d125", 2, {"CR": 0, "PR": 1, "NON-CR%2FNON-PD": 1, "NE": 0, "NE/SD too early": 0, "ORR": 1}),
        ("rp2d", 2, {"CR": 0, "PR": 1, "NON-CR%2FNON-PD": 1, "NE": 0, "NE/SD too early": 0, "ORR": 1}),
        # and once here: 2 + 0 + 2 subjects, not 2 + 0 + 2 + 2
        ("all", 4, {"CR": 1, "PR": 1, "NON-CR%2FNON-PD": 1, "NE": 1, "NE/SD too early": 1, "ORR": 2}),
    ],
)
def test_counts(level: str, total: int, expected: dict[str, int]) -> None:
    found = run()
    counts = values(found, level, "n")
    nested = {"PR/a%2Fb": expected["PR"]}  # the reason of C: a slash in it does not nest
    assert counts == expected | nested
    assert result(found, level, "", "N").value == total
    assert values(found, level, "N") == dict.fromkeys(counts, total)


def test_order_is_planned_with_nested_below_and_composites_last() -> None:
    categories_ = [r.category for r in run().results if r.level == "d75" and r.statistic == "n"]
    assert categories_ == ["CR", "PR", "PR/a%2Fb", "NON-CR%2FNON-PD", "NE", "NE/SD too early", "ORR"]


def test_proportions_and_intervals_where_planned() -> None:
    found = run()
    assert values(found, "d75", "estimate")["ORR"] == 0.5
    limits = [values(found, "d75", statistic) for statistic in ("lower", "upper")]
    # Clopper-Pearson of 1/2: 1 - (1 - p)^2 = 0.025 and p^2 = 0.975 solved for p
    assert limits[0] == pytest.approx({"CR": 1 - math.sqrt(0.975), "ORR": 1 - math.sqrt(0.975)})
    assert limits[1] == pytest.approx({"CR": math.sqrt(0.975), "ORR": math.sqrt(0.975)})
    assert {r.method for r in found.results if r.statistic == "lower"} == {"clopper_pearson"}


def test_interval_method_and_level_follow_the_study() -> None:
    # tests/reference/exact_intervals.json, 1/2: Wilson 95 %
    assert result(run(study=study_view(proportions, ci_method="wilson")), "d75", "ORR", "lower").value == pytest.approx(
        0.0945312057342307
    )
    # Clopper-Pearson 90 % of 1/2: 1 - (1 - p)^2 = 0.05
    assert result(run(study=study_view(proportions, ci_level=0.9)), "d75", "ORR", "lower").value == pytest.approx(
        1 - math.sqrt(0.95)
    )


def test_column_without_subjects_has_codes_and_no_number() -> None:
    found = run()
    for statistic in ("estimate", "lower", "upper"):
        absent = result(found, "d100", "ORR", statistic)
        assert (absent.value, absent.text) == (None, "–")
        assert absent.warning
    assert result(found, "d75", "ORR", "estimate").text == ""


def test_no_denominator_in_a_column_with_subjects_has_no_interval() -> None:
    plan = plan_of("""
populations: {saf: {label: Safety, flag: SAFFL}}
columns: {c: [{id: all, label: All}]}
analyses:
  few:
    method: proportions
    data: adrs
    populations: [saf]
    columns: c
    variables:
      - name: AVALC
        where: [{variable: PARAMCD, op: eq, value: BOR}]
        among: [{variable: AVALC, op: eq, value: PD}]
        categories: [CR]
        intervals: [CR]
""")
    found = proportions(ADSL, ADRS, plan.analyses["few-saf"], STUDY)
    # nobody has PD, so 0 of 0 among 4 subjects: NC; the count keeps the dash of R-105
    texts = {r.statistic: (r.value, r.text) for r in found.results if r.category == "CR"}
    assert (texts["lower"], texts["upper"], texts["estimate"]) == ((None, "NC"), (None, "NC"), (None, "–"))


def test_missing_counts_who_has_no_value() -> None:
    plan = plan_of("""
populations: {saf: {label: Safety, flag: SAFFL}}
columns: {c: [{id: all, label: All}]}
analyses:
  reasons:
    method: categories
    data: adrs
    populations: [saf]
    columns: c
    variables:
      - {name: REASON, where: [{variable: PARAMCD, op: eq, value: BOR}], categories: [SD too early, Missing, a/b]}
""")
    found = proportions(ADSL, ADRS, plan.analyses["reasons-saf"], STUDY)
    # of A to D, B and C have a reason; A and D have a row without one; E is outside the set
    assert values(found, "all", "n") == {"SD too early": 1, "Missing": 2, "a%2Fb": 1}
    absent = [(m.dataset, m.row) for m in found.members if "/Missing/" in m.ard]
    assert absent == [("adsl", "A"), ("adsl", "D")]
    without_rows = proportions(ADSL, ADRS.iloc[:0], plan.analyses["reasons-saf"], STUDY)
    assert values(without_rows, "all", "n") == {"SD too early": 0, "Missing": 4, "a%2Fb": 0}


def test_nobody_at_all() -> None:
    found = run(adsl=ADSL.iloc[:0], adrs=ADRS.iloc[:0])
    assert {r.value for r in found.results if r.statistic in ("n", "N")} == {0}
    assert {r.value for r in found.results if r.statistic in ("estimate", "lower", "upper")} == {None}
    assert found.members == ()


def test_members_are_the_rows_counted() -> None:
    found = run()
    members: dict[str, list[str]] = {}
    for member in found.members:
        assert member.dataset == "adrs"
        members.setdefault(member.ard, []).append(member.row)
    for r in found.results:
        if r.statistic == "n":
            assert len(members.get(r.id, [])) == r.value, r.id
    assert members["response-saf/c/d75/BOR/NE/SD too early/n"] == ["B|BOR|"]
    assert sorted(members["response-saf/c/all/BOR/ORR/n"]) == ["A|BOR|", "C|BOR|"]


def test_a_subject_with_two_rows_counts_once_and_has_two_members() -> None:
    twice = pd.concat([ADRS, typed("USUBJID | PARAMCD | AVISIT | AVALC | REASON\nA | BOR | TUM2 | CR |")])
    found = run(adrs=twice)
    assert result(found, "d75", "CR", "n").value == 1
    rows = [m.row for m in found.members if m.ard == "response-saf/c/d75/BOR/CR/n"]
    assert rows == ["A|BOR|", "A|BOR|TUM2"]


def test_categories_not_planned_are_those_found_in_alphabetical_order() -> None:
    # REASON of all parameters; a missing one is no category; the slash of `a/b` stays in it
    assert values(run("found"), "all", "n") == {"SD too early": 1, "a%2Fb": 1, "unconfirmed": 1}
    assert list(values(run("found"), "all", "n")) == ["SD too early", "a%2Fb", "unconfirmed"]
    assert values(run("found"), "d100", "n") == {"SD too early": 0, "a%2Fb": 0, "unconfirmed": 0}


@settings(max_examples=25)
@given(st.permutations(range(len(ADSL))), st.permutations(range(len(ADRS))))
def test_shuffled_rows_change_nothing(subjects: list[int], records: list[int]) -> None:
    expected, found = run(), run(adsl=ADSL.iloc[subjects], adrs=ADRS.iloc[records])
    assert found.results == expected.results
    assert sorted(found.members, key=str) == sorted(expected.members, key=str)


@given(st.sampled_from("ABCDE"))
def test_removing_a_subject_lowers_its_n_and_raises_no_count(gone: str) -> None:
    before, after = run(), run(adsl=ADSL[ADSL["USUBJID"] != gone])
    counts = {r.id: r.value for r in after.results if r.statistic in ("n", "N")}
    assert all(counts[r.id] <= r.value for r in before.results if r.statistic in ("n", "N"))
    assert result(after, "all", "", "N").value == (4 if gone == "E" else 3)
