"""Q-401 to Q-419."""

from crf2csr.clean import cross_checks_exposure as checks
from tests.builders import run_check

KEYS = ("cycle.days", "visit.window_days")

EX = "USUBJID|EXTRT|EXSEQ|EXCAT|EXOCCUR|EXSTDTC|EXENDTC|EXDOSE|EXDOSU"
PAL, TDM = "PALBOCICLIB", "T-DM1"


def oral(*lines: str) -> str:
    """Return palbociclib records from `number|given|start|end|mg` lines of subject 01-001."""
    parts = [line.split("|") for line in lines]
    return "\n".join(
        [EX, *(f"01-001|{PAL}|{n}|ORAL|{given}|{start}|{end}|{mg}|mg" for n, given, start, end, mg in parts)]
    )


def infusions(*lines: str) -> str:
    """Return T-DM1 records given from `cycle|start|end` lines of subject 01-001."""
    parts = [line.split("|") for line in lines]
    return "\n".join([EX, *(f"01-001|{TDM}|{n}|INFUSION|Y|{start}|{end}|250|mg" for n, start, end in parts)])


def test_the_same_record_twice() -> None:
    ex = oral("1|Y|2019-01-01|2019-01-21|75", "2|Y|2019-01-22|2019-02-11|75", "3|Y|2019-01-22|2019-02-11|75")
    assert run_check(checks.entered_twice, ex=ex) == [("Q-401", "W", "01-001", "ex_oral", "stdtc")]


def test_what_a_dose_that_was_given_needs() -> None:
    ex = f"""{EX}
    01-001|{PAL}|1|ORAL|Y|2019-01-01||75|mg
    01-001|{PAL}|2|ORAL|Y|2019-01||0|mg
    01-001|{PAL}|3|ORAL|Y||||
    01-001|{PAL}|4|ORAL|N||||
    01-001|{TDM}|1|INFUSION|Y|2019-01-01||250|mg
    """
    assert run_check(checks.incomplete_doses, ex=ex) == [
        ("Q-402", "E", "01-001", "ex_oral", "dose"),
        ("Q-402", "E", "01-001", "ex_oral", "dose"),
        ("Q-402", "E", "01-001", "ex_oral", "dosu"),
        ("Q-402", "E", "01-001", "ex_oral", "stdtc"),
        ("Q-402", "E", "01-001", "ex_oral", "stdtc"),
    ]


def test_given_and_dose_agree() -> None:
    ex = f"""{EX}|DOSESTK
    01-001|{PAL}|1|ORAL||2019-01-01||75|mg|
    01-001|{PAL}|2|ORAL|N|2019-01-22||75|mg|0
    01-001|{PAL}|3|ORAL|N|2019-02-12||75|mg|3
    01-001|{TDM}|1|INFUSION|N|2019-01-01|||mg|
    01-001|{TDM}|2|INFUSION|N|2019-01-22||250|mg|
    """
    assert run_check(checks.given_answers, ex=ex) == [
        ("Q-403", "E", "01-001", "ex_oral", "given"),
        ("Q-403", "E", "01-001", "ex_tdm1", "mg"),
        ("Q-403", "E", "01-001", "ex_oral", "taken"),
    ], "a prescribed daily dose beside 'not taken' is no contradiction"


def test_periods_end_after_they_start_and_do_not_share_days() -> None:
    ex = oral(
        "1|Y|2019-01-01|2019-01-21|75",
        "2|Y|2019-01-21|2019-02-11|75",
        "3|Y|2019-02-12|2019-02-11|75",
        "4|Y|2019-03-01|2019-02|75",
        "5|N|2019-01-01|2019-12-31|75",
    )
    assert run_check(checks.periods, ex=ex) == [
        ("Q-404", "E", "01-001", "ex_oral", "endtc"),
        ("Q-404", "E", "01-001", "ex_oral", "endtc"),
        ("Q-404", "E", "01-001", "ex_oral", "stdtc"),
    ]


def test_two_drugs_may_share_days() -> None:
    days = "ORAL|Y|2019-01-01|2019-01-21"
    ex = f"{EX}\n01-001|{PAL}|1|{days}|75|mg\n01-001|LETROZOLE|1|{days}|2.5|mg"
    assert run_check(checks.periods, ex=ex) == []


def test_records_follow_their_dates() -> None:
    ex = infusions("1|2019-01-22T09:00|", "2|2019-01-01T09:00|", "3|2019-02|")
    assert run_check(checks.record_order, ex=ex) == [("Q-405", "W", "01-001", "ex_tdm1", "exdtc")]


DS = "USUBJID|DSCAT|DSSCAT|DSSEQ|DOSELVL|ENRPHASE|DSSTDTC\n01-001|M|ENROLLMENT|1|100|I|2019-01-01"
EC = "USUBJID|ECSEQ|ECTRT|ECACTION|ECSTDTC|ECENDTC|ECREASOC|AENO"


def test_palbociclib_doses_and_reductions() -> None:
    keys = ["escalation.dose_levels_mg"]
    ex = oral(
        "1|Y|2019-01-01||100", "2|Y|2019-02-01||50", "3|Y|2019-03-01||125", "4|Y|2019-04-01||60", "5|Y|2019-05-01||25"
    )
    late = f"{EC}\n01-001|1|{PAL}|REDUCED|2019-02-02|||"
    in_time = f"{EC}\n01-001|1|{PAL}|REDUCED|2019-02-01|||"
    wrong = ("Q-407", "E", "01-001", "ex_oral", "dose")
    assert run_check(checks.palbociclib_doses, keys, ds=DS, ex=ex, ec=in_time) == [wrong] * 3, "60, 25 and above 100 mg"
    assert run_check(checks.palbociclib_doses, keys, ds=DS, ex=ex, ec=late) == [wrong] * 4, "50 mg before its record"


def test_infusion_times() -> None:
    ex = infusions(
        "1|2019-01-01T09:00|2019-01-01T10:30", "2|2019-01-22|2019-01-22T10:30", "3|2019-02-12T09:00|2019-02-12T08:00"
    )
    assert run_check(checks.infusion_times, ex=ex) == [
        ("Q-408", "W", "01-001", "ex_tdm1", "exdtc"),
        ("Q-408", "W", "01-001", "ex_tdm1", "exdtc"),
    ]


def test_cycles_are_21_days_apart_within_3() -> None:
    # 24 days, 25 days, 25 days with a delay between, then cycle 6 after a missing cycle 5
    ex = infusions("1|2019-01-01|", "2|2019-01-25|", "3|2019-02-19|", "4|2019-03-16|", "6|2019-05-16|")
    delayed = f"{EC}\n01-001|1|{TDM}|DELAYED|2019-03-12|||\n01-001|2|{PAL}|HELD|2019-02-12|||"
    assert run_check(checks.cycle_lengths, KEYS, ex=ex, ec=delayed) == [("Q-411", "W", "01-001", "ex_tdm1", "exdtc")]
    assert len(run_check(checks.cycle_lengths, KEYS, ex=ex)) == 2


def test_modifications_have_a_reason_and_its_event() -> None:
    ec = f"""{EC}
    01-001|1|{PAL}|HELD|2019-01-10|2019-01-15|ADVERSE EVENT|1
    01-001|2|{PAL}|HELD|2019-02-10|2019-02-15||
    01-001|3|LETROZOLE|HELD|2019-02-10|2019-02-15|ADVERSE EVENT|1
    01-001|4|{PAL}|HELD|2019-03-10|2019-03-15|ADVERSE EVENT|
    01-001|5|{PAL}|HELD|2019-03-10|2019-03-15|SCHEDULING|
    """
    ae = "USUBJID|AESEQ|AETERM|AEACNPAL|AEACNLET\n01-001|1|X|DOSE REDUCED|DOSE NOT CHANGED"
    assert run_check(checks.modification_reasons, ec=ec, ae=ae) == [
        ("Q-412", "W", "01-001", "dosemod", "reason"),
        ("Q-412", "W", "01-001", "dosemod", "aeno"),
        ("Q-412", "W", "01-001", "dosemod", "aeno"),
    ]


def test_actions_have_a_modification_within_28_days_or_by_number() -> None:
    ae = """
    USUBJID | AESEQ | AETERM | AESTDTC    | AEACNPAL         | AEACNTDM
    01-001  | 1     | A      | 2019-01-01 | DRUG INTERRUPTED |
    01-001  | 2     | B      | 2019-01-02 | DOSE REDUCED     |
    01-001  | 3     | C      | 2019-06-01 | DOSE REDUCED     |
    01-001  | 4     | D      | 2019-07-01 | DOSE REDUCED     |
    01-001  | 5     | E      | 2019-01-01 |                  | DRUG INTERRUPTED
    01-001  | 6     | F      | 2018-12-31 | DOSE REDUCED     |
    """
    ec = f"{EC}\n01-001|1|{PAL}|HELD|2019-01-29|||\n01-001|2|{PAL}|REDUCED|2019-09-01|||4"
    # 2019-01-29 is 28 days after event 1, 27 after event 2, 29 after event 6
    assert run_check(checks.event_actions, ae=ae, ec=ec) == [
        ("Q-413", "W", "01-001", "ae", "acnpal"),
        ("Q-413", "W", "01-001", "ae", "acnpal"),
        ("Q-413", "W", "01-001", "ae", "acntdm"),
    ]


def test_the_dlt_question_is_answered_once_the_window_has_closed() -> None:
    # the extract is of 2023-07-05; 21 days before is 2023-06-14
    ds = "USUBJID|DSCAT|DSSCAT|DSSEQ|ENRPHASE\n" + "\n".join(
        f"01-00{n}|M|ENROLLMENT|1|{phase}" for n, phase in enumerate(["I", "I", "I", "II"], start=1)
    )
    starts = ["2023-06-14", "2023-06-14", "2023-06-15", "2023-01-01"]
    ex = "\n".join([EX, *(f"01-00{n}|{PAL}|1|ORAL|Y|{start}||75|mg" for n, start in enumerate(starts, start=1))])
    fa = "USUBJID|FAOBJ|DLTYN\n01-001|D|"
    assert run_check(checks.unanswered_dlt, ["dlt.window_days"], {"dlt_window_days": 21}, ds=ds, ex=ex, fa=fa) == [
        ("Q-414", "E", "01-001", "dlt", "dlt"),
        ("Q-414", "E", "01-002", "enr", "phase"),
    ]


def dlt(answer: str, start: str, flag: str = "Y", counted: str = "") -> list[tuple[str, ...]]:
    return run_check(
        checks.dlt_events,
        ["dlt.window_days"],
        {"dlt_window_days": 21},
        ex=oral("1|Y|2019-01-01||75"),
        ae=f"USUBJID|AESEQ|AETERM|AESTDTC|AEDLTFL\n01-001|4|SEPSIS|{start}|{flag}",
        fa=f"USUBJID|FAOBJ|DLTYN|DLTAENOS\n01-001|D|{answer}|{counted}",
    )


def test_the_dlt_answer_and_the_flagged_events() -> None:
    # day 21 is 2019-01-21
    assert dlt("Y", "2019-01-21", counted="4") == []
    assert dlt("N", "2019-01-22") == []
    assert dlt("Y", "2019-01") == [], "a partial start may lie in the window"
    assert dlt("Y", "2019-01-10", flag="N") == [("Q-415", "E", "01-001", "dlt", "dlt")]
    assert dlt("N", "2019-01-21") == [("Q-415", "E", "01-001", "dlt", "dlt")]
    assert dlt("Y", "2019-01-22", counted="3; 4") == [
        ("Q-415", "E", "01-001", "dlt", "dlt"),
        ("Q-415", "E", "01-001", "ae", "dlt"),
    ]


def test_tablet_counts() -> None:
    ex = f"""{EX}|UNITSDSP|UNITSRET|DOSESTK
    01-001|{PAL}|1|ORAL|Y|2019-01-01||75|mg|21|22|0
    01-001|{PAL}|2|ORAL|Y|2019-01-22||75|mg|25|5|24
    01-001|{PAL}|3|ORAL|Y|2019-02-12||75|mg|25|5|25
    01-001|{PAL}|4|ORAL|Y|2019-03-05||75|mg|25||25
    """
    # record 2: 24 taken of 20 used is 20 % more, the limit; record 3: 25 of 20 is beyond it
    assert run_check(checks.tablet_counts, ex=ex) == [
        ("Q-417", "W", "01-001", "ex_oral", "returned"),
        ("Q-417", "W", "01-001", "ex_oral", "taken"),
    ]


def test_a_dose_raised_after_a_reduction() -> None:
    lines = ["1|Y|2019-01-01||100", "2|Y|2019-02-01||75", "3|Y|2019-03-01||75", "4|Y|2019-04-01||100"]
    assert run_check(checks.raised_again, ex=oral(*lines)) == [("Q-418", "W", "01-001", "ex_oral", "dose")]
    assert run_check(checks.raised_again, ex=oral(*lines[:3])) == []
    assert run_check(checks.raised_again, ex=oral("1|Y|2019-01-01||75", "2|Y|2019-02-01||100")) == [], (
        "nothing was reduced"
    )


def test_holds() -> None:
    ec = f"""{EC}
    01-001|1|{PAL}|HELD|2019-02-01|2019-02-08|OTHER|
    01-001|2|{PAL}|HELD|2019-03-08|2019-03-01|OTHER|
    01-001|3|{TDM}|HELD|2019-03-01||OTHER|
    01-001|4|LETROZOLE|HELD|2019-03-01||OTHER|
    """
    ds = f"USUBJID|DSCAT|DSSCAT|DSSEQ\n01-001|D|{TDM}|1"
    ex = oral("1|Y|2019-01-31|2019-02-28|75", "2|Y|2019-02-07|2019-02-28|75", "3|Y|2019-02-08|2019-02-28|75")
    assert run_check(checks.holds, ds=ds, ex=ex, ec=ec) == [
        ("Q-419", "W", "01-001", "dosemod", "resdtc"),
        ("Q-419", "W", "01-001", "dosemod", "resdtc"),
        ("Q-419", "W", "01-001", "ex_oral", "stdtc"),
    ], "resumed on 2019-02-08, so only the record of 2019-02-07 lies in the hold"
