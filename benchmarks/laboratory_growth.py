"""What the laboratory costs: 200,000 to 2,000,000 results of 500 to 5,000 subjects, in one process for each size.

From the prepared form through LB, ADLB and two analyses (worst grade, shift) with all their links and members. The
results are made here, by arithmetic: 20 tests at 20 visits of each subject, two laboratories with limits of their own,
a tenth of the results in another unit, one in 500 a text below the limit of detection. What must hold: the time for a
result does not grow with their number; aim below 120 s and 4 GB for 2,000,000.
"""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks import growth, made
from benchmarks.made import START, taken

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form

SIZES = (200_000, 600_000, 2_000_000)
VISITS, INTERVAL = 20, 21
ANALYSES = ("lab-worst", "lab-shift")
#: Test: unit, middle of its results, steps of a result in units of its last digit, digits, limits of two laboratories;
#: other unit and what divides a result for it.
TESTS: dict[str, tuple[str, float, float, int, tuple[str, str], tuple[str, str], str, float]] = {
    "HGB": ("g/L", 118, 31, 0, ("120", "160"), ("115", "155"), "g/dL", 10),
    "WBC": ("10^9/L", 5.2, 3.4, 2, ("4.00", "11.00"), ("3.50", "10.50"), "/uL", 0.001),
    "NEUT": ("10^9/L", 2.6, 2.5, 2, ("1.80", "7.50"), ("2.00", "7.00"), "/uL", 0.001),
    "LYM": ("10^9/L", 1.5, 1.2, 2, ("1.00", "4.00"), ("1.10", "4.00"), "/uL", 0.001),
    "PLAT": ("10^9/L", 190, 155, 0, ("150", "400"), ("140", "420"), "K/uL", 1),
    "ALT": ("U/L", 52, 49, 0, ("7", "40"), ("5", "35"), "IU/L", 1),
    "AST": ("U/L", 55, 50, 0, ("10", "40"), ("8", "35"), "IU/L", 1),
    "ALP": ("U/L", 110, 80, 0, ("40", "129"), ("35", "120"), "IU/L", 1),
    "GGT": ("U/L", 60, 55, 0, ("6", "42"), ("5", "40"), "IU/L", 1),
    "BILI": ("umol/L", 16, 14, 1, ("3.0", "21.0"), ("2.0", "20.0"), "mg/dL", 17.1),
    "CREAT": ("umol/L", 80, 45, 0, ("45", "90"), ("50", "95"), "mg/dL", 88.4),
    "ALB": ("g/L", 37, 11, 0, ("34", "50"), ("35", "52"), "g/dL", 10),
    "CA": ("mmol/L", 2.3, 0.4, 2, ("2.15", "2.55"), ("2.10", "2.60"), "mg/dL", 0.2495),
    "K": ("mmol/L", 4.2, 1.4, 1, ("3.5", "5.1"), ("3.4", "5.0"), "mEq/L", 1),
    "SODIUM": ("mmol/L", 139, 10, 0, ("135", "145"), ("134", "146"), "mEq/L", 1),
    "MG": ("mmol/L", 0.8, 0.3, 2, ("0.70", "1.05"), ("0.66", "1.07"), "mg/dL", 0.4114),
    "PHOS": ("mmol/L", 1.1, 0.5, 2, ("0.80", "1.50"), ("0.81", "1.45"), "mg/dL", 0.3229),
    "GLUC": ("mmol/L", 6.0, 3.0, 1, ("3.9", "6.1"), ("4.0", "6.0"), "mg/dL", 0.05551),
    "APTT": ("s", 32, 12, 0, ("25", "36"), ("24", "37"), "sec", 1),
    "INR": ("", 1.1, 0.4, 1, ("0.8", "1.2"), ("0.9", "1.1"), "ratio", 1),
}
#: Results of one subject.
EACH = VISITS * len(TESTS)


HEAD = (
    f"{'results':>10}{'subjects':>10}{'LB s':>8}{'ADLB s':>8}{'worst s':>9}{'shift s':>9}{'all s':>8}"
    f"{'us a result':>13}{'LB MB':>8}{'peak MB':>9}"
)


def main() -> None:
    """Measure every size in a process of its own and print one line each."""
    growth.main("benchmarks.laboratory_growth", __doc__, "results", SIZES, measure, HEAD, line)


def line(size: int, cost: growth.Cost) -> str:
    """Return the line of one size."""
    steps = [cost[name] for name in ("lb", "adlb", *ANALYSES)]
    shown = "".join(f"{step:>{width}.1f}" for step, width in zip(steps, (8, 8, 9, 9), strict=True))
    return (
        f"{cost['rows']:>10,}{cost['subjects']:>10,}{shown}{sum(steps):>8.1f}"
        f"{1_000_000 * sum(steps) / cost['rows']:>13.1f}{cost['peak_lb']:>8,.0f}{cost['peak']:>9,.0f}"
    )


def measure(size: int) -> dict[str, float]:
    """Return processor seconds of each step and the peak memory (MB) of this process for so many results."""
    from crf2csr.analyze.categories import categories
    from crf2csr.clean.lb import lb
    from crf2csr.contracts import empty, load_contract
    from crf2csr.derive.adlb import adlb
    from crf2csr.plan_checks import load_plan
    from crf2csr.study import declared, load_study

    study, plan = load_study("nct03709082", "full"), load_plan("nct03709082")
    subjects = -(-size // EACH)
    form, times = prepared(subjects), [time.process_time()]
    cleaned = lb(form, study.view(declared(lb)))
    times.append(time.process_time())
    # As its job does after writing: what the next step does not read is let go.
    results, data = len(form.data), cleaned.data
    del form, cleaned
    peak_lb = growth.peak()
    adsl = made.people(subjects, study.identity.id, VISITS * INTERVAL)
    derived = adlb(adsl, data, empty(load_contract("clean", "ex")), study.view(declared(adlb))).data
    times.append(time.process_time())
    counted = 0
    for name in ANALYSES:
        analysis = plan.analyses[f"{name}-safety"]
        counted += len(categories(adsl, derived, analysis, study.view(declared(categories))).members)
        times.append(time.process_time())
    if len(data) != results or counted < subjects:
        raise SystemExit("results are lost")
    seconds = dict(zip(("lb", "adlb", *ANALYSES), (end - start for start, end in pairwise(times)), strict=True))
    return {"rows": results, "subjects": subjects, **seconds, "peak_lb": peak_lb, "peak": growth.peak()}


def prepared(subjects: int) -> Form:
    """Return the prepared form with one record a subject, visit and test: what reading it would give."""
    subject, visit, test = (place.ravel() for place in np.indices((subjects, VISITS, len(TESTS))))
    labels = ["SCREENING", *(f"C{number}D1" for number in range(1, VISITS))]
    days = [np.datetime_as_string(START + np.timedelta64(INTERVAL * (place - 1), "D")) for place in range(VISITS)]
    values = {
        "lbtestcd": taken(list(TESTS), test),
        "lbdtc": taken(days, visit),
        "lbtm": taken(["07:30", "08:15"], subject % 2),
        "fasting": taken(["Y", "N"], (subject + visit) % 2),
        "lbnam": taken(["Laboratory one", "Laboratory two"], subject % 2),
        **_results(subject, visit, test),
    }
    return made.prepared("lb", subject, test + 1, taken(labels, visit), values)


def _results(subject: np.ndarray, visit: np.ndarray, test: np.ndarray) -> dict[str, Any]:
    """Return result, unit and limits of each record. Results are remainders of products with primes: spread out, and
    the same always; a subject in ten writes another unit."""
    step = (subject * 7919 + visit * 613 + test * 104_729) % 200
    other, text = (subject % 10 == 3).astype(int), (subject * 31 + visit * 17 + test * 7) % 500 == 0
    found = {name: np.empty(len(subject), dtype=object) for name in ("lborres", "lborresu", "lbnrlo", "lbnrhi")}
    for place, (unit, middle, spread, digits, first, second, written, factor) in enumerate(TESTS.values()):
        own = test == place
        numbers = [middle + spread * (number - 100) / 100 for number in range(200)]
        shown = np.array([[f"{n:.{digits}f}" for n in numbers], [f"{n / factor:.{digits + 2}f}" for n in numbers]])
        limits = [[_scaled(limit, factor) if kind else limit for limit in (*first, *second)] for kind in (0, 1)]
        sign = np.where(text[own], "<", "")
        found["lborres"][own] = np.char.add(sign, shown[other[own], step[own]])
        found["lborresu"][own] = np.array([unit or None, written], dtype=object)[other[own]]
        for name, side in (("lbnrlo", 0), ("lbnrhi", 1)):
            found[name][own] = np.array(limits, dtype=object)[other[own], 2 * (subject[own] % 2) + side]
    return {name: pd.array(values, dtype="string") for name, values in found.items()}


def _scaled(limit: str, factor: float) -> str:
    return f"{float(limit) / factor:.4f}"


if __name__ == "__main__":
    main()
