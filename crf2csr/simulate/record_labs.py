"""Laboratory results that agree with the adverse events of the participant.

A test moves around a level of its own, within bounds below CTCAE v4.03 grade 3; while an event that is defined by the
test lasts, the result lies within the grade of the event (CTCAE v4.03, Investigations, Blood, Metabolism). Ranges of
normal and levels are plausible values of adult women, not those of a real laboratory.
"""

from typing import NamedTuple

from crf2csr.simulate.events import LIVER_TEST, NEUTROPHILS, PLATELETS
from crf2csr.simulate.model import Event, Story
from crf2csr.simulate.record import clock_text
from crf2csr.simulate.schedule import SCREENING, Attended, attended, fixed
from crf2csr.simulate.spelling import Record
from crf2csr.simulate.streams import Stream


class Test(NamedTuple):
    """A test in units of its last decimal place: ranges of two analyzers, level, spreads, effect of drugs, bounds."""

    unit: str
    decimals: int
    ranges: tuple[tuple[int, int], tuple[int, int]]
    level: int
    between: float
    within: float
    on_drug: float
    bounds: tuple[int, int]


TESTS = {
    "HGB": Test("g/L", 0, ((120, 160), (117, 155)), 128, 0.06, 0.025, 0.95, (101, 154)),
    "WBC": Test("10^9/L", 2, ((400, 1100), (380, 1000)), 0, 0.0, 0.0, 1.0, (205, 1500)),
    "NEUT": Test("10^9/L", 2, ((180, 750), (200, 700)), 420, 0.22, 0.16, 0.6, (115, 740)),
    "LYM": Test("10^9/L", 2, ((100, 400), (110, 380)), 165, 0.2, 0.1, 0.88, (86, 370)),
    "PLAT": Test("10^9/L", 0, ((150, 400), (140, 420)), 255, 0.16, 0.08, 0.84, (100, 395)),
    "ALT": Test("U/L", 0, ((7, 40), (5, 35)), 21, 0.3, 0.18, 1.25, (8, 78)),
    "AST": Test("U/L", 0, ((10, 40), (8, 34)), 23, 0.25, 0.16, 1.35, (10, 80)),
    "ALP": Test("U/L", 0, ((40, 129), (35, 120)), 82, 0.25, 0.1, 1.06, (36, 190)),
    "GGT": Test("U/L", 0, ((6, 55), (5, 48)), 28, 0.4, 0.15, 1.1, (8, 95)),
    "BILI": Test("umol/L", 0, ((3, 21), (2, 19)), 9, 0.25, 0.18, 1.05, (3, 26)),
    "CREAT": Test("umol/L", 0, ((45, 90), (50, 98)), 66, 0.14, 0.05, 1.04, (44, 108)),
    "ALB": Test("g/L", 0, ((35, 52), (34, 50)), 42, 0.05, 0.03, 0.98, (31, 50)),
    "CA": Test("mmol/L", 2, ((215, 255), (210, 260)), 235, 0.025, 0.02, 1.0, (206, 258)),
    "K": Test("mmol/L", 1, ((35, 51), (34, 50)), 42, 0.05, 0.05, 0.98, (34, 53)),
    "SODIUM": Test("mmol/L", 0, ((136, 145), (135, 146)), 140, 0.008, 0.01, 1.0, (133, 148)),
    "MG": Test("mmol/L", 2, ((70, 105), (66, 107)), 84, 0.06, 0.05, 0.98, (60, 112)),
    "PHOS": Test("mmol/L", 2, ((81, 145), (80, 150)), 112, 0.08, 0.08, 0.98, (80, 150)),
    "GLUC": Test("mmol/L", 1, ((39, 61), (40, 60)), 55, 0.1, 0.09, 1.02, (38, 88)),
    "APTT": Test("s", 0, ((25, 37), (24, 36)), 30, 0.07, 0.03, 1.0, (24, 39)),
    "INR": Test("ratio", 1, ((8, 12), (8, 11)), 10, 0.05, 0.03, 1.0, (8, 12)),
}
HEMATOLOGY = ("HGB", "WBC", "NEUT", "LYM", "PLAT")
COAGULATION = ("APTT", "INR")
CHEMISTRY = tuple(code for code in TESTS if code not in (*HEMATOLOGY, *COAGULATION))
LABORATORIES = {
    "01": ("West Clinic laboratory", 0),
    "02": ("Westwood laboratory", 1),
    "03": ("Overland Park laboratory", 0),
    "04": ("North Clinic laboratory", 1),
    "05": ("Lee's Summit laboratory", 0),
}
ELIGIBLE = {"NEUT": 165, "PLAT": 110}  # least value before treatment (NCI-2019-00381, organ function)
# Event -> test and, by grade, the results of that grade; for transaminases in hundredths of the upper limit of normal.
GRADED: dict[str, tuple[str, dict[int, tuple[int, int]]]] = {
    NEUTROPHILS: ("NEUT", {1: (150, 176), 2: (100, 149), 3: (50, 99), 4: (18, 49)}),
    "Febrile neutropenia": ("NEUT", {3: (50, 99)}),
    PLATELETS: ("PLAT", {1: (80, 135), 2: (50, 74), 3: (25, 49), 4: (10, 24)}),
    "White blood cell decreased": ("WBC", {1: (300, 370), 2: (260, 295), 3: (186, 199)}),
    "Anemia": ("HGB", {1: (101, 114), 2: (80, 99), 3: (66, 79)}),
    "Hypokalemia": ("K", {1: (30, 33), 3: (25, 29)}),
    LIVER_TEST: ("ALT", {1: (120, 280), 2: (320, 480), 3: (530, 900)}),
    "Aspartate aminotransferase increased": ("AST", {1: (120, 280), 2: (320, 480), 3: (530, 900)}),
}
RATIOS = ("ALT", "AST")
LEAST_LYMPHOCYTES, OTHER_CELLS = {2: 80, 3: 55}, (25, 45)


def record_labs(story: Story, stream: Stream) -> list[Record]:
    """Return lb: a panel at each visit of the calendar, coagulation at screening, hematology only on C1D8 and C1D15."""
    own = {code: _own_level(test, stream.child(code)) for code, test in TESTS.items()}
    return [record for visit in attended(story) for record in _panel(story, visit, own, stream.child(visit.folder))]


def _own_level(test: Test, stream: Stream) -> float:
    return test.level * max(0.5, 1.0 + stream.normal(0.0, test.between))


def _panel(story: Story, visit: Attended, own: dict[str, float], stream: Stream) -> list[Record]:
    results = _results(story, visit, own, stream)
    codes = HEMATOLOGY if visit.cycle and not visit.first_day else (*HEMATOLOGY, *CHEMISTRY)
    codes += COAGULATION if visit.folder == SCREENING else ()
    # Before the first dose of the day, which is not taken before 8 o'clock.
    clock = clock_text(stream.child("clock").integer(*((7 * 60, 7 * 60 + 50) if visit.cycle else (8 * 60, 11 * 60))))
    fasting = "Y" if stream.child("fasting").chance(0.4) else "N"
    return [_record(story, visit, code, results[code], (clock, fasting)) for code in codes]


def _record(story: Story, visit: Attended, code: str, result: int, taken: tuple[str, str]) -> Record:
    test, when = TESTS[code], story.person.on(visit.day)
    name, analyzer = LABORATORIES[story.person.site]
    low, high = test.ranges[analyzer]
    values: dict[str, object] = {"lbtestcd": code, "lbdtc": when, "lbtm": taken[0], "fasting": taken[1]}
    values |= {"lborres": fixed(result, test.decimals), "lborresu": test.unit, "lbnam": name}
    values |= {"lbnrlo": fixed(low, test.decimals), "lbnrhi": fixed(high, test.decimals)}
    return Record("lb", visit.folder, when, values)


def _results(story: Story, visit: Attended, own: dict[str, float], stream: Stream) -> dict[str, int]:
    """Return the results of all tests at a visit, in units of the last decimal place."""
    grades = graded_at(story, visit.day)
    analyzer = LABORATORIES[story.person.site][1]
    results = {}
    for code, test in TESTS.items():
        drawn = stream.child(code)
        results[code] = _usual(code, test, own[code], visit.day, drawn)
        if code in grades:
            low, high = grades[code][1]
            upper = test.ranges[analyzer][1] if code in RATIOS else 100
            results[code] = drawn.integer(low * upper // 100 + (code in RATIOS), high * upper // 100)
    _white_cells(results, grades, stream.child("white cells"))
    return results


def _usual(code: str, test: Test, own: float, day: int, stream: Stream) -> int:
    low, high = test.bounds
    if day <= 0:
        low = ELIGIBLE.get(code, low)
    level = own * (test.on_drug if day > 0 else 1.0)
    return min(max(int(level * (1.0 + stream.normal(0.0, test.within)) + 0.5), low), high)


def graded_at(story: Story, day: int) -> dict[str, tuple[int, tuple[int, int]]]:
    """Return, by test, the worst grade of the events in course on a day after the first dose, and its results."""
    worst: dict[str, tuple[int, tuple[int, int]]] = {}
    for event in story.events:
        if event.decod in GRADED and lasts(event, day):
            code, results = GRADED[event.decod]
            worst[code] = max(worst.get(code, (0, (0, 0))), (event.grade, results[event.grade]))
    return worst


def lasts(event: Event, day: int) -> bool:
    """Return whether an event is in course at a visit; a sample of the first day is taken before the first dose."""
    return day > 0 and event.start <= day and (event.end is None or day <= event.end)


def _white_cells(results: dict[str, int], grades: dict[str, tuple[int, tuple[int, int]]], stream: Stream) -> None:
    """Make white cells the sum of neutrophils, lymphocytes and others, as low as an event of white cells asks."""
    others = stream.integer(*OTHER_CELLS)
    if "WBC" not in grades:
        least = TESTS["WBC"].bounds[0]
        results["LYM"] = max(results["LYM"], least - results["NEUT"] - others)
        results["WBC"] = results["NEUT"] + results["LYM"] + others
        return
    floor = LEAST_LYMPHOCYTES.get(grades["WBC"][0], 100)
    rest = results["WBC"] - results["NEUT"] - OTHER_CELLS[0]
    if rest < floor:
        results["NEUT"] -= floor - rest
        rest = floor
    results["LYM"] = rest
