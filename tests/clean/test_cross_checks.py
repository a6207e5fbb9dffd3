"""The cross checks as a whole, and what they share."""

import pandas as pd

from crf2csr.checks import CHECKS
from crf2csr.clean.cross_check_tools import among, before, day, death_dates, differ, doubt, first_dose
from crf2csr.clean.cross_checks import CROSS_CHECKS, cross_checks
from crf2csr.results import QUERY_COLUMNS
from tests.builders import DOMAINS, STUDY_ID, domain, rows, study_view


def text(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="string")


def test_dates_are_compared_on_their_known_parts_only() -> None:
    left = text("2019-03-01", "2019-03-01", "2019-03", "2019", "2019-02", "2019-03-01T09:00", "2019-03-01", None)
    right = text(
        "2019-03-02", "2019-03", "2019-03-31", "2020-01", "2019-03-01", "2019-03-01T10:00", "2019-03-01T10:00", "2020"
    )
    assert list(before(left, right)) == [True, False, False, True, True, True, False, False]
    assert list(differ(text("2019-03", "2019-03"), text("2019-03-09", "2019-04-09"))) == [False, True]
    assert list(before(left[:2], "2019-03-01")) == [False, False]


def test_only_complete_dates_become_days() -> None:
    assert list(day(text("2019-03-01T09:00", "2019-03", None)).astype(str)) == ["2019-03-01", "NaT", "NaT"]


def test_first_dose_is_the_earliest_complete_date_of_a_dose_given() -> None:
    ex = domain(
        "ex",
        """
        USUBJID | EXTRT       | EXSEQ | EXCAT    | EXOCCUR | EXSTDTC
        01-001  | PALBOCICLIB | 1     | ORAL     | Y       | 2019-01-03
        01-001  | LETROZOLE   | 1     | ORAL     | N       | 2019-01-01
        01-001  | T-DM1       | 1     | INFUSION | Y       | 2019-01-02T09:00
        01-002  | LETROZOLE   | 1     | ORAL     | Y       | 2019-01
        """,
    )
    assert first_dose(ex).to_dict() == {f"{STUDY_ID}-01-001": "2019-01-02T09:00"}


def test_the_latest_death_date_counts() -> None:
    dd = domain("dd", "USUBJID|DDORIG|DDSEQ|DTHDTC\n01-001|EOS|1|2019-05\n01-001|FU|2|2019-06-01\n01-002|EOS|1|")
    ae = domain("ae", "USUBJID|AESEQ|AETERM|AEDTHDTC\n01-003|1|SEPSIS|2019-07-01\n01-001|1|SEPSIS|")
    assert death_dates(dd, ae).to_dict() == {f"{STUDY_ID}-01-001": "2019-06-01", f"{STUDY_ID}-01-003": "2019-07-01"}


def test_values_stand_together_in_one_row_and_missing_ones_nowhere() -> None:
    rows_ = pd.DataFrame({"A": text("x", "x", None), "B": pd.array([1, 2, 1], dtype="Int64")}).set_axis([7, 8, 9])
    others = pd.DataFrame({"P": text("x", None), "Q": pd.array([1, 1], dtype="Int64")})
    assert among(rows_, ["A", "B"], others, ["P", "Q"]).to_dict() == {7: True, 8: False, 9: False}


def test_a_query_names_form_and_field_of_the_record() -> None:
    tr = domain(
        "tr",
        """
        USUBJID | TRGRPID    | VISIT | TRLNKID | TRTESTCD | TRDTC   | TRSTRESN
        01-001  | NEW        | TUM1  | L1      | NEWLES   | 2019-03 | 12.5
        01-001  | NON-TARGET | TUM1  | N1      | TUMSTATE | 2019-03 |
        01-001  | TARGET     | TUM1  | T1      | LDIAM    | 2019-03 | 30
        """,
    )
    assert rows(doubt(tr, "tr", "TRDTC", "Q-702"), "form", "field", "value", "subject") == [
        ("nl", "dtc", "2019-03", "01-001"),
        ("ntl", "dtc", "2019-03", "01-001"),
        ("tl", "dtc", "2019-03", "01-001"),
    ]
    assert rows(doubt(tr, "tr", "TRSTRESN", "Q-716"), "form", "field", "value") == [
        ("nl", "size", "12.5"),
        ("ntl", "subject", ""),
        ("tl", "diameter", "30"),
    ]


def test_the_message_says_where_and_what_is_wrong() -> None:
    dm = domain("dm", "USUBJID|BRTHDTC\n01-001|1960-05")
    [message] = doubt(dm, "dm", "BRTHDTC", "Q-202", "expected a birth date")["message"]
    assert message.startswith("Q-202 01-001 dm.brthdtc (dm.csv row 2) = '1960-05': ")
    assert message.endswith("; expected a birth date")


def test_no_data_no_query() -> None:
    empty = {name: domain(name) for name in DOMAINS}
    found = cross_checks(**empty, study=study_view(cross_checks))
    assert list(found.columns) == QUERY_COLUMNS
    assert found.empty


def test_no_check_changes_its_input() -> None:
    tables = {
        "dm": "USUBJID|BRTHDTC|RFICDTC\n01-001|2010-01-01|2019-01-01",
        "ex": "USUBJID|EXTRT|EXSEQ|EXCAT|EXOCCUR|EXSTDTC\n01-001|PALBOCICLIB|1|ORAL|Y|2018-12-01",
        "tr": "USUBJID|TRGRPID|VISIT|VISITNUM|TRLNKID|TRTESTCD|TRSTATE\n01-001|TARGET|TUM1|101|T1|LDIAM|MERGED",
        "ae": "USUBJID|AESEQ|AETERM|AEOUT\n01-001|1|SEPSIS|FATAL",
    }
    domains = {name: domain(name, tables.get(name, "USUBJID")) for name in DOMAINS}
    before_ = {name: frame.copy(deep=True) for name, frame in domains.items()}
    found = cross_checks(**domains, study=study_view(cross_checks))
    assert {"Q-202", "Q-205", "Q-208", "Q-501", "Q-602", "Q-721"} <= set(found["rule"])
    for name, frame in domains.items():
        pd.testing.assert_frame_equal(frame, before_[name])


def test_every_check_says_its_rules_and_the_rules_are_registered() -> None:
    for check in CROSS_CHECKS:
        named = [word.strip("(,:;.)") for word in str(check.__doc__).split() if word.startswith("Q-")]
        assert named, check.__name__
        assert set(named) <= set(CHECKS), check.__name__


def test_row_order_changes_no_query() -> None:
    tables = {
        "ae": """
            USUBJID | AESEQ | AETERM | AEDECOD | AEBODSYS | AETOXGR | AESTDTC    | AEENDTC    | AESER
            01-001  | 1     | NAUSEA | Nausea  | GI       | 2       | 2019-01-01 | 2019-01-20 | N
            01-001  | 2     | NAUSEA | Nausea  | GI       | 3       | 2019-01-10 | 2019-01-12 | N
            01-002  | 1     | NAUSEA | Nausea  | GI       | 3       | 2019-01-10 | 2019-01-05 | Y
        """
    }
    domains = {name: domain(name, tables.get(name, "USUBJID")) for name in DOMAINS}
    shuffled = {**domains, "ae": domains["ae"].iloc[[2, 0, 1]].reset_index(drop=True)}
    results = [cross_checks(**each, study=study_view(cross_checks)) for each in (domains, shuffled)]
    assert sorted(results[0]["message"]) == sorted(results[1]["message"])
    assert len(results[0]) > 5
