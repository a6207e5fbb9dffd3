"""Operating characteristics as results: which scenario, which dose, which number (R-1403)."""

from fractions import Fraction
from typing import Any

import pandas as pd
import pytest

from crf2csr.analyze.operating_characteristics import operating_characteristics
from crf2csr.ard import Analysis, Number
from crf2csr.errors import InputError
from tests.builders import study_view
from tests.plans import plan_of

PLAN = plan_of("""
populations: {enrolled: {label: Enrolled, flag: ENRLFL}}
columns: {c: [{id: all, label: All}]}
analyses:
  design:
    method: operating_characteristics
    data: adesc
    populations: [enrolled]
    columns: c
    variables: [{name: DOSELVL}]
""")


def run(
    vectors: tuple[tuple[str, ...], ...], doses: tuple[int, ...] = (75, 100), **values: Any
) -> tuple[dict[tuple[str, str, str], Number], Analysis]:
    """Return the results by scenario, category and statistic, and all that the method returns."""
    keys = {"escalation_toxicity_vectors": vectors, "escalation_dose_levels_mg": doses, "escalation_variant": "classic"}
    levels = pd.DataFrame({"DOSELVL": pd.array(sorted(doses, reverse=True), dtype="Int64")})
    view = study_view(operating_characteristics, **(keys | values))
    found = operating_characteristics(pd.DataFrame(), levels, PLAN.analyses["design-enrolled"], view)
    return {(r.level, r.category, r.statistic): r.value for r in found.results}, found


def test_results_of_two_doses_by_hand() -> None:
    """No toxicity at 75 mg, one half at 100 mg, which passes with 11/64 (1/8 + 3/8 * 1/8) and has 3 + 3 * 3/8
    subjects; otherwise 75 mg is selected."""
    results, found = run((("0", "0.5"),))
    passes, subjects = 11 / 64, 4.125
    assert results == {
        ("1", "75 mg", "rate"): 0,
        ("1", "75 mg", "selected"): 1 - passes,
        ("1", "75 mg", "subjects"): 3,
        ("1", "75 mg", "dlts"): 0,
        ("1", "100 mg", "rate"): 0.5,
        ("1", "100 mg", "selected"): passes,
        ("1", "100 mg", "subjects"): subjects,
        ("1", "100 mg", "dlts"): subjects / 2,
        ("1", "none", "selected"): 0,
        ("1", "rule needed", "selected"): 0,
        ("1", "Total", "subjects"): 3 + subjects,
        ("1", "Total", "dlts"): subjects / 2,
    }
    assert found.members == ()
    assert found.results[0].id == "design-enrolled/scenario/1/DOSELVL/75 mg/rate"


def test_a_vector_goes_with_the_dose_levels_as_they_are_listed() -> None:
    assert run((("0.5", "0"),), doses=(100, 75))[0] == run((("0", "0.5"),))[0]


def test_the_variant_in_force_decides() -> None:
    """Of the registered words, any DLT ends without a rule: 1 - (9/10 * 8/10)**3."""
    results, _ = run((("0.1", "0.2"),), escalation_variant="registered")
    assert results["1", "100 mg", "selected"] == pytest.approx(float(Fraction(72, 100) ** 3), rel=1e-15)
    assert results["1", "rule needed", "selected"] == pytest.approx(1 - 0.72**3, rel=1e-15)


def test_scenarios_are_numbered_in_their_order() -> None:
    results, _ = run((("0", "0"), ("1", "1")))
    assert {key: value for key, value in results.items() if key[2] == "selected" and value} == {
        ("1", "100 mg", "selected"): 1,
        ("2", "none", "selected"): 1,
    }


def test_without_scenarios_there_are_no_results() -> None:
    assert run(())[1].results == ()


def test_other_cohorts_than_those_of_the_rule_are_refused() -> None:
    with pytest.raises(InputError, match=r"escalation\.cohort_size = 4"):
        run((("0", "0"),), escalation_cohort_size=4)
