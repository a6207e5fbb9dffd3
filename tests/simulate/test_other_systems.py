"""`crf2csr simulate --as`: the same records as another system exports them, ready to be run."""

import importlib

import pytest

from crf2csr.errors import InputError
from crf2csr.jobs.extract import simulate_extract
from crf2csr.lock.manifest import verify_manifest
from crf2csr.mapping import load_mapping
from tests.readers.demonstration import mapping_of

STUDY, CUT = "nct03709082", "as_enrolled"


@pytest.mark.parametrize("system", ["redcap", "odm", "sas", "excel"])
def test_the_extract_is_read_by_the_mapping_of_its_system(tmp_path, system):
    """Records of AE: 28 in data/nct03709082/as_enrolled/ae.csv, one of them deleted, which REDCap does not export."""
    snapshot = simulate_extract(STUDY, CUT, None, tmp_path / "out", None, system)
    assert verify_manifest(tmp_path / "out") == snapshot
    mapping = load_mapping(mapping_of(system))
    reader = importlib.import_module(f"crf2csr.readers.{system}")
    frame = reader.read_form(tmp_path / "out" / mapping.forms["ae"].file, "ae", mapping)
    assert len(frame) == (27 if system == "redcap" else 28)
    with pytest.raises(InputError, match="not an empty folder"):
        simulate_extract(STUDY, CUT, None, tmp_path / "out", None, system)
