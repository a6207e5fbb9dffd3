"""Start and end of adverse events: the reference cases, and what they leave open (R-204, R-205)."""

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from crf2csr.derive.rules.event_dates import compute_event_end, compute_event_start, derive_event_dates
from tests.builders import domain, rows, table

# Cases of tests/reference/dates.json that concern adverse events.
CASES = json.loads((Path(__file__).parents[2] / "reference" / "dates.json").read_text(encoding="utf-8"))
CUTOFF = date(2020, 3, 12)


def cases(rule: str) -> list[dict[str, str | None]]:
    return [case for case in CASES if case["rule"] == rule]


def text(value: str | None) -> pd.Series:
    return pd.Series([value or None], dtype="string")


def day(value: str | None) -> pd.Series:
    return pd.to_datetime(text(value)).astype("datetime64[ns]")


def shown(found: pd.DataFrame) -> list[str | None]:
    """Return the day and the flag of the one row."""
    name, flag = found.columns
    value = found[name].iloc[0]
    return [
        None if pd.isna(value) else value.strftime("%Y-%m-%d"),
        None if pd.isna(found[flag].iloc[0]) else found[flag].iloc[0],
    ]


@pytest.mark.parametrize("case", cases("ae_start_worst_case"), ids=lambda case: f"{case['dtc']} {case['aendt']}")
def test_start_follows_the_reference(case):
    found = compute_event_start(text(case["dtc"]), text(case["aendt"]), day(case["trtsdt"]))
    assert shown(found) == [case["astdt"], case["astdtf"]]


@pytest.mark.parametrize("case", cases("ae_end_latest"), ids=lambda case: f"{case['dtc']} {case['cutoff']}")
def test_end_follows_the_reference(case):
    found = compute_event_end(text(case["dtc"]), day(None), day(None), date.fromisoformat(case["cutoff"]))
    assert shown(found) == [case["aendt"], case["aendtf"]]


def start(collected: str, end: str = "", first_dose: str = "2019-03-15") -> list[str | None]:
    return shown(compute_event_start(text(collected), text(end), day(first_dose)))


def test_event_that_ended_before_the_first_dose_takes_the_earliest_day():
    assert start("2019-03", "2019-03-10") == ["2019-03-01", "D"]
    # A partial end proves it as well: no day of February is after the first dose; a day of March may be.
    assert start("2019", "2019-02") == ["2019-01-01", "M"]
    assert start("2019", "2019-03") == ["2019-03-15", "M"]
    # An end on the day of the first dose is not before it.
    assert start("2019-03", "2019-03-15") == ["2019-03-15", "D"]


def test_without_a_first_dose_nothing_is_taken_from_it():
    assert start("2019-03", first_dose="") == ["2019-03-01", "D"]
    assert start("", first_dose="") == [None, None]


def end(collected: str, start_day: str = "2019-06-10", death: str = "") -> list[str | None]:
    return shown(compute_event_end(text(collected), day(start_day), day(death), CUTOFF))


def test_end_is_bounded_by_death_where_that_is_possible():
    assert end("2019-07", death="2019-07-09") == ["2019-07-09", "D"]
    assert end("2019-07", death="2019-06-30") == ["2019-07-31", "D"]  # death before all possible days: no bound
    assert end("2019-07", death="2019-08-01") == ["2019-07-31", "D"]
    assert end("2019-07-20", death="2019-07-09") == ["2019-07-20", None]  # a complete date stays as recorded


def test_imputed_end_is_never_after_the_cutoff():
    # Death in February lies before all days of March and bounds nothing; the cutoff of 12 March does.
    assert end("2020-03", death="2020-02-20") == ["2020-03-12", "D"]
    assert end("2020", death="2019-12-31") == ["2020-03-12", "M"]


def test_end_that_is_not_known_at_the_cutoff_leaves_the_event_ongoing():
    assert end("2020-03-13") == [None, None]
    assert end("2020-04") == [None, None]
    assert end("2020-03-12") == ["2020-03-12", None]


def test_imputed_end_is_not_before_the_start():
    # The last day of May is before 10 June: the end is the start; a complete end is left to its query.
    assert end("2019-05") == ["2019-06-10", "D"]
    assert end("2019-05-31") == ["2019-05-31", None]


def test_days_and_duration():
    people = table("USUBJID | TRTSDT | DTHDT\nNCT03709082-01-001 | 2019-03-15 |").set_index("USUBJID")
    people = people.apply(pd.to_datetime).astype("datetime64[ns]")
    events = domain(
        "ae",
        """
        USUBJID | AESEQ | AETERM | AESTDTC    | AEENDTC
        01-001  | 1     | rash   | 2019-03-15 | 2019-03-16
        01-001  | 2     | rash   | 2019-03-14 |
        01-001  | 3     | rash   | 2019-03-16 | 2019-03-01
        """,
    )
    found = derive_event_dates(events, people, CUTOFF)
    # 15 to 16 March are two days, days 1 and 2; there is no day 0; an end before the start has no duration
    assert rows(found, "ASTDY", "AENDY", "ADURN") == [("1", "2", "2"), ("-1", "", ""), ("2", "-14", "")]


def test_no_events():
    people = table("USUBJID | TRTSDT | DTHDT").set_index("USUBJID").apply(pd.to_datetime)
    assert len(derive_event_dates(domain("ae"), people, CUTOFF)) == 0
