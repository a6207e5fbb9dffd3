"""The benchmark of adverse events: the same records every time, all of them counted."""

from benchmarks.growth import report
from benchmarks.safety_growth import EACH, HEAD, line, measure, prepared


def test_records_are_made_by_arithmetic_alone() -> None:
    first, again = prepared(30).data, prepared(30).data
    assert first.equals(again)
    assert len(first) == 30 * EACH
    assert first["decod"].nunique() > 100
    # one in 20 of the records that do not go on (four of five) begins in a month or year: 48 of 1,200, about
    assert 24 <= first["stdtc"].str.len().lt(10).sum() <= 72
    # one in 50 without a grade: 24, about
    assert 12 <= first["grade"].isna().sum() <= 48


def test_a_record_in_five_goes_on_with_the_one_before_it() -> None:
    data = prepared(4).data
    earlier, later = data[data["aeno"].mod(5).eq(4)], data[data["aeno"].mod(5).eq(0)]
    assert earlier["term"].tolist() == later["term"].tolist()
    assert len(later) == 4 * EACH / 5


def test_every_record_is_counted() -> None:
    cost = measure(30)
    assert cost["rows"] == 30 * EACH
    # each emergent record: any, class and term, in at least one column
    assert cost["members"] > 3 * 0.8 * cost["rows"]


def test_one_line_a_size() -> None:
    lines = list(report("benchmarks.safety_growth", (6, 12), HEAD, line))
    assert [line.split()[1] for line in lines] == ["subjects", "6", "12"]
