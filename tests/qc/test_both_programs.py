"""Both programs on the demonstration extracts: no difference, and a wrong value of the first one is found."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from crf2csr.files import Layout, read_frame, write_frame
from crf2csr.jobs import analyze, clean, derive, qc
from crf2csr.lineage import parameters, stage_of
from crf2csr.plan_checks import load_plan

STUDY = "nct03709082"
DATASETS = ("adsl", "adtr", "adrs")
# 3 populations, 6 columns, each with N and 20 categories with n, N and estimate, 12 of them with two limits
FEWEST = 3 * 6 * (1 + 20 * 3 + 12 * 2)


@pytest.fixture(scope="module", params=["as_enrolled", "full"])
def layout(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layout]:
    """The results of the first program for the response outcomes of one cut, in a folder of their own."""
    with contextlib.chdir(tmp_path_factory.mktemp(request.param)):
        domains = {name for dataset in DATASETS for name in parameters("derive", dataset)} - {*DATASETS}
        assert {stage_of(name) for name in domains} == {"clean"}
        for name in sorted(domains):
            clean.run(name, STUDY, request.param)
        for name in DATASETS:
            derive.run(name, STUDY, request.param)
        for analysis in load_plan(STUDY).analyses.values():
            if analysis.name == "response":
                analyze.run(analysis.id, STUDY, request.param)
        yield Layout(STUDY, request.param)


def differences(layout: Layout) -> list[dict[str, str]]:
    qc.run("response", layout.study, layout.cut)
    return _rows(layout.beside("qc", "response", "csv"))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_both_programs_say_the_same(layout: Layout) -> None:
    assert differences(layout) == []
    (summary,) = _rows(layout.beside("qc", "response", "summary.csv"))
    assert int(summary["compared"]) > FEWEST


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
