"""Numbers by declared signs, exact; what may not stand in a text (F-203, F-208, Q-110, Q-116, Q-118)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crf2csr.clean.rules.readings import Reading
from crf2csr.clean.rules.values import canonical, personal_identifier, read_number, read_text, strange_character

NUMBERS = [
    ("12", "12"),
    ("12.50", "12.5"),
    ("12.0", "12"),
    ("0", "0"),
    ("0.0", "0"),
    ("-3.20", "-3.2"),
    (".5", "0.5"),
    ("007", "7"),
    ("100", "100"),
    ("0.1", "0.1"),
    ("123456789012.345", "123456789012.345"),
]
NOT_NUMBERS = ["", "5.", "1e75", "1E5", "NaN", "nan", "inf", "-inf", "Infinity", "-0", "-0.00", "+5", "<5", "5 mm"]
NOT_NUMBERS += ["1,5", "1.2.3", "1 000", "1_000", "0x10", "٣", "１２", "1" * 16, "--1", "-", ".", "1/2", "12 ", "50%"]


@pytest.mark.parametrize(("text", "value"), NUMBERS)
def test_numbers(text, value):
    assert read_number(text) == Reading(value)


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_what_is_not_a_plain_number_is_a_query(text):
    reading = read_number(text)
    assert (reading.value, reading.rule) == (None, "Q-108")


@given(st.decimals(-(10**7), 10**7, places=4, allow_nan=False).filter(lambda number: number != 0))
def test_a_number_keeps_its_exact_value_in_every_declared_spelling(number):
    plain, grouped = f"{number:f}", f"{number:,f}"
    assert Decimal(read_number(plain).value) == number
    assert read_number(plain.replace(".", ","), decimal=(".", ",")) == read_number(plain)
    assert read_number(grouped, thousands=",") == read_number(plain)
    swapped = grouped.translate(str.maketrans(",.", ".,"))
    assert read_number(swapped, decimal=(",",), thousands=".") == read_number(plain)


@given(st.decimals(-(10**7), 10**7, places=3, allow_nan=False))
def test_canonical_text_is_its_own_reading(number):
    text = canonical(number)
    assert canonical(Decimal(text)) == text
    assert "E" not in text


@pytest.mark.parametrize("text", ["1,000", "10,00", "1,0000", "1,000,00", ",100", "1000,000"])
def test_thousands_signs_are_accepted_only_where_declared_and_only_between_groups_of_three(text):
    declared = read_number(text, thousands=",")
    assert (declared.value == "1000") == (text == "1,000")
    assert read_number(text).rule == "Q-108"


def test_whole_numbers():
    assert read_number("12.0", whole=True) == Reading("12")
    assert read_number("12.5", whole=True).rule == "Q-108"


@pytest.mark.parametrize(("text", "rule"), [("-1", "Q-110"), ("0", ""), ("300", ""), ("300.1", "Q-110")])
def test_a_value_outside_its_limits_is_queried_and_kept(text, rule):
    reading = read_number(text, low=Decimal(0), high=Decimal(300))
    assert (reading.value, reading.rule) == (text, rule)
    assert reading.expected == ("expected 0 to 300; the value is kept" if rule else "")


def test_text_is_normalized_with_a_query():
    assert read_text("plain") == Reading("plain")
    reading = read_text("e\u0301")  # canonically equivalent to U+00E9
    assert (reading.value, reading.rule) == ("\u00e9", "Q-116")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plain text\twith\nlines\r\n", ""),
        ("ünïcödé – “quotes” ≥ 5 µg", ""),
        ("Кириллица", ""),
        ("a\x00b", "control character U+0000"),
        ("a\x7f", "control character U+007F"),
        ("trailing\x1f", "control character U+001F"),
        ("a\u200bb", "invisible character U+200B"),
        ("\u202eabc", "invisible character U+202E"),
        ("\ufeffabc", "invisible character U+FEFF"),
        ("HER2\ufffdtargeted", "replacement character: the text was damaged before the extract"),
        ("cafÃ©", "UTF-8 that was read in another encoding"),
        ("patientâ€™s", "UTF-8 that was read in another encoding"),
        ("CAFÉ", ""),
    ],
)
def test_strange_characters(text, found):
    assert strange_character(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("call 913-555-0142", "a telephone number"),
        ("(pt phone (913) 555-0142)", "a telephone number"),
        ("+1 913 555 0142", "a telephone number"),
        ("913.555.0142", "a telephone number"),
        ("write to a.b+c@clinic.example.org", "an e-mail address"),
        ("MRN 0012345", "a medical record number"),
        ("mrn: 123456", "a medical record number"),
        ("grade 3 on 2019-03-14, ANC 0.8", ""),
        ("lot 19A-0042-7731", ""),
        ("specimen 01-001-C1D1-0", ""),
        ("12 x 14 mm @ level 3", ""),
        ("dose 125 mg, 100 mg, 75 mg", ""),
        ("NCT03709082", ""),
    ],
)
def test_personal_identifiers(text, found):
    assert personal_identifier(text) == found
