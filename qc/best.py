"""Best overall response by looking at all records, and at all pairs of records, at once (R-601 to R-609)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from qc.visits import Assessed

WORST_FIRST = ("PD", "NON-CR/NON-PD", "SD", "PR", "CR", "NE", "ND")
BEST_FIRST = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "MISSING")
CONTROLLED = ("CR", "PR", "SD", "NON-CR/NON-PD")


@dataclass(frozen=True)
class Dated:
    """The response that counts on a day."""

    response: str
    day: int


@dataclass(frozen=True)
class Best:
    """What one subject contributes: best response unconfirmed and confirmed, clinical benefit in both readings."""

    unconfirmed: str
    confirmed: str
    benefit: bool
    benefit_unconfirmed: bool


def best_response(
    found: list[Assessed], start: int, therapy: int | None, has_target: bool, values: Mapping[str, Any]
) -> Best:
    """Return the best responses of one subject; `start` and `therapy` are ordinals, keys as in the study."""
    used = usable(found, start, therapy)
    early, late = start + values["response.sd_min_days"], start + values["cbr.min_days"]
    unconfirmed = _best([_aged(record, early) for record in used], values)
    confirmed = [kind for kind in ("CR", "PR") if any(confirms(kind, used, a, b, values) for a, b in pairs(used))]
    fallback = [_unconfirmed(record, early, has_target) for record in used]
    lasting = any(record.day >= late and record.response in CONTROLLED for record in used)
    best = _best([*confirmed, *fallback], values)
    return Best(unconfirmed, best, lasting or best in ("CR", "PR"), lasting or unconfirmed in ("CR", "PR"))


def usable(found: list[Assessed], start: int, therapy: int | None) -> list[Dated]:
    """Return the records from first dose to first PD and new therapy, both included, the worst of each day (R-601)."""
    dated = {
        record.day for record in found if record.day is not None and start <= record.day <= (therapy or record.day)
    }
    by_day = {day: min((r for r in found if r.day == day), key=_rank) for day in sorted(dated)}
    end = min((day for day, record in by_day.items() if record.response == "PD"), default=None)
    return [Dated(record.response, day) for day, record in by_day.items() if end is None or day <= end]


def _rank(record: Assessed) -> int:
    return WORST_FIRST.index(record.response)


def pairs(used: list[Dated]) -> list[tuple[int, int]]:
    """Return all pairs of places, the first before the second."""
    return list(combinations(range(len(used)), 2))


def confirms(kind: str, used: list[Dated], first: int, second: int, values: Mapping[str, Any]) -> bool:
    """Return whether the second record confirms a response of this kind at the first (R-603, R-604).

    The rules name the first record far enough away; if any later one confirms, so does that one, since it has fewer
    records between.
    """
    between = [record.response for record in used[first + 1 : second]]
    far = used[second].day >= used[first].day + values["response.confirm_days"]
    if not far or used[first].response != kind or between.count("NE") > values["response.max_ne"]:
        return False
    if kind == "CR":
        return used[second].response == "CR" and set(between) <= {"CR", "NE"}
    window = [*between, used[second].response]
    broken = any(window[a] == "CR" and window[b] == "PR" for a, b in combinations(range(len(window)), 2))
    tolerated = between.count("SD") <= int(values["response.accept_sd"]) and set(between) <= {"CR", "PR", "SD", "NE"}
    return used[second].response in ("CR", "PR") and tolerated and not broken


def _aged(record: Dated, early: int) -> str:
    """Return the response, SD and NON-CR/NON-PD being NE before the minimum duration (R-602)."""
    return "NE" if record.response in ("SD", "NON-CR/NON-PD") and record.day < early else record.response


def _unconfirmed(record: Dated, early: int, has_target: bool) -> str:
    """Return what a record counts that confirms nothing (R-605)."""
    if record.response in ("PD", "ND"):
        return record.response
    if record.day < early or record.response not in CONTROLLED:
        return "NE"
    if record.response == "NON-CR/NON-PD" or (record.response == "CR" and not has_target):
        return "NON-CR/NON-PD"
    return "SD"


def _best(responses: list[str], values: Mapping[str, Any]) -> str:
    """Return the best response; an assessment that was not done is shown as none (R-608)."""
    missing = "NE" if values["response.missing_as_ne"] else "MISSING"
    done = [response for response in responses if response != "ND"]
    return min(done, key=BEST_FIRST.index, default="MISSING" if responses else missing)
