"""Cmax by dose: ADSL, ADPP and results in; values, words and drawn points by hand; the same bytes twice."""

from unittest.mock import patch

import pandas as pd
import pytest
from matplotlib.figure import Figure as Drawing

from crf2csr.ard import Result
from crf2csr.display.figures import drawing
from crf2csr.display.figures.parameter_by_dose import parameter_by_dose, spread
from crf2csr.display.invariants import check_bodies, check_texts
from crf2csr.display.model import Figure
from tests.builders import study_view
from tests.plans import plan_of, typed

PLAN = plan_of("""
populations: {pk: {label: PK set, flag: PKFL}}
columns: {c: [{id: doses, label: All}]}
analyses:
  dose:
    method: power_model
    data: adpp
    populations: [pk]
    columns: c
    variables:
      - {name: AVAL, as: CMAX, where: [{variable: PARAMCD, op: eq, value: CMAX}, {variable: PKSUMXF, op: missing}]}
      - {name: AVAL, as: AUC, where: [{variable: PARAMCD, op: eq, value: AUCINT}]}
displays:
  f-1: {layout: parameter_by_dose, number: 14.2.11, title: Cmax, population: pk, data: [adpp], analyses: [dose]}
""")
ADSL = typed(
    """
    USUBJID | PKFL
    A       | Y
    B       | Y
    C       | Y
    D       | Y
    E       | N
    """
)
ADPP = typed(
    """
    USUBJID | SUBJID | PARAMCD | PARAM | AVALU | TRT01AN | AVAL | PKSUMXF | TMAXLFL
    C       | 02-001 | CMAX    | Cmax  | ng/mL | 100     | 40   |         |
    A       | 01-001 | CMAX    | Cmax  | ng/mL | 75      | 10   |         | Y
    B       | 01-002 | CMAX    | Cmax  | ng/mL | 75      | 20   |         |
    D       | 02-002 | CMAX    | Cmax  | ng/mL | 100     | 99   | Y       |
    E       | 03-001 | CMAX    | Cmax  | ng/mL | 100     | 50   |         |
    A       | 01-001 | AUCINT  | AUC   | h     | 75      | 70   |         |
    """,
    TRT01AN="Int64",
    AVAL="Float64",
)


def found(category: str, **values: float | str) -> list[Result]:
    """The results of Cmax in a category; a text is a code or a verdict."""
    return [
        Result(
            "dose-pk",
            "c",
            "doses",
            "CMAX",
            category,
            name,
            None if isinstance(given, str) else given,
            *([given] if isinstance(given, str) else []),
        )
        for name, given in values.items()
    ]


FITTED = [
    *found("", n=3, slope=1.5, lower=-3.9684, upper=6.9684, word="inconclusive, 2 levels only"),
    *found("75", n=2, geo_mean=14.142, fit=14.142, fit_lower=7.0, fit_upper=28.0),
    *found("100", n=1, geo_mean=40.0, fit=40.0, fit_lower=0.1, fit_upper=9000.0),
    Result("dose-pk", "c", "doses", "AUC", "", "slope", 9.0),
]
NOT_FITTED = [
    *found("", n=2, slope="NE", lower="NE", upper="NE", word="not estimable: 1 dose level"),
    *found("75", n=2, geo_mean=14.142, fit="NE", fit_lower="NE", fit_upper="NE"),
]
NOBODY = found("", n=0, slope="NE", lower="NE", upper="NE", word="not estimable: no value")


def draw(results: list[Result], adpp: pd.DataFrame = ADPP) -> tuple[Figure, Drawing]:
    """Return the model and the drawing before it is written to files."""
    kept: list[Drawing] = []
    with patch.object(drawing, "render", lambda one: kept.append(one) or {}):
        figure, _ = parameter_by_dose(PLAN, "f-1", results, {"adsl": ADSL, "adpp": adpp}, study_view(parameter_by_dose))
    return figure, kept[0]


def lines(given: Drawing) -> dict[str, list[tuple[float, float]]]:
    """Return the points of each line of the legend."""
    axes = given.axes[0]
    return {str(line.get_label()): [tuple(map(float, p)) for p in line.get_xydata()] for line in axes.lines}


def test_points_means_and_line() -> None:
    figure, given = draw(FITTED)
    assert figure.rows == (
        ("individual value", "01-001", "75", "10.0", "", "", "yes"),
        ("individual value", "01-002", "75", "20.0", "", "", "no"),
        ("individual value", "02-001", "100", "40.0", "", "", "no"),
        ("geometric mean", "", "75", "14.1", "", "", ""),
        ("geometric mean", "", "100", "NC", "", "", ""),  # of one value
        ("power model", "", "75", "14.1", "7.00", "28.0", ""),
        ("power model", "", "100", "40.0", "0.100", "9000", ""),
    )
    drawn = lines(given)
    assert drawn["Power model"] == [(75, 14.142), (100, 40)]
    assert drawn["Tmax at the last sample"] == [(75, 10)]
    assert drawn["Tmax earlier"] == [(75, 20), (100, 40)]
    assert [y for _, y in drawn["Geometric mean"]] == [14.142, 14.142]
    assert {text.get_text() for text in given.legends[0].get_texts()} == {*drawn, "90% band"}
    assert figure.alt == (
        "Cmax by dose taken, both axes logarithmic; geometric means: 75 mg 14.1 ng/mL (n = 2); 100 mg NC (n = 1); "
        "power model: slope 1.500 (90% CI -3.968 to 6.968)."
    )
    assert figure.footer.notes == (
        "Line: power model, slope 1.500 (90% CI -3.968 to 6.968); band: 90% limits of it at the dose levels, joined.",
    )


def test_axes_are_logarithmic_and_a_wide_band_does_not_flatten_the_points() -> None:
    axes = draw(FITTED)[1].axes[0]
    assert (axes.get_xscale(), axes.get_yscale(), axes.get_ylabel()) == ("log", "log", "Cmax (ng/mL)")
    # points from 10 to 40; the band from 0.1 to 9000 is shown from 5 to 80, with a little room
    assert axes.get_ylim() == pytest.approx((4, 100))
    assert [text.get_text() for text in axes.get_xticklabels()] == ["75", "100"]


def test_no_line_where_the_slope_is_not_estimable() -> None:
    figure, given = draw(NOT_FITTED, ADPP.iloc[[1, 2]])
    assert "Power model" not in lines(given)
    assert figure.footer.notes == ("No line: the slope is not estimable: 1 dose level.",)
    assert figure.alt.endswith("75 mg 14.1 ng/mL (n = 2); power model: not estimable: 1 dose level.")
    assert [row[0] for row in figure.rows] == ["individual value"] * 2 + ["geometric mean"]


def test_one_subject_has_a_point_and_nothing_else() -> None:
    one = [*found("", n=1, slope="NE", word="not estimable: 1 dose level"), *found("75", n=1, geo_mean=10.0, fit="NE")]
    figure, given = draw(one, ADPP.iloc[[1]])
    assert lines(given) == {"Tmax at the last sample": [(75, 10)]}
    assert figure.rows == (
        ("individual value", "01-001", "75", "10.0", "", "", "yes"),
        ("geometric mean", "", "75", "NC", "", "", ""),
    )


def test_zeros_are_counted_and_not_drawn() -> None:
    zero = [
        *found("", n=2, slope="NE", word="not estimable: value of 0 or BLQ"),
        *found("75", n=2, geo_mean=20.0, fit="NE"),
    ]
    figure, given = draw(zero, ADPP.iloc[[1, 2]].assign(AVAL=[0.0, 20.0]))
    assert "Tmax at the last sample" not in lines(given)
    assert figure.rows[0] == ("individual value", "01-001", "75", "BLQ", "", "", "yes")
    assert figure.footer.notes[-1] == "Values of 0 or BLQ, which have no place on a logarithmic axis: 1."


@pytest.mark.parametrize("adpp", [ADPP.iloc[:0], ADPP.iloc[[3, 4]], ADPP.iloc[[1]].assign(AVAL=0.0)])
def test_nothing_to_draw_is_an_empty_frame(adpp: pd.DataFrame) -> None:
    figure, given = draw(NOBODY, adpp)
    assert figure.empty == (
        "No data to report: no subject met the criteria for this display. "
        "Criterion: PK set; PARAMCD = CMAX; PKSUMXF missing, above 0."
    )
    assert (figure.rows, figure.alt, figure.footer.notes) == ((), figure.empty, ())
    assert not list(given.axes[0].lines)
    assert [*check_bodies(figure), *check_texts(figure)] == []


def test_points_that_would_hide_each_other_stand_beside_each_other() -> None:
    # heights from 1 to e: near is 3 % of that, so 0.03; steps of 10 %
    values = [(100, 1.0), (100, 1.01), (100, 1.02), (100, 1.5), (75, 1.0)]
    assert spread(values, (1, 2.718281828), 0.1) == pytest.approx(
        [100, 100 * 2.718281828**0.1, 100 / 2.718281828**0.1, 100, 75]
    )


def test_same_bytes_twice_whatever_the_order_of_rows() -> None:
    first, second = (
        parameter_by_dose(PLAN, "f-1", results, {"adsl": ADSL, "adpp": adpp}, study_view(parameter_by_dose))[1]
        for results, adpp in ((FITTED, ADPP), (FITTED[::-1], ADPP.iloc[::-1]))
    )
    assert first == second
    assert first["png"].startswith(b"\x89PNG")
