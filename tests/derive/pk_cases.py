"""Samples of one subject for tests of pharmacokinetics: text tables become samples, and parameters by code."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from crf2csr.derive.rules.concentrations import Judged, PkSettings, Sample, judge_visit
from crf2csr.derive.rules.nca import Point
from crf2csr.derive.rules.pk_parameters import Parameter, ParameterSettings, Reading, compute_profile
from tests.builders import table

WINDOWS = {"predose": (-60, 0), "2h": (-10, 10), "4h": (-15, 15), "8h": (-30, 30), "trough": (1320, 1560)}
SETTINGS = PkSettings("zero_then_missing", ("C1D1",), True, WINDOWS, 7, ("C1D15",))
PARAMETERS = ParameterSettings("zero_then_missing", 2, Decimal(5), Fraction(8), 30)
DOSE = "2020-01-06T08:00"


def samples(text: str, visit: str = "C1D1", **common: str) -> list[Sample]:
    """Return samples of a table with hour, time (of 2020-01-06; blank: not known) and result, LLOQ 1."""
    return [
        Sample(
            usubjid="X-1",
            visit=visit,
            number=1.0,
            nominal=Fraction(row["hour"]),
            drawn=f"2020-01-06T{row['time']}" if row.get("time") else "",
            problem=row.get("problem") or "",
            recorded=row.get("recorded") or row.get("result") or "",
            text=row.get("result") or "",
            lloq=Fraction(1),
            address=f"{visit}|{row['hour']}",
            **{"dosed": DOSE, **common},
        )
        for row in table(text).astype(object).where(lambda frame: frame.notna(), None).to_dict("records")
    ]


def judge(text: str, first_dose: bool = True, settings: PkSettings = SETTINGS, **common: str) -> list[Judged]:
    """Return the judged samples of the profile of a table."""
    return judge_visit(samples(text, **common), first_dose, settings)


def readings(judged: list[Judged]) -> list[Reading]:
    """Return judged samples as parameters read them."""
    return [
        Reading(
            point=None
            if not each.imputed and not each.sample.measured
            else Point(
                Fraction(each.minutes, 60),
                Fraction(0) if each.imputed else each.sample.value or Fraction(0),
                each.imputed or each.sample.blq,
                each.sample.lloq,
            ),
            kind=each.kind,
            nominal=each.sample.nominal,
            imputed=each.imputed,
            excluded=each.excluded,
            not_summarized=each.not_summarized,
            vomited=each.vomited,
            dose_timed=bool(each.sample.dosed),
            address=each.sample.address,
        )
        for each in judged
    ]


def parameters(
    text: str,
    first_dose: bool = True,
    dose: int | None = 100,
    settings: ParameterSettings = PARAMETERS,
    sampling: PkSettings = SETTINGS,
    **common: str,
) -> dict[str, Parameter]:
    """Return the parameters of the profile of a table by code."""
    judged = judge(text, first_dose, sampling, **common)
    return {one.code: one for one in compute_profile(readings(judged), dose, settings)}
