"""Samples for pharmacokinetics: time from the dose, window, value below the limit, what is left out and why.

R-1301 to R-1304, R-1308, R-1309, R-1312. Times are whole minutes, concentrations exact.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from crf2csr.derive.rules.nca import Point, apply_blq_rule, find_peak, predose_excess

#: Reasons why a record or a parameter is left out (R-1312); the last three are the house's.
REASONS = {
    "BLQ_ALL": "All values below the limit of quantification",
    "MISSING_ALL": "No concentration",
    "NO_PREDOSE": "No sample before the dose",
    "PREDOSE_GT5": "Value before the first dose too high",
    "VOMIT": "Dose vomited",
    "DOSE_NOT_TAKEN": "Dose not taken as planned",
    "OUT_OF_WINDOW": "Outside the sampling window",
    "TOO_FEW_POINTS": "Too few samples",
    "TMAX_AT_LAST": "Tmax at the last sample",
    "NONNEG_SLOPE": "No falling terminal slope",
    "LOW_R2": "Terminal slope fits badly",
    "SHORT_SPAN": "Terminal slope over less than 2 half-lives",
    "HIGH_EXTRAP": "More than 20 % of the area extrapolated",
    "DUPLICATE": "Two samples at one time",
    "NEGATIVE": "Negative concentration",
    "NO_DOSE_TIME": "Time of the dose missing",
    "SAMPLE_ORDER": "Drawn on the wrong side of the dose",
    "NOT_PLANNED": "Time not planned",
}
#: Minutes from the dose of the day before to a trough (R-1303), and days that MISSED7 looks back.
TROUGH_MINUTES, LOOKED_BACK = 24 * 60, 7
#: A sample of a profile that many minutes from its nominal time has a wrong date or half of the day.
OTHER_DAY = 12 * 60
#: Length of an ISO date with its time of day.
WITH_TIME = 16
#: A number below 0 as reported; a dash alone is none.
NEGATIVE = re.compile(r"-\d+([.,]\d+)?")


def hours_after_dose(windows: Mapping[str, tuple[int, int]]) -> list[Fraction]:
    """Return the nominal hours after the dose that `pk.windows_min` names (`2h`), in order."""
    return sorted(Fraction(name[:-1]) for name in windows if re.fullmatch(r"\d+h", name))


@dataclass(frozen=True)
class PkSettings:
    """The study keys of the sampling rules; `windows` in minutes, of the trough from the dose of the day before."""

    blq_rule: str
    profile_visits: tuple[str, ...]
    zero_is_predose: bool
    windows: Mapping[str, tuple[int, int]]
    prior_doses: int
    trough_visits: tuple[str, ...]

    @property
    def planned_hours(self) -> list[Fraction]:
        """The nominal times of a profile: 0 h and those that have a window."""
        return [Fraction(0), *hours_after_dose(self.windows)]


@dataclass(frozen=True)
class Sample:
    """A record of PC, or a planned sample without one (`address` blank); what is missing is blank or None."""

    usubjid: str
    visit: str
    number: float | None
    nominal: Fraction
    drawn: str = ""
    dosed: str = ""
    previous: str = ""
    problem: str = ""
    missed: int | None = None
    recorded: str = ""
    text: str = ""
    lloq: Fraction | None = None
    address: str = ""

    @property
    def measured(self) -> bool:
        """Whether there is a result, BLQ or a number."""
        return bool(self.text)

    @property
    def blq(self) -> bool:
        """Below the limit: reported so, or a number below it (Q-1005); a zero always."""
        if not self.measured:
            return False
        return self.text == "BLQ" or Fraction(self.text) == 0 or bool(self.lloq and Fraction(self.text) < self.lloq)

    @property
    def value(self) -> Fraction | None:
        """The concentration, 0 if below the limit, None without a result."""
        return None if not self.measured else Fraction(0) if self.blq else Fraction(self.text)

    @property
    def elapsed(self) -> int | None:
        """Minutes from the dose of the day to the sample (negative before it). R-1301."""
        return minutes_between(self.dosed, self.drawn)


@dataclass(frozen=True)
class Judged:
    """A sample with what the rules say of it: minutes used, deviation, flags, reasons and the value after the rule."""

    sample: Sample
    kind: str
    minutes: int
    nominal_used: bool
    deviation: int | None
    outside: bool
    excluded: str
    not_summarized: str
    value: Fraction | None
    imputed: bool = False
    vomited: bool = False


def minutes_between(start: str, end: str) -> int | None:
    """Return whole minutes between two ISO times; None if one of them has no time of day."""
    if len(start) != WITH_TIME or len(end) != WITH_TIME:
        return None
    return int((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()) // 60


def sample_kind(sample: Sample, settings: PkSettings) -> str:
    """Return `trough`, `predose` or `<n>h`: the name of the window in `pk.windows_min`. R-1303, R-1304."""
    if sample.visit in settings.trough_visits and sample.nominal == 0:
        return "trough"
    return "predose" if sample.nominal == 0 and settings.zero_is_predose else f"{sample.nominal}h"


def compute_deviation(sample: Sample, kind: str) -> int | None:
    """Return actual minus nominal minutes; a trough counts from the dose of the day before. R-1303."""
    if kind == "trough":
        since = minutes_between(sample.previous, sample.drawn)
        return None if since is None else since - TROUGH_MINUTES
    return None if sample.elapsed is None else sample.elapsed - int(sample.nominal * 60)


def is_outside(sample: Sample, kind: str, deviation: int | None, windows: Mapping[str, tuple[int, int]]) -> bool:
    """Return whether a sample lies outside its window; a trough also if it was drawn after the dose of the day.

    Unknown times and times without a window are not outside. R-1303.
    """
    if kind == "trough" and (sample.elapsed or 0) > 0:
        return True
    if deviation is None or kind not in windows:
        return False
    low, high = windows[kind]
    shift = TROUGH_MINUTES if kind == "trough" else 0
    return not low <= deviation + shift <= high


def with_planned(samples: Sequence[Sample], settings: PkSettings) -> list[Sample]:
    """Return the samples of one visit with a blank one for each planned time of a profile that has no record."""
    if not samples or samples[0].visit not in settings.profile_visits:
        return list(samples)
    known, one = {sample.nominal for sample in samples}, samples[0]
    absent = [hour for hour in settings.planned_hours if hour not in known]
    return [*samples, *(Sample(one.usubjid, one.visit, one.number, hour, dosed=one.dosed) for hour in absent)]


def judge_visit(samples: Sequence[Sample], first_dose: bool, settings: PkSettings) -> list[Judged]:
    """Return the samples of one subject and visit judged, in order of the time used.

    `first_dose`: the dose of the day is the first one of the subject, so that a missing sample before it counts as 0
    in areas (flag, R-1308). Record level reasons stand in `excluded`, those of the summary in `not_summarized`.
    """
    planned = with_planned(samples, settings)
    times = [sample.elapsed for sample in planned if sample.elapsed is not None and sample.measured]
    twice = {time for time in times if times.count(time) > 1}
    judged = sorted((_judge(each, twice, settings) for each in planned), key=lambda each: (each.minutes, each.kind))
    judged = _impute_predose(judged, first_dose)
    return _with_values(_with_vomiting(judged), settings.blq_rule)


def _judge(sample: Sample, twice: set[int], settings: PkSettings) -> Judged:
    kind = sample_kind(sample, settings)
    deviation, elapsed = compute_deviation(sample, kind), sample.elapsed
    outside = is_outside(sample, kind, deviation, settings.windows)
    minutes = int(sample.nominal * 60) if elapsed is None else elapsed
    if kind in ("predose", "trough"):
        minutes = min(minutes, 0) if kind == "trough" else 0
    excluded = _exclusion(sample, kind, twice, settings)
    reason = excluded or ("OUT_OF_WINDOW" if outside else _trough_reason(sample, kind, settings))
    drawn = bool(sample.address) and sample.measured
    return Judged(sample, kind, minutes, drawn and elapsed is None, deviation, outside, excluded, reason, sample.value)


def _exclusion(sample: Sample, kind: str, twice: set[int], settings: PkSettings) -> str:
    """Return why a record may not be used at all; blank if it may. R-1302, R-1312."""
    elapsed = sample.elapsed
    if not sample.measured:
        if NEGATIVE.fullmatch(sample.recorded.strip()):
            return "NEGATIVE"
        return "DOSE_NOT_TAKEN" if sample.problem == "MISSED" and kind != "trough" else ""
    if kind == "trough":
        return ""
    tests = {
        "NOT_PLANNED": sample.visit not in settings.profile_visits or sample.nominal not in settings.planned_hours,
        "DOSE_NOT_TAKEN": sample.problem == "MISSED",
        "DUPLICATE": elapsed in twice,
        "SAMPLE_ORDER": elapsed is not None and (elapsed > 0 if kind == "predose" else elapsed <= 0 < sample.nominal),
        "OUT_OF_WINDOW": elapsed is not None and abs(elapsed - sample.nominal * 60) >= OTHER_DAY,
    }
    return next((reason for reason, met in tests.items() if met), "")


def _trough_reason(sample: Sample, kind: str, settings: PkSettings) -> str:
    """Return DOSE_NOT_TAKEN for a trough after fewer doses than needed, or with doses not confirmed. R-1304."""
    if kind != "trough" or not sample.measured:
        return ""
    taken = -1 if sample.missed is None else LOOKED_BACK - sample.missed
    return "" if taken >= settings.prior_doses else "DOSE_NOT_TAKEN"


def _impute_predose(judged: list[Judged], first_dose: bool) -> list[Judged]:
    """Return the samples with 0 for a missing or refused one before the first dose: for areas, not for summaries."""
    return [
        replace(each, value=Fraction(0), imputed=True, not_summarized=each.not_summarized or "NO_PREDOSE")
        if each.kind == "predose" and first_dose and (each.excluded or each.value is None)
        else each
        for each in judged
    ]


def usable(judged: Sequence[Judged]) -> list[Judged]:
    """Return the samples that parameters may use: a value, measured or 0 before the first dose, and not excluded."""
    return [each for each in judged if each.imputed or (each.sample.measured and not each.excluded)]


def to_points(judged: Sequence[Judged]) -> list[Point]:
    """Return samples as points of a profile; an imputed 0 counts as below the limit."""
    return [
        Point(
            Fraction(each.minutes, 60),
            Fraction(0) if each.imputed else each.sample.value or Fraction(0),
            each.imputed or each.sample.blq,
            each.sample.lloq,
        )
        for each in judged
    ]


def after_dose(judged: Sequence[Judged]) -> list[Judged]:
    """Return the measured samples of a profile after the dose that parameters may use. R-1304."""
    return [each for each in usable(judged) if each.kind not in ("predose", "trough")]


def vomited(judged: Sequence[Judged]) -> bool:
    """Return whether the dose was vomited within 2 Tmax, by the planned time of the record that says so. R-1312.

    Without a peak any vomiting counts.
    """
    peak = find_peak(to_points(after_dose(judged)))
    hours = [each.sample.nominal for each in judged if each.sample.problem == "VOMITED" and each.kind != "trough"]
    return any(peak is None or peak.blq or hour <= 2 * peak.time for hour in hours)


def _with_vomiting(judged: list[Judged]) -> list[Judged]:
    if not vomited(judged):
        return judged
    later = [each.kind not in ("predose", "trough") and each.sample.measured for each in judged]
    return [
        replace(each, vomited=True, not_summarized=each.not_summarized or ("VOMIT" if after else ""))
        for each, after in zip(judged, later, strict=True)
    ]


def _with_values(judged: list[Judged], rule: str) -> list[Judged]:
    """Return the samples with their values after the BLQ rule; an excluded BLQ has no value. R-1309."""
    used = usable(judged)
    values = dict(zip(map(id, used), apply_blq_rule(to_points(used), rule), strict=True))
    return [replace(each, value=values.get(id(each), None if each.sample.blq else each.value)) for each in judged]


def predose_too_high(judged: Sequence[Judged], limit: Decimal) -> bool:
    """Return whether the value before the dose is above `limit` percent of Cmax, or at least Cmax (strict). R-1308."""
    peak = find_peak(to_points(after_dose(judged)))
    before = [each.sample.value for each in usable(judged) if each.kind == "predose" and not each.imputed]
    highest = max((value for value in before if value), default=Fraction(0))
    return peak is not None and predose_excess(highest, peak.value, limit)[0]
