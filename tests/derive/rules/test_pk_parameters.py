"""Parameters and their reasons: profiles of the reference that the project decides, and hand arithmetic."""

import json
import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from crf2csr.derive.rules.pk_parameters import PROFILE, TERMINAL, compute_profile, compute_trough
from tests.derive.pk_cases import PARAMETERS, SETTINGS, WINDOWS, judge, parameters, readings

CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[2] / "reference/nca.json").read_text(encoding="utf-8"))["cases"]
}


def clock(hours: float) -> str:
    minutes = 480 + round(hours * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def text_of(name: str) -> str:
    """A case of the reference as a table of samples."""
    case, lines = CASES[name], ["hour | time | result | recorded"]
    for nominal, time, conc in zip(case["nominal_time"], case["time"], case["conc"], strict=True):
        negative = isinstance(conc, float | int) and conc < 0
        result = "" if conc is None or negative else str(conc)
        drawn = "" if time is None else "07:40" if nominal == 0 else clock(time)
        lines.append(f"{nominal} | {drawn} | {result} | {conc if negative else ''}")
    return "\n".join(lines)


def shown(found: dict, *codes: str) -> list[float | str]:
    """Value or reason not done of each code."""
    return [
        found[code].not_done or (None if found[code].value is None else pytest.approx(float(found[code].value)))
        for code in codes
    ]


AREA = CASES["trial_actual_times"]["expected"]["auc"]["first0_then_missing|lin up/log down"]["auclast"]
#: 0 before the first dose: the area that the reference gives the interval without saying so (R-1308).
FROM_ZERO = CASES["trial_missing_predose"]["expected"]["auc"]["first0_then_missing|lin up/log down"]["aucint_last"]


@pytest.mark.parametrize(
    ("name", "cmax", "tmax", "auclst", "aucint"),
    [
        ("trial_tmax_last", 52.4, 8, 235.1, 235.1),
        ("trial_tied_cmax_2_8", 61.5, 2, 364.46333421651, 364.46333421651),
        ("trial_missing_4h", 40, 8, 220, 220),
        ("trial_missing_8h", 44, 4, 94, "TOO_FEW_POINTS"),  # the reference gives 94 for 0-8 h
        ("trial_missing_predose", 44, 4, FROM_ZERO, FROM_ZERO),
        ("trial_no_predose_row", 44, 4, FROM_ZERO, FROM_ZERO),
        ("trial_actual_times", 48.8, 4.25, AREA, AREA),  # 7.75 h is in the window of 8 h: to the actual time
        ("trial_single_quant", 5.5, 4, 5.5, "TOO_FEW_POINTS"),  # the reference runs on through the BLQ at 8 h
        ("trial_blq_after", 12, 2, 24.9842553680007, "TOO_FEW_POINTS"),
        ("trial_blq_middle", 12, 2, 63.9370214720027, 63.9370214720027),
        ("trial_two_samples", 30, 8, 120, 120),
    ],
)
def test_profiles_of_the_reference(
    name: str, cmax: float, tmax: float, auclst: float | str, aucint: float | str
) -> None:
    assert [cmax, tmax, auclst, aucint] == shown(parameters(text_of(name)), "CMAX", "TMAX", "AUCLST", "AUCINT")


def test_tmax_is_at_the_last_sample_where_nothing_later_can_be_used() -> None:
    # The 8 h sample is missing and 4 h is the peak: the concentration may still have been rising (R-1305).
    assert all(one.peak_last for one in parameters(text_of("trial_missing_8h")).values())
    # A later BLQ shows that it has fallen.
    assert not any(one.peak_last for one in parameters(text_of("trial_single_quant")).values())


def test_negative_value_is_refused() -> None:
    # Decided: the reference integrates from -0.5 at 0 h. Ours: 20 * 2 / 2 + (20 + 44) * 2 / 2 + 4 * 4 / ln(44/40)
    found = parameters(text_of("trial_negative_conc"))
    assert [20 + 64 + 16 / math.log(1.1)] == shown(found, "AUCLST")


def test_missing_time_is_the_nominal_one() -> None:
    # Decided: the reference stops. 0-20: 20, 20-44: 64, 44-40 in 4 h: 16 / ln 1.1
    found = parameters(text_of("trial_missing_time"))
    assert [44, 4, 84 + 16 / math.log(1.1)] == shown(found, "CMAX", "TMAX", "AUCINT")


def test_all_missing_is_missing_and_never_zero() -> None:
    found = parameters(text_of("trial_all_missing"))
    assert {one.not_done for one in found.values()} == {"MISSING_ALL"}
    assert {one.not_done for one in compute_profile([], 100, PARAMETERS)} == {"MISSING_ALL"}


BLQ = "hour | time | result\n0 | 07:40 | BLQ\n2 | 10:00 | BLQ\n4 | 12:00 | BLQ\n8 | 16:00 | BLQ"


def test_all_below_the_limit() -> None:
    found = parameters(BLQ)
    assert (found["CMAX"].value, found["CMAX"].blq, found["CMAX"].not_summarized) == (0, True, "")
    assert (found["CMAXD"].value, found["CMAXD"].blq) == (0, True)
    others = {code: found[code].not_done for code in PROFILE if code not in ("CMAX", "CMAXD")}
    assert set(others.values()) == {"BLQ_ALL"}


PLAIN = "hour | time | result\n0 | 07:40 | BLQ\n2 | 10:00 | 20\n4 | 12:00 | 40\n8 | 16:00 | 30"


def test_peak_flag_dose_and_terminal_slope() -> None:
    found = parameters(PLAIN, dose=125)
    assert shown(found, "CMAX", "TMAX", "CMAXD", "CLST", "TLST") == [40, 4, 0.32, 30, 8]
    assert (found["CMAX"].flag, {found[code].not_done for code in TERMINAL}) == ("", {"TOO_FEW_POINTS"})
    assert found["CMAX"].sources == ("C1D1|4",)
    assert found["AUCINT"].sources == ("C1D1|0", "C1D1|2", "C1D1|4", "C1D1|8")
    last = parameters(PLAIN.replace("40", "25"), dose=None)
    assert (last["TMAX"].flag, last["CMAX"].flag) == ("TMAX_AT_LAST", "TMAX_AT_LAST")
    assert {last[code].not_done for code in TERMINAL} == {"TMAX_AT_LAST"}
    assert (last["CMAXD"].not_done, last["CMAXD"].value) == ("DOSE_NOT_TAKEN", None)


def test_peak_before_the_dose_never_counts() -> None:
    found = parameters(PLAIN.replace("BLQ", "99"))
    assert shown(found, "CMAX") == [40]
    # but it is the maximum: nothing of the profile is summarized (R-1308)
    assert {found[code].not_summarized for code in ("CMAX", "TMAX", "CMAXD", "AUCINT", "AUCLST")} == {"PREDOSE_GT5"}


@pytest.mark.parametrize(("before", "reason"), [("2", ""), ("2.01", "PREDOSE_GT5")])
def test_value_before_the_dose(before: str, reason: str) -> None:
    # 5 % of 40 is 2 exactly; Tmax stays
    found = parameters(PLAIN.replace("BLQ", before))
    assert (found["CMAX"].not_summarized, found["AUCINT"].not_summarized, found["TMAX"].not_summarized) == (
        reason,
        reason,
        "",
    )


def test_eight_hours_early_late_and_out_of_window() -> None:
    early = parameters(PLAIN.replace("16:00", "15:30"))["AUCINT"]
    assert (early.flag, float(early.value)) == ("AUC_TO_LAST", pytest.approx(20 + 60 + 10 * 3.5 / math.log(4 / 3)))
    assert parameters(PLAIN.replace("16:00", "15:29"))["AUCINT"].not_done == "OUT_OF_WINDOW"
    late = parameters(PLAIN.replace("16:00", "16:20"))["AUCINT"]
    end = 40 * (3 / 4) ** (4 / (4 + 1 / 3))  # interpolated on the logarithm at 8 h
    assert float(late.value) == pytest.approx(80 + (40 - end) * 4 / math.log(40 / end))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [("12:00 | 40", "10:00 | 40", "DUPLICATE"), ("10:00 | 20", "10:00 | 20", "")],
)
def test_why_a_profile_has_nothing(old: str, new: str, reason: str) -> None:
    assert {one.not_done for code, one in parameters(PLAIN.replace(old, new)).items() if code not in TERMINAL} == {
        reason
    }


def test_profile_without_the_time_of_its_dose() -> None:
    assert {one.not_done for one in parameters(PLAIN, dosed="").values()} == {"NO_DOSE_TIME"}


def test_missed_dose() -> None:
    lines = ["hour | time | result | problem", "2 | 10:00 | 20 | MISSED", "4 | 12:00 | 40 | MISSED"]
    assert {one.not_done for one in parameters("\n".join(lines)).values()} == {"DOSE_NOT_TAKEN"}


def test_later_dose_without_a_sample_before_it_has_no_area() -> None:
    found = parameters(PLAIN.replace("07:40 | BLQ", "07:40 | "), first_dose=False)
    assert shown(found, "CMAX", "AUCLST", "AUCINT") == [40, "NO_PREDOSE", "NO_PREDOSE"]


def test_fewer_samples_than_needed_are_listed_and_not_summarized() -> None:
    one = parameters("hour | time | result\n0 | 07:40 | BLQ\n8 | 16:00 | 30")
    assert (float(one["CMAX"].value), one["CMAX"].not_summarized) == (30, "TOO_FEW_POINTS")
    settings = replace(PARAMETERS, min_postdose=1)
    assert parameters("hour | time | result\n0 | 07:40 | BLQ\n8 | 16:00 | 30", settings=settings)["CMAX"].reason == ""


def test_vomited_dose_is_listed_and_not_summarized() -> None:
    text = PLAIN.replace("result", "result | problem").replace("| 20", "| 20 | VOMITED")
    lines = [line if line.count("|") == 3 else f"{line} | " for line in text.splitlines()]
    found = parameters("\n".join(lines))
    assert (float(found["CMAX"].value), found["CMAX"].not_summarized) == (40, "VOMIT")


def test_trough() -> None:
    assert [one.not_done for one in compute_trough(None, 100)] == ["MISSING_ALL", "MISSING_ALL"]
    [before] = [each for each in readings(judge(PLAIN.replace("BLQ", "70.5"))) if each.kind == "predose"]
    trough, per_dose = compute_trough(replace(before, not_summarized="OUT_OF_WINDOW"), 100)
    assert (float(trough.value), trough.not_summarized, trough.sources) == (70.5, "OUT_OF_WINDOW", ("C1D1|0",))
    assert (float(per_dose.value), per_dose.not_summarized) == (0.705, "OUT_OF_WINDOW")
    low, _ = compute_trough(next(r for r in readings(judge(PLAIN)) if r.kind == "predose"), 100)
    assert (low.value, low.blq) == (0, True)


# A grid of another study: 0, 1, 2, 4, 8, 12, 24 h
LONG = replace(SETTINGS, windows={**WINDOWS, "1h": (-10, 10), "12h": (-30, 30), "24h": (-60, 60)})
TO_24_H = replace(PARAMETERS, end=Fraction(24), early=60)


def long_profile(name: str, changes: dict[int, float] | None = None, **common: Any) -> dict:
    """The parameters of a case of the reference with seven samples, drawn at their planned times."""
    case = CASES[name]
    pairs = dict(zip(case["time"], case["conc"], strict=True)) | (changes or {})
    lines = [
        f"{hour} | | {'BLQ' if conc in (0, 'BLQ') else '' if conc is None else conc}" for hour, conc in pairs.items()
    ]
    text = "\n".join(["hour | time | result", *lines])
    return parameters(text, settings=TO_24_H, sampling=LONG, **common)


@pytest.mark.parametrize(("name", "flags"), [("rich_monoexp", ""), ("rich_blq_between", ""), ("rich_missing_mid", "")])
def test_terminal_slope_where_three_points_follow_the_peak(name: str, flags: str) -> None:
    expected, found = CASES[name]["expected"], long_profile(name)
    area = expected["auc"]["first0_then_missing|lin up/log down"]
    assert shown(found, *TERMINAL) == [expected["lambda_z"], expected["half_life"], area["aucinf_obs"]]
    assert {found[code].flag for code in TERMINAL} == {flags}
    # samples behind: the points of the line; of the area all of them
    assert len(found["LAMZ"].sources) == expected["lambda_z_n_points"]


def test_a_slope_that_fits_badly_is_listed_and_not_summarized() -> None:
    # the grid of rich_low_r2 has 6 h in place of 24 h
    case = CASES["rich_low_r2"]["expected"]
    windows = replace(LONG, windows={**LONG.windows, "6h": (-30, 30)})
    lines = [
        f"{h} | | {'BLQ' if c == 0 else c}"
        for h, c in zip(*(CASES["rich_low_r2"][n] for n in ("time", "conc")), strict=True)
    ]
    found = parameters("\n".join(["hour | time | result", *lines]), settings=TO_24_H, sampling=windows)
    assert shown(found, "LAMZ", "LAMZHL") == [case["lambda_z"], case["half_life"]]
    assert (found["LAMZ"].flag, found["LAMZ"].not_summarized) == ("LOW_R2 SHORT_SPAN", "LOW_R2")
    # 11 / 0.0497 = 221 h*ng/mL after 12 h is more than a fifth; what is built on the slope has the slope's reason
    assert (found["AUCIFO"].flag, found["AUCIFO"].not_summarized) == ("LOW_R2 SHORT_SPAN HIGH_EXTRAP", "LOW_R2")


def test_much_of_the_area_extrapolated() -> None:
    # half-life 5 h, 8 ng/mL at 2 h: 8.05 / 2 + 0.05 / ln(8.05 / 8) + (8 - 2) * 5 / ln 2 to 12 h, then 2 * 5 / ln 2:
    # 14.43 of 69.76 or 20.7 %; the line covers 2 half-lives
    falling = {hour: 8 * 2 ** (-(hour - 2) / 5) for hour in (2, 4, 8, 12)}
    found = long_profile("rich_monoexp", {1: 8.05, **falling, 24: None})
    to_last = 8.05 / 2 + 0.05 / math.log(8.05 / 8) + 30 / math.log(2)  # it falls from 1 to 2 h
    assert shown(found, "LAMZHL") == [5]
    assert (found["LAMZ"].flag, found["AUCIFO"].flag, found["AUCIFO"].not_summarized) == ("", *["HIGH_EXTRAP"] * 2)
    assert float(found["AUCIFO"].value) == pytest.approx(to_last + 10 / math.log(2), rel=1e-9)


def test_a_level_after_the_peak_has_no_slope() -> None:
    found = long_profile("rich_monoexp", {4: 8, 8: 8, 12: 8, 24: 8})
    assert {found[code].not_done for code in TERMINAL} == {"NONNEG_SLOPE"}


def test_no_area_to_infinity_without_an_area_to_the_last_value() -> None:
    found = long_profile("rich_monoexp", {0: None}, first_dose=False)
    assert found["AUCIFO"].not_done == "NO_PREDOSE"
    assert shown(found, "LAMZ") == [0.1]


def test_the_exclusion_for_a_value_before_the_dose_can_be_switched_off() -> None:
    text = PLAIN.replace("BLQ", "2.01")  # above 5 % of 40
    kept = parameters(text, settings=replace(PARAMETERS, predose_exclude=False))
    assert {kept[code].reason for code in ("CMAX", "CMAXD", "AUCLST", "AUCINT", "TMAX")} == {""}
    assert shown(kept, "CMAX", "AUCINT") == shown(parameters(text), "CMAX", "AUCINT")


def test_every_parameter_of_a_profile_says_that_its_peak_is_at_the_last_sample() -> None:
    assert {one.peak_last for one in parameters(PLAIN.replace("40", "25")).values()} == {True}
    assert {one.peak_last for one in parameters(PLAIN).values()} == {False}
    assert {one.peak_last for one in parameters(BLQ).values()} == {False}
