"""Parameters of one subject from judged concentrations, each with its value or the reason why there is none.

R-1304 to R-1308, R-1310, R-1312, R-1313, R-1316.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from crf2csr.derive.rules.nca import Point, compute_area, find_last, find_peak, measured_curve, predose_excess

#: Parameter to its name and unit (`{}` is the unit of concentrations).
PARAMETERS = {
    "CMAX": ("Cmax", "{}"),
    "TMAX": ("Tmax", "h"),
    "CLST": ("Last quantifiable concentration", "{}"),
    "TLST": ("Time of the last quantifiable concentration", "h"),
    "AUCLST": ("AUC to the last quantifiable concentration", "h*{}"),
    "AUCINT": ("AUC from 0 to 8 h", "h*{}"),
    "CTROUGH": ("Trough concentration", "{}"),
    "CMAXD": ("Cmax/dose", "{}/mg"),
    "CTROUGHD": ("Trough/dose", "{}/mg"),
    "LAMZ": ("Terminal rate constant", "1/h"),
    "LAMZHL": ("Terminal half-life", "h"),
    "AUCIFO": ("AUC to infinity", "h*{}"),
}
PROFILE = ("CMAX", "TMAX", "CLST", "TLST", "AUCLST", "AUCINT", "CMAXD", "LAMZ", "LAMZHL", "AUCIFO")
TERMINAL = ("LAMZ", "LAMZHL", "AUCIFO")
#: What a value before the first dose makes unfit for summaries (R-1308), and what it does if it is the maximum.
CARRIED, CARRIED_MAXIMUM = ("CMAX", "CMAXD", "AUCLST", "AUCINT"), ("TMAX",)


@dataclass(frozen=True)
class ParameterSettings:
    """The study keys of the parameters; `early` minutes before the end of the interval still cover it (R-1306)."""

    blq_rule: str
    min_postdose: int
    predose_max_pct: Decimal
    end: Fraction
    early: int


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
    """One parameter: value, or the reason not done; flag; reason not summarized; addresses of the samples behind."""

    code: str
    value: Fraction | float | None = None
    blq: bool = False
    not_done: str = ""
    flag: str = ""
    not_summarized: str = ""
    sources: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """Why the parameter is not summarized: not done, or not reportable."""
        return self.not_done or self.not_summarized


def compute_profile(readings: Sequence[Reading], dose: int | None, settings: ParameterSettings) -> list[Parameter]:
    """Return the parameters of a profile in the order of PROFILE; `dose` in mg. R-1304 to R-1313."""
    failed = _failure(readings)
    if failed:
        return [Parameter(code, not_done=failed) for code in PROFILE]
    found = {one.code: one for one in [*_peak(readings, dose, settings), *_last(readings), *_areas(readings, settings)]}
    found |= {code: Parameter(code, not_done=_no_terminal(readings)) for code in TERMINAL}
    return [_reportable(found[code], readings, settings) for code in PROFILE]


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


def _points(readings: Sequence[Reading]) -> list[Point]:
    return [reading.point for reading in readings if reading.usable and reading.point is not None]


def _after(readings: Sequence[Reading]) -> list[Point]:
    return [reading.point for reading in readings if reading.after and reading.point is not None]


def _addresses(readings: Sequence[Reading], points: Sequence[Point]) -> tuple[str, ...]:
    return tuple(reading.address for reading in readings if reading.usable and reading.point in points)


def _peak(readings: Sequence[Reading], dose: int | None, settings: ParameterSettings) -> Iterator[Parameter]:
    """Yield CMAX, TMAX and CMAXD; all BLQ: Cmax 0 and BLQ, no Tmax. R-1304, R-1305, R-1310, R-1313."""
    peak = find_peak(_after(readings))
    assert peak is not None
    behind = _addresses(readings, [peak])
    if peak.blq:
        behind = _addresses(readings, _after(readings))
        yield Parameter("CMAX", Fraction(0), blq=True, sources=behind)
        yield Parameter("TMAX", not_done="BLQ_ALL", sources=behind)
        yield _per_dose("CMAXD", Parameter("CMAX", Fraction(0), blq=True, sources=behind), dose)
        return
    last = any(r.after and r.point == peak and r.nominal == settings.end for r in readings)
    flag = "TMAX_AT_LAST" if last else ""
    cmax = Parameter("CMAX", peak.value, flag=flag, sources=behind)
    yield cmax
    yield Parameter("TMAX", peak.time, flag=flag, sources=behind)
    yield _per_dose("CMAXD", cmax, dose)


def _per_dose(code: str, parameter: Parameter, dose: int | None) -> Parameter:
    """Return a concentration over the dose taken; not done without one. R-1313."""
    if parameter.not_done or not dose:
        return replace(parameter, code=code, value=None, blq=False, not_done=parameter.not_done or "DOSE_NOT_TAKEN")
    return replace(parameter, code=code, value=Fraction(parameter.value or 0) / dose)


def _last(readings: Sequence[Reading]) -> Iterator[Parameter]:
    last = find_last(_points(readings))
    if last is None:
        yield from (Parameter(code, not_done="BLQ_ALL") for code in ("CLST", "TLST"))
        return
    behind = _addresses(readings, [last])
    yield Parameter("CLST", last.value, sources=behind)
    yield Parameter("TLST", last.time, sources=behind)


def _areas(readings: Sequence[Reading], settings: ParameterSettings) -> Iterator[Parameter]:
    """Yield AUCLST and AUCINT from the dose on. R-1306."""
    points, zero = _points(readings), Fraction(0)
    last, behind = find_last(points), _addresses(readings, points)
    if last is None or points[0].time > zero:
        reason = "BLQ_ALL" if last is None else "NO_PREDOSE"
        yield from (Parameter(code, not_done=reason) for code in ("AUCLST", "AUCINT"))
        return
    curve = measured_curve(points, settings.blq_rule)
    whole = compute_area([pair for pair in curve if pair[0] <= last.time], zero, last.time)
    yield _area("AUCLST", whole, "", "TOO_FEW_POINTS", behind)
    if last.time >= settings.end:
        yield _area("AUCINT", compute_area(curve, zero, settings.end), "", "TOO_FEW_POINTS", behind)
    elif (settings.end - last.time) * 60 <= settings.early:
        yield _area("AUCINT", whole, "AUC_TO_LAST", "TOO_FEW_POINTS", behind)
    else:
        late = any(r.after and r.point == last and r.nominal == settings.end for r in readings)
        yield _area("AUCINT", None, "", "OUT_OF_WINDOW" if late else "TOO_FEW_POINTS", ())


def _area(code: str, value: float | None, flag: str, reason: str, behind: tuple[str, ...]) -> Parameter:
    if value is None:
        return Parameter(code, not_done=reason)
    return Parameter(code, value, flag=flag, sources=behind)


def _no_terminal(readings: Sequence[Reading]) -> str:
    """Return why there is no terminal slope: the grid has never three points after Tmax. R-1307."""
    points = _after(readings)
    peak = find_peak(points)
    if peak is None or peak.blq:
        return "BLQ_ALL"
    return "TOO_FEW_POINTS" if any(p.time > peak.time for p in points) else "TMAX_AT_LAST"


def _reportable(parameter: Parameter, readings: Sequence[Reading], settings: ParameterSettings) -> Parameter:
    """Return the parameter with the reason why its value is listed and not summarized. R-1308, R-1312, R-1313."""
    if parameter.not_done:
        return parameter
    too_high, maximum = _carried(readings, settings)
    carried = (too_high and parameter.code in CARRIED) or (maximum and parameter.code in CARRIED_MAXIMUM)
    tests = {
        "VOMIT": any(reading.vomited for reading in readings),
        "TOO_FEW_POINTS": len(_after(readings)) < settings.min_postdose,
        "PREDOSE_GT5": carried,
    }
    return replace(parameter, not_summarized=next((reason for reason, met in tests.items() if met), ""))


def _carried(readings: Sequence[Reading], settings: ParameterSettings) -> tuple[bool, bool]:
    """Return whether the value before the dose exceeds its share of Cmax (strict), and whether it is the maximum."""
    peak = find_peak(_after(readings))
    before = max((r.point.value for r in readings if r.usable and r.kind == "predose" and r.point), default=Fraction(0))
    if peak is None:
        return False, False
    return predose_excess(before, peak.value, settings.predose_max_pct)


def compute_trough(reading: Reading | None, dose: int | None) -> list[Parameter]:
    """Return CTROUGH and CTROUGHD of the trough of a visit; without one they are not done. R-1304, R-1313."""
    if reading is None or reading.point is None:
        reason = (reading.excluded if reading else "") or "MISSING_ALL"
        return [Parameter(code, not_done=reason) for code in ("CTROUGH", "CTROUGHD")]
    value, blq = reading.point.value, reading.point.blq
    trough = Parameter("CTROUGH", value, blq, not_summarized=reading.not_summarized, sources=(reading.address,))
    return [trough, _per_dose("CTROUGHD", trough, dose)]
