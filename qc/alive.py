"""When a subject was last known alive, when it died, and how it left, straight from the forms.

R-209, R-210, R-301, R-701. Days are ordinals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qc.extract import Row
from qc.people import Forms
from qc.spelling import YES, Span, answer, number, span
from qc.treatment import death_report

#: Ends of study by what they prove: seen alive on that day; gone without an outcome.
SEEN = {"1", "completed", "5", "withdrawal by subject"}
GONE = {"5", "withdrawal by subject", "7", "lost to follow-up"}
NOT_SAMPLED = re.compile(r"(?i)n\.?r\.?|n\.?d\.?|not reported|not done")
#: Forms on which each record proves life on its date.
ALWAYS = {"dm": "ICDAT_RAW", "enr": "ENRDAT_RAW", "ae": "STDAT_RAW", "tl": "DAT_RAW", "ntl": "DAT_RAW", "nl": "DAT_RAW"}
#: The forms that this module reads besides those of `qc.people`.
FORMS = ("tl", "ntl", "nl", "pk")


@dataclass(frozen=True)
class Fate:
    """The last day known alive, whether and on which day the subject died (None: no usable date), whether it withdrew
    or was lost, whether treatment with every drug taken has ended."""

    alive: int | None
    died: bool
    death: int | None
    left: bool
    discontinued: bool


def fate(forms: Forms, reports: Forms, subject: str, cutoff: int) -> Fate:
    """Return the fate of a subject; `forms` hold what counts at the cutoff, `reports` the forms that tell of a death
    whatever their own date."""
    died, reported = death_report(reports, forms, subject, cutoff)
    until = min(cutoff, reported.last) if reported else cutoff
    alive = max((days.first for days in _signs(forms, subject) if days.first <= until), default=None)
    ends = [row["REASON"].strip().casefold() for row in forms["eos"].get(subject, [])]
    taken = {drug for drug, _ in _given(forms, subject)}
    ended = {answer("drug", row["DRUG"]) for row in forms["eot"].get(subject, [])}
    return Fate(
        alive=alive,
        died=died,
        death=_day_of_death(reported, alive, cutoff) if reported else None,
        left=any(reason in GONE for reason in ends),
        discontinued=bool(taken) and taken <= ended,
    )


def _day_of_death(reported: Span, alive: int | None, cutoff: int) -> int:
    """Return the recorded day, or of a partial date the earliest possible one after the last day known alive, else its
    last one (R-210)."""
    if reported.day:
        return min(reported.day, cutoff)
    wanted = reported.first if alive is None else max(reported.first, alive + 1)
    return min(wanted, reported.last, cutoff)


def _signs(forms: Forms, subject: str) -> Iterator[Span]:
    """Yield the dates of all records that prove life (R-701); a partial one proves it on its earliest day."""
    texts = [row[column] for form, column in ALWAYS.items() for row in forms[form].get(subject, []) if _is_named(row)]
    texts += [row["LASTDAT_RAW"] for row in forms["eot"].get(subject, []) if answer("drug", row["DRUG"])]
    texts += [row["EOSDAT_RAW"] for row in forms["eos"].get(subject, []) if row["REASON"].strip().casefold() in SEEN]
    texts += [row["ENDAT_RAW"] for row in forms["ae"].get(subject, []) if answer("outcome", row["OUTCOME"]) != "FATAL"]
    texts += [row["STDAT_RAW"] for row in forms["act"].get(subject, []) if answer("therapy", row["KIND"])]
    texts += [row["PCDAT_RAW"] for row in forms["pk"].get(subject, []) if not NOT_SAMPLED.fullmatch(row["CONC"])]
    texts += [row["FUDAT_RAW"] for row in forms["fu"].get(subject, []) if answer("survival", row["STATUS"]) == "ALIVE"]
    texts += [
        row[name]
        for _, row in _given(forms, subject)
        for name in ("STDAT_RAW", "ENDAT_RAW", "EXDAT_RAW")
        if name in row
    ]
    yield from (days for text in texts if (days := span(text)))


def _is_named(row: Row) -> bool:
    """Return whether a lesion record says which lesion it is about; records of other forms always count."""
    return "STATE" not in row or bool(row["LESION"])


def _given(forms: Forms, subject: str) -> Iterator[tuple[str, Row]]:
    """Yield drug and row of each administration: marked so, and neither 0 mg nor 0 doses taken."""
    for row in forms["ex_oral"].get(subject, []):
        if answer("yes_no", row["GIVEN"]) == YES and 0 not in (number(row["DOSE"]), number(row["TAKEN"])):
            yield answer("drug", row["DRUG"]), row
    for row in forms["ex_tdm1"].get(subject, []):
        if answer("yes_no", row["GIVEN"]) == YES and number(row["MG"].replace(",", ".")) != 0:
            yield "T-DM1", row
