"""Sensitivity displays and analyses under changed settings: what gets a name of its own, and what is refused."""

import shutil
from pathlib import Path

import pytest

from crf2csr import variants
from crf2csr.errors import InputError
from crf2csr.plan_checks import load_plan
from crf2csr.planned import display_keys
from crf2csr.study import load_study

ROOT = Path(__file__).resolve().parent.parent
MAIN = """
populations:
  fas: {label: Full analysis set, flag: FASFL}
  measurable: {label: Measurable disease, flag: MEASFL}
columns:
  all:
    - {id: all, label: All subjects}
analyses:
  age: {method: summary, data: adsl, populations: [fas, measurable], columns: all, variables: [{name: AGE}]}
  response:
    method: proportions
    data: adrs
    populations: [fas, measurable]
    columns: all
    variables:
      - {name: AVALC, as: CBOR, where: [{variable: PARAMCD, op: eq, value: CBOR}], categories: [CR], intervals: [CR]}
displays:
  t-1:
    layout: rows
    number: 14.1
    title: Response
    population: fas
    columns: all
    parts: [{id: fas, population: fas}, {id: measurable, population: measurable}]
    rows:
      - {label: Response}
      - {label: CR, analysis: response, variable: CBOR, category: CR, show: count}
      - {label: Age, analysis: age, variable: AGE, show: n}
    notes: {base: A note of the base.}
"""
INVESTIGATOR = """
variants:
  investigator: {settings: {response.source: investigator}}
  midp: {settings: {ci.method: mid_p}}
"""
SENSITIVITY = """
sensitivities:
  %s: {of: %s, variant: %s, change: investigator response, note: "Changed: the response.", parts: [%s]}
"""


def planned(root, text="", main=MAIN):
    """Write a plan with one more piece into a folder that has the project's contracts and code, and load it."""
    folder = root / "config" / "one"
    (folder / "plan").mkdir(parents=True)
    shutil.copytree(ROOT / "config" / "contracts", root / "config" / "contracts")
    shutil.copytree(ROOT / "crf2csr", root / "crf2csr", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "plan.yaml").write_text(main)
    (folder / "plan" / "changed.yaml").write_text(INVESTIGATOR + text)
    return load_plan("one", root)


def test_a_sensitivity_with_all_parts_names_the_set_of_its_base(tmp_path):
    changed = planned(tmp_path, SENSITIVITY % ("t-1-s1", "t-1", "investigator", "")).file.displays["t-1-s1"]
    assert [part.id for part in changed.parts] == ["fas", "measurable"]
    assert changed.population == "fas"


def test_a_sensitivity_is_its_base_display_with_every_analysis_under_the_variant(tmp_path):
    plan = planned(tmp_path, SENSITIVITY % ("t-1-s1", "t-1", "investigator", "measurable"))
    base, changed = plan.file.displays["t-1"], plan.file.displays["t-1-s1"]
    assert list(plan.file.displays) == ["t-1", "t-1-s1"]
    assert (changed.number, changed.title) == ("14.1-S1", "Response: sensitivity, investigator response")
    assert [row.analysis for row in changed.rows] == ["", "response@investigator", "age@investigator"]
    assert [part.id for part in changed.parts] == ["measurable"]
    assert (changed.variant, changed.first_note) == ("investigator", "Changed: the response.")
    assert (changed.notes, changed.columns) == (base.notes, base.columns)
    assert changed.population == "measurable"  # the set of the only part kept, whose N the columns have
    assert [a.id for a in plan.analyses_of("t-1-s1")] == [
        "response@investigator-measurable",
        "age@investigator-measurable",
    ]


def test_only_what_depends_on_a_changed_key_is_derived_again(tmp_path):
    plan = planned(tmp_path, SENSITIVITY % ("t-1-s1", "t-1", "investigator", "fas"))
    response, age = (plan.analyses[f"{name}@investigator-fas"].spec for name in ("response", "age"))
    assert (response.data, response.adsl, response.variant) == ("adrs@investigator", "adsl", "investigator")
    assert (age.data, age.adsl) == ("adsl", "adsl")
    assert variants.datasets(plan, tmp_path) == ["adrs@investigator"]
    assert variants.inputs(plan.file, "adrs@investigator", tmp_path)["adtr"] == "adtr"


def test_a_key_of_an_input_changes_everything_made_from_it(tmp_path):
    # tumor.new_lesion_blank acts on the visits of ADTR, which ADRS is made from.
    text = "  blank: {settings: {tumor.new_lesion_blank: unknown}}\n" + SENSITIVITY % ("t-1-s1", "t-1", "blank", "fas")
    plan = planned(tmp_path, text)
    assert variants.datasets(plan, tmp_path) == ["adtr@blank", "adrs@blank"]
    assert variants.inputs(plan.file, "adrs@blank", tmp_path)["adtr"] == "adtr@blank"


def test_a_key_of_the_method_alone_derives_nothing_again(tmp_path):
    plan = planned(tmp_path, SENSITIVITY % ("t-1-s1", "t-1", "midp", "fas"))
    spec = plan.analyses["response@midp-fas"].spec
    assert (spec.data, spec.variant, variants.datasets(plan, tmp_path)) == ("adrs", "midp", [])


def test_a_row_may_name_an_analysis_under_a_variant_beside_the_base(tmp_path):
    beside = "      - {label: mid-P, analysis: response@midp, variable: CBOR, category: CR, show: interval}\n    notes"
    plan = planned(tmp_path, main=MAIN.replace("    notes", beside))
    assert [a.id for a in plan.analyses_of("t-1")][:3] == ["response-fas", "age-fas", "response@midp-fas"]
    assert plan.file.displays["t-1"].variant == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            SENSITIVITY % ("t-1-s1", "t-1", "investigater", "fas"),
            "unknown variant 'investigater'; did you mean 'investigator'?",
        ),
        (SENSITIVITY % ("t-1-s1", "t-2", "midp", "fas"), "'t-2' is no table of the plan; did you mean 't-1'?"),
        (SENSITIVITY % ("t-1-x", "t-1", "midp", "fas"), "is called 't-1-s1' (s2, ...), once"),
        (SENSITIVITY % ("t-1-s1", "t-1", "midp", "fax"), "unknown part 'fax'; did you mean 'fas'?"),
        (
            "  none: {settings: {response.sauce: derived}}\n",
            "unknown key 'response.sauce'; did you mean 'response.source'?",
        ),
        (
            "analyses:\n  a@midp: {method: summary, data: adsl, populations: [fas], columns: all, variables: []}\n",
            "a name has no '@'",
        ),
    ],
)
def test_a_name_that_leads_nowhere_is_refused_with_its_place(tmp_path, text, message):
    with pytest.raises(InputError) as caught:
        planned(tmp_path, text)
    assert message in str(caught.value)
    assert "changed.yaml line" in str(caught.value)


def test_a_key_that_acts_on_a_clean_domain_cannot_vary(tmp_path):
    used = (ROOT / "crf2csr" / "clean" / "pc.py").read_text()
    assert '@uses("' in used
    key = used.split('@uses("')[1].split('"')[0]
    with pytest.raises(InputError, match=f"key '{key}' acts on the clean domain"):
        planned(tmp_path, f"  early: {{settings: {{{key}: x}}}}\n")


def test_the_value_of_a_variant_has_the_type_of_its_key():
    study = load_study("nct03709082", "full")
    changed = study.changed("wider", {"teae.window_days": "90"})
    assert changed.settings["teae.window_days"].value == 90
    assert (study.settings["teae.window_days"].value, changed.settings["data_cutoff"]) == (
        30,
        study.settings["data_cutoff"],
    )
    with pytest.raises(InputError, match=r"plan variant 'wider': key 'teae\.window_days' = 'ninety'"):
        study.changed("wider", {"teae.window_days": "ninety"})


def test_a_display_prints_the_keys_that_its_parameters_depend_on(tmp_path):
    plan = planned(tmp_path)
    everything = display_keys(plan, "t-1", tmp_path)
    path = tmp_path / "config" / "contracts" / "parameters.csv"
    path.write_text("dataset,paramcd,keys\nadrs,CBOR,response.confirm_days\n")
    # The parameters of a folder are read once.
    other = tmp_path / "other"
    shutil.copytree(tmp_path / "config", other / "config")
    shutil.copytree(tmp_path / "crf2csr", other / "crf2csr")
    fewer = display_keys(load_plan("one", other), "t-1", other)
    assert "response.sd_min_days" in everything
    assert [key for key in fewer if key.startswith("response.")] == ["response.confirm_days"]
