"""Texts of a dataset by column (R-409)."""

import pytest

from crf2csr.analyze.words import words
from tests.builders import study_view
from tests.plans import plan_of, typed

PLAN = plan_of(
    """
    populations: {enrolled: {label: Enrolled, flag: ENRLFL}}
    columns:
      c2:
        - id: d75
          label: 75 mg
          where: [{variable: PHASE, op: eq, value: I}, {variable: TRT01PN, op: eq, value: "75"}]
        - id: d100
          label: 100 mg
          where: [{variable: PHASE, op: eq, value: I}, {variable: TRT01PN, op: eq, value: "100"}]
    analyses:
      decisions:
        method: words
        data: adesc
        populations: [enrolled]
        columns: c2
        match: {TRT01PN: DOSELVL}
        variables: [{name: DECISION}, {name: DECDT}]
    """
)
SUBJECTS = typed("USUBJID|ENRLFL|PHASE|TRT01PN\nS1|Y|I|75\nS2|Y|II|100", TRT01PN="Int64")
COUNTS = "NENRL|NTRT|NEVAL|NDLT|NDEC|NDECDLT|NPEND|NREPL|MTD|RP2D"
ZEROS = "0|0|0|0|0|0|0|0|not determined|not determined"


def levels(*lines: str):
    from crf2csr.contracts import DTYPES, conform, load_contract
    from tests.builders import STUDY_ID, table

    given = table("\n".join([f"DOSELVL|DECISION|DECDT|{COUNTS}", *(f"{line}|{ZEROS}" for line in lines)]))
    contract = load_contract("derive", "adesc")
    types = {name: DTYPES[contract.variable(name).type] for name in given if name != "DECDT"}
    return conform(given.astype(types).assign(STUDYID=STUDY_ID), contract)


def run(data):
    return words(SUBJECTS, data, PLAN.analyses["decisions-enrolled"], study_view(words))


def test_a_column_says_what_its_row_says():
    found = run(levels("75|escalate|2019-01-23", "100|pending|"))
    said = {(r.level, r.variable): (r.value, r.text) for r in found.results if r.statistic == "word"}
    # Nobody of phase I is at 100 mg: the column has no subject.
    assert said == {
        ("d75", "DECISION"): (None, "escalate"),
        ("d75", "DECDT"): (None, "2019-01-23"),
        ("d100", "DECISION"): (None, "–"),
        ("d100", "DECDT"): (None, "–"),
    }
    assert {(r.level, r.value) for r in found.results if r.statistic == "N"} == {("d75", 1), ("d100", 0)}
    assert {(m.dataset, m.row) for m in found.members} == {("adesc", "75")}
    counts = {r.id: r.value for r in found.results if r.statistic == "n"}
    assert {m.ard for m in found.members} == {id_ for id_, n in counts.items() if n == 1}


@pytest.mark.parametrize("line", ["75||", "100|pending|"])
def test_no_value_or_no_row_is_not_applicable(line):
    found = {(r.level, r.variable): r.text for r in run(levels(line)).results if r.statistic == "word"}
    assert found["d75", "DECISION"] == "NA"


def test_two_rows_for_a_column_are_refused():
    data = levels("75|escalate|", "100|pending|")
    data["DOSELVL"] = data["DOSELVL"].mask(data["DOSELVL"].eq(100), 75)
    with pytest.raises(ValueError, match="2 rows of adesc; one is due"):
        run(data)
