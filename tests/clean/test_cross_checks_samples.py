"""Q-801, Q-804 to Q-807."""

import pytest

from crf2csr.clean import cross_checks_samples as checks
from tests.builders import run_check

KEYS = ["visit.schedule"]
DATE, RESULT = ("W", "01-001", "lb", "lbdtc"), ("01-001", "lb", "lborres")


def test_a_result_below_a_bound_is_listed_and_not_graded() -> None:
    lb = """
    USUBJID | LBTESTCD | VISIT | LBORRES   | LBSTRESC | LBSTRESN
    01-001  | ALT      | C1D1  | <5        | <5       |
    01-001  | AST      | C1D1  | 20        | 20       | 20
    01-001  | K        | C1D1  | hemolyzed |          |
    """
    assert run_check(checks.signed_results, lb=lb) == [("Q-801", "W", *RESULT)]


AE = "USUBJID|AESEQ|AETERM|AEDECOD|AETOXGR|AESTDTC|AEENDTC\n01-001|1|low|{}|{}|2019-03-10|{}"
NEUT = "USUBJID|LBTESTCD|VISIT|LBDTC|LBSTRESN|LBSTNRHI\n01-001|{}|C2D1|{}|{}|{}"


@pytest.mark.parametrize(
    ("event", "sample", "asked"),
    [
        # Grade 3 of neutrophils is below 1.0 (10^9/L), CTCAE v4.03.
        (("Neutrophil count decreased", 3, "2019-03-20"), ("NEUT", "2019-03-15", "1.0", "7.5"), 1),
        (("NEUTROPHIL COUNT DECREASED", 3, "2019-03-20"), ("NEUT", "2019-03-20T08:00", "1.0", "7.5"), 1),
        (("Neutrophil count decreased", 3, "2019-03-20"), ("NEUT", "2019-03-15", "0.99", "7.5"), 0),
        (("Neutrophil count decreased", 2, "2019-03-20"), ("NEUT", "2019-03-15", "3", "7.5"), 0),
        (("Neutrophil count decreased", 3, "2019-03-20"), ("NEUT", "2019-03-21", "3", "7.5"), 0),
        (("Neutrophil count decreased", 3, "2019-03"), ("NEUT", "2019-03-15", "3", "7.5"), 0),
        (("Neutrophil count decreased", 3, ""), ("NEUT", "2019-03-15", "3", "7.5"), 0),
        # Grade 3 of ALT is above 5 x ULN: 200 of 40 is not.
        (("Alanine aminotransferase increased", 4, "2019-03-20"), ("ALT", "2019-03-15", "200", "40"), 1),
        (("Alanine aminotransferase increased", 4, "2019-03-20"), ("ALT", "2019-03-15", "201", "40"), 0),
    ],
)
def test_the_grade_of_a_laboratory_event_is_that_of_a_result_while_it_lasts(event, sample, asked) -> None:
    found = run_check(checks.grades_of_events, ae=AE.format(*event), lb=NEUT.format(*sample))
    assert found == [("Q-804", "W", "01-001", "ae", "grade")] * asked


EX = """
    USUBJID | EXTRT       | EXSEQ | EXCAT    | EXOCCUR | VISIT | EXSTDTC
    01-001  | PALBOCICLIB | 1     | ORAL     | Y       | C1D1  | 2019-03-15
    01-001  | T-DM1       | 1     | INFUSION | Y       | C1D1  | 2019-03-15T11:00
    """
SAMPLES = "USUBJID|LBTESTCD|VISIT|VISITNUM|LBDTC"


def samples(*lines: str) -> str:
    return "\n".join([SAMPLES, *(f"01-001|{line}" for line in lines)])


def test_samples_follow_the_order_of_their_visits() -> None:
    lines = ("K|C2D1|2|2019-04-05", "ALT|C2D1|2|2019-04-05", "K|C3D1|3|2019-04-04", "K|C4D1|4|2019-04-05T07:00")
    assert run_check(checks.sample_order, keys=KEYS, lb=samples(*lines), ex=EX) == [("Q-805", *DATE)]
    # A partial date that can be the right one, and a visit that is not planned, are not held against anybody.
    lines = ("K|C2D1|2|2019-04-05", "K|C3D1|3|2019-04", "K|EXTRA||2019-01-01")
    assert run_check(checks.sample_order, keys=KEYS, lb=samples(*lines), ex=EX) == []


def test_on_the_day_of_the_first_dose_a_sample_has_a_time() -> None:
    lines = ("K|C1D1|1|2019-03-15", "ALT|C1D1|1|2019-03-15T07:00", "K|SCREENING|0|2019-03-01")
    assert run_check(checks.sample_order, keys=KEYS, lb=samples(*lines), ex=EX) == [("Q-805", *DATE)]


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("K|C1D1|1|2019-03-15T11:01", 1),
        ("K|C1D1|1|2019-03-15T11:00", 0),
        ("K|C1D1|1|2019-03-15", 0),
        ("K|C1D1|1|2019-03-16", 1),
        ("K|SCREENING|0|2019-03-16T07:00", 1),
        ("K|SCREENING|0|2019-03", 0),
        ("K|C1D8|1.08|2019-03-22T07:00", 0),
    ],
)
def test_samples_planned_before_the_first_dose_are_before_it(line: str, asked: int) -> None:
    found = run_check(checks.samples_after_dose, keys=KEYS, lb=samples(line, line.replace("K|", "MG|", 1)), ex=EX)
    assert found == [("Q-806", *DATE)] * asked


@pytest.mark.parametrize(
    ("white", "asked"),
    # 4.0 + 2.0 = 6.0; 20 percent above 5.0 is 6.0, above 4.9 it is 5.88.
    [("5.0", 0), ("4.9", 1)],
)
def test_the_cells_of_a_differential_are_not_more_than_all(white: str, asked: int) -> None:
    lb = f"""
    USUBJID | LBTESTCD | VISIT | LBDTC            | LBSTRESN | LBSTNRLO | LBSTNRHI
    01-001  | WBC      | C1D1  | 2019-03-15T07:00 | {white}  | 4        | 11
    01-001  | NEUT     | C1D1  | 2019-03-15T07:05 | 4.0      | 1.8      | 7.5
    01-001  | LYM      | C1D1  | 2019-03-15T07:00 | 2.0      | 1        | 4
    01-001  | WBC      | C2D1  | 2019-04-05       | 5        | 4        | 11
    01-001  | NEUT     | C2D1  | 2019-04-05       | 4000     | 1.8      | 7.5
    01-001  | LYM      | C2D1  | 2019-04-05       | 1        | 1        | 4
    """
    # 4000 is a unit confused and asked about as such.
    assert run_check(checks.differentials, lb=lb) == [("Q-807", "E", *RESULT)] * asked
