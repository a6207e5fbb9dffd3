"""Non-target, new-lesion and overall response of one visit (R-531 to R-533, R-541, R-542)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from crf2csr.derive.rules.best_response import NON_CR_NON_PD
from crf2csr.derive.rules.recist import NORMAL_NODE
from crf2csr.errors import InputError

TARGET_RESPONSES = ("CR", "PR", "SD", "PD", "NE", "NA")
NON_TARGET_RESPONSES = ("CR", NON_CR_NON_PD, "PD", "NE", "NA")
NEW_LESION_ANSWERS = ("Y", "N", "UNKNOWN")
PROGRESSED = "UNEQUIVOCAL PROGRESSION"
NON_TARGET_STATES = ("PRESENT", "ABSENT", PROGRESSED, "NOT EVALUATED")
BLANK_RULES = ("no_if_form_present", "unknown")

# R-541 with R-542 (target NA): target, non-target, new lesion, overall; the first row that matches; None matches all.
# RECIST 1.1 Tables 1 and 2, section 4.4.1.
OVERALL_TABLE: tuple[tuple[tuple[str, ...] | None, tuple[str, ...] | None, str | None, str], ...] = (
    (None, None, "Y", "PD"),
    (("PD",), None, None, "PD"),
    (None, ("PD",), None, "PD"),
    (None, None, "UNKNOWN", "NE"),
    (("CR",), ("CR", "NA"), "N", "CR"),
    (("CR",), (NON_CR_NON_PD, "NE"), "N", "PR"),
    (("PR",), None, "N", "PR"),
    (("SD",), None, "N", "SD"),
    (("NE",), None, "N", "NE"),
    (("NA",), ("CR",), "N", "CR"),
    (("NA",), (NON_CR_NON_PD,), "N", NON_CR_NON_PD),
    (("NA",), ("NE", "NA"), "N", "NE"),
)


@dataclass(frozen=True, slots=True)
class NewLesion:
    """One row of the new-lesion form; `date` is when the lesion was first seen, `size` mm (short axis of a node)."""

    lesion: str
    present: str
    certainty: str = ""
    date: dt.date | None = None
    nodal: bool = False
    size: Decimal | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class NonTargetResponse:
    """Non-target response of a visit with the rule that fired."""

    response: str
    rule: str
    reason: str


def _overall_table() -> dict[tuple[str, str, str], tuple[str, str]]:
    """Return response and rule of every combination of the three parts."""
    filled = {}
    for parts in product(TARGET_RESPONSES, NON_TARGET_RESPONSES, NEW_LESION_ANSWERS):
        target, nontarget, new = parts
        for targets, nontargets, answer, overall in OVERALL_TABLE:
            parts_match = (not targets or target in targets) and (not nontargets or nontarget in nontargets)
            if parts_match and answer in (None, new):
                filled[parts] = (overall, "R-542" if target == "NA" and nontarget != "NA" else "R-541")
                break
    return filled


_OVERALL = _overall_table()


def compute_overall_response(target: str, nontarget: str, new_lesion: str) -> tuple[str, str]:
    """Return the overall response of a visit and the rule that gave it.

    Top-down: new lesion, target PD or non-target PD is PD; an unknown new-lesion answer is NE; the rest by table.
    Raises InputError for an unknown word. R-541, without target disease R-542 (RECIST 1.1 Tables 1 and 2).
    """
    try:
        return _OVERALL[target, nontarget, new_lesion]
    except KeyError:
        parts = f"target {target!r}, non-target {nontarget!r}, new lesion {new_lesion!r}"
        raise InputError(f"{parts}: no such combination in R-541 and R-542; correct the unknown word") from None


def compute_nontarget_response(
    states: Sequence[str], markers_normal: bool | None, present_at_baseline: bool, earlier_overall_cr: bool
) -> NonTargetResponse:
    """Return the non-target response from one state for each non-target lesion of baseline.

    Any unequivocal progression is PD; any lesion present after an earlier overall CR is PD; any not evaluated (or
    blank) is NE; all absent is CR unless a tumor marker is followed and not normal (`markers_normal` False; None: not
    followed); otherwise NON-CR/NON-PD; NA without non-target lesion at baseline. InputError for an unknown state.
    R-531 (RECIST 1.1 sections 4.3.3, 4.3.4).
    """
    unknown = [state for state in states if state and state not in NON_TARGET_STATES]
    if unknown:
        raise InputError(
            f"state {unknown[0]!r}: not a state of a non-target lesion; map it to one of {NON_TARGET_STATES}"
        )
    if not present_at_baseline:
        response, reason = "NA", ""
    elif PROGRESSED in states:
        response, reason = "PD", "UNEQUIVOCAL_PROGRESSION"
    elif earlier_overall_cr and "PRESENT" in states:
        response, reason = "PD", "REAPPEAR_AFTER_CR"
    elif not states or "NOT EVALUATED" in states or "" in states:
        response, reason = "NE", "LESION_NOT_EVALUATED"
    elif "PRESENT" in states:
        response, reason = NON_CR_NON_PD, ""
    else:
        response, reason = (NON_CR_NON_PD, "MARKER_NOT_NORMAL") if markers_normal is False else ("CR", "")
    return NonTargetResponse(response, "R-531", reason)


def is_new_disease(row: NewLesion) -> str:
    """Return Y for an unequivocal new lesion, EQUIVOCAL, or N (answer not yes, or a node below 10 mm short axis).

    A lesion recorded as present without certainty counts as unequivocal. Raises InputError for an unknown word. R-532.
    """
    if row.present not in ("Y", "N", "") or row.certainty not in ("UNEQUIVOCAL", "EQUIVOCAL", ""):
        raise InputError(
            f"new lesion {row.lesion!r}: present {row.present!r}, certainty {row.certainty!r}: unknown answer; "
            "map it to Y, N or blank and to UNEQUIVOCAL, EQUIVOCAL or blank"
        )
    if row.present != "Y" or (row.nodal and row.size is not None and row.size < NORMAL_NODE):
        return "N"
    return "EQUIVOCAL" if row.certainty == "EQUIVOCAL" else "Y"


def compute_new_lesion(rows: Sequence[NewLesion], form_present: bool, blank_rule: str) -> str:
    """Return Y, N or UNKNOWN for a visit: any unequivocal new lesion is Y, an equivocal one counts as no for now.

    A blank answer is no if the form is there (`no_if_form_present`) or always unknown (`unknown`); without the form the
    answer is unknown. R-532, R-533, key `tumor.new_lesion_blank`.
    """
    if blank_rule not in BLANK_RULES:
        raise InputError(f"tumor.new_lesion_blank: {blank_rule!r} is unknown; use one of {', '.join(BLANK_RULES)}")
    if any(is_new_disease(row) == "Y" for row in rows):
        return "Y"
    answered = any(row.present for row in rows)
    blank_is_no = blank_rule == "no_if_form_present" and (form_present or bool(rows))
    return "N" if answered or blank_is_no else "UNKNOWN"
