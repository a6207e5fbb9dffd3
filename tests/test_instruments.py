"""Questionnaires as configuration: what is refused with its line, and a form that no code knows, scored."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

import crf2csr.clean.qs
import crf2csr.derive.adqs
from crf2csr.clean.qs import qs
from crf2csr.contracts import load_contract
from crf2csr.derive.adqs import adqs
from crf2csr.errors import InputError
from crf2csr.instruments import load_instruments, load_parameters, refuse_unplanned
from tests.builders import conforming, form, loaded_study, rows, study_view

ROOT = Path(__file__).resolve().parents[1]
FLAGS = {v.name: "N" for v in load_contract("derive", "adsl").variables if v.core == "req" and v.length == 1}
#: A made-up instrument of three items from 0 to 3, the second of them asked the other way round; more is better.
CALM = """\
instrument: SPIRIT
source: made up
form: promis
answers: [0, 3]
threshold: {points: 2.5, source: made up}
visits: [C1D1, "C{n}D1"]
compliance: {paramcd: SPIRCOMP, param: SPIRIT form}
parameters:
  - {paramcd: CALM, param: Calm, scale: CALM, items: [CALM1, CALM2, CALM3], reversed: [CALM2], score: sum, better: high}
"""


def root_with(folder: Path, text: str) -> Path:
    """Return a project folder with this instrument and no other."""
    (folder / "config" / "instruments").mkdir(parents=True)
    (folder / "config" / "instruments" / "spirit.yaml").write_text(text, encoding="utf-8")
    shutil.copytree(ROOT / "config" / "codelists", folder / "config" / "codelists")
    with (folder / "config" / "codelists" / "terms.csv").open("a", encoding="utf-8") as file:
        file.write("PROMISIN,CALM\n")
    return folder


def test_the_instruments_of_the_study():
    assert [one.instrument for one in load_instruments()] == ["BCPT", "PROMIS"]
    counts = {one.instrument: len(one.parameters) for one in load_instruments()}
    assert counts == {"BCPT": 18, "PROMIS": 7}
    assert all(parameter.reversed == () for parameter in load_parameters())
    assert {one.points({"pro.threshold.promis_t": 5, "pro.threshold.bcpt_item": 1}) for one in load_instruments()} == {
        Decimal(5),
        Decimal(1),
    }


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("better: high", "beter: high", "spirit.yaml line 9: parameters.0.beter: unknown key; did you mean 'better'?"),
        ("[0, 3]", "[3, 0]", "spirit.yaml line 4: answers from 3 to 0"),
        ("points: 2.5, source: made up", "points: 2.5", "line 5: points without source"),
        ("points: 2.5, source: made up", "key: pro.threshold.promis", "is no threshold of the study; did you mean"),
        ("points: 2.5", "points: 0", "line 5: threshold.points = '0'"),
        ("reversed: [CALM2]", "reversed: [CALM4]", "line 9: CALM: reversed names an item that the scale does not have"),
        ("score: sum", "score: sum, minimum: 4", "line 9: CALM: minimum 4 of 3 items"),
        ("score: sum", "score: sum, minimum: 2", "line 9: CALM: a sum of fewer answers than items needs prorated"),
        ("score: sum", "score: answer", "line 9: CALM: the answer of one item is asked for"),
        ("score: sum", "score: table", "line 9: CALM: the scoring table has not each sum from 0 to 9 of version ''"),
        ("scale: CALM", "scale: CALMER", "line 9: CALM: 'CALMER' is not in code list PROMISIN; did you mean 'CALM'?"),
        ("CALM2, CALM3", "CALM2, CALM2", "line 9: CALM: an item stands twice"),
        ("score: sum", "score: sum, bands: none", "line 9: CALM: bands 'none' are not given"),
        ("score: sum", "score: sum, lowest: 1", "line 9: CALM: instrument, lowest and highest are those of the file"),
        ("paramcd: CALM,", "paramcd: TRANQUILLITY,", "line 9: parameters.0.paramcd = 'TRANQUILLITY'"),
        ("paramcd: SPIRCOMP", "paramcd: CALM", "spirit.yaml line 9: 'CALM' stands in spirit.yaml too; rename it"),
        ("source: made up\nform", "scores: none.csv\nsource: made up\nform", "none.csv: scoring table not found"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(tmp_path, old, new, message):
    assert old in CALM
    with pytest.raises(InputError) as caught:
        load_instruments(root_with(tmp_path, CALM.replace(old, new)))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([f"CALM,v1,{total},{total}.5" for total in range(9)], "has not each sum from 0 to 9 of version 'v1' once"),
        (["CALM,v1,0,high"], "row 2 column t_score = 'high': not a number"),
        (["CALM,v1,0,1", "CALM,v1,0,2"], "row 3 column raw_sum = '0': expected each sum once"),
    ],
)
def test_a_scoring_table_that_does_not_fit_is_refused(tmp_path, table, message):
    root = root_with(tmp_path, CALM.replace("score: sum", "score: table, version: v1") + "scores: calm.csv\n")
    lines = ["short_form,version,raw_sum,t_score", *table]
    (root / "config" / "codelists" / "calm.csv").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_instruments(root)
    assert message in str(caught.value)


def test_a_visit_that_is_not_scheduled_is_refused(tmp_path):
    instruments = load_instruments(root_with(tmp_path, CALM.replace('"C{n}D1"', "EOTT")))
    with pytest.raises(InputError, match="planned at visit 'EOTT', which is not scheduled; did you mean 'EOT'"):
        refuse_unplanned(instruments, loaded_study("full"))


RAW = """
SUBJECT | VISIT | instr | item | qsdtc      | answer
01-001  | C1D1  | CALM  | 1    | 2019-03-15 | 3
01-001  | C1D1  | CALM  | 2    | 2019-03-15 | 0
01-001  | C1D1  | CALM  | 3    | 2019-03-15 | 2
01-001  | C2D1  | CALM  | 1    | 2019-04-05 | 2
01-001  | C2D1  | CALM  | 2    | 2019-04-05 | 1
01-001  | C2D1  | CALM  | 3    | 2019-04-05 | 1
01-001  | C3D1  | CALM  | 1    | 2019-04-26 | 2
01-001  | C3D1  | CALM  | 2    | 2019-04-26 |
01-001  | C3D1  | CALM  | 3    | 2019-04-26 | 1
01-001  | C3D1  | CALM  | 4    | 2019-04-26 | 1
"""


@pytest.mark.parametrize(
    ("change", "scores"),
    [
        # 3 + (3 - 0) + 2 = 8; 2 + (3 - 1) + 1 = 5, 3 worse; the third form lacks an answer.
        ("score: sum", [("8.0", "", ""), ("5.0", "3.0", "Y"), ("", "", "")]),
        # 2 + 1 of two items is 4.5 of three: 3.5 worse.
        ("score: sum, minimum: 2, prorated: true", [("8.0", "", ""), ("5.0", "3.0", "Y"), ("4.5", "3.5", "Y")]),
        # means 8/3 = 2.6667, 5/3 = 1.6667, 3/2: 1.0000 and 1.1667 worse, below 2.5
        ("score: mean, minimum: 2", [("2.6667", "", ""), ("1.6667", "1.0", "N"), ("1.5", "1.1667", "N")]),
    ],
)
def test_a_form_that_no_code_knows_is_scored(tmp_path, monkeypatch, change, scores):
    instruments = load_instruments(root_with(tmp_path, CALM.replace("score: sum", change)))
    for module in (crf2csr.clean.qs, crf2csr.derive.adqs):
        monkeypatch.setattr(module, "load_instruments", lambda: instruments)
    cleaned = qs(form("promis", RAW), form("bcpt"), study_view(qs))
    assert set(cleaned.data["QSCAT"]) == {"SPIRIT"}
    assert rows(cleaned.removed, "RAWROW", "reason") == [("11", "item is missing or cannot be read")]
    people = "USUBJID | TRTSDT | TRTEDT | PALSTAT\n01-001 | 2019-03-15 | 2019-05-01 | ONGOING"
    adsl = conforming("derive", "adsl", people, **FLAGS)
    data = adqs(adsl, cleaned.data, study_view(adqs)).data
    visits = data[data["PARAMCD"].eq("CALM") & data["AVISIT"].ne("WORST")]
    assert rows(visits, "AVAL", "WORSCHG", "WORSFL") == scores
    forms = data[data["PARAMCD"].eq("SPIRCOMP") & data["RECFL"].eq("Y")]
    assert list(forms["AVISIT"]) == [f"C{n}D1" for n, (value, _, _) in enumerate(scores, start=1) if value]
