"""What displays of the laboratory say again stands once more where it is decided: limits, thresholds, parameters."""

from decimal import Decimal

import pytest

from crf2csr.contracts import ROOT
from crf2csr.derive.rules import lab_worst
from crf2csr.derive.rules.lab_grades import find_scale
from crf2csr.derive.rules.laboratory import load_lab_parameters
from crf2csr.display.figures import hepatic
from crf2csr.display.figures.laboratory_course import PARAMETERS
from crf2csr.strict_yaml import load_yaml

LISTS = load_yaml(ROOT / "config" / "nct03709082" / "plan" / "laboratory.yaml").content["lists"]


@pytest.mark.parametrize("panel", PARAMETERS, ids=lambda panel: panel.code)
def test_the_cut_offs_of_the_course_are_those_of_the_grades(panel):
    scale = find_scale(load_lab_parameters()[panel.code].term_low, "L", "absent")
    begins = [scale.criteria[grade][0] for grade in (2, 3, 4)]
    assert [(one.sign, one.operand, one.factor) for one in begins] == [
        ("<", "", Decimal(str(cutoff))) for cutoff in panel.cutoffs
    ]


def test_the_lines_of_the_hepatic_figure_are_the_limits_of_potential_hys_law():
    limits = (lab_worst.AMINOTRANSFERASE_LIMIT, lab_worst.BILIRUBIN_LIMIT, lab_worst.PHOSPHATASE_LIMIT)
    assert limits == (hepatic.AMINOTRANSFERASE, hepatic.BILIRUBIN, hepatic.PHOSPHATASE)


@pytest.mark.parametrize(("name", "direction"), [("low", "L"), ("high", "H")])
def test_every_parameter_with_a_term_in_the_direction_is_planned_under_its_label(name, direction):
    graded = {code: one.label for code, one in load_lab_parameters().items() if one.term(direction, fasting=False)}
    assert LISTS[name] == graded
    assert list(LISTS[name]) == list(graded)
