"""Who is evaluable for dose limiting toxicity (R-405): 21 days from 15 March to 4 April 2019, at least 75 %."""

import pytest

from tests.builders import rows
from tests.derive.cases import TABLES, derive_all, domains, one

EX = TABLES["ex"].strip().splitlines()[0]
EC = "USUBJID|ECSEQ|ECTRT|ECACTION|ECSTDTC|ECENDTC|ECREASOC"
FA = "USUBJID|FAOBJ|FADTC|DLTEVAL|DLTYN|DLTAENOS"
AE = "USUBJID|AESEQ|AETERM|AESTDTC"
TDM1 = "01-001|T-DM1|1|INFUSION|Y|2019-03-15|2019-03-15|230|"


def palbociclib(start: str, end: str, taken: int | str, number: int = 1) -> str:
    return f"01-001|PALBOCICLIB|{number}|ORAL|Y|{start}|{end}|75|{taken}"


def hold(start: str, end: str, reason: str = "ADVERSE EVENT", number: int = 1) -> str:
    return f"01-001|{number}|PALBOCICLIB|HELD|{start}|{end}|{reason}"


def form(evaluable: str = "Y", toxicity: str = "N", events: str = "") -> str:
    return f"{FA}\n01-001|DOSE LIMITING TOXICITY|2019-04-08|{evaluable}|{toxicity}|{events}"


def dlt(doses: list[str], fa: str | None = None, holds: tuple[str, ...] = (), **tables: str) -> tuple[str, str]:
    given = {"ex": "\n".join([EX, *doses]), "ec": "\n".join([EC, *holds]), "fa": form() if fa is None else fa, **tables}
    row = one(derive_all(domains(**given), last="adsl")["adsl"].data)
    return row["DLTFL"], row["DLTREAS"]


FEW = ("N", "Too few palbociclib doses in the window")


@pytest.mark.parametrize(
    ("taken", "expected"),
    [(16, ("Y", "")), (15, FEW)],  # 16 of 21 is 76.2 %, 15 of 21 is 71.4 %
)
def test_share_of_planned_doses(taken, expected):
    assert dlt([palbociclib("2019-03-15", "2019-04-04", taken), TDM1]) == expected


def test_days_held_for_toxicity_leave_the_denominator():
    # Held 25 to 31 March, 7 days: 14 planned; 14 taken are 100 %, 11 are 78.6 %, 10 are 71.4 %.
    held = (hold("2019-03-25", "2019-04-01"),)
    for taken, expected in ((14, ("Y", "")), (11, ("Y", "")), (10, FEW)):
        assert dlt([palbociclib("2019-03-15", "2019-04-04", taken), TDM1], holds=held) == expected


def test_days_held_for_another_reason_stay_in_it():
    held = (hold("2019-03-25", "2019-04-01", "SUBJECT DECISION"),)
    assert dlt([palbociclib("2019-03-15", "2019-04-04", 14), TDM1], holds=held) == FEW  # 14 of 21 is 66.7 %


def test_open_hold_lasts_to_the_end_of_the_window_and_each_day_counts_once():
    # Held from 25 March to 4 April, 11 days, and again inside: 10 planned, 8 taken are 80 %.
    held = (hold("2019-03-25", ""), hold("2019-03-28", "2019-03-30", number=2))
    assert dlt([palbociclib("2019-03-15", "2019-03-24", 8), TDM1], holds=held) == ("Y", "")
    assert dlt([palbociclib("2019-03-15", "2019-03-24", 7), TDM1], holds=held) == FEW


def test_record_without_a_count_takes_a_dose_each_day():
    assert dlt([palbociclib("2019-03-15", "2019-03-30", ""), TDM1]) == ("Y", "")  # 16 days
    assert dlt([palbociclib("2019-03-15", "2019-03-29", ""), TDM1]) == FEW


def test_record_without_a_diary_takes_the_pill_count():
    # 28 dispensed: 12 returned leaves 16 of 21 doses (76.2 %), 13 returned 15 (71.4 %). 8 less 28 is no count.
    for counts, expected in (("28|12", ("Y", "")), ("28|13", FEW), ("8|28", ("Y", ""))):
        lines = [f"{palbociclib('2019-03-15', '2019-04-04', '')}|{counts}", f"{TDM1}||"]
        table = "\n".join([f"{EX}|UNITSDSP|UNITSRET", *lines])
        assert dlt([], ex=table) == expected


def test_doses_missed_in_a_record_beyond_the_window_are_taken_as_missed_inside_it():
    # 28 days, 23 taken: 5 missed, so 16 of 21; 22 taken: 15 of 21.
    assert dlt([palbociclib("2019-03-15", "2019-04-11", 23), TDM1]) == ("Y", "")
    assert dlt([palbociclib("2019-03-15", "2019-04-11", 22), TDM1]) == FEW


def test_infusion_of_cycle_one_is_needed():
    missing = ("N", "No T-DM1 infusion in cycle 1")
    full = palbociclib("2019-03-15", "2019-04-04", 21)
    assert dlt([full]) == missing
    assert dlt([full, TDM1.replace("|1|INFUSION", "|2|INFUSION")]) == missing
    assert dlt([full, TDM1.replace("2019-03-15", "2019-04-05")]) == missing  # after the window


def test_toxicity_counts_at_any_exposure():
    assert dlt([palbociclib("2019-03-15", "2019-03-17", 3)], form(toxicity="Y")) == ("Y", "")


def test_toxicity_after_the_window_is_none_of_the_window():
    after, inside = f"{AE}\n01-001|4|Neutropenia|2019-04-05", f"{AE}\n01-001|4|Neutropenia|2019-04-04"
    doses = [palbociclib("2019-03-15", "2019-03-17", 3), TDM1]
    assert dlt(doses, form(toxicity="Y", events="4"), ae=after) == FEW
    assert dlt(doses, form(toxicity="Y", events="4"), ae=inside) == ("Y", "")
    assert dlt(doses, form(toxicity="Y", events="9"), ae=after) == ("Y", "")  # event not known: the form decides


def test_missing_answer_is_not_no_toxicity():
    full = [palbociclib("2019-03-15", "2019-04-04", 21), TDM1]
    missing = ("N", "Dose limiting toxicity not assessed")
    assert dlt(full, form(toxicity="")) == missing
    assert dlt(full, FA) == missing


def test_window_has_to_be_completed():
    full = [palbociclib("2019-03-15", "2019-04-04", 21), TDM1]
    open_window = ("N", "Window for dose limiting toxicity not completed")
    death = "USUBJID|DDORIG|DDSEQ|DTHDTC\n01-001|EOS|1|2019-04-03"
    left = TABLES["ds"] + "01-001|DISPOSITION EVENT|STUDY|1|2019-04-03|WITHDRAWAL BY SUBJECT||||"
    assert dlt(full, dd=death) == open_window
    assert dlt(full, ds=left) == open_window
    assert dlt(full, ds=left.replace("2019-04-03", "2019-04-04")) == ("Y", "")
    late = [palbociclib("2023-06-15", "2023-07-05", 21), TDM1.replace("2019-03-15", "2023-06-15")]
    assert dlt(late) == open_window  # 21 days from 15 June 2023 end after the cutoff of 30 June


def test_phase_two_is_outside():
    second = TABLES["ds"].replace("| I        |", "| II       |")
    full = [palbociclib("2019-03-15", "2019-04-04", 21), TDM1]
    assert dlt(full, ds=second) == ("N", "Not in phase I")


def test_answer_of_the_form_is_compared():
    tables = {"ex": "\n".join([EX, palbociclib("2019-03-15", "2019-04-04", 15), TDM1]), "fa": form(evaluable="Y")}
    found = derive_all(domains(**tables), last="adsl")["adsl"].queries
    assert rows(found, "rule", "severity", "form", "field", "value") == [("Q-416", "W", "dlt", "evaluable", "Y")]
    message = (
        "Q-416 01-001 dlt.evaluable (fa.csv row 2) = 'Y': differs from N by R-405, which decides; palbociclib "
        "doses taken 15 of 21 planned (71.4 %), days held for toxicity 0, T-DM1 in cycle 1 Y"
    )
    assert found["message"].tolist() == [message]
