"""AE, EC, FA, SS: one form each, one row a record."""

from crf2csr.clean.ae import FIELDS, ae
from crf2csr.clean.ec import ec
from crf2csr.clean.fa import fa
from crf2csr.clean.ss import ss
from crf2csr.contracts import load_contract
from tests.builders import form, rows, study_view


def test_adverse_events_keep_partial_dates_and_their_number() -> None:
    raw = form(
        "ae",
        """
        SUBJECT|aeno|term|decod|stdtc|endtc|ongoing|grade|serious|relpal|acntdm|outcome
        01-001|7|NAUSEA|Nausea|2019-03||Y|3|N|RELATED|DRUG WITHDRAWN|UNKNOWN
        """,
    )
    found = ae(raw, study_view(ae))
    columns = ["AESEQ", "AETERM", "AESTDTC", "AEENDTC", "AEENRF", "AETOXGR", "AERELPAL", "AEACNTDM", "AEOUT"]
    assert rows(found.data, *columns) == [
        ("7", "NAUSEA", "2019-03", "", "Y", "3", "RELATED", "DRUG WITHDRAWN", "UNKNOWN")
    ]


def test_every_adverse_event_variable_comes_from_the_field_that_its_contract_names() -> None:
    origins = {
        v.name: v.origin.removeprefix("ae.") for v in load_contract("clean", "ae").variables if "ae." in v.origin
    }
    assert origins == FIELDS


def test_an_event_without_number_or_term_is_withheld() -> None:
    found = ae(form("ae", "SUBJECT|aeno|term\n01-001||NAUSEA\n01-001|2|"), study_view(ae))
    assert rows(found.removed, "RAWROW", "reason") == [
        ("2", "aeno is missing or cannot be read"),
        ("3", "term is missing or cannot be read"),
    ]


def test_a_text_longer_than_the_contract_is_cut_with_a_query() -> None:
    found = ae(form("ae", f"SUBJECT|aeno|term\n01-001|1|{'x' * 201}"), study_view(ae))
    assert list(found.data["AETERM"].str.len()) == [200]
    assert rows(found.queries, "rule", "severity", "field") == [("Q-110", "W", "term")]


def test_dose_modifications() -> None:
    raw = form(
        "dosemod",
        """
        SUBJECT | modno | drug        | moddtc     | action  | resdtc     | newdose | reason        | aeno
        01-001  | 1     | PALBOCICLIB | 2019-02-01 | HELD    | 2019-02-08 |         | ADVERSE EVENT | 3
        01-001  | 2     | PALBOCICLIB | 2019-02-08 | REDUCED |            | 50      | ADVERSE EVENT | 3
        """,
    )
    found = ec(raw, study_view(ec))
    assert rows(found.data, "ECSEQ", "ECTRT", "ECACTION", "ECSTDTC", "ECENDTC", "ECDOSE", "AENO") == [
        ("1", "PALBOCICLIB", "HELD", "2019-02-01", "2019-02-08", "", "3"),
        ("2", "PALBOCICLIB", "REDUCED", "2019-02-08", "", "50.0", "3"),
    ]


def test_dlt_answers() -> None:
    raw = form("dlt", "SUBJECT|asdtc|evaluable|dlt|aenos|planned|taken\n01-001|2019-01-22|Y|Y|3; 4|21|20")
    found = fa(raw, study_view(fa))
    assert rows(found.data, "FADTC", "DLTEVAL", "DLTYN", "DLTAENOS", "DLTPLAN", "DLTTAKEN") == [
        ("2019-01-22", "Y", "Y", "3; 4", "21", "20")
    ]


def test_survival_contacts() -> None:
    found = ss(form("fu", "SUBJECT|funo|done|fudtc|status|newtx|pd\n01-001|1|Y|2019-06-01|ALIVE|Y|N"), study_view(ss))
    assert rows(found.data, "SSSEQ", "SSDTC", "SSDONE", "SSSTRESC", "SSNEWTX", "SSPD") == [
        ("1", "2019-06-01", "Y", "ALIVE", "Y", "N")
    ]


def test_a_record_without_subject_is_withheld() -> None:
    found = ss(form("fu", "SUBJECT|funo|done\n|1|Y"), study_view(ss))
    assert rows(found.removed, "form", "RAWROW", "reason") == [("fu", "2", "subject is missing or cannot be read")]
