import json
from pathlib import Path

import pandas as pd
import pytest

from crf2csr.derive.rules.dates import (
    compute_age,
    compute_day_after,
    compute_duration,
    compute_first_day,
    compute_imputation_flag,
    compute_last_day,
    compute_study_day,
    compute_whole_day,
)

# Cases of tests/reference/dates.json for rules; those of adverse events are in test_event_dates.
CASES = json.loads((Path(__file__).parents[2] / "reference" / "dates.json").read_text(encoding="utf-8"))


def cases(rule: str) -> list[dict[str, object]]:
    return [case for case in CASES if case["rule"] == rule]


def texts(*values: str) -> pd.Series:
    return pd.Series(values, dtype="string").replace("", pd.NA).astype("string")


def days(*values: str) -> pd.Series:
    return pd.to_datetime(texts(*values)).astype("datetime64[ns]")


def shown(result: pd.Series) -> list[str]:
    return result.dt.strftime("%Y-%m-%d").fillna("").tolist()


@pytest.mark.parametrize("case", cases("study_day"), ids=lambda case: case["date"])
def test_study_day_follows_the_reference(case):
    assert compute_study_day(days(case["date"]), days(case["trtsdt"])).tolist() == [case["day"]]


@pytest.mark.parametrize("case", cases("age_years_completed"), ids=lambda case: f"{case['birth']} {case['ref']}")
def test_age_follows_the_reference(case):
    assert compute_age(texts(case["birth"]), texts(case["ref"])).tolist() == [case["age"]]


@pytest.mark.parametrize("case", cases("duration_days_inclusive"), ids=lambda case: case["start"])
def test_duration_follows_the_reference(case):
    assert compute_duration(days(case["start"]), days(case["end"])).tolist() == [case["days"]]


def test_partial_date_spans_the_days_that_it_can_mean():
    collected = texts("2019-03-14", "2019-03-14T09:05", "2019-02", "2020-02", "2019", "")
    first = ["2019-03-14", "2019-03-14", "2019-02-01", "2020-02-01", "2019-01-01", ""]
    # 2020 is a leap year
    last = ["2019-03-14", "2019-03-14", "2019-02-28", "2020-02-29", "2019-12-31", ""]
    assert shown(compute_first_day(collected)) == first
    assert shown(compute_last_day(collected)) == last
    assert shown(compute_whole_day(collected)) == ["2019-03-14", "2019-03-14", "", "", "", ""]
    assert compute_imputation_flag(collected).fillna("").tolist() == ["", "", "D", "D", "M", ""]


@pytest.mark.parametrize("text", ["2019-3", "14.03.2019", "2019-02-30", "2019-13", "UN"])
def test_text_that_is_no_iso_date_is_refused(text):
    with pytest.raises(ValueError):
        compute_first_day(texts(text))


def test_no_dates_at_all_give_no_rows():
    assert compute_first_day(texts()).tolist() == []
    assert compute_study_day(days(), days()).tolist() == []


def test_missing_date_has_no_study_day():
    assert compute_study_day(days("", "2019-03-15"), days("2019-03-15", "")).isna().all()


def test_partial_birth_date_gives_an_age_only_if_it_is_certain():
    # Born in March 1960: 58 until the end of February 2019, 59 from April on, unknown in March.
    births = texts("1960-03", "1960-03", "1960-03", "1960")
    reference = texts("2019-02-28", "2019-03-10", "2019-04-01", "2019-06-01")
    assert compute_age(births, reference).fillna(-1).tolist() == [58, -1, 59, -1]


def test_partial_date_becomes_the_earliest_day_after_the_anchor():
    # Within the known part; known part before the anchor: its last day; known part after it: its first day; no anchor.
    collected = texts("2020-03", "2020", "2020-02", "2020-05", "2020-04", "2020-03-01", "")
    anchor = days(*["2020-03-10"] * 4, "", "2020-03-10", "2020-03-10")
    found = ["2020-03-11", "2020-03-11", "2020-02-29", "2020-05-01", "2020-04-01", "2020-03-01", ""]
    assert shown(compute_day_after(collected, anchor)) == found


def test_anchor_on_the_last_day_of_the_known_part_leaves_that_day():
    assert shown(compute_day_after(texts("2020-03"), days("2020-03-31"))) == ["2020-03-31"]
