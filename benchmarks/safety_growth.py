"""What adverse events cost: 40 records of each of 500 to 5,000 subjects, in one process for each size.

From the prepared form through AE, ADAE and four analyses (by class and term, the same by maximum grade, related ones,
overview) with all their links and members. The records are made here, by arithmetic: the terms of CTCAE, some of them
far more frequent than others, one in 60 without a code; a record in five goes on with the one before it; one in 50
without a grade, one in 20 with a partial start. What must hold: the time for a record does not grow with their number;
aim below 120 s and 4 GB together with the 2,000,000 results of `laboratory_growth`.
"""

from __future__ import annotations

import csv
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks import growth, made
from benchmarks.made import START, taken

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form

SIZES = (500, 1_500, 5_000)
#: Records of one subject; days that the starts of all but the first records spread over; days on treatment.
EACH, SPREAD, TREATED = 40, 460, 420
ANALYSES = ("teae", "teae-grades", "teae-related", "ae-overview")
ACTIONS = ("DOSE NOT CHANGED", "DOSE REDUCED", "DRUG INTERRUPTED", "DRUG WITHDRAWN", "NOT APPLICABLE")
OUTCOMES = ("RECOVERED/RESOLVED", "NOT RECOVERED/NOT RESOLVED", "RECOVERED/RESOLVED WITH SEQUELAE", "UNKNOWN")

HEAD = (
    f"{'records':>10}{'subjects':>10}{'AE s':>8}{'ADAE s':>8}{'teae s':>8}{'grades s':>10}{'related s':>11}"
    f"{'overview s':>12}{'all s':>8}{'us a record':>13}{'members':>11}{'peak MB':>9}"
)


def main() -> None:
    """Measure every size in a process of its own and print one line each."""
    growth.main("benchmarks.safety_growth", __doc__, "subjects", SIZES, measure, HEAD, line)


def line(size: int, cost: growth.Cost) -> str:
    """Return the line of one size."""
    steps = [cost[name] for name in ("ae", "adae", *ANALYSES)]
    shown = "".join(f"{step:>{width}.2f}" for step, width in zip(steps, (8, 8, 8, 10, 11, 12), strict=True))
    return (
        f"{cost['rows']:>10,}{size:>10,}{shown}{sum(steps):>8.1f}{1_000_000 * sum(steps) / cost['rows']:>13.1f}"
        f"{cost['members']:>11,}{cost['peak']:>9,.0f}"
    )


def measure(size: int) -> dict[str, float]:
    """Return processor seconds of each step, members and the peak memory (MB) of this process for so many subjects."""
    from crf2csr.analyze.incidence import incidence
    from crf2csr.clean.ae import ae
    from crf2csr.derive.adae import adae
    from crf2csr.plan_checks import load_plan
    from crf2csr.study import declared, load_study

    study, plan = load_study("nct03709082", "full"), load_plan("nct03709082")
    adsl, form, times = people(size, study.identity.id), prepared(size), [time.process_time()]
    cleaned = ae(form, study.view(declared(ae)))
    times.append(time.process_time())
    derived = adae(adsl, cleaned.data, study.view(declared(adae))).data
    # As its job does after writing: what the next step does not read is let go.
    del form, cleaned
    times.append(time.process_time())
    members = 0
    for name in ANALYSES:
        found = incidence(adsl, derived, plan.analyses[f"{name}-safety"], study.view(declared(incidence)))
        members += len(found.members)
        times.append(time.process_time())
    if len(derived) != size * EACH or members < len(derived):
        raise SystemExit("records are lost")
    seconds = dict(zip(("ae", "adae", *ANALYSES), (end - start for start, end in pairwise(times)), strict=True))
    return {"rows": len(derived), **seconds, "members": members, "peak": growth.peak()}


def people(subjects: int, study_id: str) -> pd.DataFrame:
    """Return ADSL of so many treated subjects in the columns of the plan: every sixth in the lead-in, the others in
    phase II; the highest dose is the recommended one."""
    adsl = made.people(subjects, study_id, TREATED)
    lead_in = np.arange(subjects) % 6 == 0
    return adsl.assign(
        PHASE=pd.array(np.where(lead_in, "I", "II"), dtype="string"),
        PH2FL=pd.array(np.where(lead_in, "N", "Y"), dtype="string"),
        RP2DFL=pd.array(np.where(adsl["TRT01AN"].eq(125), "Y", "N"), dtype="string"),
    )


def prepared(subjects: int) -> Form:
    """Return the prepared form with 40 records a subject: what reading it would give."""
    subject, number = (place.ravel() for place in np.indices((subjects, EACH)))
    goes_on = number % 5 == 4
    # Remainders of products with primes: spread out, and the same always; one that goes on takes those before it.
    drawn = subject * 7919 + (number - goes_on) * 104_729
    return made.prepared("ae", subject, number + 1, None, _values(subject, number, drawn, goes_on))


def _values(subject: np.ndarray, number: np.ndarray, drawn: np.ndarray, goes_on: np.ndarray) -> dict[str, Any]:
    """Return the fields of each record."""
    no_yes, varied = ["N", "Y"], subject * 31 + number * 17
    serious = (varied % 13 == 0).astype(int)
    values: dict[str, Any] = {"aeno": pd.array(number + 1, dtype="Int64"), **_terms(drawn), **_dates(drawn, goes_on)}
    grade = 1 + (drawn % 3 + goes_on + serious) % 5
    values["grade"] = pd.array(np.where(varied % 50 == 7, np.nan, grade), dtype="Int64")
    values["serious"] = taken(no_yes, serious)
    for field in ("sdeath", "slife", "sdisab", "scong", "smie"):
        values[field] = taken(no_yes, serious * 0)
    values |= {"shosp": taken(no_yes, serious), "disc": taken(no_yes, (varied % 97 == 0).astype(int))}
    for place, drug in enumerate(("pal", "let", "tdm")):
        answer = np.where(varied % 61 == place, 2, (varied + place) % 2)
        values[f"rel{drug}"] = taken(["RELATED", "NOT RELATED", None], answer)
        values[f"acn{drug}"] = taken(ACTIONS, (varied // 7 + place) % 29 % len(ACTIONS))
    values["outcome"] = taken(OUTCOMES, varied % 11 % len(OUTCOMES))
    nothing = taken([None], subject * 0)
    return values | {"dthdtc": nothing, "dlt": taken(no_yes, (varied % 89 == 0).astype(int))}


def _terms(drawn: np.ndarray) -> dict[str, Any]:
    """Return term, code and class: the square makes the first of the shuffled list the most frequent."""
    from crf2csr.contracts import ROOT

    with (ROOT / "config/codelists/ctcae_v4_03_terms.csv").open(encoding="utf-8", newline="") as file:
        terms = list(csv.DictReader(file))
    place = (drawn % len(terms)) ** 2 // len(terms) * 271 % len(terms)
    codes = np.where(drawn % 60 == 1, len(terms), place)
    return {
        "term": taken([row["term"].lower() for row in terms], place),
        "decod": taken([*(row["term"] for row in terms), None], codes),
        "bodsys": taken([*(row["soc"] for row in terms), None], codes),
        "ptcd": taken([*(f"{90_000_001 + number}" for number in range(len(terms))), None], codes),
    }


def _dates(drawn: np.ndarray, goes_on: np.ndarray) -> dict[str, Any]:
    """Return start and end: a record that goes on starts the day after its predecessor's end; a fifth of the others is
    not at its end, one in 20 begins in a month or year."""
    first, length = drawn % SPREAD - 20, 3 + drawn % 23
    start, end = first + goes_on * length, first + (1 + goes_on) * length - goes_on
    days = np.datetime_as_string(START + np.arange(-20, 2 * SPREAD).astype("timedelta64[D]"), unit="D")
    texts = [day[:cut] for cut in (10, 7, 4) for day in days]
    partial = np.where(drawn % 40 == 3, 1, np.where(drawn % 40 == 13, 2, 0)) * ~goes_on
    ongoing = (drawn % 10 < 2) & goes_on | (drawn % 5 == 1) & ~goes_on
    return {
        "stdtc": taken(texts, partial * len(days) + start + 20),
        "endtc": taken([*days, None], np.where(ongoing, len(days), end + 20)),
        "ongoing": taken(["N", "Y"], ongoing.astype(int)),
    }


if __name__ == "__main__":
    main()
