"""What must hold of any profile: scale, order of rows, a later sample, one reason for each missing parameter."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crf2csr.derive.rules.concentrations import REASONS, Sample, judge_visit
from crf2csr.derive.rules.pk_parameters import PROFILE, Parameter, compute_profile, compute_trough
from tests.derive.pk_cases import DOSE, PARAMETERS, SETTINGS, WINDOWS, readings

HOURS = (0, 1, 2, 4, 8, 12)
GRID = replace(SETTINGS, windows={**WINDOWS, "1h": (-10, 10), "12h": (-30, 30)})
TO_12_H = replace(PARAMETERS, end=Fraction(12))
LIMIT = Fraction(1)

#: Hundredths of the unit; None: no result; 0: below the limit.
results = st.lists(st.one_of(st.none(), st.just(0), st.integers(100, 20_000)), min_size=6, max_size=6)
quantified = st.lists(st.integers(100, 20_000), min_size=6, max_size=6)
late = st.lists(st.integers(-9, 9), min_size=6, max_size=6)
few = settings(max_examples=60, deadline=None, derandomize=True)


def samples(values: list[int | None], minutes: list[int], scale: int = 1, **common: str) -> list[Sample]:
    """Samples at the hours of the grid, some minutes off; the limit scales too."""
    return [
        Sample(
            usubjid="X-1",
            visit="C1D1",
            number=1.0,
            nominal=Fraction(hour),
            drawn=f"2020-01-06T{(480 + 60 * hour + off) // 60:02}:{(480 + 60 * hour + off) % 60:02}"
            if hour
            else "2020-01-06T07:40",
            text=text_of(value, scale),
            lloq=LIMIT * scale,
            address=f"C1D1|{hour}",
            **{"dosed": DOSE, **common},
        )
        for hour, value, off in zip(HOURS, values, minutes, strict=True)
    ]


def text_of(value: int | None, scale: int) -> str:
    if value is None:
        return ""
    return f"{value * scale // 100}.{value * scale % 100:02}" if value else "BLQ"


def found(given_: list[Sample], dose: int | None = 125) -> dict[str, Parameter]:
    return {one.code: one for one in compute_profile(readings(judge_visit(given_, True, GRID)), dose, TO_12_H)}


@few
@given(results, late, st.integers(2, 50))
def test_scaled_concentrations_scale_peak_and_area_and_leave_the_times(
    values: list[int | None], minutes: list[int], scale: int
) -> None:
    plain, scaled = found(samples(values, minutes)), found(samples(values, minutes, scale))
    assert {code: one.reason for code, one in plain.items()} == {code: one.reason for code, one in scaled.items()}
    for code, factor in (("CMAX", scale), ("CLST", scale), ("TMAX", 1), ("TLST", 1)):
        assert plain[code].value is None or scaled[code].value == plain[code].value * factor
    for code, factor in (("AUCLST", scale), ("AUCINT", scale), ("AUCIFO", scale), ("LAMZ", 1), ("LAMZHL", 1)):
        if plain[code].value is not None:
            assert float(scaled[code].value) == pytest.approx(float(plain[code].value) * factor, rel=1e-9)


@few
@given(results, late, st.integers(0, 10**6))
def test_the_order_of_records_changes_nothing(values: list[int | None], minutes: list[int], seed: int) -> None:
    given_ = samples(values, minutes)
    mixed = Random(seed).sample(given_, len(given_))
    assert found(mixed) == found(given_)


@few
@given(results, late)
def test_a_later_sample_never_lowers_the_area_to_the_last_value(values: list[int | None], minutes: list[int]) -> None:
    all_, shorter = found(samples(values, minutes)), found(samples([*values[:-1], None], minutes))
    if shorter["AUCLST"].value is not None:
        assert float(all_["AUCLST"].value) >= float(shorter["AUCLST"].value) * (1 - 1e-12)


@few
@given(
    results, late, st.sampled_from(["", "MISSED", "VOMITED"]), st.sampled_from([DOSE, "2020-01-06", ""]), st.booleans()
)
def test_a_missing_parameter_has_exactly_one_reason(
    values: list[int | None], minutes: list[int], problem: str, dosed: str, given_dose: bool
) -> None:
    parameters = found(samples(values, minutes, problem=problem, dosed=dosed), 125 if given_dose else None)
    assert tuple(parameters) == PROFILE
    for one in parameters.values():
        assert (one.value is None) == bool(one.not_done)
        assert one.reason in ("", *REASONS)
        assert not (one.not_done and one.not_summarized)


@few
@given(quantified, late)
def test_areas_lie_between_those_of_the_smallest_and_the_largest_value(values: list[int], minutes: list[int]) -> None:
    area, last = found(samples(values, minutes))["AUCLST"], float(found(samples(values, minutes))["TLST"].value)
    assert min(values) / 100 * last <= float(area.value) * (1 + 1e-12)
    assert float(area.value) <= max(values) / 100 * last * (1 + 1e-12)


def test_a_trough_that_is_missing_has_one_reason() -> None:
    assert [(one.value, one.not_done) for one in compute_trough(None, None)] == [(None, "MISSING_ALL")] * 2
