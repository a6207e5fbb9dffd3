"""`crf2csr map`: what is alike is proposed with its likeness, everything else is listed, nothing is guessed."""

import pytest
import yaml

from crf2csr.contracts import ROOT
from crf2csr.errors import InputError
from crf2csr.jobs.mapping_proposal import propose_mapping

DEMONSTRATION = ROOT / "data" / "nct03709082" / "as_enrolled"


def proposed(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    text = propose_mapping(folder)
    return yaml.safe_load(text), text


def test_the_demonstration_is_proposed_without_a_wrong_column():
    # Second route: the mapping of the demonstration, written by hand.
    text = propose_mapping(DEMONSTRATION)
    made, written = (
        yaml.safe_load(source)["forms"]
        for source in (text, (ROOT / "config/nct03709082/mappings/edc_csv.yaml").read_text(encoding="utf-8"))
    )
    wrong = {
        (form, name)
        for form, entry in made.items()
        for name, place in entry["fields"].items()
        if place["column"] != written[form]["fields"][name].get("column")
    }
    # The parts of rs.dtc are three columns, which no proposal can know.
    assert wrong <= {("rs", "dtc")}
    assert sum(len(entry["fields"]) for entry in made.values()) > 180
    assert {form: entry["file"] for form, entry in made.items()} == {form: f"{form}.csv" for form in made}
    # ae.csv is cp1252 and says so nowhere: it is listed, not decoded by a guess.
    assert "# file not read: ae.csv row 24 column 'TERM': byte 5682 (0x92) is not utf-8" in text
    assert "ae" not in made


def test_the_text_of_the_site_goes_before_the_standard_date(tmp_path):
    made, text = proposed(
        tmp_path, mh="MHNO,TERM,STDAT,STDAT_RAW,ENDAT_RAW\n1,Pain,2019-01-01,UN UNK 2019,2019-03\n1,Pain,,1 Mar 2019,\n"
    )
    fields = made["forms"]["mh"]["fields"]
    assert fields["stdtc"] == {"column": "STDAT_RAW", "dates": ["dd-Mon-yyyy"]}
    assert fields["endtc"] == {"column": "ENDAT_RAW", "dates": ["iso"]}
    assert "# column without field: mh.csv STDAT" in text
    assert "# field without column: mh.grade (Grade at baseline, integer)" in text


def test_a_date_that_no_format_reads_gets_no_format(tmp_path):
    made, text = proposed(tmp_path, mh="MHNO,TERM,STDAT,ENDAT\n1,Pain,14.03.2019,2019-03-14\n")
    assert made["forms"]["mh"]["fields"]["stdtc"] == {"column": "STDAT"}
    assert "# mh.stdtc: the formats do not read every date, as '14.03.2019'; declare dates" in text


def test_texts_of_a_code_that_are_no_terms_are_listed(tmp_path):
    _, text = proposed(tmp_path, mh="MHNO,TERM,STDAT,ENDAT,ONGOING\n1,Pain,,,y\n2,Pain,,,ja\n")
    assert "# mh.ongoing: texts without term of NY: 'ja'\n" in text


def test_a_doubtful_column_says_so_and_an_unlike_one_is_left(tmp_path):
    # difflib: 2 * 4 letters in common of 5 and 4: 8 / 9 = 0.89.
    made, text = proposed(tmp_path, mh="MHNO,TERMS,STDAT,ENDAT,REMARK\n1,Pain,,,x\n")
    assert made["forms"]["mh"]["fields"]["term"] == {"column": "TERMS"}
    assert "term: {column: TERMS} # likeness 0.89: check" in text
    assert "# column without field: mh.csv REMARK" in text


def test_columns_of_every_file_belong_under_common(tmp_path):
    made, text = proposed(
        tmp_path, mh="USUBJID,MHNO,TERM,STDAT,ENDAT\n1,1,Pain,,\n", sv="USUBJID,SVDAT,SVDONE,SVREAS\n1,,,\n"
    )
    assert "common: # every file has USUBJID\n" in text
    assert "column without field: mh.csv USUBJID" not in text
    assert set(made["forms"]) == {"mh", "sv"}


def test_files_without_form_and_forms_without_file_are_listed(tmp_path):
    made, text = proposed(tmp_path, mh="MHNO;TERM;STDAT;ENDAT\n1;Pain;;\n", weather="RAIN,SUN\n1,2\n")
    assert made["forms"]["mh"]["delimiter"] == ";"
    assert "# file without form: weather.csv\n" in text
    assert "# form without file: dm\n" in text


def test_a_folder_without_csv_is_refused(tmp_path):
    with pytest.raises(InputError, match="no CSV file that can be read; map reads one CSV file a form"):
        propose_mapping(tmp_path)
    with pytest.raises(InputError, match="not a folder; give the folder of the extract"):
        propose_mapping(tmp_path / "nowhere")
