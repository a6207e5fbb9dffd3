"""What must hold on every page: the invariants of docs/rules.md as functions that yield what is violated.

Numbers in brackets are those of the list there. A violation is one line that names row and column. Nothing is
computed anew from patient data: printed cells are held to the results, results to each other and to their members.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from crf2csr.ard import GRADES, Member, Result, path, path_parts, unescape
from crf2csr.display.invariants_cross import check_margins
from crf2csr.display.invariants_subjects import check_disposition, check_enrolled, check_escalation
from crf2csr.display.invariants_survival import check_survival
from crf2csr.display.model import Cell, Column, Display, Listing, Part, Row, Table, cell_texts
from crf2csr.display.numbers import CELL_PATTERNS, CODES, NO_DENOMINATOR, explain_codes

#: Best overall responses add to N (R-608); a composite is the sum of some of them (R-608, R-609).
NEITHER = path("NON-CR/NON-PD")
RESPONSES = ("CR", "PR", "SD", NEITHER, "PD", "NE", "MISSING")
COMPOSITES = {"ORR": ("CR", "PR"), "DCR": ("CR", "PR", "SD", NEITHER)}

#: Columns of the sets C1 and C3: everybody; those first enrolled in phase II. The dose columns have a spanner.
WHOLE, SECOND_PHASE = "all", "ph2"

#: The method that counts rows, not subjects.
ROW_COUNTS = "row_counts"

_COUNTS = ("count", "count_percent", "count_percent_events", "fraction")
_EVENTS = re.compile(r" \[(\d+)\]$")
_HEADER_TOTAL = re.compile(r"\(N=(\d+)\)$")
_NOT_A_NUMBER = re.compile(r"(?<!\w)(?:nan|NaN|NaT|<NA>)(?!\w)")
_NOT_A_TEXT = {"None", "inf", "-inf", "null"}
_MARK = re.compile(r" \[([a-z])\]$")
_NOTE = re.compile(r"\[([a-z])\] ")
_REFERENCE = re.compile(r"\b(Table|Listing|Figure) (\d+(?:\.\d+)+(?:-S\d+)?)")


def check_display(display: Display, results: Iterable[Result], words: Collection[str] = ()) -> list[str]:
    """Return the violations of one finished display (with its footer) against the results that it shows.

    N of a column is N of its results, or shown above [1]; grades and nested categories fit into each other [2];
    responses add up [3]; parts add to the whole, the cells of a cross table to its margins [4]; types [5]; notes [6];
    nothing on the page that is no text, and every code explained [10]; an address for every number [11]. `words` are
    the legal texts of cells of kind `word`. Dispositions add up and a DLT rate counts the evaluable [9, 13]. Events and
    censored of a time to event add up [3, 4]. Listings have no results.
    """
    results = tuple(results)
    checks = [check_texts(display), check_codes(display), check_notes(display), check_bodies(display)]
    checks += [check_survival(results), check_disposition(results), check_escalation(results)]
    if isinstance(display, Table):
        checks += [check_cells(display, words), check_addresses(display, results), check_whole(display)]
        checks += [check_denominators(display, results), check_responses(results)]
        checks += [check_grades(results), check_nested(results), check_margins(results)]
    return [f"{display.id}: {violation}" for check in checks for violation in check]


def check_appendix(displays: Iterable[Display]) -> list[str]:
    """Return the violations among the displays of an appendix [6]: an id or a number used twice, a display that is
    cited and does not exist."""
    displays = tuple(displays)
    ids, names = Counter(display.id for display in displays), Counter(_name(display) for display in displays)
    found = [f"{id_}: the id is used {n} times" for id_, n in ids.items() if n > 1]
    found += [f"{name}: the number is used {n} times" for name, n in names.items() if n > 1]
    found += check_enrolled(displays)
    return found + [
        f"{display.id}: {cited} is cited and does not exist"
        for display in displays
        for cited in dict.fromkeys(_cited(display))
        if cited not in names
    ]


def _name(display: Display) -> str:
    return f"{display.kind.capitalize()} {display.number}"


def _cited(display: Display) -> Iterator[str]:
    for text in (*display.footer.notes, display.footer.source):
        yield from (f"{kind} {number}" for kind, number in _REFERENCE.findall(text))


def _cells(table: Table) -> Iterator[tuple[str, Row, Column, Cell]]:
    """Yield each cell with its place in words, its row and its column."""
    for part in table.parts:
        yield from _cells_of(part)


def _cells_of(part: Part) -> Iterator[tuple[str, Row, Column, Cell]]:
    for number, row in enumerate(part.rows, start=1):
        for column, cell in zip(part.columns, row.cells, strict=False):
            yield f"part {part.id}, row {number} ({row.label}), column {column.id}", row, column, cell


def _address(result: Result) -> tuple[str, str, str, str]:
    return result.analysis, result.level, result.variable, result.category


# Denominators and sums


def check_counts(table: Table, counts: Mapping[tuple[str, str], int]) -> Iterator[str]:
    """Yield where N of a column is not the number of its subjects in ADSL: `counts` by part id and column id [1]."""
    for part in table.parts:
        for column in part.columns:
            if column.n is not None and column.n != (found := counts.get((part.id, column.id))):
                yield f"part {part.id}, column {column.id}: N={column.n}, ADSL has {found}"


def check_denominators(table: Table, results: Iterable[Result]) -> Iterator[str]:
    """Yield where a count has another denominator than its column, and no count above it in the part shows that one
    [1].

    N of a column stands in its head or, where the columns have none, at the end of the title of the part; the columns
    of such a part share what the counts above show, and a row of counts states a denominator that is one of them. A
    fraction shows its own.
    """
    results = tuple(results)
    by_id, totals = {r.id: r for r in results}, {_address(r): r.value for r in results if r.statistic == "N"}
    counts = {r.id: r.value for r in results if r.statistic == "n"}
    for part in table.parts:
        seen: dict[str, set[float | int | None]] = {c.id: {_header_total(part, c)} for c in part.columns}
        for place, row, column, cell in _cells_of(part):
            shown = by_id.get(cell.ids[0]) if cell.ids and cell.kind in _COUNTS else None
            total = totals.get(_address(shown)) if shown else None
            known = seen[column.id] | (
                {counts.get(c.ids[0]) for c in row.cells if c.ids} if _states(row, column) else set()
            )
            if shown and cell.kind != "fraction" and total not in known:
                yield f"{place}: the denominator is {total}, the header has N={_header_total(part, column)}"
            if shown:
                for name in [column.id] if column.n is not None else seen:
                    seen[name].add(counts.get(cell.ids[0]))


def _states(row: Row, column: Column) -> bool:
    return column.n is None and all(cell.kind == "count" for cell in row.cells)


def _header_total(part: Part, column: Column) -> int | None:
    stated = _HEADER_TOTAL.search(part.title)
    return int(stated[1]) if column.n is None and stated else column.n


def check_grades(results: Iterable[Result]) -> Iterator[str]:
    """Yield where the subjects of a category by maximum grade (1 to 5, missing) do not add to Any, or those of grade 3
    to 5 not to >= 3 [2]."""
    for place, counts in _counts_by_place(results).items():
        names = {path_parts(category)[:-1] for category in counts if category and path_parts(category)[-1] in GRADES}
        for name in sorted(names):
            found = [counts.get(path(*name, grade)) for grade in GRADES]
            if None in found:
                continue  # a category that happens to be called like a grade
            whole, *grades, severe, missing = (int(n or 0) for n in found)
            if sum(grades) + missing != whole or sum(grades[2:]) != severe:
                yield f"{place}, {', '.join(name) or 'all'}: grades {grades} and {missing} missing are not {whole}"


def check_nested(results: Iterable[Result]) -> Iterator[str]:
    """Yield where a nested category counts more subjects than what holds it; a grade is held by the same grade or
    higher, so that only Any is compared [2]."""
    for place, counts in _counts_by_place(results).items():
        graded = any(path_parts(category)[-1:] == ("Any",) for category in counts)
        for category, n in counts.items():
            parts = path_parts(category)
            if not parts or (graded and parts[-1] != "Any"):
                continue
            above = path(*parts[:-2], "Any") if graded and len(parts) > 1 else path(*parts[:-1])
            if above in counts and above != category and n > counts[above]:
                yield f"{place}: {n} subjects with {category}, {counts[above]} with {above or 'any'}"


def _counts_by_place(results: Iterable[Result]) -> dict[str, dict[str, int]]:
    """Return counts by category for each analysis, column and variable."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for result in results:
        if result.statistic == "n" and result.variable:
            place = f"{result.analysis}, column {result.level}, {result.variable}"
            counts[place][result.category] = int(result.value or 0)
    return counts


def check_whole(table: Table) -> Iterator[str]:
    """Yield where dose columns and phase II do not add to all subjects, in N and in each count; the pooled group is not
    added [4]."""
    for part in table.parts:
        ids = [column.id for column in part.columns]
        if WHOLE not in ids or SECOND_PHASE not in ids:
            continue
        added = [k for k, column in enumerate(part.columns) if column.spanner or column.id == SECOND_PHASE]
        lines = [("N", [column.n or 0 for column in part.columns])]
        lines += [(row.label, _printed(row)) for row in part.rows if _counted(row) and len(row.cells) == len(ids)]
        for label, counts in lines:
            if sum(counts[k] for k in added) != counts[ids.index(WHOLE)]:
                sums = " + ".join(str(counts[k]) for k in added)
                yield f"part {part.id}, {label}: {sums} is not {counts[ids.index(WHOLE)]}"


def _counted(row: Row) -> bool:
    return all(cell.kind in _COUNTS and cell.text != "NA" for cell in row.cells)


def _printed(row: Row) -> list[int]:
    return [int(re.split("[ /]", cell.text)[0]) if cell.text[:1].isdigit() else 0 for cell in row.cells]


def check_responses(results: Iterable[Result]) -> Iterator[str]:
    """Yield where best overall responses do not add to N, or a rate is not the sum of its responses [3]."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    totals: dict[str, int] = {}
    for result in results:
        place = f"{result.analysis}, column {result.level}, {result.variable}"
        if result.statistic == "n":
            counts[place][result.category] = int(result.value or 0)
        elif result.statistic == "N":
            totals[place] = int(result.value or 0)
    for place, found in counts.items():
        if "ORR" not in found:
            continue
        if (total := sum(found.get(response, 0) for response in RESPONSES)) != totals.get(place):
            yield f"{place}: the responses add to {total}, N is {totals.get(place)}"
        for name, united in COMPOSITES.items():
            if name in found and found[name] != sum(found.get(response, 0) for response in united):
                yield f"{place}: {name} is {found[name]}, not {' + '.join(map(unescape, united))}"


def check_members(results: Iterable[Result], members: Iterable[Member]) -> Iterator[str]:
    """Yield each count that is not the number of subjects among its members: the subject is the first part of a row
    address; of a count of rows, that is not the number of these [11]."""
    rows: dict[str, set[str]] = defaultdict(set)
    for member in members:
        rows[member.ard].add(member.row)
    counts = {result.id: result for result in results if result.statistic == "n"}
    for id_, count in counts.items():
        found = rows.get(id_, set())
        size, unit = (
            (len(found), "rows")
            if count.method == ROW_COUNTS
            else (len({row.split("|")[0] for row in found}), "subjects")
        )
        if count.value != size:
            yield f"{id_}: n is {count.value}, its members are {size} {unit}"
    yield from (f"{id_}: has members and is no count" for id_ in rows if id_ not in counts)


# Cells


def check_cells(table: Table, words: Collection[str] = ()) -> Iterator[str]:
    """Yield each cell whose text does not fit its type; blank is legal in a heading row only [5]."""
    for place, row, _, cell in _cells(table):
        if row.heading != (cell.text == ""):
            yield f"{place}: {cell.text!r} in a heading row" if row.heading else f"{place}: blank"
        elif not row.heading and not _fits(cell, words):
            yield f"{place}: {cell.text!r} does not fit a cell of kind {cell.kind!r}"


def _fits(cell: Cell, words: Collection[str]) -> bool:
    if cell.text in CODES or (cell.kind == "word" and cell.text in words):
        return True
    return cell.kind in CELL_PATTERNS and bool(CELL_PATTERNS[cell.kind].fullmatch(cell.text))


def check_addresses(table: Table, results: Iterable[Result]) -> Iterator[str]:
    """Yield each number without a result, each address without a result, each count that is not its result [11]."""
    known = {result.id: result for result in results}
    for place, _, _, cell in _cells(table):
        if not cell.ids and any(character.isdigit() for character in cell.text):
            yield f"{place}: {cell.text!r} has no address"
        yield from (f"{place}: no result {id_}" for id_ in cell.ids if id_ not in known)
        shown = known.get(cell.ids[0]) if cell.ids and cell.kind in _COUNTS else None
        if shown and re.split("[ /]", cell.text)[0] not in (str(shown.value), NO_DENOMINATOR):
            yield f"{place}: {cell.text!r} is not the count {shown.value}"
        counted = [known[id_].value for id_ in cell.ids if id_ in known and known[id_].statistic == "events"]
        printed = _EVENTS.search(cell.text)
        if printed and [int(printed[1])] != counted:
            yield f"{place}: {cell.text!r} does not show the events {counted}"


# Notes and texts


def check_notes(display: Display) -> Iterator[str]:
    """Yield where the letters on rows and the lettered notes do not match one to one in order of appearance [6]."""
    labels = [row.label for part in display.parts for row in part.rows] if isinstance(display, Table) else []
    marks = list(dict.fromkeys(mark for label in labels for mark in _MARK.findall(label)))
    notes = [match[1] for note in display.footer.notes if (match := _NOTE.match(note))]
    if marks != notes:
        yield f"rows cite notes {', '.join(marks) or 'none'}; the footer has {', '.join(notes) or 'none'}"


def check_texts(display: Display) -> Iterator[str]:
    """Yield each text that is a missing value of the program [10]."""
    footer = display.footer
    titles = [display.number, display.title, display.population]
    below = [*footer.notes, footer.abbreviations, footer.legend, footer.assumptions, footer.source, footer.program]
    for text in [*titles, *(text for line in cell_texts(display) for text in line), *below]:
        if text in _NOT_A_TEXT or _NOT_A_NUMBER.search(text):
            yield f"{text!r} is no text for a page"


def check_codes(display: Display) -> Iterator[str]:
    """Yield each code of R-113 in a cell that neither legend nor abbreviations explain [10]."""
    explained = f"{display.footer.legend}; {display.footer.abbreviations}"
    needed = explain_codes(text for line in cell_texts(display) for text in line)
    for code in (entry.split(" = ")[0] for entry in needed.split("; ") if entry):
        if f"{code} = " not in explained:
            yield f"the code {code} is not explained"


def check_bodies(display: Display) -> Iterator[str]:
    """Yield each body without rows that does not say why, each that says so beside rows, and each row that has another
    number of cells than there are columns [10]."""
    for name, rows, empty, width in _bodies(display):
        if bool(rows) == bool(empty):
            yield f"{name}: rows beside the empty text" if rows else f"{name}: neither rows nor the empty text"
        for number, cells in enumerate(rows, start=1):
            if len(cells) != width:
                yield f"{name}, row {number}: {len(cells)} cells for {width} columns"


def _bodies(display: Display) -> Iterator[tuple[str, list[tuple[object, ...]], str, int]]:
    if isinstance(display, Table):
        for part in display.parts:
            yield f"part {part.id}", [row.cells for row in part.rows], part.empty, len(part.columns)
    else:
        head = display.columns if isinstance(display, Listing) else display.header
        yield "body", list(display.rows), display.empty, len(head)
