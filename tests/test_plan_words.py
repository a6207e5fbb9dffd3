"""Plan checks of texts by column and of rows that count another population."""

import pytest

from crf2csr.contracts import ROOT
from crf2csr.plan import PlanFile
from crf2csr.plan_checks import _analysis_problems, _display_problems
from tests.plans import plan_of

PLAN = """
populations:
  enrolled: {{label: Enrolled, flag: ENRLFL}}
  screened: {{label: Screened, flag: SCRNFL}}
columns:
  c2: [{{id: d75, label: 75 mg, where: [{{variable: {condition}, op: eq, value: "75"}}]}}]
analyses:
  who:
    method: categories
    data: adsl
    populations: [enrolled, {population}]
    columns: c2
    variables: [{{name: SCRNFL, categories: ["Y"]}}]
  decisions:
    method: {method}
    data: adesc
    populations: [enrolled]
    columns: c2
    match: {match}
    variables: [{{name: DECISION}}]
displays:
  t-1:
    layout: rows
    number: "1"
    title: One
    population: enrolled
    columns: c2
    parts: [{{id: enrolled, population: enrolled}}]
    rows:
      - {{label: Screened, analysis: who, variable: SCRNFL, category: "Y", show: subjects, population: screened}}
      - {{label: Decision, analysis: who, variable: SCRNFL, category: "Y", show: count}}
"""
GIVEN = {"condition": "TRT01PN", "population": "screened", "method": "words", "match": "{TRT01PN: DOSELVL}"}


def file(**changed: str) -> PlanFile:
    return plan_of(PLAN.format(**{**GIVEN, **changed})).file


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({}, None),
        ({"match": "{}"}, "`match` belongs to the method 'words', which needs it"),
        ({"match": "{TRT01PN: DOSE}"}, "unknown variable of adesc 'DOSE'"),
        ({"condition": "TRT01AN"}, "column 'd75' of 'c2' has no condition on TRT01PN"),
    ],
)
def test_match_finds_the_row_of_every_column(changed, problem):
    found = [text for _, text in _analysis_problems(file(**changed), ROOT)]
    assert found == [] if problem is None else any(text.startswith(problem) for text in found)


def test_a_row_may_count_another_population_if_the_analysis_does():
    assert [text for _, text in _display_problems(file(), ROOT)] == []
    plan = plan_of(PLAN.format(**GIVEN))
    assert [analysis.id for analysis in plan.analyses_of("t-1")] == ["who-screened", "who-enrolled"]
    narrow = PLAN.format(**GIVEN).replace("populations: [enrolled, screened]", "populations: [enrolled]")
    problems = [text for _, text in _display_problems(plan_of(narrow).file, ROOT)]
    assert problems == ["analysis 'who' is not planned for population 'screened'"]
