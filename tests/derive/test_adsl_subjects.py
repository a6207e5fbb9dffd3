"""ADSL: where a subject stands at the cutoff, baseline characteristics, sets of patient-reported outcomes, status for
dose limiting toxicity (R-208, R-301 to R-303, R-405, R-406)."""

import pytest

from tests.derive.cases import TABLES, derive_all, domains, one

HEAD = {name: table.strip().splitlines()[0] for name, table in TABLES.items()}
DRUGS = ("PALBOCICLIB", "LETROZOLE", "T-DM1")


def adsl_row(cut: str = "full", **tables: str) -> dict[str, str]:
    return one(derive_all(domains(**tables), cut=cut, last="adsl")["adsl"].data)


def pick(row: dict[str, str], *names: str) -> tuple[str, ...]:
    return tuple(row[name] for name in names)


def ends(*lines: str) -> str:
    return TABLES["ds"] + "\n".join(f"01-001|DISPOSITION EVENT|{line}||||" for line in lines)


def test_ongoing_without_any_end():
    row = adsl_row()
    assert pick(row, "PALSTAT", "LETSTAT", "TDMSTAT", "EOSSTT") == ("ONGOING",) * 4
    assert pick(row, "PALREAS", "DCSREAS", "SCRFFL", "PH2ENTFL") == ("", "", "N", "N")


def test_each_drug_ends_on_its_own():
    row = adsl_row(ds=ends("T-DM1|1|2019-04-25|ADVERSE EVENT", "LETROZOLE|1|2019-04-25|"))
    assert pick(row, "PALSTAT", "PALREAS") == ("ONGOING", "")
    assert pick(row, "TDMSTAT", "TDMREAS") == ("DISCONTINUED", "ADVERSE EVENT")
    assert pick(row, "LETSTAT", "LETREAS") == ("DISCONTINUED", "NOT RECORDED")


def test_who_left_or_died_is_on_no_drug():
    left = adsl_row(ds=ends("STUDY|1|2019-07-01|LOST TO FOLLOW-UP"))
    assert pick(left, "PALSTAT", "PALREAS") == ("DISCONTINUED", "NOT RECORDED")
    assert pick(left, "EOSSTT", "DCSREAS") == ("DISCONTINUED", "LOST TO FOLLOW-UP")
    died = adsl_row(dd="USUBJID|DDORIG|DDSEQ|DTHDTC|DTHCAUS\n01-001|FU|1|2019-06-07|OTHER")
    assert pick(died, "TDMSTAT", "EOSSTT", "DCSREAS") == ("DISCONTINUED", "DISCONTINUED", "NOT RECORDED")


def test_completed_study_is_no_discontinuation():
    assert pick(adsl_row(ds=ends("STUDY|1|2019-07-01|COMPLETED")), "EOSSTT", "DCSREAS") == ("COMPLETED", "")


def test_an_end_after_the_cutoff_is_not_known_yet():
    row = adsl_row(ds=ends("PALBOCICLIB|1|2023-07-02|ADVERSE EVENT"))
    assert pick(row, "PALSTAT", "PALREAS") == ("ONGOING", "")


def test_a_drug_never_taken_has_no_status():
    oral = "\n".join(line for line in TABLES["ex"].strip().splitlines() if "T-DM1" not in line)
    assert pick(adsl_row(ex=oral), "TDMSTAT", "TDMREAS", "PALSTAT") == ("", "", "ONGOING")


def test_screen_failure():
    ended = HEAD["ds"] + "\n01-001|DISPOSITION EVENT|STUDY|1|2019-03-05|SCREEN FAILURE||||"
    failed = adsl_row(ds=ended, ex=HEAD["ex"])
    assert pick(failed, "SCRNFL", "SCRFFL", "EOSSTT", "DCSREAS") == ("Y", "Y", "", "")
    # Without the end of study the subject is still in screening.
    assert adsl_row(ds=HEAD["ds"], ex=HEAD["ex"])["SCRFFL"] == "N"


@pytest.mark.parametrize(
    ("birth", "group"),
    [("1954-03-02", "<65"), ("1954-03-01", "65-<75"), ("1944-03-02", "65-<75"), ("1944-03-01", ">=75"), ("", "")],
)
def test_age_groups_by_completed_years_on_1_march_2019(birth, group):
    assert adsl_row(dm=TABLES["dm"].replace("1960-03-15", birth))["AGEGR1"] == group


def test_race_as_recorded():
    table = "USUBJID|SUBJID|SITEID|BRTHDTC|SEX|RFICDTC|RACE|MENOPAUS\n01-001|01-001|01|1960-03-15|F|2019-03-01|{}|"
    assert adsl_row(dm=table.format("ASIAN") + "POSTMENOPAUSAL")["MENOPAUS"] == "POSTMENOPAUSAL"
    assert pick(adsl_row(dm=table.format("ASIAN; WHITE")), "RACE", "RACEGR1") == ("ASIAN; WHITE", "MULTIPLE")
    assert pick(adsl_row(dm=table.format("UNKNOWN")), "RACEGR1") == ("UNKNOWN",)
    assert adsl_row(dm=table.format(""))["RACEGR1"] == ""


def vs(*lines: str) -> str:
    return "\n".join(["USUBJID|VSTESTCD|VISIT|VISITNUM|VSDTC|VSSTRESN", *(f"01-001|{line}" for line in lines)])


def test_baseline_is_the_last_value_at_or_before_the_first_dose():
    row = adsl_row(
        vs=vs(
            "WEIGHT|SCREENING|0|2019-03-05|62",
            "WEIGHT|C1D1|1|2019-03-15|61.5",
            "WEIGHT|C2D1|2|2019-04-05|60",
            "HEIGHT|SCREENING|0|2019-03-05|164",
        )
    )
    # 61.5 / 1.64 / 1.64 = 22.866
    assert pick(row, "WEIGHTBL", "HEIGHTBL") == ("61.5", "164.0")
    assert round(float(row["BMIBL"]), 3) == 22.866


@pytest.mark.parametrize(
    ("line", "weight"),
    [
        ("WEIGHT|C1D8|1.08|2019-03-15|60", ""),  # day of the first dose at a later visit
        ("WEIGHT|C1D1|1|2019-03-16|60", ""),
        ("WEIGHT|C1D1|1||60", ""),  # no date
        ("WEIGHT|SCREENING|0|2019-03|60", "60.0"),  # some day of March, planned before dosing
        ("WEIGHT|C2D1|2|2019-02|60", "60.0"),  # before the dose, whatever the visit
    ],
)
def test_what_is_no_baseline(line, weight):
    assert adsl_row(vs=vs(line))["WEIGHTBL"] == weight


def test_a_partial_date_is_no_later_than_the_first_dose():
    # Some day of March before dosing: not after the weight of 15 March, the day of the first dose.
    row = adsl_row(vs=vs("WEIGHT|SCREENING|0|2019-03|62", "WEIGHT|C1D1|1|2019-03-15|61.5"))
    assert row["WEIGHTBL"] == "61.5"


def test_performance_status_and_no_height():
    head = "USUBJID|RSTESTCD|VISIT|VISITNUM|RSDTC|RSSTRESN"
    status = f"{head}\n01-001|ECOG|SCREENING|0|2019-03-05|1\n01-001|ECOG|C1D1|1|2019-03-15|"
    row = adsl_row(rsec=status, vs=vs("WEIGHT|SCREENING|0|2019-03-05|62", "HEIGHT|SCREENING|0|2019-03-05|0"))
    assert pick(row, "ECOGBL", "WEIGHTBL", "BMIBL") == ("1", "62.0", "")


def promis(visit: str, day: str, answers: str = "1234", version: str = "1.0", form: str = "ANXIETY") -> list[str]:
    """Return the four items of a form at a visit; `.` in `answers` is an item without answer."""
    items = enumerate(answers, start=1)
    return [
        f"PROMIS|{form}|{visit}|ANXIE{item}|{day}|{'' if answer == '.' else answer}|{version}" for item, answer in items
    ]


def qs(*lines: str) -> str:
    return "\n".join(["USUBJID|QSCAT|QSSCAT|VISIT|QSTESTCD|QSDTC|QSSTRESN|QSVERS", *(f"01-001|{x}" for x in lines)])


def versions() -> str:
    from crf2csr.instruments import load_parameters

    (version,) = {parameter.version for parameter in load_parameters() if parameter.paramcd == "ANXIETY"}
    return version


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("1234", "1234", ("Y", "")),
        ("123.", "1234", ("N", "No baseline value")),  # three of four items: no score (R-1201)
        ("1234", "12.4", ("N", "No post-baseline value")),
        ("1239", "1234", ("N", "No baseline value")),  # no such answer
    ],
)
def test_promis_needs_a_scored_form_before_and_after(before, after, expected):
    lines = [*promis("C1D1", "2019-03-15", before, versions()), *promis("C2D1", "2019-04-05", after, versions())]
    assert pick(adsl_row(qs=qs(*lines)), "PROPFL", "PROPREAS") == expected


def test_promis_needs_the_same_form_and_a_known_version():
    other = promis("C2D1", "2019-04-05", version=versions(), form="FATIGUE")
    lines = [*promis("C1D1", "2019-03-15", version=versions()), *other]
    assert pick(adsl_row(qs=qs(*lines)), "PROPFL", "PROPREAS") == ("N", "No post-baseline value")
    unknown = [*promis("C1D1", "2019-03-15", version="9.9"), *promis("C2D1", "2019-04-05", version="9.9")]
    assert adsl_row(qs=qs(*unknown))["PROPREAS"] == "No baseline value"


def test_bcpt_needs_one_item_before_and_after():
    before, after = "BCPT|BCPT|C1D1|BCPT01|2019-03-15|0|", "BCPT|BCPT|C2D1|BCPT01|2019-04-05|4|"
    assert pick(adsl_row(qs=qs(before, after)), "PROBFL", "PROPFL") == ("Y", "N")
    # An item that is no parameter counts no more than in ADQS.
    assert adsl_row(qs=qs(before.replace("BCPT01", "BCPT99"), after.replace("BCPT01", "BCPT99")))["PROBFL"] == "N"
    assert adsl_row(qs=qs(before, after.replace("BCPT01", "BCPT02")))["PROBREAS"] == "No post-baseline value"
    # The day of the first dose at a later visit is after it.
    assert adsl_row(qs=qs(before.replace("C1D1", "C1D8"), after))["PROBREAS"] == "No baseline value"
    assert adsl_row(qs=qs(before, after), ex=HEAD["ex"])["PROBREAS"] == "No study drug taken"


FA = "USUBJID|FAOBJ|FADTC|DLTEVAL|DLTYN|DLTAENOS\n01-001|DOSE LIMITING TOXICITY|2019-04-08|Y|{}|{}"
AE = "USUBJID|AESEQ|AETERM|AESTDTC\n01-001|1|Neutropenia|2019-04-04\n01-001|2|Fatigue|2019-04-05"


def test_status_for_dose_limiting_toxicity():
    # First dose 15 March: the window of 21 days ends on 4 April 2019.
    row = adsl_row()
    assert pick(row, "DLTSTAT", "DLTOCCFL", "DLTEND", "DLTAENOS") == ("EVALUABLE", "N", "2019-04-04", "")
    toxic = adsl_row(fa=FA.format("Y", "1; 2"), ae=AE)
    # Event 2 starts after the window: it is no DLT of it.
    assert pick(toxic, "DLTSTAT", "DLTOCCFL", "DLTAENOS") == ("EVALUABLE", "Y", "1")
    late = adsl_row(fa=FA.format("Y", "2"), ae=AE)
    assert pick(late, "DLTSTAT", "DLTOCCFL", "DLTAENOS") == ("EVALUABLE", "N", "")


def test_a_missing_answer_waits_and_a_lost_subject_is_replaced():
    assert adsl_row(fa=FA.format("", ""))["DLTSTAT"] == "PENDING"
    lost = adsl_row(ds=ends("STUDY|1|2019-03-25|WITHDRAWAL BY SUBJECT"))
    assert pick(lost, "DLTFL", "DLTSTAT") == ("N", "REPLACED")
    assert pick(adsl_row(ex=HEAD["ex"]), "DLTSTAT") == ("PENDING",)
    gone = adsl_row(ex=HEAD["ex"], ds=ends("STUDY|1|2019-03-25|WITHDRAWAL BY SUBJECT"))
    assert gone["DLTSTAT"] == "REPLACED"
    second = TABLES["ds"].replace("| I        |", "| II       |")
    assert adsl_row(ds=second)["DLTSTAT"] == ""
