"""PC: what the text of a laboratory result means."""

import pytest

from crf2csr.clean.forms import empty_form
from crf2csr.clean.pc import pc
from tests.builders import form, rows, study_view

NO_FILE = empty_form("bio")
HEAD = "SUBJECT|VISIT|analyte|tpt|pcdtc|pctm|conc|unit|lloq|specimen"


def result(conc: str, unit: str = "ng/mL") -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    line = f"01-001|C1D1|PALBOCICLIB|2|2019-01-01|10:05|{conc}|{unit}|1.00|S1"
    found = pc(form("pk", f"{HEAD}\n{line}"), NO_FILE, study_view(pc))
    return rows(found.data, "PCORRES", "PCSTRESC", "PCSTRESN", "PCSTAT"), rows(
        found.queries, "rule", "severity", "field"
    )


@pytest.mark.parametrize(
    ("conc", "exact", "number", "status"),
    [
        ("1.54", "1.54", "1.54", ""),
        ("1,54", "1.54", "1.54", ""),
        ("38.0", "38.0", "38.0", ""),
        ("0", "0", "0.0", ""),
        ("<1.00", "BLQ", "", ""),
        ("< 1,00", "BLQ", "", ""),
        ("blq", "BLQ", "", ""),
        ("<LLOQ", "BLQ", "", ""),
        ("NR", "", "", "NOT DONE"),
        ("ND", "", "", "NOT DONE"),
        ("", "", "", ""),
    ],
)
def test_readable_results(conc: str, exact: str, number: str, status: str) -> None:
    assert result(conc) == ([(conc, exact, number, status)], [])


@pytest.mark.parametrize(
    ("conc", "unit", "query"),
    [
        ("-2.1", "ng/mL", ("Q-1007", "E", "conc")),
        ("1540", "nmol/L", ("Q-1007", "E", "unit")),
        ("1.54", "", ("Q-1007", "E", "unit")),
        ("<1.00", "nmol/L", ("Q-1007", "E", "unit")),
        ("31.4 ng/mL", "ng/mL", ("Q-108", "E", "conc")),
        ("1e5", "ng/mL", ("Q-108", "E", "conc")),
        ("inf", "ng/mL", ("Q-108", "E", "conc")),
        ("1.000,5", "ng/mL", ("Q-108", "E", "conc")),
    ],
)
def test_results_that_are_not_used(conc: str, unit: str, query: tuple[str, ...]) -> None:
    assert result(conc, unit) == ([(conc, "", "", "")], [query])


@pytest.mark.parametrize(("conc", "exact"), [("31.4", "31.4"), ("<1.00", "BLQ")])
def test_micrograms_in_a_liter_are_the_same_number(conc: str, exact: str) -> None:
    assert result(conc, "ug/L") == ([(conc, exact, "" if exact == "BLQ" else exact, "")], [])


def test_dates_and_times_are_joined_and_a_partial_date_has_no_time() -> None:
    table = """
    SUBJECT | VISIT  | analyte     | tpt | pcdtc      | pctm  | dosdtc     | dostm | prvdtc  | prvtm | specimen
    01-001  | C1D1   | PALBOCICLIB | 0.5 | 2019-01-01 | 10:05 | 2019-01-01 |       | 2019-01 | 08:00 | S1
    """
    found = pc(form("pk", table), NO_FILE, study_view(pc))
    assert rows(found.data, "PCTPTNUM", "PCDTC", "PCRFTDTC", "PCPRVDTC", "VISITNUM") == [
        ("0.5", "2019-01-01T10:05", "2019-01-01", "2019-01", "1.0")
    ]


def test_a_sample_without_planned_time_is_withheld() -> None:
    found = pc(form("pk", f"{HEAD}\n01-001|C1D1|PALBOCICLIB|||||||S1"), NO_FILE, study_view(pc))
    assert found.data.empty
    assert rows(found.removed, "reason") == [("tpt is missing or cannot be read",)]
