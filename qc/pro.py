"""Second program of Table 14.2.5: who worsened by PROMIS scale and BCPT item, recomputed from the raw forms.

Without the code of the first program: a subject has worsened if any value after the first dose lies the threshold or
more beyond the baseline, on the bad side of it (R-1204); no change is computed and no maximum taken. Values are whole
tenths.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from crf2csr.ard import Result
from crf2csr.errors import InputError
from qc.extract import PEOPLE, read_extract
from qc.people import dosed, safety_columns
from qc.questionnaires import ITEMS, SCALES, Reported, reported
from qc.rates import statistics

COLUMNS = ("d75", "d100", "d125", "rp2d", "all")
#: Scales on which less is worse (R-1202).
LESS_IS_WORSE = ("PHYSFUN", "SOCIAL")
OUTCOMES = {"PROMANY": tuple(SCALES.values()), "BCPTANY": ITEMS, "PROANY": (*SCALES.values(), *ITEMS)}


@dataclass(frozen=True)
class Judged:
    """One parameter of one subject: is there a baseline, a later value; has it worsened, by two points or more."""

    baseline: bool
    later: bool
    worsened: bool
    by_two: bool

    @property
    def evaluable(self) -> bool:
        """Baseline and a later value."""
        return self.baseline and self.later


Subject = dict[str, Judged]


def recompute(extract: Path, values: Mapping[str, Any]) -> dict[str, str]:
    """Return `<subject>/<parameter>/<visit>` → value, and the address of each result of Table 14.2.5 → value (R-102).

    extract: folder with the raw files; values: the study keys of `crf2csr.jobs.qc`. Numbers are rounded to 9 decimals.
    Raises InputError for a file that cannot be read, or a key value that this program does not know.
    """
    if values["ci.method"] != "clopper_pearson":
        raise InputError(f"key 'ci.method' = '{values['ci.method']}': the second program knows clopper_pearson only")
    cutoff = values["data_cutoff"].toordinal()
    forms = read_extract(extract, cutoff, (*PEOPLE, "promis", "bcpt"))
    found: dict[str, str] = {}
    members: list[tuple[set[str], Subject]] = []
    for subject in forms["dm"]:
        found |= _values(subject, reported(forms, subject))
    for person in dosed(forms, cutoff):
        given = reported(forms, person.subject)
        judged = {code: _judge(code, given.get(code, []), person.start, values) for code in OUTCOMES["PROANY"]}
        members.append((safety_columns(forms, person, values["rp2d.value"]), judged))
    return found | dict(_results(members, values["ci.level"]))


def _values(subject: str, given: dict[str, list[Reported]]) -> dict[str, str]:
    """Return each value by visit, as the first program writes it: T-scores with one decimal, items without."""
    scales = set(SCALES.values())
    return {
        f"{subject}/{code}/{each.visit}": f"{each.tenths // 10}.{each.tenths % 10}"
        if code in scales
        else str(each.tenths // 10)
        for code, all_given in given.items()
        for each in all_given
    }


def _judge(code: str, given: list[Reported], start: int, values: Mapping[str, Any]) -> Judged:
    key = "pro.threshold.promis_t" if code in SCALES.values() else "pro.threshold.bcpt_item"
    before = [each for each in given if each.precedes(start)]
    after = [each for each in given if each.follows(start)]
    if not before:
        return Judged(False, bool(after), False, False)
    base = max(before, key=lambda each: (min(each.last or 0, start), each.first or 0, _place(each.visit))).tenths
    return Judged(
        True,
        bool(after),
        any(_beyond(code, base, each.tenths, Fraction(values[key])) for each in after),
        any(_beyond(code, base, each.tenths, Fraction(2)) for each in after),
    )


def _place(visit: str) -> int:
    """Return the order of the two visits before dosing; any other comes after them."""
    return {"SCREENING": 0, "C1D1": 1}.get(visit, 2)


def _beyond(code: str, base: int, later: int, points: Fraction) -> bool:
    return later <= base - 10 * points if code in LESS_IS_WORSE else later >= base + 10 * points


def _results(members: list[tuple[set[str], Subject]], level: float) -> Iterator[tuple[str, str]]:
    for column in COLUMNS:
        people = [judged for columns, judged in members if column in columns]
        for analysis in ("pro-outcome", "pro-worsening", "pro-evaluable"):
            yield _address(analysis, column, "", "", "N"), repr(len(people))
        for analysis, variable, category, hits, total in _counts(people):
            for statistic, value in statistics(hits, total, analysis == "pro-outcome", level):
                yield _address(analysis, column, variable, category, statistic), value


def _address(analysis: str, column: str, variable: str, category: str, statistic: str) -> str:
    return Result(f"{analysis}-safety", "c1-safety", column, variable, category, statistic, None).id


def _counts(people: list[Subject]) -> Iterator[tuple[str, str, str, int, int]]:
    """Yield analysis, variable, category, number of subjects and denominator of every count of the table."""
    for outcome, codes in OUTCOMES.items():
        able = [one for one in people if any(one[code].evaluable for code in codes)]
        hits = sum(any(one[code].evaluable and one[code].worsened for code in codes) for one in able)
        yield "pro-outcome", outcome, "Y", hits, len(able)
        yield "pro-evaluable", "EVALUABLE", outcome, len(able), len(people)
    for code in OUTCOMES["PROANY"]:
        able = [one for one in people if one[code].evaluable]
        yield "pro-worsening", code, "Y", sum(one[code].worsened for one in able), len(able)
        yield "pro-evaluable", "EVALUABLE", code, len(able), len(people)
        yield "pro-evaluable", "NOBASE", code, sum(not one[code].baseline for one in people), len(people)
        only_before = sum(one[code].baseline and not one[code].later for one in people)
        yield "pro-evaluable", "NOPOST", code, only_before, len(people)
        if code in ITEMS:
            yield "pro-worsening", f"{code}-2", "Y", sum(one[code].by_two for one in able), len(able)
