"""The demonstration as an Excel workbook: kinds of cells, row numbers."""

import openpyxl

from crf2csr.mapping import load_mapping
from crf2csr.readers.excel import read_form
from tests.readers.demonstration import mapping_of

MAPPING = load_mapping(mapping_of("excel"))


def test_numbers_of_the_demonstration_are_numbers_in_excel(small):
    # tl.csv has plain numbers in DIAMETER; vs.csv has values such as 37.0, whose last 0 a number would lose.
    workbook = openpyxl.load_workbook(small("excel").extract / "edc_export.xlsx", read_only=True)
    for sheet, column, kind in (("TL", "DIAMETER", "n"), ("TL", "DAT_RAW", "s"), ("VS", "VSORRES", "s")):
        rows = workbook[sheet].iter_rows()
        place = [cell.value for cell in next(rows)].index(column)
        assert next(rows)[place].data_type == kind, column


def test_a_row_number_leads_back_to_the_row_of_the_sheet(small):
    # data/nct03709082/as_enrolled/ae.csv: row 10, the header being row 1, is deleted at source.
    frame = read_form(small("excel").extract / "edc_export.xlsx", "ae", MAPPING)
    assert frame[frame["DELETED"] == "Y"][["RAWFILE", "RAWROW"]].to_numpy().tolist() == [["edc_export.xlsx:AE", 10]]
