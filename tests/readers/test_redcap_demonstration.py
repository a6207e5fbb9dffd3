"""The demonstration read from REDCap exports gives the domains that the per-form CSV files give."""

import csv
from collections import Counter
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest
import yaml

from crf2csr.clean.balance import balance
from crf2csr.contracts import ROOT
from crf2csr.errors import InputError
from crf2csr.jobs.check import read_forms
from crf2csr.jobs.clean import clean_domain
from crf2csr.lineage import names
from crf2csr.mapping import load_mapping
from crf2csr.readers.redcap import check_extract
from crf2csr.results import REMOVED_COLUMNS, frame_of
from crf2csr.simulate.exports.redcap import write, write_by_form
from crf2csr.simulate.exports.transfer import transfer
from crf2csr.study import load_study
from tests.readers.demonstration import cleaned_csv

FLAT = ROOT / "config" / "nct03709082" / "mappings" / "redcap.yaml"
DOMAINS = tuple(names("clean"))
#: In the other exports: boxes, a repeating event, deleted records, the forms that other domains rest on.
SOME = ("dm", "ae", "famh", "ss", "tr")
#: What REDCap has no column for, by rule: records deleted at source (Q-112), open queries (Q-111), and a site that
#: differs within a subject (Q-106, Q-113), since the data access group belongs to the record as a whole. All of them
#: are told once more by the CSV files alone, and nothing is told by the exports alone.
NOT_CARRIED = {
    "as_enrolled": [("Q-112", "01-001", "ae", "deleted"), ("Q-111", "02-001", "ae", "queries")],
    "full": [
        ("Q-112", "02-008", "ae", "deleted"),
        ("Q-112", "01-006", "ex_oral", "deleted"),
        ("Q-112", "01-013", "mh", "deleted"),
        ("Q-111", "05-006", "ex_oral", "queries"),
        ("Q-111", "02-002", "ae", "queries"),
        ("Q-111", "04-002", "lb", "queries"),
        ("Q-111", "03-006", "fu", "queries"),
        ("Q-111", "01-003", "tl", "queries"),
        ("Q-113", "01-016", "ae", "site"),
        ("Q-106", "04-001", "ae", "site"),
    ],
}


@cache
def forms(cut):
    study = load_study("nct03709082", cut)
    old = load_mapping(study.mapping)
    return transfer(read_forms(study, old), old, load_mapping(FLAT))


def by_form_mapping(folder):
    """Write the mapping of the exports by instrument: a file a form, and the labels of the events."""
    mapping = yaml.safe_load(FLAT.read_text(encoding="utf-8"))
    labels = yaml.safe_load((FLAT.parent / "edc_csv.yaml").read_text(encoding="utf-8"))["visits"]
    mapping["visits"] = {label.replace("Follow-up {n}", "Follow-up#{n}"): name for label, name in labels.items()}
    for form, entry in mapping["forms"].items():
        entry["file"] = f"{form}.csv"
    path = folder / "mapping.yaml"
    path.write_text(yaml.safe_dump(mapping, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    """Return how the study is read: cut and kind (csv, flat, by_form) to study; the exports are written once."""

    @cache
    def make(cut, kind):
        if kind == "csv":
            return load_study("nct03709082", cut)
        folder = tmp_path_factory.mktemp(f"{cut}_{kind}")
        path = FLAT if kind == "flat" else by_form_mapping(tmp_path_factory.mktemp("mapping"))
        {"flat": write, "by_form": write_by_form}[kind](forms(cut), load_mapping(path), folder)
        return replace(load_study("nct03709082", cut), extract=folder, mapping=path)

    return make


@pytest.fixture(scope="module")
def cleaned(studies):
    """Return a clean domain: cut, kind and name to `Cleaned`. Mappings are read once here: each job reads them anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("crf2csr.mapping.load_mapping", cache(load_mapping))
        other = cache(lambda cut, kind, domain: clean_domain(domain, studies(cut, kind)))
        yield lambda cut, kind, domain: cleaned_csv(cut, domain) if kind == "csv" else other(cut, kind, domain)


def comparable(domain, data):
    """Return data without where it came from; a group of boxes as recorded says its columns and cells as the CSV has
    them."""
    data = data.drop(columns=["RAWFILE", "RAWROW"])
    if domain == "famh":
        recorded = data["FAORRES"].str.replace("=Checked", "=1").str.replace("dxh_metsites____", "METSITES___-")
        data = data.assign(FAORRES=recorded.str.replace("dxh_metsites___", "METSITES___"))
    return data


def told(made):
    return Counter(map(tuple, made.queries[["rule", "subject", "form", "field"]].astype(str).to_numpy().tolist()))


def only_csv(found, expected, domain):
    """Hold a domain against that of the CSV files; return the queries that only the latter has."""
    pd.testing.assert_frame_equal(comparable(domain, found.data), comparable(domain, expected.data))
    assert len(expected.data)
    assert told(found) <= told(expected)
    return list((told(expected) - told(found)).elements())


@pytest.mark.parametrize(
    ("cut", "kind", "domains"),
    [
        ("as_enrolled", "flat", DOMAINS),
        ("as_enrolled", "by_form", SOME),
        pytest.param("full", "flat", DOMAINS, marks=pytest.mark.long),
    ],
)
def test_domains_are_those_of_the_csv_files(cleaned, cut, kind, domains):
    lost = [row for name in domains for row in only_csv(cleaned(cut, kind, name), cleaned(cut, "csv", name), name)]
    assert sorted(lost) == sorted(NOT_CARRIED[cut])


@pytest.mark.parametrize("cut", ["as_enrolled", pytest.param("full", marks=pytest.mark.long)])
def test_every_record_comes_back_text_for_text(studies, cut):
    mapping = load_mapping(FLAT)
    raw = read_forms(studies(cut, "flat"), mapping)
    for form, written in forms(cut).items():
        fields = [name for place in mapping.forms[form].fields.values() for name in place.columns]
        found, expected = (
            [frame["record_id"].str.strip(), *(frame[name] for name in fields)] for frame in (raw[form], written)
        )
        assert Counter(zip(*found, strict=True)) == Counter(zip(*expected, strict=True)), form


def test_every_record_is_in_a_domain_or_removed(studies, cleaned):
    raw = read_forms(studies("as_enrolled", "flat"), load_mapping(FLAT))
    made = [cleaned("as_enrolled", "flat", domain) for domain in DOMAINS]
    removed = frame_of(pd.concat([each.removed for each in made]), REMOVED_COLUMNS)
    assert len(balance(raw, [each.data for each in made], removed)) == len(raw)
    # 3,006 records of the CSV files, one of them deleted at source.
    assert sum(map(len, raw.values())) == sum(map(len, forms("as_enrolled").values())) == 3005


def test_rows_lead_back_to_the_cells_of_the_export(studies, cleaned):
    data = cleaned("as_enrolled", "flat", "ae").data
    assert data["RAWFILE"].unique().tolist() == ["export.csv:adverse_events"]
    with (studies("as_enrolled", "flat").extract / "export.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    for row, subject, term in zip(data["RAWROW"], data["USUBJID"], data["AETERM"], strict=True):
        cells = dict(zip(lines[0], lines[row - 1], strict=True))
        assert (f"NCT03709082-{cells['record_id']}", cells["ae_term"].strip()) == (subject, term)


def test_the_export_has_nothing_unknown(studies):
    folder = studies("as_enrolled", "flat").extract
    found = [(row["rule"], row["form"], row["severity"]) for row in check_extract(folder, load_mapping(FLAT))]
    # Events at which one subject has an end of study or a visit form and another one has none.
    assert found == [("Q-111", "eos", "I"), ("Q-111", "sv", "I")]


@pytest.mark.parametrize(("kind", "function"), [("flat", write), ("by_form", write_by_form)])
def test_the_same_records_give_the_same_bytes(studies, tmp_path, kind, function):
    study = studies("as_enrolled", kind)
    function(forms("as_enrolled"), load_mapping(study.mapping), tmp_path)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_bytes() for path in study.extract.iterdir()}


def test_a_form_that_does_not_repeat_has_one_record_at_an_event(tmp_path):
    twice = {**forms("as_enrolled"), "dm": pd.concat([forms("as_enrolled")["dm"]] * 2)}
    with pytest.raises(InputError, match="form dm: two records at 01-001, screening_arm_1, , ; take the form out of"):
        write(twice, load_mapping(FLAT), tmp_path)
    assert list(tmp_path.iterdir()) == []
