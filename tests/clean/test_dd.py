"""DD: every record that reports a death."""

from crf2csr.clean.dd import dd
from tests.builders import form, rows, study_view


def test_deaths_of_end_of_study_and_follow_up() -> None:
    eos = form(
        "eos",
        """
        SUBJECT | eosdtc     | reason              | dthdtc  | cause
        01-001  | 2019-12-01 | DEATH               | 2019-12 | DISEASE PROGRESSION
        01-002  | 2019-12-01 | PROGRESSIVE DISEASE |         |
        01-003  | 2019-12-01 | DEATH               |         |
        """,
    )
    fu = form(
        "fu",
        """
        SUBJECT | funo | done | fudtc      | status | dthdtc
        01-001  | 3    | Y    | 2020-01-05 | DEAD   | 2019-12-20
        01-002  | 1    | Y    | 2020-01-05 | ALIVE  |
        01-002  | 2    | N    |            |        |
        """,
    )
    found = dd(eos, fu, study_view(dd))
    assert rows(found.data, "USUBJID", "DDORIG", "DDSEQ", "DTHDTC", "DTHCAUS") == [
        ("NCT03709082-01-001", "EOS", "1", "2019-12", "DISEASE PROGRESSION"),
        ("NCT03709082-01-001", "FU", "3", "2019-12-20", ""),
        ("NCT03709082-01-003", "EOS", "1", "", ""),
    ]
    assert found.removed.empty, "records without a death are in DS and SS"
