"""What the plan says about time to event: each display prints the study keys that matter to it and no others."""

import pytest

from crf2csr.ard import Result
from crf2csr.contracts import load_terms
from crf2csr.display.tables.rows import rows
from crf2csr.plan import Plan
from crf2csr.plan_checks import load_plan
from crf2csr.planned import display_keys
from tests.builders import study_view
from tests.plans import counted, summarized


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan("nct03709082")


def about(plan: Plan, display: str, *fields: str) -> set[str]:
    return {key for key in display_keys(plan, display) if key.split(".")[0] in fields}


@pytest.mark.parametrize("display", ["t-14-2-3-2", "f-14-2-9"])
def test_survival_depends_on_no_assessment(plan: Plan, display: str) -> None:
    assert about(plan, display, "response", "tumor", "cbr", "visit") == set()


@pytest.mark.parametrize("display", ["t-14-2-3", "f-14-2-4"])
def test_progression_free_survival_depends_on_no_confirmation(plan: Plan, display: str) -> None:
    found = about(plan, display, "response", "tumor", "cbr", "visit")
    gap = {"tumor.interval_days", "tumor.window_days"}
    # The visit calendar tells which scan of the first day is baseline.
    assert found == {"response.source", "response.pr_persistence", "tumor.new_lesion_blank", "visit.schedule", *gap}


@pytest.mark.parametrize("display", ["t-14-2-2", "f-14-2-5", "t-14-2-10"])
def test_what_responders_have_depends_on_confirmation(plan: Plan, display: str) -> None:
    found = about(plan, display, "response", "tumor", "visit", "cbr")
    assert found.isdisjoint({"cbr.min_days", "response.missing_as_ne", "response.sd_min_days"})
    assert {"response.confirm_days", "response.max_ne", "response.accept_sd"} <= found
    assert ("tumor.interval_days" in found) == (display != "t-14-2-10")  # a time to response has no gap before an event
    assert "visit.schedule" in found


def test_planned_ends_are_terms_of_the_code_list(plan: Plan) -> None:
    planned = [
        name
        for analysis in plan.file.analyses.values()
        if analysis.method == "survival"
        for variable in analysis.variables
        for names in variable.composites.values()
        for name in names
    ]
    assert set(planned) <= set(load_terms()["EVNTDESC"])
    assert set(planned) == {"Disease progression", "Death"}


def time_to_response(*months: float) -> list[Result]:
    """Return the results of Table 14.2.10 for three subjects, of whom one a value responded at the first assessment."""
    n, found = len(months), []
    values = {"n": n, "mean": "–", "sd": "NC" if n else "–", "median": "–", "min": "–", "max": "–"}
    values |= {name: months[0] for name in ("mean", "median", "min", "max") if n} | {
        f"value{i}": month for i, month in enumerate(months, start=1)
    }
    for level in ("d75", "d100", "d125", "rp2d", "all"):
        found += counted("responders-fas", level, "CRSP", 3, {"Y": n})
        found += summarized("response-time-fas", level, "TTR", 3, **values)
        at = {"First scheduled assessment": n, "Second scheduled assessment": 0}
        found += counted("response-assessment-fas", level, "TTR", n, at)
    return found


def test_time_to_response_of_nobody_is_no_row_of_zeros(plan: Plan) -> None:
    """Rule E0: three subjects in each column, and no responder among them."""
    (part,) = rows(plan, "t-14-2-10", time_to_response(), study_view(rows)).parts
    assert (part.rows, [column.n for column in part.columns]) == ((), [3] * 5)
    assert part.empty.endswith("Criterion: Full analysis set; PARAMCD = CRSP; AVALC = Y.")


def test_time_to_response_of_one_responder(plan: Plan) -> None:
    # 64 days are 64 / 30.4375 = 2.1027 months; one decimal as listed, a mean of one is not given
    (part,) = rows(plan, "t-14-2-10", time_to_response(2.1027), study_view(rows)).parts
    shown = {row.label.split(" [")[0]: row.cells[0].text for row in part.rows}
    assert shown["Responders"] == "1 (33.3)"
    assert [shown[name] for name in ("n", "Mean (SD)", "Median", "Min, Max")] == ["1", "NC", "2.10", "2.1, 2.1"]
    assert shown["Single values (n < 3)"] == "2.1"
    assert shown["First scheduled assessment"] == "1 (100.0)"
    assert shown["Second scheduled assessment"] == "0"
