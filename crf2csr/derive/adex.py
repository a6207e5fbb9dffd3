"""ADEX: exposure of each subject to each study drug, one row a parameter (R-1101 to R-1106)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pandas as pd

from crf2csr.contracts import conform, load_contract
from crf2csr.derive.rules.exposure import (
    NOT_COUNTED,
    PILL_COUNT,
    DosePlan,
    Dosing,
    compute_compliance,
    compute_cumulative,
    compute_doses,
    compute_duration,
    compute_periods,
    compute_planned,
    compute_sum,
    count_cycles,
    count_reductions,
    cycle_group,
    has_missed_day,
    intensity_group,
)
from crf2csr.derive.rules.exposure_dates import derive_dosing_periods
from crf2csr.derive.rules.records import link_sources, no_queries, split_at_cutoff, with_address
from crf2csr.results import Derived
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.study import View

Row = dict[str, Any]
INFUSED, LEVELED = "T-DM1", "PALBOCICLIB"
PARAMETERS = {
    "DURDAYS": "Duration of exposure (days)",
    "DURWEEKS": "Duration of exposure (weeks)",
    "CYCLES": "Cycles started",
    "CUMDOSE": "Cumulative dose (mg; T-DM1 mg/kg)",
    "CUMMG": "Cumulative dose of T-DM1 (mg)",
    "PLANDOSE": "Planned dose (mg; T-DM1 mg/kg)",
    "DOSEINT": "Dose intensity (mg/day; T-DM1 mg/kg per 21 days)",
    "RDI": "Relative dose intensity (%)",
    "DOSESPR": "Doses prescribed (days of the records; infusions)",
    "DOSESTK": "Doses taken",
    "COMPLY": "Doses taken of those prescribed (%)",
    "INTERR": "Interruption",
    "REDUCED": "Reduction",
    "NREDUC": "Number of reductions",
    "OMITTED": "Infusion omitted",
    "DOSELVL": "Prescribed dose of a period (mg a day)",
}
#: Actions of dose modifications that mean each event, by parameter.
ACTIONS = {"INTERR": ("HELD", "DELAYED"), "REDUCED": ("REDUCED",), "OMITTED": ("HELD",)}


@uses("data_cutoff", "cycle.days", "dose.letrozole_mg", "dose.tdm1_mg_kg")
def adex(adsl: pd.DataFrame, ex: pd.DataFrame, ec: pd.DataFrame, ds: pd.DataFrame, study: View) -> Derived:
    """Return ADEX for the treated subjects of ADSL: a row for each drug taken and parameter.

    Exact numbers until they are written: doses as `Fraction`, in days and mg, T-DM1 in mg/kg by the weight used.
    Without a count of the doses of an oral record CUMDOSE, DOSEINT and RDI have no value and a REASON. INTERR: a
    planned day missed, or palbociclib or letrozole held, T-DM1 delayed or held; REDUCED: a lower prescribed dose than
    before (letrozole has no reduction level); OMITTED: an infusion not given. AEFL and OTHFL tell the recorded causes;
    OTHFL also where none is recorded. DOSELVL: a row for each period of one palbociclib dose, ASTDT to AENDT. Records
    after the cutoff are left out; ADSL has reported them. Links: a row to its dosing and modification records.
    """
    people, cutoff, plan = adsl.set_index("USUBJID"), study["data_cutoff"], _plan(study)
    used = {
        name: split_at_cutoff(with_address(f, name), name, cutoff)[0]
        for name, f in (("ex", ex), ("ec", ec), ("ds", ds))
    }
    death = people["DTHDT"].dropna()
    periods = derive_dosing_periods(used["ex"], used["ds"], death, cutoff)
    periods = periods[periods["USUBJID"].isin(people.index) & periods["START"].notna()]
    rows: list[Row] = []
    for (usubjid, drug), own in periods.groupby(["USUBJID", "EXTRT"], sort=True):
        records = [_dosing(record, cutoff) for record in own.sort_values("ADDRESS").itertuples()]
        changes = used["ec"][used["ec"]["USUBJID"].eq(usubjid) & used["ec"]["ECTRT"].eq(drug)]
        missed = _omitted(used["ex"], usubjid, drug)
        level = people.at[usubjid, "TRT01PN"]
        amounts = _amounts(str(drug), records, len(missed), None if pd.isna(level) else int(level), plan)
        made = _rows(str(usubjid), str(drug), records, changes, missed, amounts)
        rows += [{"ASEQ": None} | row for row in made]
    data = _frame(rows, people)
    return Derived(data, no_queries(), link_sources("adex", data, rows, load_contract("derive", "adex")))


def _plan(study: View) -> DosePlan:
    doses = (Fraction(study["dose.letrozole_mg"]), Fraction(study["dose.tdm1_mg_kg"]))
    return DosePlan(*doses, cycle_days=study["cycle.days"])


def _dosing(record: Any, cutoff: Any) -> Dosing:
    start, end = record.START.date(), record.END.date()
    infused = record.EXTRT == INFUSED
    days = (end - start).days + 1
    taken, dispensed, returned = (_whole(getattr(record, name)) for name in ("DOSESTK", "UNITSDSP", "UNITSRET"))
    doses, counted = (1, "") if infused else compute_doses(taken, dispensed, returned)
    if end == cutoff and doses is not None:
        doses = min(doses, days)  # what a record counts beyond the cutoff is not known yet
    amount, weight = _exact(record.EXDOSE), _exact(record.EXWEIGHT)
    return Dosing(
        start=start,
        end=end,
        dose=_exact(record.EXMGKG) if infused else amount,
        doses=doses,
        counted=counted,
        amount=amount,
        per_kg=amount / weight if amount is not None and weight else _exact(record.EXMGKG),
        visit=None if pd.isna(record.VISIT) else str(record.VISIT),
        source=str(record.ADDRESS),
    )


def _exact(value: Any) -> Fraction | None:
    return None if pd.isna(value) else Fraction(str(value))


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _omitted(ex: pd.DataFrame, usubjid: Any, drug: Any) -> pd.DataFrame:
    """Return the infusions that were planned and not given."""
    if drug != INFUSED:
        return ex.head(0)
    return ex[ex["USUBJID"].eq(usubjid) & ex["EXTRT"].eq(drug) & ex["EXOCCUR"].eq("N").fillna(False)]


def _rows(
    usubjid: str,
    drug: str,
    records: list[Dosing],
    changes: pd.DataFrame,
    missed: pd.DataFrame,
    amounts: dict[str, Row],
) -> Iterator[Row]:
    """Yield the rows of one drug in one subject."""
    sources = [("", "ex", record.source) for record in records]
    for code, found in amounts.items():
        yield {"USUBJID": usubjid, "EXTRT": drug, "PARAMCD": code, "SOURCES": sources, **found}
    reductions = count_reductions(records)
    happened = {
        "INTERR": (drug != INFUSED and has_missed_day(records)) or bool(_of(changes, "INTERR").any()),
        **({} if drug == "LETROZOLE" else {"REDUCED": reductions > 0}),
        **({"OMITTED": len(missed) > 0} if drug == INFUSED else {}),
    }
    for code, yes in happened.items():
        own = changes[_of(changes, code)]
        further = [("", "ec", address) for address in own["ADDRESS"]]
        further += [("", "ex", address) for address in missed["ADDRESS"]] if code == "OMITTED" else []
        causes = {"AVALC": "Y" if yes else "N", **_causes(yes, own)}
        yield {"USUBJID": usubjid, "EXTRT": drug, "PARAMCD": code, "SOURCES": sources + further, **causes}
    if drug != "LETROZOLE":
        found = {"AVAL": reductions, "AVALCAT1": str(reductions) if reductions < 3 else ">=3"}
        yield {"USUBJID": usubjid, "EXTRT": drug, "PARAMCD": "NREDUC", "SOURCES": sources, **found}
    if drug == LEVELED:
        yield from _periods(usubjid, drug, records)


def _periods(usubjid: str, drug: str, records: list[Dosing]) -> Iterator[Row]:
    """Yield a row for each period of one dose."""
    for place, period in enumerate(compute_periods(records), start=1):
        sources = [("", "ex", source) for source in period.sources]
        row = {"USUBJID": usubjid, "EXTRT": drug, "PARAMCD": "DOSELVL", "ASEQ": place, "AVAL": period.dose}
        yield row | {"ASTDT": period.start, "AENDT": period.end, "SOURCES": sources}


def _of(changes: pd.DataFrame, code: str) -> pd.Series:
    return changes["ECACTION"].isin(ACTIONS[code])


def _causes(yes: bool, own: pd.DataFrame) -> Row:
    """Return AEFL and OTHFL of an event: the causes of its modification records; without any, another one."""
    event = own["ECREASOC"].eq("ADVERSE EVENT").fillna(False).astype(bool)
    by_event, other = yes and bool(event.any()), yes and (own.empty or bool((~event).any()))
    return {"AEFL": "Y" if by_event else "N", "OTHFL": "Y" if other else "N"}


def _amounts(drug: str, records: list[Dosing], omitted: int, level: int | None, plan: DosePlan) -> dict[str, Row]:
    """Return duration, cycles, doses, intensities and compliance by parameter."""
    infused = drug == INFUSED
    days, cycles = compute_duration(records, infused, plan.cycle_days), count_cycles(records)
    dose = compute_sum([r.per_kg for r in records]) if infused else compute_cumulative(records)
    planned = compute_planned(drug, level, days, plan)
    share = None if dose is None or not planned else dose / planned * 100
    prescribed, taken, kept = compute_compliance(records, infused, omitted)
    found: dict[str, Row] = {
        "DURDAYS": {"AVAL": days},
        "DURWEEKS": {"AVAL": Fraction(days, 7)},
        "CYCLES": {"AVAL": cycles, "AVALCAT1": cycle_group(cycles)},
        "CUMDOSE": {"AVAL": dose, "REASON": NOT_COUNTED if dose is None else None, "COUNTED": _counted(records)},
        "PLANDOSE": {"AVAL": planned},
        "DOSEINT": {"AVAL": None if dose is None else dose / days * (plan.cycle_days if infused else 1)},
        "RDI": {"AVAL": share, "AVALCAT1": None if share is None else intensity_group(share)},
        "DOSESPR": {"AVAL": prescribed},
        "DOSESTK": {"AVAL": taken, "REASON": NOT_COUNTED if taken is None else None, "COUNTED": _counted(records)},
        "COMPLY": {"AVAL": kept},
    }
    return {**found, **({"CUMMG": {"AVAL": compute_sum([r.amount for r in records])}} if infused else {})}


def _counted(records: list[Dosing]) -> str | None:
    """Return how the doses were counted; a pill count in one record is told."""
    ways = {record.counted for record in records} - {""}
    return PILL_COUNT if PILL_COUNT in ways else next(iter(ways), None)


def _frame(rows: list[Row], people: pd.DataFrame) -> pd.DataFrame:
    contract = load_contract("derive", "adex")
    frame = pd.DataFrame(rows, columns=[*contract.names])
    frame["AVAL"] = [None if value is None or value != value else float(value) for value in frame["AVAL"]]
    for name in ("ASTDT", "AENDT"):
        frame[name] = pd.to_datetime(frame[name])
    of_subject = {name: frame["USUBJID"].map(people[name]) for name in ("STUDYID", "SUBJID", "TRT01P", "TRT01PN")}
    return conform(frame.assign(PARAM=frame["PARAMCD"].map(PARAMETERS), **of_subject), contract)
