"""The benchmark of noncompartmental parameters: the same profiles every time, all of their parameters counted."""

from benchmarks.growth import report
from benchmarks.nca_growth import HEAD, HOURS, line, measure, samples


def test_profiles_are_made_by_arithmetic_alone() -> None:
    first, again = samples(7), samples(7)
    assert first == again
    assert [kind for _, _, kind in first] == ["predose", *(f"{hour:g}h" for hour in HOURS[1:])]
    assert (first[0], samples(8)[0]) == ((0, "BLQ", "predose"), (0, "BLQ", "predose"))
    assert len({tuple(samples(number)) for number in range(200)}) == 200


def test_every_profile_has_ten_parameters() -> None:
    cost = measure(40)
    assert cost["all"] == 400
    assert 300 < cost["known"] <= 400


def test_one_line_a_size() -> None:
    lines = list(report("benchmarks.nca_growth", (20, 30), HEAD, line))
    assert [line.split()[0] for line in lines] == ["profiles", "20", "30"]
