"""What must hold between the displays that show responders (invariant 3 of docs/rules.md): everywhere the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from crf2csr.ard import Result
from crf2csr.display.model import Display, Figure, Listing

#: Confirmed responders by the response rate and by the table of their duration: analysis, variable, category.
RATE, DURATION = ("response-fas", "CBOR", "ORR"), ("responders-fas", "CRSP", "Y")
#: Responders of the set that the waterfall shows.
DRAWN = ("response-measurable", "CBOR", "ORR")
#: The displays that name a responder: id, the column of the confirmed response, the column and text that pick its row.
WATERFALL, WATERFALL_RESPONSE = "f-14-2-1", "Confirmed best overall response"
LISTING, LISTED_RESPONSE, LISTED_AS = "l-16-2-6-4", "AVALC", ("PARAM", "Confirmed BOR")
RESPONSES = ("CR", "PR")
EVERYBODY = "all"


def check_responders(displays: Iterable[Display], results: Iterable[Result]) -> Iterator[str]:
    """Yield where the responders of the rate, of the duration of response, of the listing and of the waterfall differ.

    The waterfall shows those with a sum of diameters: it has at most as many.
    """
    counts = _counts(results)
    for level, n in counts.get(RATE, {}).items():
        other = counts.get(DURATION, {}).get(level, n)
        if other != n:
            yield f"column {level}: {n} confirmed responders by the rate, {other} by the duration of response"
    known = {display.id: display for display in displays}
    listed, rate = _listed(known.get(LISTING)), counts.get(RATE, {}).get(EVERYBODY)
    if None not in (listed, rate) and listed != rate:
        yield f"{LISTING}: {listed} confirmed responders, the rate counts {rate}"
    drawn, rate = _drawn(known.get(WATERFALL)), counts.get(DRAWN, {}).get(EVERYBODY)
    if drawn is not None and rate is not None and drawn > rate:
        yield f"{WATERFALL}: {drawn} bars of confirmed responders, the rate counts {rate}"


def _counts(results: Iterable[Result]) -> Mapping[tuple[str, str, str], dict[str, int]]:
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for result in results:
        if result.statistic == "n":
            place = (result.analysis, result.variable, result.category)
            found.setdefault(place, {})[result.level] = int(result.value or 0)
    return found


def _listed(display: Display | None) -> int | None:
    if not isinstance(display, Listing):
        return None
    ids = [column.id for column in display.columns]
    if LISTED_RESPONSE not in ids or LISTED_AS[0] not in ids:
        return None
    response, what = ids.index(LISTED_RESPONSE), ids.index(LISTED_AS[0])
    return sum(row[what] == LISTED_AS[1] and row[response] in RESPONSES for row in display.rows)


def _drawn(display: Display | None) -> int | None:
    if not isinstance(display, Figure) or WATERFALL_RESPONSE not in display.header:
        return None
    return sum(row[display.header.index(WATERFALL_RESPONSE)] in RESPONSES for row in display.rows)
