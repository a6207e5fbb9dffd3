"""A REDCap export: which rows of a file belong to which instrument, and what stops it with one clear error."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crf2csr.clean.forms import prepare_form
from crf2csr.errors import InputError
from crf2csr.mapping import Mapping
from crf2csr.readers import redcap
from crf2csr.readers.records import read_columns
from crf2csr.readers.redcap import check_extract, read_form
from crf2csr.readers.redcap_dictionary import instrument_name, spelled
from tests.extracts import view

DICTIONARY_HEADER = [
    *("Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label"),
    *("Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number"),
    *("Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)"),
    *("Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name"),
    *("Matrix Ranking?", "Field Annotation"),
]
FIELDS = [
    ("record_id", "demographics", "text", ""),
    ("dm_sex", "demographics", "radio", "1, Female | 2, Male"),
    ("dm_race", "demographics", "checkbox", "1, Asian | 5, White, not other | -99, Not reported"),
    ("vs_test", "vital_signs", "text", ""),
    ("vs_result", "vital_signs", "text", ""),
    ("vs_double", "vital_signs", "calc", "[vs_result] * 2 | 1, 2"),
    ("ae_no", "adverse_events", "text", ""),
    ("ae_term", "adverse_events", "notes", ""),
    ("qol_item", "qol", "slider", "bad | good"),
]
RACE = ["dm_race___1", "dm_race___5", "dm_race____99"]
HEADER = [
    *("record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"),
    *("redcap_data_access_group", "redcap_survey_identifier", "dm_sex", *RACE, "demographics_complete"),
    *("vs_test", "vs_result", "vs_double", "vital_signs_complete", "ae_no", "ae_term", "adverse_events_complete"),
    *("qol_timestamp", "qol_item", "qol_complete"),
]
MAPPING = {
    "reader": "redcap",
    "encoding": "utf-8",
    "dictionary": "dictionary.csv",
    "dates": ["iso"],
    "common": {
        "site": "redcap_data_access_group",
        "subject": "record_id",
        "visit": "EVENT",
        "record": "INSTANCE",
        "status": "FORM_COMPLETE",
    },
    "locked_values": ["2", "Complete"],
    "visits": {"screening_arm_{a}": "SCREENING", "cycle_arm_1#{n}": "C{n}D1"},
    "codes": {"SEX": {"1": "F", "2": "M", "Female": "F"}},
    "forms": {
        "dm": {
            "file": "export.csv",
            "part": "demographics",
            "fields": {
                "sex": {"column": "dm_sex"},
                "race": {"boxes": dict(zip(RACE, ["ASIAN", "WHITE", "NOT REPORTED"], strict=True))},
            },
        },
        "vs": {
            "file": "export.csv",
            "part": "vital_signs",
            "fields": {
                "vstestcd": {"column": "vs_test"},
                "vsorres": {"column": "vs_result", "missing": {"NASK": "not asked", "-99": "unknown"}},
            },
            "ignore": ["vs_double"],
        },
        "ae": {
            "file": "export.csv",
            "part": "adverse_events",
            "fields": {"aeno": {"column": "ae_no"}, "term": {"column": "ae_term"}},
        },
    },
    "ignored_files": ["export.csv:qol"],
}


def mapping(**changes):
    return Mapping.model_validate({**MAPPING, **changes})


def mapped(form, **changes):
    """Return the mapping with parts of one form replaced."""
    return mapping(forms={**MAPPING["forms"], form: {**MAPPING["forms"][form], **changes}})


def csv_text(header, rows, delimiter=",", quoting=csv.QUOTE_MINIMAL):
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=delimiter, lineterminator="\n", quoting=quoting)
    writer.writerows([header, *rows])
    return lines.getvalue()


def flat(*rows, header=HEADER, **style):
    """Return an export; a row names only the columns that matter, its keys as `event/instrument/instance`."""
    plain = {"record_id": "01-001", "redcap_data_access_group": "01"}
    cells = [{**plain, **row} for row in rows]
    assert not {name for row in cells for name in row} - set(header)
    return csv_text(header, [[row.get(name, "") for name in header] for row in cells], **style)


def at(event, instrument="", instance="", record="01-001"):
    keys = ("record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")
    return dict(zip(keys, (record, event, instrument, instance), strict=True))


def dictionary(fields=FIELDS, header=DICTIONARY_HEADER, **style):
    rows = [[name, form, "", kind, f"Label of {name}", choices, *[""] * 12] for name, form, kind, choices in fields]
    return csv_text(header, rows, **style)


def project(folder, export, text="", encoding="utf-8"):
    """Write an export and its dictionary; return the path of the export."""
    (folder / "dictionary.csv").write_text(text or dictionary(), encoding=encoding)
    (folder / "export.csv").write_text(export, encoding=encoding)
    return folder / "export.csv"


def read(folder, form, *rows, **changes):
    return read_form(project(folder, flat(*rows)), form, mapping(**changes))


SCREENING = at("screening_arm_1")
UNTICKED = dict.fromkeys(RACE, "0")


def test_rows_of_a_flat_file_go_to_their_instruments(tmp_path):
    path = project(
        tmp_path,
        flat(
            {**SCREENING, **UNTICKED, "dm_sex": "1", "demographics_complete": "2", "vs_result": "70"},  # row 2
            {**at("screening_arm_1", "adverse_events", "1"), "ae_term": "nausea", "adverse_events_complete": "0"},
            {**at("screening_arm_1", "adverse_events", "2"), "ae_term": "rash", "demographics_complete": "0"},
            {**at("cycle_arm_1", "", "1"), **UNTICKED, "vs_result": "71", "vital_signs_complete": "1"},  # row 5
            {**at("cycle_arm_1", "", "2"), **UNTICKED, "vs_result": "72", "vital_signs_complete": "2"},
            {**at("log_arm_1"), "qol_item": "50"},
            {**at("screening_arm_1", record="01-002"), "dm_race____99": "1"},  # row 8
        ),
    )
    columns = ["record_id", "EVENT", "INSTANCE", "FORM_COMPLETE", "RAWROW"]
    found = {form: read_form(path, form, mapping())[columns].to_numpy().tolist() for form in ("dm", "vs", "ae")}
    assert found == {
        "dm": [["01-001", "screening_arm_1", "", "2", 2], ["01-002", "screening_arm_1", "", "", 8]],
        "vs": [
            ["01-001", "screening_arm_1", "", "", 2],
            ["01-001", "cycle_arm_1#1", "", "1", 5],
            ["01-001", "cycle_arm_1#2", "", "2", 6],
        ],
        "ae": [["01-001", "screening_arm_1", "1", "0", 3], ["01-001", "screening_arm_1", "2", "", 4]],
    }


def test_a_record_leads_back_to_its_row(tmp_path):
    rows = [{**at("screening_arm_1", "adverse_events", str(n)), "ae_term": f"term\n{n}, more"} for n in (1, 2, 3)]
    path = project(tmp_path, flat(SCREENING, *rows))
    frame = read_form(path, "ae", mapping())
    with path.open(newline="") as file:
        lines = list(csv.reader(file))
    assert frame["RAWROW"].tolist() == [3, 4, 5]
    assert frame["RAWFILE"].unique().tolist() == ["export.csv:adverse_events"]
    for row, term in zip(frame["RAWROW"], frame["ae_term"], strict=True):
        assert lines[row - 1][HEADER.index("ae_term")] == term


@pytest.mark.parametrize(
    ("cells", "is_record"),
    [
        ({}, False),
        (UNTICKED, False),
        ({**UNTICKED, "demographics_complete": "0"}, False),
        ({**dict.fromkeys(RACE, "Unchecked"), "demographics_complete": "Incomplete"}, False),
        ({**UNTICKED, "demographics_complete": "1"}, True),
        ({**UNTICKED, "demographics_complete": "Unverified"}, True),
        ({"demographics_complete": "2"}, True),
        ({**UNTICKED, "dm_race___5": "1"}, True),
        ({"dm_race___5": "Checked", "demographics_complete": "Incomplete"}, True),
        ({"dm_race___5": "x"}, True),
        ({"dm_sex": "0"}, True),
        ({"vs_result": "70", "vital_signs_complete": "2"}, False),
    ],
)
def test_forms_that_nobody_opened_are_not_records(tmp_path, cells, is_record):
    assert len(read(tmp_path, "dm", {**SCREENING, **cells})) == is_record


def test_an_instance_without_a_cell_is_a_record(tmp_path):
    assert len(read(tmp_path, "ae", at("screening_arm_1", "adverse_events", "1"))) == 1


def test_columns_are_those_of_the_instrument_as_recorded(tmp_path):
    frame = read(tmp_path, "vs", {**SCREENING, "vs_result": " 070 ", "vs_test": "NA", "redcap_survey_identifier": "x"})
    assert frame.columns.tolist() == [
        *("record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"),
        *("redcap_data_access_group", "redcap_survey_identifier", "vs_test", "vs_result", "vs_double"),
        *("vital_signs_complete", "EVENT", "INSTANCE", "FORM_COMPLETE", "RAWFILE", "RAWROW"),
    ]
    assert frame.loc[0, ["vs_test", "vs_result", "redcap_survey_identifier"]].tolist() == ["NA", " 070 ", "x"]
    assert set(frame.dtypes.astype(str)) == {"string", "Int64"}


def test_an_instrument_without_records_is_an_empty_form(tmp_path):
    frame = read(tmp_path, "ae", {**SCREENING, "vs_result": "70"})
    assert len(frame) == 0
    assert {"ae_term", "EVENT", "RAWROW"} <= set(frame.columns)
    assert frame["RAWROW"].dtype == "Int64"
    assert frame["ae_term"].dtype == "string"


CELLS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=40)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=4), st.sampled_from(",;\t"))
def test_any_text_of_an_instance_survives(tmp_path_factory, cells, delimiter):
    folder = tmp_path_factory.mktemp("any")
    rows = [
        {**at("screening_arm_1", "adverse_events", str(n)), "ae_no": no, "ae_term": term}
        for n, (no, term) in enumerate(cells, start=1)
    ]
    # All cells quoted: the module csv writes a lone carriage return without quotes.
    style = {"delimiter": delimiter, "quoting": csv.QUOTE_ALL}
    path = project(folder, flat(*rows, **style), text=dictionary(**style))
    frame = read_form(path, "ae", mapping(delimiter=delimiter))
    assert list(zip(frame["ae_no"], frame["ae_term"], strict=True)) == cells


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path):
    path = project(tmp_path, flat({**SCREENING, "vs_result": "70"}), encoding="utf-8-sig")
    assert read_form(path, "vs", mapping(encoding="utf-8-sig"))["record_id"].tolist() == ["01-001"]


@pytest.mark.parametrize("named", ["dm_race____99", "dm_race___-99"])
@pytest.mark.parametrize("exported", ["dm_race____99", "dm_race___-99"])
def test_a_box_is_called_as_the_mapping_spells_it(tmp_path, named, exported):
    header = [exported if name == "dm_race____99" else name for name in HEADER]
    path = project(tmp_path, flat({**SCREENING, exported: "1"}, header=header))
    fields = {"race": {"boxes": {"dm_race___1": "ASIAN", "dm_race___5": "WHITE", named: "NOT REPORTED"}}}
    changed = mapped("dm", fields=fields, ignore=["dm_sex"])
    assert read_form(path, "dm", changed)[named].tolist() == ["1"]
    assert check_extract(tmp_path, changed) == []


def test_spelling_of_boxes_and_instruments():
    # REDCap: lower case, all but letters and digits become `_` (CHOP-CGTInformatics/REDCapTidieR, issue 31).
    assert [spelled(name) for name in ("race", "race___-99", "race____99", "race___NASK")] == [
        *("race", "race____99", "race____99", "race___nask")
    ]
    assert instrument_name("Prior Cancer Therapy (all)") == "prior_cancer_therapy_all"


def test_an_export_of_labels_means_the_same(tmp_path):
    raw = [
        {**SCREENING, "dm_sex": "1", **UNTICKED, "dm_race___5": "1", "demographics_complete": "2"},
        {
            **at("screening_arm_1", "adverse_events", "1"),
            "ae_no": "1",
            "ae_term": "rash",
            "adverse_events_complete": "0",
        },
    ]
    boxes = {**dict.fromkeys(RACE, "Unchecked"), "dm_race___5": "Checked"}
    labels = [
        {**at("Screening"), "dm_sex": "Female", **boxes, "demographics_complete": "Complete"},
        {**raw[1], **at("Screening", "Adverse events", "1"), "adverse_events_complete": "Incomplete"},
    ]
    visits = {"Screening": "SCREENING", "screening_arm_1": "SCREENING"}
    for form, fields in (("dm", ["sex", "race"]), ("ae", ["aeno", "term"])):
        both = [
            prepare_form(read(tmp_path, form, *rows, visits=visits), form, mapping(visits=visits), view())
            for rows in (raw, labels)
        ]
        wanted = ["SUBJECT", "SITE", "VISIT", "RECORD", *fields]
        assert both[0].data[wanted].equals(both[1].data[wanted])
        assert both[0].queries["rule"].tolist() == both[1].queries["rule"].tolist()
        assert both[0].data["VISIT"].tolist() == ["SCREENING"]
        if form == "dm":
            assert both[1].data["race__raw"].tolist() == ["dm_race___5=Checked"]
    assert both[1].queries[["rule", "value"]].to_numpy().tolist() == [["Q-111", "Incomplete"]]


def test_prepared_values(tmp_path):
    rows = [
        {**at("cycle_arm_1", "", "3"), "vs_test": "WEIGHT", "vs_result": "NASK", "vital_signs_complete": "2"},
        {**at("cycle_arm_1", "", "4"), "vs_test": "WEIGHT", "vs_result": "-99", "vital_signs_complete": "2"},
        {**at("screening_arm_2"), "vs_test": "WEIGHT", "vs_result": "70", "vital_signs_complete": "2"},
    ]
    form = prepare_form(read(tmp_path, "vs", *rows), "vs", mapping(), view())
    assert form.data["VISIT"].tolist() == ["C3D1", "C4D1", "SCREENING"]
    assert form.why("vsorres").tolist()[:2] == ["not asked", "unknown"]
    assert form.data["vsorres"].isna().tolist() == [True, True, False]
    assert len(form.queries) == 0


PLAIN = {**SCREENING, "vs_result": "70", "vital_signs_complete": "2"}
AE = at("screening_arm_1", "adverse_events", "1")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [SCREENING, {**AE, "ae_term": "rash", "vs_result": "70"}],
            "export.csv row 3 column 'vs_result' = '70': a cell of the instrument 'vital_signs' in a row of the "
            "repeating instrument 'adverse_events'",
        ),
        ([{**AE, "dm_race___5": "1"}], "export.csv row 2 column 'dm_race___5' = '1': a cell of the instrument"),
        ([{**AE, "qol_complete": "2"}], "export.csv row 2 column 'qol_complete' = '2': a cell of the instrument 'qol'"),
        (
            [at("screening_arm_1", "adverse_event", "1")],
            "export.csv row 2 column 'redcap_repeat_instrument' = 'adverse_event': not an instrument of "
            "dictionary.csv; did you mean 'adverse_events'?",
        ),
        ([at("screening_arm_1", "???", "1")], "column 'redcap_repeat_instrument' = '???': not an instrument"),
        ([at("screening_arm_1", "adverse_events", "")], "export.csv row 2 column 'redcap_repeat_instance' = ''"),
        ([at("screening_arm_1", "adverse_events", "0")], "'redcap_repeat_instance' = '0': expected a whole number"),
        ([at("screening_arm_1", "adverse_events", "new")], "'redcap_repeat_instance' = 'new': expected a whole number"),
        ([at("screening_arm_1", "", "1.0")], "'redcap_repeat_instance' = '1.0': expected a whole number from 1"),
        ([PLAIN, AE, PLAIN], "export.csv row 4: '01-001, screening_arm_1' stands in row 2 too"),
        (
            [AE, at("screening_arm_1", "Adverse events", "1")],
            "export.csv row 3: '01-001, screening_arm_1, adverse_events, 1' stands in row 2 too",
        ),
    ],
)
def test_rows_that_redcap_cannot_have(tmp_path, rows, message):
    project(tmp_path, flat(*rows))
    with pytest.raises(InputError) as error:
        read_form(tmp_path / "export.csv", "ae", mapping())
    assert message in str(error.value)
    with pytest.raises(InputError) as error:
        check_extract(tmp_path, mapping())
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "vs_test",
            "vs_tst",
            "row 1: columns that the dictionary dictionary.csv does not know: 'vs_tst'; did you mean 'vs_test'?",
        ),
        ("vs_test,", "", "export.csv row 1 (instrument 'vital_signs'): columns missing: 'vs_test'"),
        (
            "vital_signs_complete",
            "vs_complete",
            "columns that the dictionary dictionary.csv does not know: 'vs_complete'",
        ),
        ("vital_signs_complete,", "", "(instrument 'vital_signs'): columns missing: 'vital_signs_complete'"),
        ("dm_race___1,", "dm_race,", "row 1 column 'dm_race': the options of a checkbox in one column"),
        ("dm_race___1,", "dm_race___-99,", "export.csv row 1: 'dm_race____99' and 'dm_race___-99' are the same box"),
        ("dm_sex", "vs_test", "export.csv row 1 column 'vs_test': the header names the column twice"),
        ("redcap_data_access_group,", "", "columns missing: 'redcap_data_access_group'"),
        ("record_id", "record", "export.csv row 1 column 1 = 'record': expected 'record_id'"),
        ("record_id", "record_id_2", "export.csv row 1: no column 'record_id', the first field of dictionary.csv"),
    ],
)
def test_headers_that_do_not_fit(tmp_path, old, new, message):
    export = csv_text(HEADER, [])
    assert export.count(old)
    project(tmp_path, export.replace(old, new, 1))
    with pytest.raises(InputError) as error:
        read_form(tmp_path / "export.csv", "vs", mapping())
    assert message in str(error.value)
    with pytest.raises(InputError) as error:
        check_extract(tmp_path, mapping())
    assert message in str(error.value)


def test_a_header_of_labels_is_named_as_such(tmp_path):
    header = ["Record ID", "Event Name", "Repeat Instrument", "Repeat Instance", "Sex", "Complete?", "Complete?"]
    project(tmp_path, csv_text(header, [["01-001", "Screening", "", "", "Female", "Complete", "Complete"]]))
    with pytest.raises(InputError) as error:
        read_form(tmp_path / "export.csv", "dm", mapping())
    assert str(error.value) == (
        "export.csv row 1 column 1 = 'Record ID': expected 'record_id', the first field of dictionary.csv; export with "
        "variable names in the header, not with labels"
    )


def test_another_delimiter_is_named(tmp_path):
    project(tmp_path, flat(PLAIN, delimiter=";"))
    with pytest.raises(InputError, match="separated by semicolon, but the mapping declares comma"):
        read_form(tmp_path / "export.csv", "vs", mapping())


def test_a_ragged_row_is_named(tmp_path):
    project(tmp_path, flat(PLAIN) + "01-002,screening_arm_1\n")
    with pytest.raises(InputError, match=r"export.csv row 3: 2 fields, but the header has 21"):
        read_form(tmp_path / "export.csv", "vs", mapping())


def race(**boxes):
    return mapped("dm", fields={"race": {"boxes": boxes}}, ignore=["dm_sex"])


def common(**changes):
    return mapping(common={**MAPPING["common"], **changes})


@pytest.mark.parametrize(
    ("form", "changed", "message"),
    [
        (
            "vs",
            mapped("vs", fields={"vsorres": {"column": "vs_reslt"}}),
            "forms.vs column 'vs_reslt': not a field of the dictionary dictionary.csv; did you mean 'vs_result'?",
        ),
        (
            "vs",
            mapped("vs", fields={"vsorres": {"column": "ae_term"}}),
            "forms.vs column 'ae_term': a field of the instrument 'adverse_events', not of 'vital_signs'",
        ),
        (
            "dm",
            race(dm_race___7="ASIAN"),
            "forms.dm column 'dm_race___7': the box is not among the choices 1, 5, -99 of 'dm_race' in dictionary.csv",
        ),
        ("dm", race(dm_race="ASIAN"), "forms.dm column 'dm_race': a checkbox with the choices 1, 5, -99"),
        ("dm", race(dm_sex___1="ASIAN"), "forms.dm column 'dm_sex___1': not a field of the dictionary"),
        (
            "ae",
            mapped("ae", part="adverse_event"),
            "forms.ae: no instrument 'adverse_event' in dictionary.csv; did you",
        ),
        ("ae", mapped("ae", part=None), "forms.ae: no instrument 'ae' in dictionary.csv"),
        ("vs", common(site="dm_sex"), "common.site = 'dm_sex': not on every row of an export; use one of record_id"),
        ("vs", common(status="vital_signs_complete"), "common.status = 'vital_signs_complete': not on every row"),
        ("vs", mapping(dictionary=None), "the mapping names no dictionary"),
    ],
)
def test_mappings_that_do_not_fit_the_dictionary(tmp_path, form, changed, message):
    path = project(tmp_path, flat(PLAIN))
    with pytest.raises(InputError) as error:
        read_form(path, form, changed)
    assert message in str(error.value)
    with pytest.raises(InputError) as error:
        check_extract(tmp_path, changed)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            dictionary(header=["field_name", "form_name", *DICTIONARY_HEADER[2:]]),
            "dictionary.csv row 1: not the header of a REDCap data dictionary, columns missing: 'Variable / Field",
        ),
        (dictionary([*FIELDS, FIELDS[3]]), "'vs_test': the field stands in row 5 too; keep one"),
        (dictionary([]), "dictionary.csv: the dictionary holds no field"),
        (dictionary([*FIELDS, ("", "qol", "text", "")]), "dictionary.csv row 11 column 'Variable / Field Name' = ''"),
        (dictionary([*FIELDS, ("x", "", "text", "")]), "dictionary.csv row 11 column 'Form Name' = ''"),
        (dictionary(delimiter=";"), "dictionary.csv row 1"),
    ],
)
def test_dictionaries_that_are_none(tmp_path, text, message):
    path = project(tmp_path, flat(PLAIN), text=text)
    with pytest.raises(InputError) as error:
        read_form(path, "vs", mapping())
    assert message in str(error.value)


def test_an_extract_as_declared_has_no_query(tmp_path):
    project(tmp_path, flat(PLAIN))
    assert check_extract(tmp_path, mapping()) == []


def test_what_the_mapping_does_not_know_is_listed(tmp_path):
    project(tmp_path, flat(PLAIN))
    (tmp_path / "notes.txt").write_text("")
    changed = mapping(ignored_files=[], forms={**MAPPING["forms"], "vs": {**MAPPING["forms"]["vs"], "ignore": []}})
    found = [(q["rule"], q["form"], q["RAWFILE"], q["value"]) for q in check_extract(tmp_path, changed)]
    assert found == [
        ("Q-101", "", "notes.txt", "notes.txt"),
        ("Q-102", "vs", "export.csv:vital_signs", "vs_double"),
        ("Q-101", "", "export.csv:qol", "export.csv:qol"),
    ]
    taken = mapping(ignored_files=[], not_mapped={"promis": {"file": "export.csv", "part": "qol", "why": "test"}})
    assert [q["value"] for q in check_extract(tmp_path, taken)] == ["notes.txt"]


def test_a_box_of_a_code_for_missing_data_is_a_further_column(tmp_path):
    header = [*HEADER, "dm_race___nask"]
    path = project(tmp_path, flat({**SCREENING, "dm_race___nask": "1"}, header=header))
    assert read_form(path, "dm", mapping())["dm_race___nask"].tolist() == ["1"]
    assert [(q["rule"], q["value"]) for q in check_extract(tmp_path, mapping())] == [("Q-102", "dm_race___nask")]


def test_a_column_that_is_declared_as_ignored_may_be_unknown(tmp_path):
    path = project(tmp_path, flat(PLAIN, header=[*HEADER, "module_note"]))
    changed = mapped("ae", ignore=["module_note"])
    assert len(read_form(path, "vs", changed)) == 1
    assert check_extract(tmp_path, changed) == []


def test_skipped_rows_are_counted(tmp_path):
    rows = [{**at("screening_arm_1", record=f"01-00{n}"), **UNTICKED, "demographics_complete": "0"} for n in (1, 2, 3)]
    project(tmp_path, flat(PLAIN | {"record_id": "01-009"}, *rows))
    (found,) = check_extract(tmp_path, mapping())
    assert (found["rule"], found["severity"], found["form"], found["RAWROW"]) == ("Q-111", "I", "dm", "3")
    assert "3 rows have this status and nothing else in the form; they are not records" in found["message"]


def test_a_project_without_events_and_repeats(tmp_path):
    header = ["record_id", "redcap_data_access_group", *HEADER[6:]]
    path = project(tmp_path, flat({"vs_result": "70"}, {"record_id": "01-002", "dm_sex": "1"}, header=header))
    common = {**MAPPING["common"], "visit": None, "record": None}
    frame = read_form(path, "vs", mapping(common=common))
    assert frame[["record_id", "RAWROW", "EVENT", "INSTANCE"]].to_numpy().tolist() == [["01-001", 2, "", ""]]
    assert check_extract(tmp_path, mapping(common=common)) == []


def test_one_file_an_instrument(tmp_path):
    shared = ["record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"]
    shared.append("redcap_data_access_group")
    files = {
        "ae.csv": [*shared, "ae_no", "ae_term", "adverse_events_complete"],
        "vs.csv": [*shared, "vs_test", "vs_result", "vs_double", "vital_signs_complete"],
    }
    rows = {"ae.csv": [{**AE, "ae_term": "rash"}], "vs.csv": [SCREENING, {**PLAIN, "record_id": "01-002"}]}
    (tmp_path / "dictionary.csv").write_text(dictionary())
    for file, header in files.items():
        (tmp_path / file).write_text(flat(*rows[file], header=header))
    forms = {name: {**MAPPING["forms"][name], "file": f"{name}.csv"} for name in ("ae", "vs")}
    changed = mapping(forms=forms)
    assert check_extract(tmp_path, changed) == []
    frames = {name: read_form(tmp_path / f"{name}.csv", name, changed) for name in forms}
    assert frames["ae"][["RAWFILE", "RAWROW"]].to_numpy().tolist() == [["ae.csv:adverse_events", 2]]
    assert frames["vs"][["RAWFILE", "RAWROW"]].to_numpy().tolist() == [["vs.csv:vital_signs", 3]]


def test_a_file_is_parsed_once_and_anew_when_it_changed(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(redcap, "read_columns", lambda *given: calls.append(given[0]) or read_columns(*given))
    path = project(tmp_path, flat(PLAIN, {**AE, "ae_term": "once"}))
    for form in ("dm", "vs", "ae"):
        read_form(path, form, mapping())
    assert calls == ["export.csv"]
    project(tmp_path, flat(PLAIN, {**AE, "ae_term": "anew"}))
    assert read_form(path, "ae", mapping())["ae_term"].tolist() == ["anew"]
    assert calls == ["export.csv", "export.csv"]
