"""The second program of the time-to-event endpoints: hand-worked raw folders, and its Kaplan-Meier against R."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from crf2csr.errors import InputError
from crf2csr.jobs.qc import PROGRAMS
from qc import kaplan
from qc.survival import recompute
from tests.qc.raw import write_extract

VALUES: dict[str, Any] = {
    "data_cutoff": date(2020, 12, 31),
    "rp2d.value": 125,
    "ci.level": 0.95,
    "population.fas": "enrolled_and_dosed",
    "response.source": "derived",
    "response.pr_persistence": "none",
    "response.cr_then_disease": "query_only",
    "response.missing_as_ne": False,
    "response.confirm_days": 28,
    "response.max_ne": 1,
    "response.accept_sd": False,
    "response.sd_min_days": 42,
    "cbr.min_days": 168,
    "tumor.new_lesion_blank": "no_if_form_present",
    "tumor.interval_days": 63,
    "tumor.window_days": 7,
    "tte.landmarks_months": (6, 12),
}
# First dose 2020-01-06 of everybody; the cutoff is 2020-12-31.
HEAD = {
    "tl": "SUBJECT|FOLDER|LESION|ORGAN|NODAL|DAT_RAW|DIAMETER|UNIT|STATE",
    "nl": "SUBJECT|FOLDER|LESION|PRESENT|DAT_RAW",
    "eos": "SUBJECT|EOSDAT_RAW|REASON|DTHDAT_RAW",
    "eot": "SUBJECT|DRUG|LASTDAT_RAW|REASON",
    "act": "SUBJECT|ACTNO|KIND|STDAT_RAW",
    "fu": "SUBJECT|FUNO|DONE|FUDAT_RAW|STATUS|DTHDAT_RAW",
}
TABLES = {
    "dm": "SUBJECT|SEX|ICDAT_RAW\n01-001|Female|02-Jan-2020",
    "enr": "SUBJECT|ENRNO|ENRDAT_RAW|PHASE|LEVEL\n01-001|1|03-Jan-2020|Phase 1|75",
    "ex_oral": """SUBJECT|DRUG|EXNO|GIVEN|STDAT_RAW|ENDAT_RAW|DOSE|TAKEN
        01-001|Palbociclib|1|Yes|06-Jan-2020|26-Jan-2020|75|21""",
}
BASELINE = ("Screening", "02-Jan-2020", 50)


def tumor(*visits: tuple[str, str, int | str]) -> dict[str, str]:
    """Return the forms of one lesion: visit, date, and its size or its status word."""
    sizes = [
        f"01-001|{folder}|T1|Liver|No|{day}|{size}|mm|"
        if isinstance(size, int)
        else f"01-001|{folder}|T1|Liver|No|{day}|||{size}"
        for folder, day, size in visits
    ]
    new = [f"01-001|{folder}|N1|No|{day}" for folder, day, _ in visits if folder != "Screening"]
    return {"tl": "\n".join([HEAD["tl"], *sizes]), "nl": "\n".join([HEAD["nl"], *new])}


def run(folder: Path, visits: dict[str, str], **forms: str) -> dict[str, str]:
    tables = {form: f"{HEAD[form]}\n{line}" for form, line in forms.items()}
    return recompute(write_extract(folder, {**TABLES, **visits, **tables}), VALUES)


def ended(found: dict[str, str], parameter: str = "PFS") -> tuple[str, ...]:
    return tuple(found[f"01-001/{parameter}/{name}"] for name in ("AVAL", "CNSR", "SITUAT"))


# 2020: March 9 is day 31 - 6 + 29 + 9 = 63 after January 6; then 31 days a March, 30 an April, 31 a May, 30 a June.
SD63 = ("Tumor assessment 1", "09-Mar-2020", 50)


@pytest.mark.parametrize(
    ("last", "forms", "expected", "ema"),
    [
        # July 27 is day 203 after the first dose, 140 after March 9: one assessment missed at most
        (("Tumor assessment 3", "27-Jul-2020", 70), {}, ("204", "0", "PD"), ("204", "0", "PD")),
        (("Tumor assessment 3", "28-Jul-2020", 70), {}, ("64", "1", "MISSED"), ("205", "0", "PD")),
        # new therapy the day before the progression, and on its day
        (
            ("Tumor assessment 2", "11-May-2020", 70),
            {"act": "01-001|1|Systemic|10-May-2020"},
            ("64", "1", "NEW_THERAPY"),
            ("127", "0", "PD"),
        ),
        (
            ("Tumor assessment 2", "11-May-2020", 70),
            {"act": "01-001|1|Systemic|11-May-2020"},
            ("127", "0", "PD"),
            ("127", "0", "PD"),
        ),
        # radiotherapy of no named lesion changes nothing
        (
            ("Tumor assessment 2", "11-May-2020", 50),
            {"act": "01-001|1|Radiotherapy|10-May-2020"},
            ("127", "1", "ONGOING"),
            ("127", "1", "ONGOING"),
        ),
        # stopped for toxicity: a later progression counts, without one the last assessment does
        (
            ("Tumor assessment 2", "11-May-2020", 70),
            {"eot": "01-001|Palbociclib|26-Jan-2020|Adverse event"},
            ("127", "0", "PD"),
            ("127", "0", "PD"),
        ),
        (
            ("Tumor assessment 2", "11-May-2020", "Not evaluated"),
            {"eot": "01-001|Palbociclib|26-Jan-2020|Adverse event"},
            ("64", "1", "DISCONTINUED"),
            ("64", "1", "DISCONTINUED"),
        ),
        (
            ("Tumor assessment 2", "11-May-2020", 50),
            {"eos": "01-001|01-Jun-2020|Withdrawal by subject|"},
            ("127", "1", "LEFT_STUDY"),
            ("127", "1", "LEFT_STUDY"),
        ),
    ],
)
def test_progression_free_survival(tmp_path, last, forms, expected, ema):
    found = run(tmp_path, tumor(BASELINE, SD63, last), **forms)
    assert (ended(found), ended(found, "PFSEMA")) == (expected, ema)


@pytest.mark.parametrize(
    ("death", "expected"),
    [
        # May 25 is day 140 after January 6: 25 + 29 + 31 + 30 + 25
        ("25-May-2020", ("141", "0", "DEATH")),
        ("26-May-2020", ("1", "1", "MISSED")),
    ],
)
def test_death_without_an_assessment(tmp_path, death, expected):
    found = run(tmp_path, tumor(BASELINE), eos=f"01-001|{death}|Death|{death}")
    assert ended(found) == expected
    assert ended(found, "OS") == (str(int(expected[0]) if expected[2] == "DEATH" else 142), "0", "DEATH")


def test_without_baseline_no_assessment_counts(tmp_path):
    assert ended(run(tmp_path, tumor(SD63))) == ("1", "1", "NO_BASELINE")


def test_without_an_assessment_the_first_dose_counts(tmp_path):
    assert ended(run(tmp_path, tumor(BASELINE))) == ("1", "1", "NO_ASSESSMENT")


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        # April 5 is day 25 + 29 + 31 + 5 = 90 after January 6; April 1 is day 86
        ("01-001|1|Yes|05-Apr-2020|Alive|", ("91", "1", "ALIVE")),
        ("01-001|1|Yes|05-Apr-2020|Dead|UN-Apr-2020", ("87", "0", "DEATH")),
        ("01-001|1|Yes|05-Apr-2020|Dead|", ("64", "1", "DEATH_UNDATED")),  # last known alive at the scan
        ("01-001|1|Yes|05-Jan-2021|Alive|", ("64", "1", "ALIVE")),  # after the cutoff
        ("01-001|1|No|05-Apr-2020||", ("64", "1", "ALIVE")),
        # a partial date is later than the last day known alive: March 10, day 64
        ("01-001|1|Yes|05-Apr-2020|Dead|UN-Mar-2020", ("65", "0", "DEATH")),
    ],
)
def test_overall_survival(tmp_path, contact, expected):
    assert ended(run(tmp_path, tumor(BASELINE, SD63), fu=contact), "OS") == expected


def test_response_and_its_duration(tmp_path):
    """PR on day 63 and 126, PD on day 189 after the first dose: July 13 is day 25 + 29 + 31 + 30 + 31 + 30 + 13."""
    visits = tumor(
        BASELINE,
        ("Tumor assessment 1", "09-Mar-2020", 30),
        ("Tumor assessment 2", "11-May-2020", 30),
        ("Tumor assessment 3", "13-Jul-2020", 50),
    )
    found = run(tmp_path, visits)
    assert ended(found, "TTR") == ("64", "0", "RESPONSE")
    assert found["01-001/TTR/SCHEDASM"] == "First scheduled assessment"
    assert ended(found, "DOR") == ("127", "0", "PD")
    assert "01-001/DSD/AVAL" not in found
    assert found["dor-fas/c1/all/DOR/times/value1"] == "127"
    assert found["dor-fas/c1/all/DOR/median/estimate"] == "NE"  # fewer than five responders
    assert found["response-assessment-fas/c1/all/TTR/First scheduled assessment/estimate"] == "1.0"
    # 64 / 30.4375
    assert found["response-time-fas/c1/d75/TTR//median"] == "2.102669405"
    assert found["response-time-fas/c1/d75/TTR//sd"] == "NC"
    assert found["response-time-fas/c1/d100/TTR//mean"] == "–"


def test_stable_disease_lasts_until_progression(tmp_path):
    found = run(tmp_path, tumor(BASELINE, SD63), eos="01-001|01-Apr-2020|Death|01-Apr-2020")
    assert (ended(found)[2], ended(found, "DSD")) == ("DEATH", ("64", "1", "DEATH_NO_PD"))


def test_a_response_that_is_not_confirmed_is_none(tmp_path):
    found = run(tmp_path, tumor(BASELINE, ("Tumor assessment 1", "09-Mar-2020", 30)))
    assert "01-001/TTR/AVAL" not in found
    assert found["responders-fas/c1/all/CRSP/Y/n"] == "0"
    assert found["dor-fas/c1/all/DOR/event/N"] == "0"


def test_the_investigator_is_read_where_he_is_analyzed(tmp_path):
    """PD on May 11 by the investigator only: day 25 + 29 + 31 + 30 + 11 = 126 after January 6."""
    visits = tumor(BASELINE, SD63, ("Tumor assessment 2", "11-May-2020", 50))
    visits["rs"] = """SUBJECT|FOLDER|RSDAT_YY|RSDAT_MM|RSDAT_DD|OVERALL|OVERALL_STD
        01-001|Tumor assessment 1|2020|Mar|09|SD|SD
        01-001|Tumor assessment 2|2020|May|11|PD|PD"""
    assert ended(run(tmp_path, visits)) == ("127", "1", "ONGOING")
    other = recompute(tmp_path, {**VALUES, "response.source": "investigator"})
    assert ended(other) == ("127", "0", "PD")


def test_a_rule_that_it_does_not_know_is_refused(tmp_path):
    with pytest.raises(InputError, match="'query_only' only"):
        recompute(write_extract(tmp_path, TABLES), {**VALUES, "response.cr_then_disease": "table3"})


def test_it_asks_for_the_keys_that_the_job_gives():
    assert set(VALUES) == set(PROGRAMS["survival"].keys)


# Kaplan-Meier against R survival 3.5 (tests/reference)

FOLDER = Path(__file__).resolve().parents[1] / "reference"
TINY = json.loads((FOLDER / "kaplan_meier_tiny.json").read_text())
CASES = [c for c in json.loads((FOLDER / "kaplan_meier.json").read_text())["cases"] if c["n"] <= 30]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_curve_and_quantiles_are_those_of_r(case):
    times = [(day, bool(event)) for day, event in zip(case["time"], case["event"], strict=True)]
    steps, r = kaplan.curve(times, 0.95), case["log-log_95"]
    assert [(s.day, s.at_risk, s.events, s.censored) for s in steps] == list(
        zip(r["surv_time"], r["n_risk"], r["n_event"], r["n_censor"], strict=True)
    )
    assert [float(s.height) for s in steps] == pytest.approx(r["surv"])
    for place, name in enumerate(("lower", "upper")):
        assert [s.bounds[place] for s in steps] == [v if v is None else pytest.approx(v) for v in r[name]]
    found = r["quantiles"]
    shares = [Fraction(p) for p in found["p"]]
    expected = list(zip(found["estimate"], found["lower"], found["upper"], strict=True))
    assert [kaplan.quantile(steps, share) for share in shares] == expected


@pytest.mark.parametrize("case", TINY, ids=[case["id"] for case in TINY])
def test_quantiles_and_follow_up_of_tiny_groups_are_those_of_r(case):
    times = [(day, bool(event)) for day, event in zip(case["time"], case["event"], strict=True)]
    steps = kaplan.curve(times, 0.95)
    expected = [(case[f"q{p}"], *case[f"q{p}_ci"]) for p in (25, 75)]
    expected += [(case["median"], case["median_lower"], case["median_upper"])]
    assert [kaplan.quantile(steps, Fraction(p, 100)) for p in (25, 75, 50)] == expected
    turned = kaplan.curve([(day, not event) for day, event in times], 0.95)
    assert kaplan.quantile(turned, Fraction(1, 2)) == (case["revKM_median"], *case["revKM_ci"])


def test_nothing_is_known_beyond_the_last_time():
    steps = kaplan.curve([(10, True), (20, False)], 0.95)
    assert kaplan.landmark(steps, Fraction(20))[0] == 0.5
    assert kaplan.landmark(steps, Fraction(21)) == (None, None, None)
    assert kaplan.landmark(kaplan.curve([(10, True)], 0.95), Fraction(21)) == (0.0, None, None)
    assert kaplan.landmark(steps, Fraction(9)) == (1.0, None, None)
