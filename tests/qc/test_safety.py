"""The second program of the adverse events: hand-worked raw folders and the dirt that an extract can hold."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crf2csr.errors import InputError
from crf2csr.jobs.qc import PROGRAMS
from qc.safety import recompute
from tests.qc.raw import write_extract

VALUES: dict[str, Any] = {
    "data_cutoff": date(2020, 12, 31),
    "rp2d.value": 125,
    "ci.level": 0.95,
    "ci.method": "clopper_pearson",
    "teae.window_days": 30,
    "death.window_days": 30,
    "ae.common_cut_pct": 10,
    "ae.missing_grade": "missing",
    "ae.missing_relation": "not_related",
}
# 01-001: assigned 100 mg, given 75 mg, last dose 2020-02-16, window to 2020-03-17. 01-002: first in phase II, goes on.
TABLES = {
    "dm": "SUBJECT|SEX\n01-001|Female\n01-002|Female",
    "enr": """SUBJECT|ENRNO|ENRDAT_RAW|PHASE|LEVEL
        01-001|1|03-Jan-2020|Phase 1|100
        01-002|1|03-Jan-2020|Phase 2|125""",
    "ex_oral": """SUBJECT|DRUG|EXNO|GIVEN|STDAT_RAW|ENDAT_RAW|DOSE|TAKEN
        01-001|Palbociclib|1|Yes|06-Jan-2020|26-Jan-2020|75|21
        01-001|1|2|Yes|27-Jan-2020|16-Feb-2020|100|21
        01-001|Palbociclib|3|Yes|17-Feb-2020|01-Mar-2020|100|0
        01-002|Palbociclib|1|Yes|06-Jan-2020||125|""",
    "eot": "SUBJECT|DRUG|LASTDAT_RAW\n01-001|Palbociclib|16-Feb-2020",
}
HEAD = "SUBJECT|AENO|TERM|DECOD|BODSYS|STDAT_RAW|ENDAT_RAW|GRADE"


def run(folder: Path, events: str = HEAD, tables: dict[str, str] | None = None, **values: Any) -> dict[str, str]:
    return recompute(write_extract(folder, {**TABLES, "ae": events, **(tables or {})}), {**VALUES, **values})


def events(*lines: str) -> str:
    return "\n".join([HEAD, *lines])


def counts(found: dict[str, str], row: str, *statistics: str, column: str = "all") -> list[str]:
    return [found[f"ae-overview-safety/c3-safety/{column}/{row}/Y/{name}"] for name in statistics]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("05-Jan-2020", "", ("2020-01-05", "N", "N")),
        ("06-Jan-2020", "", ("2020-01-06", "Y", "Y")),
        ("17-Mar-2020", "", ("2020-03-17", "Y", "Y")),  # 16 February + 30 days, 2020 being a leap year
        ("18-Mar-2020", "", ("2020-03-18", "N", "Y")),
        ("UN-Jan-2020", "", ("2020-01-06", "Y", "Y")),
        ("UN-Jan-2020", "05-Jan-2020", ("2020-01-01", "N", "N")),
        ("", "", ("2020-01-06", "Y", "Y")),
        ("", "05-Jan-2020", ("", "N", "N")),
        ("UN UNK 2020", "06-Jan-2020", ("2020-01-06", "Y", "Y")),
        ("30-Feb-2020", "", ("2020-01-06", "Y", "Y")),  # no such day: nothing is known
    ],
)
def test_start_and_emergence(tmp_path, start, end, expected):
    found = run(tmp_path, events(f"01-001|7|rash|Rash|Skin|{start}|{end}|1"))
    assert tuple(found.get(f"01-001/7/{name}", "") for name in ("ASTDT", "TRTEMFL", "FRSTFL")) == expected


def test_window_of_a_subject_still_treated_lasts_to_the_cutoff(tmp_path):
    found = run(tmp_path, events("01-002|1|rash|Rash|Skin|31-Dec-2020||1", "01-002|2|rash|Rash|Skin|01-Jan-2021||1"))
    assert found["01-002/1/TRTEMFL"] == "Y"
    assert "01-002/2/TRTEMFL" not in found  # after the cutoff


def test_split_and_repeated_records_are_one_event(tmp_path):
    found = run(
        tmp_path,
        events(
            "01-001|1|ache|Ache|Skin|10-Jan-2020|12-Jan-2020|1",
            "01-001|2|ache|Ache|Skin|13-Jan-2020|14-Jan-2020|3",
            "01-001|3|ache|Ache|Skin|13-Jan-2020|14-Jan-2020|3",
            "01-001|4|ache|Ache|Skin|20-Jan-2020|21-Jan-2020|2",
        ),
    )
    assert [found[f"01-001/{number}/AEVNTNUM"] for number in (1, 2, 3, 4)] == ["1", "1", "1", "4"]
    assert counts(found, "TEAE", "n", "N", "events") == ["1", "2", "2"]
    assert counts(found, "TEAE3", "n", "events") == ["1", "1"]
    # 1 of 2: the exact limits are 1 - 0.975 ** (1/2) and 0.975 ** (1/2)
    assert counts(found, "TEAE3", "lower", "upper") == ["0.012579117", "0.987420883"]


def test_an_event_from_before_counts_only_if_it_got_worse(tmp_path):
    found = run(
        tmp_path,
        events(
            "01-001|1|ache|Ache|Skin|01-Jan-2020|05-Jan-2020|2",
            "01-001|2|ache|Ache|Skin|06-Jan-2020|07-Jan-2020|1",
            "01-001|3|ache|Ache|Skin|08-Jan-2020|09-Jan-2020|3",
        ),
    )
    assert [found[f"01-001/{number}/TRTEMFL"] for number in (1, 2, 3)] == ["N", "N", "Y"]


def test_maximum_grade_by_class_and_term(tmp_path):
    found = run(
        tmp_path,
        events(
            "01-001|1|a|Ache|Skin|10-Jan-2020||ND",
            "01-001|2|b|Rash|Skin|10-Jan-2020||4",
            "01-001|3|c|Rash|Skin|11-Mar-2020||2",
            "01-002|1|d|||10-Jan-2020||-99",
        ),
    )

    def grades(*names: str) -> dict[str, str]:
        place = "/".join(["teae-grades-safety/c3-safety/all/AEBODSYS", *names])
        found_here = {grade: found[f"{place}/{grade}/n"] for grade in ("Any", "2", "4", ">=3", "Missing")}
        return {grade: n for grade, n in found_here.items() if n != "0"}

    assert grades() == {"Any": "2", "4": "1", ">=3": "1", "Missing": "1"}
    assert grades("Skin") == {"Any": "1", "4": "1", ">=3": "1"}
    assert grades("Skin", "Ache") == {"Any": "1", "Missing": "1"}
    assert grades("Uncoded", "Uncoded") == {"Any": "1", "Missing": "1"}
    assert found["teae-severe-safety/c3-safety/all/AEBODSYS/Skin/Rash/n"] == "1"
    assert "teae-severe-safety/c3-safety/all/AEBODSYS/Skin/Ache/n" not in found


def test_grades_of_the_overview(tmp_path):
    lines = [f"01-001|{grade}|x|X{grade}|Skin|10-Jan-2020||{grade}" for grade in (2, 3, 4, 5)]
    lines += ["01-002|2|x|X|Skin|10-Jan-2020||4"]
    found = run(tmp_path, events(*lines, "01-002|1|x|X|Skin|10-Jan-2020||6"))
    assert [counts(found, row, "n", "events") for row in ("TEAE3", "GRADE5")] == [["2", "4"], ["1", "1"]]
    assert counts(found, "NOGRADE", "n") == ["1"]  # 6 is no grade


def test_dose_columns_are_those_of_the_dose_taken(tmp_path):
    found = run(tmp_path, events("01-001|1|rash|Rash|Skin|10-Jan-2020||1", "01-002|1|rash|Rash|Skin|10-Jan-2020||1"))
    columns = {c: counts(found, "TEAE", "n", column=c)[0] for c in ("d75", "d100", "d125", "ph2", "rp2d", "all")}
    assert columns == {"d75": "1", "d100": "0", "d125": "0", "ph2": "1", "rp2d": "1", "all": "2"}


def test_relation_and_action(tmp_path):
    table = """SUBJECT|AENO|TERM|DECOD|BODSYS|STDAT_RAW|GRADE|RELPAL|RELLET|RELTDM|ACNPAL|ACNLET|ACNTDM|SERIOUS|DISC|DLT
        01-001|1|a|Ache|Skin|10-Jan-2020|1|Related|2|2|Drug withdrawn|1|3|No|No|Yes
        01-002|1|b|Ache|Skin|10-Jan-2020|1|Not related||2|2|1|1|Yes|1|No"""
    found = run(tmp_path, table)
    rows = ("RELANY", "RELPAL", "RELLET", "NOREL", "DISANY", "DISPAL", "REDANY", "INTTDM", "SER", "DISSTUDY", "DLT")
    assert [counts(found, row, "n")[0] for row in rows] == ["1", "1", "0", "1", "1", "1", "1", "1", "1", "1", "1"]


@pytest.mark.parametrize(
    ("death", "n"),
    [("17-Mar-2020", "1"), ("18-Mar-2020", "0"), ("UN-Mar-2020", "0"), ("UN-Feb-2020", "1"), ("01-Jan-2021", "0")],
)
def test_deaths_up_to_thirty_days_after_the_last_dose(tmp_path, death, n):
    ended = f"SUBJECT|EOSDAT_RAW|REASON|DTHDAT_RAW\n01-001|20-Mar-2020|Death|{death}"
    found = run(tmp_path, tables={"eos": ended})
    assert found["deaths-window-safety/c3-safety/all/DTHWINFL/Y/n"] == n


def test_tables_by_class_term_and_action(tmp_path):
    table = """SUBJECT|AENO|TERM|DECOD|BODSYS|STDAT_RAW|GRADE|RELPAL|RELTDM|ACNPAL|SERIOUS|OUTCOME|DTHDAT_RAW
        01-001|1|a|Ache|Skin|10-Jan-2020|3|Related|2|Drug withdrawn|Yes||
        01-001|2|b|Rash|Skin|11-Jan-2020|1|Not related|Related|1|No||
        01-002|1|c|Ache|Skin|10-Jan-2020|4|Not related|2|1|Yes|Fatal|01-Jan-2021
        01-002|2|d|Colic|Gut|10-Jan-2020|5|Not related|2|1|No||"""
    found = run(tmp_path, table)

    def n(analysis: str, variable: str, category: str) -> str:
        return found.get(f"{analysis}-safety/c3-safety/all/{variable}/{category}/n", "")

    assert [n("teae", "AEBODSYS", name) for name in ("", "Skin", "Skin/Ache", "Gut/Colic")] == ["2", "2", "2", "1"]
    assert [n("teae-common", "AEDECOD", name) for name in ("", "Ache", "Rash")] == ["2", "2", ""]  # 2 of 2, 1 of 2
    assert [n("teae-related", f"REL-{drug}", "") for drug in ("ANY", "PAL", "LET", "TDM")] == ["1", "1", "0", "1"]
    assert [n("teae-related", "REL-TDM", name) for name in ("Skin/Rash", "Skin/Ache")] == ["1", ""]
    assert [n("teae-serious", "AEBODSYS", name) for name in ("", "Skin/Ache", "Gut")] == ["2", "2", ""]
    assert [n("teae-related-severe", "AEBODSYS", ""), n("teae-related-serious", "AEBODSYS", "")] == ["1", "1"]
    assert [n("teae-action", "PAL-DIS", name) for name in ("", "Ache")] == ["1", "1"]
    # the death on the record of Ache comes after the cutoff of 31 December 2020: it is not known yet
    assert [n("teae-fatal", "AEDECOD", name) for name in ("", "Colic", "Ache")] == ["1", "1", ""]
    unreported = "deaths-unreported-safety/c1-safety/all/FATALFL/Y"
    assert [found[f"{unreported}/{name}"] for name in ("n", "N", "events")] == ["1", "2", "1"]


@pytest.mark.parametrize(
    ("death", "cause", "expected"),
    [
        ("17-Mar-2020", "Disease progression", {"DTHWINFL/Y", "DTHCAUS/DISEASE PROGRESSION"}),
        ("18-Mar-2020", "2", {"DTHWINFL/N", "DTHCAUS/ADVERSE EVENT"}),
        ("", "", {"NODAY/Y", "NOCAUSE/Y"}),
    ],
)
def test_deaths_by_time_and_cause(tmp_path, death, cause, expected):
    ended = f"SUBJECT|EOSDAT_RAW|REASON|DTHDAT_RAW|CAUSE\n01-001|20-Mar-2020|Death|{death}|{cause}"
    found = run(tmp_path, tables={"eos": ended})
    place = "deaths-safety/c1-safety/all/"
    counted = {
        key.removeprefix(place).removesuffix("/n")
        for key, n in found.items()
        if key.startswith(place) and key.endswith("/n") and n == "1"
    }
    assert counted == {"DTHFL/Y"} | expected


def test_no_events_have_zeros_and_no_terms(tmp_path):
    found = run(tmp_path)
    assert counts(found, "TEAE", "n", "N", "events", "estimate") == ["0", "2", "0", "0.0"]
    assert counts(found, "TEAE", "n", "estimate", "lower", column="d125") == ["0", "–", "–"]
    assert found["teae-severe-safety/c3-safety/all/AEBODSYS//n"] == "0"


def test_an_interval_method_that_it_does_not_know_is_refused(tmp_path):
    with pytest.raises(InputError, match="clopper_pearson' only"):
        run(tmp_path, **{"ci.method": "wilson"})


def test_it_asks_for_the_keys_that_the_job_gives():
    assert set(VALUES) == set(PROGRAMS["safety"].keys)
