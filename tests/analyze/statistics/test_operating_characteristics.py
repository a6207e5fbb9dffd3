"""Operating characteristics of the 3+3 rule: exact against the reference, by hand, and against the walk over all
paths (R-1403)."""

import json
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crf2csr.analyze.statistics.operating_characteristics import Characteristics, compute_characteristics
from crf2csr.escalation import COHORT, VARIANTS
from tests.escalation_walk import ended, probability, selected

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference" / "design_characteristics.json").read_text(encoding="utf-8")
)
HALF = Fraction(1, 2)
RATES = st.lists(st.fractions(0, 1, max_denominator=1000), min_size=1, max_size=3)


def by_name(found: Characteristics) -> dict[str, Fraction]:
    """Return the probabilities of all ends, in the words of the reference."""
    doses = {str(place): share for place, share in enumerate(found.selected, start=1)}
    return doses | {"none": found.none, "rule needed": found.needed}


def the_long_way(rates: list[Fraction], variant: str) -> tuple[dict[str, Fraction], list[Fraction]]:
    """Return the probability of each end and the expected subjects by level, each path of full cohorts on its own."""
    chosen: dict[str, Fraction] = defaultdict(Fraction)
    subjects = [Fraction(0) for _ in rates]
    for step, said in ended(variant, len(rates)):
        share = probability(step.path, rates)
        chosen[selected(step, said)] += share
        for place, _ in step.path:
            subjects[place] += COHORT * share
    return chosen, subjects


@pytest.mark.parametrize(
    "case", REFERENCE["operating_characteristics"], ids=lambda c: f"{c['variant']}-{'-'.join(map(str, c['toxicity']))}"
)
def test_reference(case: dict[str, Any]) -> None:
    found = compute_characteristics([Fraction(str(rate)) for rate in case["toxicity"]], case["variant"])
    ends = by_name(found)
    assert {end: ends[end] for end in case["select"]} == {end: Fraction(p) for end, p in case["select"].items()}
    assert [float(n) for n in found.subjects] == pytest.approx(case["expected_n"], rel=1e-12)
    assert [float(n) for n in found.dlts] == pytest.approx(case["expected_dlt"], rel=1e-12)
    size = sum(int(n) * p for n, p in case["total_n"].items())
    assert float(sum(found.subjects)) == pytest.approx(size, rel=1e-12)


@pytest.mark.parametrize("case", REFERENCE["registered_path"], ids=lambda c: "-".join(map(str, c["toxicity"])))
def test_reference_of_the_registered_words(case: dict[str, Any]) -> None:
    found = compute_characteristics([Fraction(str(rate)) for rate in case["toxicity"]], "registered")
    assert float(found.selected[-1]) == pytest.approx(case["all_zero"], rel=1e-12)
    assert found.needed == 1 - found.selected[-1]
    assert set(found.selected[:-1]) | {found.none} == {0}


@pytest.mark.parametrize("case", REFERENCE["pass_probability"], ids=lambda c: str(c["toxicity"]))
def test_reference_of_a_single_dose(case: dict[str, Any]) -> None:
    found = compute_characteristics([Fraction(str(case["toxicity"]))], "deescalate")
    assert float(found.selected[0]) == pytest.approx(case["passes"], rel=1e-12)


def test_one_dose_at_one_half_by_hand() -> None:
    """Passes with 0 of 3 (1/8), or with 1 of 3 (3/8) and then 0 of 3 (1/8); three more subjects with 3/8."""
    found = compute_characteristics([HALF], "classic")
    passes = Fraction(1, 8) + Fraction(3, 8) * Fraction(1, 8)
    assert by_name(found) == {"1": passes, "none": 1 - passes, "rule needed": 0}
    assert found.subjects == (3 + 3 * Fraction(3, 8),)
    assert found.dlts == (found.subjects[0] / 2,)


def test_six_at_the_top_by_hand() -> None:
    """One dose, six needed: at most 1 of 6 at one half, (1 + 6)/64, without those who stop with 2 of the first 3."""
    found = compute_characteristics([HALF], "six_at_top")
    assert found.selected == (Fraction(7, 64),)
    assert found.subjects == (3 + 3 * HALF,)  # 0 or 1 of 3: (1 + 3)/8


@settings(max_examples=60, derandomize=True, deadline=None)
@given(RATES, st.sampled_from(VARIANTS))
def test_the_walk_over_all_paths_says_the_same(rates: list[Fraction], variant: str) -> None:
    found, (chosen, subjects) = compute_characteristics(rates, variant), the_long_way(rates, variant)
    assert {end: p for end, p in by_name(found).items() if p} == {end: p for end, p in chosen.items() if p}
    assert list(found.subjects) == subjects
    assert list(found.dlts) == [n * rate for n, rate in zip(subjects, rates, strict=True)]


@settings(max_examples=60, derandomize=True, deadline=None)
@given(RATES, st.sampled_from(VARIANTS))
def test_probabilities_add_to_one(rates: list[Fraction], variant: str) -> None:
    found = compute_characteristics(rates, variant)
    assert sum(by_name(found).values()) == 1
    assert all(0 <= n <= 2 * COHORT for n in found.subjects)
    assert found.subjects[0] >= COHORT


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("doses", [1, 3, 5])
def test_no_toxicity_selects_the_top_dose(variant: str, doses: int) -> None:
    found = compute_characteristics([Fraction(0)] * doses, variant)
    assert found.selected == (*[0] * (doses - 1), 1)
    top = 2 * COHORT if variant == "six_at_top" else COHORT
    assert found.subjects == (*[COHORT] * (doses - 1), top)
    assert set(found.dlts) == {0}


@pytest.mark.parametrize("variant", VARIANTS)
def test_certain_toxicity_selects_no_dose(variant: str) -> None:
    found = compute_characteristics([Fraction(1)] * 3, variant)
    end = "rule needed" if variant == "registered" else "none"
    assert [name for name, share in by_name(found).items() if share] == [end]
    assert list(map(int, found.subjects)) == list(map(int, found.dlts)) == [3, 0, 0]


@pytest.mark.parametrize("rates", [[], [Fraction(-1, 10)], [HALF, Fraction(11, 10)]])
def test_what_is_no_probability_is_refused(rates: list[Fraction]) -> None:
    with pytest.raises(ValueError, match="a probability from 0 to 1 for each dose level"):
        compute_characteristics(rates, "classic")
