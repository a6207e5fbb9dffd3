"""The demonstration read from an Excel workbook gives the domains that the per-form CSV files give."""

import openpyxl
import pytest

from crf2csr.lineage import names
from crf2csr.mapping import load_mapping
from crf2csr.readers.excel import check_extract, read_form
from tests.readers.demonstration import SOME, export, hold_against_csv, mapping_of

DOMAINS = tuple(names("clean"))
MAPPING = load_mapping(mapping_of("excel"))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return export("excel", "as_enrolled", tmp_path_factory.mktemp("excel"))


def test_domains_of_the_small_extract_are_those_of_the_csv(small):
    assert check_extract(small.extract, MAPPING) == []
    hold_against_csv(small, SOME, str)


@pytest.mark.long
def test_every_domain_of_the_small_extract_is_that_of_the_csv(small):
    hold_against_csv(small, DOMAINS, str)


@pytest.mark.long
def test_every_domain_of_the_full_extract_is_that_of_the_csv(tmp_path):
    hold_against_csv(export("excel", "full", tmp_path), DOMAINS, str)


def test_numbers_of_the_demonstration_are_numbers_in_excel(small):
    # tl.csv has plain numbers in DIAMETER; vs.csv has values such as 37.0, whose last 0 a number would lose.
    workbook = openpyxl.load_workbook(small.extract / "edc_export.xlsx", read_only=True)
    for sheet, column, kind in (("TL", "DIAMETER", "n"), ("TL", "DAT_RAW", "s"), ("VS", "VSORRES", "s")):
        rows = workbook[sheet].iter_rows()
        place = [cell.value for cell in next(rows)].index(column)
        assert next(rows)[place].data_type == kind, column


def test_the_same_records_give_the_same_bytes(small, tmp_path):
    again = export("excel", "as_enrolled", tmp_path)
    name = "edc_export.xlsx"
    assert (small.extract / name).read_bytes() == (again.extract / name).read_bytes()


def test_a_row_number_leads_back_to_the_row_of_the_sheet(small):
    # data/nct03709082/as_enrolled/ae.csv: row 10, the header being row 1, is deleted at source.
    frame = read_form(small.extract / "edc_export.xlsx", "ae", MAPPING)
    assert frame[frame["DELETED"] == "Y"][["RAWFILE", "RAWROW"]].to_numpy().tolist() == [["edc_export.xlsx:AE", 10]]
