"""TU: the first record of each lesion."""

from crf2csr.clean.tu import tu
from tests.builders import form, rows, study_view


def test_each_lesion_comes_from_the_first_visit_that_records_it() -> None:
    tl = form(
        "tl",
        """
        SUBJECT | VISIT     | lesion | organ | side  | nodal | method  | dtc
        01-001  | TUM2      | T1     | LUNG  | LEFT  | N     | CT SCAN | 2019-05-01
        01-001  | SCREENING | T1     | LIVER | RIGHT | N     | MRI     | 2019-01-01
        01-002  | TUM10     | T1     | LIVER |       | N     | MRI     | 2019-01-01
        """,
    )
    ntl = form("ntl", "SUBJECT|VISIT|lesion|organ\n01-001|SCREENING|N1|BONE")
    nl = form(
        "nl",
        """
        SUBJECT | VISIT | lesion | present | dtc        | organ
        01-001  | TUM1  |        | N       | 2019-03-01 |
        01-001  | TUM3  | L1     | Y       | 2019-07-02 | BRAIN
        01-001  | TUM2  | L1     | Y       | 2019-05-02 | BRAIN
        """,
    )
    found = tu(tl, ntl, nl, study_view(tu))
    columns = ["USUBJID", "TUGRPID", "TULNKID", "VISIT", "TULOC", "TULAT", "TUMETHOD", "TUDTC", "RAWROW"]
    assert rows(found.data, *columns) == [
        ("NCT03709082-01-001", "NEW", "L1", "TUM2", "BRAIN", "", "", "2019-05-02", "4"),
        ("NCT03709082-01-001", "NON-TARGET", "N1", "SCREENING", "BONE", "", "", "", "2"),
        ("NCT03709082-01-001", "TARGET", "T1", "SCREENING", "LIVER", "RIGHT", "MRI", "2019-01-01", "3"),
        ("NCT03709082-01-002", "TARGET", "T1", "TUM10", "LIVER", "", "MRI", "2019-01-01", "4"),
    ]
    assert found.queries.empty, "the forms are reported by TR"


def test_the_visit_decides_before_the_date() -> None:
    tl = form("tl", "SUBJECT|VISIT|lesion|dtc\n01-001|TUM1|T1|2018-03-01\n01-001|SCREENING|T1|2019-01-01")
    found = tu(tl, form("ntl"), form("nl"), study_view(tu))
    assert rows(found.data, "VISIT", "TUDTC") == [("SCREENING", "2019-01-01")]


def test_what_tr_reports_is_not_reported_again() -> None:
    tl = form("tl", "SUBJECT|VISIT|lesion\n01-001|TUM99|T1\n|TUM1|T2")
    found = tu(tl, form("ntl"), form("nl"), study_view(tu))
    assert rows(found.data, "VISIT", "VISITNUM", "TULNKID") == [("TUM99", "", "T1")]
    assert found.queries.empty
    assert found.removed.empty


def test_contradicting_records_of_a_visit_identify_nothing() -> None:
    tl = form("tl", "SUBJECT|VISIT|lesion|organ\n01-001|TUM1|T1|LUNG\n01-001|TUM1|T1|LIVER\n01-001|TUM2|T1|LIVER")
    found = tu(tl, form("ntl"), form("nl"), study_view(tu))
    assert rows(found.data, "VISIT", "TULOC") == [("TUM2", "LIVER")]
