"""The second program of the response outcomes: hand-worked raw folders, dirt, a planted wrong number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crf2csr.compare import compare
from crf2csr.errors import InputError
from crf2csr.jobs.qc import PROGRAMS
from qc.response import recompute
from tests.qc.raw import VALUES, write_extract

# Three treated subjects, first dose 2020-01-06; day 63 is 2020-03-09, day 126 2020-05-11, day 189 2020-07-13.
# 01-001, 75 mg: 30.3 mm; 21.21 is 0.7 x 30.3: PR; 21.2: PR; 26.3 is 5.1 over 21.2 and above 1.2 x 21.2 = 25.44: PD.
# 01-002, 125 mg, no target lesion: present, absent, present again. 01-003, phase II: dies before a scan.
# 01-004 is enrolled and never dosed, 01-005 screened only.
TABLES = {
    "dm": """SUBJECT|SEX
        01-001|Female
        01-002|Female
        01-003|Female
        01-004|Female
        01-005|Female""",
    "enr": """SUBJECT|ENRNO|ENRDAT_RAW|PHASE|LEVEL
        01-001|1|03-Jan-2020|Phase 1|75
        01-002|2|01-Feb-2020|Phase 2|125
        01-002|1|03-Jan-2020|Phase 1|125
        01-003|1|03-Jan-2020|Phase 2|125
        01-004|1|03-Jan-2020|Phase 2|125""",
    "ex_oral": """SUBJECT|DRUG|EXNO|GIVEN|STDAT_RAW|ENDAT_RAW
        01-001|Palbociclib|1|Yes|06-Jan-2020|26-Jan-2020
        01-002|Letrozole|1|Yes|2020-01-06|2020-01-26
        01-004|Palbociclib|1|No|06-Jan-2020|26-Jan-2020""",
    "ex_tdm1": """SUBJECT|CYCLE|GIVEN|EXDAT_RAW
        01-003|1|Yes|06-Jan-2020""",
    "tl": """SUBJECT|FOLDER|LESION|PARENT|NODAL|DAT_RAW|DIAMETER|UNIT|STATE
        01-001|Screening|T1||No|30-Dec-2019|30.3|mm|
        01-001|Tumor assessment 1|T1||No|09-Mar-2020|21.21|mm|
        01-001|Tumor assessment 2|T1||No|11-May-2020|21.2|mm|
        01-001|Tumor assessment 3|T1||No|13-Jul-2020|26.3|mm|""",
    "ntl": """SUBJECT|FOLDER|LESION|NODAL|DAT_RAW|STATE
        01-002|Screening|NT1|No|30-Dec-2019|Present
        01-002|Tumor assessment 1|NT1|No|09-Mar-2020|Present
        01-002|Tumor assessment 2|NT1|No|11-May-2020|Absent
        01-002|Tumor assessment 3|NT1|No|13-Jul-2020|Present
        01-003|Screening|NT1|No|30-Dec-2019|Present""",
    "nl": """SUBJECT|FOLDER|LESION|PRESENT|DAT_RAW|NODAL|CERTAINTY|SIZE
        01-001|Tumor assessment 1||No|09-Mar-2020|||
        01-001|Tumor assessment 2||No|11-May-2020|||
        01-001|Tumor assessment 3||No|13-Jul-2020|||
        01-002|Tumor assessment 1||No|09-Mar-2020|||
        01-002|Tumor assessment 2||No|11-May-2020|||
        01-002|Tumor assessment 3||No|13-Jul-2020|||""",
    "eos": """SUBJECT|EOSDAT_RAW|REASON|DTHDAT_RAW
        01-003|15-Feb-2020|Death|15-Feb-2020""",
}
PATIENTS = {
    "01-001/OVRLRESP/TUM1": "PR",
    "01-001/OVRLRESP/TUM2": "PR",
    "01-001/OVRLRESP/TUM3": "PD",
    "01-001/BOR/": "PR",
    "01-001/CBOR/": "PR",
    "01-002/OVRLRESP/TUM1": "NON-CR/NON-PD",
    "01-002/OVRLRESP/TUM2": "CR",
    "01-002/OVRLRESP/TUM3": "PD",
    "01-002/BOR/": "CR",
    "01-002/CBOR/": "NON-CR/NON-PD",
    "01-003/BOR/": "MISSING",
    "01-003/CBOR/": "MISSING",
}


def run(folder: Path, tables: Mapping[str, str] = TABLES, **values: Any) -> dict[str, str]:
    named = {key.replace(".", "_"): key for key in VALUES}
    return recompute(write_extract(folder, tables), VALUES | {named[name]: value for name, value in values.items()})


def patients(found: Mapping[str, str], subject: str = "") -> dict[str, str]:
    return {key: value for key, value in found.items() if not key.startswith("response-") and key.startswith(subject)}


def edited(form: str, old: str, new: str) -> dict[str, str]:
    assert TABLES[form].count(old) == 1
    return TABLES | {form: TABLES[form].replace(old, new)}


def added(form: str, *lines: str) -> dict[str, str]:
    return TABLES | {form: "\n".join([TABLES[form], *lines])}


def test_keys_are_those_of_the_runner() -> None:
    assert set(VALUES) == set(PROGRAMS["response"].keys)


def test_responses_of_the_hand_worked_folder(tmp_path: Path) -> None:
    assert patients(run(tmp_path)) == PATIENTS


@pytest.mark.parametrize(
    ("column", "counted"),
    [  # subjects of the column, of them with confirmed response, measurable, evaluable (a death before any scan counts)
        ("d75", (1, 1, 1, 1)),
        ("d100", (0, 0, 0, 0)),
        ("d125", (1, 0, 0, 1)),
        ("ph2", (1, 0, 0, 1)),
        ("rp2d", (2, 0, 0, 2)),
        ("all", (3, 1, 1, 3)),
    ],
)
def test_columns_and_sets_of_the_hand_worked_folder(tmp_path: Path, column: str, counted: tuple[int, ...]) -> None:
    found = run(tmp_path)
    places = ["response-fas/{}///N", "response-fas/{}/CBOR/ORR/n"]
    places += ["response-measurable/{}///N", "response-evaluable/{}///N"]
    assert tuple(found[place.format(f"c3/{column}")] for place in places) == tuple(map(str, counted))


def test_without_a_declared_dose_the_pooled_group_is_empty(tmp_path: Path) -> None:
    found = run(tmp_path, rp2d_value=None)
    assert (found["response-fas/c3/rp2d///N"], found["response-fas/c3/ph2///N"]) == ("0", "1")
    assert found["response-fas/c3/rp2d/CBOR/ORR/upper"] == "–"


def test_numbers_of_the_hand_worked_folder(tmp_path: Path) -> None:
    # limits: 1/3 (0.8, 90.6), 0/1 (0.0, 97.5) in percent (statistical rules, section 8; R 4.2.2 binom.test)
    found = run(tmp_path)
    place = "response-fas/c3/all/CBOR/ORR/"
    assert (found[place + "n"], found[place + "N"], found[place + "estimate"]) == ("1", "3", "0.333333333")
    assert [round(100 * float(found[place + name]), 1) for name in ("lower", "upper")] == [0.8, 90.6]
    place = "response-fas/c3/d125/CBOR/CR/"
    assert (found[place + "lower"], round(100 * float(found[place + "upper"]), 1)) == ("0.0", 97.5)
    assert found["response-fas/c3/all/CBOR/NON-CR%2FNON-PD/n"] == "1"
    assert "response-fas/c3/all/CBOR/PD/lower" not in found
    # clinical benefit: 01-001 by its confirmed PR, 01-002 only if its CR of day 126 (< 168) needs no confirmation
    assert [found[f"response-fas/c3/all/{name}/Y/n"] for name in ("CBEN", "CBENU")] == ["1", "2"]
    bor = [found[f"response-fas/c3/all/BOR/{name}/n"] for name in ("CR", "PR", "ORR", "MISSING")]
    assert bor == ["1", "1", "2", "1"]


def test_codes_labels_encodings_and_delimiters_say_the_same(tmp_path: Path) -> None:
    words = {"Yes": "1", "No": "0", "Phase 1": "1", "Phase 2": "2", "Present": "1", "Absent": "2", "Death": "4"}
    coded = {form: "\n".join(_coded(line, words) for line in table.splitlines()) for form, table in TABLES.items()}
    folder = write_extract(
        tmp_path, coded, {"tl": "utf-8-sig", "nl": "utf-16", "ae": "cp1252", "ntl": "utf-16-le"[:6]}, {"enr": ";"}
    )
    assert recompute(folder, VALUES) == run(tmp_path)


def _coded(line: str, words: Mapping[str, str]) -> str:
    return "|".join(words.get(cell.strip(), cell) for cell in line.split("|"))


SIZE_2 = "01-001|Tumor assessment 2|T1||No|11-May-2020|21.2|mm|"
NEW_2 = "01-001|Tumor assessment 2||No|11-May-2020|||"
NEW_3 = "01-001|Tumor assessment 3||No|13-Jul-2020|||"
UNSEEN_2 = {"OVRLRESP/TUM2": "NE", "CBOR/": "SD"}  # the PR of visit 1 is not confirmed by a later one
PROGRESSED_2 = {"OVRLRESP/TUM2": "PD", "CBOR/": "SD"}


def size_2(end: str) -> dict[str, str]:
    """The tables with another end of the line of lesion T1 at the second visit."""
    return edited("tl", SIZE_2, SIZE_2.replace("21.2|mm|", end))


def new_2(end: str) -> dict[str, str]:
    return edited("nl", NEW_2, f"01-001|Tumor assessment 2|{end}")


def confirmed_at_3(seen_at_1: bool = False) -> dict[str, str]:
    """An equivocal new lesion at the second visit, if wanted at the first too, that is certain at the third."""
    later = "01-001|Tumor assessment 3|N1|Yes|11-May-2020|No|Unequivocal|16"
    table = new_2("N1|Yes|11-May-2020|No|Equivocal|8")["nl"].replace(NEW_3, later)
    first = "01-001|Tumor assessment 1|{}"
    seen = first.format("N1|Yes|09-Mar-2020|No|Equivocal|6")
    return TABLES | {"nl": table.replace(first.format("|No|09-Mar-2020|||"), seen) if seen_at_1 else table}


def one_lesion(nodal: str, second: str, third: str) -> dict[str, str]:
    """Lesion T1 with other ends of its lines at the second and third visit, as a node or not."""
    last = "01-001|Tumor assessment 3|T1||No|13-Jul-2020|"
    assert last in TABLES["tl"]
    table = size_2(second)["tl"].replace(f"{last}26.3|mm|", f"{last}{third}")
    return TABLES | {"tl": table.replace("|T1||No|", f"|T1||{nodal}|")}


def other_lesion(state: str) -> dict[str, str]:
    """A non-target lesion of 01-001 with a state at the second visit."""
    lines = [("Screening", "30-Dec-2019", "Present"), ("Tumor assessment 1", "09-Mar-2020", "Present")]
    lines += [("Tumor assessment 2", "11-May-2020", state), ("Tumor assessment 3", "13-Jul-2020", "Present")]
    return {"ntl": "\n".join([TABLES["ntl"], *(f"01-001|{visit}|NT1|No|{day}|{word}" for visit, day, word in lines)])}


def therapy(kind: str, start: str, lesions: str = "") -> dict[str, str]:
    return TABLES | {"act": f"SUBJECT|ACTNO|KIND|STDAT_RAW|LESIONS\n01-001|1|{kind}|{start}|{lesions}"}


@pytest.mark.parametrize(
    ("tables", "changed"),
    [
        # identical twice: one is kept; contradicting: none, so nothing is measured (F-204, F-206)
        (added("tl", SIZE_2), {}),
        (added("tl", SIZE_2.replace("21.2", "12.2")), UNSEEN_2),
        # centimeters; an undeclared decimal comma and an unknown unit are no numbers (F-203)
        (size_2("2.12|cm|"), {}),
        (size_2("21,2|mm|"), UNSEEN_2),
        (size_2("21.2|inch|"), UNSEEN_2),
        (size_2("-5|mm|"), UNSEEN_2),
        (size_2("21.2||"), UNSEEN_2),
        (size_2("ND|mm|Not evaluated"), UNSEEN_2),
        # a size beside a word that excludes it, and a merged lesion without a partner (decision 0002, points 4 and 5)
        (size_2("6|mm|Absent"), UNSEEN_2),
        (size_2("6|mm|Not evaluated"), UNSEEN_2),
        (size_2("||Merged"), UNSEEN_2),
        (size_2("||Split"), UNSEEN_2),
        # too small is 5 mm: PR, then PD; absent is 0 mm: CR, then PD because disease is back
        (size_2("||Too small to measure"), {}),
        (size_2("||Absent"), {"OVRLRESP/TUM2": "CR", "BOR/": "CR"}),
        (one_lesion("No", "21.2|mm|", "26.2|mm|"), {}),  # +5.0 mm and more than 20 % is PD, +4.99 mm is not
        (one_lesion("No", "21.2|mm|", "26.19|mm|"), {"OVRLRESP/TUM3": "SD"}),
        (one_lesion("No", "||Too small to measure", "10|mm|"), {}),  # 5 mm and 5 mm more
        (one_lesion("No", "||Too small to measure", "9.99|mm|"), {"OVRLRESP/TUM3": "PR"}),
        (one_lesion("No", "4|mm|Too small to measure", "9|mm|"), {}),  # unless a size is given
        (one_lesion("No", "0|mm|Too small to measure", "9.99|mm|"), {"OVRLRESP/TUM3": "PR"}),
        (
            size_2("4||Too small to measure"),
            UNSEEN_2,
        ),  # without unit or negative it is no size (decision 0002, point 18)
        (size_2("-4|mm|Too small to measure"), UNSEEN_2),
        (one_lesion("Yes", "10.0|mm|", "16|mm|"), {}),  # a node of 10 mm is left, one of 9.9 mm is gone
        (one_lesion("Yes", "9.9|mm|", "16|mm|"), {"OVRLRESP/TUM2": "CR", "BOR/": "CR"}),
        (
            one_lesion("Yes", "9.9|mm|", "9.9|mm|"),
            {"OVRLRESP/TUM2": "CR", "OVRLRESP/TUM3": "CR", "BOR/": "CR", "CBOR/": "CR"},
        ),
        # target lesions gone but a non-target lesion not evaluated: PR
        (size_2("||Absent") | other_lesion("Not evaluated"), {"OVRLRESP/TUM3": "PD"}),
        (size_2("||Absent") | other_lesion("Absent"), {"OVRLRESP/TUM2": "CR", "BOR/": "CR"}),
        (TABLES | other_lesion("Unequivocal progression"), PROGRESSED_2),
        # an unequivocal new lesion; a node of 9.9 mm is none; equivocal: only if confirmed, then at first sight
        (new_2("N1|Yes|11-May-2020|No|1|8"), PROGRESSED_2),
        (new_2("N1|Yes|11-May-2020|No||8"), PROGRESSED_2),  # certainty is optional on the form
        (new_2("N1|Yes|11-May-2020|Yes|Unequivocal|9.9"), {}),
        (new_2("N1|Yes|11-May-2020|Yes|Unequivocal|10"), PROGRESSED_2),
        (new_2("N1|Yes|11-May-2020|No|Equivocal|8"), {}),
        (confirmed_at_3(), PROGRESSED_2),
        (confirmed_at_3(seen_at_1=True), {"OVRLRESP/TUM1": "PD", "BOR/": "PD", "CBOR/": "PD"}),
        # a new-lesion answer left blank is no, a form that is absent is unknown
        (new_2("||11-May-2020|||"), {}),
        (edited("nl", NEW_2, NEW_2.replace("01-001", "01-009")), UNSEEN_2),
        # irradiated on the day of the scan: not evaluable from then on
        (therapy("Radiotherapy", "11-May-2020", "T2, T1"), {**UNSEEN_2, "OVRLRESP/TUM3": "NE"}),
        (therapy("Radiotherapy", "12-May-2020", "T2, T1"), {"OVRLRESP/TUM3": "NE"}),
        (therapy("Radiotherapy", "11-May-2020", "T2"), {}),
        # new therapy on the day of the confirming scan excludes nothing, one day earlier it does
        (therapy("Systemic", "11-May-2020"), {}),
        (therapy("Systemic", "10-May-2020"), {"CBOR/": "SD"}),
        # partial: the earliest day after the last dose of 26 January, here 1 May; a two-digit year says nothing
        (therapy("Systemic", "UN-May-2020"), {"CBOR/": "SD"}),
        (therapy("Systemic", "UN-UNK-2020"), {"BOR/": "MISSING", "CBOR/": "MISSING"}),
        (therapy("Systemic", "UN-May-20"), {}),
    ],
)
def test_one_change_in_the_raw_folder(tmp_path: Path, tables: dict[str, str], changed: dict[str, str]) -> None:
    expected = patients(PATIENTS) | {f"01-001/{key}": value for key, value in changed.items()}
    assert patients(run(tmp_path, tables)) == expected


def test_a_raised_marker_forbids_cr_of_nontarget_lesions(tmp_path: Path) -> None:
    marker = "SUBJECT|FOLDER|RSDAT_YY|RSDAT_MM|RSDAT_DD|MARKER\n01-002|Tumor assessment 2|2020|05|11|Abnormal"
    found = patients(run(tmp_path, TABLES | {"rs": marker}), "01-002")
    assert set(found.values()) == {"NON-CR/NON-PD"}  # and so nothing comes back at the third visit


def test_an_abnormal_marker_counts_until_it_is_shown_to_be_normal(tmp_path: Path) -> None:
    # decision 0002, point 12: abnormal at the first visit, not done at the second
    header = "SUBJECT|FOLDER|RSDAT_YY|RSDAT_MM|RSDAT_DD|MARKER"
    lines = ["01-002|Tumor assessment 1|2020|03|09|Abnormal", "01-002|Tumor assessment 2|2020|05|11|{}"]
    for word, response in (("Not done", "NON-CR/NON-PD"), ("Normal", "CR")):
        found = run(tmp_path, TABLES | {"rs": "\n".join([header, *lines]).format(word)})
        assert found["01-002/OVRLRESP/TUM2"] == response


def test_nothing_can_respond_that_was_no_disease_at_baseline(tmp_path: Path) -> None:
    # decision 0002, points 2 and 13: 0 mm at baseline; 21.21 mm is PD, 0 mm no CR; an absent non-target lesion is none
    baseline = "01-001|Screening|T1||No|30-Dec-2019|30.3|mm|"
    tables = size_2("||Absent") | {
        "tl": size_2("||Absent")["tl"].replace(baseline, baseline.replace("30.3|mm|", "||Absent"))
    }
    tables |= {
        "ntl": TABLES["ntl"].replace("30-Dec-2019|Present\n        01-002", "30-Dec-2019|Absent\n        01-002")
    }
    found = patients(run(tmp_path, tables))
    assert [found[f"01-001/OVRLRESP/TUM{n}"] for n in (1, 2, 3)] == ["PD", "NE", "PD"]
    assert [found[f"01-002/OVRLRESP/TUM{n}"] for n in (1, 2, 3)] == ["NE", "NE", "NE"]


@pytest.mark.parametrize(
    ("day", "responses"),
    [  # first dose 6 January: a baseline scan of that day counts, one of the next day does not: then all is NE
        ("06-Jan-2020", {"TUM1": "PR", "TUM2": "PR", "TUM3": "PD"}),
        ("07-Jan-2020", {"SCREENING": "NE", "TUM1": "NE", "TUM2": "NE", "TUM3": "NE"}),
    ],
)
def test_baseline_is_at_or_before_the_first_dose(tmp_path: Path, day: str, responses: dict[str, str]) -> None:
    found = patients(run(tmp_path, edited("tl", "30-Dec-2019|30.3", f"{day}|30.3")), "01-001/OVRLRESP/")
    assert found == {f"01-001/OVRLRESP/{visit}": response for visit, response in responses.items()}


@pytest.mark.parametrize("day", ["", "UN-Jan-2020", "02-Feb-2020"])
def test_the_first_enrollment_is_that_of_the_lowest_number(tmp_path: Path, day: str) -> None:
    # 01-002 is in phase II from 1 February on with number 2; whatever date number 1 has, it is the first
    found = run(tmp_path, edited("enr", "01-002|1|03-Jan-2020|", f"01-002|1|{day}|"))
    assert tuple(found[f"response-fas/c3/{column}///N"] for column in ("d125", "ph2")) == ("1", "1")


def test_an_enrollment_without_a_dose_level_is_none(tmp_path: Path) -> None:
    # 01-002 counts from its second enrollment, in phase II (R-305; decision 0002, point 22)
    found = run(tmp_path, edited("enr", "01-002|1|03-Jan-2020|Phase 1|125", "01-002|1|03-Jan-2020|Phase 1|"))
    assert tuple(found[f"response-fas/c3/{column}///N"] for column in ("d125", "ph2", "all")) == ("0", "2", "3")


def test_enrolled_is_who_has_a_dose_level(tmp_path: Path) -> None:
    found = run(tmp_path, edited("enr", "03-Jan-2020|Phase 1|75", "03-Jan-2020|Phase 1|"))
    assert set(patients(found, "01-001")) == {f"01-001/OVRLRESP/TUM{n}" for n in (1, 2, 3)}
    assert found["response-fas/c3/all///N"] == "2"


def test_a_partial_start_of_therapy_lies_after_the_last_dose(tmp_path: Path) -> None:
    # last dose 20 May, therapy some day in May: 21 May at the earliest, so the scan of 11 May still confirms
    tables = therapy("Systemic", "UN-May-2020") | {
        "ex_oral": edited(
            "ex_oral", "06-Jan-2020|26-Jan-2020\n        01-002", "06-Jan-2020|20-May-2020\n        01-002"
        )["ex_oral"]
    }
    assert patients(run(tmp_path, tables)) == PATIENTS


def test_without_a_baseline_assessment_nobody_is_evaluable(tmp_path: Path) -> None:
    tables = edited("ntl", "01-003|Screening|NT1|No|30-Dec-2019|Present", "01-009|Screening|NT1|No|30-Dec-2019|Present")
    found = run(tmp_path, tables)
    assert [found[f"response-{name}/c3/ph2///N"] for name in ("fas", "evaluable")] == ["1", "0"]


def test_the_order_of_records_does_not_matter(tmp_path: Path) -> None:
    backwards = {form: "\n".join([lines[0], *lines[:0:-1]]) for form, lines in _split(TABLES).items()}
    assert run(tmp_path, backwards) == run(tmp_path)


def _split(tables: Mapping[str, str]) -> dict[str, list[str]]:
    return {form: table.splitlines() for form, table in tables.items()}


def test_a_record_deleted_at_the_source_says_nothing(tmp_path: Path) -> None:
    header, *lines = TABLES["tl"].splitlines()
    deleted = "01-001|Tumor assessment 2|T1||No|11-May-2020|60|mm||Y"
    table = "\n".join([f"{header}|DELETED", *(f"{line}|N" for line in lines), deleted])
    assert patients(run(tmp_path, TABLES | {"tl": table})) == PATIENTS


def test_records_after_the_cutoff_do_not_exist(tmp_path: Path) -> None:
    assert patients(run(tmp_path, data_cutoff=date(2020, 7, 13))) == PATIENTS
    found = patients(run(tmp_path, data_cutoff=date(2020, 7, 12)))
    assert found == {key: value for key, value in PATIENTS.items() if not key.endswith("TUM3")}


def test_fragments_add_up_and_a_merged_lesion_counts_nothing(tmp_path: Path) -> None:
    # 40 + 20 = 60 mm; fragments 12 + 10 and 10: 32, -46.7 %: PR; merged into one mass of 35: 35, -41.7 %, +3 mm: PR
    table = """SUBJECT|FOLDER|LESION|PARENT|NODAL|DAT_RAW|DIAMETER|UNIT|STATE
        01-001|Screening|T1||No|30-Dec-2019|40|mm|
        01-001|Screening|T2||No|30-Dec-2019|20|mm|
        01-001|Tumor assessment 1|T1||No|09-Mar-2020|||Split
        01-001|Tumor assessment 1|T1A|T1|No|09-Mar-2020|12|mm|
        01-001|Tumor assessment 1|T1B|T1|No|09-Mar-2020|10|mm|
        01-001|Tumor assessment 1|T2||No|09-Mar-2020|10|mm|
        01-001|Tumor assessment 2|T1||No|11-May-2020|35|mm|
        01-001|Tumor assessment 2|T2|T1|No|11-May-2020|||Merged"""
    found = patients(run(tmp_path, TABLES | {"tl": table}), "01-001")
    expected = {"OVRLRESP/TUM1": "PR", "OVRLRESP/TUM2": "PR", "OVRLRESP/TUM3": "NE", "BOR/": "PR", "CBOR/": "PR"}
    assert found == {f"01-001/{key}": value for key, value in expected.items()}


def test_one_wrong_number_of_the_first_program_is_found(tmp_path: Path) -> None:
    second = run(tmp_path)
    place = "response-fas/c3/all/CBOR/ORR/upper"
    for key, wrong in ((place, repr(float(second[place]) + 1e-6)), ("01-001/OVRLRESP/TUM1", "SD")):
        differences = compare(second | {key: wrong}, second)
        assert differences == [{"key": key, "first": wrong, "second": second[key], "difference": "different values"}]


RS = "SUBJECT|FOLDER|RSDAT_YY|RSDAT_MM|RSDAT_DD|OVERALL|OVERALL_STD"


def test_best_responses_of_the_investigator(tmp_path: Path) -> None:
    # visit responses stay derived; SD on day 63, PR on days 126 and 189: PR, not confirmed without the last one
    words = ("SD|SD", "PR|PR", "PR|PR")
    days = ("2020|03|09", "2020|05|11", "2020|07|13")
    lines = [f"01-001|Tumor assessment {n}|{days[n - 1]}|{words[n - 1]}" for n in (1, 2, 3)]
    found = run(tmp_path, TABLES | {"rs": "\n".join([RS, *lines])}, response_source="investigator")
    assert patients(found, "01-001/OVRLRESP") == patients(PATIENTS, "01-001/OVRLRESP")
    assert (found["01-001/BOR/"], found["01-001/CBOR/"]) == ("PR", "PR")
    assert (found["01-002/BOR/"], found["01-002/CBOR/"]) == ("MISSING", "MISSING")
    for word in ("PR|SD", "PR|", "|PR"):  # label and code that differ, or one of them missing, are no response
        differ = [*lines[:2], lines[2].replace("PR|PR", word)]
        found = run(tmp_path, TABLES | {"rs": "\n".join([RS, *differ])}, response_source="investigator")
        assert (found["01-001/BOR/"], found["01-001/CBOR/"]) == ("PR", "SD")


@pytest.mark.parametrize(
    ("word", "visit", "best", "evaluable"),
    [  # 01-003 dies without a scan; 01-001 is shown without its three visits (decision 0002, points 20 and 21)
        ("SD", "NE", "NE", "1"),
        ("ND", "ND", "MISSING", "1"),
        ("", None, "MISSING", "1"),
    ],
)
def test_a_response_without_any_lesion_record(
    tmp_path: Path, word: str, visit: str | None, best: str, evaluable: str
) -> None:
    first = {form: TABLES[form].splitlines() for form in ("tl", "nl")}
    alone = {form: "\n".join(line for line in lines if "Tumor assessment" not in line) for form, lines in first.items()}
    found = run(tmp_path, TABLES | alone | {"rs": f"{RS}\n01-001|Tumor assessment 1|2020|03|09|{word}|{word}"})
    assert (found.get("01-001/OVRLRESP/TUM1"), found["01-001/BOR/"]) == (visit, best)
    assert found["response-evaluable/c3/d125///N"] == evaluable
    assert found["response-evaluable/c3/d75///N"] == "0"


def test_death_as_the_end_of_a_drug_stands_for_an_assessment(tmp_path: Path) -> None:
    told = {"eos": "SUBJECT|EOSDAT_RAW|REASON|DTHDAT_RAW", "eot": "SUBJECT|DRUG|LASTDAT_RAW|REASON"}
    assert run(tmp_path, TABLES | told)["response-evaluable/c3/ph2///N"] == "0"
    told["eot"] += "\n01-003|T-DM1|06-Jan-2020|Death"
    assert run(tmp_path, TABLES | told)["response-evaluable/c3/ph2///N"] == "1"


@pytest.mark.parametrize("key", ["response.source", "response.pr_persistence", "response.cr_then_disease", "ci.method"])
def test_a_value_that_is_not_recomputed_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(InputError, match=f"key '{key}' = 'other'"):
        recompute(write_extract(tmp_path, TABLES), VALUES | {key: "other"})


def test_a_row_with_too_few_cells_is_refused(tmp_path: Path) -> None:
    write_extract(tmp_path, TABLES)
    with (tmp_path / "tl.csv").open("a", encoding="utf-8") as file:
        file.write("01,01-001\r\n")
    with pytest.raises(InputError, match=r"tl\.csv, row 6: 2 cells, header has 18"):
        recompute(tmp_path, VALUES)


def test_fragments_stand_for_a_lesion_without_a_record_of_its_own(tmp_path: Path) -> None:
    # 12 + 9 = 21 of 30.3 mm is below 0.7 (21.21): PR as with 21.21 mm itself
    whole = "01-001|Tumor assessment 1|T1||No|09-Mar-2020|21.21|mm|"
    part = "01-001|Tumor assessment 1|T1{}|T1|No|09-Mar-2020|{}|mm|"
    tables = edited("tl", whole, "\n".join([part.format("A", 12), part.format("B", 9)]))
    assert patients(run(tmp_path, tables)) == PATIENTS


def test_local_treatment_before_the_screening_scan_changes_nothing(tmp_path: Path) -> None:
    for start, changed in (("30-Dec-2019", False), ("31-Dec-2019", True), ("UN-Dec-2019", True)):
        found = run(tmp_path, therapy("Radiotherapy", start, "T1"))
        assert (found["01-001/OVRLRESP/TUM1"] == "NE") == changed, start


def test_systemic_therapy_before_the_first_dose_is_no_new_therapy(tmp_path: Path) -> None:
    assert patients(run(tmp_path, therapy("Systemic", "05-Jan-2020"))) == PATIENTS


@pytest.mark.parametrize(
    ("first", "second", "response"),
    [  # fragments 12 mm and one that merged into it: 12 of 40 mm is PR; all merged: not evaluated (point 19)
        ("12|mm|", "||Merged", "PR"),
        ("||Merged", "||Merged", "NE"),
        ("||Absent", "||Merged", "CR"),
        ("12|mm|", "3|mm|Merged", "NE"),
    ],
)
def test_a_fragment_that_merged_counts_in_another(tmp_path: Path, first: str, second: str, response: str) -> None:
    table = f"""SUBJECT|FOLDER|LESION|PARENT|NODAL|DAT_RAW|DIAMETER|UNIT|STATE
        01-001|Screening|T1||No|30-Dec-2019|40|mm|
        01-001|Tumor assessment 1|T1||No|09-Mar-2020|||Split
        01-001|Tumor assessment 1|T1A|T1|No|09-Mar-2020|{first}
        01-001|Tumor assessment 1|T1B|T1|No|09-Mar-2020|{second}"""
    assert run(tmp_path, TABLES | {"tl": table})["01-001/OVRLRESP/TUM1"] == response
