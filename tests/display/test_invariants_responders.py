"""Every display that shows responders shows the same ones."""

import dataclasses

import pytest

from crf2csr.ard import Result
from crf2csr.display.invariants_responders import check_responders
from crf2csr.display.model import Column, Figure, Listing

LISTING = Listing(
    "l-16-2-6-4", "16.2.6.4", "Response", "FAS",
    (Column("SUBJID", "Subject"), Column("PARAM", "Response"), Column("AVALC", "Derived")),
    (
        ("01-001", "Confirmed BOR", "PR"),
        ("01-001", "Overall response", "CR"),
        ("01-002", "Confirmed BOR", "CR"),
        ("01-003", "Confirmed BOR", "SD"),
    ),
)  # fmt: skip
MISMATCHES = Listing(
    "l-16-2-6-8", "16.2.6.8", "Differences", "FAS",
    (Column("SUBJID", "Subject"), Column("PARAM", "What"), Column("MATCHCLS", "Mismatch")),
    (
        ("01-001", "Overall", "target response"),
        ("01-001", "BOR", "target response"),
        ("01-002", "Overall", "no investigator response"),
    ),
)  # fmt: skip
WATERFALL = Figure(
    "f-14-2-1", "14.2.1", "Waterfall", "Measurable",
    ("Subject", "Confirmed best overall response"),
    (("01-001", "PR"), ("01-003", "SD")),
    "Two bars.",
)  # fmt: skip


def counted(
    rate: int = 2,
    duration: int = 2,
    time: int = 2,
    subgroups: int = 2,
    measurable: int = 1,
    different: int = 1,
    nadir: int = 1,
) -> list[Result]:
    """Return the counts of confirmed responders: two by the listing, one of them with a bar; and one visit that
    differs."""
    places = {("response-fas", "CBOR", "ORR"): rate, ("responders-fas", "CRSP", "Y"): duration}
    places |= {("response-time-fas", "TTR", ""): time, ("subgroups-fas", "EVERYBODY", "Y"): subgroups}
    places |= {("response-measurable", "CBOR", "ORR"): measurable}
    places |= {("agreement-visits-fas", "MATCHFL", "N"): different}
    places |= {("agreement-visits-fas", "MATCHCLS", "nadir"): nadir}
    return [Result(a, "c", "all", v, c, "n", n) for (a, v, c), n in places.items()]


def test_the_same_responders_everywhere():
    assert list(check_responders([LISTING, WATERFALL, MISMATCHES], counted())) == []


@pytest.mark.parametrize(
    ("results", "violation"),
    [
        (counted(duration=1), "column all: 2 confirmed responders by the rate, 1 by the duration of response"),
        (counted(time=1), "column all: 2 confirmed responders by the rate, 1 by the time to response"),
        (counted(subgroups=3), "column all: 2 confirmed responders by the rate, 3 by the subgroups"),
        (counted(nadir=0), "column all: the classes of mismatches add to 0, 1 visits differ"),
        (
            counted(different=2, nadir=2),
            "l-16-2-6-8: 1 visits with different responses, the table of agreement counts 2",
        ),
        (counted(rate=3, duration=3, time=3, subgroups=3), "l-16-2-6-4: 2 confirmed responders, the rate counts 3"),
        (counted(measurable=0), "f-14-2-1: 1 bars of confirmed responders, the rate counts 0"),
    ],
)
def test_another_responder_is_found(results, violation):
    assert list(check_responders([LISTING, WATERFALL, MISMATCHES], results)) == [violation]


def test_each_letter_of_the_waterfall_is_the_response_of_the_listing():
    swapped = dataclasses.replace(WATERFALL, rows=(("01-001", "SD"), ("01-003", "PR"), ("01-009", "PD")))
    assert list(check_responders([LISTING, swapped], counted())) == [
        "f-14-2-1: subject 01-001 has SD, l-16-2-6-4 has PR",
        "f-14-2-1: subject 01-003 has PR, l-16-2-6-4 has SD",
        "f-14-2-1: subject 01-009 has PD, l-16-2-6-4 has MISSING",
    ]


def test_a_study_without_these_displays_has_nothing_to_hold():
    assert list(check_responders([], [])) == []
    assert list(check_responders([dataclasses.replace(LISTING, id="l-1")], counted())) == []
