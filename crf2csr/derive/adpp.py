"""ADPP: pharmacokinetic parameters, one row a parameter and visit (R-1304 to R-1313, R-1316)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pandas as pd

from crf2csr.contracts import conform, load_contract, row_keys
from crf2csr.derive.rules.concentrations import REASONS, WITH_TIME, hours_after_dose
from crf2csr.derive.rules.nca import Point
from crf2csr.derive.rules.pk_parameters import (
    PARAMETERS,
    Parameter,
    ParameterSettings,
    Reading,
    compute_profile,
    compute_trough,
)
from crf2csr.derive.rules.records import link_sources, no_queries, text_of
from crf2csr.results import Derived
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.study import View

Row = dict[str, Any]


@uses(
    "pk.blq_rule",
    "pk.cmax_days",
    "pk.trough_days",
    "pk.windows_min",
    "pk.min_postdose",
    "pk.predose_max_pct",
    "pk.predose_exclude",
    "pk.unit",
)
def adpp(adsl: pd.DataFrame, adpc: pd.DataFrame, study: View) -> Derived:
    """Return ADPP for the subjects of ADPC: the profile parameters at each visit of `pk.cmax_days`, the trough at each
    of `pk.trough_days`.

    A parameter that does not exist is a row with PPSTAT `NOT DONE` and one reason; one that is not reportable keeps its
    value and has PKSUMXF. TMAXLFL is on every row of a profile whose Tmax is the last usable sample (R-1305). Cmax of
    a profile that is all BLQ is 0 with AVALC `BLQ`. Terminal slope, half-life and area to infinity need three
    quantifiable samples after Tmax: with four planned ones they are `NOT DONE`. Links: a row to the samples behind it.
    """
    people, settings = adsl.set_index("USUBJID"), _settings(study)
    readings = _readings(adpc.assign(ADDRESS=row_keys(adpc, load_contract("derive", "adpc"))))
    profiles, troughs = study["pk.cmax_days"], study["pk.trough_days"]
    rows: list[Row] = []
    for usubjid in sorted({subject for subject, _ in readings}):
        dose = people.at[usubjid, "TRT01AN"]
        given = None if pd.isna(dose) else int(dose)
        for visit in profiles:
            found = compute_profile(readings.get((usubjid, visit), []), given, settings)
            rows += [_row(usubjid, visit, each, settings.end) for each in found]
        for visit in troughs:
            own = [reading for reading in readings.get((usubjid, visit), []) if reading.kind == "trough"]
            found = compute_trough(own[0] if own else None, given)
            rows += [_row(usubjid, visit, each, settings.end) for each in found]
    data = _frame(rows, people, study["pk.unit"], settings.end)
    return Derived(data, no_queries(), link_sources("adpp", data, rows, load_contract("derive", "adpp")))


def _settings(study: View) -> ParameterSettings:
    """Return the settings; the interval ends at the last planned hour of a profile."""
    end = hours_after_dose(study["pk.windows_min"])[-1]
    return ParameterSettings(
        study["pk.blq_rule"],
        study["pk.min_postdose"],
        study["pk.predose_max_pct"],
        end,
        -study["pk.windows_min"][f"{end}h"][0],
        study["pk.predose_exclude"],
    )


def _readings(adpc: pd.DataFrame) -> dict[tuple[str, str], list[Reading]]:
    """Return the readings of each subject and visit in order of the time used."""
    found: dict[tuple[str, str], list[Reading]] = {}
    for row in adpc.sort_values(["USUBJID", "AVISIT", "NCAMIN", "NRRLT"], kind="stable").itertuples():
        found.setdefault((row.USUBJID, row.AVISIT), []).append(_reading(row))
    return found


def _reading(row: Any) -> Reading:
    imputed = not pd.isna(row.DTYPE)
    return Reading(
        point=_point(row, imputed),
        kind=row.WINTYPE,
        nominal=Fraction(str(row.NRRLT)),
        imputed=imputed,
        excluded=text_of(row.NCAXRS),
        not_summarized=text_of(row.EXREASCD),
        vomited=row.VOMITFL is not pd.NA and row.VOMITFL == "Y",
        dose_timed=len(text_of(row.RFDTM)) == WITH_TIME,
        address=row.ADDRESS,
    )


def _point(row: Any, imputed: bool) -> Point | None:
    """Return the exact point behind a row: AVALC holds the digits as reported."""
    text, time = text_of(row.AVALC), Fraction(int(row.NCAMIN), 60)
    limit = None if pd.isna(row.ALLOQ) else Fraction(str(row.ALLOQ))
    if imputed or text == "BLQ":
        return Point(time, Fraction(0), True, limit)
    return Point(time, Fraction(text), False, limit) if text else None


def _row(usubjid: str, visit: str, found: Parameter, end: Fraction) -> Row:
    value = None if found.value is None else float(found.value)
    interval = {"PPSTINT": "PT0H", "PPENINT": f"PT{end}H"} if found.code == "AUCINT" else {}
    return {
        "USUBJID": usubjid,
        "PARAMCD": found.code,
        "AVISIT": visit,
        "AVAL": value,
        "AVALC": "NOT DONE" if value is None else "BLQ" if found.blq else f"{value:.10g}",
        "BLQFL": "Y" if found.blq else None,
        "PPSTAT": "NOT DONE" if found.not_done else None,
        "PPREASND": found.not_done or None,
        "FLAG": found.flag or None,
        "TMAXLFL": "Y" if found.peak_last else None,
        "PKSUMXF": "Y" if found.reason else None,
        "PKSUMXRS": REASONS.get(found.reason),
        "EXREASCD": found.reason or None,
        "SOURCES": list(_sources(found.sources)),
        **interval,
    }


def _sources(addresses: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    yield from (("AVAL", "adpc", address) for address in addresses)


def _frame(rows: list[Row], people: pd.DataFrame, unit: str, end: Fraction) -> pd.DataFrame:
    contract = load_contract("derive", "adpp")
    frame = pd.DataFrame([{k: v for k, v in row.items() if k != "SOURCES"} for row in rows])
    frame = frame.reindex(columns=contract.names)
    known = {name: frame["USUBJID"].map(people[name]) for name in ("SUBJID", "TRT01P", "TRT01PN", "TRT01AN")}
    names = {code: name.format(end) for code, (name, _) in PARAMETERS.items()}
    units = {code: text.format(unit) for code, (_, text) in PARAMETERS.items()}
    order = {code: place for place, code in enumerate(PARAMETERS, start=1)}
    mapped = {"PARAM": names, "AVALU": units, "PARAMN": order}
    return conform(frame.assign(**known, **{to: frame["PARAMCD"].map(by) for to, by in mapped.items()}), contract)
