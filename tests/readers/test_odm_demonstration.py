"""The demonstration read from ODM-XML gives the domains that the per-form CSV files give."""

import re
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest
from lxml import etree

from crf2csr.jobs.check import read_forms
from crf2csr.jobs.clean import clean_domain
from crf2csr.lineage import names
from crf2csr.mapping import load_mapping
from crf2csr.readers.odm import check_extract, read_form
from crf2csr.simulate.exports.odm import write
from crf2csr.simulate.exports.transfer import transfer
from crf2csr.study import load_study
from tests.readers.demonstration import SOME, cleaned_csv, export, mapping_of

DOMAINS = tuple(names("clean"))
MAPPING = load_mapping(mapping_of("odm"))
ODM = {"o": "http://www.cdisc.org/ns/odm/v1.3"}


def csv_text(text):
    """Return a recorded text as the CSV has it.

    Three things are said in other words. Boxes as recorded name their columns: IT.DXH.METSITES_N99 is METSITES___-99.
    A deleted record says Remove in ODM and Y in the CSV (value of Q-112), an unknown visit its OID (value of Q-120).
    """
    named = re.sub(
        r"IT\.(?:DXH|DM)\.(METSITES|RACE)_(N?)(\d+)=", lambda m: f"{m[1]}___{'-' if m[2] else ''}{m[3]}=", text
    )
    return {"Remove": "Y", "SE.UNSCHEDULED": "Unscheduled visit"}.get(named, named)


def told(cleaned):
    """Return queries and removed records without the place, in an order of their own.

    The order of the file is another one: ODM goes by subject, and a record that stands twice is on another page.
    """
    queries = cleaned.queries[["rule", "severity", "subject", "form", "field", "value"]].fillna("")
    rows = queries.assign(value=queries["value"].map(csv_text)).to_numpy().tolist()
    return sorted(rows), sorted(cleaned.removed[["subject", "form"]].fillna("").to_numpy().tolist())


def hold_against_csv(study, domains):
    """Clean domains from the export and from the CSV: data are equal in every column but RAWFILE and RAWROW, rows in
    the same order; queries and removed records are the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("crf2csr.mapping.load_mapping", cache(load_mapping))
        for domain in domains:
            expected = cleaned_csv(study.cut, domain)
            found = clean_domain(domain, study)
            data = found.data.drop(columns=["RAWFILE", "RAWROW"])
            if domain == "famh":
                data["FAORRES"] = data["FAORRES"].map(csv_text, na_action="ignore").astype("string")
            pd.testing.assert_frame_equal(data, expected.data.drop(columns=["RAWFILE", "RAWROW"]))
            assert told(found) == told(expected), domain


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return export("odm", "as_enrolled", tmp_path_factory.mktemp("odm"))


def test_domains_of_the_small_extract_are_those_of_the_csv(small):
    assert check_extract(small.extract, MAPPING) == []
    hold_against_csv(small, SOME)


@pytest.mark.long
def test_every_domain_of_the_small_extract_is_that_of_the_csv(small):
    hold_against_csv(small, DOMAINS)


@pytest.mark.long
def test_every_domain_of_the_full_extract_is_that_of_the_csv(tmp_path):
    hold_against_csv(export("odm", "full", tmp_path), DOMAINS)


def test_a_snapshot_gives_the_same_domains_as_all_transactions(small, tmp_path):
    study = load_study("nct03709082", "as_enrolled")
    old = load_mapping(study.mapping)
    write(transfer(read_forms(study, old), old, MAPPING), MAPPING, tmp_path, "Snapshot")
    # ae has the deleted record, tr a duplicate and units, lb the largest form
    hold_against_csv(replace(small, extract=tmp_path), ("ae", "tr", "lb"))


def test_the_same_records_give_the_same_bytes(small, tmp_path):
    again = export("odm", "as_enrolled", tmp_path)
    assert (small.extract / "odm.xml").read_bytes() == (again.extract / "odm.xml").read_bytes()


def test_a_row_number_leads_back_to_the_element(small):
    """XPath over the whole file, another way than the stream, finds the element and the line of every record."""
    path = small.extract / "odm.xml"
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
