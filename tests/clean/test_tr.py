"""TR: target diameters, non-target states, new-lesion answers."""

from crf2csr.clean.tr import tr
from crf2csr.contracts import load_contract, row_keys
from crf2csr.results import Cleaned
from tests.builders import form, rows, study_view


def cleaned(tl: str = "SUBJECT", ntl: str = "SUBJECT", nl: str = "SUBJECT") -> Cleaned:
    return tr(form("tl", tl), form("ntl", ntl), form("nl", nl), study_view(tr))


def test_a_diameter_is_kept_as_exact_text_and_a_node_by_its_short_axis() -> None:
    found = cleaned("""
        SUBJECT | VISIT     | lesion | organ | nodal | method  | slice | dtc        | diameter | diameter__raw | unit
        01-001  | SCREENING | T1     | LIVER | N     | CT SCAN | 5     | 2019-01-01 | 30.3     | 30,3          | mm
        01-001  | SCREENING | T2     | NECK  | Y     | CT SCAN |       | 2019-01    | 15       | 15            | mm
    """)
    columns = ["TRLNKID", "TRTESTCD", "TRORRES", "TRSTRESC", "TRSTRESN", "TRSTATE", "TRDTC", "TRLOC", "VISITNUM"]
    assert rows(found.data, *columns) == [
        ("T1", "LDIAM", "30,3", "30.3", "30.3", "MEASURED", "2019-01-01", "LIVER", "0.0"),
        ("T2", "LPERP", "15", "15", "15.0", "MEASURED", "2019-01", "NECK", "0.0"),
    ]
    assert found.queries.empty
    assert found.removed.empty


def test_a_status_word_stands_for_a_diameter_only_where_it_fits() -> None:
    found = cleaned("""
        SUBJECT | VISIT | lesion | nodal | diameter | unit | state
        01-001  | TUM1  | T1     | N     |          |      | ABSENT
        01-001  | TUM1  | T2     | N     | 0        | mm   | ABSENT
        01-001  | TUM1  | T3     | N     |          |      | TOO SMALL TO MEASURE
        01-001  | TUM1  | T4     | N     | 3        | mm   | TOO SMALL TO MEASURE
        01-001  | TUM1  | T5     | N     | 0        | mm   | TOO SMALL TO MEASURE
        01-001  | TUM1  | T6     | N     |          |      | NOT EVALUATED
        01-001  | TUM1  | T7     | N     |          |      | MERGED
        01-001  | TUM1  | T8     | N     |          |      | SPLIT
        01-001  | TUM1  | T9     | N     | 0        | mm   |
    """)
    assert rows(found.data, "TRLNKID", "TRSTRESC", "TRSTATE", "TRORRES") == [
        ("T1", "", "ABSENT", "ABSENT"),
        ("T2", "0", "ABSENT", "0"),
        ("T3", "", "TOO SMALL TO MEASURE", "TOO SMALL TO MEASURE"),
        ("T4", "3", "TOO SMALL TO MEASURE", "3"),
        ("T5", "", "TOO SMALL TO MEASURE", "0"),
        ("T6", "", "NOT EVALUATED", "NOT EVALUATED"),
        ("T7", "", "MERGED", "MERGED"),
        ("T8", "", "SPLIT", "SPLIT"),
        ("T9", "0", "MEASURED", "0"),
    ]
    assert found.queries.empty


def test_a_value_that_cannot_be_trusted_is_not_evaluated_and_queried() -> None:
    found = cleaned("""
        SUBJECT | VISIT | lesion | nodal | diameter | diameter__raw | unit | state
        01-001  | TUM1  | T1     | N     |          |               |      |
        01-001  | TUM1  | T2     | N     | 1.8      | 1.8           | kg   |
        01-001  | TUM1  | T3     | N     | 18       | 18            |      |
        01-001  | TUM1  | T4     | N     | -4       | -4            | mm   |
        01-001  | TUM1  | T5     | N     | 12       | 12            | mm   | ABSENT
        01-001  | TUM1  | T6     | N     | 12       | 12            | mm   | MERGED
        01-001  | TUM1  | T7     | N     | 12       | 12            | mm   | NOT EVALUATED
        01-001  | TUM1  | T8     | N     |          | about 12      | mm   |
        01-001  | TUM1  | T9     | N     |          | ND            |      |
    """)
    assert set(rows(found.data, "TRSTRESC", "TRSTATE")) == {("", "NOT EVALUATED")}
    assert rows(found.queries, "RAWROW", "field", "rule", "severity", "value") == [
        ("2", "diameter", "Q-701", "E", ""),
        ("3", "unit", "Q-108", "E", "kg"),
        ("4", "unit", "Q-108", "E", ""),
        ("5", "diameter", "Q-108", "E", "-4"),
        ("6", "state", "Q-701", "E", "ABSENT"),
        ("7", "state", "Q-701", "E", "MERGED"),
        ("8", "state", "Q-701", "E", "NOT EVALUATED"),
    ], "an unreadable text and a missing code have been queried or explained when the form was prepared"


def test_centimeters_become_ten_times_as_many_millimeters_exactly_and_are_queried() -> None:
    found = cleaned("""
        SUBJECT | VISIT | lesion | nodal | diameter | unit
        01-001  | TUM1  | T1     | N     | 3.7      | cm
        01-001  | TUM1  | T2     | N     | 2.05     | cm
        01-001  | TUM1  | T3     | N     | 10       | cm
    """)
    assert rows(found.data, "TRLNKID", "TRORRES", "TRORRESU", "TRSTRESC", "TRSTATE") == [
        ("T1", "3.7", "cm", "37", "MEASURED"),
        ("T2", "2.05", "cm", "20.5", "MEASURED"),
        ("T3", "10", "cm", "100", "MEASURED"),
    ]
    assert rows(found.queries, "rule", "severity", "field", "value") == [("Q-716", "W", "unit", "cm")] * 3


def test_fragments_keep_their_parent_and_their_own_rows() -> None:
    found = cleaned("""
        SUBJECT | VISIT | lesion | parent | nodal | diameter | unit | state
        01-001  | TUM1  | T1     |        | N     |          |      | SPLIT
        01-001  | TUM1  | T1A    | T1     | N     | 12       | mm   |
        01-001  | TUM1  | T1B    | T1     | N     | 9.5      | mm   |
    """)
    assert rows(found.data, "TRLNKID", "TRPARENT", "TRSTATE", "TRSTRESC") == [
        ("T1", "", "SPLIT", ""),
        ("T1A", "T1", "MEASURED", "12"),
        ("T1B", "T1", "MEASURED", "9.5"),
    ]


def test_non_target_states_and_new_lesion_answers() -> None:
    found = cleaned(
        ntl="""
        SUBJECT | VISIT | lesion | organ | state                   | state__raw
        01-001  | TUM1  | N1     | BONE  | UNEQUIVOCAL PROGRESSION | 3
        01-001  | TUM1  | N2     | LUNG  |                         |
        """,
        nl="""
        SUBJECT | VISIT | lesion | present | dtc        | certainty | size
        01-001  | TUM1  |        | N       | 2019-03-01 |           |
        01-001  | TUM2  |        |         | 2019-05-01 |           |
        01-001  | TUM3  | L1     | Y       | 2019-07-01 | EQUIVOCAL | 8
        """,
    )
    columns = ["TRGRPID", "VISIT", "TRLNKID", "TRTESTCD", "TRORRES", "TRSTRESC", "TRSTRESN", "TRSTATE"]
    assert rows(found.data, *columns) == [
        ("NEW", "TUM1", "", "NEWLES", "N", "N", "", ""),
        ("NEW", "TUM2", "", "NEWLES", "", "", "", ""),
        ("NEW", "TUM3", "L1", "NEWLES", "Y", "Y", "8.0", "EQUIVOCAL"),
        ("NON-TARGET", "TUM1", "N1", "TUMSTATE", "3", "UNEQUIVOCAL PROGRESSION", "", ""),
        ("NON-TARGET", "TUM1", "N2", "TUMSTATE", "", "", "", ""),
    ]


def test_a_record_without_lesion_id_is_withheld_with_its_reason() -> None:
    found = cleaned("""
        SUBJECT | VISIT | lesion | nodal | diameter | unit
        01-001  | TUM1  |        | N     | 12       | mm
    """)
    assert found.data.empty
    assert rows(found.removed, "form", "RAWFILE", "RAWROW", "reason") == [
        ("tl", "tl.csv", "2", "lesion is missing or cannot be read")
    ]
    assert rows(found.queries, "rule", "field") == [("Q-108", "lesion")]


def test_a_visit_that_is_not_scheduled_has_no_number() -> None:
    found = cleaned("""
        SUBJECT | VISIT | lesion | nodal | diameter | unit
        01-001  | TUM99 | T1     | N     | 12       | mm
    """)
    assert rows(found.data, "VISIT", "VISITNUM") == [("TUM99", "")]
    assert rows(found.queries, "rule", "field", "value") == [("Q-120", "visit", "TUM99")]


def test_links_name_the_cell_that_gave_each_value() -> None:
    found = cleaned("""
        SUBJECT | VISIT | lesion | nodal | diameter | unit | state
        01-001  | TUM1  | T1     | N     | 12       | mm   |
        01-001  | TUM1  | T2     | N     |          |      | ABSENT
    """)
    keys = list(row_keys(found.data, load_contract("clean", "tr")))
    result = found.links[found.links["variable"].isin(["", "TRORRES"])]
    assert rows(result, "dataset", "row", "variable", "source", "source_row", "source_field") == [
        ("tr", keys[0], "", "tl.csv", "2", ""),
        ("tr", keys[0], "TRORRES", "tl.csv", "2", "DIAMETER"),
        ("tr", keys[1], "", "tl.csv", "3", ""),
        ("tr", keys[1], "TRORRES", "tl.csv", "3", "STATE"),
    ]
