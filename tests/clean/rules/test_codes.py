"""Codes, twins, checkbox groups, visit labels, identifiers, missing codes."""

import pandas as pd
import pytest

from crf2csr.clean.rules.codes import code_reader, lost_zero, pair_reader, plain_identifier, read_boxes, visit_reader
from crf2csr.clean.rules.readings import Reading, blank, each_distinct, read_cells, read_column, with_missing

NY = code_reader("NY", ("Y", "N"), {"Yes": "Y", "1": "Y", "No": "N", "0": "N"})


@pytest.mark.parametrize(
    ("text", "term"), [("Y", "Y"), ("y", "Y"), ("YES", "Y"), (" yes ", "Y"), ("1", "Y"), ("0", "N")]
)
def test_terms_and_declared_synonyms(text, term):
    assert NY(text) == Reading(term)


@pytest.mark.parametrize("text", ["2", "maybe", "Ye", "YN", "01"])
def test_other_codes_are_queries(text):
    assert NY(text) == Reading(rule="Q-107", expected="expected a term of NY or a code that the mapping declares")


@pytest.mark.parametrize(
    ("label", "code", "value", "rule"),
    [
        ("Yes", "1", "Y", ""),
        ("no", "0", "N", ""),
        ("", "", None, ""),
        ("Yes", "0", None, "Q-107"),
        ("Yes", "", None, "Q-107"),
        ("", "1", None, "Q-107"),
        ("Yes", "7", None, "Q-107"),
        ("Perhaps", "1", None, "Q-107"),
    ],
)
def test_twins(label, code, value, rule):
    reading = pair_reader(NY)((label, code))
    assert (reading.value, reading.rule) == (value, rule)


def test_twins_that_disagree_are_both_shown():
    assert pair_reader(NY)(("Yes", "0")).expected == "label 'Yes' and code '0' disagree"


TERMS = ["ASIAN", "WHITE", "UNKNOWN"]


@pytest.mark.parametrize(
    ("ticks", "answered", "value", "rule"),
    [
        (["0", "1", "0"], True, "WHITE", ""),
        (["1", "1", ""], True, "ASIAN; WHITE", ""),
        (["0", "0", "1"], True, "UNKNOWN", ""),
        (["0", "1", "1"], True, "WHITE; UNKNOWN", "Q-117"),
        (["0", "0", "0"], True, None, "Q-117"),
        (["", "", ""], True, None, "Q-117"),
        (["0", "0", "0"], False, None, ""),
        (["0", "2", "0"], True, None, "Q-107"),
        (["0", "x", "0"], False, None, "Q-107"),
        ([" 1 ", "0", "0"], False, "ASIAN", ""),
        (["Unchecked", "Checked", ""], True, "WHITE", ""),
        (["Unchecked", "unchecked", "0"], False, None, ""),
    ],
)
def test_checkbox_groups(ticks, answered, value, rule):
    reading = read_boxes(ticks, TERMS, ["UNKNOWN"], answered)
    assert (reading.value, reading.rule) == (value, rule)


VISITS = visit_reader(
    {"Screening": "SCREENING", "Cycle {n} Day {d}": "C{n}D{d}", "Not applicable": "", "Scan (wk {n})": "TUM{n}"}
)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Screening", "SCREENING"),
        ("screening", "SCREENING"),
        ("Cycle 2 Day 1", "C2D1"),
        ("cycle 12 day 15", "C12D15"),
        ("Cycle 02 Day 01", "C2D1"),
        ("Scan (wk 9)", "TUM9"),
        ("Not applicable", None),
    ],
)
def test_visit_labels(label, name):
    assert VISITS(label) == Reading(name)


@pytest.mark.parametrize(
    "label", ["Cycle 2", "Cycle x Day 1", "Cycle 2 Day 1 repeat", "Unscheduled", "Scan wk 9", "C2D1"]
)
def test_other_visit_labels_are_queries(label):
    assert VISITS(label).rule == "Q-120"


@pytest.mark.parametrize(
    ("text", "known", "found"),
    [
        ("1", ["01", "02"], "01"),
        ("01", ["01", "02"], ""),
        ("3", ["01", "02"], ""),
        ("1", ["01", "001"], ""),
        ("001", ["01"], "01"),
        ("A", ["0A"], ""),
    ],
)
def test_lost_zeros(text, known, found):
    assert lost_zero(text, known) == found


def test_plain_identifiers():
    assert plain_identifier("01-001 a_B.")
    assert not any(map(plain_identifier, ["01\u200b", "\u0410", "a\x1b", "a\u00a0", "\uff11"]))


MISSING = with_missing(NY, {"-99": "not recorded", "nd": "not done"})


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("-99", Reading(why="not recorded")),
        ("ND", Reading(why="not done")),
        ("-98", Reading(rule="Q-109", expected="list it for the field, or correct the value")),
        (".", Reading(rule="Q-109", expected="list it for the field, or correct the value")),
        ("Yes", Reading("Y")),
    ],
)
def test_missing_codes(text, reading):
    assert MISSING(text) == reading


def test_a_word_that_is_a_term_of_the_list_is_no_missing_code():
    read = with_missing(code_reader("TRGRESP", ("CR", "NA"), {}), {})
    assert read("NA") == Reading("NA")
    assert read("ND").rule == "Q-109"


def test_free_text_has_only_the_missing_codes_that_are_listed():
    read = with_missing(Reading, {"ND": "not done"}, free_text=True)
    assert read("NA") == Reading("NA")
    assert read("-99") == Reading("-99")
    assert read("nd") == Reading(why="not done")


def test_each_distinct_text_is_read_once_and_lands_in_its_rows():
    seen = []

    def read(text):
        seen.append(text)
        return Reading(text.upper(), rule="Q-1" if text == "b" else "")

    column = pd.Series(["b", "a", "", pd.NA, " a ", "b"], index=[5, 4, 3, 2, 1, 0], dtype="string")
    found = read_column(column, read)
    assert found["value"].fillna("-").tolist() == ["B", "A", "-", "-", "A", "B"]
    assert found["rule"].tolist() == ["Q-1", "", "", "", "", "Q-1"]
    assert found.index.tolist() == [5, 4, 3, 2, 1, 0]
    assert seen == ["b", "a", "a"]


def test_rows_of_several_columns_are_told_apart_though_their_texts_join_to_the_same():
    cells = pd.DataFrame({"a": ["x", "xy", "x"], "b": ["yz", "z", "yz"]}, index=[7, 8, 9], dtype="string")
    found = read_cells(cells, lambda row: Reading("|".join(row)))
    assert found["value"].tolist() == ["x|yz", "xy|z", "x|yz"]
    assert found.index.tolist() == [7, 8, 9]


def test_no_rows_are_no_rows():
    assert len(read_column(pd.Series([], dtype="string"), Reading)) == 0
    assert len(read_cells(pd.DataFrame({"a": [], "b": []}, dtype="string"), lambda row: Reading())) == 0


def test_blank_and_each_distinct():
    column = pd.Series(["", " \t", "x", pd.NA], dtype="string")
    assert blank(column).tolist() == [True, True, False, True]
    assert each_distinct(column, str.upper).fillna("-").tolist() == ["", " \t", "X", "-"]
