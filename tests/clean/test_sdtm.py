"""A sponsor's SDTM as domains: types, code lists, dates, selections, and what is refused."""

import json
import re

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest

from crf2csr.clean.sdtm import take_domain
from crf2csr.errors import InputError
from crf2csr.mapping import Mapping, load_mapping
from crf2csr.readers import sdtm
from crf2csr.study import load_study

STUDY = load_study("cdiscpilot01", "full")
MAPPING = load_mapping(STUDY.mapping)
EX = {
    "STUDYID": "CDISCPILOT01",
    "DOMAIN": "EX",
    "USUBJID": "01-701-1015",
    "EXSEQ": 1.0,
    "EXTRT": "PLACEBO",
    "EXDOSE": 0.0,
    "EXDOSU": "mg",
    "VISITNUM": 3.0,
    "VISIT": "BASELINE",
    "EXSTDTC": "2014-01-02",
    "EXENDTC": "2014-01-16T08:30",
}
AE = {
    "STUDYID": "CDISCPILOT01",
    "DOMAIN": "AE",
    "USUBJID": "01-701-1015",
    "AESEQ": 1.0,
    "AETERM": "RASH",
    "AEDECOD": "RASH",
    "AEBODSYS": "SKIN",
    "AEPTCD": None,
    "AESTDTC": "2014-01",
    "AEENDTC": None,
    "AESER": "N",
    "AESDTH": "N",
    "AESLIFE": "N",
    "AESHOSP": "N",
    "AESDISAB": "N",
    "AESCONG": "N",
    "AEOUT": "FATAL",
}


def with_file(domain: str, file: str) -> Mapping:
    return MAPPING.model_copy(
        update={"domains": {domain: MAPPING.domains[domain].model_copy(update={"file": file, "ignore": ()})}}
    )


def written(folder, rows: list[dict], file: str):
    """Write records as the format that the suffix says."""
    frame, path = pd.DataFrame(rows), folder / file
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path)
    elif path.suffix == ".xpt":
        pyreadstat.write_xport(frame.fillna("") if file == "ae.xpt" else frame, str(path), file_format_version=5)
    else:
        values = [[None if value != value else value for value in row] for row in frame.to_numpy(dtype=object).tolist()]
        columns = [{"itemOID": f"IT.{name}", "name": name, "label": name, "dataType": "string"} for name in frame]
        path.write_text(
            json.dumps({"datasetJSONVersion": "1.1.0", "records": len(rows), "columns": columns, "rows": values})
        )
    return path


def taken(folder, rows: list[dict], domain: str = "ex", file: str = ""):
    path = written(folder, rows, file or f"{domain}.parquet")
    mapping = with_file(domain, path.name)
    keys = ("visit.schedule",) if domain == "ex" else ()
    return take_domain(domain, sdtm.read_form(path, domain, mapping), mapping, STUDY.view(keys))


@pytest.mark.parametrize("suffix", ["parquet", "xpt", "json"])
def test_every_format_gives_the_same_domain(tmp_path, suffix):
    """A time of day stays where the contract has room for it; the constants of the mapping are no cell of the file."""
    cleaned = taken(tmp_path, [EX, {**EX, "EXSEQ": 2.0, "EXDOSE": 13.5, "EXENDTC": ""}], file=f"ex.{suffix}")
    first, second = cleaned.data.to_dict("records")
    assert (first["USUBJID"], first["EXSEQ"], first["EXDOSE"]) == ("01-701-1015", 1, 0)
    assert (first["EXSTDTC"], first["EXENDTC"], first["VISITNUM"]) == ("2014-01-02", "2014-01-16T08:30", 3)
    assert (second["EXDOSE"], pd.isna(second["EXENDTC"])) == (13.5, True)
    assert (first["EXOCCUR"], first["RAWFILE"], first["RAWROW"]) == ("Y", f"ex.{suffix}", 1)
    assert cleaned.queries.empty
    fields = set(cleaned.links["source_field"])
    assert {"EXDOSE", "EXSTDTC"} <= fields
    assert "EXOCCUR" not in fields


@pytest.mark.parametrize(
    ("change", "variable", "rule"),
    [
        ({"EXSTDTC": "02JAN2014"}, "EXSTDTC", "Q-108"),
        ({"EXSTDTC": "2014-02-30"}, "EXSTDTC", "Q-1102"),
        ({"EXSTDTC": "2014-01T10:00"}, "EXSTDTC", "Q-108"),
        ({"EXENDTC": "2014-01-16T25:00"}, "EXENDTC", "Q-108"),
        ({"EXDOSE": "54 mg"}, "EXDOSE", "Q-108"),
        ({"VISIT": "WEEK 99"}, "VISIT", "Q-120"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_a_value_that_cannot_be_read_is_missing_and_asked_for(tmp_path, change, variable, rule):
    cleaned = taken(tmp_path, [{**EX, **change}])
    assert cleaned.queries["rule"].tolist() == [rule]
    (query,) = cleaned.queries.to_dict("records")
    assert (query["RAWFILE"], query["RAWROW"], query["field"].upper()) == ("ex.parquet", "1", variable)
    assert query["value"] == str(change[variable])
    assert pd.isna(cleaned.data[variable].iloc[0]) or rule == "Q-120"


def test_a_word_outside_the_code_list_is_asked_for_and_not_used(tmp_path):
    cleaned = taken(tmp_path, [{**AE, "AEOUT": "DIED"}, {**AE, "AESEQ": 2.0, "AESER": "MAYBE"}], "ae")
    assert sorted(cleaned.queries[["rule", "field", "value"]].to_numpy().tolist()) == [
        ["Q-107", "AEOUT", "DIED"],
        ["Q-107", "AESER", "MAYBE"],
    ]
    assert cleaned.data["AEOUT"].isna().tolist() == [True, False]
    assert cleaned.data["AESTDTC"].tolist() == ["2014-01", "2014-01"]  # partial dates stay partial


def test_records_of_one_key_are_all_withheld(tmp_path):
    cleaned = taken(tmp_path, [AE, {**AE, "AEOUT": "UNKNOWN"}, {**AE, "AESEQ": 2.0}], "ae")
    assert cleaned.data["AESEQ"].tolist() == [2]
    assert cleaned.removed["RAWROW"].tolist() == ["1", "2"]
    assert set(cleaned.queries["rule"]) == {"Q-103"}


def test_a_record_without_its_key_is_listed(tmp_path):
    cleaned = taken(tmp_path, [AE, {**AE, "AESEQ": float("nan")}], "ae")
    assert cleaned.removed[["RAWROW", "reason"]].to_numpy().tolist() == [["2", "AESEQ is missing or cannot be read"]]


def test_what_is_not_selected_is_listed(tmp_path):
    row = {"STUDYID": "CDISCPILOT01", "DOMAIN": "DS", "USUBJID": "01-701-1015", "DSSEQ": 1.0}
    row |= {"DSTERM": "DONE", "DSDECOD": "COMPLETED", "DSSTDTC": "2014-07-02T11:45"}
    rows = [{**row, "DSCAT": "DISPOSITION EVENT"}, {**row, "DSSEQ": 2.0, "DSCAT": "OTHER EVENT"}]
    cleaned = taken(tmp_path, [*rows, {**row, "DSSEQ": 3.0, "DSCAT": ""}], "ds")
    # The variable of the contract has room for a day.
    assert cleaned.data[["DSSEQ", "DSSCAT", "DSSTDTC"]].to_numpy().tolist() == [[1, "STUDY", "2014-07-02"]]
    assert cleaned.removed[["RAWROW", "reason"]].to_numpy().tolist() == [
        ["2", "DSCAT is OTHER EVENT"],
        ["3", "DSCAT is blank"],
    ]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{**EX, "STUDYID": "OTHER"}], "ex.parquet row 1 column 'STUDYID' = 'OTHER': a record of another study"),
        ([{**EX, "USUBJID": "01-701-1O15\u200b"}], "row 1 column 'USUBJID'"),
        ([{name: EX[name] for name in EX if name != "EXDOSE"}], "ex.parquet: columns missing: 'EXDOSE'"),
    ],
    ids=["another study", "invisible character", "column missing"],
)
def test_what_stops(tmp_path, rows, message):
    with pytest.raises(InputError, match=re.escape(message)):
        taken(tmp_path, rows)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("ex.parquet", b"PAR1 and no more", "not a Parquet file, or a damaged one"),
        ("ex.xpt", b"HEADER RECORD*******" + b" " * 300, "ex.xpt: no transport file of SAS that can be read"),
        (
            "ex.json",
            b'{"columns": [{"name": "STUDYID"}], "rows": [["A", "B"]]}',
            "row 1: not as many values as columns",
        ),
        ("ex.json", b'{"columns": [], "rows": [], "records": 7}', "7 records announced, 0 found"),
        ("ex.json", b'{"rows": [', "not Dataset-JSON 1.1"),
        ("ex.csv", b"STUDYID\n", "not a dataset; SDTM comes as .xpt, .sas7bdat, .json, .parquet"),
    ],
    ids=["parquet", "xpt", "ragged", "count", "cut", "suffix"],
)
def test_damaged_files_are_refused(tmp_path, file, content, message):
    path = tmp_path / file
    path.write_bytes(content)
    with pytest.raises(InputError, match=re.escape(message)):
        sdtm.read_form(path, "ex", with_file("ex", file))


def test_columns_that_nothing_reads_are_reported_once(tmp_path):
    written(tmp_path, [{**EX, "EXLAT": "LEFT"}], "ex.parquet")
    found = sdtm.check_extract(tmp_path, with_file("ex", "ex.parquet"))
    assert [(query["rule"], query["value"]) for query in found] == [("Q-102", "EXLAT")]


def test_a_mapping_has_domains_or_forms(tmp_path):
    text = STUDY.mapping.read_text(encoding="utf-8")
    path = tmp_path / "sdtm.yaml"
    for old, new, message in (
        ("reader: sdtm", "reader: sas", "domains belong to the reader sdtm"),
        ("  ex:\n", "  ux:\n", "domains.ux: unknown domain"),
        ("EXOCCUR", "EXOCUR", "domains.ex: 'EXOCUR' is no variable of the domain; did you mean 'EXOCCUR'?"),
        ("absent: [DOSESTK, ", "absent: [EXCAT, ", "'EXCAT' is named twice"),
    ):
        path.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(InputError, match=re.escape(message)):
            load_mapping(path)


def test_a_key_that_is_not_applicable_is_never_read():
    view = STUDY.view(("dlt.window_days", "ci.level"))
    assert (view.applies("dlt.window_days"), view["ci.level"]) == (False, 0.95)
    with pytest.raises(InputError, match=r"key 'dlt\.window_days' is not applicable there"):
        view["dlt.window_days"]
