"""The demonstration through SAS, Excel and ODM gives the domains that the per-form CSV files give.

REDCap has no place for some of it: tests/readers/test_redcap_demonstration.py.
"""

import importlib

import pytest

from crf2csr.lineage import names
from crf2csr.mapping import load_mapping
from tests.readers.demonstration import SOME, SYSTEMS, export, hold_against_csv, mapping_of

DOMAINS = tuple(names("clean"))


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_export_has_nothing_unknown(small, system):
    reader = importlib.import_module(f"crf2csr.readers.{system}")
    assert reader.check_extract(small(system).extract, load_mapping(mapping_of(system))) == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_domains_of_the_small_extract_are_those_of_the_csv(small, system):
    hold_against_csv(small(system), SOME, SYSTEMS[system])


@pytest.mark.long
@pytest.mark.parametrize("system", SYSTEMS)
def test_every_domain_of_the_small_extract_is_that_of_the_csv(small, system):
    hold_against_csv(small(system), DOMAINS, SYSTEMS[system])


@pytest.mark.long
@pytest.mark.parametrize("system", SYSTEMS)
def test_every_domain_of_the_full_extract_is_that_of_the_csv(tmp_path, system):
    hold_against_csv(export(system, "full", tmp_path), DOMAINS, SYSTEMS[system])


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_same_records_give_the_same_bytes(small, tmp_path, system):
    again = export(system, "as_enrolled", tmp_path)
    written = {path.name: path.read_bytes() for path in again.extract.iterdir()}
    assert written == {path.name: path.read_bytes() for path in small(system).extract.iterdir()}
