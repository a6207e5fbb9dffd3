"""A mapping that does not fit the contracts stops with file, line, key and the nearest name; all defects at once."""

from pathlib import Path

import pytest

from crf2csr.contracts import ROOT
from crf2csr.errors import InputError
from crf2csr.mapping import load_mapping
from crf2csr.raw_contracts import known_forms, load_raw_contract

PROJECT = ROOT / "config" / "nct03709082" / "mappings" / "edc_csv.yaml"
PLAIN = """\
reader: csv_forms
encoding: utf-8
delimiter: ","
dates: [iso]
common: {site: SITE, subject: SUBJECT}
visits:
  "Cycle {n}": "C{n}D1"
codes:
  NY: {"Yes": "Y", "No": "N"}
  EXTRT: {"1": PALBOCICLIB}
forms:
  eot:
    file: eot.csv
    fields:
      drug: {column: DRUG}
      lastdtc: {column: LASTDAT, ignore: [LASTSTD]}
      reason: {column: REASON}
      aeno: {column: AENO}
  dm:
    file: dm.csv
    absent: [brthdtc, sex, ethnic, icdtc, ictm, menopaus]
    fields:
      race: {boxes: {RACE_1: ASIAN, RACE_2: WHITE}}
not_mapped:
  vs: {file: vs.csv, why: later}
"""


def load(folder: Path, text: str):
    path = folder / "m.yaml"
    path.write_text(text)
    return load_mapping(path)


def test_a_plain_mapping_is_read(tmp_path):
    mapping = load(tmp_path, PLAIN)
    assert mapping.needed_columns("eot") == ["SITE", "SUBJECT", "DRUG", "LASTDAT", "REASON", "AENO"]
    assert mapping.ignored_columns("eot") == ["LASTSTD"]
    assert mapping.needed_columns("dm") == ["SITE", "SUBJECT", "RACE_1", "RACE_2"]


def test_the_mapping_of_the_demonstration_covers_every_contract():
    mapping = load_mapping(PROJECT)
    # the demonstration has its concentrations on the sampling form and no file of the laboratory
    assert sorted([*mapping.forms, *mapping.not_mapped, "bio"]) == known_forms()


#: Fault, what to replace, by what, the message after the file name.
FAULTS = [
    ("F-301 unknown key", "encoding:", "encodings:", "line 1: encoding: missing key; add it"),
    (
        "F-301 nearest key",
        "aeno: {column: AENO}",
        "aeno: {colum: AENO}",
        "line 18: forms.eot.fields.aeno.colum: unknown key; did you mean 'column'?",
    ),
    ("F-301 type", "dates: [iso]", "dates: iso", "line 4: dates = 'iso': Input should be a valid tuple"),
    (
        "F-301 value",
        "dates: [iso]",
        "dates: [dmy]",
        "line 4: dates.0 = 'dmy': Input should be 'iso', 'dd-Mon-yyyy' or 'mm/dd/yyyy'",
    ),
    (
        "F-301 duplicate key",
        "reason: {column: REASON}",
        "drug: {column: REASON}",
        "line 17: key 'drug' stands twice; keep one",
    ),
    ("F-301 no format", "dates: [iso]", "dates: []", "line 4: dates: Tuple should have at least 1 item"),
    (
        "reader",
        "csv_forms",
        "exel",
        "line 1: reader = 'exel': Input should be 'csv_forms', 'redcap', 'odm', 'sas', 'excel' or 'sdtm'",
    ),
    ("form", "  dm:", "  demo:", "line 19: forms.demo: unknown form"),
    ("nearest form", "  eot:", "  eott:", "line 12: forms.eott: unknown form; did you mean 'eot'?"),
    (
        "field",
        "aeno: {column: AENO}",
        "aenum: {column: AENO}",
        "line 18: forms.eot.fields.aenum: unknown field; did you mean 'aeno'?",
    ),
    (
        "field without column",
        "      aeno: {column: AENO}\n",
        "",
        "line 12: forms.eot: contract fields without a column: aeno; map them or list them under absent",
    ),
    ("column twice", "column: AENO", "column: DRUG", "line 12: forms.eot: column 'DRUG' is named twice; name it once"),
    (
        "common column twice",
        "column: AENO",
        "column: SITE",
        "line 12: forms.eot: column 'SITE' is named twice; name it once",
    ),
    ("code list", "EXTRT: {", "EXTR: {", "line 10: codes.EXTR: unknown code list; did you mean 'EXTRT'?"),
    ("code term", '"No": "N"', '"No": "n"', "line 9: codes.NY.No = 'n': not a term of NY"),
    ("code twice", '"No": "N"', '"YES": "N"', "line 9: codes.NY.YES = 'N': the same text already means 'Y'"),
    ("code against term", '"No": "N"', '"y": "N"', "line 9: codes.NY.y = 'N': the same text already means 'Y'"),
    (
        "box term",
        "RACE_1: ASIAN",
        "RACE_1: ASIANS",
        "line 23: forms.dm.fields.race: box 'ASIANS': not a term of RACE; did you mean 'ASIAN'?",
    ),
    (
        "visit",
        '"C{n}D1"',
        '"C{m}D1"',
        "line 7: visits.Cycle {n} = 'C{m}D1': each placeholder stands once in the label and may stand in the name",
    ),
    (
        "two places",
        "{column: LASTDAT, ",
        "{column: LASTDAT, parts: [Y, M, D], ",
        "line 16: forms.eot.fields.lastdtc: a field of type date has column or parts; given: column, parts",
    ),
    (
        "no place",
        "{column: LASTDAT, ",
        "{",
        "line 16: forms.eot.fields.lastdtc: a field of type date has column or parts; given: nothing",
    ),
    (
        "boxes for a date",
        "{column: LASTDAT, ",
        "{boxes: {A: B}, ",
        "line 16: forms.eot.fields.lastdtc: a field of type date has column or parts; given: boxes",
    ),
    (
        "option of another type",
        "{column: AENO}",
        "{column: AENO, pivot: 30}",
        "line 18: forms.eot.fields.aeno: pivot does not fit type integer",
    ),
    (
        "code column for a number",
        "{column: AENO}",
        "{column: AENO, code_column: B}",
        "line 18: forms.eot.fields.aeno: code_column does not fit type integer",
    ),
    (
        "missing code in boxes",
        "race: {boxes:",
        "race: {missing: {'-99': x}, boxes:",
        "line 23: forms.dm.fields.race: missing codes are for a field in one column",
    ),
    (
        "one sign for two things",
        "{column: AENO}",
        "{column: AENO, thousands: '.'}",
        "line 18: forms.eot.fields.aeno: '.' cannot be both the decimal and the thousands sign",
    ),
    (
        "file twice",
        "file: dm.csv",
        "file: eot.csv",
        "line 19: forms.dm.file = 'eot.csv': the file is named twice; name it once",
    ),
    (
        "part of a file that holds one form",
        "file: dm.csv",
        "file: dm.csv\n    part: demography",
        "line 19: forms.dm.part = 'demography': a file of csv_forms holds one form; leave part out",
    ),
    (
        "mapped and not mapped",
        "  vs: {file: vs.csv",
        "  dm: {file: vs.csv",
        "line 25: not_mapped.dm: the form is mapped too; keep one",
    ),
    (
        "not mapped without reason",
        ", why: later",
        ", why: ''",
        "line 25: not_mapped.vs.why = '': String should have at least 1 character",
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_defect_names_file_line_and_key(tmp_path, old, new, message):
    assert PLAIN.count(old) == 1
    with pytest.raises(InputError) as error:
        load(tmp_path, PLAIN.replace(old, new))
    assert f"{tmp_path / 'm.yaml'} {message}" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "name",
    ["../../x.csv", "a/b.csv", "/etc/passwd", "-rf.csv", "a b.csv", "x;rm.csv", "x" * 300, "a\\b.csv", ".csv", ""],
)
def test_f_308_a_file_is_named_by_a_plain_name(tmp_path, name):
    with pytest.raises(InputError) as error:
        load(tmp_path, PLAIN.replace("file: eot.csv", f"file: '{name}'"))
    assert "line 13: forms.eot.file" in str(error.value)


def test_all_defects_are_named_at_once(tmp_path):
    text = (
        PLAIN.replace("column: AENO", "column: DRUG")
        .replace("EXTRT: {", "EXTR: {")
        .replace("RACE_1: ASIAN", "RACE_1: X")
    )
    with pytest.raises(InputError) as error:
        load(tmp_path, text)
    assert str(error.value).count("m.yaml line") == 3


def test_a_field_may_be_declared_absent_but_not_forgotten(tmp_path):
    text = PLAIN.replace("      aeno: {column: AENO}\n", "").replace(
        "    file: eot.csv", "    file: eot.csv\n    absent: [aeno]"
    )
    assert load(tmp_path, text).forms["eot"].absent == ("aeno",)
    with pytest.raises(
        InputError, match=r"line 12: forms\.eot\.fields\.aeno: the field is mapped and absent; keep one"
    ):
        load(tmp_path, PLAIN.replace("    file: eot.csv", "    file: eot.csv\n    absent: [aeno]"))


@pytest.mark.parametrize("form", known_forms())
def test_every_raw_contract_is_sound(form):
    contract = load_raw_contract(form)
    assert set(contract.key) <= set(contract.fields)
    for field in contract.fields.values():
        assert field.name == field.name.lower()
        assert field.core in ("req", "exp", "perm")
        assert field.low is None or field.high is None or field.low < field.high


def test_the_key_of_a_form_holds_the_visit_where_a_subject_has_one_record_a_visit():
    with_visit = [form for form in known_forms() if load_raw_contract(form).visit_in_key]
    assert with_visit == ["bcpt", "bio", "card", "ie", "lb", "nl", "ntl", "pe", "pk", "promis", "rs", "sv", "tl", "vs"]


def test_limits_name_fields_that_are_numbers():
    rows = (ROOT / "config" / "contracts" / "limits.csv").read_text().splitlines()[1:]
    for row in rows:
        form, field, *_ = row.split(",")
        assert load_raw_contract(form).fields[field].type in ("integer", "decimal")
        assert load_raw_contract(form).fields[field].low is not None


def test_an_unknown_raw_contract_is_named_with_the_nearest():
    with pytest.raises(InputError, match=r"no contract for form 'tll'; did you mean 'tl'\?"):
        load_raw_contract("tll")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("size,Size,number,,,req", "x.csv row 2 column type = 'number': unknown"),
        ("sex,Sex,code,,,req", "x.csv row 2 column codelist = '': not a list"),
        ("sex,Sex,code,SEXX,,req", "x.csv row 2 column codelist = 'SEXX': not a list"),
        ("sex,Sex,text,SEX,,req", "x.csv row 2 column codelist = 'SEX': not a list"),
        ("a,A,text,,,req\na,A,text,,,req", "x.csv: a field stands twice; correct the contract"),
        ("a,A,text,,,req", "x.csv: the form is missing in config/contracts/forms.csv; correct the contract"),
    ],
)
def test_a_raw_contract_with_a_defect_is_refused(tmp_path, row, message):
    folder = tmp_path / "config" / "contracts"
    (folder / "raw").mkdir(parents=True)
    (tmp_path / "config" / "codelists").mkdir()
    (tmp_path / "config" / "codelists" / "terms.csv").write_text("codelist,value\nSEX,F\n")
    (folder / "raw" / "x.csv").write_text(f"field,label,type,codelist,key,core\n{row}\n")
    (folder / "forms.csv").write_text("form,label,visit_in_key\n" + ("x,X,\n" if "twice" in message else ""))
    with pytest.raises(InputError) as error:
        load_raw_contract("x", tmp_path)
    assert message in str(error.value)
