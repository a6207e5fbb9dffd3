"""Second program of the pharmacokinetic tables: parameters of each subject and every number of 14.2.6 and 14.2.7.

Written from the rules, without the code of the first program; statistics come from the standard library.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from crf2csr.ard import Result
from qc.extract import PEOPLE, read_extract, refuse_others
from qc.people import Forms, Person, columns, dosed
from qc.pk_profile import Found, concentrations, profile_of, profile_parameters, trough_parameters
from qc.pk_samples import PROFILE, TROUGH, Drawn, read_sample
from qc.spelling import YES, answer, number, span

#: Keys of which this program knows one value only.
ONLY: dict[str, Any] = {
    "pk.analyte": ("PALBOCICLIB",),
    "pk.blq_rule": ("zero_then_missing",),
    "pk.cmax_days": ((PROFILE,),),
    "pk.trough_days": ((TROUGH,),),
    "pk.zero_is_predose": (True,),
}
COLUMNS = ("d75", "d100", "d125", "rp2d")
TIMES = {
    ("C1D1", 0): "C1H0",
    ("C1D1", 2): "C1H2",
    ("C1D1", 4): "C1H4",
    ("C1D1", 8): "C1H8",
    ("C1D15", 0): "C15H0",
}
PARAMETERS = ("CMAX", "TMAX", "CMAXD", "AUCINT", "CTROUGH", "CTROUGHD")
NONE, NOT_CALCULABLE, NOT_ESTIMABLE = "–", "NC", "NE"
#: A value after the rule (None: the rule made it missing), whether it is below the limit, and that limit.
Value = tuple[float | None, bool, float | None]


@dataclass(frozen=True)
class Subject:
    """A subject of the pharmacokinetic set: its columns, parameters and concentrations."""

    columns: set[str]
    parameters: dict[str, Found]
    values: dict[str, Value]


def recompute(extract: Path, values: Mapping[str, Any]) -> dict[str, str]:
    """Return `<subject>/<parameter>/<visit>/<variable>` → value, reason or flag, and the address of each result →
    value rounded to 9 decimals.

    extract: folder with the raw files; values: the study keys of `crf2csr.jobs.qc`. Raises InputError for a file that
    cannot be read, or a key value that this program does not know.
    """
    refuse_others(values, ONLY)
    cutoff = values["data_cutoff"].toordinal()
    forms = read_extract(extract, cutoff, (*PEOPLE, "pk"))
    people = {person.subject: person for person in dosed(forms, cutoff)}
    samples = {
        subject: [read_sample(row, values["pk.unit"]) for row in rows]
        for subject, rows in forms["pk"].items()
        if subject in forms["dm"]
    }
    found: dict[str, str] = {}
    counted: list[Subject] = []
    for subject, own in sorted(samples.items()):
        first, dose = _first_palbociclib(forms, subject, people.get(subject))
        parameters = _parameters(own, first, dose, values)
        for (code, visit), one in parameters.items():
            told = {"AVALC": one.text, "EXREASCD": one.reason, "TMAXLFL": "Y" if one.at_last else ""}
            found |= {f"{subject}/{code}/{visit}/{name}": text for name, text in told.items() if text}
        if first is not None and any(s.value is not None for s in own):
            counted.append(_subject(people[subject], own, parameters, first, values))
    return found | dict(_results(counted, values))


def _first_palbociclib(forms: Forms, subject: str, person: Person | None) -> tuple[int | None, int | None]:
    """Return day and mg of the first palbociclib dose taken; without mg the assigned level. R-301, R-305."""
    taken = []
    for row in forms["ex_oral"].get(subject, []):
        day, mg = span(row["STDAT_RAW"]), number(row["DOSE"])
        given = answer("yes_no", row["GIVEN"]) == YES and mg != 0 and number(row["TAKEN"]) != 0
        if answer("drug", row["DRUG"]) == "PALBOCICLIB" and given and day and day.day:
            taken.append((day.day, number(row["EXNO"]) or 0, mg))
    doses = [mg for _, _, mg in sorted(taken, key=lambda one: one[:2]) if mg is not None]
    level = person.level if person else None
    return min((day for day, _, _ in taken), default=None), int(doses[0]) if doses else level


def _parameters(
    samples: list[Drawn], first: int | None, dose: int | None, values: Mapping[str, Any]
) -> dict[tuple[str, str], Found]:
    profile = profile_of([s for s in samples if s.visit == PROFILE], first)
    found = {(code, PROFILE): one for code, one in profile_parameters(profile, dose, values).items()}
    trough = next((s for s in samples if s.visit == TROUGH and s.before), None)
    return found | {(code, TROUGH): one for code, one in trough_parameters(trough, dose, values).items()}


def _subject(
    person: Person,
    samples: list[Drawn],
    parameters: dict[tuple[str, str], Found],
    first: int | None,
    values: Mapping[str, Any],
) -> Subject:
    profile = profile_of([s for s in samples if s.visit == PROFILE], first)
    measured = concentrations(samples, profile, values)
    return Subject(
        columns(person, values["rp2d.value"]),
        {code: one for (code, _), one in parameters.items()},
        {
            TIMES[place]: (value, s.below, None if s.limit is None else float(s.limit))
            for place, (value, s) in measured.items()
            if place in TIMES
        },
    )


# Results


def _results(counted: list[Subject], values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    most = Fraction(values["pk.blq_max_fraction"])
    for column in COLUMNS:
        inside = [subject for subject in counted if column in subject.columns]
        for analysis in ("concentrations", "pk-parameters", "parameters-left-out"):
            yield _at(analysis, column, "", "", "N"), repr(len(inside))
        for name in TIMES.values():
            own = [subject.values[name] for subject in inside if name in subject.values]
            yield from _summary("concentrations", column, name, own, len(inside), most)
        for code in PARAMETERS:
            chosen = [subject.parameters[code] for subject in inside if subject.parameters[code].summarized]
            own = [(float(one.value or 0), one.below, None) for one in chosen]
            yield from _summary("pk-parameters", column, code, own, len(inside), most)
            out = sum(not subject.parameters[code].summarized for subject in inside)
            yield from _count("parameters-left-out", column, code, "Y", out, len(inside))
        last = sum(s.parameters["TMAX"].at_last and s.parameters["TMAX"].summarized for s in inside)
        yield from _count("parameters-left-out", column, "LAST", "TMAX_AT_LAST", last, len(inside))


def _summary(
    analysis: str, column: str, variable: str, own: Sequence[Value], total: int, most: Fraction
) -> Iterator[tuple[str, str]]:
    """Yield every statistic of one cell block. R-108 to R-110, R-1310, R-1311."""
    ordered = sorted((value, below) for value, below, _ in own if value is not None)
    below = sum(flag for _, flag, _ in own)
    known = [value for value, _ in ordered]
    for category, n in (("", len(known)), ("BLQ", below), ("GEO", sum(value > 0 for value in known))):
        yield _at(analysis, column, variable, category, "n"), repr(n)
        yield _at(analysis, column, variable, category, "N"), repr(total)
    codes = _statistics(known)
    if known and below > most * len(own):
        codes |= dict.fromkeys(("mean", "sd", "cv", "min"), NOT_CALCULABLE)
    if known and variable == "C1H0":
        codes |= dict.fromkeys(("geo_mean", "geo_cv"), NOT_ESTIMABLE)
    if analysis == "concentrations":
        limits = [limit for _, _, limit in own if limit is not None]
        codes["lloq"] = repr(round(max(limits), 9)) if limits else NONE
    codes |= {f"value{place}": repr(round(value, 9)) for place, value in enumerate(known, start=1)}
    yield from ((_at(analysis, column, variable, "", name), text) for name, text in codes.items())


def _statistics(known: list[float]) -> dict[str, str]:
    """Return the statistics of values as text by the standard library, over exact decimals where it can."""
    names = ("mean", "sd", "cv", "geo_mean", "geo_cv", "median", "min", "max")
    if not known:
        return dict.fromkeys(names, NONE)
    exact = [Fraction(repr(value)) for value in known]
    positive = [math.log(value) for value in known if value > 0]
    mean = statistics.mean(exact)
    sd = statistics.stdev(exact) if len(exact) > 1 else None
    spread = statistics.variance(positive) if len(positive) > 1 else None
    found = {
        "mean": mean,
        "sd": sd,
        "cv": None if sd is None or mean == 0 else 100 * float(sd) / float(mean),
        "geo_mean": math.exp(statistics.fmean(positive)) if positive else None,
        "geo_cv": None if spread is None else 100 * math.sqrt(math.expm1(spread)),
        "median": statistics.median(exact),
        "min": exact[0],
        "max": exact[-1],
    }
    return {name: NOT_CALCULABLE if value is None else repr(round(float(value), 9)) for name, value in found.items()}


def _count(analysis: str, column: str, variable: str, category: str, n: int, total: int) -> Iterator[tuple[str, str]]:
    yield _at(analysis, column, variable, category, "n"), repr(n)
    yield _at(analysis, column, variable, category, "N"), repr(total)
    yield _at(analysis, column, variable, category, "estimate"), repr(round(n / total, 9)) if total else NONE


def _at(analysis: str, column: str, variable: str, category: str, statistic: str) -> str:
    return Result(f"{analysis}-pk", "c2-rp2d", column, variable, category, statistic, None).id
