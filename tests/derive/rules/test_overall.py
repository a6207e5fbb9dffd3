"""Non-target, new-lesion and overall response of one visit (R-531 to R-533, R-541, R-542)."""

from decimal import Decimal
from itertools import product

import pytest

from crf2csr.derive.rules.overall import (
    NEW_LESION_ANSWERS,
    NON_TARGET_RESPONSES,
    TARGET_RESPONSES,
    NewLesion,
    compute_new_lesion,
    compute_nontarget_response,
    compute_overall_response,
    is_new_disease,
)
from crf2csr.errors import InputError

NON = "NON-CR/NON-PD"

# RECIST 1.1 Table 1 (target disease) and Table 2 (NA: non-target disease only), no new lesion.
# Columns: non-target CR, NON-CR/NON-PD, PD, NE, NA. The last cell of NA is no disease at all (R-541: NE).
NO_NEW_LESION = {
    "CR": ("CR", "PR", "PD", "PR", "CR"),
    "PR": ("PR", "PR", "PD", "PR", "PR"),
    "SD": ("SD", "SD", "PD", "SD", "SD"),
    "PD": ("PD", "PD", "PD", "PD", "PD"),
    "NE": ("NE", "NE", "PD", "NE", "NE"),
    "NA": ("CR", NON, "PD", "NE", "NE"),
}
COLUMNS = ("CR", NON, "PD", "NE", "NA")


@pytest.mark.parametrize(("target", "nontarget"), list(product(NO_NEW_LESION, COLUMNS)))
def test_overall_without_new_lesion(target: str, nontarget: str):
    response, rule = compute_overall_response(target, nontarget, "N")
    assert response == NO_NEW_LESION[target][COLUMNS.index(nontarget)]
    assert rule == ("R-542" if target == "NA" and nontarget != "NA" else "R-541")


@pytest.mark.parametrize(("target", "nontarget"), list(product(TARGET_RESPONSES, NON_TARGET_RESPONSES)))
def test_new_lesion_is_progression_and_unknown_hides_all_but_pd(target: str, nontarget: str):
    assert compute_overall_response(target, nontarget, "Y")[0] == "PD"
    expected = "PD" if "PD" in (target, nontarget) else "NE"
    assert compute_overall_response(target, nontarget, "UNKNOWN")[0] == expected


def test_non_target_disease_only_never_gives_pr_or_sd():
    found = {compute_overall_response("NA", *rest)[0] for rest in product(NON_TARGET_RESPONSES, NEW_LESION_ANSWERS)}
    assert found == {"CR", NON, "PD", "NE"}


@pytest.mark.parametrize("parts", [("iCR", "CR", "N"), ("CR", "SD", "N"), ("CR", "CR", "")])
def test_unknown_word_is_one_clear_error(parts: tuple[str, str, str]):
    with pytest.raises(InputError, match="no such combination"):
        compute_overall_response(*parts)


@pytest.mark.parametrize(
    ("states", "markers", "cr", "expected", "reason"),
    [
        (["ABSENT", "ABSENT"], None, False, "CR", ""),
        (["ABSENT", "ABSENT"], True, False, "CR", ""),
        (["ABSENT", "ABSENT"], False, False, NON, "MARKER_NOT_NORMAL"),
        (["PRESENT", "ABSENT"], None, False, NON, ""),
        (["PRESENT", "NOT EVALUATED"], None, False, "NE", "LESION_NOT_EVALUATED"),
        (["ABSENT", ""], None, False, "NE", "LESION_NOT_EVALUATED"),
        ([], None, False, "NE", "LESION_NOT_EVALUATED"),
        (["UNEQUIVOCAL PROGRESSION", "NOT EVALUATED"], None, False, "PD", "UNEQUIVOCAL_PROGRESSION"),
        (["PRESENT", "NOT EVALUATED"], None, True, "PD", "REAPPEAR_AFTER_CR"),
        (["ABSENT", "NOT EVALUATED"], None, True, "NE", "LESION_NOT_EVALUATED"),
        (["ABSENT"], False, True, NON, "MARKER_NOT_NORMAL"),  # a marker alone is no progression
    ],
)
def test_nontarget(states: list[str], markers: bool | None, cr: bool, expected: str, reason: str):
    for order in (states, states[::-1]):
        found = compute_nontarget_response(order, markers, True, cr)
        assert (found.response, found.rule, found.reason) == (expected, "R-531", reason)


def test_nontarget_without_lesion_at_baseline_is_na():
    assert compute_nontarget_response(["PRESENT"], False, False, True).response == "NA"


def test_unknown_state_is_one_clear_error():
    with pytest.raises(InputError, match="state 'GROWN'"):
        compute_nontarget_response(["GROWN"], None, True, False)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (NewLesion("N1", "Y", "UNEQUIVOCAL"), "Y"),
        (NewLesion("N1", "Y", "EQUIVOCAL"), "EQUIVOCAL"),
        (NewLesion("N1", "Y", ""), "Y"),
        (NewLesion("N1", "N", "UNEQUIVOCAL"), "N"),
        (NewLesion("", "", ""), "N"),
        (NewLesion("N1", "Y", "UNEQUIVOCAL", nodal=True, size=Decimal("9.9")), "N"),  # R-532, node below 10 mm
        (NewLesion("N1", "Y", "UNEQUIVOCAL", nodal=True, size=Decimal("10")), "Y"),
        (NewLesion("N1", "Y", "UNEQUIVOCAL", nodal=True), "Y"),
        (NewLesion("N1", "Y", "UNEQUIVOCAL", nodal=False, size=Decimal("4")), "Y"),
    ],
)
def test_one_new_lesion(row: NewLesion, expected: str):
    assert is_new_disease(row) == expected


@pytest.mark.parametrize(
    ("rows", "form", "blank_rule", "expected"),
    [
        ([], False, "no_if_form_present", "UNKNOWN"),
        ([], True, "no_if_form_present", "N"),
        ([NewLesion("", "")], True, "no_if_form_present", "N"),
        ([NewLesion("", "")], True, "unknown", "UNKNOWN"),
        ([NewLesion("", "N")], True, "unknown", "N"),
        ([NewLesion("N1", "Y", "EQUIVOCAL")], True, "unknown", "N"),
        ([NewLesion("", "N"), NewLesion("N1", "Y", "UNEQUIVOCAL")], True, "unknown", "Y"),
    ],
)
def test_new_lesion_of_a_visit(rows: list[NewLesion], form: bool, blank_rule: str, expected: str):
    assert compute_new_lesion(rows, form, blank_rule) == expected


def test_unknown_new_lesion_words_are_clear_errors():
    with pytest.raises(InputError, match="new lesion 'N1': present 'MAYBE'"):
        compute_new_lesion([NewLesion("N1", "MAYBE")], True, "unknown")
    with pytest.raises(InputError, match="certainty 'PROBABLE'"):
        is_new_disease(NewLesion("N1", "Y", "PROBABLE"))
    with pytest.raises(InputError, match=r"tumor\.new_lesion_blank"):
        compute_new_lesion([], True, "guess")
