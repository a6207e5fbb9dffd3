"""ODM-XML comes back as recorded, transactions leave the last state, and what is malformed ends in one clear error."""

import pytest

from crf2csr.clean.rules.identity import refuse_other_study
from crf2csr.clean.rules.records import deleted
from crf2csr.errors import InputError
from crf2csr.mapping import Mapping
from crf2csr.readers.odm import check_extract, read_form

#: The MetaDataVersion of the tests: two forms, one item group each, and a group that nothing is mapped from.
STUDY = """\
<Study OID="S.1">
  <GlobalVariables><StudyName>S</StudyName><StudyDescription/><ProtocolName>S</ProtocolName></GlobalVariables>
  <BasicDefinitions>
    <MeasurementUnit OID="MU.KG" Name="kg"><Symbol><TranslatedText>kg</TranslatedText></Symbol></MeasurementUnit>
    <MeasurementUnit OID="MU.LB" Name="lb"/>
  </BasicDefinitions>
  <MetaDataVersion OID="V.1" Name="V.1">
    <StudyEventDef OID="SE.SCR" Name="Screening" Repeating="No" Type="Scheduled"/>
    <StudyEventDef OID="SE.TUM" Name="Tumor" Repeating="Yes" Type="Scheduled"/>
    <FormDef OID="F.VS" Name="Vital signs" Repeating="Yes"><ItemGroupRef ItemGroupOID="IG.VS" Mandatory="No"/></FormDef>
    <FormDef OID="F.EOT" Name="End" Repeating="No"><ItemGroupRef ItemGroupOID="IG.EOT" Mandatory="No"/></FormDef>
    <ItemGroupDef OID="IG.VS" Name="VS" Repeating="Yes">
      <ItemRef ItemOID="IT.TEST" Mandatory="No"/><ItemRef ItemOID="IT.DATE" Mandatory="No"/>
      <ItemRef ItemOID="IT.RES" Mandatory="No"/>
    </ItemGroupDef>
    <ItemGroupDef OID="IG.EOT" Name="EOT" Repeating="No"><ItemRef ItemOID="IT.REASON" Mandatory="No"/></ItemGroupDef>
    <ItemDef OID="IT.TEST" Name="Test" DataType="text"><CodeListRef CodeListOID="CL.TEST"/></ItemDef>
    <ItemDef OID="IT.DATE" Name="Date" DataType="date"/>
    <ItemDef OID="IT.RES" Name="Result" DataType="float"><MeasurementUnitRef MeasurementUnitOID="MU.KG"/></ItemDef>
    <ItemDef OID="IT.REASON" Name="Reason" DataType="text"/>
    <CodeList OID="CL.TEST" Name="Test" DataType="text"/>
  </MetaDataVersion>
</Study>
"""
ATTRIBUTES = 'FileOID="1" CreationDateTime="2020-01-01T00:00:00" ODMVersion="1.3.2"'
VENDOR = 'xmlns:mdsol="http://www.mdsol.com/ns/odm/metadata"'
VS = {
    "vstestcd": {"column": "IT.TEST"},
    "vsdtc": {"column": "IT.DATE"},
    "vsorres": {"column": "IT.RES"},
    "vsorresu": {"column": "IT.RES__UNIT"},
}
MAPPING = {
    "reader": "odm",
    "encoding": "utf-8",
    "dates": ["iso"],
    "common": {"site": "LocationOID", "subject": "SubjectKey", "visit": "StudyEvent", "deleted": "TransactionType"},
    "deleted_values": ["Remove"],
    "forms": {"vs": {"file": "odm.xml", "part": "IG.VS", "fields": VS}},
}


def mapping(**changes):
    return Mapping.model_validate(MAPPING | changes)


def odm(data, kind="Snapshot", study=STUDY, root=f"{ATTRIBUTES} {VENDOR}", space="http://www.cdisc.org/ns/odm/v1.3"):
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<ODM xmlns="{space}" FileType="{kind}" {root}>\n'
    return f"{head}{study}{data}</ODM>\n"


def clinical(subjects, study="S.1"):
    return f'<ClinicalData StudyOID="{study}" MetaDataVersionOID="V.1">\n{subjects}</ClinicalData>\n'


def chain(groups, kind="", event='StudyEventOID="SE.SCR"', form='FormOID="F.VS"', subject="01-001"):
    """Return item groups below one subject, event and form, the subject with a transaction."""
    own = f' TransactionType="{kind}"' if kind else ""
    return (
        f'<SubjectData SubjectKey="{subject}"{own}><SiteRef LocationOID="01"/>\n'
        f"<StudyEventData {event}>\n<FormData {form}>\n{groups}</FormData>\n</StudyEventData>\n</SubjectData>\n"
    )


def group(number, items="", more=""):
    return f'<ItemGroupData ItemGroupOID="IG.VS" ItemGroupRepeatKey="{number}" {more}>{items}</ItemGroupData>\n'


def item(oid, value, more="", inside=""):
    return f'<ItemData ItemOID="{oid}" Value="{value}" {more}>{inside}</ItemData>'


def read(folder, text, **changes):
    (folder / "odm.xml").write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return read_form(folder / "odm.xml", "vs", mapping(**changes))


def refused(folder, text, **changes):
    with pytest.raises(InputError) as error:
        read(folder, text, **changes)
    assert "\n" not in str(error.value)
    return str(error.value)


def transactions(folder, *parts, **changes):
    return read(folder, odm("".join(clinical(part) for part in parts), "Transactional"), **changes)


WEIGHT = item("IT.TEST", "WEIGHT")


# --- values and places


def test_every_column_of_a_record(tmp_path):
    unit = '<MeasurementUnitRef MeasurementUnitOID="MU.LB"/>'
    groups = group(3, WEIGHT + item("IT.RES", "080.50", inside=unit), 'mdsol:Submission="All"')
    text = odm(clinical(chain(groups, event='StudyEventOID="SE.TUM" StudyEventRepeatKey="2"', form='FormOID="F.VS"')))
    frame = read(tmp_path, text)
    assert frame.loc[0].to_dict() == {
        "StudyOID": "S.1",
        "MetaDataVersionOID": "V.1",
        "SubjectKey": "01-001",
        "LocationOID": "01",
        "StudyEvent": "SE.TUM[2]",
        "StudyEventOID": "SE.TUM",
        "StudyEventRepeatKey": "2",
        "FormOID": "F.VS",
        "FormRepeatKey": "",
        "ItemGroupOID": "IG.VS",
        "ItemGroupRepeatKey": "3",
        "TransactionType": "",
        "ODMPath": "01-001/SE.TUM[2]/F.VS/IG.VS[3]",
        "ODMLine": str(text[: text.index("<ItemGroupData")].count("\n") + 1),
        "IT.TEST": "WEIGHT",
        "IT.DATE": "",
        "IT.RES": "080.50",
        "IT.RES__UNIT": "MU.LB",
        "ItemGroupData/mdsol:Submission": "All",
        "RAWFILE": "odm.xml:IG.VS",
        "RAWROW": 1,
    }
    assert set(frame.dtypes.astype(str)) == {"string", "Int64"}


def test_texts_survive_as_recorded(tmp_path):
    odd = " NA &lt;b&gt; &amp; two&#10;lines\u00e9 \u0416 "
    frame = read(tmp_path, odm(clinical(chain(group(1, item("IT.TEST", odd))))))
    assert frame["IT.TEST"].tolist() == [" NA <b> & two\nlines\u00e9 \u0416 "]


@pytest.mark.parametrize(
    ("declared", "codec"), [("UTF-16", "utf-16"), ("windows-1252", "cp1252"), ("UTF-8", "utf-8-sig")]
)
def test_other_encodings_are_read_as_declared(tmp_path, declared, codec):
    text = odm(clinical(chain(group(1, item("IT.TEST", "patient\u2019s"))))).replace("UTF-8", declared)
    assert read(tmp_path, text.encode(codec), encoding=codec)["IT.TEST"].tolist() == ["patient\u2019s"]


def test_typed_data_null_and_absent_items(tmp_path):
    typed = '<ItemDataString ItemOID="IT.TEST"><![CDATA[<5 & more]]></ItemDataString>'
    typed += '<ItemDataFloat ItemOID="IT.RES" MeasurementUnitOID="MU.KG">60.0</ItemDataFloat>'
    null = '<ItemData ItemOID="IT.TEST" IsNull="Yes"/><ItemDataFloat ItemOID="IT.RES" IsNull="Yes"/>'
    frame = read(tmp_path, odm(clinical(chain(group(1, typed) + group(2, null) + group(3)))))
    assert frame[["IT.TEST", "IT.DATE", "IT.RES", "IT.RES__UNIT"]].to_numpy().tolist() == [
        ["<5 & more", "", "60.0", "MU.KG"],
        ["", "", "", ""],
        ["", "", "", ""],
    ]


def test_a_unit_that_only_the_definition_names_is_not_taken(tmp_path):
    frame = read(tmp_path, odm(clinical(chain(group(1, item("IT.RES", "60"))))))
    assert frame["IT.RES__UNIT"].tolist() == [""]


def test_records_are_counted_over_all_item_groups(tmp_path):
    end = '<ItemGroupData ItemGroupOID="IG.EOT"/>\n'
    first = chain(group(1) + group(2)) + chain(end, form='FormOID="F.EOT"')
    frame = read(tmp_path, odm(clinical(first) + clinical(chain(group(1), subject="01-002"))))
    assert frame[["SubjectKey", "RAWROW"]].to_numpy().tolist() == [["01-001", 1], ["01-001", 2], ["01-002", 4]]


def test_lines_are_right_far_down_a_file(tmp_path):
    # libxml2 keeps a line number in 16 bits: beyond line 65,535 its own are wrong
    text = odm(clinical(chain("\n" * 70_000 + group(1) + group(2))))
    lines = text.split("\n")
    for row in read(tmp_path, text).to_dict("records"):
        assert f'ItemGroupRepeatKey="{row["ItemGroupRepeatKey"]}"' in lines[int(row["ODMLine"]) - 1]


def test_what_is_known_and_not_read_leaves_no_trace(tmp_path):
    audit = '<AuditRecord><UserRef UserOID="U"/><LocationRef LocationOID="01"/><DateTimeStamp/></AuditRecord>'
    sign = "<Signature><UserRef UserOID='U'/></Signature>"
    note = "<Annotation SeqNum='1'><Comment>late</Comment></Annotation>"
    groups = group(1, audit + sign + note + item("IT.TEST", "PULSE", inside=audit + note) + "<!-- no value --><?pi?>")
    data = "<AdminData><User OID='U'/></AdminData>" + clinical(chain(groups)) + "<Association/>"
    assert read(tmp_path, odm(data))["IT.TEST"].tolist() == ["PULSE"]
    assert check_extract(tmp_path, mapping()) == []


def test_a_file_that_is_read_again_follows_its_bytes(tmp_path):
    assert read(tmp_path, odm(clinical(chain(group(1, WEIGHT)))))["IT.TEST"].tolist() == ["WEIGHT"]
    assert read(tmp_path, odm(clinical(chain(group(1, item("IT.TEST", "PULSE"))))))["IT.TEST"].tolist() == ["PULSE"]


def test_an_item_group_without_records_is_an_empty_form(tmp_path):
    end = '<ItemGroupData ItemGroupOID="IG.EOT"/>\n'
    frame = read(tmp_path, odm(clinical(chain(end, form='FormOID="F.EOT"'))))
    assert len(frame) == 0
    assert frame["IT.RES__UNIT"].dtype == "string"


def test_metadata_may_come_in_a_file_of_its_own(tmp_path):
    (tmp_path / "meta.xml").write_text(odm(""))
    frame = read(tmp_path, odm(clinical(chain(group(1, WEIGHT))), study=""), dictionary="meta.xml")
    assert frame["IT.TEST"].tolist() == ["WEIGHT"]


# --- transactions


def test_later_transactions_overwrite_by_key(tmp_path):
    first = chain(group(1, WEIGHT + item("IT.RES", "60")) + group(2, item("IT.RES", "61")), "Insert")
    changes = item("IT.RES", "60.5") + item("IT.DATE", "2020-01-02")
    later = chain(group(1, changes, 'TransactionType="Update"'), "Context")
    upsert = chain(group(2, item("IT.RES", "62")) + group(3, item("IT.RES", "63")), "Upsert")
    frame = transactions(tmp_path, first, later, upsert)
    assert frame[["IT.TEST", "IT.DATE", "IT.RES", "TransactionType", "RAWROW"]].to_numpy().tolist() == [
        ["WEIGHT", "2020-01-02", "60.5", "Update", 1],
        ["", "", "62", "Upsert", 2],
        ["", "", "63", "Upsert", 5],
    ]


def test_items_are_removed_nulled_and_sent_as_context(tmp_path):
    first = chain(group(1, WEIGHT + item("IT.RES", "60") + item("IT.DATE", "2020")), "Insert")
    removed = '<ItemData ItemOID="IT.RES" TransactionType="Remove"/>'
    nulled = '<ItemData ItemOID="IT.DATE" TransactionType="Update" IsNull="Yes"/>'
    frame = transactions(tmp_path, first, chain(group(1, WEIGHT + removed + nulled), "Context"))
    assert frame[["IT.TEST", "IT.RES", "IT.DATE"]].to_numpy().tolist() == [["WEIGHT", "", ""]]
    assert frame["TransactionType"].tolist() == ["Update"]


def test_what_is_not_said_in_an_update_stays(tmp_path):
    unit = '<MeasurementUnitRef MeasurementUnitOID="MU.KG"/>'
    first = chain(group(1, item("IT.RES", "60", inside=unit)), "Insert")
    frame = transactions(tmp_path, first, chain(group(1, '<ItemData ItemOID="IT.RES"/>'), "Update"))
    assert frame[["IT.RES", "IT.RES__UNIT"]].to_numpy().tolist() == [["60", "MU.KG"]]


def test_a_removed_record_is_kept_as_deleted(tmp_path):
    first = chain(group(1, WEIGHT) + group(2, item("IT.TEST", "PULSE")), "Insert")
    frame = transactions(tmp_path, first, chain(group(2, more='TransactionType="Remove"'), "Context"))
    assert deleted(frame, mapping()).tolist() == [False, True]
    assert frame["IT.TEST"].tolist() == ["WEIGHT", "PULSE"]


@pytest.mark.parametrize("below", ["", "<StudyEventData StudyEventOID='SE.SCR'/>"])
def test_removing_a_subject_removes_its_records(tmp_path, below):
    first = chain(group(1) + group(2), "Insert") + chain(group(1), "Insert", subject="01-002")
    gone = f'<SubjectData SubjectKey="01-001" TransactionType="Remove">{below}</SubjectData>\n'
    frame = transactions(tmp_path, first, gone)
    assert frame["TransactionType"].tolist() == ["Remove", "Remove", "Insert"]


@pytest.mark.parametrize(
    "removal", [chain(group(1), "Remove"), chain(group(1, more='TransactionType="Remove"'), "Context")]
)
def test_what_is_removed_and_inserted_again_is_two_records(tmp_path, removal):
    first, again = (chain(group(1, item("IT.TEST", name)), "Insert") for name in ("WEIGHT", "PULSE"))
    frame = transactions(tmp_path, first, removal, again)
    assert frame[["IT.TEST", "TransactionType", "RAWROW"]].to_numpy().tolist() == [
        ["WEIGHT", "Remove", 1],
        ["PULSE", "Insert", 3],
    ]


def test_a_soft_deletion_in_a_snapshot_keeps_its_values(tmp_path):
    frame = read(tmp_path, odm(clinical(chain(group(1, WEIGHT, 'TransactionType="Remove"') + group(2)))))
    assert frame[["IT.TEST", "TransactionType"]].to_numpy().tolist() == [["WEIGHT", "Remove"], ["", ""]]


TRANSACTION_FAULTS = {
    "insert twice": ([chain(group(1), "Insert"), chain(group(1), "Insert")], "F.VS/IG.VS[1]: the same key"),
    "update first": ([chain(group(1), "Update")], "IG.VS[1]: Update of a record that the file does not hold"),
    "remove first": ([chain(group(1), "Remove")], "IG.VS[1]: Remove of a record that the file does not hold"),
    "update after remove": (
        [chain(group(1), "Insert"), chain(group(1), "Remove"), chain(group(1), "Update")],
        "IG.VS[1]: Update of a record that the file does not hold at this point",
    ),
    "context first": ([chain(group(1), "Context")], "IG.VS[1]: Context of a record"),
    "context differs": (
        [chain(group(1, WEIGHT), "Insert"), chain(group(1, item("IT.TEST", "PULSE")), "Context")],
        "IG.VS[1]/IT.TEST: sent as context with 'PULSE', but the file said 'WEIGHT'",
    ),
    "item inserted twice": (
        [chain(group(1, WEIGHT), "Insert"), chain(group(1, WEIGHT.replace("/>", "")), "Context").replace(
            'Value="WEIGHT" ', 'Value="PULSE" TransactionType="Insert"')],
        "IG.VS[1]/IT.TEST: the item is inserted twice: 'WEIGHT', then 'PULSE'",
    ),
    "no type": ([chain(group(1))], "IG.VS[1]: no TransactionType here or above"),
    "unknown type": ([chain(group(1), "Delete")], "01-001: TransactionType = 'Delete': ODM has Insert, Update"),
    "insert below remove": (
        [chain(group(1), "Insert"), chain(group(2, more='TransactionType="Insert"'), "Remove")],
        "IG.VS[2]: TransactionType = 'Insert' below a Remove",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", TRANSACTION_FAULTS)
def test_transactions_that_contradict_themselves(tmp_path, fault):
    parts, message = TRANSACTION_FAULTS[fault]
    found = refused(tmp_path, odm("".join(map(clinical, parts)), "Transactional"))
    assert found.startswith("odm.xml line ")
    assert message in found


def test_changes_to_an_earlier_file_are_refused(tmp_path):
    text = odm(clinical(chain(group(1), "Insert")), "Transactional", root=f'{ATTRIBUTES} PriorFileOID="0"')
    assert "odm.xml line 2: PriorFileOID = '0': the file holds only what changed" in refused(tmp_path, text)


# --- malformed files

GOOD = odm(clinical(chain(group(1, WEIGHT))))
BOMB = '<!DOCTYPE ODM [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">' for n in range(12)
)
DOCTYPE = "a document type (DOCTYPE); entities and document types are refused"
XML_FAULTS = {
    "truncated": (GOOD[: GOOD.index("</FormData>")], "line 31: the file ends before its last element is closed"),
    "cut in a tag": (GOOD[: GOOD.index(' ItemGroupRepeatKey="1"')], "line 30: the file ends before"),
    "mismatch": (GOOD.replace("</FormData>", "</Form>"), "line 31: not XML (Opening and ending tag mismatch: FormData"),
    "two roots": (GOOD + "<ODM/>", "line 36: not XML (Extra content"),
    "no XML": ("SUBJECT,SEX\n1,2\n", "line 1: not XML (Start tag expected"),
    "external entity": (
        GOOD.replace("<ODM ", '<!DOCTYPE ODM [<!ENTITY e SYSTEM "file:///etc/hostname">]>\n<ODM ').replace(
            "WEIGHT", "&e;"
        ),
        f"line 2: {DOCTYPE}",
    ),
    "entity bomb": (GOOD.replace("<ODM ", f"{BOMB}]>\n<ODM ").replace("WEIGHT", "&a11;"), f"line 2: {DOCTYPE}"),
    "DTD": (GOOD.replace("<ODM ", '<!DOCTYPE ODM SYSTEM "http://example.org/odm.dtd">\n<ODM '), f"line 2: {DOCTYPE}"),
    "undeclared entity": (GOOD.replace("WEIGHT", "&nbsp;"), "line 30: not XML (Entity 'nbsp' not defined"),
    "wrong bytes": (GOOD.replace("WEIGHT", "caf\u00e9").encode("cp1252"), "line 30: not in the encoding"),
    "declares UTF-16": (GOOD.replace("UTF-8", "UTF-16"), "line 1: encoding 'UTF-16', but the mapping declares utf-8"),
    "declares Latin-1": (GOOD.replace("UTF-8", "ISO-8859-1"), "line 1: encoding 'ISO-8859-1', but the mapping"),
    "mark against declaration": (GOOD.encode("utf-16"), "byte 0: a UTF-16 byte-order mark, but the file declares the"),
    "no encoding of this world": (GOOD.replace("UTF-8", "latin9000"), "line 1: encoding 'latin9000'"),
    "empty": ("", "the file is empty"),
    "other root": ("<html/>", "line 1: the root element is 'html', not ODM"),
    "no namespace": ("<ODM/>", "line 1: no namespace; ODM 1.3 has 'http://www.cdisc.org/ns/odm/v1.3'"),
    "ODM 2": (odm("", space="http://www.cdisc.org/ns/odm/v2.0"), "line 2: namespace 'http://www.cdisc.org/ns/odm/v2.0'"),
    "version 2": (GOOD.replace('"1.3.2"', '"2.0"'), "line 2: ODMVersion = '2.0': ODM 1.3 to 1.3.2 is read"),
    "file type": (GOOD.replace("Snapshot", "Delta"), "line 2: FileType = 'Delta'; ODM has Snapshot and Transactional"),
}  # fmt: skip


@pytest.mark.parametrize("fault", XML_FAULTS)
def test_what_is_no_sound_file_is_refused(tmp_path, fault):
    text, message = XML_FAULTS[fault]
    found = refused(tmp_path, text)
    assert found.startswith("odm.xml")
    assert message in found


DATA_FAULTS = {
    "no data": ("", "odm.xml: no ClinicalData, only definitions"),
    "key twice": (
        clinical(chain(group(1) + group(1))),
        "line 31: 01-001/SE.SCR/F.VS/IG.VS[1]: the same key stands on line 30 already",
    ),
    "no key twice": (
        clinical(chain('<ItemGroupData ItemGroupOID="IG.VS"/>' * 2)),
        "01-001/SE.SCR/F.VS/IG.VS: the same key stands on line 30 already; two records need two repeat keys",
    ),
    "item twice": (
        clinical(chain(group(1, WEIGHT + item("IT.TEST", "PULSE")))),
        "IG.VS[1]/IT.TEST: the item is inserted twice: 'WEIGHT', then 'PULSE'",
    ),
    "blank subject": (clinical(chain(group(1), subject=" ")), "line 27:  : SubjectData without SubjectKey"),
    "no item group": (clinical(chain("<ItemGroupData/>")), "01-001/SE.SCR/F.VS/: ItemGroupData without ItemGroupOID"),
    "undefined item": (
        clinical(chain(group(1, item("IT.NEW", "1")))),
        "line 30: 01-001/SE.SCR/F.VS/IG.VS[1]: ItemData 'IT.NEW' is not an item of this ItemGroupDef",
    ),
    "item of another group": (clinical(chain(group(1, item("IT.REASON", "1")))), "ItemData 'IT.REASON' is not an item"),
    "undefined group": (
        clinical(chain('<ItemGroupData ItemGroupOID="IG.NEW"/>')),
        "01-001/SE.SCR/F.VS/IG.NEW: the ItemGroupDef 'IG.NEW' is not defined",
    ),
    "undefined event": (
        clinical(chain(group(1), event='StudyEventOID="SE.NEW"')),
        "line 28: 01-001/SE.NEW: the StudyEventDef 'SE.NEW' is not defined",
    ),
    "undefined unit": (
        clinical(chain(group(1, item("IT.RES", "1", inside='<MeasurementUnitRef MeasurementUnitOID="MU.ST"/>')))),
        "IG.VS[1]/IT.RES: the MeasurementUnit 'MU.ST' is not defined",
    ),
    "value and null": (
        clinical(chain(group(1, item("IT.RES", "1", 'IsNull="Yes"')))),
        "IG.VS[1]/IT.RES: the value '1' with IsNull = 'Yes'",
    ),
    "null is no": (clinical(chain(group(1, item("IT.RES", "1", 'IsNull="No"')))), "IT.RES: IsNull = 'No'; ODM has Yes"),
    "update in a snapshot": (
        clinical(chain(group(1), "Update")),
        "01-001: TransactionType = 'Update' in a Snapshot, which has each value once",
    ),
    "group at a wrong level": (
        clinical(f'<SubjectData SubjectKey="1">{group(1)}</SubjectData>'),
        "line 27: the element 'ItemGroupData' does not belong into SubjectData in ODM 1.3.2",
    ),
    "site too late": (
        clinical(chain(group(1)).replace("</SubjectData>", '<SiteRef LocationOID="02"/></SubjectData>')),
        "line 33: 01-001: SiteRef stands after StudyEventData",
    ),
    "definitions last": (clinical(chain(group(1))) + STUDY, "Study stands after ClinicalData"),
    "two studies": (
        clinical(chain(group(1))) + clinical(chain(group(1)), study="S.2"),
        "line 35: StudyOID = 'S.2', but the file began with 'S.1'; get one study a file",
    ),
    "hidden characters": (
        clinical(chain(group(1, item("IT.NEW", "1")), subject="01&#x202E;001")),
        "01\\u202e001/SE.SCR/F.VS/IG.VS[1]: ItemData",
    ),
}


@pytest.mark.parametrize("fault", DATA_FAULTS)
def test_data_that_cannot_be_taken_are_refused_with_their_place(tmp_path, fault):
    data, message = DATA_FAULTS[fault]
    found = refused(tmp_path, odm(data))
    assert found.startswith("odm.xml")
    assert message in found


def test_another_study_than_the_expected_one(tmp_path):
    common = MAPPING["common"] | {"study": "StudyOID"}
    frame = read(tmp_path, odm(clinical(chain(group(1)), study="S.1(UAT)")), common=common)
    with pytest.raises(InputError, match=r"odm.xml:IG.VS row 1 column 'StudyOID' = 'S.1\(UAT\)': a record of another"):
        refuse_other_study(frame, mapping(common=common).common, ["S.1", "S.1(Prod)"])


def test_a_value_above_the_limit(tmp_path):
    text = odm(clinical(chain(group(1, item("IT.RES", "1" * 51)))))
    assert "IT.RES: 51 characters, more than limits.cell = 50" in refused(tmp_path, text, limits={"cell": 50})


def test_a_number_written_with_another_sign(tmp_path):
    text = odm(clinical(chain(group(1, item("IT.RES", "60,5")) + group(2, item("IT.RES", "61,5")))))
    assert "odm.xml:IG.VS row 1 column 'IT.RES' = '60,5'" in refused(tmp_path, text)


# --- the mapping against the definitions


def with_vs(**changes):
    return {"forms": {"vs": MAPPING["forms"]["vs"] | changes}}


def test_a_mapped_item_that_is_not_defined(tmp_path):
    found = refused(tmp_path, GOOD, **with_vs(fields=VS | {"vsdtc": {"column": "IT.DAT"}}))
    assert "odm.xml line 14 ItemGroupDef 'IG.VS': columns missing: 'IT.DAT'; did you mean 'IT.DATE'?" in found


def test_a_mapped_item_group_that_is_not_defined(tmp_path):
    assert "odm.xml: no ItemGroupDef 'IG.VT'; did you mean 'IG.VS'?" in refused(tmp_path, GOOD, **with_vs(part="IG.VT"))


def test_a_form_needs_its_part(tmp_path):
    assert "forms.vs: no part; a file of ODM holds several forms" in refused(tmp_path, GOOD, **with_vs(part=None))


def test_a_vendor_attribute_that_no_element_has(tmp_path):
    common = MAPPING["common"] | {"status": "FormData/mdsol:Status"}
    assert "columns missing: 'FormData/mdsol:Status'" in refused(tmp_path, GOOD, common=common)
    end = odm(clinical(chain('<ItemGroupData ItemGroupOID="IG.EOT"/>', form='FormOID="F.EOT"')))
    assert read(tmp_path, end, common=common)["FormData/mdsol:Status"].tolist() == []


def test_definitions_that_name_what_they_lack(tmp_path):
    for name, kind in (("IT.DATE", "ItemDef"), ("CL.TEST", "CodeList"), ("MU.KG", "MeasurementUnit")):
        study = STUDY.replace(f'<{kind} OID="{name}"', f'<{kind} OID="{name}.X"')
        found = refused(tmp_path, odm(clinical(chain(group(1))), study=study))
        assert f"the {kind} '{name}' is named and not defined" in found


def test_a_file_without_definitions(tmp_path):
    assert "odm.xml: no ItemGroupDef before" in refused(tmp_path, odm(clinical(chain(group(1))), study=""))


def test_an_item_with_a_reserved_name(tmp_path):
    study = STUDY.replace("IT.DATE", "SubjectKey")
    found = refused(tmp_path, odm(clinical(chain(group(1))), study=study))
    assert "odm.xml line 14: ItemGroupDef 'IG.VS': the item 'SubjectKey' has a name that is reserved" in found


def checked(folder, text, **changes):
    (folder / "odm.xml").write_text(text)
    found = check_extract(folder, mapping(**changes))
    return [(row["rule"], row["form"], row["RAWFILE"], row["value"]) for row in found]


def test_what_the_mapping_does_not_know_is_a_query(tmp_path):
    end = '<ItemGroupData ItemGroupOID="IG.EOT" mdsol:Locked="1"/>\n'
    groups = group(1, item("IT.RES", "1", 'mdsol:Hint="x"', "<mdsol:Query Text='?'/>"))
    data = "<ReferenceData StudyOID='S.1' MetaDataVersionOID='V.1'/>"
    data += clinical(chain(groups) + chain(end, form='FormOID="F.EOT"'))
    fewer = {name: VS[name] for name in ("vstestcd", "vsorres")}
    change = with_vs(fields=fewer, absent=["vsdtc", "vsorresu"])
    assert checked(tmp_path, odm(data), **change) == [
        ("Q-101", "", "odm.xml:IG.EOT", "IG.EOT"),
        ("Q-102", "", "odm.xml", "ItemData/mdsol:Hint"),
        ("Q-102", "", "odm.xml", "ItemData/mdsol:Query"),
        ("Q-102", "", "odm.xml", "ItemGroupData/mdsol:Locked"),
        ("Q-102", "", "odm.xml", "ReferenceData"),
        ("Q-102", "vs", "odm.xml:IG.VS", "IT.DATE"),
        ("Q-102", "vs", "odm.xml:IG.VS", "IT.RES__UNIT"),
    ]
    quiet = ["ItemData/mdsol:Hint", "ItemData/mdsol:Query", "ItemGroupData/mdsol:Locked", "ReferenceData"]
    quiet += ["IT.DATE", "IT.RES__UNIT"]
    change = with_vs(fields=fewer, absent=["vsdtc", "vsorresu"], ignore=quiet)
    assert checked(tmp_path, odm(data), **change, ignored_files=["odm.xml:IG.EOT"]) == []


def test_every_missing_item_is_named_at_once(tmp_path):
    eot = {"file": "odm.xml", "part": "IG.EOT", "fields": {"reason": {"column": "IT.WHY"}}}
    forms = with_vs(fields=VS | {"vsdtc": {"column": "IT.DAT"}})["forms"] | {"eot": eot}
    (tmp_path / "odm.xml").write_text(GOOD)
    with pytest.raises(InputError, match=r"line 18 ItemGroupDef 'IG\.EOT'.*'IT\.WHY'.*; .*'IG\.VS'.*'IT\.DAT'"):
        check_extract(tmp_path, mapping(forms=forms))
