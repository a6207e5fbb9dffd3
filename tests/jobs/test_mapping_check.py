"""`crf2csr check`: what a mapping reads of its extract, and what not, with counts."""

from dataclasses import replace

import pytest
import yaml

from crf2csr.errors import InputError
from crf2csr.jobs.mapping_check import check_mapping
from crf2csr.study import load_study
from tests.extracts import MAPPING, STUDY, csv_text, written


def study(folder, *records, change=None):
    """Return the study at an extract of medical history alone, under a mapping with that form alone."""
    mapping = MAPPING.model_dump(mode="json", exclude_unset=True)
    mapping["forms"] = {"mh": mapping["forms"]["mh"]}
    mapping.pop("ignored_files", None)
    if change:
        change(mapping["forms"]["mh"])
    path = folder / "mapping.yaml"
    path.write_text(yaml.safe_dump(mapping, allow_unicode=True), encoding="utf-8")
    extract = folder / "extract"
    extract.mkdir()
    written(extract, "mh", csv_text("mh", *records), "cp1252")
    return replace(STUDY, extract=extract, mapping=path)


PLAIN = {"MHNO": "1", "TERM": "Pain", "ONGOING": "Yes", "STDAT_RAW": "2019"}


def test_each_finding_has_its_count(tmp_path):
    records = [
        {**PLAIN, "MHNO": "1"},
        {**PLAIN, "MHNO": "2", "ONGOING": "ja"},
        {**PLAIN, "MHNO": "3", "ONGOING": "ja", "STDAT_RAW": "14.03.2019"},
        {**PLAIN, "MHNO": "4", "FOLDER": "Cycle 1 Day 2", "RECPOS": "1"},
        {**PLAIN, "MHNO": "5", "FOLDER": "Visit 9", "RECPOS": "1"},
    ]
    assert check_mapping(study(tmp_path, *records)) == (
        [
            "mh (mh.csv): 5 records, 9 of 9 fields mapped",
            "  columns not read: STDAT, ENDAT",
            "  code without term: ongoing = 'ja', 2 times (Q-107)",
            "  cannot be read: stdtc = '14.03.2019', 1 times (Q-108)",
            "  visit label unknown: visit = 'Visit 9', 1 times (Q-120)",
            "  visit not in the schedule: C1D2, 1 times",
        ],
        True,
    )


def test_a_needed_field_that_is_absent_is_said_at_the_end(tmp_path):
    def without_term(form):
        form["absent"] = ["term", "grade"]
        form["ignore"] = ["TERM", "GRADE"]
        del form["fields"]["term"], form["fields"]["grade"]

    lines, complete = check_mapping(study(tmp_path, PLAIN, change=without_term))
    assert lines[0] == "mh (mh.csv): 1 records, 7 of 9 fields mapped"
    assert "  absent: term, grade" in lines
    assert lines[-1] == "needed and absent: mh.term"
    assert not complete


def test_a_missing_column_stops_before_any_line(tmp_path):
    def renamed(form):
        form["fields"]["term"] = {"column": "TERMS"}

    with pytest.raises(InputError, match="columns missing: 'TERMS'; did you mean 'TERM'"):
        check_mapping(study(tmp_path, PLAIN, change=renamed))


def test_datasets_that_arrive_as_sdtm():
    """Numbers of the released data: 596 records of DS, of which 306 are disposition events and 254 and 36 final visits
    of two kinds (DSCAT OTHER EVENT)."""
    lines, complete = check_mapping(load_study("cdiscpilot01", "full"))
    assert complete
    start = lines.index("ds (ds.parquet): 596 records, 306 rows, 9 of 15 variables, 1 of them constant")
    assert lines[start + 1] == "  absent: ENRPHASE, DOSELVL, COHORT, ENRORD, REENRFL, AENO"
    assert lines[start + 3] == "  290 left out: DSCAT is OTHER EVENT"
