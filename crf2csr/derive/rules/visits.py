"""The walk over the visits of one subject: what each hands to the next, and dates (R-515 to R-517, R-532, R-543)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from crf2csr.derive.rules.best_response import WORST_FIRST, Assessment, compute_confirmed_response, select_records
from crf2csr.derive.rules.overall import (
    NewLesion,
    NonTargetResponse,
    compute_new_lesion,
    compute_nontarget_response,
    compute_overall_response,
    is_new_disease,
)
from crf2csr.derive.rules.recist import TargetResponse, is_back, judge_target
from crf2csr.derive.rules.tumor import (
    Baseline,
    Query,
    Tumor,
    Values,
    Visit,
    compute_baseline,
    compute_values,
    scan_dates,
)
from crf2csr.errors import InputError

PERSISTENCE = ("none", "confirmed")
MARKERS = ("NORMAL", "ABNORMAL", "NOT DONE", "")


@dataclass(frozen=True, slots=True)
class ResponseSettings:
    """The study keys that the walk uses: `response.*` and `tumor.new_lesion_blank`."""

    pr_persistence: str
    confirm_days: int
    max_ne: int
    accept_sd: bool
    new_lesion_blank: str


@dataclass(frozen=True, slots=True)
class VisitResponse:
    """Responses of one visit, the rules that fired, what they used, and the (query code, message) pairs they raise.

    `date` is the ADT of R-515, None for a visit without any date; `values` are the R-511 values (mm) behind the sum.
    """

    visit: str
    date: dt.date | None
    first_scan: dt.date | None
    last_scan: dt.date | None
    response: str
    overall_rule: str
    reason: str
    target: TargetResponse
    nontarget: NonTargetResponse
    new_lesion: str
    nadir_visit: str
    values: tuple[tuple[str, Decimal | None], ...]
    queries: tuple[Query, ...]


class _State(NamedTuple):
    """What earlier visits hand on."""

    nadir: Decimal | None
    nadir_visit: str
    earlier_overall_cr: bool
    confirmed_pr: bool
    marker: str
    last_scan: dt.date | None
    records: tuple[Assessment, ...]


class _Step(NamedTuple):
    """A visit with its scan dates and the last scan before it."""

    visit: Visit
    first: dt.date
    last: dt.date
    previous_scan: dt.date | None


def compute_visits(
    subject: Tumor, settings: ResponseSettings, baseline: Baseline | None = None
) -> tuple[VisitResponse, ...]:
    """Return the response of every visit, by date of the first scan; those that cannot be judged last.

    `baseline` is `compute_baseline` of the subject, where it is known already.

    Each visit is judged by baseline and the visits before it: nadir (R-517), overall CR (R-525, R-531), confirmed PR
    (R-530), markers. Visits with one first scan date do not precede each other (Q-704). A later visit changes an
    earlier one only by confirming an equivocal new lesion (R-532). Not judged but NE: a visit without any date (Q-703)
    or with a scan not after the last one of baseline (Q-710). Raises InputError for an unknown word, naming the
    subject. R-515 to R-517, R-531 to R-543 (RECIST 1.1 section 4.4.1).
    """
    if settings.pr_persistence not in PERSISTENCE:
        raise InputError(f"response.pr_persistence: {settings.pr_persistence!r} is unknown; use one of {PERSISTENCE}")
    try:
        return _walk(subject, settings, baseline or compute_baseline(subject))
    except InputError as error:
        raise InputError(f"subject {subject.subject}: {error}") from error


def _walk(subject: Tumor, settings: ResponseSettings, base: Baseline) -> tuple[VisitResponse, ...]:
    """Judge the dated visits in order, carry the state, then look back once for R-532."""
    dated, unplaced = _place(subject.visits, base)
    state = _State(base.sums.sod, base.name, False, False, base.marker, base.last_scan, ())
    steps: list[_Step] = []
    results: list[VisitResponse] = []
    for first, group in groupby(dated, key=lambda row: row[0]):
        same_day = [_Step(visit, first, last, state.last_scan) for _, last, visit in group]
        judged = [_judge(step, subject, base, state, settings) for step in same_day]
        if len(judged) > 1:
            judged = [_with_query(row, "Q-704", f"{first}: also the date of another visit") for row in judged]
        state = _advance(state, same_day, judged, settings)
        steps += same_day
        results += judged
    return (*_confirm_equivocal(steps, results), *(_not_judged(visit, subject, base) for visit in unplaced))


def _place(visits: Sequence[Visit], base: Baseline) -> tuple[list[tuple[dt.date, dt.date, Visit]], list[Visit]]:
    """Return (first scan, last scan, visit) by first scan, and the visits without a date or not after baseline."""
    dated, unplaced = [], []
    for visit in sorted(visits, key=lambda visit: visit.name):
        first, last = scan_dates(visit)
        if first is None or last is None or (base.last_scan is not None and first <= base.last_scan):
            unplaced.append(visit)
        else:
            dated.append((first, last, visit))
    return sorted(dated, key=lambda row: row[0]), unplaced


def _judge(step: _Step, subject: Tumor, base: Baseline, state: _State, settings: ResponseSettings) -> VisitResponse:
    """Return the responses of one visit given what came before it."""
    visit = step.visit
    values, queries = compute_values(base.lesions, visit, subject.local_therapy)
    target = judge_target(
        base.lesions, base.sums.sod, base.free, values, state.nadir, state.earlier_overall_cr, state.confirmed_pr
    )
    rows = [row for row in visit.nontarget if row.lesion in base.nontarget]
    states = [row.state for row in rows] + ["NOT EVALUATED"] * len(base.nontarget - {row.lesion for row in rows})
    normal = _markers_normal(visit.marker, state.marker)
    nontarget = compute_nontarget_response(states, normal, bool(base.nontarget), state.earlier_overall_cr)
    new = compute_new_lesion(visit.new_lesions, visit.new_lesion_form, settings.new_lesion_blank)
    response, rule = compute_overall_response(target.response, nontarget.response, new)
    date = _first_evidence(step, base, values, target, nontarget) if response == "PD" else step.last
    found = (*queries, *_check_visit(step, base, state, target, nontarget, new, values))
    return VisitResponse(
        visit=visit.name,
        date=date,
        first_scan=step.first,
        last_scan=step.last,
        response=response,
        overall_rule=rule,
        reason=_reason(response, target, nontarget, new),
        target=target,
        nontarget=nontarget,
        new_lesion=new,
        nadir_visit=state.nadir_visit if state.nadir is not None else "",
        values=tuple(values.items()),
        queries=tuple(sorted(set(found))),
    )


def _advance(
    state: _State, steps: Sequence[_Step], judged: Sequence[VisitResponse], settings: ResponseSettings
) -> _State:
    """Return the state after the visits of one first scan date; of several overall responses the worst is recorded."""
    nadir, nadir_visit, marker = state.nadir, state.nadir_visit, state.marker
    for row in judged:
        if row.target.sod is not None and (nadir is None or row.target.sod < nadir):
            nadir, nadir_visit = row.target.sod, row.visit
    recorded = [step.visit.marker for step in steps if step.visit.marker in ("NORMAL", "ABNORMAL")]
    worst = min((row.response for row in judged), key=WORST_FIRST.index)
    records = (*state.records, *(Assessment(row.date, row.response, row.visit) for row in judged if row.date))
    return _State(
        nadir=nadir,
        nadir_visit=nadir_visit,
        earlier_overall_cr=state.earlier_overall_cr or worst == "CR",
        confirmed_pr=settings.pr_persistence == "confirmed" and _has_confirmed_response(records, settings),
        marker=min(recorded, default=marker),
        last_scan=max([step.last for step in steps] + ([state.last_scan] if state.last_scan else [])),
        records=records,
    )


def _has_confirmed_response(records: Sequence[Assessment], settings: ResponseSettings) -> bool:
    """Tell whether the records hold a confirmed response and no PD (R-530)."""
    if any(record.response == "PD" for record in records):
        return False
    used = select_records(records, None, None)
    found = compute_confirmed_response(used, settings.confirm_days, settings.max_ne, settings.accept_sd, "query_only")
    return found.value == "Y"


def _markers_normal(now: str, before: str) -> bool | None:
    """Return whether markers are shown normal; without a result now, the last one counts only if it was abnormal."""
    if now not in MARKERS:
        raise InputError(f"tumor marker {now!r}: unknown; map it to NORMAL, ABNORMAL, NOT DONE or blank")
    if now in ("NORMAL", "ABNORMAL"):
        return now == "NORMAL"
    return False if before == "ABNORMAL" else None


def _first_evidence(
    step: _Step, base: Baseline, values: Values, target: TargetResponse, nontarget: NonTargetResponse
) -> dt.date:
    """Return the date of the first scan of the visit that shows progression (R-515)."""
    visit, shown = step.visit, []
    default = visit.date or step.last
    if target.response == "PD":
        showing = (
            _lesions_back(base, values)
            if target.rule == "R-525"
            else {lesion for lesion, value in values.items() if value is not None}
        )
        shown += [row.date or default for row in visit.target if row.lesion in showing or row.parent in showing]
    if nontarget.response == "PD":
        state = "PRESENT" if nontarget.reason == "REAPPEAR_AFTER_CR" else "UNEQUIVOCAL PROGRESSION"
        rows = (row for row in visit.nontarget if row.lesion in base.nontarget and row.state == state)
        shown += [row.date or default for row in rows]
    shown += [_seen(row, step) for row in visit.new_lesions if is_new_disease(row) == "Y"]
    return min(shown)


def _lesions_back(base: Baseline, values: Values) -> set[str]:
    """Return the ids of the target lesions that show disease."""
    return {lesion.id for lesion in base.lesions if (value := values[lesion.id]) and is_back(lesion, value)}


def _seen(row: NewLesion, step: _Step) -> dt.date:
    """Return when this visit saw a new lesion: its date, or the first scan if that date belongs to an earlier visit."""
    if row.date is None:
        return step.visit.date or step.last
    known_before = step.previous_scan is not None and row.date <= step.previous_scan
    return step.first if known_before else row.date


def _confirm_equivocal(steps: Sequence[_Step], results: Sequence[VisitResponse]) -> list[VisitResponse]:
    """Make the visit of the first equivocal sighting PD if a later visit calls that lesion unequivocal (R-532)."""
    found = list(results)
    sighted: set[str] = set()
    for place, step in enumerate(steps):
        for row in step.visit.new_lesions:
            if not row.lesion or row.lesion in sighted or is_new_disease(row) != "EQUIVOCAL":
                continue
            sighted.add(row.lesion)
            later = (new for other in steps if other.first > step.first for new in other.visit.new_lesions)
            if any(new.lesion == row.lesion and is_new_disease(new) == "Y" for new in later):
                found[place] = _backdated(found[place], _seen(row, step))
    return found


def _backdated(result: VisitResponse, seen: dt.date) -> VisitResponse:
    """Return a visit as PD from the day an equivocal lesion was first seen; a visit that is PD keeps its rule."""
    if result.response == "PD":
        return replace(result, date=min(seen, result.date or seen), new_lesion="Y")
    return replace(result, response="PD", date=seen, new_lesion="Y", overall_rule="R-532", reason="EQUIVOCAL_CONFIRMED")


def _reason(response: str, target: TargetResponse, nontarget: NonTargetResponse, new: str) -> str:
    """Return what makes a PD or NE special, parts joined by '; '; blank for the ordinary case."""
    new_reason = {"Y": "NEW_LESION", "UNKNOWN": "NEW_LESION_UNKNOWN"}.get(new, "")
    if response == "PD":
        parts = [part.reason for part in (target, nontarget) if part.response == "PD"] + [new_reason]
        parts = [part for part in parts if part != "NEW_LESION_UNKNOWN"]
    elif response == "NE":
        of_target = target.reason if target.response == "NE" else ""
        of_nontarget = nontarget.reason if target.response == "NA" and nontarget.response == "NE" else ""
        nothing = "NO_LESION_AT_BASELINE" if (target.response, nontarget.response) == ("NA", "NA") else ""
        parts = [of_target, of_nontarget, nothing, new_reason]
    else:
        parts = [target.reason]
    return "; ".join(dict.fromkeys(part for part in parts if part))


def _check_visit(
    step: _Step,
    base: Baseline,
    state: _State,
    target: TargetResponse,
    nontarget: NonTargetResponse,
    new: str,
    values: Values,
) -> list[Query]:
    """Return the queries that the derivation of a visit raises, beside those of its target rows."""
    visit, name, found = step.visit, step.visit.name, []
    back = "REAPPEAR_AFTER_CR" in (target.reason, nontarget.reason)
    if back or (state.earlier_overall_cr and _lesions_back(base, values)):
        found.append(("Q-713", f"{name}: disease is back after an overall CR; confirm the CR by another look"))
    if not base.lesions and not base.nontarget:
        found.append(("Q-722", f"{name}: neither target nor non-target lesion at baseline"))
    if new == "UNKNOWN":
        found.append(("Q-723", f"{name}: no answer whether there is a new lesion; it counts as unknown"))
    rows = visit.nontarget
    for lesion in sorted({row.lesion for row in rows if row.state != "ABSENT"} - base.nontarget):
        found.append(("Q-721", f"{name}: non-target lesion {lesion} was not there at baseline; a new lesion?"))
    if len({row.lesion for row in rows}) < len(rows):
        found.append(("Q-705", f"{name}: a non-target lesion is recorded more than once; every state counts"))
    if any(row.date is None for row in visit.target) or any(row.date is None for row in rows):
        found.append(("Q-702", f"{name}: a scan without a date; the date of the visit or its last scan is used"))
    for row in visit.new_lesions:
        if is_new_disease(row) == "Y" and not row.certainty:
            found.append(("Q-702", f"{name}: new lesion {row.lesion} without certainty; it counts as unequivocal"))
        if is_new_disease(row) == "Y" and row.date and step.previous_scan and row.date <= step.previous_scan:
            found.append(("Q-717", f"{name}: new lesion {row.lesion} first seen on {row.date}, at an earlier visit"))
    return found


def _not_judged(visit: Visit, subject: Tumor, base: Baseline) -> VisitResponse:
    """Return a visit that cannot be placed after baseline and before or after another: NE, never used for a nadir."""
    first, last = scan_dates(visit)
    values, queries = compute_values(base.lesions, visit, subject.local_therapy)
    if last is None:
        reason, query = "NO_DATE", ("Q-703", f"{visit.name}: tumor data without any date; not used")
    else:
        text = f"{visit.name}: scan of {first}, but the last of baseline is {base.last_scan}; not used"
        reason, query = "NOT_AFTER_BASELINE", ("Q-710", text)
    return VisitResponse(
        visit=visit.name,
        date=last,
        first_scan=first,
        last_scan=last,
        response="NE",
        overall_rule="R-515",
        reason=reason,
        target=TargetResponse("NE", "R-515", reason, None, None, (), base.sums.sod, None),
        nontarget=NonTargetResponse("NE", "R-515", reason),
        new_lesion="UNKNOWN",
        nadir_visit="",
        values=tuple(values.items()),
        queries=tuple(sorted({*queries, query})),
    )


def _with_query(row: VisitResponse, code: str, text: str) -> VisitResponse:
    """Return the visit with one more query."""
    return replace(row, queries=tuple(sorted((*row.queries, (code, text)))))
