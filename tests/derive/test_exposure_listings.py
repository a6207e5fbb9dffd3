"""ADDOSE, ADMOD and ADDLT: literal records in, lines of the listings out (R-405, R-407, R-1105, R-1107)."""

import pandas as pd
import pytest

from crf2csr.derive.adae import adae
from crf2csr.derive.addlt import addlt
from crf2csr.derive.addose import addose
from crf2csr.derive.admod import admod
from crf2csr.results import Derived
from tests.builders import rows, study_view
from tests.derive.cases import derive_all, domains

# First dose 15 March 2019; the window of 21 days ends on 4 April (tests/derive/cases.py).
EX = "USUBJID|EXTRT|EXSEQ|EXCAT|EXOCCUR|EXSTDTC|EXENDTC|EXDOSE|DOSESTK|UNITSDSP|UNITSRET|EXWEIGHT|EXMGKG|EXLOT"
EX += "|VISIT|VISITNUM"
PAL, TDM = "01-001|PALBOCICLIB", "01-001|T-DM1"
DOSED = f"{PAL}|1|ORAL|Y|2019-03-15|2019-04-04|75|20|||||P1|C1D1|1"
EVENTS = "USUBJID|AESEQ|AETERM|AEDECOD|AEBODSYS|AESTDTC|AETOXGR|AEDLTFL"
FORM = "USUBJID|FAOBJ|FADTC|DLTEVAL|DLTYN|DLTAENOS"


def dosing(*lines: str) -> pd.DataFrame:
    frames = domains(ex="\n".join([EX, *lines]))
    people = derive_all(frames, last="adsl")["adsl"].data
    return addose(people, frames["ex"], study_view(addose)).data


def cells(frame: pd.DataFrame, prefix: str) -> list[tuple[str, ...]]:
    return rows(frame, "VISIT", *(f"{prefix}{name}" for name in ("DAYS", "DOSE", "LOT")))


def test_a_cycle_is_a_row_with_the_drugs_side_by_side():
    """21 days of 75 mg are 1575 mg, 20 doses 1500 mg; 3.6 mg/kg at 64 kg are 230.4 mg."""
    infused = f"{TDM}|1|INFUSION|Y|2019-03-15T10:00|2019-03-15T11:30|230|||| 64|3.6|T1|C1D1|1"
    data = dosing(DOSED, infused)
    assert cells(data, "PAL") == [("C1D1", "2019-03-15 (1-21)", "75: 1575/1500", "P1")]
    assert cells(data, "TDM") == [("C1D1", "2019-03-15 (1), 10:00-11:30", "3.6: 230.4/230", "T1")]
    assert cells(data, "LET") == [("C1D1", "", "", "")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        # 28 - 9 = 19 units, 1425 mg
        (f"{PAL}|2|ORAL|Y|2019-04-05|2019-04-25|75||28|9||||C2D1|2", ("2019-04-05 (22-42)", "75: 1575/1425p")),
        # a dose without unit or number, a count, a stop: nothing is made up
        (f"{PAL}|2|ORAL|Y|2019-04-05|||10||||||C2D1|2", ("2019-04-05 (22-?)", "?: ?/?")),
        (f"{PAL}|2|ORAL|Y|2019-04-05|2019-04|75|||||||C2D1|2", ("2019-04-05 (22-2019-04)", "75: ?/?")),
        (f"{PAL}|2|ORAL|N|2019-04-05||75|||||||C2D1|2", ("Not given, 2019-04-05", "")),
        (f"{PAL}|2|ORAL|||||||||||C2D1|2", ("Not known", "")),
    ],
)
def test_what_a_record_does_not_say(line, expected):
    assert rows(dosing(DOSED, line), "PALDAYS", "PALDOSE")[1] == expected


def test_a_planned_dose_is_rounded_half_away_from_zero():
    """2.5 mg/kg at 64.1 kg are 160.25 mg: 160.3, not the even 160.2 (R-103)."""
    infused = f"{TDM}|1|INFUSION|Y|2019-03-15T10:00|2019-03-15T11:30|160|||| 64.1|2.5|T1|C1D1|1"
    assert cells(dosing(DOSED, infused), "TDM")[0][2] == "2.5: 160.3/160"


def test_an_infusion_without_weight_has_no_planned_dose():
    data = dosing(DOSED, f"{TDM}|1|INFUSION|Y|2019-03-15|2019-03-15|230|||||3.6|T1|C1D1|1")
    assert rows(data, "TDMDAYS", "TDMDOSE", "TDMWT") == [("2019-03-15 (1), ?-?", "3.6: ?/230", "")]


def test_a_second_record_of_a_cycle_has_its_own_row_and_a_record_after_the_cutoff_none():
    second = f"{PAL}|2|ORAL|Y|2019-03-29|2019-04-04|50|7|||||P2|C1D1|1"
    late = f"{PAL}|3|ORAL|Y|2023-07-01|2023-07-21|50|21|||||P2|C9D1|9"
    data = dosing(DOSED, second, late)
    assert [row[1] for row in cells(data, "PAL")] == ["2019-03-15 (1-21)", "2019-03-29 (15-21)"]
    assert rows(data, "DOSESEQ") == [("1",), ("2",)]


def events(
    *lines: str, fa: str = f"{FORM}\n01-001|DOSE LIMITING TOXICITY|2019-04-08|Y|N|", ec: str = "USUBJID"
) -> dict:
    frames = domains(ae="\n".join([EVENTS, *lines]), fa=fa, **({"ec": ec} if ec != "USUBJID" else {}))
    people = derive_all(frames, last="adsl")["adsl"].data
    return {**frames, "adsl": people, "adae": adae(people, frames["ae"], study_view(adae)).data}


def modifications(ec: str, *lines: str) -> Derived:
    known = events(*lines, ec=ec)
    return admod(known["adsl"], known["ec"], known["adae"], study_view(admod))


def test_a_modification_with_its_event_and_one_that_names_no_event():
    table = """
        USUBJID | ECSEQ | ECTRT       | ECACTION | ECSTDTC    | ECENDTC    | ECREASOC      | AENO
        01-001  | 1     | PALBOCICLIB | HELD     | 2019-03-29 | 2019-04-05 | ADVERSE EVENT | 2
        01-001  | 2     | T-DM1       | DELAYED  | 2019-04    |            | SCHEDULING    |
        01-001  | 3     | LETROZOLE   | HELD     | 2019-04-09 | 2019-04-08 | ADVERSE EVENT | 9
        """
    found = modifications(table, "01-001|2|low|Neutropenia|Blood|2019-03-28|3|")
    assert rows(found.data, "ECTRT", "ASTDY", "AENDY", "HELDDAYS", "AETXT") == [
        ("PALBOCICLIB", "15", "22", "7", "Neutropenia, grade 3 (no. 2)"),
        ("T-DM1", "18", "", "", ""),  # the earliest day of April is day 18
        ("LETROZOLE", "26", "25", "", "No such event (no. 9)"),
    ]
    assert set(rows(found.links, "source", "source_row")) == {
        *(("ec", f"NCT03709082-01-001|{number}") for number in (1, 2, 3)),
        ("adae", "NCT03709082-01-001|2"),
    }


def toxicities(fa: str, *lines: str) -> list[tuple[str, ...]]:
    known = events(*lines, fa=f"{FORM}\n01-001|DOSE LIMITING TOXICITY|2019-04-08|{fa}")
    data = addlt(known["adsl"], known["adae"], known["fa"], study_view(addlt)).data
    return rows(data, "AESEQ", "WINDOW", "NAMEDFL", "COUNTFL", "NOTREAS")


EARLY = "01-001|1|low|Neutropenia|Blood|2019-04-04|4|{}"
LATE = "01-001|2|liver|Hepatitis|Liver|2019-04-05|4|{}"


@pytest.mark.parametrize(
    ("fa", "lines", "expected"),
    [
        ("Y|N|", (), []),
        ("Y|Y|1", (EARLY.format("Y"),), [("1", "In window", "Y", "Y", "")]),
        # the form names both, the second starts on day 22
        (
            "Y|Y|1; 2",
            (EARLY.format("Y"), LATE.format("Y")),
            [("1", "In window", "Y", "Y", ""), ("2", "Late", "Y", "N", "After the window")],
        ),
        ("Y|Y|2", (LATE.format("Y"),), [("2", "Late", "Y", "N", "After the window")]),
        (
            "Y|N|",
            (EARLY.format("Y"),),
            [("1", "In window", "N", "N", "The form does not say that there was a toxicity")],
        ),
        (
            "Y||",
            (EARLY.format("Y"),),
            [("1", "In window", "N", "N", "The form does not say that there was a toxicity")],
        ),
        (
            "Y|Y|",
            (EARLY.format("Y"),),
            [
                ("0", "", "N", "Y", ""),
                ("1", "In window", "N", "N", "Marked on the event, not named by the form"),
            ],
        ),
        ("Y|Y|7", (), [("0", "", "N", "Y", "")]),
    ],
)
def test_every_toxicity_is_listed_and_says_whether_it_counts(fa, lines, expected):
    assert toxicities(fa, *lines) == expected
