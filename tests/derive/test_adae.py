"""ADAE: literal ADSL and AE in, events, flags and links out (R-901 to R-912)."""

import pandas as pd
import pytest

from crf2csr.derive.adae import adae
from tests.builders import conforming, domain, rows, study_view

ADSL = conforming(
    "derive",
    "adsl",
    """
    USUBJID | TRT01P | TRT01PN | TRT01A | TRT01AN
    01-001  | 100 mg | 100     | 75 mg  | 75
    01-002  | 100 mg | 100     | 100 mg | 100
    01-003  |        |         |        |
    """,
    **dict.fromkeys(("SCRNFL", "ENRLFL", "SAFFL", "FASFL", "MEASFL", "EVALFL", "DLTFL", "PKFL", "RP2DFL"), "N"),
    **dict.fromkeys(("PH2FL", "REENRFL", "DTHFL", "SCRFFL", "DLTOCCFL", "PROPFL", "PROBFL", "PH2ENTFL"), "N"),
)
#: First dose 2019-03-15, window to 2019-06-30; the third is not treated. The cutoff of the study view is 2023-06-30.
DAYS = {"TRTSDT": ["2019-03-15", "2019-03-15", None], "ONTRTEDT": ["2019-06-30", "2019-06-30", None]}


def run(text: str, adsl: pd.DataFrame = ADSL):
    dated = adsl.assign(**{k: pd.to_datetime(pd.Series(v)).astype("datetime64[ns]") for k, v in DAYS.items()})
    return adae(dated, domain("ae", text), study_view(adae))


def data(text: str, *columns: str) -> list[tuple[str, ...]]:
    return rows(run(text).data, *columns)


def test_emergence_from_first_dose_to_the_end_of_the_window():
    found = data(
        """
        USUBJID | AESEQ | AETERM | AESTDTC    | AEENDTC
        01-001  | 1     | before | 2019-03-14 |
        01-001  | 2     | first  | 2019-03-15 |
        01-001  | 3     | last   | 2019-06-30 |
        01-001  | 4     | after  | 2019-07-01 |
        01-001  | 5     | ended  |            | 2019-03-01
        01-001  | 6     | open   |            |
        01-001  | 7     | late   | 2023-07-01 |
        01-003  | 1     | none   | 2019-04-01 |
        """,
        "AETERM",
        "TRTEMFL",
        "FRSTFL",
    )
    assert found == [
        ("before", "N", "N"),
        ("first", "Y", "Y"),
        ("last", "Y", "Y"),
        ("after", "N", "Y"),
        ("ended", "N", "N"),
        ("open", "Y", "Y"),
        ("none", "N", "N"),  # not treated; the event after the cutoff is left out
    ]


SPLIT = """
    USUBJID | AESEQ | AETERM | AEDECOD | AETOXGR | AESTDTC    | AEENDTC
    01-001  | 1     | ache   | Ache    | 2       | 2019-03-01 | 2019-03-14
    01-001  | 2     | ache   | Ache    | 1       | 2019-03-15 | 2019-03-20
    01-001  | 3     | ache   | Ache    | 3       | 2019-03-21 | 2019-03-25
    01-001  | 4     | ache   | Ache    | 3       | 2019-04-01 |
"""


def test_records_split_at_a_change_of_grade_are_one_event():
    # 15 March is the day after 14 March, 21 March the day after the 20th; 1 April leaves days between.
    assert data(SPLIT, "AESEQ", "AEVNTNUM") == [("1", "1"), ("2", "1"), ("3", "1"), ("4", "4")]


def test_an_event_from_before_counts_only_if_it_got_worse():
    # Grade 2 before the first dose: improved to 1 is no treatment-emergent event, worsened to 3 is; 4 is another event.
    assert data(SPLIT, "AESEQ", "TRTEMFL") == [("1", "N"), ("2", "N"), ("3", "Y"), ("4", "Y")]
    same = SPLIT.replace("| 1       | 2019-03-15", "| 2       | 2019-03-15")
    assert data(same, "TRTEMFL")[1] == ("N",)  # the same grade is not worse
    unknown = SPLIT.replace("| 1       | 2019-03-15", "|         | 2019-03-15")
    assert data(unknown, "TRTEMFL")[1] == ("Y",)  # nothing proves that it did not get worse


def test_an_event_that_starts_with_the_first_dose_counts_at_each_grade():
    text = """
        USUBJID | AESEQ | AETERM | AEDECOD | AETOXGR | AESTDTC    | AEENDTC
        01-001  | 1     | ache   | Ache    | 2       | 2019-03-15 | 2019-03-16
        01-001  | 2     | ache   | Ache    | 1       | 2019-03-17 |
    """
    assert data(text, "AEVNTNUM", "TRTEMFL") == [("1", "Y"), ("1", "Y")]


@pytest.mark.parametrize(
    ("second", "numbers"),
    [
        ("ache | Ache | 2 | 2019-03-25 | ", [1, 1]),  # on the day of the end
        ("ACHE | Ache | 2 | 2019-03-26 | ", [1, 1]),  # the term is the preferred one
        ("ache | Ache | 2 | 2019-03-24 | ", [1, 2]),  # overlaps: Q-511 asks
        ("ache | Ache | 2 | 2019-03-27 | ", [1, 2]),
        ("pain | Pain | 2 | 2019-03-26 | ", [1, 2]),
        ("ache | Ache | 2 | 2019-03    | ", [1, 2]),  # an imputed day touches nothing
        ("ache | Ache | 3 | 2019-03-21 | 2019-03-25", [1, 1]),  # the same again under another number
    ],
)
def test_what_makes_one_event_of_two_records(second: str, numbers: list[int]):
    text = f"""
        USUBJID | AESEQ | AETERM | AEDECOD | AETOXGR | AESTDTC | AEENDTC
        01-001  | 1     | ache   | Ache    | 3       | 2019-03-21 | 2019-03-25
        01-001  | 2     | {second}
        01-002  | 3     | ache   | Ache    | 3       | 2019-03-26 |
    """
    assert list(run(text).data["AEVNTNUM"]) == [*numbers, 3]


def test_a_record_that_follows_two_others_joins_them():
    text = """
        USUBJID | AESEQ | AETERM | AEDECOD | AETOXGR | AESTDTC    | AEENDTC
        01-001  | 1     | ache   | Ache    | 1       | 2019-04-01 | 2019-04-09
        01-001  | 2     | ache   | Ache    | 2       | 2019-04-05 | 2019-04-10
        01-001  | 3     | ache   | Ache    | 3       | 2019-04-10 |
    """
    assert list(run(text).data["AEVNTNUM"]) == [1, 1, 1]


def test_uncoded_terms_are_told_apart_by_what_was_reported():
    text = """
        USUBJID | AESEQ | AETERM | AEDECOD | AESTDTC    | AEENDTC
        01-001  | 1     | itch   |         | 2019-04-01 | 2019-04-02
        01-001  | 2     | Itch   |         | 2019-04-03 | 2019-04-04
        01-001  | 3     | burn   |         | 2019-04-05 |
    """
    found = run(text).data
    assert rows(found, "AEDECOD", "AEBODSYS")[0] == ("Uncoded", "Uncoded")
    assert list(found["AEVNTNUM"]) == [1, 1, 3]


def test_first_occurrences_are_those_of_treatment_emergent_records():
    text = """
        USUBJID | AESEQ | AETERM | AEBODSYS | AEDECOD | AESTDTC
        01-001  | 1     | a      | Gut      | Nausea  | 2019-03-01
        01-001  | 2     | a      | Gut      | Nausea  | 2019-05-02
        01-001  | 3     | b      | Gut      | Colic   | 2019-05-01
        01-001  | 4     | c      | Skin     | Rash    | 2019-05-01
        01-002  | 1     | a      | Gut      | Nausea  | 2019-05-09
    """
    assert data(text, "AOCCFL", "AOCCSFL", "AOCCPFL") == [
        ("", "", ""),
        ("", "", "Y"),
        ("Y", "Y", "Y"),
        ("", "Y", "Y"),
        ("Y", "Y", "Y"),
    ]


def test_relation_and_action_to_any_drug():
    text = """
        USUBJID|AESEQ|AETERM|AERELPAL   |AERELLET   |AERELTDM   |AEACNPAL      |AEACNLET        |AEACNTDM
        01-001 |1    |a     |RELATED    |           |NOT RELATED|DRUG WITHDRAWN|                |UNKNOWN
        01-001 |2    |b     |NOT RELATED|           |NOT RELATED|DOSE REDUCED  |DRUG INTERRUPTED|DRUG INTERRUPTED
        01-001 |3    |c     |NOT RELATED|NOT RELATED|NOT RELATED|              |DOSE NOT CHANGED|NOT APPLICABLE
    """
    assert data(text, "AREL", "RELTXT", "ACNTXT") == [
        ("RELATED", "Y?N", "W?U"),
        ("MISSING", "N?N", "RII"),
        ("NOT RELATED", "NNN", "?NX"),
    ]
    assert data(text, "PALDISFL", "LETDISFL", "ANYDISFL", "PALREDFL", "ANYINTFL") == [
        ("Y", "", "Y", "N", ""),  # the action with letrozole is not known
        ("N", "N", "N", "Y", "Y"),
        ("", "N", "", "", ""),
    ]


def test_what_led_to_a_change_or_an_end_of_treatment():
    text = """
        USUBJID|AESEQ|AETERM|AEACNPAL        |AEACNLET        |AEACNTDM        |AEDISCFL
        01-001 |1    |a     |DRUG WITHDRAWN  |DOSE NOT CHANGED|DOSE NOT CHANGED|N
        01-001 |2    |b     |DOSE NOT CHANGED|DOSE NOT CHANGED|DOSE NOT CHANGED|Y
        01-001 |3    |c     |DOSE NOT CHANGED|DOSE NOT CHANGED|DRUG INTERRUPTED|
        01-001 |4    |d     |                |                |                |
        01-001 |5    |e     |DOSE REDUCED    |                |                |N
    """
    assert data(text, "ANYDSCFL", "ANYMODFL") == [("Y", "Y"), ("Y", "Y"), ("N", "Y"), ("N", "N"), ("N", "Y")]


def test_a_missing_relation_or_grade_counts_as_the_study_says():
    text = """
        USUBJID|AESEQ|AETERM|AETOXGR|AERELPAL   |AERELLET   |AERELTDM
        01-001 |1    |a     |       |           |NOT RELATED|NOT RELATED
        01-001 |2    |b     |2      |NOT RELATED|NOT RELATED|NOT RELATED
    """
    columns = ("AREL", "PALRELFL", "LETRELFL", "TDMRELFL", "ATOXGR", "ATOXGRN")
    assert data(text, *columns) == [
        ("MISSING", "", "N", "N", "MISSING", ""),
        ("NOT RELATED", "N", "N", "N", "2", "2"),
    ]
    dated = ADSL.assign(**{k: pd.to_datetime(pd.Series(v)).astype("datetime64[ns]") for k, v in DAYS.items()})
    worst = study_view(adae, ae_missing_grade="3", ae_missing_relation="related")
    assert rows(adae(dated, domain("ae", text), worst).data, *columns) == [
        ("RELATED", "Y", "N", "N", "MISSING", "3"),
        ("NOT RELATED", "N", "N", "N", "2", "2"),
    ]


def test_a_death_after_the_cutoff_is_not_known_yet():
    text = """
        USUBJID | AESEQ | AETERM | AEOUT | AESTDTC    | AEDTHDTC
        01-001  | 1     | a      | FATAL | 2023-06-01 | 2023-07-01
        01-001  | 2     | b      | FATAL | 2023-06-01 | 2023-06-30
        01-001  | 3     | c      | FATAL | 2023-06-01 |
    """
    assert data(text, "FATALFL") == [("N",), ("Y",), ("Y",)]


def test_fatal_grade_and_end():
    text = """
        USUBJID | AESEQ | AETERM | AETOXGR | AEOUT                      | AESTDTC    | AEENDTC    | AEENRF
        01-001  | 1     | a      | 5       | UNKNOWN                    | 2019-04-01 | 2019-04-02 | N
        01-001  | 2     | b      | 4       | FATAL                      | 2019-04-01 |            | N
        01-001  | 3     | c      |         | NOT RECOVERED/NOT RESOLVED | 2019-04-01 |            | Y
        01-001  | 4     | d      | 1       | RECOVERED/RESOLVED         | 2023-06-01 | 2023-07-02 | N
        01-001  | 5     | e      | 6       | UNKNOWN                    | 2023-06-01 | 2023-06-02 | N
    """
    assert data(text, "FATALFL", "ATOXGR", "AENDTXT", "ONGOFL") == [
        ("Y", "5", "2019-04-02", "N"),
        ("Y", "4", "", "Y"),
        ("N", "MISSING", "Ongoing", "Y"),
        ("N", "1", "Ongoing", "Y"),  # it ended after the cutoff 2023-06-30
        ("N", "MISSING", "2023-06-02", "N"),  # 6 is no grade: Q-501 asks
    ]


def test_links_are_in_the_order_of_addresses_as_text():
    found = run("USUBJID | AESEQ | AETERM | AESTDTC\n01-001 | 2 | a | 2019-04-01\n01-001 | 10 | b | 2019-04-01").links
    assert [row.partition("|")[2] for row in found["row"]] == ["10", "10", "2", "2"]


def test_links_lead_to_the_record_and_to_the_subject():
    found = run("USUBJID | AESEQ | AETERM | AESTDTC\n01-001 | 2 | a | 2019-04-01").links
    assert rows(found, "row", "variable", "source", "source_row") == [
        ("NCT03709082-01-001|2", "", "ae", "NCT03709082-01-001|2"),
        ("NCT03709082-01-001|2", "TRTEMFL", "adsl", "NCT03709082-01-001"),
    ]


def test_no_events_and_subjects_outside_adsl():
    assert len(run("USUBJID | AESEQ").data) == 0
    assert len(run("USUBJID | AESEQ | AETERM\n09-009 | 1 | a").data) == 0


def test_order_of_records_does_not_matter():
    shuffled = domain("ae", SPLIT).sample(frac=1, random_state=3)
    dated = ADSL.assign(**{k: pd.to_datetime(pd.Series(v)).astype("datetime64[ns]") for k, v in DAYS.items()})
    pd.testing.assert_frame_equal(adae(dated, shuffled, study_view(adae)).data, run(SPLIT).data)
