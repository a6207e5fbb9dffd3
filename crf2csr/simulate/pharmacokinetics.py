"""Palbociclib concentrations: one compartment with first-order absorption and a lag.

Clearance 60.2 L/h (36.2 %) and volume 2710 L (30.2 %) are those of Sun and Wang (ESMO 2014), absorption 0.367 /h (50 %,
assumed) and lag 0.658 h; residual error 20 % (assumed). Times are minutes from the dose of the day.
"""

from dataclasses import dataclass

from crf2csr.simulate.model import PALBOCICLIB, Intake
from crf2csr.simulate.streams import Stream, exponential

LLOQ = 100  # 1.00 ng/mL in hundredths (pk.lloq)
NOMINAL = (0, 2, 4, 8)
WINDOWS = {0: (-30, -5), 2: (-6, 8), 4: (-9, 12), 8: (-20, 25)}  # minutes, within pk.windows_min


@dataclass(frozen=True)
class Sample:
    """A blood sample: day, planned hour, times of day in minutes, doses missed, hundredths of ng/mL."""

    day: int
    nominal: int
    clock: int
    dose_clock: int
    previous_clock: int | None
    missed7: int | None
    concentration: int


def draw_samples(level: int, intakes: list[Intake], stream: Stream) -> list[Sample]:
    """Return the samples of C1D1 (0, 2, 4, 8 h) and the trough of C1D15, if palbociclib was taken then."""
    taken = _days_taken(intakes)
    body = (stream.spread(60.2, 0.362), stream.spread(2710.0, 0.302), stream.spread(0.367, 0.5), 0.658)
    clock = stream.integer(8 * 60, 9 * 60 + 15)
    samples = [_first_day(level, body, clock, nominal, stream) for nominal in NOMINAL]
    if 14 in taken and 13 in taken:
        samples.append(_trough(level, body, clock, taken, stream))
    return samples


def _days_taken(intakes: list[Intake]) -> set[int]:
    days: set[int] = set()
    for intake in intakes:
        if intake.drug == PALBOCICLIB and intake.cycle == 1 and intake.given:
            end = intake.end if intake.end is not None else intake.start + 20
            days |= set(range(intake.start, end + 1)) - set(intake.missed)
    return days


def _first_day(level: int, body: tuple[float, float, float, float], clock: int, nominal: int, stream: Stream) -> Sample:
    delay = nominal * 60 + stream.integer(*WINDOWS[nominal])
    value = _residual(_single(level, body, delay / 60.0), stream) if nominal else 0
    return Sample(0, nominal, clock + delay, clock, None, None, value)


def _trough(
    level: int, body: tuple[float, float, float, float], first_clock: int, taken: set[int], stream: Stream
) -> Sample:
    clock = first_clock + stream.integer(-25, 25)
    previous = first_clock + stream.integer(-20, 20)
    drawn = clock - stream.integer(5, 30)
    hours = [24.0 * (14 - day) + (drawn - previous) / 60.0 for day in range(14) if day in taken]
    value = sum(_single(level, body, hour) for hour in hours)
    missed = sum(day not in taken for day in range(7, 14))
    return Sample(14, 0, drawn, clock, previous, missed, _residual(value, stream))


def _single(level: int, body: tuple[float, float, float, float], hour: float) -> float:
    """Return ng/mL after a single dose in mg: 1000 * dose * ka / (V (ka - k)) * (exp(-k t) - exp(-ka t))."""
    clearance, volume, absorption, lag = body
    time = hour - lag
    if time <= 0:
        return 0.0
    elimination = clearance / volume
    if absorption - elimination < 0.01:
        absorption = elimination + 0.01
    scale = 1000.0 * level * absorption / (volume * (absorption - elimination))
    return scale * (exponential(-elimination * time) - exponential(-absorption * time))


def _residual(value: float, stream: Stream) -> int:
    factor = max(0.3, 1.0 + stream.normal(0.0, 0.2))
    return int(value * factor * 10 + 0.5) * 10
