"""The counts of Table 14.2.5 from questionnaires: order of subjects and absence of one (invariants of the displays)."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pandas as pd
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from crf2csr.analyze.categories import categories
from crf2csr.analyze.proportions import proportions
from crf2csr.contracts import load_contract
from crf2csr.derive.adqs import adqs
from crf2csr.display.invariants_pro import NAMES, check_pro
from crf2csr.plan import Analysis
from crf2csr.plan_checks import load_plan
from tests.builders import conforming, domain, study_view

# Without shrinking: an example takes half a second.
FEW = settings(max_examples=4, deadline=None, phases=(Phase.explicit, Phase.generate))
SUBJECTS = ("01-001", "01-002", "01-003")
FLAGS = {v.name: "N" for v in load_contract("derive", "adsl").variables if v.core == "req" and v.length == 1}
DAYS = {"C1D1": "2019-03-15", "C2D1": "2019-04-05", "C3D1": "2019-04-26"}
METHODS = {"categories": categories, "proportions": proportions}
VARIABLES = ("BCPT01", "BCPT01-2", "ANXIETY", "PROMANY", "BCPTANY", "PROANY", "EVALUABLE", "NOBASE", "NOPOST")
Counts = dict[str, tuple[int, int]]


@cache
def analyses() -> tuple[Analysis, ...]:
    """Return the planned analyses behind Table 14.2.5 for one column and a few of their variables."""
    planned = load_plan("nct03709082").analyses_of("t-14-2-5")
    return tuple(
        replace(
            one,
            columns=tuple(group for group in one.columns if group.id == "all"),
            spec=one.spec.model_copy(
                update={"variables": tuple(v for v in one.spec.variables if v.label in {*VARIABLES})}
            ),
        )
        for one in planned
    )


@cache
def people(subjects: tuple[str, ...]) -> pd.DataFrame:
    lines = [f"{subject}|75 mg|75|75|I|2019-03-15|Y" for subject in subjects]
    head = "USUBJID|TRT01A|TRT01AN|TRT01PN|PHASE|TRTSDT|SAFFL"
    return conforming("derive", "adsl", "\n".join([head, *lines]), **FLAGS)


def questionnaires(answers: dict[tuple[str, str], str], subjects: tuple[str, ...]) -> pd.DataFrame:
    """Return QS with answers to BCPT01."""
    head = "USUBJID|QSCAT|QSSCAT|VISIT|QSTESTCD|QSDTC|QSORRES|QSSTRESN"
    lines = [f"{s}|BCPT|BCPT|{visit}|BCPT01|{DAYS[visit]}|{text}|{text}" for (s, visit), text in answers.items()]
    return domain("qs", "\n".join([head, *(line for line in lines if line.split("|")[0] in subjects)]))


@cache
def every_count() -> tuple[Analysis, ...]:
    """Return every planned analysis that `check_pro` knows, for one column and a few variables."""
    known = ("BCPT01", "ANXIETY", "EVALUABLE", "NOBASE", "NOPOST", "PROMANY", "BCPTANY", "PROANY", "BCPTCOMP")
    analyses = [load_plan("nct03709082").analyses[f"{name}-safety"] for name in NAMES]
    chosen = [[v for v in one.spec.variables if re.split("[ -]", v.label)[0] in known] for one in analyses]
    return tuple(
        replace(
            one,
            columns=tuple(group for group in one.columns if group.id == "all"),
            spec=one.spec.model_copy(update={"variables": tuple(variables)}),
        )
        for one, variables in zip(analyses, chosen, strict=True)
    )


def counts(answers: dict[tuple[str, str], str], subjects: tuple[str, ...]) -> Counts:
    """Return n and N of every count of the table in column `all`; `answers`: subject and visit to that of BCPT01."""
    adsl = people(subjects)
    data, found = adqs(adsl, questionnaires(answers, subjects), study_view(adqs)).data, {}
    for analysis in analyses():
        method = METHODS[analysis.spec.method]
        results = method(adsl, data, analysis, study_view(method)).results
        found |= {r.id: int(r.value or 0) for r in results if r.statistic in ("n", "N")}
    return {id_.removesuffix("/n"): (n, found[f"{id_[:-1]}N"]) for id_, n in found.items() if id_.endswith("/n")}


ANSWERS = st.fixed_dictionaries(
    {(subject, visit): st.sampled_from(["", *"01234"]) for subject in SUBJECTS for visit in DAYS}
)


@FEW
@given(answers=ANSWERS)
def test_removing_a_subject_lowers_n_by_one_and_raises_no_numerator(answers):
    before, after = counts(answers, SUBJECTS), counts(answers, SUBJECTS[1:])
    assert before.keys() == after.keys()
    for address, (n, total) in before.items():
        fewer, rest = after[address]
        assert n - 1 <= fewer <= n
        # N of the set for who is evaluable, the evaluable for who worsened
        assert rest == total - 1 if "pro-evaluable" in address else total - 1 <= rest <= total


@FEW
@given(answers=ANSWERS)
def test_a_later_visit_lowers_no_numerator(answers):
    until_second = {key: text for key, text in answers.items() if key[1] != "C3D1"}
    before, after = counts(until_second, SUBJECTS), counts(answers, SUBJECTS)
    worsened = [address for address in before if "/NOPOST/" not in address]
    assert all(after[address][0] >= before[address][0] for address in worsened)


@FEW
@given(answers=ANSWERS)
def test_without_baseline_without_later_value_and_evaluable_are_all_subjects(answers):
    found = counts(answers, SUBJECTS)
    place = "pro-evaluable-safety/c1-safety/all"
    for code in ("ANXIETY", "BCPT01", "BCPT02"):
        assert sum(found[f"{place}/{name}/{code}"][0] for name in ("NOBASE", "NOPOST", "EVALUABLE")) == len(SUBJECTS)


@settings(FEW, max_examples=2)
@given(answers=ANSWERS)
def test_counts_of_all_displays_fit_each_other(answers):
    adsl, qs = people(SUBJECTS), questionnaires(answers, SUBJECTS)
    data = adqs(adsl, qs, study_view(adqs)).data
    results = []
    for analysis in every_count():
        method = METHODS[analysis.spec.method]
        results += method(adsl, data, analysis, study_view(method)).results
    assert {result.analysis for result in results} == {f"{name}-safety" for name in NAMES}
    assert list(check_pro(results)) == []
