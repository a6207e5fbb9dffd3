"""The rows that variables can select: fewer of them, and none too few."""

from crf2csr.plan import VariableSpec
from crf2csr.select import rows_in_question, select_rows
from tests.plans import typed

FRAME = typed(
    """
    PARAM | VISIT | N
    A     | W     | 1
    A     | V     | 2
    B     | W     | 3
    C     | W     | 4
          | W     | 5
    """,
    N="Int64",
)


def variable(*conditions: tuple[str, str, str], among: tuple[tuple[str, str, str], ...] = ()) -> VariableSpec:
    named = ({"variable": name, "op": op, "value": value} for name, op, value in conditions)
    within = ({"variable": name, "op": op, "value": value} for name, op, value in among)
    return VariableSpec.model_validate({"name": "N", "where": tuple(named), "among": tuple(within)})


def kept(*variables: VariableSpec) -> list[int]:
    return [int(n) for n in rows_in_question(FRAME, variables)["N"]]


def test_values_that_all_conditions_name_are_kept() -> None:
    one = variable(("PARAM", "eq", "A"), ("VISIT", "eq", "W"))
    two = variable(("PARAM", "eq", "B"), ("VISIT", "eq", "W"), ("N", "gt", "9"))
    assert kept(one, two) == [1, 3]


def test_a_variable_that_names_no_value_of_a_column_keeps_all_of_it() -> None:
    assert kept(variable(("PARAM", "eq", "A")), variable(("VISIT", "eq", "W"))) == [1, 2, 3, 4, 5]
    assert kept(variable(("PARAM", "eq", "A")), variable()) == [1, 2, 3, 4, 5]
    assert kept() == [1, 2, 3, 4, 5]


def test_the_denominator_is_kept_too() -> None:
    assert kept(variable(("PARAM", "eq", "A"), among=(("PARAM", "eq", "C"),))) == [1, 2, 4]


def test_conditions_are_met_together_and_a_missing_value_meets_none() -> None:
    chosen = variable(("VISIT", "eq", "W"), ("PARAM", "ne", "A"))
    assert list(select_rows(FRAME, chosen.where)["N"]) == [3, 4]
    assert list(select_rows(FRAME, ())["N"]) == [1, 2, 3, 4, 5]
