"""The demonstration read from SAS transport files gives the domains that the per-form CSV files give."""

import re

import pytest

from crf2csr.lineage import names, parameters
from crf2csr.mapping import load_mapping
from crf2csr.readers.sas import check_extract, read_form
from tests.readers.demonstration import SOME, export, hold_against_csv, mapping_of

DOMAINS = tuple(names("clean"))
MAPPING = load_mapping(mapping_of("sas"))


def csv_box(text):
    """Return boxes as recorded under the names of the CSV: RACE99 is RACE___-99, METSITE1 is METSITES___1."""
    named = re.sub(r"\b(RACE|METSITE?)(99|98|[1-9])=", r"\1___\2=", text)
    return named.replace("METSITE___", "METSITES___").replace("METSIT___", "METSITES___").replace("___9", "___-9")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return export("sas", "as_enrolled", tmp_path_factory.mktemp("sas"))


def test_domains_of_the_small_extract_are_those_of_the_csv(small):
    assert check_extract(small.extract, MAPPING) == []
    hold_against_csv(small, SOME, csv_box)


@pytest.mark.long
def test_every_domain_of_the_small_extract_is_that_of_the_csv(small):
    hold_against_csv(small, DOMAINS, csv_box)


@pytest.mark.long
def test_every_domain_of_the_full_extract_is_that_of_the_csv(tmp_path):
    hold_against_csv(export("sas", "full", tmp_path), DOMAINS, csv_box)


def test_domains_of_the_full_extract_are_those_of_the_csv(tmp_path):
    # ae has the texts outside ASCII, duplicates and deleted records; tr the numbers; act (in pr) Cyrillic.
    domains = ("dm", "ae", "pr", "tr")
    forms = tuple(dict.fromkeys(form for domain in domains for form in parameters("clean", domain)))
    hold_against_csv(export("sas", "full", tmp_path, forms), domains, csv_box)


def test_numbers_of_the_demonstration_are_numbers_in_sas(small):
    import pyreadstat

    # tl.csv has plain numbers in SLICE and DIAMETER; ae.csv has ND among the grades; vs.csv has values such as 37.0,
    # whose last 0 a number would lose.
    kinds = {}
    for form in ("tl", "ae", "vs"):
        _, about = pyreadstat.read_xport(str(small.extract / f"{form}.xpt"), metadataonly=True)
        kinds[form] = about.readstat_variable_types
    assert (kinds["tl"]["SLICE"], kinds["tl"]["DIAMETER"], kinds["tl"]["DAT"]) == ("double", "double", "string")
    assert (kinds["ae"]["AENO"], kinds["ae"]["GRADE"], kinds["vs"]["VSORRES"]) == ("double", "string", "string")


def test_the_same_records_give_the_same_bytes(small, tmp_path):
    again = export("sas", "as_enrolled", tmp_path / "again")
    for path in sorted(small.extract.iterdir()):
        assert path.read_bytes() == (again.extract / path.name).read_bytes(), path.name


def test_a_row_number_leads_back_to_the_observation(small):
    # data/nct03709082/as_enrolled/ae.csv: the 9th record below the header is deleted at source.
    frame = read_form(small.extract / "ae.xpt", "ae", MAPPING)
    assert frame[frame["DELETED"] == "Y"][["RAWFILE", "RAWROW"]].to_numpy().tolist() == [["ae.xpt", 9]]
