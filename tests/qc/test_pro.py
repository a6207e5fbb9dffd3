"""The second program of patient-reported worsening: hand-worked raw folders and the dirt that an extract can hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

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
FIRST, SECOND, THIRD = ("Cycle 1 Day 1", "06-Jan-2020"), ("Cycle 2 Day 1", "27-Jan-2020"), ("C3D1", "17-Feb-2020")


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
    assert found["01-001/FATIGUE/C3D1"] == "51.0"
    assert found["01-002/BCPT01/C2D1"] == "3"


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


def test_an_interval_method_that_it_does_not_know_is_refused(tmp_path):
    with pytest.raises(InputError, match="clopper_pearson only"):
        run(tmp_path, {}, **{"ci.method": "wilson"})


def test_it_asks_for_the_keys_that_the_job_gives():
    assert set(VALUES) == set(PROGRAMS["pro"].keys)
