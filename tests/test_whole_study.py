"""Both demonstration cuts, once, in one process: what is printed, who is doubted, and what the second program says."""

import contextlib
import csv
import os
from pathlib import Path

import pandas as pd
import pytest

from crf2csr.contracts import load_contract, row_keys
from crf2csr.display.model import from_json
from crf2csr.display.plain import plain_text
from crf2csr.jobs import report
from crf2csr.plan_checks import load_plan
from crf2csr.variants import datasets, inputs

ROOT = Path(__file__).resolve().parent.parent
STUDY, CUTS = "nct03709082", ("full", "as_enrolled")
DISPLAYS, PROGRAMS = list(load_plan(STUDY).file.displays), load_plan(STUDY).file.qc


@pytest.fixture(params=CUTS)
def run(request, whole_study):
    """Return the cut and its results folder."""
    return request.param, whole_study(request.param) / "results" / STUDY / request.param


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("display", DISPLAYS)
def test_the_text_of_each_display_is_the_golden_text(run, display):
    """A statistician reads the difference. `CRF2CSR_GOLDEN=write` writes the texts anew after a change that is
    meant."""
    cut, folder = run
    text = plain_text(from_json((folder / "display" / f"{display}.json").read_text(encoding="utf-8")))
    golden = ROOT / "tests" / "golden" / cut / f"{display}.txt"
    if os.environ.get("CRF2CSR_GOLDEN") == "write":
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_second_program_agrees_on_every_value(run, program):
    _, folder = run
    assert rows(folder / f"qc/{program}.csv") == []
    assert f"{program}: " in (folder / "report/verdict.txt").read_text()


def test_the_planted_defects_are_found_and_no_other_error_is_raised(run):
    """Compared by rule, file and row: every planted defect has its query; every error was planted."""
    cut, folder = run
    planted = rows(ROOT / "tests" / "planted" / f"{cut}.csv")
    found = rows(folder / "report/queries.csv")
    key = {(q["rule"], q["severity"], q["RAWFILE"], q["RAWROW"]) for q in found}
    wanted = {(p["rule"], p["severity"], p["file"], p["row"]) for p in planted}
    assert wanted - key == set()
    assert {k for k in key if k[1] == "E"} - wanted == set()


@pytest.mark.parametrize("dataset", datasets(load_plan(STUDY)))
def test_what_a_variant_derives_leads_to_what_it_was_made_from(run, dataset):
    """Links of a dataset under a variant name its own rows and those that it was given, never the base beside them."""
    _, folder = run
    links = pd.read_parquet(folder / "derive" / f"{dataset}.links.parquet")
    given = inputs(load_plan(STUDY).file, dataset)
    assert set(links["dataset"]) == {dataset}
    assert set(links["source"]) <= {dataset, *given.values()}
    own = row_keys(pd.read_parquet(folder / "derive" / f"{dataset}.parquet"), load_contract("derive", dataset))
    assert set(links["row"]) <= set(own)
    assert set(links.loc[links["source"].eq(dataset), "source_row"]) <= set(own)


def test_every_raw_record_is_used_or_listed(run):
    _, folder = run
    balance = rows(folder / "check/balance.csv")
    assert len(balance) == 29
    assert all(int(r["raw"]) == int(r["in_domains"]) + int(r["removed"]) for r in balance)


@pytest.mark.parametrize("cut", ["as_enrolled", pytest.param("full", marks=pytest.mark.long)])
def test_no_page_shows_what_is_no_text(cut, whole_study):
    """Words that a missing value leaves behind, on any page of the appendix; all three documents can be made."""
    import pypdfium2

    root = whole_study(cut)
    folder = root / "results" / STUDY / cut
    with contextlib.chdir(root):
        for name in ("pdf", "docx", "html"):
            if not (folder / f"report/appendix.{name}").is_file():
                report.run(name, STUDY, cut)
    pdf = pypdfium2.PdfDocument(folder / "report/appendix.pdf")
    text = " ".join(page.get_textpage().get_text_range() for page in pdf)
    words = set(text.replace("(", " ").replace(")", " ").replace(",", " ").split())
    assert words & {"nan", "NaN", "NaT", "inf", "None", "<NA>", "Traceback", "null"} == set()


def test_three_participants_keep_every_column(run):
    """As enrolled: 3 at 75 mg, 1 responder: 1/3 is 33.3 % (0.8, 90.6); all other columns have N = 0 and a dash."""
    cut, folder = run
    if cut != "as_enrolled":
        pytest.skip("the cut of three")
    part = from_json((folder / "display/t-14-2-1.json").read_text()).parts[0]
    assert [(c.id, c.n) for c in part.columns] == [
        ("d75", 3), ("d100", 0), ("d125", 0), ("ph2", 0), ("rp2d", 0), ("all", 3),
    ]  # fmt: skip
    rate = next(row for row in part.rows if row.label.startswith("Objective response rate"))
    assert [cell.text for cell in rate.cells] == ["1 (33.3)", "–", "–", "–", "–", "1 (33.3)"]
    assert "rp2d.value = not determined" in from_json((folder / "display/t-14-2-1.json").read_text()).footer.assumptions
