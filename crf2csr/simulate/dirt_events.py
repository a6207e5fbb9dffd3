"""Defects planted in the adverse event form."""

from collections.abc import Callable
from datetime import date

from crf2csr.simulate.model import Scenario
from crf2csr.simulate.picking import Picker, append_after, clone
from crf2csr.simulate.spelling import MONTHS, Row, code_of, label_of
from crf2csr.simulate.streams import Stream

HOSTILE = (
    "=cmd()|'/C calc'!A1",
    "<script>alert(1)</script> rash",
    "{{7*7}} tiredness",
    "\\par nausea \\line",
    '#import "x" nosebleed',
    "$x$ pain_in_back 50 % & more",
)
# How sites type a partial date, and whether the month is known.
PARTIAL = (("UN/UNK/{year}", False), ("UN UNK {year}", False), ("{year}-{month:02d}", True), ("UN-{name}-{year}", True))
Defect = Callable[[Row], None]


def plant_event_defects(rows: list[Row], scenario: Scenario, stream: Stream) -> None:
    """Plant partial dates, missing codes, disagreeing codes, hostile terms, repeated and deleted records.

    Only mild, closed events that changed no dosing are touched, so that no other form depends on a damaged record.
    """
    picker = Picker([row for row in rows if harmless(row, scenario)], stream)
    full = scenario.name == "full"
    for form, month_known in PARTIAL if full else PARTIAL[1:3]:
        row = picker.next()
        day = date.fromisoformat(row.cells["STDAT"])
        typed = form.format(year=day.year, month=day.month, name=MONTHS[day.month - 1])
        row.cells |= {"STDAT_RAW": typed, "STDAT": f"{day.year}-{day.month if month_known else 1:02d}-01"}
    for term in HOSTILE if full else HOSTILE[:2]:
        picker.next().cells["TERM"] = term
    picker.next().cells["TERM"] = "patient’s legs felt weak – naïve"
    if full:
        _impossible_end(picker.next(_within_half_year))
    for defect in FULL if full else SMALL:
        defect(picker.next())
    _repeat(rows, picker)
    if full:
        _identifiers(picker)


def harmless(row: Row, scenario: Scenario) -> bool:
    """Return whether an event is mild and closed and changed no dosing."""
    unchanged = code_of("ACN", "DOSE NOT CHANGED") if scenario.coded else label_of("ACN", "DOSE NOT CHANGED")
    actions = {row.cells[name] for name in ("ACNPAL", "ACNLET", "ACNTDM")}
    mild = row.cells["GRADE"] in ("1", "2") and row.cells["SERIOUS_STD"] == "0"
    return mild and actions == {unchanged} and bool(row.cells["ENDAT_RAW"]) and row.when <= scenario.cutoff


def _unknown_month(row: Row) -> None:
    day = date.fromisoformat(row.cells["STDAT"])
    row.cells |= {"STDAT_RAW": f"{day.day:02d} UNK {day.year}", "STDAT": f"{day.year}-01-{min(day.day, 31):02d}"}
    row.plants.append(("Q-1103", "W", "stdtc", "day known, month unknown"))


def _no_start(row: Row) -> None:
    row.cells |= {"STDAT_RAW": "", "STDAT": ""}
    row.plants.append(("Q-513", "W", "stdtc", "start unknown"))


def _unknown_end(row: Row) -> None:
    row.cells |= {"ENDAT_RAW": "NK", "ENDAT": ""}
    row.plants.append(("Q-505", "W", "endtc", "resolved, end not known (missing code that the field lists)"))


def _within_half_year(row: Row) -> bool:
    """31 June must not fall before the start on its known parts."""
    start, end = (date.fromisoformat(row.cells[name]) for name in ("STDAT", "ENDAT"))
    return start.year == end.year and start.month <= 6


def _impossible_end(row: Row) -> None:
    day = date.fromisoformat(row.cells["ENDAT"])
    row.cells |= {"ENDAT_RAW": f"31-Jun-{day.year}", "ENDAT": f"{day.year}-07-01"}
    row.plants.append(("Q-1102", "E", "endtc", "June has 30 days"))
    row.plants.append(("Q-505", "W", "endtc", "resolved without an end date that can be read"))


def _future_end(row: Row) -> None:
    day = date.fromisoformat(row.cells["ENDAT"])
    row.cells |= {"ENDAT_RAW": f"15-{MONTHS[day.month - 1]}-2032", "ENDAT": f"2032-{day.month:02d}-15"}
    row.plants.append(("Q-1101", "E", "endtc", "after the extract"))


def _grade(text: str, readable: bool) -> Defect:
    def plant(row: Row) -> None:
        row.cells["GRADE"] = text
        row.plants += [] if readable else [("Q-108", "E", "grade", "text in a numeric field")]
        row.plants.append(("Q-501", "E", "grade", "no grade"))

    return plant


def _label_and_code(row: Row) -> None:
    row.cells["OUTCOME_STD"] = code_of("OUT", "RECOVERING/RESOLVING")
    row.plants.append(("Q-107", "E", "outcome", "label and code disagree: code 2 is RECOVERING/RESOLVING"))


def _unknown_code(row: Row) -> None:
    row.cells["ACNLET"] = "9"
    row.plants.append(("Q-107", "E", "acnlet", "not in the code list"))


def _not_coded(row: Row) -> None:
    row.cells |= {"DECOD": "", "BODSYS": "", "PTCD": ""}
    row.plants.append(("Q-115", "W", "decod", "not coded (blocks lock)"))


def _phone_number(row: Row) -> None:
    row.cells["TERM"] += " (pt phone 913-555-0142)"
    row.plants.append(("Q-118", "E", "term", "telephone number"))


def _trailing_blanks(row: Row) -> None:
    row.cells["SUBJECT"] += "  "
    row.cells["TERM"] = row.cells["TERM"].upper() + " "


FULL: tuple[Defect, ...] = (
    _unknown_month,
    _no_start,
    _unknown_end,
    _future_end,
    _grade("ND", readable=True),
    _grade("-99", readable=True),
    _grade("out of bound: Life-Threatening", readable=False),
    _label_and_code,
    _unknown_code,
    _not_coded,
    _phone_number,
    _trailing_blanks,
)
SMALL: tuple[Defect, ...] = (_unknown_end, _grade("ND", readable=True), _trailing_blanks)


def _repeat(rows: list[Row], picker: Picker) -> None:
    """A record exported twice, a number used for two different records, and a record deleted at the source."""
    original = picker.next()
    copy = clone(original, rows, (), original.when)
    copy.plants.append(("Q-104", "W", "", "exported twice"))
    append_after(rows, copy)
    original = picker.next()
    changed = clone(original, rows, ("RECPOS",), original.when)
    changed.cells["GRADE"] = "1" if original.cells["GRADE"] == "2" else "2"
    for row in (original, changed):
        row.plants.append(("Q-103", "E", "aeno", "two records of this number with different grades"))
    append_after(rows, changed)
    original = picker.next()
    deleted = clone(original, rows, ("AENO", "RECPOS"), original.when)
    deleted.cells["DELETED"] = "Y"
    append_after(rows, deleted)


def _identifiers(picker: Picker) -> None:
    """A record under another site, and a site number that lost its zero."""
    row = picker.next()
    row.cells["SITE"] = "02" if row.cells["SITE"] != "02" else "04"
    row.plants.append(("Q-106", "E", "site", "subject prefix differs from site"))
    row = picker.next(lambda item: item.cells["SITE"] == "01")
    row.cells["SITE"] = "1"
    row.plants.append(("Q-113", "E", "site", "leading zero lost"))
