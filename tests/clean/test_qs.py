"""QS: items of two questionnaires, and answers that are not on their scale."""

import pytest

from crf2csr.clean.qs import qs
from crf2csr.clean.rules.fields import field_reader
from crf2csr.contracts import load_terms
from crf2csr.instruments import load_parameters
from crf2csr.mapping import load_mapping
from crf2csr.raw_contracts import load_raw_contract
from tests.builders import form, loaded_study, rows, study_view

PROMIS = """
SUBJECT | VISIT | instr   | item | version | qsdtc      | answer | answer__raw | answer__why  | notdone | reasnd
01-001  | C1D1  | FATIGUE | 1    | v1.0    | 2019-01-01 | 3      | 3           |              | N       |
01-001  | C1D1  | FATIGUE | 2    | v1.0    | 2019-01-01 |        | 7           |              | N       |
01-001  | C1D1  | FATIGUE | 3    | v1.0    | 2019-01-01 |        | -99         | not answered | N       |
01-001  | C2D1  | FATIGUE | 1    | v1.0    |            |        |             |              | Y       | refused
01-001  | C2D1  | FATIGUE | 2    | v1.0    |            |        | -99         | not answered | Y      |
01-001  | C2D1  | FATIGUE |      | v1.0    |            | 1      | 1           |              |         |
"""
BCPT = "SUBJECT | VISIT | item | qsdtc | answer | notdone\n01-001 | C1D1 | BCPT07 | 2019-01-01 | 0 | N"


def test_items_of_both_questionnaires() -> None:
    found = qs(form("promis", PROMIS), form("bcpt", BCPT), study_view(qs))
    columns = ["QSCAT", "QSSCAT", "VISIT", "QSTESTCD", "QSORRES", "QSSTRESN", "QSSTAT", "QSREASND", "QSVERS"]
    assert rows(found.data, *columns) == [
        ("BCPT", "BCPT", "C1D1", "BCPT07", "0", "0", "", "", ""),
        ("PROMIS", "FATIGUE", "C1D1", "FATIG1", "3", "3", "", "", "v1.0"),
        ("PROMIS", "FATIGUE", "C1D1", "FATIG2", "7", "", "", "", "v1.0"),
        ("PROMIS", "FATIGUE", "C1D1", "FATIG3", "-99", "", "", "not answered", "v1.0"),
        ("PROMIS", "FATIGUE", "C2D1", "FATIG1", "", "", "NOT DONE", "refused", "v1.0"),
        ("PROMIS", "FATIGUE", "C2D1", "FATIG2", "-99", "", "NOT DONE", "", "v1.0"),
    ]
    assert rows(found.removed, "form", "RAWROW", "reason") == [("promis", "7", "item is missing or cannot be read")]


def test_every_short_form_and_item_that_a_form_can_name_belongs_to_an_instrument() -> None:
    parameters = load_parameters()
    assert {parameter.scale for parameter in parameters if parameter.scale} == set(load_terms()["PROMISIN"])
    single = {item for parameter in parameters if not parameter.scale for item in parameter.items}
    assert single == set(load_terms()["BCPTITEM"])
    items = [item for parameter in parameters for item in parameter.items]
    assert len(set(items)) == len(items) == 7 * 4 + 18


@pytest.mark.parametrize(
    ("name", "text", "value", "rule"),
    [
        ("promis", "1", "1", ""),
        ("promis", "5", "5", ""),
        ("promis", "0", None, "Q-903"),
        ("promis", "6", None, "Q-903"),
        ("promis", "2.5", None, "Q-903"),
        ("promis", "often", None, "Q-903"),
        ("promis", "-99", None, ""),
        ("bcpt", "0", "0", ""),
        ("bcpt", "4", "4", ""),
        ("bcpt", "5", None, "Q-903"),
    ],
)
def test_an_answer_outside_its_scale_is_not_used(name: str, text: str, value: str | None, rule: str) -> None:
    mapping, field = load_mapping(loaded_study("full").mapping), load_raw_contract(name).fields["answer"]
    reading = field_reader(mapping.forms[name].fields["answer"], field, mapping)(text)
    assert (reading.value, reading.rule) == (value, rule)
