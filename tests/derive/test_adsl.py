import inspect

import pandas as pd
import pytest

from crf2csr.derive.adsl import adsl
from crf2csr.study import declared, load_study
from tests.builders import domain, rows
from tests.derive.cases import TABLES, derive_all, domains, one, scans

HEAD = {name: table.strip().splitlines()[0] for name, table in TABLES.items()}


def adsl_row(**tables: str) -> dict[str, str]:
    return one(derive_all(domains(**tables), last="adsl")["adsl"].data)


def pick(row: dict[str, str], *names: str) -> tuple[str, ...]:
    return tuple(row[name] for name in names)


def queries(rule: str, **tables: str) -> list[tuple[str, ...]]:
    found = derive_all(domains(**tables), last="adsl")["adsl"].queries
    return rows(found[found["rule"].eq(rule)], "subject", "form", "field", "value", "severity")


def ex(*lines: str) -> str:
    return "\n".join([HEAD["ex"], *lines])


def test_dates_levels_and_sets_of_a_subject():
    row = adsl_row()
    # Born 15 March 1960, consent 1 March 2019: two weeks before the 59th birthday.
    assert pick(row, "AGE", "RFICDT", "ENRLDT", "PHASE", "COHORT", "ENRORD") == (
        "58",
        "2019-03-01",
        "2019-03-10",
        "I",
        "1",
        "2",
    )
    assert pick(row, "TRT01P", "TRT01PN", "TRT01A", "TRT01AN") == ("75 mg", "75", "75 mg", "75")
    assert pick(row, "TRTSDT", "TRTEDT", "PALSDT", "PALEDT") == ("2019-03-15", "2019-04-25", "2019-03-15", "2019-04-25")
    assert pick(row, "LETSDT", "LETEDT", "TDMSDT", "TDMEDT") == ("2019-03-15", "2019-04-25", "2019-03-15", "2019-03-15")
    assert pick(row, "SCRNFL", "ENRLFL", "SAFFL", "FASFL", "DLTFL") == ("Y",) * 5
    assert pick(row, "MEASFL", "EVALFL", "PKFL", "RP2DFL", "PH2FL", "REENRFL", "DTHFL") == ("N",) * 7
    assert pick(row, "SAFREAS", "FASREAS", "DLTREAS") == ("", "", "")
    assert pick(row, "MEASREAS", "EVALREAS") == ("No baseline tumor assessment",) * 2
    assert row["PKREAS"] == "No palbociclib concentration"


def test_screened_subject_has_flags_and_no_reasons():
    row = adsl_row(ds=HEAD["ds"], ex=HEAD["ex"], fa=HEAD["fa"])
    flags = [name for name in row if name.endswith("FL") and name not in ("SCRNFL", "DTHWINFL")]
    assert row["SCRNFL"] == "Y"
    assert {row[name] for name in flags} == {"N"}
    assert {row[name] for name in row if name.endswith("REAS") and name != "EOSREAS"} == {""}


def test_enrolled_and_never_treated():
    row = adsl_row(ex=HEAD["ex"])
    assert pick(row, "ENRLFL", "SAFFL", "SAFREAS", "FASREAS") == (
        "Y",
        "N",
        "No study drug taken",
        "No study drug taken",
    )
    assert pick(row, "MEASREAS", "EVALREAS") == ("Not in full analysis set",) * 2
    assert pick(row, "DLTREAS", "PKREAS", "TRT01A") == ("No study drug taken", "No palbociclib taken", "75 mg")


def test_treated_and_never_enrolled():
    row = adsl_row(ds=HEAD["ds"])
    assert pick(row, "ENRLFL", "SAFFL", "FASFL", "FASREAS") == ("N", "Y", "N", "Not enrolled")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("01-001|PALBOCICLIB|1|ORAL|N|2019-03-15|2019-04-04|75|", "marked as not given"),
        ("01-001|PALBOCICLIB|1|ORAL||2019-03-15|2019-04-04|75|21", "not known whether given"),
        ("01-001|PALBOCICLIB|1|ORAL|Y|2019-03-15|2019-04-04|0|21", "dose of 0 mg"),
        ("01-001|PALBOCICLIB|1|ORAL|Y|2019-03-15|2019-04-04|75|0", "no dose taken"),
    ],
)
def test_record_without_a_dose_is_no_exposure(line, why):
    assert adsl_row(ex=ex(line))["SAFFL"] == "N", why


def test_open_record_goes_on_until_what_comes_first():
    open_record = ex("01-001|PALBOCICLIB|1|ORAL|Y|2019-03-15||75|")
    ended = TABLES["ds"] + "01-001|DISPOSITION EVENT|PALBOCICLIB|1|2019-05-02|ADVERSE EVENT||||"
    died = "USUBJID|DDORIG|DDSEQ|DTHDTC|DTHCAUS\n01-001|EOS|1|2019-06-07|OTHER"
    assert adsl_row(ex=open_record)["PALEDT"] == "2023-06-30"  # cutoff
    assert adsl_row(ex=open_record, dd=died)["PALEDT"] == "2019-06-07"
    assert adsl_row(ex=open_record, dd=died, ds=ended)["PALEDT"] == "2019-05-02"
    left = TABLES["ds"] + "01-001|DISPOSITION EVENT|STUDY|1|2019-05-20|LOST TO FOLLOW-UP||||"
    assert adsl_row(ex=open_record, dd=died, ds=left)["PALEDT"] == "2019-05-20"
    assert adsl_row(ex=ex("01-001|T-DM1|1|INFUSION|Y|2019-03-15||230|"), ds=left)["TDMEDT"] == "2019-03-15"


ARMS = """
    USUBJID | SUBJID | SITEID | ARMCD    | ARM            | ACTARM         | AGE | RFICDTC
    01-001  | 01-001 | 01     | PBO      | Placebo        | Placebo        | 63  | 2019-03-01
    01-002  | 01-002 | 01     | HIGH     | High dose      | Low dose       | 64  | 2019-03-01
    01-003  | 01-003 | 01     | Scrnfail | Screen Failure | Screen Failure | 65  | 2019-03-01
    01-004  | 01-004 | 01     | HIGH     | High dose      | High dose      | 66  | 2019-03-01
    """


def test_arms_of_dm_are_the_treatments_and_placebo_is_a_dose():
    """01-004 has a record of 0 mg of the drug: no dose. Without a date of birth the reported age stands."""
    doses = ex(
        "01-001|PLACEBO|1|TRANSDERMAL|Y|2019-03-15|2019-04-04|0|",
        "01-002|DRUG|1|TRANSDERMAL|Y|2019-03-16|2019-04-04|54|",
        "01-004|DRUG|1|TRANSDERMAL|Y|2019-03-16|2019-04-04|0|",
    )
    data = derive_all(domains(dm=ARMS, ds=HEAD["ds"], ex=doses, fa=HEAD["fa"]), last="adsl")["adsl"].data
    assert rows(data, "SUBJID", "AGE", "ENRLFL", "TRT01P", "TRT01A", "SAFFL", "TRTSDT", "TRTEDT") == [
        ("01-001", "63", "Y", "Placebo", "Placebo", "Y", "2019-03-15", "2019-04-04"),
        ("01-002", "64", "Y", "High dose", "Low dose", "Y", "2019-03-16", "2019-04-04"),
        ("01-003", "65", "N", "", "", "N", "", ""),
        ("01-004", "66", "Y", "High dose", "High dose", "N", "", ""),
    ]


def test_nobody_is_evaluable_for_a_toxicity_that_is_not_defined():
    """The study of two patches has no key of the dose limiting toxicity."""
    view = load_study("cdiscpilot01", "full").view(declared(adsl))
    frames = domains(dm=ARMS.replace("2019", "2014"), ds=HEAD["ds"], ex=HEAD["ex"], fa=HEAD["fa"])
    inputs = [name for name in inspect.signature(adsl).parameters if name != "study"]
    row = one(adsl(**{name: frames[name] for name in inputs}, study=view).data)
    assert pick(row, "DLTFL", "DLTOCCFL", "DLTSTAT", "RP2DFL", "MEASFL") == ("N", "N", "", "N", "N")
    assert pick(row, "ENRLFL", "TRT01P") == ("Y", "Placebo")


def test_partial_first_dose_counts_only_without_a_complete_one():
    partial = "01-001|PALBOCICLIB|2|ORAL|Y|2019-03|2019-04-04|75|21"
    complete = "01-001|PALBOCICLIB|1|ORAL|Y|2019-03-15|2019-03-20|75|6"
    assert adsl_row(ex=ex(complete, partial))["TRTSDT"] == "2019-03-15"
    assert adsl_row(ex=ex(partial))["TRTSDT"] == "2019-03-01"


def test_doses_after_the_cutoff_are_left_out_and_reported():
    beyond = ex(
        "01-001|PALBOCICLIB|1|ORAL|Y|2023-06-20|2023-07-04|75|15",
        "01-001|T-DM1|2|INFUSION|Y|2023-07-01T09:00|2023-07-01T10:00|230|",
    )
    row = adsl_row(ex=beyond)
    assert pick(row, "TRTEDT", "TDMSDT", "ONTRTEDT") == ("2023-06-30", "", "2023-06-30")
    assert queries("Q-1101", ex=beyond) == [("01-001", "ex_tdm1", "exdtc", "2023-07-01T09:00", "I")]


def test_end_of_the_on_treatment_window():
    ended = TABLES["ds"] + "\n".join(
        f"01-001|DISPOSITION EVENT|{drug}|1|2019-04-25|ADVERSE EVENT||||"
        for drug in ("PALBOCICLIB", "LETROZOLE", "T-DM1")
    )
    # 25 April + 30 days (teae.window_days); without an end-of-treatment record the subject is ongoing: cutoff.
    assert adsl_row(ds=ended)["ONTRTEDT"] == "2019-05-25"
    assert adsl_row()["ONTRTEDT"] == "2023-06-30"
    left = TABLES["ds"] + "01-001|DISPOSITION EVENT|STUDY|1|2019-07-01|LOST TO FOLLOW-UP||||"
    assert pick(adsl_row(ds=left), "ONTRTEDT", "EOSDT", "EOSREAS") == ("2019-05-25", "2019-07-01", "LOST TO FOLLOW-UP")


def test_actual_level_is_the_first_dose_taken():
    first = ex(
        "01-001|PALBOCICLIB|1|ORAL|N|2019-03-15|2019-03-16|75|",
        "01-001|PALBOCICLIB|2|ORAL|Y|2019-03-17|2019-03-18|100|2",
        "01-001|PALBOCICLIB|3|ORAL|Y|2019-03-19|2019-04-04|75|17",
    )
    assert pick(adsl_row(ex=first), "TRT01P", "TRT01A", "TRT01AN") == ("75 mg", "100 mg", "100")
    odd = ex("01-001|PALBOCICLIB|1|ORAL|Y|2019-03-15|2019-03-16|62.5|2")
    assert pick(adsl_row(ex=odd), "TRT01A", "TRT01AN") == ("62.5 mg", "")


def test_groups_follow_the_first_enrollment_and_the_assigned_level():
    table = """
        USUBJID | DSCAT              | DSSCAT     | DSSEQ | DSSTDTC    | DSDECOD  | ENRPHASE | DOSELVL
        01-001  | PROTOCOL MILESTONE | ENROLLMENT | 2     | 2020-07-10 | ENROLLED | II       | 125
        01-001  | PROTOCOL MILESTONE | ENROLLMENT | 1     | 2019-03-10 | ENROLLED | I        | 125
        """
    row = adsl_row(ds=table)
    assert pick(row, "PHASE", "ENRLDT", "RP2DFL", "PH2FL", "REENRFL") == ("I", "2019-03-10", "Y", "N", "Y")
    second = adsl_row(ds=table.replace("| I        | 125", "| II       | 125"))
    assert pick(second, "PHASE", "RP2DFL", "PH2FL", "REENRFL") == ("II", "Y", "Y", "N")
    # as_enrolled: no recommended dose declared, so the group is empty.
    undeclared = one(derive_all(domains(ds=table), cut="as_enrolled", last="adsl")["adsl"].data)
    assert pick(undeclared, "RP2DFL", "PH2FL") == ("N", "N")


def dd(*lines: str) -> str:
    return "\n".join(["USUBJID|DDORIG|DDSEQ|DTHDTC|DTHCAUS", *lines])


def test_complete_death_date_goes_before_a_partial_one():
    row = adsl_row(dd=dd("01-001|EOS|1|2019-06|DISEASE PROGRESSION", "01-001|FU|2|2019-06-20|"))
    assert pick(row, "DTHFL", "DTHDT", "DTHDTF", "DTHCAUS") == ("Y", "2019-06-20", "", "DISEASE PROGRESSION")


def test_partial_death_date_is_the_first_day_after_the_last_one_alive():
    contact = "USUBJID|SSSEQ|SSDTC|SSDONE|SSSTRESC\n01-001|1|2019-06-11|Y|ALIVE"
    row = adsl_row(dd=dd("01-001|EOS|1|2019-06|OTHER"), ss=contact)
    assert pick(row, "LSTALVDT", "DTHDT", "DTHDTF") == ("2019-06-11", "2019-06-12", "D")
    # A sign of life after the last possible day of death proves nothing (it is queried): the last dose does.
    late = adsl_row(dd=dd("01-001|EOS|1|2019-06|OTHER"), ss=contact.replace("2019-06-11", "2019-08-11"))
    assert pick(late, "LSTALVDT", "DTHDT") == ("2019-04-25", "2019-06-01")


def test_death_without_a_date_and_death_after_the_cutoff():
    assert pick(adsl_row(dd=dd("01-001|EOS|1||OTHER")), "DTHFL", "DTHDT", "DTHDTF") == ("Y", "", "")
    assert pick(adsl_row(dd=dd("01-001|EOS|1|2023-07-01|OTHER")), "DTHFL", "DTHDT") == ("N", "")


def test_death_of_a_fatal_event_is_the_last_source():
    head = "USUBJID|AESEQ|AETERM|AESTDTC|AEENDTC|AEOUT|AEDTHDTC\n"
    fatal = head + "01-001|1|Sepsis|2019-04-28|2019-05-03|FATAL|2019-05-03"
    row = adsl_row(ae=fatal)
    # The end of a fatal event is the death itself: alive is proven by its start.
    assert pick(row, "DTHDT", "LSTALVDT") == ("2019-05-03", "2019-04-28")
    assert adsl_row(ae=fatal, dd=dd("01-001|EOS|1|2019-05-04|OTHER"))["DTHDT"] == "2019-05-04"


def cm(*lines: str) -> str:
    return "\n".join(["USUBJID|CMSEQ|CMSCAT|CMTRT|CMSTDTC", *lines])


@pytest.mark.parametrize(
    ("start", "found", "flag", "asked"),
    [
        ("2019-06-01", "2019-06-01", "", False),
        ("2019-04", "2019-04-26", "D", True),  # the day after TRTEDT
        ("2019", "2019-04-26", "M", True),
        ("2019-06", "2019-06-01", "D", True),
        ("", "", "", True),
        ("2019-01-10", "", "", True),  # before the first dose: not new
    ],
)
def test_start_of_new_systemic_therapy(start, found, flag, asked):
    table = cm(f"01-001|1|SYSTEMIC|Capecitabine|{start}")
    assert pick(adsl_row(cm=table), "NACTDT", "NACTDTF") == (found, flag)
    assert queries("Q-1110", cm=table) == [("01-001", "act", "stdtc", start, "W")] * asked


def test_first_of_several_therapies_counts_and_local_therapy_never():
    table = cm("01-001|1|SYSTEMIC|A|2019-08-01", "01-001|2|SYSTEMIC|B|2019-07-01")
    local = "USUBJID|PRSEQ|PRSCAT|PRTRT|PRSTDTC\n01-001|3|RADIOTHERAPY|C|2019-05-01"
    assert adsl_row(cm=table, pr=local)["NACTDT"] == "2019-07-01"
    assert adsl_row(pr=local)["NACTDT"] == ""


BASELINE = ("0 | 2019-03-05 | TARGET | T1 | 20", "0 | 2019-03-05 | NON-TARGET | NT1 | PRESENT")


def test_measurable_and_evaluable():
    first = "1 | 2019-05-16 | TARGET | T1 | 20"
    both = adsl_row(tr=scans(*BASELINE, first))
    assert pick(both, "MEASFL", "EVALFL") == ("Y", "Y")
    other = adsl_row(tr=scans(BASELINE[1], "1 | 2019-05-16 | NON-TARGET | NT1 | PRESENT"))
    assert pick(other, "MEASFL", "MEASREAS", "EVALFL") == ("N", "No target lesion at baseline", "Y")
    alone = adsl_row(tr=scans(*BASELINE))
    assert pick(alone, "MEASFL", "EVALFL", "EVALREAS") == ("Y", "N", "No post-baseline tumor assessment")


def test_progression_or_death_stands_for_a_missing_assessment():
    contact = "USUBJID|SSSEQ|SSDTC|SSDONE|SSSTRESC|SSPD\n01-001|1|2019-06-11|Y|ALIVE|Y"
    ended = TABLES["ds"] + "01-001|DISPOSITION EVENT|PALBOCICLIB|1|2019-04-25|PROGRESSIVE DISEASE||||"
    died = dd("01-001|EOS|1|2019-05-02|DISEASE PROGRESSION")
    for tables in ({"ss": contact}, {"ds": ended}, {"dd": died}):
        assert adsl_row(tr=scans(*BASELINE), **tables)["EVALFL"] == "Y"


@pytest.mark.parametrize(
    ("day", "visit", "measurable"),
    [
        ("2019-03-15", "0", "Y"),  # day of the first dose, planned before dosing
        ("2019-03-16", "0", "N"),  # after the first dose: no baseline
        ("2019-03-15", "1", "N"),  # day of the first dose, planned after dosing
        ("2018-11-01", "0", "Y"),  # too early is a deviation, not a reason to drop it
    ],
)
def test_baseline_is_at_or_before_the_first_dose(day, visit, measurable):
    assert adsl_row(tr=scans(f"{visit} | {day} | TARGET | T1 | 20"))["MEASFL"] == measurable


def test_concentration_below_the_limit_counts_and_a_missing_one_does_not():
    head = "USUBJID|PCTESTCD|VISIT|PCTPTNUM|PCDTC|PCSTRESC|PCSPID\n01-001|PALBOCICLIB|C1D1|0|2019-03-15T08:00|"
    assert adsl_row(pc=head + "BLQ|S1")["PKFL"] == "Y"
    assert adsl_row(pc=head + "|S1")["PKFL"] == "N"


def test_every_link_leads_from_a_subject_to_a_row_that_exists():
    frames = domains(tr=scans(*BASELINE), dd=dd("01-001|EOS|1|2019-06|OTHER"), cm=cm("01-001|1|SYSTEMIC|A|2019-05-01"))
    links = derive_all(frames, last="adsl")["adsl"].links
    found = {(variable, source): row for variable, source, row in rows(links, "variable", "source", "source_row")}
    subject = "NCT03709082-01-001"
    assert found["", "dm"] == subject
    assert found["TRTSDT", "ex"] in (f"{subject}|LETROZOLE|1", f"{subject}|PALBOCICLIB|1", f"{subject}|T-DM1|1")
    assert found["PALEDT", "ex"] == f"{subject}|PALBOCICLIB|2"
    assert found["DTHDT", "dd"] == f"{subject}|EOS|1"
    assert found["NACTDT", "cm"] == f"{subject}|ON-STUDY CANCER THERAPY|1"
    assert found["DLTFL", "fa"] == f"{subject}|DOSE LIMITING TOXICITY"
    assert set(links["row"]) == {subject}


def test_subject_screened_after_the_cutoff_is_left_out():
    later = domain("dm", TABLES["dm"] + "01-002|01-002|01|1970-01-01|F|2023-07-02")
    derived = derive_all(domains(dm=later), last="adsl")["adsl"]
    assert rows(derived.data, "SUBJID") == [("01-001",)]
    assert pd.Series(derived.queries["rule"]).tolist() == ["Q-1101"]
