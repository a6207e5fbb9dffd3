"""Best response derived and of the investigator side by side: DBOR and DCBOR of ADRS (R-543)."""

import pytest

from tests.builders import rows
from tests.derive.cases import derive_tumor, responses, scans

# First dose 15 March 2019; visits 61, 124 and 187 days later, 63 days apart.
DAYS = {1: "2019-05-15", 2: "2019-07-17", 3: "2019-09-18"}


def compared(diameters: tuple[str, ...], answers: tuple[str, ...], source: str = "derived") -> dict[str, tuple]:
    """Return derived and investigator's best response, flag and class of one subject with 40 mm at baseline."""
    lines = ["0 | 2019-03-05 | TARGET | T1 | 40"]
    for number, diameter in enumerate(diameters, start=1):
        lines += [f"{number} | {DAYS[number]} | TARGET | T1 | {diameter}", f"{number} | | NEW | | N"]
    given = [f"{number} | {DAYS[number]} | {a} | NA | {a}" for number, a in enumerate(answers, start=1)]
    tables = {"tr": scans(*lines), "rs": responses(*given)}
    found = derive_tumor("adrs", {"response_source": source}, **tables).data
    wanted = found[found["PARAMCD"].isin(["DBOR", "DCBOR"])]
    return {row[0]: row[1:] for row in rows(wanted, "PARAMCD", "AVALC", "INVRESP", "MATCHFL", "MATCHCLS")}


# 26 and 24 of 40 mm are -35 % and -40 %: partial response, confirmed after 63 days.
AGREED = {"DBOR": ("PR", "PR", "Y", ""), "DCBOR": ("PR", "PR", "Y", "")}


def test_equal_best_responses_have_no_class() -> None:
    assert compared(("26", "24"), ("PR", "PR")) == AGREED
    # a visit that differs without changing the best response is a mismatch of the visit only
    assert compared(("26", "24", "38"), ("PR", "PR", "PR")) == AGREED


def test_different_best_responses_have_the_class_of_the_first_differing_visit() -> None:
    # The investigator calls 26 and 24 stable; both derived parts are PR by the target lesions.
    assert compared(("26", "24"), ("SD", "SD")) == {
        "DBOR": ("PR", "SD", "N", "target response"),
        "DCBOR": ("PR", "SD", "N", "target response"),
    }
    # Only the second one differs: the unconfirmed best responses agree, the confirmed ones do not.
    assert compared(("26", "24"), ("PR", "SD")) == {
        "DBOR": ("PR", "PR", "Y", ""),
        "DCBOR": ("PR", "SD", "N", "target response"),
    }


def test_without_any_answer_the_best_response_of_the_investigator_is_missing() -> None:
    assert compared(("26", "24"), ()) == {
        "DBOR": ("PR", "MISSING", "N", "no investigator response"),
        "DCBOR": ("PR", "MISSING", "N", "no investigator response"),
    }


@pytest.mark.parametrize("source", ["derived", "investigator"])
def test_the_comparison_does_not_depend_on_the_analyzed_source(source: str) -> None:
    assert compared(("26", "24"), ("SD", "SD"), source)["DBOR"] == ("PR", "SD", "N", "target response")
