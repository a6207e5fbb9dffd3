"""Parameters of one subject from judged concentrations, each with its value or the reason why there is none.

R-1304 to R-1308, R-1310, R-1312, R-1313, R-1316.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from crf2csr.derive.rules.nca import Point, compute_area, find_last, find_peak, measured_curve, predose_excess
from crf2csr.derive.rules.terminal import MOST_EXTRAPOLATED, fit_terminal, terminal_points, why_no_slope

#: Parameter to its name (`{}` is the hour where the interval ends) and unit (`{}` is the unit of concentrations).
PARAMETERS = {
    "CMAX": ("Cmax", "{}"),
    "TMAX": ("Tmax", "h"),
    "CLST": ("Last quantifiable concentration", "{}"),
    "TLST": ("Time of the last quantifiable concentration", "h"),
    "AUCLST": ("AUC to the last quantifiable concentration", "h*{}"),
    "AUCINT": ("AUC from 0 to {} h", "h*{}"),
    "CTROUGH": ("Trough concentration", "{}"),
    "CMAXD": ("Cmax/dose", "{}/mg"),
    "CTROUGHD": ("Trough/dose", "{}/mg"),
    "LAMZ": ("Terminal rate constant", "1/h"),
    "LAMZHL": ("Terminal half-life", "h"),
    "AUCIFO": ("AUC to infinity", "h*{}"),
}
PROFILE = ("CMAX", "TMAX", "CLST", "TLST", "AUCLST", "AUCINT", "CMAXD", "LAMZ", "LAMZHL", "AUCIFO")
TERMINAL = ("LAMZ", "LAMZHL", "AUCIFO")
TMAX_AT_LAST = "TMAX_AT_LAST"
#: What a value before the first dose makes unfit for summaries (R-1308), and what it does if it is the maximum.
CARRIED, CARRIED_MAXIMUM = ("CMAX", "CMAXD", "AUCLST", "AUCINT", "AUCIFO"), ("TMAX",)


@dataclass(frozen=True)
class ParameterSettings:
    """The study keys of the parameters; `early` minutes before the end of the interval still cover it (R-1306)."""

    blq_rule: str
    min_postdose: int
    predose_max_pct: Decimal
    end: Fraction
    early: int
    predose_exclude: bool = True


@dataclass(frozen=True)
class Reading:
    """A row of ADPC as parameters see it: the point (None without a value), its kind, flags and its address."""

    point: Point | None
    kind: str
    nominal: Fraction
    imputed: bool
    excluded: str
    not_summarized: str
    vomited: bool
    dose_timed: bool
    address: str

    @property
    def after(self) -> bool:
        """A usable sample after the dose."""
        return self.usable and self.kind not in ("predose", "trough")

    @property
    def usable(self) -> bool:
        """A measured or imputed value that is not excluded from parameters."""
        return self.point is not None and (self.imputed or not self.excluded)


@dataclass(frozen=True)
class Parameter:
    """One parameter: value, or the reason not done; flag; reason not summarized; addresses of the samples behind;
    whether Tmax of its profile is the last usable sample."""

    code: str
    value: Fraction | float | None = None
    blq: bool = False
    not_done: str = ""
    flag: str = ""
    not_summarized: str = ""
    sources: tuple[str, ...] = ()
    peak_last: bool = False

    @property
    def reason(self) -> str:
        """Why the parameter is not summarized: not done, or not reportable."""
        return self.not_done or self.not_summarized


def compute_profile(readings: Sequence[Reading], dose: int | None, settings: ParameterSettings) -> list[Parameter]:
    """Return the parameters of a profile in the order of PROFILE; `dose` in mg. R-1304 to R-1313."""
    failed = _failure(readings)
    if failed:
        return [Parameter(code, not_done=failed) for code in PROFILE]
    profile = _look_at(readings, settings)
    found = {one.code: one for one in [*_peak(profile, dose), *_last(profile), *_areas(profile)]}
    found |= {one.code: one for one in _terminal(profile, found["AUCLST"])}
    last, left_out = found["TMAX"].flag == TMAX_AT_LAST, _left_out(profile)
    return [_reportable(found[code], left_out.get(code, ""), last) for code in PROFILE]


def _failure(readings: Sequence[Reading]) -> str:
    """Return why a profile has no parameter at all; blank if it has. R-1302, R-1310, R-1312."""
    reasons = {reading.excluded for reading in readings}
    if all(reading.point is None or reading.imputed for reading in readings) and not reasons - {""}:
        return "MISSING_ALL"
    for reason in ("DOSE_NOT_TAKEN", "DUPLICATE"):
        if reason in reasons:
            return reason
    if not any(reading.dose_timed for reading in readings):
        return "NO_DOSE_TIME"
    if not any(reading.after for reading in readings):
        later = sorted(r.excluded for r in readings if r.excluded and r.kind not in ("predose", "trough"))
        return later[0] if later else "MISSING_ALL"
    return ""


@dataclass(frozen=True)
class _Profile:
    """A profile that has parameters: what may be used of it, found once for all of them."""

    settings: ParameterSettings
    used: list[tuple[Point, Reading]]
    later: list[tuple[Point, Reading]]
    peak: Point
    last: Point | None
    vomited: bool

    @property
    def points(self) -> list[Point]:
        return [point for point, _ in self.used]

    @property
    def points_after(self) -> list[Point]:
        return [point for point, _ in self.later]

    def at_end(self, point: Point) -> bool:
        """Whether a point is the sample that is planned last."""
        return any(each is point and reading.nominal == self.settings.end for each, reading in self.later)

    @property
    def peak_last(self) -> bool:
        """Whether no usable sample was drawn after the peak: the true one may come later. R-1305."""
        return all(point.time <= self.peak.time for point in self.points_after)

    def behind(self, points: Sequence[Point]) -> tuple[str, ...]:
        """Return the addresses of the samples behind points of this profile."""
        chosen = {id(point) for point in points}
        return tuple(reading.address for point, reading in self.used if id(point) in chosen)


def _look_at(readings: Sequence[Reading], settings: ParameterSettings) -> _Profile:
    used = [(each.point, each) for each in readings if each.usable and each.point is not None]
    later = [(point, each) for point, each in used if each.kind not in ("predose", "trough")]
    peak = find_peak([point for point, _ in later])
    assert peak is not None  # else _failure has a reason
    return _Profile(settings, used, later, peak, find_last([p for p, _ in used]), any(r.vomited for r in readings))


def _peak(profile: _Profile, dose: int | None) -> Iterator[Parameter]:
    """Yield CMAX, TMAX and CMAXD; all BLQ: Cmax 0 and BLQ, no Tmax. R-1304, R-1305, R-1310, R-1313."""
    peak = profile.peak
    if peak.blq:
        nothing = Parameter("CMAX", Fraction(0), blq=True, sources=profile.behind(profile.points_after))
        yield nothing
        yield Parameter("TMAX", not_done="BLQ_ALL", sources=nothing.sources)
        yield _per_dose("CMAXD", nothing, dose)
        return
    flag = TMAX_AT_LAST if profile.peak_last else ""
    cmax = Parameter("CMAX", peak.value, flag=flag, sources=profile.behind([peak]))
    yield cmax
    yield Parameter("TMAX", peak.time, flag=flag, sources=cmax.sources)
    yield _per_dose("CMAXD", cmax, dose)


def _per_dose(code: str, parameter: Parameter, dose: int | None) -> Parameter:
    """Return a concentration over the dose taken; not done without one. R-1313."""
    if parameter.not_done or not dose:
        return replace(parameter, code=code, value=None, blq=False, not_done=parameter.not_done or "DOSE_NOT_TAKEN")
    return replace(parameter, code=code, value=Fraction(parameter.value or 0) / dose)


def _last(profile: _Profile) -> Iterator[Parameter]:
    if profile.last is None:
        yield from (Parameter(code, not_done="BLQ_ALL") for code in ("CLST", "TLST"))
        return
    behind = profile.behind([profile.last])
    yield Parameter("CLST", profile.last.value, sources=behind)
    yield Parameter("TLST", profile.last.time, sources=behind)


def _areas(profile: _Profile) -> Iterator[Parameter]:
    """Yield AUCLST and AUCINT from the dose on. R-1306."""
    points, last, settings, zero = profile.points, profile.last, profile.settings, Fraction(0)
    if last is None or points[0].time > zero:
        reason = "BLQ_ALL" if last is None else "NO_PREDOSE"
        yield from (Parameter(code, not_done=reason) for code in ("AUCLST", "AUCINT"))
        return
    curve, behind = measured_curve(points, settings.blq_rule), profile.behind(points)
    up_to_last = curve if curve[-1][0] == last.time else [pair for pair in curve if pair[0] <= last.time]
    whole = compute_area(up_to_last, zero, last.time)
    yield _area("AUCLST", whole, "", "TOO_FEW_POINTS", behind)
    if last.time == settings.end:
        yield _area("AUCINT", whole, "", "TOO_FEW_POINTS", behind)
    elif last.time > settings.end:
        yield _area("AUCINT", compute_area(curve, zero, settings.end), "", "TOO_FEW_POINTS", behind)
    elif (settings.end - last.time) * 60 <= settings.early:
        yield _area("AUCINT", whole, "AUC_TO_LAST", "TOO_FEW_POINTS", behind)
    else:
        yield _area("AUCINT", None, "", "OUT_OF_WINDOW" if profile.at_end(last) else "TOO_FEW_POINTS", ())


def _area(code: str, value: float | None, flag: str, reason: str, behind: tuple[str, ...]) -> Parameter:
    if value is None:
        return Parameter(code, not_done=reason)
    return Parameter(code, value, flag=flag, sources=behind)


def _terminal(profile: _Profile, to_last: Parameter) -> Iterator[Parameter]:
    """Yield LAMZ, LAMZHL and AUCIFO; `to_last` is AUCLST. A doubtful slope is not summarized, nor what is built on it.

    R-1307, R-1312.
    """
    points = [] if profile.peak.blq else terminal_points(profile.points_after, profile.peak)
    slope = fit_terminal(points)
    if slope is None or profile.last is None:
        yield from (Parameter(code, not_done=_no_terminal(profile, points)) for code in TERMINAL)
        return
    behind = profile.behind(points[-slope.points :])
    yield _doubtful("LAMZ", slope.rate, slope.flags, behind)
    yield _doubtful("LAMZHL", slope.half_life, slope.flags, behind)
    if to_last.not_done:
        yield replace(to_last, code="AUCIFO")
        return
    beyond = slope.beyond(profile.last.value)
    whole = float(to_last.value or 0) + beyond
    far = ("HIGH_EXTRAP",) if beyond > MOST_EXTRAPOLATED * whole else ()
    yield _doubtful("AUCIFO", whole, (*slope.flags, *far), to_last.sources)


def _doubtful(code: str, value: float, flags: tuple[str, ...], behind: tuple[str, ...]) -> Parameter:
    """Return a parameter with all its flags; the first one is why it is not summarized."""
    return Parameter(code, value, flag=" ".join(flags), not_summarized=next(iter(flags), ""), sources=behind)


def _no_terminal(profile: _Profile, points: Sequence[Point]) -> str:
    """Return why there is no terminal slope; `points`: quantifiable after Tmax. R-1307."""
    if profile.peak.blq:
        return "BLQ_ALL"
    return why_no_slope(points) if any(p.time > profile.peak.time for p in profile.points_after) else TMAX_AT_LAST


def _left_out(profile: _Profile) -> dict[str, str]:
    """Return parameter to the reason why its value is listed and not summarized. R-1308, R-1312, R-1313."""
    too_high, maximum = _carried(profile)
    if profile.vomited:
        return dict.fromkeys(PROFILE, "VOMIT")
    if len(profile.later) < profile.settings.min_postdose:
        return dict.fromkeys(PROFILE, "TOO_FEW_POINTS")
    return dict.fromkeys((*CARRIED * too_high, *CARRIED_MAXIMUM * maximum), "PREDOSE_GT5")


def _reportable(parameter: Parameter, reason: str, peak_last: bool) -> Parameter:
    """Return the parameter with the reason of its profile, if it has a value, before its own."""
    reason = "" if parameter.not_done else reason
    if not reason and not peak_last:
        return parameter
    return replace(parameter, not_summarized=reason or parameter.not_summarized, peak_last=peak_last)


def _carried(profile: _Profile) -> tuple[bool, bool]:
    """Return whether the value before the dose exceeds its share of Cmax (strict), and whether it is the maximum;
    neither where such a profile is kept (`pk.predose_exclude` false, the sensitivity of R-1308)."""
    if not profile.settings.predose_exclude:
        return False, False
    before = max((point.value for point, r in profile.used if r.kind == "predose"), default=Fraction(0))
    return predose_excess(before, profile.peak.value, profile.settings.predose_max_pct)


def compute_trough(reading: Reading | None, dose: int | None) -> list[Parameter]:
    """Return CTROUGH and CTROUGHD of the trough of a visit; without one they are not done. R-1304, R-1313."""
    if reading is None or reading.point is None:
        reason = (reading.excluded if reading else "") or "MISSING_ALL"
        return [Parameter(code, not_done=reason) for code in ("CTROUGH", "CTROUGHD")]
    value, blq = reading.point.value, reading.point.blq
    trough = Parameter("CTROUGH", value, blq, not_summarized=reading.not_summarized, sources=(reading.address,))
    return [trough, _per_dose("CTROUGHD", trough, dose)]
