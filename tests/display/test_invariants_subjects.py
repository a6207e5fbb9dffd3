"""Invariants 9 and 13: dispositions add up, DLT rates count the evaluable; and the words of a cell."""

from dataclasses import replace

import pytest

from crf2csr.ard import Result
from crf2csr.display.invariants import check_cells
from crf2csr.display.invariants_subjects import check_disposition, check_enrolled, check_escalation
from crf2csr.display.model import Cell, Column, Part, Row, Table
from crf2csr.display.words import legal_words
from tests.builders import loaded_study
from tests.plans import counted


def disposition(ongoing: int, discontinued: int, treated: int, reasons: int) -> list[Result]:
    status = {"ONGOING": ongoing, "DISCONTINUED": discontinued, "TREATED": treated}
    found = counted("d", "all", "PALSTAT", 6, status)
    return found + counted("d", "all", "PALREAS", 6, {"PROGRESSIVE DISEASE": reasons, "OTHER": 1})


@pytest.mark.parametrize(
    ("numbers", "violations"),
    [
        ((2, 3, 5, 2), []),
        ((2, 3, 6, 2), ["column all, PALSTAT: 2 + 3 is not 6"]),
        ((2, 3, 5, 3), ["column all, PALREAS: the reasons add to 4, discontinued are 3"]),
    ],
)
def test_ongoing_and_discontinued_are_the_treated(numbers, violations):
    assert list(check_disposition(disposition(*numbers))) == violations


def test_the_study_status_adds_to_the_enrolled():
    status = counted("d", "all", "EOSSTT", 6, {"ONGOING": 3, "COMPLETED": 1, "DISCONTINUED": 1})
    results = [*status, *counted("d", "all", "DCSREAS", 6, {"DEATH": 1}), *counted("d", "all", "ENRLFL", 6, {"Y": 6})]
    assert list(check_disposition(results)) == ["column all, EOSSTT: 3 + 1 + 1 is not 6"]
    assert list(check_disposition(status[:0])) == []


def test_a_dlt_rate_counts_the_evaluable():
    evaluable, rate = counted("n", "d75", "DLTFL", 3, {"Y": 3}), counted("p", "d75", "DLTOCCFL", 3, {"Y": 1})
    assert list(check_escalation([*evaluable, *rate])) == []
    pooled = counted("p", "d75", "DLTOCCFL", 4, {"Y": 1})
    assert list(check_escalation([*evaluable, *pooled])) == [
        "column d75: the DLT rate has the denominator 4, DLT-evaluable are 3"
    ]


def table(id_: str, n: int) -> Table:
    part = Part(
        "enrolled", "Enrolled subjects", (Column("all", "All subjects", n),), (Row("Enrolled", (Cell(str(n)),)),)
    )
    return Table(id_, id_[2:].replace("-", "."), "A title", "Enrolled subjects", (part,))


def test_the_enrolled_are_the_same_in_every_table():
    assert check_enrolled([table("t-14-1-1", 45), table("t-14-1-2", 45)]) == []
    assert check_enrolled([table("t-14-1-1", 45), table("t-14-1-2", 44)]) == [
        "t-14-1-2: column all has N=44, t-14-1-1 has 45"
    ]
    assert check_enrolled([table("t-14-1-2", 44)]) == []


@pytest.mark.parametrize(
    ("text", "kind", "legal"),
    [
        ("escalate", "word", True),
        ("125 mg", "word", True),
        ("not determined", "word", True),
        ("Sponsor (demonstration)", "word", True),
        ("150 mg", "word", False),
        ("perhaps", "word", False),
        ("–", "word", True),
        ("2019-07-09", "day", True),
        ("July 2019", "day", False),
    ],
)
def test_words_are_a_closed_list(text, kind, legal):
    shown = table("t-14-3-1-9", 3)
    row = Row("Decision", (Cell(text, kind, ("a",)),))
    shown = replace(shown, parts=(replace(shown.parts[0], rows=(row,)),))
    assert (list(check_cells(shown, legal_words(loaded_study("full").settings))) == []) == legal
