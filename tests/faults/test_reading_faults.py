"""Each fault of reading (F-101 to F-115) with one literal input and the message it must give."""

import pytest

from crf2csr.clean.forms import prepare_form
from crf2csr.errors import InputError
from crf2csr.mapping import CommonMap, Limits
from crf2csr.readers import csv_forms
from crf2csr.readers.csv_forms import check_extract, read_form
from crf2csr.readers.records import read_columns
from crf2csr.readers.text import refuse_changed
from tests.extracts import MAPPING, changed, csv_text, prepared, raw_frame, view, with_field, written

NAMES = (
    "SITE,SUBJECT,FOLDER,RECPOS,FORMSTATUS,DELETED,OPENQUERIES,ENTRYTS,DRUG,LASTDAT_RAW,REASON,AENO,COMMENTS,LASTDAT\n"
)
ONE = "01,01-001,Screening,1,Locked,N,0,t,1,05-Mar-2019,1,,,\n"
TWO = "01,01-002,Screening,1,Locked,N,0,t,1,05-Mar-2019,1,,,\n"
NOTE = "01,01-002,Screening,1,Locked,N,0,t,1,05-Mar-2019,1,,{},\n"

#: Fault, bytes of eot.csv, message.
FAULTS = [
    ("F-102 empty", b"", "eot.csv: the file is empty; a form without records has at least its header row"),
    (
        "F-103 renamed",
        (NAMES.replace("REASON", "REASONS") + ONE).encode(),
        "eot.csv row 1: columns missing: 'REASON'; did you mean 'REASONS'?; "
        "get the extract again or correct the mapping",
    ),
    (
        "F-103 case",
        (NAMES.replace("SITE", "Site") + ONE).encode(),
        "eot.csv row 1: columns missing: 'SITE'; get the extract again or correct the mapping",
    ),
    (
        "F-103 nameless",
        (NAMES.replace("COMMENTS", " ") + ONE).encode(),
        "eot.csv row 1 column 13: the column ' ' has no name; get the extract again",
    ),
    (
        "F-103 reserved",
        (NAMES.replace("COMMENTS", "RAWROW") + ONE).encode(),
        "eot.csv row 1 column 13: the column 'RAWROW' is reserved; get the extract again",
    ),
    (
        "F-104 fewer",
        (NAMES + ONE.replace(",,,", ",") + TWO).encode(),
        "eot.csv row 2: 12 fields, but the header has 14 (last field ''); a delimiter inside a cell needs quotes",
    ),
    (
        "F-104 more",
        (NAMES + ONE + TWO.replace("t,1", "t,1,5")).encode(),
        "eot.csv row 3: 15 fields, but the header has 14 (last field ''); a delimiter inside a cell needs quotes",
    ),
    ("F-104 no field", (NAMES + "\n" + ONE).encode(), "eot.csv row 2: an empty line; remove it or get the file again"),
    (
        "F-105 half a line",
        (NAMES + ONE + TWO[:30]).encode(),
        "eot.csv row 3: the last line is cut: 6 of 14 fields; get the file again",
    ),
    (
        "F-105 half a cell",
        (NAMES + ONE + TWO.rstrip("\n")).encode(),
        "eot.csv row 3: the last line has no line end, so it may be cut; get the file again",
    ),
    (
        "F-105 unclosed quote",
        (NAMES + ONE + NOTE.format('"note') + ONE).encode(),
        "eot.csv row 3 (from line 3): a quote is opened and never closed; close it or get the file again",
    ),
    (
        "F-105 stray quote",
        (NAMES + ONE + NOTE.format('"a "bad" word"')).encode(),
        "eot.csv row 3 (from line 3): text follows a closing quote; a quote inside a quoted cell is written twice",
    ),
    (
        "F-106 byte-order mark",
        b"\xef\xbb\xbf" + (NAMES + ONE).encode(),
        "eot.csv: byte 0: a UTF-8 byte-order mark, but the mapping declares utf-8; declare utf-8-sig",
    ),
    (
        "F-106 UTF-16",
        (NAMES + ONE).encode("utf-16"),
        "eot.csv: byte 0: a UTF-16 byte-order mark, but the mapping declares utf-8; declare the encoding of the file",
    ),
    (
        "F-106 cp1252",
        NAMES.encode() + ONE.encode() + NOTE.format("caf@").encode().replace(b"@", b"\xe9"),
        f"eot.csv row 3 column 'COMMENTS': byte {len(NAMES + ONE + NOTE.split('{')[0] + 'caf')} (0xe9) is not utf-8; "
        "declare the encoding of the file in the mapping",
    ),
    (
        "F-106 mark alone",
        b"\xef\xbb\xbf",
        "eot.csv: byte 0: a UTF-8 byte-order mark, but the mapping declares utf-8; declare utf-8-sig",
    ),
    (
        "F-107 NUL",
        (NAMES + NOTE.format('"two\nlines"') + NOTE.format("a\0b")).encode(),
        "eot.csv row 3 column 'COMMENTS': a NUL character; the file is damaged or in another encoding, get it again",
    ),
    (
        "F-109 duplicate",
        (NAMES.replace("COMMENTS", "DRUG") + ONE).encode(),
        "eot.csv row 1 column 'DRUG': the header names the column twice; keep one",
    ),
    (
        "F-111 delimiter",
        (NAMES + ONE).replace(",", ";").encode(),
        "eot.csv row 1 = 'SITE;SUBJECT;FOLDER;RECPOS;FORMSTATUS;DELETED;OPENQUERIES;EN…': separated by semicolon, "
        "but the mapping declares comma; correct delimiter",
    ),
]


@pytest.mark.parametrize(("data", "message"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_broken_file_stops_with_one_line(tmp_path, data, message):
    with pytest.raises(InputError) as error:
        read_form(written(tmp_path, "eot", data), "eot", MAPPING)
    assert str(error.value) == message


def test_the_same_file_without_the_fault_is_read(tmp_path):
    frame = read_form(written(tmp_path, "eot", (NAMES + ONE + TWO).encode()), "eot", MAPPING)
    assert frame["SUBJECT"].tolist() == ["01-001", "01-002"]


def test_f_101_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError) as error:
        read_form(tmp_path / "eot.csv", "eot", MAPPING)
    place = f"eot.csv: file not found in {tmp_path.name}"
    assert str(error.value) == f"{place}; get the extract again or correct the mapping"


def test_f_106_utf16_without_its_mark_is_refused(tmp_path):
    path = written(tmp_path, "act", csv_text("act").encode("utf-16-le"))
    with pytest.raises(InputError) as error:
        read_form(path, "act", MAPPING)
    assert str(error.value) == (
        "act.csv: byte 0: no UTF-16 byte-order mark, but the mapping declares utf-16; declare the encoding of the file"
    )


def test_f_106_utf8_read_as_cp1252_is_a_query():
    # "é" is C3 A9 in UTF-8 and reads "Ã©" in cp1252.
    form = prepared("ae", {"TERM": "n\u00c3\u00a9vralgie", "AENO": "1"})
    row = form.queries.iloc[0]
    assert (row["rule"], row["severity"], row["field"]) == ("Q-116", "E", "term")
    assert row["message"].endswith("UTF-8 that was read in another encoding")


def test_f_107_other_control_characters_are_a_query():
    form = prepared("ae", {"TERM": "head\x08ache", "AENO": "1"})
    assert form.queries["message"].tolist() == [
        "Q-116 01-001 ae.term (ae.csv row 2) = 'head\\x08ache': character that does not belong in the text; "
        "control character U+0008"
    ]
    assert form.data["term"].tolist() == ["head\x08ache"]


def test_f_108_what_looks_like_something_else_stays_text(tmp_path):
    cells = {"AENO": "001", "TERM": "NA", "DECOD": "1-Mar", "BODSYS": "1E5", "PTCD": "0010"}
    frame = read_form(written(tmp_path, "ae", csv_text("ae", cells)), "ae", MAPPING)
    assert frame[list(cells)].iloc[0].tolist() == list(cells.values())


def test_f_111_a_column_with_another_decimal_sign_is_refused(tmp_path):
    text = csv_text("tl", {"DIAMETER": "12"}, {"DIAMETER": "15,5"}, {"DIAMETER": "9,1"})
    with pytest.raises(InputError) as error:
        read_form(written(tmp_path, "tl", text), "tl", MAPPING)
    assert str(error.value) == (
        "tl.csv row 3 column 'DIAMETER' = '15,5': the column is written with ',', "
        "the mapping declares the decimal sign '.'; declare decimal (or thousands) for the field"
    )


@pytest.mark.parametrize("second", ["9.1", "9"], ids=["beside a declared sign", "a single slip"])
def test_f_111_a_slip_in_one_cell_is_left_to_a_query(tmp_path, second):
    path = written(tmp_path, "tl", csv_text("tl", {"DIAMETER": "15,5"}, {"DIAMETER": second}))
    assert len(read_form(path, "tl", MAPPING)) == 2


def test_f_111_a_declared_comma_is_read(tmp_path):
    mapping = changed(**with_field("tl", "diameter", decimal=(".", ",")))
    path = written(tmp_path, "tl", csv_text("tl", {"DIAMETER": "15,5"}, {"DIAMETER": "9,1"}))
    assert len(read_form(path, "tl", mapping)) == 2


def test_f_112_a_symbolic_link_is_refused(tmp_path):
    written(tmp_path, "eot", (NAMES + ONE).encode()).rename(tmp_path / "elsewhere.csv")
    (tmp_path / "eot.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(InputError) as error:
        read_form(tmp_path / "eot.csv", "eot", MAPPING)
    assert str(error.value) == "eot.csv: a symbolic link; put the file itself into the extract"


def test_f_112_an_extract_that_is_or_holds_a_link_is_refused(tmp_path):
    folder = tmp_path / "extract"
    folder.mkdir()
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(InputError, match="not a folder; put the extract there or correct the cut"):
        check_extract(tmp_path / "link", MAPPING)
    (folder / "ae.csv").symlink_to(tmp_path / "ae.csv")
    with pytest.raises(InputError, match=r"symbolic links ae\.csv; put the files themselves into the extract"):
        check_extract(folder, MAPPING)


def test_f_112_a_file_that_changes_while_it_is_read_is_refused(tmp_path):
    path = written(tmp_path, "eot", (NAMES + ONE).encode())
    before = path.read_bytes()
    refuse_changed(path, before)
    path.write_bytes(before + TWO.encode())
    with pytest.raises(InputError) as error:
        refuse_changed(path, before)
    assert str(error.value) == "eot.csv: the file changed while it was read; run again when the transfer is complete"


def test_f_112_the_reader_looks_again_after_reading(tmp_path, monkeypatch):
    path = written(tmp_path, "eot", (NAMES + ONE).encode())

    def slow_transfer(*arguments):
        path.write_bytes((NAMES + ONE + TWO).encode())
        return read_columns(*arguments)

    monkeypatch.setattr(csv_forms, "read_columns", slow_transfer)
    with pytest.raises(InputError, match=r"eot\.csv: the file changed while it was read"):
        read_form(path, "eot", MAPPING)


#: A file with a note of 20 characters; limit, message.
LONG = NAMES + ONE + NOTE.format("x" * 20)
LIMITS = [
    (
        "bytes",
        Limits(bytes=100),
        f"eot.csv: {len(LONG)} bytes, more than limits.bytes = 100; raise the limit in the mapping",
    ),
    ("columns", Limits(columns=13), "eot.csv: 14 columns, more than limits.columns = 13; raise it if that is right"),
    (
        "cell",
        Limits(cell=19),
        "eot.csv row 3 (from line 3): a cell has more than limits.cell = 19 characters; raise the limit in the mapping",
    ),
]


@pytest.mark.parametrize(("limits", "message"), [limit[1:] for limit in LIMITS], ids=[limit[0] for limit in LIMITS])
def test_f_113_what_is_too_large_is_refused_with_the_limit(tmp_path, limits, message):
    with pytest.raises(InputError) as error:
        read_form(written(tmp_path, "eot", LONG), "eot", changed(limits=limits))
    assert str(error.value) == message


def test_f_113_ordinary_limits_stop_ten_thousand_columns_and_ten_megabytes(tmp_path):
    wide = NAMES.rstrip("\n") + "".join(f",X{n}" for n in range(10_000)) + "\n"
    with pytest.raises(InputError, match=r"10014 columns, more than limits\.columns = 2000"):
        read_form(written(tmp_path, "eot", wide), "eot", MAPPING)
    with pytest.raises(InputError, match=r"more than limits\.cell = 1000000 characters"):
        read_form(written(tmp_path, "eot", NAMES + NOTE.format("x" * 10_000_000)), "eot", MAPPING)


def test_f_114_a_record_of_another_study_stops_the_run():
    common = CommonMap(**{**MAPPING.common.model_dump(), "study": "LOT"})
    raw = raw_frame("ex_tdm1", {"LOT": "NCT03709082"}, {"LOT": "NCT00000000"})
    with pytest.raises(InputError) as error:
        prepare_form(raw, "ex_tdm1", changed(common=common), view())
    expected = "ex_tdm1.csv row 3 column 'LOT' = 'NCT00000000': a record of another study; get the right extract"
    assert str(error.value) == expected


def test_f_114_a_record_of_another_site_is_a_query():
    form = prepared("eos", {"SITE": "77", "SUBJECT": "77-001"})
    assert form.queries["message"].tolist() == [
        "Q-106 77-001 eos.site (eos.csv row 2) = '77': site does not belong to the study or to the subject; "
        "expected a site of the study"
    ]
    assert form.data["SITE"].tolist() == ["77"]


def test_f_115_deleted_records_are_listed_and_not_used():
    form = prepared("eos", {"DELETED": "y", "EOSDAT_RAW": "nonsense"}, {"EOSDAT_RAW": "2019-03-05"})
    assert form.data["RAWROW"].tolist() == [3]
    assert form.removed.to_dict("records") == [
        {"subject": "01-001", "form": "eos", "RAWFILE": "eos.csv", "RAWROW": "2", "reason": "deleted at source"}
    ]
    assert form.queries[["rule", "severity", "field", "RAWROW"]].values.tolist() == [["Q-112", "I", "deleted", "2"]]
