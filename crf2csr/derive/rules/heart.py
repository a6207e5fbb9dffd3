"""QTcF by the formula of Fridericia and the criteria of QTcF and ejection fraction (R-1010, R-1011, R-1012)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import NamedTuple

import pandas as pd

from crf2csr.contracts import load_contract, row_keys
from crf2csr.derive.rules.findings import WORST
from crf2csr.derive.rules.records import doubts, with_address

#: PARAMCD of QTcF as analyzed and as recorded; AVALSRC of the first.
QTCF, RECORDED_QTCF = "QTCF", "QTCFR"
COMPUTED, RECORDED = "COMPUTED", "RECORDED"
#: Difference in ms between recorded and computed QTcF from which on it is asked about: both are rounded to whole ms, as
#: QT and RR are, which explains 2 ms at most (house).
TOLERANCE = Decimal(10)
#: What a row of QTcF has beside the columns of a value.
_ADDED = ("AVALSRC", "FROM", "RRROW", "RECEXACT", "RECADDRESS")
#: Digits of the computation, and the decimals that are kept: cubes such as RR 512 ms have an exact root.
_DIGITS, _KEPT = 60, Decimal(1).scaleb(-30)


class Criterion(NamedTuple):
    """What a row counts: label, parameter, whether a change from baseline is needed, and when a value meets it."""

    label: str
    parameter: str
    by_change: bool
    met: Callable[[Decimal, Decimal], bool]


CRITERIA = {
    "QTC450": Criterion("QTcF on treatment > 450 ms", QTCF, False, lambda value, _: value > 450),
    "QTC480": Criterion("QTcF on treatment > 480 ms", QTCF, False, lambda value, _: value > 480),
    "QTC500": Criterion("QTcF on treatment > 500 ms", QTCF, False, lambda value, _: value > 500),
    "QTCUP30": Criterion("QTcF increase on treatment > 30 ms", QTCF, True, lambda _, change: change > 30),
    "QTCUP60": Criterion("QTcF increase on treatment > 60 ms", QTCF, True, lambda _, change: change > 60),
    "LVEF50": Criterion("LVEF on treatment < 50 %", "LVEF", False, lambda value, _: value < 50),
    "LVEF40": Criterion("LVEF on treatment < 40 %", "LVEF", False, lambda value, _: value < 40),
    "LVEFF10": Criterion("LVEF fall on treatment >= 10 points", "LVEF", True, lambda _, change: change <= -10),
    "LVEF50F": Criterion(
        "LVEF on treatment < 50 % with a fall >= 10 points",
        "LVEF",
        True,
        lambda value, change: value < 50 and change <= -10,
    ),
    "LVEF45F": Criterion(
        "LVEF on treatment 40 to 45 % with a fall >= 10 points",
        "LVEF",
        True,
        lambda value, change: 40 <= value <= 45 and change <= -10,
    ),
}


def compute_qtcf(qt: Decimal, rr: Decimal) -> Decimal:
    """Return QT / RR^(1/3), QT in ms and RR in ms taken as seconds, to 30 decimals.

    Raises ValueError for an RR that is not above 0. R-1010 (Fridericia 1920).
    """
    if rr <= 0:
        raise ValueError(f"RR of {rr} ms; it is above 0")
    with localcontext(prec=_DIGITS):
        return (qt / (rr / 1000) ** (Decimal(1) / 3)).quantize(_KEPT)


def qtcf_rows(values: pd.DataFrame) -> pd.DataFrame:
    """Return one row a subject and visit with a QTcF: computed from QT and RR of the same visit and date, else as
    recorded (AVALSRC); RRROW is the address of RR, RECEXACT the recorded QTcF, RECADDRESS its record. R-1010."""
    known, place = values[values["VALUE"].notna()], ["USUBJID", "AVISIT"]
    rr = known.loc[known["PARAMCD"].eq("RR") & known["VALUE"].gt(0), [*place, "DTC", "EXACT", "ROW"]]
    named = rr.rename(columns={"EXACT": "RREXACT", "ROW": "RRROW"})
    computed = known[known["PARAMCD"].eq("QT")].merge(named, how="inner", on=[*place, "DTC"])
    pairs = list(zip(computed["EXACT"], computed["RREXACT"], strict=True))
    # A pair that occurs often is computed once.
    qtcf_of = {pair: compute_qtcf(*map(Decimal, pair)) for pair in set(pairs)}
    exact = [qtcf_of[pair] for pair in pairs]
    recorded = known[known["PARAMCD"].eq(RECORDED_QTCF)]
    beside = recorded[[*place, "EXACT", "ADDRESS"]].rename(columns={"EXACT": "RECEXACT", "ADDRESS": "RECADDRESS"})
    computed = computed.assign(
        EXACT=pd.array([format(value.normalize(), "f") for value in exact], dtype="string"),
        VALUE=pd.array([float(value) for value in exact], dtype="Float64"),
        AVALSRC=COMPUTED,
        FROM=computed["ROW"],
    ).merge(beside, how="left", on=place)
    done = set(zip(computed["USUBJID"], computed["AVISIT"], strict=True))
    left = [pair not in done for pair in zip(recorded["USUBJID"], recorded["AVISIT"], strict=True)]
    rest = recorded[pd.Series(left, recorded.index, dtype="bool")]
    rest = rest.assign(AVALSRC=RECORDED, FROM=rest["ROW"])
    rows = pd.concat([part for part in (computed, rest) if len(part)] or [computed], ignore_index=True)
    rows = rows.reindex(columns=[*values.columns, *_ADDED]).astype(dict.fromkeys(_ADDED, "string"))
    rows = rows.assign(PARAMCD=QTCF)
    return rows.assign(ROW=row_keys(rows, load_contract("derive", "adeg")))


def to_tenths(exact: str) -> str:
    """Return a decimal text with one decimal, rounded half away from zero. R-103."""
    return str(Decimal(exact).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))


def check_recorded(rows: pd.DataFrame, eg: pd.DataFrame) -> pd.DataFrame:
    """Yield Q-813 (warning) for a recorded QTcF that differs by more than 10 ms from that of QT and RR of its visit.

    One of the three is wrong; the computed one is analyzed. R-1010.
    """
    both = rows[rows["AVALSRC"].eq(COMPUTED) & rows["RECADDRESS"].notna()]
    pairs = zip(both["EXACT"], both["RECEXACT"], strict=True)
    odd = both[pd.Series([abs(Decimal(a) - Decimal(b)) > TOLERANCE for a, b in pairs], both.index, dtype="bool")]
    expected = dict(zip(odd["RECADDRESS"], map(to_tenths, odd["EXACT"]), strict=True))
    keyed = with_address(eg, "eg")
    found = keyed[keyed["ADDRESS"].isin(list(expected))]
    text = found["ADDRESS"].map(lambda own: f"differs by more than {TOLERANCE} ms from {expected[own]} of QT and RR")
    return doubts(found, "eg", "EGORRES", "Q-813", "W", text)


def criterion_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row a subject and criterion that it can be judged for (AVISIT WORST): AVALC Y if a value on treatment
    meets it, else N; ROWS are the values that meet it, or all that were looked at.

    A subject without a value on treatment, or without the baseline that the criterion needs, has no row. Decimals are
    compared exactly (R-101). R-1011, R-1012.
    """
    rows = [row for code, criterion in CRITERIA.items() for row in _judged(frame, code, criterion)]
    return pd.DataFrame(rows, columns=["USUBJID", "PARAMCD", "AVISIT", "AVALC", "ROWS"])


def _judged(frame: pd.DataFrame, code: str, criterion: Criterion) -> Iterator[dict[str, object]]:
    known = frame[frame["PARAMCD"].eq(criterion.parameter) & frame["ONTRTFL"].eq("Y") & frame["VALUE"].notna()]
    if criterion.by_change:
        known = known[known["BASE"].notna()]
    bases = known["BASEEXACT"].fillna(known["EXACT"])
    seen: dict[str, list[str]] = defaultdict(list)
    met: dict[str, list[str]] = defaultdict(list)
    for usubjid, row, value, base in zip(known["USUBJID"], known["ROW"], known["EXACT"], bases, strict=True):
        seen[usubjid].append(row)
        if criterion.met(Decimal(value), Decimal(value) - Decimal(base)):
            met[usubjid].append(row)
    for usubjid, rows in seen.items():
        common = {"USUBJID": usubjid, "PARAMCD": code, "AVISIT": WORST}
        yield common | {"AVALC": "Y" if usubjid in met else "N", "ROWS": sorted(met.get(usubjid, rows))}
