"""ADDTH and ADNARR: literal deaths, events and liver findings in, rows and links out (R-909, R-912, R-913)."""

import pandas as pd

from crf2csr.derive.addth import addth
from crf2csr.derive.adnarr import adnarr
from crf2csr.results import Derived
from tests.builders import STUDY_ID, conforming, rows, study_view

FLAGS = ("SCRNFL", "ENRLFL", "SAFFL", "FASFL", "MEASFL", "EVALFL", "DLTFL", "PKFL", "RP2DFL", "PH2FL", "REENRFL")
FLAGS += ("SCRFFL", "DLTOCCFL", "PROPFL", "PROBFL", "PH2ENTFL")
NONE = dict.fromkeys(FLAGS, "N")
EVENTS = {"DTHFL": "N", "FRSTFL": "Y", "TRTEMFL": "Y", "DLTWINFL": "N", "FATALFL": "N", "AREL": "RELATED"}
EVENTS |= {"ACNTXT": "NNN", "RELTXT": "YNN", "AEBODSYS": "Skin", "AETERM": "as told", "ONGOFL": "N", "ATOXGR": "1"}
EVENTS |= {"AEVNTNUM": "1"}
HEAD = "USUBJID | AESEQ | AEDECOD"


def people(text: str) -> pd.DataFrame:
    dates = {name: "datetime64[ns]" for name in ("DTHDT", "TRTSDT", "TRTEDT") if name in text}
    return conforming("derive", "adsl", text, **{k: v for k, v in NONE.items() if k not in text}).astype(dates)


def events(text: str = HEAD) -> pd.DataFrame:
    frame = conforming("derive", "adae", text, **EVENTS)
    return frame.astype({"ASTDT": "datetime64[ns]"})


ADSL = people("""
    USUBJID | TRT01A | TRTSDT     | TRTEDT     | DTHFL | DTHDT      | DTHDTF | DTHCAUS
    01-001  | 75 mg  | 2019-01-01 | 2019-02-01 | Y     | 2019-02-11 |        | ADVERSE EVENT
    01-002  | 75 mg  | 2019-01-01 | 2019-02-01 | Y     | 2019-03-01 | D      | DISEASE PROGRESSION
    01-003  | 75 mg  | 2019-01-01 | 2019-02-01 | Y     |            |        |
    01-004  | 75 mg  | 2019-01-01 | 2019-02-01 | N     |            |        |
    01-005  | 75 mg  | 2019-01-01 | 2019-02-01 | N     |            |        |
""")
FATAL = f"""
    {HEAD}      | AETERM  | FATALFL | RELTXT | TRTEMFL | AESER
    01-001  | 2 | Sepsis  | septic  | Y | NNN | Y | Y
    01-001  | 1 | Uncoded | fainted | Y | YN? | N | N
    01-004  | 1 | Stroke  | stroke  | Y | NNN | Y | N
    01-005  | 1 | Rash    | rash    | N | NNN | Y | N
"""


def deaths(adsl: pd.DataFrame = ADSL, text: str = FATAL) -> Derived:
    return addth(adsl, events(text), study_view(addth))


def narratives(text: str, adlb: str = "USUBJID | PARAMCD | AVISIT | AVALC", adsl: pd.DataFrame = ADSL) -> Derived:
    adae = events(text)
    liver = conforming("derive", "adlb", adlb, PARAM="Potential Hy's law", PARCAT1="CHEMISTRY")
    return adnarr(adsl, adae, liver, addth(adsl, adae, study_view(addth)).data, study_view(adnarr))


def test_a_row_for_each_death_and_each_fatal_event_without_a_report():
    # 11 February is day 31 + 11 = 42 from 1 January, and 10 days after 1 February; a partial date has no day.
    columns = ("SUBJID", "DTHFL", "DTHTXT", "DTHDY", "DTHDAYS", "FATALAE", "FATALREL", "FATALTE")
    assert rows(deaths().data, *columns) == [
        ("01-001", "Y", "2019-02-11", "42", "10", "fainted; Sepsis", "YN?; NNN", "N; Y"),
        ("01-002", "Y", "2019-03", "", "", "", "", ""),
        ("01-003", "Y", "Unknown", "", "", "", "", ""),
        ("01-004", "N", "Unknown", "", "", "Stroke", "NNN", "Y"),
    ]


def test_a_death_leads_to_the_subject_and_to_the_fatal_events():
    links = deaths().links
    assert rows(links[links["row"].eq(f"{STUDY_ID}-01-001")], "source", "source_row") == [
        ("adsl", f"{STUDY_ID}-01-001"),
        ("adae", f"{STUDY_ID}-01-001|1"),
        ("adae", f"{STUDY_ID}-01-001|2"),
    ]


def test_nobody_died():
    alive = ADSL.assign(DTHFL="N").astype({"DTHFL": "string"})
    assert len(deaths(alive, HEAD).data) == 0
    assert len(narratives(HEAD, adsl=alive).data) == 0


def test_every_reason_of_an_event_is_kept():
    found = narratives(f"""
        {HEAD}      | AESER | ANYDSCFL | AEDLTFL | DLTWINFL | AETOXGR | AESICD | TRTEMFL | ASTDT      | AESTDTC
        01-005 | 1 | Rash       | Y | Y | N | N | 1 |     | Y | 2019-01-05 | 2019-01
        01-005 | 2 | Neutropenia| N | N | Y | N | 3 | NEU | Y | 2019-01-03 | 2019-01-03
        01-005 | 3 | Neutropenia| N | N | N | N | 3 | NEU | N | 2018-12-01 | 2018-12-01
        01-005 | 4 | Neutropenia| N | N | N | N | 2 | NEU | Y | 2019-01-04 | 2019-01-04
        01-005 | 5 | Neutropenia| N | N | N | Y |   | NEU | Y | 2019-01-06 | 2019-01-06
        01-005 | 6 | Nausea     |   |   |   | N | 3 |     | Y | 2019-01-07 | 2019-01-07
    """)
    own = found.data[found.data["SUBJID"].eq("01-005")]
    assert rows(own, "NARSEQ", "STTXT", "REASON") == [
        (
            "1",
            "2019-01-03",
            "Dose limiting toxicity; Special interest, grade 3 or higher",
        ),
        (
            "2",
            "2019-01",
            "Serious; Leading to discontinuation",
        ),
        ("3", "2019-01-06", "Dose limiting toxicity"),
    ]


def test_death_first_events_next_liver_last():
    liver = """
        USUBJID | PARAMCD | AVISIT | AVALC
        01-001  | HYSLAW1 | PEAK   | Y
        01-001  | HYSLAW2 | PEAK   | Y
        01-002  | HYSLAW1 | PEAK   | N
    """
    found = narratives(FATAL, liver)
    assert rows(found.data, "SUBJID", "NARSEQ", "REASON", "EVENT") == [
        ("01-001", "1", "Death", "fainted; Sepsis"),
        ("01-001", "2", "Serious", "Sepsis"),
        ("01-001", "3", "Potential Hy's law", "Potential Hy's law"),
        ("01-002", "1", "Death", "Disease progression"),
        ("01-003", "1", "Death", "Cause not given"),
        ("01-004", "1", "Death", "Stroke"),
    ]
    sources = rows(found.links, "row", "source", "source_row")
    assert sources[:3] == [
        (f"{STUDY_ID}-01-001|1", "addth", f"{STUDY_ID}-01-001"),
        (f"{STUDY_ID}-01-001|2", "adae", f"{STUDY_ID}-01-001|2"),
        (f"{STUDY_ID}-01-001|3", "adlb", f"{STUDY_ID}-01-001|HYSLAW1|PEAK"),
    ]


def test_a_dose_limiting_toxicity_that_the_form_does_not_name_is_a_reason_too():
    adsl = ADSL.assign(DLTOCCFL=["N", "N", "N", "Y", "Y"], DTHFL="N").astype({"DLTOCCFL": "string", "DTHFL": "string"})
    found = narratives(f"{HEAD} | AEDLTFL\n01-005 | 1 | Rash | Y", adsl=adsl)
    assert rows(found.data, "SUBJID", "REASON", "EVENT") == [
        ("01-004", "Dose limiting toxicity", "Event not named"),
        ("01-005", "Dose limiting toxicity", "Rash"),
    ]
