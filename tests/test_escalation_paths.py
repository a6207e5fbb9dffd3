"""The 3+3 rule over whole trials: every path of cohorts, and its exact probabilities against the reference."""

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crf2csr.escalation import (
    ABOVE,
    COHORT,
    COMPLETE,
    COMPLETE_SIX,
    ESCALATE,
    NEEDED,
    NO_DOSE,
    NOT_DETERMINED,
    NOT_OPENED,
    NOT_REACHED,
    OUTSIDE,
    PENDING,
    SELECTED,
    STEP_DOWN,
    TOP,
    TOP_RP2D,
    VARIANTS,
    WAITING,
    decide,
    select_mtd,
)
from tests.escalation_walk import (
    DOSES,
    NEXT_COHORT,
    SAID,
    Step,
    add,
    ended,
    levels,
    probability,
    selected,
    walk,
    word,
)

REFERENCE = json.loads(
    (Path(__file__).parent / "reference" / "design_characteristics.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(
    "case", REFERENCE["operating_characteristics"], ids=lambda c: f"{c['variant']}-{'-'.join(map(str, c['toxicity']))}"
)
def test_exact_operating_characteristics(case):
    """Selection, subjects and DLTs a dose, total size, and the number of paths, all exact."""
    rates = [Fraction(str(rate)) for rate in case["toxicity"]]
    trials = [(step, said, probability(step.path, rates)) for step, said in ended(case["variant"], len(rates))]
    chosen: dict[str, Fraction] = defaultdict(Fraction)
    sizes: dict[str, Fraction] = defaultdict(Fraction)
    for step, said, share in trials:
        chosen[selected(step, said)] += share
        sizes[str(COHORT * len(step.path))] += share
    assert sum(share > 0 for _, _, share in trials) == case["paths"]
    # a selection that no path gives is not in `chosen`, and 0 in the reference
    expected = {dose: Fraction(text) for dose, text in case["select"].items()}
    assert {dose: chosen[dose] for dose in expected} == expected
    assert {n: float(p) for n, p in sizes.items() if p} == pytest.approx(
        {n: p for n, p in case["total_n"].items() if p}, rel=1e-12
    )
    for place, rate in enumerate(rates):
        treated = sum(COHORT * [n for n, _ in step.path].count(place) * share for step, _, share in trials)
        assert float(treated) == pytest.approx(case["expected_n"][place], rel=1e-12)
        assert float(treated * rate) == pytest.approx(case["expected_dlt"][place], rel=1e-12)


@pytest.mark.parametrize("case", REFERENCE["registered_path"], ids=lambda c: "-".join(map(str, c["toxicity"])))
def test_the_registered_rule_ends_with_an_rp2d_only_without_any_dlt(case):
    rates = [Fraction(str(rate)) for rate in case["toxicity"]]
    found = ended("registered")
    assert [step.texts for step, said in found if said == TOP_RP2D] == [("---", "---", "---")]
    assert {said for _, said in found} == {TOP_RP2D, NEEDED}
    share = sum(probability(step.path, rates) for step, said in found if said == TOP_RP2D)
    assert float(share) == pytest.approx(case["all_zero"], rel=1e-12)


@pytest.mark.parametrize("variant", ["classic", "deescalate"])
@pytest.mark.parametrize("case", REFERENCE["pass_probability"], ids=lambda c: str(c["toxicity"]))
def test_probability_that_a_dose_is_passed(case, variant):
    rate = Fraction(str(case["toxicity"]))
    first = [(step, said) for step, said in walk(variant) if {n for n, _ in step.path} == {0}]
    found = sum(probability(step.path, [rate]) for step, said in first if said == NOT_OPENED)
    assert float(found) == pytest.approx(case["passes"], rel=1e-12)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_path_ends_in_the_mtd_that_its_last_decision_says(variant):
    """At most six subjects a level, and the MTD by rule is the dose that the last decision selects (R-408)."""
    for step, said in ended(variant):
        assert max(Counter(n for n, _ in step.path).values()) <= 2, step
        known = levels(step.texts)
        dose = selected(step, said)
        top = said in (TOP, TOP_RP2D)
        expected = {"none": NO_DOSE, "rule needed": NEEDED}.get(dose) or f"{DOSES[int(dose) - 1]} mg"
        assert select_mtd(known, variant) == (NOT_REACHED if top else expected), step


def incomplete() -> Iterator[str]:
    """Yield every cohort that is not full or has an outcome that is not known yet."""
    for size in range(1, COHORT + 1):
        yield from (text for text in map("".join, itertools.product(SAID, repeat=size)) if size < COHORT or "?" in text)


def completions(cohort: str) -> Iterator[str]:
    full = cohort + "?" * (COHORT - len(cohort))
    yield from ("".join(text) for text in itertools.product(*("D-" if c == "?" else c for c in full)))


def due(variant: str) -> Iterator[Step]:
    """Yield each history in which a cohort is due, and its level."""
    yield Step(("", "", ""), 0)
    for step, said in walk(variant):
        if said in NEXT_COHORT:
            yield Step(step.texts, step.place + NEXT_COHORT[said])


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_decision_on_incomplete_data(variant):
    """Every history of every path, with each incomplete cohort: wait, unless what is known decides already."""
    for step in due(variant):
        for cohort in incomplete():
            texts = add(step.texts, step.place, cohort)
            known, dlts = levels(texts), texts[step.place].count("D")
            decision, mtd = decide(known, step.place, variant), select_mtd(known, variant)
            where = f"{variant}: {texts}"
            if decision.word in WAITING:
                assert dlts < 2, where
                assert decision.date is None, where
                assert decision.word == PENDING or len(cohort) < COHORT, where
                assert mtd in (NOT_DETERMINED, NEEDED), where
                continue
            # two DLTs, or the registry is silent after one: no outcome still to come changes that
            assert dlts >= 2 or (variant == "registered" and dlts), where
            assert decision.word in (ABOVE, STEP_DOWN, NEEDED), where
            later = {word(add(step.texts, step.place, full), step.place, variant) for full in completions(cohort)}
            assert later == {decision.word}, where


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_order_inside_a_cohort_does_not_matter(variant):
    for step in due(variant):
        for cohort in map("".join, itertools.product("D-", repeat=COHORT)):
            texts = [add(step.texts, step.place, c) for c in (cohort, "".join(sorted(cohort)))]
            assert word(texts[0], step.place, variant) == word(texts[1], step.place, variant)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.tuples(*[st.text("D-?", max_size=6)] * 3), st.sampled_from(VARIANTS))
def test_any_history_even_one_outside_the_rule(texts, variant):
    """Up to six subjects at each of three levels, in any state: a level passes only with the outcomes that it needs."""
    known = levels(texts)
    for place, text in enumerate(texts):
        said = decide(known, place, variant)
        first = text[:COHORT]
        passed = first == "---" or (len(text) == 6 and "?" not in text and text.count("D") < 2)
        if said.word in (ESCALATE, NOT_OPENED, SELECTED, TOP, TOP_RP2D):
            assert passed, texts
            assert text == first or (len(text) == 6 and "?" not in text), texts
        if said.word in (PENDING, COMPLETE, COMPLETE_SIX, OUTSIDE):
            assert said.date is None
        if len(text) == COHORT and "?" in text and text.count("D") < 2:
            assert said.word in (PENDING, NEEDED, OUTSIDE), texts
    mtd = select_mtd(known, variant)
    assert mtd in (NOT_DETERMINED, NEEDED, NO_DOSE, NOT_REACHED, *(f"{dose} mg" for dose in DOSES[:3]))
    if mtd.endswith("mg"):
        chosen = texts[[f"{dose} mg" for dose in DOSES].index(mtd)]
        assert "?" not in chosen, texts
        assert chosen.count("D") < 2, texts
