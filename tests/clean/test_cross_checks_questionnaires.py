"""Q-901 to Q-905."""

from crf2csr.clean import cross_checks_questionnaires as checks
from tests.builders import run_check

HEAD = "USUBJID|QSCAT|QSSCAT|VISIT|VISITNUM|QSTESTCD|QSDTC|QSORRES|QSSTRESN|QSSTAT|QSREASND|QSVERS"
KEYS = ("visit.schedule",)
EX = "USUBJID|EXTRT|EXSEQ|EXCAT|EXOCCUR|EXSTDTC\n01-001|PALBOCICLIB|1|ORAL|Y|2019-01-10"


def items(*lines: str) -> str:
    """Return fatigue items from `visit|number|item|date|answer|not done|reason|version` lines of subject 01-001."""
    parts = [line.split("|") for line in lines]
    rows = [
        f"01-001|PROMIS|FATIGUE|{visit}|{number}|FATIG{item}|{date}|{answer}|{answer}|{done}|{reason}|{version}"
        for visit, number, item, date, answer, done, reason, version in parts
    ]
    return "\n".join([HEAD, *rows])


def test_two_dates_of_one_questionnaire() -> None:
    same = ["C1D1|1|1|2019-01-10|2|||", "C1D1|1|2|2019-01-10|2|||", "C2D1|2|1|2019-01-31|2|||"]
    assert run_check(checks.two_dates, qs=items(*same)) == []
    other = ["C1D1|1|3|2019-01-11|2|||", "C1D1|1|4|2019-01-11|2|||"]
    assert run_check(checks.two_dates, qs=items(*same, *other)) == [("Q-901", "W", "01-001", "promis", "qsdtc")]


def test_not_done_needs_a_reason_and_has_no_answer() -> None:
    lines = [
        "C1D1|1|1|||NOT DONE||",
        "C1D1|1|2|||NOT DONE||",
        "C2D1|2|1|||NOT DONE|refused|",
        "C3D1|3|1||4|NOT DONE|refused|",
        "C4D1|4|1||4|||",
    ]
    assert run_check(checks.not_done, qs=items(*lines)) == [
        ("Q-902", "W", "01-001", "promis", "reasnd"),
        ("Q-902", "E", "01-001", "promis", "answer"),
    ]


def test_a_changed_version_is_asked_about_once() -> None:
    lines = ["C1D1|1|1||1|||v1.0", "C2D1|2|1||1|||v1.0", "C3D1|3|1||1|||v1.1", "C4D1|4|1||1|||v1.1"]
    assert run_check(checks.versions, qs=items(*lines)) == [("Q-904", "W", "01-001", "promis", "version")]
    assert run_check(checks.versions, qs=items(*lines[:2])) == []


def dated(*lines: str) -> list[tuple[str, ...]]:
    sv = "USUBJID|VISIT|SVSTDTC\n01-001|C1D1|2019-01-10\n01-001|C2D1|2019-01-31"
    return run_check(checks.questionnaire_dates, KEYS, qs=items(*lines), sv=sv, ex=EX)


def test_the_date_of_a_questionnaire() -> None:
    wrong = ("Q-905", "W", "01-001", "promis", "qsdtc")
    assert dated("C1D1|1|1|2019-01-10|1|||", "C2D1|2|1|2019-02-07|1|||") == [], "day of the dose, 7 days off"
    assert dated("C1D1|1|1|2019-01-11|1|||", "C1D1|1|2|2019-01-11|1|||") == [wrong], "after the first dose"
    assert dated("C2D1|2|1|2019-02-08|1|||") == [wrong], "8 days off the visit"
    assert dated("C2D1|2|1|2019-02-02|1|||", "C3D1|3|1|2019-02-01|1|||") == [wrong], "before that of the visit before"
    assert dated("C1D1|1|1|2019-01|1|||") == [], "only known parts are compared"


def unexpected(*lines: str, consent: str = "2019-01-05") -> list[tuple[str, ...]]:
    dm = f"USUBJID|SUBJID|SITEID|RFICDTC\n01-001|01-001|01|{consent}"
    return run_check(checks.unexpected_forms, KEYS, qs=items(*lines), dm=dm)


def test_a_questionnaire_that_nobody_expects_there() -> None:
    """Planned: before the first dose, day 1 of each cycle, end of treatment."""
    wrong = ("Q-905", "W", "01-001", "promis")
    planned = ["SCREENING|0|1|2019-01-06|1|||", "C1D1|1|1|2019-01-10|1|||", "EOT|900|1|2019-02-08|1|||"]
    assert unexpected(*planned) == []
    assert unexpected(*planned, "TUM1|101|1|2019-03-14|1|||", "TUM1|101|2|2019-03-14|1|||") == [(*wrong, "visit")]
    assert unexpected("|1|1|2019-01-10|1|||") == [], "a missing visit is asked about elsewhere"


def test_two_forms_on_one_day_and_a_form_before_consent() -> None:
    wrong = ("Q-905", "W", "01-001", "promis", "qsdtc")
    same = ["C1D1|1|1|2019-01-10|1|||", "C1D1|1|2|2019-01-10|1|||", "C2D1|2|1|2019-01-10|1|||"]
    assert unexpected(*same) == [wrong]
    assert unexpected("C1D1|1|1|2019-01|1|||", "C2D1|2|1|2019-01|1|||") == [], "a month is no day"
    assert unexpected("C1D1|1|1|2019-01-04|1|||") == [wrong]
    assert unexpected("C1D1|1|1|2019-01-05|1|||") == []
    assert unexpected("C1D1|1|1|2019-01|1|||", consent="") == []
