"""EX: dosing periods and infusions."""

from crf2csr.clean.ex import ex
from tests.builders import form, rows, study_view

ORAL = "SUBJECT|VISIT|drug|exno|given|stdtc|endtc|dose|dosu|taken|dispensed|returned|lot"
TDM1 = "SUBJECT|VISIT|cycle|given|exdtc|sttm|entm|weight|mgkg|mg|volume"


def test_periods_and_infusions_given_or_not() -> None:
    oral = form("ex_oral", f"{ORAL}\n01-001|C1D1|PALBOCICLIB|1|Y|2019-01-01|2019-01-21|75|mg|20|21|1|L7")
    tdm1 = form(
        "ex_tdm1",
        f"{TDM1}\n01-001|C2D1|2|N|2019-01-22|||70|||\n01-001|C1D1|1|Y|2019-01-01|09:00|10:30|70.5|3.6|253.8|250",
    )
    found = ex(oral, tdm1, study_view(ex))
    columns = ["EXTRT", "EXSEQ", "EXCAT", "EXOCCUR", "EXSTDTC", "EXENDTC", "EXDOSE", "EXDOSU", "DOSESTK", "EXWEIGHT"]
    assert rows(found.data, *columns, "VISITNUM") == [
        ("PALBOCICLIB", "1", "ORAL", "Y", "2019-01-01", "2019-01-21", "75.0", "mg", "20", "", "1.0"),
        ("T-DM1", "1", "INFUSION", "Y", "2019-01-01T09:00", "2019-01-01T10:30", "253.8", "mg", "", "70.5", "1.0"),
        ("T-DM1", "2", "INFUSION", "N", "2019-01-22", "2019-01-22", "", "mg", "", "70.0", "2.0"),
    ]
    assert found.queries.empty


def test_a_dose_without_drug_or_cycle_is_withheld() -> None:
    oral = form("ex_oral", f"{ORAL}\n01-001|C1D1||1|Y|2019-01-01|||mg||||")
    tdm1 = form("ex_tdm1", f"{TDM1}\n01-001|C1D1||Y|2019-01-01||||||")
    found = ex(oral, tdm1, study_view(ex))
    assert found.data.empty
    assert rows(found.queries, "rule", "form", "field") == [
        ("Q-406", "ex_oral", "drug"),
        ("Q-406", "ex_tdm1", "cycle"),
    ]
    assert rows(found.removed, "form", "reason") == [
        ("ex_oral", "drug is missing or cannot be read"),
        ("ex_tdm1", "cycle is missing or cannot be read"),
    ]


def test_an_unknown_drug_is_withheld_and_was_queried_when_the_form_was_prepared() -> None:
    oral = form("ex_oral", f"{ORAL}|drug__raw\n01-001|C1D1||1|Y|2019-01-01|||mg|||||ASPIRIN")
    found = ex(oral, form("ex_tdm1"), study_view(ex))
    assert (len(found.data), len(found.queries), len(found.removed)) == (0, 0, 1)


def test_an_infusion_on_the_oral_form_cannot_share_a_key_with_one_on_its_own_form() -> None:
    oral = form("ex_oral", f"{ORAL}\n01-001|C1D1|T-DM1|1|Y|2019-01-01||250|mg||||")
    tdm1 = form("ex_tdm1", f"{TDM1}\n01-001|C1D1|1|Y|2019-01-01|09:00|10:30|70.5|3.6|253.8|250")
    found = ex(oral, tdm1, study_view(ex))
    assert found.data.empty
    assert rows(found.queries, "rule", "form") == [("Q-103", "ex_oral"), ("Q-103", "ex_tdm1")]
    assert len(found.removed) == 2
