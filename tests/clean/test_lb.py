"""LB: what the text of a laboratory says, in its unit and in the standard unit."""

import pytest

from crf2csr.clean.lb import lb
from crf2csr.clean.rules.units import UNITS
from crf2csr.contracts import load_terms
from tests.builders import form, rows, study_view

HEAD = "SUBJECT|VISIT|lbtestcd|lbdtc|lbtm|lborres|lborresu|lbnrlo|lbnrhi"
STANDARD = ["LBSTRESC", "LBSTRESN", "LBSTRESU", "LBSTNRLO", "LBSTNRHI", "LBNRIND", "LBSTAT"]


def result(test: str, text: str, unit: str, low: str = "", high: str = ""):
    line = f"01-001|C1D1|{test}|2019-01-01|08:05|{text}|{unit}|{low}|{high}"
    return lb(form("lb", f"{HEAD}\n{line}"), study_view(lb))


@pytest.mark.parametrize(
    ("test", "text", "unit", "limits", "expected"),
    [
        ("NEUT", "1.9", "10^9/L", ("1.8", "7.5"), ("1.9", "1.9", "10^9/L", "1.8", "7.5", "NORMAL", "")),
        ("NEUT", "1,9", "10^9/L", ("2.0", "7.5"), ("1.9", "1.9", "10^9/L", "2.0", "7.5", "LOW", "")),
        # 1500 cells in a microlitre are 1.5 * 10^9 in a litre
        ("NEUT", "1500", "/uL", ("1800", "7500"), ("1.5", "1.5", "10^9/L", "1.8", "7.5", "LOW", "")),
        # 12.1 g/dL * 10
        ("HGB", "12.1", "g/dL", ("11.5", "15.5"), ("121", "121.0", "g/L", "115.0", "155.0", "NORMAL", "")),
        # 1.1 mg/dL * 88.4 = 97.24; 0.5 * 88.4 = 44.2; 1 * 88.4 = 88.4
        ("CREAT", "1.1", "mg/dL", ("0.5", "1.0"), ("97.24", "97.24", "umol/L", "44.2", "88.4", "HIGH", "")),
        ("K", "5.0", "mEq/L", ("3.5", "5.0"), ("5", "5.0", "mmol/L", "3.5", "5.0", "NORMAL", "")),
        ("K", "4", "MMOL/L", ("", "5.0"), ("4", "4.0", "mmol/L", "", "5.0", "", "")),
        ("INR", "1.1", "", ("0.8", "1.2"), ("1.1", "1.1", "", "0.8", "1.2", "NORMAL", "")),
        ("ALT", "<5", "U/L", ("5", "40"), ("<5", "", "U/L", "5.0", "40.0", "LOW", "")),
        ("ALT", "<10", "U/L", ("5", "40"), ("<10", "", "U/L", "5.0", "40.0", "", "")),
        ("ALT", "> 400", "U/L", ("5", "40"), (">400", "", "U/L", "5.0", "40.0", "HIGH", "")),
        # 0.2 mg/dL * 17.1 = 3.42
        ("BILI", "<0.2", "mg/dL", ("", ""), ("<3.42", "", "umol/L", "", "", "", "")),
        ("ALT", "ND", "", ("", ""), ("", "", "", "", "", "", "NOT DONE")),
        ("ALT", "", "U/L", ("5", "40"), ("", "", "", "", "", "", "")),
    ],
)
def test_readable_results(test: str, text: str, unit: str, limits: tuple[str, str], expected: tuple[str, ...]) -> None:
    found = result(test, text, unit, *limits)
    assert rows(found.data, *STANDARD) == [expected]
    assert rows(found.data, "LBORRES", "LBORRESU", "LBORNRLO", "LBORNRHI", "LBDTC") == [
        (text, unit, *limits, "2019-01-01T08:05")
    ]
    assert found.queries.empty


@pytest.mark.parametrize(
    ("text", "unit", "indicator", "query"),
    [
        ("4.1", "", "NORMAL", ("Q-802", "W", "lborresu", "")),
        ("4.1", "mg/dL", "NORMAL", ("Q-802", "E", "lborresu", "mg/dL")),
        ("haemolysed", "mmol/L", "", ("Q-108", "E", "lborres", "haemolysed")),
        ("150,000", "mmol/L", "", ("Q-108", "E", "lborres", "150,000")),
        ("1e5", "mmol/L", "", ("Q-108", "E", "lborres", "1e5")),
        ("-4", "mmol/L", "", ("Q-108", "E", "lborres", "-4")),
    ],
)
def test_results_without_a_standard_value(text: str, unit: str, indicator: str, query: tuple[str, ...]) -> None:
    found = result("K", text, unit, "3.5", "5.0")
    assert rows(found.data, *STANDARD) == [("", "", "", "", "", indicator, "")]
    assert rows(found.queries, "rule", "severity", "field", "value") == [query]


def test_a_number_without_any_limit_is_asked_about() -> None:
    assert rows(result("K", "4.1", "mmol/L").queries, "rule", "severity", "field") == [("Q-802", "W", "lbnrlo")]
    assert result("K", "4.1", "mmol/L", high="5.0").queries.empty


def test_every_laboratory_test_has_a_standard_unit() -> None:
    tests = {name for codelist in ("LBTESTCD", "VSTESTCD", "CDTESTCD") for name in load_terms()[codelist]}
    assert set(UNITS) == tests


def test_a_time_beside_a_partial_date_is_left_out() -> None:
    found = lb(form("lb", "SUBJECT|VISIT|lbtestcd|lbdtc|lbtm\n01-001|C1D1|ALT|2019-01|08:05"), study_view(lb))
    assert rows(found.data, "LBDTC") == [("2019-01",)]
