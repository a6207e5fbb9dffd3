"""The listing of exclusions: each flag that is not Y becomes a line with its reason."""

from __future__ import annotations

from crf2csr.display.listings.exclusions import exclusions
from crf2csr.display.model import Listing
from tests.builders import study_view
from tests.plans import plan_of, typed

PLAN = plan_of("""
populations: {enrolled: {label: Enrolled subjects, flag: ENRLFL}}
displays:
  l-1:
    layout: exclusions
    number: 16.2.3
    title: Excluded
    population: enrolled
    data: [adsl]
    sort: [SUBJID]
    repeats: [SUBJID]
    stack:
      - {label: Safety, flag: SAFFL, reason: SAFREAS}
      - {label: Measurable disease, flag: MEASFL, reason: MEASREAS}
    list_columns:
      - {variable: SUBJID, label: Subject}
      - {variable: SET, label: Set}
      - {variable: EXCLREAS, label: Reason}
""")

HEADER = "USUBJID | SUBJID | ENRLFL | SAFFL | SAFREAS | MEASFL | MEASREAS\n"


def listing(rows: str) -> Listing:
    return exclusions(PLAN, "l-1", {"adsl": typed(HEADER + rows)}, study_view(exclusions))


def test_one_line_for_each_flag_that_is_not_yes() -> None:
    found = listing(
        """
        X-2 | 2 | Y | N | Not treated | N | No target lesion
        X-1 | 1 | Y | Y |             | N | No target lesion
        X-3 | 3 | Y | Y |             | Y |
        X-4 | 4 | N | N | Not treated | N | No target lesion
        """
    )
    # by subject, then in the order of the sets; subject 4 is not enrolled
    assert found.rows == (
        ("1", "Measurable disease", "No target lesion"),
        ("2", "Safety", "Not treated"),
        ("2", "Measurable disease", "No target lesion"),
    )
    assert (found.population, found.repeats, found.empty) == ("Enrolled subjects", ("SUBJID",), "")


def test_an_exclusion_without_reason_is_still_listed() -> None:
    assert listing("X-1 | 1 | Y | N |  | Y |").rows == (("1", "Safety", ""),)


def test_nobody_is_excluded() -> None:
    found = listing("X-1 | 1 | Y | Y |  | Y |")
    assert found.rows == ()
    assert found.empty.startswith("No data to report")


def test_nobody_is_enrolled() -> None:
    found = listing("X-1 | 1 | N | N | Not treated | N | No target lesion")
    assert found.rows == ()
    assert found.empty.endswith("Criterion: Enrolled subjects.")
