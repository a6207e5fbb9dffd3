"""The benchmark changes what it says, and replays jobs in an order in which each finds its inputs."""

import shutil
from pathlib import Path

from benchmarks.bench import Case, Cost, change_event, change_title, copy_tree, report
from benchmarks.replay import ordered
from crf2csr.configuration import load_all

ROOT = Path(__file__).resolve().parent.parent.parent
STUDY, CUT = "nct03709082", "as_enrolled"


def changed_lines(before: Path, after: Path) -> list[str]:
    """Return the lines that differ between two files of equal length."""
    pairs = zip(before.read_bytes().splitlines(), after.read_bytes().splitlines(), strict=True)
    return [line.decode("cp1252") for old, line in pairs if old != line]


def test_one_title_of_the_plan_is_changed_and_the_plan_is_still_good(tmp_path):
    tree = copy_tree(tmp_path / "tree", STUDY, CUT)
    change_title(tree, STUDY, CUT)
    files = [path.relative_to(tree) for path in tree.rglob("plan*/*.yaml")]
    changed = [line for file in files for line in changed_lines(ROOT / file, tree / file)]
    assert len(changed) == 1
    assert changed[0].strip().startswith("title: ")
    load_all({"study": STUDY, "cut": CUT}, tree)


def test_one_term_of_the_adverse_events_is_changed_and_the_extract_received(tmp_path):
    tree = copy_tree(tmp_path / "tree", STUDY, CUT)
    shutil.copytree(ROOT / "data" / STUDY / CUT, tmp_path / "before")
    change_event(tree, STUDY, CUT)
    (changed,) = changed_lines(tmp_path / "before" / "ae.csv", tree / "data" / STUDY / CUT / "ae.csv")
    assert " changed" in changed
    assert (tree / "data" / STUDY / CUT / "manifest.json").read_bytes() != (
        tmp_path / "before" / "manifest.json"
    ).read_bytes()


def test_jobs_are_replayed_after_those_they_read_from():
    jobs = [
        ("report", "verdict"),
        ("report", "pdf"),
        ("display", "t-14-2-1"),
        ("derive", "adrs"),
        ("derive", "adsl"),
        ("check", "extract"),
        ("clean", "dm"),
        ("check", "displays"),
        ("check", "balance"),
    ]
    assert ordered(jobs) == [
        ("check", "extract"),
        ("clean", "dm"),
        ("derive", "adsl"),
        ("derive", "adrs"),
        ("check", "balance"),
        ("display", "t-14-2-1"),
        ("check", "displays"),
        ("report", "pdf"),
        ("report", "verdict"),
    ]


def test_the_report_gives_the_ratio_of_wall_times_and_none_where_nothing_ran():
    cases = [
        Case("from nothing", (("clean", "dm"),), Cost(30.0, 40.0), Cost(20.0, 19.0)),
        Case("nothing", (), Cost(3.0, 2.0), Cost(0.5, 0.4)),
    ]
    _, cold, idle = report(cases)
    assert cold.split()[-1] == "1.50"  # 30 / 20
    assert idle.split()[-1] == "-"
