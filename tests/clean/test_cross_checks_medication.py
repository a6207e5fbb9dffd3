"""Q-115 (medical history, medication), Q-1105 to Q-1108."""

import pytest

from crf2csr.clean import cross_checks_medication as checks
from tests.builders import run_check

MEDICATION = "CONCOMITANT MEDICATION"


def test_uncoded_terms() -> None:
    mh = "USUBJID|MHSEQ|MHTERM|MHDECOD|MHBODSYS\n01-001|1|HTN|Hypertension|Vascular\n01-001|2|HTN|Hypertension|"
    cm = f"USUBJID|CMCAT|CMSEQ|CMTRT|CMDECOD\n01-001|{MEDICATION}|1|X|\n01-001|PRIOR CANCER THERAPY|1|X|"
    assert run_check(checks.uncoded_history, mh=mh, cm=cm) == [
        ("Q-115", "W", "01-001", "mh", "decod"),
        ("Q-115", "W", "01-001", "cm", "decod"),
    ]


def test_incomplete_medication() -> None:
    cm = f"""
    USUBJID | CMCAT        | CMSEQ | CMDECOD | CMCLASCD | CMINDC
    01-001  | {MEDICATION} | 1     | A       | N02      | pain
    01-001  | {MEDICATION} | 2     |         |          | pain
    01-001  | {MEDICATION} | 3     | A       |          | pain
    01-001  | {MEDICATION} | 4     | A       | N02      |
    01-001  | PRIOR CANCER THERAPY | 1 |     |          |
    """
    assert [row[4] for row in run_check(checks.incomplete_medication, cm=cm)] == ["decod", "atc", "indc"]


@pytest.mark.parametrize(
    ("names", "start", "end", "field"),
    [
        ("Clarithromycin|Klacid", "2019-02-01", "2019-02-08", "decod"),
        ("|clarithromycin 500 mg", "2019-02-01", "", "trt"),
        ("|St. John's Wort", "", "", "trt"),
        ("Ibuprofen|ibuprofen", "2019-02-01", "", ""),
        ("Clarithromycin|x", "2018-12-01", "2019-01-09", ""),
        ("Clarithromycin|x", "2018-12-01", "2019-01", "decod"),
        ("Clarithromycin|x", "2019-03-02", "", ""),
    ],
)
def test_prohibited_medication(names: str, start: str, end: str, field: str) -> None:
    ex = "USUBJID|EXTRT|EXSEQ|EXCAT|EXOCCUR|EXSTDTC|EXENDTC\n01-001|PALBOCICLIB|1|ORAL|Y|2019-01-10|2019-03-01"
    cm = f"USUBJID|CMCAT|CMSEQ|CMDECOD|CMTRT|CMSTDTC|CMENDTC\n01-001|{MEDICATION}|1|{names}|{start}|{end}"
    found = run_check(checks.prohibited_medication, ex=ex, cm=cm)
    assert found == [("Q-1106", "W", "01-001", "cm", field)] * bool(field)


def test_categories_of_deviations() -> None:
    dv = """
    USUBJID | DVSEQ | DVTERM | DVIMP | DVCAT       | DVCRIT
    01-001  | 1     | X      | Y     |             |
    01-001  | 2     | X      | N     |             |
    01-001  | 3     | X      | N     | ELIGIBILITY |
    01-001  | 4     | X      | Y     | ELIGIBILITY | INC01
    """
    assert run_check(checks.deviation_categories, dv=dv) == [
        ("Q-1107", "W", "01-001", "dv", "dvcat"),
        ("Q-1107", "W", "01-001", "dv", "criterion"),
    ]


def test_periods() -> None:
    cm = f"""
    USUBJID | CMCAT                   | CMSEQ | CMSTDTC    | CMENDTC    | CMENRF
    01-001  | {MEDICATION}            | 1     | 2019-02-01 | 2019-01-31 |
    01-001  | {MEDICATION}            | 2     | 2019-02-01 | 2019-02    | N
    01-001  | {MEDICATION}            | 3     | 2019-02-01 | 2019-02-02 | Y
    01-001  | PRIOR CANCER THERAPY    | 1     | 2016-03    | 2016-02    |
    01-001  | ON-STUDY CANCER THERAPY | 1     | 2019-08    | 2019-07    |
    """
    pr = "USUBJID|PRCAT|PRSEQ|PRSCAT|PRSTDTC|PRENDTC\n01-001|PRIOR CANCER THERAPY|2|SURGERY|2016|2015"
    mh = "USUBJID|MHSEQ|MHTERM|MHSTDTC|MHENDTC|MHENRF\n01-001|1|X|2010|2009|\n01-001|2|X|2010|2011|Y"
    found = run_check(checks.periods_of_records, cm=cm, pr=pr, mh=mh)
    assert [(form, field) for _, _, _, form, field in found] == [
        ("cm", "endtc"),
        ("act", "endtc"),
        ("ptx", "endtc"),
        ("cm", "ongoing"),
        ("ptx", "endtc"),
        ("mh", "endtc"),
        ("mh", "ongoing"),
    ]
