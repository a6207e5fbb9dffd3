"""SAS datasets come back as recorded: numbers exactly, dates by their format, special missing values by their name."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from crf2csr.clean.forms import prepare_form
from crf2csr.clean.rules.fields import field_reader
from crf2csr.errors import InputError
from crf2csr.mapping import CommonMap, FieldMap, load_mapping
from crf2csr.raw_contracts import load_raw_contract
from crf2csr.readers.sas import check_extract, read_form
from tests.extracts import view
from tests.readers.demonstration import mapping_of

FILES = Path(__file__).parent / "files"
DEMO = load_mapping(mapping_of("sas"))


def only(form, file, encoding="utf-8", fields=None, ignore=(), **changes):
    """Return the mapping of the demonstration with one form, in another file."""
    old = DEMO.forms[form]
    entry = old.model_copy(update={"file": file, "fields": {**old.fields, **(fields or {})}, "ignore": ignore})
    return DEMO.model_copy(update={"forms": {form: entry}, "encoding": encoding, **changes})


def small(**changes):
    """Return the mapping of tests/readers/files/ex_tdm1.sas7bdat, which has twelve columns."""
    mapping = only("ex_tdm1", "ex_tdm1.sas7bdat", **changes)
    form = mapping.forms["ex_tdm1"]
    fields = {name: place for name, place in form.fields.items() if name != "entm"}
    entry = form.model_copy(update={"fields": fields, "absent": ("entm",)})
    common = CommonMap(site="SITE", subject="SUBJECT", entered="ENTRYTS")
    return mapping.model_copy(update={"forms": {"ex_tdm1": entry}, "common": common})


def transport(folder, columns, version=5, formats=None, form="mh"):
    """Write a transport file of a form: `columns` as given, the others as one blank text; return its path."""
    rows = len(next(iter(columns.values())))
    blank = {name: [""] * rows for name in only(form, "mh.xpt").needed_columns(form) if name not in columns}
    path = folder / f"{form}.xpt"
    frame = pd.DataFrame({**blank, **columns})
    pyreadstat.write_xport(
        frame, str(path), table_name="MH", file_format_version=version, variable_format=formats or {}
    )
    return path


def read(path, encoding="utf-8"):
    return read_form(path, "mh", only("mh", path.name, encoding))


def refused(path, *words, mapping=None, **changes):
    form = "ex_tdm1" if mapping else "mh"
    with pytest.raises(InputError) as error:
        read_form(path, form, mapping or only(form, path.name, **changes))
    for word in words:
        assert word in str(error.value)
    assert "\n" not in str(error.value)


def test_a_dataset_of_three_observations_is_read_to_the_last_cell():
    # Content: files/README.md. 21613 days after 1960-01-01 are 2019-03-05 (15 leap years: 59 * 365 + 15 + 63 = 21613);
    # 1867413661 s are 21613 days and 50461 s, 14:01:01.
    frame = read_form(FILES / "ex_tdm1.sas7bdat", "ex_tdm1", small())
    names = ["SITE", "SUBJECT", "ENTRYTS", "CYCLE", "GIVEN", "EXDAT", "STTM", "WEIGHT", "MGKG", "MG", "VOLUME", "LOT"]
    assert frame.columns.tolist() == [*names, "RAWFILE", "RAWROW"]
    first = ["01", "01-001", "2019-03-05T14:01:01", "1", "1", "2019-03-05", "08:30:00", "71.25", "3.6", "0.1", "250"]
    second = ["01", " 01-2", "", "2", "0", "", "", ".A", "._", "", "0.0000001", "x y"]
    third = ["01", "01-003", "1960-01-01T00:00:00", "3", "", "1959-12-31", "23:59:59", "100", "-2.5"]
    assert frame[names].to_numpy().tolist() == [[*first, "007"], second, [*third, "123456789012345", ".Z", "naïve"]]
    assert frame[["RAWFILE", "RAWROW"]].to_numpy().tolist() == [["ex_tdm1.sas7bdat", row] for row in (1, 2, 3)]
    assert set(frame.dtypes.astype(str)) == {"string", "Int64"}


def test_pandas_reads_the_same_numbers_and_dates():
    # A second route: the reader of pandas is a program of its own (it knows no special missing values).
    frame = read_form(FILES / "ex_tdm1.sas7bdat", "ex_tdm1", small())
    other = pd.read_sas(FILES / "ex_tdm1.sas7bdat", encoding="utf-8")
    for name in ("WEIGHT", "MGKG", "MG", "VOLUME", "CYCLE"):
        ours = pd.to_numeric(frame[name], errors="coerce").astype("float64")
        assert np.array_equal(ours, other[name], equal_nan=True), name
    assert frame["EXDAT"].tolist() == other["EXDAT"].dt.strftime("%Y-%m-%d").fillna("").tolist()
    assert frame["LOT"].tolist() == other["LOT"].tolist()


def test_labels_of_the_catalog_stand_beside_the_values():
    pair = {"given": FieldMap(column="GIVEN__LABEL", code_column="GIVEN")}
    mapping = small(fields=pair, catalog="formats.sas7bcat")
    frame = read_form(FILES / "ex_tdm1.sas7bdat", "ex_tdm1", mapping)
    assert frame[["GIVEN", "GIVEN__LABEL"]].to_numpy().tolist() == [["1", "Yes"], ["0", "No"], ["", ""]]
    assert "LOT__LABEL" not in frame  # the mapping does not name it
    assert prepare_form(frame, "ex_tdm1", mapping, view()).data["given"].tolist()[:2] == ["Y", "N"]


def test_labels_that_no_catalog_gives_are_missing_columns():
    pair = {"given": FieldMap(column="GIVEN__LABEL", code_column="GIVEN")}
    words = ("ex_tdm1.sas7bdat: columns missing: 'GIVEN__LABEL'",)
    refused(FILES / "ex_tdm1.sas7bdat", *words, mapping=small(fields=pair))


def test_the_catalog_of_other_datasets_is_refused():
    words = ("formats that the catalog other.sas7bcat does not hold: NYF (column 'GIVEN'), $LOTF (column 'LOT')",)
    refused(FILES / "ex_tdm1.sas7bdat", *words, mapping=small(catalog="other.sas7bcat"))


@pytest.mark.parametrize("content", [b"PK no catalog" * 400, (FILES / "ex_tdm1.sas7bdat").read_bytes(), b"x"])
def test_a_file_that_is_no_catalog_is_refused(tmp_path, content):
    (tmp_path / "ex_tdm1.sas7bdat").write_bytes((FILES / "ex_tdm1.sas7bdat").read_bytes())
    (tmp_path / "formats.sas7bcat").write_bytes(content)
    words = ("formats.sas7bcat: no format catalog of SAS",)
    refused(tmp_path / "ex_tdm1.sas7bdat", *words, mapping=small(catalog="formats.sas7bcat"))


def test_a_cut_dataset_is_refused_wherever_it_is_cut(tmp_path):
    whole = (FILES / "ex_tdm1.sas7bdat").read_bytes()
    path = tmp_path / "ex_tdm1.sas7bdat"
    for size in (100, 1024, 4096, 5000, len(whole) - 1):
        path.write_bytes(whole[:size])
        refused(path, "ex_tdm1.sas7bdat: no dataset of SAS that can be read, or one that is cut", mapping=small())


def test_a_dataset_in_another_encoding_than_declared_is_refused():
    words = ("the dataset says that it is UTF-8, but the mapping declares cp1252",)
    refused(FILES / "ex_tdm1.sas7bdat", *words, mapping=small(encoding="cp1252"))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("mh.xpt", b"", "mh.xpt: the file is empty"),
        ("mh.xpt", b"SITE,SUBJECT\n" * 100, "mh.xpt: no transport file of SAS that can be read"),
        ("mh.sas7bdat", b"SITE,SUBJECT\n" * 100, "mh.sas7bdat: no dataset of SAS that can be read"),
        ("mh.csv", b"SITE,SUBJECT\n", "mh.csv: a SAS dataset ends with .sas7bdat or .xpt"),
    ],
)
def test_what_is_no_dataset_is_refused(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    refused(tmp_path / name, words)


@pytest.mark.parametrize("version", [5, 8])
def test_numbers_of_a_transport_file_are_the_shortest_text_of_their_double(tmp_path, version):
    numbers = [1.0, 0.1, -2.5, 1 / 3, 1e-7, 9007199254740993.0, -0.0, math.nan]
    path = transport(tmp_path, {"GRADE": numbers, "SITE": ["01"] * 8}, version)
    assert read(path)["GRADE"].tolist() == [
        *["1", "0.1", "-2.5", "0.3333333333333333", "0.0000001", "9007199254740992", "0", ""],
    ]  # 2^53 + 1 has no double: Python reads 9007199254740992


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("DATE9", 21613.0, "2019-03-05"),
        ("YYMMDD10", 21613.0, "2019-03-05"),
        ("E8601DA10", -1.0, "1959-12-31"),
        ("date9", 0.0, "1960-01-01"),
        ("DATE9", 0.5, "0.5"),  # half a day is no date
        ("DATE9", 3000000.0, "3000000"),  # beyond the year 9999, where SAS ends
        ("DATETIME20", 1867413661.0, "2019-03-05T14:01:01"),
        ("DATETIME20", 1867363200.0, "2019-03-05"),  # midnight in a column that is mapped as a date
        ("DTDATE9", 1867363200.0, "2019-03-05"),
        ("TIME5", 30600.0, "08:30:00"),
        ("TIME8", 90000.0, "90000"),  # 25 hours are no time of the day
        ("MONYY7", 21613.0, "21613"),  # shows a part of a date: the number stays and is a query of the field
        ("BEST12", 21613.0, "21613"),
        ("COMMA10.1", 21613.5, "21613.5"),
        ("SITEF", 21613.0, "21613"),  # a value format: the coded value
    ],
)
def test_a_format_says_what_a_number_is(tmp_path, text, value, expected):
    path = transport(tmp_path, {"STDAT": [value], "SITE": ["01"]}, formats={"STDAT": text})
    assert read(path)["STDAT"].tolist() == [expected]


def test_special_missing_values_of_a_transport_file_keep_their_name(tmp_path):
    path = transport(tmp_path, {"SITE": ["01"] * 4, "GRADE": [7.0, math.nan, math.nan, math.nan]})
    data = path.read_bytes()
    # A missing number is its letter (`.`, `A` to `Z`, `_`) and seven NUL bytes (TS-140).
    first, second, third, rest = data.split(b"." + bytes(7))
    path.write_bytes(first + b"A" + bytes(7) + second + b"_" + bytes(7) + third + b"." + bytes(7) + rest)
    assert read(path)["GRADE"].tolist() == ["7", ".A", "._", ""]
    grade = FieldMap(column="GRADE", missing={".A": "not done", "._": "not applicable"})
    reader = field_reader(grade, load_raw_contract("mh").fields["grade"], DEMO)
    assert [reader(text).why for text in (".A", "._")] == ["not done", "not applicable"]


def test_blanks_before_a_text_stay_and_padding_goes(tmp_path):
    path = transport(tmp_path, {"TERM": ["  pain", "ache  ", "", "longer than these"], "SITE": ["01"] * 4})
    assert read(path)["TERM"].tolist() == ["  pain", "ache", "", "longer than these"]


def test_names_are_compared_without_case_and_unknown_ones_stay_as_stored(tmp_path):
    path = transport(tmp_path, {"SITE": ["01"], "extra": ["x"]})
    path.write_bytes(path.read_bytes().replace(b"SUBJECT ", b"Subject "))
    frame = read(path)
    assert "SUBJECT" in frame
    assert "Subject" not in frame
    assert frame["extra"].tolist() == ["x"]


def test_names_that_differ_in_case_only_are_refused(tmp_path):
    path = transport(tmp_path, {"SITE": ["01"], "SITF": ["02"]})
    path.write_bytes(path.read_bytes().replace(b"SITF ", b"Site "))
    refused(path, "mh.xpt column 'SITE': the header names the column twice")


def test_cp1252_is_decoded_as_declared(tmp_path):
    # 0x92 is the right single quotation mark in Windows code page 1252 (Unicode mapping table CP1252.TXT).
    path = transport(tmp_path, {"SITE": ["01"], "TERM": ["patient@s legs"]})
    path.write_bytes(path.read_bytes().replace(b"patient@s", b"patient\x92s"))
    assert read(path, "cp1252")["TERM"].tolist() == ["patient\u2019s legs"]
    refused(path, "mh.xpt row 1 column 'TERM': byte 7 of the cell (0x92) is not utf-8; declare the encoding")


def test_encodings_of_text_files_are_refused(tmp_path):
    refused(transport(tmp_path, {"SITE": ["01"]}), "a SAS dataset is never utf-16", encoding="utf-16")


@pytest.mark.parametrize(("version", "cut"), [(5, 1), (5, 80), (5, 85), (8, 1), (8, 80), (8, 400)])
def test_a_cut_transport_file_is_refused(tmp_path, version, cut):
    path = transport(tmp_path, {"TERM": [f"term {n}" for n in range(40)], "SITE": ["01"] * 40}, version)
    path.write_bytes(path.read_bytes()[:-cut])
    refused(path, "mh.xpt")


def test_version_8_tells_how_many_observations_there_are(tmp_path):
    # 80 bytes an observation: the cut leaves whole records and whole observations.
    path = transport(tmp_path, {"SITE": ["01"] * 3, "TERM": ["a" * 62 + str(n) for n in range(3)]}, 8)
    _, about = pyreadstat.read_xport(str(path), metadataonly=True)
    assert sum(about.variable_storage_width.values()) == 80, about.variable_storage_width
    path.write_bytes(path.read_bytes()[:-80])
    refused(path, "mh.xpt: 2 observations, but its header announces 3; get the file again")


def test_nul_in_a_text_is_refused_where_it_stands(tmp_path):
    path = transport(tmp_path, {"SITE": ["01", "01"], "TERM": ["pain", "ba@ck"]})
    path.write_bytes(path.read_bytes().replace(b"ba@ck", b"ba\0ck"))
    refused(path, "mh.xpt row 2 column 'TERM': a NUL character, behind which text would be lost")


def test_two_datasets_in_one_transport_file_are_refused(tmp_path):
    path = transport(tmp_path, {"SITE": ["01"]})
    data = path.read_bytes()
    path.write_bytes(data + data[240:])
    refused(path, "mh.xpt: 2 datasets in one transport file; one dataset a file is read")


def test_limits_hold(tmp_path):
    path = transport(tmp_path, {"SITE": ["01"], "TERM": ["x" * 120]})
    limits = DEMO.limits
    refused(path, "mh.xpt: a variable of 120 bytes", limits=limits.model_copy(update={"cell": 100}))
    refused(path, "more than limits.columns = 5", limits=limits.model_copy(update={"columns": 5}))
    refused(path, "more than limits.bytes = 100", limits=limits.model_copy(update={"bytes": 100}))


def test_missing_and_further_columns_are_told(tmp_path):
    path = transport(tmp_path, {"SITE": ["01"], "EXTRA": ["x"]})
    (query,) = check_extract(tmp_path, only("mh", "mh.xpt"))
    assert (query["rule"], query["RAWFILE"], query["value"]) == ("Q-102", "mh.xpt", "EXTRA")
    path.write_bytes(path.read_bytes().replace(b"PTCD  ", b"PTCODE"))
    with pytest.raises(InputError) as error:
        check_extract(tmp_path, only("mh", "mh.xpt"))
    assert "mh.xpt: columns missing: 'PTCD'; did you mean 'PTCODE'?" in str(error.value)


def test_a_dataset_without_observations_is_a_form_without_records(tmp_path):
    path = transport(tmp_path, {"SITE": ["01"]})
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"HEADER RECORD*******OBS ") + 80])
    frame = read(path)
    assert len(frame) == 0
    assert (frame["SITE"].dtype, frame["RAWROW"].dtype) == ("string", "Int64")
