"""What must hold between the tables of subjects and of the dose escalation (invariants 9 and 13 of docs/rules.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crf2csr.ard import Result
from crf2csr.display.model import Display, Table

#: Status of a drug or of the study to the reasons of its discontinuation, and to the count that its parts add to.
STATUS = {
    "PALSTAT": ("PALREAS", "TREATED"),
    "LETSTAT": ("LETREAS", "TREATED"),
    "TDMSTAT": ("TDMREAS", "TREATED"),
    "EOSSTT": ("DCSREAS", ""),
}
ONGOING, DISCONTINUED = "ONGOING", "DISCONTINUED"
#: Of the table of dose limiting toxicities: the count of the evaluable, and the rate whose denominator it is.
EVALUABLE, RATE = ("DLTFL", "Y"), ("DLTOCCFL", "Y")
DISPOSITION = "t-14-1-1"

#: Counts by column, variable and category.
Counts = dict[tuple[str, str, str], int]


def check_disposition(results: Iterable[Result]) -> Iterator[str]:
    """Yield where ongoing, completed and discontinued do not add to the treated (of the study: to the enrolled), or
    where the reasons do not add to the discontinued [9]."""
    counts = _counts(results, "n")
    for level in dict.fromkeys(level for level, _, _ in counts):
        for variable, (reasons, whole) in STATUS.items():
            own = {c: n for (lv, v, c), n in counts.items() if (lv, v) == (level, variable)}
            if ONGOING not in own:
                continue
            total = own.pop(whole, None) if whole else counts.get((level, "ENRLFL", "Y"))
            if total is not None and sum(own.values()) != total:
                yield f"column {level}, {variable}: {' + '.join(map(str, own.values()))} is not {total}"
            given = sum(n for (lv, v, _), n in counts.items() if (lv, v) == (level, reasons))
            if given != own[DISCONTINUED]:
                yield f"column {level}, {reasons}: the reasons add to {given}, discontinued are {own[DISCONTINUED]}"


def check_escalation(results: Iterable[Result]) -> Iterator[str]:
    """Yield where the denominator of a DLT rate is not the number of DLT-evaluable subjects of its column [13]."""
    results = tuple(results)
    evaluable, totals = _counts(results, "n"), _counts(results, "N")
    for (level, *named), total in totals.items():
        expected = evaluable.get((level, *EVALUABLE))
        if tuple(named) == RATE and expected is not None and total != expected:
            yield f"column {level}: the DLT rate has the denominator {total}, DLT-evaluable are {expected}"


def check_enrolled(displays: Iterable[Display]) -> list[str]:
    """Return where a table of the same subjects has another N in a column than the table of disposition [9]."""
    tables = [display for display in displays if isinstance(display, Table)]
    known = {
        (part.title, column.id): column.n
        for table in tables
        if table.id == DISPOSITION
        for part in table.parts
        for column in part.columns
    }
    return [
        f"{table.id}: column {column.id} has N={column.n}, {DISPOSITION} has {known[part.title, column.id]}"
        for table in tables
        for part in table.parts
        for column in part.columns
        if (part.title, column.id) in known and column.n not in (None, known[part.title, column.id])
    ]


def _counts(results: Iterable[Result], statistic: str) -> Counts:
    return {
        (result.level, result.variable, result.category): int(result.value or 0)
        for result in results
        if result.statistic == statistic and result.variable
    }
