"""MH, FAMH, DV: one record a condition, a subject, a deviation."""

from crf2csr.clean.dv import dv
from crf2csr.clean.famh import TESTS, famh
from crf2csr.clean.mh import FIELDS, mh
from crf2csr.contracts import load_contract
from tests.builders import form, rows, study_view


def test_medical_history_keeps_partial_dates() -> None:
    raw = form(
        "mh",
        """
        SUBJECT | mhno | term  | decod        | stdtc | endtc | ongoing | grade
        01-001  | 2    | HTN   | Hypertension | 2010  |       | Y       | 2
        01-001  |      | cough |              |       |       |         |
        """,
    )
    found = mh(raw, study_view(mh))
    assert rows(found.data, "MHSEQ", "MHTERM", "MHDECOD", "MHSTDTC", "MHENRF", "MHTOXGR") == [
        ("2", "HTN", "Hypertension", "2010", "Y", "2")
    ]
    assert rows(found.removed, "RAWROW", "reason") == [("3", "mhno is missing or cannot be read")]


def test_every_medical_history_variable_comes_from_the_field_of_its_contract() -> None:
    origins = {
        v.name: v.origin.removeprefix("mh.") for v in load_contract("clean", "mh").variables if "mh." in v.origin
    }
    assert origins == FIELDS


DXH = """
SUBJECT| indxdtc| metdtc    | stage| her2ihc| her2ihc__raw| erpct| metsites   | metsites__raw                 | brainmet
01-001 | 2011-05| 2016-02-01| II   | 3+     | C4          | 92.5 | BONE; LIVER| METSITES___1=1; METSITES___2=1| N
"""


def test_disease_history_has_one_row_a_test() -> None:
    found = famh(form("dxh", DXH), study_view(famh))
    assert sorted(found.data["FATESTCD"]) == sorted(TESTS)
    assert set(found.data["DOMAIN"]) == {"FA"}
    answered = found.data[found.data["FASTRESC"].notna()]
    assert rows(answered, "FATESTCD", "FAORRES", "FASTRESC", "FASTRESN", "FASTRESU") == [
        ("BRAINMET", "N", "N", "", ""),
        ("ERPCT", "92.5", "92.5", "92.5", "%"),
        ("HER2IHC", "C4", "3+", "", ""),
        ("INDXDTC", "2011-05", "2011-05", "", ""),
        ("METDTC", "2016-02-01", "2016-02-01", "", ""),
        ("METSITES", "METSITES___1=1; METSITES___2=1", "BONE; LIVER", "", ""),
        ("STAGE", "II", "II", "", ""),
    ]


def test_a_disease_history_value_is_linked_to_its_own_cell() -> None:
    links = famh(form("dxh", DXH), study_view(famh)).links
    values = links[links["variable"].eq("FASTRESC")]
    assert ("NCT03709082-01-001|ERPCT", "ERPCT") in rows(values, "row", "source_field")
    assert len(values) == 7


def test_deviations() -> None:
    raw = form(
        "dv",
        """
        SUBJECT | dvno | dvdtc      | dvcat       | important | term       | criterion | waiver
        01-001  | 1    | 2019-01-02 | ELIGIBILITY | Y         | ECOG late  | INC05     | Y
        01-001  | 2    |            |             |           | no answer  |           |
        """,
    )
    found = dv(raw, study_view(dv))
    assert rows(found.data, "DVSEQ", "DVSTDTC", "DVCAT", "DVIMP", "DVTERM", "DVCRIT", "DVWAIVER") == [
        ("1", "2019-01-02", "ELIGIBILITY", "Y", "ECOG late", "INC05", "Y")
    ]
    assert rows(found.queries, "rule", "field") == [("Q-108", "important")]
