"""ADESC: one row a dose level: who counted, what the 3+3 rule decided and when, MTD and recommended dose (R-401 to
R-409)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from crf2csr.contracts import conform, load_contract, row_keys
from crf2csr.derive.rules.dates import compute_first_day
from crf2csr.derive.rules.dlt import EVALUABLE, REPLACED, WAITING
from crf2csr.derive.rules.records import split_at_cutoff, together, with_address
from crf2csr.escalation import NOT_DETERMINED, Level, Outcome, decide, refuse_other_cohorts, select_mtd
from crf2csr.results import LINK_COLUMNS, QUERY_COLUMNS, Derived, frame_of
from crf2csr.study import uses

if TYPE_CHECKING:
    import datetime as dt

    from crf2csr.study import View

#: EARLIER of a level without an earlier decision.
NONE = "none"


@uses(
    "escalation.dose_levels_mg",
    "escalation.cohort_size",
    "escalation.variant",
    "rp2d.value",
    "rp2d.declared_by",
    "rp2d.declared_on",
    "data_cutoff",
)
def adesc(adsl: pd.DataFrame, fa: pd.DataFrame, study: View) -> Derived:
    """Return ADESC: every planned dose level with its phase I subjects by assigned level (R-305).

    Evaluable subjects are those with DLTFL; those with DLTSTAT REPLACED are out, those PENDING hold the decision up.
    DECISION is that of `decide` and missing where nobody is enrolled; MTD follows by rule and the RP2D is declared:
    both are those of the trial, equal in every row. NEVAL and NDLT count all evaluable subjects of the level (the
    rate), NDEC and NDECDLT the first six. Raises InputError for cohorts of another size than the rule has. Links: each
    level to its subjects in ADSL and to their DLT forms.
    """
    refuse_other_cohorts(study["escalation.cohort_size"])
    people, forms = _people(adsl, fa, study["data_cutoff"])
    doses = sorted(study["escalation.dose_levels_mg"])
    members = [people[people["TRT01PN"].eq(dose).fillna(False).astype(bool)] for dose in doses]
    levels = [_level(dose, own) for dose, own in zip(doses, members, strict=True)]
    trial = {
        "STUDYID": study.id,
        "MTD": select_mtd(levels, study["escalation.variant"]),
        "RP2D": NOT_DETERMINED if study["rp2d.value"] is None else f"{study['rp2d.value']} mg",
        "RP2DBY": study["rp2d.declared_by"],
        "RP2DDT": study["rp2d.declared_on"],
    }
    rows = [trial | _row(levels, k, own, study["escalation.variant"]) for k, own in enumerate(members)]
    contract = load_contract("derive", "adesc")
    data = conform(pd.DataFrame(rows, columns=contract.names), contract)
    links = [link for dose, own in zip(doses, members, strict=True) for link in _links(str(dose), own, forms)]
    none = together([], QUERY_COLUMNS)
    return Derived(data, none, together([frame_of(links, LINK_COLUMNS)], LINK_COLUMNS))


def _people(adsl: pd.DataFrame, fa: pd.DataFrame, cutoff: dt.date) -> tuple[pd.DataFrame, pd.Series]:
    """Return enrolled phase I subjects in the order of enrollment with the day their outcome was known, and the
    addresses of the DLT forms by subject.

    A DLT is known on the day of the form (without it: at the end of the window), no DLT not before the end of the
    window.
    """
    used, _ = split_at_cutoff(with_address(fa, "fa"), "fa", cutoff)
    answers = used.drop_duplicates("USUBJID").set_index("USUBJID")
    people = adsl[adsl["PHASE"].eq("I").fillna(False).astype(bool)]
    people = people.sort_values(["ENRLDT", "ENRORD", "USUBJID"], na_position="last", kind="stable")
    form = compute_first_day(answers["FADTC"]).reindex(people["USUBJID"]).set_axis(people.index)
    end = people["DLTEND"]
    known = form.fillna(end).where(people["DLTOCCFL"].eq("Y"), form.where(form > end, end))
    return people.assign(KNOWN=known, ADDRESS=row_keys(people, load_contract("derive", "adsl"))), answers["ADDRESS"]


def _level(dose: int, people: pd.DataFrame) -> Level:
    outcomes = []
    for person in people[people["DLTSTAT"].isin([EVALUABLE, WAITING])].itertuples():
        settled = person.DLTSTAT == EVALUABLE
        day = person.KNOWN.date() if settled and pd.notna(person.KNOWN) else None
        outcomes.append(Outcome(str(person.SUBJID), person.DLTOCCFL == "Y" if settled else None, day))
    return Level(dose, len(people), tuple(outcomes))


def _row(levels: list[Level], place: int, people: pd.DataFrame, variant: str) -> dict[str, Any]:
    level = levels[place]
    settled = [outcome for outcome in level.outcomes if outcome.dlt is not None]
    deciding = [outcome for outcome in level.deciding if outcome.dlt is not None]
    replaced = people[people["DLTSTAT"].eq(REPLACED)]
    decision = decide(levels, place, variant)
    found = {"DECISION": decision.word, "DECDT": decision.date, "EARLIER": "; ".join(decision.earlier) or NONE}
    return {
        "DOSELVL": level.dose,
        "NENRL": level.enrolled,
        "NTRT": int(people["TRTSDT"].notna().sum()),
        "NEVAL": len(settled),
        "NDLT": sum(outcome.dlt is True for outcome in settled),
        "NDEC": len(deciding),
        "NDECDLT": sum(outcome.dlt is True for outcome in deciding),
        "DECSUBJ": "; ".join(outcome.subject for outcome in deciding) or None,
        "NPEND": len(level.outcomes) - len(settled),
        "NREPL": len(replaced),
        "REPLREAS": "; ".join(f"{s}: {r}" for s, r in zip(replaced["SUBJID"], replaced["DLTREAS"], strict=True))
        or None,
        **(found if level.enrolled else {}),
    }


def _links(row: str, people: pd.DataFrame, forms: pd.Series) -> list[dict[str, str]]:
    """Return the links of a level: each of its subjects in ADSL, and the DLT form of each who has one."""
    link = {"dataset": "adesc", "row": row, "variable": ""}
    found = [link | {"source": "adsl", "source_row": address} for address in people["ADDRESS"]]
    given = forms.reindex(people["USUBJID"]).dropna()
    return found + [link | {"source": "fa", "source_row": address} for address in given]
