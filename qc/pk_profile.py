"""Parameters of one subject by the second program: peak, areas, trough, and why one is not summarized.

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
    """A parameter: its value (None: not done), whether it is below the limit, and whether it is summarized."""

    value: Fraction | float | None
    below: bool = False
    summarized: bool = False
    at_last: bool = False

    @property
    def text(self) -> str:
        """As the first program writes it."""
        return "NOT DONE" if self.value is None else "BLQ" if self.below else f"{float(self.value):.10g}"


NOTHING = Found(None)


@dataclass(frozen=True)
class Profile:
    """The samples of C1D1 that may be used, in order of time, and what befell the dose."""

    used: list[Drawn]
    later: list[Drawn]
    lost: bool
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
    why = {refused(s, samples) for s in samples}
    lost = bool(why & {"DOSE_NOT_TAKEN", "DUPLICATE"}) or not any(s.timed_dose for s in samples) or not later
    days = {s.dose_day for s in samples if s.dose_day is not None}
    assumed = not any(s.before for s in used) and first_day is not None and days == {first_day}
    found = Profile(used, later, lost, assumed, False)
    return Profile(used, later, lost, assumed, _vomited(found, samples))


def _vomited(profile: Profile, samples: list[Drawn]) -> bool:
    hours = [s.hour for s in samples if s.problem == "VOMITED"]
    peak = profile.peak
    return any(peak is None or peak.below or hour <= 2 * peak.time for hour in hours)


def profile_parameters(profile: Profile, dose: int | None, values: Mapping[str, Any]) -> dict[str, Found]:
    """Return CMAX, TMAX, CMAXD and AUCINT of a profile."""
    peak, high = profile.peak, _highest_before(profile)
    if profile.lost or peak is None:
        return dict.fromkeys(("CMAX", "TMAX", "CMAXD", "AUCINT"), NOTHING)
    fit = not profile.vomited and len(profile.later) >= values["pk.min_postdose"]
    top = peak.value or Fraction(0)
    carried = high > 0 and (high >= top or high > top * Fraction(values["pk.predose_max_pct"]) / 100)
    at_last = peak.hour == max(PLANNED)
    area = _area(profile, -values["pk.windows_min"]["8h"][0])
    return {
        "CMAX": Found(top, peak.below, fit and not carried),
        "TMAX": NOTHING if peak.below else Found(peak.time, False, fit and not 0 < top <= high, at_last),
        "CMAXD": Found(top / dose, peak.below, fit and not carried) if dose else NOTHING,
        "AUCINT": NOTHING if area is None else Found(area, False, fit and not carried),
    }


def _highest_before(profile: Profile) -> Fraction:
    return max((s.value or Fraction(0) for s in profile.used if s.before), default=Fraction(0))


def curve_of(profile: Profile) -> list[tuple[Drawn | None, float, float]]:
    """Return the samples with hours and concentrations after the BLQ rule: 0 before the first value, then none."""
    first = next((place for place, s in enumerate(profile.used) if not s.below), len(profile.used))
    kept = [(s, s) for place, s in enumerate(profile.used) if not s.below or place < first]
    found: list[tuple[Drawn | None, float, float]] = [(s, float(s.time), float(s.value or 0)) for s, _ in kept]
    return [(None, 0.0, 0.0), *found] if profile.assumed_zero else found


def _area(profile: Profile, early: int) -> float | None:
    """Return the area from 0 to 8 h, to the actual time of a sample at most `early` minutes before it, else None."""
    quantified = [s for s in profile.used if not s.below]
    curve = [(time, value) for _, time, value in curve_of(profile)]
    if not quantified or not curve or curve[0][0] > 0:
        return None
    last, end = quantified[-1].time, Fraction(max(PLANNED))
    if (end - last) * 60 > early:
        return None
    stop = float(min(last, end))
    return sum(_strip(one, two, stop) for one, two in pairwise(curve) if one[0] < stop)


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
        return dict.fromkeys(("CTROUGH", "CTROUGHD"), NOTHING)
    good = trough_counts(sample, values)
    per_dose = Found(sample.value / dose, sample.below, good) if dose else NOTHING
    return {"CTROUGH": Found(sample.value, sample.below, good), "CTROUGHD": per_dose}


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
