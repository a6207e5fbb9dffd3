"""Second program of the patient-reported outcomes: who worsened by PROMIS scale and BCPT item, ever and by visit, from
which severity to which, and which forms were expected and came in, recomputed from the raw forms.

Without the code of the first program: a value is worse if it lies the threshold or more beyond the baseline, on the bad
side of it (R-1204); no change is computed. Values are whole tenths.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from qc import alive, pro_forms, pro_tables
from qc.extract import PEOPLE, read_extract, read_form, refuse_others
from qc.people import dosed, safety_columns
from qc.questionnaires import ITEMS, SCALES, Reported, reported

#: Keys of which this program knows one value only.
ONLY = {"ci.method": ("clopper_pearson",), "pro.missing_baseline": ("excluded",), "pro.worst": ("maximum_change",)}
#: Scales on which less is worse (R-1202).
LESS_IS_WORSE = ("PHYSFUN", "SOCIAL")
OUTCOMES = {"PROMANY": tuple(SCALES.values()), "BCPTANY": ITEMS, "PROANY": (*SCALES.values(), *ITEMS)}


@dataclass(frozen=True)
class Judged:
    """One parameter of one subject: baseline (tenths), later values by visit, and the visits at which it is worse by
    the threshold, and by two points."""

    code: str
    base: int | None
    later: dict[str, int]
    worse: frozenset[str]
    by_two: frozenset[str]

    @property
    def evaluable(self) -> bool:
        """Baseline and a later value."""
        return self.base is not None and bool(self.later)

    @property
    def severities(self) -> tuple[str, str]:
        """The categories of the baseline and of the worst later value of an evaluable subject."""
        assert self.base is not None
        worst = min(self.later.values()) if self.code in LESS_IS_WORSE else max(self.later.values())
        return severity(self.code, self.base), severity(self.code, worst)


def severity(code: str, tenths: int) -> str:
    """Return the answer to an item, or the band of a T-score (HealthMeasures, PROMIS score cut points for adults)."""
    if code in ITEMS:
        return str(tenths // 10)
    passed = [tenths < 450, tenths < 400, tenths < 300] if code in LESS_IS_WORSE else []
    passed = passed or [tenths >= 550, tenths >= 600, tenths >= 700]
    return ("Within normal limits", "Mild", "Moderate", "Severe")[sum(passed)]


def recompute(extract: Path, values: Mapping[str, Any]) -> dict[str, str]:
    """Return `<subject>/<parameter>/<visit>/<variable>` → value of ADQS, and address → value of each result (R-102).

    extract: folder with the raw files; values: the study keys of `crf2csr.jobs.qc`. Numbers are rounded to 9 decimals.
    Raises InputError for a file that cannot be read, or a key value that this program does not know.
    """
    refuse_others(values, ONLY)
    cutoff = values["data_cutoff"].toordinal()
    forms = read_extract(extract, cutoff, (*PEOPLE, "promis", "bcpt", *alive.FORMS))
    reports = {form: read_form(extract, form) for form in ("eos", "fu")}
    found: dict[str, str] = {}
    members: list[pro_tables.Member] = []
    for subject in forms["dm"]:
        found |= _values(subject, reported(forms, subject))
    for person in dosed(forms, cutoff):
        given = reported(forms, person.subject)
        judged = {code: _judge(code, given.get(code, []), person.start, values) for code in OUTCOMES["PROANY"]}
        due = pro_forms.due(person, forms, reports, cutoff)
        found |= dict(_flags(person.subject, judged)) | dict(pro_forms.flags(person.subject, due))
        members.append((safety_columns(forms, person, values["rp2d.value"]), judged, due))
    return found | dict(pro_tables.results(members, OUTCOMES, values["ci.level"]))


def _values(subject: str, given: dict[str, list[Reported]]) -> dict[str, str]:
    """Return each value by visit, as the first program writes it: T-scores with one decimal, items without."""
    scales = set(SCALES.values())
    return {
        f"{subject}/{code}/{each.visit}/AVALC": f"{each.tenths // 10}.{each.tenths % 10}"
        if code in scales
        else str(each.tenths // 10)
        for code, all_given in given.items()
        for each in all_given
    }


def _flags(subject: str, judged: dict[str, Judged]) -> Iterator[tuple[str, str]]:
    """Yield the flags of worsening of one subject: at each visit, at any, and in any parameter."""
    for code, one in judged.items():
        if one.evaluable:
            for visit in one.later:
                yield f"{subject}/{code}/{visit}/WORSFL", "Y" if visit in one.worse else "N"
            yield f"{subject}/{code}/WORST/WORSFL", "Y" if one.worse else "N"
    for outcome, codes in OUTCOMES.items():
        able = [judged[code] for code in codes if judged[code].evaluable]
        if able:
            yield f"{subject}/{outcome}/WORST/WORSFL", "Y" if any(one.worse for one in able) else "N"


def _judge(code: str, given: list[Reported], start: int, values: Mapping[str, Any]) -> Judged:
    key = "pro.threshold.promis_t" if code in SCALES.values() else "pro.threshold.bcpt_item"
    before = [each for each in given if each.precedes(start)]
    later = {each.visit: each.tenths for each in given if each.follows(start)}
    if not before:
        return Judged(code, None, later, frozenset(), frozenset())
    base = max(before, key=lambda each: (min(each.last or 0, start), each.first or 0, _place(each.visit))).tenths
    worse, by_two = (
        frozenset(visit for visit, tenths in later.items() if _beyond(code, base, tenths, points))
        for points in (Fraction(values[key]), Fraction(2))
    )
    return Judged(code, base, later, worse, by_two)


def _place(visit: str) -> int:
    """Return the order of the two visits before dosing; any other comes after them."""
    return {"SCREENING": 0, "C1D1": 1}.get(visit, 2)


def _beyond(code: str, base: int, later: int, points: Fraction) -> bool:
    return later <= base - 10 * points if code in LESS_IS_WORSE else later >= base + 10 * points
