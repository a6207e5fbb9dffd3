"""The last check before the documents: results, their members, ADSL and the displays agree, or the run ends."""

import contextlib
import csv
import shutil

import pytest

from crf2csr.contracts import ContractError
from crf2csr.files import Layout, read_frame, write_frame
from crf2csr.jobs import check

STUDY, CUT = "nct03709082", "as_enrolled"


@pytest.fixture
def layout(whole_study, tmp_path):
    """The results of the three participants, in a copy that a test may change."""
    for stage in ("derive", "analyze", "display"):
        shutil.copytree(whole_study(CUT) / "results" / STUDY / CUT / stage, tmp_path / "results" / STUDY / CUT / stage)
    with contextlib.chdir(tmp_path):
        yield Layout(STUDY, CUT)


def test_what_was_held_is_listed(layout):
    check.run("displays", STUDY, CUT)
    with layout.beside("check", "displays", "csv").open(encoding="utf-8", newline="") as file:
        held = {(row["what"], row["name"]): int(row["held"]) for row in csv.DictReader(file)}
    assert held["display", "t-14-2-1"] > 100
    assert held["analysis", "response-fas"] > 100


def test_a_count_without_one_of_its_subjects_ends_the_run(layout):
    path = layout.beside("analyze", "sets-enrolled", "members.csv")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([lines[0], *lines[2:]]), encoding="utf-8")
    with pytest.raises(ContractError, match=r"analysis sets-enrolled: .*n is 3, its members are 2 subjects"):
        check.run("displays", STUDY, CUT)
    assert not layout.beside("check", "displays", "csv").exists()


def test_a_column_with_another_number_than_adsl_ends_the_run(layout):
    path = layout.data("derive", "adsl")
    write_frame(path, read_frame(path).iloc[1:])
    with pytest.raises(ContractError, match="N=3, ADSL has 2"):
        check.run("displays", STUDY, CUT)


def test_two_displays_that_contradict_each_other_end_the_run(layout):
    path = layout.beside("display", "t-14-2-4", "json")
    path.write_text(path.read_text(encoding="utf-8").replace('"14.2.4"', '"14.2.1"'), encoding="utf-8")
    with pytest.raises(ContractError, match=r"Table 14\.2\.1: the number is used 2 times"):
        check.run("displays", STUDY, CUT)


def test_a_death_that_the_index_of_narratives_lacks_ends_the_run(layout):
    path = layout.beside("display", "l-14-3-3-1", "json")
    path.write_text(path.read_text(encoding="utf-8").replace('"03-001"', '"03-999"'), encoding="utf-8")
    with pytest.raises(ContractError, match=r"l-14-3-3-1: \S+03-001, who died or has a fatal event, is not listed"):
        check.run("displays", STUDY, CUT)
