"""Q-216, Q-301 to Q-309: enrolled subjects only; 01-009 is a screen failure."""

import pytest

from crf2csr.clean import cross_checks_eligibility as checks
from tests.builders import run_check

DS = """
USUBJID | DSCAT              | DSSCAT     | DSSEQ | DSSTDTC    | DSDECOD        | ENRPHASE | DOSELVL
01-001  | PROTOCOL MILESTONE | ENROLLMENT | 1     | 2019-01-08 | ENROLLED       | I        | 75
01-001  | PROTOCOL MILESTONE | ENROLLMENT | 2     | 2019-09-08 | ENROLLED       | II       | 75
01-009  | DISPOSITION EVENT  | STUDY      | 1     | 2019-01-09 | SCREEN FAILURE |          |
"""
EX = "USUBJID|EXTRT|EXSEQ|EXCAT|EXOCCUR|EXSTDTC\n01-001|PALBOCICLIB|1|ORAL|Y|2019-01-15"
DAYS = ("visit.schedule",)


def test_a_screened_subject_is_enrolled_or_has_a_reason() -> None:
    dm = "USUBJID|RFICDTC\n01-001|2019-01-01\n01-002|2019-01-01\n01-003|2023-07-01\n01-009|2019-01-01"
    assert run_check(checks.unsettled_screening, dm=dm, ds=DS) == [("Q-216", "W", "01-002", "dm", "subject")]


@pytest.mark.parametrize(("first", "asked"), [("2018-12-14", 0), ("2018-12-15", 1), ("2018-08-15", 1), ("2018-12", 0)])
def test_the_first_consent_against_the_registered_start(first: str, asked: int) -> None:
    # the registry gives 15 October 2018: 60 days later is 14 December, 61 days before is 15 August
    dm = (
        f"USUBJID|RFICDTC\n01-001|2020-01-01\n01-002|{first}"
        if len(first) == 10
        else f"USUBJID|RFICDTC\n01-001|{first}"
    )
    found = run_check(checks.study_start, ("study.start_date",), dm=dm)
    assert found == [("Q-218", "W", "01-002", "dm", "icdtc")] * asked


def test_criteria_of_enrolled_subjects() -> None:
    ie = """
    USUBJID | VISIT     | IETESTCD | IECAT     | IESTRESC | IEWAIVER
    01-001  | SCREENING | EXC01    | EXCLUSION | Y        |
    01-001  | SCREENING | EXC02    | EXCLUSION | N        |
    01-001  | SCREENING | INC01    | INCLUSION | N        | Y
    01-001  | SCREENING | INC02    | INCLUSION | Y        |
    01-001  | SCREENING | INC03    | INCLUSION |          |
    01-001  | SCREENING | INC04    | INCLUSION | NA       |
    01-009  | SCREENING | INC01    | INCLUSION | N        |
    01-009  | SCREENING | INC05    | INCLUSION | Y        |
    """
    assert run_check(checks.criteria, ds=DS, ie=ie) == [
        ("Q-301", "E", "01-001", "ie", "ieorres"),
        ("Q-301", "W", "01-001", "ie", "ieorres"),
        ("Q-301", "E", "01-001", "ie", "ieorres"),
        ("Q-301", "E", "01-001", "enr", "subject"),
    ]


@pytest.mark.parametrize(
    ("deviation", "asked"),
    [
        ("01-001|1|X|Y|ELIGIBILITY|INC01", False),
        ("01-001|1|X|Y|ELIGIBILITY|", False),
        ("01-001|1|X|Y|ELIGIBILITY|INC02", True),
        ("01-001|1|X|N|ELIGIBILITY|INC01", True),
        ("01-001|1|X|Y|DOSING|INC01", True),
        ("01-002|1|X|Y|ELIGIBILITY|INC01", True),
    ],
)
def test_a_waiver_has_an_important_deviation(deviation: str, asked: bool) -> None:
    ie = "USUBJID|VISIT|IETESTCD|IEWAIVER\n01-001|SCREENING|INC01|Y\n01-009|SCREENING|INC01|Y"
    dv = f"USUBJID|DVSEQ|DVTERM|DVIMP|DVCAT|DVCRIT\n{deviation}"
    assert run_check(checks.waivers, ds=DS, ie=ie, dv=dv) == [("Q-309", "E", "01-001", "ie", "iewaiver")] * asked


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["SCREENING|0|2"], []),
        (["SCREENING|0|3"], [("pe", "ecog")]),
        (["SCREENING|0|3", "C1D1|1|1"], []),
        (["SCREENING|0|1", "C1D1|1|"], []),
        (["SCREENING|0|"], [("pe", "ecog")]),
        (["C2D1|2|1"], [("enr", "subject")]),
    ],
)
def test_performance_status_at_baseline(lines: list[str], found: list[tuple[str, str]]) -> None:
    rsec = "\n".join(["USUBJID|VISIT|VISITNUM|RSSTRESN", *(f"01-001|{line}" for line in lines), "01-009|SCREENING|0|4"])
    assert run_check(checks.performance, DAYS, ds=DS, rsec=rsec) == [
        ("Q-302", "E", "01-001", *place) for place in found
    ]


def therapies(*lines: str) -> str:
    return "\n".join(["USUBJID|CMCAT|CMSEQ|CMCLAS|CMTRT|CMSTDTC|CMENDTC", *lines])


def test_prior_inhibitor_of_cdk() -> None:
    cm = therapies(
        "01-001|PRIOR CANCER THERAPY|1|CDK4/6 INHIBITOR|unknown||",
        "01-001|PRIOR CANCER THERAPY|2|OTHER|Ribociclib||",
        "01-001|CONCOMITANT MEDICATION|1||Palbociclib 75 mg||",
        "01-001|ON-STUDY CANCER THERAPY|1||abemaciclib||",
        "01-009|PRIOR CANCER THERAPY|1|CDK4/6 INHIBITOR|palbociclib||",
    )
    assert run_check(checks.prior_inhibitors, ds=DS, cm=cm) == [
        ("Q-303", "E", "01-001", "ptx", "class"),
        ("Q-303", "E", "01-001", "cm", "trt"),
        ("Q-303", "E", "01-001", "ptx", "agent"),
    ]


@pytest.mark.parametrize(
    ("lines", "asked"),
    [
        (["TAXANE|Docetaxel", "TRASTUZUMAB|Trastuzumab"], 0),
        (["OTHER CHEMOTHERAPY|nab-Paclitaxel", "OTHER|Herceptin + pertuzumab"], 0),
        (["TAXANE|Docetaxel", "T-DM1|ado-trastuzumab emtansine"], 1),
        (["OTHER|letrozole"], 2),
    ],
)
def test_required_therapies(lines: list[str], asked: int) -> None:
    cm = therapies(*(f"01-001|PRIOR CANCER THERAPY|{n}|{line}||" for n, line in enumerate(lines, start=1)))
    assert run_check(checks.required_therapies, ds=DS, cm=cm) == [("Q-304", "E", "01-001", "enr", "subject")] * asked


@pytest.mark.parametrize(
    ("end", "asked"),
    [("2018-12-31", 0), ("2019-01-01", 1), ("2019-01-20", 1), ("2019-01", 0), ("", 0)],
)
def test_washout(end: str, asked: int) -> None:
    # the first dose is on 15 January: 1 January is 14 days before it
    cm = therapies(
        f"01-001|PRIOR CANCER THERAPY|1|TAXANE|X|2018-06-01|{end}",
        f"01-001|PRIOR CANCER THERAPY|2|SERD|X|2018-06-01|{end}",
    )
    pr = f"USUBJID|PRCAT|PRSEQ|PRSCAT|PRSTDTC|PRENDTC\n01-001|PRIOR CANCER THERAPY|3|RADIOTHERAPY|2018-06-01|{end}"
    assert (
        run_check(checks.recent_therapy, ex=EX, cm=cm, pr=pr) == [("Q-305", "W", "01-001", "ptx", "endtc")] * 2 * asked
    )


def history(estrogen: str, ihc: str, ish: str) -> str:
    lines = [f"ERPCT|{estrogen}|{estrogen}", f"HER2IHC|{ihc}|", f"HER2ISH|{ish}|"]
    each = [f"{subject}|{line}" for subject in ("01-001", "01-009") for line in lines]
    return "\n".join(["USUBJID|FATESTCD|FASTRESC|FASTRESN", *each])


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        (("10", "3+", ""), []),
        (("80", "2+", "POSITIVE"), []),
        (("9", "3+", ""), ["erpct"]),
        (("", "3+", ""), ["erpct"]),
        (("80", "2+", "NEGATIVE"), ["her2ihc"]),
        (("80", "1+", ""), ["her2ihc"]),
        (("80", "NOT DONE", "NOT DONE"), ["her2ihc"]),
    ],
)
def test_receptors(values: tuple[str, str, str], fields: list[str]) -> None:
    found = run_check(checks.receptors, ds=DS, famh=history(*values))
    assert found == [("Q-306", "W", "01-001", "dxh", field) for field in fields]


def test_leptomeningeal_disease() -> None:
    famh = """
    USUBJID | FATESTCD | FASTRESC
    01-001  | METSITES | BONE; LEPTOMENINGEAL
    01-009  | METSITES | LEPTOMENINGEAL
    """
    mh = "USUBJID|MHSEQ|MHTERM\n01-001|1|Carcinomatous meningitis\n01-001|2|cough"
    assert run_check(checks.leptomeningeal, ds=DS, famh=famh, mh=mh) == [
        ("Q-308", "W", "01-001", "dxh", "metsites"),
        ("Q-308", "W", "01-001", "mh", "term"),
    ]
