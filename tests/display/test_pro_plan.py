"""The plan of patient-reported outcomes names the parameters of the instruments, in their order and in their words."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from crf2csr.contracts import ROOT
from crf2csr.plan_checks import load_plan
from crf2csr.planned import display_keys
from crf2csr.strict_yaml import load_yaml
from tests.builders import loaded_study

PLAN = load_plan("nct03709082")
REFERENCE = Path(__file__).parents[1] / "reference" / "promis_4a_tscore.csv"
DISPLAYS = PLAN.file.displays
LISTS = load_yaml(ROOT / "config" / "nct03709082" / "plan" / "pro.yaml").content["lists"]
TABLES = [id_ for id_ in DISPLAYS if id_.startswith("t-14-2-5") and "-s" not in id_]


def parameters(instrument: str) -> dict[str, str]:
    content = load_yaml(ROOT / "config" / "instruments" / f"{instrument}.yaml").content
    return {one["paramcd"]: one["param"].removesuffix(" (T-score)") for one in content["parameters"]}


@pytest.mark.parametrize(("name", "instrument"), [("promis", "promis_4a"), ("bcpt", "bcpt")])
def test_lists_are_the_parameters_of_the_instruments(name: str, instrument: str) -> None:
    assert list(LISTS[name].items()) == list(parameters(instrument).items())


def test_panels_are_the_scales_and_visits_drawn_are_planned() -> None:
    assert list(LISTS["panels"]) == list(LISTS["promis"])
    assert set(LISTS["drawn"]) | set(LISTS["levels_at"]) <= set(LISTS["visits"])


def test_reversed_panels_are_the_scales_of_which_more_is_better() -> None:
    content = load_yaml(ROOT / "config" / "instruments" / "promis_4a.yaml").content
    better = [one["paramcd"] for one in content["parameters"] if one["better"] == "high"]
    assert [code for code, label in LISTS["panels"].items() if label.endswith("(reversed)")] == better


@pytest.mark.parametrize(
    ("table", "lists"),
    [
        ("t-14-2-5", ("outcomes", "promis", "bcpt")),
        ("t-14-2-5-1", ("promis",)),
        ("t-14-2-5-2", ("promis", "bcpt")),
        ("t-14-2-5-3", ("forms",)),
        ("t-14-2-5-4", ("bcpt",)),
        ("t-14-2-5-5", ("promis",)),
        ("t-14-2-5-6", ("bcpt",)),
    ],
)
def test_each_parameter_has_its_rows_in_order(table: str, lists: tuple[str, ...]) -> None:
    codes = [code for name in lists for code in LISTS[name]]
    shown = [row.variable.split(" ")[0] for row in DISPLAYS[table].rows if row.analysis]
    named = [row.category or code for code, row in zip(shown, filter(_analyzed, DISPLAYS[table].rows), strict=True)]
    found = [one for pair in zip(shown, named, strict=True) for one in pair if one in codes]
    assert list(dict.fromkeys(found)) == codes


def _analyzed(row: object) -> bool:
    return bool(getattr(row, "analysis", ""))


def test_every_table_of_the_family_is_tested_above() -> None:
    assert len(TABLES) == 7


def test_items_of_the_listing_are_numbered_as_they_are() -> None:
    note = DISPLAYS["l-16-2-6-6-1"].notes["items"]
    numbered = [f"{LISTS['numbers'][code]} {label[:1].lower()}{label[1:]}" for code, label in LISTS["bcpt"].items()]
    assert list(LISTS["numbers"]) == list(LISTS["bcpt"])
    assert note == f"Items: {', '.join(numbered)}."


def test_level_of_the_intervals_is_that_of_the_study() -> None:
    level = f"{100 * loaded_study('full').settings['ci.level'].value:g}% CI"
    assert {row.label for row in DISPLAYS["t-14-2-5"].rows if row.show == "interval"} == {level}
    assert {row.label for row in DISPLAYS["t-14-2-5-1"].rows if row.show == "mean_interval"} == {f"{level} of the mean"}


def test_the_level_of_an_interval_is_a_key_of_the_tables_that_show_one_only() -> None:
    assert "ci.level" in display_keys(PLAN, "t-14-2-5-1")
    assert "ci.level" not in display_keys(PLAN, "t-14-2-5-4")
    assert "ci.level" not in display_keys(PLAN, "t-14-1-8")  # summaries without an interval


@pytest.mark.parametrize(
    ("id_", "key", "value"),
    [
        ("t-14-2-5-s1", "pro.threshold.promis_t", "3"),
        ("t-14-2-5-s2", "pro.missing_baseline", "best_possible"),
        ("t-14-2-5-s3", "pro.worst", "baseline_adjusted"),
    ],
)
def test_a_sensitivity_is_the_base_with_one_setting_changed(id_: str, key: str, value: str) -> None:
    display, base = DISPLAYS[id_], DISPLAYS["t-14-2-5"]
    assert PLAN.file.variants[display.variant].settings == {key: value}
    assert str(loaded_study("full").settings[key].value) != value
    assert [row.label for row in display.rows] == [row.label for row in base.rows]
    assert display.first_note.startswith("Changed against Table 14.2.5: ")


def test_the_note_of_the_adjusted_maximum_names_the_thresholds_of_the_study() -> None:
    # That it is true for these: tests/derive/rules/test_worsening.py.
    settings = loaded_study("full").settings
    points, steps = (settings[f"pro.threshold.{name}"].value for name in ("promis_t", "bcpt_item"))
    assert f"({points} T points, {steps} point of an item)" in DISPLAYS["t-14-2-5-s3"].first_note


def test_the_note_on_the_best_scores_states_the_steps_of_the_reference() -> None:
    # From the best score to the next: raw sums 4 and 5 where higher is worse, 20 and 19 where it is better (R-1202).
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        scores = {(row["short_form"], int(row["raw_sum"])): Decimal(row["t_score"]) for row in csv.DictReader(file)}
    steps = []
    for form in dict.fromkeys(form for form, _ in scores):
        better = form.startswith(("Physical Function", "Social Roles", "Ability to Participate"))
        best, following = (20, 19) if better else (4, 5)
        steps.append(abs(scores[form, best] - scores[form, following]))
    assert len(steps) == 7
    assert f"is {min(steps)} to {max(steps)} T points" in DISPLAYS["t-14-2-5"].notes["floor"]
