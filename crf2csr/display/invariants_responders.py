"""What must hold between the displays that show responders (invariant 3 of docs/rules.md): everywhere the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from crf2csr.ard import Result
from crf2csr.display.model import Display, Figure, Listing

#: Confirmed responders by the response rate (analysis, variable, category), and everywhere else that counts them.
RATE = ("response-fas", "CBOR", "ORR")
OTHERS = {
    ("responders-fas", "CRSP", "Y"): "the duration of response",
    ("response-time-fas", "TTR", ""): "the time to response",
    ("subgroups-fas", "EVERYBODY", "Y"): "the subgroups",
}
#: Responders of the set that the waterfall shows.
DRAWN = ("response-measurable", "CBOR", "ORR")
#: The displays that name a responder: id, the column of the confirmed response, the column and text that pick its row.
WATERFALL, WATERFALL_SUBJECT, WATERFALL_RESPONSE = "f-14-2-1", "Subject", "Confirmed best overall response"
LISTING, SUBJECT, LISTED_RESPONSE, LISTED_AS = "l-16-2-6-4", "SUBJID", "AVALC", ("PARAM", "Confirmed BOR")
RESPONSES = ("CR", "PR")
#: What a subject without a response record is (R-602).
NOTHING = "MISSING"
EVERYBODY = "all"
#: Visits whose responses differ: their count, and the listing that names each of them with its class.
DIFFERENT = ("agreement-visits-fas", "MATCHFL", "N")
OF_CLASS = ("agreement-visits-fas", "MATCHCLS")
MISMATCHES, CLASS, OF_VISIT, UNANSWERED = "l-16-2-6-8", "MATCHCLS", "Overall", "no investigator response"


def check_responders(displays: Iterable[Display], results: Iterable[Result]) -> Iterator[str]:
    """Yield where the responders of the rate, of duration and time of response, of the subgroups, of the listing and of
    the waterfall differ, each letter of the waterfall that is not the response of the listing, and where the visits
    that differ from the investigator's are counted otherwise than listed.

    The waterfall shows those with a sum of diameters: it has at most as many.
    """
    counts = _counts(results)
    for place, name in OTHERS.items():
        for level, n in counts.get(RATE, {}).items():
            other = counts.get(place, {}).get(level, n)
            if other != n:
                yield f"column {level}: {n} confirmed responders by the rate, {other} by {name}"
    known = {display.id: display for display in displays}
    listed, rate = _listed(known.get(LISTING)), counts.get(RATE, {}).get(EVERYBODY)
    found = None if listed is None else sum(response in RESPONSES for response in listed.values())
    if None not in (found, rate) and found != rate:
        yield f"{LISTING}: {found} confirmed responders, the rate counts {rate}"
    yield from _check_letters(_drawn(known.get(WATERFALL)), listed, counts.get(DRAWN, {}).get(EVERYBODY))
    yield from _check_mismatches(known.get(MISMATCHES), counts.get(DIFFERENT, {}).get(EVERYBODY))
    yield from _check_classes(counts)


def _check_letters(
    drawn: Mapping[str, str] | None, listed: Mapping[str, str] | None, rate: int | None
) -> Iterator[str]:
    found = sum(response in RESPONSES for response in (drawn or {}).values())
    if rate is not None and found > rate:
        yield f"{WATERFALL}: {found} bars of confirmed responders, the rate counts {rate}"
    if listed is None:
        return
    for subject, letters in (drawn or {}).items():
        if letters != listed.get(subject, NOTHING):
            yield f"{WATERFALL}: subject {subject} has {letters}, {LISTING} has {listed.get(subject, NOTHING)}"


def _check_mismatches(display: Display | None, different: int | None) -> Iterator[str]:
    """Yield where the listing of mismatches has another number of visits than the table of agreement."""
    if not isinstance(display, Listing) or different is None:
        return
    ids = [column.id for column in display.columns]
    what, class_ = ids.index(LISTED_AS[0]), ids.index(CLASS)
    listed = sum(row[what] == OF_VISIT and row[class_] != UNANSWERED for row in display.rows)
    if listed != different:
        yield f"{MISMATCHES}: {listed} visits with different responses, the table of agreement counts {different}"


def _check_classes(counts: Mapping[tuple[str, str, str], Mapping[str, int]]) -> Iterator[str]:
    """Yield where the classes of the mismatches do not add to the visits that differ: a class is not planned."""
    classes = [found for (analysis, variable, _), found in counts.items() if (analysis, variable) == OF_CLASS]
    for level, different in counts.get(DIFFERENT, {}).items() if classes else []:
        if (added := sum(found.get(level, 0) for found in classes)) != different:
            yield f"column {level}: the classes of mismatches add to {added}, {different} visits differ"


def _counts(results: Iterable[Result]) -> Mapping[tuple[str, str, str], dict[str, int]]:
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for result in results:
        if result.statistic == "n":
            place = (result.analysis, result.variable, result.category)
            found.setdefault(place, {})[result.level] = int(result.value or 0)
    return found


def _listed(display: Display | None) -> dict[str, str] | None:
    """Return the confirmed best response by subject, as listed."""
    if not isinstance(display, Listing):
        return None
    ids = [column.id for column in display.columns]
    if not {SUBJECT, LISTED_RESPONSE, LISTED_AS[0]} <= set(ids):
        return None
    subject, response, what = (ids.index(name) for name in (SUBJECT, LISTED_RESPONSE, LISTED_AS[0]))
    return {row[subject]: row[response] for row in display.rows if row[what] == LISTED_AS[1]}


def _drawn(display: Display | None) -> dict[str, str] | None:
    """Return the response on the bar by subject."""
    if not isinstance(display, Figure) or WATERFALL_RESPONSE not in display.header:
        return None
    subject, response = display.header.index(WATERFALL_SUBJECT), display.header.index(WATERFALL_RESPONSE)
    return {row[subject]: row[response] for row in display.rows}
