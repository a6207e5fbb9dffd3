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
WATERFALL = Figure(
    "f-14-2-1", "14.2.1", "Waterfall", "Measurable",
    ("Subject", "Confirmed best overall response"),
    (("01-001", "PR"), ("01-003", "SD")),
    "Two bars.",
)  # fmt: skip


def counted(rate: int = 2, duration: int = 2, measurable: int = 1) -> list[Result]:
    """Return the counts of confirmed responders: two by the listing, one of them with a bar."""
    places = {("response-fas", "CBOR", "ORR"): rate, ("responders-fas", "CRSP", "Y"): duration}
    places |= {("response-measurable", "CBOR", "ORR"): measurable}
    return [Result(a, "c", "all", v, c, "n", n) for (a, v, c), n in places.items()]


def test_the_same_responders_everywhere():
    assert list(check_responders([LISTING, WATERFALL], counted())) == []


@pytest.mark.parametrize(
    ("results", "violation"),
    [
        (counted(duration=1), "column all: 2 confirmed responders by the rate, 1 by the duration of response"),
        (counted(rate=3, duration=3), "l-16-2-6-4: 2 confirmed responders, the rate counts 3"),
        (counted(measurable=0), "f-14-2-1: 1 bars of confirmed responders, the rate counts 0"),
    ],
)
def test_another_responder_is_found(results, violation):
    assert list(check_responders([LISTING, WATERFALL], results)) == [violation]


def test_a_study_without_these_displays_has_nothing_to_hold():
    assert list(check_responders([], [])) == []
    assert list(check_responders([dataclasses.replace(LISTING, id="l-1")], counted())) == []
