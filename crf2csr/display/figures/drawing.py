"""What every figure shares: the font of the documents, one style, and drawings whose bytes depend on nothing else.

A drawing is built inside `style()` as a `matplotlib.figure.Figure` of its own (never pyplot: there is no open figure to
close and no state that a second drawing could inherit) and written by `render`.
"""

from __future__ import annotations

import contextlib
import io
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crf2csr.display.model import Figure, Footer
from crf2csr.errors import InputError
from crf2csr.plan import Plan
from crf2csr.study import ROOT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

#: Metric-compatible with Arial; the only family that the documents use.
FAMILY = "Liberation Sans"
FONTS = ROOT / "reports" / "fonts"
_FACES = ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf")

#: Inches. A page has 10 in of width; the height leaves room for a footer of about fifteen lines.
SIZE = (9.0, 4.2)
#: Points. One more than the 9 that a printed text needs, for a page may shrink a drawing by a tenth.
TEXT_SIZE = 10
PNG_DPI = 300

_STYLE: Any = {
    "font.family": [FAMILY],
    "font.size": TEXT_SIZE,
    **{f"{part}.labelsize": TEXT_SIZE for part in ("axes", "xtick", "ytick")},
    "legend.fontsize": TEXT_SIZE,
    "text.parse_math": False,  # `$` in a subject number is a character, not mathematics
    "axes.unicode_minus": False,  # numbers are the texts of the cells, with a hyphen
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.6,
    "svg.fonttype": "path",  # looks the same in every viewer, whatever fonts it has
    "svg.hashsalt": "crf2csr",  # ids are random otherwise
    "savefig.dpi": PNG_DPI,
}


@contextlib.contextmanager
def style(fonts: Path = FONTS) -> Iterator[None]:
    """Draw with the font of the documents and the style of the house, whatever the user's matplotlibrc says.

    Raises InputError naming the font file if it is missing: nothing is substituted (F-410).
    """
    import matplotlib

    _register(fonts)
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        yield


def _register(fonts: Path) -> None:
    from matplotlib.font_manager import fontManager

    missing = [face for face in _FACES if not (fonts / face).is_file()]
    if missing:
        raise InputError(
            f"font {FAMILY}: {missing[0]} is not in the font folder {fonts.name}; put it there (no other font is used)"
        )
    # A system may hold another version of the family: ours is the only one that counts.
    fontManager.ttflist = [entry for entry in fontManager.ttflist if entry.name != FAMILY]
    for face in _FACES:
        fontManager.addfont(fonts / face)


def figure_model(
    plan: Plan,
    display: str,
    header: Iterable[str],
    rows: Iterable[tuple[str, ...]],
    alt: str,
    empty: str,
    notes: Iterable[str] = (),
) -> Figure:
    """Return the model of a figure: what the plan says of it, the plotted values, the sentence in place of the drawing
    (that of rule E0 if it is empty), the notes that the layout writes."""
    spec = plan.file.displays[display]
    return Figure(
        id=display,
        number=spec.number,
        title=spec.title,
        population=plan.file.populations[spec.population].label,
        header=tuple(header),
        rows=tuple(rows),
        alt=alt,
        empty=empty,
        footer=Footer(notes=tuple(notes)),
    )


def blank_drawing() -> Drawing:
    """Return an empty drawing of the size of all figures; call it inside `style()`."""
    from matplotlib.figure import Figure

    return Figure(figsize=SIZE, layout="constrained")


def empty_drawing(text: str) -> Drawing:
    """Return a frame that holds the text of an empty display (rule E0 of docs/rules.md)."""
    drawing = blank_drawing()
    axes = drawing.add_subplot(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set_visible(True)
    axes.text(0.5, 0.5, textwrap.fill(text, 90), ha="center", va="center", transform=axes.transAxes)
    return drawing


def dashed_line(axes: Axes, height: float, label: str) -> None:
    """Draw a dashed line across the axes with its label at the right end, outside of the data."""
    axes.axhline(height, color="black", linewidth=0.8, dashes=(6, 3), zorder=3)
    axes.annotate(label, (1, height), (4, 0), axes.get_yaxis_transform(), "offset points", va="center")


def halo() -> list[Any]:
    """Return the path effect that parts a text from the lines it lies on."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.5, foreground="white")]


def render(drawing: Drawing) -> dict[str, bytes]:
    """Return the drawing as SVG and as PNG of 300 dots per inch, by file suffix; no clock and no version in either."""
    svg, png = io.BytesIO(), io.BytesIO()
    drawing.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    drawing.savefig(png, format="png", metadata={"Software": None})
    return {"svg": svg.getvalue(), "png": png.getvalue()}
