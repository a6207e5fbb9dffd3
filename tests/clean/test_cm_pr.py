"""CM and PR: systemic and local therapy of three forms."""

from crf2csr.clean.cm import cm
from crf2csr.clean.pr import pr
from tests.builders import form, rows, study_view

ACT = """
SUBJECT | actno | kind         | kind__raw | class    | agent      | stdtc      | endtc | lesions
01-001  | 1     | SYSTEMIC     | 1         | ANTI-HER2| lapatinib  | 2019-11    |       |
01-001  | 2     | RADIOTHERAPY | 2         |          | 30 Gy      | 2019-08-01 |       | T1,N2
01-001  | 3     | SURGERY      | 3         |          | excision   | 2019-09-01 |       | T2 ; T3
01-001  | 4     |              | 7         |          | unknown    | 2019-09-01 |       |
01-001  | 5     |              |           |          | unknown    | 2019-09-01 |       |
"""
PTX = """
SUBJECT | ptxno | kind         | class       | agent      | line | setting    | stdtc   | endtc   | bestresp
01-001  | 1     | SYSTEMIC     | TRASTUZUMAB | Herceptin  | 1    | METASTATIC | 2016-02 | 2017-01 | PR
01-001  | 2     | RADIOTHERAPY | RADIOTHERAPY| 50 Gy      |      | ADJUVANT   | 2012    |         | NOT APPLICABLE
01-001  | 3     |              |             | unknown    |      |            | 2013    |         |
"""
MEDICATION = """
SUBJECT | cmno | trt      | decod       | atc | atctx     | indc | stdtc | endtc      | ongoing | route
01-001  | 1    | tylenol  | PARACETAMOL | N02 | ANALGESICS| pain |       | 2019-02-01 | N       | ORAL
"""


def medication(act: str = "SUBJECT", cms: str = "SUBJECT", ptx: str = "SUBJECT"):
    return cm(form("act", act), form("cm", cms), form("ptx", ptx), study_view(cm))


def local(act: str = "SUBJECT", ptx: str = "SUBJECT"):
    return pr(form("act", act), form("ptx", ptx), study_view(pr))


def test_systemic_therapy_on_study() -> None:
    found = medication(act=ACT)
    assert rows(found.data, "CMCAT", "CMSEQ", "CMSCAT", "CMCLAS", "CMTRT", "CMSTDTC") == [
        ("ON-STUDY CANCER THERAPY", "1", "SYSTEMIC", "ANTI-HER2", "lapatinib", "2019-11")
    ]
    assert rows(found.removed, "RAWROW", "reason") == [
        ("5", "kind is missing or cannot be read"),
        ("6", "kind is missing or cannot be read"),
    ]
    assert rows(found.queries, "RAWROW", "rule", "field") == [("6", "Q-108", "kind")]


def test_the_numbers_of_three_forms_may_be_equal() -> None:
    found = medication(ACT, MEDICATION, PTX)
    assert rows(found.data, "CMCAT", "CMSEQ", "RAWFILE") == [
        ("CONCOMITANT MEDICATION", "1", "cm.csv"),
        ("ON-STUDY CANCER THERAPY", "1", "act.csv"),
        ("PRIOR CANCER THERAPY", "1", "ptx.csv"),
    ]


def test_concomitant_medication() -> None:
    columns = ["CMTRT", "CMDECOD", "CMCLASCD", "CMCLAS", "CMINDC", "CMSTDTC", "CMENDTC", "CMENRF", "CMROUTE", "CMSCAT"]
    assert rows(medication(cms=MEDICATION).data, *columns) == [
        ("tylenol", "PARACETAMOL", "N02", "ANALGESICS", "pain", "", "2019-02-01", "N", "ORAL", "")
    ]


def test_prior_therapy() -> None:
    found = medication(ptx=PTX)
    columns = ["CMSCAT", "CMCLAS", "CMTRT", "CMLINE", "CMSETTING", "CMRESP", "CMSTDTC", "CMENDTC"]
    assert rows(found.data, *columns) == [
        ("SYSTEMIC", "TRASTUZUMAB", "Herceptin", "1", "METASTATIC", "PR", "2016-02", "2017-01")
    ]
    assert rows(found.removed, "form", "RAWROW") == [("ptx", "4")]


def test_local_therapy_with_its_lesions() -> None:
    found = local(ACT, PTX)
    assert rows(found.data, "PRCAT", "PRSEQ", "PRSCAT", "PRTRT", "PRLESION", "PRSETTING") == [
        ("ON-STUDY CANCER THERAPY", "2", "RADIOTHERAPY", "30 Gy", "T1; N2", ""),
        ("ON-STUDY CANCER THERAPY", "3", "SURGERY", "excision", "T2; T3", ""),
        ("PRIOR CANCER THERAPY", "2", "RADIOTHERAPY", "50 Gy", "", "ADJUVANT"),
    ]
    assert found.removed.empty
    assert found.queries.empty


def test_each_value_is_linked_to_the_cell_of_its_own_form() -> None:
    links = medication(ACT, MEDICATION, PTX).links
    starts = links[links["variable"].eq("CMTRT")]
    assert rows(starts, "source", "source_field", "row") == [
        ("cm.csv", "TRT", "NCT03709082-01-001|CONCOMITANT MEDICATION|1"),
        ("act.csv", "AGENT", "NCT03709082-01-001|ON-STUDY CANCER THERAPY|1"),
        ("ptx.csv", "AGENT", "NCT03709082-01-001|PRIOR CANCER THERAPY|1"),
    ]
