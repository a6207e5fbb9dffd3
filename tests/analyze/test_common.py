"""Common adverse events: who reaches the cut, and that incidence and rates leave out the same terms (R-905, R-914)."""

import pandas as pd
import pytest

from crf2csr.analyze.counting import in_order, is_common
from crf2csr.analyze.incidence import incidence
from crf2csr.analyze.rates import rates
from tests.builders import study_view
from tests.plans import plan_of

PLAN = plan_of("""
populations: {saf: {label: Safety, flag: SAFFL}}
columns: {c: [{id: few, label: A, where: [{variable: USUBJID, op: eq, value: S01}]}, {id: all, label: All}]}
analyses:
  terms: {method: incidence, data: adae, populations: [saf], columns: c, variables: [{name: AEDECOD, common: true}]}
  rates: {method: rates, data: adae, populations: [saf], columns: c, variables: [{name: AEDECOD, common: true}]}
""")


@pytest.mark.parametrize(
    ("n", "total", "percent", "common"),
    [
        (2, 3, 90, True),  # fewer than 20: two subjects, whatever the percentage
        (1, 3, 10, False),
        (2, 19, 10, True),
        (2, 20, 10, True),  # 2 of 20 are 10 %
        (1, 20, 10, False),
        (2, 20, 20, False),  # 20 are not few: 20 % are 4 subjects
        (4, 45, 10, False),  # 4 of 45 are 8.9 %, 5 of 45 are 11.1 %
        (5, 45, 10, True),
        (0, 0, 10, False),
        (29, 100, 29, True),  # exact: 0.29 * 100 is 28.999999999999996 in floating point
    ],
)
def test_the_cut(n: int, total: int, percent: int, common: bool) -> None:
    assert is_common(n, total, percent) is common


def test_order_of_names() -> None:
    assert in_order({"b": 1, "A": 1, "Uncoded": 9, "z": 2}) == ["z", "A", "b", "Uncoded"]


def study(subjects: int, having: dict[str, int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return subjects S01, S02, ... and events: each term in the first subjects, as many as said."""
    people = [f"S{number:02}" for number in range(1, subjects + 1)]
    start, end = pd.Timestamp("2019-01-01"), pd.Timestamp("2019-12-31")
    adsl = pd.DataFrame({"USUBJID": people, "SAFFL": "Y", "TRTSDT": start, "ONTRTEDT": end, "DTHDT": pd.NaT})
    rows = [(subject, term) for term, n in having.items() for subject in people[:n]]
    adae = pd.DataFrame(rows, columns=["USUBJID", "AEDECOD"]).assign(ASTDT=pd.Timestamp("2019-02-01"))
    adae["AESEQ"] = pd.array(range(1, len(adae) + 1), dtype="Int64")
    texts = {"USUBJID": "string", "AEDECOD": "string"}
    return adsl.astype({"USUBJID": "string", "SAFFL": "string", "DTHDT": "datetime64[ns]"}), adae.astype(texts)


def terms(method: str, adsl: pd.DataFrame, adae: pd.DataFrame, level: str) -> list[str]:
    function = {"terms": incidence, "rates": rates}[method]
    found = function(adsl, adae, PLAN.analyses[f"{method}-saf"], study_view(function)).results
    return [r.category for r in found if (r.level, r.statistic) == (level, "n") and r.category]


@pytest.mark.parametrize("method", ["terms", "rates"])
def test_terms_below_the_cut_are_left_out_in_every_column(method: str) -> None:
    adsl, adae = study(21, {"Cough": 2, "Rash": 3, "Ache": 3, "Uncoded": 5})
    # 10 % of 21 are 2.1 subjects; the column of one subject shows the same terms in the same order
    expected = ["Ache", "Rash", "Uncoded"]
    assert [terms(method, adsl, adae, level) for level in ("all", "few")] == [expected, expected]


@pytest.mark.parametrize("method", ["terms", "rates"])
def test_few_subjects_need_two_with_the_term(method: str) -> None:
    assert terms(method, *study(3, {"Cough": 2, "Rash": 1}), "all") == ["Cough"]
    assert terms(method, *study(3, {"Rash": 1}), "all") == []


def test_rare_terms_count_among_all_events() -> None:
    adsl, adae = study(3, {"Cough": 2, "Rash": 3})
    found = incidence(adsl, adae[adae["AEDECOD"].ne("Cough")], PLAN.analyses["terms-saf"], study_view(incidence))
    assert (
        next(
            r.value
            for r in found.results
            if (r.level, r.category, r.statistic, r.variable) == ("all", "", "n", "AEDECOD")
        )
        == 3
    )
