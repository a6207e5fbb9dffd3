"""Links of many rows at once: in the order of rows, then of origins, only where there is a value."""

import numpy as np
import pandas as pd

from crf2csr.results import LINK_COLUMNS, Origin, bulk_links, origin_in
from tests.builders import rows


def texts(*values: str | None) -> np.ndarray:
    return np.array(values, dtype=object)


def test_rows_first_then_origins_and_nothing_for_what_is_not_filled() -> None:
    files, numbers, places = texts("a.csv", "a.csv"), texts("2", "3"), texts("P", None)
    links = bulk_links(
        "lb",
        texts("X|1", "X|2"),
        [
            Origin("", files, numbers, "", np.array([True, True])),
            Origin("UNIT", files, numbers, "U", np.array([False, True])),
            Origin("BASE", texts("adlb", "adlb"), places, "", np.array([True, False])),
        ],
    )
    assert list(links) == LINK_COLUMNS
    assert rows(links, *LINK_COLUMNS[1:]) == [
        ("X|1", "", "a.csv", "2", ""),
        ("X|1", "BASE", "adlb", "P", ""),
        ("X|2", "", "a.csv", "3", ""),
        ("X|2", "UNIT", "a.csv", "3", "U"),
    ]
    assert {str(kind) for kind in links.dtypes} == {"string"}
    assert set(links["dataset"]) == {"lb"}


def test_the_origin_in_one_dataset_is_where_there_is_an_address() -> None:
    places = pd.Series(["P", None], index=[7, 3], dtype="string")
    links = bulk_links("lb", texts("X|1", "X|2"), [origin_in("BASE", "adlb", places)])
    assert rows(links, *LINK_COLUMNS[1:]) == [("X|1", "BASE", "adlb", "P", "")]


def test_no_rows() -> None:
    nothing, none = texts(), np.array([], dtype=bool)
    assert bulk_links("lb", nothing, [Origin("", nothing, nothing, "", none)]).empty
