"""The walk over the visits of one subject: nadir, reappearance, dates, equivocal lesions, hostile records."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crf2csr.derive.rules.overall import NewLesion
from crf2csr.derive.rules.recist import Lesion, Reading, parse_diameter
from crf2csr.derive.rules.tumor import NonTargetState, Tumor, Visit, compute_baseline
from crf2csr.derive.rules.visits import ResponseSettings, VisitResponse, compute_visits
from crf2csr.errors import InputError

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference" / "target_lesions.json").read_text(encoding="utf-8"), parse_float=Decimal
)
CASES = {case["id"]: case for case in REFERENCE["cases"]}
# The values of config keys response.* and tumor.new_lesion_blank that the study assumes.
SETTINGS = ResponseSettings("none", 28, 1, False, "no_if_form_present")
START = dt.date(2020, 1, 1)
NON = "NON-CR/NON-PD"
STATUS_OF_CODE = {"ABS": "ABSENT", "TSM": "TOO SMALL TO MEASURE", "NE": "NOT EVALUATED", "MERGED": "MERGED"}


def at(days: int) -> dt.date:
    """Return the date `days` after START."""
    return START + dt.timedelta(days=days)


def reading(lesion: str, entry: object, day: dt.date | None, parent: str = "") -> Reading:
    """Return the reading of an entry: mm as a number or text, None for a lesion not evaluated, else a status word."""
    if entry is None:
        return Reading(None, "NOT EVALUATED", lesion, day, parent)
    if isinstance(entry, str) and not entry[0].isdigit():
        return Reading(None, STATUS_OF_CODE.get(entry, entry), lesion, day, parent)
    return Reading(parse_diameter(str(entry)), "MEASURED", lesion, day, parent)


def visit(
    name: str,
    day: int | None,
    entries: Sequence[object] = (),
    states: Sequence[str] = (),
    new: Sequence[NewLesion] = (),
    form: bool = True,
    marker: str = "",
) -> Visit:
    """Return a visit with target lesions T1, T2, ... and non-target lesions NT1, NT2, ... scanned on one day."""
    date = None if day is None else at(day)
    targets = tuple(reading(f"T{n}", entry, date) for n, entry in enumerate(entries, start=1))
    nontargets = tuple(NonTargetState(f"NT{n}", state, date) for n, state in enumerate(states, start=1))
    return Visit(name, targets, nontargets, tuple(new), form, marker)


def subject(baseline: Visit | None, *visits: Visit, nodes: Sequence[str] = (), **more: object) -> Tumor:
    """Return a subject whose target lesions are not nodes but for `nodes`."""
    ids = sorted({row.lesion for row in baseline.target} if baseline else ())
    lesions = tuple(Lesion(lesion, lesion in nodes) for lesion in ids)
    return Tumor("001", lesions, baseline, tuple(visits), **more)  # type: ignore[arg-type]


def responses(found: Sequence[VisitResponse]) -> list[str]:
    return [row.response for row in found]


def codes(row: VisitResponse) -> list[str]:
    return [code for code, _ in row.queries]


@pytest.mark.parametrize("case_id", CASES)
def test_reference_case_through_the_walk(case_id: str):
    case = CASES[case_id]
    visits = []
    for number, row in enumerate(case["visits"]):
        rows: list[Reading] = []
        for place, entry in enumerate(row["diameters_mm"], start=1):
            if isinstance(entry, dict):
                rows.append(Reading(None, "SPLIT", f"T{place}", at(63 * number)))
                for part, size in enumerate(entry["split"]):
                    rows.append(reading(f"T{place}{'ab'[part]}", size, at(63 * number), parent=f"T{place}"))
            else:
                rows.append(reading(f"T{place}", entry, at(63 * number)))
        visits.append(Visit(row["visit"], tuple(rows), new_lesion_form=True))
    nodes = [f"T{place}" for place, kind in enumerate(case["lesion_kinds"], start=1) if kind == "nodal"]
    found = compute_visits(subject(visits[0], *visits[1:], nodes=nodes), SETTINGS)
    assert len(found) == len(case["visits"]) - 1
    for row, expected in zip(found, case["visits"][1:], strict=True):
        assert row.target.response == expected["expected_target_response"]
        assert (row.target.sod, row.target.nadir) == (expected["sld"], expected["nadir_before_visit"])
    upstream = case.get("upstream_overall_response", [])
    assert all(case.get("agrees_with_upstream", [])), "a case that upstream calls otherwise needs a decision"
    assert responses(found)[: len(upstream)] == upstream


def test_nadir_is_strictly_before_and_survives_a_gap():
    # 100, 80, NE, 96: nadir 80 at V1 (TL11), +16 mm, +20 %: PD. The partial sum 30 is no nadir.
    tumor = subject(
        visit("BL", -7, [60, 40]), visit("V1", 63, [40, 40]), visit("V2", 126, [30, None]), visit("V3", 189, [56, 40])
    )
    found = compute_visits(tumor, SETTINGS)
    assert responses(found) == ["SD", "NE", "PD"]
    assert [(row.target.nadir, row.nadir_visit) for row in found] == [(100, "BL"), (80, "V1"), (80, "V1")]
    assert found[1].target.missing == ("T2",)


def test_reappearance_needs_an_overall_cr():
    # Target gone but non-target present: overall PR, so the lesion back at 3 mm is part of the sum: 3 of 20 is PR.
    back = [visit("V1", 63, ["ABS"], ["PRESENT"]), visit("V2", 126, [3], ["PRESENT"])]
    found = compute_visits(subject(visit("BL", -7, [20], ["PRESENT"]), *back), SETTINGS)
    assert responses(found) == ["PR", "PR"]
    back = [visit("V1", 63, ["ABS"], ["ABSENT"]), visit("V2", 126, [3], ["ABSENT"])]
    found = compute_visits(subject(visit("BL", -7, [20], ["PRESENT"]), *back), SETTINGS)
    assert [(row.response, row.target.rule) for row in found] == [("CR", "R-524"), ("PD", "R-525")]
    assert (found[1].reason, codes(found[1])) == ("REAPPEAR_AFTER_CR", ["Q-713"])


def test_non_target_back_after_overall_cr():
    tumor = subject(
        visit("BL", -7, [20], ["PRESENT"]), visit("V1", 63, ["ABS"], ["ABSENT"]), visit("V2", 126, ["ABS"], ["PRESENT"])
    )
    found = compute_visits(tumor, SETTINGS)
    assert (found[1].response, found[1].nontarget.reason, codes(found[1])) == ("PD", "REAPPEAR_AFTER_CR", ["Q-713"])


def test_disease_back_beside_a_missing_lesion_is_queried():
    # 4 mm over a nadir of 0 is no progression of the measured part, but disease after a CR is: whatever
    # the missing lesion is, the disease is back (decision 0002, point 3).
    tumor = subject(visit("BL", -7, [20, 20]), visit("V1", 63, ["ABS", "ABS"]), visit("V2", 126, [4, None]))
    found = compute_visits(tumor, SETTINGS)
    assert (found[1].response, found[1].target.rule, codes(found[1])) == ("PD", "R-525", ["Q-713"])
    grown = subject(visit("BL", -7, [20, 20]), visit("V1", 63, ["ABS", "ABS"]), visit("V2", 126, [5, None]))
    assert compute_visits(grown, SETTINGS)[1].target.rule == "R-523"
    never = subject(visit("BL", -7, [20, 20]), visit("V1", 63, ["ABS", None]), visit("V2", 126, [4, None]))
    assert [row.response for row in compute_visits(never, SETTINGS)] == ["NE", "NE"]


def test_non_target_disease_only():
    tumor = subject(
        visit("BL", -7, states=["PRESENT", "PRESENT"]),
        visit("V1", 63, states=["PRESENT", "ABSENT"]),
        visit("V2", 126, states=["ABSENT", "ABSENT"]),
        visit("V3", 189, states=["ABSENT"]),
    )
    found = compute_visits(tumor, SETTINGS)
    assert responses(found) == [NON, "CR", "NE"]
    assert {row.overall_rule for row in found} == {"R-542"}
    assert found[2].reason == "LESION_NOT_EVALUATED"


@pytest.mark.parametrize(
    ("markers", "expected"),
    [
        (("", ""), "CR"),  # not followed
        (("ABNORMAL", "NORMAL"), "CR"),
        (("ABNORMAL", "ABNORMAL"), NON),
        (("ABNORMAL", "NOT DONE"), NON),  # must be shown to have become normal
        (("NORMAL", ""), "CR"),
        (("NORMAL", "ABNORMAL"), NON),
    ],
)
def test_markers(markers: tuple[str, str], expected: str):
    tumor = subject(
        visit("BL", -7, states=["PRESENT"], marker=markers[0]), visit("V1", 63, states=["ABSENT"], marker=markers[1])
    )
    assert compute_visits(tumor, SETTINGS)[0].response == expected


def test_dates_follow_the_response():
    # target scans on days 63 and 65, non-target on day 70, new lesion seen on day 66.
    base = visit("BL", -7, [50, 50], ["PRESENT"])

    def judge(sizes: Sequence[object], state: str, new: Sequence[NewLesion] = ()) -> VisitResponse:
        rows = (reading("T1", sizes[0], at(65)), reading("T2", sizes[1], at(63)))
        scanned = Visit("V1", rows, (NonTargetState("NT1", state, at(70)),), tuple(new), True)
        return compute_visits(subject(base, scanned), SETTINGS)[0]

    seen = NewLesion("N1", "Y", "UNEQUIVOCAL", at(66))
    assert judge([50, 50], "PRESENT").date == at(70)
    assert judge([90, 50], "PRESENT").date == at(63), "a sum: the earliest target scan"
    assert judge([130, None], "PRESENT").date == at(65), "of the measured ones"
    assert judge([50, 50], "UNEQUIVOCAL PROGRESSION").date == at(70)
    assert judge([50, 50], "PRESENT", [seen]).date == at(66)
    assert judge([50, 50], "UNEQUIVOCAL PROGRESSION", [seen]).date == at(66), "the first evidence"


def test_reappearance_is_dated_by_the_lesion_that_is_back():
    later = Visit("V2", (reading("T1", "ABS", at(126)), reading("T2", 4, at(130))), new_lesion_form=True)
    tumor = subject(visit("BL", -7, [20, 20]), visit("V1", 63, ["ABS", "ABS"]), later)
    assert [row.date for row in compute_visits(tumor, SETTINGS)] == [at(63), at(130)]


def test_equivocal_lesion_confirmed_later_backdates_progression():
    tumor = subject(
        visit("BL", -7, [50]),
        visit("V1", 63, [50], new=[NewLesion("N1", "Y", "EQUIVOCAL", at(61))]),
        visit("V2", 126, [50], new=[NewLesion("", "N")]),
        visit("V3", 189, [50], new=[NewLesion("N1", "Y", "UNEQUIVOCAL", at(61))]),
    )
    found = compute_visits(tumor, SETTINGS)
    assert responses(found) == ["PD", "SD", "PD"]
    first, last = found[0], found[2]
    assert (first.date, first.overall_rule, first.reason) == (at(61), "R-532", "EQUIVOCAL_CONFIRMED")
    assert (last.date, last.reason, codes(last)) == (at(189), "NEW_LESION", ["Q-717"])
    unconfirmed = compute_visits(replace(tumor, visits=tumor.visits[:2]), SETTINGS)
    assert responses(unconfirmed) == ["SD", "SD"]


def test_new_lesion_dated_at_the_visit_before_counts_from_this_one():
    # First seen on day 63, the last scan of V1; V2 is the first visit that says so.
    seen = NewLesion("N1", "Y", "UNEQUIVOCAL", at(63))
    found = compute_visits(
        subject(visit("BL", -7, [50]), visit("V1", 63, [50]), visit("V2", 126, [50], new=[seen])), SETTINGS
    )
    assert [(row.response, row.date) for row in found] == [("SD", at(63)), ("PD", at(126))]
    assert codes(found[1]) == ["Q-717"]


def test_two_visits_on_one_date_do_not_confirm_each_other():
    tumor = subject(
        visit("BL", -7, [50]),
        visit("V1", 63, [50], new=[NewLesion("N1", "Y", "EQUIVOCAL", at(63))]),
        visit("V2", 63, [50], new=[NewLesion("N1", "Y", "UNEQUIVOCAL", at(63))]),
    )
    assert [row.overall_rule for row in compute_visits(tumor, SETTINGS)] == ["R-541", "R-541"]


def test_equivocal_lesion_of_another_id_confirms_nothing():
    tumor = subject(
        visit("BL", -7, [50]),
        visit("V1", 63, [50], new=[NewLesion("N1", "Y", "EQUIVOCAL", at(63))]),
        visit("V2", 126, [50], new=[NewLesion("N2", "Y", "UNEQUIVOCAL", at(126))]),
    )
    assert responses(compute_visits(tumor, SETTINGS)) == ["SD", "PD"]


def test_blank_new_lesion_answer():
    # the form decides between no and unknown; unknown hides SD but not PD.
    tumor = subject(
        visit("BL", -7, [50]),
        visit("V1", 63, [50], form=False),
        visit("V2", 126, [50]),
        visit("V3", 189, [60], form=False),
    )
    found = compute_visits(tumor, SETTINGS)
    assert [(row.response, row.new_lesion, codes(row)) for row in found] == [
        ("NE", "UNKNOWN", ["Q-723"]),
        ("SD", "N", []),
        ("PD", "UNKNOWN", ["Q-723"]),
    ]
    assert found[0].reason == "NEW_LESION_UNKNOWN"


def test_local_therapy_makes_the_lesion_not_evaluated_from_its_date():
    tumor = subject(
        visit("BL", -7, [50, 50]),
        visit("V1", 63, [40, 50]),
        visit("V2", 126, ["ABS", 50]),
        visit("V3", 189, ["ABS", 110]),
    )
    found = compute_visits(replace(tumor, local_therapy={"T1": at(126)}), SETTINGS)
    # V3: the untreated lesion alone is 110, nadir 90: +20 mm, +22 %.
    assert [(row.response, row.target.missing) for row in found] == [("SD", ()), ("NE", ("T1",)), ("PD", ("T1",))]
    assert [codes(row) for row in found] == [[], ["Q-720"], ["Q-720"]]


def test_confirmed_pr_persists():
    # EORTC RECIST FAQ (managing PR when measurements change slightly): sums 100, 70, 70, 80, 80, 80.
    sizes = [70, 70, 80, 80, 80]
    tumor = subject(visit("BL", -7, [100]), *(visit(f"V{n}", 63 * n, [s]) for n, s in enumerate(sizes, start=1)))
    assert responses(compute_visits(tumor, SETTINGS)) == ["PR", "PR", "SD", "SD", "SD"]
    found = compute_visits(tumor, replace(SETTINGS, pr_persistence="confirmed"))
    assert responses(found) == ["PR"] * 5
    assert [row.target.rule for row in found] == ["R-527", "R-527", "R-530", "R-530", "R-530"]
    # One PR is not confirmed; after PD nothing persists: 84 = 1.2 * 70, then 80 is SD again by the nadir of 70.
    tumor = subject(visit("BL", -7, [100]), visit("V1", 63, [70]), visit("V2", 126, [80]))
    assert responses(compute_visits(tumor, replace(SETTINGS, pr_persistence="confirmed"))) == ["PR", "SD"]
    sizes = [70, 70, 84, 80]
    tumor = subject(visit("BL", -7, [100]), *(visit(f"V{n}", 63 * n, [s]) for n, s in enumerate(sizes, start=1)))
    found = compute_visits(tumor, replace(SETTINGS, pr_persistence="confirmed"))
    assert responses(found) == ["PR", "PR", "PD", "SD"]


# Hostile records: a query or one clear error, never a silent response.


def test_unordered_visits_are_judged_by_date():
    visits = [visit("V1", 63, [80]), visit("V2", 126, [70]), visit("V3", 189, [84])]
    tumor = subject(visit("BL", -7, [100]), *visits)
    assert compute_visits(replace(tumor, visits=tuple(reversed(visits))), SETTINGS) == compute_visits(tumor, SETTINGS)
    assert responses(compute_visits(tumor, SETTINGS)) == ["SD", "PR", "PD"]


def test_two_visits_on_one_date():
    # Neither precedes the other: both are compared with the baseline of 100, and V3 with the smaller sum of 50.
    visits = [visit("V1", 63, [50]), visit("V2", 63, [100]), visit("V3", 126, [60])]
    found = compute_visits(subject(visit("BL", -7, [100]), *visits), SETTINGS)
    assert responses(found) == ["PR", "SD", "PD"]
    assert [codes(row) for row in found] == [["Q-704"], ["Q-704"], []]
    assert (found[2].target.nadir, found[2].nadir_visit) == (50, "V1")


def test_two_visits_on_one_date_record_the_worst():
    # CR and SD on one date: no overall CR is recorded, so 3 mm later is no reappearance.
    visits = [visit("V1", 63, ["ABS"]), visit("V2", 63, [20]), visit("V3", 126, [3])]
    found = compute_visits(subject(visit("BL", -7, [20]), *visits), SETTINGS)
    assert responses(found) == ["CR", "SD", "PR"]


def test_lesion_that_is_not_in_the_baseline():
    tumor = subject(visit("BL", -7, [50], ["PRESENT"]), visit("V1", 63, [50, 90], ["PRESENT", "PRESENT"]))
    (found,) = compute_visits(tumor, SETTINGS)
    assert (found.response, found.target.sod, found.values) == ("SD", 50, (("T1", 50),))
    assert codes(found) == ["Q-721", "Q-721"]


def test_subject_without_baseline():
    found = compute_visits(subject(None, visit("V1", 63, [50], ["PRESENT"])), SETTINGS)[0]
    assert (found.response, found.target.response, found.nontarget.response) == ("NE", "NA", "NA")
    assert found.reason == "NO_LESION_AT_BASELINE"
    assert codes(found) == ["Q-721", "Q-721", "Q-722"]
    assert compute_visits(subject(None), SETTINGS) == ()


def test_visit_without_any_date():
    tumor = subject(visit("BL", -7, [50]), visit("V1", None, [10]), visit("V2", 126, [50]))
    found = compute_visits(tumor, SETTINGS)
    assert [(row.visit, row.response, row.date, row.reason) for row in found] == [
        ("V2", "SD", at(126), ""),
        ("V1", "NE", None, "NO_DATE"),
    ]
    assert codes(found[1]) == ["Q-703"]
    assert found[0].target.nadir == 50


def test_scan_without_date_takes_that_of_the_visit():
    rows = (reading("T1", 60, None), reading("T2", 60, at(70)))
    found = compute_visits(subject(visit("BL", -7, [50, 50]), Visit("V1", rows, new_lesion_form=True)), SETTINGS)[0]
    assert (found.response, found.date, codes(found)) == ("PD", at(70), ["Q-702"])
    dated = Visit("V1", (reading("T1", 50, None),), new_lesion_form=True, date=at(64))
    found = compute_visits(subject(visit("BL", -7, [50]), dated), SETTINGS)[0]
    assert (found.response, found.date) == ("SD", at(64))


def test_visit_that_is_not_after_baseline():
    tumor = subject(visit("BL", -7, [50]), visit("V1", -370, [10]), visit("V2", 126, [50]))
    found = compute_visits(tumor, SETTINGS)
    assert [(row.visit, row.response, row.reason) for row in found] == [
        ("V2", "SD", ""),
        ("V1", "NE", "NOT_AFTER_BASELINE"),
    ]
    assert (found[0].target.nadir, codes(found[1])) == (50, ["Q-710"])


def test_visit_on_the_day_of_the_baseline_scan_is_not_after_it():
    found = compute_visits(subject(visit("BL", -7, [50]), visit("V1", -7, [50])), SETTINGS)
    assert (found[0].reason, codes(found[0])) == ("NOT_AFTER_BASELINE", ["Q-710"])


def test_non_target_lesion_absent_at_baseline_is_no_disease():
    # Nothing at baseline but an absent lesion: there is no non-target disease that could respond (NA).
    tumor = subject(visit("BL", -7, [50], ["ABSENT"]), visit("V1", 63, ["ABS"], ["ABSENT"]))
    found = compute_visits(tumor, SETTINGS)[0]
    assert (found.response, found.nontarget.response, codes(found)) == ("CR", "NA", [])


@pytest.mark.parametrize(("second", "expected", "sod"), [(50, "SD", 50), (30, "NE", None), (None, "NE", None)])
def test_lesion_id_used_twice(second: object, expected: str, sod: object):
    rows = (reading("T1", 50, at(63)), reading("T1", second, at(63)))
    for order in (rows, rows[::-1]):
        found = compute_visits(subject(visit("BL", -7, [50]), Visit("V1", order, new_lesion_form=True)), SETTINGS)[0]
        assert (found.response, found.target.sod, codes(found)) == (expected, sod, ["Q-705"])


def test_non_target_id_used_twice_counts_every_state():
    states = (NonTargetState("NT1", "ABSENT", at(63)), NonTargetState("NT1", "UNEQUIVOCAL PROGRESSION", at(63)))
    tumor = subject(visit("BL", -7, states=["PRESENT"]), Visit("V1", (), states, new_lesion_form=True))
    found = compute_visits(tumor, SETTINGS)[0]
    assert (found.response, codes(found)) == ("PD", ["Q-705"])


def merged(lesion: str, into: str) -> Reading:
    return Reading(None, "MERGED", lesion, at(63), into)


@pytest.mark.parametrize(
    ("rows", "sod", "found_codes"),
    [  # decision 0002, point 19: a fragment that merged is 0 beside another part of its lesion, and unknown without
        ((Reading(None, "SPLIT", "T1", at(63)), reading("T1a", 12, at(63), "T1"), merged("T1b", "T1")), 12, []),
        ((reading("T1", 12, at(63)), merged("T1b", "T1")), 12, []),
        ((Reading(None, "SPLIT", "T1", at(63)), merged("T1a", "T1"), merged("T1b", "T1")), None, ["Q-721"]),
        ((merged("T1a", "T1"),), None, ["Q-721"]),
    ],
)
def test_merged_fragment(rows: tuple[Reading, ...], sod: int | None, found_codes: list[str]):
    tumor = subject(visit("BL", -7, [30]), Visit("V1", rows, new_lesion_form=True))
    found = compute_visits(tumor, SETTINGS)[0]
    assert (found.target.sod, codes(found)) == (sod, found_codes)


@pytest.mark.parametrize(
    ("rows", "expected", "found_codes"),
    [
        # 35 of 40 is SD (TL37); the second lesion is 0
        ((reading("T1", 35, at(63)), merged("T2", "T1"), reading("T3", "ABS", at(63))), "SD", []),
        ((reading("T1", "ABS", at(63)), merged("T2", "T1"), reading("T3", "ABS", at(63))), "CR", []),
        # each merged into the other, or into what is not evaluated: no size is known, so no CR
        ((merged("T1", "T2"), merged("T2", "T1"), reading("T3", "ABS", at(63))), "NE", ["Q-721", "Q-721"]),
        ((reading("T1", None, at(63)), merged("T2", "T1"), reading("T3", "ABS", at(63))), "NE", ["Q-721"]),
        ((merged("T1", ""), merged("T2", ""), merged("T3", "")), "NE", ["Q-721"] * 3),
        ((reading("T1", 35, at(63)), merged("T2", ""), merged("T3", "T2")), "SD", []),
    ],
)
def test_merged_lesions(rows: tuple[Reading, ...], expected: str, found_codes: list[str]):
    tumor = subject(visit("BL", -7, [20, 10, 10]), Visit("V1", rows, new_lesion_form=True))
    found = compute_visits(tumor, SETTINGS)[0]
    assert (found.response, codes(found)) == (expected, found_codes)


def test_merged_at_baseline_is_carried_by_its_partner():
    tumor = subject(visit("BL", -7, [40, "MERGED"]), visit("V1", 63, [28, "MERGED"]))
    found = compute_visits(tumor, SETTINGS)[0]
    assert (found.response, found.target.base) == ("PR", 40)  # 28 = 70 % of 40


@pytest.mark.parametrize(
    ("rows", "sod", "found_codes"),
    [
        (
            (Reading(None, "SPLIT", "T1", at(63)), reading("T1a", 12, at(63), "T1"), reading("T1b", 10, at(63), "T1")),
            22,
            [],
        ),
        ((reading("T1", 12, at(63)), reading("T1b", 10, at(63), "T1")), 22, []),  # the id goes on as one fragment
        ((reading("T1a", 12, at(63), "T1"), reading("T1b", None, at(63), "T1")), None, []),
        ((Reading(None, "SPLIT", "T1", at(63)),), None, ["Q-721"]),
        ((reading("T1", 12, at(63)), reading("T1b", 10, at(63))), 12, ["Q-721"]),  # a fragment that names no parent
    ],
)
def test_split_lesion(rows: tuple[Reading, ...], sod: int | None, found_codes: list[str]):
    tumor = subject(visit("BL", -7, [30]), Visit("V1", rows, new_lesion_form=True))
    found = compute_visits(tumor, SETTINGS)[0]
    assert (found.target.sod, codes(found)) == (sod, found_codes)


def test_absent_with_a_diameter_is_not_read_as_zero():
    row = Reading(Decimal(12), "ABSENT", "T1", at(63))
    tumor = subject(visit("BL", -7, [30]), Visit("V1", (row,), new_lesion_form=True))
    found = compute_visits(tumor, SETTINGS)[0]
    assert (found.response, codes(found)) == ("NE", ["Q-715"])


def test_baseline_with_a_lesion_twice_has_no_sum():
    base = Visit("BL", (reading("T1", 30, at(-7)), reading("T1", 40, at(-7)), reading("T2", 10, at(-7))))
    found = compute_baseline(subject(base))
    assert (found.sums.sod, found.sums.missing, [code for code, _ in found.queries]) == (None, ("T1",), ["Q-705"])


@pytest.mark.parametrize(
    ("tumor", "message"),
    [
        (Tumor("001", (), visit("BL", -7, [30]), ()), "subject 001, target lesion 'T1'"),
        (
            Tumor("001", (Lesion("T1", True), Lesion("T1", False)), visit("BL", -7, [30]), ()),
            "subject 001, lesion T1: both",
        ),
        (subject(visit("BL", -7, [30]), visit("V1", 63, ["GONE"])), "subject 001: status 'GONE'"),
        (
            subject(visit("BL", -7, states=["PRESENT"]), visit("V1", 63, states=["BIGGER"])),
            "subject 001: state 'BIGGER'",
        ),
        (subject(visit("BL", -7, [30]), visit("V1", 63, [30], marker="HIGH")), "subject 001: tumor marker 'HIGH'"),
    ],
)
def test_unknown_words_are_one_clear_error(tumor: Tumor, message: str):
    with pytest.raises(InputError, match=message):
        compute_visits(tumor, SETTINGS)


def test_unknown_setting_is_one_clear_error():
    with pytest.raises(InputError, match=r"response\.pr_persistence: 'always'"):
        compute_visits(subject(None), replace(SETTINGS, pr_persistence="always"))


# Properties.

entries = st.one_of(
    st.integers(0, 600).map(lambda tenths: str(Decimal(tenths) / 10)), st.sampled_from([None, "ABS", "TSM"])
)
states = st.sampled_from(["PRESENT", "ABSENT", "NOT EVALUATED", "UNEQUIVOCAL PROGRESSION"])
markers = st.sampled_from(["", "NORMAL", "ABNORMAL", "NOT DONE"])


@st.composite
def tumors(draw: st.DrawFn, certain: bool = False) -> Tumor:
    """Return a subject with up to 4 target and 2 non-target lesions and 6 visits; `certain`: nothing equivocal."""
    targets, nontargets = draw(st.integers(0, 4)), draw(st.integers(0, 2))
    certainty = st.sampled_from(["UNEQUIVOCAL"] if certain else ["UNEQUIVOCAL", "EQUIVOCAL"])
    new = st.lists(
        st.builds(NewLesion, st.sampled_from(["N1", "N2"]), st.sampled_from(["Y", "N"]), certainty), max_size=1
    )

    def one(name: str, day: int, values: st.SearchStrategy) -> Visit:
        sizes = draw(st.lists(values, min_size=targets, max_size=targets))
        seen = draw(st.lists(states, min_size=nontargets, max_size=nontargets))
        rows = [] if draw(st.integers(0, 4)) else draw(new)
        form = draw(st.integers(0, 9)) > 0
        return replace(visit(name, day, sizes, seen, rows, form, draw(markers)), date=at(day))

    sizes = st.integers(100, 600).map(lambda tenths: str(Decimal(tenths) / 10))
    days = draw(st.lists(st.integers(1, 900), max_size=6).map(sorted))
    visits = [one(f"V{number}", day, entries) for number, day in enumerate(days, start=1)]
    nodes = draw(st.sets(st.sampled_from(["T1", "T2"])))
    return subject(one("BL", -7, sizes), *visits, nodes=sorted(nodes))


persistent = replace(SETTINGS, pr_persistence="confirmed")


@given(tumors(certain=True), st.sampled_from([SETTINGS, persistent]))
def test_a_later_visit_never_changes_an_earlier_one(tumor: Tumor, settings: ResponseSettings):
    whole = {row.visit: row for row in compute_visits(tumor, settings)}
    for day in {row.first_scan for row in whole.values()}:
        before = tuple(one for one in tumor.visits if whole[one.name].first_scan < day)
        assert all(row == whole[row.visit] for row in compute_visits(replace(tumor, visits=before), settings))


@given(tumors())
def test_only_a_confirmed_equivocal_lesion_changes_an_earlier_visit(tumor: Tumor):
    whole = {row.visit: row for row in compute_visits(tumor, SETTINGS)}
    for day in {row.first_scan for row in whole.values()}:
        before = tuple(one for one in tumor.visits if whole[one.name].first_scan < day)
        for row in compute_visits(replace(tumor, visits=before), SETTINGS):
            after = whole[row.visit]
            assert after == row or (after.response == "PD" and after.new_lesion == "Y")
            assert after == row or after.overall_rule == "R-532" or row.response == "PD"


@given(tumors(), st.randoms(use_true_random=False))
def test_order_of_rows_and_visits_changes_nothing(tumor: Tumor, random: object):
    def shuffled(rows: Sequence) -> tuple:
        rows = list(rows)
        random.shuffle(rows)  # type: ignore[attr-defined]
        return tuple(rows)

    def mixed(one: Visit) -> Visit:
        parts = (one.target, one.nontarget, one.new_lesions)
        return replace(one, **dict(zip(("target", "nontarget", "new_lesions"), map(shuffled, parts), strict=True)))

    assert tumor.baseline is not None
    other = replace(
        tumor,
        lesions=shuffled(tumor.lesions),
        baseline=mixed(tumor.baseline),
        visits=shuffled([mixed(one) for one in tumor.visits]),
    )
    assert compute_visits(other, SETTINGS) == compute_visits(tumor, SETTINGS)


@given(tumors())
def test_names_of_subject_and_lesions_change_nothing(tumor: Tumor):
    def renamed(one: Visit) -> Visit:
        # T1 -> T9, T2 -> T8, ...: the order of the names turns round as well
        rows = tuple(replace(row, lesion=f"T{10 - int(row.lesion[1:])}") for row in one.target)
        return replace(one, target=rows)

    assert tumor.baseline is not None
    lesions = tuple(Lesion(f"T{10 - int(lesion.id[1:])}", lesion.nodal) for lesion in tumor.lesions)
    other = Tumor("other", lesions, renamed(tumor.baseline), tuple(map(renamed, tumor.visits)))
    found, expected = compute_visits(other, SETTINGS), compute_visits(tumor, SETTINGS)
    assert [(row.response, row.date, row.target.sod) for row in found] == [
        (row.response, row.date, row.target.sod) for row in expected
    ]


@given(st.lists(st.lists(st.none() | st.integers(250, 2000), min_size=2, max_size=2), min_size=1, max_size=6))
def test_scale_changes_nothing_away_from_the_millimetre_rules(sizes: list[list[int | None]]):
    # Tenths of mm: from 25 mm on, 20 % is at least 5 mm; None is absent; no lesion is a node.
    def judged(scale: int) -> list[str]:
        visits = [
            visit(f"V{n}", 63 * n, ["ABS" if size is None else str(Decimal(size * scale) / 10) for size in row])
            for n, row in enumerate(sizes)
        ]
        return responses(compute_visits(subject(visits[0], *visits[1:]), SETTINGS))

    assert judged(1) == judged(10)
