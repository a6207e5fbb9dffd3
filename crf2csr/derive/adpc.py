"""ADPC: palbociclib concentrations, one row a planned sample (R-1301 to R-1304, R-1308, R-1309, R-1312)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd

from crf2csr.contracts import conform, load_contract
from crf2csr.derive.rules.concentrations import (
    REASONS,
    Judged,
    PkSettings,
    Sample,
    judge_visit,
    predose_too_high,
)
from crf2csr.derive.rules.dates import compute_study_day, compute_whole_day
from crf2csr.derive.rules.records import doubts, link_sources, split_at_cutoff, text_of, with_address
from crf2csr.results import Derived
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.study import View

Row = dict[str, Any]
#: Visits whose samples are judged together.
Visits = list[tuple[str, list[Judged]]]


@uses(
    "data_cutoff",
    "pk.analyte",
    "pk.blq_rule",
    "pk.cmax_days",
    "pk.trough_days",
    "pk.zero_is_predose",
    "pk.windows_min",
    "pk.trough_prior_doses",
    "pk.predose_max_pct",
    "pk.unit",
)
def adpc(adsl: pd.DataFrame, pc: pd.DataFrame, study: View) -> Derived:
    """Return ADPC for the subjects of ADSL: the analyte's records up to the data cutoff, and each planned time of a
    profile that has no record although another one of the visit has.

    PCORRES is the text as reported, AVALC what it says (BLQ or the exact number), AVAL (ng/mL) the value after
    `pk.blq_rule`, missing where the rule says so. NCAXFL and PKSUMXF: not used for parameters, not summarized by
    nominal time, each with its reason; PREHIFL: a value before the first dose above `pk.predose_max_pct` of Cmax;
    REMARK says all of it in words. Times are from the dose of the day, actual and where missing nominal (TIMEFL).
    Query: Q-1006 for PREHIFL. Links: a row to its record.
    """
    people = adsl.set_index("USUBJID")
    chosen = pc["PCTESTCD"].eq(study["pk.analyte"]).fillna(False) & pc["USUBJID"].isin(people.index)
    records, _ = split_at_cutoff(with_address(pc[chosen], "pc"), "pc", study["data_cutoff"])
    visits = _judged(records, people, _settings(study))
    high = {name for name, judged in visits if predose_too_high(judged, study["pk.predose_max_pct"])}
    rows = [_row(each, name in high) for name, judged in visits for each in judged]
    data = _frame(rows, people, study["pk.analyte"])
    return Derived(
        data,
        _check_predose(visits, high, records, study),
        link_sources("adpc", data, rows, load_contract("derive", "adpc")),
    )


def _settings(study: View) -> PkSettings:
    return PkSettings(
        study["pk.blq_rule"],
        study["pk.cmax_days"],
        study["pk.zero_is_predose"],
        study["pk.windows_min"],
        study["pk.trough_prior_doses"],
        study["pk.trough_days"],
    )


def _judged(records: pd.DataFrame, people: pd.DataFrame, settings: PkSettings) -> Visits:
    """Return the judged samples by subject and visit; the name of a visit is `<USUBJID>|<VISIT>`."""
    samples = sorted(_samples(records), key=lambda s: (s.usubjid, s.visit, s.nominal))
    found: Visits = []
    for (usubjid, visit), group in groupby(samples, key=lambda s: (s.usubjid, s.visit)):
        given = list(group)
        first = people.at[usubjid, "PALSDT"]
        dosed = {sample.dosed[:10] for sample in given if sample.dosed}
        first_dose = not pd.isna(first) and dosed == {f"{first:%Y-%m-%d}"} and visit in settings.profile_visits
        found.append((f"{usubjid}|{visit}", judge_visit(given, first_dose, settings)))
    return found


def _samples(records: pd.DataFrame) -> Iterator[Sample]:
    for record in records.itertuples():
        yield Sample(
            usubjid=record.USUBJID,
            visit=text_of(record.VISIT),
            number=None if pd.isna(record.VISITNUM) else float(record.VISITNUM),
            nominal=Fraction(str(record.PCTPTNUM)),
            drawn=text_of(record.PCDTC),
            dosed=text_of(record.PCRFTDTC),
            previous=text_of(record.PCPRVDTC),
            problem=text_of(record.DOSPROB),
            missed=None if pd.isna(record.MISSED7) else int(record.MISSED7),
            recorded=text_of(record.PCORRES),
            text=text_of(record.PCSTRESC),
            lloq=None if pd.isna(record.PCLLOQ) else Fraction(str(record.PCLLOQ)),
            address=record.ADDRESS,
        )


def _row(judged: Judged, too_high: bool) -> Row:
    sample, elapsed = judged.sample, judged.sample.elapsed
    return {
        "USUBJID": sample.usubjid,
        "AVISIT": sample.visit,
        "AVISITN": sample.number,
        "NRRLT": float(sample.nominal),
        "ADTM": sample.drawn or None,
        "ATM": sample.drawn[11:] or None,
        "RFDTM": sample.dosed or None,
        "ARRLT": None if elapsed is None else elapsed / 60,
        "TIMEDEV": judged.deviation,
        "NCAMIN": judged.minutes,
        "TIMEFL": _yes(judged.nominal_used),
        "WINFL": _yes(judged.outside),
        "WINTYPE": judged.kind,
        "PREDFL": _yes(judged.kind == "predose"),
        "PREHIFL": _yes(too_high and judged.kind == "predose"),
        "PCORRES": sample.recorded or None,
        "AVALC": ("BLQ" if sample.blq else sample.text) or None,
        "AVAL": None if judged.value is None else float(judged.value),
        "ALLOQ": None if sample.lloq is None else float(sample.lloq),
        "BLQFL": _yes(sample.blq),
        "DTYPE": "PREDOSE ZERO" if judged.imputed else None,
        "VOMITFL": _yes(judged.vomited),
        "NCAXFL": _yes(bool(judged.excluded)),
        "NCAXRS": judged.excluded or None,
        "PKSUMXF": _yes(bool(judged.not_summarized)),
        "PKSUMXRS": REASONS.get(judged.not_summarized),
        "EXREASCD": judged.not_summarized or None,
        "REMARK": "; ".join(_remarks(judged, too_high)) or None,
        "SOURCES": [("", "pc", sample.address)] if sample.address else [],
    }


def _yes(met: bool) -> str | None:
    return "Y" if met else None


def _remarks(judged: Judged, too_high: bool) -> Iterable[str]:
    if not judged.sample.address:
        yield "No record"
    if judged.not_summarized:
        yield REASONS[judged.not_summarized]
    if judged.outside and judged.not_summarized != "OUT_OF_WINDOW":
        yield REASONS["OUT_OF_WINDOW"]
    if too_high and judged.kind == "predose":
        yield REASONS["PREDOSE_GT5"]
    if judged.nominal_used:
        yield "Nominal time used"
    if judged.sample.problem == "VOMITED" and judged.not_summarized != "VOMIT":
        yield REASONS["VOMIT"]


def _frame(rows: list[Row], people: pd.DataFrame, analyte: str) -> pd.DataFrame:
    contract = load_contract("derive", "adpc")
    frame = pd.DataFrame([{k: v for k, v in row.items() if k != "SOURCES"} for row in rows])
    frame = frame.reindex(columns=[name for name in contract.names if name not in ("SUBJID", "ADT", "ADY")])
    day = compute_whole_day(frame["ADTM"].astype("string"))
    known = {name: frame["USUBJID"].map(people[name]) for name in ("SUBJID", "TRT01P", "TRT01PN")}
    start = pd.to_datetime(frame["USUBJID"].map(people["TRTSDT"]))
    return conform(
        frame.assign(**known, PCTESTCD=analyte, ADT=day, ADY=compute_study_day(day, start)),
        contract,
    )


def _check_predose(visits: Visits, high: set[str], records: pd.DataFrame, study: View) -> pd.DataFrame:
    """Yield Q-1006 (W): the value before the first dose is above the share of Cmax that excludes a profile. R-1308."""
    wanted = {
        each.sample.address for name, judged in visits if name in high for each in judged if each.kind == "predose"
    }
    text = f"above {study['pk.predose_max_pct']} % of Cmax; Cmax and areas are not summarized"
    return doubts(records[records["ADDRESS"].isin(wanted)], "pc", "PCORRES", "Q-1006", "W", text)
