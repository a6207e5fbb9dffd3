"""Q-409, Q-410, Q-803, Q-808 to Q-812."""

import pytest

from crf2csr.clean import cross_checks_laboratory as checks
from tests.builders import run_check

LB = "USUBJID|LBTESTCD|VISIT|LBDTC|LBSTRESN|LBSTNRLO|LBSTNRHI"


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("NEUT|C1D1|2019-01-01|1.9|1.8|7.5", 0),
        ("NEUT|C1D1|2019-01-01|1900|1.8|7.5", 1),
        ("NEUT|C1D1|2019-01-01|0.0019|1.8|7.5", 1),
        ("NEUT|C1D1|2019-01-01|0.01|1.8|7.5", 0),
        ("HGB|C1D1|2019-01-01|12.1|115|155", 1),
        ("HGB|C1D1|2019-01-01|60|115|155", 0),
        ("ALT|C1D1|2019-01-01|1900||", 0),
    ],
)
def test_results_wrong_by_a_factor(line: str, asked: int) -> None:
    assert (
        run_check(checks.implausible_results, lb=f"{LB}\n01-001|{line}")
        == [("Q-803", "W", "01-001", "lb", "lborres")] * asked
    )


def test_reversed_limits() -> None:
    lb = f"{LB}\n01-001|K|C1D1||4|5.0|3.5\n01-001|CA|C1D1||2|2.1|2.6\n01-001|MG|C1D1||1||1.0"
    assert run_check(checks.reversed_limits, lb=lb) == [("Q-811", "W", "01-001", "lb", "lbnrlo")]
    equal = f"{LB}\n01-001|K|C1D1||4|3.5|3.5"
    assert run_check(checks.reversed_limits, lb=equal) == [("Q-811", "W", "01-001", "lb", "lbnrlo")]


def test_calcium_without_albumin() -> None:
    lb = f"""{LB}
    01-001 | CA  | C1D1 | 2019-01-01T08:00 | 2.3 | |
    01-001 | ALB | C1D1 | 2019-01-01T08:10 | 40  | |
    01-001 | CA  | C2D1 | 2019-01-22       | 2.3 | |
    01-001 | ALB | C2D1 | 2019-01-23       | 40  | |
    01-001 | CA  | C3D1 | 2019-02-12       | 2.3 | |
    01-001 | ALB | C3D1 | 2019-02-12       |     | |
    01-001 | CA  | C4D1 | 2019-03-05       |     | |
    """
    assert run_check(checks.calcium_without_albumin, lb=lb) == [("Q-812", "W", "01-001", "lb", "lborres")] * 2


def test_vital_signs() -> None:
    vs = """
    USUBJID | VSTESTCD | VISIT | VSSTRESN
    01-001  | SYSBP    | C1D1  | 120
    01-001  | DIABP    | C1D1  | 80
    01-001  | SYSBP    | C2D1  | 80
    01-001  | DIABP    | C2D1  | 80
    01-001  | SYSBP    | C3D1  | 80
    01-001  | PULSE    | C1D1  | 29
    01-001  | PULSE    | C2D1  | 30
    01-001  | TEMP     | C1D1  | 42.1
    01-001  | TEMP     | C2D1  | 36.6
    """
    assert run_check(checks.vital_limits, vs=vs) == [("Q-808", "W", "01-001", "vs", "vsorres")] * 3


EX = "USUBJID|EXTRT|EXSEQ|EXCAT|EXOCCUR|VISIT|EXSTDTC|EXDOSE|EXWEIGHT"


def infusions(*lines: str) -> str:
    return "\n".join([EX, *(f"01-001|T-DM1|{n}|INFUSION|Y|{line}" for n, line in enumerate(lines, start=1))])


def test_weight_at_an_infusion_and_height() -> None:
    ex = infusions("C1D1|2019-01-01|216|", "C2D1|2019-01-22|216|", "C3D1|2019-02-12|216|60")
    vs = "USUBJID|VSTESTCD|VISIT|VISITNUM|VSORRES\n01-001|WEIGHT|C1D1|1|60\n01-001|WEIGHT|C2D1|2|"
    assert run_check(checks.missing_weights, ex=ex, vs=vs) == [
        ("Q-809", "E", "01-001", "ex_tdm1", "weight"),
        ("Q-809", "W", "01-001", "vs", "vstestcd"),
    ]
    height = "\n01-001|HEIGHT|SCREENING|0|165"
    assert len(run_check(checks.missing_weights, ex=ex, vs=vs + height)) == 1


def test_dose_of_tdm1_by_weight() -> None:
    # 3.6 mg/kg * 60 kg = 216 mg, 10 % more is 237.6 mg; 3.0 mg/kg is 180 mg
    ex = infusions("C1D1|2019-01-01|237|60", "C2D1|2019-01-22|238|60", "C3D1|2019-02-12|180|60", "C4D1|2019-03-05|216|")
    dose, weight = (("Q-409", "W", "01-001", "ex_tdm1", field) for field in ("mg", "weight"))
    assert run_check(checks.doses_by_weight, keys=["dose.tdm1_mg_kg"], ex=ex) == [dose, dose, weight]
    ec = "USUBJID|ECSEQ|ECTRT|ECACTION|ECSTDTC\n01-001|1|T-DM1|REDUCED|2019-02-10"
    assert run_check(checks.doses_by_weight, keys=["dose.tdm1_mg_kg"], ex=ex, ec=ec) == [dose, weight]


def test_weight_of_the_visit_against_the_weight_used() -> None:
    ex = infusions("C1D1|2019-01-01|216|60", "C2D1|2019-01-22|216|60", "C3D1|2019-02-12|216|60")
    vs = "USUBJID|VSTESTCD|VISIT|VSSTRESN\n01-001|WEIGHT|C1D1|66\n01-001|WEIGHT|C2D1|66.1"
    assert run_check(checks.changed_weights, ex=ex, vs=vs) == [("Q-410", "W", "01-001", "ex_tdm1", "weight")]


def fractions(*lines: str, dm: str = "USUBJID\n01-001") -> list[tuple[str, ...]]:
    ex = infusions("C1D1|2019-01-10|216|60", "C8D1|2019-06-06|216|60")
    cv = "\n".join(["USUBJID|VISIT|CVDTC|CVSTRESN|CVMETHOD", *(f"01-001|{line}" for line in lines)])
    return run_check(checks.ejection_fractions, dm=dm, ex=ex, cv=cv)


def test_ejection_fraction() -> None:
    due, method = ("Q-810", "W", "01-001", "card", "cddtc"), ("Q-810", "W", "01-001", "card", "method")
    first = "SCREENING|2019-01-05|60|MUGA"
    # 112 days after 5 January is 27 April, the last infusion 40 days later
    assert fractions(first, "C6D1|2019-04-27|60|MUGA") == []
    assert fractions(first, "C6D1|2019-04-28|60|MUGA") == [due]
    assert fractions(first) == [due]
    assert fractions(first, "C6D1|2019-04-27|60|ECHOCARDIOGRAM") == [method]
    assert fractions("C1D8|2019-01-17|60|MUGA", "C6D1|2019-04-27|60|MUGA") == [
        ("Q-810", "W", "01-001", "dm", "subject")
    ]
