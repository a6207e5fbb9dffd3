"""The workflow on the tiny study: what runs, what runs again and why, and that the same input gives the same bytes."""

import json
import re

import pytest

from tests.mini_study import RESULTS, ROOT, copy_tree, crf2csr, hashes, planned_jobs, replace, snakemake

DOCUMENTS = ("report pdf", "report docx", "report html")


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copied tree after a cold run of the command line."""
    copied = copy_tree(tmp_path_factory.mktemp("workflow") / "first")
    received = crf2csr(copied, "receive", "--study", "mini", "--cut", "one")
    assert received.returncode == 0, received.stderr
    result = crf2csr(copied, "run", "--study", "mini", "--cut", "one")
    assert result.returncode == 0, result.stdout + result.stderr
    return copied


def test_cold_run_gives_the_appendix_and_the_numbers_worked_by_hand(tree):
    """Diameters by visit (mm): 01-001 60, 37 (-38.3 %), 30, 36 (+6 mm and +20 % from 30: PD), so PR confirmed after
    63 days.

    01-002 60, 55, 68 (+13 mm, +23.6 % from 55: PD), so SD at day 63 from the first dose. 01-003 40, then one lesion
    not evaluated and 21 mm seen: NE. 01-004 was never enrolled. ORR 1/3: Clopper-Pearson (0.8, 90.6).
    """
    starts = [("pdf", b"%PDF-"), ("docx", b"PK\x03\x04"), ("html", b"<!DOCTYPE html>")]
    for suffix, start in starts:
        assert (tree / RESULTS / f"report/appendix.{suffix}").read_bytes().startswith(start)
    model = json.loads((tree / RESULTS / "display/t-1.json").read_text())
    (part,) = model["parts"]
    assert [column["n"] for column in part["columns"]] == [3, 0, 3]
    cells = {row["label"]: [cell["text"] for cell in row["cells"]] for row in part["rows"]}
    assert cells == {
        "Complete response": ["0", "–", "0"],
        "Partial response": ["1 (33.3)", "–", "1 (33.3)"],
        "Stable disease": ["1 (33.3)", "–", "1 (33.3)"],
        "NON-CR/NON-PD": ["0", "–", "0"],
        "Progressive disease": ["0", "–", "0"],
        "Not evaluable": ["1 (33.3)", "–", "1 (33.3)"],
        "No assessment": ["0", "–", "0"],
        "Objective response rate": ["1 (33.3)", "–", "1 (33.3)"],
        "95% CI": ["(0.8, 90.6)", "–", "(0.8, 90.6)"],
    }


def test_a_second_run_does_nothing(tree):
    before = hashes(tree)
    result = crf2csr(tree, "run", "--study", "mini", "--cut", "one")
    assert result.returncode == 0
    assert "nothing to be done" in result.stdout
    assert hashes(tree) == before


def test_why_walks_from_the_rate_to_the_crf(tree):
    result = crf2csr(tree, "why", "t-1", "Objective response rate", "d75", "--study", "mini", "--cut", "one")
    assert result.returncode == 0, result.stderr
    assert "counts 1 participant" in result.stdout
    # 01-001 at TUM1, lesion T02: row 5 of tl.csv with the header as row 1.
    assert "CRF tl.csv row 5: " in result.stdout
    assert "MM = '12'" in result.stdout
    # The page has the same record behind the same number.
    page = (tree / RESULTS / "report/appendix.html").read_text(encoding="utf-8")
    behind = json.loads(re.search(r'id="behind">(.*?)</script>', page)[1])
    (responder,) = [row for row in behind["counted"] if "PARAM=Confirmed BOR" in row[1] and "AVALC=PR" in row[1]]
    records = [behind["records"][at] for at in responder[2][::2]]
    (record,) = [r for r in records if (behind["files"][r[0]], r[1]) == ("tl.csv", "5")]
    assert dict(zip(behind["fields"][record[0]], record[2], strict=True))["MM"] == "12"


@pytest.mark.parametrize(
    ("file", "old", "new", "jobs"),
    [
        pytest.param(
            "config/mini/plan.yaml",
            "title: Confirmed best overall response",
            "title: Best overall response, confirmed",
            {"display t-1", "check displays", *DOCUMENTS, "verdict"},
            id="a changed title",
        ),
        pytest.param(
            "config/mini/study.yaml",
            "cbr.min_days: {value: 168",
            "cbr.min_days: {value: 167",
            {
                "derive adrs",
                "analyze response-fas",
                "display t-1",
                "display l-3",
                "display f-1",
                "cross checks",
                "report queries",
                "check displays",
                *DOCUMENTS,
                "verdict",
            },
            id="a changed study key re-runs what declares it and what lies below",
        ),
        pytest.param(
            "crf2csr/analyze/summary.py",
            "Summaries of a continuous value by column",
            "Summaries of one continuous value by column",
            {"analyze change-measurable", "display t-2", "check displays", *DOCUMENTS, "verdict"},
            id="a changed module re-runs what imports it",
        ),
        pytest.param(
            "data/mini/one/nl.csv",
            "01,01-003,TUM1,1,No,2020-05-14",
            "01,01-003,TUM1,1,No,2020-05-15",
            None,
            id="a raw file that no longer fits its manifest stops the run",
        ),
    ],
)
def test_what_runs_again(tree, file, old, new, jobs):
    replace(tree / file, old, new)
    try:
        if jobs is None:
            result = crf2csr(tree, "run", "--study", "mini", "--cut", "one")
            assert result.returncode == 1
            assert "nl.csv" in result.stderr
            assert "Traceback" not in result.stderr + result.stdout
        else:
            assert planned_jobs(tree) == jobs
    finally:
        replace(tree / file, new, old)


def test_the_copy_runs_its_own_code_and_other_places_give_the_same_bytes(tree, tmp_path):
    """Another folder, time zone, locale, hash seed and number of cores, plain Snakemake instead of the command line."""
    other = copy_tree(tmp_path / "second")
    assert crf2csr(other, "receive", "--study", "mini", "--cut", "one").returncode == 0
    result = snakemake(other, "--cores", "1", TZ="Asia/Tokyo", LC_ALL="C", PYTHONHASHSEED="7")
    assert result.returncode == 0, result.stdout + result.stderr
    assert hashes(other) == hashes(tree)
    # The copy is changed, the original is not: only a job that imports the copy can show it.
    replace(other / "crf2csr/display/footer.py", "percentages are n/N", "percentages are n divided by N")
    assert snakemake(other).returncode == 0
    assert "n divided by N" in (other / RESULTS / "display/t-1.json").read_text()


def test_a_table_of_a_known_kind_takes_no_code(tree):
    """The example of the README, put into the plan of the tiny study.

    Ages at consent of its dm.csv by hand: 59, 64, 48 years; mean 171/3 = 57, SD √((4 + 49 + 81)/2) = 8.19.
    """
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    example = next(block for block in re.findall(r"```yaml\n(.*?)```", readme, flags=re.DOTALL) if "displays:" in block)
    piece = tree / "config/mini/plan/who.yaml"
    piece.parent.mkdir()
    piece.write_text(example.replace("columns: c1", "columns: doses"), encoding="utf-8")
    try:
        result = crf2csr(tree, "run", "--study", "mini", "--cut", "one")
        assert result.returncode == 0, result.stdout + result.stderr
        model = json.loads((tree / RESULTS / "display/t-14-1-12.json").read_text())
    finally:
        piece.unlink()
        piece.parent.rmdir()
    (part,) = model["parts"]
    cells = {row["label"]: [cell["text"] for cell in row["cells"]] for row in part["rows"]}
    assert cells["First enrolled in phase I"] == ["3 (100.0)", "–", "3 (100.0)"]
    assert cells["First enrolled in phase II"] == ["0", "–", "0"]
    assert cells["n"] == ["3", "–", "3"]
    assert cells["Mean (SD)"] == ["57.0 (8.19)", "–", "57.0 (8.19)"]
    assert cells["Min, Max"] == ["48, 64", "–", "48, 64"]


def test_two_runs_in_one_folder(tree):
    """The second names the first and leaves everything alone."""
    import fcntl

    lock = tree / ".snakemake/crf2csr.lock"
    with lock.open("a+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        result = crf2csr(tree, "run", "--study", "mini", "--cut", "one")
    assert result.returncode == 4
    assert "another run works in this folder" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--config study=mini cut=two", "cuts/two.yaml: file not found"),
        ("--config study=mini cut=one color=blue", "unknown key"),
        ("--config study=../x cut=one", "lower-case letters"),
    ],
)
def test_a_wrong_choice_is_one_line_before_any_job(tree, arguments, words):
    result = snakemake(tree, *arguments.split())
    assert result.returncode != 0
    assert words in result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr


def test_a_changed_mapping_of_one_form_leaves_the_domains_of_others_alone(tree):
    mapping, old = "config/mini/mappings/plain.yaml", "diameter: {column: MM}"
    replace(tree / mapping, old, 'diameter: {column: MM, decimal: [".", ","]}')
    try:
        jobs = planned_jobs(tree)
    finally:
        replace(tree / mapping, 'diameter: {column: MM, decimal: [".", ","]}', old)
    assert {"extract", "clean tr", "clean tu", "derive adtr"} <= jobs
    assert not {"clean dm", "clean ds", "clean ex"} & jobs
