"""Exposure-adjusted incidence: literal ADSL and ADAE in, person-years by hand (R-907)."""

import pandas as pd
import pytest

from crf2csr.analyze.rates import rates
from crf2csr.analyze.statistics.rates import compute_poisson_limits
from tests.builders import study_view
from tests.plans import plan_of, typed

PLAN = plan_of("""
populations: {saf: {label: Safety, flag: SAFFL}}
columns: {c: [{id: all, label: All}, {id: none, label: None, where: [{variable: USUBJID, op: eq, value: X}]}]}
analyses:
  rate:
    method: rates
    data: adae
    populations: [saf]
    columns: c
    variables: [{name: TRTEMFL, categories: ["Y"]}]
""")
DATES = ("TRTSDT", "ONTRTEDT", "DTHDT", "ASTDT")


def dated(text: str) -> pd.DataFrame:
    frame = typed(text, **({"AESEQ": "Int64"} if "AESEQ" in text else {}))
    return frame.assign(**{n: pd.to_datetime(frame[n]).astype("datetime64[ns]") for n in DATES if n in frame})


ADSL = dated("""
    USUBJID | SAFFL | TRTSDT     | ONTRTEDT   | DTHDT
    A       | Y     | 2019-01-01 | 2019-12-31 |
    B       | Y     | 2019-01-01 | 2019-12-31 | 2019-01-31
    C       | Y     | 2019-01-01 | 2019-04-10 |
    D       | Y     |            |            |
""")
ADAE = dated("""
    USUBJID | AESEQ | TRTEMFL | ASTDT
    A       | 1     | Y       | 2019-01-20
    A       | 2     | Y       | 2019-01-10
    B       | 1     | Y       | 2019-02-10
    C       | 1     | N       | 2019-01-05
""")


def statistics(level: str = "all") -> dict[str, float | int | str | None]:
    found = rates(ADSL, ADAE, PLAN.analyses["rate-saf"], study_view(rates))
    chosen = [r for r in found.results if r.level == level and r.variable]
    return {r.statistic: r.text or r.value for r in chosen}


def test_time_runs_to_the_first_event_or_the_end_of_risk() -> None:
    # A 10 days to its first event, B 31 to its death (the event after it is none), C 31 + 28 + 31 + 10 = 100; D none
    found = statistics()
    years = (10 + 31 + 100) / 365.25
    assert (found["n"], found["person_years"]) == (1, pytest.approx(years))
    assert found["rate"] == pytest.approx(100 / years)
    lower, upper = compute_poisson_limits(1, years)
    assert (found["lower"], found["upper"]) == (pytest.approx(100 * lower), pytest.approx(100 * upper))


def test_the_member_is_the_first_event() -> None:
    found = rates(ADSL, ADAE, PLAN.analyses["rate-saf"], study_view(rates))
    assert [m.row for m in found.members if "/all/" in m.ard] == ["A|2"]


def test_without_time_at_risk_there_is_no_rate() -> None:
    found = statistics("none")
    assert (found["person_years"], found["rate"], found["lower"], found["upper"]) == (0.0, "NC", "NC", "NC")
