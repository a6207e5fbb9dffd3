"""Cells of concentrations and parameters: digits of R-115, small groups of R-108, values below the limit."""

import pytest

from crf2csr.ard import Result
from crf2csr.display.numbers import CELL_PATTERNS, CODES
from crf2csr.display.tables.cells import CELLS
from crf2csr.display.tables.cells.pk import CELLS as PK
from crf2csr.display.tables.cells.statistics import Style
from crf2csr.plan import SHOWN, RowSpec

STYLE = Style("bare", 3)


def results(n: int, **values: float | str | tuple[float, str]) -> dict[str, Result]:
    """The statistics of one cell: a number, a code, or a number with its text."""
    found = {"n": Result("a", "c", "l", "v", "", "n", n), "N": Result("a", "c", "l", "v", "", "N", 6)}
    for name, given in values.items():
        value, text = given if isinstance(given, tuple) else (None, given) if isinstance(given, str) else (given, "")
        found[name] = Result("a", "c", "l", "v", "", name, value, text)
    return found


def text(show: str, n: int, decimals: int = 0, **values: float | str | tuple[float, str]) -> str:
    cell = CELLS[show](results(n, **values), RowSpec(show=show, decimals=decimals), STYLE)
    assert cell.text in CODES or CELL_PATTERNS[cell.kind].fullmatch(cell.text)
    assert cell.ids
    return cell.text


def test_every_word_of_the_method_has_a_cell() -> None:
    assert set(SHOWN["pk_summary"]) <= set(CELLS)
    assert set(PK) == set(SHOWN["pk_summary"]) - {"n"}


@pytest.mark.parametrize(
    ("show", "name", "value", "expected"),
    [
        ("pk_mean", "mean", 12.345, "12.3"),
        ("pk_mean", "mean", 5.0, "5.00"),
        ("pk_mean", "mean", 1234.5, "1230"),
        ("pk_sd", "sd", 0.04567, "0.0457"),
        ("pk_cv", "cv", 35.25, "35.3"),
        ("pk_geo_mean", "geo_mean", 9.995, "10.0"),
        ("pk_geo_cv", "geo_cv", 7.0, "7.0"),
        ("pk_median", "median", 30.4, "30.4"),
        ("pk_min", "min", "NC", "NC"),
        ("pk_geo_mean", "geo_mean", "NE", "NE"),
        ("pk_max", "max", 0.0, "0"),
    ],
)
def test_three_digits(show: str, name: str, value: float | str, expected: str) -> None:
    assert text(show, 6, **{name: value}) == expected


def test_small_groups_have_neither_sd_nor_cv() -> None:
    assert [
        text(show, 2, **{name: 5.0}) for show, name in (("pk_sd", "sd"), ("pk_cv", "cv"), ("pk_geo_cv", "geo_cv"))
    ] == [
        "NC",
        "NC",
        "NC",
    ]
    assert text("pk_mean", 2, mean=5.0) == "5.00"
    assert text("pk_mean", 1, mean=5.0) == "NC"  # its value is printed as such
    assert text("pk_geo_mean", 1, geo_mean=5.0) == "NC"
    assert text("pk_sd", 0, sd="–") == "–"


def test_single_values() -> None:
    assert text("pk_individual", 2, value1=(0.0, "BLQ"), value2=12.3) == "BLQ; 12.3"
    assert text("pk_individual", 2, decimals=2, value1=2.0, value2=8.05) == "2.00; 8.05"
    assert text("pk_individual", 3, value1=1.0, value2=2.0, value3=3.0) == "NA"
    assert text("pk_individual", 0) == "–"


def test_extremes_below_the_limit() -> None:
    assert text("pk_max", 3, max=0.0, value1=(0.0, "BLQ")) == "BLQ"
    assert text("pk_median", 3, median=0.0, value1=(0.0, "BLQ")) == "BLQ"
    assert text("pk_median", 3, median=0.0, value1=0.0) == "0"
    # half the limit: BLQ unless a measured value is as large; a median between the two is a number
    assert text("pk_min", 3, min=0.5, value1=(0.5, "BLQ"), value2=2.0) == "BLQ"
    assert text("pk_min", 3, min=0.5, value1=(0.5, "BLQ"), value2=0.5) == "0.500"
    assert text("pk_median", 2, median=1.25, value1=(0.5, "BLQ"), value2=2.0) == "1.25"


def test_tmax() -> None:
    assert text("median_range", 3, median=4.0, min=2.0, max=8.333333) == "4.00 (2.00-8.33)"
    assert text("median_range", 0, median="–", min="–", max="–") == "–"
