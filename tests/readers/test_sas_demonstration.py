"""The demonstration as SAS transport files: large forms, kinds of variables, row numbers."""

from crf2csr.lineage import parameters
from crf2csr.mapping import load_mapping
from crf2csr.readers.sas import read_form
from tests.readers.demonstration import export, hold_against_csv, mapping_of, sas_as_csv

MAPPING = load_mapping(mapping_of("sas"))


def test_domains_of_the_full_extract_are_those_of_the_csv(tmp_path):
    # ae has the texts outside ASCII, duplicates and deleted records; tr the numbers; act (in pr) Cyrillic.
    domains = ("dm", "ae", "pr", "tr")
    forms = tuple(dict.fromkeys(form for domain in domains for form in parameters("clean", domain)))
    hold_against_csv(export("sas", "full", tmp_path, forms), domains, sas_as_csv)


def test_numbers_of_the_demonstration_are_numbers_in_sas(small):
    import pyreadstat

    # tl.csv has plain numbers in SLICE and DIAMETER; ae.csv has ND among the grades; vs.csv has values such as 37.0,
    # whose last 0 a number would lose.
    kinds = {}
    for form in ("tl", "ae", "vs"):
        _, about = pyreadstat.read_xport(str(small("sas").extract / f"{form}.xpt"), metadataonly=True)
        kinds[form] = about.readstat_variable_types
    assert (kinds["tl"]["SLICE"], kinds["tl"]["DIAMETER"], kinds["tl"]["DAT"]) == ("double", "double", "string")
    assert (kinds["ae"]["AENO"], kinds["ae"]["GRADE"], kinds["vs"]["VSORRES"]) == ("double", "string", "string")


def test_a_row_number_leads_back_to_the_observation(small):
    # data/nct03709082/as_enrolled/ae.csv: the 9th record below the header is deleted at source.
    frame = read_form(small("sas").extract / "ae.xpt", "ae", MAPPING)
    assert frame[frame["DELETED"] == "Y"][["RAWFILE", "RAWROW"]].to_numpy().tolist() == [["ae.xpt", 9]]
