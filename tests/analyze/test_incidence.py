"""Subjects with events: literal ADSL and ADAE in, results and members out, counted by hand (R-901 to R-905)."""

import pandas as pd
import pytest
from scipy.stats import binomtest

from crf2csr.analyze.incidence import incidence
from crf2csr.analyze.proportions import proportions
from crf2csr.ard import Analysis, path
from tests.builders import study_view
from tests.plans import plan_of, typed

PLAN = plan_of("""
populations: {saf: {label: Safety, flag: SAFFL}}
columns:
  c:
    - {id: d75, label: 75 mg, where: [{variable: TRT01AN, op: eq, value: 75}]}
    - {id: d100, label: 100 mg, where: [{variable: TRT01AN, op: eq, value: 100}]}
    - {id: all, label: All}
analyses:
  soc:
    method: incidence
    data: adae
    populations: [saf]
    columns: c
    variables:
      - {name: AEBODSYS, within: AEDECOD, where: [{variable: TRTEMFL, op: eq, value: Y}], intervals: [""]}
  worst:
    method: incidence
    data: adae
    populations: [saf]
    columns: c
    variables:
      - {name: AEBODSYS, within: AEDECOD, worst: AETOXGR, where: [{variable: TRTEMFL, op: eq, value: Y}]}
  flag:
    method: incidence
    data: adae
    populations: [saf]
    columns: c
    variables:
      - {name: TRTEMFL, categories: ["Y", "N"], composites: {both: ["Y", "N"]}, intervals: ["Y"]}
      - name: AESER
        categories: ["Y"]
        among: [{variable: TRTEMFL, op: eq, value: Y}]
  among:
    method: proportions
    data: adae
    populations: [saf]
    columns: c
    variables:
      - {name: AESER, categories: ["Y"], among: [{variable: TRTEMFL, op: eq, value: Y}], intervals: ["Y"]}
""")

ADSL = typed(
    """
    USUBJID | SAFFL | TRT01AN
    A       | Y     | 75
    B       | Y     | 75
    C       | Y     | 75
    D       | N     | 75
    """,
    TRT01AN="Int64",
)
# D is outside the population; the last record of A is not treatment-emergent; 2 and 3 of A are one event.
ADAE = typed(
    """
    USUBJID | AESEQ | AEBODSYS | AEDECOD | TRTEMFL | AETOXGR | AEVNTNUM | AESER
    A       | 1     | Skin     | Rash    | Y       | 2       | 1        | Y
    A       | 2     | Gut      | Nausea  | Y       | 1       | 2        | N
    A       | 3     | Gut      | Nausea  | Y       | 3       | 2        | N
    A       | 4     | Gut      | colic   | Y       |         | 4        | N
    A       | 5     | Ear      | Ringing | N       | 5       | 5        | Y
    B       | 1     | Gut      | Nausea  | Y       |         | 1        | N
    B       | 2     | Uncoded  | Uncoded | Y       | 1       | 2        | N
    B       | 3     | A/B      | A/B     | Y       | 4       | 3        | N
    D       | 1     | Gut      | Nausea  | Y       | 5       | 1        | Y
    """,
    AESEQ="Int64",
    AETOXGR="Int64",
    AEVNTNUM="Int64",
)
STUDY = study_view(incidence)


def run(name: str, adae: pd.DataFrame = ADAE, adsl: pd.DataFrame = ADSL) -> Analysis:
    return incidence(adsl, adae, PLAN.analyses[f"{name}-saf"], STUDY)


def values(found: Analysis, statistic: str, level: str = "all", variable: str = "") -> dict[str, float | int | None]:
    wanted = [r for r in found.results if (r.level, r.statistic) == (level, statistic) and r.variable]
    return {r.category: r.value for r in wanted if not variable or r.variable == variable}


def test_subjects_count_once_in_each_row_and_events_once_each() -> None:
    found = run("soc")
    # A: skin and gut, B: gut, uncoded and A/B; the events of A are 1, 2 (two records) and 4
    assert values(found, "n") == {
        "": 2,
        "Gut": 2,
        "Gut/Nausea": 2,
        "Gut/colic": 1,
        "A%2FB": 1,
        "A%2FB/A%2FB": 1,
        "Skin": 1,
        "Skin/Rash": 1,
        "Uncoded": 1,
        "Uncoded/Uncoded": 1,
    }
    assert values(found, "events") | {"": 6} == values(found, "n") | {"": 6, "Gut": 3}
    assert set(values(found, "N").values()) == {3}
    assert values(found, "estimate")["Gut"] == 2 / 3


def test_order_is_falling_count_then_name_and_uncoded_last_in_all_columns() -> None:
    # Gut has 2 subjects; the others 1 each: A/B before Skin, Uncoded last. Nausea (2) before colic (1).
    order = ["", "Gut", "Gut/Nausea", "Gut/colic", "A%2FB", "A%2FB/A%2FB", "Skin", "Skin/Rash", "Uncoded"]
    found = run("soc")
    for level in ("d75", "d100", "all"):
        assert list(values(found, "n", level))[:9] == order


def test_uncoded_is_last_however_many_have_it() -> None:
    more = ADAE.assign(AEBODSYS=ADAE["AEBODSYS"].replace("Gut", "Uncoded"), TRTEMFL="Y")
    assert [c for c in values(run("soc", more), "n") if "/" not in c] == ["", "A%2FB", "Ear", "Skin", "Uncoded"]


def test_case_of_a_name_does_not_decide_its_place() -> None:
    more = ADAE.assign(AEBODSYS="Gut", AEDECOD=["b", "A", "C", "a", "x", "c", "B", "d", "x"], TRTEMFL="Y")
    names = [c for c in values(run("soc", more[:8]), "n") if "/" in c]
    # one subject each, so that only the names decide; `x` is of A: a, A, b, B, c, C, d, x without regard to case
    assert [n.removeprefix("Gut/").casefold() for n in names] == ["a", "a", "b", "b", "c", "c", "d", "x"]


def test_column_without_subjects_has_no_proportion() -> None:
    found = [r for r in run("soc").results if r.level == "d100" and r.category == "Gut"]
    assert {r.statistic: (r.value, r.text) for r in found} == {
        "n": (0, ""),
        "N": (0, ""),
        "estimate": (None, "–"),
        "events": (0, ""),
    }


def test_interval_of_all_rows_together() -> None:
    found = run("soc")
    exact = binomtest(2, 3).proportion_ci(0.95, "exact")  # 2 of 3, by scipy
    assert values(found, "lower") == {"": pytest.approx(exact.low)}
    assert values(found, "upper") == {"": pytest.approx(exact.high)}


def graded(found: Analysis, *names: str) -> list[float | int | None]:
    counts = values(found, "n")
    return [counts[path(*names, grade)] for grade in ("Any", "1", "2", "3", "4", "5", ">=3", "Missing")]


def test_a_subject_stands_at_its_maximum_grade_of_the_row() -> None:
    found = run("worst")
    assert graded(found) == [2, 0, 0, 1, 1, 0, 2, 0]  # A at 3, B at 4; grade 5 is not treatment-emergent
    assert graded(found, "Gut") == [2, 0, 0, 1, 0, 0, 1, 1]  # B has no grade in this class
    assert graded(found, "Gut", "Nausea") == [2, 0, 0, 1, 0, 0, 1, 1]
    assert graded(found, "Gut", "colic") == [1, 0, 0, 0, 0, 0, 0, 1]
    assert graded(found, "A/B", "A/B") == [1, 0, 0, 0, 1, 0, 1, 0]
    assert not values(found, "events")


def test_members_are_the_rows_counted() -> None:
    for name in ("soc", "worst", "flag"):
        found = run(name)
        subjects: dict[str, set[str]] = {}
        for member in found.members:
            subjects.setdefault(member.ard, set()).add(member.row.split("|")[0])
        for result in found.results:
            if result.statistic == "n":
                assert len(subjects.get(result.id, ())) == result.value, result.id
    rows = [m.row for m in run("worst").members if m.ard == "worst-saf/c/all/AEBODSYS/Gut/3/n"]
    assert rows == ["A|3"]


def test_planned_categories_keep_their_zeros_and_composites_unite() -> None:
    nobody = ADAE.assign(TRTEMFL="Y")
    assert values(run("flag", nobody), "n", variable="TRTEMFL") == {"Y": 2, "N": 0, "both": 2}
    assert values(run("flag"), "n", variable="TRTEMFL") == {"Y": 2, "N": 1, "both": 2}
    assert set(values(run("flag"), "lower")) == {"Y"}


def test_among_narrows_the_denominator_of_incidence_and_proportions() -> None:
    # C has no treatment-emergent event: N is 2, and A alone has a serious one.
    for found in (
        run("flag"),
        proportions(ADSL, ADAE, PLAN.analyses["among-saf"], study_view(proportions)),
    ):
        serious = {r.statistic: r.value for r in found.results if (r.level, r.variable) == ("all", "AESER")}
        assert (serious["n"], serious["N"], serious["estimate"]) == (1, 2, 0.5)
    exact = binomtest(1, 2).proportion_ci(0.95, "exact")  # 1 of 2, by scipy
    assert serious["upper"] == pytest.approx(exact.high)


def test_a_term_of_nobody_in_any_column_is_no_category() -> None:
    # D, outside of the population, alone has a cough
    outside = ADAE.assign(AEDECOD=ADAE["AEDECOD"].mask(ADAE["USUBJID"].eq("D"), "Cough"))
    assert "Gut/Cough" not in values(run("soc", outside), "n")


def test_rows_of_one_event_number_are_one_event_of_a_subject_and_another_of_the_next() -> None:
    # 1 of A and 1 of B are two events; the rows 2 and 3 of A that both say 2 are one
    alike = ADAE.assign(AEBODSYS="Gut", AEDECOD="Nausea")
    assert values(run("soc", alike), "events")["Gut/Nausea"] == 6


def test_order_counts_subjects_and_not_rows() -> None:
    # Ache: three rows of A; Zoster: one row of A and one of B
    terms = ADAE[:5].assign(USUBJID=["A", "A", "A", "A", "B"], AEDECOD=["Ache"] * 3 + ["Zoster"] * 2)
    found = values(run("soc", terms.assign(AEBODSYS="Gut", TRTEMFL="Y")), "n")
    assert list(found) == ["", "Gut", "Gut/Zoster", "Gut/Ache"]


def test_rows_without_event_number_are_one_event_of_each_subject() -> None:
    # A: the events 1, 2 and 4; B: three rows without a number
    unknown = ADAE.assign(AEBODSYS="Gut", AEDECOD="Nausea", AEVNTNUM=ADAE["AEVNTNUM"].mask(ADAE["USUBJID"].eq("B")))
    assert values(run("soc", unknown), "events")["Gut/Nausea"] == 4


def test_members_are_in_the_order_of_the_data() -> None:
    rows = [m.row for m in run("soc").members if m.ard == "soc-saf/c/d75/AEBODSYS/Gut/n"]
    assert rows == ["A|2", "A|3", "A|4", "B|1"]


def test_no_events_at_all() -> None:
    found = run("soc", ADAE[:0])
    assert values(found, "n") == {"": 0}
    assert values(run("worst", ADAE[:0]), "n")["Any"] == 0


def test_shuffled_rows_give_the_same_results() -> None:
    shuffled = ADAE.sample(frac=1, random_state=5)
    assert run("soc", shuffled).results == run("soc").results
    assert sorted(map(repr, run("worst", shuffled).members)) == sorted(map(repr, run("worst").members))


def test_a_dataset_without_event_numbers_has_one_event_a_row() -> None:
    assert values(run("soc", ADAE.drop(columns="AEVNTNUM")), "events")["Gut/Nausea"] == 3
