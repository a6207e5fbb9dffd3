"""How the second program reads dates and numbers."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from qc.spelling import answer, number, span, visit_name


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("05-Mar-2019", date(2019, 3, 5), date(2019, 3, 5)),
        ("2019-03-05", date(2019, 3, 5), date(2019, 3, 5)),
        ("UN-Feb-2020", date(2020, 2, 1), date(2020, 2, 29)),
        ("UN/UNK/2019", date(2019, 1, 1), date(2019, 12, 31)),
        ("20 UNK 2019", date(2019, 1, 1), date(2019, 12, 31)),
        ("2019-03", date(2019, 3, 1), date(2019, 3, 31)),
        ("2019", date(2019, 1, 1), date(2019, 12, 31)),
    ],
)
def test_a_date_is_the_days_that_it_can_mean(text: str, first: date, last: date) -> None:
    found = span(text)
    assert found is not None
    assert (found.first, found.last) == (first.toordinal(), last.toordinal())
    assert found.day == (first.toordinal() if first == last else None)


@pytest.mark.parametrize("text", ["", "UN", "NK", "31-Jun-2020", "2019-02-30", "03/05/2019", "05-Mar-19", "2019-13-01"])
def test_an_unreadable_or_impossible_date_is_none(text: str) -> None:
    assert span(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("21.21", Fraction(2121, 100)), (" 7 ", Fraction(7)), ("0", Fraction(0))]
    + [(text, None) for text in ("", "ND", "-99", "1,5", "<5", "12 mm", "nan", "1E5")],
)
def test_a_number_is_plain_decimal_text(text: str, value: Fraction | None) -> None:
    assert number(text) == value


def test_words_and_visits() -> None:
    assert [answer("nontarget", text) for text in ("2", "Absent", "ABSENT ", "gone")] == [
        "ABSENT",
        "ABSENT",
        "ABSENT",
        "",
    ]
    names = ["Tumor assessment 12", "tumor  assessment 1", "Screening", "Unscheduled tumor assessment"]
    assert [visit_name(name) for name in names] == ["TUM12", "TUM1", "SCREENING", "UNSTUM"]
    # The name in the contract is no label of the export.
    assert visit_name("UNSTUM") == "?UNSTUM"
