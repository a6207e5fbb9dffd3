"""Numbers of binary files as text: the shortest decimal of the double, without exponent."""

import pytest

from crf2csr.readers.exact import number_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7, "7"),
        (7.0, "7"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.30000000000000004"),  # not 0.3: another double
        (4.35, "4.35"),
        (-0.5, "-0.5"),
        (1e-7, "0.0000001"),
        (1e22, "10000000000000000000000"),
        (1e23, "100000000000000000000000"),  # the shortest text; the double itself is 99999999999999991611392
        (120.0, "120"),
    ],
)
def test_a_number_is_the_shortest_text_of_its_double(value, text):
    assert number_text(value) == text
    assert float(text) == value
