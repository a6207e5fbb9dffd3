"""Groups of special interest: worst record, first event and its duration, by hand (R-910)."""

import pytest

from crf2csr.derive.rules import events_of_interest
from crf2csr.derive.rules.events_of_interest import derive_events_of_interest, load_groups
from crf2csr.errors import InputError
from tests.builders import rows
from tests.plans import typed

GROUPS = {"ache": ("ACH", "Aches"), "pain": ("ACH", "Aches"), "rash": ("RSH", "Rashes")}
COLUMNS = ("AESEQ", "AESICD", "AESI1FL", "AESIMXFL", "AESIDUR")
TYPES = {
    "AESEQ": "Int64",
    "AEVNTNUM": "Int64",
    "AETOXGR": "Int64",
    "ASTDT": "datetime64[ns]",
    "AENDT": "datetime64[ns]",
}


def derive(text: str) -> list[tuple[str, ...]]:
    return rows(derive_events_of_interest(typed(text, **TYPES), GROUPS), *COLUMNS)


def test_first_and_worst_record_of_a_group_and_the_days_of_the_first_event():
    found = derive("""
        USUBJID | AESEQ | AEDECOD | AEVNTNUM | AETOXGR | ASTDT      | AENDT      | TRTEMFL
        A       | 1     | Ache    | 1        | 1       | 2019-01-10 | 2019-01-12 | Y
        A       | 2     | ACHE    | 1        | 3       | 2019-01-13 | 2019-01-15 | Y
        A       | 3     | Pain    | 3        | 3       | 2019-02-01 | 2019-02-01 | Y
        A       | 4     | Pain    | 4        | 4       | 2018-12-01 | 2018-12-02 | N
        A       | 5     | Nausea  | 5        | 4       | 2019-01-01 | 2019-01-02 | Y
        B       | 1     | Rash    | 1        |         | 2019-01-05 |            | Y
    """)
    # The event of records 1 and 2 lasts from 10 to 15 January; of two records of grade 3 the earlier is the worst.
    assert found == [
        ("1", "ACH", "Y", "", "6"),
        ("2", "ACH", "", "Y", ""),
        ("3", "ACH", "", "", ""),
        ("4", "ACH", "", "", ""),  # not treatment-emergent
        ("5", "", "", "", ""),
        ("1", "RSH", "Y", "Y", ""),  # goes on; a missing grade is the worst where no other is known
    ]


def test_no_events():
    assert derive("USUBJID | AESEQ | AEDECOD | AEVNTNUM | AETOXGR | ASTDT | AENDT | TRTEMFL") == []


def test_a_term_in_two_groups_is_refused(tmp_path):
    path = tmp_path / events_of_interest.GROUPS
    path.parent.mkdir(parents=True)
    path.write_text(
        "list,group,label,term,source\none,A,First,Rash,x\ntwo,C,Other,Rash,x\none,B,Second,RASH,x\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"row 4 column term = 'RASH': the term is in group 'A' too"):
        load_groups("one", tmp_path)
    assert load_groups("two", tmp_path) == {"rash": ("C", "Other")}
    with pytest.raises(InputError, match="no line says 'three'"):
        load_groups("three", tmp_path)


def test_every_term_is_one_of_the_dictionary_or_a_common_synonym():
    """A misspelled term would silently count nothing. The four others are terms of MedDRA that CTCAE does not have."""
    from crf2csr.contracts import ROOT

    ctcae = (ROOT / "config/codelists/ctcae_v4_03_terms.csv").read_text(encoding="utf-8").casefold()
    outside = {term for term in load_groups("palbociclib-tdm1") if f",{term}," not in ctcae}
    assert outside <= {"neutropenia", "thrombocytopenia", "interstitial lung disease"}
