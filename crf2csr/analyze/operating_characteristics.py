"""Operating characteristics of the dose escalation rule in force, at the configured probabilities of a DLT (R-1403)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from crf2csr.analyze.statistics.operating_characteristics import compute_characteristics
from crf2csr.ard import TOTAL, Result
from crf2csr.ard import Analysis as AnalysisResults
from crf2csr.escalation import refuse_other_cohorts
from crf2csr.plan import Analysis
from crf2csr.study import View, uses

if TYPE_CHECKING:
    import pandas as pd

#: Categories beside the dose levels: the trial ends without a dose, or where the rule has no answer.
NONE, RULE_NEEDED = "none", "rule needed"
_METHOD = "operating_characteristics"
#: Category, statistic and value of a result.
Found = tuple[str, str, Fraction]


@uses("escalation.variant", "escalation.toxicity_vectors", "escalation.dose_levels_mg", "escalation.cohort_size")
def operating_characteristics(
    adsl: pd.DataFrame, data: pd.DataFrame, analysis: Analysis, study: View
) -> AnalysisResults:
    """Return what the rule does in each scenario, by the dose levels (mg) that each variable has in `data`.

    Nothing of the trial but its dose levels enters, and no row is counted: there are no members. The group is
    `scenario`, the level its number from 1. Results by dose level (category `75 mg`): rate (the probability of a DLT
    that is taken for true), selected (the probability that the rule selects the dose), subjects and dlts (expected);
    selected of the categories `none` and `rule needed`; subjects and dlts of `Total`. Without scenarios there are no
    results. Raises InputError for cohorts of another size than the rule has. R-1403.
    """
    refuse_other_cohorts(study["escalation.cohort_size"])
    variant, planned = study["escalation.variant"], study["escalation.dose_levels_mg"]
    results = []
    for number, vector in enumerate(study["escalation.toxicity_vectors"], start=1):
        rates = dict(zip(planned, map(Fraction, vector), strict=True))
        for variable in analysis.spec.variables:
            doses = sorted(map(int, data[variable.name]))
            place = (analysis.id, "scenario", str(number), variable.label)
            for category, statistic, value in _found(doses, [rates[dose] for dose in doses], variant):
                results.append(Result(*place, category, statistic, float(value), method=_METHOD))
    return AnalysisResults(tuple(results), ())


def _found(doses: list[int], rates: list[Fraction], variant: str) -> Iterator[Found]:
    found = compute_characteristics(rates, variant)
    rows = zip(doses, rates, found.selected, found.subjects, found.dlts, strict=True)
    for dose, rate, selected, subjects, dlts in rows:
        category = f"{dose} mg"
        yield from ((category, "rate", rate), (category, "selected", selected))
        yield from ((category, "subjects", subjects), (category, "dlts", dlts))
    yield from ((NONE, "selected", found.none), (RULE_NEEDED, "selected", found.needed))
    yield from ((TOTAL, "subjects", sum(found.subjects, Fraction(0))), (TOTAL, "dlts", sum(found.dlts, Fraction(0))))
