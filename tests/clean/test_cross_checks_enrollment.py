"""Q-105, Q-115, Q-200, Q-1102."""

import datetime

from crf2csr.clean import cross_checks_enrollment as checks
from tests.builders import run_check

ENROLLED = "USUBJID|DSCAT|DSSCAT|DSSEQ|ENRPHASE|DOSELVL|DSSTDTC"


def enrolled(*lines: str) -> str:
    """Return a DS table from `subject|number|phase|level|date` lines."""
    parts = [line.split("|") for line in lines]
    rows = [f"{s}|PROTOCOL MILESTONE|ENROLLMENT|{n}|{phase}|{level}|{date}" for s, n, phase, level, date in parts]
    return "\n".join([ENROLLED, *rows])


def doses(*lines: str) -> str:
    """Return an EX table from `subject|drug|number|start|end|mg` lines, all given."""
    category = {"T-DM1": "INFUSION"}
    parts = [line.split("|") for line in lines]
    rows = [f"{s}|{drug}|{n}|{category.get(drug, 'ORAL')}|Y|{start}|{end}|{mg}" for s, drug, n, start, end, mg in parts]
    return "\n".join(["USUBJID|EXTRT|EXSEQ|EXCAT|EXOCCUR|EXSTDTC|EXENDTC|EXDOSE", *rows])


def test_a_record_of_an_unknown_subject_is_named_once() -> None:
    found = run_check(
        checks.orphans,
        dm="USUBJID\n01-001",
        ss="USUBJID|SSSEQ\n01-001|1\n05-099|1",
        rs="USUBJID|VISIT|RSTESTCD|RAWROW\n05-099|TUM1|TRGRESP|9\n05-099|TUM1|OVRLRESP|9",
    )
    assert found == [("Q-105", "E", "05-099", "rs", "subject"), ("Q-105", "E", "05-099", "fu", "subject")]


def test_age_at_consent() -> None:
    table = """
    USUBJID | BRTHDTC    | RFICDTC
    01-001  | 2001-03-02 | 2019-03-01T09:00
    01-002  | 2001-03-01 | 2019-03-01
    01-003  |            | 2019-03-01
    01-004  | 1928-03-01 | 2019-03-01
    01-005  | 1928-03-02 | 2019-03-01
    01-006  | 2001-03    | 2019-03-01
    01-007  | 2001-04    | 2019-03-01
    01-008  | 2020-01-01 | 2019-03-01
    """
    # 18 years are completed on the birthday: 01-002; 91 years on 2019-03-01: 01-004 is above 90, 01-005 turns 91 a day
    # later
    assert run_check(checks.ages, dm=table) == [
        ("Q-202", "E", "01-003", "dm", "brthdtc"),
        ("Q-202", "E", "01-001", "dm", "brthdtc"),
        ("Q-202", "E", "01-007", "dm", "brthdtc"),
        ("Q-202", "E", "01-008", "dm", "brthdtc"),
        ("Q-202", "W", "01-004", "dm", "brthdtc"),
    ]


def test_sex_and_menopausal_status() -> None:
    dm = """
    USUBJID | SEX | MENOPAUS
    01-001  | F   | POSTMENOPAUSAL
    01-002  | M   |
    01-003  | F   | PREMENOPAUSAL
    01-004  | F   | PREMENOPAUSAL
    """
    ds = enrolled("01-001|1|I|75|2019-01-01", "01-003|1|I|75|2019-01-01")
    assert run_check(checks.sexes, dm=dm, ds=ds) == [
        ("Q-203", "E", "01-002", "dm", "sex"),
        ("Q-203", "E", "01-003", "dm", "menopaus"),
    ]


def test_two_subjects_with_one_birth_date_at_one_site() -> None:
    dm = "USUBJID|BRTHDTC\n01-001|1960-05-01\n01-002|1960-05-01\n02-001|1960-05-01\n02-002|1960\n02-003|1960"
    assert [row[2] for row in run_check(checks.second_enrollments, dm=dm)] == ["01-001", "01-002"]


def test_consent_before_the_first_dose() -> None:
    dm = "USUBJID|RFICDTC\n01-001|2019-01-02T09:00\n01-002|2019-01-01T10:00\n01-003|2019-01\n01-004|"
    ex = doses(*(f"01-00{n}|T-DM1|1|2019-01-01T09:30|2019-01-01T11:00|250" for n in (1, 2, 3, 4)))
    assert run_check(checks.consents, dm=dm, ex=ex) == [
        ("Q-205", "E", "01-004", "dm", "icdtc"),
        ("Q-205", "E", "01-001", "dm", "icdtc"),
        ("Q-205", "E", "01-002", "dm", "icdtc"),
    ]


def test_dose_levels() -> None:
    ds = enrolled("01-001|1|I|75|2019-01-01", "01-002|1|I||2019-01-01", "01-003|1|I|90|2019-01-01")
    assert run_check(checks.dose_levels, ["escalation.dose_levels_mg"], ds=ds) == [
        ("Q-206", "E", "01-002", "enr", "level"),
        ("Q-206", "E", "01-003", "enr", "level"),
    ]


def test_enrollment_patterns() -> None:
    ds = enrolled(
        "01-001|1|I|75|2019-01-01",
        "01-002|1|I|125|2019-01-01",
        "01-002|2|II|125|2020-08-01",
        "01-003|1|II|125|2020-08-01",
        "01-004|1|II|125|2020-06-01",
        "01-005|1|II|100|2020-08-01",
        "01-006|1|I|100|2019-01-01",
        "01-006|2|II|125|2020-08-01",
        "01-007|1|I|75|2019-01-01",
        "01-007|2|I|75|2019-03-01",
    )
    keys = ["rp2d.value", "rp2d.declared_on"]
    values = {"rp2d_value": 125, "rp2d_declared_on": datetime.date(2020, 6, 30)}
    assert run_check(checks.enrollment_pattern, keys, values, ds=ds) == [
        ("Q-207", "E", "01-007", "enr", "enrno"),
        ("Q-207", "E", "01-004", "enr", "enrdtc"),
        ("Q-207", "E", "01-005", "enr", "level"),
        ("Q-207", "E", "01-006", "enr", "level"),
    ]


def test_phase_two_without_a_declared_dose() -> None:
    keys, values = ["rp2d.value", "rp2d.declared_on"], {"rp2d_value": None, "rp2d_declared_on": None}
    ds = enrolled("01-001|1|II|125|2020-08-01")
    assert run_check(checks.enrollment_pattern, keys, values, ds=ds) == [("Q-207", "E", "01-001", "enr", "enrdtc")]


def test_treated_and_never_enrolled_is_said_once() -> None:
    ex = doses(
        "01-001|PALBOCICLIB|1|2019-01-01||75",
        "01-002|PALBOCICLIB|2|2019-02-01||75",
        "01-002|PALBOCICLIB|1|2019-01-01||75",
    )
    found = run_check(checks.treated_without_enrollment, ds=enrolled("01-001|1|I|75|2019-01-01"), ex=ex)
    assert found == [("Q-208", "E", "01-002", "ex_oral", "given")]


def test_enrolled_and_nothing_for_sixty_days() -> None:
    # the extract is of 2023-07-05: 60 days before is 2023-05-06
    ds = enrolled("01-001|1|II|125|2023-05-05", "01-002|1|II|125|2023-05-06", "01-003|1|II|125|2023-01-01")
    assert run_check(checks.enrolled_and_silent, ds=ds, ss="USUBJID|SSSEQ\n01-003|1") == [
        ("Q-208", "W", "01-001", "enr", "enrdtc")
    ]


STUDY_END = "USUBJID|DSCAT|DSSCAT|DSSEQ|DSDECOD|DSSTDTC"


def test_end_of_study_before_a_contact_that_was_made() -> None:
    ds = f"{STUDY_END}\n" + "\n".join(f"01-00{n}|DISPOSITION EVENT|STUDY|1|COMPLETED|2019-06-01" for n in (1, 2, 3))
    ss = "USUBJID|SSSEQ|SSDONE|SSDTC\n01-001|1|Y|2019-06-02\n01-002|1|N|2019-06-02\n01-003|1|Y|2019-06"
    assert run_check(checks.end_before_contact, ds=ds, ss=ss) == [("Q-209", "E", "01-001", "eos", "eosdtc")]


def test_doses_after_the_end_of_study() -> None:
    ds = f"{STUDY_END}\n01-001|DISPOSITION EVENT|STUDY|1|COMPLETED|2019-06-01"
    ex = doses(
        "01-001|PALBOCICLIB|1|2019-05-01|2019-06-01|75",
        "01-001|PALBOCICLIB|2|2019-06-01|2019-06-02|75",
        "01-001|T-DM1|1|2019-06-03T09:00|2019-06-03T10:00|250",
    )
    assert run_check(checks.dose_after_end, ds=ds, ex=ex) == [
        ("Q-210", "E", "01-001", "ex_tdm1", "exdtc"),
        ("Q-210", "E", "01-001", "ex_oral", "endtc"),
    ]


def test_doses_after_the_last_dose_of_that_drug() -> None:
    ds = f"{STUDY_END}\n01-001|DISPOSITION EVENT|PALBOCICLIB|1|OTHER|2019-06-01"
    ex = doses("01-001|PALBOCICLIB|1|2019-06-02||75", "01-001|LETROZOLE|1|2019-06-02||2.5")
    assert run_check(checks.dose_after_last, ds=ds, ex=ex) == [("Q-211", "E", "01-001", "ex_oral", "stdtc")]


def test_end_of_treatment_and_its_reason() -> None:
    ds = f"""{STUDY_END}|AENO
    01-001|DISPOSITION EVENT|STUDY|1|DEATH|2019-06-01|
    01-001|DISPOSITION EVENT|PALBOCICLIB|1|ADVERSE EVENT|2019-06-01|3
    01-002|DISPOSITION EVENT|PALBOCICLIB|1|ADVERSE EVENT|2019-06-01|3
    01-003|DISPOSITION EVENT|PALBOCICLIB|1|OTHER|2019-06-01|3
    01-004|DISPOSITION EVENT|PALBOCICLIB|1|ADVERSE EVENT|2019-06-01|
    """
    ae = """
    USUBJID | AESEQ | AETERM | AEACNPAL         | AEACNTDM
    01-001  | 3     | SEPSIS | DRUG WITHDRAWN   |
    01-002  | 3     | SEPSIS | DOSE NOT CHANGED | DRUG WITHDRAWN
    01-003  | 3     | SEPSIS | DRUG WITHDRAWN   |
    """
    ex = doses("01-001|PALBOCICLIB|1|2019-01-01||75", "01-001|LETROZOLE|1|2019-01-01||2.5")
    assert run_check(checks.ends_of_drugs, ds=ds, ex=ex, ae=ae) == [
        ("Q-212", "W", "01-001", "eos", "eosdtc"),
        ("Q-212", "W", "01-002", "eot", "aeno"),
        ("Q-212", "W", "01-004", "eot", "aeno"),
        ("Q-212", "W", "01-003", "eot", "reason"),
    ]


def test_the_first_dose_against_the_assigned_level() -> None:
    ds = enrolled(*(f"01-00{n}|1|I|100|2019-01-01" for n in (1, 2, 3)))
    ex = doses(
        "01-001|PALBOCICLIB|1|2019-01-02||100",
        "01-001|PALBOCICLIB|2|2019-01-23||75",
        "01-002|PALBOCICLIB|1|2019-01-02||125",
        "01-003|PALBOCICLIB|1|2019-01-02||75",
    )
    assert run_check(checks.first_levels, ds=ds, ex=ex) == [
        ("Q-213", "E", "01-002", "ex_oral", "dose"),
        ("Q-213", "W", "01-003", "ex_oral", "dose"),
    ]


def cohort(level: int, dates: list[str]) -> list[str]:
    return [f"01-{level:03d}{n}|1|I|{level}|{date}" for n, date in enumerate(dates, start=1)]


SIX = ["2019-01-01", "2019-01-02", "2019-01-03", "2019-03-01", "2019-03-02", "2019-03-03"]


def beyond(dlt: str) -> list[str]:
    found = run_check(checks.cohort_sizes, ds=enrolled(*cohort(75, [*SIX, "2019-03-04"])), fa=dlt)
    return [row[2] for row in found]


def test_a_cohort_of_three_grows_to_six_only_after_a_toxicity_known_by_then() -> None:
    head = "USUBJID|FAOBJ|FADTC|DLTYN|DLTEVAL"
    assert beyond(head) == ["01-0754", "01-0755", "01-0756", "01-0757"]
    assert beyond(f"{head}\n01-0751|D|2019-02-01|Y|Y") == ["01-0757"]
    assert beyond(f"{head}\n01-0751|D|2019-03-02|Y|Y") == ["01-0754", "01-0757"]


def test_who_is_not_evaluable_is_replaced() -> None:
    assert beyond("USUBJID|FAOBJ|FADTC|DLTYN|DLTEVAL\n01-0751|D|2019-02-01|N|N") == ["01-0755", "01-0756", "01-0757"]


def test_stepping_down_fills_the_lower_level_to_six() -> None:
    ds = enrolled(*cohort(75, SIX), *cohort(100, ["2019-02-01", "2019-02-02", "2019-02-03"]))
    fa = "USUBJID|FAOBJ|FADTC|DLTYN|DLTEVAL\n01-1001|D|2019-02-20|Y|Y\n01-1002|D|2019-02-21|Y|Y"
    assert run_check(checks.cohort_sizes, ds=ds, fa=fa) == []


def test_treated_without_any_event() -> None:
    ex = doses("01-001|PALBOCICLIB|1|2019-01-01||75", "01-002|PALBOCICLIB|1|2019-01-01||75")
    found = run_check(
        checks.without_events, dm="USUBJID\n01-001\n01-002\n01-003", ex=ex, ae="USUBJID|AESEQ|AETERM\n01-001|1|X"
    )
    assert found == [("Q-217", "I", "01-002", "dm", "subject")]


def test_dates_before_birth() -> None:
    ae = "USUBJID|AESEQ|AETERM|AESTDTC\n01-001|1|X|1960-04-30\n01-001|2|X|1960-05\n01-001|3|X|1959"
    found = run_check(checks.before_birth, dm="USUBJID|BRTHDTC\n01-001|1960-05-01", ae=ae)
    assert found == [("Q-1102", "E", "01-001", "ae", "stdtc")] * 2
