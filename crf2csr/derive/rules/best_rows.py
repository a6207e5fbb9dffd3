"""The rows of ADRS that sum up the visits of a subject: best response, clinical benefit (R-601 to R-613)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crf2csr.derive.rules.best_response import (
    Assessment,
    Best,
    compute_best_response,
    compute_clinical_benefit,
    compute_confirmed_best_response,
    compute_confirmed_response,
    compute_response,
    select_records,
)

#: Parameters of ADRS with their text.
PARAMETERS = {
    "OVRLRESP": "Overall response",
    "BOR": "Best overall response (BOR)",
    "CBOR": "Confirmed BOR",
    "CRSP": "Confirmed response (CR or PR)",
    "CBEN": "Clinical benefit with confirmed response",
    "CBENU": "Clinical benefit with unconfirmed response",
    "IBOR": "Investigator BOR",
    "ICBOR": "Investigator confirmed BOR",
    "DBOR": "Derived BOR",
    "DCBOR": "Derived confirmed BOR",
}
#: Best responses of the derived assessments, and those of the investigator's that they are compared with (R-543).
COMPARED = {"DBOR": "IBOR", "DCBOR": "ICBOR"}
#: Reasons of the response rules as printed; those of MISSING are of `compute_missing_reason`.
REASONS = {
    "SD_TOO_EARLY": "SD too early",
    "INADEQUATE_ASSESSMENTS": "inadequate assessments",
    "CR_NOT_CONFIRMED": "CR not confirmed",
    "PR_NOT_CONFIRMED": "PR not confirmed",
    "DISEASE_AFTER_CR": "disease after CR",
    "CONFIRMED_RESPONSE": "confirmed response",
    "DISEASE_CONTROL": "disease control",
}
DEATH_REASONS = {
    "DISEASE PROGRESSION": "early death: disease progression",
    "ADVERSE EVENT": "early death: adverse event",
}
LEFT_STUDY = ("WITHDRAWAL BY SUBJECT", "LOST TO FOLLOW-UP")


@dataclass(frozen=True)
class BestSettings:
    """The study keys behind best response; `source` tells whose visit responses are analyzed."""

    source: str
    confirm_days: int
    max_ne: int
    accept_sd: bool
    sd_min_days: int
    missing_as_ne: bool
    cr_then_disease: str
    benefit_min_days: int
    interval_days: int
    window_days: int
    cutoff: dt.date


@dataclass(frozen=True)
class Person:
    """What best response needs to know of a subject besides its visits."""

    usubjid: str
    start: dt.date | None
    new_therapy: dt.date | None
    has_target: bool
    died: bool
    death: dt.date | None
    cause: str
    end_of_study: str
    last_alive: dt.date | None


def select_visits(visits: Sequence[Assessment], person: Person) -> tuple[Assessment, ...]:
    """Return the visits that best response uses; none without a first dose. R-601."""
    if person.start is None:
        return ()
    return select_records(visits, person.start, person.new_therapy, subject=person.usubjid)


def best_rows(
    derived: Sequence[Assessment], investigator: Sequence[Assessment], person: Person, settings: BestSettings
) -> list[dict[str, Any]]:
    """Return the rows of one subject of the full analysis set: BOR, CBOR, CRSP, CBEN, CBENU, IBOR, ICBOR, DBOR, DCBOR.

    `derived` and `investigator` are all visit responses; `settings.source` chooses which feed the first five. DBOR and
    DCBOR have the investigator's beside them. R-602 to R-609, R-543.
    """
    records = {"derived": select_visits(derived, person), "investigator": select_visits(investigator, person)}
    analyzed, start = records[settings.source], person.start or dt.date.min
    response = compute_confirmed_response(
        analyzed, settings.confirm_days, settings.max_ne, settings.accept_sd, settings.cr_then_disease
    )
    unconfirmed = compute_response(analyzed)
    found = {
        "BOR": best_unconfirmed(analyzed, person, settings),
        "CBOR": best_confirmed(analyzed, person, settings),
        "CRSP": response,
        "CBEN": compute_clinical_benefit(analyzed, start, settings.benefit_min_days, response),
        "CBENU": compute_clinical_benefit(analyzed, start, settings.benefit_min_days, unconfirmed),
        "IBOR": best_unconfirmed(records["investigator"], person, settings),
        "ICBOR": best_confirmed(records["investigator"], person, settings),
        "DBOR": best_unconfirmed(records["derived"], person, settings),
        "DCBOR": best_confirmed(records["derived"], person, settings),
    }
    return [_row(parameter, best, person, settings) for parameter, best in found.items()]


def compare_best(rows: Sequence[Mapping[str, Any]], first_mismatch: str | None) -> list[dict[str, Any]]:
    """Return the rows of a subject; those of `COMPARED` with INVRESP, MATCHFL and, if they differ, MATCHCLS: the class
    of the subject's first visit whose responses differ, from which the best ones part. R-543."""
    given = {row["PARAMCD"]: row["AVALC"] for row in rows}
    found = []
    for row in rows:
        other = given.get(COMPARED.get(row["PARAMCD"], ""))
        same = row["AVALC"] == other
        beside = {"INVRESP": other, "MATCHFL": "Y" if same else "N", "MATCHCLS": None if same else first_mismatch}
        found.append({**row, **(beside if other else {})})
    return found


def best_unconfirmed(records: Sequence[Assessment], person: Person, settings: BestSettings) -> Best:
    """Return the unconfirmed best response of selected visits. R-602."""
    return compute_best_response(records, person.start or dt.date.min, settings.sd_min_days, settings.missing_as_ne)


def best_confirmed(records: Sequence[Assessment], person: Person, settings: BestSettings) -> Best:
    """Return the confirmed best response of selected visits. R-603 to R-607."""
    return compute_confirmed_best_response(
        records,
        person.start or dt.date.min,
        settings.sd_min_days,
        settings.confirm_days,
        settings.max_ne,
        settings.accept_sd,
        settings.missing_as_ne,
        person.has_target,
        settings.cr_then_disease,
    )


def _row(parameter: str, best: Best, person: Person, settings: BestSettings) -> dict[str, Any]:
    """Return a best response as a row; ND counts as MISSING (R-608), and both take their reason from R-613."""
    missing = best.value in ("ND", "MISSING") or best.reason == "NO_ASSESSMENT"
    return {
        "USUBJID": person.usubjid,
        "PARAMCD": parameter,
        "AVISIT": None,
        "ADT": best.date,
        "AVALC": "MISSING" if best.value == "ND" else best.value,
        "RULE": best.rule,
        "REASON": compute_missing_reason(person, settings) if missing else REASONS.get(best.reason),
        "ANL01FL": "Y",
        "BASISVIS": "; ".join(best.keys) or None,
        "BASIS": best.keys,
    }


def compute_missing_reason(person: Person, settings: BestSettings) -> str:
    """Return why a subject has no assessment, the first that applies.

    Early death (up to the end of the first scan window, or with an unknown date and not known alive after it) by its
    cause; withdrawn or lost; not yet due (cutoff before the end of that window); other. The window ends `interval_days`
    + `window_days` after the first dose, counted from study day 1. R-613.
    """
    if person.start is None:
        return "other"
    end = person.start + dt.timedelta(days=settings.interval_days - 1 + settings.window_days)
    known = person.death or person.last_alive
    if person.died and (known is None or known <= end):
        return DEATH_REASONS.get(person.cause, "early death: other")
    if person.end_of_study in LEFT_STUDY:
        return "withdrawn or lost"
    return "not yet due" if settings.cutoff < end else "other"


def mismatch_class(row: Mapping[str, Any], target_grown_from_baseline: bool) -> str:
    """Return why derived and investigator's overall response of a visit differ, by the first rule that explains it.

    R-543. `row` has AVALC, RULE, REASON, TRGRESP, NTRGRESP, NEWLES, INVTRG, INVNTRG and INVRESP of ADRS as text, blank
    if missing; `target_grown_from_baseline` tells that the target sum is progression also against baseline.
    """
    if not row["INVRESP"]:
        return "no investigator response"
    if row["RULE"] == "R-532":
        return "equivocal new lesion confirmed later"
    if "REAPPEAR_AFTER_CR" in row["REASON"]:
        return "disease after complete response"
    if row["NEWLES"] == "UNKNOWN" and row["AVALC"] == "NE":
        return "new lesions not answered"
    if (row["AVALC"] in ("NE", "ND")) != (row["INVRESP"] in ("NE", "ND")):
        return "missing assessment"
    if row["INVTRG"] and row["INVTRG"] != row["TRGRESP"]:
        only_nadir = row["TRGRESP"] == "PD" and not target_grown_from_baseline
        return "nadir" if only_nadir else "target response"
    if row["INVNTRG"] and row["INVNTRG"] != row["NTRGRESP"]:
        return "non-target response"
    return "new lesion" if (row["NEWLES"] == "Y") != (row["INVRESP"] == "PD") else "overall response of its parts"
