"""The demonstration as ODM-XML: snapshot and transactions, row numbers."""

from dataclasses import replace

from lxml import etree

from crf2csr.jobs.check import read_forms
from crf2csr.mapping import load_mapping
from crf2csr.readers.odm import read_form
from crf2csr.simulate.exports.odm import write
from crf2csr.simulate.exports.transfer import transfer
from crf2csr.study import load_study
from tests.readers.demonstration import hold_against_csv, mapping_of, odm_as_csv

MAPPING = load_mapping(mapping_of("odm"))
ODM = {"o": "http://www.cdisc.org/ns/odm/v1.3"}


def test_a_snapshot_gives_the_same_domains_as_all_transactions(small, tmp_path):
    study = load_study("nct03709082", "as_enrolled")
    old = load_mapping(study.mapping)
    write(transfer(read_forms(study, old), old, MAPPING), MAPPING, tmp_path, "Snapshot")
    # ae has the deleted record, tr a duplicate and units, lb the largest form
    hold_against_csv(replace(small("odm"), extract=tmp_path), ("ae", "tr", "lb"), odm_as_csv)


def test_a_row_number_leads_back_to_the_element(small):
    """XPath over the whole file, another way than the stream, finds the element and the line of every record."""
    path = small("odm").extract / "odm.xml"
    frame = read_form(path, "ae", MAPPING)
    root = etree.parse(path).getroot()
    elements = root.xpath("(//o:ClinicalData//o:ItemGroupData)", namespaces=ODM)
    lines = path.read_text(encoding="utf-8").split("\n")
    assert len(frame) == 28  # records of data/nct03709082/as_enrolled/ae.csv
    for row in frame.to_dict("records"):
        element = elements[row["RAWROW"] - 1]
        values = {item.get("ItemOID"): item.get("Value") for item in element}
        assert values["IT.AE.TERM"] == row["IT.AE.TERM"]
        assert element.get("ItemGroupRepeatKey") == row["ItemGroupRepeatKey"]
        assert f'ItemGroupRepeatKey="{row["ItemGroupRepeatKey"]}"' in lines[int(row["ODMLine"]) - 1]
    deleted = frame[frame["TransactionType"] == "Remove"]
    # data/nct03709082/as_enrolled/ae.csv: the 9th record below the header is deleted at source
    assert deleted["ODMPath"].tolist() == ["01-001/SE.LOG/F.AE/IG.AE[9]"]
    assert deleted["RAWFILE"].tolist() == ["odm.xml:IG.AE"]
