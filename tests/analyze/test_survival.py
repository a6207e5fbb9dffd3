"""Time to event by column: literal ADSL and ADTTE in; the numbers of R for ten subjects, hand arithmetic for the rest.

The ten are case `n10` of tests/reference/kaplan_meier_tiny.json (R survival 3.5), times as days.
"""

import pandas as pd
import pytest

from crf2csr.analyze.survival import survival
from crf2csr.ard import Analysis, path
from tests.builders import study_view
from tests.plans import plan_of, typed

PLAN = plan_of("""
populations: {fas: {label: Full analysis set, flag: FASFL}}
columns:
  c:
    - {id: d75, label: 75 mg, where: [{variable: TRT01PN, op: eq, value: 75}]}
    - {id: d100, label: 100 mg, where: [{variable: TRT01PN, op: eq, value: 100}]}
    - {id: all, label: All}
analyses:
  pfs:
    method: survival
    data: adtte
    populations: [fas]
    columns: c
    variables:
      - name: AVAL
        as: PFS
        where: [{variable: PARAMCD, op: eq, value: PFS}]
        composites: {event: [Death]}
  dor:
    method: survival
    data: adtte
    populations: [fas]
    columns: c
    variables:
      - name: AVAL
        as: DOR
        where: [{variable: PARAMCD, op: eq, value: DOR}]
        among: [{variable: PARAMCD, op: eq, value: DOR}]
""")
ADSL = typed(
    "USUBJID | FASFL | TRT01PN\n"
    + "\n".join(f"S{i} | Y | {75 if i < 4 else 125}" for i in range(1, 11))
    + "\nS11 | N | 75",
    TRT01PN="Int64",
)
# S1 to S3 are the column of 75 mg: 1 (PD), 2 (death), 3 (censored). S11 is not in the set.
ADTTE = typed(
    """
    USUBJID | PARAMCD | AVAL | CNSR | EVNTDESC
    S1      | PFS     | 1    | 0    | Disease progression
    S2      | PFS     | 2    | 0    | Death
    S3      | PFS     | 3    | 1    | No PD or death by the data cutoff
    S4      | PFS     | 4    | 0    | Disease progression
    S5      | PFS     | 4    | 0    | Disease progression
    S6      | PFS     | 5    | 1    | No PD or death by the data cutoff
    S7      | PFS     | 6    | 0    | Disease progression
    S8      | PFS     | 7    | 0    | Disease progression
    S9      | PFS     | 8    | 1    | Withdrawn or lost to follow-up
    S10     | PFS     | 9    | 0    | Disease progression
    S11     | PFS     | 900  | 0    | Disease progression
    S1      | DOR     | 200  | 1    | No PD or death by the data cutoff
    """,
    AVAL="Int64",
    CNSR="Int64",
)


def analyzed(name: str = "pfs-fas", adtte: pd.DataFrame = ADTTE) -> Analysis:
    return survival(ADSL, adtte, PLAN.analyses[name], study_view(survival))


def numbers(level: str, category: str, found: Analysis | None = None) -> dict[str, object]:
    """Return value or code by statistic of one category in one column."""
    chosen = [r for r in (found or analyzed()).results if (r.level, r.category) == (level, category) and r.variable]
    return {r.statistic: r.text if r.value is None else r.value for r in chosen}


def test_counts_with_their_reasons() -> None:
    counts = {r.category: r.value for r in analyzed().results if r.level == "all" and r.statistic == "n"}
    assert {c: n for c, n in counts.items() if c.startswith(("event", "censored"))} == {
        "event": 7,
        path("event", "Disease progression"): 6,
        path("event", "Death"): 1,
        "censored": 3,
        path("censored", "No PD or death by the data cutoff"): 2,
        path("censored", "Withdrawn or lost to follow-up"): 1,
    }
    assert numbers("all", "event") == {"n": 7, "N": 10, "estimate": 0.7}


def test_reasons_stand_in_the_order_of_the_code_list_and_planned_events_always() -> None:
    nobody_died = analyzed(adtte=ADTTE.loc[ADTTE["EVNTDESC"].ne("Death")])
    counted = [(r.category, r.value) for r in nobody_died.results if r.level == "all" and r.statistic == "n"]
    assert [pair for pair in counted if pair[0].startswith(("event", "censored"))] == [
        ("event", 6),
        (path("event", "Disease progression"), 6),
        (path("event", "Death"), 0),
        ("censored", 3),
        (path("censored", "No PD or death by the data cutoff"), 2),
        (path("censored", "Withdrawn or lost to follow-up"), 1),
    ]


def test_every_column_has_the_same_categories() -> None:
    levels: dict[str, list[str]] = {}
    for result in analyzed().results:
        if result.statistic == "n":
            levels.setdefault(result.level, []).append(result.category)
    assert levels["d75"] == levels["d100"] == levels["all"]


def test_quantiles_of_r() -> None:
    assert numbers("all", "q1") == {"n": 10, "N": 10, "estimate": 4, "lower": 1, "upper": 6}
    assert numbers("all", "median") == {"n": 10, "N": 10, "estimate": 6, "lower": 1, "upper": "NE"}
    assert numbers("all", "q3") == {"n": 10, "N": 10, "estimate": 9, "lower": 4, "upper": "NE"}
    assert numbers("all", "follow-up") == {"n": 10, "N": 10, "estimate": 8, "lower": 3, "upper": "NE"}
    assert numbers("all", "times") == {"n": 10, "N": 10}


def test_few_subjects_show_their_times() -> None:
    found = analyzed()
    assert numbers("d75", "median", found) == {"n": 3, "N": 3, "estimate": "NE", "lower": "NE", "upper": "NE"}
    times = {"value1": 1, "censored1": 0, "value2": 2, "censored2": 0, "value3": 3, "censored3": 1}
    assert numbers("d75", "times", found) == {"n": 3, "N": 3, **times}
    warnings = {r.warning for r in found.results if r.level == "d75" and r.category == "median" and r.value is None}
    assert warnings == {"fewer than 5 subjects: their single times are shown"}


def test_range_with_its_censoring() -> None:
    ends = {"min": 1, "max": 9, "min_censored": 0, "max_censored": 0}
    assert numbers("all", "range") == {"n": 10, "N": 10, **ends}
    assert numbers("d75", "range") | {} == {"n": 3, "N": 3, **ends, "max": 3, "max_censored": 1}


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        # 0.1 months are 3.04 days: S(3) = 0.8 with the limits of R; at risk: 10 - 3 = 7 (days 4 and later)
        (0.1, {"estimate": 0.8, "lower": 0.4086907816334, "upper": 0.9458726458389, "at_risk": 7}),
        # 12 months lie after day 9, on which the last subject had the event: 0, and no limits
        (12, {"estimate": 0, "lower": "NE", "upper": "NE", "at_risk": 0}),
    ],
)
def test_landmarks(months: float, expected: dict[str, object]) -> None:
    view = study_view(survival, tte_landmarks_months=(months,))
    found = survival(ADSL, ADTTE, PLAN.analyses["pfs-fas"], view)
    assert numbers("all", f"month {months}", found) == {
        "n": 10,
        "N": 10,
        **{k: pytest.approx(v) if isinstance(v, float) else v for k, v in expected.items()},
    }


def test_landmark_beyond_the_last_time() -> None:
    found = analyzed()
    # d75: the last subject is censored on day 3, S is 1/3 there
    assert numbers("d75", "month 6", found) == {
        "n": 3,
        "N": 3,
        "estimate": "NE",
        "lower": "NE",
        "upper": "NE",
        "at_risk": 0,
    }


def test_curve_and_at_risk() -> None:
    found = analyzed()
    point = {
        "survival": pytest.approx(4 / 7),
        "lower": pytest.approx(0.2171927023823),
        "upper": pytest.approx(0.8145721379208),
    }
    assert numbers("all", "day 4", found) == {**point, "at_risk": 7, "n_event": 2, "n_censored": 0}
    start = {"survival": 1, "lower": "NE", "upper": "NE", "at_risk": 10, "n_event": 0, "n_censored": 0}
    assert numbers("all", "day 0", found) == start
    # the longest time is 9 days, less than three months
    assert numbers("all", "at month 0", found) == {"at_risk": 10}
    assert numbers("all", "at month 3", found) == {}


def test_at_risk_columns_reach_the_longest_time_of_any_column() -> None:
    found = analyzed("dor-fas")
    # 200 days are 6.57 months
    months = {r.category: r.value for r in found.results if r.category.startswith("at month") and r.level == "d75"}
    assert months == {"at month 0": 1, "at month 3": 1, "at month 6": 1}
    none = {r.category: r.value for r in found.results if r.category.startswith("at month") and r.level == "d100"}
    assert none == {"at month 0": 0, "at month 3": 0, "at month 6": 0}


def test_denominator_of_among() -> None:
    found = analyzed("dor-fas")
    assert numbers("all", "event", found) == {"n": 0, "N": 1, "estimate": 0}
    assert numbers("all", "range", found) == {
        "n": 1,
        "N": 1,
        "min": 200,
        "max": 200,
        "min_censored": 1,
        "max_censored": 1,
    }


def test_nobody_in_a_column() -> None:
    found = analyzed()
    absent = {"n": 0, "N": 0}
    assert numbers("d100", "event", found) == {**absent, "estimate": "–"}
    for category in ("median", "follow-up"):
        assert numbers("d100", category, found) == {**absent, "estimate": "–", "lower": "–", "upper": "–"}
    assert numbers("d100", "range", found) == {**absent, "min": "–", "max": "–"}
    assert numbers("d100", "month 6", found) == {**absent, "estimate": "–", "lower": "–", "upper": "–", "at_risk": 0}
    assert not [r for r in found.results if r.level == "d100" and r.category.startswith("day ")]


def test_members_are_the_counted_rows() -> None:
    found = analyzed()
    counts = {r.id: r.value for r in found.results if r.statistic == "n"}
    for id_, n in counts.items():
        assert len([m for m in found.members if m.ard == id_]) == n
    death = next(r.id for r in found.results if r.level == "all" and r.category == path("event", "Death"))
    assert [(m.dataset, m.row) for m in found.members if m.ard == death] == [("adtte", "S2|PFS")]
    assert {m.ard for m in found.members} <= set(counts)


def test_order_of_rows_does_not_matter() -> None:
    assert analyzed(adtte=ADTTE.iloc[::-1]) == analyzed()
