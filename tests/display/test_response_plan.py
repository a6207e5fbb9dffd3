"""The planned response displays against what their shells ask for: blocks, intervals, sensitivities, agreement."""

from itertools import pairwise

import pytest

from crf2csr.plan import DisplaySpec, RowSpec
from crf2csr.plan_checks import load_plan
from crf2csr.planned import display_keys
from crf2csr.variants import changed_study
from tests.builders import loaded_study

PLAN = load_plan("nct03709082")
DISPLAYS = PLAN.file.displays
BASE = DISPLAYS["t-14-2-1"]
#: The quantities of Table 14.2.1 that have an interval.
WITH_INTERVAL = ["CR", "PR", "SD", "ORR", "DCR", "Y"]


def blocks(spec: DisplaySpec) -> list[list[RowSpec]]:
    """Return the rows below each heading."""
    starts = [k for k, row in enumerate(spec.rows) if not row.analysis] + [len(spec.rows)]
    return [list(spec.rows[first + 1 : last]) for first, last in pairwise(starts)]


def test_both_blocks_have_the_same_rows_of_confirmed_and_unconfirmed_response() -> None:
    shape = [[(row.label, row.category, row.show, row.each) for row in block] for block in blocks(BASE)]
    assert [row.label for row in BASE.rows if not row.analysis] == ["Confirmed response", "Unconfirmed response"]
    assert shape[0] == shape[1]
    assert [{row.variable for row in block} for block in blocks(BASE)] == [{"CBOR", "CBEN"}, {"BOR", "CBENU"}]


@pytest.mark.parametrize("block", [0, 1])
def test_each_block_has_all_responses_their_reasons_and_the_intervals(block: int) -> None:
    rows = blocks(BASE)[block]
    counted = [row.category for row in rows if row.show == "count_percent" and not row.each]
    assert counted == ["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "MISSING", "ORR", "DCR", "Y"]
    assert [row.category for row in rows if row.each] == ["NE", "MISSING"]
    assert [row.category for row in rows if row.show == "interval"] == WITH_INTERVAL


def test_the_three_sets() -> None:
    assert [part.population for part in BASE.parts] == ["fas", "measurable", "evaluable"]


@pytest.mark.parametrize(
    ("id_", "key", "value", "parts"),
    [
        ("t-14-2-1-s1", "response.source", "investigator", ["fas", "measurable", "evaluable"]),
        ("t-14-2-1-s2", "population.measurable", "eligible", ["measurable"]),
    ],
)
def test_a_sensitivity_changes_one_setting_and_prints_it(id_: str, key: str, value: str, parts: list[str]) -> None:
    spec = DISPLAYS[id_]
    kept = {"number", "title", "population", "parts", "variant", "first_note", "rows"}
    assert spec.model_dump(exclude=kept) == BASE.model_dump(exclude=kept)
    assert [row.model_dump(exclude={"analysis"}) for row in spec.rows] == [
        row.model_dump(exclude={"analysis"}) for row in BASE.rows
    ]
    assert [part.id for part in spec.parts] == parts
    assert spec.population == parts[0]  # the title names the set whose N the columns have
    study = loaded_study("full")
    changed = changed_study(PLAN, study, spec.variant)
    assert [k for k in study.settings if changed.settings[k].value != study.settings[k].value] == [key]
    assert changed.settings[key].value == value
    assert key in display_keys(PLAN, id_)
    assert f"{key} = {value}" in spec.first_note


def test_three_intervals_stand_side_by_side() -> None:
    spec = DISPLAYS["t-14-2-1-s3"]
    analyses = {PLAN.analyses[f"{name}-fas"].spec.variant: name for name in ("response@midp", "response@wilson")}
    assert [PLAN.file.variants[name].settings for name in analyses] == [{"ci.method": "mid_p"}, {"ci.method": "wilson"}]
    for block, base in zip(blocks(spec), blocks(BASE), strict=True):
        shown = [(row.analysis, row.variable, row.category, row.show) for row in block]
        for row in (row for row in base if row.show == "interval"):
            place = shown.index(("response", row.variable, row.category, "count_percent"))
            assert shown[place + 1 : place + 4] == [
                (name, row.variable, row.category, "interval") for name in ("response", *analyses.values())
            ]
        assert len(shown) == 4 * len(WITH_INTERVAL)
    assert (spec.parts, spec.columns) == (BASE.parts, BASE.columns)


def test_every_class_of_a_mismatch_has_a_row() -> None:
    variables = PLAN.file.analyses["agreement-visits"].variables
    planned = next(v for v in variables if v.name == "MATCHCLS").categories
    shown = [row.category for row in DISPLAYS["t-14-2-1-2"].rows if row.variable == "MATCHCLS"]
    assert sorted(shown) == sorted(planned)
