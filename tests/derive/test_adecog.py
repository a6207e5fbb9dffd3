"""ADECOG from literal records: baseline, worst status on treatment, the shift table with its margins."""

from __future__ import annotations

import pandas as pd
import pytest

from crf2csr.analyze.categories import categories
from crf2csr.contracts import load_contract
from crf2csr.derive.adecog import adecog
from crf2csr.display.invariants_cross import check_margins
from crf2csr.plan_checks import load_plan
from tests.builders import conforming, domain, rows, study_view

FLAGS = {v.name: "N" for v in load_contract("derive", "adsl").variables if v.core == "req" and v.length == 1}
#: First dose 2019-03-15, on treatment to 2019-06-30; the last subject was never treated.
PEOPLE = """
    USUBJID | TRT01A | TRT01AN | TRTSDT     | ONTRTEDT   | SAFFL | PHASE
    01-001  | 75 mg  | 75      | 2019-03-15 | 2019-06-30 | Y     | I
    01-002  | 75 mg  | 75      | 2019-03-15 | 2019-06-30 | Y     | I
    01-003  | 75 mg  | 75      | 2019-03-15 | 2019-06-30 | Y     | I
    01-004  |        |         |            |            | N     |
    """
HEAD = "USUBJID|VISIT|VISITNUM|RSDTC|RSORRES|RSSTRESN\n"
NUMBERS = {"SCREENING": "0", "C1D1": "1", "C2D1": "2", "C3D1": "3", "EOT": "900", "": ""}
NAME = "NCT03709082-01-001"


def status(visit, day, number, subject="01-001"):
    return f"{subject}|{visit}|{NUMBERS[visit]}|{day}|{number}|{number}"


def derived(*records, **keys):
    adsl = conforming("derive", "adsl", PEOPLE, **FLAGS)
    return adecog(adsl, domain("rsec", HEAD + "\n".join(records)), study_view(adecog, **keys))


def worst(*records):
    data = derived(*records).data
    return rows(data[data["AVISIT"].eq("WORST")], "SUBJID", "AVALC", "BASEC")


COURSE = (
    status("SCREENING", "2019-03-01", "1"),
    status("C2D1", "2019-04-05", "2"),
    status("C3D1", "2019-04-26", "2"),
    status("EOT", "2019-07-01", "4"),
)


def test_the_worst_status_is_that_on_treatment_the_earliest_of_equal_ones():
    data = derived(*COURSE).data
    assert rows(data, "AVISIT", "AVALC", "CHG", "ABLFL", "ONTRTFL", "BASEC", "ADT") == [
        ("C2D1", "2", "1.0", "", "Y", "", "2019-04-05"),
        ("C3D1", "2", "1.0", "", "Y", "", "2019-04-26"),
        ("EOT", "4", "3.0", "", "", "", "2019-07-01"),
        ("SCREENING", "1", "", "Y", "", "", "2019-03-01"),
        ("WORST", "2", "1.0", "", "Y", "1", "2019-04-05"),
    ]


@pytest.mark.parametrize(
    ("base", "name"), [("0", "0"), ("1", "1"), ("2", "2"), ("3", "Above 2"), ("4", "Above 2"), ("", "Missing")]
)
def test_the_baseline_is_named_as_the_table_names_it(base, name):
    assert worst(status("SCREENING", "2019-03-01", base), COURSE[1]) == [("01-001", "2", name)]


def test_without_a_status_on_treatment_there_is_no_worst_one():
    assert worst(COURSE[0], COURSE[3], status("C2D1", "2019-04-05", "")) == []
    # The day of the first dose is not after it; a month may lie before it.
    assert worst(status("C1D1", "2019-03-15", "2"), status("C2D1", "2019-03", "3")) == []
    assert worst(status("C2D1", "2019-04", "3")) == [("01-001", "3", "Missing")]


def test_two_records_of_one_day_the_later_visit_is_the_baseline():
    records = (status("SCREENING", "2019-03-10", "2"), status("C1D1", "2019-03-10", "0"), COURSE[1])
    assert worst(*records) == [("01-001", "2", "0")]
    assert worst(*records[::-1]) == [("01-001", "2", "0")]


def test_a_record_without_a_visit_counts():
    assert worst(status("", "2019-04-05", "3")) == [("01-001", "3", "Missing")]


def test_records_after_the_cutoff_are_left_out_with_a_query():
    found = derived(*COURSE, data_cutoff=pd.Timestamp("2019-06-30").date())
    assert rows(found.queries, "rule", "form", "field") == [("Q-1101", "pe", "pedtc")]
    assert "EOT" not in set(found.data["AVISIT"])


def test_links_lead_from_the_worst_status_to_its_record_and_the_baseline():
    links = derived(*COURSE).links
    assert rows(links[links["row"].eq(f"{NAME}|ECOG|WORST")], "variable", "source", "source_row") == [
        ("AVAL", "adecog", f"{NAME}|ECOG|C2D1"),
        ("BASEC", "adecog", f"{NAME}|ECOG|SCREENING"),
    ]


def test_nobody_and_an_untreated_subject():
    assert derived().data.empty
    data = derived(status("SCREENING", "2019-03-01", "1", "01-004")).data
    assert rows(data, "AVISIT", "ABLFL", "ONTRTFL") == [("SCREENING", "", "")]


def test_the_shift_table_counts_each_subject_once_and_its_margins_hold():
    adsl = conforming("derive", "adsl", PEOPLE, **{name: "N" for name in FLAGS if name != "SAFFL"})
    data = derived(
        *COURSE,
        status("SCREENING", "2019-03-01", "3", "01-002"),
        status("C2D1", "2019-04-05", "1", "01-002"),
        status("C2D1", "2019-04-05", "5", "01-003"),
    ).data
    plan = load_plan("nct03709082")
    results = categories(adsl, data, plan.analyses["ecog-shift-safety"], study_view(categories)).results
    counts = {r.category: r.value for r in results if r.level == "d75" and r.statistic == "n" and r.variable == "ECOG"}
    # 01-001: 1 to 2; 01-002: above 2 to 1; 01-003: no baseline, 5.
    full = {name: n for name, n in counts.items() if n}
    assert full == {
        "1": 1,
        "1/2": 1,
        "Above 2": 1,
        "Above 2/1": 1,
        "Missing": 1,
        "Missing/5": 1,
        "Total": 3,
        "Total/1": 1,
        "Total/2": 1,
        "Total/5": 1,
    }
    assert list(check_margins(results)) == []
