"""Lesion values, sums and target response (R-511 to R-530) against published values and hand arithmetic."""

import json
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crf2csr.derive.rules.recist import (
    Lesion,
    TargetResponse,
    compute_size_eligibility,
    compute_target_response,
    fragments_sum,
    lesion_value,
    parse_diameter,
    percent_change,
    sum_diameters,
)
from crf2csr.errors import InputError

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference" / "target_lesions.json").read_text(encoding="utf-8"), parse_float=Decimal
)
CASES = {case["id"]: case for case in REFERENCE["cases"]}
ELIGIBILITY = {case["id"]: case for case in REFERENCE["eligibility"]}
STATUS_OF_CODE = {"ABS": "ABSENT", "TSM": "TOO SMALL TO MEASURE", "NE": "NOT EVALUATED", "MERGED": "MERGED"}
A, B, NODE = Lesion("T01", False), Lesion("T02", False), Lesion("T03", True)


def value_of(entry: object) -> Decimal | None:
    """Return the lesion value of an entry of the reference file."""
    if isinstance(entry, dict):
        return fragments_sum([parse_diameter(part) for part in entry["split"]])
    if isinstance(entry, str):
        return lesion_value(None, STATUS_OF_CODE[entry])
    return lesion_value(entry, "MEASURED")


def lesions_of(case: dict) -> list[Lesion]:
    return [Lesion(f"T{place:02}", kind == "nodal") for place, kind in enumerate(case["lesion_kinds"], start=1)]


def values_of(case: dict, visit: dict) -> dict[str, Decimal | None]:
    return dict(zip((lesion.id for lesion in lesions_of(case)), map(value_of, visit["diameters_mm"]), strict=True))


def same_percent(found: Fraction | None, expected: Decimal | int | None) -> bool:
    """Tell whether two percentages agree to the four decimals that the reference gives."""
    if found is None or expected is None:
        return found is None and expected is None
    return abs(found - Fraction(str(expected))) <= Fraction(1, 20_000)


def respond(lesions: list[Lesion], base: list, now: list, nadir: object = None, cr: bool = False) -> TargetResponse:
    """Return the response for diameters given as text, None for a lesion that is not evaluated."""
    ids = [lesion.id for lesion in lesions]
    before, after = ([parse_diameter(value) for value in values] for values in (base, now))
    return compute_target_response(
        lesions, dict(zip(ids, before, strict=True)), dict(zip(ids, after, strict=True)), parse_diameter(nadir), cr
    )


def test_reference_file_is_whole():
    assert len(CASES) == len(REFERENCE["cases"]) == 21, "cases as received"
    assert len(ELIGIBILITY) == len(REFERENCE["eligibility"]) == 5, "eligibility cases as received"


@pytest.mark.parametrize("case_id", CASES)
def test_reference_case(case_id: str):
    case = CASES[case_id]
    lesions, (first, *later) = lesions_of(case), case["visits"]
    baseline, complete = values_of(case, first), False
    assert sum_diameters(lesions, baseline).sod == first["sld"]
    for visit in later:
        found = compute_target_response(
            lesions, baseline, values_of(case, visit), Decimal(visit["nadir_before_visit"]), complete
        )
        assert found.response == visit["expected_target_response"], (visit["visit"], found)
        assert found.sod == visit["sld"]
        assert found.nadir == visit["nadir_before_visit"]
        assert same_percent(found.pchg, visit.get("pct_change_from_baseline"))
        # Of an incomplete sum the file gives the change of the measured part (decision 0002); ours of the sum is null.
        whole = visit["sld"] is not None
        assert found.subset_sum == (visit["sld"] if whole else visit.get("measured_subset_sum"))
        assert (found.change_nadir if whole else found.measured_change_nadir) == visit.get("abs_change_from_nadir")
        assert same_percent(
            found.pchg_nadir if whole else found.measured_pchg_nadir, visit.get("pct_change_from_nadir")
        )
        assert whole or (found.change_nadir, found.pchg_nadir) == (None, None)
        complete = complete or found.response == "CR"


@pytest.mark.parametrize("case_id", ELIGIBILITY)
def test_reference_eligibility(case_id: str):
    # The words of the reference, for a CT with slices up to 5 mm (10 mm, RECIST 1.1 section 3.1.1).
    words = {"not measurable": "NON-TARGET", "pathological": "NON-TARGET", "eligible": "TARGET", "normal": "NORMAL"}
    for lesion in ELIGIBILITY[case_id]["lesions"]:
        found = compute_size_eligibility(lesion["kind"] == "nodal", Decimal(lesion["mm"]), Decimal(10))
        expected = next(size for word, size in words.items() if ELIGIBILITY[case_id]["expect"].startswith(word))
        assert found == expected


@pytest.mark.parametrize(
    ("diameter", "status", "expected"),
    [
        ("12.3", "MEASURED", "12.3"),
        ("12.3", "", "12.3"),
        (" 12.30 ", "MEASURED", "12.3"),
        ("0", "MEASURED", "0"),
        ("", "MEASURED", None),  # blank is null, never 0
        (None, "", None),
        ("", "ABSENT", "0"),
        ("0", "ABSENT", "0"),
        ("", "MERGED", "0"),
        ("", "TOO SMALL TO MEASURE", "5"),  # RECIST 1.1 section 4.3.2
        ("3", "TOO SMALL TO MEASURE", "3"),  # a real value is taken (EORTC RECIST FAQ)
        ("0", "TOO SMALL TO MEASURE", "5"),  # 0 is no size of a lesion that is seen
        ("", "NOT EVALUATED", None),
        ("14", "NOT EVALUATED", None),
        ("14", "ABSENT", None),  # contradiction: not evaluable, never silently 0
        ("14", "MERGED", None),
        ("", "SPLIT", None),
        ("22", "SPLIT", "22"),
    ],
)
def test_lesion_value(diameter: str | None, status: str, expected: str | None):
    assert lesion_value(diameter, status) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    "text", ["-3", "12 mm", "1,2", "1e2", "NaN", "Infinity", "abc", "1_0", "12.", "1000000000", "0.0000000000001", "٣"]
)
def test_unusable_diameter_is_one_clear_error(text: str):
    with pytest.raises(InputError, match=r"diameter '.*': .*correct the record"):
        parse_diameter(text)


def test_binary_float_is_refused():
    with pytest.raises(TypeError, match="binary float"):
        parse_diameter(12.3)  # type: ignore[arg-type]


def test_unknown_status_is_one_clear_error():
    with pytest.raises(InputError, match=r"status 'GONE'.*map it"):
        lesion_value("12", "GONE")


def test_fragments_add_up_and_null_stays_null():
    # 12 + 10 = 22, RECIST 1.1 section 4.3.2 and TL35
    assert fragments_sum([Decimal(12), Decimal(10)]) == 22
    assert fragments_sum([Decimal(12), None]) is None
    assert fragments_sum([]) is None


def test_exact_thirty_percent_decrease_is_pr():
    # 30.3 * 0.7 = 21.21 exactly; binary floats give -29.99... %.
    assert 100 * (21.21 / 30.3 - 1) > -30
    found = respond([A], ["30.3"], ["21.21"])
    assert (found.response, found.rule, found.pchg) == ("PR", "R-527", Fraction(-30))


def test_sums_are_exact_whatever_the_caller_set():
    # 12.3 + 45.6 + 0.1 = 58.0; a context of 2 digits would round each step.
    lesions = [A, B, NODE]
    with localcontext() as context:
        context.prec = 2
        found = respond(lesions, ["12.3", "45.6", "0.1"], ["12.3", "45.6", "0.2"])
    assert (found.base, found.sod, found.change_nadir) == (Decimal("58.0"), Decimal("58.1"), Decimal("0.1"))


@pytest.mark.parametrize(
    ("base", "nadir", "now", "expected"),
    [
        ("25", "20", "24.9", ("SD", "R-528")),  # +4.9 mm, +24.5 % (R-529); 70 % of 25 is 17.5
        ("30", "25", "30", ("PD", "R-526")),  # +5.0 mm, +20 % exactly
        ("30", "25", "29.9", ("SD", "R-528")),  # +4.9 mm; 70 % of 30 is 21
        ("60", "50", "59.9", ("SD", "R-528")),  # +9.9 mm, +19.8 %; 70 % of 60 is 42
        ("60", "50", "60", ("PD", "R-526")),  # +10 mm, +20 %
    ],
)
def test_progression_needs_both_parts_inclusive(base: str, nadir: str, now: str, expected: tuple[str, str]):
    found = respond([A], [base], [now], nadir)
    assert (found.response, found.rule) == expected


def test_progression_is_tested_before_partial_response():
    # 100 -> 40 -> 50: +10 mm and +25 % from the nadir, though 50 % below baseline.
    assert respond([A], ["100"], ["50"], "40").response == "PD"


def test_nadir_zero_needs_only_the_millimetres():
    # Nadir 0: 4.9 mm is not PD and is 51 % below 10; 5.0 mm is PD.
    assert respond([A], ["10"], ["4.9"], "0").response == "PR"
    found = respond([A], ["10"], ["5.0"], "0")
    assert (found.response, found.pchg_nadir) == ("PD", None)


def test_node_of_ten_is_not_normal():
    # Nodes 9.9 and 10.0 mm; 10 of 20 is -50 %: PR.
    assert respond([NODE], ["20"], ["9.9"]).rule == "R-524"
    assert respond([NODE], ["20"], ["10.0"]).rule == "R-527"


def test_disease_back_after_overall_cr():
    # Node 8 -> 12: +4 mm is not PD by the sum (TL19); after an overall CR it is.
    assert respond([NODE], ["18"], ["12"], "8").response == "PR"
    found = respond([NODE], ["18"], ["12"], "8", cr=True)
    assert (found.response, found.rule, found.reason) == ("PD", "R-525", "REAPPEAR_AFTER_CR")
    assert respond([NODE], ["18"], ["9.5"], "8", cr=True).rule == "R-524"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ([None, None], ("NE", "R-522")),
        (["54.9", None], ("NE", "R-523")),  # +4.9 mm of nadir 50
        (["59.9", None], ("NE", "R-523")),  # +19.8 %
        (["60", None], ("PD", "R-523")),  # +10 mm, +20 %, whatever the other lesion adds
        (["0", None], ("NE", "R-523")),  # a missing lesion is never read as absent
    ],
)
def test_missing_lesion(now: list, expected: tuple[str, str]):
    found = respond([A, B], ["30", "20"], now)
    assert (found.response, found.rule) == expected
    assert found.sod is None
    assert found.missing == tuple(lesion.id for lesion, value in zip([A, B], now, strict=True) if value is None)


def test_no_target_lesion():
    found = compute_target_response([], {}, {"T01": Decimal(3)}, None, False)
    assert (found.response, found.rule, found.base) == ("NA", "R-521", None)


def test_ids_outside_the_target_set_never_count():
    extra = {"T01": Decimal(10), "T99": Decimal(500)}
    found = compute_target_response([A], {"T01": Decimal(10), "T98": None}, extra, Decimal(10), False)
    assert (found.response, found.sod, found.base) == ("SD", 10, 10)


def test_incomplete_baseline_sum_leaves_cr_and_pd_only():
    # Decision 0002. Nothing to compare at the first visit; at the second a nadir of 30: 36 is +6 mm, +20 %.
    first = respond([A, B], ["20", None], ["10", "20"])
    assert (first.response, first.rule, first.reason, first.pchg) == ("NE", "R-514", "BASELINE_INCOMPLETE", None)
    assert respond([A, B], ["20", None], ["16", "20"], "30").response == "PD"
    assert respond([A, B], ["20", None], ["0", "0"]).response == "CR"
    assert respond([A, B], ["20", None], ["90", None]).response == "NE"


@pytest.mark.parametrize(("lesion", "base"), [(A, "0"), (NODE, "9")])
def test_no_disease_at_baseline_is_no_response(lesion: Lesion, base: str):
    # Decision 0002: a lesion that is 0, or a node below 10 mm, at baseline cannot respond; 20 mm is PD from either.
    found = respond([lesion], [base], [base])
    assert (found.response, found.rule, found.reason) == ("NE", "R-514", "NO_DISEASE_AT_BASELINE")
    assert respond([lesion], [base], ["20"]).response == "PD"


def test_confirmed_pr_persists_until_pd():
    # EORTC RECIST FAQ: sums 100, 70, 70, 80, 80: PR at each visit once confirmed. 84 = 70 * 1.2 is PD.
    ids = {"T01": Decimal(100)}
    for value, expected in ((80, ("PR", "R-530")), (84, ("PD", "R-526")), (70, ("PR", "R-527"))):
        found = compute_target_response([A], ids, {"T01": Decimal(value)}, Decimal(70), False, confirmed_pr=True)
        assert (found.response, found.rule) == expected
    assert compute_target_response([A], ids, {"T01": Decimal(80)}, Decimal(70), False).response == "SD"


def test_percent_change_never_divides_by_zero():
    assert percent_change(Decimal(5), Decimal(0)) is None
    assert percent_change(None, Decimal(5)) is None
    # (1 - 3) / 3 = -200/3 % exactly
    assert percent_change(Decimal(1), Decimal(3)) == Fraction(-200, 3)


millimetres = st.integers(0, 3000).map(lambda tenths: Decimal(tenths) / 10)
maybe = st.none() | millimetres


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[Lesion], dict, dict, Decimal | None, bool]:
    lesions = [Lesion(f"T{place}", draw(st.booleans())) for place in range(draw(st.integers(1, 5)))]
    ids = [lesion.id for lesion in lesions]
    baseline = {lesion: draw(maybe) for lesion in ids}
    readings = {lesion: draw(maybe) for lesion in ids}
    return lesions, baseline, readings, draw(maybe), draw(st.booleans())


@given(situations(), st.randoms(use_true_random=False))
def test_order_of_lesions_changes_nothing(situation: tuple, random: object):
    lesions, baseline, readings, nadir, cr = situation
    shuffled = list(lesions)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    backwards = dict(reversed(readings.items()))
    assert compute_target_response(shuffled, baseline, backwards, nadir, cr) == compute_target_response(
        lesions, baseline, readings, nadir, cr
    )


@given(st.lists(st.tuples(st.integers(250, 2000), st.integers(250, 2000)), min_size=1, max_size=5), st.booleans())
def test_scale_changes_nothing_away_from_the_millimetre_rules(sizes: list, cr: bool):
    # From 25 mm on, 20 % is at least 5 mm; every lesion is larger and none is a node.
    lesions = [Lesion(f"T{place}", False) for place in range(len(sizes))]

    def respond_scaled(scale: int) -> str:
        before, after = (
            {lesion.id: Decimal(pair[side] * scale) / 10 for lesion, pair in zip(lesions, sizes, strict=True)}
            for side in (0, 1)
        )
        return compute_target_response(lesions, before, after, None, cr).response

    assert respond_scaled(1) == respond_scaled(10)


@given(situations())
def test_a_null_lesion_never_gives_a_response_or_sd(situation: tuple):
    lesions, baseline, readings, nadir, cr = situation
    found = compute_target_response(lesions, baseline, readings, nadir, cr)
    if found.missing:
        assert found.response in ("PD", "NE")
        assert (found.sod, found.pchg, found.pchg_nadir, found.change_nadir) == (None, None, None, None)
