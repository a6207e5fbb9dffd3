"""Nothing is lost: every raw record is in a domain or removed."""

import pandas as pd
import pytest

from crf2csr.clean.balance import balance
from crf2csr.contracts import ContractError
from tests.builders import rows, table

RAW = {"tl": "RAWFILE|RAWROW\ntl.csv|2\ntl.csv|3\ntl.csv|4", "act": "RAWFILE|RAWROW\nact.csv|2"}
REMOVED = "subject|form|RAWFILE|RAWROW|reason\n01-001|tl|tl.csv|4|identical"


def weigh(removed: str = REMOVED, *domains: str) -> pd.DataFrame:
    domains = domains or (
        "RAWFILE|RAWROW\ntl.csv|2\ntl.csv|2\ntl.csv|3",
        "RAWFILE|RAWROW\ntl.csv|3",
        "RAWFILE|RAWROW\nact.csv|2",
    )
    raw = {form: table(text).astype({"RAWROW": "Int64"}) for form, text in RAW.items()}
    return balance(raw, [table(text).astype({"RAWROW": "Int64"}) for text in domains], table(removed))


def test_a_record_may_be_in_several_domains_and_rows() -> None:
    assert rows(weigh(), "form", "raw", "in_domains", "removed") == [("tl", "3", "2", "1"), ("act", "1", "1", "0")]


@pytest.mark.parametrize(
    ("removed", "message"),
    [
        ("RAWFILE|RAWROW", "tl: records in no domain and not removed: tl.csv row 4"),
        ("RAWFILE|RAWROW\ntl.csv|4\ntl.csv|3", "tl: records both in a domain and removed: tl.csv row 3"),
        ("RAWFILE|RAWROW\ntl.csv|4\ntl.csv|4", "tl: records removed twice: tl.csv row 4"),
        ("RAWFILE|RAWROW\ntl.csv|4\ntl.csv|9", "records that no raw file has: tl.csv row 9"),
    ],
)
def test_a_mismatch_is_named(removed: str, message: str) -> None:
    with pytest.raises(ContractError, match=message):
        weigh(removed)


def test_a_form_without_records() -> None:
    raw = {"tl": table("RAWFILE|RAWROW")}
    found = balance(raw, [table("RAWFILE|RAWROW")], table("RAWFILE|RAWROW"))
    assert rows(found, "form", "raw", "in_domains", "removed") == [("tl", "0", "0", "0")]
