"""Q-702, Q-705, Q-709, Q-715, Q-716, Q-720, Q-721: lesions."""

import pytest

from crf2csr.clean import cross_checks_targets, cross_checks_tumor
from tests.builders import run_check

NUMBERS = {"SCREENING": 0, "TUM1": 101, "TUM2": 102, "TUM3": 103}


def targets(columns: str, *lines: str) -> str:
    """Return target rows of subject 01-001 from `visit|lesion|...` lines."""
    parts = [line.split("|") for line in lines]
    rows = [f"01-001|TARGET|LDIAM|{NUMBERS[visit]}|{visit}|{'|'.join(rest)}" for visit, *rest in parts]
    return "\n".join([f"USUBJID|TRGRPID|TRTESTCD|VISITNUM|VISIT|TRLNKID|{columns}", *rows])


def test_what_a_lesion_record_needs() -> None:
    tr = """
    USUBJID | TRGRPID    | TRLNKID | TRTESTCD | TRSTRESC      | TRSTATE       | TRLOC | TRDTC | TRMETHOD | TRNODAL
    01-001  | TARGET     | T1      | LDIAM    | 12            | MEASURED      | LIVER | 2019  | MRI      | N
    01-001  | TARGET     | T2      | LDIAM    | 12            | MEASURED      |       |       |          |
    01-001  | TARGET     | T3      | LDIAM    |               | NOT EVALUATED | LIVER | 2019  |          | N
    01-001  | NON-TARGET | N1      | TUMSTATE |               |               | BONE  | 2019  | MRI      |
    01-001  | NON-TARGET | N2      | TUMSTATE | NOT EVALUATED |               | BONE  | 2019  |          |
    01-001  | NEW        |         | NEWLES   | N             |               |       |       |          |
    01-001  | NEW        | L1      | NEWLES   | Y             |               |       | 2019  |          |
    """
    assert run_check(cross_checks_tumor.missing_details, tr=tr) == [
        ("Q-702", "W", "01-001", "nl", "organ"),
        ("Q-702", "W", "01-001", "tl", "organ"),
        ("Q-702", "W", "01-001", "tl", "dtc"),
        ("Q-702", "W", "01-001", "tl", "method"),
        ("Q-702", "W", "01-001", "tl", "nodal"),
        ("Q-702", "W", "01-001", "ntl", "state"),
    ]


def test_one_lesion_on_one_scan_at_two_visits() -> None:
    tr = targets(
        "TRSTATE|TRDTC",
        "TUM1|T1|MEASURED|2019-03-01",
        "TUM2|T1|MEASURED|2019-03-01",
        "TUM1|T2|ABSENT|2019-03-01",
        "TUM2|T2|ABSENT|2019-03-01",
        "TUM1|T3|MEASURED|2019-03",
        "TUM2|T3|MEASURED|2019-03",
    )
    assert run_check(cross_checks_tumor.measured_twice, tr=tr) == [("Q-705", "E", "01-001", "tl", "diameter")]


def test_one_id_for_a_target_and_a_non_target_lesion() -> None:
    head = "USUBJID|TRGRPID|VISIT|VISITNUM|TRLNKID|TRTESTCD"
    target = "01-001|TARGET|TUM1|101|T1|LDIAM"
    for lesion, visit, expected in (("T1", "TUM1|101", True), ("NT1", "TUM1|101", False), ("T1", "TUM2|102", False)):
        tr = f"{head}\n{target}\n01-001|NON-TARGET|{visit}|{lesion}|TUMSTATE"
        found = run_check(cross_checks_tumor.measured_twice, tr=tr)
        assert found == [("Q-705", "E", "01-001", "ntl", "lesion")] * expected, (lesion, visit)


@pytest.mark.parametrize(
    ("size", "nodal", "method", "slice_", "eligible"),
    [
        # R-502 and R-503 (RECIST 1.1 section 3.1.1)
        ("10", "N", "CT SCAN", "5", True),
        ("9.9", "N", "CT SCAN", "5", False),
        ("10", "N", "CT SCAN", "", True),
        ("16", "N", "CT SCAN", "8", True),
        ("15.9", "N", "CT SCAN", "8", False),
        ("10", "N", "CALIPER", "", True),
        ("19", "N", "CHEST X-RAY", "", False),
        ("20", "N", "CHEST X-RAY", "", True),
        ("15", "Y", "CT SCAN", "5", True),
        ("14.9", "Y", "CT SCAN", "5", False),
    ],
)
def test_smallest_targets(size: str, nodal: str, method: str, slice_: str, eligible: bool) -> None:
    columns = "TRSTRESC|TRSTRESN|TRNODAL|TRMETHOD|TRSLICE|TRLOC"
    tr = targets(
        columns, f"SCREENING|T1|{size}|{size}|{nodal}|{method}|{slice_}|LIVER", "TUM1|T1|3|3|N|CT SCAN|5|LIVER"
    )
    expected = [] if eligible else [("Q-709", "W", "01-001", "tl", "diameter")]
    assert run_check(cross_checks_targets.ineligible_targets, tr=tr) == expected, "baseline only"


def test_number_and_kind_of_targets() -> None:
    columns = "TRSTRESC|TRSTRESN|TRNODAL|TRLOC"
    organs = ["Liver", "liver", "Liver ", "Lung", "Breast", "Pleural effusion"]
    tr = targets(columns, *(f"SCREENING|T{n}|30|30|N|{organ}" for n, organ in enumerate(organs, start=1)))
    # the third of the liver, the sixth of all; R-505: an effusion
    assert run_check(cross_checks_targets.ineligible_targets, tr=tr) == [
        ("Q-709", "W", "01-001", "tl", "organ"),
        ("Q-709", "W", "01-001", "tl", "lesion"),
        ("Q-709", "W", "01-001", "tl", "lesion"),
    ]


def test_all_nodes_are_one_organ() -> None:
    places = ["Axilla", "Neck", "Mediastinum"]
    nodes = (f"SCREENING|T{n}|30|30|Y|{place}" for n, place in enumerate(places, start=1))
    found = run_check(cross_checks_targets.ineligible_targets, tr=targets("TRSTRESC|TRSTRESN|TRNODAL|TRLOC", *nodes))
    assert found == [("Q-709", "W", "01-001", "tl", "lesion")]


def test_fragments_are_no_further_targets() -> None:
    rows = [f"SCREENING|T{n}|30|30|N|Organ {n}|" for n in range(1, 6)] + ["SCREENING|T1A|9|9|N|Organ 1|T1"]
    assert (
        run_check(
            cross_checks_targets.ineligible_targets, tr=targets("TRSTRESC|TRSTRESN|TRNODAL|TRLOC|TRPARENT", *rows)
        )
        == []
    )


def test_a_lesion_stays_what_and_where_it_was() -> None:
    tr = targets(
        "TRSTATE|TRLOC|TRNODAL",
        "SCREENING|T1|MEASURED|Liver|N",
        "TUM1|T1|ABSENT|liver |N",
        "TUM2|T1|NOT EVALUATED|Lung|N",
        "TUM3|T1|TOO SMALL TO MEASURE|Liver|Y",
    )
    assert run_check(cross_checks_tumor.changed_lesions, tr=tr) == [
        ("Q-715", "W", "01-001", "tl", "organ"),
        ("Q-715", "W", "01-001", "tl", "nodal"),
        ("Q-715", "W", "01-001", "tl", "state"),
    ]


def test_a_baseline_target_has_a_row_at_every_visit_with_targets() -> None:
    tr = targets(
        "TRSTATE",
        "SCREENING|T1|MEASURED",
        "SCREENING|T2|MEASURED",
        "TUM1|T1|MEASURED",
        "TUM2|T1|MEASURED",
        "TUM2|T2|NOT EVALUATED",
    )
    assert run_check(cross_checks_tumor.changed_lesions, tr=tr) == [("Q-715", "W", "01-001", "tl", "lesion")]


def test_implausible_diameters() -> None:
    tr = targets(
        "TRSTRESC|TRSTRESN",
        "SCREENING|T1|10.0|10",
        "TUM1|T1|30|30",
        "TUM2|T1|9.9|9.9",
        "TUM3|T1|0|0",
        "SCREENING|T2|10.05|10.05",
        "TUM1|T2|10.10|10.1",
        "SCREENING|T3|300|300",
        "SCREENING|T4|300.1|300.1",
        "SCREENING|T5|30|30",
        "TUM1|T5|10|10",
    )
    # three times and a third are still plausible: 10 -> 30 and 30 -> 10; 30 -> 9.9 is not
    assert (
        run_check(cross_checks_tumor.implausible_diameters, tr=tr) == [("Q-716", "W", "01-001", "tl", "diameter")] * 3
    )


def test_a_treated_lesion_is_measured_no_more() -> None:
    tr = targets(
        "TRSTATE|TRDTC",
        "TUM1|T1|MEASURED|2019-03-01",
        "TUM2|T1|MEASURED|2019-05-01",
        "TUM3|T1|NOT EVALUATED|2019-07-01",
        "TUM2|T2|MEASURED|2019-05-01",
    )
    pr = "USUBJID|PRSEQ|PRSCAT|PRSTDTC|PRLESION\n01-001|1|RADIOTHERAPY|2019-05-01|N1; T1"
    assert run_check(cross_checks_tumor.treated_lesions, tr=tr, pr=pr) == [("Q-720", "W", "01-001", "tl", "diameter")]


def test_split_and_merged_lesions_are_linked() -> None:
    linked = targets(
        "TRSTATE|TRPARENT",
        "SCREENING|T1|MEASURED|",
        "SCREENING|T2|MEASURED|",
        "TUM1|T1|SPLIT|",
        "TUM1|T1A|MEASURED|T1",
        "TUM1|T2|MERGED|T1",
    )
    assert run_check(cross_checks_tumor.unlinked_lesions, tr=linked) == []
    loose = targets(
        "TRSTATE|TRPARENT",
        "SCREENING|T1|MEASURED|",
        "SCREENING|T2|MEASURED|",
        "TUM1|T1|SPLIT|",
        "TUM1|T2|MERGED|",
        "TUM1|T3|MEASURED|T9",
        "TUM1|T4|MEASURED|",
        "TUM2|T4|MEASURED|",
    )
    assert run_check(cross_checks_tumor.unlinked_lesions, tr=loose) == [
        ("Q-721", "W", "01-001", "tl", "parent"),
        ("Q-721", "W", "01-001", "tl", "lesion"),
        ("Q-721", "W", "01-001", "tl", "parent"),
        ("Q-721", "W", "01-001", "tl", "lesion"),
    ]
