"""The demonstration extracts as the reader and the prepared forms see them."""

import csv
from functools import cache

import pytest

from crf2csr.clean.forms import prepare_form
from crf2csr.contracts import ROOT
from crf2csr.mapping import load_mapping
from crf2csr.readers.csv_forms import check_extract, read_form
from crf2csr.study import load_study

CUTS = ("as_enrolled", "full")
FORMS = tuple(load_mapping(load_study("nct03709082", "full").mapping).forms)
#: Rules of the reader and the prepared forms, but for Q-108 of result texts, which domains PC and LB read.
OWN = ["Q-101", "Q-102", "Q-103", "Q-104", "Q-106", "Q-107", "Q-108", "Q-109", "Q-110", "Q-111", "Q-112", "Q-113"]
OWN += ["Q-116", "Q-117", "Q-118", "Q-120", "Q-903", "Q-1102", "Q-1103"]
RESULTS = [("pk", "conc"), ("lb", "lborres")]


@cache
def study_and_mapping(cut):
    study = load_study("nct03709082", cut)
    return study, load_mapping(study.mapping)


@cache
def raw(cut, name):
    study, mapping = study_and_mapping(cut)
    return read_form(study.extract / mapping.forms[name].file, name, mapping)


@cache
def form(cut, name):
    study, mapping = study_and_mapping(cut)
    return prepare_form(raw(cut, name), name, mapping, study.view(()))


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("name", FORMS)
def test_every_cell_is_read_as_it_stands_in_the_file(cut, name):
    study, mapping = study_and_mapping(cut)
    place = mapping.forms[name]
    path = study.extract / place.file
    with path.open(encoding=place.encoding or mapping.encoding, newline="") as file:
        header, *records = csv.reader(file, delimiter=place.delimiter or mapping.delimiter)
    frame = raw(cut, name)
    assert frame[header].to_numpy().tolist() == records
    assert frame["RAWROW"].tolist() == list(range(2, len(records) + 2))


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("name", FORMS)
def test_every_record_is_used_or_removed(cut, name):
    prepared = form(cut, name)
    rows = [*prepared.data["RAWROW"], *prepared.removed["RAWROW"].astype(int)]
    assert sorted(rows) == raw(cut, name)["RAWROW"].tolist()


def found(cut):
    study, mapping = study_and_mapping(cut)
    rows = check_extract(study.extract, mapping)
    for name in FORMS:
        rows += form(cut, name).queries.to_dict("records")
    return {(r["rule"], r["severity"], r["form"], r["RAWROW"], r["field"]) for r in rows if r["rule"] in OWN}


def planted(cut):
    with (ROOT / "tests" / "planted" / f"{cut}.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["rule"] in OWN]
    wanted = {(r["rule"], r["severity"], r["form"], r["row"], r["field"]) for r in rows}
    return {row for row in wanted if row[0] != "Q-108" or (row[2], row[4]) not in RESULTS}


@pytest.mark.parametrize("cut", CUTS)
def test_the_planted_defects_are_found_and_nothing_else(cut):
    assert planted(cut)
    assert found(cut) == planted(cut)
