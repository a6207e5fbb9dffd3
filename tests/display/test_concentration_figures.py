"""Concentration figures: results in; values, words and drawn points by hand; the same bytes twice."""

from collections.abc import Callable
from unittest.mock import patch

import pytest
from matplotlib.figure import Figure as Drawing

from crf2csr.ard import Result
from crf2csr.display.figures import drawing
from crf2csr.display.figures.geometric_concentration import geometric_concentration
from crf2csr.display.figures.mean_concentration import STYLES, mean_concentration
from crf2csr.display.invariants import check_bodies, check_texts
from crf2csr.display.model import Figure
from crf2csr.errors import InputError
from crf2csr.plan import Plan
from tests.builders import study_view
from tests.plans import plan_of

VARIABLES = "".join(
    f"      - {{name: AVAL, as: {visit}H{hour}, where: [{{variable: AVISIT, op: eq, value: {visit}}}, "
    f"{{variable: NRRLT, op: eq, value: {hour}}}]}}\n"
    for visit, hour in (("C1D1", 2), ("C1D1", 0), ("C1D1", 8), ("C1D15", 0))
)


def plan(*columns: str) -> Plan:
    groups = "".join(f'    - {{id: {name}, label: "{name}\\nmg"}}\n' for name in columns)
    return plan_of(
        "populations: {pk: {label: PK set, flag: PKFL}}\n"
        f"columns:\n  c:\n{groups}"
        "analyses:\n  pk:\n    method: pk_summary\n    data: adpc\n    populations: [pk]\n    columns: c\n"
        f"    variables:\n{VARIABLES}"
        "displays:\n  f-1: {layout: mean_concentration, number: 14.2.6, title: Means, population: pk, analyses: [pk]}\n"
    )


PLAN = plan("d75", "d100")
Number = float | int | str


def spot(level: str, hour: int, n: int, blq: int, mean: Number, sd: Number, geo: Number, cv: Number) -> list[Result]:
    """The results of one column and time; a text is a code."""
    given = {"n": n, "mean": mean, "sd": sd, "geo_mean": geo, "geo_cv": cv, "lloq": 1.0 if n else "–"}
    found = [
        Result("pk-pk", "c", level, f"C1D1H{hour}", "", name, None, value)
        if isinstance(value, str)
        else Result("pk-pk", "c", level, f"C1D1H{hour}", "", name, value)
        for name, value in given.items()
    ]
    counts = {"BLQ": blq, "GEO": 0 if isinstance(geo, str) else n}
    return found + [Result("pk-pk", "c", level, f"C1D1H{hour}", c, "n", count) for c, count in counts.items()]


def nobody(level: str) -> list[Result]:
    return [r for hour in (0, 2, 8) for r in spot(level, hour, 0, 0, "–", "–", "–", "–")]


THREE = [
    *spot("d75", 0, 3, 3, "NC", "NC", "NE", "NE"),
    *spot("d75", 2, 3, 0, 9.0666, 5.42, 8.135, 59.7),
    *spot("d75", 8, 2, 0, 16.5, 7.91, 15.1, 58.0),
]
ONE = [
    *spot("d100", 0, 1, 1, "NC", "NC", "NE", "NE"),
    *spot("d100", 2, 1, 0, 12.0, "NC", 12.0, "NC"),
    *spot("d100", 8, 1, 0, 20.0, "NC", 20.0, "NC"),
]
Layout = Callable[..., tuple[Figure, dict[str, bytes]]]


def draw(layout: Layout, results: list[Result], given: Plan = PLAN) -> tuple[Figure, Drawing]:
    """Return the model and the drawing before it is written to files."""
    kept: list[Drawing] = []
    with patch.object(drawing, "render", lambda one: kept.append(one) or {}):
        figure, _ = layout(given, "f-1", results, study_view(layout))
    return figure, kept[0]


def lines(given: Drawing) -> list[list[tuple[float, float]]]:
    """Return the points of each line with a marker."""
    axes = given.axes[0]
    drawn = [container.lines[0] for container in axes.containers]
    return [[(round(float(x), 2), float(y)) for x, y in line.get_xydata()] for line in drawn]


def test_means_of_the_table() -> None:
    figure, given = draw(mean_concentration, [*THREE, *ONE])
    assert figure.rows == (
        ("d75 mg", "0", "3", "3", "NC", "NC"),
        ("d75 mg", "2", "3", "0", "9.07", "5.42"),
        ("d75 mg", "8", "2", "0", "16.5", "NC"),  # two values have no SD
        ("d100 mg", "0", "1", "1", "NC", "NC"),
        ("d100 mg", "2", "1", "0", "NC", "NC"),  # one value has no mean
        ("d100 mg", "8", "1", "0", "NC", "NC"),
    )
    assert lines(given) == [[(2.0, 9.0666), (8.0, 16.5)]]
    assert figure.alt == (
        "Mean palbociclib concentration over nominal time, linear scale; "
        "largest mean: d75 mg 16.5 ng/mL at 8 h (n = 2)."
    )
    assert [text.get_text() for text in given.legends[0].get_texts()] == ["d75 mg (n = 2-3)"]
    [bars] = [c.lines[2][0].get_segments() for c in given.axes[0].containers]
    assert [[round(float(y), 4) for _, y in bar] for bar in bars] == [[3.6466, 14.4866], [16.5, 16.5]]


def test_geometric_means_of_the_table_with_the_limit() -> None:
    figure, given = draw(geometric_concentration, [*THREE, *ONE])
    assert figure.rows[:3] == (
        ("d75 mg", "0", "3", "3", "0", "NE", "NE"),
        ("d75 mg", "2", "3", "0", "3", "8.14", "59.7"),
        ("d75 mg", "8", "2", "0", "2", "15.1", "NC"),
    )
    assert figure.rows[4] == ("d100 mg", "2", "1", "0", "1", "NC", "NC")
    assert lines(given) == [[(2.0, 8.135), (8.0, 15.1)]]
    axes = given.axes[0]
    assert axes.get_yscale() == "log"
    assert "LLOQ" in [text.get_text() for text in axes.texts]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["1", "2", "5", "10"]


@pytest.mark.parametrize("layout", [mean_concentration, geometric_concentration])
@pytest.mark.parametrize("others", [[], ONE])
def test_nothing_to_draw_is_an_empty_frame(layout: Layout, others: list[Result]) -> None:
    figure, given = draw(layout, [*nobody("d75"), *(others or nobody("d100"))])
    assert figure.empty.startswith("No data to report")
    assert (figure.rows, figure.alt) == ((), figure.empty)
    assert given.axes[0].lines == [] or not list(given.axes[0].lines)
    assert [*check_bodies(figure), *check_texts(figure)] == []


def test_columns_without_anybody_are_named() -> None:
    figure, _ = draw(mean_concentration, [*THREE, *nobody("d100")])
    assert figure.footer.notes == (
        "Values below the limit of quantification follow the BLQ rule zero_then_missing: 0 before the first "
        "quantifiable value of a profile, missing between and after such values.",
        "Columns without any concentration: d100 mg.",
    )
    assert figure.rows[3] == ("d100 mg", "0", "0", "0", "–", "–")


def test_no_two_lines_look_alike_without_color() -> None:
    looks = [(marker, str(dashes)) for marker, dashes, _, _ in STYLES]
    assert len({marker for marker, _ in looks}) == len(STYLES)
    assert len(set(looks)) == len(STYLES)


def test_more_columns_than_styles_are_refused() -> None:
    many = plan(*(f"d{k}" for k in range(7)))
    with pytest.raises(InputError, match="7 columns; there are line styles for 6"):
        mean_concentration(many, "f-1", [], study_view(mean_concentration))


@pytest.mark.parametrize("layout", [mean_concentration, geometric_concentration])
def test_same_bytes_twice(layout: Layout) -> None:
    first, second = (
        layout(PLAN, "f-1", given, study_view(layout))[1] for given in ([*THREE, *ONE], [*reversed([*THREE, *ONE])])
    )
    assert first == second
    assert first["svg"].startswith(b"<?xml")
    assert first["png"].startswith(b"\x89PNG")
