"""Hostile text in raw files (F-601 to F-614): kept as it is, shown harmlessly, refused in identifiers."""

import pytest

from crf2csr.checks import query
from crf2csr.clean.forms import prepare_form
from crf2csr.errors import InputError
from crf2csr.readers.csv_forms import check_extract, read_form
from tests.extracts import MAPPING, changed, csv_text, extract, prepared, raw_frame, rules, view, written
from tests.report.extracted import printed_texts

#: Fault, text of a cell.
HOSTILE = [
    ("F-601", '=cmd|"/c calc"!A1'),
    ("F-601", "+1+1"),
    ("F-601", "@SUM(A1)"),
    ("F-602", "<script>alert(1)</script> &lt;"),
    ("F-603", "{\\object\\par}"),
    ("F-604", "<w:p>"),
    ("F-605", '#import "x" *a* $b$'),
    ("F-606", "{{ 7*7 }} {% x %} ${y}"),
    ("F-607", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>"),
    ("F-608", "../../x"),
    ("F-609", "; rm -rf $(HOME) `id`"),
    ("F-611", "__import__('os').system('id')"),
]


@pytest.fixture(scope="module")
def printed():
    """Return what a reader sees of an appendix with these texts in every place, by format, white space aside."""
    return {format_: "".join(text.split()) for format_, text in printed_texts([text for _, text in HOSTILE]).items()}


@pytest.mark.parametrize(("fault", "text"), HOSTILE)
@pytest.mark.parametrize("format_", ["pdf", "docx", "html"])
def test_hostile_text_is_printed_as_it_is_in_every_document(printed, format_, fault, text):
    """Titles, sets, heads, labels, cells, notes, queries, checks and provenance: 40 places and more for each text."""
    assert printed[format_].count("".join(text.split())) >= 40, fault


@pytest.mark.parametrize(("fault", "text"), HOSTILE)
def test_hostile_text_is_text(tmp_path, fault, text):
    path = written(tmp_path, "ae", csv_text("ae", {"AENO": "1", "TERM": text, "GRADE": text}))
    raw = read_form(path, "ae", MAPPING)
    assert raw["TERM"].tolist() == [text], fault
    form = prepare_form(raw, "ae", MAPPING, view())
    assert form.data["term"].tolist() == [text]
    assert form.data["grade"].isna().all()
    assert form.queries["value"].tolist() == [text]


def test_f_609_a_file_name_with_a_line_break_is_listed_and_shown_in_one_line(tmp_path):
    extract(tmp_path)
    (tmp_path / "x\n; rm -rf.csv").write_text("")
    (row,) = check_extract(tmp_path, MAPPING)
    assert row["value"] == "x\n; rm -rf.csv"
    assert row["message"] == (
        "Q-101 file (x\\x0a; rm -rf.csv row 1) = 'x\\x0a; rm -rf.csv': file is neither mapped nor declared as ignored"
    )


def test_f_610_control_characters_never_reach_a_message():
    row = query("Q-108", subject="01-001\r", form="ae", file="ae.csv", row=2, field="grade", value="\x1b[31m\n\u202e2")
    assert row["message"] == (
        "Q-108 01-001\\x0d ae.grade (ae.csv row 2) = '\\x1b[31m\\x0a\\u202e2': value cannot be read; the text is kept"
    )
    assert row["value"] == "\x1b[31m\n\u202e2"


#: What is wrong with an identifier, the identifier, how the message shows it.
IDENTIFIERS = [
    ("zero-width space", "01-\u200b001", "'01-\\u200b001'"),
    ("right-to-left override", "\u202e01-001", "'\\u202e01-001'"),
    ("Cyrillic letter", "01-001\u0430", "'01-001\\u0430'"),
    ("no-break space", "01-001\u00a0", "'01-001\\xa0'"),
    ("escape code", "01-001\x1b", "'01-001\\x1b'"),
    ("full-width digit", "01-00\uff11", "'01-00\\uff11'"),
]


@pytest.mark.parametrize(
    ("identifier", "seen"), [item[1:] for item in IDENTIFIERS], ids=[item[0] for item in IDENTIFIERS]
)
def test_f_612_strange_identifiers_stop_the_run(identifier, seen):
    with pytest.raises(InputError) as error:
        prepared("eos", {"SUBJECT": "01-001"}, {"SUBJECT": identifier})
    assert str(error.value) == (
        f"eos.csv row 3 column 'SUBJECT' = {seen}: an identifier with a look-alike or invisible character; "
        "have it corrected at source"
    )


def test_f_612_holds_for_sites_and_for_identifiers_in_the_key():
    with pytest.raises(InputError, match="column 'SITE' = '0\\\\u0661'"):
        prepared("eos", {"SITE": "0\u0661"})
    with pytest.raises(InputError, match="column 'LESION' = '\\\\u04221'"):  # Cyrillic letter Te
        prepared("tl", {"LESION": "\u04221"})


def test_f_612_invisible_characters_in_text_are_kept_and_queried():
    form = prepared("ae", {"AENO": "1", "TERM": "head\u200bache"})
    assert form.data["term"].tolist() == ["head\u200bache"]
    assert [row[0] for row in rules(form)] == ["Q-116"]
    assert "invisible character U+200B" in form.queries["message"][0]


def test_f_612_letters_and_accents_are_joined_with_a_query():
    # U+0065 U+0301 is canonically equivalent to U+00E9 (Unicode Standard Annex 15).
    form = prepared("ae", {"AENO": "1", "TERM": "ne\u0301vralgie"})
    assert form.data["term"].tolist() == ["n\u00e9vralgie"]
    assert form.data["term__raw"].tolist() == ["ne\u0301vralgie"]
    assert rules(form) == [("Q-116", "term", 2)]


def test_f_613_files_of_other_kinds_are_listed_and_never_opened(tmp_path):
    extract(tmp_path)
    for name in ("ae.pkl", "ae.xlsm", "ae.zip"):
        (tmp_path / name).write_bytes(b"\x80\x04garbage")
    found = [(row["rule"], row["value"]) for row in check_extract(tmp_path, MAPPING)]
    assert found == [("Q-101", "ae.pkl"), ("Q-101", "ae.xlsm"), ("Q-101", "ae.zip")]


def test_declared_extra_files_are_not_listed(tmp_path):
    extract(tmp_path)
    (tmp_path / "readme.txt").write_text("")
    assert check_extract(tmp_path, changed(ignored_files=("readme.txt",))) == []


def test_a_hostile_cell_does_not_change_its_neighbors():
    raw = raw_frame(
        "ae", {"AENO": "1", "TERM": "a"}, {"AENO": "2", "TERM": "\x1b\u202e<script>"}, {"AENO": "3", "TERM": "b"}
    )
    form = prepare_form(raw, "ae", MAPPING, view())
    assert form.data["aeno"].tolist() == [1, 2, 3]
    assert set(form.queries["RAWROW"]) == {"3"}
