"""Prepared forms: typed columns, queries with their messages, removed records; order and repetition change nothing."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crf2csr.clean.forms import COMMON, empty_form, prepare_form
from crf2csr.raw_contracts import known_forms, load_raw_contract
from crf2csr.results import QUERY_COLUMNS, REMOVED_COLUMNS
from tests.extracts import MAPPING, changed, prepared, raw_frame, rules, view, with_field

TARGET = {
    "FOLDER": "Tumor assessment 1",
    "LESION": "T1",
    "NODAL": "No",
    "DAT_RAW": "05-Mar-2019",
    "DIAMETER": "12.50",
    "UNIT": "mm",
}


def values(form, field):
    return [None if pd.isna(value) else value for value in form.data[field]]


def test_a_clean_record_has_typed_values_and_no_query():
    form = prepared("tl", TARGET)
    expected = {
        "SITE": "01",
        "SUBJECT": "01-001",
        "VISIT": "TUM1",
        "RECORD": 1,
        "STATUS": "Locked",
        "RAWFILE": "tl.csv",
        "RAWROW": 2,
        "lesion": "T1",
        "nodal": "N",
        "nodal__raw": "No",
        "dtc": "2019-03-05",
        "dtc__raw": "05-Mar-2019",
        "diameter": "12.5",
        "diameter__raw": "12.50",
        "unit": "mm",
    }
    assert form.data.iloc[0].dropna().to_dict() == expected | {"lesion__raw": "T1", "unit__raw": "mm"}
    assert len(form.queries) == len(form.removed) == 0
    assert list(form.queries) == QUERY_COLUMNS
    assert list(form.removed) == REMOVED_COLUMNS


@pytest.mark.parametrize("name", list(MAPPING.forms))
def test_every_form_has_the_columns_and_types_that_are_promised(name):
    filled, empty = prepared(name, {"SUBJECT": "01-001"}), empty_form(name)
    for form in (filled, empty, prepared(name)):
        assert [column for column in form.data if not column.endswith("__why")][:7] == COMMON
        for field in load_raw_contract(name).fields.values():
            assert str(form.data[field.name].dtype) == ("Int64" if field.type == "integer" else "string")
            assert str(form.data[f"{field.name}__raw"].dtype) == "string"
            assert form.why(field.name).isna().all()
        assert {str(dtype) for dtype in form.data.dtypes} == {"string", "Int64"}


def test_an_empty_form_exists_for_every_contract():
    assert all(len(empty_form(name).data) == 0 for name in known_forms())


def test_raw_columns_of_every_field_are_named_for_the_links():
    columns = prepared("rs").columns
    assert columns["dtc"] == ["RSDAT_YY", "RSDAT_MM", "RSDAT_DD"]
    assert columns["overall"] == ["OVERALL", "OVERALL_STD"]
    assert columns["common.subject"] == ["SUBJECT"]
    assert columns["common.visit"] == ["FOLDER"]
    assert prepared("dm").columns["race"][-1] == "RACE___-99"


def test_split_dates_are_one_date():
    form = prepared(
        "rs",
        {"FOLDER": "Tumor assessment 1", "RSDAT_YY": "2019", "RSDAT_MM": "03", "RSDAT_DD": "14"},
        {"FOLDER": "Tumor assessment 2", "RSDAT_YY": "2019", "RSDAT_MM": "UN", "RSDAT_DD": "UN"},
        {"FOLDER": "Tumor assessment 3", "RSDAT_YY": "2019", "RSDAT_MM": "2", "RSDAT_DD": "30"},
        {"FOLDER": "Tumor assessment 4"},
    )
    assert values(form, "dtc") == ["2019-03-14", "2019", None, None]
    assert values(form, "dtc__raw") == ["2019-03-14", "2019-UN-UN", "2019-2-30", None]
    assert rules(form) == [("Q-1102", "dtc", 4)]


def test_the_imputed_standard_date_is_never_read():
    form = prepared(
        "eos", {"EOSDAT_RAW": "UN-Mar-2019", "EOSDAT": "2019-03-15"}, {"SUBJECT": "01-002", "EOSDAT": "2019-03-15"}
    )
    assert values(form, "eosdtc") == ["2019-03", None]


def test_missing_codes_keep_their_reason():
    form = prepared("ae", {"AENO": "1", "GRADE": "-99"}, {"AENO": "2", "GRADE": "nd"}, {"AENO": "3", "GRADE": "-98"})
    assert values(form, "grade") == [None, None, None]
    assert form.why("grade").fillna("").tolist() == ["not recorded", "not done", ""]
    assert values(form, "grade__raw") == ["-99", "nd", "-98"]
    assert rules(form) == [("Q-109", "grade", 4)]


def test_checkboxes_are_joined_and_recorded_as_ticked():
    form = prepared("dm", {"RACE___2": "1", "RACE___5": "1", "RACE___1": "0"}, {"SUBJECT": "01-002", "RACE___1": "0"})
    assert values(form, "race") == ["ASIAN; WHITE", None]
    assert values(form, "race__raw") == ["RACE___2=1; RACE___5=1", None]
    assert rules(form) == []


def test_an_answered_form_without_a_tick_is_queried():
    form = prepared("dm", {"SEX": "Female"}, {"SUBJECT": "01-002", "SEX": "Female", "RACE___5": "1", "RACE___-98": "1"})
    assert rules(form) == [("Q-117", "race", 2), ("Q-117", "race", 3)]
    assert values(form, "race") == [None, "WHITE; UNKNOWN"]


def test_identifiers_are_trimmed_and_otherwise_as_recorded():
    form = prepared("eos", {"SUBJECT": " 01-001 "}, {"SUBJECT": "01-00a"}, {"SUBJECT": "01-00A"})
    assert values(form, "SUBJECT") == ["01-001", "01-00a", "01-00A"]
    assert len(form.queries) == 0


def test_a_site_that_lost_its_zero_is_read_and_queried_a_subject_is_only_queried():
    form = prepared("eos", {"SITE": "1"}, {"SUBJECT": "1-002"})
    assert values(form, "SITE") == ["01", "01"]
    assert values(form, "SUBJECT") == ["01-001", "1-002"]
    assert form.queries["message"].tolist() == [
        "Q-113 01-001 eos.site (eos.csv row 2) = '1': leading zero lost; the site is read as '01'",
        "Q-113 1-002 eos.subject (eos.csv row 3) = '1-002': leading zero lost; expected '01-' before the number",
    ]


def test_sites_of_others_are_queried():
    form = prepared("eos", {"SITE": "02"}, {"SITE": "", "SUBJECT": "01-002"})
    assert rules(form) == [("Q-106", "site", 2), ("Q-106", "site", 3)]
    assert "expected '01', the site in the subject" in form.queries["message"][0]
    assert "the site is blank" in form.queries["message"][1]


def test_a_record_without_a_subject_is_not_used():
    form = prepared("eos", {"SUBJECT": " "}, {})
    assert form.data["RAWROW"].tolist() == [3]
    assert form.removed[["RAWROW", "reason"]].values.tolist() == [["2", "the subject is blank"]]
    assert rules(form) == [("Q-105", "subject", 2)]


def test_unknown_and_blank_visits_are_queried():
    form = prepared("tl", TARGET | {"FOLDER": "Unscheduled"}, TARGET | {"FOLDER": ""}, TARGET)
    assert values(form, "VISIT") == [None, None, "TUM1"]
    assert rules(form) == [("Q-120", "visit", 2), ("Q-120", "visit", 3)]
    assert rules(prepared("eos", {"FOLDER": ""})) == []


def test_open_and_unlocked_records_are_queried():
    form = prepared(
        "eos",
        {"FORMSTATUS": "Incomplete"},
        {"SUBJECT": "01-002", "FORMSTATUS": "complete", "OPENQUERIES": ""},
        {"SUBJECT": "01-003", "FORMSTATUS": "", "OPENQUERIES": "2"},
        {"SUBJECT": "01-004", "OPENQUERIES": "two"},
    )
    assert rules(form) == [
        ("Q-111", "status", 2),
        ("Q-111", "status", 4),
        ("Q-111", "queries", 4),
        ("Q-108", "queries", 5),
    ]
    assert form.queries["message"][0] == (
        "Q-111 01-001 eos.status (eos.csv row 2) = 'Incomplete': form incomplete or unlocked, or query open at source; "
        "expected Locked or Complete"
    )


def test_gaps_in_the_record_numbers_tell_of_deleted_records():
    records = [{"AENO": str(n), "RECPOS": str(n)} for n in (1, 2, 5)]
    other = {"AENO": "1", "SUBJECT": "01-002", "RECPOS": "2"}
    form = prepared("ae", *records, other)
    assert rules(form) == [("Q-112", "record", 4), ("Q-112", "record", 5)]
    assert "record numbers 3 to 4 are absent" in form.queries["message"][0]
    deleted = prepared(
        "ae", *records, {"AENO": "3", "RECPOS": "3", "DELETED": "Y"}, {"AENO": "4", "RECPOS": "4", "DELETED": "Y"}
    )
    assert rules(deleted) == [("Q-112", "deleted", 5), ("Q-112", "deleted", 6)]


def test_a_deleted_record_is_one_query_whatever_else_is_wrong_with_it():
    gone = {"AENO": "2", "RECPOS": "5", "DELETED": "Y", "SITE": "77", "FORMSTATUS": "Open", "TERM": "a@b.example.org"}
    assert rules(prepared("ae", {"AENO": "1"}, gone)) == [("Q-112", "deleted", 3)]


def test_record_numbers_begin_again_in_each_visit_unless_declared_otherwise():
    visits = [TARGET | {"RECPOS": "1"}, TARGET | {"FOLDER": "Tumor assessment 2", "RECPOS": "2"}]
    assert rules(prepared("tl", *visits)) == [("Q-112", "record", 3)]
    assert rules(prepared("tl", *visits, record_scope="subject")) == []


def test_personal_identifiers_are_queried_and_not_repeated():
    form = prepared(
        "ae", {"AENO": "1", "TERM": "pneumonia (pt phone 913-555-0142)", "COMMENTS": "write to a@b.example.org"}
    )
    assert rules(form) == [("Q-118", "term", 2), ("Q-118", "COMMENTS", 2)]
    assert "0142" not in form.queries.to_csv()
    assert "example.org" not in form.queries.to_csv()
    assert form.queries["value"].tolist() == ["(withheld)", "(withheld)"]


def test_columns_that_are_never_read_are_no_free_text():
    assert rules(prepared("eos", {"EOSDAT": "a@b.example.org"})) == []


def test_a_declared_pivot_and_field_formats_are_used():
    record = {"EOSDAT_RAW": "03/14/19"}
    assert rules(prepared("eos", record)) == [("Q-108", "eosdtc", 2)]
    form = prepared("eos", record, **with_field("eos", "eosdtc", dates=("mm/dd/yyyy",), pivot=50))
    assert values(form, "eosdtc") == ["2019-03-14"]


def test_fields_that_an_extract_lacks_are_missing():
    old = MAPPING.forms["eos"]
    fields = {name: place for name, place in old.fields.items() if name != "autopsy"}
    forms = {**MAPPING.forms, "eos": old.model_copy(update={"fields": fields, "absent": ("autopsy",)})}
    form = prepared("eos", {}, forms=forms)
    assert values(form, "autopsy") == values(form, "autopsy__raw") == [None]
    assert form.columns["autopsy"] == []


def test_records_of_one_key_are_compared_by_what_they_mean():
    again = TARGET | {"NODAL": "0", "DIAMETER": "12.5", "DAT_RAW": "2019-03-05", "FOLDER": "tumor assessment 01"}
    form = prepared("tl", TARGET, again | {"RECPOS": "1"})
    assert form.removed["reason"].tolist() == ["identical to row 2"]


def test_records_that_cannot_be_read_are_compared_by_what_they_say():
    form = prepared("tl", TARGET | {"DIAMETER": "x"}, TARGET | {"DIAMETER": "y"})
    assert len(form.data) == 0
    assert [rule for rule, *_ in rules(form)] == ["Q-108", "Q-103", "Q-108", "Q-103"]


def test_of_three_records_two_identical_ones_do_not_outvote_the_third():
    form = prepared("tl", TARGET, TARGET, TARGET | {"DIAMETER": "13"})
    assert len(form.data) == 0
    assert form.removed["RAWROW"].tolist() == ["2", "3", "4"]
    assert [row[:1] + row[2:] for row in rules(form)] == [("Q-103", 2), ("Q-104", 3), ("Q-103", 4)]


def test_records_that_came_three_times_do_not_contradict_each_other():
    form = prepared("tl", TARGET, TARGET, TARGET)
    assert form.data["RAWROW"].tolist() == [2]
    assert rules(form) == [("Q-104", "", 3), ("Q-104", "", 4)]


def test_the_visit_is_part_of_the_key_where_the_contract_says_so():
    other = TARGET | {"FOLDER": "Tumor assessment 2", "RECPOS": "1", "DIAMETER": "13"}
    assert len(prepared("tl", TARGET, other).data) == 2
    assert (
        len(prepared("ae", {"AENO": "1", "GRADE": "1"}, {"AENO": "1", "GRADE": "2", "FOLDER": "Cycle 1 Day 1"}).data)
        == 0
    )


def test_the_raw_frame_is_not_changed():
    raw = raw_frame("tl", TARGET, TARGET, TARGET | {"DELETED": "Y"})
    before = raw.copy(deep=True)
    prepare_form(raw, "tl", MAPPING, view())
    pd.testing.assert_frame_equal(raw, before)


#: Each example prepares two forms.
FEW = settings(max_examples=20)
DIAMETERS = st.sampled_from(["", "12", "12.0", "13", "<5", "-99", "1,5", "ND", "1e9"])
RECORDS = st.lists(
    st.fixed_dictionaries({
        "SUBJECT": st.sampled_from(["01-001", "01-002", "", "02-001"]),
        "LESION": st.sampled_from(["T1", "T2", ""]),
        "DIAMETER": DIAMETERS,
        "DELETED": st.sampled_from(["N", "N", "Y"]),
        "DAT_RAW": st.sampled_from(["05-Mar-2019", "UN-Mar-2019", "31-Feb-2019", "x", ""]),
    }),
    max_size=7,
)  # fmt: skip


@FEW
@given(RECORDS)
def test_every_record_is_used_or_removed_with_a_reason_and_never_both(records):
    form = prepared("tl", *records)
    used, gone = form.data["RAWROW"].astype(str).tolist(), form.removed["RAWROW"].tolist()
    assert sorted(used + gone, key=int) == [str(row) for row in range(2, len(records) + 2)]
    assert form.removed["reason"].ne("").all()


@FEW
@given(RECORDS, st.randoms(use_true_random=False))
def test_the_order_of_the_records_changes_nothing_but_their_numbers(records, chance):
    numbered = [record | {"RECPOS": str(number)} for number, record in enumerate(records, start=1)]
    shuffled = chance.sample(numbered, len(numbered))
    kept = [
        {(row.SUBJECT, row.lesion, row.diameter, row.dtc) for row in form.data.fillna("").itertuples()}
        for form in (prepared("tl", *numbered), prepared("tl", *shuffled))
    ]
    assert kept[0] == kept[1]


@FEW
@given(RECORDS)
def test_a_file_that_holds_every_record_twice_gives_the_same_values(records):
    once, twice = prepared("tl", *records), prepared("tl", *records, *records)
    columns = [column for column in once.data if column not in ("RECORD", "RAWROW")]
    pd.testing.assert_frame_equal(once.data[columns], twice.data[columns])


@FEW
@given(RECORDS)
def test_a_value_that_is_lost_is_a_query_or_a_listed_missing_code(records):
    form = prepared("tl", *records)
    doubted = set(zip(form.queries["field"], form.queries["RAWROW"].astype(int), strict=True))
    for field in ("diameter", "dtc", "lesion"):
        lost = form.data[form.data[field].isna() & form.data[f"{field}__raw"].notna() & form.why(field).isna()]
        assert {(field, row) for row in lost["RAWROW"]} <= doubted


def test_other_deleted_values_may_be_declared():
    assert len(prepared("eos", {"DELETED": "removed"}, deleted_values=("Removed",)).data) == 0
    assert changed(deleted_values=()).deleted_values == ()
