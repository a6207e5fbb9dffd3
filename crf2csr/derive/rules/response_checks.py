"""The investigator's responses against their own parts, the lesions and each other (Q-706 to Q-719).

Every function takes `visits`, one row a visit with the derived parts (TRGRESP, NTRGRESP, NEWLES, AVALC), the
investigator's (INVTRG, INVNTRG, INVRESP), ADT and the sums of the visit, and `rs` with ADDRESS; it yields queries on
rows of RS.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from crf2csr.derive.rules.best_response import Assessment, check_assessments
from crf2csr.derive.rules.best_rows import BestSettings, Person, best_confirmed, best_unconfirmed, select_visits
from crf2csr.derive.rules.overall import compute_overall_response
from crf2csr.derive.rules.records import doubts, no_queries, together
from crf2csr.results import QUERY_COLUMNS

RESPONSE = ["CR", "PR"]


def on_answer(
    visits: pd.DataFrame, texts: pd.Series, rs: pd.DataFrame, test: str, rule: str, severity: str
) -> pd.DataFrame:
    """Return a query on the RS row of `test` for each of `visits`, with its text (same index).

    QUERY_COLUMNS, all text.
    """
    if visits.empty:
        return no_queries()
    wanted = pd.DataFrame({"USUBJID": visits["USUBJID"], "VISIT": visits["AVISIT"], "TEXT": texts})
    rows = rs[rs["RSTESTCD"].eq(test)].merge(wanted, on=["USUBJID", "VISIT"])
    return doubts(rows, "rs", "RSSTRESC", rule, severity, rows["TEXT"].astype("string"))


def check_target(visits: pd.DataFrame, rs: pd.DataFrame) -> pd.DataFrame:
    """Yield Q-706 (E): the investigator's target response differs from R-521 to R-528; shows both and the sum."""
    both = visits["INVTRG"].notna() & visits["TRGRESP"].notna()
    whether = visits["INVTRG"].eq("NA") == visits["TRGRESP"].eq("NA")
    rows = visits[(both & whether & visits["INVTRG"].ne(visits["TRGRESP"])).fillna(False).astype(bool)]
    texts = rows["TRGRESP"] + " by " + rows["TRGRULE"] + "; sum of diameters " + _mm(rows["SUM"])
    texts = (
        texts
        + " (measured part "
        + _mm(rows["SUBSUM"])
        + "), baseline "
        + _mm(rows["BASE"])
        + ", smallest earlier sum "
    )
    return on_answer(rows, texts + _mm(rows["NADIR"]), rs, "TRGRESP", "Q-706", "E")


def check_measurable(visits: pd.DataFrame, rs: pd.DataFrame) -> pd.DataFrame:
    """Yield Q-719 (E), once a subject: target lesions at baseline and a target response NA, or the reverse.

    MEASFL: R-506.
    """
    both = visits["INVTRG"].notna() & visits["TRGRESP"].notna()
    other = visits["INVTRG"].eq("NA") != visits["TRGRESP"].eq("NA")
    rows = visits[(both & other).fillna(False).astype(bool)].drop_duplicates("USUBJID")
    texts = pd.Series("no target lesion at baseline, so the target response is NA", index=rows.index)
    texts = texts.mask(rows["TRGRESP"].ne("NA"), "target lesions at baseline, so the target response is not NA")
    return on_answer(rows, texts, rs, "TRGRESP", "Q-719", "E")


def check_overall(visits: pd.DataFrame, rs: pd.DataFrame) -> pd.DataFrame:
    """Yield Q-707 (E): the investigator's overall response is not that of its own parts by R-541 and R-542.

    A new lesion called unequivocal only later counts as no at its first visit.
    """
    rows = visits[visits[["INVTRG", "INVNTRG", "INVRESP", "NEWLES"]].notna().all(axis=1)]
    then = rows["NEWLES"].mask(rows["RULE"].eq("R-532"), "N")
    expected = [
        compute_overall_response(*parts)[0] for parts in zip(rows["INVTRG"], rows["INVNTRG"], then, strict=True)
    ]
    wrong = rows["INVRESP"].ne(pd.Series(expected, index=rows.index, dtype="string"))
    texts = "target, non-target and new lesions give " + pd.Series(expected, index=rows.index, dtype="string")
    return on_answer(rows[wrong], texts[wrong], rs, "OVRLRESP", "Q-707", "E")


def check_progression(visits: pd.DataFrame, rs: pd.DataFrame) -> pd.DataFrame:
    """Yield Q-708 (E) for an overall response PD without a lesion that progressed and without a new lesion."""
    parts = visits[["TRGRESP", "NTRGRESP"]].eq("PD").fillna(False).any(axis=1)
    rows = visits[visits["INVRESP"].eq("PD").fillna(False) & ~parts & visits["NEWLES"].ne("Y").fillna(True)]
    text = "progressive disease without evidence: no target or non-target progression and no new lesion"
    return on_answer(rows, pd.Series(text, index=rows.index), rs, "OVRLRESP", "Q-708", "E")


def check_new_lesion(visits: pd.DataFrame, tr: pd.DataFrame) -> pd.DataFrame:
    """Yield Q-708 (E) for a new lesion without an overall response PD at its visit or later."""
    answered = visits[visits["INVRESP"].notna()]
    last_pd = answered[answered["INVRESP"].eq("PD")].groupby("USUBJID")["ADT"].max()
    new = visits[visits["NEWLES"].eq("Y").fillna(False) & visits["USUBJID"].isin(answered["USUBJID"])].drop_duplicates(
        "USUBJID"
    )
    rows = new[~(new["USUBJID"].map(last_pd) >= new["ADT"])]
    present = tr[tr["TRGRPID"].eq("NEW") & tr["TRSTRESC"].eq("Y").fillna(False)]
    records = present.merge(rows.rename(columns={"AVISIT": "VISIT"})[["USUBJID", "VISIT"]], on=["USUBJID", "VISIT"])
    records = records.sort_values("ADDRESS").drop_duplicates("USUBJID")
    text = "a new lesion without an overall response PD at this visit or later"
    return doubts(records, "tr", "TRORRES", "Q-708", "E", text)


def check_complete(visits: pd.DataFrame, rs: pd.DataFrame) -> pd.DataFrame:
    """Yield Q-711 (E): a complete response with a target lesion that shows disease (LESIONS: those of the visit).

    R-524.
    """
    rows = visits[visits["LESIONS"].notna()]
    texts = (
        "complete response, but " + rows["LESIONS"] + " (a node counts from 10 mm short axis, any other lesion above 0)"
    )
    target, overall = rows["INVTRG"].eq("CR").fillna(False), rows["INVRESP"].eq("CR").fillna(False)
    found = [
        on_answer(rows[target], texts[target], rs, "TRGRESP", "Q-711", "E"),
        on_answer(rows[overall & ~target], texts[overall & ~target], rs, "OVRLRESP", "Q-711", "E"),
    ]
    return together(found, QUERY_COLUMNS)


def check_course(
    records: Mapping[str, Sequence[Assessment]], people: Mapping[str, Person], settings: BestSettings, rs: pd.DataFrame
) -> pd.DataFrame:
    """Yield Q-712, Q-713 (W) and Q-714 (E) on the investigator's responses of each subject over time.

    Q-712: CR or PR after PD, after new therapy, or not confirmed though the next assessment was due before the cutoff.
    Q-713: CR, then PR or SD (R-607). Q-714: SD before `response.sd_min_days` and nothing better (R-602).
    """
    found = []
    for usubjid, visits in records.items():
        person = people[usubjid]
        doubted = [
            *_out_of_order(visits, person),
            *_unconfirmed(visits, person, settings),
            *_too_early(visits, person, settings),
        ]
        doubted += [("Q-713", text, keys[1]) for rule, text, keys in check_assessments(visits) if rule == "Q-713"]
        found += [(usubjid, visit, rule, text) for rule, text, visit in doubted]
    frame = pd.DataFrame(found, columns=["USUBJID", "AVISIT", "RULE", "TEXT"])
    parts = []
    for rule, severity in (("Q-712", "W"), ("Q-713", "W"), ("Q-714", "E")):
        rows = frame[frame["RULE"].eq(rule)]
        parts.append(on_answer(rows, rows["TEXT"], rs, "OVRLRESP", rule, severity))
    return together(parts, QUERY_COLUMNS)


Doubt = tuple[str, str, str]


def _out_of_order(visits: Sequence[Assessment], person: Person) -> list[Doubt]:
    found = []
    first_pd = min((visit.date for visit in visits if visit.response == "PD"), default=None)
    for visit in visits:
        if visit.response in RESPONSE and first_pd is not None and visit.date > first_pd:
            found.append(("Q-712", f"a response after progressive disease of {first_pd}", visit.key))
        elif visit.response in RESPONSE and person.new_therapy is not None and visit.date > person.new_therapy:
            found.append(("Q-712", f"a response after new systemic therapy of {person.new_therapy}", visit.key))
    return found


def _unconfirmed(visits: Sequence[Assessment], person: Person, settings: BestSettings) -> list[Doubt]:
    records = select_visits(visits, person)
    best, confirmed = best_unconfirmed(records, person, settings), best_confirmed(records, person, settings)
    if best.value not in RESPONSE or confirmed.value in RESPONSE or best.date is None:
        return []
    if (settings.cutoff - best.date).days <= settings.interval_days + settings.window_days:
        return []
    return [("Q-712", "the response is not confirmed by a later assessment", best.key)]


def _too_early(visits: Sequence[Assessment], person: Person, settings: BestSettings) -> list[Doubt]:
    best = best_unconfirmed(select_visits(visits, person), person, settings)
    if best.reason != "SD_TOO_EARLY":
        return []
    return [
        ("Q-714", f"stable disease before {settings.sd_min_days} days from the first dose and nothing better", best.key)
    ]


def check_first_evidence(visits: pd.DataFrame, rs: pd.DataFrame) -> pd.DataFrame:
    """Yield Q-717 (W): the investigator's first PD comes at a later visit than the first evidence of PD. R-515."""
    dated = visits[visits["ADT"].notna()].sort_values(["USUBJID", "ADT", "AVISIT"])
    evidence = dated[dated["AVALC"].eq("PD").fillna(False)].drop_duplicates("USUBJID").set_index("USUBJID")
    stated = dated[dated["INVRESP"].eq("PD").fillna(False)].drop_duplicates("USUBJID")
    rows = stated[stated["USUBJID"].map(evidence["ADT"]) < stated["ADT"]]
    first = evidence.loc[rows["USUBJID"]]
    texts = [
        f"first evidence of progressive disease on {day:%Y-%m-%d} at {visit}"
        for day, visit in zip(first["ADT"], first["AVISIT"], strict=True)
    ]
    return on_answer(rows, pd.Series(texts, index=rows.index, dtype="string"), rs, "OVRLRESP", "Q-717", "W")


def _mm(values: pd.Series) -> pd.Series:
    return values.map(lambda mm: f"{mm:g} mm", na_action="ignore").astype("string").fillna("none")
