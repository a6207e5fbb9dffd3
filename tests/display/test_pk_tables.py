"""Tables 14.2.6 to 14.2.8 as planned, from literal datasets: groups of all BLQ, one sample, two subjects, nobody.

Worked by hand from R-108, R-110, R-1310, R-1311 and the shells; plan and methods are those of the study.
"""

import pandas as pd
import pytest

from crf2csr.analyze.categories import categories
from crf2csr.analyze.pk_summary import pk_summary
from crf2csr.analyze.power_model import power_model
from crf2csr.ard import Result
from crf2csr.display.invariants import check_addresses, check_cells, check_members
from crf2csr.display.model import Table
from crf2csr.display.tables.rows import rows
from crf2csr.display.words import legal_words
from crf2csr.plan_checks import load_plan
from tests.builders import loaded_study, study_view
from tests.plans import typed

PLAN = load_plan("nct03709082")
METHODS = {"pk_summary": pk_summary, "categories": categories, "power_model": power_model}
ADSL = typed(
    """
    USUBJID | PKFL | PHASE | TRT01PN | RP2DFL
    A       | Y    | I     | 75      |
    B       | Y    | I     | 75      |
    C       | Y    | I     | 75      |
    D       | Y    | I     | 100     |
    E       | Y    | I     | 125     |
    F       | Y    | I     | 125     |
    """,
    TRT01PN="Int64",
)
# 75 mg: all BLQ at 2 h. 100 mg: one subject with one sample. 125 mg: two subjects, one left out at 4 h. RP2D: nobody.
ADPC = typed(
    """
    USUBJID | AVISIT | NRRLT | AVAL | BLQFL | PREDFL | PKSUMXF | PKSUMXRS                    | ALLOQ
    A       | C1D1   | 2     | 0    | Y     |        |         |                             | 1
    B       | C1D1   | 2     | 0    | Y     |        |         |                             | 1
    C       | C1D1   | 2     | 0    | Y     |        |         |                             | 1
    D       | C1D1   | 2     | 12.5 |       |        |         |                             | 1
    E       | C1D1   | 2     | 10   |       |        |         |                             | 1
    F       | C1D1   | 2     | 40   |       |        |         |                             | 1
    E       | C1D1   | 4     | 20   |       |        |         |                             | 1
    F       | C1D1   | 4     | 50   |       |        | Y       | Outside the sampling window | 1
    """,
    NRRLT="Float64",
    AVAL="Float64",
    ALLOQ="Float64",
)


def made(display: str, adsl: pd.DataFrame, data: pd.DataFrame) -> tuple[Table, list[Result]]:
    """Return a planned table from literal datasets; its members and its cells are in order."""
    results: list[Result] = []
    for analysis in PLAN.analyses_of(display):
        method = METHODS[analysis.spec.method]
        found = method(adsl, data, analysis, study_view(method))
        assert list(check_members(found.results, found.members)) == []
        results += found.results
    table = rows(PLAN, display, results, study_view(rows))
    words = legal_words(loaded_study("full").settings)
    assert [*check_cells(table, words), *check_addresses(table, results)] == []
    return table, results


def block(table: Table, heading: str) -> dict[str, list[str]]:
    """Return the rows below a heading, without note letters."""
    found: dict[str, list[str]] = {}
    inside = False
    for row in table.parts[0].rows:
        label = row.label.split(" [")[0]
        inside = label == heading if row.heading else inside
        if inside and not row.heading:
            found[label] = [cell.text for cell in row.cells]
    return found


def test_concentrations_of_small_groups() -> None:
    table, _ = made("t-14-2-6", ADSL, ADPC)
    assert [column.n for column in table.parts[0].columns] == [3, 1, 2, 0]
    assert block(table, "C1D1, 2 h") == {
        "n": ["3", "1", "2", "–"],
        "n BLQ": ["3", "0", "0", "–"],
        "Mean": ["NC", "NC", "25.0", "–"],  # all BLQ; one value; (10 + 40) / 2
        "SD": ["NC", "NC", "NC", "–"],
        "CV (%)": ["NC", "NC", "NC", "–"],
        "n above 0": ["0", "1", "2", "–"],
        "Geometric mean": ["NC", "NC", "20.0", "–"],  # sqrt(10 * 40)
        "Geometric CV (%)": ["NC", "NC", "NC", "–"],
        "Median": ["BLQ", "12.5", "25.0", "–"],
        "Min": ["NC", "12.5", "10.0", "–"],
        "Max": ["BLQ", "12.5", "40.0", "–"],
        "Individual values (n < 3)": ["NA", "12.5", "10.0; 40.0", "–"],
    }


def test_samples_that_are_left_out_are_counted_by_reason() -> None:
    four = block(made("t-14-2-6", ADSL, ADPC)[0], "C1D1, 4 h")
    assert four["n"] == ["0", "0", "1", "–"]
    assert four["Mean"] == ["–", "–", "NC", "–"]
    assert four["Individual values (n < 3)"] == ["–", "–", "20.0", "–"]
    assert four["Not summarized"] == four["Outside the sampling window"] == ["0", "0", "1", "–"]


def test_a_time_without_any_sample_has_its_rows() -> None:
    eight = block(made("t-14-2-6", ADSL, ADPC)[0], "C1D1, 8 h")
    assert eight["n"] == ["0", "0", "0", "–"]
    assert {text for label, texts in eight.items() if label not in ("n", "n BLQ", "n above 0") for text in texts} == {
        "–"
    }


@pytest.mark.parametrize("display", ["t-14-2-6", "t-14-2-7", "t-14-2-8"])
def test_without_subjects_there_is_no_table(display: str) -> None:
    table, _ = made(display, ADSL.assign(PKFL="N"), ADPC if display == "t-14-2-6" else ADPP)
    assert table.parts[0].rows == ()
    assert table.parts[0].empty.startswith(
        "No data to report: no subject met the criteria for this display. Criterion: Pharmacokinetic set; "
    )


# 75 mg: A has all values BLQ. 100 mg: D has no Cmax. 125 mg: Tmax of E is the last sample, F vomited.
ADPP = typed(
    """
    USUBJID | AVISIT | PARAMCD | TRT01AN | AVAL | BLQFL | FLAG         | TMAXLFL | PKSUMXF | PKSUMXRS
    A       | C1D1   | CMAX    | 75      | 0    | Y     |              |         |         |
    B       | C1D1   | CMAX    | 75      | 10   |       |              |         |         |
    C       | C1D1   | CMAX    | 75      | 40   |       |              |         |         |
    D       | C1D1   | CMAX    | 100     |      |       |              |         | Y       | Too few samples
    E       | C1D1   | CMAX    | 125     | 60   |       | TMAX_AT_LAST | Y       |         |
    F       | C1D1   | CMAX    | 125     | 50   |       |              |         | Y       | Dose vomited
    A       | C1D1   | TMAX    | 75      |      |       |              |         | Y       | All values BLQ
    B       | C1D1   | TMAX    | 75      | 2.05 |       |              |         |         |
    C       | C1D1   | TMAX    | 75      | 4    |       |              |         |         |
    E       | C1D1   | TMAX    | 125     | 8.1  |       | TMAX_AT_LAST | Y       |         |
    """,
    TRT01AN="Int64",
    AVAL="Float64",
)


def test_parameters_of_small_groups() -> None:
    table, _ = made("t-14-2-7", ADSL, ADPP)
    assert block(table, "Cmax, C1D1 (ng/mL)") == {
        "n": ["3", "0", "1", "–"],
        "n BLQ": ["1", "0", "0", "–"],
        "Mean": ["16.7", "–", "NC", "–"],  # one BLQ of three is not more than a third: (0 + 10 + 40) / 3
        "SD": ["20.8", "–", "NC", "–"],  # sqrt((16.67^2 + 6.67^2 + 23.33^2) / 2)
        "CV (%)": ["124.9", "–", "NC", "–"],  # 20.817 / 16.667
        "n above 0": ["2", "0", "1", "–"],
        "Geometric mean": ["20.0", "–", "NC", "–"],
        "Geometric CV (%)": ["127.0", "–", "NC", "–"],  # s^2 = 2 (ln 2)^2; sqrt(exp(0.9609) - 1)
        "Median": ["10.0", "–", "60.0", "–"],
        "Min": ["BLQ", "–", "60.0", "–"],
        "Max": ["40.0", "–", "60.0", "–"],
        "Individual values (n < 3)": ["NA", "–", "60.0", "–"],
        "Not summarized": ["0", "1", "1", "–"],
        "Dose vomited": ["0", "0", "1", "–"],
        "Too few samples": ["0", "1", "0", "–"],
    }


def test_tmax_has_median_and_range_only() -> None:
    assert block(made("t-14-2-7", ADSL, ADPP)[0], "Tmax, C1D1 (h)") == {
        "n": ["2", "0", "1", "–"],
        "Median (Min-Max)": ["3.03 (2.05-4.00)", "–", "8.10 (8.10-8.10)", "–"],
        "Individual values (n < 3)": ["2.05; 4.00", "–", "8.10", "–"],
        "n with Tmax at the last sample": ["0", "0", "1", "–"],
        "Not summarized": ["1", "0", "0", "–"],
        "All values BLQ": ["1", "0", "0", "–"],
    }


def test_a_parameter_that_nobody_has() -> None:
    trough = block(made("t-14-2-7", ADSL, ADPP)[0], "Trough, C1D15 (ng/mL)")
    assert trough["n"] == ["0", "0", "0", "–"]
    assert {text for label, texts in trough.items() if not label.startswith("n") for text in texts} == {"–"}


def test_dose_proportionality_with_its_reasons() -> None:
    positive = ADPP.assign(AVAL=ADPP["AVAL"].replace(0, 20), BLQFL=pd.NA)
    table, _ = made("t-14-2-8", ADSL, positive)
    # doses 75, 75, 75, 125; ln values of 20, 10, 40 have the mean ln 20, so the slope is ln 3 / ln(5/3) = 2.1507;
    # se = sqrt((2 (ln 2)^2 / 2) / (3/4 ln(5/3)^2)) = 1.5668, t 0.95 with 2 df = 2.9200: 2.1507 -+ 4.5751
    assert block(table, "Cmax, C1D1 (ng/mL)") == {
        "n": ["4"],
        "Dose levels": ["2"],
        "Slope (90% CI)": ["2.151 (-2.424, 6.726)"],
        "Limits of proportionality": ["(0.563, 1.437)"],
        "Conclusion": ["inconclusive, 2 levels only"],
    }
    assert block(table, "Sensitivity: Cmax without profiles with Tmax at the last sample") == {
        "n": ["3"],
        "Dose levels": ["1"],
        "Slope (90% CI)": ["NE"],
        "Limits of proportionality": ["NE"],
        "Conclusion": ["not estimable: 1 dose level"],
    }


@pytest.mark.parametrize(
    ("adpp", "reason"),
    [
        (ADPP, "value of 0 or BLQ"),
        (ADPP.loc[ADPP["TRT01AN"].eq(75) & ADPP["AVAL"].gt(0)], "1 dose level"),
        (ADPP.iloc[:0], "no value"),
    ],
)
def test_dose_proportionality_that_cannot_be_estimated_is_empty_and_says_why(adpp: pd.DataFrame, reason: str) -> None:
    table, _ = made("t-14-2-8", ADSL, adpp)
    assert table.parts[0].rows == ()
    assert table.parts[0].empty == (
        "No data to report: the planned model cannot be estimated. Criterion: Pharmacokinetic set; "
        f"PARAMCD = CMAX; PKSUMXF missing. Not estimable: {reason}."
    )


def test_limits_and_level_in_labels_are_those_of_the_study() -> None:
    display, settings = PLAN.file.displays["t-14-2-8"], loaded_study("full").settings
    level = f"{100 * settings['pk.proportionality_level'].value:g}% CI"
    assert level in display.title
    assert {row.label for row in display.rows if row.show == "slope_interval"} == {f"Slope ({level})"}
    doses = settings["escalation.dose_levels_mg"].value
    assert max(doses) / min(doses) == pytest.approx(5 / 3)
    assert "5/3" in display.notes["verdict"]


@pytest.mark.parametrize("subject", ["A", "B", "C", "D", "E", "F"])
def test_without_a_subject_no_count_is_larger(subject: str) -> None:
    _, full = made("t-14-2-6", ADSL, ADPC)
    _, less = made("t-14-2-6", ADSL.loc[ADSL["USUBJID"].ne(subject)], ADPC)
    before = {result.id: result.value for result in full if result.statistic in ("n", "N")}
    after = {result.id: result.value for result in less if result.statistic in ("n", "N")}
    assert all(after[id_] <= before[id_] for id_ in after)
    column = {"D": "d100", "E": "d125", "F": "d125"}.get(subject, "d75")
    totals = [id_ for id_ in before if id_.startswith("concentrations-pk") and id_.endswith(f"/{column}///N")]
    assert [before[id_] - after[id_] for id_ in totals] == [1]


def test_neither_order_nor_names_of_subjects_change_a_table() -> None:
    renamed = dict(zip("ABCDEF", "FEDCBA", strict=True))
    plain, _ = made("t-14-2-6", ADSL, ADPC)
    other, _ = made(
        "t-14-2-6",
        ADSL.iloc[::-1].assign(USUBJID=lambda frame: frame["USUBJID"].map(renamed)),
        ADPC.iloc[::-1].assign(USUBJID=lambda frame: frame["USUBJID"].map(renamed)),
    )
    assert [row for part in plain.parts for row in part.rows] == [row for part in other.parts for row in part.rows]


@pytest.mark.parametrize(
    ("display", "settings"),
    [
        ("t-14-2-6-s1", {"pk.blq_rule": "all_zero"}),
        ("t-14-2-6-s2", {"pk.blq_rule": "half_lloq_after"}),
        ("t-14-2-7-s1", {"pk.predose_exclude": "false"}),
    ],
)
def test_a_sensitivity_changes_one_setting_and_says_so(display: str, settings: dict[str, str]) -> None:
    spec, base = PLAN.file.displays[display], PLAN.file.displays[display.rpartition("-")[0]]
    variant = PLAN.file.variants[spec.variant]
    assert {key: str(value).lower() for key, value in variant.settings.items()} == settings
    [key] = settings
    assert f"{key} = " in spec.first_note
    assert {analysis.spec.variant for analysis in PLAN.analyses_of(display)} == {spec.variant}
    assert [row.label for row in spec.rows] == [row.label for row in base.rows]
