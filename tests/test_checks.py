"""The query row and its message; the summary of the checks."""

import pandas as pd
import pytest

from crf2csr.checks import CHECKS, absent_forms, only_run, query, summarize
from crf2csr.errors import shown
from crf2csr.results import QUERY_COLUMNS


def test_a_query_has_the_columns_and_the_message_of_the_pattern():
    row = query(
        "Q-110",
        subject="01-001",
        form="tl",
        file="tl.csv",
        row=7,
        field="diameter",
        value="501",
        expected="expected 0 to 500",
    )
    assert list(row) == QUERY_COLUMNS
    assert row["severity"] == "W"
    assert row["message"] == (
        "Q-110 01-001 tl.diameter (tl.csv row 7) = '501': value outside plausible limits; expected 0 to 500"
    )


def test_a_severity_of_its_own_replaces_that_of_the_rule():
    row = query("Q-1101", subject="01-001", form="tl", file="tl.csv", row=7, field="dtc", severity="I")
    assert (row["severity"], CHECKS["Q-1101"].severity) == ("I", "E")


def test_an_unknown_rule_is_refused():
    with pytest.raises(KeyError, match="Q-999"):
        query("Q-999", subject="", form="", file="", row=1, field="")


@pytest.mark.parametrize("rule", list(CHECKS))
def test_every_check_is_complete(rule):
    severity, forms, text = CHECKS[rule]
    assert severity in ("E", "W", "I")
    assert forms
    assert text
    assert text[0].islower() or text[0].isdigit()
    assert not text.endswith(".")


def test_the_summary_lists_every_rule_and_never_passes_what_did_not_run():
    queries = pd.DataFrame({"rule": ["Q-117", "Q-117", "Q-103"]}, dtype="string")
    table = summarize(queries, {"dm": 50, "tl": 200}, ["dm", "tl"]).set_index("rule")
    assert table.index.tolist() == list(CHECKS)
    assert table.loc["Q-117"].tolist() == ["W", "dm", "50", "2", ""]
    assert table.loc["Q-103"].tolist() == ["E", "all", "250", "1", ""]
    without = summarize(queries, {"tl": 200}, ["tl"]).set_index("rule").loc["Q-117"]
    assert without[["tested", "not_run"]].tolist() == ["", "not run: form dm absent"]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain – ä", "plain – ä"),
        ("a\nb\r\t\x00\x1b\x7f", "a\\x0ab\\x0d\\x09\\x00\\x1b\\x7f"),
        ("\u202e\u200b\u2028\ufeff", "\\u202e\\u200b\\u2028\\ufeff"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 60 + "…"),
        ("", ""),
    ],
)
def test_a_foreign_text_fits_one_line_of_a_message(text, seen):
    assert shown(text) == seen


def test_a_rule_with_alternative_forms_runs_on_those_that_the_study_has():
    assert absent_forms("Q-115", ["mh"]) == []
    assert absent_forms("Q-115", ["tl"]) == ["ae|mh|cm"]
    assert absent_forms("Q-309", ["ie", "enr"]) == ["dv"]
    assert absent_forms("Q-611", []) == []
    table = summarize(pd.DataFrame({"rule": ["Q-115"]}, dtype="string"), {"ae": 3, "mh": 4}, ["ae", "mh"])
    assert table.set_index("rule").loc["Q-115", ["tested", "failures", "not_run"]].tolist() == ["7", "1", ""]


def test_a_rule_that_does_not_run_finds_nothing():
    queries = pd.DataFrame({"rule": ["Q-309", "Q-301", "Q-611"]}, dtype="string")
    assert only_run(queries, ["ie", "enr"])["rule"].tolist() == ["Q-301", "Q-611"]
    assert only_run(queries, ["ie", "enr", "dv"])["rule"].tolist() == ["Q-309", "Q-301", "Q-611"]
    assert only_run(queries.iloc[:0], ["ie"]).columns.tolist() == ["rule"]
