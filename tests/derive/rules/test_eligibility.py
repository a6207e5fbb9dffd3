"""Which baseline target lesions are eligible as such, and the measurable set by them (R-502 to R-506)."""

from decimal import Decimal

import pytest

from crf2csr.clean.cross_checks_targets import NEVER as DOUBTED
from crf2csr.derive.rules.eligibility import NEVER, least_diameter, select_eligible
from tests.builders import domain
from tests.derive.cases import derive_all, domains, one, scans

HEAD = "USUBJID|TRGRPID|VISIT|TRLNKID|TRTESTCD|TRSTRESC|TRSTRESN|TRSTATE|TRNODAL|TRPARENT|TRLOC|TRMETHOD|TRSLICE"


def eligible(mm: str, state: str = "MEASURED", node: str = "N", **more: str) -> bool:
    cells = {"parent": "", "organ": "Liver", "method": "CT SCAN", "slice": "5"} | more
    test = "LPERP" if node == "Y" else "LDIAM"
    place = "|".join(cells[name] for name in ("parent", "organ", "method", "slice"))
    line = f"01-001|TARGET|SCREENING|T1|{test}|{mm}|{mm}|{state}|{node}|{place}"
    return len(select_eligible(domain("tr", f"{HEAD}\n{line}"))) == 1


@pytest.mark.parametrize(
    ("method", "slice_mm", "least"),
    [  # RECIST 1.1 section 3.1.1
        ("CT SCAN", "5", "10"),
        ("CT SCAN", "5.5", "11"),
        ("MRI", "8", "16"),
        ("CALIPER", None, "10"),
        ("CHEST X-RAY", None, "20"),
        ("", None, "10"),
    ],
)
def test_least_diameter_of_a_method(method: str, slice_mm: str | None, least: str) -> None:
    assert least_diameter(method, None if slice_mm is None else Decimal(slice_mm)) == Decimal(least)


def test_size_by_method_and_kind() -> None:
    edges = (("10", "9.9", {}), ("16", "15.9", {"slice": "8"}), ("20", "19.9", {"method": "CHEST X-RAY"}))
    for enough, less, about in (*edges, ("15", "14.9", {"node": "Y"})):
        assert (eligible(enough, **about), eligible(less, **about)) == (True, False)
    assert eligible("15", node="Y", slice="8")  # a node has its own limit
    assert eligible("12", organ="", method="", slice="")


def test_what_is_never_a_target_by_itself() -> None:
    for organ in ("Bone", "Skeleton", "Pleural effusion", "Ascites", "Leptomeningeal", "Lymphangitic spread"):
        assert not eligible("30", organ=organ)
    assert not eligible("", state="TOO SMALL TO MEASURE")
    assert not eligible("", state="NOT EVALUATED")
    assert not eligible("30", parent="T2")


def test_both_stages_know_the_same_organs() -> None:
    assert set(DOUBTED.split("|")) == set(NEVER)


@pytest.mark.parametrize(
    ("lines", "as_entered", "by_size"),
    [
        (("0 | 2019-03-05 | TARGET | T1 | 9.9",), "Y", "N"),
        (("0 | 2019-03-05 | TARGET | T1 | 9.9", "0 | 2019-03-05 | TARGET | T2 | n:15"), "Y", "Y"),
        (("0 | 2019-03-05 | NON-TARGET | NT1 | PRESENT",), "N", "N"),
        # Only baseline counts: what grows later does not make the subject measurable.
        (("0 | 2019-03-05 | TARGET | T1 | 9", "1 | 2019-05-15 | TARGET | T1 | 30"), "Y", "N"),
    ],
)
def test_measurable_set_as_entered_and_by_eligible_lesions(
    lines: tuple[str, ...], as_entered: str, by_size: str
) -> None:
    found = []
    for value in ("as_entered", "eligible"):
        derived = derive_all(domains(tr=scans(*lines)), last="adsl", population_measurable=value)["adsl"]
        found.append(one(derived.data))
    assert [row["MEASFL"] for row in found] == [as_entered, by_size]
    if as_entered != by_size:
        assert found[1]["MEASREAS"] == "No eligible target lesion at baseline"
