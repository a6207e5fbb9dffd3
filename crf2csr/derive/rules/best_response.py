"""Best overall response of one subject from dated visit responses, and clinical benefit (R-601 to R-609)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from crf2csr.errors import InputError

NON_CR_NON_PD = "NON-CR/NON-PD"
# Same date twice: the worst wins. ND (not done) says least.
WORST_FIRST = ("PD", NON_CR_NON_PD, "SD", "PR", "CR", "NE", "ND")
# Best over time.
BEST_FIRST = ("CR", "PR", "SD", NON_CR_NON_PD, "PD", "NE", "ND", "MISSING")
BENEFIT = ("CR", "PR", "SD", NON_CR_NON_PD)
CR_THEN_DISEASE = ("query_only", "table3")

_SEVERITY = {response: place for place, response in enumerate(WORST_FIRST)}
_RANK = {response: place for place, response in enumerate(BEST_FIRST)}


@dataclass(frozen=True, slots=True)
class Assessment:
    """The overall response of one visit; `date` as R-515, `key` names the row it came from."""

    date: dt.date
    response: str
    key: str


@dataclass(frozen=True, slots=True)
class Best:
    """A best response (or Y, N of a yes-no endpoint) with its date, the rule that gave it and the rows it rests on."""

    value: str
    date: dt.date | None
    rule: str
    reason: str = ""
    keys: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The row that gives the date; blank if there is none."""
        return self.keys[0] if self.keys else ""


def select_records(
    assessments: Iterable[Assessment],
    start: dt.date | None,
    new_therapy: dt.date | None,
    last: dt.date | None = None,
    to_first_pd: bool = True,
    subject: str = "",
) -> tuple[Assessment, ...]:
    """Return the records that best response uses, one a date, by date.

    Used: ADT >= `start` (TRTSDT), ADT <= `new_therapy` (NACTDT; a scan of that day precedes the therapy), ADT <= `last`
    (data cutoff or a progression known from elsewhere), up to and including the first PD if `to_first_pd`. None
    excludes nothing. Same date twice: the worst wins, PD > NON-CR/NON-PD > SD > PR > CR > NE > ND.
    Raises InputError for an unknown response, naming `subject` and date.
    R-601 (pharmaverse/admiralonco vignettes/adrs.Rmd, R/filter_pd.R).
    """
    worst: dict[dt.date, Assessment] = {}
    for record in assessments:
        _check_word(record, subject)
        day = record.date
        if (start and day < start) or (new_therapy and day > new_therapy) or (last and day > last):
            continue
        if day not in worst or _severity(record) < _severity(worst[day]):
            worst[day] = record
    return _to_first_pd(sorted(worst.values(), key=_date), to_first_pd)


def compute_best_response(records: Sequence[Assessment], start: dt.date, sd_min_days: int, missing_as_ne: bool) -> Best:
    """Return the unconfirmed best overall response of the records of `select_records`.

    Best in order CR, PR, SD, NON-CR/NON-PD, PD, NE, ND, MISSING; ties earliest. SD and NON-CR/NON-PD before `start` +
    `sd_min_days` are NE; CR, PR and PD have no window. No record: MISSING (NE if `missing_as_ne`), without a date.
    Raises InputError for an unknown response or dates that do not increase.
    R-602 (pharmaverse/admiralonco R/derive_param_bor.R; RECIST 1.1 section 4.4.3).
    """
    _check(records)
    stable_from = start + dt.timedelta(days=sd_min_days)
    found = [_as_recorded(record, stable_from) for record in records]
    return _best(found, "R-602", missing_as_ne)


def compute_confirmed_best_response(
    records: Sequence[Assessment],
    start: dt.date,
    sd_min_days: int,
    confirm_days: int,
    max_ne: int,
    accept_sd: bool,
    missing_as_ne: bool,
    has_target: bool,
    cr_then_disease: str,
) -> Best:
    """Return the confirmed best overall response of the records of `select_records`.

    A confirmed CR or PR is dated at the first of its two records (R-606). Otherwise CR, PR or SD from `start` +
    `sd_min_days` on is SD, NON-CR/NON-PD there is itself, a CR there of a subject without target lesions is
    NON-CR/NON-PD, all of them earlier are NE; PD, NE and ND stay. Rank as R-602, ties earliest. `table3`: see
    `recode_after_cr`. Raises InputError for an unknown response or option, or dates that do not increase.
    R-603 to R-607 (pharmaverse/admiralonco R/derive_param_confirmed_bor.R; RECIST 1.1 Table 3).
    """
    used = _after_cr(records, cr_then_disease)
    stable_from = start + dt.timedelta(days=sd_min_days)
    found = []
    for place, record in enumerate(used):
        partner = _confirming(used, place, confirm_days, max_ne, accept_sd)
        if partner is None:
            found.append(_unconfirmed(record, stable_from, has_target))
        else:
            rule = "R-603" if record.response == "CR" else "R-604"
            found.append(Best(record.response, record.date, rule, "", (record.key, partner.key)))
    best = _best(found, "R-605", missing_as_ne)
    if best.value == "PD" and best.date == used[-1].date and used[-1] != records[len(used) - 1]:
        return replace(best, rule="R-607", reason="DISEASE_AFTER_CR")
    return best


def compute_response(records: Sequence[Assessment]) -> Best:
    """Return Y with the date of the first CR or PR, confirmed or not, else N (second block of R-608)."""
    _check(records)
    first = next((record for record in records if record.response in ("CR", "PR")), None)
    return Best("N", None, "R-608") if first is None else Best("Y", first.date, "R-608", "", (first.key,))


def compute_confirmed_response(
    records: Sequence[Assessment], confirm_days: int, max_ne: int, accept_sd: bool, cr_then_disease: str
) -> Best:
    """Return Y with the date of the first confirmed CR or PR, else N; the date is that of the first of the two (R-606).

    Raises InputError for an unknown response or option, or dates that do not increase. R-603, R-604
    (pharmaverse/admiralonco R/derive_param_confirmed_resp.R).
    """
    used = _after_cr(records, cr_then_disease)
    for place, record in enumerate(used):
        partner = _confirming(used, place, confirm_days, max_ne, accept_sd)
        if partner is not None:
            return Best("Y", record.date, "R-606", record.response, (record.key, partner.key))
    return Best("N", None, "R-606")


def compute_clinical_benefit(
    records: Sequence[Assessment],
    start: dt.date,
    min_days: int,
    response: Best | None,
    values: Sequence[str] = BENEFIT,
) -> Best:
    """Return Y if there is a confirmed response, or one of `values` at or after `start` + `min_days`, else N.

    `records` end with the first PD (R-601), so that what counts lies before it; `response` is the result of
    `compute_confirmed_response`. The date is the earlier of the two. Raises InputError as the others.
    R-609 (pharmaverse/admiralonco R/derive_param_clinbenefit.R).
    """
    _check(records)
    benefit_from = start + dt.timedelta(days=min_days)
    found = []
    if response is not None and response.value == "Y" and response.date is not None:
        found.append(Best("Y", response.date, "R-609", "CONFIRMED_RESPONSE", response.keys))
    for record in records:
        if record.response in values and record.date >= benefit_from:
            found.append(Best("Y", record.date, "R-609", "DISEASE_CONTROL", (record.key,)))
            break
    return min(found, key=_date) if found else Best("N", None, "R-609")


def recode_after_cr(records: Sequence[Assessment]) -> tuple[Assessment, ...]:
    """Return the records up to the first PR, SD or NON-CR/NON-PD after a CR, that one as PD; all if there is none.

    A true CR makes later disease progression. R-607 `table3` (RECIST 1.1 Table 3, footnote a).
    """
    complete = False
    for place, record in enumerate(records):
        if complete and record.response in ("PR", "SD", NON_CR_NON_PD):
            return (*records[:place], replace(record, response="PD"))
        complete = complete or record.response == "CR"
    return tuple(records)


def check_assessments(assessments: Iterable[Assessment]) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Yield (query code, message, keys): Q-704 for two visits on one date (R-515), Q-713 for CR then PR or SD (R-607).

    Q-713 looks at the worst record of a date, up to the first PD; its keys are those of the CR and of the later record.
    """
    rows = sorted(assessments, key=lambda row: (row.date, row.key))
    found = []
    for first, second in pairwise(rows):
        if first.date == second.date:
            text = f"{first.date}: two visits on one date, {first.response} and {second.response}; the worst is used"
            found.append(("Q-704", text, (first.key, second.key)))
    complete = None
    for row in select_records(rows, None, None):
        if complete is not None and row.response in ("PR", "SD", NON_CR_NON_PD):
            text = f"CR on {complete.date} followed by {row.response} on {row.date}"
            found.append(("Q-713", text, (complete.key, row.key)))
        complete = row if row.response == "CR" else complete
    return tuple(found)


def _confirming(
    records: Sequence[Assessment], place: int, confirm_days: int, max_ne: int, accept_sd: bool
) -> Assessment | None:
    """Return the record that confirms the CR or PR at `place`, None if there is none (R-603, R-604)."""
    first = records[place]
    if first.response not in ("CR", "PR"):
        return None
    wanted = ("CR",) if first.response == "CR" else ("CR", "PR")
    earliest = first.date + dt.timedelta(days=confirm_days)
    between: list[str] = []
    for record in records[place + 1 :]:
        if record.response in wanted and record.date >= earliest:
            return record if _allows(first.response, between, record.response, max_ne, accept_sd) else None
        between.append(record.response)
    return None


def _allows(first: str, between: list[str], last: str, max_ne: int, accept_sd: bool) -> bool:
    """Tell whether the responses between a response and its confirmation leave it confirmed (R-603, R-604)."""
    if between.count("NE") > max_ne:
        return False
    if first == "CR":
        return all(response in ("CR", "NE") for response in between)
    if between.count("SD") > int(accept_sd) or not all(response in ("CR", "PR", "SD", "NE") for response in between):
        return False
    after_cr = between[between.index("CR") :] if "CR" in between else []
    return not after_cr or "PR" not in (*after_cr, last)


def _as_recorded(record: Assessment, stable_from: dt.date) -> Best:
    """Return an unconfirmed record as a candidate for best response (R-602)."""
    early = record.response in ("SD", NON_CR_NON_PD) and record.date < stable_from
    value, reason = ("NE", "SD_TOO_EARLY") if early else (record.response, "")
    return Best(value, record.date, "R-602", reason, (record.key,))


def _unconfirmed(record: Assessment, stable_from: dt.date, has_target: bool) -> Best:
    """Return a record that is not a confirmed response as a candidate for confirmed best response (R-605)."""
    value, reason = record.response, ""
    if value in BENEFIT and record.date < stable_from:
        value, reason = "NE", "SD_TOO_EARLY"
    elif value == "CR" and not has_target:
        value, reason = NON_CR_NON_PD, "CR_NOT_CONFIRMED"
    elif value in ("CR", "PR"):
        value, reason = "SD", f"{value}_NOT_CONFIRMED"
    return Best(value, record.date, "R-605", reason, (record.key,))


def _best(found: Sequence[Best], rule: str, missing_as_ne: bool) -> Best:
    """Return the best candidate, ties earliest; for NE the reason of R-613 that the records tell."""
    if not found:
        return Best("NE" if missing_as_ne else "MISSING", None, rule, "NO_ASSESSMENT")
    best = min(found, key=lambda candidate: _RANK[candidate.value])
    if best.value != "NE":
        return best
    early = any(candidate.reason == "SD_TOO_EARLY" for candidate in found)
    return replace(best, reason="SD_TOO_EARLY" if early else "INADEQUATE_ASSESSMENTS")


def _after_cr(records: Sequence[Assessment], cr_then_disease: str) -> tuple[Assessment, ...]:
    """Return the checked records as the option reads them (R-607)."""
    _check(records)
    if cr_then_disease not in CR_THEN_DISEASE:
        raise InputError(
            f"response.cr_then_disease: {cr_then_disease!r} is unknown; use one of {', '.join(CR_THEN_DISEASE)}"
        )
    return recode_after_cr(records) if cr_then_disease == "table3" else tuple(records)


def _check(records: Sequence[Assessment]) -> None:
    """Refuse unknown responses and records that `select_records` has not put in order."""
    earlier = None
    for record in records:
        _check_word(record)
        if earlier is not None and record.date <= earlier:
            raise InputError(
                f"response on {record.date} ({record.key}): dates do not increase; use select_records first"
            )
        earlier = record.date


def _check_word(record: Assessment, subject: str = "") -> None:
    """Refuse a response that RECIST 1.1 does not know."""
    if record.response not in _SEVERITY:
        who = f"subject {subject}, " if subject else ""
        raise InputError(
            f"{who}{record.date} ({record.key}): overall response {record.response!r} is unknown; "
            f"map it to one of {', '.join(sorted(_SEVERITY))}"
        )


def _to_first_pd(records: Sequence[Assessment], wanted: bool) -> tuple[Assessment, ...]:
    """Return the records up to and including the first PD."""
    if wanted:
        for place, record in enumerate(records):
            if record.response == "PD":
                return tuple(records[: place + 1])
    return tuple(records)


def _severity(record: Assessment) -> tuple[int, str]:
    """Return the place in the worst order; the key breaks ties so that row order never matters."""
    return _SEVERITY[record.response], record.key


def _date(record: Assessment | Best) -> dt.date:
    """Return the date to sort by; no date sorts first."""
    return record.date or dt.date.min
