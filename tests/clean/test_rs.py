"""RS: one row a test and visit."""

from crf2csr.clean.rs import rs
from tests.builders import form, rows, study_view


def test_each_answer_is_a_row_and_the_overall_response_always_is() -> None:
    raw = form(
        "rs",
        """
        SUBJECT | VISIT | dtc        | target | target__raw | nontarget      | overall | marker   | marker__raw
        01-001  | TUM1  | 2019-03-01 | PR     | PR          | NON-CR/NON-PD  | PR      | ABNORMAL | 2
        01-001  | TUM2  |            | NA     | NA          |                |         |          |
        """,
    )
    found = rs(raw, study_view(rs))
    assert rows(found.data, "VISIT", "RSTESTCD", "RSORRES", "RSSTRESC", "RSDTC", "RSEVAL") == [
        ("TUM1", "MARKER", "2", "ABNORMAL", "2019-03-01", "INVESTIGATOR"),
        ("TUM1", "NTRGRESP", "NON-CR/NON-PD", "NON-CR/NON-PD", "2019-03-01", "INVESTIGATOR"),
        ("TUM1", "OVRLRESP", "PR", "PR", "2019-03-01", "INVESTIGATOR"),
        ("TUM1", "TRGRESP", "PR", "PR", "2019-03-01", "INVESTIGATOR"),
        ("TUM2", "OVRLRESP", "", "", "", "INVESTIGATOR"),
        ("TUM2", "TRGRESP", "NA", "NA", "", "INVESTIGATOR"),
    ]


def test_each_row_is_linked_to_its_own_answer() -> None:
    found = rs(form("rs", "SUBJECT|VISIT|target|overall\n01-001|TUM1|PR|SD"), study_view(rs))
    linked = found.links[found.links["variable"].eq("RSSTRESC")]
    assert rows(linked, "row", "source_field") == [
        ("NCT03709082-01-001|TUM1|OVRLRESP", "OVERALL"),
        ("NCT03709082-01-001|TUM1|TRGRESP", "TARGET"),
    ]


def test_two_records_of_one_visit_are_withheld_whole_and_named_once() -> None:
    found = rs(form("rs", "SUBJECT|VISIT|target|overall\n01-001|TUM1|PR|SD\n01-001|TUM1||PR"), study_view(rs))
    assert found.data.empty, "the target answer of the first record has a key of its own, but its record is in doubt"
    assert rows(found.removed, "RAWROW") == [("2",), ("3",)]
    assert rows(found.queries, "RAWROW", "rule", "severity") == [("2", "Q-103", "E"), ("3", "Q-103", "E")]


def test_an_unscheduled_visit_is_doubted_once_a_record() -> None:
    found = rs(form("rs", "SUBJECT|VISIT|target|overall\n01-001|TUM77|PR|SD"), study_view(rs))
    assert rows(found.queries, "RAWROW", "rule") == [("2", "Q-120")]
