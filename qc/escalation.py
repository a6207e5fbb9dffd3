"""Second program of the dose escalation: who counts, who had a dose limiting toxicity, the decision of each level, and
every number of Table 14.3.1.9.

Written from the rules, without the code of the first program: enrollment, dosing, modification, adverse event and
toxicity forms are read here again. R-401 to R-409, R-801.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from crf2csr.ard import Result, path
from qc import alive
from qc.cohorts import ESCALATE, FILL, FILL_SIX, NOT_OPENED, OUTSIDE, PENDING, Story, Subject, maximum, tell
from qc.extract import PEOPLE, Row, read_extract, read_form, refuse_others
from qc.people import Forms, dosed
from qc.rates import NO_DENOMINATOR, statistics
from qc.spelling import number
from qc.toxicity import EVALUABLE, REPLACED, Toxicity, enrolled, toxicity

#: Keys of which this program knows one value only.
ONLY = {"ci.method": ("clopper_pearson",), "escalation.variant": ("deescalate",), "escalation.cohort_size": (3,)}
WAITING = (PENDING, FILL, FILL_SIX)
NOT_CODED = "Uncoded"


def recompute(extract: Path, values: Mapping[str, Any]) -> dict[str, str]:
    """Return `<subject>/<variable>` → value of ADSL, and the address of each result → value.

    extract: folder with the raw files; values: the study keys of `crf2csr.jobs.qc`. Numbers are rounded to 9 decimals.
    Raises InputError for a file that cannot be read, or a key value that this program does not know.
    """
    refuse_others(values, ONLY)
    cutoff = values["data_cutoff"].toordinal()
    forms = read_extract(extract, cutoff, (*PEOPLE, *alive.FORMS, "dlt", "dosemod"))
    reports = {form: read_form(extract, form) for form in ("eos", "fu")}
    people = {person.subject: person for person in dosed(forms, cutoff)}
    everybody = [
        toxicity(enrolled(forms, subject), people.get(subject), forms, reports, values)
        for subject in sorted(forms["dm"])
    ]
    found = {key: value for one in everybody for key, value in _patient(one) if value}
    lead_in = {
        dose: [one for one in everybody if one.who.phase == "I" and one.who.level == dose]
        for dose in sorted(values["escalation.dose_levels_mg"])
    }
    found |= dict(_counts(lead_in))
    found |= dict(_proportions(lead_in, values["ci.level"]))
    found |= dict(_events(lead_in, forms))
    return found | dict(_decisions(lead_in, values))


def _address(analysis: str, dose: int, variable: str, category: str, statistic: str) -> str:
    return Result(f"escalation-{analysis}-enrolled", "c2", f"d{dose}", variable, category, statistic, None).id


def _patient(one: Toxicity) -> Iterator[tuple[str, str]]:
    place = one.who.subject
    yield f"{place}/DLTFL", "Y" if one.evaluable else "N"
    yield f"{place}/DLTREAS", one.reason if one.who.level is not None else ""
    yield f"{place}/DLTOCCFL", "Y" if one.toxic else "N"
    yield f"{place}/DLTAENOS", "; ".join(map(str, one.events))
    yield f"{place}/DLTSTAT", one.status
    yield f"{place}/DLTEND", _day(one.window_end)


def _day(day: int | None) -> str:
    return date.fromordinal(day).isoformat() if day else ""


def _counts(lead_in: dict[int, list[Toxicity]]) -> Iterator[tuple[str, str]]:
    replaced = {one.reason for members in lead_in.values() for one in members if one.status == REPLACED}
    for dose, members in lead_in.items():
        yield _address("counts", dose, "", "", "N"), repr(len(members))
        hits = {
            ("ENRLFL", "Y"): len(members),
            ("SAFFL", "Y"): sum(one.treated for one in members),
            ("DLTFL", "Y"): sum(one.evaluable for one in members),
            ("DLTSTAT", "REPLACED"): sum(one.status == REPLACED for one in members),
            ("DLTSTAT", "PENDING"): sum(one.status == "PENDING" for one in members),
        }
        for reason in replaced:
            hits["REPLREAS", reason] = sum(one.status == REPLACED and one.reason == reason for one in members)
        for (variable, category), n in hits.items():
            yield from _count("counts", dose, variable, path(category), n, len(members))


def _count(analysis: str, dose: int, variable: str, category: str, n: int, total: int) -> Iterator[tuple[str, str]]:
    for statistic, value in statistics(n, total, False, 0):
        yield _address(analysis, dose, variable, category, statistic), value


def _proportions(lead_in: dict[int, list[Toxicity]], level: float) -> Iterator[tuple[str, str]]:
    for dose, members in lead_in.items():
        yield _address("dlt", dose, "", "", "N"), repr(len(members))
        counted = [one for one in members if one.evaluable]
        for statistic, value in statistics(sum(one.toxic for one in counted), len(counted), True, level):
            nobody = members and not counted and statistic in ("lower", "upper")
            yield _address("dlt", dose, "DLTOCCFL", "Y", statistic), "NC" if nobody else value


def _events(lead_in: dict[int, list[Toxicity]], forms: Forms) -> Iterator[tuple[str, str]]:
    named = {dose: [list(_names(one, forms)) for one in members] for dose, members in lead_in.items()}
    everything = {name for members in named.values() for names in members for name in names}
    for dose, members in named.items():
        yield _address("events", dose, "", "", "N"), repr(len(members))
        yield from _count("events", dose, "DLTWINFL", "Y", sum(bool(names) for names in members), len(members))
        for name in everything | {name[:1] for name in everything}:
            n = sum(any(own[: len(name)] == name for own in names) for names in members)
            yield from _count("events", dose, "AEDECOD", path(*name), n, len(members))


def _names(one: Toxicity, forms: Forms) -> Iterator[tuple[str, str]]:
    """Yield preferred term and grade of each event named as a toxicity in the window."""
    for row in forms["ae"].get(one.who.subject, []):
        if number(row["AENO"]) in one.events:
            yield row["DECOD"] or NOT_CODED, _grade(row)


def _grade(row: Row) -> str:
    grade = number(row["GRADE"])
    return str(int(grade)) if grade is not None and grade in range(1, 6) else "Missing"


def _decisions(lead_in: dict[int, list[Toxicity]], values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    stories = dict(zip(lead_in, tell([_counting(members) for members in lead_in.values()]), strict=True))
    words = {dose: stories[dose].word for dose, members in lead_in.items() if members}
    doses, declared = list(lead_in), values["rp2d.value"]
    trial = {
        "MTD": maximum(words, doses),
        "RP2D": "not determined" if declared is None else f"{declared} mg",
        "RP2DBY": values["rp2d.declared_by"],
        "RP2DDT": values["rp2d.declared_on"] and values["rp2d.declared_on"].isoformat(),
    }
    for dose, members in lead_in.items():
        yield _address("decisions", dose, "", "", "N"), repr(len(members))
        opened = any(lead_in[other] for other in doses if other == _next(doses, dose))
        said = trial | (
            dict(_said(stories[dose], opened)) if members else dict.fromkeys(("DECISION", "DECDT", "EARLIER"))
        )
        for variable, text in said.items():
            yield _address("decisions", dose, variable, "", "n"), repr(int(bool(members)))
            yield _address("decisions", dose, variable, "", "word"), (text or "NA") if members else NO_DENOMINATOR


def _counting(members: Iterable[Toxicity]) -> list[Subject]:
    """Return those that count or may still count, in the order of enrollment."""
    ordered = sorted((one for one in members if one.status != REPLACED), key=lambda one: one.who.order)
    return [
        Subject(one.who.subject, one.toxic, one.known)
        if one.status == EVALUABLE
        else Subject(one.who.subject, None, None)
        for one in ordered
    ]


def _next(doses: list[int], dose: int) -> int | None:
    above = [other for other in doses if other > dose]
    return above[0] if above else None


def _said(story: Story, next_opened: bool) -> Iterator[tuple[str, str]]:
    """Yield decision, its day, and the decisions before it."""
    word = NOT_OPENED if story.word == ESCALATE and not next_opened else story.word
    earlier = [said for said, _ in (story.steps if story.waits else story.steps[:-1])]
    yield "DECISION", word
    yield "DECDT", "" if word in (*WAITING, OUTSIDE) else _day(story.steps[-1][1])
    yield "EARLIER", "; ".join(dict.fromkeys(earlier)) or "none"
