"""ADEX of the small study, by hand arithmetic (R-1101 to R-1105)."""

import pandas as pd
import pytest

from crf2csr.derive.adex import adex
from tests.builders import domain, rows, study_view
from tests.derive.cases import TABLES, derive_all, domains


def exposure(**tables: str) -> pd.DataFrame:
    frames = domains(**tables)
    people = derive_all(frames, last="adsl")["adsl"].data
    return adex(people, frames["ex"], frames["ec"], frames["ds"], study_view(adex)).data


def values(data: pd.DataFrame, drug: str) -> dict[str, object]:
    own = data[data["EXTRT"].eq(drug)]
    texts = own["AVALC"].fillna(own["AVALCAT1"])
    return {
        code: (None if pd.isna(value) else round(value, 6), None if pd.isna(text) else text)
        for code, value, text in zip(own["PARAMCD"], own["AVAL"], texts, strict=True)
    }


def test_a_subject_who_took_everything():
    """First doses on 15 March, tablets to 25 April 2019: 42 days; one infusion of 230 mg at 64 kg covers 21 days."""
    weighed = TABLES["ex"].replace("| DOSESTK", "| DOSESTK | EXWEIGHT | EXMGKG").strip().splitlines()
    lines = [weighed[0], *(line + " |  |" for line in weighed[1:-1]), weighed[-1] + " 64 | 3.6"]
    lines[-1] = "01-001 | T-DM1 | 1 | INFUSION | Y | 2019-03-15T10:00 | 2019-03-15T11:00 | 230 |  | 64 | 3.6"
    data = exposure(ex="\n".join(lines))
    palbociclib, letrozole, infused = (values(data, drug) for drug in ("PALBOCICLIB", "LETROZOLE", "T-DM1"))
    # 75 mg x 42 days = 3150 mg planned and taken; two records without a visit: two cycles.
    assert palbociclib == {
        "DURDAYS": (42, None),
        "DURWEEKS": (6, None),
        "CYCLES": (2, "2"),
        "CUMDOSE": (3150, None),
        "PLANDOSE": (3150, None),
        "DOSEINT": (75, None),
        "RDI": (100, "90-110"),
        "DOSESPR": (42, None),
        "DOSESTK": (42, None),
        "COMPLY": (100, None),
        "INTERR": (None, "N"),
        "REDUCED": (None, "N"),
        "NREDUC": (0, "0"),
        "DOSELVL": (75, None),  # two records that follow each other
    }
    assert (letrozole["CUMDOSE"], letrozole["RDI"]) == ((105, None), (100, "90-110"))  # 2.5 x 42
    assert "REDUCED" not in letrozole
    # 230 / 64 = 3.59375 mg/kg in 21 days; planned 3.6: 99.826389 %.
    assert (infused["DURDAYS"], infused["CUMDOSE"]) == ((21, None), (3.59375, None))
    assert (infused["DOSEINT"], infused["RDI"]) == ((3.59375, None), (99.826389, "90-110"))
    assert (infused["CUMMG"], infused["OMITTED"]) == ((230, None), (None, "N"))


REDUCED = """
    USUBJID | EXTRT       | EXSEQ | EXCAT | EXOCCUR | EXSTDTC    | EXENDTC    | EXDOSE | DOSESTK | UNITSDSP | UNITSRET
    01-001  | PALBOCICLIB | 1     | ORAL  | Y       | 2019-03-15 | 2019-04-04 | 75     | 14      |          |
    01-001  | PALBOCICLIB | 2     | ORAL  | Y       | 2019-04-05 | 2019-04-25 | 50     |         | 28       | 7
    """
HELD = """
    USUBJID | ECSEQ | ECTRT       | ECACTION | ECSTDTC    | ECENDTC    | ECDOSE | ECREASOC
    01-001  | 1     | PALBOCICLIB | HELD     | 2019-03-29 | 2019-04-05 |        | ADVERSE EVENT
    01-001  | 2     | PALBOCICLIB | REDUCED  | 2019-04-05 |            | 50     | {}
    """


@pytest.mark.parametrize(("reason", "causes"), [("ADVERSE EVENT", ("Y", "N")), ("SUBJECT DECISION", ("N", "Y"))])
def test_hold_and_reduction_with_their_causes(reason, causes):
    data = exposure(ex=REDUCED, ec=HELD.format(reason))
    found = values(data, "PALBOCICLIB")
    # 14 x 75 + 21 x 50 = 2100 of 3150 mg: 66.666667 %; 2100 / 42 = 50 mg a day.
    assert (found["CUMDOSE"], found["DOSEINT"], found["RDI"]) == ((2100, None), (50, None), (66.666667, "50-<75"))
    assert (found["INTERR"], found["REDUCED"], found["NREDUC"]) == ((None, "Y"), (None, "Y"), (1, "1"))
    # 35 doses on the 42 days of the records
    assert (found["DOSESPR"], found["DOSESTK"], found["COMPLY"]) == ((42, None), (35, None), (83.333333, None))
    flags = {code: rest for code, *rest in rows(data[data["AVALC"].notna()], "PARAMCD", "AEFL", "OTHFL")}
    assert (tuple(flags["INTERR"]), tuple(flags["REDUCED"])) == (("Y", "N"), causes)
    assert data.loc[data["PARAMCD"].eq("CUMDOSE"), "COUNTED"].tolist() == ["PILL COUNT"]


def test_uncounted_doses_give_no_dose_but_a_duration():
    data = exposure(ex=REDUCED.replace("| 28       | 7", "|          |  "))
    found = values(data, "PALBOCICLIB")
    assert (found["CUMDOSE"], found["RDI"], found["DURDAYS"]) == ((None, None), (None, None), (42, None))
    assert (found["DOSESPR"], found["DOSESTK"], found["COMPLY"]) == ((42, None), (None, None), (None, None))
    assert rows(data[data["PARAMCD"].eq("CUMDOSE")], "REASON") == [("Doses taken not recorded",)]


def test_omitted_infusion_by_an_event():
    table = """
        USUBJID | EXTRT | EXSEQ | EXCAT    | EXOCCUR | EXSTDTC    | EXENDTC    | EXDOSE | EXWEIGHT | EXMGKG
        01-001  | T-DM1 | 1     | INFUSION | Y       | 2019-03-15 | 2019-03-15 | 216    | 60       | 3.6
        01-001  | T-DM1 | 2     | INFUSION | N       | 2019-04-05 |            | 0      |          | 0
        01-001  | T-DM1 | 3     | INFUSION | Y       | 2019-04-26 | 2019-04-26 | 180    | 60       | 3
        """
    held = "USUBJID|ECSEQ|ECTRT|ECACTION|ECSTDTC|ECREASOC\n01-001|1|T-DM1|HELD|2019-04-05|ADVERSE EVENT"
    found = values(exposure(ex=table, ec=held), "T-DM1")
    # Day 43 - day 1 + 21 = 63 days: 3 planned infusions, 10.8 mg/kg; given 3.6 + 3.0 = 6.6: 61.111111 %.
    assert (found["DURDAYS"], found["PLANDOSE"], found["CUMDOSE"]) == ((63, None), (10.8, None), (6.6, None))
    assert (found["RDI"], found["DOSEINT"]) == ((61.111111, "50-<75"), (2.2, None))  # 6.6 / 63 x 21
    assert (found["OMITTED"], found["NREDUC"], found["CYCLES"]) == ((None, "Y"), (1, "1"), (2, "2"))
    assert (found["DOSESPR"], found["DOSESTK"], found["COMPLY"]) == ((3, None), (2, None), (66.666667, None))


def test_nobody_treated():
    empty = exposure(ex=TABLES["ex"].strip().splitlines()[0])
    assert len(empty) == 0


def test_links_lead_to_dosing_and_modification_records():
    frames = domains(ex=REDUCED, ec=HELD.format("ADVERSE EVENT"))
    people = derive_all(frames, last="adsl")["adsl"].data
    links = adex(people, frames["ex"], frames["ec"], frames["ds"], study_view(adex)).links
    row = "NCT03709082-01-001|PALBOCICLIB|REDUCED|"
    found = rows(links[links["row"].eq(row)], "source", "source_row")
    start = "NCT03709082-01-001"
    assert found == [("ec", f"{start}|2"), ("ex", f"{start}|PALBOCICLIB|1"), ("ex", f"{start}|PALBOCICLIB|2")]


def test_periods_of_one_dose():
    """A reduction begins a period, and so does a hold; a record inside another one ends it."""
    table = """
        USUBJID | EXTRT       | EXSEQ | EXCAT | EXOCCUR | EXSTDTC    | EXENDTC    | EXDOSE | DOSESTK
        01-001  | PALBOCICLIB | 3     | ORAL  | Y       | 2019-05-10 | 2019-05-20 | 50     | 11
        01-001  | PALBOCICLIB | 1     | ORAL  | Y       | 2019-03-15 | 2019-04-04 | 75     | 21
        01-001  | PALBOCICLIB | 2     | ORAL  | Y       | 2019-04-05 | 2019-04-25 | 75     | 21
        01-001  | PALBOCICLIB | 4     | ORAL  | Y       | 2019-05-15 | 2019-05-30 | 25     | 16
        01-001  | PALBOCICLIB | 5     | ORAL  | Y       | 2019-06-02 | 2019-06-10 | 25     | 9
        01-001  | LETROZOLE   | 1     | ORAL  | Y       | 2019-03-15 | 2019-06-10 | 2.5    | 88
        """
    data = exposure(ex=table)
    periods = data[data["PARAMCD"].eq("DOSELVL")]
    assert rows(periods, "EXTRT", "ASEQ", "ASTDT", "AENDT", "AVAL") == [
        ("PALBOCICLIB", "1", "2019-03-15", "2019-04-25", "75.0"),
        ("PALBOCICLIB", "2", "2019-05-10", "2019-05-14", "50.0"),  # a gap of two weeks before it
        ("PALBOCICLIB", "3", "2019-05-15", "2019-05-30", "25.0"),
        ("PALBOCICLIB", "4", "2019-06-02", "2019-06-10", "25.0"),
    ]


def test_no_frame_is_changed():
    frames = domains(ex=REDUCED)
    before = frames["ex"].copy()
    people = derive_all(frames, last="adsl")["adsl"].data
    adex(people, frames["ex"], frames["ec"], frames["ds"], study_view(adex))
    pd.testing.assert_frame_equal(frames["ex"], before)
    assert len(domain("ex", REDUCED)) == 2
