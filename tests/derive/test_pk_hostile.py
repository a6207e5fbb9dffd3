"""Hostile samples from the raw CSV to parameters: each ends in a query, and never in a number that nobody can explain.

Dose at 08:00 of 6 January 2020 and four samples; one cell is changed in each case. Values by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pandas as pd
import pytest

from crf2csr.clean import cross_checks_pk as checks
from crf2csr.clean.forms import empty_form, prepare_form
from crf2csr.clean.pc import pc
from crf2csr.contracts import load_contract
from crf2csr.derive.adpc import adpc
from crf2csr.derive.adpp import adpp
from tests.builders import conforming, domain, study_view
from tests.extracts import MAPPING, csv_text, read_text, view

FLAGS = {v.name: "N" for v in load_contract("derive", "adsl").variables if v.core == "req" and v.name.endswith("FL")}
KEYS = ("pk.cmax_days", "pk.trough_days", "pk.windows_min", "pk.clock_change")
CHECKS = {
    checks.planned_times: True,
    checks.sample_order: False,
    checks.sample_windows: True,
    checks.clock_changes: True,
    checks.trough_conditions: True,
    checks.repeated_samples: False,
    checks.below_limit: False,
    checks.drug_before_dose: False,
    checks.samples_and_results: False,
}
DOSED = {"ANALYTE": "Palbociclib", "DOSDAT_RAW": "06-Jan-2020", "DOSTM": "08:00", "UNIT": "ng/mL", "LLOQ": "1.00"}
SAMPLES = {"0": ("07:40", "BLQ"), "2": ("10:00", "20"), "4": ("12:00", "40"), "8": ("16:00", "30")}
TROUGH = {
    "FOLDER": "Cycle 1 Day 15",
    "TPT": "0",
    "PCDAT_RAW": "20-Jan-2020",
    "PCTM": "07:55",
    "DOSDAT_RAW": "20-Jan-2020",
    "PRVDAT_RAW": "19-Jan-2020",
    "PRVTM": "08:05",
    "MISSED7": "0",
    "CONC": "70.5",
}


Changes = dict[int, dict[str, str]]


@dataclass(frozen=True)
class Found:
    """What the records of a subject became: rule and record of the queries, exclusions by visit and hour, parameter
    texts and reasons, records removed."""

    queries: set[tuple[str, int]]
    excluded: dict[str, str]
    values: dict[str, str]
    reasons: dict[str, str]
    removed: list[int]


def records(subject: str, changes: Changes) -> list[dict[str, str]]:
    """Records 2 to 5 are the profile, 6 the trough; 7 repeats a record that the changes name."""
    profile = [
        {**DOSED, "FOLDER": "Cycle 1 Day 1", "TPT": hour, "PCDAT_RAW": "06-Jan-2020", "PCTM": time, "CONC": result}
        for hour, (time, result) in SAMPLES.items()
    ]
    named = [
        {"SUBJECT": subject, **row, "SPECIMEN": f"{subject}-{number}"}
        for number, row in enumerate([*profile, {**DOSED, **TROUGH}], start=2)
    ]
    return [
        *({**row, **changes.get(number, {})} for number, row in enumerate(named, start=2)),
        *(named[number - 2] for number in changes if not changes[number]),
    ]


#: Case, changed cells by raw row, queries, excluded records, Cmax and trough as text.
PROFILE = [
    (
        "labeled after and drawn before the dose",
        {4: {"PCTM": "07:50"}},
        {("Q-1002", 4), ("Q-1003", 4)},
        {"C1D1 4.0": "SAMPLE_ORDER"},
        "30",
    ),
    ("labeled before and drawn after it", {2: {"PCTM": "08:20"}}, {("Q-1002", 2)}, {"C1D1 0.0": "SAMPLE_ORDER"}, "40"),
    (
        "one actual time twice",
        {4: {"PCTM": "10:00"}},
        {("Q-1003", 4), ("Q-1004", 4)},
        {"C1D1 2.0": "DUPLICATE", "C1D1 4.0": "DUPLICATE"},
        "NOT DONE",
    ),
    ("one nominal time twice", {4: {"TPT": "2"}}, {("Q-103", 3), ("Q-103", 4)}, {}, "30"),
    ("a specimen id twice", {3: {"SPECIMEN": "X"}, 4: {"SPECIMEN": "X"}}, {("Q-1004", 4)}, {}, "40"),
    ("below the limit as <1.00", {3: {"CONC": "<1.00"}}, set(), {}, "40"),
    ("below the limit as BLQ", {3: {"CONC": "BLQ"}}, set(), {}, "40"),
    ("below another limit", {3: {"CONC": "<2.50"}}, {("Q-1005", 3)}, {}, "40"),
    ("number below the limit", {3: {"CONC": "0.4"}}, {("Q-1005", 3)}, {}, "40"),
    ("not reported", {4: {"CONC": "NR"}}, set(), {}, "30"),
    ("blank", {4: {"CONC": ""}}, {("Q-1010", 4)}, {}, "30"),
    ("negative", {4: {"CONC": "-40"}}, {("Q-1007", 4)}, {"C1D1 4.0": "NEGATIVE"}, "30"),
    ("a dash for no result", {4: {"CONC": "-"}}, {("Q-108", 4)}, {}, "30"),
    ("a number with its unit", {4: {"CONC": "40 ng/mL"}}, {("Q-108", 4)}, {}, "30"),
    ("micrograms in a liter", {4: {"UNIT": "ug/L"}}, set(), {}, "40"),
    ("the same with the sign for micro", {4: {"UNIT": "µg/L"}}, set(), {}, "40"),
    ("nanomoles in a liter", {4: {"UNIT": "nmol/L"}}, {("Q-1007", 4)}, {}, "30"),
    ("nM", {4: {"UNIT": "nM"}}, {("Q-107", 4), ("Q-1007", 4)}, {}, "30"),
    ("no unit", {4: {"UNIT": ""}}, {("Q-1007", 4)}, {}, "30"),
    ("dose vomited at 4 h", {4: {"DOSPROB": "Vomited"}}, {("Q-1009", 4)}, {}, "40"),
    ("time of the sample missing", {4: {"PCTM": ""}}, set(), {}, "40"),
    ("time of the sample impossible", {4: {"PCTM": "25:10"}}, {("Q-108", 4)}, {}, "40"),
    ("sample not drawn", {4: {"PCDAT_RAW": "", "PCTM": ""}}, {("Q-1010", 4)}, {}, "40"),
    (
        "sample of the wrong year",
        {4: {"PCDAT_RAW": "06-Jan-2021"}},
        {("Q-1003", 4)},
        {"C1D1 4.0": "OUT_OF_WINDOW"},
        "30",
    ),
    ("drug before the first dose", {2: {"CONC": "2.1"}}, {("Q-1006", 2)}, {}, "40"),
    ("time not planned", {4: {"TPT": "6", "PCTM": "14:00"}}, {("Q-1001", 4)}, {"C1D1 6.0": "NOT_PLANNED"}, "30"),
    (
        "visit not planned",
        {4: {"FOLDER": "Cycle 2 Day 1"}},
        {("Q-1001", 4)},
        {"C2D1 4.0": "NOT_PLANNED"},
        "30",
    ),
]


#: Case, changed cells of the trough, rules of its queries, reason why it is not summarized.
TROUGHS = [
    ("a dose missed", {"MISSED7": "1"}, {"Q-1008"}, "DOSE_NOT_TAKEN"),
    ("doses not confirmed", {"MISSED7": ""}, {"Q-1008"}, "DOSE_NOT_TAKEN"),
    ("drawn after the dose of the day", {"PCTM": "08:30"}, {"Q-1002"}, "OUT_OF_WINDOW"),
    ("27 h after the dose before", {"PRVTM": "04:55"}, {"Q-1008"}, "OUT_OF_WINDOW"),
    ("negative", {"CONC": "-1"}, {"Q-1007"}, "NEGATIVE"),
    ("not reported", {"CONC": "NR"}, set(), "MISSING_ALL"),
    ("another planned time", {"TPT": "2"}, {"Q-1001", "Q-1002"}, "MISSING_ALL"),
    ("another visit", {"FOLDER": "Cycle 2 Day 1"}, {"Q-1001"}, "MISSING_ALL"),
    ("a visit that the schedule does not name", {"FOLDER": "Cycle 1 Day 3"}, {"Q-1001", "Q-120"}, "MISSING_ALL"),
]


EVENING = {
    2: {"PCTM": "21:50", "DOSTM": "22:00"},
    3: {"PCDAT_RAW": "07-Jan-2020", "PCTM": "00:00", "DOSTM": "22:00"},
    4: {"PCDAT_RAW": "07-Jan-2020", "PCTM": "02:00", "DOSTM": "22:00"},
    5: {"PCDAT_RAW": "07-Jan-2020", "PCTM": "06:00", "DOSTM": "22:00"},
}


#: 8 March 2020, 02:00: from 08:05 to 07:55 the clocks say 23 h 50 min, it was 22 h 50 min.
NIGHT = {"PCDAT_RAW": "08-Mar-2020", "DOSDAT_RAW": "08-Mar-2020", "PRVDAT_RAW": "07-Mar-2020"}
CASES: dict[str, Changes] = {
    "plain": {},
    "no dose time": {row: {"DOSTM": ""} for row in range(2, 6)},
    "no dose": {row: {"DOSPROB": "Missed", "DOSTM": ""} for row in range(2, 6)},
    "evening": EVENING,
    "evening without a new date": {**EVENING, 4: {**EVENING[4], "PCDAT_RAW": "06-Jan-2020"}},
    "clocks": {6: NIGHT},
    "twice": {4: {}},
    "after the cutoff": {6: {"PCDAT_RAW": "01-Jul-2023"}},
    "single sample": {row: {"CONC": "NR"} for row in (2, 3, 4, 6)},
    "all below the limit": {row: {"CONC": "<1.00"} for row in range(2, 7)},
    "nothing reported": {row: {"CONC": "NR"} for row in range(2, 7)},
    "peak at the last sample": {5: {"CONC": "50"}},
    **{name: changes for name, changes, *_ in PROFILE},
    **{f"trough: {name}": {6: cells} for name, cells, *_ in TROUGHS},
}


@cache
def all_found() -> dict[str, Found]:
    """Read, clean, check and derive one file with a subject for each case."""
    subjects = {name: f"01-{number:03}" for number, name in enumerate(CASES, start=1)}
    given = [row for name, changes in CASES.items() for row in records(subjects[name], changes)]
    pk = prepare_form(read_text("pk", csv_text("pk", *given, delimiter=";")), "pk", MAPPING, view())
    cleaned = pc(pk, empty_form("bio"), study_view(pc))
    assert len(cleaned.data) + len(cleaned.removed) + len(pk.removed) == len(given), "no record gets lost"
    adsl = conforming(
        "derive",
        "adsl",
        "USUBJID|TRT01P|TRT01PN|TRT01AN|PKFL" + "".join(f"\n{s}|75 mg|75|75|Y" for s in subjects.values()),
        **FLAGS,
    ).assign(TRTSDT=pd.Timestamp("2020-01-06"), PALSDT=pd.Timestamp("2020-01-06"))
    first = adpc(adsl, cleaned.data, study_view(adpc))
    second = adpp(adsl, first.data, study_view(adpp))
    queries = [pk.queries, cleaned.queries, first.queries, checks.dose_problems(cleaned.data, domain("ae"))]
    queries += [
        check(cleaned.data, study_view(KEYS)) if keyed else check(cleaned.data) for check, keyed in CHECKS.items()
    ]
    doubted = pd.concat([frame[["rule", "RAWROW"]] for frame in queries])
    removed = pd.concat([pk.removed, cleaned.removed])
    place = {line: (row["SUBJECT"], line) for line, row in enumerate(given, start=2)}
    start = {subject: min(line for of, line in place.values() if of == subject) for subject in subjects.values()}

    def own(numbers: pd.Series, subject: str) -> list[int]:
        return [int(n) - start[subject] + 2 if place[int(n)][0] == subject else 0 for n in numbers]

    found = {}
    for name, subject in subjects.items():
        data, parameters = (each.data[each.data["SUBJID"].eq(subject)] for each in (first, second))
        found[name] = Found(
            {pair for pair in zip(doubted["rule"], own(doubted["RAWROW"], subject), strict=True) if pair[1]},
            by_name(data, "NCAXRS", "AVISIT", "NRRLT"),
            by_name(parameters, "AVALC", "PARAMCD"),
            by_name(parameters, "EXREASCD", "PARAMCD"),
            sorted(n for n in own(removed["RAWROW"], subject) if n),
        )
    return found


def by_name(data: pd.DataFrame, value: str, *names: str) -> dict[str, str]:
    known = data[data[value].notna()]
    return {" ".join(str(row[name]) for name in names): str(row[value]) for row in known.to_dict("records")}


def test_the_file_as_it_is_has_no_query() -> None:
    found = all_found()["plain"]
    assert (found.queries, found.excluded, found.removed) == (set(), {}, [])
    assert (found.values["CMAX"], found.values["TMAX"], found.values["CTROUGH"]) == ("40", "4", "70.5")
    assert found.reasons == dict.fromkeys(("LAMZ", "LAMZHL", "AUCIFO"), "TOO_FEW_POINTS")


@pytest.mark.parametrize(
    ("name", "queries", "excluded", "cmax"),
    [(name, *expected) for name, _, *expected in PROFILE],
    ids=[case[0] for case in PROFILE],
)
def test_a_sample_of_the_profile(name: str, queries: set[tuple[str, int]], excluded: dict[str, str], cmax: str) -> None:
    found = all_found()[name]
    assert found.queries == queries
    assert found.excluded == excluded
    assert (found.values["CMAX"], found.values["CTROUGH"]) == (cmax, "70.5")


@pytest.mark.parametrize(("name", "rules", "reason"), [(name, *expected) for name, _, *expected in TROUGHS])
def test_a_trough(name: str, rules: set[str], reason: str) -> None:
    found = all_found()[f"trough: {name}"]
    assert {rule for rule, _ in found.queries} == rules
    assert (found.reasons["CTROUGH"], found.reasons["CTROUGHD"]) == (reason, reason)
    assert found.values["CMAX"] == "40"


@pytest.mark.parametrize(
    ("name", "rule", "reason"), [("no dose time", "Q-1002", "NO_DOSE_TIME"), ("no dose", "Q-1009", "DOSE_NOT_TAKEN")]
)
def test_the_dose_was_not_taken_or_has_no_time(name: str, rule: str, reason: str) -> None:
    found = all_found()[name]
    assert found.queries == {(rule, row) for row in range(2, 6)}
    assert {found.reasons[code] for code in ("CMAX", "TMAX", "AUCINT", "LAMZ")} == {reason}


def test_samples_after_midnight_are_after_the_dose() -> None:
    found = all_found()["evening"]
    assert (found.queries, found.values["TMAX"], found.values["CMAX"]) == (set(), "4", "40")


def test_a_date_that_was_not_turned_over_at_midnight_is_queried() -> None:
    found = all_found()["evening without a new date"]
    assert found.queries == {("Q-1002", 4), ("Q-1003", 4)}
    assert found.excluded == {"C1D1 4.0": "SAMPLE_ORDER"}


def test_clocks_that_went_forward_in_the_night_before_a_trough() -> None:
    found = all_found()["clocks"]
    assert (found.queries, found.values["CTROUGH"]) == ({("Q-1003", 6)}, "70.5")


def test_a_record_that_came_twice_counts_once() -> None:
    found = all_found()["twice"]
    assert (found.queries, found.removed, found.values["CMAX"]) == ({("Q-104", 7)}, [7], "40")


def test_a_record_after_the_cutoff_is_not_used() -> None:
    assert all_found()["after the cutoff"].reasons["CTROUGH"] == "MISSING_ALL"


def test_one_sample_after_the_dose_is_listed_and_not_summarized() -> None:
    found = all_found()["single sample"]
    assert (found.values["CMAX"], found.reasons["CMAX"]) == ("30", "TOO_FEW_POINTS")
    assert (found.values["TMAX"], found.reasons["TMAX"]) == ("8", "TOO_FEW_POINTS")
    # nothing before the first dose counts as 0: 30 * 8 / 2
    assert (found.values["AUCINT"], found.reasons["CTROUGH"]) == ("120", "MISSING_ALL")
    assert found.reasons["LAMZ"] == "TMAX_AT_LAST"


def test_nothing_but_values_below_the_limit() -> None:
    found = all_found()["all below the limit"]
    assert (found.values["CMAX"], found.values["CMAXD"], found.values["CTROUGH"]) == ("BLQ", "BLQ", "BLQ")
    others = ("TMAX", "CLST", "TLST", "AUCLST", "AUCINT", "LAMZ", "LAMZHL", "AUCIFO")
    assert found.reasons == dict.fromkeys(others, "BLQ_ALL")


def test_nothing_reported_is_missing_and_never_zero() -> None:
    found = all_found()["nothing reported"]
    assert set(found.values.values()) == {"NOT DONE"}
    assert set(found.reasons.values()) == {"MISSING_ALL"}
    assert len(found.reasons) == 12


def test_peak_at_the_last_sample() -> None:
    found = all_found()["peak at the last sample"]
    assert (found.values["CMAX"], found.values["TMAX"]) == ("50", "8")
    assert found.reasons == dict.fromkeys(("LAMZ", "LAMZHL", "AUCIFO"), "TMAX_AT_LAST")
