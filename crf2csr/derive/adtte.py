"""ADTTE: progression-free survival, overall survival, time to response, duration of response and of stable disease
(R-611, R-701 to R-707)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from crf2csr.contracts import conform, load_contract, row_keys
from crf2csr.derive.rules.best_response import Assessment
from crf2csr.derive.rules.dates import compute_months, compute_study_day
from crf2csr.derive.rules.disposition import NOT_RECORDED
from crf2csr.derive.rules.exposure_dates import DRUGS
from crf2csr.derive.rules.records import first_rows, link_sources, split_at_cutoff, with_address
from crf2csr.derive.rules.time_to_event import (
    LAST_ALIVE,
    SITUATIONS,
    START,
    Course,
    Limits,
    Outcome,
    compute_progression_free,
    compute_progression_free_ema,
    compute_response_duration,
    compute_stable_duration,
    compute_survival,
    compute_time_to_response,
    scheduled_assessment,
)
from crf2csr.derive.rules.tumor_data import day_of, text_of
from crf2csr.results import QUERY_COLUMNS, Derived, frame_of
from crf2csr.study import uses

if TYPE_CHECKING:
    from datetime import date

    from crf2csr.study import View

#: Endpoints in the order of a listing (PARAMN).
PARAMETERS = {
    "PFS": "Progression-free survival",
    "PFSEMA": "Progression-free survival, missed assessments and new therapy ignored",
    "OS": "Overall survival",
    "DOR": "Duration of confirmed response",
    "TTR": "Time to first confirmed response",
    "DSD": "Duration of stable disease",
}
#: Those that begin with the first confirmed response, not with the first dose.
FROM_RESPONSE = ("DOR",)
#: The best response (PARAMCD of ADRS) by which a subject has an endpoint.
BECAUSE_OF = {"TTR": "CRSP", "DSD": "CBOR"}
#: Situations that ADSL decides (death, new therapy, end of study, last contact), not the visits.
DECIDED_BY_ADSL = ("DEATH", "DEATH_UNDATED", "NEW_THERAPY", "LEFT_STUDY", "ALIVE", "BEFORE_RESPONSE")
#: What gives the day where no visit does.
DAY_FROM = {START: "TRTSDT", LAST_ALIVE: "LSTALVDT", SITUATIONS["DEATH"]: "DTHDT"}
Row = dict[str, Any]
Source = tuple[str, str, str]


@uses("data_cutoff", "response.source", "tumor.interval_days", "tumor.window_days")
def adtte(adsl: pd.DataFrame, adtr: pd.DataFrame, adrs: pd.DataFrame, ds: pd.DataFrame, study: View) -> Derived:
    """Return ADTTE for the full analysis set: PFS, PFSEMA (R-707) and OS; of confirmed responders DOR and TTR; DSD of
    those whose confirmed best response is SD.

    `response.source` chooses the response of a visit. A subject has a baseline if ADTR has a baseline record. AVAL =
    ADT - STARTDT + 1 days (R-704), AVALM the same in months of 30.4375 days, unrounded (R-114); a subject without a
    date of the first dose is censored on day 1, without dates. SCHEDASM is the scheduled assessment of a TTR.
    DCTREAS is the reason of the last end of treatment, where treatment with every drug taken has ended (DS), NOT
    RECORDED where that has none. No queries. Links: ADT to the visit of ADRS or the variable of ADSL that gives it,
    EVNTDESC to what decided.
    """
    limits = Limits(study["tumor.interval_days"], study["tumor.window_days"])
    people = adsl[adsl["FASFL"].eq("Y").fillna(False)]
    reasons = _discontinuations(people, ds, study["data_cutoff"])
    visits, places = _visits(adrs, "AVALC" if study["response.source"] == "derived" else "INVRESP")
    with_baseline = set(adtr.loc[adtr["ABLFL"].eq("Y").fillna(False), "USUBJID"])
    confirmed = adrs[adrs["PARAMCD"].eq("CRSP") & adrs["AVALC"].eq("Y").fillna(False)]
    responses = {usubjid: day.date() for usubjid, day in zip(confirmed["USUBJID"], confirmed["ADT"], strict=True)}
    stable = set(adrs.loc[adrs["PARAMCD"].eq("CBOR") & adrs["AVALC"].eq("SD").fillna(False), "USUBJID"])
    rows: list[Row] = []
    for person in people.to_dict("records"):
        usubjid = person["USUBJID"]
        reason = reasons.get(usubjid)
        if pd.isna(person["TRTSDT"]):
            rows += [_row_without_start(usubjid, name) for name in ("PFS", "PFSEMA", "OS")]
            continue
        course = _course(person, visits.get(usubjid, ()), usubjid in with_baseline, reason is not None)
        found = _outcomes(course, limits, responses.get(usubjid), usubjid in stable)
        rows += [
            _row(person, name, outcome, responses[usubjid] if name in FROM_RESPONSE else course.start, reason, places)
            for name, outcome in found.items()
        ]
    data, links = _frame(rows, adsl)
    return Derived(data, frame_of([], QUERY_COLUMNS), links)


def _outcomes(course: Course, limits: Limits, response: date | None, is_stable: bool) -> dict[str, Outcome]:
    """Return the end of each endpoint that the subject has, by PARAMCD."""
    progression_free = compute_progression_free(course, limits)
    found = {
        "PFS": progression_free,
        "PFSEMA": compute_progression_free_ema(course),
        "OS": compute_survival(course),
    }
    if response is not None:
        found["DOR"] = compute_response_duration(course, progression_free, response)
        found["TTR"] = compute_time_to_response(course, response)
    if is_stable:
        found["DSD"] = compute_stable_duration(course, progression_free)
    return found


def _discontinuations(people: pd.DataFrame, ds: pd.DataFrame, cutoff: date) -> dict[str, tuple[str, str]]:
    """Return reason and address of the last end of treatment by USUBJID; none while a drug taken goes on."""
    ends, _ = split_at_cutoff(with_address(ds[ds["DSSCAT"].isin(list(DRUGS))], "ds"), "ds", cutoff)
    ended = set(zip(ends["USUBJID"], ends["DSSCAT"], strict=True))
    last = first_rows(ends, ["DSSTDTC"], last=True)
    found = {}
    for person in people.to_dict("records"):
        taken = [drug for drug, prefix in DRUGS.items() if pd.notna(person[f"{prefix}SDT"])]
        usubjid = person["USUBJID"]
        if taken and all((usubjid, drug) in ended for drug in taken):
            found[usubjid] = (text_of(last.at[usubjid, "DSDECOD"]) or NOT_RECORDED, last.at[usubjid, "ADDRESS"])
    return found


def _visits(adrs: pd.DataFrame, column: str) -> tuple[dict[str, tuple[Assessment, ...]], dict[tuple[str, str], str]]:
    """Return the dated visits with a response by USUBJID, keyed by visit, and the address of each visit's row."""
    rows = adrs.assign(PLACE=row_keys(adrs, load_contract("derive", "adrs")))
    rows = rows[rows["PARAMCD"].eq("OVRLRESP") & rows["ADT"].notna() & rows[column].notna()]
    found: dict[str, list[Assessment]] = {}
    for row in rows.to_dict("records"):
        found.setdefault(row["USUBJID"], []).append(Assessment(row["ADT"].date(), row[column], row["AVISIT"]))
    places = dict(zip(zip(rows["USUBJID"], rows["AVISIT"], strict=True), rows["PLACE"], strict=True))
    return {usubjid: tuple(visits) for usubjid, visits in found.items()}, places


def _course(person: Row, visits: tuple[Assessment, ...], has_baseline: bool, discontinued: bool) -> Course:
    return Course(
        start=person["TRTSDT"].date(),
        visits=visits,
        has_baseline=has_baseline,
        died=person["DTHFL"] == "Y",
        death=day_of(person["DTHDT"]),
        last_alive=day_of(person["LSTALVDT"]),
        new_therapy=day_of(person["NACTDT"]),
        end_of_study=text_of(person["EOSREAS"]),
        discontinued=discontinued,
    )


def _row(
    person: Row,
    parameter: str,
    outcome: Outcome,
    start: date,
    reason: tuple[str, str] | None,
    places: dict[tuple[str, str], str],
) -> Row:
    """Return one endpoint of one subject with its sources."""
    code, day, _ = outcome.found or ("", None, "")
    return {
        "USUBJID": person["USUBJID"],
        "PARAMCD": parameter,
        "STARTDT": start,
        "ADT": outcome.day,
        "AVAL": (outcome.day - start).days + 1,
        "SCHEDASM": scheduled_assessment(outcome.visit) if outcome.situation == "RESPONSE" else None,
        "CNSR": int(outcome.censored),
        "EVNTDESC": SITUATIONS[outcome.situation],
        "CNSDTDSC": outcome.day_is if outcome.censored else None,
        "SITUAT": outcome.situation,
        "LASTADT": outcome.adequate,
        "FIRSTEV": code or None,
        "FIRSTEDT": day,
        "NACTDT": person["NACTDT"],
        "DCTREAS": reason[0] if reason else None,
        "SRCDOM": "ADRS" if outcome.visit else "ADSL",
        "SRCVAR": "ADT" if outcome.visit else DAY_FROM[outcome.day_is],
        "SRCVIS": outcome.visit or None,
        "SOURCES": list(_sources(person["USUBJID"], parameter, outcome, reason, places)),
    }


def _row_without_start(usubjid: str, parameter: str) -> Row:
    """Return an endpoint that has no start: censored on its first day, so that the subject is counted and tells
    nothing."""
    return {
        "USUBJID": usubjid,
        "PARAMCD": parameter,
        "AVAL": 1,
        "CNSR": 1,
        "EVNTDESC": SITUATIONS["NO_START"],
        "CNSDTDSC": START,
        "SITUAT": "NO_START",
        "SOURCES": [("EVNTDESC", "adsl", usubjid)],
    }


def _sources(
    usubjid: str,
    parameter: str,
    outcome: Outcome,
    reason: tuple[str, str] | None,
    places: dict[tuple[str, str], str],
) -> list[Source]:
    """Return the links of an endpoint: what gives its day, and what else was decided on."""
    visit, found = outcome.visit, outcome.found
    sources = [("ADT", "adrs", places[usubjid, visit])] if visit else [("ADT", "adsl", usubjid)]
    if outcome.situation in DECIDED_BY_ADSL:
        sources.append(("EVNTDESC", "adsl", usubjid))
    if outcome.situation == "MISSED" and found is not None:
        source = ("adrs", places[usubjid, found[2]]) if found[2] else ("adsl", usubjid)
        sources.append(("EVNTDESC", *source))
    if outcome.situation == "DISCONTINUED" and reason is not None:
        sources.append(("DCTREAS", "ds", reason[1]))
    if parameter in FROM_RESPONSE:
        sources.append(("STARTDT", "adrs", f"{usubjid}|CRSP|"))
    if parameter in BECAUSE_OF:
        sources.append(("PARAMCD", "adrs", f"{usubjid}|{BECAUSE_OF[parameter]}|"))
    return sources


def _frame(rows: list[Row], adsl: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return rows as ADTTE, and the links of their sources."""
    contract, people = load_contract("derive", "adtte"), adsl.set_index("USUBJID")
    computed = ("SUBJID", "TRT01P", "TRT01PN", "PARAM", "PARAMN", "ADY", "AVALM")
    columns = [name for name in contract.names if name not in computed]
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.assign(
        **{name: pd.to_datetime(frame[name]) for name in ("STARTDT", "ADT", "LASTADT", "FIRSTEDT")},
        PARAM=frame["PARAMCD"].map(PARAMETERS),
        PARAMN=frame["PARAMCD"].map({name: number for number, name in enumerate(PARAMETERS, start=1)}),
        AVALM=compute_months(frame["AVAL"]),
        **{name: frame["USUBJID"].map(people[name]) for name in ("SUBJID", "TRT01P", "TRT01PN")},
    )
    frame = frame.assign(ADY=compute_study_day(frame["ADT"], frame["USUBJID"].map(people["TRTSDT"])))
    data = conform(frame, contract)
    return data, link_sources("adtte", data, rows, contract)
