"""Per-form CSV as Rave and Viedoc write it, from raw file to clean domain: raw dates, record positions, ignored twins.

Such an export gives each date twice: the text of the site (`_RAW`) and a standard date, whose unknown parts the system
has filled in. It numbers the records of a form within subject and folder (RECPOS) and never gives a number again, so a
gap is a record that was removed.
"""

from dataclasses import replace

import pytest

from crf2csr.jobs.clean import clean_domain
from tests.extracts import MAPPING, STUDY, csv_text, written

HISTORY = {"MHNO": "1", "TERM": "Hypertension", "DECOD": "Hypertension", "BODSYS": "Vascular", "ONGOING": "Yes"}


@pytest.fixture
def clean_mh(tmp_path):
    """Return a function from records of medical history to the clean domain, through a file and the mapping."""

    def clean(*records):
        written(tmp_path, "mh", csv_text("mh", *records), MAPPING.forms["mh"].encoding)
        return clean_domain("mh", replace(STUDY, extract=tmp_path))

    return clean


def rows(cleaned, *columns):
    return (
        cleaned.data[list(columns)].astype(object).where(cleaned.data[list(columns)].notna(), None).to_numpy().tolist()
    )


def queries(cleaned):
    return cleaned.queries[["rule", "field", "value", "RAWROW"]].astype(str).to_numpy().tolist()


@pytest.mark.parametrize(
    ("raw", "standard", "collected"),
    [
        ("14 MAR 2019", "2019-03-14", "2019-03-14"),
        # The standard date is the invention of the system: R-201 keeps what the site knows.
        ("UN MAR 2019", "2019-03-01", "2019-03"),
        ("UN UNK 2019", "2019-01-01", "2019"),
        ("UN UNK 2019", "2019-07-01", "2019"),
        ("un unk 2019", "2019-12-31", "2019"),
        ("2019", "2019-01-01", "2019"),
        # The standard date differs altogether, or is all there is: it is never read.
        ("14 MAR 2019", "2019-03-15", "2019-03-14"),
        ("", "2019-03-14", None),
    ],
)
def test_the_text_of_the_site_wins_over_the_standard_date(clean_mh, raw, standard, collected):
    cleaned = clean_mh({**HISTORY, "STDAT_RAW": raw, "STDAT": standard})
    assert rows(cleaned, "MHTERM", "MHSTDTC", "RAWFILE", "RAWROW") == [["Hypertension", collected, "mh.csv", 2]]
    assert queries(cleaned) == []


def test_a_day_beside_an_unknown_month_is_asked_about(clean_mh):
    cleaned = clean_mh({**HISTORY, "STDAT_RAW": "14 UNK 2019", "STDAT": "2019-01-14"})
    assert rows(cleaned, "MHSTDTC") == [["2019"]]
    assert queries(cleaned) == [["Q-1103", "stdtc", "14 UNK 2019", "2"]]


def test_a_standard_date_that_is_no_date_does_no_harm(clean_mh):
    cleaned = clean_mh({**HISTORY, "STDAT_RAW": "UN UNK 2019", "STDAT": "2019-00-00T00:00:00"})
    assert rows(cleaned, "MHSTDTC") == [["2019"]]
    assert queries(cleaned) == []


def test_a_gap_in_the_record_positions_is_asked_about(clean_mh):
    records = [{**HISTORY, "MHNO": str(number), "RECPOS": str(number)} for number in (1, 2, 5)]
    cleaned = clean_mh(*records)
    assert rows(cleaned, "MHSEQ", "RAWROW") == [[1, 2], [2, 3], [5, 4]]
    assert queries(cleaned) == [["Q-112", "record", "5", "4"]]
    assert "record numbers 3 to 4 are absent" in cleaned.queries["message"].iloc[0]


def test_positions_count_anew_in_each_subject_and_folder(clean_mh):
    cleaned = clean_mh(
        {**HISTORY, "RECPOS": "1"},
        {**HISTORY, "SUBJECT": "01-002", "RECPOS": "1"},
        {**HISTORY, "MHNO": "2", "FOLDER": "Cycle 1 Day 1", "RECPOS": "2"},
    )
    # Only the third record lacks the one before it: position 1 of its folder.
    assert queries(cleaned) == [["Q-112", "record", "2", "4"]]
    assert "record number 1 is absent" in cleaned.queries["message"].iloc[0]


def test_a_record_removed_by_the_site_explains_its_gap(clean_mh):
    cleaned = clean_mh(
        {**HISTORY, "RECPOS": "1"},
        {**HISTORY, "MHNO": "2", "RECPOS": "2", "DELETED": "Y"},
        {**HISTORY, "MHNO": "3", "RECPOS": "3"},
    )
    assert rows(cleaned, "MHSEQ") == [[1], [3]]
    assert queries(cleaned) == [["Q-112", "deleted", "Y", "3"]]
    assert cleaned.removed[["subject", "RAWROW", "reason"]].astype(str).to_numpy().tolist() == [
        ["01-001", "3", "deleted at source"]
    ]
