"""Q-1001 to Q-1010."""

from crf2csr.clean import cross_checks_pk as checks
from tests.builders import run_check

KEYS = ("pk.cmax_days", "pk.trough_days", "pk.windows_min")


def samples(columns: str, *lines: str) -> str:
    """Return palbociclib samples of subject 01-001 from `visit|hour|...` lines, each with its own specimen."""
    rows = [f"01-001|PALBOCICLIB|S{number}|{line}" for number, line in enumerate(lines, start=1)]
    return "\n".join([f"USUBJID|PCTESTCD|PCSPID|VISIT|PCTPTNUM|{columns}".rstrip("|"), *rows])


def fields(found: list[tuple[str, ...]]) -> list[tuple[str, str, str]]:
    return [(rule, severity, field) for rule, severity, _, _, field in found]


def test_planned_times() -> None:
    pc = samples("", "C1D1|0", "C1D1|2", "C1D1|4", "C1D1|8", "C1D15|0", "C1D1|6", "C1D15|2", "C2D1|0")
    assert fields(run_check(checks.planned_times, KEYS, pc=pc)) == [("Q-1001", "E", "tpt")] * 3


def test_a_sample_is_drawn_on_the_side_of_the_dose_that_its_label_says() -> None:
    pc = samples(
        "PCDTC|PCRFTDTC|DOSPROB",
        "C1D1|0|2019-01-01T08:00|2019-01-01T08:00|",
        "C1D1|2|2019-01-01T07:59|2019-01-01T08:00|",
        "C1D15|0|2019-01-15T08:01|2019-01-15T08:00|",
        "C1D1|4||2019-01-01|",
        "C1D1|8|2019-01-01T16:00|2019-01-01|",
        "C2D1|0|2019-01-15T08:01||MISSED",
    )
    assert fields(run_check(checks.sample_order, pc=pc)) == [
        ("Q-1002", "E", "pcdtc"),
        ("Q-1002", "E", "pcdtc"),
        ("Q-1002", "E", "dosdtc"),
    ]


def windows(hour: int, drawn: str) -> list[tuple[str, str, str]]:
    pc = samples("PCDTC|PCRFTDTC", f"C1D1|{hour}|2019-01-01T{drawn}|2019-01-01T08:00")
    return fields(run_check(checks.sample_windows, KEYS, pc=pc))


def test_sample_windows() -> None:
    # R-1303: pre-dose -60 to 0 min, 2 h within 10 min, 4 h within 15 min, 8 h within 30 min
    outside = [("Q-1003", "W", "pcdtc")]
    inside = {0: ["07:00", "08:00"], 2: ["09:50", "10:10"], 4: ["11:45", "12:15"], 8: ["15:30", "16:30"]}
    beyond = {0: ["06:59"], 2: ["09:49", "10:11"], 4: ["11:44", "12:16"], 8: ["15:29", "16:31"]}
    for hour in inside:
        assert all(windows(hour, drawn) == [] for drawn in inside[hour])
        assert all(windows(hour, drawn) == outside for drawn in beyond[hour])
    assert windows(0, "08:01") == [], "a pre-dose sample after the dose is Q-1002"


def test_samples_are_one_of_a_kind() -> None:
    pc = """
    USUBJID | PCTESTCD    | PCSPID | VISIT | PCTPTNUM | PCDTC
    01-001  | PALBOCICLIB | S1     | C1D1  | 0        | 2019-01-01T08:00
    01-001  | PALBOCICLIB | S2     | C1D1  | 2        | 2019-01-01T08:00
    01-001  | PALBOCICLIB | S3     | C1D1  | 4        | 2019-01-01
    01-001  | PALBOCICLIB | S4     | C1D1  | 8        | 2019-01-01
    01-002  | PALBOCICLIB | S1     | C1D1  | 0        | 2019-01-01T08:00
    """
    assert run_check(checks.repeated_samples, pc=pc) == [
        ("Q-1004", "E", "01-001", "pk", "pcdtc"),
        ("Q-1004", "E", "01-002", "pk", "specimen"),
    ]


def test_numbers_below_the_limit_and_before_the_first_dose() -> None:
    pc = samples("PCSTRESN|PCLLOQ", "C1D1|0|1|1", "C1D1|2|0.9|1", "C1D1|4|0|1", "C1D1|8||1", "C1D15|0|70|1")
    assert fields(run_check(checks.below_limit, pc=pc)) == [("Q-1005", "W", "conc")] * 2
    assert fields(run_check(checks.drug_before_dose, pc=pc)) == [("Q-1006", "W", "conc")]


def test_a_text_below_another_limit_than_the_record_says() -> None:
    pc = samples(
        "PCORRES|PCLLOQ", "C1D1|0|<1.00|1", "C1D1|2|< 1,0|1", "C1D1|4|<2.5|1", "C1D1|8|<1.00|", "C1D15|0|BLQ|1"
    )
    assert fields(run_check(checks.below_limit, pc=pc)) == [("Q-1005", "W", "conc")]


def clocks(visit: str, dose: str, drawn: str, rule: str = "us") -> list[tuple[str, str, str]]:
    column = "PCPRVDTC" if visit == "C1D15" else "PCRFTDTC"
    pc = samples(f"{column}|PCDTC", f"{visit}|0|{dose}|{drawn}")
    keys = ("pk.clock_change", "pk.trough_days")
    return fields(run_check(checks.clock_changes, keys, {"pk_clock_change": rule}, pc=pc))


def test_clocks_changed_between_dose_and_sample() -> None:
    # United States 2020: 8 March and 1 November, at 02:00; European Union: 29 March at 02:00 and 25 October at 03:00
    changed = [("Q-1003", "W", "pcdtc")]
    assert clocks("C1D15", "2020-03-07T08:00", "2020-03-08T07:55") == changed
    assert clocks("C1D15", "2020-10-31T08:00", "2020-11-01T07:55") == changed
    assert clocks("C1D1", "2020-03-08T01:30", "2020-03-08T03:30") == changed
    assert clocks("C1D1", "2020-03-08T08:00", "2020-03-08T10:00") == []
    assert clocks("C1D15", "2020-03-06T08:00", "2020-03-07T07:55") == []
    assert clocks("C1D15", "2020-03-08T08:00", "2020-03-09T07:55") == []
    assert clocks("C1D15", "2020-03-28T08:00", "2020-03-29T07:55") == []
    assert clocks("C1D15", "2020-03-28T08:00", "2020-03-29T07:55", "eu") == changed
    assert clocks("C1D15", "2020-10-24T08:00", "2020-10-25T07:55", "eu") == changed
    assert clocks("C1D15", "2020-03-07T08:00", "2020-03-08T07:55", "none") == []
    assert clocks("C1D15", "2020-03-07", "2020-03-08T07:55") == []


def test_the_trough() -> None:
    expected = {
        "2019-01-15T08:00|2019-01-14T10:00|0": [],
        "2019-01-15T08:00|2019-01-14T06:00|0": [],
        # Not confirmed, so the trough is not summarized: somebody has to be asked (R-1304).
        "2019-01-15T08:00|2019-01-14T06:00|": [("Q-1008", "W", "missed7")],
        "||": [],  # no sample
        "2019-01-15T08:00|2019-01-14T10:01|0": [("Q-1008", "W", "pcdtc")],
        "2019-01-15T08:00|2019-01-14T05:59|0": [("Q-1008", "W", "pcdtc")],
        "2019-01-15T08:00||1": [("Q-1008", "W", "missed7")],
    }
    found = {
        line: fields(run_check(checks.trough_conditions, KEYS, pc=samples("PCDTC|PCPRVDTC|MISSED7", f"C1D15|0|{line}")))
        for line in expected
    }
    assert found == expected


def missed(count: str, *doses: str) -> list[tuple[str, str, str]]:
    """Queries of a trough of 15 January after `start|end|given|dose|taken` palbociclib records of January 2019."""
    pc = samples("PCDTC|MISSED7", f"C1D15|0|2019-01-15T07:50|{count}")
    rows = [
        f"01-001|PALBOCICLIB|ORAL|{n}|2019-01-{line.replace('|', '|2019-01-', 1)}"
        for n, line in enumerate(doses, start=1)
    ]
    ex = "\n".join(["USUBJID|EXTRT|EXCAT|EXSEQ|EXSTDTC|EXENDTC|EXOCCUR|EXDOSE|DOSESTK", *rows])
    return fields(run_check(checks.trough_doses, ("pk.trough_days",), pc=pc, ex=ex))


def test_doses_missed_before_the_trough_and_exposure_records() -> None:
    wrong = [("Q-1008", "W", "missed7")]
    # 8 to 14 January; 21 days with 21, 20 or 19 doses taken allow 0, 1 or 2 missed
    assert missed("0", "01|21|Y|125|21") == []
    assert missed("1", "01|21|Y|125|21") == wrong
    assert missed("2", "01|21|Y|125|19") == []
    assert missed("3", "01|21|Y|125|19") == wrong
    assert missed("7", "01|21|Y|125|") == []  # doses taken not recorded
    # no record of 10 and 11 January: two missed at least
    assert missed("0", "01|09|Y|125|9", "12|21|Y|125|10") == wrong
    assert missed("2", "01|09|Y|125|9", "12|21|Y|125|10") == []
    assert missed("0", "01|21|N|125|0") == wrong  # not given
    assert missed("7", "01|21|Y|0|21") == []  # dose 0
    assert missed("0", "16|21|Y|125|6") == wrong
    assert missed("0") == []  # no record: another check
    assert missed("", "01|21|N|125|0") == []


def test_missed_and_vomited_doses() -> None:
    columns = "PCRFTDTC|DOSPROB"
    pc = samples(
        columns,
        "C1D1|0|2019-01-01T08:00|",
        "C1D1|2|2019-01-01T08:00|",
        "C1D1|4|2019-01-02T08:00|VOMITED",
        "C1D15|0||NONE",
    )
    ae = "USUBJID|AESEQ|AETERM|AEDECOD|AESTDTC\n01-001|1|threw up|Vomiting|2019-01-01\n01-001|2|x|Vomiting|2019-01"
    assert fields(run_check(checks.dose_problems, pc=pc, ae=ae)) == [
        ("Q-1009", "W", "dosprob"),
        ("Q-1009", "W", "dosdtc"),
    ]


def test_samples_and_results() -> None:
    pc = samples(
        "PCDTC|PCORRES|PCSTAT|DOSPROB",
        "C1D1|0|2019-01-01|1.5||",
        "C1D1|2|2019-01-01|||",
        "C1D1|4||||MISSED",
        "C1D1|8||1.5||",
        "C1D15|0||NR|NOT DONE|",
    )
    assert fields(run_check(checks.samples_and_results, pc=pc)) == [("Q-1010", "W", "conc"), ("Q-1010", "W", "pcdtc")]
