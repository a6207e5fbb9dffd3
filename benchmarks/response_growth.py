"""What it costs to go from lesions to confirmed best response: 8 visits of 5 target lesions, 1,000 to 10,000 subjects.

ADTR (lesion rows, sums, responses of every visit) and ADRS (visits and best responses) with all their links and
queries, in one process for each size. The records are made here, by arithmetic: 5 lesions at baseline and at 7 later
visits with the answer on new lesions, a subject in 50 with new systemic therapy. What must hold: the time for a subject
does not grow with the number of subjects, and the process stays below 1.8 GB. Seconds are processor seconds; `loop s`
beside them is a plain loop of ten million additions, since shared machines differ by the minute.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import growth

SIZES = (1_000, 3_000, 10_000)
VISITS, LESIONS, INTERVAL = 8, 5, 63
STUDY, START = "GROWTH", np.datetime64("2020-01-01")
WORDS = {0: "ABSENT", 1: "NOT EVALUATED", 2: "TOO SMALL TO MEASURE"}


HEAD = f"{'subjects':>9}{'rows of TR':>13}{'ADTR s':>9}{'ADRS s':>9}{'ms a subject':>14}{'peak MB':>9}{'loop s':>8}"


def main() -> None:
    """Measure every size in a process of its own and print one line each."""
    growth.main("benchmarks.response_growth", __doc__, "subjects", SIZES, measure, HEAD, line)


def line(size: int, cost: growth.Cost) -> str:
    """Return the line of one size."""
    each = 1000 * (cost["adtr"] + cost["adrs"]) / size
    times = f"{cost['adtr']:>9.2f}{cost['adrs']:>9.2f}{each:>14.3f}"
    return f"{size:>9,}{cost['rows']:>13,}{times}{cost['peak']:>9,.0f}{cost['loop']:>8.2f}"


def measure(size: int) -> dict[str, float]:
    """Return seconds of each step and the peak memory (MB) of this process for so many subjects."""
    from crf2csr.derive.adrs import adrs
    from crf2csr.derive.adtr import adtr
    from crf2csr.study import declared, load_study

    study, given = load_study("nct03709082", "full"), frames(size)
    start = time.process_time()
    lesions = adtr(given["adsl"], given["tr"], given["rs"], given["pr"], study.view(declared(adtr)))
    middle = time.process_time()
    best = adrs(given["adsl"], lesions.data, given["tr"], given["rs"], study.view(declared(adrs)))
    end = time.process_time()
    if int(best.data["PARAMCD"].eq("CBOR").sum()) != size:
        raise SystemExit("a subject without confirmed best response")
    peak = growth.peak()
    return {"rows": len(given["tr"]), "adtr": middle - start, "adrs": end - middle, "peak": peak, "loop": loop()}


def loop() -> float:
    """Return the seconds of ten million additions: how fast this machine is just now."""
    start, total = time.process_time(), 0
    for number in range(10_000_000):
        total += number
    return time.process_time() - start


def frames(size: int) -> dict[str, pd.DataFrame]:
    """Return ADSL, TR, RS and PR of so many subjects."""
    from crf2csr.contracts import conform, empty, load_contract

    subjects = np.arange(size)
    names = np.array([f"{STUDY}-{number:06}" for number in subjects])
    tr = conform(
        pd.concat([target_rows(names), new_lesion_rows(names)], ignore_index=True), load_contract("clean", "tr")
    )
    return {
        "adsl": people(names),
        "tr": tr,
        "rs": empty(load_contract("clean", "rs")),
        "pr": empty(load_contract("clean", "pr")),
    }


def people(names: np.ndarray) -> pd.DataFrame:
    """Return the columns of ADSL that ADTR and ADRS read; one subject in 50 begins new therapy on day 300."""
    number = np.arange(len(names))
    treated = pd.Series(START + np.timedelta64(300, "D"), number).where(number % 50 == 0)
    text: dict[str, Any] = {"USUBJID": names, "SUBJID": [name.partition("-")[2] for name in names], "TRT01P": "75 mg"}
    text |= {"MEASFL": "Y", "FASFL": "Y", "DTHFL": "N", "DTHCAUS": pd.NA, "EOSREAS": pd.NA}
    days = {"TRTSDT": START, "NACTDT": treated, "DTHDT": pd.NaT, "LSTALVDT": START + np.timedelta64(600, "D")}
    columns = {name: pd.Series(value, number, dtype="string") for name, value in text.items()}
    columns |= {name: pd.Series(value, number).astype("datetime64[ns]") for name, value in days.items()}
    return pd.DataFrame(columns).assign(TRT01PN=pd.Series(1, number, dtype="Int64"))


def target_rows(names: np.ndarray) -> pd.DataFrame:
    """Return one row a subject, visit and lesion: tenths of mm that shrink and grow again, one in 40 a status word.

    Every fifth lesion is a node. The numbers are remainders of products with primes: spread out, and the same always.
    """
    subject, visit, lesion = (place.ravel() for place in np.indices((len(names), VISITS, LESIONS)))
    course = np.abs(visit - 1 - subject % 6) * (3 + subject % 11)
    tenths = 200 + (subject * 7919 + lesion * 104_729) % 300 + 4 * course + (subject * visit * 31 + lesion * 17) % 23
    tenths = np.where(visit > 0, tenths - 15 * np.minimum(visit, 1 + subject % 6), tenths)
    code = (subject * 613 + visit * 193 + lesion * 97) % 120
    word = pd.Series(code).map(WORDS).where(visit > 0).astype("string")
    size = pd.Series([f"{tenth // 10}.{tenth % 10}" for tenth in tenths], dtype="string").where(word.isna())
    node = lesion == LESIONS - 1
    columns: dict[str, Any] = {"TRGRPID": "TARGET", "TRLNKID": [f"T{place + 1}" for place in lesion]}
    columns |= {"TRTESTCD": np.where(node, "LPERP", "LDIAM"), "TRORRES": size.fillna(word), "TRSTRESC": size}
    columns |= {"TRSTRESN": size.astype("Float64"), "TRSTATE": word.fillna("MEASURED"), "TRLOC": "Liver"}
    return placed(names, subject, visit, columns | {"TRNODAL": np.where(node, "Y", "N"), "RAWFILE": "tl.csv"})


def new_lesion_rows(names: np.ndarray) -> pd.DataFrame:
    """Return the answer on new lesions at every visit after baseline: yes at the last visit of one subject in 10."""
    subject, visit = (place.ravel() for place in np.indices((len(names), VISITS)))
    seen = (visit == VISITS - 1) & (subject % 10 == 0)
    answer = np.where(seen, "Y", "N")
    columns = {"TRGRPID": "NEW", "TRLNKID": pd.Series("N1", range(len(visit))).where(seen), "TRTESTCD": "NEWLES"}
    columns |= {
        "TRORRES": answer,
        "TRSTRESC": answer,
        "TRSTATE": pd.Series("UNEQUIVOCAL", range(len(visit))).where(seen),
    }
    rows = placed(names, subject, visit, columns | {"TRNODAL": pd.NA, "RAWFILE": "nl.csv"})
    return rows[visit > 0]


def placed(names: np.ndarray, subject: np.ndarray, visit: np.ndarray, columns: dict[str, Any]) -> pd.DataFrame:
    """Return rows with subject, visit, its day (9 weeks apart, the first 10 days before the first dose) and address."""
    labels = np.array(["SCREENING", *(f"TUM{number}" for number in range(1, VISITS))])
    days = np.where(visit > 0, INTERVAL * visit, -10)
    return pd.DataFrame(
        {
            "STUDYID": STUDY,
            "DOMAIN": "TR",
            "USUBJID": names[subject],
            "VISIT": labels[visit],
            "VISITNUM": np.where(visit > 0, 100 + visit, 0).astype(float),
            "TRDTC": np.datetime_as_string(START + days.astype("timedelta64[D]")),
            "RAWROW": np.arange(len(subject)) + 2,
            **columns,
        }
    )


if __name__ == "__main__":
    main()
