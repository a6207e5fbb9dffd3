"""ADRS: response at each visit, derived beside the investigator's, and what the visits amount to (R-541 to R-613)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from crf2csr.contracts import conform, load_contract, row_keys
from crf2csr.derive.rules.best_response import Assessment
from crf2csr.derive.rules.best_rows import (
    PARAMETERS,
    BestSettings,
    Person,
    best_rows,
    compare_best,
    mismatch_class,
    select_visits,
)
from crf2csr.derive.rules.dates import compute_study_day
from crf2csr.derive.rules.enrollment import yes_no
from crf2csr.derive.rules.recist import NORMAL_NODE, is_progression
from crf2csr.derive.rules.records import Key, Source, link_rows, together, with_address
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
from crf2csr.derive.rules.tumor_data import (
    days_of,
    derive_scan_days,
    numbers_of,
    split_visits_at_cutoff,
    texts_of,
)
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
#: What the class of a mismatch is told from.
RESPONSES = ("AVALC", "RULE", "REASON", "TRGRESP", "NTRGRESP", "NEWLES", "INVTRG", "INVNTRG", "INVRESP")
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
    # Taken out, so that the records of many subjects exist once.
    days = derive_scan_days(known.pop("tr"))
    (scans, _), (given, _) = split_visits_at_cutoff(days, known.pop("rs"), settings.cutoff)
    del days
    visits = _compare(_visits(adtr, given))
    people = _people(adsl, adtr)
    derived, investigator = _assessments(visits, "AVALC"), _assessments(visits, "INVRESP")
    chosen = derived if settings.source == "derived" else investigator
    used = {(usubjid, visit.key) for usubjid, own in chosen.items() for visit in select_visits(own, people[usubjid])}
    used_here = [key in used for key in zip(visits["USUBJID"], visits["AVISIT"], strict=True)]
    marked = visits.assign(PARAMCD="OVRLRESP", ANL01FL=pd.Series("Y", visits.index, dtype="string").where(used_here))
    rows, first = [], _first_mismatch(visits)
    full = set(adsl.loc[adsl["FASFL"].eq("Y"), "USUBJID"])
    for person in people.values():
        if person.usubjid in full:
            best = best_rows(derived.get(person.usubjid, []), investigator.get(person.usubjid, []), person, settings)
            rows += compare_best(best, first.get(person.usubjid))
    data, contract = _frame(marked, rows, adsl), load_contract("derive", "adrs")
    sources = [*_visit_sources(visits, adtr, given), *((_key(row), _best_sources(row)) for row in rows)]
    queries = _queries(visits, people, investigator, settings, scans, given)
    return Derived(data, queries, link_rows("adrs", data, sources, contract))


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
    found: dict[tuple[str, str], list[str]] = {}
    for usubjid, visit, lesion, mm in zip(
        *(shown[name].tolist() for name in (*VISIT, "LESIONID", "AVAL")), strict=True
    ):
        found.setdefault((usubjid, visit), []).append(f"{lesion} {mm:g} mm")
    rows = [(*key, ", ".join(texts)) for key, texts in sorted(found.items())]
    return pd.DataFrame(rows, columns=[*VISIT, "LESIONS"], dtype="string")


def _compare(visits: pd.DataFrame) -> pd.DataFrame:
    """Return the visits with MATCHFL and MATCHCLS; no flag where the investigator gave no response. R-543."""
    flag = yes_no(visits["AVALC"].eq(visits["INVRESP"])).where(visits["INVRESP"].notna())
    differ = visits[flag.ne("Y").fillna(True).astype(bool)]
    texts = zip(*(texts_of(differ[name]) for name in RESPONSES), strict=True)
    sums = zip(numbers_of(differ["SUBSUM"]), numbers_of(differ["BASE"]), strict=True)
    classes = [
        mismatch_class(dict(zip(RESPONSES, row, strict=True)), _grown_from_baseline(*pair))
        for row, pair in zip(texts, sums, strict=True)
    ]
    of_visit = pd.Series(classes, index=differ.index, dtype="string").reindex(visits.index)
    return visits.assign(MATCHFL=flag, MATCHCLS=of_visit)


def _first_mismatch(visits: pd.DataFrame) -> dict[str, str]:
    """Return by USUBJID the class of the first dated visit whose responses differ. R-543."""
    differing = visits[visits["MATCHCLS"].notna() & visits["ADT"].notna()].sort_values(["USUBJID", "ADT", "AVISIT"])
    first = differing.drop_duplicates("USUBJID")
    return dict(zip(first["USUBJID"], first["MATCHCLS"], strict=True))


def _grown_from_baseline(measured: float | None, base: float | None) -> bool:
    if measured is None or base is None:
        return False
    return is_progression(Decimal(repr(measured)), Decimal(repr(base)))


def _people(adsl: pd.DataFrame, adtr: pd.DataFrame) -> dict[str, Person]:
    with_target = set(adtr.loc[adtr["PARAMCD"].eq("SUMDIAM") & adtr["ABLFL"].eq("Y"), "USUBJID"])
    rows = adsl.sort_values("USUBJID")
    days = zip(*(days_of(rows[name]) for name in ("TRTSDT", "NACTDT", "DTHDT", "LSTALVDT")), strict=True)
    texts = zip(*(texts_of(rows[name]) for name in ("USUBJID", "DTHFL", "DTHCAUS", "EOSREAS")), strict=True)
    found = {}
    for (start, therapy, death, alive), (usubjid, died, cause, reason) in zip(days, texts, strict=True):
        found[usubjid] = Person(
            usubjid=usubjid,
            start=start,
            new_therapy=therapy,
            has_target=usubjid in with_target,
            died=died == "Y",
            death=death,
            cause=cause,
            end_of_study=reason,
            last_alive=alive,
        )
    return found


def _assessments(visits: pd.DataFrame, column: str) -> dict[str, list[Assessment]]:
    """Return by USUBJID the dated visits with a response, keyed by visit."""
    found: dict[str, list[Assessment]] = {}
    rows = visits[visits["ADT"].notna() & visits[column].notna()]
    days, texts = days_of(rows["ADT"]), (rows[name].tolist() for name in ("USUBJID", column, "AVISIT"))
    for day, usubjid, response, visit in zip(days, *texts, strict=True):
        found.setdefault(usubjid, []).append(Assessment(day, response, visit))
    return found


def _visit_sources(visits: pd.DataFrame, adtr: pd.DataFrame, rs: pd.DataFrame) -> Iterator[tuple[Key, list[Source]]]:
    """Yield the keys of the OVRLRESP rows with their sources: the rows of the visit in ADTR and the answers in RS."""
    own = adtr[adtr["LESIONID"].isna() & adtr["PARAMCD"].isin([*PARTS, "OVRLRESP"])]
    places = own.assign(SOURCE="adtr", ADDRESS=row_keys(own, load_contract("derive", "adtr")))[
        [*VISIT, "SOURCE", "ADDRESS"]
    ]
    answers = rs.rename(columns={"VISIT": "AVISIT"}).assign(SOURCE="rs")[[*VISIT, "SOURCE", "ADDRESS"]]
    sources: dict[tuple[str, str], list[Source]] = {}
    known = pd.concat([places, answers]).dropna(subset="AVISIT")
    for usubjid, visit, source, address in zip(*(known[name].tolist() for name in known), strict=True):
        sources.setdefault((usubjid, visit), []).append(("", source, address))
    for usubjid, visit in zip(visits["USUBJID"].tolist(), visits["AVISIT"].tolist(), strict=True):
        yield (usubjid, "OVRLRESP", visit), sources.get((usubjid, visit), [])


def _key(best: Mapping[str, Any]) -> Key:
    return best["USUBJID"], best["PARAMCD"], best["AVISIT"]


def _best_sources(best: Mapping[str, Any]) -> list[Source]:
    visits: list[Source] = [("", "adrs", (best["USUBJID"], "OVRLRESP", visit)) for visit in best["BASIS"]]
    return [*visits, ("", "adsl", best["USUBJID"])]


def _frame(visits: pd.DataFrame, best: list[dict[str, Any]], adsl: pd.DataFrame) -> pd.DataFrame:
    """Return visits and best responses as ADRS."""
    contract, people = load_contract("derive", "adrs"), adsl.set_index("USUBJID")
    given = [v for v in contract.variables if v.name not in ("SUBJID", "TRT01P", "TRT01PN", "PARAM", "ADY")]
    frame = pd.DataFrame(
        {
            v.name: [
                *(visits[v.name].tolist() if v.name in visits else [None] * len(visits)),
                *(row.get(v.name) for row in best),
            ]
            for v in given
        }
    )
    frame = frame.assign(
        ADT=pd.to_datetime(frame["ADT"]),
        PARAM=frame["PARAMCD"].map(PARAMETERS),
        **{name: frame["USUBJID"].map(people[name]) for name in ("SUBJID", "TRT01P", "TRT01PN")},
    )
    frame = frame.assign(ADY=compute_study_day(frame["ADT"], frame["USUBJID"].map(people["TRTSDT"])))
    return conform(frame, contract)


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
