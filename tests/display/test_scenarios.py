"""The table of scenarios: literal results through the layout; texts, empty table, what the plan may say (R-1403)."""

import pandas as pd
import pytest

from crf2csr.analyze.operating_characteristics import operating_characteristics
from crf2csr.ard import Result
from crf2csr.contracts import ROOT
from crf2csr.display.footer import DENOMINATORS, build_footer
from crf2csr.display.invariants import check_display
from crf2csr.display.model import Table, cell_texts
from crf2csr.display.tables.scenarios import scenarios
from crf2csr.errors import InputError
from crf2csr.plan import Plan
from crf2csr.plan_checks import _analysis_problems, _display_problems, load_plan
from crf2csr.planned import display_keys
from tests.builders import study_view
from tests.plans import plan_of

TEXT = """
populations: {{enrolled: {{label: Enrolled, flag: ENRLFL}}}}
columns: {{c: [{{id: all, label: All}}]}}
analyses:
  design:
    method: {method}
    data: adesc
    populations: [enrolled]
    columns: c
    variables: [{{name: DOSELVL}}]
displays:
  t-1:
    layout: {layout}
    number: "14.3"
    title: Design
    population: enrolled
    columns: c
    stub: Scenario
    parts: [{{id: design, population: enrolled}}]
    notes: {{none: The lowest dose fails.}}
    rows:
      - {{analysis: design, variable: DOSELVL, each: true, indent: 1, show: characteristics}}
      - {{label: No dose, note: none, analysis: design, variable: DOSELVL, category: {none}, show: characteristics}}
      - label: Rule needed
        analysis: design
        variable: DOSELVL
        category: rule needed
        when_positive: true
        show: characteristics
      - {{label: Whole trial, analysis: design, variable: DOSELVL, category: Total, show: characteristics}}
"""
GIVEN = {"method": "operating_characteristics", "layout": "scenarios", "none": "none"}
HEAD = [
    "Decision rule classic, no subjects",
    "True probability\nof a DLT (%)",
    "Selected\n(%)",
    "Expected\nsubjects",
    "Expected\nDLTs",
]


def plan(**changed: str) -> Plan:
    return plan_of(TEXT.format(**{**GIVEN, **changed}))


def shown(
    vectors: tuple[tuple[str, ...], ...],
    variant: str = "classic",
    doses: tuple[int, ...] = (75, 100, 125),
    **changed: str,
) -> tuple[Table, tuple[Result, ...]]:
    """Return the table of scenarios, through the analysis, and the results that it shows."""
    one = plan(**changed)
    view = study_view(
        operating_characteristics,
        escalation_toxicity_vectors=vectors,
        escalation_variant=variant,
        escalation_dose_levels_mg=doses,
    )
    levels = pd.DataFrame({"DOSELVL": pd.array(doses, dtype="Int64")})
    results = operating_characteristics(pd.DataFrame(), levels, one.analyses["design-enrolled"], view).results
    return scenarios(one, "t-1", results, study_view(scenarios, escalation_variant=variant)), results


def test_literal_table_of_one_scenario() -> None:
    """Toxicity one half at three doses under `classic`. Reference (design_characteristics.json): selected 583/4096,
    6413/262144, 1331/262144, none 53/64; subjects 4.125, 0.708984375, 0.121856689453125, half of them with a DLT."""
    table, results = shown((("0.5", "0.5", "0.5"),))
    assert cell_texts(table) == [
        HEAD,
        ["Scenario 1", "", "", "", ""],
        ["75 mg", "50.0", "14.2", "4.13", "2.06"],
        ["100 mg", "50.0", "2.4", "0.71", "0.35"],
        ["125 mg", "50.0", "0.5", "0.12", "0.06"],
        ["No dose [a]", "NA", "82.8", "NA", "NA"],
        ["Whole trial", "NA", "NA", "4.96", "2.48"],
    ]
    assert table.population == "Decision rule classic, no subjects"
    ids = [cell.ids for cell in table.parts[0].rows[1].cells]
    assert ids[1] == ("design-enrolled/scenario/1/DOSELVL/75 mg/selected",)
    assert {id_ for row in table.parts[0].rows for cell in row.cells for id_ in cell.ids} == {
        result.id for result in results if result.category != "rule needed"
    }


def test_a_rule_without_an_answer_is_shown_where_it_is_possible() -> None:
    """Registered words, one dose: 0 of 3 selects it, (8/10)**3 = 51.2 %; anything else needs a rule."""
    table, _ = shown((("0.2",), ("0",)), "registered", doses=(75,))
    assert [(row.label, row.cells[1].text) for row in table.parts[0].rows] == [
        ("Scenario 1", ""),
        ("75 mg", "51.2"),
        ("No dose [a]", "0.0"),
        ("Rule needed", "48.8"),
        ("Whole trial", "NA"),
        ("Scenario 2", ""),
        ("75 mg", "100.0"),
        ("No dose [a]", "0.0"),
        ("Whole trial", "NA"),
    ]


def test_without_scenarios_the_table_says_so() -> None:
    table, results = shown(())
    assert cell_texts(table) == [HEAD, ["No toxicity scenario is configured (escalation.toxicity_vectors)."]]
    assert check_display(with_footer(table), results) == []


def with_footer(table: Table) -> Table:
    texts = [text for line in cell_texts(table) for text in line]
    return Table(
        **{**vars(table), "footer": build_footer(plan(), "t-1", texts, {}, [], "display/tables/scenarios (code 1)")}
    )


def test_the_footer_speaks_of_no_subject() -> None:
    table, results = shown((("0.1", "0.2", "0.3"),))
    footer = with_footer(table).footer
    assert DENOMINATORS not in footer.legend
    assert footer.legend == "NA = not applicable."
    assert footer.source == "ADESC"
    assert footer.notes == ("[a] The lowest dose fails.",)
    assert check_display(with_footer(table), results) == []


def test_only_keys_of_the_rule_stand_behind_the_table() -> None:
    wanted = ["cohort_size", "dose_levels_mg", "toxicity_vectors", "variant"]
    assert display_keys(load_plan("nct03709082"), "t-14-3-1-9-1") == [f"escalation.{name}" for name in wanted]


def test_a_category_that_the_analysis_does_not_give_is_refused() -> None:
    with pytest.raises(InputError, match="no category 'nothing'; give one of none, rule needed, Total"):
        shown((("0", "0", "0"),), none="nothing")


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({}, None),
        (
            {"layout": "rows"},
            "analysis 'design': the layout 'scenarios' shows methods of the design, and no other does",
        ),
        ({"method": "summary"}, "row '' shows 'characteristics'; of analysis 'design' a row shows n, mean_sd"),
    ],
)
def test_layout_and_method_go_together(changed: dict[str, str], problem: str | None) -> None:
    file = plan(**changed).file
    found = [text for _, text in (*_analysis_problems(file, ROOT), *_display_problems(file, ROOT))]
    assert found == [] if problem is None else any(text.startswith(problem) for text in found)
