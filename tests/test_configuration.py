"""What is held against each other before any job: study, plan and mapping of a cut."""

import re
import shutil

import pytest

from crf2csr.configuration import load_all
from crf2csr.contracts import ROOT
from crf2csr.errors import InputError


def tree(folder, **lines):
    """Return a copy of the configuration with a cut `redcap` of the demonstration study and the given `qc` line."""
    shutil.copytree(ROOT / "config", folder / "config")
    cuts, plan = folder / "config/nct03709082/cuts", folder / "config/nct03709082/plan.yaml"
    text = (cuts / "as_enrolled.yaml").read_text()
    (cuts / "redcap.yaml").write_text(re.sub(r"^mapping: .*$", "mapping: redcap", text, flags=re.MULTILINE))
    if "qc" in lines:
        plan.write_text(re.sub(r"^qc: .*$", f"qc: {lines['qc']}", plan.read_text(), flags=re.MULTILINE))
    for code in ("crf2csr", "qc"):
        shutil.copytree(ROOT / code, folder / code)
    return folder


def test_second_programs_are_refused_where_they_cannot_read_the_extract(tmp_path):
    with pytest.raises(InputError, match="this cut is read by 'redcap'; leave qc empty"):
        load_all({"study": "nct03709082", "cut": "redcap"}, tree(tmp_path))


def test_without_them_the_cut_of_another_system_is_accepted(tmp_path):
    study, plan, mapping = load_all({"study": "nct03709082", "cut": "redcap"}, tree(tmp_path, qc="[]"))
    assert (study.cut, plan.file.qc, mapping.reader) == ("redcap", (), "redcap")
    assert mapping.beside == {"data_dictionary.csv": "dictionary"}
