"""ADTTE from literal frames; days worked by hand."""

import pandas as pd
import pytest

from crf2csr.contracts import load_contract
from crf2csr.derive.adtte import adtte
from crf2csr.results import Derived
from tests.builders import conforming, domain, rows, study_view

ADSL = """
USUBJID | FASFL | DTHFL | TRTSDT     | PALSDT     | LETSDT     | TDMSDT     | DTHDT      | LSTALVDT   | NACTDT
01-001  | Y     | Y     | 2020-01-01 | 2020-01-01 | 2020-01-01 | 2020-01-01 | 2020-12-31 | 2020-12-01 | 2020-07-20
01-002  | Y     | N     | 2020-01-01 | 2020-01-01 | 2020-01-02 |            |            | 2020-05-01 |
01-003  | Y     | N     | 2020-01-01 | 2020-01-01 |            |            |            | 2020-02-10 |
01-004  | N     | N     |            |            |            |            |            | 2020-01-01 |
"""
REQUIRED = {v.name: "N" for v in load_contract("derive", "adsl").variables if v.core == "req" and v.name.endswith("FL")}
# 003 has no baseline record, so its visit tells nothing.
ADTR = """
USUBJID | PARAMCD | PARAM | AVISIT    | ABLFL
01-001  | SUMDIAM | Sum   | SCREENING | Y
01-002  | NTSTATE | State | SCREENING | Y
01-003  | SUMDIAM | Sum   | TUM1      |
"""
ADRS = """
USUBJID | PARAMCD  | PARAM | AVISIT | ADT        | AVALC | INVRESP
01-001  | OVRLRESP | x     | TUM1   | 2020-03-02 | PR    | PR
01-001  | OVRLRESP | x     | TUM2   | 2020-05-04 | PR    | PD
01-001  | OVRLRESP | x     | TUM3   | 2020-07-06 | PD    | PD
01-001  | CRSP     | x     |        | 2020-03-02 | Y     |
01-002  | OVRLRESP | x     | TUM1   | 2020-03-02 | SD    | SD
01-002  | CRSP     | x     |        |            | N     |
01-002  | CBOR     | x     |        | 2020-03-02 | SD    |
01-003  | OVRLRESP | x     | TUM1   | 2020-03-02 | SD    | SD
"""
DS = """
USUBJID | DSCAT             | DSSCAT      | DSSEQ | DSDECOD            | DSSTDTC
01-001  | DISPOSITION EVENT | PALBOCICLIB | 1     | PROGRESSIVE DISEASE | 2020-07-06
01-002  | DISPOSITION EVENT | PALBOCICLIB | 1     | ADVERSE EVENT      | 2020-03-01
01-002  | DISPOSITION EVENT | LETROZOLE   | 1     | PHYSICIAN DECISION | 2020-03-09
"""


def derived(adrs: str = ADRS, ds: str = DS, adsl: str = ADSL, **keys: object) -> Derived:
    frames = (
        conforming("derive", "adsl", adsl, TRT01P="75 mg", **REQUIRED),
        conforming("derive", "adtr", ADTR),
        conforming("derive", "adrs", adrs),
        domain("ds", ds),
    )
    return adtte(*frames, study=study_view(adtte, **keys))


def test_rows_of_each_endpoint() -> None:
    data = derived().data
    # 2020: January 31, February 29, March 31, April 30, May 31, June 30 days, so July 6 is day 182 + 6 = 188; March 2
    # is day 31 + 29 + 2 = 62; December 31 day 366; May 1 day 122; February 10 day 41. DOR: 188 - 62 + 1 = 127.
    assert rows(data, "SUBJID", "PARAMCD", "AVAL", "CNSR", "SITUAT", "SRCDOM", "SRCVAR", "SRCVIS") == [
        ("01-001", "DOR", "127", "0", "PD", "ADRS", "ADT", "TUM3"),
        ("01-001", "OS", "366", "0", "DEATH", "ADSL", "DTHDT", ""),
        ("01-001", "PFS", "188", "0", "PD", "ADRS", "ADT", "TUM3"),
        ("01-001", "PFSEMA", "188", "0", "PD", "ADRS", "ADT", "TUM3"),
        ("01-001", "TTR", "62", "0", "RESPONSE", "ADRS", "ADT", "TUM1"),
        ("01-002", "DSD", "62", "1", "DISCONTINUED", "ADRS", "ADT", "TUM1"),
        ("01-002", "OS", "122", "1", "ALIVE", "ADSL", "LSTALVDT", ""),
        ("01-002", "PFS", "62", "1", "DISCONTINUED", "ADRS", "ADT", "TUM1"),
        ("01-002", "PFSEMA", "62", "1", "DISCONTINUED", "ADRS", "ADT", "TUM1"),
        ("01-003", "OS", "41", "1", "ALIVE", "ADSL", "LSTALVDT", ""),
        ("01-003", "PFS", "1", "1", "NO_BASELINE", "ADSL", "TRTSDT", ""),
        ("01-003", "PFSEMA", "1", "1", "NO_BASELINE", "ADSL", "TRTSDT", ""),
    ]


def test_endpoints_have_an_order_of_their_own() -> None:
    own = derived().data.query("SUBJID in ['01-001', '01-002']").sort_values(["SUBJID", "PARAMN"])
    assert rows(own, "PARAMCD") == [
        (name,) for name in ("PFS", "PFSEMA", "OS", "DOR", "TTR", "PFS", "PFSEMA", "OS", "DSD")
    ]


def test_months_and_the_assessment_that_showed_the_response() -> None:
    data = derived().data
    # 30.4375 days a month: 62 / 30.4375 = 2.0369..., 127 / 30.4375 = 4.1724...
    own = data[data["SUBJID"].eq("01-001") & data["PARAMCD"].isin(["TTR", "DOR"])]
    assert [round(months, 4) for months in own["AVALM"]] == [4.1725, 2.037]
    assert rows(own, "PARAMCD", "STARTDT", "SCHEDASM", "EVNTDESC") == [
        ("DOR", "2020-03-02", "", "Disease progression"),
        ("TTR", "2020-01-01", "First scheduled assessment", "Confirmed response"),
    ]


def test_descriptions() -> None:
    data = derived().data
    pfs = data[data["PARAMCD"].eq("PFS")]
    assert rows(pfs, "EVNTDESC", "CNSDTDSC", "LASTADT", "FIRSTEV", "FIRSTEDT", "DCTREAS", "TRT01P") == [
        # the visit of May 4 is the last before the PD; treatment with the other drugs of 001 goes on
        ("Disease progression", "", "2020-05-04", "PD", "2020-07-06", "", "75 mg"),
        (
            "Treatment discontinued, no PD or death documented",
            "Last adequate tumor assessment",
            "2020-03-02",
            "",
            "",
            "PHYSICIAN DECISION",
            "75 mg",
        ),
        ("No baseline tumor assessment", "Start of treatment", "", "", "", "", "75 mg"),
    ]


def test_links_lead_to_what_decided() -> None:
    links = derived().links
    found = {(link[0].removeprefix("NCT03709082-"), *link[1:]) for link in rows(links, "row", "variable", "source")}
    assert ("01-001|PFS", "ADT", "adrs") in found
    assert ("01-001|DOR", "STARTDT", "adrs") in found
    assert ("01-001|OS", "ADT", "adsl") in found
    assert ("01-002|PFS", "DCTREAS", "ds") in found
    place = links[links["row"].str.endswith("01-001|PFS") & links["variable"].eq("ADT")]["source_row"].item()
    assert place == "NCT03709082-01-001|OVRLRESP|TUM3"
    start = links[links["variable"].eq("STARTDT")]["source_row"].item()
    assert start == "NCT03709082-01-001|CRSP|"
    assert ("01-001|TTR", "PARAMCD", "adrs") in found
    assert ("01-002|DSD", "PARAMCD", "adrs") in found


def test_investigator_response_where_it_is_analyzed() -> None:
    data = derived(response_source="investigator").data
    # The investigator saw PD on May 4: day 31 + 29 + 31 + 30 + 4 = 125.
    assert rows(data[data["PARAMCD"].eq("PFS")], "AVAL", "SITUAT")[0] == ("125", "PD")


@pytest.mark.parametrize(("interval", "situation"), [(63, "PD"), (20, "MISSED")])
def test_missed_assessments_follow_the_keys(interval: int, situation: str) -> None:
    # May 4 to July 6 are 63 days; 2 x 20 + 2 x 7 = 54 < 63 <= 140.
    data = derived(tumor_interval_days=interval).data
    pfs = data[data["PARAMCD"].eq("PFS") & data["SUBJID"].eq("01-001")]
    assert rows(pfs, "SITUAT") == [(situation,)]


def test_an_end_of_treatment_after_the_cutoff_is_not_known_yet() -> None:
    late = DS.replace("2020-03-09", "2030-01-01")
    data = derived(ds=late).data
    assert rows(data[data["SUBJID"].eq("01-002") & data["PARAMCD"].eq("PFS")], "SITUAT") == [("ONGOING",)]


def test_order_of_rows_does_not_matter() -> None:
    lines = ADRS.strip().splitlines()
    shuffled = "\n".join([lines[0], *reversed(lines[1:])])
    pd.testing.assert_frame_equal(derived().data, derived(adrs=shuffled).data)


def test_a_first_dose_without_a_date_is_counted_and_tells_nothing() -> None:
    adsl = conforming("derive", "adsl", "USUBJID | FASFL | DTHFL | LSTALVDT\n01-009 | Y | N | 2020-05-01", **REQUIRED)
    none = [conforming("derive", name, "USUBJID") for name in ("adtr", "adrs")]
    found = adtte(adsl, *none, domain("ds"), study=study_view(adtte))
    assert rows(found.data, "PARAMCD", "STARTDT", "ADT", "AVAL", "CNSR", "EVNTDESC", "SRCVAR") == [
        (name, "", "", "1", "1", "First dose without a date", "") for name in ("OS", "PFS", "PFSEMA")
    ]


@pytest.mark.parametrize(
    ("adsl", "adrs", "keys", "pfs", "dor"),
    [
        # death on February 15 (day 46), response seen on March 2: one of both dates is wrong
        (("2020-12-31", "2020-02-15"), "", {}, ("01-001", "46", "0", "DEATH"), ("01-001", "BEFORE_RESPONSE")),
        # the investigator confirms a response without baseline record: no visit counts for PFS
        (
            ("", ""),
            "01-003  | CRSP     | x     |        | 2020-03-02 | Y     |",
            {"response_source": "investigator"},
            ("01-003", "1", "1", "NO_BASELINE"),
            ("01-003", "NO_BASELINE"),
        ),
    ],
)
def test_a_response_after_the_end_of_pfs_lasts_one_day_and_is_censored(adsl, adrs, keys, pfs, dor) -> None:
    data = derived(
        adrs=ADRS.replace("SD    | SD", "SD    | PR") + adrs, adsl=ADSL.replace(*adsl) if adsl[0] else ADSL, **keys
    ).data
    own = data[data["SUBJID"].eq(pfs[0])]
    assert rows(own[own["PARAMCD"].eq("PFS")], "SUBJID", "AVAL", "CNSR", "SITUAT") == [pfs]
    found = rows(
        own[own["PARAMCD"].eq("DOR")], "SUBJID", "SITUAT", "ADT", "AVAL", "CNSR", "CNSDTDSC", "SRCDOM", "SRCVIS"
    )
    assert found == [(*dor, "2020-03-02", "1", "1", "First confirmed response", "ADRS", "TUM1")]


def test_an_end_of_treatment_without_reason_is_still_one() -> None:
    blank = DS.replace("PHYSICIAN DECISION", "                  ")
    data = derived(ds=blank).data
    own = data[data["SUBJID"].eq("01-002") & data["PARAMCD"].eq("PFS")]
    assert rows(own, "SITUAT", "DCTREAS") == [("DISCONTINUED", "NOT RECORDED")]


def test_nobody() -> None:
    empty = [conforming("derive", name, "USUBJID") for name in ("adsl", "adtr", "adrs")]
    found = adtte(*empty, domain("ds"), study=study_view(adtte))
    assert found.data.empty
    assert list(found.data) == load_contract("derive", "adtte").names
    assert found.links.empty
    assert found.queries.empty
