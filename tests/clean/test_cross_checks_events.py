"""Q-115, Q-500, Q-600, Q-1110."""

from crf2csr.clean import cross_checks_events as checks
from tests.builders import run_check

END = "USUBJID|DSCAT|DSSCAT|DSSEQ|DSDECOD|DSSTDTC"


def events(columns: str, *lines: str) -> str:
    """Return an AE table of events 1, 2, ... of subject 01-001 with the term X."""
    rows = [f"01-001|{number}|X|{line}" for number, line in enumerate(lines, start=1)]
    return "\n".join([f"USUBJID|AESEQ|AETERM|{columns}", *rows])


def fields(found: list[tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(rule, field) for rule, _, _, _, field in found]


def test_uncoded_events() -> None:
    ae = events("AEDECOD|AEBODSYS", "Nausea|GI", "|GI", "Nausea|")
    assert run_check(checks.uncoded_terms, ae=ae) == [("Q-115", "W", "01-001", "ae", "decod")] * 2


def test_grades() -> None:
    ae = events("AETOXGR", "1", "5", "6", "0", "")
    assert run_check(checks.grades, ae=ae) == [("Q-501", "E", "01-001", "ae", "grade")] * 3


def test_event_dates() -> None:
    ae = events("AESTDTC|AEENDTC", "2019-02-01|2019-01", "2019-02-01|2019-02", "|2019-02-01", "2019-02-02|2019-02-01")
    assert run_check(checks.event_dates, ae=ae) == [
        ("Q-502", "E", "01-001", "ae", "endtc"),
        ("Q-502", "E", "01-001", "ae", "endtc"),
        ("Q-513", "W", "01-001", "ae", "stdtc"),
    ]


def test_a_partial_start_that_may_lie_before_the_first_dose() -> None:
    ex = "USUBJID|EXTRT|EXSEQ|EXCAT|EXOCCUR|EXSTDTC\n01-001|T-DM1|1|INFUSION|Y|{}T10:00"
    asked = ("Q-513", "W", "01-001", "ae", "stdtc")
    ae = events("AESTDTC|AEENDTC", "2019-03|", "2019-03|2019-03-14", "2019|2019-03", "2019-02|", "2018|", "2019-04|")
    # an end in March may be before the dose or after it; 14 March is before it, and so is February
    assert run_check(checks.event_dates, ae=ae, ex=ex.format("2019-03-15")) == [asked] * 2
    assert run_check(checks.event_dates, ae=ae, ex=ex.format("2019-03-01")) == [asked], "all of March is after the dose"
    assert run_check(checks.event_dates, ae=ae, ex=ex.format("2019-01-01")) == []
    assert run_check(checks.event_dates, ae=ae) == [], "without a dose nothing can be before it"


def test_events_entered_twice() -> None:
    ae = """
    USUBJID | AESEQ | AETERM | AESTDTC | AETOXGR
    01-001  | 1     | Nausea | 2019-01 | 2
    01-001  | 2     | NAUSEA | 2019-01 | 2
    01-001  | 3     | NAUSEA | 2019-01 | 3
    01-002  | 1     | NAUSEA | 2019-01 | 2
    """
    assert run_check(checks.repeated_events, ae=ae) == [("Q-503", "W", "01-001", "ae", "term")]


def test_relations_to_all_three_drugs() -> None:
    ae = events("AERELPAL|AERELLET|AERELTDM", "RELATED|NOT RELATED|RELATED", "|NOT RELATED|")
    assert run_check(checks.relations, ae=ae) == [
        ("Q-504", "E", "01-001", "ae", "relpal"),
        ("Q-504", "E", "01-001", "ae", "reltdm"),
    ]


def test_outcome_and_end() -> None:
    ae = events(
        "AEOUT|AEENRF|AEENDTC",
        "RECOVERED/RESOLVED||",
        "RECOVERED/RESOLVED WITH SEQUELAE||2019-01",
        "NOT RECOVERED/NOT RESOLVED|Y|2019-01",
        "NOT RECOVERED/NOT RESOLVED|Y|",
    )
    assert run_check(checks.outcomes, ae=ae) == [("Q-505", "W", "01-001", "ae", "endtc")] * 2


def test_seriousness() -> None:
    ae = events("AESER|AESHOSP|AESMIE", "Y|Y|", "Y|N|N", "N||Y", "|Y|", "N|N|N")
    assert run_check(checks.seriousness, ae=ae) == [("Q-507", "E", "01-001", "ae", "serious")] * 3


def test_withdrawn_and_ended() -> None:
    ae = events("AEACNPAL|AEACNTDM", "DRUG WITHDRAWN|", "|DRUG WITHDRAWN", "DOSE REDUCED|")
    ds = f"{END}\n01-001|D|PALBOCICLIB|1|OTHER|\n01-001|D|LETROZOLE|1|ADVERSE EVENT|"
    assert run_check(checks.withdrawals, ds=ds, ae=ae) == [
        ("Q-508", "W", "01-001", "ae", "acntdm"),
        ("Q-508", "W", "01-001", "eot", "reason"),
    ]


def test_discontinuation_has_its_end_of_study() -> None:
    ae = "USUBJID|AESEQ|AETERM|AEDISCFL\n01-001|1|X|Y\n01-002|1|X|Y\n01-003|1|X|Y\n01-004|1|X|N"
    ds = f"{END}\n01-001|D|STUDY|1|ADVERSE EVENT|\n01-002|D|STUDY|1|COMPLETED|"
    assert [row[2] for row in run_check(checks.discontinuations, ds=ds, ae=ae)] == ["01-002", "01-003"]


def test_records_of_one_term_overlap() -> None:
    ae = """
    USUBJID | AESEQ | AETERM | AEDECOD | AESTDTC    | AEENDTC
    01-001  | 1     | a      | Nausea  | 2019-01-01 | 2019-01-10
    01-001  | 2     | b      | Nausea  | 2019-01-10 | 2019-01-20
    01-001  | 3     | c      | Nausea  | 2019-01-19 |
    01-001  | 4     | d      | Nausea  | 2019-06-01 |
    01-001  | 5     | e      | Fatigue | 2019-01-05 |
    01-002  | 1     | a      | Nausea  | 2019-01-05 | 2019-01-06
    """
    assert run_check(checks.overlapping_events, ae=ae) == [("Q-511", "W", "01-001", "ae", "stdtc")] * 2, (
        "3 starts before 2 ends, 4 while 3 goes on; a record that starts on the last day of another follows it"
    )


def test_what_belongs_to_a_fatal_event() -> None:
    columns = "AEOUT|AETOXGR|AESDTH|AEDTHDTC|AEENDTC"
    consistent = [
        "FATAL|5|Y|2019-03-01|2019-03-01",
        "FATAL|5|Y|2019-03|2019-03-01",
        "UNKNOWN|4|N||",
        "FATAL||Y|2019-03-01|2019-03-01",
    ]
    assert run_check(checks.fatal_events, ae=events(columns, *consistent)) == []
    found = {
        "FATAL|5|Y||2019-03-01": [("Q-601", "dthdtc"), ("Q-602", "dthdtc")],
        "FATAL|5|N|2019-03-01|2019-03-01": [("Q-601", "sdeath")],
        "UNKNOWN|4|Y|2019-03-01|": [("Q-602", "outcome")],
        "UNKNOWN|5|N||": [("Q-603", "outcome")],
        "FATAL|4|Y|2019-03-01|2019-03-01": [("Q-603", "grade")],
        "FATAL|5|Y|2019-03-01|2019-03-02": [("Q-607", "endtc")],
        "FATAL|5|Y|2019-03-01|": [("Q-607", "endtc")],
    }
    assert {line: fields(run_check(checks.fatal_events, ae=events(columns, line))) for line in found} == found


def test_death_as_end_of_study() -> None:
    ds = f"{END}\n" + "\n".join(
        f"01-00{n}|D|STUDY|1|{r}|" for n, r in enumerate(["DEATH", "DEATH", "DEATH", "COMPLETED"], 1)
    )
    dd = "USUBJID|DDORIG|DDSEQ|DTHCAUS\n01-001|EOS|1|OTHER"
    ae = "USUBJID|AESEQ|AETERM|AEOUT\n01-002|1|X|FATAL\n01-004|1|X|FATAL\n01-005|1|X|FATAL"
    assert run_check(checks.death_as_end, ds=ds, dd=dd, ae=ae) == [
        ("Q-604", "E", "01-003", "eos", "reason"),
        ("Q-604", "E", "01-004", "ae", "outcome"),
    ]


def test_death_dates_agree_on_their_known_parts() -> None:
    dd = """
    USUBJID | DDORIG | DDSEQ | DTHDTC
    01-001  | EOS    | 1     | 2019-03
    01-001  | FU     | 4     | 2019-03-09
    01-002  | EOS    | 1     | 2019-03-01
    01-002  | FU     | 4     | 2019-03-02
    01-003  | FU     | 4     | 2019-03-02
    """
    ae = "USUBJID|AESEQ|AETERM|AEDTHDTC\n01-001|1|X|2019-03-08\n01-003|1|X|2019-03-03"
    assert run_check(checks.death_dates_agree, dd=dd, ae=ae) == [
        ("Q-605", "E", "01-003", "ae", "dthdtc"),
        ("Q-609", "E", "01-002", "fu", "dthdtc"),
    ]


def test_what_a_death_record_needs() -> None:
    ds = f"{END}\n" + "\n".join(f"01-00{n}|D|STUDY|1|DEATH|" for n in (1, 2, 3))
    dd = """
    USUBJID | DDORIG | DDSEQ | DTHDTC     | DTHCAUS
    01-001  | EOS    | 1     |            | OTHER
    01-002  | EOS    | 1     | 2019-03    |
    01-003  | EOS    | 1     | 2019-03-01 | OTHER
    01-003  | FU     | 2     | 2019-03-01 |
    01-004  | FU     | 2     | 2019-03-01 |
    """
    assert run_check(checks.death_records, ds=ds, dd=dd) == [
        ("Q-606", "E", "01-001", "eos", "dthdtc"),
        ("Q-608", "W", "01-002", "eos", "cause"),
        ("Q-608", "W", "01-004", "fu", "dthdtc"),
        ("Q-608", "W", "01-003", "fu", "dthdtc"),
        ("Q-610", "W", "01-002", "eos", "dthdtc"),
    ]


def test_no_measurement_questionnaire_or_medication_is_dated_after_death() -> None:
    found = run_check(
        checks.after_death,
        dd="USUBJID|DDORIG|DDSEQ|DTHDTC\n01-001|EOS|1|2019-03-01",
        vs="USUBJID|VSTESTCD|VISIT|VSDTC\n01-001|WEIGHT|EOT|2019-03-02\n01-001|PULSE|EOT|2019-03-01",
        lb="USUBJID|LBTESTCD|VISIT|LBDTC\n01-001|ALT|EOT|2019-03-02T08:00",
        eg="USUBJID|EGTESTCD|VISIT|EGDTC\n01-001|QT|EOT|2019-03",
        pe="USUBJID|VISIT|PEDTC\n01-001|EOT|2019-04",
        qs="USUBJID|QSCAT|QSSCAT|VISIT|QSTESTCD|QSDTC\n01-001|BCPT|BCPT|EOT|BCPT01|2019-03-02",
        cm="USUBJID|CMCAT|CMSEQ|CMSTDTC\n01-001|CONCOMITANT MEDICATION|1|2019-03-02",
        mh="USUBJID|MHSEQ|MHTERM|MHSTDTC\n01-001|1|X|2018",
    )
    assert [(form, field) for _, _, _, form, field in found] == [
        ("cm", "stdtc"),
        ("vs", "vsdtc"),
        ("pe", "pedtc"),
        ("lb", "lbdtc"),
        ("bcpt", "qsdtc"),
    ]


def test_nothing_is_done_after_death() -> None:
    found = run_check(
        checks.after_death,
        dd="USUBJID|DDORIG|DDSEQ|DTHDTC\n01-001|EOS|1|2019-03-01",
        ae="USUBJID|AESEQ|AETERM|AESTDTC\n01-001|1|X|2019-03-02\n01-001|2|X|2019-03\n01-001|3|X|2019-03-01",
        ex="USUBJID|EXTRT|EXSEQ|EXCAT|EXOCCUR|EXSTDTC\n01-001|T-DM1|1|INFUSION|Y|2019-03-02T09:00\n01-001|T-DM1|2|INFUSION|N|2019-04-01",
        pc="USUBJID|PCTESTCD|PCTPTNUM|PCSPID|PCDTC\n01-001|PALBOCICLIB|0|S|2019-03-01T23:00",
        tr="USUBJID|TRGRPID|TRTESTCD|TRDTC\n01-001|NEW|NEWLES|2019-04",
        rs="USUBJID|RSTESTCD|RSDTC|RAWROW\n01-001|OVRLRESP|2019-04-01|5\n01-001|TRGRESP|2019-04-01|5",
    )
    assert found == [
        ("Q-611", "E", "01-001", "ae", "stdtc"),
        ("Q-611", "E", "01-001", "ex_tdm1", "exdtc"),
        ("Q-611", "E", "01-001", "nl", "dtc"),
        ("Q-611", "E", "01-001", "rs", "dtc"),
    ]


def test_survival_contacts() -> None:
    dd = "USUBJID|DDORIG|DDSEQ|DTHDTC\n01-001|EOS|1|2019-03-01\n01-002|FU|2|2019-03-02"
    ss = """
    USUBJID | SSSEQ | SSDONE | SSDTC      | SSSTRESC | DTHDTC
    01-001  | 1     | Y      | 2019-03-02 | ALIVE    |
    01-001  | 2     | Y      | 2019-03    | ALIVE    |
    01-001  | 3     | Y      | 2019-04-01 | DEAD     |
    01-002  | 2     | Y      | 2019-03-01 | DEAD     | 2019-03-02
    01-003  | 1     | N      |            | ALIVE    |
    01-003  | 2     | N      |            | LOST     |
    01-003  | 3     | Y      | 2019-04-01 |          |
    """
    assert run_check(checks.survival_contacts, dd=dd, ss=ss) == [
        ("Q-612", "E", "01-001", "fu", "status"),
        ("Q-612", "E", "01-001", "fu", "dthdtc"),
        ("Q-612", "E", "01-002", "fu", "fudtc"),
        ("Q-613", "W", "01-003", "fu", "status"),
        ("Q-613", "W", "01-003", "fu", "status"),
    ]


def test_reported_therapy_is_recorded() -> None:
    ss = "USUBJID|SSSEQ|SSNEWTX\n01-001|1|Y\n01-002|1|Y\n01-003|1|Y\n01-004|1|N"
    cm = """
    USUBJID | CMCAT                   | CMSEQ | CMSCAT
    01-001  | ON-STUDY CANCER THERAPY | 1     | SYSTEMIC
    01-003  | PRIOR CANCER THERAPY    | 1     | SYSTEMIC
    01-003  | CONCOMITANT MEDICATION  | 1     |
    """
    pr = "USUBJID|PRSEQ|PRSCAT\n01-002|1|SURGERY"
    assert run_check(checks.unrecorded_therapy, cm=cm, pr=pr, ss=ss) == [("Q-1110", "W", "01-003", "fu", "newtx")]
