"""CM and PR: systemic and local therapy of one form."""

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


def test_systemic_therapy() -> None:
    found = cm(form("act", ACT), study_view(cm))
    assert rows(found.data, "CMSEQ", "CMCAT", "CMCLAS", "CMTRT", "CMSTDTC") == [
        ("1", "SYSTEMIC", "ANTI-HER2", "lapatinib", "2019-11")
    ]
    assert rows(found.removed, "RAWROW", "reason") == [
        ("5", "kind is missing or cannot be read"),
        ("6", "kind is missing or cannot be read"),
    ]
    assert rows(found.queries, "RAWROW", "rule", "field") == [("6", "Q-108", "kind")]


def test_local_therapy_with_its_lesions() -> None:
    found = pr(form("act", ACT), study_view(pr))
    assert rows(found.data, "PRSEQ", "PRCAT", "PRTRT", "PRLESION") == [
        ("2", "RADIOTHERAPY", "30 Gy", "T1; N2"),
        ("3", "SURGERY", "excision", "T2; T3"),
    ]
    assert found.removed.empty
    assert found.queries.empty
