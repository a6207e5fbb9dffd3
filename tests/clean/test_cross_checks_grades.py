"""Q-506, Q-510, Q-514."""

import pytest

from crf2csr.clean import cross_checks_grades as checks
from tests.builders import run_check

EX = "USUBJID|EXTRT|EXSEQ|EXCAT|EXOCCUR|EXSTDTC\n01-001|T-DM1|1|INFUSION|Y|2019-01-10T09:00"


@pytest.mark.parametrize(
    ("term", "decod", "grade", "asked"),
    [
        # CTCAE 4.03: alopecia has grades 1 and 2, febrile neutropenia 3 to 5
        ("hair loss", "Alopecia", "2", 0),
        ("hair loss", "Alopecia", "3", 1),
        ("FEBRILE NEUTROPENIA", "", "2", 1),
        ("febrile neutropenia", "Febrile neutropenia", "3", 0),
        ("something else", "Something else", "5", 0),
        ("hair loss", "Alopecia", "7", 0),
        ("hair loss", "Alopecia", "", 0),
    ],
)
def test_grades_that_a_term_has(term: str, decod: str, grade: str, asked: int) -> None:
    ae = f"USUBJID|AESEQ|AETERM|AEDECOD|AETOXGR\n01-001|1|{term}|{decod}|{grade}"
    assert run_check(checks.undefined_grades, ae=ae) == [("Q-506", "W", "01-001", "ae", "grade")] * asked


LB = "USUBJID|LBTESTCD|VISIT|LBDTC|LBSTRESN|LBSTNRHI"


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("NEUT|C2D1|2019-01-31|0.99|7.5", 1),
        ("NEUT|C2D1|2019-01-31|1.0|7.5", 0),
        ("PLAT|C2D1|2019-01-31|49|400", 1),
        # ALT above 5 times 40
        ("ALT|C2D1|2019-01-31|201|40", 1),
        ("ALT|C2D1|2019-01-31|200|40", 0),
        ("ALT|C2D1|2019-01-31|900|", 0),
        ("BILI|C2D1|2019-01-31|61|20", 1),
        ("NEUT|SCREENING|2019-01-03|0.5|7.5", 0),
    ],
)
def test_severe_results_have_an_event(line: str, asked: int) -> None:
    assert (
        run_check(checks.unreported_results, ex=EX, lb=f"{LB}\n01-001|{line}")
        == [("Q-510", "W", "01-001", "lb", "lborres")] * asked
    )


@pytest.mark.parametrize(
    ("term", "start", "asked"),
    [
        ("Neutrophil count decreased", "2019-01-31", 0),
        ("Neutropenia", "2019-02-07", 0),
        ("Neutropenia", "2019-02-08", 1),
        ("Neutropenia", "2019-02", 0),
        ("Neutropenia", "", 0),
        ("Nausea", "2019-01-31", 1),
    ],
)
def test_an_event_counts_if_it_began_by_a_week_after_the_sample(term: str, start: str, asked: int) -> None:
    ae = f"USUBJID|AESEQ|AETERM|AESTDTC\n01-001|1|{term}|{start}"
    lb = f"{LB}\n01-001|NEUT|C2D1|2019-01-31|0.5|7.5\n01-001|NEUT|C3D1|2019-01-31|0.4|7.5"
    assert len(run_check(checks.unreported_results, ex=EX, lb=lb, ae=ae)) == asked, "once a subject and kind"


def test_events_before_consent_are_in_the_medical_history() -> None:
    dm = "USUBJID|RFICDTC\n01-001|2019-01-02T10:00"
    ae = """
    USUBJID | AESEQ | AETERM | AEDECOD  | AESTDTC
    01-001  | 1     | nausea | Nausea   | 2018-12-31
    01-001  | 2     | HTN    | Hypertension | 2018
    01-001  | 3     | cough  | Cough    | 2018-12
    01-001  | 4     | rash   | Rash     | 2019-01-02
    01-001  | 5     | rash   | Rash     | 2019
    """
    mh = "USUBJID|MHSEQ|MHTERM|MHDECOD\n01-001|1|high pressure|HYPERTENSION\n01-001|2|COUGH|"
    assert run_check(checks.events_before_consent, dm=dm, ae=ae, mh=mh) == [("Q-514", "W", "01-001", "ae", "stdtc")]
