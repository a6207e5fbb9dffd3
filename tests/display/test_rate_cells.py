"""Cells of a rate in person-time (R-907): literal results in, texts out."""

from crf2csr.ard import Result
from crf2csr.display.tables.cells import CELLS
from crf2csr.display.tables.cells.statistics import Style
from crf2csr.plan import RowSpec


def shown(word: str, **values: float | str) -> str:
    place = ("rate", "c", "all", "TEAE", "Y")
    results = {
        name: Result(*place, name, None if isinstance(v, str) else v, v if isinstance(v, str) else "")
        for name, v in values.items()
    }
    cell = CELLS[word](results, RowSpec(), Style("bare", 3))
    assert cell.ids == tuple(f"rate/c/all/TEAE/Y/{name}" for name in values)
    return cell.text


def test_person_years_have_two_decimals_and_the_rate_one():
    assert shown("person_years", person_years=12.445) == "12.45"  # half away from zero, R-103
    # tests/reference/poisson_rates.json: 7 subjects in 12.4 person-years
    assert shown("rate_interval", rate=56.45161290322581, lower=22.696476221934674, upper=116.31189807824192) == (
        "56.5 (22.7, 116.3)"
    )


def test_a_rate_without_time_at_risk_is_a_code():
    assert shown("rate_interval", rate="NC", lower="NC", upper="NC") == "NC"
