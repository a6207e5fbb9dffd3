"""Both programs on the demonstration extracts: no difference, and a wrong value of the first one is found."""

from __future__ import annotations

import contextlib
import csv
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from crf2csr.files import Layout, read_frame, write_frame
from crf2csr.jobs import analyze, qc

STUDY = "nct03709082"
# 3 populations, 6 columns, each with N and 20 categories with n, N and estimate, 12 of them with two limits
RESPONSE = 3 * 6 * (1 + 20 * 3 + 12 * 2)
# 5 columns: 3 analyses with N; 3 counts of O7 with n, N, estimate and limits; 25 scales and items worsened, 18 items by
# two points, 28 and twice 25 rows of who is evaluable, each with n, N and estimate
PRO = 5 * (3 + 3 * 5 + (25 + 18 + 28 + 2 * 25) * 3)
# 6 columns: 4 analyses with N; 37 rows of the overview with n, N, estimate and events, 4 of them with limits; of the
# others at least the row of all events
SAFETY = 6 * (4 + 37 * 4 + 4 * 2 + 8 * 3 + 4 + 2)
# 4 columns; 5 planned times and 6 parameters, each with at least n, n BLQ, mean, SD, CV, n above 0, geometric mean and
# CV, median, minimum, maximum
PK = 4 * (5 + 6) * 11
# 5 columns; 4 curves with N, events and censored, one type of event (n, N, estimate each), 4 quantiles and 2 landmarks
# with limits, a range, at-risk column 0; 3 tables of responders with N, a count, 8 statistics and N, 4 assessments with
# n, N, estimate and events
SURVIVAL = 5 * (4 * (1 + 3 * 3 + 4 * 5 + 2 * 6 + 4 + 1) + 3 + 3 + 9 + 4 * 4)
# 3 columns; 4 analyses with N; 5 counts and a row of events with n, N and estimate, a proportion with limits too; 7
# texts with their number of rows
ESCALATION = 3 * (4 + 6 * 3 + 5 + 7 * 2)
FEWEST = {"response": RESPONSE, "survival": SURVIVAL, "pro": PRO, "safety": SAFETY, "pk": PK, "escalation": ESCALATION}


@pytest.fixture(scope="module", params=["as_enrolled", "full"])
def layout(
    request: pytest.FixtureRequest, whole_study: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Layout]:
    """The results of one cut, in a copy that these tests may change."""
    with contextlib.chdir(tmp_path_factory.mktemp("changed")):
        for stage in ("derive", "analyze"):
            source = whole_study(request.param) / "results" / STUDY / request.param / stage
            shutil.copytree(source, Path("results") / STUDY / request.param / stage)
        yield Layout(STUDY, request.param)


def differences(layout: Layout, program: str = "response") -> list[dict[str, str]]:
    qc.run(program, layout.study, layout.cut)
    return _rows(layout.beside("qc", program, "csv"))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("program", list(FEWEST))
def test_both_programs_say_the_same(layout: Layout, program: str) -> None:
    assert differences(layout, program) == []
    (summary,) = _rows(layout.beside("qc", program, "summary.csv"))
    assert int(summary["compared"]) > FEWEST[program]


def test_a_wrong_toxicity_and_a_wrong_decision_are_found(layout: Layout) -> None:
    paths = [layout.data("derive", name) for name in ("adsl", "adesc")]
    people, levels = (read_frame(path) for path in paths)
    place = people.index[people["DLTFL"].eq("Y")][0]
    wrong = people.copy()
    wrong.loc[place, ["DLTOCCFL", "DLTAENOS"]] = ["Y", "1"]
    decided = levels.copy()
    decided.loc[levels["DOSELVL"].eq(75), "DECISION"] = "expand to 6"
    for path, frame in zip(paths, (wrong, decided), strict=True):
        write_frame(path, frame)
    for name in ("dlt", "decisions"):
        analyze.run(f"escalation-{name}-enrolled", layout.study, layout.cut)
    found = {line["key"] for line in differences(layout, "escalation")}
    for path, frame in zip(paths, (people, levels), strict=True):
        write_frame(path, frame)
    for name in ("dlt", "decisions"):
        analyze.run(f"escalation-{name}-enrolled", layout.study, layout.cut)
    who, dose = people.loc[place, "SUBJID"], people.loc[place, "TRT01PN"]
    assert {f"{who}/DLTOCCFL", f"{who}/DLTAENOS"} <= found
    assert f"escalation-dlt-enrolled/c2/d{dose}/DLTOCCFL/Y/n" in found
    assert "escalation-decisions-enrolled/c2/d75/DECISION//word" in found


def test_a_wrong_count_of_worsened_participants_is_found(layout: Layout) -> None:
    path = layout.data("derive", "adqs")
    right = read_frame(path)
    place = right.index[right["PARAMCD"].eq("PROMANY") & right["WORSFL"].eq("Y").fillna(False)][0]
    wrong = right.copy()
    wrong.loc[place, "WORSFL"] = "N"
    write_frame(path, wrong)
    analyze.run("pro-outcome-safety", layout.study, layout.cut)
    found = {line["key"] for line in differences(layout, "pro")}
    write_frame(path, right)
    analyze.run("pro-outcome-safety", layout.study, layout.cut)
    assert "pro-outcome-safety/c1-safety/all/PROMANY/Y/n" in found


def test_a_wrong_start_of_an_event_and_a_wrong_maximum_grade_are_found(layout: Layout) -> None:
    path = layout.data("derive", "adae")
    right = read_frame(path)
    place = right["AETOXGR"].idxmax()
    wrong = right.copy()
    wrong.loc[place, "ASTDT"] += pd.Timedelta(days=1)
    wrong.loc[place, "AETOXGR"] = 1
    write_frame(path, wrong)
    analyze.run("teae-grades-safety", layout.study, layout.cut)
    found = {line["key"] for line in differences(layout, "safety")}
    write_frame(path, right)
    analyze.run("teae-grades-safety", layout.study, layout.cut)
    event, names = right.loc[place], "/".join(right.loc[place, ["AEBODSYS", "AEDECOD"]])
    assert f"{event['SUBJID']}/{event['AESEQ']}/ASTDT" in found
    assert f"teae-grades-safety/c3-safety/all/AEBODSYS/{names}/{event['AETOXGR']}/n" in found


def test_a_wrong_day_and_a_wrong_reason_of_the_first_program_are_found(layout: Layout) -> None:
    path = layout.data("derive", "adtte")
    right = read_frame(path)
    place = right.loc[right["PARAMCD"].eq("OS"), "AVAL"].idxmax()  # the longest time is the last step of the curve
    wrong = right.copy()
    wrong.loc[place, "AVAL"] += 1
    wrong.loc[place, "SITUAT"] = "DEATH_UNDATED"
    write_frame(path, wrong)
    analyze.run("os-fas", layout.study, layout.cut)
    found = {line["key"] for line in differences(layout, "survival")}
    write_frame(path, right)
    analyze.run("os-fas", layout.study, layout.cut)
    who = f"{right.loc[place, 'SUBJID']}/OS"
    assert {f"{who}/AVAL", f"{who}/SITUAT", "os-fas/c1/all/OS/range/max"} <= found


def test_a_wrong_area_and_a_wrong_reason_of_the_first_program_are_found(layout: Layout) -> None:
    path = layout.data("derive", "adpp")
    right = read_frame(path)
    area = right.index[right["PARAMCD"].eq("AUCINT") & right["AVAL"].notna()][0]
    missing = right.index[right["PARAMCD"].eq("CTROUGH") & right["EXREASCD"].notna()]
    wrong = right.copy()
    wrong.loc[area, "AVALC"] = f"{float(right.loc[area, 'AVAL']) + 1e-6:.10g}"
    wrong.loc[missing, "EXREASCD"] = "VOMIT"
    write_frame(path, wrong)
    found = {line["key"] for line in differences(layout, "pk")}
    write_frame(path, right)
    assert found == {
        f"{right.loc[area, 'SUBJID']}/AUCINT/C1D1/AVALC",
        *(f"{right.loc[place, 'SUBJID']}/CTROUGH/C1D15/EXREASCD" for place in missing),
    }


def test_a_wrong_response_of_the_first_program_is_found(layout: Layout) -> None:
    path = layout.data("derive", "adrs")
    right = read_frame(path)
    place = right.index[(right["PARAMCD"] == "OVRLRESP") & (right["AVALC"] == "PD")][0]
    wrong = right.copy()
    wrong.loc[place, "AVALC"] = "SD"
    write_frame(path, wrong)
    key = "/".join(right.loc[place, ["SUBJID", "PARAMCD", "AVISIT"]])
    assert differences(layout) == [{"key": key, "first": "SD", "second": "PD", "difference": "different values"}]
    write_frame(path, right)


def test_a_wrong_limit_of_the_first_program_is_found(layout: Layout) -> None:
    path = layout.beside("analyze", "response-fas", "csv")
    right = path.read_text(encoding="utf-8")
    rows = [line for line in csv.reader(right.splitlines()) if line[0] == "response-fas/c3/all/CBOR/ORR/upper"]
    value = rows[0][7]
    assert right.count(f",{value},") >= 1
    path.write_text(right.replace(f",{value},", f",{float(value) + 1e-8!r},"), encoding="utf-8")
    found = differences(layout)
    path.write_text(right, encoding="utf-8")
    assert "response-fas/c3/all/CBOR/ORR/upper" in {line["key"] for line in found}
    assert {line["difference"] for line in found} == {"different values"}
