"""CTCAE v4.03 grades of laboratory values against the cases of admiral, and what missing parts leave open."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from crf2csr.derive.rules.lab_grades import TABLE, Sample, find_scale, grade_value, load_scales
from crf2csr.errors import InputError

CASES = Path(__file__).resolve().parents[2] / "reference" / "ctcae_v4_lab_cases.csv"


def number(text):
    return Decimal(text) if text else None


def graded(term, direction, value, unit="", component="absent", **limits):
    scale = find_scale(term, direction, component)
    parts = {name: number(text) for name, text in limits.items()}
    return None if scale is None else grade_value(scale, Sample(number(value), **parts), unit)


def test_every_case_of_admiral_has_its_grade():
    # The cases assume the worst of clinical findings, as the package does (R-1004).
    with CASES.open(encoding="utf-8", newline="") as file:
        cases = list(csv.DictReader(file))
    assert len(cases) == 385
    wrong = []
    for line, case in enumerate(cases, start=2):
        limits = {"low": case["ANRLO"], "high": case["ANRHI"], "base": case["BASE"]}
        for direction in ("L", "H"):
            found = graded(case[f"ATOXDSC{direction}"], direction, case["AVAL"], case["AVALU"], "worst_case", **limits)
            if ("" if found is None else str(found)) != case[f"ATOXGR{direction}"]:
                wrong.append((line, direction, found))
    assert wrong == []


@pytest.mark.parametrize(
    ("component", "value", "grade"),
    # CTCAE v4.03: < LLN - 3.0 mmol/L is grade 1, and grade 2 if symptomatic; < 3.0 - 2.5 is grade 3.
    [
        ("absent", "3.2", 1),
        ("worst_case", "3.2", 2),
        ("absent", "3.0", 1),
        ("absent", "2.9", 3),
        ("worst_case", "2.4", 4),
    ],
)
def test_low_potassium_is_graded_by_what_is_said_of_clinical_findings(component, value, grade):
    assert graded("Hypokalemia", "L", value, "mmol/L", component, low="3.5") == grade


@pytest.mark.parametrize(
    ("component", "value", "grade"),
    # CTCAE v4.03: > ULN - 0.59 mmol/L is grade 1 without and grade 3 with physiologic consequences, above it grade 4.
    [("absent", "420", 1), ("worst_case", "420", 3), ("absent", "590", 1), ("absent", "591", 4), ("absent", "400", 0)],
)
def test_high_uric_acid_too(component, value, grade):
    assert graded("Hyperuricemia", "H", value, "umol/L", component, high="400") == grade


def test_the_international_normalized_ratio_counts_from_baseline_only_with_anticoagulation_assumed():
    # 1.8 is 1.8 times the baseline 1.0 (grade 2) and 1.5 times ULN 1.2 (not above: grade 1).
    assert graded("INR increased", "H", "1.8", component="absent", high="1.2", base="1.0") == 1
    assert graded("INR increased", "H", "1.8", component="worst_case", high="1.2", base="1.0") == 2


@pytest.mark.parametrize(
    ("value", "low", "base", "grade"),
    # CTCAE v4.03: < 0.75 x LLN or a decrease of 25 % (50 %, 75 %), or below 50 mg/dL = 0.5 g/L.
    [
        ("1.9", "2", "1.9", 1),
        ("2.9", "2", "4", 2),
        ("3", "2", "4", 2),
        ("3.01", "2", "4", 1),
        ("2", "2", "4", 3),
        ("1", "2", "4", 4),
        ("0.49", "", "", 4),
        ("0.6", "", "1", None),
    ],
)
def test_fibrinogen_counts_from_lower_limit_and_from_baseline(value, low, base, grade):
    assert graded("Fibrinogen decreased", "L", value, "g/L", low=low, base=base) == grade


@pytest.mark.parametrize(
    ("value", "high", "base", "grade"),
    # CTCAE v4.03: increase above ULN, or above baseline if that is above ULN; 2 g/dL = 20 g/L.
    [
        ("160", "160", "150", 0),
        ("161", "160", "150", 1),
        ("180", "160", "150", 1),
        ("181", "160", "150", 2),
        ("181", "160", "165", 1),
        ("201", "160", "150", 3),
        ("181", "160", "", None),
    ],
)
def test_high_hemoglobin_counts_from_the_higher_of_limit_and_baseline(value, high, base, grade):
    assert graded("Hemoglobin increased", "H", value, "g/L", high=high, base=base) == grade


def test_a_grade_that_no_missing_part_can_change_is_given():
    # Above 6 x ULN is grade 4 whatever the baseline is; between, the baseline may decide.
    assert graded("Creatinine increased", "H", "700", high="100") == 4
    assert graded("Creatinine increased", "H", "150", high="100") is None


def test_comparison_is_exact():
    # 3 x 0.7 = 2.1 exactly: not above it. In binary floats 3 * 0.7 is 2.0999999999999996 and 2.1 is above.
    assert 3 * 0.7 < 2.1
    assert graded("Alanine aminotransferase increased", "H", "2.1", high="0.7") == 1
    assert graded("Alanine aminotransferase increased", "H", "2.10001", high="0.7") == 2


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("Anemia,L,g/L,,less than 100,,,,x", "row 2 column grade1 = 'less than 100': expected comparisons"),
        ("Anemia,D,g/L,,< 100,,,,x", "row 2 column direction = 'D'"),
        ("Anemia,L,g/L,,<,,,,x", "row 2 column grade1 = '<'"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_its_place(tmp_path, row, message):
    (tmp_path / TABLE).parent.mkdir(parents=True)
    head = "term,direction,unit,clinical_component,grade1,grade2,grade3,grade4,source"
    (tmp_path / TABLE).write_text(f"{head}\n{row}\n")
    with pytest.raises(InputError, match=r"ctcae_v4_03_laboratory\.csv") as caught:
        load_scales("absent", tmp_path)
    assert message in str(caught.value)
