"""The waterfall: literal frames in; bars, notes and the sentence that replaces the drawing worked by hand."""

import hashlib
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from unittest.mock import patch

import matplotlib
import pandas as pd
import pytest
from matplotlib.figure import Figure as Drawing

from crf2csr.contracts import ContractError
from crf2csr.display.figures import drawing
from crf2csr.display.figures.waterfall import waterfall
from crf2csr.display.invariants import check_bodies, check_texts
from crf2csr.display.model import Figure
from crf2csr.errors import InputError
from tests.builders import study_view
from tests.plans import plan_of, typed

ROOT = Path(__file__).resolve().parents[2]
PLAN = plan_of("""
populations: {meas: {label: Measurable, flag: MEASFL}}
displays:
  f-1: {layout: waterfall, number: 14.2.1, title: Waterfall, population: meas, data: [adtr, adrs]}
""")

ADSL = """
USUBJID | SUBJID | ENRLFL | MEASFL | PHASE | TRT01PN | TRT01P
X-1     | 1      | Y      | Y      | I     | 75      | 75 mg
X-2     | 2      | Y      | Y      | I     | 100     | 100 mg
X-3     | 3      | Y      | Y      | II    | 100     | 100 mg
X-4     | 4      | Y      | Y      | II    | 100     | 100 mg
X-5     | 5      | Y      | Y      | II    | 100     | 100 mg
X-6     | 6      | Y      | N      | II    | 100     | 100 mg
X-7     | 7      | N      | N      |       |         |
"""
# 5 has no complete sum; 6 is outside of the set (no target lesion), so its sum, if any, is not drawn.
ADTR = """
USUBJID | PARAMCD | AVAL   | AVALCAT1
X-1     | BPCHG   | -30    | <= -30
X-2     | BPCHG   | 150.25 | >= 20
X-3     | BPCHG   | -30    | <= -30
X-4     | BPCHG   | -29.99 | > -30 to < 20
X-5     | BPCHG   |        |
X-6     | BPCHG   | -80    | <= -30
X-1     | SUMDIAM | 21     |
"""
# 5 and 6 are confirmed responders without a bar; BOR is not drawn.
ADRS = """
USUBJID | PARAMCD | AVALC
X-1     | BOR     | CR
X-1     | CBOR    | PR
X-2     | CBOR    | PD
X-3     | CBOR    | SD
X-4     | CBOR    | SD
X-5     | CBOR    | PR
X-6     | CBOR    | CR
"""


def frames(adsl: str = ADSL, adtr: str = ADTR, adrs: str = ADRS) -> dict[str, pd.DataFrame]:
    return {"adsl": typed(adsl, TRT01PN="Int64"), "adtr": typed(adtr, AVAL="Float64"), "adrs": typed(adrs)}


def draw(data: dict[str, pd.DataFrame]) -> tuple[Figure, dict[str, bytes]]:
    return waterfall(PLAN, "f-1", data, study_view(waterfall))


@cache
def drawn_once() -> tuple[Figure, dict[str, bytes]]:
    """Return model and files of the frames above: writing a drawing takes a second."""
    return draw(frames())


def unwritten(data: dict[str, pd.DataFrame]) -> tuple[Figure, Drawing]:
    """Return the model and the drawing before it is written to files."""
    kept: list[Drawing] = []
    with patch.object(drawing, "render", lambda given: kept.append(given) or {}):
        figure, _ = draw(data)
    return figure, kept[0]


def model(data: dict[str, pd.DataFrame]) -> Figure:
    return unwritten(data)[0]


def written(data: dict[str, pd.DataFrame]) -> tuple[list[str], list[str], list[str]]:
    """Return what stands on the bars and at the lines, on the axis of subjects, and in the legend."""
    _, given = unwritten(data)
    [axes] = given.axes
    legend = [text.get_text() for text in given.legends[0].get_texts()]
    return [t.get_text() for t in axes.texts], [t.get_text() for t in axes.get_xticklabels()], legend


def many(n: int) -> dict[str, pd.DataFrame]:
    """Return n subjects with changes from n - 1 down to 0 and response SD."""
    numbers = range(1, n + 1)
    adsl = [f"X-{i:02d} | {i:02d} | Y | Y | II | 100 | 100 mg" for i in numbers]
    adtr = [f"X-{i:02d} | BPCHG | {n - i} | > -30 to < 20" for i in numbers]
    adrs = [f"X-{i:02d} | CBOR | SD" for i in numbers]
    given = zip((ADSL, ADTR, ADRS), (adsl, adtr, adrs), strict=True)
    return frames(*("\n".join([header.strip().splitlines()[0], *lines]) for header, lines in given))


def test_bars_from_worst_to_best() -> None:
    figure = model(frames())
    assert (figure.id, figure.number, figure.title, figure.population) == ("f-1", "14.2.1", "Waterfall", "Measurable")
    assert figure.header == ("Subject", "Dose group", "Best change (%)", "Confirmed best overall response")
    # 150.25 is rounded half away from zero; equal changes stand in the order of the subjects
    assert figure.rows == (
        ("2", "100 mg (phase I)", "150.3", "PD"),
        ("4", "100 mg (phase II)", "-30.0", "SD"),
        ("1", "75 mg (phase I)", "-30.0", "PR"),
        ("3", "100 mg (phase II)", "-30.0", "SD"),
    )
    assert figure.empty == ""


def test_sentence_counts_by_the_exact_categories() -> None:
    # -29.99 prints as -30.0 and is not -30 or less
    assert model(frames()).alt == (
        "Waterfall of the best percentage change in the sum of diameters of 4 subjects from 150.3 to -30.0: "
        "1 with 20 or more, 2 with -30 or less; confirmed best overall response PR 1, SD 2, PD 1."
    )


def test_notes_count_who_is_not_drawn() -> None:
    # 5 subjects in the set, 5 without a sum; responders are 1, 5 and 6, of whom 5 and 6 have no bar and 6 is outside
    assert model(frames()).footer.notes == (
        "Subjects of this analysis set without a complete sum after baseline, so without a bar: 1 of 5.",
        "Confirmed responders (CR or PR) without a bar: 2 of 3, of whom 1 outside this analysis set.",
        "Letters: confirmed best overall response. Dashed lines: -30 and +20 percent.",
        "Bars end at +100 percent; a larger change is written on its bar.",
    )


def test_long_responses_are_shortened_and_explained() -> None:
    data = frames(adrs=ADRS.replace("X-4     | CBOR    | SD", "X-4     | CBOR    | NON-CR/NON-PD"))
    figure = model(data)
    assert figure.rows[1][3] == "NON-CR/NON-PD"
    assert "On the bars: NN = NON-CR/NON-PD." in figure.footer.notes
    assert "NN" in written(data)[0]


def test_a_subject_without_a_response_record_is_missing() -> None:
    figure = model(frames(adrs=ADRS.replace("X-4     | CBOR    | SD\n", "")))
    assert figure.rows[1] == ("4", "100 mg (phase II)", "-30.0", "MISSING")
    assert figure.alt.endswith("PR 1, SD 1, PD 1, MISSING 1.")


def test_what_is_written_in_the_drawing() -> None:
    assert written(frames()) == (
        ["+20", "-30", "PD 150.3", "SD", "PR", "SD"],  # the value of a bar that is cut stands on it
        ["2", "4", "1", "3"],
        ["75 mg (phase I)", "100 mg (phase I)", "100 mg (phase II)"],
    )


def test_bars_end_at_their_value_or_at_the_cap() -> None:
    _, given = unwritten(frames())
    bars = sorted((bar.get_x() + 0.4, bar.get_height()) for bar in given.axes[0].patches)
    assert bars == [(0.0, 100.0), (1.0, -29.99), (2.0, -30.0), (3.0, -30.0)]
    patterns = {(bar.get_facecolor(), bar.get_hatch()) for bar in given.axes[0].patches}
    assert len(patterns) == 3  # one for each dose group drawn
    assert min(text.get_fontsize() for text in given.findobj(matplotlib.text.Text) if text.get_text()) >= 9


def test_one_bar() -> None:
    figure = model(many(1))
    assert figure.rows == (("01", "100 mg (phase II)", "0.0", "SD"),)
    assert "of 1 subject, 0.0: 0 with 20 or more, 0 with -30 or less" in figure.alt
    assert written(many(1))[1] == ["01"]


@pytest.mark.parametrize(("n", "named"), [(45, 45), (54, 54), (55, 28), (110, 37)])
def test_many_bars(n: int, named: int) -> None:
    # more than 54 labels do not fit: every second of 55 (28) or third of 110 (37) bars has one
    figure = model(many(n))
    letters, labels, _ = written(many(n))
    assert len(figure.rows) == n
    assert sum(text.startswith("SD") for text in letters) == named
    assert labels == [row[0] for row in figure.rows][:: -(-n // named)]
    assert any("For want of room" in note for note in figure.footer.notes) == (named < n)


@pytest.mark.parametrize(
    "data",
    [
        frames(*(text.strip().splitlines()[0] for text in (ADSL, ADTR, ADRS))),
        frames(adtr=ADTR.strip().splitlines()[0]),
        frames(adsl=ADSL.replace("| Y      | Y ", "| Y      | N ")),
    ],
    ids=["no subject", "no sum", "nobody in the set"],
)
def test_nothing_to_draw_is_a_frame_with_the_reason(data: dict[str, pd.DataFrame]) -> None:
    figure, given = unwritten(data)
    assert figure.rows == ()
    assert figure.empty == (
        "No data to report: no subject met the criteria for this display. "
        "Criterion: Measurable, with a complete sum after baseline."
    )
    assert figure.alt == figure.empty
    assert [text.get_text().replace("\n", " ") for text in given.axes[0].texts] == [figure.empty]
    assert [*check_bodies(figure), *check_texts(figure)] == []


def test_hostile_subject_numbers_stay_text() -> None:
    hostile = r"$\unknown{$_<b>&--%"  # as mathematics it would not parse
    adsl = ADSL.replace("X-2     | 2 ", f"X-2     | {hostile}")
    figure, files = draw(frames(adsl=adsl))
    assert figure.rows[0][0] == hostile
    # matplotlib writes each text as a comment; "--" cannot stand in one
    assert r"$\unknown{$_&lt;b>&amp;- -%" in files["svg"].decode().replace("&gt;", ">")


def test_a_dose_group_that_is_not_recorded() -> None:
    adsl = ADSL.replace("| I     | 75      | 75 mg", "|       |         |")
    assert model(frames(adsl=adsl)).rows[2][1] == "No dose assigned"


def test_a_subject_with_two_values_is_a_defect() -> None:
    with pytest.raises(ContractError, match="ADTR BPCHG: subject X-2 stands twice"):
        draw(frames(adtr=ADTR + "X-2 | BPCHG | 1 | > -30 to < 20"))


def test_more_dose_levels_than_patterns_are_refused() -> None:
    more = "\n".join(f"Y-{k} | {k} | Y | N | I | {k} | {k} mg" for k in range(1, 6))
    with pytest.raises(InputError, match="7 dose levels and 2 phases"):
        draw(frames(adsl=ADSL.strip() + "\n" + more))


# Bytes


def test_shuffled_rows_and_the_settings_of_the_process_change_no_byte() -> None:
    first = drawn_once()
    with matplotlib.rc_context({"font.size": 30, "svg.fonttype": "none", "axes.facecolor": "red", "savefig.dpi": 50}):
        before = dict(matplotlib.rcParams)
        second = draw({name: frame.iloc[::-1] for name, frame in frames().items()})
        assert dict(matplotlib.rcParams) == before
    assert second == first


def test_the_same_bytes_in_another_process() -> None:
    code = (
        "from tests.display.test_waterfall import draw, frames; import hashlib, sys; _, files = draw(frames());"
        "sys.stdout.write(' '.join(hashlib.sha256(files[name]).hexdigest() for name in ('svg', 'png')))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    _, files = drawn_once()
    assert run.stdout.split() == [hashlib.sha256(files[name]).hexdigest() for name in ("svg", "png")]


def test_no_clock_and_no_version_in_the_files() -> None:
    for content in drawn_once()[1].values():
        for word in (b"Matplotlib", b"<dc:date>", b"tIME", b"Software", b"Creation"):
            assert word not in content


def test_size_and_resolution_of_the_png() -> None:
    png = drawn_once()[1]["png"]
    width, height = (int.from_bytes(png[start : start + 4], "big") for start in (16, 20))
    assert (width, height) == (2700, 1260)  # 9 in and 4.2 in at 300 dots per inch
    at = png.index(b"pHYs") + 4
    assert int.from_bytes(png[at : at + 4], "big") == 11811  # dots per meter: 300 / 0.0254


# Font


def test_the_font_is_the_one_of_the_project() -> None:
    from matplotlib.font_manager import findfont

    with drawing.style():
        assert Path(findfont(drawing.FAMILY)) == drawing.FONTS / "LiberationSans-Regular.ttf"


def test_a_missing_font_stops_the_drawing(tmp_path: Path) -> None:
    (tmp_path / "LiberationSans-Regular.ttf").write_bytes((drawing.FONTS / "LiberationSans-Regular.ttf").read_bytes())
    with (
        pytest.raises(InputError, match=r"font Liberation Sans: LiberationSans-Bold\.ttf is not in"),
        drawing.style(tmp_path),
    ):
        pass
