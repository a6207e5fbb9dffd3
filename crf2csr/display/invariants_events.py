"""What must hold between the displays of adverse events and of deaths (invariants 2 and 13 of docs/rules.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from crf2csr.ard import Member, Result
from crf2csr.display.model import Display, Listing

#: Analysis, variable and category of a count.
Place = tuple[str, str, str]

OVERVIEW, ANY = "ae-overview-safety", ("AEBODSYS", "")
#: The rows of the overview and the tables that show the same subjects in more detail.
SAME: dict[str, tuple[Place, ...]] = {
    "TEAE": (
        ("teae-safety", *ANY),
        ("teae-grades-safety", "AEBODSYS", "Any"),
        ("teae-common-safety", "AEDECOD", ""),
    ),
    "TEAE3": (("teae-severe-safety", *ANY), ("teae-grades-safety", "AEBODSYS", ">=3")),
    "SER": (("teae-serious-safety", *ANY),),
    "RELANY": (("teae-related-safety", "REL-ANY", ""),),
    **{f"REL{drug}": (("teae-related-safety", f"REL-{drug}", ""),) for drug in ("PAL", "LET", "TDM")},
    "REL3": (("teae-related-severe-safety", *ANY),),
    "RELSER": (("teae-related-serious-safety", *ANY),),
    **{
        f"{action}{drug}": (("teae-action-safety", f"{drug}-{action}", ""),)
        for action in ("INT", "RED", "DIS")
        for drug in ("ANY", "PAL", "LET", "TDM")
    },
    **{
        f"AESI{group}": (("teae-interest-safety", group, group),)
        for group in ("NEU", "HEP", "PLT", "PNE", "LVE", "QT", "PN", "HEM", "INF")
    },
}
#: Analyses of which the first counts no more subjects than the second, in each variable and category of the first.
AT_MOST = (
    ("teae-severe-safety", "teae-safety"),
    ("teae-serious-safety", "teae-safety"),
    ("teae-related-severe-safety", "teae-severe-safety"),
    ("teae-related-serious-safety", "teae-serious-safety"),
    ("teae-severe-safety", "teae-severe@grade-3-safety"),
    ("teae-related-safety", "teae-related@relation-safety"),
    ("ae-overview@window-28-safety", OVERVIEW),
    (OVERVIEW, "ae-overview@window-90-safety"),
)
#: Rows of the overview, and those of the rates, which leave out what began after the end of risk (R-907).
RATES, WITH_RATE = "teae-rates-safety", {"TEAE": "ANY", "TEAE3": "SEVERE", "SER": "SERIOUS"}
#: Deaths, and the counts that add to them.
DEATHS, EVERYBODY = "deaths-safety", "all"
DIED: Place = (DEATHS, "DTHFL", "Y")
PARTS = {
    "times": ((DEATHS, "DTHWINFL", "Y"), (DEATHS, "DTHWINFL", "N"), (DEATHS, "NODAY", "Y")),
    "causes": (
        *((DEATHS, "DTHCAUS", cause) for cause in ("DISEASE PROGRESSION", "ADVERSE EVENT", "OTHER", "UNKNOWN")),
        (DEATHS, "NOCAUSE", "Y"),
    ),
}
#: The row of the overview that counts deaths near treatment, and the same row of the table of deaths.
NEAR: tuple[Place, Place] = (("deaths-window-safety", "DTHWINFL", "Y"), (DEATHS, "DTHWINFL", "Y"))
#: Who has a fatal event, and where each of them must be found.
FATAL: Place = ("teae-fatal-safety", "AEDECOD", "")
UNREPORTED: Place = ("deaths-unreported-safety", "FATALFL", "Y")
INDEX, DEATH_LISTINGS, SUBJECT = "l-14-3-3-1", ("l-14-3-2-2", "l-16-2-7-3"), "SUBJID"
#: The analyses whose members `check_deaths` reads.
WITH_MEMBERS = tuple(dict.fromkeys(place[0] for place in (FATAL, DIED, UNREPORTED)))

#: Counts by column, for each place.
Counts = Mapping[Place, Mapping[str, int]]


def check_events(results: Iterable[Result]) -> Iterator[str]:
    """Yield where a row of the overview counts other subjects than the table of its events [2], where a narrower
    selection counts more than the wider one (related of grade 3 or higher: grade 3 or higher; related serious: serious)
    [13], and where deaths by time or by cause do not add to all deaths. What a study does not plan is not held."""
    counts = _counts(results)
    for name, places in SAME.items():
        for place in places:
            yield from _check_same(counts, (OVERVIEW, name, "Y"), place)
    for name, variable in WITH_RATE.items():
        most = counts.get((OVERVIEW, name, "Y"), {})
        for level, n in counts.get((RATES, variable, "Y"), {}).items():
            if n > most.get(level, n):
                yield f"column {level}: {n} by {RATES}, {variable}, {most[level]} by {OVERVIEW}, {name}"
    yield from _check_same(counts, *NEAR)
    for narrow, wide in AT_MOST:
        yield from _check_at_most(counts, narrow, wide)
    for what, parts in PARTS.items():
        for level, n in counts.get(DIED, {}).items():
            if (added := sum(counts.get(part, {}).get(level, 0) for part in parts)) != n:
                yield f"{DEATHS}, column {level}: the {what} add to {added}, deaths are {n}"


def _check_same(counts: Counts, first: Place, second: Place) -> Iterator[str]:
    """Yield each column that both have with another count."""
    other = counts.get(second, {})
    for level, n in counts.get(first, {}).items():
        if other.get(level, n) != n:
            yield f"column {level}: {n} by {', '.join(filter(None, first))}, {other[level]} by {', '.join(second)}"


def _check_at_most(counts: Counts, narrow: str, wide: str) -> Iterator[str]:
    if not any(analysis == wide for analysis, _, _ in counts):
        return
    for (analysis, *named), found in counts.items():
        for level, n in found.items() if analysis == narrow else ():
            most = counts.get((wide, named[0], named[1]), {}).get(level, 0)
            if n > most:
                yield f"column {level}: {n} by {narrow} ({', '.join(named)}), {most} by {wide}"


def check_deaths(displays: Iterable[Display], members: Mapping[str, Iterable[Member]]) -> Iterator[str]:
    """Yield each subject with a fatal treatment-emergent event who is not in the table of deaths (as a death, or as an
    event without a report of it) or not in the index of narratives; and each death that a listing of deaths or the
    index lacks [13]. `members` by analysis; a display or analysis that is not there is not held."""
    people = {place: _people(members.get(place[0], ()), place) for place in (FATAL, DIED, UNREPORTED)}
    counted = people[DIED] | people[UNREPORTED]
    if DEATHS in members:
        yield from (f"{subject} has a fatal event and is not counted dead" for subject in people[FATAL] - counted)
    for display in displays:
        if isinstance(display, Listing) and display.id in (INDEX, *DEATH_LISTINGS):
            place = [column.id for column in display.columns].index(SUBJECT)
            listed = tuple({row[place] for row in display.rows})
            for subject in sorted(people[FATAL] | counted):
                if not subject.endswith(listed):
                    yield f"{display.id}: {subject}, who died or has a fatal event, is not listed"


def _people(members: Iterable[Member], place: Place) -> set[str]:
    """Return the subjects of one count of all columns together."""
    analysis, variable, category = place
    ends = f"/{EVERYBODY}/{variable}/{category}/n"
    inside = (m for m in members if m.ard.startswith(f"{analysis}/") and m.ard.endswith(ends))
    return {member.row.split("|")[0] for member in inside}


def _counts(results: Iterable[Result]) -> Counts:
    found: dict[Place, dict[str, int]] = {}
    for result in results:
        if result.statistic == "n" and result.variable:
            place = (result.analysis, result.variable, result.category)
            found.setdefault(place, {})[result.level] = int(result.value or 0)
    return found
