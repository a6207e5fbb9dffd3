"""IE, SV, VS, PE, RSEC, EG, CV: forms of a visit."""

import pytest

from crf2csr.clean.cv import cv
from crf2csr.clean.eg import eg
from crf2csr.clean.ie import ie
from crf2csr.clean.pe import pe
from crf2csr.clean.rsec import rsec
from crf2csr.clean.sv import sv
from crf2csr.clean.vs import vs
from tests.builders import form, rows, study_view


def test_criteria_have_a_row_each_and_their_category() -> None:
    raw = form(
        "ie",
        """
        SUBJECT | VISIT     | ietestcd | ieorres | ieorres__raw | iewaiver
        01-001  | SCREENING | INC01    | Y       | Yes          |
        01-001  | SCREENING | EXC03    | N       | No           | Y
        01-001  | SCREENING | X9       |         |              |
        """,
    )
    found = ie(raw, study_view(ie))
    assert rows(found.data, "IETESTCD", "IECAT", "IEORRES", "IESTRESC", "IEWAIVER", "VISITNUM") == [
        ("EXC03", "EXCLUSION", "No", "N", "Y", "0.0"),
        ("INC01", "INCLUSION", "Yes", "Y", "", "0.0"),
        ("X9", "", "", "", "", "0.0"),
    ]


def test_visits_done_and_not_done() -> None:
    raw = form(
        "sv",
        """
        SUBJECT | VISIT | svdtc      | svdone | svreas
        01-001  | C1D1  | 2019-01-01 | Y      |
        01-001  | C1D8  |            | N      | holiday
        01-001  | C9D9  | 2019-03    | Y      |
        """,
    )
    found = sv(raw, study_view(sv))
    assert rows(found.data, "VISIT", "VISITNUM", "SVSTDTC", "SVOCCUR", "SVREASOC") == [
        ("C1D1", "1.0", "2019-01-01", "Y", ""),
        ("C1D8", "1.08", "", "N", "holiday"),
        ("C9D9", "", "2019-03", "Y", ""),
    ]
    assert rows(found.queries, "rule", "form", "RAWROW", "value") == [("Q-120", "sv", "4", "C9D9")]


@pytest.mark.parametrize(
    ("test", "value", "unit", "number", "standard"),
    [
        ("WEIGHT", "61.4", "kg", "61.4", "kg"),
        # one pound is 0.45359237 kg: 100 * 0.45359237
        ("WEIGHT", "100", "lb", "45.359237", "kg"),
        ("PULSE", "72", "/min", "72.0", "beats/min"),
        ("SYSBP", "121", "MMHG", "121.0", "mmHg"),
        ("TEMP", "", "C", "", ""),
    ],
)
def test_vital_signs_in_the_standard_unit(test: str, value: str, unit: str, number: str, standard: str) -> None:
    raw = form("vs", f"SUBJECT|VISIT|vstestcd|vsdtc|vsorres|vsorresu\n01-001|C1D1|{test}|2019-01-01|{value}|{unit}")
    found = vs(raw, study_view(vs))
    assert rows(found.data, "VSTESTCD", "VSORRES", "VSORRESU", "VSSTRESN", "VSSTRESU") == [
        (test, value, unit, number, standard)
    ]
    assert found.queries.empty


@pytest.mark.parametrize("unit", ["stone", ""])
def test_a_value_in_an_unknown_unit_is_not_used(unit: str) -> None:
    raw = form("vs", f"SUBJECT|VISIT|vstestcd|vsorres|vsorresu\n01-001|C1D1|WEIGHT|61.4|{unit}")
    found = vs(raw, study_view(vs))
    assert rows(found.data, "VSORRES", "VSSTRESN", "VSSTRESU") == [("61.4", "", "")]
    assert rows(found.queries, "rule", "severity", "form", "field", "value") == [("Q-108", "E", "vs", "vsorresu", unit)]


PE = """
SUBJECT | VISIT     | pedtc      | perslt   | perslt__raw | pefind | ecog
01-001  | SCREENING | 2019-01-01 | ABNORMAL | 2           | rash   | 1
01-001  | EOT       | 2019-06-01 |          |             |        |
"""


def test_examination_and_performance_status_of_one_form() -> None:
    found, status = pe(form("pe", PE), study_view(pe)), rsec(form("pe", PE), study_view(rsec))
    assert rows(found.data, "DOMAIN", "VISIT", "PETESTCD", "PEORRES", "PESTRESC", "PEFIND") == [
        ("PE", "EOT", "PHYSEXAM", "", "", ""),
        ("PE", "SCREENING", "PHYSEXAM", "2", "ABNORMAL", "rash"),
    ]
    assert rows(status.data, "DOMAIN", "VISIT", "RSTESTCD", "RSDTC", "RSORRES", "RSSTRESN") == [
        ("RS", "EOT", "ECOG", "2019-06-01", "", ""),
        ("RS", "SCREENING", "ECOG", "2019-01-01", "1", "1"),
    ]


CARD = """
SUBJECT | VISIT     | cdtestcd | cddtc      | cdorres | cdorresu | method
01-001  | SCREENING | QTCF     | 2019-01-01 | 412     | ms       | 12-LEAD ECG
01-001  | SCREENING | RR       | 2019-01-01 | 0.8     | s        | 12-LEAD ECG
01-001  | SCREENING | LVEF     | 2019-01-02 | 61      | %        | MUGA
01-001  | SCREENING |          | 2019-01-02 | 61      | %        | MUGA
01-001  | C2D1      | LVEF     | 2019-02-02 | 0.6     |          | MUGA
"""


def test_heart_examinations_are_split_by_test() -> None:
    found, fraction = eg(form("card", CARD), study_view(eg)), cv(form("card", CARD), study_view(cv))
    assert rows(found.data, "EGTESTCD", "EGORRES", "EGSTRESN", "EGSTRESU", "EGMETHOD") == [
        ("QTCF", "412", "412.0", "ms", "12-LEAD ECG"),
        # 0.8 s = 800 ms
        ("RR", "0.8", "800.0", "ms", "12-LEAD ECG"),
    ]
    assert rows(fraction.data, "VISIT", "CVSTRESN", "CVSTRESU", "CVMETHOD") == [
        ("C2D1", "", "", "MUGA"),
        ("SCREENING", "61.0", "%", "MUGA"),
    ]
    assert rows(found.removed, "RAWROW") == [("5",)]
    assert fraction.removed.empty
    assert rows(found.queries, "rule", "RAWROW", "field") == [("Q-108", "6", "cdorresu"), ("Q-108", "5", "cdtestcd")]
    assert fraction.queries.empty
