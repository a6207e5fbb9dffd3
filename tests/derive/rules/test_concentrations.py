"""Samples judged: times, windows, values below the limit, exclusions. Dose at 08:00, LLOQ 1, hand arithmetic."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from crf2csr.derive.rules.concentrations import (
    REASONS,
    judge_visit,
    minutes_between,
    predose_too_high,
    with_planned,
)
from tests.derive.pk_cases import DOSE, SETTINGS, judge, samples

PLAIN = """
hour | time  | result
0    | 07:40 | BLQ
2    | 10:05 | 12.5
4    | 12:00 | 30
8    | 16:10 | 25.4
"""


def changed(old: str, new: str) -> str:
    assert PLAIN.count(old) == 1
    return PLAIN.replace(old, new)


def said(judged: list, name: str) -> dict[int, object]:
    """One property by planned hour."""
    return {int(each.sample.nominal): getattr(each, name) for each in judged}


def test_times_deviations_and_values() -> None:
    judged = judge(PLAIN)
    assert said(judged, "minutes") == {0: 0, 2: 125, 4: 240, 8: 490}  # before the dose is 0 (R-1301)
    assert said(judged, "deviation") == {0: -20, 2: 5, 4: 0, 8: 10}
    assert said(judged, "value") == {0: 0, 2: Fraction("12.5"), 4: 30, 8: Fraction("25.4")}
    assert said(judged, "kind") == {0: "predose", 2: "2h", 4: "4h", 8: "8h"}
    assert set(said(judged, "not_summarized").values()) == {""}


@pytest.mark.parametrize(
    ("hour", "inside", "outside"),
    [
        ("0    | 07:40", "0    | 07:00", "0    | 06:59"),
        ("2    | 10:05", "2    | 09:50", "2    | 09:49"),
        ("2    | 10:05", "2    | 10:10", "2    | 10:11"),
        ("4    | 12:00", "4    | 12:15", "4    | 12:16"),
        ("8    | 16:10", "8    | 16:30", "8    | 16:31"),
        ("8    | 16:10", "8    | 15:30", "8    | 15:29"),
    ],
)
def test_windows_hold_their_ends_and_nothing_beyond(hour: str, inside: str, outside: str) -> None:
    place = int(hour.split()[0])
    assert said(judge(changed(hour, inside)), "not_summarized")[place] == ""
    judged = judge(changed(hour, outside))
    assert said(judged, "not_summarized")[place] == "OUT_OF_WINDOW"
    assert said(judged, "excluded")[place] == ""  # kept for parameters (R-1303)


def test_missing_actual_time_is_nominal_with_a_flag() -> None:
    judged = judge(changed("4    | 12:00", "4    |      "))
    assert (said(judged, "minutes")[4], said(judged, "nominal_used")[4], said(judged, "deviation")[4]) == (
        240,
        True,
        None,
    )
    assert said(judged, "not_summarized")[4] == ""


@pytest.mark.parametrize(
    ("old", "new", "hour", "reason"),
    [
        ("12:00 | 30", "10:05 | 30", 4, "DUPLICATE"),
        ("12:00 | 30", "07:59 | 30", 4, "SAMPLE_ORDER"),
        ("0    | 07:40", "0    | 08:01", 0, "SAMPLE_ORDER"),
        ("4    | 12:00", "6    | 14:00", 6, "NOT_PLANNED"),
    ],
)
def test_records_that_may_not_be_used(old: str, new: str, hour: int, reason: str) -> None:
    judged = judge(changed(old, new))
    assert said(judged, "excluded")[hour] == reason
    assert said(judged, "not_summarized")[hour] == reason


def test_both_samples_of_one_time_are_excluded() -> None:
    judged = judge(changed("12:00 | 30", "10:05 | 30"))
    assert said(judged, "excluded") == {0: "", 2: "DUPLICATE", 4: "DUPLICATE", 8: ""}


def test_a_negative_value_before_the_first_dose_counts_as_zero_for_areas_only() -> None:
    text = "hour | time | result | recorded\n0 | 07:40 | | -0.5\n2 | 10:00 | 12 | \n4 | 12:00 | 30 | "
    judged = judge(text)
    [before] = [each for each in judged if each.kind == "predose"]
    assert (before.excluded, before.imputed, before.value, before.not_summarized) == ("NEGATIVE", True, 0, "NEGATIVE")


@pytest.mark.parametrize("old", ["0    | 07:40 | BLQ\n", None])
def test_a_missing_sample_before_the_first_dose_is_zero_with_a_flag(old: str | None) -> None:
    text = PLAIN.replace(old, "") if old else changed("07:40 | BLQ", "07:40 |    ")
    [before] = [each for each in judge(text) if each.kind == "predose"]
    assert (before.imputed, before.value, before.not_summarized) == (True, 0, "NO_PREDOSE")
    [later] = [each for each in judge(text, first_dose=False) if each.kind == "predose"]
    assert (later.imputed, later.value) == (False, None)


def test_planned_times_without_a_record_are_rows_of_a_profile_only() -> None:
    given = samples(changed("8    | 16:10 | 25.4\n", ""))
    assert [int(each.nominal) for each in with_planned(given, SETTINGS)] == [0, 2, 4, 8]
    assert with_planned(given, SETTINGS)[3].address == ""
    trough = samples("hour | time | result\n0 | 07:40 | 50", visit="C1D15")
    assert with_planned(trough, SETTINGS) == trough
    assert with_planned([], SETTINGS) == []


def test_numbers_below_the_limit_are_below_the_limit() -> None:
    judged = judge(changed("10:05 | 12.5", "10:05 | 0.99"))
    assert judged[1].sample.blq
    assert said(judged, "value")[2] == 0  # before the first quantifiable value
    assert not judge(changed("10:05 | 12.5", "10:05 | 1.00"))[1].sample.blq
    assert judge(changed("10:05 | 12.5", "10:05 | 0"))[1].sample.blq


def test_a_value_below_the_limit_after_a_quantifiable_one_is_missing() -> None:
    judged = judge(changed("16:10 | 25.4", "16:10 | BLQ"))
    assert said(judged, "value")[8] is None
    assert (
        said(judge(changed("16:10 | 25.4", "16:10 | BLQ"), settings=replace(SETTINGS, blq_rule="all_zero")), "value")[8]
        == 0
    )


# Vomiting: Tmax is 4 h, so it counts up to 8 h; with the peak at 2 h up to 4 h (R-1312)
@pytest.mark.parametrize(
    ("hour", "peak", "excluded"), [(8, "30", True), (2, "30", True), (8, "3", False), (4, "3", True), (0, "3", True)]
)
def test_vomiting_within_two_tmax(hour: int, peak: str, excluded: bool) -> None:
    rows = [("0", "07:40", "BLQ"), ("2", "10:00", "12.5"), ("4", "12:00", peak), ("8", "16:00", "2")]
    lines = [f"{h} | {t} | {r} | {'VOMITED' if int(h) == hour else ''}" for h, t, r in rows]
    judged = judge("hour | time | result | problem\n" + "\n".join(lines))
    assert {each.vomited for each in judged} == {excluded}
    assert said(judged, "not_summarized") == dict.fromkeys((2, 4, 8), "VOMIT" if excluded else "") | {0: ""}


def trough(**values: object) -> str:
    """Why the trough of 07:50 is not summarized: dose of the day at 08:00, the one before 24 h earlier."""
    [given] = samples("hour | time | result\n0 | 07:50 | 70.5", visit="C1D15", previous="2020-01-05T08:00")
    [judged] = judge_visit([replace(given, **{"missed": 0, **values})], False, SETTINGS)
    return judged.not_summarized


def test_trough() -> None:
    assert trough() == ""
    assert trough(missed=1) == "DOSE_NOT_TAKEN"
    assert trough(missed=None) == "DOSE_NOT_TAKEN"  # not confirmed
    assert trough(previous="2020-01-05T05:50") == ""  # 26 h
    assert trough(previous="2020-01-05T05:49") == "OUT_OF_WINDOW"
    assert trough(previous="2020-01-05T09:50") == ""  # 22 h
    assert trough(previous="2020-01-05T09:51") == "OUT_OF_WINDOW"
    assert trough(drawn="2020-01-06T08:01") == "OUT_OF_WINDOW"  # after the dose of the day
    assert trough(previous="") == ""  # not known, so not outside


def test_trough_deviation_is_from_24_hours() -> None:
    [given] = samples("hour | time | result\n0 | 07:50 | 70.5", visit="C1D15", previous="2020-01-05T08:00")
    [judged] = judge_visit([given], False, SETTINGS)
    assert (judged.deviation, judged.minutes) == (-10, -10)


@pytest.mark.parametrize(
    ("before", "high"), [("1.5", False), ("1.51", True), ("BLQ", False), ("31", True), ("0.99", False)]
)
def test_value_before_the_first_dose_above_five_percent_is_strict(before: str, high: bool) -> None:
    # Cmax is 30, 5 % of it is 1.5 exactly
    judged = judge(changed("07:40 | BLQ", f"07:40 | {before}"))
    assert predose_too_high(judged, Decimal(5)) is high


def test_minutes_need_a_time_of_day() -> None:
    assert minutes_between(DOSE, "2020-01-07T07:30") == 1410
    assert minutes_between(DOSE, "2020-01-06") is None
    assert minutes_between("", DOSE) is None


def test_every_reason_has_words() -> None:
    assert all(text and text[0].isupper() for text in REASONS.values())
