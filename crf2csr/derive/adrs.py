"""ADRS: response at each visit, derived beside the investigator's, and what the visits amount to (R-541 to R-613)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from crf2csr.contracts import conform, load_contract, row_keys
from crf2csr.derive.rules.best_response import Assessment
from crf2csr.derive.rules.best_rows import PARAMETERS, BestSettings, Person, best_rows, mismatch_class, select_visits
from crf2csr.derive.rules.dates import compute_study_day
from crf2csr.derive.rules.enrollment import yes_no
from crf2csr.derive.rules.recist import NORMAL_NODE, is_progression
from crf2csr.derive.rules.records import link_sources, together, with_address
from crf2csr.derive.rules.response_checks import (
    check_complete,
    check_course,
    check_first_evidence,
    check_measurable,
    check_new_lesion,
    check_overall,
    check_progression,
    check_target,
)
from crf2csr.derive.rules.tumor_data import day_of, derive_scan_days, split_visits_at_cutoff, text_of
from crf2csr.results import QUERY_COLUMNS, Derived
from crf2csr.study import uses

if TYPE_CHECKING:
    from crf2csr.study import View

#: Parameter of ADTR to the columns of ADRS that its rows of a visit give.
PARTS = {
    "SUMDIAM": {
        "RESP": "TRGRESP",
        "RULE": "TRGRULE",
        "AVAL": "SUM",
        "BASE": "BASE",
        "NADIR": "NADIR",
        "SUBSUM": "SUBSUM",
    },
    "NTSTATE": {"RESP": "NTRGRESP", "RULE": "NTRGRULE"},
    "NEWLES": {"RESP": "NEWLES"},
}
#: What a visit without such a row has: no target (non-target) lesion at baseline.
WITHOUT = {"TRGRESP": "NA", "TRGRULE": "R-521", "NTRGRESP": "NA", "NTRGRULE": "R-531"}
INVESTIGATOR = {"TRGRESP": "INVTRG", "NTRGRESP": "INVNTRG", "OVRLRESP": "INVRESP"}
VISIT = ["USUBJID", "AVISIT"]


@uses(
    "data_cutoff",
    "response.source",
    "response.confirm_days",
    "response.max_ne",
    "response.accept_sd",
    "response.sd_min_days",
    "response.cr_then_disease",
    "response.missing_as_ne",
    "cbr.min_days",
    "tumor.interval_days",
    "tumor.window_days",
)
def adrs(adsl: pd.DataFrame, adtr: pd.DataFrame, tr: pd.DataFrame, rs: pd.DataFrame, study: View) -> Derived:
    """Return ADRS: the visits of ADTR (OVRLRESP), and what they amount to for each subject of the full analysis set.

    The derived response is that of ADTR; the investigator's stands beside it and is never overwritten (R-543), and
    takes the date of the visit by R-515. `response.source` chooses which of them BOR to CBENU rest on. ANL01FL marks
    the visits used (R-601). TR and RS serve the queries Q-706 to Q-708, Q-711 to Q-714, Q-717, Q-719. Links: a visit to
    its rows of ADTR and RS, a best response to the visits that it rests on and to ADSL.
    """
    settings = _settings(study)
    known = {
        name: with_address(frame[frame["USUBJID"].isin(adsl["USUBJID"])], name)
        for name, frame in (("tr", tr), ("rs", rs))
    }
    (scans, _), (given, _) = split_visits_at_cutoff(derive_scan_days(known["tr"]), known["rs"], settings.cutoff)
    visits = _compare(_visits(adtr, given))
    people = _people(adsl, adtr)
    derived, investigator = _assessments(visits, "AVALC"), _assessments(visits, "INVRESP")
    chosen = derived if settings.source == "derived" else investigator
    used = {(usubjid, visit.key) for usubjid, own in chosen.items() for visit in select_visits(own, people[usubjid])}
    marked = visits.assign(USED=[key in used for key in zip(visits["USUBJID"], visits["AVISIT"], strict=True)])
    rows = _visit_rows(marked, adtr, given)
    for person in people.values():
        if person.usubjid in set(adsl.loc[adsl["FASFL"].eq("Y"), "USUBJID"]):
            best = best_rows(derived.get(person.usubjid, []), investigator.get(person.usubjid, []), person, settings)
            rows += [row | {"SOURCES": _sources(row, person.usubjid)} for row in best]
    data, links = _frame(rows, adsl)
    return Derived(data, _queries(visits, people, investigator, settings, scans, given), links)


def _settings(study: View) -> BestSettings:
    return BestSettings(
        source=study["response.source"],
        confirm_days=study["response.confirm_days"],
        max_ne=study["response.max_ne"],
        accept_sd=study["response.accept_sd"],
        sd_min_days=study["response.sd_min_days"],
        missing_as_ne=study["response.missing_as_ne"],
        cr_then_disease=study["response.cr_then_disease"],
        benefit_min_days=study["cbr.min_days"],
        interval_days=study["tumor.interval_days"],
        window_days=study["tumor.window_days"],
        cutoff=study["data_cutoff"],
    )


def _visits(adtr: pd.DataFrame, rs: pd.DataFrame) -> pd.DataFrame:
    """Return one row a visit: overall response and parts of ADTR, answers of RS, lesions that show disease."""
    own = adtr[adtr["LESIONID"].isna() & adtr["ABLFL"].isna()]
    frame = own[own["PARAMCD"].eq("OVRLRESP")][[*VISIT, "AVISITN", "ADT", "AVALC", "RULE", "REASON"]]
    for parameter, columns in PARTS.items():
        part = own[own["PARAMCD"].eq(parameter)][[*VISIT, *columns]].rename(columns=columns)
        frame = frame.merge(part, how="left", on=VISIT)
    judged = frame["AVALC"].ne("ND")
    frame = frame.assign(
        **{name: frame[name].mask(frame[name].isna() & judged, value) for name, value in WITHOUT.items()}
    )
    for test, name in INVESTIGATOR.items():
        answers = rs[rs["RSTESTCD"].eq(test)].rename(columns={"VISIT": "AVISIT", "RSSTRESC": name})
        frame = frame.merge(answers[[*VISIT, name]], how="left", on=VISIT)
    return frame.merge(_diseased_lesions(adtr), how="left", on=VISIT)


def _diseased_lesions(adtr: pd.DataFrame) -> pd.DataFrame:
    """Return for each visit the target lesions that show disease as text (LESIONS). R-524."""
    lesions = adtr[adtr["PARAMCD"].isin(["LDIAM", "LPERP"]) & adtr["AVAL"].notna() & adtr["AVISIT"].notna()]
    limit = lesions["PARAMCD"].eq("LPERP") * float(NORMAL_NODE)
    shown = lesions[lesions["AVAL"].ge(limit) & lesions["AVAL"].gt(0)]
    texts = shown["LESIONID"] + " " + shown["AVAL"].map(lambda mm: f"{mm:g} mm").astype("string")
    return shown.assign(LESIONS=texts).groupby(VISIT)["LESIONS"].agg(", ".join).astype("string").reset_index()


def _compare(visits: pd.DataFrame) -> pd.DataFrame:
    """Return the visits with MATCHFL and MATCHCLS; no flag where the investigator gave no response. R-543."""
    flag = yes_no(visits["AVALC"].eq(visits["INVRESP"])).where(visits["INVRESP"].notna())
    classes = []
    for row, same in zip(visits.to_dict("records"), flag.eq("Y").fillna(False), strict=True):
        texts = {name: text_of(value) for name, value in row.items()}
        classes.append(None if same else mismatch_class(texts, _grown_from_baseline(row)))
    return visits.assign(MATCHFL=flag, MATCHCLS=pd.Series(classes, index=visits.index, dtype="string"))


def _grown_from_baseline(row: dict[str, Any]) -> bool:
    if pd.isna(row["SUBSUM"]) or pd.isna(row["BASE"]):
        return False
    return is_progression(Decimal(repr(row["SUBSUM"])), Decimal(repr(row["BASE"])))


def _people(adsl: pd.DataFrame, adtr: pd.DataFrame) -> dict[str, Person]:
    with_target = set(adtr.loc[adtr["PARAMCD"].eq("SUMDIAM") & adtr["ABLFL"].eq("Y"), "USUBJID"])
    found = {}
    for row in adsl.sort_values("USUBJID").itertuples():
        found[row.USUBJID] = Person(
            usubjid=row.USUBJID,
            start=day_of(row.TRTSDT),
            new_therapy=day_of(row.NACTDT),
            has_target=row.USUBJID in with_target,
            died=row.DTHFL == "Y",
            death=day_of(row.DTHDT),
            cause=text_of(row.DTHCAUS),
            end_of_study=text_of(row.EOSREAS),
            last_alive=day_of(row.LSTALVDT),
        )
    return found


def _assessments(visits: pd.DataFrame, column: str) -> dict[str, list[Assessment]]:
    """Return by USUBJID the dated visits with a response, keyed by visit."""
    found: dict[str, list[Assessment]] = {}
    for row in visits[visits["ADT"].notna() & visits[column].notna()].to_dict("records"):
        found.setdefault(row["USUBJID"], []).append(Assessment(row["ADT"].date(), row[column], row["AVISIT"]))
    return found


def _visit_rows(visits: pd.DataFrame, adtr: pd.DataFrame, rs: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the OVRLRESP rows with their sources: the rows of the visit in ADTR and the answers in RS."""
    own = adtr[adtr["LESIONID"].isna() & adtr["PARAMCD"].isin([*PARTS, "OVRLRESP"])]
    places = own.assign(SOURCE="adtr", ADDRESS=row_keys(own, load_contract("derive", "adtr")))[
        [*VISIT, "SOURCE", "ADDRESS"]
    ]
    answers = rs.rename(columns={"VISIT": "AVISIT"}).assign(SOURCE="rs")[[*VISIT, "SOURCE", "ADDRESS"]]
    sources: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for place in pd.concat([places, answers]).dropna(subset="AVISIT").itertuples():
        sources.setdefault((place.USUBJID, place.AVISIT), []).append(("", place.SOURCE, place.ADDRESS))
    rows = []
    for row in visits.to_dict("records"):
        key = (row["USUBJID"], row["AVISIT"])
        rows.append(
            row | {"PARAMCD": "OVRLRESP", "ANL01FL": "Y" if row["USED"] else None, "SOURCES": sources.get(key, [])}
        )
    return rows


def _sources(row: dict[str, Any], usubjid: str) -> list[tuple[str, str, Any]]:
    visits = [("", "adrs", (usubjid, "OVRLRESP", visit)) for visit in row["BASIS"]]
    return [*visits, ("", "adsl", usubjid)]


def _frame(rows: list[dict[str, Any]], adsl: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return rows as ADRS, and the links of their sources."""
    contract, people = load_contract("derive", "adrs"), adsl.set_index("USUBJID")
    columns = [name for name in contract.names if name not in ("SUBJID", "TRT01P", "TRT01PN", "PARAM", "ADY")]
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.assign(
        ADT=pd.to_datetime(frame["ADT"]),
        PARAM=frame["PARAMCD"].map(PARAMETERS),
        **{name: frame["USUBJID"].map(people[name]) for name in ("SUBJID", "TRT01P", "TRT01PN")},
    )
    frame = frame.assign(ADY=compute_study_day(frame["ADT"], frame["USUBJID"].map(people["TRTSDT"])))
    data = conform(frame, contract)
    return data, link_sources("adrs", data, rows, contract)


def _queries(
    visits: pd.DataFrame,
    people: dict[str, Person],
    investigator: dict[str, list[Assessment]],
    settings: BestSettings,
    scans: pd.DataFrame,
    rs: pd.DataFrame,
) -> pd.DataFrame:
    ordered = visits.sort_values(["USUBJID", "ADT", "AVISIT"])
    checks = (check_target, check_measurable, check_overall, check_progression, check_complete, check_first_evidence)
    found = [check(ordered, rs) for check in checks]
    found += [check_new_lesion(ordered, scans), check_course(investigator, people, settings, rs)]
    return together(found, QUERY_COLUMNS)
