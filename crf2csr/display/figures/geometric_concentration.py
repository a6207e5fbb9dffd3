"""Geometric mean concentrations over nominal time, semilogarithmic, one line a column, with the limit dashed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from crf2csr.ard import Result
from crf2csr.display import numbers
from crf2csr.display.figures import drawing as draw
from crf2csr.display.figures.mean_concentration import (
    Spot,
    build_figure,
    draw_lines,
    find_spots,
    finish_axes,
    head,
    largest,
    used,
)
from crf2csr.display.figures.scales import log_height
from crf2csr.display.model import Figure
from crf2csr.plan import Plan
from crf2csr.study import View, uses

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

HEADER = ("Column", "Nominal time (h)", "n", "n BLQ", "n above 0", "Geometric mean (ng/mL)", "Geometric CV (%)")


@uses("display.small_n", "pk.blq_rule")
def geometric_concentration(
    plan: Plan, display: str, results: Iterable[Result], study: View
) -> tuple[Figure, dict[str, bytes]]:
    """Draw the geometric mean of the first profile of the planned analysis over nominal time, one line a column.

    The numbers are those of the table: values below the limit and zeros are in no geometric mean, a single value has
    none. The lower limit of quantification is a dashed line. Raises InputError for more columns than line styles.
    R-110, R-1315.
    """
    spots = find_spots(plan, display, results)
    few = study["display.small_n"]
    drawn = [spot for spot in spots if used(spot, "geo_mean") > 1 and spot.value("geo_mean") is not None]
    rows = tuple(_row(spot, few) for spot in spots)
    figure = build_figure(plan, display, HEADER, rows, spots, describe(drawn), study["pk.blq_rule"])
    with draw.style():
        return figure, draw.render(draw.empty_drawing(figure.empty) if figure.empty else _drawing(spots, drawn))


def _row(spot: Spot, few: int) -> tuple[str, ...]:
    n, code = used(spot, "geo_mean"), spot.found["geo_cv"]
    mean = "NC" if n == 1 and spot.value("geo_mean") is not None else spot.text("geo_mean")
    cv = numbers.format_number(code.text if code.value is None else code.value, numbers.CV_DECIMALS)
    return (*head(spot), str(n), mean, "NC" if code.value is not None and n < few else cv)


def describe(drawn: Sequence[Spot]) -> str:
    """Return the sentence that replaces the drawing: the largest geometric mean of each column."""
    found = largest(drawn, "geo_mean")
    start = "Geometric mean palbociclib concentration over nominal time, semilogarithmic scale"
    return f"{start}; largest: {found}." if found else ""


def _drawing(spots: Sequence[Spot], drawn: Sequence[Spot]) -> Drawing:
    drawing = draw.blank_drawing()
    axes = drawing.add_subplot()
    draw_lines(axes, spots, drawn, "geo_mean")
    limits = [limit for spot in spots if (limit := spot.value("lloq")) is not None]
    heights = [spot.value("geo_mean") or 0 for spot in drawn]
    log_height(axes, [*heights, *limits])
    for limit in sorted(set(limits)):
        draw.dashed_line(axes, limit, "LLOQ")
    finish_axes(drawing, axes, spots, "Geometric mean (ng/mL)")
    return drawing
