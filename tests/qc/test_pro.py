"""The second program of patient-reported worsening: hand-worked raw folders and the dirt that an extract can hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crf2csr.compare import compare
from crf2csr.errors import InputError
from crf2csr.jobs.qc import PROGRAMS
from qc.pro import recompute
from tests.qc.raw import write_extract

VALUES: dict[str, Any] = {
    "data_cutoff": date(2020, 12, 31),
    "rp2d.value": 125,
    "ci.level": 0.95,
    "ci.method": "clopper_pearson",
    "pro.threshold.promis_t": Decimal(5),
    "pro.threshold.bcpt_item": 1,
    "pro.missing_baseline": "excluded",
    "pro.worst": "maximum_change",
}
# Two participants dosed first on 2020-01-06: 01-001 assigned 100 mg and given 75 mg, 01-002 first enrolled in phase II.
TABLES = {
    "dm": """SUBJECT|SEX
        01-001|Female
        01-002|Female
        01-003|Female""",
    "enr": """SUBJECT|ENRNO|ENRDAT_RAW|PHASE|LEVEL
        01-001|1|03-Jan-2020|Phase 1|100
        01-002|1|03-Jan-2020|Phase 2|125
        01-003|1|03-Jan-2020|Phase 2|125""",
    "ex_oral": """SUBJECT|DRUG|EXNO|GIVEN|STDAT_RAW|ENDAT_RAW|DOSE
        01-001|Letrozole|1|Yes|06-Jan-2020|26-Jan-2020|2.5
        01-001|Palbociclib|1|Yes|06-Jan-2020|26-Jan-2020|75
        01-001|Palbociclib|2|Yes|27-Jan-2020|16-Feb-2020|100
        01-002|Palbociclib|1|Yes|06-Jan-2020|26-Jan-2020|125""",
}
FIRST, SECOND, THIRD = (
    ("Cycle 1 Day 1", "06-Jan-2020"),
    ("Cycle 2 Day 1", "27-Jan-2020"),
    ("Cycle 3 Day 1", "17-Feb-2020"),
)


def promis(*forms: tuple[str, str, tuple[str, str], str], version: str = "v1.0") -> str:
    """Return a promis table of forms: subject, instrument, visit with its day, four answers."""
    lines = ["SUBJECT|FOLDER|INSTR|ITEM|VERSION|QSDAT_RAW|ANSWER|NOTDONE"]
    for subject, instrument, (folder, day), answers in forms:
        lines += [
            f"{subject}|{folder}|{instrument}|{item}|{version}|{day}|{answer.strip('-')}|No"
            for item, answer in enumerate(answers, start=1)
        ]
    return "\n".join(lines)


def bcpt(*answers: tuple[str, str, tuple[str, str], str]) -> str:
    lines = [f"{subject}|{folder}|{item}|{day}|{answer}|No" for subject, item, (folder, day), answer in answers]
    return "\n".join(["SUBJECT|FOLDER|ITEM|QSDAT_RAW|ANSWER|NOTDONE", *lines])


def run(folder: Path, tables: dict[str, str], **values: Any) -> dict[str, str]:
    return recompute(write_extract(folder, {**TABLES, **tables}), {**VALUES, **values})


def cell(found: dict[str, str], variable: str, statistic: str, column: str = "all", category: str = "Y") -> str:
    analysis = {"Y": "pro-outcome" if variable.endswith("ANY") else "pro-worsening"}.get(category, "pro-evaluable")
    return found[f"{analysis}-safety/c1-safety/{column}/{variable}/{category}/{statistic}"]


def test_worsening_of_a_scale_an_item_and_either(tmp_path):
    # Fatigue: sums 7, 8, 9 are 46.0, 48.6, 51.0: 5.0 worse at the third visit. BCPT01 of 01-002 rises by 2.
    tables = {
        "promis": promis(
            ("01-001", "Fatigue", FIRST, "2221"),
            ("01-001", "Fatigue", SECOND, "2222"),
            ("01-001", "Fatigue", THIRD, "3222"),
        ),
        "bcpt": bcpt(("01-002", "BCPT01", FIRST, "1"), ("01-002", "BCPT01", SECOND, "3")),
    }
    found = run(tmp_path, tables)
    assert [cell(found, name, "n") for name in ("PROMANY", "BCPTANY", "PROANY")] == ["1", "1", "2"]
    assert [cell(found, name, "N") for name in ("PROMANY", "BCPTANY", "PROANY")] == ["1", "1", "2"]
    assert [cell(found, name, "n") for name in ("FATIGUE", "BCPT01", "BCPT01-2", "ANXIETY")] == ["1", "1", "1", "0"]
    # 2 of 2: exact lower limit 0.025 ** (1/2) = 0.158113883 (tests/reference/exact_intervals.json: 15.8)
    assert (cell(found, "PROANY", "lower"), cell(found, "PROANY", "upper")) == ("0.158113883", "1.0")
    assert cell(found, "ANXIETY", "estimate") == "–"
    assert cell(found, "NOBASE", "n", category="FATIGUE") == "1"
    assert found["01-001/FATIGUE/C3D1/AVALC"] == "51.0"
    assert found["01-002/BCPT01/C2D1/AVALC"] == "3"


def test_columns_of_the_dose_taken_and_of_the_assigned_level(tmp_path):
    tables = {"bcpt": bcpt(("01-001", "BCPT01", FIRST, "0"), ("01-001", "BCPT01", SECOND, "1"))}
    found = run(tmp_path, tables)
    counted = {column: cell(found, "BCPT01", "n", column) for column in ("d75", "d100", "d125", "rp2d", "all")}
    assert counted == {"d75": "1", "d100": "0", "d125": "0", "rp2d": "0", "all": "1"}


@pytest.mark.parametrize(
    ("forms", "version", "evaluable"),
    [
        ([("Fatigue", FIRST, "2222"), ("3", SECOND, "2222")], "v1.0", "1"),  # label, and code of the other extract
        ([("Fatigue", FIRST, "222-"), ("Fatigue", SECOND, "2222")], "v1.0", "0"),
        ([("Fatigue", FIRST, "2226"), ("Fatigue", SECOND, "2222")], "v1.0", "0"),
        ([("Fatigue", FIRST, "2222"), ("Fatigue", SECOND, "2222")], "v9.9", "0"),
        ([("Fatigue", FIRST, "2222"), ("Fatigue", ("Cycle 2 Day 1", "01-Jan-2021"), "2222")], "v1.0", "0"),
        ([("Fatigue", ("Cycle 1 Day 1", "07-Jan-2020"), "2222"), ("Fatigue", SECOND, "2222")], "v1.0", "0"),
        ([("Fatigue", ("Cycle 1 Day 1", ""), "2222"), ("Fatigue", SECOND, "2222")], "v1.0", "1"),
        ([("Fatigue", ("Cycle 1 Day 1", "UN-Jan-2020"), "2222"), ("Fatigue", SECOND, "2222")], "v1.0", "1"),
    ],
)
def test_who_is_evaluable(tmp_path, forms, version, evaluable):
    found = run(tmp_path, {"promis": promis(*(("01-001", *form) for form in forms), version=version)})
    assert cell(found, "EVALUABLE", "n", category="FATIGUE") == evaluable


def test_less_is_worse_for_physical_function(tmp_path):
    # sums 18, 16 and 15 of version 2.0 are 45.5, 41.9 and 40.5: 3.6 and exactly 5.0 worse; 20 is 57.0 and better
    for answers, worsened in (("4444", "0"), ("4443", "1"), ("5555", "0")):
        forms = (("01-001", "Physical function", FIRST, "5544"), ("01-001", "Physical function", SECOND, answers))
        found = run(tmp_path, {"promis": promis(*forms, version="v2.0")})
        assert cell(found, "PHYSFUN", "n") == worsened


def test_worsening_and_severity_at_each_visit(tmp_path):
    # Fatigue: sums 7, 9, 13 are 46.0, 51.0 and 58.8 (mild from 55): worse by 5.0 and 12.8; sum 6 is 43.1, better.
    end = ("End of Treatment", "01-Mar-2020")
    tables = {
        "promis": promis(
            *(("01-001", "Fatigue", visit, answers) for visit, answers in ((FIRST, "2221"), (SECOND, "3222"))),
            *(("01-001", "Fatigue", visit, answers) for visit, answers in ((THIRD, "4333"), (end, "2211"))),
        ),
        "bcpt": bcpt(("01-001", "BCPT01", FIRST, "1"), ("01-001", "BCPT01", SECOND, "3")),
    }
    found = run(tmp_path, tables)
    flags = {visit: found[f"01-001/FATIGUE/{visit}/WORSFL"] for visit in ("C2D1", "C3D1", "EOT", "WORST")}
    assert flags == {"C2D1": "Y", "C3D1": "Y", "EOT": "N", "WORST": "Y"}
    assert found["01-001/PROMANY/WORST/WORSFL"] == "Y"
    assert counted(found, "pro-worsening-visit", "FATIGUE EOT", "Y") == ("0", "1")
    assert counted(found, "pro-worsening-visit", "FATIGUE C3D1", "Y") == ("1", "1")
    assert counted(found, "pro-worsening-visit", "FATIGUE C4D1", "Y") == ("0", "0")
    assert counted(found, "pro-shift-scales", "FATIGUE", "Within normal limits/Mild") == ("1", "1")
    assert counted(found, "pro-shift-scales", "FATIGUE", "Total/Mild") == ("1", "1")
    assert counted(found, "pro-shift-items", "BCPT01", "1/3") == ("1", "1")
    assert counted(found, "pro-maximum", "BCPT01", "3") == ("1", "1")


def counted(found: dict[str, str], analysis: str, variable: str, category: str) -> tuple[str, str]:
    address = f"{analysis}-safety/c1-safety/all/{variable}/{category}"
    return found[f"{address}/n"], found[f"{address}/N"]


def test_expected_and_received_forms(tmp_path):
    """01-001 took palbociclib to 16 February 2020, day 42, the day before C3D1; 01-002 goes on to the cutoff, day 361
    (31 December): C18D1 is day 358."""
    eot = "SUBJECT|DRUG|LASTDAT_RAW|REASON\n01-001|Palbociclib|16-Feb-2020|Death\n01-001|Letrozole|26-Jan-2020|Death"
    tables = {
        "eot": eot,
        "promis": promis(("01-001", "Fatigue", FIRST, "2221"), ("01-001", "Fatigue", SECOND, "222-")),
        "bcpt": bcpt(("01-001", "BCPT07", THIRD, "1"), ("01-001", "BCPT07", SECOND, "5")),
    }
    found = run(tmp_path, tables)
    flags = {key.removeprefix("01-001/"): text for key, text in found.items() if key.endswith(("/EXPFL", "/RECFL"))}
    own = {key: text for key, text in flags.items() if not key.startswith("01-")}
    assert own == {
        **{"PROMCOMP/C1D1/EXPFL": "Y", "PROMCOMP/C1D1/RECFL": "Y", "PROMCOMP/C2D1/EXPFL": "Y"},
        **{"PROMCOMP/C2D1/RECFL": "N", "PROMCOMP/EOT/EXPFL": "Y", "PROMCOMP/EOT/RECFL": "N"},
        **{"BCPTCOMP/C1D1/EXPFL": "Y", "BCPTCOMP/C1D1/RECFL": "N", "BCPTCOMP/C2D1/EXPFL": "Y"},
        **{"BCPTCOMP/C2D1/RECFL": "N", "BCPTCOMP/EOT/EXPFL": "Y", "BCPTCOMP/EOT/RECFL": "N"},
        **{"BCPTCOMP/C3D1/EXPFL": "N", "BCPTCOMP/C3D1/RECFL": "Y"},
    }
    going_on = [key for key in flags if key.startswith("01-002/PROMCOMP/") and key.endswith("/EXPFL")]
    assert sorted(going_on) == sorted(f"01-002/PROMCOMP/C{number}D1/EXPFL" for number in range(1, 19))
    assert counted(found, "pro-completion", "PROMCOMP C1D1", "Y") == ("1", "2")
    assert counted(found, "pro-completion", "BCPTCOMP C3D1", "Y") == ("0", "1")
    assert counted(found, "pro-completion", "PROMCOMP EOT", "Y") == ("0", "1")


def test_nothing_is_expected_after_death(tmp_path):
    eos = "SUBJECT|EOSDAT_RAW|REASON|DTHDAT_RAW\n01-001|30-Jan-2020|Death|30-Jan-2020"
    found = run(tmp_path, {"eos": eos})
    due = {key for key in found if key.startswith("01-001/PROMCOMP")}
    assert {key.split("/")[2] for key in due} == {"C1D1", "C2D1"}  # day 22 is 27 January


@pytest.mark.parametrize(
    ("key", "value"),
    [("ci.method", "wilson"), ("pro.missing_baseline", "best_possible"), ("pro.worst", "baseline_adjusted")],
)
def test_a_key_value_that_it_does_not_know_is_refused(tmp_path, key, value):
    with pytest.raises(InputError, match=f"key '{key}' = '{value}'"):
        run(tmp_path, {}, **{key: value})


def test_a_planted_difference_is_found(tmp_path):
    """One answer of one form changed between the programs: value, flags of visit and subject, and counts differ."""
    first = run(_folder(tmp_path, "first"), {"bcpt": bcpt(*ANSWERS, ("01-001", "BCPT01", SECOND, "1"))})
    second = run(_folder(tmp_path, "second"), {"bcpt": bcpt(*ANSWERS, ("01-001", "BCPT01", SECOND, "2"))})
    found = {line["key"] for line in compare(first, second)}
    start = "01-001/BCPT01"
    assert {
        f"{start}/C2D1/AVALC",
        f"{start}/C2D1/WORSFL",
        f"{start}/WORST/WORSFL",
        "01-001/PROANY/WORST/WORSFL",
    } <= found
    for analysis, variable in (("pro-worsening", "BCPT01/Y"), ("pro-maximum", "BCPT01/2"), ("pro-outcome", "PROANY/Y")):
        assert f"{analysis}-safety/c1-safety/all/{variable}/n" in found
    assert compare(first, first) == []


ANSWERS = (("01-001", "BCPT01", FIRST, "1"), ("01-002", "BCPT01", FIRST, "0"), ("01-002", "BCPT01", SECOND, "0"))


def _folder(parent: Path, name: str) -> Path:
    (parent / name).mkdir()
    return parent / name


def test_it_asks_for_the_keys_that_the_job_gives():
    assert set(VALUES) == set(PROGRAMS["pro"].keys)
