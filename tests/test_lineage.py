"""The DAG is the lineage: contracts, functions and study keys say the same."""

import pytest

from crf2csr.contracts import ROOT, load_contract
from crf2csr.lineage import code, keys, names, parameters, present, stage_of
from crf2csr.mapping import load_mapping
from crf2csr.plan_checks import load_plan
from crf2csr.planned import needed_datasets
from crf2csr.study import load_study
from crf2csr.study_keys import KEYS
from tests.plans import plan_of

DERIVED = names("derive")


@pytest.mark.parametrize("dataset", DERIVED)
def test_the_keys_of_a_contract_are_those_of_its_function_and_of_what_it_reads(dataset):
    """A key that a function uses stands at a variable; a key at a variable is used by the function or by its inputs."""
    inputs = [name for name in parameters("derive", dataset) if stage_of(name) == "derive"]
    inherited = {
        key for name in inputs for variable in load_contract("derive", name).variables for key in variable.keys
    }
    at_variables = {key for variable in load_contract("derive", dataset).variables for key in variable.keys}
    declared = set(keys("derive", dataset))
    assert declared <= at_variables
    assert at_variables <= declared | inherited
    assert at_variables <= set(KEYS)


@pytest.mark.parametrize("dataset", DERIVED)
def test_the_inputs_of_a_dataset_are_domains_and_datasets(dataset):
    known = {*names("clean"), *DERIVED}
    assert set(parameters("derive", dataset)) <= known - {dataset}


@pytest.mark.parametrize("domain", names("clean"))
def test_the_inputs_of_a_domain_are_forms(domain):
    assert set(parameters("clean", domain)) <= set(names("raw"))


def test_a_domain_without_its_form_is_not_made():
    assert present("tr", ["tl"])
    assert not present("pc", ["tl", "dm"])


def test_an_analysis_dataset_is_made_if_one_of_its_own_domains_and_all_its_datasets_are():
    assert present("adsl", ["dm"])
    assert not present("adsl", [])
    assert present("adrs", ["dm", "tl", "rs"])  # from ADSL, ADTR and the investigator's responses
    assert not present("adrs", ["rs"])  # no ADSL without demographics


def test_a_view_holds_only_what_was_declared():
    study = load_study("nct03709082", "full")
    view = study.view(["ci.level"])
    assert view["ci.level"] == 0.95
    with pytest.raises(KeyError, match=r"response\.max_ne"):
        view["response.max_ne"]


def test_two_stages_have_two_codes():
    stages = {"derive": DERIVED, "clean": names("clean")}
    codes = {code(stage, name) for stage, found in stages.items() for name in found}
    assert len(codes) == len(DERIVED) + len(names("clean"))


def test_only_what_a_plan_needs_is_derived():
    """The pilot reads two datasets and ADSL, which are made of nothing else; the first trial needs all but one. Without
    the domain of adverse events there is no dataset about them."""
    given = load_mapping(ROOT / "config/cdiscpilot01/mappings/sdtm.yaml").given
    plan = load_plan("cdiscpilot01")
    assert needed_datasets(plan, given) == ["adae", "adsl", "adttae"]
    assert needed_datasets(plan, [name for name in given if name != "clean.ae"]) == ["adsl"]
    forms = load_mapping(ROOT / "config/nct03709082/mappings/edc_csv.yaml").given
    assert set(DERIVED) - set(needed_datasets(load_plan("nct03709082"), forms)) == {"adttae"}
    survival = plan_of("""
        populations: {fas: {label: All, flag: FASFL}}
        columns: {all: [{id: all, label: All}]}
        analyses:
          os: {method: survival, data: adtte, populations: [fas], columns: all, variables: [{name: AVAL}]}
    """)
    # ADTTE is made from ADRS and ADSL, ADRS from ADTR.
    assert needed_datasets(survival, forms) == ["adrs", "adsl", "adtr", "adtte"]
