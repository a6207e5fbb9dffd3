"""ADESC: levels of literal subjects, decisions by variant, dates, replaced and waiting subjects, links (R-401 to
R-409)."""

import pandas as pd
import pytest

from crf2csr.derive.adesc import adesc
from crf2csr.errors import InputError
from tests.builders import conforming, domain, rows, study_view

HEAD = "USUBJID|PHASE|TRT01PN|ENRLDT|ENRORD|TRTSDT|DLTFL|DLTOCCFL|DLTSTAT|DLTREAS|DLTEND"
FORM = "USUBJID|FAOBJ|FADTC|DLTYN"


def person(number: int, level: int, outcome: str, reason: str = "") -> str:
    """Return a phase I subject: enrolled and treated on day `number` of January 2019, window of 21 days; outcome `D` a
    DLT, `-` none, `?` waiting, `x` replaced."""
    flags = {"D": "Y|Y|EVALUABLE", "-": "Y|N|EVALUABLE", "?": "N|N|PENDING", "x": "N|N|REPLACED"}[outcome]
    day = f"2019-01-{number:02}"
    return f"01-{number:03}|I|{level}|{day}|{number}|{day}|{flags}|{reason}|2019-01-{number + 20:02}"


def people(*lines: str) -> pd.DataFrame:
    dates = ("ENRLDT", "TRTSDT", "DLTEND")
    text = "\n".join([HEAD, *lines])
    flags = dict.fromkeys(_FLAGS, "N")
    return conforming("derive", "adsl", text, **flags).astype(dict.fromkeys(dates, "datetime64[ns]"))


_FLAGS = ("DTHFL", "SCRNFL", "SCRFFL", "ENRLFL", "SAFFL", "FASFL", "MEASFL", "EVALFL", "PKFL", "PROPFL", "PROBFL")
_FLAGS += ("RP2DFL", "PH2FL", "REENRFL", "PH2ENTFL")


def level(text: str, dose: int, first: int = 1) -> list[str]:
    return [person(first + place, dose, outcome) for place, outcome in enumerate(text)]


def derive(*lines: str, forms: str = FORM, cut: str = "full", **values: object) -> pd.DataFrame:
    return adesc(people(*lines), domain("fa", forms), study_view(adesc, cut, **values)).data


def test_as_enrolled():
    """Three subjects at 75 mg without DLT; nothing else was opened and nothing declared (R-408)."""
    data = derive(*level("---", 75), cut="as_enrolled")
    assert rows(data, "DOSELVL", "NENRL", "NEVAL", "NDLT", "DECISION", "MTD", "RP2D", "RP2DBY") == [
        ("75", "3", "3", "0", "escalation permitted - cohort not opened", "not determined", "not determined", ""),
        ("100", "0", "0", "0", "", "not determined", "not determined", ""),
        ("125", "0", "0", "0", "", "not determined", "not determined", ""),
    ]
    # The window of the third subject (enrolled on 3 January) ends on 23 January.
    assert rows(data, "DECDT")[0] == ("2019-01-23",)


FULL = [*level("---", 75), *level("D-----", 100, 4)]


def test_the_demonstration():
    data = derive(*FULL, *level("--", 125, 10))
    assert rows(data, "DOSELVL", "NDEC", "NDECDLT", "DECISION", "EARLIER") == [
        ("75", "3", "0", "escalate", "none"),
        ("100", "6", "1", "escalate", "expand to 6"),
        ("125", "2", "0", "complete the cohort", "none"),
    ]
    assert rows(data, "RP2D", "RP2DBY", "RP2DDT")[0] == ("125 mg", "Sponsor (demonstration)", "2019-07-09")


def test_the_registry_has_no_rule_after_a_dlt():
    data = derive(*FULL, escalation_variant="registered")
    needed = "PROTOCOL RULE NEEDED"
    assert rows(data, "DECISION", "MTD")[:2] == [("escalate", needed), (needed, needed)]


@pytest.mark.parametrize(
    ("variant", "first", "second", "mtd"),
    [
        ("deescalate", "expand to 6", "de-escalate", "not determined"),
        ("classic", "stop - MTD", "stop - above MTD", "75 mg"),
    ],
)
def test_two_of_three(variant, first, second, mtd):
    data = derive(*level("---", 75), *level("DD-", 100, 4), escalation_variant=variant)
    assert rows(data, "DECISION", "EARLIER", "MTD")[:2] == [(first, "escalate", mtd), (second, "none", mtd)]


def test_replaced_and_waiting_subjects():
    lines = [person(1, 75, "-"), person(2, 75, "x", "No study drug taken"), person(3, 75, "-"), person(4, 75, "?")]
    found = rows(derive(*lines), "NENRL", "NEVAL", "NPEND", "NREPL", "REPLREAS", "DECISION", "DECDT")[0]
    assert found == ("4", "2", "1", "1", "01-002: No study drug taken", "pending", "")
    # The replacement completes the cohort; the replaced subject decides nothing.
    lines[3] = person(4, 75, "-")
    data = derive(*lines)
    assert rows(data, "DECISION", "DECSUBJ")[0][1] == "01-001; 01-003; 01-004"
    assert rows(data, "DECDT")[0] == ("2019-01-24",)


def test_more_than_six_decide_nothing_and_count_in_the_rate():
    data = derive(*level("D-----DD", 75))
    found = rows(data, "NEVAL", "NDLT", "NDEC", "NDECDLT", "DECISION")[0]
    assert found == ("8", "3", "6", "1", "escalation permitted - cohort not opened")


def test_order_is_that_of_enrollment_not_of_rows_or_numbers():
    late = person(1, 75, "D").replace("|I|75|2019-01-01|1|", "|I|75|2019-01-31|9|")
    lines = [late, *level("------", 75, 2)]
    data = derive(*lines)
    assert rows(data, "NDECDLT", "DECSUBJ")[0] == ("0", "; ".join(f"01-{n:03}" for n in range(2, 8)))
    pd.testing.assert_frame_equal(data, derive(*reversed(lines)))


def test_an_outcome_is_known_when_its_form_is():
    forms = "\n".join(
        [FORM, "01-001|DOSE LIMITING TOXICITY|2019-01-09|Y", "01-003|DOSE LIMITING TOXICITY|2019-02-02|N"]
    )
    # 75 mg: DLT known on the day of its form (9 January); no DLT on 2 February; the other window ends on 22 January.
    data = derive(*level("D--", 75), forms=forms)
    assert rows(data, "DECISION", "DECDT")[0] == ("expand to 6", "2019-02-02")
    early = derive(*level("DD-", 75), forms=f"{forms}\n01-002|DOSE LIMITING TOXICITY|2019-01-12|Y")
    assert rows(early, "DECISION", "DECDT", "MTD")[0] == ("stop - above MTD", "2019-01-12", "no tolerable dose")


def test_phase_two_is_not_pooled():
    second = person(9, 75, "D").replace("|I|", "|II|")
    assert rows(derive(*level("---", 75), second), "NENRL", "NDLT")[0] == ("3", "0")


def test_another_size_of_cohorts_is_refused():
    with pytest.raises(InputError, match=r"escalation\.cohort_size = 4"):
        derive(*level("---", 75), escalation_cohort_size=4)


def test_links_lead_to_subjects_and_forms():
    forms = f"{FORM}\n01-001|DOSE LIMITING TOXICITY|2019-01-22|N"
    links = adesc(people(*level("---", 75)), domain("fa", forms), study_view(adesc)).links
    start = "NCT03709082-01-00"
    subjects = [("75", "adsl", f"{start}{n}") for n in (1, 2, 3)]
    assert rows(links, "row", "source", "source_row") == [*subjects, ("75", "fa", f"{start}1|DOSE LIMITING TOXICITY")]
