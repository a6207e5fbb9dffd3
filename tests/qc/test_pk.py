"""The second program of pharmacokinetics on a hand-worked raw folder; the whole study compares both programs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from crf2csr.errors import InputError
from qc.pk import recompute
from tests.qc.raw import write_extract

#: The values of config/nct03709082/study.yaml, written out.
VALUES: dict[str, Any] = {
    "data_cutoff": date(2020, 12, 31),
    "rp2d.value": 125,
    "pk.analyte": "PALBOCICLIB",
    "pk.blq_rule": "zero_then_missing",
    "pk.blq_max_fraction": Fraction(1, 3),
    "pk.cmax_days": ("C1D1",),
    "pk.trough_days": ("C1D15",),
    "pk.zero_is_predose": True,
    "pk.predose_max_pct": Decimal(5),
    "pk.predose_exclude": True,
    "pk.min_postdose": 2,
    "pk.trough_prior_doses": 7,
    "pk.windows_min": {"predose": (-60, 0), "2h": (-10, 10), "4h": (-15, 15), "8h": (-30, 30), "trough": (1320, 1560)},
    "pk.unit": "ng/mL",
}
# 01-001, 75 mg: 2 h is 11 min late, 8 h at 7.75 h, one dose missed before the trough. 01-002, 125 mg, took 100 mg:
# 2.1 before the dose is 5.25 % of 40; 8 h BLQ. 01-003 has no dose record and is not counted.
TABLES = {
    "dm": "SUBJECT|SEX\n01-001|F\n01-002|F\n01-003|F",
    "enr": """SUBJECT|ENRNO|ENRDAT_RAW|PHASE|LEVEL
        01-001|1|03-Jan-2020|Phase 1|75
        01-002|1|03-Jan-2020|Phase 1|125""",
    "ex_oral": """SUBJECT|DRUG|EXNO|GIVEN|STDAT_RAW|ENDAT_RAW|DOSE|TAKEN
        01-001|Palbociclib|1|Yes|06-Jan-2020|26-Jan-2020|75|20
        01-002|1|1|Yes|06-Jan-2020|26-Jan-2020|100|21""",
    "pk": """SUBJECT|FOLDER|TPT|PCDAT_RAW|PCTM|DOSDAT_RAW|DOSTM|PRVDAT_RAW|PRVTM|DOSPROB|MISSED7|CONC|UNIT|LLOQ
        01-001|Cycle 1 Day 1|0|06-Jan-2020|07:40|06-Jan-2020|08:00|||||<1.00|ng/mL|1.00
        01-001|Cycle 1 Day 1|2|06-Jan-2020|10:11|06-Jan-2020|08:00|||||20|ng/mL|1.00
        01-001|Cycle 1 Day 1|4|06-Jan-2020|12:00|06-Jan-2020|08:00|||||30,5|ng/mL|1.00
        01-001|Cycle 1 Day 1|8|06-Jan-2020|15:45|06-Jan-2020|08:00|||||41.0|ng/mL|1.00
        01-001|Cycle 1 Day 15|0|20-Jan-2020|07:55|20-Jan-2020|08:00|19-Jan-2020|08:05|None|1|70.5|ng/mL|1.00
        01-002|Cycle 1 Day 1|0|06-Jan-2020|07:40|06-Jan-2020|08:00|||||2.1|ng/mL|1.00
        01-002|Cycle 1 Day 1|2|06-Jan-2020|10:00|06-Jan-2020|08:00|||||40|ng/mL|1.00
        01-002|Cycle 1 Day 1|4|06-Jan-2020|12:00|06-Jan-2020|08:00|||||20|ng/mL|1.00
        01-002|Cycle 1 Day 1|8|06-Jan-2020|16:00|06-Jan-2020|08:00|||||BLQ|ng/mL|1.00
        01-003|Cycle 1 Day 1|2|06-Jan-2020|10:00|06-Jan-2020|08:00|||||9|ng/mL|1.00
        01-003|Cycle 1 Day 15|0|20-Jan-2020|07:55|20-Jan-2020|08:00|19-Jan-2020|03:55|None|0|33|ng/mL|1.00""",
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return recompute(write_extract(tmp_path_factory.mktemp("raw"), TABLES), VALUES)


def test_parameters_by_hand(found: dict[str, str]) -> None:
    patients = {key: text for key, text in found.items() if key[:2] == "01" and key.endswith("AVALC")}
    assert {key.removesuffix("/AVALC"): text for key, text in patients.items()} == {
        "01-001/CMAX/C1D1": "41",
        "01-001/TMAX/C1D1": "7.75",
        "01-001/CMAXD/C1D1": "0.5466666667",  # 41 / 75
        "01-001/AUCINT/C1D1": "201.7666667",  # 20 * 131/60 / 2 + 50.5 * 109/60 / 2 + 71.5 * 225/60 / 2
        "01-001/CTROUGH/C1D15": "70.5",
        "01-001/CTROUGHD/C1D15": "0.94",  # 70.5 / 75
        "01-002/CMAX/C1D1": "40",
        "01-002/TMAX/C1D1": "2",
        "01-002/CMAXD/C1D1": "0.4",  # the dose taken was 100 mg
        "01-002/AUCINT/C1D1": "NOT DONE",
        "01-002/CTROUGH/C1D15": "NOT DONE",
        "01-002/CTROUGHD/C1D15": "NOT DONE",
        "01-003/CMAX/C1D1": "9",
        "01-003/TMAX/C1D1": "2",
        "01-003/CMAXD/C1D1": "NOT DONE",
        "01-003/AUCINT/C1D1": "NOT DONE",
        "01-003/CTROUGH/C1D15": "33",
        "01-003/CTROUGHD/C1D15": "NOT DONE",
    }


def test_reasons_and_the_flag_by_hand(found: dict[str, str]) -> None:
    said = {key: text for key, text in found.items() if key[:2] == "01" and not key.endswith("AVALC")}
    assert said == {
        **{f"01-001/{code}/C1D1/TMAXLFL": "Y" for code in ("CMAX", "TMAX", "CMAXD", "AUCINT")},
        **{f"01-001/{code}/C1D15/EXREASCD": "DOSE_NOT_TAKEN" for code in ("CTROUGH", "CTROUGHD")},
        "01-002/CMAX/C1D1/EXREASCD": "PREDOSE_GT5",
        "01-002/CMAXD/C1D1/EXREASCD": "PREDOSE_GT5",
        "01-002/AUCINT/C1D1/EXREASCD": "TOO_FEW_POINTS",  # BLQ at 8 h: the last quantifiable value is that of 4 h
        **{f"01-002/{code}/C1D15/EXREASCD": "MISSING_ALL" for code in ("CTROUGH", "CTROUGHD")},
        **{f"01-003/{code}/C1D1/EXREASCD": "TOO_FEW_POINTS" for code in ("CMAX", "TMAX")},
        # One usable sample after the dose: nothing was drawn after it.
        **{f"01-003/{code}/C1D1/TMAXLFL": "Y" for code in ("CMAX", "TMAX", "CMAXD", "AUCINT")},
        "01-003/CMAXD/C1D1/EXREASCD": "DOSE_NOT_TAKEN",  # no dose record
        "01-003/AUCINT/C1D1/EXREASCD": "NO_PREDOSE",
        "01-003/CTROUGH/C1D15/EXREASCD": "OUT_OF_WINDOW",  # 28 h after the dose of the day before
        "01-003/CTROUGHD/C1D15/EXREASCD": "DOSE_NOT_TAKEN",
    }


def test_profiles_with_a_high_value_before_the_dose_can_be_kept(tmp_path: Path) -> None:
    kept = recompute(write_extract(tmp_path, TABLES), VALUES | {"pk.predose_exclude": False})
    assert "01-002/CMAX/C1D1/EXREASCD" not in kept
    assert kept["pk-parameters-pk/c2-rp2d/d125/CMAX//n"] == "1"


def test_statistics_by_hand(found: dict[str, str]) -> None:
    at = "concentrations-pk/c2-rp2d"
    assert found[f"{at}/d75/C1H2//n"] == "0"  # outside its window
    assert (found[f"{at}/d125/C1H8//n"], found[f"{at}/d125/C1H8/BLQ/n"]) == ("0", "1")  # missing by the rule
    assert (found[f"{at}/d75/C1H0//geo_mean"], found[f"{at}/d75/C1H0//mean"]) == ("NE", "NC")
    assert (found[f"{at}/d125/C1H0//mean"], found[f"{at}/d125/C1H0//max"]) == ("2.1", "2.1")
    assert found[f"{at}/rp2d/C1H4//mean"] == "20.0"  # the RP2D group is 01-002 alone
    at = "pk-parameters-pk/c2-rp2d"
    assert (found[f"{at}/d125/CMAX//n"], found[f"{at}/d125/TMAX//n"]) == ("0", "1")  # 5.25 % before the dose
    assert (found[f"{at}/d75/CTROUGH//n"], found[f"{at}/d75/CMAX//mean"]) == ("0", "41.0")
    assert found["parameters-left-out-pk/c2-rp2d/d75/CTROUGH/Y/n"] == "1"
    assert found["parameters-left-out-pk/c2-rp2d/d75/LAST/TMAX_AT_LAST/n"] == "1"


@pytest.mark.parametrize("key", ["pk.blq_rule", "pk.cmax_days", "pk.trough_days", "pk.zero_is_predose", "pk.analyte"])
def test_a_setting_it_does_not_know_is_refused(key: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=key):
        recompute(tmp_path, VALUES | {key: "other"})
