"""Parameters of one subject by the second program: peak, areas, trough, and why one is not done or not
summarized.

Values as text, exact where they are; areas by trapezoids in floats. R-1304 to R-1313.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from qc.pk_samples import PLANNED, PROFILE, Drawn, in_window, refused


@dataclass(frozen=True)
class Found:
    """A parameter: its value (None: not done), whether it is below the limit, why it is not done or not summarized, and
    whether no usable sample was drawn after the peak."""

    value: Fraction | float | None
    below: bool = False
    reason: str = ""
    at_last: bool = False

    @property
    def text(self) -> str:
        """As the first program writes it."""
        return "NOT DONE" if self.value is None else "BLQ" if self.below else f"{float(self.value):.10g}"

    @property
    def summarized(self) -> bool:
        """Whether it is part of summaries."""
        return self.value is not None and not self.reason


@dataclass(frozen=True)
class Profile:
    """The samples of C1D1 that may be used, in order of time, and what befell the dose."""

    used: list[Drawn]
    later: list[Drawn]
    lost: str
    assumed_zero: bool
    vomited: bool

    @property
    def peak(self) -> Drawn | None:
        """The first largest sample after the dose."""
        tops = [s for s in self.later if all((o.value or 0) <= (s.value or 0) for o in self.later)]
        return min(tops, key=lambda s: s.time, default=None)


def profile_of(samples: list[Drawn], first_day: int | None) -> Profile:
    """Return the profile of the samples of C1D1; `first_day`: ordinal of the first palbociclib dose."""
    used = sorted(
        (s for s in samples if s.value is not None and not refused(s, samples)), key=lambda s: (s.time, s.hour)
    )
    later = [s for s in used if not s.before]
    days = {s.dose_day for s in samples if s.dose_day is not None}
    assumed = not any(s.before for s in used) and first_day is not None and days == {first_day}
    lost = _why_lost(samples, bool(later))
    found = Profile(used, later, lost, assumed, False)
    return Profile(used, later, lost, assumed, _vomited(found, samples))


def _why_lost(samples: list[Drawn], usable: bool) -> str:
    """Return why a profile has no parameter; blank if it has. R-1302, R-1310, R-1312."""
    refusals = [(refused(s, samples), s.before) for s in samples]
    why = {reason for reason, _ in refusals} - {""}
    if not why and all(s.value is None for s in samples):
        return "MISSING_ALL"
    whole: list[str] = [reason for reason in ("DOSE_NOT_TAKEN", "DUPLICATE") if reason in why]
    if not whole and not any(s.timed_dose for s in samples):
        whole = ["NO_DOSE_TIME"]
    if not whole and not usable:
        whole = sorted(reason for reason, before in refusals if reason and not before)
    return whole[0] if whole else "" if usable else "MISSING_ALL"


def _vomited(profile: Profile, samples: list[Drawn]) -> bool:
    hours = [s.hour for s in samples if s.problem == "VOMITED"]
    peak = profile.peak
    return any(peak is None or peak.below or hour <= 2 * peak.time for hour in hours)


def profile_parameters(profile: Profile, dose: int | None, values: Mapping[str, Any]) -> dict[str, Found]:
    """Return CMAX, TMAX, CMAXD and AUCINT of a profile."""
    peak = profile.peak
    if profile.lost or peak is None:
        return dict.fromkeys(("CMAX", "TMAX", "CMAXD", "AUCINT"), Found(None, reason=profile.lost))
    top, end = peak.value or Fraction(0), not peak.below and all(s.time <= peak.time for s in profile.later)
    concentration, time = _why_left_out(profile, top, values)
    area, no_area = _area(profile, -values["pk.windows_min"]["8h"][0])
    no_tmax = "BLQ_ALL" if peak.below else ""
    return {
        "CMAX": Found(top, peak.below, concentration, end),
        "TMAX": Found(None if peak.below else peak.time, False, no_tmax or time, end),
        "CMAXD": _over(dose, Found(top, peak.below, concentration, end)),
        "AUCINT": Found(area, False, no_area or concentration, end),
    }


def _over(dose: int | None, found: Found) -> Found:
    if not dose or found.value is None:
        return Found(None, reason=found.reason if found.value is None else "DOSE_NOT_TAKEN", at_last=found.at_last)
    return Found(found.value / dose, found.below, found.reason, found.at_last)


def _why_left_out(profile: Profile, top: Fraction, values: Mapping[str, Any]) -> tuple[str, str]:
    """Return why concentrations and areas, and why times of a profile are not summarized. R-1308, R-1312, R-1313."""
    if profile.vomited:
        return "VOMIT", "VOMIT"
    if len(profile.later) < values["pk.min_postdose"]:
        return "TOO_FEW_POINTS", "TOO_FEW_POINTS"
    high = _highest_before(profile) if values["pk.predose_exclude"] else Fraction(0)
    over = high > 0 and (high >= top or high > top * Fraction(values["pk.predose_max_pct"]) / 100)
    return "PREDOSE_GT5" if over else "", "PREDOSE_GT5" if 0 < top <= high else ""


def _highest_before(profile: Profile) -> Fraction:
    return max((s.value or Fraction(0) for s in profile.used if s.before), default=Fraction(0))


def curve_of(profile: Profile) -> list[tuple[Drawn | None, float, float]]:
    """Return the samples with hours and concentrations after the BLQ rule: 0 before the first value, then none."""
    first = next((place for place, s in enumerate(profile.used) if not s.below), len(profile.used))
    kept = [(s, s) for place, s in enumerate(profile.used) if not s.below or place < first]
    found: list[tuple[Drawn | None, float, float]] = [(s, float(s.time), float(s.value or 0)) for s, _ in kept]
    return [(None, 0.0, 0.0), *found] if profile.assumed_zero else found


def _area(profile: Profile, early: int) -> tuple[float | None, str]:
    """Return the area from 0 to 8 h, to the actual time of a sample at most `early` minutes before it; or why not."""
    quantified = [s for s in profile.used if not s.below]
    curve = [(time, value) for _, time, value in curve_of(profile)]
    if not quantified or not curve or curve[0][0] > 0:
        return None, "NO_PREDOSE" if quantified else "BLQ_ALL"
    last, end = quantified[-1].time, Fraction(max(PLANNED))
    if (end - last) * 60 > early:
        return None, "OUT_OF_WINDOW" if quantified[-1].hour == end else "TOO_FEW_POINTS"
    stop = float(min(last, end))
    return sum(_strip(one, two, stop) for one, two in pairwise(curve) if one[0] < stop), ""


def _strip(one: tuple[float, float], two: tuple[float, float], stop: float) -> float:
    """Return the area between two samples, cut at `stop`."""
    share = (min(two[0], stop) - one[0]) / (two[0] - one[0])
    width = share * (two[0] - one[0])
    if 0 < two[1] < one[1]:
        end = one[1] ** (1 - share) * two[1] ** share
        return (one[1] - end) * width / math.log(one[1] / end)
    end = one[1] + share * (two[1] - one[1])
    return (one[1] + end) / 2 * width


def trough_parameters(sample: Drawn | None, dose: int | None, values: Mapping[str, Any]) -> dict[str, Found]:
    """Return CTROUGH and CTROUGHD of the trough of a visit."""
    if sample is None or sample.value is None:
        found = Found(None, reason="NEGATIVE" if sample and sample.negative else "MISSING_ALL")
    else:
        late = not in_window(sample, values["pk.windows_min"])
        skipped = "" if trough_counts(sample, values) else "DOSE_NOT_TAKEN"
        found = Found(sample.value, sample.below, "OUT_OF_WINDOW" if late else skipped)
    return {"CTROUGH": found, "CTROUGHD": _over(dose, found)}


def trough_counts(sample: Drawn, values: Mapping[str, Any]) -> bool:
    """Return whether a trough is summarized: in its window, after enough daily doses. R-1303, R-1304."""
    taken = None if sample.missed is None else 7 - sample.missed
    return (
        in_window(sample, values["pk.windows_min"]) and taken is not None and taken >= values["pk.trough_prior_doses"]
    )


def concentrations(
    samples: list[Drawn], profile: Profile, values: Mapping[str, Any]
) -> dict[tuple[str, int], tuple[float | None, Drawn]]:
    """Return (visit, planned hour) → value after the BLQ rule and sample, of those that are summarized. R-1303."""
    after_rule = {id(s): value for s, _, value in curve_of(profile)}
    found: dict[tuple[str, int], tuple[float | None, Drawn]] = {}
    for s in samples:
        if s.value is None or refused(s, [o for o in samples if o.visit == s.visit]):
            continue
        place = (s.visit, int(s.hour))
        if s.visit != PROFILE:
            if trough_counts(s, values):
                found[place] = (float(s.value), s)
        elif in_window(s, values["pk.windows_min"]) and not (profile.vomited and not s.before):
            found[place] = (after_rule.get(id(s)), s)
    return found
