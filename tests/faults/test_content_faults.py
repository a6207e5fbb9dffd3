"""Faults of content (F-201 to F-208) that the prepared form answers with a query and never with a guess."""

import pytest

from crf2csr.errors import InputError
from crf2csr.study import AcceptedDuplicate
from tests.extracts import prepared, rules

#: Fault, form, cells, field, value that is used, (rule, field) of the queries.
FAULTS = [
    ("F-201 unknown code", "ae", {"RELPAL": "7"}, "relpal", None, [("Q-107", "relpal")]),
    ("F-201 twins disagree", "ae", {"SERIOUS": "Yes", "SERIOUS_STD": "0"}, "serious", None, [("Q-107", "serious")]),
    ("F-201 twins agree", "ae", {"SERIOUS": "Yes", "SERIOUS_STD": "1"}, "serious", "Y", []),
    ("F-202 impossible", "eos", {"EOSDAT_RAW": "2019-02-30"}, "eosdtc", None, [("Q-1102", "eosdtc")]),
    ("F-202 partial", "eos", {"EOSDAT_RAW": "UN-MAR-2019"}, "eosdtc", "2019-03", []),
    ("F-202 future", "eos", {"EOSDAT_RAW": "2023-07-06"}, "eosdtc", "2023-07-06", [("Q-1101", "eosdtc")]),
    ("F-202 day of the extract", "eos", {"EOSDAT_RAW": "2023-07-05"}, "eosdtc", "2023-07-05", []),
    ("F-202 partial of this month", "eos", {"EOSDAT_RAW": "2023-07"}, "eosdtc", "2023-07", []),
    ("F-202 partial of next month", "eos", {"EOSDAT_RAW": "2023-08"}, "eosdtc", "2023-08", [("Q-1101", "eosdtc")]),
    ("F-203 declared comma", "ex_tdm1", {"WEIGHT": "70,5"}, "weight", "70.5", []),
    ("F-203 undeclared comma", "ex_tdm1", {"VOLUME": "250,5"}, "volume", None, [("Q-108", "volume")]),
    ("F-203 unit", "ex_tdm1", {"MG": "250 mg"}, "mg", None, [("Q-108", "mg")]),
    ("F-203 comparison", "tl", {"DIAMETER": "<5"}, "diameter", None, [("Q-108", "diameter")]),
    ("F-203 comparison in text", "pk", {"CONC": "<1.00"}, "conc", "<1.00", []),
    ("F-208 exponent", "tl", {"DIAMETER": "1e75"}, "diameter", None, [("Q-108", "diameter")]),
    ("F-208 NaN", "tl", {"DIAMETER": "NaN"}, "diameter", None, [("Q-108", "diameter")]),
    ("F-208 infinite", "tl", {"DIAMETER": "inf"}, "diameter", None, [("Q-108", "diameter")]),
    ("F-208 signed zero", "tl", {"DIAMETER": "-0"}, "diameter", None, [("Q-108", "diameter")]),
    ("F-208 endless", "tl", {"DIAMETER": "1" * 16}, "diameter", None, [("Q-108", "diameter")]),
    ("F-208 implausible", "tl", {"DIAMETER": "501"}, "diameter", "501", [("Q-110", "diameter")]),
]


@pytest.mark.parametrize(
    ("name", "cells", "field", "value", "queries"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS]
)
def test_a_doubtful_value_is_a_query(name, cells, field, value, queries):
    form = prepared(name, {"LESION": "T1"} | cells if name == "tl" else cells)
    record = form.data.iloc[0]
    assert (None if record.isna()[field] else record[field]) == value
    assert record[f"{field}__raw"] == next(iter(cells.values()))
    assert [row[:2] for row in rules(form)] == queries


TWO = ({"AENO": "1", "GRADE": "2"}, {"AENO": "1", "GRADE": "3"})


def test_f_204_contradicting_records_are_all_withheld():
    form = prepared("ae", *TWO, {"AENO": "2", "GRADE": "1"})
    assert form.data["RAWROW"].tolist() == [4]
    assert form.removed["RAWROW"].tolist() == ["2", "3"]
    assert rules(form) == [("Q-103", "aeno", 2), ("Q-103", "aeno", 3)]
    assert set(form.queries["severity"]) == {"E"}


def test_f_204_the_cut_may_name_the_record_to_keep():
    form = prepared("ae", *TWO, accepted=(AcceptedDuplicate(file="ae.csv", row=3, why="site confirmed"),))
    assert form.data["grade"].tolist() == [3]
    assert form.removed["RAWROW"].tolist() == ["2"]
    assert "row 3 is kept: site confirmed" in form.removed["reason"][0]
    assert form.queries[["rule", "severity", "RAWROW"]].values.tolist() == [["Q-103", "I", "2"]]


def test_f_204_a_decision_about_another_file_changes_nothing():
    form = prepared("ae", *TWO, accepted=(AcceptedDuplicate(file="tl.csv", row=3, why="site confirmed"),))
    assert len(form.data) == 0


def test_f_204_a_decision_that_decides_nothing_is_refused():
    with pytest.raises(InputError) as error:
        prepared("ae", *TWO, {"AENO": "2"}, accepted=(AcceptedDuplicate(file="ae.csv", row=4, why="x"),))
    assert str(error.value) == (
        "ae.csv row 4: accepted_duplicates of the cut names it, but no record contradicts it; remove the entry"
    )


def test_f_204_two_decisions_for_one_key_are_refused():
    both = tuple(AcceptedDuplicate(file="ae.csv", row=row, why="x") for row in (2, 3))
    with pytest.raises(InputError) as error:
        prepared("ae", *TWO, accepted=both)
    assert str(error.value) == "ae.csv rows 2, 3: accepted_duplicates of the cut keeps two of one key; keep one"


def test_f_206_a_record_that_came_twice_is_used_once():
    form = prepared("ae", {"AENO": "1", "GRADE": "2"}, {"AENO": "1", "GRADE": "2"})
    assert form.data["RAWROW"].tolist() == [2]
    assert form.removed[["RAWROW", "reason"]].values.tolist() == [["3", "identical to row 2"]]
    assert form.queries[["rule", "severity", "RAWROW"]].values.tolist() == [["Q-104", "W", "3"]]


def test_f_207_a_column_without_any_value_stays_missing():
    form = prepared("ae", {"AENO": "1"}, {"AENO": "2"})
    assert form.data["grade"].isna().all()
    assert str(form.data["grade"].dtype) == "Int64"
