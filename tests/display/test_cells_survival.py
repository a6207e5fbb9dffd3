"""Cells of a time to event; 30.4375 days are a month (R-114), worked by hand."""

import pytest

from crf2csr.ard import Result
from crf2csr.display.tables.cells import CELLS
from crf2csr.display.tables.cells.statistics import Style
from crf2csr.errors import InputError
from crf2csr.plan import RowSpec


def shown(show: str, **values: float | str) -> str:
    """Return the text of a cell; a text is the code of a value that does not exist."""
    results = {
        name: Result(
            "a", "c", "all", "PFS", "x", name, None if isinstance(v, str) else v, v if isinstance(v, str) else ""
        )
        for name, v in values.items()
    }
    cell = CELLS[show](results, RowSpec(show=show), Style("bare", 3))
    assert all(id_.startswith("a/c/all/PFS/x/") for id_ in cell.ids)
    return cell.text


def test_quantile() -> None:
    # 192 / 30.4375 = 6.308; 188.5 / 30.4375 = 6.193
    assert shown("quantile", estimate=192, lower=188.5, upper="NE") == "6.3 (6.2, NE)"
    assert shown("quantile", estimate="NE", lower="NE", upper="NE") == "NE (NE, NE)"
    assert shown("quantile", estimate="–", lower="–", upper="–") == "–"


def test_range() -> None:
    # 1 / 30.4375 = 0.03; 487 / 30.4375 = 16 exactly
    assert shown("survival_range", min=1, max=487, min_censored=1, max_censored=0) == "0.0+, 16.0"
    assert shown("survival_range", min="–", max="–") == "–"


def test_landmark() -> None:
    # 0.0625 is 6.25 %: half away from zero
    assert shown("landmark", estimate=0.0625, lower=0.01, upper=0.2) == "6.3 (1.0, 20.0)"
    assert shown("landmark", estimate=1, lower="NE", upper="NE") == "100.0 (NE, NE)"
    assert shown("landmark", estimate=0, lower="NE", upper="NE") == "0.0 (NE, NE)"


def test_at_risk() -> None:
    assert shown("at_risk", at_risk=0, N=3) == "0"
    assert shown("at_risk", at_risk=0, N=0) == "–"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"n": 2, "value1": 62, "censored1": 0, "value2": 442, "censored2": 1}, "2.0; 14.5+"),
        ({"n": 7}, "NA"),
        ({"n": 0}, "–"),
    ],
)
def test_individual_times(values: dict[str, float], text: str) -> None:
    assert shown("individual_times", **values) == text


def test_a_landmark_that_the_study_does_not_have() -> None:
    row = RowSpec(label="Event-free at 9 months", analysis="pfs", category="month 9", show="landmark")
    with pytest.raises(InputError, match="row 'Event-free at 9 months': category 'month 9' of analysis 'pfs'"):
        CELLS["landmark"]({}, row, Style("bare", 3))
