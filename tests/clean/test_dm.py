"""DM: every subject of the demography form."""

from crf2csr.clean.dm import dm
from tests.builders import form, rows, study_view


def test_subjects_with_consent_date_and_time() -> None:
    raw = form(
        "dm",
        """
        SUBJECT | brthdtc    | sex | race                 | icdtc      | ictm  | menopaus
        02-003  | 1960       | F   | WHITE; ASIAN         | 2018-10-20 | 09:30 | POSTMENOPAUSAL
        01-001  | 1955-06-01 | F   |                      | 2018-10    | 09:30 |
        """,
    )
    found = dm(raw, form("enr"), study_view(dm))
    columns = ["STUDYID", "DOMAIN", "USUBJID", "SUBJID", "SITEID", "BRTHDTC", "RACE", "RFICDTC", "RAWROW"]
    assert rows(found.data, *columns) == [
        ("NCT03709082", "DM", "NCT03709082-01-001", "01-001", "01", "1955-06-01", "", "2018-10", "3"),
        ("NCT03709082", "DM", "NCT03709082-02-003", "02-003", "02", "1960", "WHITE; ASIAN", "2018-10-20T09:30", "2"),
    ]
    linked = found.links[found.links["variable"].eq("RFICDTC") & found.links["source_row"].eq("2")]
    assert rows(linked, "source_field") == [("ICDTC",), ("ICTM",)]
